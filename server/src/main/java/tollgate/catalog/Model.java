package tollgate.catalog;

import java.util.List;
import java.util.Set;
import tollgate.call.Capability;

/// A model that is for sale, as one name finds it.
///
/// @param name as the caller writes it
/// @param author who made it, as far as names and catalogue tell
/// @param routes in the order of the configuration; never empty
/// @param price pin it when the call is admitted
public record Model(
        String name,
        String author,
        List<RouteEntry> routes,
        PriceVersion price,
        About about,
        Set<Capability> allow) {
    public Model {
        routes = List.copyOf(routes);
        allow = Set.copyOf(allow);
    }

    /// The same model at another price, such as a door's flat one or an account's own markup.
    public Model at(PriceVersion other) {
        return new Model(name, author, routes, other, about, allow);
    }
}

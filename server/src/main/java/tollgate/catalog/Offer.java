package tollgate.catalog;

import java.util.List;
import java.util.Set;
import tollgate.call.Capability;

/// What a name stands for, before it is known whether it has a price.
record Offer(
        PriceKey key, String author, List<RouteEntry> routes, About about, Set<Capability> allow) {

    Model model(String name, PriceVersion price) {
        return new Model(name, author, routes, price, about, allow);
    }
}

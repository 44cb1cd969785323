package tollgate.door;

import java.util.List;

/// One API surface: where it lies, what it answers, how it words errors.
///
/// @param name as in the configuration and the request log
/// @param prefixes paths under which unknown routes get this door's wording, such as `/v1`
/// @param bodyBytesMax the largest body it takes, before and after decoding
/// @param routes with their full paths
public record Door(
        String name,
        List<String> prefixes,
        long bodyBytesMax,
        Words.Wording wording,
        List<Route> routes) {
    public Door {
        prefixes = List.copyOf(prefixes);
        routes = List.copyOf(routes);
    }
}

package tollgate.door;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Finds the route of a path: exact ones in one look-up, patterns by their beginning. Immutable
/// once built; shared by all event loops.
final class RouteTable {
    private static final String SEGMENT = "/{id}";
    private static final String REST = "/{id*}";

    /// The routes of one path, by method.
    record Place(String path, Door door, Map<String, Route> byMethod) {
        @Nullable Route find(String method) {
            Route route = byMethod.get(method);
            return route == null && method.equals("HEAD") ? byMethod.get("GET") : route;
        }

        /// For `Allow`: what the path takes.
        List<String> methods() {
            TreeSet<String> methods = new TreeSet<>(byMethod.keySet());
            if (methods.contains("GET")) {
                methods.add("HEAD");
            }
            methods.add("OPTIONS");
            return List.copyOf(methods);
        }
    }

    /// A place, and what stood where its path has a name.
    record Found(Place place, String id) {}

    private final Map<String, Place> exact = new HashMap<>();
    private final List<Place> patterns = new ArrayList<>();

    RouteTable(List<Door> doors) {
        for (Door door : doors) {
            for (Route route : door.routes()) {
                add(door, route);
            }
        }
        // The longest first: /a/b/{id} before /a/{id*}.
        patterns.sort((a, b) -> Integer.compare(b.path().length(), a.path().length()));
    }

    private void add(Door door, Route route) {
        boolean pattern = route.path().endsWith(SEGMENT) || route.path().endsWith(REST);
        Place place = pattern ? patternPlace(door, route) : exactPlace(door, route);
        if (place.byMethod().putIfAbsent(route.method(), route) != null) {
            throw new IllegalArgumentException(
                    "route %s %s: twice (expected: once)".formatted(route.method(), route.path()));
        }
    }

    private Place exactPlace(Door door, Route route) {
        return exact.computeIfAbsent(route.path(), path -> new Place(path, door, new HashMap<>()));
    }

    private Place patternPlace(Door door, Route route) {
        for (Place place : patterns) {
            if (place.path().equals(route.path())) {
                return place;
            }
        }
        Place place = new Place(route.path(), door, new HashMap<>());
        patterns.add(place);
        return place;
    }

    @Nullable Found find(String path) {
        Place place = exact.get(path);
        if (place != null) {
            return new Found(place, "");
        }
        for (Place pattern : patterns) {
            String id = match(pattern.path(), path);
            if (id != null) {
                return new Found(pattern, id);
            }
        }
        return null;
    }

    private static @Nullable String match(String pattern, String path) {
        boolean rest = pattern.endsWith(REST);
        int prefix = pattern.length() - (rest ? REST : SEGMENT).length() + 1;
        if (path.length() <= prefix || !path.regionMatches(0, pattern, 0, prefix)) {
            return null;
        }
        String id = path.substring(prefix);
        return rest || id.indexOf('/') < 0 ? id : null;
    }
}

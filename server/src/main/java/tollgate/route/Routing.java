package tollgate.route;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import tollgate.catalog.Model;
import tollgate.catalog.RouteEntry;
import tollgate.provider.Provider;

/// From a model's routes to the order in which a call tries them: those of the first rank by
/// weight, then the fallbacks in theirs. Thread-safe.
public final class Routing {
    private final Map<String, Provider> providers;
    private final Map<String, RetryBudget> budgets = new ConcurrentHashMap<>();

    /// Routes to these providers.
    ///
    /// @param providers by name
    public Routing(Map<String, Provider> providers) {
        this.providers = Map.copyOf(providers);
    }

    /// The attempts for one call, each route once; none when no provider of the model's speaks a
    /// protocol that we do.
    public List<Attempt> attempts(Model model, RandomGenerator random) {
        List<RouteEntry> routes =
                model.routes().stream()
                        .filter(route -> providers.containsKey(route.provider()))
                        .toList();
        if (routes.size() == 1) {
            return List.of(attempt(routes.getFirst()));
        }
        List<RouteEntry> first = new ArrayList<>();
        List<Attempt> fallbacks = new ArrayList<>();
        for (RouteEntry route : routes) {
            if (route.fallback()) {
                fallbacks.add(attempt(route));
            } else {
                first.add(route);
            }
        }
        List<Attempt> ordered = new ArrayList<>(routes.size());
        while (!first.isEmpty()) {
            ordered.add(attempt(first.remove(draw(first, random))));
        }
        ordered.addAll(fallbacks);
        return ordered;
    }

    /// Draws one by weight; routes of weight 0 come only when no other is left.
    private static int draw(List<RouteEntry> routes, RandomGenerator random) {
        int total = 0;
        for (RouteEntry route : routes) {
            total += route.weight();
        }
        if (total == 0) {
            return 0;
        }
        int drawn = random.nextInt(total);
        int at = 0;
        while (drawn >= routes.get(at).weight()) {
            drawn -= routes.get(at).weight();
            at++;
        }
        return at;
    }

    private Attempt attempt(RouteEntry route) {
        return new Attempt(provider(route.provider()), route.upstreamModel());
    }

    /// A provider by its name.
    ///
    /// @throws IllegalStateException when the catalogue names one that is not configured
    public Provider provider(String name) {
        Provider provider = providers.get(name);
        if (provider == null) {
            throw new IllegalStateException(
                    "provider %s (expected: one of %s)".formatted(name, providers.keySet()));
        }
        return provider;
    }

    /// The budget for second tries at a provider.
    public RetryBudget budget(String provider) {
        return budgets.computeIfAbsent(provider, _ -> new RetryBudget());
    }
}

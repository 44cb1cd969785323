package tollgate.catalog;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tollgate.call.Capability;
import tollgate.config.Config;

/// Every name and what it stands for, without prices. A name is looked for among the
/// configuration's entries, then as `provider/name`, then as a catalogue name that an enabled
/// provider serves, its maker first, then under `"*"`.
///
/// @param entries the configuration's, in its order, but for `"*"`
/// @param shelves of enabled providers, makers first
/// @param sandbox found as `sandbox/name` alone, so that nobody meets it by chance
record Assortment(
        Map<String, Offer> entries, List<Shelf> shelves, Shelf sandbox, @Nullable Rest rest) {

    /// The entry `"*"`: every catalogue model without an entry of its own, under its own name.
    ///
    /// @param routes of the configuration; their models are the callers'
    /// @param shelves all that the catalogue knows, the routes' own providers first
    /// @param pricing whose price holds
    record Rest(
            List<RouteEntry> routes,
            List<Shelf> shelves,
            Pricing pricing,
            Config.About about,
            Set<Capability> allow) {

        static final String NAME = "*";

        /// Whose price a model under `"*"` has.
        enum Pricing {
            /// The entry's own, one for all.
            ENTRY,
            /// The catalogue's, at the entry's own markup.
            ENTRY_MARKUP,
            /// The catalogue's, as where a provider serves the model itself.
            CATALOGUE
        }

        PriceKey key(PriceKey catalogue) {
            return switch (pricing) {
                case ENTRY -> PriceKey.entry(NAME);
                case ENTRY_MARKUP -> PriceKey.entry(NAME + ":" + catalogue.name());
                case CATALOGUE -> catalogue;
            };
        }

        Optional<Offer> find(String name) {
            return first(shelves, name).map(found -> offer(name, found));
        }

        private Offer offer(String name, Offer found) {
            List<RouteEntry> its = new ArrayList<>();
            for (RouteEntry route : routes) {
                its.add(
                        new RouteEntry(
                                route.provider(),
                                nameAt(route.provider(), name),
                                route.weight(),
                                route.fallback(),
                                route.cost()));
            }
            return new Offer(
                    key(found.key()), found.author(), its, found.about().with(about), allow);
        }

        private String nameAt(String provider, String name) {
            for (Shelf shelf : shelves) {
                if (shelf.provider().equals(provider)) {
                    return shelf.upstreamModel(name).orElse(name);
                }
            }
            return name;
        }
    }

    Optional<Offer> find(String name) {
        Offer entry = entries.get(name);
        if (entry != null) {
            return Optional.of(entry);
        }
        return atProvider(name)
                .or(() -> first(shelves, name))
                .or(() -> rest == null ? Optional.empty() : rest.find(name));
    }

    private Optional<Offer> atProvider(String name) {
        int slash = name.indexOf('/');
        if (slash < 0) {
            return Optional.empty();
        }
        String provider = name.substring(0, slash);
        String its = name.substring(slash + 1);
        if (provider.equals(sandbox.provider())) {
            return sandbox.find(its);
        }
        for (Shelf shelf : shelves) {
            if (shelf.provider().equals(provider)) {
                return shelf.find(its);
            }
        }
        return Optional.empty();
    }

    /// Makers come first among the shelves. Local providers have anything, so they are only found
    /// by their own name.
    private static Optional<Offer> first(List<Shelf> shelves, String name) {
        for (Shelf shelf : shelves) {
            if (shelf.isListed()) {
                Optional<Offer> found = shelf.find(name);
                if (found.isPresent()) {
                    return found;
                }
            }
        }
        return Optional.empty();
    }

    /// Every name worth listing, with its offer: entries, then what providers serve, the sandbox
    /// last. A catalogue model is listed by its plain name where that finds it, else as
    /// `provider/name`.
    Map<String, Offer> listed() {
        Map<String, Offer> listed = new LinkedHashMap<>(entries);
        for (Shelf shelf : shelves) {
            for (String model : shelf.lines().keySet()) {
                put(listed, shelf, model);
            }
        }
        if (rest != null) {
            for (Shelf shelf : rest.shelves()) {
                for (String model : shelf.lines().keySet()) {
                    find(model).ifPresent(o -> listed.putIfAbsent(model, o));
                }
            }
        }
        for (String model : sandbox.lines().keySet()) {
            put(listed, sandbox, model);
        }
        return listed;
    }

    private void put(Map<String, Offer> listed, Shelf shelf, String model) {
        Offer plain = find(model).orElse(null);
        if (plain != null && isAt(plain, shelf, model)) {
            listed.putIfAbsent(model, plain);
            return;
        }
        String full = shelf.provider() + "/" + model;
        find(full)
                .filter(offer -> isAt(offer, shelf, model))
                .ifPresent(offer -> listed.putIfAbsent(full, offer));
    }

    private static boolean isAt(Offer offer, Shelf shelf, String model) {
        RouteEntry route = offer.routes().getFirst();
        return route.provider().equals(shelf.provider()) && route.upstreamModel().equals(model);
    }
}

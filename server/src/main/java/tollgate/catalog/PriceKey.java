package tollgate.catalog;

/// What a price belongs to; its versions share the key.
///
/// @param name of the model; in the catalogue `provider/model`
record PriceKey(Origin origin, String name) {

    /// Where the thing that has a price is described.
    enum Origin {
        /// An entry of the configuration.
        ENTRY("entry"),
        /// A model of a well-known provider.
        CATALOGUE("catalogue"),
        /// A door's price for any call.
        FLAT("flat");

        private final String word;

        Origin(String word) {
            this.word = word;
        }

        /// As stored.
        String word() {
            return word;
        }

        static Origin of(String word) {
            for (Origin origin : values()) {
                if (origin.word().equals(word)) {
                    return origin;
                }
            }
            throw new IllegalArgumentException(
                    "origin: %s (expected: entry, catalogue, flat)".formatted(word));
        }
    }

    static PriceKey entry(String model) {
        return new PriceKey(Origin.ENTRY, model);
    }

    static PriceKey catalogue(String provider, String model) {
        return new PriceKey(Origin.CATALOGUE, provider + "/" + model);
    }

    static PriceKey flat(String name) {
        return new PriceKey(Origin.FLAT, name);
    }
}

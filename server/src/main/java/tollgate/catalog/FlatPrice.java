package tollgate.catalog;

import tollgate.config.Config;
import tollgate.unit.Money;

/// Prices of a call whatever model it names, without markup.
public enum FlatPrice {
    /// A call at the credit door.
    CREDIT_STANDARD,
    /// The same with `?batch=1`.
    CREDIT_BATCH;

    PriceKey key() {
        return PriceKey.flat(
                switch (this) {
                    case CREDIT_STANDARD -> "credit.standard";
                    case CREDIT_BATCH -> "credit.batch";
                });
    }

    Price price(Config config) {
        Money amount =
                switch (this) {
                    case CREDIT_STANDARD -> config.credit().standard();
                    case CREDIT_BATCH -> config.credit().batch();
                };
        try {
            return Price.flat(amount.nanos());
        } catch (IllegalArgumentException outOfRange) {
            throw new CatalogException(key().name() + ": " + outOfRange.getMessage());
        }
    }
}

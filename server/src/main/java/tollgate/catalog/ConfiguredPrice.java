package tollgate.catalog;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tollgate.config.Config;
import tollgate.unit.Money;

/// Turns a price as people write it into one with every class filled in.
public final class ConfiguredPrice {
    private ConfiguredPrice() {}

    /// Input and output must be said, 0 if they are free: a forgotten class must not be a gift.
    ///
    /// @param where what to call it in an error, such as `models.gpt-4o-mini.price`
    /// @throws CatalogException when a class is missing or out of range
    public static Price of(String where, Config.Price said) {
        try {
            Config.Above above = said.above();
            return new Price(
                    rates(where, said, said),
                    nanos(said.image(), 0),
                    nanos(said.request(), 0),
                    nanos(said.webSearch(), Rates.UNPRICED),
                    above == null
                            ? List.of()
                            : List.of(
                                    new Price.Tier(
                                            above.tokens(), rates(where, above.price(), said))));
        } catch (IllegalArgumentException outOfRange) {
            throw new CatalogException(where + "." + outOfRange.getMessage());
        }
    }

    /// A tier's classes are its own, else those that the base says, else the defaults.
    private static Rates rates(String where, Config.Price said, Config.Price base) {
        long input = required(where, "input", said.input(), base.input());
        long output = required(where, "output", said.output(), base.output());
        return new Rates(
                input,
                nanos(either(said.cachedInput(), base.cachedInput()), input),
                nanos(either(said.cacheWrite(), base.cacheWrite()), input),
                nanos(either(said.cacheWriteLong(), base.cacheWriteLong()), Rates.UNPRICED),
                output,
                nanos(either(said.reasoning(), base.reasoning()), output));
    }

    private static long required(
            String where, String name, @Nullable Money said, @Nullable Money base) {
        Money found = either(said, base);
        if (found == null) {
            throw new CatalogException(
                    "%s.%s: missing (expected: USD per million tokens, 0 if free)"
                            .formatted(where, name));
        }
        return found.nanos();
    }

    private static @Nullable Money either(@Nullable Money said, @Nullable Money base) {
        return said == null ? base : said;
    }

    private static long nanos(@Nullable Money said, long otherwise) {
        return said == null ? otherwise : said.nanos();
    }
}

package tollgate.kit;

import java.math.BigInteger;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// One line of the ledger's export: one move of money from `debit` to `credit`.
public record LedgerLine(
        long seq,
        String at,
        String kind,
        String debit,
        String credit,
        BigInteger amount,
        @Nullable String requestId,
        @Nullable String holdId,
        @Nullable String attempt,
        @Nullable String model,
        @Nullable Long priceVersion,
        OraclePrice.@Nullable Usage usage,
        @Nullable String source) {
    private static final Set<String> MEMBERS =
            Set.of(
                    "seq",
                    "at",
                    "kind",
                    "debit",
                    "credit",
                    "amount",
                    "request_id",
                    "hold_id",
                    "attempt",
                    "model",
                    "price_version",
                    "usage",
                    "source");

    private static final Set<String> USAGE_MEMBERS =
            Set.of(
                    "input_tokens",
                    "cached_input_tokens",
                    "cache_write_tokens",
                    "output_tokens",
                    "reasoning_tokens");

    /// Reads an export, line by line.
    ///
    /// @throws AssertionError when a line is not exactly what a line is
    public static List<LedgerLine> parse(String export) {
        return export.lines().filter(line -> !line.isBlank()).map(LedgerLine::parseLine).toList();
    }

    private static LedgerLine parseLine(String text) {
        JsonNode line = KitJson.read(text);
        names(line, MEMBERS, text);
        if (!line.path("seq").isIntegralNumber()
                || !line.path("amount").isIntegralNumber()
                || !text.matches(".*\"amount\" ?: ?[0-9]+[ ,}].*")) {
            throw new AssertionError("seq and amount are not plain integers: " + text);
        }
        return new LedgerLine(
                line.path("seq").longValue(),
                line.path("at").stringValue(),
                line.path("kind").stringValue(),
                line.path("debit").stringValue(),
                line.path("credit").stringValue(),
                line.path("amount").bigIntegerValue(),
                textOrNull(line, "request_id"),
                textOrNull(line, "hold_id"),
                textOrNull(line, "attempt"),
                textOrNull(line, "model"),
                line.path("price_version").isNull()
                        ? null
                        : Long.valueOf(line.path("price_version").longValue()),
                usage(line.path("usage"), text),
                textOrNull(line, "source"));
    }

    private static OraclePrice.@Nullable Usage usage(JsonNode usage, String text) {
        if (usage.isNull()) {
            return null;
        }
        names(usage, USAGE_MEMBERS, text);
        return new OraclePrice.Usage(
                usage.path("input_tokens").longValue(),
                usage.path("cached_input_tokens").longValue(),
                usage.path("cache_write_tokens").longValue(),
                usage.path("output_tokens").longValue(),
                usage.path("reasoning_tokens").longValue());
    }

    private static void names(JsonNode object, Set<String> expected, String text) {
        var found = new TreeSet<>(object.propertyNames());
        if (!found.equals(expected)) {
            throw new AssertionError(
                    "members %s (expected: %s): %s"
                            .formatted(found, new TreeSet<>(expected), text));
        }
    }

    private static @Nullable String textOrNull(JsonNode line, String name) {
        JsonNode value = line.path(name);
        return value.isNull() ? null : value.asString();
    }
}

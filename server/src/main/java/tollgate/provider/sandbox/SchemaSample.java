package tollgate.provider.sandbox;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tollgate.wire.json.Json;

/// The smallest plausible value that fits a JSON schema: required members only, one element an
/// array, words and numbers by type and bounds. Patterns, `not` and conditions are not minded.
/// Source: <https://json-schema.org/draft/2020-12/json-schema-validation> (read 2026-11-24).
final class SchemaSample {
    /// Deeper than this, arrays stay as short as they may and alternatives become null.
    private static final int DEPTH_FULL = 8;

    private static final int DEPTH_MAX = 24;
    private static final int VALUES_MAX = 2_000;
    private static final int ELEMENTS_MAX = 100;
    private static final int CHARS_MAX = 1_000;

    private final Json root;
    private int values;

    private SchemaSample(Json root) {
        this.root = root;
    }

    static Json of(Json schema) {
        return new SchemaSample(schema).sample(schema, 0);
    }

    private Json sample(Json schema, int depth) {
        values++;
        if (!(schema instanceof Json.Obj object) || depth > DEPTH_MAX || values > VALUES_MAX) {
            return Json.Nil.NIL;
        }
        Optional<Json> fixed =
                object.find("const")
                        .or(() -> first(object, "enum"))
                        .or(() -> object.find("default"))
                        .or(() -> first(object, "examples"));
        if (fixed.isPresent()) {
            return fixed.get();
        }
        Optional<Json> other =
                reference(object)
                        .or(() -> alternative(object, "anyOf", depth))
                        .or(() -> alternative(object, "oneOf", depth));
        if (other.isPresent()) {
            return sample(other.get(), depth + 1);
        }
        Json.Obj merged = merged(object);
        return switch (type(merged)) {
            case "object" -> members(merged, depth);
            case "array" -> elements(merged, depth);
            case "integer", "number" -> number(merged);
            case "boolean" -> Json.of(true);
            case "null" -> Json.Nil.NIL;
            default -> Json.of(text(merged));
        };
    }

    private static Optional<Json> first(Json.Obj schema, String name) {
        return schema.find(name)
                .filter(list -> list instanceof Json.Arr(var all) && !all.isEmpty())
                .map(list -> ((Json.Arr) list).elements().getFirst());
    }

    /// Where a `$ref` within this schema leads.
    private Optional<Json> reference(Json.Obj schema) {
        if (!(schema.find("$ref").orElse(Json.Nil.NIL) instanceof Json.Str(var pointer))
                || !pointer.startsWith("#")) {
            return Optional.empty();
        }
        Json at = root;
        for (String step : List.of(pointer.substring(1).split("/", -1))) {
            if (!step.isEmpty()) {
                String name = step.replace("~1", "/").replace("~0", "~");
                at = at instanceof Json.Obj o ? o.find(name).orElse(Json.Nil.NIL) : Json.Nil.NIL;
            }
        }
        return Optional.of(at);
    }

    private static Optional<Json> alternative(Json.Obj schema, String name, int depth) {
        if (depth > DEPTH_FULL
                && schema.find(name).orElse(Json.Nil.NIL) instanceof Json.Arr(var all)) {
            var nothing = all.stream().filter(SchemaSample::isNullType).findFirst();
            if (nothing.isPresent()) {
                return nothing;
            }
        }
        return first(schema, name);
    }

    private static boolean isNullType(Json schema) {
        return schema instanceof Json.Obj object && type(object).equals("null");
    }

    /// The schema with the members of its `allOf` put in; of two of one name the outer counts,
    /// except that properties and required names are joined.
    private Json.Obj merged(Json.Obj schema) {
        if (!(schema.find("allOf").orElse(Json.Nil.NIL) instanceof Json.Arr(var all))) {
            return schema;
        }
        Json.Obj merged = schema;
        for (Json part : all) {
            Json resolved = part instanceof Json.Obj inner ? reference(inner).orElse(inner) : part;
            if (resolved instanceof Json.Obj inner) {
                for (var member : inner.members().entrySet()) {
                    String name = member.getKey();
                    Json joined =
                            merged.find(name)
                                    .map(outer -> join(outer, member.getValue()))
                                    .orElse(member.getValue());
                    merged = merged.put(name, joined);
                }
            }
        }
        return merged;
    }

    private static Json join(Json outer, Json inner) {
        if (outer instanceof Json.Obj a && inner instanceof Json.Obj b) {
            Json.Obj both = b;
            for (var member : a.members().entrySet()) {
                both = both.put(member.getKey(), member.getValue());
            }
            return both;
        }
        if (outer instanceof Json.Arr(var a) && inner instanceof Json.Arr(var b)) {
            var both = new ArrayList<>(a);
            both.addAll(b);
            return Json.arr(both);
        }
        return outer;
    }

    private static String type(Json.Obj schema) {
        return switch (schema.find("type").orElse(Json.Nil.NIL)) {
            case Json.Str(var type) -> type;
            case Json.Arr(var types) -> {
                for (Json type : types) {
                    if (type instanceof Json.Str(var name) && !name.equals("null")) {
                        yield name;
                    }
                }
                yield "null";
            }
            case Json.Obj _, Json.Num _, Json.Bool _, Json.Nil _ ->
                    schema.has("properties") || schema.has("required")
                            ? "object"
                            : schema.has("items") ? "array" : "string";
        };
    }

    private Json members(Json.Obj schema, int depth) {
        Json.Obj made = Json.obj();
        if (!(schema.find("required").orElse(Json.Nil.NIL) instanceof Json.Arr(var required))) {
            return made;
        }
        Json properties = schema.find("properties").orElse(Json.Nil.NIL);
        for (Json name : required) {
            if (name instanceof Json.Str(var member) && !made.has(member)) {
                Json property =
                        properties instanceof Json.Obj all
                                ? all.find(member).orElse(Json.obj())
                                : Json.obj();
                made = made.put(member, sample(property, depth + 1));
            }
        }
        return made;
    }

    private Json elements(Json.Obj schema, int depth) {
        long least = bound(schema, "minItems").map(BigDecimal::longValue).orElse(0L);
        long most = bound(schema, "maxItems").map(BigDecimal::longValue).orElse(1L);
        long wanted = depth > DEPTH_FULL ? least : Math.max(least, Math.min(1, most));
        Json items = schema.find("items").orElse(Json.obj());
        var elements = new ArrayList<Json>();
        for (long i = 0; i < Math.min(wanted, ELEMENTS_MAX); i++) {
            elements.add(sample(items, depth + 1));
        }
        return Json.arr(elements);
    }

    private static Json number(Json.Obj schema) {
        boolean whole = type(schema).equals("integer");
        BigDecimal value = BigDecimal.ONE;
        Optional<BigDecimal> least = bound(schema, "minimum");
        Optional<BigDecimal> above = bound(schema, "exclusiveMinimum");
        Optional<BigDecimal> most = bound(schema, "maximum");
        Optional<BigDecimal> below = bound(schema, "exclusiveMaximum");
        if (most.isPresent()) {
            value = value.min(whole ? most.get().setScale(0, RoundingMode.FLOOR) : most.get());
        }
        if (below.isPresent() && value.compareTo(below.get()) >= 0) {
            value = below.get().setScale(0, RoundingMode.CEILING).subtract(BigDecimal.ONE);
        }
        if (least.isPresent()) {
            value = value.max(whole ? least.get().setScale(0, RoundingMode.CEILING) : least.get());
        }
        if (above.isPresent() && value.compareTo(above.get()) <= 0) {
            value = above.get().setScale(0, RoundingMode.FLOOR).add(BigDecimal.ONE);
        }
        BigDecimal step = bound(schema, "multipleOf").orElse(BigDecimal.ZERO);
        if (step.signum() > 0) {
            value = value.divide(step, 0, RoundingMode.CEILING).multiply(step);
        }
        return new Json.Num(value.stripTrailingZeros().toPlainString());
    }

    private static Optional<BigDecimal> bound(Json.Obj schema, String name) {
        return schema.find(name)
                .filter(Json.Num.class::isInstance)
                .map(number -> new BigDecimal(((Json.Num) number).text()));
    }

    private static String text(Json.Obj schema) {
        String format = schema.find("format").map(Json::toString).orElse("");
        String text =
                switch (format) {
                    case "\"date-time\"" -> "2026-01-01T00:00:00Z";
                    case "\"date\"" -> "2026-01-01";
                    case "\"time\"" -> "00:00:00Z";
                    case "\"email\"" -> "sandbox@example.com";
                    case "\"uri\"", "\"url\"" -> "https://example.com";
                    case "\"uuid\"" -> "00000000-0000-4000-8000-000000000000";
                    case "\"hostname\"" -> "example.com";
                    case "\"ipv4\"" -> "192.0.2.1";
                    default -> "example";
                };
        int least = (int) lengthBound(schema, "minLength", 0);
        int most = (int) lengthBound(schema, "maxLength", CHARS_MAX);
        String padded = text.length() < least ? text + "x".repeat(least - text.length()) : text;
        return padded.length() > most ? padded.substring(0, most) : padded;
    }

    private static long lengthBound(Json.Obj schema, String name, long otherwise) {
        long bound = bound(schema, name).map(BigDecimal::longValue).orElse(otherwise);
        return Math.clamp(bound, 0, CHARS_MAX);
    }
}

package tollgate.wire.json;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import tollgate.fault.Fault.BadRequest;
import tollgate.fault.GatewayException;
import tollgate.unit.Money;

/// A JSON value as an immutable tree, for everything that is not hot. Numbers keep the text they
/// came with, members their order. `toString()` is the JSON text: keep prompts out of logs.
public sealed interface Json {
    /// Reads one strict JSON text.
    ///
    /// @throws JsonException when it is none
    static Json parse(byte[] bytes) {
        return parse(bytes, JsonLimits.STRICT);
    }

    /// Reads one JSON text within `limits`; of members of one name the last counts.
    ///
    /// @throws JsonException when it is none
    static Json parse(byte[] bytes, JsonLimits limits) {
        JsonReader reader = new JsonReader(bytes, limits);
        reader.next();
        Json value = read(reader);
        reader.next();
        return value;
    }

    /// Reads a request's body that must be an object.
    ///
    /// @throws GatewayException with [BadRequest] when it is not
    static Obj parseObject(byte[] body) {
        Json value;
        try {
            value = parse(body);
        } catch (JsonException e) {
            throw new GatewayException(
                    new BadRequest(null, "body: not valid JSON, " + e.getMessage()), e);
        }
        if (value instanceof Obj object) {
            return object;
        }
        throw new GatewayException(
                new BadRequest(
                        null, "body: found %s (expected: an object)".formatted(kind(value))));
    }

    /// Reads the value that begins with the reader's current token, and leaves it at its last one.
    static Json read(JsonReader reader) {
        return switch (reader.token()) {
            case OBJECT_START -> readObject(reader);
            case ARRAY_START -> readArray(reader);
            case STRING -> new Str(reader.text());
            case NUMBER -> new Num(reader.text());
            case TRUE -> Bool.TRUE;
            case FALSE -> Bool.FALSE;
            case NULL -> Nil.NIL;
            case OBJECT_END, ARRAY_END, NAME, END ->
                    throw new IllegalStateException("token: " + reader.token());
        };
    }

    private static Obj readObject(JsonReader reader) {
        Map<String, Json> members = new LinkedHashMap<>();
        while (reader.next() == Token.NAME) {
            String name = reader.text();
            reader.next();
            members.put(name, read(reader));
        }
        return new Obj(members);
    }

    private static Arr readArray(JsonReader reader) {
        List<Json> elements = new ArrayList<>();
        while (reader.next() != Token.ARRAY_END) {
            elements.add(read(reader));
        }
        return new Arr(elements);
    }

    /// An object without members, to [Obj#put] into.
    static Obj obj() {
        return Obj.EMPTY;
    }

    static Arr arr(List<? extends Json> elements) {
        return new Arr(List.copyOf(elements));
    }

    static Arr strings(List<String> texts) {
        return new Arr(texts.stream().<Json>map(Str::new).toList());
    }

    static Json of(@Nullable String text) {
        return text == null ? Nil.NIL : new Str(text);
    }

    static Json of(long number) {
        return new Num(Long.toString(number));
    }

    /// A plain decimal in USD.
    static Json of(Money amount) {
        return new Num(amount.toString());
    }

    static Json of(boolean truth) {
        return truth ? Bool.TRUE : Bool.FALSE;
    }

    /// What a value is, for messages: `an object`, `a string`.
    static String kind(Json value) {
        return switch (value) {
            case Obj _ -> Token.OBJECT_START.words();
            case Arr _ -> Token.ARRAY_START.words();
            case Str _ -> Token.STRING.words();
            case Num _ -> Token.NUMBER.words();
            case Bool bool -> bool == Bool.TRUE ? Token.TRUE.words() : Token.FALSE.words();
            case Nil _ -> Token.NULL.words();
        };
    }

    /// The JSON text in UTF-8.
    default byte[] toBytes() {
        return toString().getBytes(StandardCharsets.UTF_8);
    }

    /// An object; its members keep their order.
    record Obj(Map<String, Json> members) implements Json {
        private static final Obj EMPTY = new Obj(Map.of());

        public Obj {
            members = Collections.unmodifiableMap(new LinkedHashMap<>(members));
        }

        /// This object with one more member, or with another value for one that it has.
        public Obj put(String name, Json value) {
            Map<String, Json> more = new LinkedHashMap<>(members);
            more.put(name, value);
            return new Obj(more);
        }

        /// As [#put(String, Json)]; a null text becomes JSON's null.
        public Obj put(String name, @Nullable String text) {
            return put(name, Json.of(text));
        }

        public Obj put(String name, long number) {
            return put(name, Json.of(number));
        }

        public Obj put(String name, Money amount) {
            return put(name, Json.of(amount));
        }

        public Obj put(String name, boolean truth) {
            return put(name, Json.of(truth));
        }

        public Obj put(String name, List<? extends Json> elements) {
            return put(name, Json.arr(elements));
        }

        public boolean has(String name) {
            return members.containsKey(name);
        }

        /// A member's value, JSON's null included.
        public Optional<Json> find(String name) {
            return Optional.ofNullable(members.get(name));
        }

        /// A member that is a string; empty when there is none or it is null.
        ///
        /// @throws GatewayException with [BadRequest] when it is anything else
        public Optional<String> string(String name) {
            return switch (present(name)) {
                case null -> Optional.empty();
                case Str(var text) -> Optional.of(text);
                case Json other -> throw refusal(name, other, "a string");
            };
        }

        /// A member that is a 64-bit integer; empty when there is none or it is null.
        ///
        /// @throws GatewayException with [BadRequest] when it is anything else
        public OptionalLong integer(String name) {
            Json value = present(name);
            if (value == null) {
                return OptionalLong.empty();
            }
            OptionalLong exact =
                    value instanceof Num number ? number.findLong() : OptionalLong.empty();
            if (exact.isEmpty()) {
                throw refusal(name, value, "a 64-bit integer");
            }
            return exact;
        }

        /// A member that is true or false; empty when there is none or it is null.
        ///
        /// @throws GatewayException with [BadRequest] when it is anything else
        public Optional<Boolean> bool(String name) {
            return switch (present(name)) {
                case null -> Optional.empty();
                case Bool bool -> Optional.of(bool == Bool.TRUE);
                case Json other -> throw refusal(name, other, "true or false");
            };
        }

        /// A member that is an object; empty when there is none or it is null.
        ///
        /// @throws GatewayException with [BadRequest] when it is anything else
        public Optional<Obj> object(String name) {
            return switch (present(name)) {
                case null -> Optional.empty();
                case Obj object -> Optional.of(object);
                case Json other -> throw refusal(name, other, "an object");
            };
        }

        /// The elements of a member that is an array; empty when there is none or it is null.
        ///
        /// @throws GatewayException with [BadRequest] when it is anything else
        public Optional<List<Json>> array(String name) {
            return switch (present(name)) {
                case null -> Optional.empty();
                case Arr(var elements) -> Optional.of(elements);
                case Json other -> throw refusal(name, other, "an array");
            };
        }

        private @Nullable Json present(String name) {
            Json value = members.get(name);
            return value == Nil.NIL ? null : value;
        }

        private static GatewayException refusal(String name, Json found, String expected) {
            String shown = found instanceof Num(var text) ? "the number " + text : kind(found);
            return new GatewayException(
                    new BadRequest(
                            name, "%s: found %s (expected: %s)".formatted(name, shown, expected)));
        }

        @Override
        public String toString() {
            return JsonWriter.text(this);
        }
    }

    /// An array.
    record Arr(List<Json> elements) implements Json {
        public Arr {
            elements = List.copyOf(elements);
        }

        @Override
        public String toString() {
            return JsonWriter.text(this);
        }
    }

    /// A string.
    record Str(String text) implements Json {
        @Override
        public String toString() {
            return JsonWriter.text(this);
        }
    }

    /// A number, as it is written: `1.10` stays `1.10`.
    record Num(String text) implements Json {
        public Num {
            if (!isNumber(text)) {
                throw new IllegalArgumentException(
                        "number: %d characters (expected: a JSON number)".formatted(text.length()));
            }
        }

        private static boolean isNumber(String text) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            JsonReader reader = new JsonReader(bytes, JsonLimits.WIDEST);
            try {
                return reader.next() == Token.NUMBER
                        && reader.end() - reader.start() == bytes.length;
            } catch (JsonException _) {
                return false;
            }
        }

        /// The value, when it is integral and fits.
        public OptionalLong findLong() {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            JsonReader reader = new JsonReader(bytes, JsonLimits.WIDEST);
            reader.next();
            try {
                return OptionalLong.of(reader.longValue());
            } catch (JsonException _) {
                return OptionalLong.empty();
            }
        }

        @Override
        public String toString() {
            return text;
        }
    }

    /// True or false.
    enum Bool implements Json {
        TRUE,
        FALSE;

        @Override
        public String toString() {
            return this == TRUE ? "true" : "false";
        }
    }

    /// JSON's null.
    enum Nil implements Json {
        NIL;

        @Override
        public String toString() {
            return "null";
        }
    }
}

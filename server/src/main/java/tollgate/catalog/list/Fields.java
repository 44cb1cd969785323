package tollgate.catalog.list;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import tollgate.wire.json.Json;

/// An object of somebody else's list: what is missing or of another kind counts as not said.
record Fields(Json.Obj object) {
    static final Fields NONE = new Fields(Json.obj());

    /// Digits and exponent are few, for BigDecimal's sake.
    private static final Pattern NUMBER =
            Pattern.compile("-?[0-9]{1,30}(\\.[0-9]{1,40})?([eE][+-]?[0-9]{1,2})?");

    static Fields of(Json value) {
        return value instanceof Json.Obj object ? new Fields(object) : NONE;
    }

    Map<String, Json> members() {
        return object.members();
    }

    boolean has(String name) {
        return object.find(name).isPresent();
    }

    Fields object(String name) {
        return object.find(name).map(Fields::of).orElse(NONE);
    }

    List<Json> array(String name) {
        return object.find(name).orElse(Json.Nil.NIL) instanceof Json.Arr(var elements)
                ? elements
                : List.of();
    }

    Optional<String> text(String name) {
        return object.find(name).orElse(Json.Nil.NIL) instanceof Json.Str(var text)
                ? Optional.of(text)
                : Optional.empty();
    }

    List<String> texts(String name) {
        List<String> texts = new ArrayList<>();
        for (Json element : array(name)) {
            if (element instanceof Json.Str(var text)) {
                texts.add(text);
            }
        }
        return texts;
    }

    boolean isTrue(String name) {
        return object.find(name).orElse(Json.Nil.NIL) == Json.Bool.TRUE;
    }

    boolean isFalse(String name) {
        return object.find(name).orElse(Json.Nil.NIL) == Json.Bool.FALSE;
    }

    /// A number, or a text that is one.
    Optional<BigDecimal> number(String name) {
        String text =
                switch (object.find(name).orElse(Json.Nil.NIL)) {
                    case Json.Num(var digits) -> digits;
                    case Json.Str(var digits) -> digits;
                    default -> "";
                };
        return NUMBER.matcher(text).matches()
                ? Optional.of(new BigDecimal(text))
                : Optional.empty();
    }

    /// A whole number above 0, such as a length in tokens.
    OptionalLong count(String name) {
        Optional<BigDecimal> number = number(name);
        return number.isPresent() && number.get().signum() > 0
                ? OptionalLong.of(number.get().longValue())
                : OptionalLong.empty();
    }

    /// These members, and those of `other` where it has the same.
    Fields with(Fields other) {
        Json.Obj all = object;
        for (Map.Entry<String, Json> member : other.members().entrySet()) {
            all = all.put(member.getKey(), member.getValue());
        }
        return new Fields(all);
    }

    Fields without(String name) {
        Json.Obj rest = Json.obj();
        for (Map.Entry<String, Json> member : members().entrySet()) {
            if (!member.getKey().equals(name)) {
                rest = rest.put(member.getKey(), member.getValue());
            }
        }
        return new Fields(rest);
    }
}

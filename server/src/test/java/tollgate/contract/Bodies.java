package tollgate.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import tollgate.kit.KitJson;
import tollgate.kit.RawClient.Response;
import tools.jackson.databind.JsonNode;

/// Compares whole bodies: the same members and no others, the same values but for placeholders.
///
/// `<text>` any text with a character in it · `<number>` · `<seconds>` a time of now in whole
/// seconds · `<millis>` one of three decimals · `<live key>` a key as shown once · `<masked>` a key
/// as listed.
final class Bodies {
    private static final Map<String, Pattern> TEXTS =
            Map.of(
                    "<text>", Pattern.compile("(?s).*\\S.*"),
                    "<seconds>", Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ"),
                    "<millis>",
                            Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z"),
                    "<live key>", Pattern.compile("gw_live_[0-9A-Za-z]{49}"),
                    "<masked>", Pattern.compile("gw_[a-z]+_[0-9A-Za-z]{0,4}\\W+[0-9A-Za-z]{4}"));

    /// How far a time in an answer may lie from now.
    private static final Duration NOW = Duration.ofMinutes(2);

    private Bodies() {}

    /// An answer with this status and a JSON body like the template.
    static void check(Response answer, int status, String template) {
        assertThat(answer.status()).as(answer.toString()).isEqualTo(status);
        assertThat(answer.header("content-type")).isEqualTo("application/json");
        assertThat(answer.header("x-request-id")).startsWith("req_");
        checkJson(answer.json(), template);
    }

    static void checkJson(JsonNode found, String template) {
        compare("body", found, KitJson.read(template));
    }

    private static void compare(String path, JsonNode found, JsonNode wanted) {
        if (wanted.isObject()) {
            assertThat(found.isObject()).as("%s: %s", path, found).isTrue();
            assertThat(new TreeSet<>(found.propertyNames()))
                    .as(path)
                    .isEqualTo(new TreeSet<>(wanted.propertyNames()));
            for (var member : wanted.properties()) {
                compare(
                        path + "." + member.getKey(),
                        found.path(member.getKey()),
                        member.getValue());
            }
        } else if (wanted.isArray()) {
            assertThat(found.size()).as("%s: %s", path, found).isEqualTo(wanted.size());
            for (int i = 0; i < wanted.size(); i++) {
                compare(path + "[" + i + "]", found.path(i), wanted.path(i));
            }
        } else {
            compareValue(path, found, wanted);
        }
    }

    private static void compareValue(String path, JsonNode found, JsonNode wanted) {
        String placeholder = wanted.asString("");
        if (placeholder.equals("<number>")) {
            assertThat(found.isNumber()).as("%s: %s", path, found).isTrue();
            return;
        }
        if (wanted.isNumber()) {
            assertThat(found.isNumber()).as("%s: %s", path, found).isTrue();
            assertThat(found.decimalValue()).as(path).isEqualByComparingTo(wanted.decimalValue());
            return;
        }
        Pattern pattern = TEXTS.get(placeholder);
        if (pattern == null) {
            assertThat(found).as(path).isEqualTo(wanted);
            return;
        }
        assertThat(found.isString()).as("%s: %s", path, found).isTrue();
        assertThat(found.stringValue()).as(path).matches(pattern);
        if (placeholder.equals("<seconds>") || placeholder.equals("<millis>")) {
            Duration age = Duration.between(Instant.parse(found.stringValue()), Instant.now());
            assertThat(age.abs()).as(path).isLessThan(NOW);
        }
    }
}

package tollgate.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tollgate.kit.FakeUpstream;
import tollgate.kit.KitJson;
import tollgate.kit.RawClient;
import tollgate.kit.RawClient.Response;
import tollgate.running.RunningGateway;
import tollgate.running.RunningGateway.Guest;
import tools.jackson.databind.JsonNode;

/// Whatever a caller sends, at each model door: a 4xx in the door's own words, the balance as it
/// was, nothing held, not a connection to the provider (I-18, I-84). Each case is one row.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadInputTest {
    private static final int BODY_BYTES_MAX = 100 * 1024;

    /// A model door and a good request to it.
    enum Place {
        CHAT(
                "/v1/chat/completions",
                "{\"model\":@,\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}"),
        EMBEDDINGS("/openai/v1/embeddings", "{\"model\":@,\"input\":\"Hi\"}"),
        PROXY("/proxy/chat", "{\"model\":@,\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}");

        private final String path;
        private final String body;

        Place(String path, String body) {
            this.path = path;
            this.body = body;
        }

        String good() {
            return body.replace("@", "\"sold\"");
        }

        String of(String model) {
            return body.replace("@", model);
        }

        /// With further members at the end.
        String with(String members) {
            return good().replaceFirst("}$", "") + "," + members + "}";
        }

        boolean isChat() {
            return this != EMBEDDINGS;
        }
    }

    private final FakeUpstream provider = FakeUpstream.start();
    private RunningGateway gateway;
    private Guest guest;
    private JsonNode balance;

    @SuppressWarnings("NullAway.Init") // open() sets all
    BadInputTest() {}

    @BeforeAll
    void open() throws IOException {
        gateway =
                RunningGateway.open(
                        """
                        server: {max-body: 100KB}
                        proxy: {max-body: 100KB}
                        providers:
                          maker: {protocol: openai, base-url: "%s", api-key: bad-input-key}
                        models:
                          sold: {routes: [{provider: maker}], price: {input: 1, output: 2}}
                          unpriced: {routes: [{provider: maker}]}
                        """
                                .formatted(provider.baseUrl()));
        guest = gateway.newGuest("5");
        balance = gateway.get("/user/balance", guest);
    }

    /// Closing it would show a mistake of the gateway's own: there was none, and so no stack trace.
    @AfterAll
    void close() throws IOException {
        assertThat(gateway.export())
                .filteredOn(line -> line.debit().equals("account:" + guest.account()))
                .noneMatch(line -> line.kind().equals("hold"));
        gateway.close();
        provider.close();
    }

    private Response send(Place place, byte[] body, String... headers) throws IOException {
        try (RawClient client = RawClient.connect(gateway.port())) {
            var head = new StringBuilder();
            head.append("POST ").append(place.path).append(" HTTP/1.1\r\nHost: x\r\n");
            head.append(guest.bearer()).append("\r\nContent-Type: application/json\r\n");
            for (String line : headers) {
                head.append(line).append("\r\n");
            }
            head.append("Content-Length: ").append(body.length).append("\r\n\r\n");
            client.send(head.toString());
            client.send(body);
            return client.response();
        }
    }

    private void refused(int status, Place place, String body) throws IOException {
        refused(status, place, KitJson.utf8(body));
    }

    private void refused(int status, Place place, byte[] body, String... headers)
            throws IOException {
        check(status, place, send(place, body, headers), shown(body));
    }

    private static String shown(byte[] body) {
        String text = new String(body, StandardCharsets.ISO_8859_1);
        return text.length() > 200 ? text.substring(0, 200) + "…" : text;
    }

    private void check(int status, Place place, Response answer, String what) throws IOException {
        assertThat(answer.status()).as("%s %s: %s", place, what, answer).isEqualTo(status);
        if (place == Place.PROXY) {
            String type =
                    switch (status) {
                        case 404 -> "not_found";
                        case 413 -> "payload_too_large";
                        default -> "invalid_request";
                    };
            Bodies.check(
                    answer,
                    status,
                    "{\"error\":\"%s\",\"details\":\"<text>\",\"timestamp\":\"<millis>\"}"
                            .formatted(type));
        } else {
            JsonNode error = answer.json().path("error");
            Bodies.check(
                    answer,
                    status,
                    "{\"error\":{\"message\":\"<text>\",\"type\":\"<text>\",\"param\":%s,\"code\":%s}}"
                            .formatted(error.path("param"), error.path("code")));
        }
        assertThat(answer.text())
                .as("%s %s", place, what)
                .doesNotContain("Exception")
                .doesNotContain("tollgate.")
                .doesNotContain("java.");
        assertThat(gateway.get("/user/balance", guest)).as(what).isEqualTo(balance);
        assertThat(provider.connectionsEver()).as(what).isZero();
    }

    /// The caller learns which field it was.
    private void refused(String param, Place place, String body) throws IOException {
        Response answer = send(place, KitJson.utf8(body));
        check(400, place, answer, body);
        String said =
                place == Place.PROXY
                        ? answer.json().path("details").asString()
                        : answer.json().path("error").path("message").asString();
        assertThat(said).as(body).startsWith(param);
        if (place != Place.PROXY) {
            assertThat(answer.json().path("error").path("param").asString()).startsWith(param);
        }
    }

    @ParameterizedTest
    @EnumSource
    void i84NoJsonObject(Place place) throws IOException {
        for (String body :
                List.of(
                        "",
                        " ",
                        "null",
                        "true",
                        "7",
                        "\"text\"",
                        "[]",
                        "[" + place.good() + "]",
                        "{",
                        "}",
                        "{}",
                        "{\"model\"}",
                        "{model:1}",
                        place.good().substring(1),
                        place.good().substring(0, place.good().length() - 1),
                        place.good() + "x",
                        place.good() + place.good(),
                        place.good() + ",",
                        place.good().replace("\"", "'"),
                        place.with("\"a\":NaN"),
                        place.with("\"a\":+1"),
                        place.with("\"a\":01"),
                        place.with("\"a\":.5"),
                        place.with("\"a\":1."),
                        place.with("\"a\":0x10"),
                        place.with("\"a\":tru"),
                        place.with("\"a\":1,"),
                        place.with("\"a\":[1,]"),
                        place.with("\"a\":\"\\x\""),
                        place.with("\"a\":\"\t\""),
                        place.with("/* no */\"a\":1"),
                        "\uFEFF" + place.good(),
                        "model=sold&input=Hi")) {
            refused(400, place, body);
        }
    }

    @ParameterizedTest
    @EnumSource
    void i84WrongTypes(Place place) throws IOException {
        for (String model : List.of("7", "null", "true", "[]", "{}", "[\"sold\"]", "\"\"")) {
            refused("model", place, place.of(model));
        }
        refused("model", place, place.of("\"" + "m".repeat(257) + "\""));
        refused("model", place, place.good().replace("\"model\":\"sold\",", ""));
        List<String> rows = new ArrayList<>();
        if (place.isChat()) {
            for (String wrong :
                    List.of("\"\"", "\"x\"", "7", "{}", "[]", "[1]", "[null]", "[[]]")) {
                rows.add("messages=" + wrong);
            }
            for (String field : List.of("max_tokens", "max_completion_tokens", "n")) {
                for (String wrong : List.of("0", "-1", "1.5", "\"9\"", "true", "[1]", "{}")) {
                    rows.add(field + "=" + wrong);
                }
            }
            rows.add("n=129");
            for (String wrong : List.of("\"true\"", "1", "0", "{}", "[]")) {
                rows.add("stream=" + wrong);
                rows.add("stream_options=" + (wrong.equals("{}") ? "true" : wrong));
                rows.add("tools=" + (wrong.equals("[]") ? "7" : wrong));
            }
            rows.add("user=7");
            rows.add("modalities=\"text\"");
            rows.add("modalities=[7]");
            rows.add("metadata=[]");
            rows.add("response_format=\"json\"");
            rows.add("service_tier=7");
            rows.add("prediction=[]");
        } else {
            for (String wrong : List.of("7", "true", "{}", "[]", "[true]", "[null]", "[{}]")) {
                rows.add("input=" + wrong);
            }
            for (String wrong : List.of("0", "-1", "1.5", "\"2\"", "[]", "1000001")) {
                rows.add("dimensions=" + wrong);
            }
            rows.add("encoding_format=7");
            rows.add("user=[]");
            rows.add("service_tier={}");
        }
        for (String row : rows) {
            String field = row.substring(0, row.indexOf('='));
            String value = row.substring(row.indexOf('=') + 1);
            refused(field, place, replaced(place, field, value));
        }
    }

    private static String replaced(Place place, String field, String value) {
        String good = place.good();
        int at = good.indexOf("\"" + field + "\":");
        return at < 0
                ? place.with("\"%s\":%s".formatted(field, value))
                : good.substring(0, at) + "\"%s\":%s}".formatted(field, value);
    }

    @ParameterizedTest
    @EnumSource
    void i84ElementsOfAnotherKind(Place place) throws IOException {
        List<String> inputs =
                place.isChat()
                        ? List.of("[{\"role\":\"user\",\"content\":\"x\"},7]")
                        : List.of("[\"a\",1]", "[1,\"a\"]", "[[1],1]", "[[1],[\"a\"]]", "[1,[1]]");
        String field = place.isChat() ? "messages" : "input";
        for (String input : inputs) {
            refused(400, place, replaced(place, field, input));
        }
    }

    @ParameterizedTest
    @EnumSource
    void i84NoModelOfThatName(Place place) throws IOException {
        for (String model :
                List.of(
                        "nobody",
                        "unpriced",
                        "maker/unpriced",
                        "maker/",
                        "/",
                        "*",
                        "SOLD",
                        " sold")) {
            refused(404, place, place.of("\"" + model + "\""));
        }
    }

    @ParameterizedTest
    @EnumSource
    void i84HugeNumbers(Place place) throws IOException {
        for (String number :
                List.of(
                        "1e401",
                        "-1e401",
                        "1e-401",
                        "1e99999999999999999999",
                        "1E+50000000",
                        "1".repeat(65),
                        "0." + "1".repeat(63),
                        "-" + "9".repeat(10_000))) {
            refused(400, place, place.with("\"temperature\":" + number));
            refused(400, place, place.with("\"x\":{\"y\":[" + number + "]}"));
        }
        String field = place.isChat() ? "max_tokens" : "dimensions";
        for (String number :
                List.of(
                        "1000000000001",
                        "9223372036854775807",
                        "9223372036854775808",
                        "18446744073709551617",
                        "1e300")) {
            refused(field, place, place.with("\"" + field + "\":" + number));
        }
    }

    @ParameterizedTest
    @EnumSource
    void i84DeepTexts(Place place) throws IOException {
        for (int depth : new int[] {64, 6_400, 40_000}) {
            refused(400, place, place.with("\"x\":" + "[".repeat(depth) + "]".repeat(depth)));
            refused(400, place, place.with("\"x\":" + "[".repeat(depth)));
        }
        refused(
                400,
                place,
                place.with("\"x\":" + "{\"a\":".repeat(9_000) + "1" + "}".repeat(9_000)));
    }

    @ParameterizedTest
    @EnumSource
    void i84BytesThatAreNoText(Place place) throws IOException {
        int[][] rows = {
            {0xff},
            {0x80},
            {0xc0, 0x80}, // overlong
            {0xe0, 0x80, 0xaf}, // overlong
            {0xf0, 0x80, 0x80, 0xaf}, // overlong
            {0xed, 0xa0, 0x80}, // half a surrogate pair
            {0xf4, 0x90, 0x80, 0x80}, // past the last character
            {0xe2, 0x82}, // cut off
            {0xfe, 0xff},
            {0x00},
            {0x1f}
        };
        for (int[] row : rows) {
            for (UnaryOperator<String> at :
                    List.<UnaryOperator<String>>of(
                            hole -> "\"x\":\"" + hole + "\"",
                            hole -> "\"x" + hole + "\":1",
                            hole -> "\"x\":[{\"y\":\"" + hole + "\"}]")) {
                refused(400, place, filled(place.with(at.apply("@")), row));
            }
            refused(400, place, filled(place.of("\"so@ld\""), row));
        }
        for (String escape : List.of("\\ud800", "\\udc00", "\\ud800\\u0041", "\\u12", "\\u00g0")) {
            refused(400, place, place.with("\"x\":\"" + escape + "\""));
        }
    }

    private static byte[] filled(String text, int[] hole) {
        var bytes = new ByteArrayOutputStream();
        int at = text.indexOf('@');
        bytes.writeBytes(KitJson.utf8(text.substring(0, at)));
        for (int b : hole) {
            bytes.write(b);
        }
        bytes.writeBytes(KitJson.utf8(text.substring(at + 1)));
        return bytes.toByteArray();
    }

    @ParameterizedTest
    @EnumSource
    void i83NamesThatStandTwice(Place place) throws IOException {
        for (String members :
                List.of(
                        "\"model\":\"sold\"",
                        "\"mod\\u0065l\":\"sold\"",
                        "\"user\":\"a\",\"user\":\"b\"",
                        "\"x\":1,\"x\":1",
                        "\"x\":1,\"\\u0078\":2",
                        "\"x\":{\"a\":1,\"a\":1}",
                        "\"x\":[0,[{\"a\":{\"b\":1,\"c\":2,\"\\u0062\":3}}]]")) {
            refused(400, place, place.with(members));
        }
        StringBuilder many = new StringBuilder("\"x\":{");
        for (int i = 0; i < 1_000; i++) {
            many.append("\"n").append(i).append("\":0,");
        }
        refused(400, place, place.with(many + "\"n500\":0}"));
        String deep = "{\"a\":".repeat(50) + "{\"b\":1,\"b\":2}" + "}".repeat(50);
        refused(400, place, place.with("\"x\":" + deep));
    }

    @ParameterizedTest
    @EnumSource
    void i83NamesThatDifferInCaseOnly(Place place) throws IOException {
        List<String> names =
                place.isChat()
                        ? List.of("Model", "MESSAGES", "Stream", "max_Tokens", "N", "Tools")
                        : List.of("Model", "INPUT", "Dimensions", "Encoding_Format");
        for (String name : names) {
            refused(name.toLowerCase(Locale.ROOT), place, place.with("\"" + name + "\":null"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void i85TooLarge(Place place) throws IOException {
        String good = place.good();
        String large =
                good.replace("Hi", "x".repeat(BODY_BYTES_MAX - good.length() + "Hi".length() + 1));
        assertThat(large).hasSize(BODY_BYTES_MAX + 1);
        refused(413, place, large);
        check(413, place, announce(place, 100 * BODY_BYTES_MAX), "100 times the limit");
        refused(413, place, gzip(large), "Content-Encoding: gzip");
        refused(
                413,
                place,
                gzip(good.replace("Hi", "x".repeat(80 * BODY_BYTES_MAX))),
                "Content-Encoding: gzip");
    }

    /// Only says that a body of this size will come.
    private Response announce(Place place, int bytes) throws IOException {
        try (RawClient client = RawClient.connect(gateway.port())) {
            client.send(
                    "POST %s HTTP/1.1\r\nHost: x\r\n%s\r\nContent-Length: %d\r\n\r\n"
                            .formatted(place.path, guest.bearer(), bytes));
            return client.response();
        }
    }

    private static byte[] gzip(String text) throws IOException {
        var out = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(out)) {
            gzip.write(KitJson.utf8(text));
        }
        return out.toByteArray();
    }

    @ParameterizedTest
    @EnumSource
    void i84EncodingsThatAreNone(Place place) throws IOException {
        byte[] packed = gzip(place.good());
        packed[packed.length / 2] ^= 0x55;
        refused(400, place, packed, "Content-Encoding: gzip");
        refused(400, place, KitJson.utf8(place.good()), "Content-Encoding: gzip");
        refused(400, place, KitJson.utf8(place.good()), "Content-Encoding: br");
        refused(400, place, gzip(""), "Content-Encoding: gzip");
    }

    /// The rows above are refused for what they say: the good request is none of them.
    @Test
    void theGoodRequestIsAnswered() throws IOException {
        try (var other = FakeUpstream.start().onAny(tollgate.kit.Script.text("Hello."));
                var running =
                        RunningGateway.open(
                                """
                                providers:
                                  maker: {protocol: openai, base-url: "%s", api-key: x}
                                models:
                                  sold: {routes: [{provider: maker}], price: {input: 1, output: 2}}
                                """
                                        .formatted(other.baseUrl()))) {
            String bearer = running.newGuest("5").bearer();
            for (Place place : Place.values()) {
                Response answer =
                        RawClient.postJson(running.port(), place.path, place.good(), bearer);
                assertThat(answer.status()).as("%s: %s", place, answer).isEqualTo(200);
                assertThat(Objects.requireNonNull(answer.header("content-type")))
                        .isEqualTo("application/json");
            }
        }
    }
}

package tollgate.money;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tollgate.kit.KitJson;
import tollgate.kit.RawClient;
import tollgate.kit.RawClient.Response;
import tollgate.kit.Script;
import tools.jackson.databind.JsonNode;

/// I-18: whatever is refused is free, in the door's own words: no hold, no charge, not a byte to a
/// provider; and no input, however bad, is answered by a 5xx (I-84).
class RefusalTest {
    private static final int BODY_MAX = 1024 * 1024;

    private static Running running;
    private static Gateway gateway;
    private static Customer customer;

    @BeforeAll
    static void open() throws IOException {
        var fake = tollgate.kit.FakeUpstream.start();
        running = Running.open(fake, Shop.usual(fake.baseUrl()).server(", max-body: 1MB"), 1);
        gateway = running.gateway;
        customer = gateway.customer("100");
    }

    @AfterAll
    static void close() throws IOException {
        running.close();
    }

    /// Sends something that must be refused with this status, and looks at what it left behind.
    private static JsonNode refused(int status, Customer who, String body, String... headers)
            throws IOException {
        Response answer = gateway.chat(who, body, headers);
        if (!who.account().isEmpty()) {
            nothingHeld(who, body);
        }
        return refused(status, answer, body);
    }

    private static void nothingHeld(Customer who, String what) throws IOException {
        assertThat(gateway.balance(who).held()).as(what).isZero();
    }

    private static JsonNode refused(int status, Response answer, String what) throws IOException {
        String shown = what.length() > 200 ? what.substring(0, 200) : what;
        assertThat(answer.status()).as("%s: %s", shown, answer).isEqualTo(status);
        JsonNode error = answer.json().path("error");
        assertThat(error.path("message").isString()).as(answer.toString()).isTrue();
        assertThat(error.path("type").isString()).as(answer.toString()).isTrue();
        assertThat(error.has("param")).isTrue();
        assertThat(error.has("code")).isTrue();
        nothingHeld(customer, shown);
        assertThat(running.fake.requestsEver()).as(shown).isZero();
        assertThat(gateway.lines(answer)).as(shown).isEmpty();
        return error;
    }

    @Test
    void i18EveryRefusalIsFree() throws IOException {
        String good = Gateway.ask("plain", ",\"max_tokens\":10");
        refused(401, new Customer("", 0, "gw_live_wrong"), good);
        refused(400, customer, good, "X-API-Key: another");
        refused(402, gateway.customer(0), good);
        refused(402, gateway.key(customer, ",\"budget\":{\"limit\":0.000000001}"), good);
        refused(403, gateway.key(customer, ",\"models\":[\"deep\"]"), good);
        refused(
                403,
                gateway.key(customer, ",\"scope_permissions\":{\"read\":[\"*\"],\"write\":[]}"),
                good);
        refused(404, customer, Gateway.ask("nobody", ""));
        refused(404, customer, Gateway.ask("dark", ""));
        refused(404, customer, Gateway.ask("fu/plain", ""));
        refused(400, customer, good, "X-Max-Cost: a lot");
        refused(402, customer, good, "X-Max-Cost: 0.000000001");
        refused(413, customer, Gateway.ask("plain", "x".repeat(BODY_MAX), ""));
        refused(400, customer, good, "Idempotency-Key: " + "k".repeat(256));
        Customer slow = gateway.key(customer, ",\"limits\":{\"tokens_per_minute\":5}");
        refused(400, slow, good);
    }

    /// Those that need another call before them or beside them: 409, 422, 429.
    @Test
    void i18EveryRefusalBesideACallIsFree() throws IOException {
        var fake = tollgate.kit.FakeUpstream.start();
        try (var own = Running.open(fake, Shop.usual(fake.baseUrl()), 1)) {
            String body = Gateway.ask("race", ",\"max_tokens\":10");
            String other = Gateway.ask("race", ",\"max_tokens\":11");
            String key = "Idempotency-Key: k";
            Customer owner = own.gateway.customer("1");
            Customer single = own.gateway.key(owner, ",\"limits\":{\"concurrent\":1}");
            Customer once = own.gateway.key(owner, ",\"limits\":{\"requests_per_minute\":1}");
            fake.on("race", Script.text("late").usage(20, 2).held());
            try (RawClient first = own.gateway.connect();
                    RawClient second = own.gateway.connect()) {
                first.post(Gateway.CHAT, body, Gateway.with(single, key));
                second.post(Gateway.CHAT, body, once.bearer());
                fake.awaitRequests(2);
                Gateway.Balance before = own.gateway.balance(owner);
                assertThat(before.held()).isPositive();
                int lines = own.gateway.audit().lines().size();
                assertThat(own.gateway.chat(single, body, key).status()).isEqualTo(409);
                assertThat(own.gateway.chat(single, other, key).status()).isEqualTo(422);
                assertThat(own.gateway.chat(single, body).status()).isEqualTo(429);
                assertThat(own.gateway.chat(once, body).status()).isEqualTo(429);
                assertThat(own.gateway.balance(owner)).isEqualTo(before);
                assertThat(own.gateway.audit().lines()).hasSize(lines);
                fake.release();
                assertThat(first.response().status()).isEqualTo(200);
                assertThat(second.response().status()).isEqualTo(200);
            }
            assertThat(own.gateway.chat(single, other, key).status()).isEqualTo(422);
            assertThat(fake.requestsEver()).isEqualTo(2);
            own.gateway.rest();
            assertThat(own.gateway.balance(owner).held()).isZero();
        }
    }

    @Test
    void i18WhatIsNotPassedOnIsRefused() throws IOException {
        for (String more :
                List.of(
                        ",\"service_tier\":\"priority\"",
                        ",\"models\":[\"a\",\"b\"]",
                        ",\"plugins\":[{\"id\":\"web\"}]",
                        ",\"prompt_cache_retention\":\"24h\"",
                        ",\"modalities\":[\"text\",\"audio\"],\"audio\":{\"voice\":\"x\",\"format\":\"wav\"}")) {
            refused(400, customer, Gateway.ask("plain", more));
        }
    }

    @Test
    void i84WrongTypesAndWrongNumbersAre400() throws IOException {
        for (String more :
                List.of(
                        ",\"max_tokens\":0",
                        ",\"max_tokens\":-1",
                        ",\"max_tokens\":1.5",
                        ",\"max_tokens\":\"10\"",
                        ",\"max_tokens\":1e999",
                        ",\"max_tokens\":99999999999999999999999999",
                        ",\"max_tokens\":[1]",
                        ",\"max_completion_tokens\":{}",
                        ",\"stream\":\"true\"",
                        ",\"stream\":1",
                        ",\"n\":0",
                        ",\"n\":-3",
                        ",\"n\":1000000",
                        ",\"n\":2.5",
                        ",\"n\":\"2\"",
                        ",\"stream_options\":[]",
                        ",\"tools\":{}",
                        ",\"Model\":\"deep\"",
                        ",\"STREAM\":true",
                        ",\"model\":\"deep\"",
                        ",\"max_tokens\":5,\"max_tokens\":6",
                        ",\"extra\":{\"a\":1,\"a\":2}",
                        ",\"extra\":[[{\"b\":{\"a\":1,\"\\u0061\":2}}]]",
                        ",\"extra\":" + "1".repeat(10_000))) {
            refused(400, customer, Gateway.ask("plain", more));
        }
        for (String body :
                List.of(
                        "",
                        "null",
                        "[]",
                        "7",
                        "\"text\"",
                        "{",
                        "{}",
                        "{\"model\":\"plain\"}",
                        "{\"model\":\"plain\",\"messages\":[]}",
                        "{\"model\":\"plain\",\"messages\":{}}",
                        "{\"model\":\"plain\",\"messages\":[1]}",
                        "{\"model\":\"\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}",
                        "{\"model\":7,\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}",
                        "{\"model\":null,\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}",
                        Gateway.ask("plain", "") + "x",
                        Gateway.ask("plain", "") + "{}",
                        Gateway.ask("plain", "").replace("\"", "'"),
                        "\uFEFF" + Gateway.ask("plain", ""))) {
            refused(400, customer, body);
        }
    }

    @Test
    void i84HugeNumbersThatAreNumbersAreHeldOrRefused() throws IOException {
        for (String limit : List.of("1000000000", "999999999999", "9223372036854775807")) {
            for (String model : List.of("open", "deep")) {
                for (String more : List.of("", ",\"n\":128", ",\"stream\":true")) {
                    Response answer =
                            gateway.chat(
                                    gateway.customer("0.001"),
                                    Gateway.ask(model, ",\"max_tokens\":" + limit + more));
                    assertThat(answer.status()).as(limit + more + answer).isIn(400, 402);
                }
            }
        }
    }

    @Test
    void i84DeepAndBrokenTextsAre400() throws IOException {
        for (int depth : new int[] {65, 1_000, 300_000}) {
            refused(
                    400,
                    customer,
                    Gateway.ask("plain", ",\"deep\":" + "[".repeat(depth) + "]".repeat(depth)));
        }
        List<byte[]> wrong = new ArrayList<>();
        wrong.add(new byte[] {(byte) 0xff});
        wrong.add(new byte[] {(byte) 0xc0, (byte) 0x80}); // overlong
        wrong.add(new byte[] {(byte) 0xed, (byte) 0xa0, (byte) 0x80}); // half a surrogate pair
        wrong.add(new byte[] {(byte) 0xf4, (byte) 0x90, (byte) 0x80, (byte) 0x80}); // past the end
        wrong.add(new byte[] {(byte) 0xe2, (byte) 0x82}); // cut off
        wrong.add(new byte[] {0});
        wrong.add(new byte[] {'\n'});
        for (byte[] bytes : wrong) {
            var body = new ByteArrayOutputStream();
            String[] halves = Gateway.ask("plain", "@", "").split("@", -1);
            body.writeBytes(KitJson.utf8(halves[0]));
            body.writeBytes(bytes);
            body.writeBytes(KitJson.utf8(halves[1]));
            refused(400, send(body.toByteArray()), "bytes");
        }
        refused(400, customer, Gateway.ask("plain", "@", "").replace("@", "\\x"));
    }

    private static Response send(byte[] body, String... headers) throws IOException {
        try (RawClient client = gateway.connect()) {
            var head =
                    new StringBuilder("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\n");
            for (String line : Gateway.with(customer, headers)) {
                head.append(line).append("\r\n");
            }
            head.append("Content-Type: application/json\r\nContent-Length: ")
                    .append(body.length)
                    .append("\r\n\r\n");
            client.send(head.toString());
            client.send(body);
            return client.response();
        }
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        var out = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        }
        return out.toByteArray();
    }

    @Test
    void i85AGzipBombIsTooLarge() throws IOException {
        byte[] bomb = gzip(KitJson.utf8(Gateway.ask("plain", "x".repeat(64 * 1024 * 1024), "")));
        assertThat(bomb.length).isLessThan(BODY_MAX);
        refused(413, send(bomb, "Content-Encoding: gzip"), "a bomb");
        byte[] broken = gzip(KitJson.utf8(Gateway.ask("plain", "")));
        broken[broken.length / 2] ^= 0x55;
        refused(400, send(broken, "Content-Encoding: gzip"), "a broken one");
        byte[] cut = java.util.Arrays.copyOf(broken, 12);
        refused(400, send(cut, "Content-Encoding: gzip"), "a cut one");
    }

    @Test
    void aTestKeySpendsTestMoneyAlone() throws IOException {
        Customer test = gateway.key(customer, ",\"environment_tag\":\"test\"");
        var before = gateway.balance(customer);
        Response answer = gateway.chat(test, Gateway.ask("nobody-knows-it", ""));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(gateway.balance(customer)).isEqualTo(before);
        assertThat(new String(answer.body(), StandardCharsets.UTF_8)).contains("sandbox");
    }
}

package tollgate.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tollgate.call.Capability;
import tollgate.unit.Money;

final class ConfigTest {
    private static final Set<String> WELL_KNOWN = Set.of("openrouter");

    @TempDir private Path folder;

    private Config read(String yaml) throws Exception {
        return read(yaml, Map.of());
    }

    private Config read(String yaml, Map<String, String> environment) throws Exception {
        Path file = Files.writeString(folder.resolve("tollgate.yaml"), yaml);
        return ConfigReader.read(
                new ConfigSource(file, folder, environment, List.of(), WELL_KNOWN));
    }

    private Config none() {
        return ConfigReader.read(new ConfigSource(null, folder, Map.of(), List.of(), WELL_KNOWN));
    }

    @Test
    void withoutAFileEverythingHasItsDefault() {
        Config config = none();

        assertThat(config.server())
                .isEqualTo(
                        new Config.Server(
                                "127.0.0.1",
                                8080,
                                0,
                                "",
                                Config.Root.OPENAI,
                                List.of(),
                                List.of("*"),
                                20_971_520,
                                536_870_912,
                                67_108_864,
                                1_073_741_824,
                                0,
                                0,
                                Config.LogFormat.HUMAN,
                                Config.LogLevel.INFO,
                                true));
        assertThat(config.storage()).isEqualTo(folder.resolve("data"));
        assertThat(config.journal())
                .isEqualTo(new Config.Journal(Duration.ofMillis(100), 67_108_864));
        assertThat(config.adminKey().isSet()).isFalse();
        assertThat(config.proxyKey().isSet()).isFalse();
        assertThat(config.auth()).isEqualTo(new Config.Auth(Config.Signup.OPEN));
        assertThat(config.providers()).isEmpty();
        assertThat(config.models()).isEmpty();
        assertThat(config.pricing()).isEqualTo(new Config.Pricing(200_000, Money.usd(10)));
        assertThat(config.limits()).isEqualTo(new Config.Limits(60, 1_000, 10_000, 60, 16_384));
        assertThat(config.timeouts())
                .isEqualTo(
                        new Config.Timeouts(
                                Duration.ofSeconds(5),
                                new Config.FirstByte(
                                        Duration.ofSeconds(120), Duration.ofSeconds(600)),
                                Duration.ofSeconds(60),
                                Duration.ofMinutes(35)));
        assertThat(config.breaker())
                .isEqualTo(new Config.Breaker(5, Duration.ofSeconds(30), Duration.ofSeconds(10)));
        assertThat(config.credit()).isEqualTo(new Config.Credit(Money.usd(1), Money.usd(2)));
        assertThat(config.proxy())
                .isEqualTo(
                        new Config.Proxy(1_048_576, Duration.ofSeconds(30), List.of(), Money.ZERO));
        assertThat(config.plans()).isEqualTo(new Config.Plans(Config.Enforce.GATEWAY));
        assertThat(config.stripe())
                .isEqualTo(new Config.Stripe(Secret.NONE, Secret.NONE, "https://api.stripe.com"));
        assertThat(config.privy()).isEqualTo(new Config.Privy("", ""));
        assertThat(config.smtp())
                .isEqualTo(new Config.Smtp("", 587, "", "", Secret.NONE, Config.Tls.STARTTLS));
        assertThat(config.outbound()).isEqualTo(new Config.Outbound(false));
    }

    @Test
    void theRelayHasSixModesByDefault() {
        Config.Relay relay = none().relay();

        assertThat(relay.workers()).isEqualTo(4);
        assertThat(relay.lease()).isEqualTo(Duration.ofSeconds(60));
        assertThat(relay.attempts()).isEqualTo(3);
        assertThat(relay.modes())
                .containsOnlyKeys("auto", "instant", "thinking", "search", "deep", "study");
        assertThat(relay.modes().get("auto")).isEqualTo(mode("gpt-4o-mini", 10));
        assertThat(relay.modes().get("instant")).isEqualTo(mode("gpt-4o-mini", 10));
        assertThat(relay.modes().get("thinking")).isEqualTo(mode("o3", 10));
        assertThat(relay.modes().get("search")).isEqualTo(mode("gpt-4o-mini-search-preview", 10));
        assertThat(relay.modes().get("deep")).isEqualTo(mode("o3", 30));
        assertThat(get(relay.modes(), "study").system()).startsWith("You are a patient teacher");
    }

    private static <V> V get(Map<String, V> map, String key) {
        return Objects.requireNonNull(map.get(key), key);
    }

    private static Config.Mode mode(String model, int minutes) {
        return new Config.Mode(model, null, List.of(), Duration.ofMinutes(minutes), 16_384);
    }

    @Test
    void everyKeyOfServerAndMoneyIsRead() throws Exception {
        Config config =
                read(
                        """
                        server: { host: 0.0.0.0, port: 9090, h2c-port: 9091,
                          public-url: "https://gate.example/", root: reseller,
                          trusted-proxies: [10.0.0.0/8, "::1"], cors: ["https://app.example"],
                          max-body: 5MB, max-buffered: 1GB, max-answer: 3MB, max-stream: 4MB, event-loops: 3, metrics-port: 9092,
                          log: json, log-level: debug, cost: false }
                        storage: "sqlite:elsewhere"
                        journal: { gate: 250ms, segment: 8MB }
                        admin-key: sixteen-letters-
                        proxy-key: p
                        auth: { signup: invite }
                        pricing: { markup: 12.5%, signup-credits: 0.000000001 }
                        credit: { standard: 1.5, batch: "3" }
                        proxy: { max-body: 2KB, timeout: 45s, models: [a, b/c], max-per-day: 20 }
                        plans: { enforce: everywhere }
                        outbound: { allow-private-networks: true }
                        """);

        assertThat(config.server())
                .isEqualTo(
                        new Config.Server(
                                "0.0.0.0",
                                9090,
                                9091,
                                "https://gate.example",
                                Config.Root.RESELLER,
                                List.of("10.0.0.0/8", "::1"),
                                List.of("https://app.example"),
                                5_242_880,
                                1_073_741_824,
                                3_145_728,
                                4_194_304,
                                3,
                                9092,
                                Config.LogFormat.JSON,
                                Config.LogLevel.DEBUG,
                                false));
        assertThat(config.storage()).isEqualTo(folder.resolve("elsewhere"));
        assertThat(config.journal())
                .isEqualTo(new Config.Journal(Duration.ofMillis(250), 8_388_608));
        assertThat(config.adminKey().text()).isEqualTo("sixteen-letters-");
        assertThat(config.proxyKey().text()).isEqualTo("p");
        assertThat(config.auth().signup()).isEqualTo(Config.Signup.INVITE);
        assertThat(config.pricing()).isEqualTo(new Config.Pricing(125_000, new Money(1)));
        assertThat(config.credit())
                .isEqualTo(new Config.Credit(new Money(1_500_000_000), Money.usd(3)));
        assertThat(config.proxy())
                .isEqualTo(
                        new Config.Proxy(
                                2_048, Duration.ofSeconds(45), List.of("a", "b/c"), Money.usd(20)));
        assertThat(config.plans().enforce()).isEqualTo(Config.Enforce.EVERYWHERE);
        assertThat(config.outbound().allowPrivateNetworks()).isTrue();
    }

    @Test
    void everyKeyOfLimitsAndServicesIsRead() throws Exception {
        Config config =
                read(
                        """
                        limits: { requests-per-minute: 1, requests-per-hour: 2,
                          requests-per-day: 3, per-ip-per-minute: 4, output-default: 500 }
                        timeouts: { connect: 1s, first-byte: { stream: 2s, whole: 3m },
                          idle: 4s, total: 1h }
                        breaker: { failures: 1000000, within: 1m, retry-after: 500ms }
                        stripe: { secret-key: sk, webhook-secret: wh, api-base: "http://localhost:1" }
                        privy: { app-id: app, verification-key: pem }
                        smtp: { host: mail.example, port: 25, from: a@b.c, user: u, password: p,
                          tls: none }
                        """);

        assertThat(config.limits()).isEqualTo(new Config.Limits(1, 2, 3, 4, 500));
        assertThat(config.timeouts())
                .isEqualTo(
                        new Config.Timeouts(
                                Duration.ofSeconds(1),
                                new Config.FirstByte(Duration.ofSeconds(2), Duration.ofMinutes(3)),
                                Duration.ofSeconds(4),
                                Duration.ofHours(1)));
        assertThat(config.breaker())
                .isEqualTo(
                        new Config.Breaker(
                                1_000_000, Duration.ofMinutes(1), Duration.ofMillis(500)));
        assertThat(config.stripe())
                .isEqualTo(
                        new Config.Stripe(
                                new Secret("sk"), new Secret("wh"), "http://localhost:1"));
        assertThat(config.privy()).isEqualTo(new Config.Privy("app", "pem"));
        assertThat(config.smtp())
                .isEqualTo(
                        new Config.Smtp(
                                "mail.example",
                                25,
                                "a@b.c",
                                "u",
                                new Secret("p"),
                                Config.Tls.NONE));
    }

    @Test
    void everyKeyOfAModelIsRead() throws Exception {
        Config config =
                read(
                        """
                        providers:
                          mine: { protocol: anthropic, base-url: "http://localhost:9/v1/", api-key: k }
                          openrouter: { api-key: r }
                        models:
                          first:
                            routes:
                              - { provider: mine, model: up, weight: 3, cost: { input: 0.1 } }
                              - { provider: openrouter, fallback: true }
                            price: { input: 0.15, output: 0.60, cached-input: 0.075, cache-write: 1,
                              cache-write-1h: 2, reasoning: 3, image: 0.02, request: 0.001,
                              web-search: 10.00, above: { tokens: 200000, input: 5, output: 6 } }
                            markup: 0%
                            about: { context: 128000, max-output: 16384, hidden-reasoning: false,
                              modalities: [text, image], input-overhead: 100, image-tokens: 1,
                              audio-tokens: 2, file-tokens: 3 }
                            allow: [web-search, priority, long-cache, routing, provider-objects]
                          "*": { routes: [ { provider: openrouter } ] }
                        """);

        assertThat(config.providers())
                .containsExactly(
                        Map.entry(
                                "mine",
                                new Config.Provider(
                                        Config.Protocol.ANTHROPIC,
                                        "http://localhost:9/v1",
                                        new Secret("k"))),
                        Map.entry("openrouter", new Config.Provider(null, null, new Secret("r"))));
        Config.Model first = get(config.models(), "first");
        assertThat(first.routes())
                .containsExactly(
                        new Config.Route("mine", "up", 3, false, price("0.1", null, null)),
                        new Config.Route("openrouter", null, 1, true, null));
        assertThat(first.price())
                .isEqualTo(
                        new Config.Price(
                                Money.parse("0.15"),
                                Money.parse("0.6"),
                                Money.parse("0.075"),
                                Money.usd(1),
                                Money.usd(2),
                                Money.usd(3),
                                Money.parse("0.02"),
                                Money.parse("0.001"),
                                Money.usd(10),
                                new Config.Above(200_000, price("5", "6", null))));
        assertThat(first.markupPpm()).isEqualTo(0);
        assertThat(first.about())
                .isEqualTo(
                        new Config.About(
                                128_000L,
                                16_384L,
                                false,
                                Set.of(Config.Modality.TEXT, Config.Modality.IMAGE),
                                100L,
                                1L,
                                2L,
                                3L));
        assertThat(first.allow()).containsExactlyInAnyOrder(Capability.values());
        Config.Model any = get(config.models(), "*");
        assertThat(any.routes())
                .containsExactly(new Config.Route("openrouter", null, 1, false, null));
        assertThat(any.price()).isNull();
        assertThat(any.markupPpm()).isNull();
        assertThat(any.about())
                .isEqualTo(new Config.About(null, null, null, null, null, null, null, null));
        assertThat(any.allow()).isEmpty();
    }

    private static Config.Price price(
            String input, @Nullable String output, Config.@Nullable Above above) {
        return new Config.Price(
                Money.parse(input),
                output == null ? null : Money.parse(output),
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                above);
    }

    @Test
    void everyKeyOfAModeIsRead() throws Exception {
        Config.Relay relay =
                read("""
                relay:
                  workers: 0
                  lease: 5s
                  attempts: 2
                  modes:
                    auto: mine
                    deep: { model: big, timeout: 45m }
                    search: { model: s, system: Look it up., max-output: 100,
                      tools: [ { type: web_search, n: 3, on: true, none: null,
                                 size: "3", list: [1.50, a"b] } ] }
                """)
                        .relay();

        assertThat(relay.workers()).isZero();
        assertThat(relay.lease()).isEqualTo(Duration.ofSeconds(5));
        assertThat(relay.attempts()).isEqualTo(2);
        assertThat(relay.modes().get("auto")).isEqualTo(mode("mine", 10));
        assertThat(relay.modes().get("thinking")).isEqualTo(mode("o3", 10));
        assertThat(relay.modes().get("deep")).isEqualTo(mode("big", 45));
        assertThat(relay.modes().get("search"))
                .isEqualTo(
                        new Config.Mode(
                                "s",
                                "Look it up.",
                                List.of(
                                        "{\"type\":\"web_search\",\"n\":3,\"on\":true,\"none\":null,"
                                            + "\"size\":\"3\",\"list\":[1.50,\"a\\\"b\"]}"),
                                Duration.ofMinutes(10),
                                100));
    }

    @Test
    void aFirstByteLimitAloneHoldsForBoth() throws Exception {
        assertThat(read("timeouts: { first-byte: 60s }").timeouts().firstByte())
                .isEqualTo(new Config.FirstByte(Duration.ofSeconds(60), Duration.ofSeconds(60)));
    }

    @Test
    void aBareZeroLiftsAllRates() throws Exception {
        assertThat(read("limits: 0").limits()).isEqualTo(new Config.Limits(0, 0, 0, 0, 16_384));
    }

    @Test
    void jsonIsYamlToo() throws Exception {
        Config config =
                read(
                        "{\"server\": {\"port\": 81, \"cors\": []},\n \"pricing\": {\"markup\":"
                                + " \"20%\"}, \"models\": {\"m\": {\"routes\": [{\"provider\":"
                                + " \"sandbox\"}], \"price\": {\"input\": 1e-07}}}}");

        assertThat(config.server().port()).isEqualTo(81);
        assertThat(config.server().cors()).isEmpty();
        assertThat(get(config.models(), "m").price()).isEqualTo(price("0.0000001", null, null));
    }

    @Test
    void anEmptyFileAndEmptySectionsAreDefaults() throws Exception {
        assertThat(read("")).isEqualTo(none());
        assertThat(read("# nothing\n")).isEqualTo(none());
        assertThat(read("server:\nmodels:\nlimits:\n  requests-per-minute:\n")).isEqualTo(none());
    }

    @Test
    void signUpIsClosedToTheWorldWithoutMail() throws Exception {
        assertThat(none().signup()).isEqualTo(Config.Signup.OPEN);
        assertThat(read("server: { host: 0.0.0.0 }").signup()).isEqualTo(Config.Signup.CLOSED);
        assertThat(read("server: { host: 0.0.0.0 }\nsmtp: { host: m, from: a@b.c }").signup())
                .isEqualTo(Config.Signup.OPEN);
    }

    @Test
    void secretsDoNotPrint() throws Exception {
        Config config =
                read(
                        "admin-key: canary-canary-canary\nproviders: { openrouter: { api-key:"
                                + " canary } }\nsmtp: { password: canary }\n",
                        Map.of("X", "canary"));

        assertThat(config.toString()).doesNotContain("canary");
    }
}

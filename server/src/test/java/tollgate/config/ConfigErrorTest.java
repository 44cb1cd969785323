package tollgate.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Every message names file, line, key, what was found and what was expected.
final class ConfigErrorTest {
    @TempDir private Path folder;

    private ConfigSource source(String yaml, Map<String, String> environment) throws Exception {
        Path file = Files.writeString(folder.resolve("tollgate.yaml"), yaml);
        return new ConfigSource(file, folder, environment, List.of(), Set.of("known"));
    }

    private void assertRefused(String yaml, String message) throws Exception {
        ConfigSource source = source(yaml, Map.of());
        assertThatThrownBy(() -> ConfigReader.read(source))
                .isInstanceOf(ConfigException.class)
                .hasMessage("%s, %s".formatted(source.file(), message));
    }

    @Test
    void anUnknownSectionIsNamedWithItsLine() throws Exception {
        assertRefused(
                "server:\n  port: 8080\npricing:\n  markup: 20%\nprovidersss:\n  x: 1\n",
                "line 5: providersss: unknown key (expected: one of providers, server, storage,"
                        + " journal, admin-key, proxy-key, auth, models, pricing, limits, timeouts,"
                        + " breaker, relay, credit, proxy, plans, stripe, privy, smtp, outbound)");
    }

    @Test
    void anUnknownKeyIsNamedWithItsPath() throws Exception {
        assertRefused(
                "breaker:\n  failures: 5\n  retries: 1\n",
                "line 3: breaker.retries: unknown key (expected: one of failures, within,"
                        + " retry-after)");
        assertRefused(
                "models:\n  m:\n    routes: [ { provider: sandbox } ]\n    price: { inputs: 1 }\n",
                "line 4: models.m.price.inputs: unknown key (expected: one of above, input, output,"
                        + " cached-input, cache-write, cache-write-1h, reasoning, image, request,"
                        + " web-search)");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    server: { port: 70000 }           | server.port: 70000 (expected: a number from 0 to 65535)
                    server: { port: "1x" }            | server.port: 1x (expected: a number from 0 to 65535)
                    server: { port: [1] }             | server.port: a list (expected: a number from 0 to 65535)
                    server: { host: " " }             | server.host: an empty text (expected: a name or address to listen on)
                    server: { root: openia }          | server.root: openia (expected: one of openai, reseller, gateway, proxy)
                    server: { max-body: 20 }          | server.max-body: 20 (expected: a size such as 512KB or 20MB)
                    server: { max-body: 20mb }        | server.max-body: 20mb (expected: a size such as 512KB or 20MB)
                    server: { max-body: 9999999999GB } | server.max-body: 9999999999GB (expected: a size such as 512KB or 20MB)
                    server: { cors: "*" }             | server.cors: * (expected: a list)
                    server: { cors: [[a]] }           | server.cors: a list (expected: texts only)
                    server: { trusted-proxies: [10.0.0.0/33] } | server.trusted-proxies: 10.0.0.0/33 (expected: addresses or blocks such as 10.0.0.0/8)
                    server: { trusted-proxies: [proxy.example] } | server.trusted-proxies: proxy.example (expected: addresses or blocks such as 10.0.0.0/8)
                    server: { public-url: gate.example } | server.public-url: gate.example (expected: a URL such as https://api.example.com/v1)
                    server: { log: xml }              | server.log: xml (expected: one of human, json)
                    server: { cost: yes }             | server.cost: yes (expected: true or false)
                    server: 8080                      | server: 8080 (expected: a table)
                    storage: "postgresql://u:pw@h/d"  | storage: postgresql:… (expected: sqlite:FOLDER)
                    journal: { gate: 100 }            | journal.gate: 100 (expected: a duration such as 100ms, 30s, 35m, 24h or 7d, more than 0)
                    journal: { gate: 0 }              | journal.gate: 0 (expected: a duration such as 100ms, 30s, 35m, 24h or 7d, more than 0)
                    journal: { segment: 1KB }         | journal.segment: 1024 bytes (expected: 1MB to 1GB)
                    admin-key: fifteen-letters        | admin-key: 15 characters (expected: 16 characters or more, or none)
                    auth: { signup: never }           | auth.signup: never (expected: one of open, invite, closed)
                    pricing: { markup: 20 }           | pricing.markup: 20 (expected: a percentage such as 20%, at most four decimals)
                    pricing: { markup: -1% }          | pricing.markup: -1% (expected: a percentage such as 20%, at most four decimals)
                    pricing: { signup-credits: -1 }   | pricing.signup-credits: -1 (expected: an amount in USD of at most nine decimals, 0 or more)
                    pricing: { signup-credits: 0.0000000001 } | pricing.signup-credits: 0.0000000001 (expected: an amount in USD of at most nine decimals, 0 or more)
                    limits: 5                         | limits: 5 (expected: a number from 0 to 0)
                    limits: { output-default: 15 }    | limits.output-default: 15 (expected: a number from 16 to 10000000)
                    timeouts: { first-byte: { both: 1s } } | timeouts.first-byte.both: unknown key (expected: one of stream, whole)
                    breaker: { failures: 0 }          | breaker.failures: 0 (expected: a number from 1 to 1000000000)
                    relay: { modes: { fast: m } }     | relay.modes.fast: unknown key (expected: one of auto, instant, thinking, search, deep, study)
                    relay: { modes: { auto: { system: s } } } | relay.modes.auto.model: missing (expected: a model's name)
                    relay: { modes: { auto: { model: m, tools: [x] } } } | relay.modes.auto.tools: x (expected: objects)
                    smtp: { host: h }                 | smtp.from: missing (expected: the sender's address, as host is set)
                    smtp: { tls: ssl }                | smtp.tls: ssl (expected: one of starttls, tls, none)
                    providers: { sandbox: { api-key: k } } | providers.sandbox: sandbox (expected: letters, digits, _ . - (64 at most), not sandbox)
                    providers: { mine: { base-url: "http://h" } } | providers.mine.protocol: missing (expected: a value, for this is no provider we know by name)
                    providers: { mine: { protocol: openai } } | providers.mine.base-url: missing (expected: a value, for this is no provider we know by name)
                    providers: { known: { protocol: soap } } | providers.known.protocol: soap (expected: one of openai, anthropic, gemini)
                    providers: { known: { base-url: "ftp://h" } } | providers.known.base-url: ftp://h (expected: a URL such as https://api.example.com/v1)
                    models: { m: { price: { input: 1 } } } | models.m.routes: none (expected: one route or more)
                    models: { m: { routes: [ x ] } }  | models.m.routes[0]: x (expected: a table)
                    models: { m: { routes: [ { provider: other } ] } } | models.m.routes[0].provider: other (expected: a provider's name)
                    models: { m: { routes: [ { model: m } ] } } | models.m.routes[0].provider: missing (expected: a provider's name)
                    models: { m: { routes: [ { provider: known, weight: 0 } ] } } | models.m.routes[0].weight: 0 (expected: a number from 1 to 1000000)
                    models: { "*": { routes: [ { provider: known, model: m } ] } } | models.*.routes[0].model: m (expected: none: under * a model keeps its name)
                    models: { m: { routes: [ { provider: known } ], allow: [all] } } | models.m.allow: all (expected: one of web-search, priority, long-cache, routing, provider-objects)
                    models: { m: { routes: [ { provider: known } ], price: { above: { input: 1 } } } } | models.m.price.above.tokens: none (expected: the input tokens that must be exceeded)
                    models: { m: { routes: [ { provider: known } ], about: { context: 0 } } } | models.m.about.context: 0 (expected: a number from 1 to 1000000000)
                    """)
    void aWrongValueIsShownWithWhatWasExpected(String yaml, String message) throws Exception {
        assertRefused("\n" + yaml + "\n", "line 2: " + message);
    }

    @Test
    void aKeyTwiceIsRefused() throws Exception {
        assertRefused(
                "server: { port: 1 }\nplans: {}\nserver: { port: 2 }\n",
                "line 3: server: a second time, first on line 1 (expected: each key once)");
    }

    @Test
    void whatIsNoTableOfSectionsIsRefused() throws Exception {
        assertRefused("- a\n- b\n", "line 1: the file: a list (expected: a table of sections)");
        assertRefused(
                "server: {}\n---\nserver: {}\n",
                "line 3: the file: a second document (expected: one document)");
        assertRefused(
                "a: &x { b: 1 }\nc: *x\n",
                "line 2: c: an alias (*name) (expected: the value itself)");
    }

    @Test
    void brokenYamlIsNamedWithItsLineAndWithoutItsText() throws Exception {
        assertRefused(
                "plans: {}\nserver: { port: ${PORT} }\n",
                "line 2: not YAML: expected ',' or '}', but got { (expected: YAML or JSON; texts"
                        + " with { } [ ] : # @ % in quotes)");
        assertRefused(
                "plans: {}\nadmin-key: @canary\n",
                "line 2: not YAML: found character '@' that cannot start any token. (Do not use…"
                        + " (expected: YAML or JSON; texts with { } [ ] : # @ % in quotes)");
    }

    @Test
    void aFileThatIsNotThereOrNotTextIsRefused() throws Exception {
        Path missing = folder.resolve("missing.yaml");
        assertThatThrownBy(() ->
                        ConfigReader.read(
                                new ConfigSource(missing, folder, Map.of(), List.of(), Set.of())))
                .hasMessage(missing + ": file: none there (expected: a readable file)");
        ConfigSource source = source("", Map.of());
        Files.write(folder.resolve("tollgate.yaml"), new byte[] {'a', ':', ' ', (byte) 0xff});
        assertThatThrownBy(() -> ConfigReader.read(source))
                .hasMessage(
                        source.file() + ": file: bytes that are not UTF-8 (expected: UTF-8 text)");
    }

    @Test
    void variablesAreFilledIn() throws Exception {
        ConfigSource source =
                source(
                        """
                        server: { host: "${HOST}", port: "${PORT:-81}" }
                        admin-key: ${EMPTY:-a-default-of-16-letters}
                        proxy-key: "a$${b}-${HOST}${EMPTY}"
                        """,
                        Map.of("HOST", "h", "EMPTY", ""));

        Config config = ConfigReader.read(source);

        assertThat(config.server().host()).isEqualTo("h");
        assertThat(config.server().port()).isEqualTo(81);
        assertThat(config.adminKey().text()).isEqualTo("a-default-of-16-letters");
        assertThat(config.proxyKey().text()).isEqualTo("a${b}-h");
    }

    @Test
    void anUnsetVariableIsNamed() throws Exception {
        assertRefused(
                "\nserver: { host: \"${NO_HOST}\" }\n",
                "line 2: server.host: ${NO_HOST} (expected: a variable that is set, or"
                        + " ${NAME:-default})");
        assertRefused(
                "server: { host: \"${9}\" }\n",
                "line 1: server.host: ${9} (expected: ${NAME} or ${NAME:-default}; $${ for a plain"
                        + " ${)");
    }

    @Test
    void dotEnvLiesBeneathTheEnvironment() throws Exception {
        Files.writeString(
                folder.resolve(".env"),
                """
                # keys
                export TOLLGATE_ADMIN_KEY="an admin key # from a file"
                PROXY_KEY=from-file # comment
                HOST='quoted'
                """);
        ConfigSource source =
                source("server: { host: \"${HOST}\" }", Map.of("PROXY_KEY", "from-environment"));

        Config config = ConfigReader.read(source);

        assertThat(config.adminKey().text()).isEqualTo("an admin key # from a file");
        assertThat(config.proxyKey().text()).isEqualTo("from-environment");
        assertThat(config.server().host()).isEqualTo("quoted");
        assertThat(config.variables().find("HOST")).contains("quoted");
    }

    @Test
    void aBrokenDotEnvIsNamedWithoutItsText() throws Exception {
        Files.writeString(folder.resolve(".env"), "A=b\nsecret canary\n");
        ConfigSource source = source("", Map.of());
        assertThatThrownBy(() -> ConfigReader.read(source))
                .hasMessage(
                        folder.resolve(".env") + ", line 2: not a variable (expected: NAME=value)");
    }

    @Test
    void aShortAdminKeyOfTheEnvironmentIsRefused() throws Exception {
        ConfigSource source = source("", Map.of("TOLLGATE_ADMIN_KEY", "short"));
        assertThatThrownBy(() -> ConfigReader.read(source))
                .hasMessage(
                        "environment: TOLLGATE_ADMIN_KEY: 5 characters (expected: 16 characters or"
                                + " more, or none)");
    }

    @Test
    void oneKeyCannotBeAdminAndProxy() throws Exception {
        assertRefused(
                "admin-key: the-same-key-twice\nproxy-key: the-same-key-twice\n",
                "line 2: proxy-key: the admin key (expected: another key)");
    }

    @Test
    void flagsBeatTheFileAndAreNamed() throws Exception {
        Path file = Files.writeString(folder.resolve("f.yaml"), "server: { port: 1, host: h }\n");
        Config config =
                ConfigReader.read(flags(file, new ConfigSource.Flag("--port", "server.port", "2")));

        assertThat(config.server().port()).isEqualTo(2);
        assertThat(config.server().host()).isEqualTo("h");
        assertThatThrownBy(() ->
                        ConfigReader.read(
                                flags(null, new ConfigSource.Flag("--port", "server.port", "x"))))
                .hasMessage("--port: server.port: x (expected: a number from 0 to 65535)");
    }

    private ConfigSource flags(@Nullable Path file, ConfigSource.Flag flag) {
        return new ConfigSource(file, folder, Map.of(), List.of(flag), Set.of());
    }

    @Test
    void relativeStorageLiesBesideTheFile() throws Exception {
        Path inner = Files.createDirectories(folder.resolve("inner"));
        Path file = Files.writeString(inner.resolve("t.yaml"), "storage: \"sqlite:d\"");
        ConfigSource beside = new ConfigSource(file, folder, Map.of(), List.of(), Set.of());

        assertThat(ConfigReader.read(beside).storage()).isEqualTo(inner.resolve("d"));
        assertThat(
                        ConfigReader.read(
                                        flags(
                                                file,
                                                new ConfigSource.Flag(
                                                        "--data", "storage", "sqlite:typed")))
                                .storage())
                .isEqualTo(folder.resolve("typed"));
    }
}

package tollgate.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// docs/config.md names every key there is: the refusal of an unknown key lists them.
final class ConfigPageTest {
    @TempDir private Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "%s",
                "server: { %s }",
                "journal: { %s }",
                "auth: { %s }",
                "providers: { known: { %s } }",
                "models: { m: { routes: [ { provider: known } ], %s } }",
                "models: { m: { routes: [ { provider: known, %s } ] } }",
                "models: { m: { routes: [ { provider: known } ], price: { %s } } }",
                "models: { m: { routes: [ { provider: known } ], about: { %s } } }",
                "pricing: { %s }",
                "limits: { %s }",
                "timeouts: { %s }",
                "timeouts: { first-byte: { %s } }",
                "breaker: { %s }",
                "relay: { %s }",
                "relay: { modes: { %s } }",
                "relay: { modes: { auto: { model: m, %s } } }",
                "credit: { %s }",
                "proxy: { %s }",
                "plans: { %s }",
                "stripe: { %s }",
                "privy: { %s }",
                "smtp: { %s }",
                "outbound: { %s }"
            })
    void everyKeyIsOnThePage(String yaml) throws Exception {
        String page = Files.readString(Path.of("..", "docs", "config.md"));
        Path file = Files.writeString(folder.resolve("t.yaml"), yaml.formatted("unheard-of: 1"));
        Throwable refused =
                catchThrowable(() ->
                        ConfigReader.read(
                                new ConfigSource(
                                        file, folder, Map.of(), List.of(), Set.of("known"))));

        assertThat(refused).isInstanceOf(ConfigException.class).hasMessageContaining("unknown key");
        String message = String.valueOf(refused.getMessage());
        String keys = message.substring(message.indexOf("one of ") + 7, message.length() - 1);
        for (String key : keys.split(", ", -1)) {
            assertThat(page).containsPattern("(^|[^a-z0-9-])" + key + "([^a-z0-9-]|$)");
        }
    }
}

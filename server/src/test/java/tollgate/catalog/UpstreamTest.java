package tollgate.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tollgate.config.Config;

class UpstreamTest {
    @TempDir Path folder;
    private Shop shop;

    @BeforeEach
    void open() {
        shop = new Shop(folder);
    }

    @AfterEach
    void close() {
        shop.close();
    }

    private List<Upstream> all(String... yaml) {
        return Upstream.all(shop.config(yaml));
    }

    private Upstream only(String... yaml) {
        List<Upstream> all = all(yaml);
        assertThat(all).hasSize(1);
        return all.getFirst();
    }

    @Test
    void wellKnownProvidersSwitchOnByTheirVariables() {
        assertThat(all("")).isEmpty();
        for (WellKnown known : WellKnown.makersFirst()) {
            for (String variable : known.variables()) {
                shop.set(variable, "value-of-" + known.name());
                assertThat(all("")).extracting(Upstream::name).contains(known.name());
            }
        }
        assertThat(all("")).hasSize(14);
    }

    @Test
    void switchedOnProviderHasItsUsualAddressAndKey() {
        shop.set("DEEPSEEK_API_KEY", "secret");
        Upstream deepSeek = only("");
        assertThat(deepSeek.baseUrl()).isEqualTo("https://api.deepseek.com/v1");
        assertThat(deepSeek.protocol()).isEqualTo(Config.Protocol.OPENAI);
        assertThat(deepSeek.apiKey().text()).isEqualTo("secret");
        assertThat(deepSeek.isEnabled()).isTrue();
        assertThat(deepSeek.isMaker()).isTrue();
        assertThat(deepSeek.isFree()).isFalse();
        assertThat(deepSeek.toString()).doesNotContain("secret");
    }

    @Test
    void configurationGoesOverTheUsualAndKeepsTheRest() {
        shop.set("OPENAI_API_KEY", "from-environment");
        Upstream own =
                only(
                        "providers: { openai: { base-url: \"http://127.0.0.1:9/v1\","
                                + " protocol: anthropic, api-key: mine } }");
        assertThat(own.baseUrl()).isEqualTo("http://127.0.0.1:9/v1");
        assertThat(own.protocol()).isEqualTo(Config.Protocol.ANTHROPIC);
        assertThat(own.apiKey().text()).isEqualTo("mine");
        Upstream usual = only("providers: { openai: { } }");
        assertThat(usual.baseUrl()).isEqualTo("https://api.openai.com/v1");
        assertThat(usual.apiKey().text()).isEqualTo("from-environment");
    }

    @Test
    void providerWithoutAKeyServesItsRoutesOnly() {
        assertThat(only("providers: { openai: { api-key: \"\" } }").isEnabled()).isFalse();
    }

    @Test
    void providerAtAWellKnownAddressIsThatProvider() {
        Upstream mine =
                only(
                        "providers: { mine: { protocol: openai, api-key: k,"
                                + " base-url: \"https://api.groq.com/openai/v1\" } }");
        assertThat(Objects.requireNonNull(mine.known()).name()).isEqualTo("groq");
        assertThat(mine.isEnabled()).isTrue();
        Upstream unknown =
                only(
                        "providers: { mine: { protocol: openai, api-key: k,"
                                + " base-url: \"https://example.com/v1\" } }");
        assertThat(unknown.known()).isNull();
        assertThat(unknown.isEnabled()).isFalse();
        assertThat(unknown.isMaker()).isFalse();
        assertThat(unknown.isFree()).isFalse();
    }

    @Test
    void makersComeFirstThenAsConfigured() {
        shop.set("ANTHROPIC_API_KEY", "k").set("TOGETHER_API_KEY", "k");
        assertThat(
                        all(
                                "providers:",
                                "  groq: { api-key: k }",
                                "  mine: { protocol: openai, base-url: \"http://127.0.0.1:9\" }",
                                "  openai: { api-key: k }"))
                .extracting(Upstream::name)
                .containsExactly("openai", "anthropic", "groq", "mine", "together");
    }

    @Test
    void addressOfOllamaIsReadInEveryShape() {
        for (String[] pair :
                new String[][] {
                    {"127.0.0.1", "http://127.0.0.1:11434/v1"},
                    {"0.0.0.0:1234", "http://127.0.0.1:1234/v1"},
                    {"http://gpu.lan:1234/", "http://gpu.lan:1234/v1"},
                    {"https://gpu.lan", "https://gpu.lan:11434/v1"},
                }) {
            shop.set("OLLAMA_HOST", pair[0]);
            Upstream ollama = only("");
            assertThat(ollama.baseUrl()).isEqualTo(pair[1]);
            assertThat(ollama.apiKey().isSet()).isFalse();
            assertThat(ollama.isFree()).isTrue();
        }
        assertThat(only("providers: { ollama: { base-url: \"http://box:1/v1\" } }").baseUrl())
                .isEqualTo("http://box:1/v1");
    }
}

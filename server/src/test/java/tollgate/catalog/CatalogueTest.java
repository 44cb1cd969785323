package tollgate.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import tollgate.call.Usage;
import tollgate.config.Config;

class CatalogueTest {
    private static final int BYTES_MAX = 300_000;

    private final Catalogue catalogue = Catalogue.builtIn(Map.of());

    private static String resource() throws Exception {
        try (InputStream in =
                Objects.requireNonNull(Catalogue.class.getResourceAsStream("catalogue.tsv"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private ModelFacts facts(String provider, String model) {
        return catalogue.section(provider).find(model).orElseThrow();
    }

    private List<ModelFacts> all(String provider) {
        return catalogue.section(provider).lines().values().stream()
                .map(CatalogueLine::read)
                .toList();
    }

    @Test
    void everyLineIsReadAndWrittenBackTheSame() throws Exception {
        String text = resource();
        assertThat(text.length()).isLessThan(BYTES_MAX);
        int models = 0;
        String section = "";
        for (String line : text.lines().toList()) {
            if (line.startsWith("@")) {
                section = line.substring(1);
            } else if (!line.startsWith("#") && !section.equals("aliases")) {
                ModelFacts facts = CatalogueLine.read(line);
                assertThat(CatalogueLine.write(facts)).isEqualTo(line);
                assertThat(CatalogueLine.model(line)).isEqualTo(facts.model());
                assertThat(CatalogueLine.price(line)).isEqualTo(PriceText.write(facts.price()));
                models++;
            }
        }
        assertThat(models).isGreaterThan(400);
    }

    @Test
    void everyAliasStandsForAModelThatIsThere() throws Exception {
        String aliases = resource().split("\n@aliases\n", -1)[1].split("\n@", -1)[0];
        for (String line : aliases.lines().toList()) {
            String[] alias = line.split("\t", -1);
            assertThat(facts(alias[1], alias[0]).model()).isEqualTo(alias[2]);
        }
    }

    @Test
    void wellKnownProvidersHaveTheirCurrentModels() {
        for (String provider :
                List.of(
                        "openai",
                        "anthropic",
                        "gemini",
                        "deepseek",
                        "mistral",
                        "xai",
                        "groq",
                        "together",
                        "fireworks",
                        "openrouter",
                        "chutes")) {
            assertThat(catalogue.section(provider).lines()).hasSizeGreaterThan(3);
            assertThat(WellKnown.find(provider)).isPresent();
        }
        assertThat(catalogue.section("nobody").lines()).isEmpty();
    }

    @Test
    void factsAreThoseOfTheLists() {
        ModelFacts mini = facts("openai", "gpt-4o-mini");
        assertThat(mini.price())
                .isEqualTo(
                        Price.of(
                                new Rates(
                                        150_000_000,
                                        75_000_000,
                                        150_000_000,
                                        -1,
                                        600_000_000,
                                        600_000_000)));
        assertThat(mini.about().context()).isEqualTo(128_000);
        assertThat(mini.about().maxOutput()).isEqualTo(16_384);
        assertThat(mini.about().modalities())
                .containsExactlyInAnyOrder(
                        Config.Modality.TEXT, Config.Modality.IMAGE, Config.Modality.FILE);
        Price pro = facts("gemini", "gemini-2.5-pro").price();
        assertThat(pro.tiers()).extracting(Price.Tier::above).containsExactly(200_000L);
        assertThat(pro.charge(Usage.of(200_001, 0), 0)).isEqualTo(500_002_500);
        Price small = facts("openai", "text-embedding-3-small").price();
        assertThat(small.charge(Usage.of(1_000_000, 0), 0)).isEqualTo(20_000_000);
    }

    @Test
    void hiddenReasoningIsTrueUnlessKnownOtherwise() {
        assertThat(facts("openai", "o3").about().hiddenReasoning()).isTrue();
        assertThat(facts("openai", "gpt-5-mini").about().hiddenReasoning()).isTrue();
        assertThat(facts("openai", "gpt-4.1").about().hiddenReasoning()).isFalse();
        assertThat(facts("deepseek", "deepseek-reasoner").about().hiddenReasoning()).isFalse();
        assertThat(facts("xai", "grok-4").about().hiddenReasoning()).isTrue();
        assertThat(facts("openrouter", "openai/gpt-5").about().hiddenReasoning()).isTrue();
    }

    @Test
    void claudesOneHourCachesHaveAPrice() {
        for (ModelFacts claude : all("anthropic")) {
            Rates rates = claude.price().rates();
            assertThat(rates.cacheWriteLong()).isEqualTo(2 * rates.input());
            assertThat(rates.cachedInput()).isLessThan(rates.input());
        }
        assertThat(
                        facts("openrouter", "anthropic/claude-opus-4.1")
                                .price()
                                .rates()
                                .cacheWriteLong())
                .isEqualTo(30_000_000_000L);
    }

    @Test
    void nothingIsFreeButWhatSaysSo() {
        for (WellKnown provider : WellKnown.makersFirst()) {
            for (ModelFacts model : all(provider.name())) {
                boolean saysSo = model.model().endsWith(":free");
                assertThat(model.price().rates().input() == 0).as(model.model()).isEqualTo(saysSo);
            }
        }
    }

    @Test
    void lastPartOfANameIsANameWhereItIsTheOnlyOne() {
        Catalogue small =
                Catalogue.of(
                        """
                        # head
                        @aliases
                        old\tp\ta/one
                        gone\tp\ta/three
                        one\tp\tb/two
                        @p
                        a/one\t-\t-\tt\tv\t1 2\t-
                        b/two\t-\t-\tt\tv\t1 2\t-
                        c/two\t-\t-\tt\tv\t1 2\t-
                        d/plain\t-\t-\tt\tv\t1 2\t-
                        plain\t-\t-\tt\tv\t3 4\t-
                        """,
                        Map.of());
        Catalogue.Section section = small.section("p");
        assertThat(section.find("one").orElseThrow().model()).isEqualTo("a/one");
        assertThat(section.find("old").orElseThrow().model()).isEqualTo("a/one");
        assertThat(section.find("two")).isEmpty();
        assertThat(section.find("gone")).isEmpty();
        assertThat(section.find("plain").orElseThrow().price().rates().input())
                .isEqualTo(3_000_000_000L);
        assertThat(section.find("three")).isEmpty();
    }

    @Test
    void brokenLinesAreRefused() {
        for (String line :
                List.of(
                        "m\t-\t-\tt\tv\t1 2",
                        "m\t-\t-\tt\tv\t1 2\t-\t-",
                        "m\t-\t-\tq\tv\t1 2\t-",
                        "m\t-\t-\tt\tv\t1\t-",
                        "m\t-\t-\tt\tv\t\t-",
                        "m\t-\t-\tt\tv\t1 2 x3\t-",
                        "m\t-\t-\tt\tv\t1 2.0000000001\t-",
                        "m\t-\t-\tt\tv\t1 2.\t-",
                        "m\tx\t-\tt\tv\t1 2\t-")) {
            assertThatThrownBy(() -> CatalogueLine.read(line))
                    .as(line)
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}

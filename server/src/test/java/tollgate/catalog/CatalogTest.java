package tollgate.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tollgate.call.Capability;
import tollgate.call.Usage;
import tollgate.config.Config;

class CatalogTest {
    private static final String[] MINI = {
        "providers:",
        "  mine: { protocol: openai, base-url: \"http://127.0.0.1:1/v1\", api-key: k }",
        "  spare: { protocol: openai, base-url: \"http://127.0.0.1:2/v1\" }",
        "models:",
        "  gpt-4o-mini:",
        "    routes: [ { provider: mine, model: upstream-mini, weight: 3 },"
                + " { provider: spare, fallback: true, cost: { input: 1, output: 2 } } ]",
        "    price: { input: 0.15, output: 0.60, cached-input: 0.075 }",
        "    allow: [ web-search ]",
    };

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

    private static Model found(Catalog catalog, String name) {
        return catalog.find(name).orElseThrow(() -> new AssertionError("not found: " + name));
    }

    private static RouteEntry route(Model model) {
        assertThat(model.routes()).hasSize(1);
        return model.routes().getFirst();
    }

    private static void assertRoute(Model model, String provider, String upstreamModel) {
        assertThat(route(model).provider()).isEqualTo(provider);
        assertThat(route(model).upstreamModel()).isEqualTo(upstreamModel);
    }

    @Test
    void entryHasItsRoutesPriceMarkupAndCapabilities() {
        Model model = found(shop.start(MINI), "gpt-4o-mini");
        assertThat(model.name()).isEqualTo("gpt-4o-mini");
        assertThat(model.author()).isEqualTo("openai");
        assertThat(model.routes())
                .containsExactly(
                        new RouteEntry("mine", "upstream-mini", 3, false, null),
                        new RouteEntry(
                                "spare",
                                "gpt-4o-mini",
                                1,
                                true,
                                Price.of(Rates.of(1_000_000_000, 2_000_000_000))));
        assertThat(model.price().price().rates())
                .isEqualTo(
                        new Rates(
                                150_000_000,
                                75_000_000,
                                150_000_000,
                                -1,
                                600_000_000,
                                600_000_000));
        assertThat(model.price().markupPpm()).isEqualTo(200_000);
        assertThat(model.price().charge(Usage.of(10, 20))).isEqualTo(16_200);
        assertThat(model.allow()).containsExactly(Capability.WEB_SEARCH);
    }

    @Test
    void authorIsInTheNameOrInTheCatalogueOrElseTheProvider() {
        Catalog catalog =
                shop.start(
                        "models:",
                        "  openai/gpt-4: { routes: [ { provider: sandbox, model: echo } ] }",
                        "  /odd: { routes: [ { provider: sandbox, model: echo } ] }",
                        "  claude-opus-4-1: { routes: [ { provider: sandbox, model: echo } ] }",
                        "  nobody-knows: { routes: [ { provider: sandbox, model: echo } ] }");
        assertThat(found(catalog, "openai/gpt-4").author()).isEqualTo("openai");
        assertThat(found(catalog, "claude-opus-4-1").author()).isEqualTo("anthropic");
        assertThat(found(catalog, "nobody-knows").author()).isEqualTo("sandbox");
        assertThat(found(catalog, "/odd").author()).isEqualTo("sandbox");
    }

    @Test
    void routeToAProviderThatIsNotSwitchedOnStillHasItsPrice() {
        Catalog catalog =
                shop.start("models: { fast: { routes: [ { provider: openai, model: gpt-4o } ] } }");
        assertThat(found(catalog, "fast").price().price().rates().input())
                .isEqualTo(2_500_000_000L);
        assertThat(found(catalog, "fast").routes().getFirst().cost())
                .isEqualTo(found(catalog, "fast").price().price());
        assertThat(catalog.find("gpt-4o")).isEmpty();
    }

    @Test
    void modelMayHaveAMarkupOfItsOwn() {
        Catalog catalog =
                shop.start(
                        "pricing: { markup: 50% }",
                        "models:",
                        "  a: { routes: [ { provider: sandbox, model: echo } ],"
                                + " price: { input: 1, output: 1 }, markup: 0% }",
                        "  b: { routes: [ { provider: sandbox, model: echo } ],"
                                + " price: { input: 1, output: 1 } }");
        assertThat(found(catalog, "a").price().markupPpm()).isZero();
        assertThat(found(catalog, "b").price().markupPpm()).isEqualTo(500_000);
    }

    @Test
    void largestMarkupIsAHundredfold() {
        PriceVersion price = started(priced("price: { input: 1, output: 1 }, markup: 9900%"));
        assertThat(price.charge(Usage.of(1, 0))).isEqualTo(100_000);
    }

    @Test
    void factsOfAnEntryComeFromTheCatalogueUnlessSaid() {
        Catalog catalog =
                shop.start(
                        "providers:",
                        "  mine: { protocol: openai, base-url: \"http://127.0.0.1:1/v1\" }",
                        "models:",
                        "  gpt-4o-mini: { routes: [ { provider: mine } ],"
                                + " price: { input: 1, output: 1 } }",
                        "  said: { routes: [ { provider: mine, model: gpt-4o-mini } ], price: {"
                                + " input: 1, output: 1 }, about: { context: 9000, max-output: 100,"
                                + " hidden-reasoning: true, modalities: [ text ], image-tokens: 7,"
                                + " input-overhead: 5 } }",
                        "  unheard-of: { routes: [ { provider: mine } ],"
                                + " price: { input: 1, output: 1 } }",
                        "  both: { routes: [ { provider: mine, model: gpt-4o-mini },"
                                + " { provider: mine, model: gpt-5 } ],"
                                + " price: { input: 1, output: 1 } }",
                        "  turned: { routes: [ { provider: mine, model: gpt-5 },"
                                + " { provider: mine, model: gpt-4o-mini } ],"
                                + " price: { input: 1, output: 1 } }",
                        "  same: { routes: [ { provider: mine, model: gpt-4o-mini },"
                                + " { provider: mine, model: gpt-4o-mini } ],"
                                + " price: { input: 1, output: 1 } }",
                        "  attached: { routes: [ { provider: mine } ],"
                                + " price: { input: 1, output: 1 },"
                                + " about: { audio-tokens: 11, file-tokens: 12 } }");
        About mini = found(catalog, "gpt-4o-mini").about();
        assertThat(mini.context()).isEqualTo(128_000);
        assertThat(mini.maxOutput()).isEqualTo(16_384);
        assertThat(mini.hiddenReasoning()).isFalse();
        assertThat(mini.modalities()).contains(Config.Modality.TEXT, Config.Modality.IMAGE);
        assertThat(mini.imageTokensMax()).isEqualTo(50_000);
        assertThat(mini.fileTokensMax()).isEqualTo(128_000);
        assertThat(mini.inputOverhead()).isEqualTo(2_048);
        assertThat(found(catalog, "said").about())
                .isEqualTo(
                        new About(
                                9_000,
                                100,
                                true,
                                java.util.Set.of(Config.Modality.TEXT),
                                5,
                                7,
                                About.UNKNOWN,
                                About.UNKNOWN));
        assertThat(found(catalog, "said").about().audioTokensMax()).isEqualTo(9_000);
        About unheardOf = found(catalog, "unheard-of").about();
        assertThat(unheardOf).isEqualTo(About.NOTHING_KNOWN);
        assertThat(unheardOf.hiddenReasoning()).isTrue();
        assertThat(unheardOf.imageTokensMax()).isEqualTo(16_384);
        assertThat(unheardOf.audioTokensMax()).isEqualTo(1_000_000);
        assertThat(found(catalog, "attached").about().audioTokensMax()).isEqualTo(11);
        assertThat(found(catalog, "attached").about().fileTokensMax()).isEqualTo(12);
        assertThat(found(catalog, "same").about()).isEqualTo(mini);
        assertThat(found(catalog, "turned").about()).isEqualTo(found(catalog, "both").about());
        About both = found(catalog, "both").about();
        assertThat(both.context()).isEqualTo(400_000);
        assertThat(both.hiddenReasoning()).isTrue();
        assertThat(both.imageTokensMax()).isEqualTo(16_384);
    }

    @Test
    void entryWithoutAPriceHasTheCataloguesOrIsNotForSale() {
        shop.set("OPENAI_API_KEY", "k");
        Catalog catalog =
                shop.start(
                        "providers:",
                        "  mine: { protocol: openai, base-url: \"http://127.0.0.1:1/v1\" }",
                        "models:",
                        "  fast: { routes: [ { provider: openai, model: gpt-4o-mini } ] }",
                        "  unpriced: { routes: [ { provider: mine } ] }");
        assertThat(found(catalog, "fast").price().price().rates().input()).isEqualTo(150_000_000);
        assertThat(catalog.find("unpriced")).isEmpty();
        Model flat = catalog.find("unpriced", FlatPrice.CREDIT_STANDARD).orElseThrow();
        assertThat(flat.price().charge(Usage.of(5, 5))).isEqualTo(1_000_000_000);
        assertThat(flat.price().markupPpm()).isZero();
        assertThat(
                        catalog.find("fast", FlatPrice.CREDIT_BATCH)
                                .orElseThrow()
                                .price()
                                .charge(Usage.NONE))
                .isEqualTo(2_000_000_000);
        assertThat(catalog.find("nothing", FlatPrice.CREDIT_STANDARD)).isEmpty();
        assertThat(catalog.list())
                .extracting(Model::name)
                .contains("fast")
                .doesNotContain("unpriced");
    }

    @Test
    void unpricedEntryHidesWhatTheCatalogueWouldSell() {
        shop.set("OPENAI_API_KEY", "k");
        Catalog catalog =
                shop.start(
                        "providers:",
                        "  mine: { protocol: openai, base-url: \"http://127.0.0.1:1/v1\" }",
                        "models: { gpt-4o-mini: { routes: [ { provider: mine } ] } }");
        assertThat(catalog.find("gpt-4o-mini")).isEmpty();
        assertThat(catalog.find("openai/gpt-4o-mini")).isPresent();
    }

    @Test
    void nothingIsFoundWithoutProvidersButTheSandbox() {
        Catalog catalog = shop.start("");
        assertThat(catalog.find("gpt-4o-mini")).isEmpty();
        assertThat(catalog.find("openai/gpt-4o-mini")).isEmpty();
        assertThat(catalog.find("echo")).isEmpty();
        assertThat(catalog.find("sandbox/")).isEmpty();
        assertThat(catalog.find("sandbox/nothing")).isEmpty();
        assertThat(catalog.find("")).isEmpty();
        Model echo = found(catalog, "sandbox/echo");
        assertRoute(echo, "sandbox", "echo");
        assertThat(echo.price().price().isFree()).isTrue();
        assertThat(echo.about().hiddenReasoning()).isFalse();
        assertThat(catalog.list()).hasSize(11).contains(echo);
    }

    @Test
    void providerAndNameFindWhatTheProviderServes() {
        shop.set("OPENAI_API_KEY", "k").set("OPENROUTER_API_KEY", "k");
        Catalog catalog = shop.start("");
        assertRoute(found(catalog, "openai/gpt-4o-mini"), "openai", "gpt-4o-mini");
        assertRoute(
                found(catalog, "openrouter/openai/gpt-4o-mini"),
                "openrouter",
                "openai/gpt-4o-mini");
        assertRoute(found(catalog, "openrouter/gpt-4o-mini"), "openrouter", "openai/gpt-4o-mini");
        assertThat(catalog.find("openai/none")).isEmpty();
        assertThat(catalog.find("anthropic/claude-opus-4-1")).isEmpty();
    }

    @Test
    void catalogueNamesGoToTheirMakerFirst() {
        shop.set("OPENROUTER_API_KEY", "k");
        Catalog hostOnly = shop.start("");
        assertRoute(found(hostOnly, "gpt-4o-mini"), "openrouter", "openai/gpt-4o-mini");
        assertRoute(found(hostOnly, "openai/gpt-4o-mini"), "openrouter", "openai/gpt-4o-mini");
        assertThat(found(hostOnly, "gpt-4o-mini").author()).isEqualTo("openai");
        shop.set("OPENAI_API_KEY", "k");
        Catalog both =
                shop.start(
                        "providers: { openrouter: { api-key: other }, openai: { api-key: mine } }");
        assertRoute(found(both, "gpt-4o-mini"), "openai", "gpt-4o-mini");
        assertRoute(found(both, "openai/gpt-4o-mini"), "openai", "gpt-4o-mini");
        assertRoute(found(both, "qwen/qwen3-max"), "openrouter", "qwen/qwen3-max");
        assertRoute(found(both, "qwen3-max"), "openrouter", "qwen/qwen3-max");
    }

    @Test
    void everyNameThatContractsMentionIsServed() {
        shop.set("OPENROUTER_API_KEY", "k");
        Catalog openRouter = shop.start("");
        for (String name :
                List.of(
                        "gpt-4-turbo",
                        "gpt-4",
                        "gpt-3.5-turbo",
                        "claude-3-opus-20240229",
                        "claude-3-sonnet-20240229",
                        "claude-3-haiku-20240307",
                        "mistral-large",
                        "llama-3.1-405b",
                        "groq/gemma-groq-416",
                        "mistral/mistral-large-135",
                        "openai/gpt-4",
                        "anthropic/claude-3-sonnet",
                        "gpt-5-thinking",
                        "gpt-5-instant",
                        "deepseek/deepseek-v4-flash")) {
            assertRoute(
                    found(openRouter, name),
                    "openrouter",
                    found(openRouter, name).routes().getFirst().upstreamModel());
        }
        shop.set("ANTHROPIC_API_KEY", "k").set("MISTRAL_API_KEY", "k").set("GROQ_API_KEY", "k");
        Catalog makers = shop.start("");
        assertRoute(found(makers, "anthropic/claude-3-sonnet"), "anthropic", "claude-sonnet-4-5");
        assertRoute(found(makers, "mistral/mistral-large-135"), "mistral", "mistral-large-latest");
        assertRoute(found(makers, "groq/gemma-groq-416"), "groq", "llama-3.1-8b-instant");
    }

    @Test
    void restOfTheCatalogueGoesToTheRoutesOfTheStar() {
        shop.set("OPENROUTER_API_KEY", "k").set("OPENAI_API_KEY", "k");
        Catalog catalog =
                shop.start(
                        "providers:",
                        "  litellm: { protocol: openai, base-url: \"http://127.0.0.1:1/v1\" }",
                        "models:",
                        "  \"*\": { routes: [ { provider: litellm },"
                                + " { provider: openrouter, fallback: true } ],"
                                + " about: { max-output: 77 }, allow: [ routing ] }");
        // OpenAI serves it itself, and comes before the star.
        assertRoute(found(catalog, "gpt-4o-mini"), "openai", "gpt-4o-mini");
        Model claude = found(catalog, "claude-opus-4-1");
        assertThat(claude.routes())
                .containsExactly(
                        new RouteEntry("litellm", "claude-opus-4-1", 1, false, null),
                        new RouteEntry("openrouter", "claude-opus-4-1", 1, true, null));
        assertThat(claude.price().price().rates().input()).isEqualTo(15_000_000_000L);
        assertThat(claude.about().maxOutput()).isEqualTo(77);
        assertThat(claude.about().context()).isEqualTo(200_000);
        assertThat(claude.allow()).containsExactly(Capability.ROUTING);
        assertThat(catalog.find("no-such-model")).isEmpty();
        assertThat(catalog.find("*")).isEmpty();
        assertThat(catalog.list()).extracting(Model::name).contains("claude-opus-4-1");
        assertThat(catalog.list()).extracting(Model::name).doesNotHaveDuplicates();
    }

    @Test
    void starUsesTheNamesOfItsProvider() {
        shop.set("OPENROUTER_API_KEY", "k");
        Catalog catalog =
                shop.start(
                        "providers: { openrouter: { api-key: \"\" } }",
                        "models: { \"*\": { routes: [ { provider: openrouter } ] } }");
        assertRoute(found(catalog, "gpt-4-turbo"), "openrouter", "openai/gpt-4-turbo");
    }

    @Test
    void starSellsAtTheCataloguesOwnVersion() {
        String star = "models: { \"*\": { routes: [ { provider: openrouter } ] } }";
        Catalog withStar = shop.start(star);
        PriceVersion version = found(withStar, "gpt-4o-mini").price();
        shop.set("OPENROUTER_API_KEY", "k");
        assertThat(found(shop.start(""), "gpt-4o-mini").price()).isEqualTo(version);
    }

    @Test
    void starMayHaveAPriceOrAMarkupOfItsOwn() {
        Catalog priced =
                shop.start(
                        "models: { \"*\": { routes: [ { provider: openrouter } ],"
                                + " price: { input: 7, output: 8 } } }");
        Model model = found(priced, "gpt-4o-mini");
        assertThat(model.price().price())
                .isEqualTo(Price.of(Rates.of(7_000_000_000L, 8_000_000_000L)));
        assertThat(found(priced, "gpt-5").price()).isEqualTo(model.price());
        Catalog marked =
                shop.start(
                        "models: { \"*\": { routes: [ { provider: openrouter } ], markup: 5% } }");
        assertThat(found(marked, "gpt-4o-mini").price().markupPpm()).isEqualTo(50_000);
        assertThat(found(marked, "gpt-4o-mini").price().price().rates().input())
                .isEqualTo(150_000_000);
    }

    @Test
    void localModelsCostNothingWhateverTheyAreCalled() {
        shop.set("OLLAMA_HOST", "0.0.0.0");
        Catalog catalog =
                shop.start("models: { home: { routes: [ { provider: ollama, model: llama3 } ] } }");
        Model llama = found(catalog, "ollama/llama3.2:1b");
        assertRoute(llama, "ollama", "llama3.2:1b");
        assertThat(llama.price().price().isFree()).isTrue();
        assertThat(llama.about()).isEqualTo(About.NOTHING_KNOWN);
        assertThat(found(catalog, "ollama/other").price()).isEqualTo(llama.price());
        assertThat(catalog.find("llama3.2:1b")).isEmpty();
        assertThat(catalog.find("ollama/")).isEmpty();
        assertThat(found(catalog, "home").price().price().isFree()).isTrue();
        assertThat(catalog.list()).extracting(Model::name).contains("home");
    }

    @Test
    void listHasEveryModelOnceUnderANameThatFindsIt() {
        shop.set("OPENAI_API_KEY", "k")
                .set("GROQ_API_KEY", "k")
                .set("TOGETHER_API_KEY", "k")
                .set("OPENROUTER_API_KEY", "k");
        Catalog catalog = shop.start(MINI);
        assertThat(catalog.list().getFirst().name()).isEqualTo("gpt-4o-mini");
        assertThat(catalog.list()).extracting(Model::name).doesNotHaveDuplicates();
        assertThat(catalog.list()).hasSizeGreaterThan(350);
        for (Model model : catalog.list()) {
            assertThat(found(catalog, model.name())).isEqualTo(model);
        }
        assertThat(catalog.list())
                .extracting(Model::name)
                .contains(
                        "openai/gpt-4o-mini",
                        "openai/gpt-oss-20b",
                        "together/openai/gpt-oss-20b",
                        "openrouter/openai/gpt-4o-mini",
                        "sandbox/echo");
    }

    // Versions.

    private static String[] priced(String price) {
        return new String[] {
            "models: { m: { routes: [ { provider: sandbox, model: echo } ], " + price + " } }"
        };
    }

    private PriceVersion started(String... yaml) {
        return found(shop.start(yaml), "m").price();
    }

    @Test
    void versionIsMadeOnlyWhenWhatTheFileSaysHasChanged() {
        PriceVersion first = started(priced("price: { input: 1, output: 2 }"));
        assertThat(started(priced("price: { input: 1, output: 2 }"))).isEqualTo(first);
        // The default, written out, is the same price.
        assertThat(started(priced("price: { input: 1, output: 2.0, cached-input: 1 }")))
                .isEqualTo(first);
        PriceVersion second = started(priced("price: { input: 1, output: 3 }"));
        assertThat(second.id()).isGreaterThan(first.id());
        PriceVersion third = started(priced("price: { input: 1, output: 3 }, markup: 30%"));
        assertThat(third.id()).isGreaterThan(second.id());
        assertThat(third.price()).isEqualTo(second.price());
        assertThat(third.markupPpm()).isEqualTo(300_000);
        assertThat(shop.version(first.id())).contains(first);
        assertThat(shop.version(second.id())).contains(second);
        assertThat(shop.version(99_999)).isEmpty();
    }

    @Test
    void priceSetAtRunTimeHoldsUntilTheFileChanges() {
        PriceVersion first = started(priced("price: { input: 1, output: 2 }"));
        Price set = Price.of(Rates.of(5, 6));
        PriceVersion repriced = shop.reprice("m", set).orElseThrow();
        assertThat(repriced.id()).isGreaterThan(first.id());
        assertThat(repriced.markupPpm()).isEqualTo(200_000);
        assertThat(started(priced("price: { input: 1, output: 2 }"))).isEqualTo(repriced);
        PriceVersion marked = started(priced("price: { input: 1, output: 2 }, markup: 1%"));
        assertThat(marked.price()).isEqualTo(set);
        assertThat(marked.markupPpm()).isEqualTo(10_000);
        PriceVersion file = started(priced("price: { input: 1, output: 4 }, markup: 1%"));
        assertThat(file.price().rates().output()).isEqualTo(4_000_000_000L);
        PriceVersion back = started(priced("price: { input: 1, output: 4 }"));
        assertThat(back.markupPpm()).isEqualTo(200_000);
        assertThat(started(priced("price: { input: 1, output: 4 }, markup: 1%")).markupPpm())
                .isEqualTo(10_000);
    }

    @Test
    void i08PriceSetAtRunTimeIsSeenAtOnceAndOldVersionsStayAsTheyWere() {
        Catalog catalog = shop.start(priced("price: { input: 1, output: 2 }"));
        PriceVersion pinned = found(catalog, "m").price();
        PriceVersion repriced = shop.reprice("m", Price.FREE).orElseThrow();
        assertThat(found(catalog, "m").price()).isEqualTo(repriced);
        assertThat(catalog.list().getFirst().price()).isEqualTo(repriced);
        assertThat(pinned.charge(Usage.of(1, 1))).isEqualTo(3_600);
        assertThat(shop.version(pinned.id())).contains(pinned);
        assertThat(shop.reprice("nobody", Price.FREE)).isEmpty();
    }

    @Test
    void unpricedModelIsSoldOnceItHasAPriceAndNoLongerWhenTheFileTakesItAway() {
        String[] unpriced = {
            "providers: { p: { protocol: openai, base-url: \"http://127.0.0.1:1\" } }",
            "models: { m: { routes: [ { provider: p, model: x } ] } }"
        };
        Catalog catalog = shop.start(unpriced);
        assertThat(catalog.find("m")).isEmpty();
        PriceVersion set = shop.reprice("m", Price.of(Rates.of(1, 1))).orElseThrow();
        assertThat(set.markupPpm()).isEqualTo(200_000);
        assertThat(found(catalog, "m").price()).isEqualTo(set);
        assertThat(found(shop.start(unpriced), "m").price()).isEqualTo(set);
        String[] priced = unpriced.clone();
        priced[1] =
                "models: { m: { routes: [ { provider: p, model: x } ],"
                        + " price: { input: 9, output: 9 } } }";
        assertThat(found(shop.start(priced), "m").price().id()).isGreaterThan(set.id());
        assertThat(shop.start(unpriced).find("m")).isEmpty();
        assertThat(shop.start(unpriced).find("m")).isEmpty();
        assertThat(shop.start(priced).find("m")).isPresent();
    }

    @Test
    void catalogueModelsHaveVersionsOfTheirOwn() {
        shop.set("OPENAI_API_KEY", "k");
        Catalog catalog = shop.start("");
        PriceVersion plain = found(catalog, "gpt-4o-mini").price();
        assertThat(found(catalog, "openai/gpt-4o-mini").price()).isEqualTo(plain);
        assertThat(found(shop.start(""), "gpt-4o-mini").price()).isEqualTo(plain);
        PriceVersion set = shop.reprice("gpt-4o-mini", Price.FREE).orElseThrow();
        assertThat(found(shop.start(""), "gpt-4o-mini").price()).isEqualTo(set);
        Catalog dearer = shop.start("pricing: { markup: 40% }");
        assertThat(found(dearer, "gpt-4o-mini").price().markupPpm()).isEqualTo(400_000);
        assertThat(found(dearer, "gpt-4o-mini").price().price()).isEqualTo(Price.FREE);
    }

    @Test
    void storedFactsGoOverTheCataloguesFromTheNextLoadOn() {
        shop.set("OPENAI_API_KEY", "k");
        Catalog catalog = shop.start("");
        PriceVersion old = found(catalog, "gpt-4o-mini").price();
        About about = found(catalog, "gpt-4o-mini").about();
        Price price = Price.of(Rates.of(100_000_000, 200_000_000));
        shop.store(
                "openai",
                List.of(
                        new ModelFacts("gpt-4o-mini", price, about),
                        new ModelFacts("gpt-99", price, about)));
        assertThat(found(catalog, "gpt-4o-mini").price()).isEqualTo(old);
        Catalog reloaded = shop.reload("");
        assertThat(found(reloaded, "gpt-4o-mini").price().price()).isEqualTo(price);
        assertThat(found(reloaded, "gpt-4o-mini").about()).isEqualTo(about);
        assertRoute(found(reloaded, "gpt-99"), "openai", "gpt-99");
    }

    @Test
    void accountsOwnMarkupIsAVersionOfItsOwnAndMadeOnce() {
        Catalog catalog = shop.start(priced("price: { input: 1, output: 2 }"));
        PriceVersion base = found(catalog, "m").price();
        assertThat(catalog.findVariant(base, 200_000)).contains(base);
        assertThat(catalog.findVariant(base, 5)).isEmpty();
        PriceVersion variant = shop.makeVariant(base, 5);
        assertThat(variant).isEqualTo(new PriceVersion(variant.id(), base.price(), 5));
        assertThat(variant.id()).isNotEqualTo(base.id());
        assertThat(catalog.findVariant(base, 5)).contains(variant);
        assertThat(shop.makeVariant(base, 5)).isEqualTo(variant);
        assertThat(shop.version(variant.id())).contains(variant);
        assertThat(shop.makeVariant(base, 6).id()).isNotEqualTo(variant.id());
        // Variants never hold for everybody.
        assertThat(started(priced("price: { input: 1, output: 2 }"))).isEqualTo(base);
        assertThat(found(catalog, "m").at(variant).price()).isEqualTo(variant);
    }

    @Test
    void priceVersionsCannotBeChangedOrDeleted() {
        PriceVersion version = started(priced("price: { input: 1, output: 2 }"));
        for (String sql :
                List.of(
                        "UPDATE price_version SET markup_ppm = 0 WHERE id = ?",
                        "DELETE FROM price_version WHERE id = ?")) {
            assertThatThrownBy(() ->
                            shop.database().write(tx -> tx.handle().execute(sql, version.id())))
                    .isInstanceOf(RuntimeException.class);
        }
        assertThat(shop.version(version.id())).contains(version);
    }

    @Test
    void loadThatFailsChangesNothing() {
        Catalog catalog = shop.start(priced("price: { input: 1, output: 2 }"));
        List<Model> before = catalog.list();
        assertThatThrownBy(() -> shop.reload(priced("price: { output: 2 }")))
                .isInstanceOf(CatalogException.class)
                .hasMessage(
                        "models.m.price.input: missing"
                                + " (expected: USD per million tokens, 0 if free)");
        assertThatThrownBy(() -> shop.reload(priced("price: { input: 2000001, output: 2 }")))
                .hasMessageStartingWith("models.m.price.input: 2000001000000000 nano-dollars");
        assertThatThrownBy(
                        () -> shop.reload(priced("price: { input: 1, output: 1 }, markup: 10000%")))
                .hasMessage(
                        "markup of m: 100000000 parts per million (expected: at most 99000000)");
        assertThat(catalog.list()).isEqualTo(before);
        assertThatThrownBy(() -> shop.reload("credit: { standard: 1001 }"))
                .hasMessageStartingWith("credit.standard: request: 1001000000000 nano-dollars");
        assertThat(catalog.list()).isEqualTo(before);
        assertThat(Optional.of(before.getFirst())).isEqualTo(catalog.find("m"));
    }
}

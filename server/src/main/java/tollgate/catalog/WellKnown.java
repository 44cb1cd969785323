package tollgate.catalog;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tollgate.config.Config;
import tollgate.config.Variables;

/// The providers that need no configuration: each switches on when its usual variable is set.
///
/// @param variables any of which holds the key; Ollama's holds its address
public record WellKnown(
        String name,
        String baseUrl,
        List<String> variables,
        Config.Protocol protocol,
        Standing standing) {

    /// What a provider is to the models that it serves.
    public enum Standing {
        /// It made them.
        MAKER,
        /// It serves others' models.
        HOST,
        /// It runs on the operator's machines and costs nothing.
        LOCAL
    }

    /// The built-in provider that needs no account and costs nothing.
    public static final String SANDBOX = "sandbox";

    private static final Config.Protocol OPENAI = Config.Protocol.OPENAI;

    private static final List<WellKnown> ALL =
            List.of(
                    maker("openai", "https://api.openai.com/v1", OPENAI, "OPENAI_API_KEY"),
                    maker(
                            "anthropic",
                            "https://api.anthropic.com",
                            Config.Protocol.ANTHROPIC,
                            "ANTHROPIC_API_KEY"),
                    maker(
                            "gemini",
                            "https://generativelanguage.googleapis.com",
                            Config.Protocol.GEMINI,
                            "GEMINI_API_KEY",
                            "GOOGLE_API_KEY",
                            "GOOGLE_GENERATIVE_AI_API_KEY"),
                    maker("deepseek", "https://api.deepseek.com/v1", OPENAI, "DEEPSEEK_API_KEY"),
                    maker("mistral", "https://api.mistral.ai/v1", OPENAI, "MISTRAL_API_KEY"),
                    maker("xai", "https://api.x.ai/v1", OPENAI, "XAI_API_KEY"),
                    host("groq", "https://api.groq.com/openai/v1", "GROQ_API_KEY"),
                    host("together", "https://api.together.xyz/v1", "TOGETHER_API_KEY"),
                    host("fireworks", "https://api.fireworks.ai/inference/v1", "FIREWORKS_API_KEY"),
                    host("openrouter", "https://openrouter.ai/api/v1", "OPENROUTER_API_KEY"),
                    host("chutes", "https://llm.chutes.ai/v1", "CHUTES_API_KEY"),
                    host("featherless", "https://api.featherless.ai/v1", "FEATHERLESS_API_KEY"),
                    host("portkey", "https://api.portkey.ai/v1", "PORTKEY_API_KEY"),
                    new WellKnown(
                            "ollama",
                            "http://127.0.0.1:11434/v1",
                            List.of("OLLAMA_HOST"),
                            OPENAI,
                            Standing.LOCAL));

    public WellKnown {
        variables = List.copyOf(variables);
    }

    private static WellKnown maker(
            String name, String baseUrl, Config.Protocol protocol, String... variables) {
        return new WellKnown(name, baseUrl, List.of(variables), protocol, Standing.MAKER);
    }

    private static WellKnown host(String name, String baseUrl, String variable) {
        return new WellKnown(name, baseUrl, List.of(variable), OPENAI, Standing.HOST);
    }

    /// Makers first, then hosts.
    public static List<WellKnown> makersFirst() {
        return ALL;
    }

    public static Optional<WellKnown> find(String name) {
        return ALL.stream().filter(known -> known.name.equals(name)).findFirst();
    }

    /// Names that a configuration may use without protocol and base URL.
    public static Set<String> names() {
        Set<String> names = new LinkedHashSet<>();
        ALL.forEach(known -> names.add(known.name));
        return names;
    }

    /// Which well-known provider this is: by its name, else by its address.
    static Optional<WellKnown> find(String name, String baseUrl) {
        return find(name).or(() -> ALL.stream().filter(k -> k.baseUrl.equals(baseUrl)).findFirst());
    }

    /// The value of its variable, if it is set.
    Optional<String> value(Variables environment) {
        return variables.stream().flatMap(name -> environment.find(name).stream()).findFirst();
    }
}

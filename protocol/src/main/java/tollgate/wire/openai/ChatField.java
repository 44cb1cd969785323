package tollgate.wire.openai;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tollgate.call.Capability;
import tollgate.wire.json.JsonReader;
import tollgate.wire.json.NameTable;

/// The members of a chat request that we know: those we read, those that are not passed on, and
/// those whose name alone matters, since another spelling of it could mean them to a lenient
/// parser.
///
/// Sources: OpenAI's API reference; the references of OpenRouter, xAI, Venice, Alibaba, Azure,
/// Vercel and LiteLLM for what is theirs. All read 2026-11-21.
enum ChatField {
    MODEL("model"),
    MESSAGES("messages"),
    STREAM("stream"),
    STREAM_OPTIONS("stream_options"),
    MAX_TOKENS("max_tokens"),
    MAX_COMPLETION_TOKENS("max_completion_tokens"),
    N("n"),
    /// vLLM and old completions: so many are made, `n` returned.
    BEST_OF("best_of"),
    TOOLS("tools"),
    TOOL_CHOICE("tool_choice"),
    PARALLEL_TOOL_CALLS("parallel_tool_calls"),
    FUNCTIONS("functions"),
    RESPONSE_FORMAT("response_format"),
    USER("user"),
    METADATA("metadata"),
    MODALITIES("modalities"),
    PREDICTION("prediction"),
    AUDIO("audio"),
    WEB_SEARCH_OPTIONS("web_search_options"),

    SERVICE_TIER("service_tier"),
    PROMPT_CACHE_OPTIONS("prompt_cache_options"),
    CACHE_CONTROL("cache_control"),
    /// xAI's live search, priced by source.
    SEARCH_PARAMETERS("search_parameters"),
    /// Alibaba's search.
    ENABLE_SEARCH("enable_search"),
    /// Venice's search and scraping.
    VENICE_PARAMETERS("venice_parameters"),
    /// xAI: the answer is to be fetched later, by an id in the provider's account.
    DEFERRED("deferred"),
    PROMPT_CACHE_RETENTION("prompt_cache_retention", Capability.LONG_CACHE),
    /// OpenRouter: other models that may answer, at their own price.
    MODELS("models", Capability.ROUTING),
    PLUGINS("plugins", Capability.ROUTING),
    /// OpenRouter: a stored set of parameters, the model among them.
    PRESET("preset", Capability.ROUTING),
    /// LiteLLM and Portkey: other models that may answer.
    FALLBACKS("fallbacks", Capability.ROUTING),
    /// Vercel: routing, with other models in it.
    PROVIDER_OPTIONS("providerOptions", Capability.ROUTING),
    /// Azure: an index in the operator's account.
    DATA_SOURCES("data_sources", Capability.PROVIDER_OBJECTS),

    FREQUENCY_PENALTY("frequency_penalty"),
    FUNCTION_CALL("function_call"),
    LOGIT_BIAS("logit_bias"),
    LOGPROBS("logprobs"),
    MODERATION("moderation"),
    PRESENCE_PENALTY("presence_penalty"),
    PROMPT_CACHE_KEY("prompt_cache_key"),
    REASONING_EFFORT("reasoning_effort"),
    SAFETY_IDENTIFIER("safety_identifier"),
    SEED("seed"),
    STOP("stop"),
    STORE("store"),
    TEMPERATURE("temperature"),
    TOP_LOGPROBS("top_logprobs"),
    TOP_P("top_p"),
    VERBOSITY("verbosity");

    private static final List<ChatField> ALL = List.of(values());
    private static final NameTable NAMES =
            NameTable.of(Arrays.stream(values()).map(ChatField::member).toList());

    private final String member;
    private final @Nullable Capability needs;

    ChatField(String member) {
        this(member, null);
    }

    ChatField(String member, @Nullable Capability needs) {
        this.member = member;
        this.needs = needs;
    }

    String member() {
        return member;
    }

    /// What any value but null needs; null for fields with a rule of their own, or none.
    @Nullable Capability needs() {
        return needs;
    }

    /// The field whose name the reader stands at, or null.
    static @Nullable ChatField at(JsonReader json) {
        int number = NAMES.find(json);
        return number < 0 ? null : ALL.get(number);
    }

    /// The field that the reader's name would be in another case, or null.
    static @Nullable ChatField nearlyAt(JsonReader json) {
        int number = NAMES.findCaseVariant(json);
        return number < 0 ? null : ALL.get(number);
    }
}

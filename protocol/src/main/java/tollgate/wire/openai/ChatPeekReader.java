package tollgate.wire.openai;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tollgate.call.Capability;
import tollgate.wire.json.JsonException;
import tollgate.wire.json.JsonLimits;
import tollgate.wire.json.JsonReader;
import tollgate.wire.json.Token;

/// The one pass over a chat request. For one request.
final class ChatPeekReader {
    /// As OpenAI has it.
    private static final int CHOICES_MAX = 128;

    private static final int MODALITIES_MAX = 8;

    private static final byte[] TEXT = Peeking.ascii("text");
    private static final byte[] TYPE = Peeking.ascii("type");
    private static final byte[] INCLUDE_USAGE = Peeking.ascii("include_usage");
    private static final byte[] USER_ID = Peeking.ascii("user_id");

    private final byte[] body;
    private final JsonReader json;
    private final ChatShape shape = new ChatShape();
    private final Refusals refusals = new Refusals();
    private final ExtrasPeek extras;
    private final MessagesPeek messages;
    private final ToolsPeek tools;

    private int memberIndex;
    private int memberComma;
    private int memberFrom;

    /// The place of the current member when somebody keeps it, until the next one's comma is seen.
    private @Nullable Place last;

    private @Nullable String model;
    private boolean stream;
    private boolean usageAsked;
    private long choices = 1;
    private boolean schema;
    private boolean hasMessages;
    private @Nullable String user;
    private @Nullable String userId;
    private List<String> outputModalities = List.of();
    private int predictionBytes;

    ChatPeekReader(byte[] body) {
        this.body = body;
        json = new JsonReader(body, JsonLimits.STRICT);
        extras = new ExtrasPeek(json, refusals);
        messages = new MessagesPeek(json, body, refusals);
        tools = new ToolsPeek(json, shape, refusals);
    }

    ChatPeek read() {
        try {
            if (json.next() != Token.OBJECT_START) {
                throw Peeking.refused(
                        null, "body: found %s (expected: an object)".formatted(json.found()));
            }
            shape.open = json.end();
            members();
            requireEnd();
        } catch (JsonException e) {
            throw Peeking.unreadable(e);
        }
        return peek();
    }

    /// A reader of a member that stopped inside its value would leave us there.
    private void requireEnd() {
        if (json.next() != Token.END) {
            throw new IllegalStateException("token: " + json.token() + " (expected: END)");
        }
    }

    private void members() {
        while (json.next() == Token.NAME) {
            if (last != null) {
                last.commaAfter = json.comma();
                last = null;
            }
            ChatField field = ChatField.at(json);
            memberComma = json.comma();
            memberFrom = json.start();
            if (field == null) {
                unknown();
            } else {
                json.next();
                read(field);
                json.skipValue();
                if (last != null) {
                    last.valueTo = json.end();
                }
            }
            memberIndex++;
        }
    }

    private void unknown() {
        ChatField meant = ChatField.nearlyAt(json);
        if (meant != null) {
            throw Peeking.misspelt(json, meant.member());
        }
        json.skipValue();
    }

    /// The current member's place, of which the end is filled in after its value, and the comma
    /// after it when the next member comes.
    private Place place() {
        Place place = new Place(memberIndex, memberComma, memberFrom);
        place.valueFrom = json.start();
        last = place;
        return place;
    }

    private void read(ChatField field) {
        switch (field) {
            case MODEL -> {
                shape.model = place();
                model = Peeking.model(json);
            }
            case MESSAGES -> {
                hasMessages = true;
                messages.read();
            }
            case STREAM -> {
                shape.stream = place();
                stream = Peeking.truth(json, "stream");
            }
            case STREAM_OPTIONS -> streamOptions();
            case MAX_TOKENS -> {
                shape.maxTokens = place();
                shape.maxTokensSaid = Peeking.limit(json, "max_tokens");
            }
            case MAX_COMPLETION_TOKENS -> {
                shape.maxCompletionTokens = place();
                shape.maxCompletionTokensSaid = Peeking.limit(json, "max_completion_tokens");
            }
            case N -> choices("n");
            case BEST_OF -> choices("best_of");
            case TOOLS -> {
                shape.tools = place();
                tools.tools();
            }
            case TOOL_CHOICE -> {
                shape.toolChoice = place();
                tools.choice();
            }
            case PARALLEL_TOOL_CALLS -> shape.parallelToolCalls = place();
            case FUNCTIONS -> functions();
            case RESPONSE_FORMAT -> responseFormat();
            case USER -> user = Peeking.endUser(json, "user");
            case METADATA -> metadata();
            case MODALITIES -> modalities();
            case PREDICTION -> prediction();
            case WEB_SEARCH_OPTIONS -> webSearchOptions();
            default -> extras.read(field);
        }
    }

    private void streamOptions() {
        shape.streamOptions = place();
        if (!Peeking.object(json, "stream_options")) {
            return;
        }
        shape.streamOptionsOpen = json.end();
        shape.streamOptionsIsEmpty = true;
        while (json.next() == Token.NAME) {
            shape.streamOptionsIsEmpty = false;
            boolean usage = json.textIs(INCLUDE_USAGE);
            json.next();
            if (usage) {
                usageAsked = Peeking.truth(json, "stream_options.include_usage");
                Place place = new Place(0, -1, json.start());
                place.valueFrom = json.start();
                place.valueTo = json.end();
                shape.includeUsage = place;
            }
            json.skipValue();
        }
    }

    private void choices(String param) {
        choices = Math.max(choices, Peeking.positive(json, param, CHOICES_MAX));
    }

    private void functions() {
        if (Peeking.array(json, "functions") && json.next() != Token.ARRAY_END) {
            schema = true;
            json.skipValue();
            while (json.next() != Token.ARRAY_END) {
                json.skipValue();
            }
        }
    }

    private void responseFormat() {
        if (!Peeking.object(json, "response_format")) {
            return;
        }
        while (json.next() == Token.NAME) {
            boolean type = json.textIs(TYPE);
            json.next();
            if (type) {
                schema = json.token() != Token.STRING || !json.textIs(TEXT);
            }
            json.skipValue();
        }
    }

    private void metadata() {
        if (!Peeking.object(json, "metadata")) {
            return;
        }
        while (json.next() == Token.NAME) {
            boolean user = json.textIs(USER_ID);
            json.next();
            if (user && json.token() == Token.STRING) {
                userId = Peeking.endUser(json, "metadata.user_id");
            }
            json.skipValue();
        }
    }

    private void modalities() {
        if (!Peeking.array(json, "modalities")) {
            return;
        }
        outputModalities = new ArrayList<>(2);
        while (json.next() != Token.ARRAY_END) {
            if (json.token() != Token.STRING) {
                throw Peeking.wrong("modalities", json, "an array of strings");
            }
            if (!json.textIs(TEXT) && outputModalities.size() < MODALITIES_MAX) {
                outputModalities.add(json.text());
            }
        }
    }

    private void prediction() {
        if (Peeking.object(json, "prediction")) {
            int from = json.start();
            json.skipValue();
            predictionBytes = json.end() - from;
        }
    }

    private void webSearchOptions() {
        if (json.token() != Token.NULL) {
            shape.webSearchOptions =
                    new Hosted("web_search_options", Capability.WEB_SEARCH, place());
        }
    }

    private ChatPeek peek() {
        if (model == null) {
            throw Peeking.missing("model", "a non-empty string");
        }
        if (!hasMessages) {
            throw Peeking.missing("messages", "a non-empty array of objects");
        }
        return new ChatPeek(
                model,
                stream,
                usageAsked,
                smaller(shape.maxTokensSaid, shape.maxCompletionTokensSaid),
                (int) choices,
                messages.messages,
                body.length - messages.base64Bytes,
                messages.images,
                messages.audios,
                messages.files,
                schema || shape.toolCount > 0,
                user != null ? user : userId,
                outputModalities,
                predictionBytes,
                refusals.fields(),
                shape);
    }

    /// The smaller of two limits, of which each may be missing (-1).
    private static long smaller(long one, long other) {
        return one < 0 || other < 0 ? Math.max(one, other) : Math.min(one, other);
    }
}

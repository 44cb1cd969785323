package tollgate.wire;

import java.nio.charset.StandardCharsets;
import java.util.Set;
import tollgate.wire.json.JsonException;
import tollgate.wire.json.JsonLimits;
import tollgate.wire.json.JsonReader;
import tollgate.wire.json.Token;

/// Counts the input of a request whose provider did not: o200k_base over its JSON strings outside
/// base64, in order, plus four tokens a message. Member names are not counted; an array of token
/// numbers counts one token each.
public final class InputCount {
    /// What a message costs beside its text.
    public static final int TOKENS_PER_MESSAGE = 4;

    private static final Set<String> CONVERSATIONS = Set.of("messages", "input");
    private static final Set<String> BASE64 =
            Set.of("data", "file_data", "b64_json", "input_audio");

    /// How far into a `data:` URI its `;base64,` is looked for.
    private static final int MEDIA_TYPE_CHARS_MAX = 256;

    private final JsonReader reader;
    private final byte[] body;
    private final TokenMeter meter = new TokenMeter();
    private final StringBuilder text = new StringBuilder();
    private long tokens;

    private InputCount(byte[] body) {
        this.body = body;
        reader = new JsonReader(body, JsonLimits.TOLERANT);
    }

    /// The tokens of a request's body; 0 for one that is no JSON.
    public static long of(byte[] body) {
        InputCount count = new InputCount(body);
        try {
            count.reader.next();
            count.value("");
            count.reader.next();
        } catch (JsonException _) {
            return 0;
        }
        return count.tokens + count.meter.exact();
    }

    private void value(String name) {
        switch (reader.token()) {
            case OBJECT_START -> {
                while (reader.next() == Token.NAME) {
                    String member = reader.text();
                    reader.next();
                    value(member);
                }
            }
            case ARRAY_START -> array(name);
            case STRING -> string(name);
            default -> {}
        }
    }

    private void array(String name) {
        boolean conversation = reader.depth() <= 3 && CONVERSATIONS.contains(name);
        while (reader.next() != Token.ARRAY_END) {
            if (conversation) {
                tokens += entry();
            }
            value(name);
        }
    }

    /// What an element of the conversation itself costs: four tokens a message, one a token number.
    private int entry() {
        return switch (reader.token()) {
            case OBJECT_START -> TOKENS_PER_MESSAGE;
            case NUMBER -> 1;
            default -> 0;
        };
    }

    private void string(String name) {
        if (BASE64.contains(name) || isBase64Uri()) {
            return;
        }
        text.setLength(0);
        reader.text(text);
        meter.append(text);
    }

    private boolean isBase64Uri() {
        int from = reader.start() + 1;
        int length = Math.min(reader.end() - from, MEDIA_TYPE_CHARS_MAX);
        String head = new String(body, from, length, StandardCharsets.ISO_8859_1);
        return head.startsWith("data:") && head.contains(";base64,");
    }
}

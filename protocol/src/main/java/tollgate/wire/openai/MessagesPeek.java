package tollgate.wire.openai;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import tollgate.call.Capability;
import tollgate.wire.json.JsonReader;
import tollgate.wire.json.NameTable;
import tollgate.wire.json.Token;

/// Reads `messages`: how many there are, which media they hold, how many of their bytes are base64,
/// and what in them is not passed on. For one request.
final class MessagesPeek {
    /// How far into a `data:` URI its `;base64,` is looked for.
    private static final int MEDIA_TYPE_BYTES_MAX = 256;

    private static final byte[] DATA_URI = Peeking.ascii("data:");
    private static final byte[] HTTP = Peeking.ascii("http");
    private static final String BASE64_MARK = ";base64,";

    private static final int CONTENT = 0;
    private static final int AUDIO = 1;
    private static final int CACHE_CONTROL = 2;
    private static final NameTable MESSAGE =
            NameTable.of(List.of("content", "audio", "cache_control"));

    private static final int TYPE = 0;
    private static final int PART_CACHE_CONTROL = 1;
    private static final int FILE_ID = 2;
    private static final int AUDIOS_FROM = 5;
    private static final int FILES_FROM = 7;

    /// After the first three come the pictures, then sounds, then files and films.
    private static final List<String> PART_NAMES =
            List.of(
                    "type",
                    "cache_control",
                    "file_id",
                    "image_url",
                    "image",
                    "input_audio",
                    "audio_url",
                    "file",
                    "video_url",
                    "input_video",
                    "document_url",
                    "document");

    private static final NameTable PART = NameTable.of(PART_NAMES);

    /// Parts whose every token stands in the body; any other that names no medium of ours is
    /// counted as a file, since it may be one.
    private static final Set<String> TEXTS =
            Set.of("text", "input_text", "output_text", "refusal", "thinking", "reasoning");

    private static final int PAYLOAD_FILE_ID = 0;
    private static final int RAW_BASE64_FROM = 2;
    private static final NameTable PAYLOAD =
            NameTable.of(List.of("file_id", "url", "data", "file_data"));

    private final JsonReader json;
    private final byte[] body;
    private final Refusals refusals;

    int messages;
    int images;
    int audios;
    int files;
    long base64Bytes;

    MessagesPeek(JsonReader json, byte[] body, Refusals refusals) {
        this.json = json;
        this.body = body;
        this.refusals = refusals;
    }

    /// Stands at the value of `messages`.
    void read() {
        if (json.token() != Token.ARRAY_START) {
            throw Peeking.wrong("messages", json, "a non-empty array of objects");
        }
        while (json.next() != Token.ARRAY_END) {
            if (json.token() != Token.OBJECT_START) {
                throw Peeking.wrong("messages[%d]".formatted(messages), json, "an object");
            }
            message();
            messages++;
        }
        if (messages == 0) {
            throw Peeking.refused(
                    "messages",
                    "messages: found an empty array (expected: a non-empty array of objects)");
        }
    }

    private void message() {
        while (json.next() == Token.NAME) {
            int member = MESSAGE.find(json);
            json.next();
            switch (member) {
                case CONTENT -> content();
                case AUDIO -> id("audio");
                case CACHE_CONTROL -> refusals.cacheControl(json, this::path);
                default -> {}
            }
            json.skipValue();
        }
    }

    private String path() {
        return "messages[%d]".formatted(messages);
    }

    /// An object whose `id` names something that the provider has stored.
    private void id(String member) {
        if (json.token() == Token.OBJECT_START) {
            while (json.next() == Token.NAME) {
                boolean id = json.textIs(Refusals.ID);
                json.next();
                if (id && json.token() != Token.NULL) {
                    refusals.add(path() + "." + member + ".id", Capability.PROVIDER_OBJECTS);
                }
                json.skipValue();
            }
        }
    }

    private void content() {
        if (json.token() != Token.ARRAY_START) {
            return;
        }
        int part = 0;
        while (json.next() != Token.ARRAY_END) {
            if (json.token() == Token.OBJECT_START) {
                part(part);
            }
            json.skipValue();
            part++;
        }
    }

    private void part(int number) {
        String type = null;
        boolean medium = false;
        while (json.next() == Token.NAME) {
            int member = PART.find(json);
            json.next();
            switch (member) {
                case -1 -> {}
                case TYPE -> type = json.token() == Token.STRING ? json.text() : null;
                case PART_CACHE_CONTROL -> refusals.cacheControl(json, () -> path(number));
                case FILE_ID -> storedFile(path(number));
                default -> {
                    medium = true;
                    medium(member, number);
                }
            }
            json.skipValue();
        }
        if (!medium && type != null && !TEXTS.contains(type)) {
            files++;
        }
    }

    private String path(int part) {
        return "messages[%d].content[%d]".formatted(messages, part);
    }

    private void storedFile(String path) {
        if (json.token() != Token.NULL) {
            refusals.add(path + ".file_id", Capability.PROVIDER_OBJECTS);
        }
    }

    private void medium(int member, int part) {
        if (json.token() == Token.NULL) {
            return;
        }
        if (member >= FILES_FROM) {
            files++;
        } else if (member >= AUDIOS_FROM) {
            audios++;
        } else {
            images++;
        }
        if (json.token() == Token.STRING) {
            payload(member >= AUDIOS_FROM && member < FILES_FROM);
        } else if (json.token() == Token.OBJECT_START) {
            payloads(member, part);
        }
    }

    private void payloads(int medium, int part) {
        while (json.next() == Token.NAME) {
            int member = PAYLOAD.find(json);
            json.next();
            if (member == PAYLOAD_FILE_ID) {
                storedFile(path(part) + "." + PART_NAMES.get(medium));
            } else if (member > PAYLOAD_FILE_ID && json.token() == Token.STRING) {
                payload(member >= RAW_BASE64_FROM);
            }
            json.skipValue();
        }
    }

    /// Counts the base64 in the current string: what follows the mark of a `data:` URI, or all of
    /// it where base64 stands bare.
    private void payload(boolean bare) {
        int from = json.start() + 1;
        int to = json.end() - 1;
        if (begins(from, to, DATA_URI)) {
            int head = Math.min(to - from, MEDIA_TYPE_BYTES_MAX);
            int mark =
                    new String(body, from, head, StandardCharsets.ISO_8859_1).indexOf(BASE64_MARK);
            if (mark >= 0) {
                base64Bytes += to - from - mark - BASE64_MARK.length();
            }
        } else if (bare && !begins(from, to, HTTP)) {
            base64Bytes += to - from;
        }
    }

    private boolean begins(int from, int to, byte[] ascii) {
        int end = Math.min(from + ascii.length, to);
        return Arrays.equals(body, from, end, ascii, 0, ascii.length);
    }
}

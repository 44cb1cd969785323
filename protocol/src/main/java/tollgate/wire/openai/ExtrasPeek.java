package tollgate.wire.openai;

import java.util.List;
import tollgate.call.Capability;
import tollgate.wire.json.JsonReader;
import tollgate.wire.json.NameTable;
import tollgate.wire.json.Token;

/// Reads those top-level members of a chat request that matter only because they may not be passed
/// on. For one request.
final class ExtrasPeek {
    private static final byte[] OFF = Peeking.ascii("off");
    private static final byte[] TTL = Peeking.ascii("ttl");
    private static final byte[] HALF_AN_HOUR = Peeking.ascii("30m");
    private static final byte[] MODE = Peeking.ascii("mode");
    private static final byte[] VOICE = Peeking.ascii("voice");
    private static final List<String> VENICE_NAMES =
            List.of("enable_web_search", "enable_web_scraping");
    private static final NameTable VENICE = NameTable.of(VENICE_NAMES);

    private final JsonReader json;
    private final Refusals refusals;

    ExtrasPeek(JsonReader json, Refusals refusals) {
        this.json = json;
        this.refusals = refusals;
    }

    /// Stands at the value of `field`.
    void read(ChatField field) {
        Capability needed = field.needs();
        if (needed != null) {
            if (json.token() != Token.NULL) {
                refusals.add(field.member(), needed);
            }
            return;
        }
        switch (field) {
            case SERVICE_TIER -> refusals.serviceTier(json);
            case PROMPT_CACHE_OPTIONS -> cacheOptions();
            case CACHE_CONTROL -> refusals.cacheControl(json, () -> "");
            case SEARCH_PARAMETERS -> searchParameters();
            case ENABLE_SEARCH -> unlessOff("enable_search", Capability.WEB_SEARCH);
            case VENICE_PARAMETERS -> venice();
            case DEFERRED -> unlessOff("deferred", Capability.PROVIDER_OBJECTS);
            case AUDIO -> audio();
            default -> {}
        }
    }

    private void cacheOptions() {
        if (!Peeking.object(json, "prompt_cache_options")) {
            return;
        }
        while (json.next() == Token.NAME) {
            boolean ttl = json.textIs(TTL);
            json.next();
            if (ttl && json.token() != Token.NULL && !isText(HALF_AN_HOUR)) {
                refusals.add("prompt_cache_options.ttl", Capability.LONG_CACHE);
            }
            json.skipValue();
        }
    }

    private void searchParameters() {
        if (json.token() == Token.NULL) {
            return;
        }
        boolean off = false;
        if (json.token() == Token.OBJECT_START) {
            while (json.next() == Token.NAME) {
                boolean mode = json.textIs(MODE);
                json.next();
                off |= mode && isText(OFF);
                json.skipValue();
            }
        }
        if (!off) {
            refusals.add("search_parameters", Capability.WEB_SEARCH);
        }
    }

    private void venice() {
        if (json.token() != Token.OBJECT_START) {
            return;
        }
        while (json.next() == Token.NAME) {
            int member = VENICE.find(json);
            json.next();
            if (member >= 0) {
                unlessOff("venice_parameters." + VENICE_NAMES.get(member), Capability.WEB_SEARCH);
            }
            json.skipValue();
        }
    }

    private void audio() {
        if (!Peeking.object(json, "audio")) {
            return;
        }
        while (json.next() == Token.NAME) {
            boolean voice = json.textIs(VOICE);
            json.next();
            // A voice of one's own is an object of the account; the others are words.
            if (voice && json.token() == Token.OBJECT_START) {
                refusals.add("audio.voice.id", Capability.PROVIDER_OBJECTS);
            }
            json.skipValue();
        }
    }

    private void unlessOff(String field, Capability capability) {
        boolean off = json.token() == Token.FALSE || json.token() == Token.NULL || isText(OFF);
        if (!off) {
            refusals.add(field, capability);
        }
    }

    private boolean isText(byte[] ascii) {
        return json.token() == Token.STRING && json.textIs(ascii);
    }
}

package tollgate.wire.openai;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tollgate.call.Usage;
import tollgate.wire.json.JsonException;
import tollgate.wire.json.JsonReader;
import tollgate.wire.json.Token;

/// Reads a `usage` object of any provider that speaks OpenAI's protocol. For one thread; each
/// [#read] begins anew.
///
/// What is counted in what differs, and the report itself tells: a part that is larger than its
/// whole was not counted in it, nor was one without which `total_tokens` does not add up. Seen:
/// xAI's `completion_tokens` are without reasoning (total says so); Vercel's for Gemini too (total
/// does not); Mistral's `prompt_tokens` are without audio. Recorded 2026; pinned by
/// UsageReportTest.
final class UsageReport {
    /// A count beyond this is no count.
    static final long COUNT_MAX = Usage.TOKENS_MAX / 16;

    private static final int ODD_MAX = 16;
    private static final int NAME_CHARS_MAX = 80;

    private final JsonReader json;
    private List<OddUsage> odd = List.of();

    private long prompt;
    private long completion;
    private long total;
    private long cached;
    private long written;
    private long writtenLong;
    private long writtenParts;
    private long reasoning;
    private long mediaIn;
    private long mediaOut;

    UsageReport(JsonReader json) {
        this.json = json;
    }

    /// Stands at the object's start; leaves the reader at its end.
    void read() {
        odd = List.of();
        prompt = -1;
        completion = -1;
        total = -1;
        cached = 0;
        written = 0;
        writtenLong = 0;
        writtenParts = 0;
        reasoning = 0;
        mediaIn = 0;
        mediaOut = 0;
        while (json.next() == Token.NAME) {
            String name = json.text();
            json.next();
            whole(name);
            json.skipValue();
        }
    }

    private void whole(String name) {
        switch (name) {
            case "prompt_tokens", "input_tokens" -> prompt = count(name);
            case "completion_tokens", "output_tokens" -> completion = count(name);
            case "total_tokens" -> total = count(name);
            case "prompt_cache_hit_tokens", "cache_read_input_tokens", "cached_tokens" ->
                    cached = Math.max(cached, count(name));
            case "cache_creation_input_tokens", "cache_write_tokens" ->
                    written = Math.max(written, count(name));
            case "reasoning_tokens" -> reasoning = Math.max(reasoning, count(name));
            case "prompt_tokens_details", "prompt_token_details", "input_tokens_details" ->
                    parts(name, this::promptPart);
            case "completion_tokens_details", "output_tokens_details" ->
                    parts(name, this::completionPart);
            case "cache_creation" -> parts(name, this::writtenPart);
            default -> unknown(name, name);
        }
    }

    private void parts(String whole, PartReader reader) {
        if (json.token() != Token.OBJECT_START) {
            return;
        }
        while (json.next() == Token.NAME) {
            String part = json.text();
            json.next();
            reader.read(part, whole + "." + part);
            json.skipValue();
        }
    }

    private interface PartReader {
        void read(String part, String path);
    }

    private void promptPart(String part, String path) {
        switch (part) {
            case "cached_tokens" -> cached = Math.max(cached, count(path));
            case "cache_write_tokens", "cache_creation_tokens" ->
                    written = Math.max(written, count(path));
            case "text_tokens" -> {}
            case "image_tokens" -> mediaIn += Math.max(0, count(path));
            case "audio_tokens", "video_tokens" -> {
                unknown(part, path);
                mediaIn += Math.max(0, count(path));
            }
            default -> unknown(part, path);
        }
    }

    private void completionPart(String part, String path) {
        switch (part) {
            case "reasoning_tokens" -> reasoning = Math.max(reasoning, count(path));
            case "text_tokens", "accepted_prediction_tokens", "rejected_prediction_tokens" -> {}
            case "audio_tokens", "image_tokens" -> {
                unknown(part, path);
                mediaOut += Math.max(0, count(path));
            }
            default -> unknown(part, path);
        }
    }

    private void writtenPart(String part, String path) {
        switch (part) {
            case "ephemeral_5m_input_tokens" -> writtenParts += Math.max(0, count(path));
            case "ephemeral_1h_input_tokens", "ephemeral_24h_input_tokens" -> {
                long tokens = Math.max(0, count(path));
                writtenParts += tokens;
                writtenLong += tokens;
            }
            default -> unknown(part, path);
        }
    }

    /// The current value as a count; -1 for null, and for what is none.
    private long count(String path) {
        if (json.token() == Token.NULL) {
            return -1;
        }
        long value = -1;
        if (json.token() == Token.NUMBER) {
            try {
                value = json.longValue();
            } catch (JsonException _) {
                // A fraction: reported below like every other value that is no count.
            }
        }
        if (value < 0 || value > COUNT_MAX) {
            addOdd(path, json.found());
            return -1;
        }
        return value;
    }

    /// A value that we have no price for: noted when it is a number other than 0, or holds one.
    private void unknown(String name, String path) {
        if (json.token() == Token.NUMBER && !isZero(json.text()) && !isHarmless(name)) {
            addOdd(path, json.text());
        } else if (json.token() == Token.OBJECT_START && !isHarmless(name)) {
            parts(path, this::unknown);
        }
    }

    /// Money that the provider took, and times: no tokens.
    private static boolean isHarmless(String name) {
        return switch (name) {
            case "prompt_cache_miss_tokens",
                    "cost",
                    "cost_details",
                    "cost_in_usd_ticks",
                    "market_cost",
                    "latency_checkpoint",
                    "request_count" ->
                    true;
            default ->
                    name.endsWith("_time")
                            || name.endsWith("_sec")
                            || name.endsWith("_ms")
                            || name.startsWith("avg_");
        };
    }

    private static boolean isZero(String number) {
        for (int i = 0; i < number.length(); i++) {
            char c = number.charAt(i);
            if (c == 'e' || c == 'E') {
                return true;
            }
            if (c >= '1' && c <= '9') {
                return false;
            }
        }
        return true;
    }

    private void addOdd(String path, String found) {
        if (odd.isEmpty()) {
            odd = new ArrayList<>(4);
        }
        if (odd.size() < ODD_MAX) {
            String name = path.length() > NAME_CHARS_MAX ? path.substring(0, NAME_CHARS_MAX) : path;
            odd.add(new OddUsage(name, found));
        }
    }

    List<OddUsage> odd() {
        return List.copyOf(odd);
    }

    /// What was used; null when the report says neither input nor output.
    @Nullable Usage usage() {
        if (prompt < 0 && completion < 0) {
            return null;
        }
        long said = prompt < 0 ? Math.max(0, total - completion) : prompt;
        long answered = completion < 0 ? Math.max(0, total - said) : completion;
        Usage used = usage(said, answered);
        // Zeros all over are no report: an answer costs something (I-26).
        return used.equals(Usage.NONE) ? null : used;
    }

    /// What was used by a call that has no output; a report may give the total alone (Voyage).
    @Nullable Usage usageOfInput() {
        if (prompt < 0 && total < 0) {
            return null;
        }
        return usage(prompt < 0 ? total : prompt, Math.max(0, completion));
    }

    private Usage usage(long said, long answered) {
        long input = said;
        if (mediaIn > said || (mediaIn > 0 && total == said + mediaIn + answered)) {
            input += mediaIn;
        }
        long output = answered;
        if (reasoning > answered || (reasoning > 0 && total == input + answered + reasoning)) {
            output += reasoning;
        }
        if (mediaOut > output) {
            output += mediaOut;
        }
        long writes = Math.max(written, writtenParts);
        if (cached > input) {
            input += cached + writes;
        } else if (cached + writes > input) {
            input += writes;
        }
        return new Usage(input, cached, writes, writtenLong, output, reasoning, 0);
    }
}

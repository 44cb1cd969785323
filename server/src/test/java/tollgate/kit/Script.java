package tollgate.kit;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tollgate.kit.Answer.Framing;

/// How the [FakeUpstream] answers a request: what is said (`text`, `usage`, `status` …) and how it
/// is delivered (`held`, `paced`, `writes`, `atBody` …). Fill it before it is given to the fake;
/// afterwards it is only read.
///
/// Usage is told as the vendors do: in streams only when `stream_options.include_usage` asks for
/// it, unless the script says otherwise.
public final class Script {
    final Words words;
    final Delivery delivery = new Delivery();
    final List<Map.Entry<String, String>> headers = new ArrayList<>();
    int status = 200;
    String contentType = "application/json";
    byte @Nullable [] body;
    byte @Nullable [] raw;

    private Script(Words words) {
        this.words = words;
    }

    /// What is said; read by [ChatWords].
    static final class Words {
        final List<String> pieces;
        @Nullable List<String> events;
        final List<String> reasoning = new ArrayList<>();
        final List<Map.Entry<String, String>> toolCalls = new ArrayList<>();
        final List<Map.Entry<Integer, byte[]>> insertions = new ArrayList<>();
        @Nullable String finish = "stop";
        long promptTokens = 20;
        long completionTokens = 10;
        String usageMembers = "";
        @Nullable String usageJson;
        UsageAt usageAt = UsageAt.OWN_EVENT;
        boolean usageUnasked;
        boolean done = true;

        Words(List<String> pieces) {
            this.pieces = List.copyOf(pieces);
        }
    }

    /// How it is delivered; read by [UpstreamConnection].
    static final class Delivery {
        boolean held;
        Duration delay = Duration.ZERO;
        Duration bodyDelay = Duration.ZERO;
        Duration pace = Duration.ZERO;
        int writeBytes;
        int chunkBytes;
        long lengthOffset;
        @Nullable Framing framing;
        @Nullable Stop stop;
    }

    /// Where the usage stands in a stream.
    public enum UsageAt {
        /// In an event of its own with no choices, as OpenAI does.
        OWN_EVENT,
        /// In the event with the finish reason, as DeepSeek does.
        FINISH_EVENT,
        /// In every event, growing; the last one counts.
        EVERY_EVENT,
        /// Nowhere.
        NEVER
    }

    /// What happens at a certain byte of the answer.
    public enum End {
        /// The connection ends in an orderly way.
        FIN,
        /// The connection is reset.
        RESET,
        /// Nothing more is sent; the connection stays open until the other side closes it.
        STALL,
        /// Nothing more is sent until the request is released; then the rest follows.
        PAUSE
    }

    /// At which byte what happens.
    ///
    /// @param inBodyAt null: `offset` counts the bytes of the wire; else the bytes of the body,
    ///   from the frame that holds this text
    record Stop(long offset, @Nullable String inBodyAt, End end) {
        long wireOffset(Answer answer) {
            return inBodyAt == null
                    ? offset
                    : answer.wireOffset(answer.frameWith(inBodyAt) + offset);
        }
    }

    /// A chat answer made of these pieces: joined when whole, an event each in a stream.
    public static Script text(String... pieces) {
        return new Script(new Words(List.of(pieces)));
    }

    /// A stream whose events have exactly these payloads, and `[DONE]` unless told otherwise.
    public static Script events(String... payloads) {
        var script = text();
        script.words.events = List.of(payloads);
        return script;
    }

    /// An answer with this status and a plausible error body.
    public static Script status(int status) {
        var script = text();
        script.status = status;
        script.body = ChatWords.error(status);
        return script;
    }

    /// A whole answer with status 200 and exactly this body, whatever was asked.
    public static Script body(String body) {
        return text().withBody(body);
    }

    /// An answer with exactly this status, type and body, whatever was asked: recorded traffic.
    public static Script replay(int status, String contentType, byte[] body) {
        var script = text();
        script.status = status;
        script.contentType = contentType;
        script.body = body.clone();
        return script;
    }

    /// Exactly these bytes on the wire, head and all; then the connection ends.
    public static Script raw(byte[] wire) {
        var script = text();
        script.raw = wire.clone();
        return script;
    }

    public static Script raw(String wire) {
        return raw(wire.getBytes(StandardCharsets.UTF_8));
    }

    public Script withBody(String body) {
        this.body = body.getBytes(StandardCharsets.UTF_8);
        return this;
    }

    public Script withHeader(String name, String value) {
        headers.add(Map.entry(name, value));
        return this;
    }

    public Script retryAfter(String value) {
        return withHeader("Retry-After", value);
    }

    public Script finish(String reason) {
        words.finish = reason;
        return this;
    }

    /// A stream that never tells a finish reason.
    public Script withoutFinish() {
        words.finish = null;
        return this;
    }

    public Script usage(long promptTokens, long completionTokens) {
        words.promptTokens = promptTokens;
        words.completionTokens = completionTokens;
        return this;
    }

    /// More members of the usage object, as JSON without braces, such as
    /// `"prompt_tokens_details":{"cached_tokens":4}`.
    public Script usageWith(String members) {
        words.usageMembers += "," + members;
        return this;
    }

    /// The whole usage object, as JSON.
    public Script usageIs(String json) {
        words.usageJson = json;
        return this;
    }

    public Script usageAt(UsageAt place) {
        words.usageAt = place;
        return this;
    }

    /// Usage in a stream even when nobody asked.
    public Script usageUnasked() {
        words.usageUnasked = true;
        return this;
    }

    public Script withoutUsage() {
        return usageAt(UsageAt.NEVER);
    }

    public Script withoutDone() {
        words.done = false;
        return this;
    }

    /// Pieces of `reasoning_content` before the text.
    public Script reasoning(String... pieces) {
        words.reasoning.addAll(List.of(pieces));
        return this;
    }

    /// A call of a tool after the text; its arguments come in two events.
    public Script toolCall(String name, String arguments) {
        words.toolCalls.add(Map.entry(name, arguments));
        if ("stop".equals(words.finish)) {
            words.finish = "tool_calls";
        }
        return this;
    }

    /// Bytes put as they are before the stream's frame of that index (0: before the first event;
    /// the number of events or more: after `[DONE]`).
    public Script insert(int frame, byte[] bytes) {
        words.insertions.add(Map.entry(frame, bytes.clone()));
        return this;
    }

    public Script insert(int frame, String text) {
        return insert(frame, text.getBytes(StandardCharsets.UTF_8));
    }

    /// SSE comments before the first event.
    public Script keepAlives(int count) {
        for (int i = 0; i < count; i++) {
            insert(0, ": keep-alive\n\n");
        }
        return this;
    }

    /// After the pieces an event that says an error: no finish reason, usage or `[DONE]` follows.
    public Script errorEvent(String json) {
        words.done = false;
        words.finish = null;
        words.usageAt = UsageAt.NEVER;
        return insert(Integer.MAX_VALUE, "data: " + json + "\n\n");
    }

    /// Nothing is sent, not even the head, before [FakeUpstream#release()].
    public Script held() {
        delivery.held = true;
        return this;
    }

    /// Time before the head.
    public Script delayed(Duration delay) {
        delivery.delay = delay;
        return this;
    }

    /// Time between the head and the first byte of the body.
    public Script bodyDelayed(Duration delay) {
        delivery.bodyDelay = delay;
        return this;
    }

    /// Time between the events of a stream.
    public Script paced(Duration pace) {
        delivery.pace = pace;
        return this;
    }

    /// The most bytes that one write to the socket carries.
    public Script writes(int bytes) {
        delivery.writeBytes = bytes;
        return this;
    }

    /// HTTP chunks of this size, wherever events begin or end.
    public Script chunks(int bytes) {
        delivery.chunkBytes = bytes;
        return this;
    }

    public Script framing(Framing framing) {
        delivery.framing = framing;
        return this;
    }

    /// A head that states this many bytes more (or, negative, fewer) than the body has. More: the
    /// connection ends after the body.
    public Script wrongLength(long offset) {
        delivery.framing = Framing.LENGTH;
        delivery.lengthOffset = offset;
        return this;
    }

    /// What happens once exactly this many bytes of the body were sent.
    public Script atBody(long bytes, End end) {
        delivery.stop = new Stop(bytes, "", end);
        return this;
    }

    /// What happens once all was sent that comes before the first event (or write of the body) that
    /// holds this text.
    public Script before(String text, End end) {
        delivery.stop = new Stop(0, text, end);
        return this;
    }

    /// What happens once exactly this many bytes were sent, head and framing counted.
    public Script atWire(long bytes, End end) {
        delivery.stop = new Stop(bytes, null, end);
        return this;
    }

    /// The bytes that this script answers a request with: for tests that want every offset.
    public Answer answer(Received request) {
        return ChatWords.answer(this, request);
    }
}

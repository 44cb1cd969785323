package tollgate.wire.openai;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tollgate.wire.TokenMeter;
import tollgate.wire.TokenOracle;
import tollgate.wire.sse.SseEvent;
import tollgate.wire.sse.SseFramer;
import tollgate.wire.sse.SseSink;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Everything of this package against recorded traffic of real providers.
class RecordedTest {
    private static void report(String what, int count) {
        assertThat(count).as(what).isPositive();
        System.out.println("recorded: " + what + ": " + count);
    }

    @Test
    void everyRequestThatAProviderAcceptedIsAccepted() {
        if (Recorded.isAbsent("chat requests")) {
            return;
        }
        List<Recorded> rows =
                Recorded.rows("openai-chat", row -> row.request() != null && row.isAccepted());
        for (Recorded row : rows) {
            byte[] body = row.requestBytes();
            JsonNode json = Recorded.JACKSON.readTree(body);
            ChatPeek peek = ChatPeek.read(body);
            assertThat(peek.model()).as(row.path()).isEqualTo(json.get("model").stringValue());
            assertThat(peek.stream())
                    .as(row.path())
                    .isEqualTo(json.path("stream").asBoolean(false));
            assertThat(peek.usageAsked())
                    .as(row.path())
                    .isEqualTo(json.path("stream_options").path("include_usage").asBoolean(false));
            assertThat(peek.messages()).as(row.path()).isEqualTo(json.get("messages").size());
            assertThat(peek.choices()).as(row.path()).isEqualTo(json.path("n").asInt(1));
            assertThat(peek.outputLimit())
                    .as(row.path())
                    .isEqualTo(
                            json.path("max_tokens")
                                    .asLong(json.path("max_completion_tokens").asLong(-1)));
            assertThat(peek.toolsOrSchema())
                    .as(row.path())
                    .isEqualTo(
                            !json.path("tools").isEmpty()
                                    || !json.path("functions").isEmpty()
                                    || (json.path("response_format").isObject()
                                            && !json.path("response_format")
                                                    .path("type")
                                                    .asString("")
                                                    .equals("text")));
            checkMedia(row, json, peek);
            assertThat(peek.dropped(Set.of())).as(row.path()).isEmpty();
            assertThat(peek.notPassed().stream().map(NotPassed::field).toList())
                    .as(row.path())
                    .isEqualTo(json.has("service_tier") ? List.of("service_tier") : List.of());
        }
        report("chat requests peeked", rows.size());
    }

    private static void checkMedia(Recorded row, JsonNode json, ChatPeek peek) {
        int images = 0;
        int audios = 0;
        int files = 0;
        long base64 = 0;
        for (JsonNode message : json.get("messages")) {
            for (JsonNode part : message.path("content")) {
                String type = part.path("type").asString("text");
                switch (type) {
                    case "text" -> {}
                    case "image_url" -> images++;
                    case "input_audio" -> audios++;
                    default -> files++;
                }
                JsonNode medium = part.path(type);
                String url =
                        medium.isString() ? medium.stringValue() : medium.path("url").asString("");
                String data = medium.path("data").asString(medium.path("file_data").asString(""));
                String payload = type.equals("text") ? "" : url + data;
                int mark = payload.indexOf(";base64,");
                boolean bare = type.equals("input_audio");
                base64 += mark >= 0 ? payload.length() - mark - 8 : bare ? payload.length() : 0;
            }
        }
        assertThat(List.of(peek.images(), peek.audios(), peek.files()))
                .as(row.path())
                .containsExactly(images, audios, files);
        assertThat(peek.inputBytes()).as(row.path()).isEqualTo(row.requestBytes().length - base64);
    }

    @Test
    void splicesChangeTheirFieldsAndNoOthers() {
        if (Recorded.isAbsent("splices")) {
            return;
        }
        List<Recorded> rows = Recorded.rows("openai-chat", row -> row.request() != null);
        int spliced = 0;
        for (Recorded row : rows) {
            byte[] body = row.requestBytes();
            ChatPeek peek;
            try {
                peek = ChatPeek.read(body);
            } catch (tollgate.fault.GatewayException e) {
                assertThat(row.isAccepted()).as(row.path()).isFalse();
                continue;
            }
            assertThat(new Splices(body, peek).bytes()).as(row.path()).isSameAs(body);
            byte[] edited =
                    new Splices(body, peek)
                                    .model("tollgate/\"x\"")
                                    .askUsage()
                                    .limitOutput(7, LimitName.MAX_COMPLETION_TOKENS)
                                    .stream()
                                    .dropHosted(Set.of())
                                    .bytes();
            assertThat(Recorded.JACKSON.readTree(edited)).as(row.path()).isEqualTo(expected(body));
            ChatPeek again = ChatPeek.read(edited);
            assertThat(
                            new Splices(edited, again)
                                            .model("tollgate/\"x\"")
                                            .askUsage()
                                            .limitOutput(7, LimitName.MAX_COMPLETION_TOKENS)
                                            .stream()
                                            .dropHosted(Set.of())
                                            .bytes())
                    .as(row.path())
                    .isSameAs(edited);
            spliced++;
        }
        report("chat requests spliced", spliced);
    }

    private static JsonNode expected(byte[] body) {
        ObjectNode json = (ObjectNode) Recorded.JACKSON.readTree(body);
        json.put("model", "tollgate/\"x\"");
        json.put("stream", true);
        JsonNode options = json.path("stream_options");
        ObjectNode asked = options.isObject() ? (ObjectNode) options : json.objectNode();
        asked.put("include_usage", true);
        json.set("stream_options", asked);
        boolean limited = false;
        for (String name : List.of("max_tokens", "max_completion_tokens")) {
            if (json.path(name).isNumber()) {
                limited = true;
                json.put(name, Math.min(7, json.get(name).intValue()));
            }
        }
        if (!limited) {
            json.put(json.has("max_tokens") ? "max_tokens" : "max_completion_tokens", 7);
        }
        return json;
    }

    /// What a framer and a tap make of a stream that comes in cuts of this size.
    private record Watched(List<String> events, List<ChatTap.Kind> kinds, ChatTap tap) {
        static Watched of(byte[] stream, int size) {
            List<String> events = new ArrayList<>();
            List<ChatTap.Kind> kinds = new ArrayList<>();
            ChatTap tap = new ChatTap(new TokenMeter());
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            SseFramer framer = new SseFramer();
            SseSink sink =
                    new SseSink() {
                        @Override
                        public void event(SseEvent event) {
                            all.writeBytes(event.copy());
                            events.add(event.isSilent() ? "" : event.data());
                            ChatTap.Kind kind = tap.read(event);
                            if (!event.isSilent()) {
                                kinds.add(kind);
                            }
                        }

                        @Override
                        public void tooLarge() {
                            throw new AssertionError();
                        }
                    };
            for (int from = 0; from < stream.length; from += size) {
                framer.feed(stream, from, Math.min(from + size, stream.length), sink);
            }
            framer.end(sink);
            all.writeBytes(framer.rest());
            assertThat(all.toByteArray()).isEqualTo(stream);
            return new Watched(events, kinds, tap);
        }
    }

    @Test
    void streamsAreReadAsTheOracleReadsThem() {
        if (Recorded.isAbsent("chat streams")) {
            return;
        }
        List<Recorded> rows =
                Recorded.rows("openai-chat", row -> row.isStream() && row.response() != null);
        int events = 0;
        for (Recorded row : rows) {
            byte[] stream = row.streamBytes();
            RecordedOracle oracle = new RecordedOracle(row.provider());
            oracle.stream(new String(stream, StandardCharsets.UTF_8));
            Watched whole = Watched.of(stream, stream.length);
            assertThat(whole.kinds()).as(row.path()).isEqualTo(oracle.kinds);
            checkTap(row, whole.tap(), oracle);
            for (int size : new int[] {1, 7}) {
                Watched cut = Watched.of(stream, size);
                assertThat(cut.events()).as(row.path()).isEqualTo(whole.events());
                assertThat(cut.kinds()).as(row.path()).isEqualTo(whole.kinds());
                checkTap(row, cut.tap(), oracle);
            }
            events += whole.events().size();
        }
        report("chat streams", rows.size());
        report("events in them", events);
    }

    private static void checkTap(Recorded row, ChatTap tap, RecordedOracle oracle) {
        assertThat(tap.usage()).as(row.path()).isEqualTo(oracle.usage());
        assertThat(tap.responseModel()).as(row.path()).isEqualTo(oracle.model);
        assertThat(tap.finishReason()).as(row.path()).isEqualTo(oracle.finishReason());
        assertThat(tap.meter().bound())
                .as(row.path())
                .isEqualTo(oracle.text.toString().getBytes(StandardCharsets.UTF_8).length);
        assertThat(tap.meter().exact())
                .as(row.path())
                .isEqualTo(TokenOracle.count(oracle.text.toString()));
        assertThat(tap.error()).as(row.path()).isNull();
    }

    @Test
    void wholeAnswersAreReadAsTheOracleReadsThem() {
        if (Recorded.isAbsent("chat answers")) {
            return;
        }
        List<Recorded> rows =
                Recorded.rows(
                        "openai-chat",
                        row ->
                                row.stream().equals("none")
                                        && row.isAccepted()
                                        && row.response() != null);
        int errors = 0;
        for (Recorded row : rows) {
            byte[] body = row.responseBytes();
            JsonNode json = Recorded.JACKSON.readTree(body);
            ChatAnswer answer = ChatAnswer.read(body);
            if (json.has("error")) {
                assertThat(answer.kind()).as(row.path()).isEqualTo(ChatAnswer.Kind.ERROR);
                errors++;
                continue;
            }
            RecordedOracle oracle = new RecordedOracle(row.provider());
            boolean output = oracle.object(json, "message");
            assertThat(answer.kind()).as(row.path()).isEqualTo(ChatAnswer.Kind.WHOLE);
            assertThat(answer.hasOutput()).as(row.path()).isEqualTo(output);
            assertThat(answer.usage()).as(row.path()).isEqualTo(oracle.usage());
            assertThat(answer.responseModel()).as(row.path()).isEqualTo(oracle.model);
            assertThat(answer.finishReason()).as(row.path()).isEqualTo(oracle.finishReason());
            assertThat(ChatAnswer.countOutput(body))
                    .as(row.path())
                    .isEqualTo(TokenOracle.count(oracle.text.toString()));
            checkModel(row, body, json, answer);
        }
        report("chat answers", rows.size());
        report("of them errors inside a 200", errors);
    }

    private static void checkModel(Recorded row, byte[] body, JsonNode json, ChatAnswer answer) {
        var span = answer.modelSpan();
        if (span == null) {
            throw new AssertionError("no model in " + row.path());
        }
        ObjectNode renamed = (ObjectNode) json.deepCopy();
        renamed.put("model", "caller's \"name\"");
        assertThat(
                        Recorded.JACKSON.readTree(
                                Splices.renamed(
                                        body,
                                        new tollgate.wire.json.Span(0, body.length),
                                        span,
                                        "caller's \"name\"")))
                .as(row.path())
                .isEqualTo(renamed);
    }

    @Test
    void oddUsageIsWhatHasNoPrice() {
        if (Recorded.isAbsent("odd usage")) {
            return;
        }
        Set<String> names = new java.util.TreeSet<>();
        for (Recorded row :
                Recorded.rows("openai-chat", row -> row.isAccepted() && row.response() != null)) {
            List<OddUsage> odd =
                    row.isStream()
                            ? Watched.of(row.streamBytes(), 1 << 20).tap().oddUsage()
                            : ChatAnswer.read(row.responseBytes()).oddUsage();
            odd.forEach(one -> names.add(row.provider() + " " + one.name()));
        }
        assertThat(names)
                .containsExactly(
                        "mistral prompt_audio_seconds",
                        "mistral prompt_tokens_details.audio_tokens",
                        "openrouter prompt_tokens_details.audio_tokens",
                        "openrouter prompt_tokens_details.video_tokens");
        report("kinds of odd usage", names.size());
    }

    @Test
    void errorsKeepTheProvidersWords() {
        if (Recorded.isAbsent("errors")) {
            return;
        }
        List<Recorded> rows =
                new ArrayList<>(
                        Recorded.rows(
                                "openai-chat",
                                row -> row.status() >= 400 && row.response() != null));
        rows.addAll(
                Recorded.rows(
                        "openai-embeddings", row -> row.status() >= 400 && row.response() != null));
        for (Recorded row : rows) {
            ProviderError error = OpenAiErrors.read(row.responseBytes());
            JsonNode json = Recorded.JACKSON.readTree(row.responseBytes());
            JsonNode inner = json.path("error");
            JsonNode from = inner.isObject() ? inner : json;
            String message =
                    inner.isString()
                            ? inner.stringValue()
                            : from.path("message").asString(from.path("detail").asString(""));
            assertThat(error.message()).as(row.path()).startsWith(message.strip()).isNotEmpty();
            assertThat(error.type()).as(row.path()).isEqualTo(text(from.path("type")));
            assertThat(error.param()).as(row.path()).isEqualTo(text(from.path("param")));
            assertThat(error.code()).as(row.path()).isEqualTo(text(from.path("code")));
        }
        report("errors", rows.size());
    }

    private static @Nullable String text(JsonNode node) {
        return node.isString() || node.isNumber() ? node.asString() : null;
    }

    @Test
    void embeddingsAreReadAsTheOracleReadsThem() {
        if (Recorded.isAbsent("embeddings")) {
            return;
        }
        List<Recorded> rows =
                Recorded.rows(
                        "openai-embeddings",
                        row ->
                                row.isAccepted()
                                        && row.url() != null
                                        && !row.url().contains("/api/embeddings"));
        for (Recorded row : rows) {
            JsonNode request = Recorded.JACKSON.readTree(row.requestBytes());
            EmbeddingsPeek peek = EmbeddingsPeek.read(row.requestBytes());
            assertThat(peek.model()).as(row.path()).isEqualTo(request.get("model").stringValue());
            JsonNode input = request.get("input");
            assertThat(peek.inputs()).as(row.path()).isEqualTo(input.isArray() ? input.size() : 1);
            assertThat(peek.dimensions())
                    .as(row.path())
                    .isEqualTo(request.path("dimensions").asLong(-1));
            EmbeddingsAnswer answer = EmbeddingsAnswer.read(row.responseBytes());
            JsonNode json = Recorded.JACKSON.readTree(row.responseBytes());
            assertThat(answer.kind()).as(row.path()).isEqualTo(ChatAnswer.Kind.WHOLE);
            assertThat(answer.vectors()).as(row.path()).isEqualTo(json.get("data").size());
            JsonNode usage = json.get("usage");
            assertThat(answer.usage())
                    .as(row.path())
                    .isEqualTo(
                            tollgate.call.Usage.of(
                                    usage.path("prompt_tokens")
                                            .asLong(usage.path("total_tokens").asLong(0)),
                                    0));
            assertThat(answer.responseModel())
                    .as(row.path())
                    .isEqualTo(json.path("model").asStringOpt().orElse(null));
            assertThat(peek.inputBound())
                    .as(row.path())
                    .isGreaterThanOrEqualTo(usage.path("total_tokens").longValue());
            ArrayNode data = (ArrayNode) json.get("data");
            assertThat(data).isNotEmpty();
        }
        report("embeddings", rows.size());
    }
}

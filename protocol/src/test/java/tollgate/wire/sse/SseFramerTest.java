package tollgate.wire.sse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SseFramerTest {
    /// An event as it was seen: raw bytes and what they say.
    record Seen(String raw, boolean silent, String name, String data) {}

    /// Collects what a framer emits.
    private static final class Collector implements SseSink {
        final List<Seen> events = new ArrayList<>();
        int tooLarge;

        @Override
        public void event(SseEvent event) {
            assertThat(event.copy())
                    .isEqualTo(
                            java.util.Arrays.copyOfRange(event.bytes(), event.from(), event.to()));
            assertThat(event.nameIs(event.name())).isTrue();
            assertThat(event.nameIs(event.name() + "x")).isFalse();
            assertThat(event.payload()).isEqualTo(event.data().getBytes(StandardCharsets.UTF_8));
            for (int i = event.dataFrom(); i < event.dataTo(); i++) {
                int place = event.place(i);
                assertThat(place).isBetween(event.from(), event.to() - 1);
                if (event.dataBytes()[i] != '\n') {
                    assertThat(event.bytes()[place]).isEqualTo(event.dataBytes()[i]);
                }
            }
            events.add(
                    new Seen(
                            new String(event.copy(), StandardCharsets.UTF_8),
                            event.isSilent(),
                            event.name(),
                            event.data()));
        }

        @Override
        public void tooLarge() {
            tooLarge++;
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static Seen silent(String raw) {
        return new Seen(raw, true, "", "");
    }

    private static Seen data(String raw, String data) {
        return new Seen(raw, false, "", data);
    }

    /// The events of a stream, the same at every cut; the bytes of all, with the rest, are the
    /// stream's.
    private static List<Seen> events(String stream) {
        byte[] bytes = bytes(stream);
        List<Seen> whole = cut(bytes, bytes.length);
        for (int size = 1; size < Math.min(bytes.length, 40); size++) {
            assertThat(cut(bytes, size)).as("cut every %d bytes", size).isEqualTo(whole);
        }
        for (int at = 0; at <= Math.min(bytes.length, 400); at++) {
            assertThat(cutOnce(bytes, at)).as("cut at %d", at).isEqualTo(whole);
        }
        return whole;
    }

    private static List<Seen> cut(byte[] bytes, int size) {
        SseFramer framer = new SseFramer();
        Collector collector = new Collector();
        for (int from = 0; from < bytes.length; from += size) {
            framer.feed(bytes, from, Math.min(from + size, bytes.length), collector);
        }
        return finished(framer, collector, bytes);
    }

    private static List<Seen> cutOnce(byte[] bytes, int at) {
        SseFramer framer = new SseFramer();
        Collector collector = new Collector();
        framer.feed(bytes, 0, at, collector);
        framer.feed(bytes, at, bytes.length, collector);
        return finished(framer, collector, bytes);
    }

    private static List<Seen> finished(SseFramer framer, Collector collector, byte[] bytes) {
        framer.end(collector);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        collector.events.forEach(event -> all.writeBytes(bytes(event.raw)));
        all.writeBytes(framer.rest());
        assertThat(all.toByteArray()).isEqualTo(bytes);
        return collector.events;
    }

    @Test
    void eventsEndWithABlankLine() {
        assertThat(events("data: {\"a\":1}\n\ndata: [DONE]\n\n"))
                .containsExactly(
                        data("data: {\"a\":1}\n\n", "{\"a\":1}"),
                        data("data: [DONE]\n\n", "[DONE]"));
    }

    @Test
    void linesMayEndInThreeWays() {
        assertThat(events("data: a\r\n\r\ndata: b\r\n\r\n"))
                .containsExactly(data("data: a\r\n\r\n", "a"), data("data: b\r\n\r\n", "b"));
        assertThat(events("data: a\r\rdata: b\r\r"))
                .containsExactly(data("data: a\r\r", "a"), data("data: b\r\r", "b"));
        assertThat(events("event: x\r\ndata: a\rid: 1\n\n"))
                .containsExactly(new Seen("event: x\r\ndata: a\rid: 1\n\n", false, "x", "a"));
    }

    @Test
    void anEventIsNotHeldBackForALineFeedThatNeverComes() {
        SseFramer framer = new SseFramer();
        Collector collector = new Collector();
        framer.feed(bytes("data: a\r\r"), 0, 9, collector);
        assertThat(collector.events).containsExactly(data("data: a\r\r", "a"));
        assertThat(framer.rest()).isEmpty();
    }

    @Test
    void aLineFeedThatComesAllTheSameOpensTheNextRange() {
        assertThat(events("data: a\r\r\ndata: b\r\r\n\n"))
                .containsExactly(
                        data("data: a\r\r", "a"), data("\ndata: b\r\r", "b"), silent("\n\n"));
    }

    @Test
    void theLastLineFeedOfACrLfStreamBelongsToItsEvent() {
        SseFramer framer = new SseFramer();
        Collector collector = new Collector();
        byte[] stream = bytes("data: a\r\n\r\ndata: b\r\n\r");
        framer.feed(stream, 0, stream.length, collector);
        assertThat(collector.events).containsExactly(data("data: a\r\n\r\n", "a"));
        assertThat(framer.rest()).isEqualTo(bytes("data: b\r\n\r"));
        framer.end(collector);
        assertThat(collector.events)
                .containsExactly(data("data: a\r\n\r\n", "a"), data("data: b\r\n\r", "b"));
        assertThat(framer.rest()).isEmpty();
        framer.end(collector);
        assertThat(collector.events).hasSize(2);
    }

    @Test
    void aCrThatNoLfFollowsEndsTheEventWhenTheNextByteComes() {
        assertThat(events("data: a\r\n\rdata: b\r\n\r\n"))
                .containsExactly(data("data: a\r\n\r", "a"), data("data: b\r\n\r\n", "b"));
    }

    @Test
    void keepAlivesAreSilent() {
        assertThat(events(": OPENROUTER PROCESSING\n\n\n\n:\n\ndata: x\n\n"))
                .containsExactly(
                        silent(": OPENROUTER PROCESSING\n\n"),
                        silent("\n"),
                        silent("\n"),
                        silent(":\n\n"),
                        data("data: x\n\n", "x"));
        assertThat(events("\r\n\r\ndata: x\r\n\r\n"))
                .containsExactly(silent("\r\n"), silent("\r\n"), data("data: x\r\n\r\n", "x"));
        assertThat(events("event: ping\nid: 1\nretry: 5\n\n"))
                .containsExactly(new Seen("event: ping\nid: 1\nretry: 5\n\n", true, "ping", ""));
    }

    @Test
    void aCommentBesideDataIsNoKeepAlive() {
        assertThat(events(": hi\ndata: x\n\n")).containsExactly(data(": hi\ndata: x\n\n", "x"));
    }

    @Test
    void fieldsAreReadAsTheStandardSays() {
        assertThat(events("data:x\n\n")).containsExactly(data("data:x\n\n", "x"));
        assertThat(events("data:  x \n\n")).containsExactly(data("data:  x \n\n", " x "));
        assertThat(events("data\n\n")).containsExactly(data("data\n\n", ""));
        assertThat(events("data:\n\n")).containsExactly(data("data:\n\n", ""));
        assertThat(events("data: \n\n")).containsExactly(data("data: \n\n", ""));
        assertThat(events("data:a:b\n\n")).containsExactly(data("data:a:b\n\n", "a:b"));
        assertThat(events("Data: x\n\n")).containsExactly(silent("Data: x\n\n"));
        assertThat(events(" data: x\n\n")).containsExactly(silent(" data: x\n\n"));
        assertThat(events("datax: x\n\n")).containsExactly(silent("datax: x\n\n"));
        assertThat(events("event: a\nevent: b\ndata: x\n\n"))
                .containsExactly(new Seen("event: a\nevent: b\ndata: x\n\n", false, "b", "x"));
        assertThat(events("event: error\ndata: {}\n\n"))
                .containsExactly(new Seen("event: error\ndata: {}\n\n", false, "error", "{}"));
        assertThat(events("data: {}\nevent:error\n\n"))
                .containsExactly(new Seen("data: {}\nevent:error\n\n", false, "error", "{}"));
    }

    @Test
    void linesOfDataAreJoined() {
        assertThat(events("data: a\ndata: b\n\n"))
                .containsExactly(data("data: a\ndata: b\n\n", "a\nb"));
        assertThat(events("data: {\r\ndata:   \"x\":1\r\nid: 7\r\ndata: }\r\n\r\n"))
                .containsExactly(
                        data(
                                "data: {\r\ndata:   \"x\":1\r\nid: 7\r\ndata: }\r\n\r\n",
                                "{\n  \"x\":1\n}"));
        assertThat(events("data\ndata\n\n")).containsExactly(data("data\ndata\n\n", "\n"));
        assertThat(events("data: a\n\ndata: b\ndata: c\n\ndata: d\n\n"))
                .extracting(Seen::data)
                .containsExactly("a", "b\nc", "d");
    }

    @Test
    void aByteOfJoinedDataHasItsPlaceInTheEvent() {
        SseFramer framer = new SseFramer();
        List<Integer> places = new ArrayList<>();
        byte[] stream = bytes(": c\r\ndata: a\r\nid: 7\r\ndata:bc\r\ndata\r\n\r\n");
        framer.feed(
                stream,
                0,
                stream.length,
                new SseSink() {
                    @Override
                    public void event(SseEvent event) {
                        for (int i = event.dataFrom(); i < event.dataTo(); i++) {
                            places.add(event.place(i));
                        }
                        assertThatIllegalArgumentException()
                                .isThrownBy(() -> event.place(event.dataTo() + 1))
                                .withMessage("offset: 6 (expected: within 5 bytes)");
                    }

                    @Override
                    public void tooLarge() {
                        throw new AssertionError();
                    }
                });
        // Of a, the line's end, b, c, and the line's end.
        assertThat(places).containsExactly(11, 12, 26, 27, 28);
    }

    @Test
    void aByteOrderMarkIsNoPartOfTheFirstName() {
        assertThat(events("\ufeffdata: x\n\ndata: y\n\n"))
                .containsExactly(data("\ufeffdata: x\n\n", "x"), data("data: y\n\n", "y"));
        assertThat(events("\ufeff: c\ndata: x\n\n"))
                .containsExactly(data("\ufeff: c\ndata: x\n\n", "x"));
        assertThat(events("\ufeff\n")).isEmpty();
    }

    @Test
    void anEventWithoutItsBlankLineIsARest() {
        SseFramer framer = new SseFramer();
        Collector collector = new Collector();
        byte[] stream = bytes("xxdata: a\n\ndata: [DONE]\nyy");
        framer.feed(stream, 2, stream.length - 2, collector);
        framer.end(collector);
        assertThat(collector.events).containsExactly(data("data: a\n\n", "a"));
        assertThat(framer.rest()).isEqualTo(bytes("data: [DONE]\n"));
    }

    @Test
    void charactersMayBeCut() {
        assertThat(events("data: {\"content\":\"h\u00e9 \u20ac \ud83d\ude00\"}\n\n"))
                .extracting(Seen::data)
                .containsExactly("{\"content\":\"h\u00e9 \u20ac \ud83d\ude00\"}");
    }

    @Test
    void thousandLinesOfDataAreJoinedInOrder() {
        StringBuilder stream = new StringBuilder();
        StringBuilder joined = new StringBuilder();
        for (int i = 0; i < 1_000; i++) {
            stream.append("data: ").append(i).append('\n');
            joined.append(i == 0 ? "" : "\n").append(i);
        }
        SseFramer framer = new SseFramer();
        Collector collector = new Collector();
        byte[] bytes = bytes(stream.append('\n').toString());
        framer.feed(bytes, 0, bytes.length, collector);
        assertThat(collector.events).containsExactly(data(stream.toString(), joined.toString()));
    }

    private static String ofSize(int bytes) {
        return "data: " + "x".repeat(bytes - 8) + "\n\n";
    }

    @Test
    void i85AnEventAtTheLimitIsAnEvent() {
        for (int size : new int[] {SseFramer.EVENT_BYTES_MAX, 65_537, 4_096}) {
            SseFramer framer = new SseFramer();
            Collector collector = new Collector();
            byte[] stream = bytes(ofSize(SseFramer.EVENT_BYTES_MAX) + "data: y\n\n");
            for (int from = 0; from < stream.length; from += size) {
                framer.feed(stream, from, Math.min(from + size, stream.length), collector);
            }
            assertThat(collector.tooLarge).isZero();
            assertThat(collector.events).hasSize(2);
            assertThat(collector.events.getFirst().data()).hasSize(SseFramer.EVENT_BYTES_MAX - 8);
            assertThat(collector.events.getLast()).isEqualTo(data("data: y\n\n", "y"));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 1 << 20, 99 << 20})
    void i85AnEventBeyondTheLimitEndsTheStream(int beyond) {
        byte[] stream =
                bytes("data: a\n\n" + ofSize(SseFramer.EVENT_BYTES_MAX + beyond) + "data: y\n\n");
        for (int size : new int[] {stream.length, 65_537}) {
            SseFramer framer = new SseFramer();
            Collector collector = new Collector();
            for (int from = 0; from < stream.length; from += size) {
                framer.feed(stream, from, Math.min(from + size, stream.length), collector);
            }
            framer.end(collector);
            assertThat(collector.tooLarge).isEqualTo(1);
            assertThat(collector.events).containsExactly(data("data: a\n\n", "a"));
            assertThat(framer.rest()).isEmpty();
        }
    }

    @Test
    void theLimitHoldsForWhatHasNoEndYet() {
        SseFramer framer = new SseFramer();
        Collector collector = new Collector();
        byte[] stream = new byte[SseFramer.EVENT_BYTES_MAX + 1];
        java.util.Arrays.fill(stream, (byte) 'x');
        framer.feed(stream, 0, SseFramer.EVENT_BYTES_MAX, collector);
        assertThat(collector.tooLarge).isZero();
        assertThat(framer.rest()).hasSize(SseFramer.EVENT_BYTES_MAX);
        framer.feed(stream, 0, 1, collector);
        assertThat(collector.tooLarge).isEqualTo(1);
    }

    @Test
    void streamsOfScrapsAreTheSameAtEveryCutAndReadAsTheStandardSays() {
        RandomGenerator random = new Random(20261124);
        String[] scraps = {
            "data",
            "data:",
            ": ",
            " ",
            "event: e",
            "x",
            "\n",
            "\n",
            "\n\n",
            "\r",
            "\r\n",
            "\r\n\r\n",
            "id: 1",
            "\u00e9"
        };
        for (int i = 0; i < 1_500; i++) {
            StringBuilder stream = new StringBuilder();
            int count = random.nextInt(24);
            for (int j = 0; j < count; j++) {
                stream.append(scraps[random.nextInt(scraps.length)]);
            }
            List<Seen> seen = events(stream.toString());
            assertThat(seen.stream().filter(event -> !event.silent()).map(Seen::data).toList())
                    .as(stream.toString().replace("\r", "\\r").replace("\n", "\\n"))
                    .isEqualTo(byTheStandard(stream.toString()));
        }
    }

    /// The payloads of a stream, read line by line as the standard words it.
    private static List<String> byTheStandard(String stream) {
        List<String> payloads = new ArrayList<>();
        StringBuilder data = null;
        String[] lines = stream.split("\r\n|\n|\r", -1);
        for (int i = 0; i < lines.length - 1; i++) {
            String line = lines[i];
            if (line.isEmpty()) {
                if (data != null) {
                    payloads.add(data.toString());
                }
                data = null;
                continue;
            }
            int colon = line.indexOf(':');
            String field = colon < 0 ? line : line.substring(0, colon);
            String value = colon < 0 ? "" : line.substring(colon + 1);
            if (field.equals("data")) {
                String text = value.startsWith(" ") ? value.substring(1) : value;
                data = data == null ? new StringBuilder(text) : data.append('\n').append(text);
            }
        }
        return payloads;
    }
}

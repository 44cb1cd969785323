package tollgate.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tollgate.kit.RawClient.Ending;
import tollgate.kit.RawClient.Leaving;

final class RawClientTest {
    private final FakeUpstream server = FakeUpstream.start();

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void readsChunksAndTellsAProperEndFromACut() throws IOException {
        String head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

        assertThat(answer(head + "3\r\nabc\r\n0\r\n\r\n"))
                .matches(r -> r.text().equals("abc") && r.ending() == Ending.COMPLETE);
        for (String cut :
                List.of("3\r\nabc\r\n", "3\r\nabc", "3\r\nabc\r\n0\r\n", "3\r\nabc\r\n0")) {
            assertThat(answer(head + cut))
                    .matches(r -> r.text().equals("abc") && r.ending() == Ending.CUT);
        }
    }

    @Test
    void readsLengthsAndBodiesThatEndWithTheConnection() throws IOException {
        assertThat(answer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab").ending())
                .isEqualTo(Ending.COMPLETE);
        assertThat(answer("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab").ending())
                .isEqualTo(Ending.CUT);
        assertThat(answer("HTTP/1.1 200 OK\r\n\r\nab").text()).isEqualTo("ab");
        assertThat(answer("HTTP/1.1 204 No Content\r\n\r\n").body()).isEmpty();
        assertThat(answer("HTTP/1.1 103 Early\r\n\r\nHTTP/1.1 200 OK\r\n\r\nx").text())
                .isEqualTo("x");
    }

    @Test
    void framingThatTwoReadersCouldReadDifferentlyIsNoAnswer() {
        assertThatThrownBy(() -> answer("HTTP/1.1 200 OK\n\n")).hasMessageContaining("carriage");
        assertThatThrownBy(() -> answer("HTTP/2 200 OK\r\n\r\n")).hasMessageContaining("status");
        assertThatThrownBy(() -> answer("HTTP/1.1 200 OK\r\nX")).isInstanceOf(EOFException.class);
    }

    @Test
    void leavesAfterExactlySoManyBytes() throws IOException {
        server.onAny(Script.text("x").atBody(30, Script.End.STALL));
        for (Leaving leaving : Leaving.values()) {
            try (var client = RawClient.connect(server.port())) {
                client.post("/v1/chat/completions", "{\"model\":\"m\",\"stream\":true}");
                assertThat(client.hangUpAfter(17, leaving))
                        .asString()
                        .isEqualTo("HTTP/1.1 200 Scri");
            }
        }
        server.awaitOpenSockets(0);
        assertThat(server.requests()).allMatch(Received::peerClosed);
    }

    @Test
    void silenceThrowsAfterTheReadTimeout() throws IOException {
        server.onAny(Script.text("x").held());
        try (var client = RawClient.connect(server.port()).readTimeout(Duration.ofMillis(20))) {
            client.post("/", "{}");
            assertThatThrownBy(client::response).isInstanceOf(SocketTimeoutException.class);
        }
    }

    @Test
    void eventsKeepCommentsAndJoinTheirDataLines() {
        var events =
                SseEvent.parse(
                        KitJson.utf8(
                                String.join(
                                        "",
                                        ": a\n\n",
                                        "event: x\r\ndata: 1\r\ndata:2\r\n\r\n",
                                        "\n\ndata\n\n",
                                        "data: open")));

        assertThat(events)
                .containsExactly(
                        new SseEvent(null, null, List.of("a")),
                        new SseEvent("x", "1\n2", List.of()),
                        new SseEvent(null, "", List.of()));
    }

    private RawClient.Response answer(String wire) throws IOException {
        server.onAny(Script.raw(wire));
        return RawClient.postJson(server.port(), "/", "{}");
    }
}

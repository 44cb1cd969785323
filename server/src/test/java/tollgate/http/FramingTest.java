package tollgate.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// I-82 over real sockets: every row of `framing/cases.txt`, whole, byte by byte and in pieces.
@SuppressWarnings("NullAway.Init") // made before all tests
class FramingTest {
    private static final int ROWS_MIN = 200;
    private static final int BYTE_BY_BYTE_MAX = 2_000;
    private static final long SEED = 82;
    private static final String PLAIN =
            "GET /last HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

    private static TestServer server;

    @BeforeAll
    static void start() {
        server = TestServer.start(TestServer.settings().with(TestServer.patient()));
    }

    @AfterAll
    static void stop() {
        assertThat(server.problems).isEmpty();
        server.close();
    }

    @Test
    void i82EveryRowIsAnsweredAsItSays() {
        List<FramingCase> rows = FramingCase.all();
        assertThat(rows)
                .hasSizeGreaterThan(ROWS_MIN)
                .extracting(FramingCase::name)
                .doesNotHaveDuplicates();
        SoftAssertions all = new SoftAssertions();
        for (FramingCase row : rows) {
            check(all, row, "whole", List.of(row.raw()));
        }
        all.assertAll();
    }

    @Test
    void i82ByteByByteMakesNoDifference() {
        SoftAssertions all = new SoftAssertions();
        for (FramingCase row : FramingCase.all()) {
            if (row.raw().length <= BYTE_BY_BYTE_MAX) {
                check(all, row, "byte by byte", cut(row.raw(), new Random(SEED), 1));
            }
        }
        all.assertAll();
    }

    @Test
    void i82RandomPiecesMakeNoDifference() {
        Random random = new Random(SEED);
        SoftAssertions all = new SoftAssertions();
        for (FramingCase row : FramingCase.all()) {
            int piece = Math.max(2, row.raw().length / 10);
            check(all, row, "pieces, seed " + SEED, cut(row.raw(), random, piece));
        }
        all.assertAll();
    }

    private static List<byte[]> cut(byte[] bytes, Random random, int pieceMax) {
        List<byte[]> pieces = new ArrayList<>();
        for (int at = 0; at < bytes.length; ) {
            int end = Math.min(bytes.length, at + 1 + random.nextInt(pieceMax));
            pieces.add(Arrays.copyOfRange(bytes, at, end));
            at = end;
        }
        return pieces;
    }

    private static void check(
            SoftAssertions all, FramingCase row, String how, List<byte[]> pieces) {
        server.front.handled.clear();
        String what = "%s, %s".formatted(row.name(), how);
        try (RawSocket caller = server.connect()) {
            pieces.forEach(caller::send);
            if (row.statuses().isEmpty()) {
                caller.halfClose();
            }
            for (int status : row.statuses()) {
                String answer = caller.answer();
                all.assertThat(answer).as(what).startsWith("HTTP/1.1 " + status + " ");
                boolean last = row.closes() && status != 200;
                all.assertThat(answer.contains("connection: close"))
                        .as(what)
                        .isEqualTo(last || (row.closes() && row.statuses().equals(List.of(200))));
            }
            if (!row.closes()) {
                all.assertThat(caller.send(PLAIN).answer()).as(what).startsWith("HTTP/1.1 200");
            }
            all.assertThat(caller.readAll()).as(what).isEmpty();
        }
        long handled = row.passing() + (row.closes() ? 0 : 1);
        all.assertThat(server.front.handled).as(what).hasSize((int) handled);
    }
}

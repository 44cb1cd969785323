package tollgate.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// I-84: rows of `framing/cases.txt`, spoilt at random, make no 5xx, no exception and no hung
/// connection. `-Dtollgate.fuzz=N` sets the count, `-Dtollgate.seed=N` the seed, which a failure
/// names.
class FramingFuzzTest {
    private static final int COUNT = Integer.getInteger("tollgate.fuzz", 1_500);
    private static final long SEED = Long.getLong("tollgate.seed", 84L);
    private static final int ROW_BYTES_MAX = 2_000;
    private static final Set<String> STATUSES =
            Set.of("200", "400", "405", "413", "414", "417", "431", "505");
    private static final byte[] SPICE =
            "\r\n\t \0:;,+-0123fxX/%\"\u007f\u0080\u00ff".getBytes(StandardCharsets.ISO_8859_1);

    @Test
    void i84SpoiltRequestsAreAnsweredOrClosed() {
        List<FramingCase> rows =
                FramingCase.all().stream().filter(row -> row.raw().length < ROW_BYTES_MAX).toList();
        Random random = new Random(SEED);
        try (TestServer server =
                TestServer.start(TestServer.settings().with(TestServer.patient()))) {
            for (int i = 0; i < COUNT; i++) {
                FramingCase row = rows.get(random.nextInt(rows.size()));
                byte[] spoilt = spoil(row.raw(), random);
                String what = "seed %d, number %d: %s".formatted(SEED, i, Arrays.toString(spoilt));
                try (RawSocket caller = server.connect()) {
                    caller.send(spoilt);
                    caller.halfClose();
                    String all = caller.readAll();
                    if (!all.isEmpty()) {
                        assertThat(all).as(what).startsWith("HTTP/1.1 ");
                        assertThat(STATUSES).as(what).contains(all.substring(9, 12));
                    }
                }
            }
            Await.until("the last close", () -> server.server.connections() == 0);
            assertThat(server.problems).isEmpty();
            assertThat(server.server.bufferedBytes()).isZero();
        }
    }

    private static byte[] spoil(byte[] raw, Random random) {
        byte[] bytes = raw.clone();
        for (int n = 1 + random.nextInt(3); n > 0 && bytes.length > 0; n--) {
            int at = random.nextInt(bytes.length);
            bytes =
                    switch (random.nextInt(4)) {
                        case 0 -> with(bytes, at, SPICE[random.nextInt(SPICE.length)]);
                        case 1 -> without(bytes, at);
                        case 2 -> {
                            bytes[at] = SPICE[random.nextInt(SPICE.length)];
                            yield bytes;
                        }
                        default -> {
                            bytes[at] ^= (byte) (1 << random.nextInt(8));
                            yield bytes;
                        }
                    };
        }
        return bytes;
    }

    private static byte[] with(byte[] bytes, int at, byte more) {
        byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
        System.arraycopy(bytes, at, longer, at + 1, bytes.length - at);
        longer[at] = more;
        return longer;
    }

    private static byte[] without(byte[] bytes, int at) {
        byte[] shorter = Arrays.copyOf(bytes, bytes.length - 1);
        System.arraycopy(bytes, at + 1, shorter, at, shorter.length - at);
        return shorter;
    }
}

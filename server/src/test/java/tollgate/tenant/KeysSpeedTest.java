package tollgate.tenant;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tollgate.unit.Environment;

/// Bounds that only a mistake in kind would break; the numbers are printed by the benchmark.
final class KeysSpeedTest {
    private static final int KEYS = 100_000;

    @Test
    void aHundredThousandKeysAreFoundInMicroseconds() {
        KeyIndex index = new KeyIndex();
        Random random = new Random(1);
        List<String> texts = new ArrayList<>();
        long before = used();
        for (int i = 0; i < KEYS; i++) {
            KeyText text = KeyText.generate(Environment.LIVE, random);
            index.put(null, key(i, text));
            texts.add(text.reveal());
        }
        long bytes = used() - before;
        long nanos = Long.MAX_VALUE;
        for (int round = 0; round < 5; round++) {
            nanos = Math.min(nanos, find(index, texts));
        }
        String measured = "%d ns a find, %d bytes a key".formatted(nanos / KEYS, bytes / KEYS);
        assertThat(nanos / KEYS).as(measured).isLessThan(20_000);
        assertThat(bytes / KEYS).as(measured).isLessThan(1_500);
    }

    private static long find(KeyIndex index, List<String> texts) {
        long begun = System.nanoTime();
        int found = 0;
        for (String text : texts) {
            found += index.find(KeyText.digest(text), 0) != null ? 1 : 0;
        }
        long took = System.nanoTime() - begun;
        assertThat(found).isEqualTo(KEYS);
        return took;
    }

    private static long used() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    private static Key key(long id, KeyText text) {
        return new Key(
                id,
                100_000 + id,
                id,
                Key.Kind.USER,
                Environment.LIVE,
                text.digest(),
                text.prefix(),
                text.last4(),
                KeySettings.named("key " + id),
                Instant.EPOCH,
                null,
                null);
    }
}

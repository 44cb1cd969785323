package tollgate.recorded;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tollgate.kit.FakeUpstream;
import tollgate.kit.Recordings;
import tollgate.kit.Recordings.Row;
import tollgate.recorded.Playing.Cut;
import tollgate.recorded.Playing.Played;
import tollgate.running.RunningGateway;

/// Every recorded chat and embeddings call, through the running gateway, whole and in small pieces.
/// The last line printed says how many chats came out as they must; where the recordings are absent
/// it says so instead, and nothing is tested.
class RecordedTest {
    /// An index with fewer rows is a broken checkout, not a smaller test.
    private static final int CHATS_MIN = 729;

    private static final int EMBEDDINGS_MIN = 26;
    private static final int CALLS_AT_ONCE = 8;
    private static final int PROBLEMS_SHOWN = 40;

    /// More than all holds together, so that no balance shortens an answer.
    private static final String PLENTY_USD = "50000000";

    private static final List<String> CLOSING = new ArrayList<>();
    private static final Recordings RECORDINGS = Recordings.find();
    private static @Nullable Show show;

    /// All that was played, and what was wrong with it.
    private record Show(List<Played> played, Map<String, List<String>> problems) {
        long rows(String protocol) {
            return played.stream().map(Played::recorded).filter(is(protocol)).distinct().count();
        }

        long good(String protocol) {
            return played.stream()
                    .map(Played::recorded)
                    .filter(is(protocol))
                    .distinct()
                    .filter(recorded -> !problems.containsKey(recorded.row().path()))
                    .count();
        }

        private static java.util.function.Predicate<Recorded> is(String protocol) {
            return recorded -> recorded.row().protocol().equals(protocol);
        }

        List<String> problems(String protocol) {
            return problems.entrySet().stream()
                    .filter(entry -> entry.getKey().contains("/" + protocol + "/"))
                    .flatMap(entry -> entry.getValue().stream())
                    .limit(PROBLEMS_SHOWN)
                    .toList();
        }
    }

    @BeforeAll
    static void playAll() throws Exception {
        if (RECORDINGS instanceof Recordings.Found found) {
            show = play(found);
        }
    }

    @Test
    void chatsComeOutAsRecordedAndCostWhatTheirUsageCosts() {
        check("openai-chat", "recorded", CHATS_MIN);
    }

    @Test
    void embeddingsComeOutAsRecordedAndCostWhatTheirUsageCosts() {
        check("openai-embeddings", "recorded embeddings", EMBEDDINGS_MIN);
    }

    @AfterAll
    static void sayHowMany() {
        CLOSING.sort(Comparator.comparingInt(String::length).reversed());
        CLOSING.forEach(System.out::println);
    }

    private static void check(String protocol, String title, int least) {
        Show played = show;
        if (played == null) {
            String reason = ((Recordings.Absent) RECORDINGS).reason();
            CLOSING.add("%s not run: %s".formatted(title, reason));
            return;
        }
        long rows = played.rows(protocol);
        long good = played.good(protocol);
        CLOSING.add("%s %d of %d".formatted(title, good, rows));
        assertThat(played.problems(protocol)).isEmpty();
        assertThat(good).isEqualTo(rows).isGreaterThanOrEqualTo(least);
    }

    // ---------------------------------------------------------------- the show

    private static Show play(Recordings.Found found) throws Exception {
        List<Recorded> all =
                found.rows().stream()
                        .filter(RecordedTest::isPlayed)
                        .map(row -> Recorded.of(found, row))
                        .toList();
        var shop = new Shop(all.stream().map(Recorded::model).toList());
        try (var provider = FakeUpstream.start();
                var gateway = RunningGateway.open(shop.yaml(provider.baseUrl()))) {
            var guest = gateway.newGuest(PLENTY_USD);
            List<Played> played = new ArrayList<>();
            try (var pool = Executors.newFixedThreadPool(CALLS_AT_ONCE)) {
                var lanes = new ArrayList<Future<List<Played>>>();
                for (List<Recorded> lane : lanes(all)) {
                    lanes.add(
                            pool.submit(() -> play(lane, shop, provider, gateway, guest.bearer())));
                }
                for (Future<List<Played>> lane : lanes) {
                    played.addAll(result(lane));
                }
            }
            return new Show(played, new Books(gateway.export(), shop).problems(played));
        }
    }

    private static boolean isPlayed(Row row) {
        return row.protocol().equals("openai-chat") || row.protocol().equals("openai-embeddings");
    }

    /// One lane a model, in which one call follows the other: so the provider knows by the model
    /// which recording is on. The longest begins first.
    private static List<List<Recorded>> lanes(List<Recorded> all) {
        var lanes = new HashMap<String, List<Recorded>>();
        all.forEach(recorded ->
                lanes.computeIfAbsent(recorded.model(), _ -> new ArrayList<>()).add(recorded));
        return lanes.values().stream()
                .sorted(Comparator.<List<Recorded>>comparingLong(RecordedTest::bytes).reversed())
                .toList();
    }

    private static long bytes(List<Recorded> lane) {
        return lane.stream().mapToLong(recorded -> recorded.said().length).sum();
    }

    private static List<Played> play(
            List<Recorded> lane,
            Shop shop,
            FakeUpstream provider,
            RunningGateway gateway,
            String bearer)
            throws IOException {
        var played = new ArrayList<Played>();
        for (Recorded recorded : lane) {
            Expected expected = Expected.of(recorded);
            for (Cut cut : Cut.values()) {
                played.add(
                        new Playing(recorded, expected, shop.good(recorded.model()), cut)
                                .play(provider, gateway.port(), bearer));
            }
        }
        return played;
    }

    private static List<Played> result(Future<List<Played>> lane) throws Exception {
        try {
            return lane.get();
        } catch (ExecutionException failed) {
            throw new AssertionError("a lane stopped", failed.getCause());
        }
    }
}

package tollgate.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenMeterTest {
    private static TokenMeter meter(String text) {
        TokenMeter meter = new TokenMeter();
        meter.append(text);
        return meter;
    }

    /// Text of several kinds, of about `characters` characters.
    static String text(RandomGenerator random, int characters) {
        String[] words = {
            "hello",
            " world",
            " The",
            "n't",
            "'s",
            ", ",
            ". ",
            "\n",
            "\n\n",
            "  ",
            "123",
            "4567",
            "{\"a\":",
            "\u3053\u3093\u306b\u3061\u306f",
            "\u4e16\u754c",
            "\u3002",
            "\uff0c",
            "\u00e9t\u00e9",
            " \u043f\u0440\u0438\u0432\u0435\u0442",
            "\ud83d\ude00",
            "\ud83d\udc4d\ud83c\udffd",
            "xyzzy",
            "QWERTY",
            "<|endoftext|>",
            "a",
            "b",
            "\t",
            "-----",
            "()",
            "\u0301",
            "_"
        };
        StringBuilder text = new StringBuilder();
        while (text.length() < characters) {
            text.append(words[random.nextInt(words.length)]);
        }
        return text.toString();
    }

    @ParameterizedTest
    @CsvSource({
        "hello,1",
        "hello world,2",
        "The quick brown fox,4",
        "<|endoftext|>,7",
        "\ud83d\ude00,1",
        "\u3053\u3093\u306b\u3061\u306f\u4e16\u754c,2"
    })
    void shortTextsHaveKnownCounts(String text, long tokens) {
        assertThat(meter(text).exact()).isEqualTo(tokens);
        assertThat(TokenOracle.count(text)).isEqualTo(tokens);
    }

    @Test
    void nothingIsNoTokens() {
        TokenMeter meter = new TokenMeter();
        assertThat(meter.exact()).isZero();
        assertThat(meter.bound()).isZero();
        meter.append("");
        assertThat(meter.exact()).isZero();
        assertThat(meter.bound()).isZero();
    }

    @Test
    void piecesAreCountedAlone() {
        assertThat(meter("a".repeat(1_024)).exact()).isEqualTo(128);
        assertThat(meter("a".repeat(1_025)).exact()).isEqualTo(129);
        assertThat(meter("a".repeat(1_026)).exact()).isEqualTo(129);
        assertThat(meter("a".repeat(2_048)).exact()).isEqualTo(256);
        assertThat(meter("a".repeat(2_049)).exact()).isEqualTo(257);
    }

    @Test
    void aPieceIsAThousandAndTwentyFourCharactersNotCodeUnits() {
        String smileys = "\ud83d\ude00".repeat(1_024);
        assertThat(meter(smileys + "a").exact()).isEqualTo(TokenOracle.count(smileys + "a"));
        assertThat(meter("a" + smileys).exact()).isEqualTo(TokenOracle.count("a" + smileys));
        assertThat(meter("a".repeat(1_023) + "\ud83d\ude00b").exact())
                .isEqualTo(TokenOracle.count("a".repeat(1_023) + "\ud83d\ude00b"));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 1_000, 1_024, 5_000, 200_000})
    void theCountDoesNotDependOnHowTheTextCame(int step) {
        RandomGenerator random = new Random(step);
        String text = text(random, 150_000);
        long expected = TokenOracle.count(text);
        TokenMeter meter = new TokenMeter();
        TokenMeter asked = new TokenMeter();
        for (int from = 0; from < text.length(); from += step) {
            String part = text.substring(from, Math.min(from + step, text.length()));
            meter.append(part);
            asked.append(part);
            if (random.nextInt(1 + 2_000 / step) == 0) {
                assertThat(asked.exact()).isLessThanOrEqualTo(asked.bound());
            }
        }
        assertThat(meter.exact()).isEqualTo(expected);
        assertThat(asked.exact()).isEqualTo(expected);
    }

    @Test
    void everyPrefixIsCountedAsIfItWereAll() {
        RandomGenerator random = new Random(7);
        String text = text(random, 2_600);
        TokenMeter meter = new TokenMeter();
        int[] points = text.codePoints().toArray();
        for (int i = 0; i < points.length; i++) {
            meter.append(Character.toString(points[i]));
            if (i % 13 == 0 || (i > 1_000 && i < 1_050)) {
                assertThat(meter.exact())
                        .as("%d characters", i + 1)
                        .isEqualTo(TokenOracle.count(new String(points, 0, i + 1)));
            }
        }
    }

    @Test
    void theBoundIsNeverBelowTheCount() {
        RandomGenerator random = new Random(11);
        for (int round = 0; round < 3_000; round++) {
            TokenMeter meter = new TokenMeter();
            StringBuilder all = new StringBuilder();
            int parts = 1 + random.nextInt(6);
            for (int i = 0; i < parts; i++) {
                String part = text(random, random.nextInt(30));
                meter.append(part);
                all.append(part);
                assertThat(meter.bound())
                        .as(all.toString())
                        .isGreaterThanOrEqualTo(TokenOracle.count(all.toString()));
                if (random.nextBoolean()) {
                    meter.exact();
                    assertThat(meter.bound())
                            .as(all.toString())
                            .isGreaterThanOrEqualTo(TokenOracle.count(all.toString()));
                }
            }
        }
    }

    @Test
    void theBoundIsATokenAByteUntilSomebodyCounts() {
        TokenMeter meter = meter("one two \u00e9\u20ac\ud83d\ude00");
        assertThat(meter.bound()).isEqualTo(8 + 2 + 3 + 4);
        meter.append("\ud83d");
        meter.append("\ude00");
        assertThat(meter.bound()).isEqualTo(17 + 4);
    }

    @Test
    void afterACountOnlyTheLastWordIsABound() {
        TokenMeter meter = meter("The quick brown fox");
        assertThat(meter.exact()).isEqualTo(4);
        assertThat(meter.bound()).isEqualTo(3 + " fox".length());
        meter.append("es jump");
        assertThat(meter.bound()).isEqualTo(3 + " foxes jump".length());
        assertThat(meter.exact()).isEqualTo(TokenOracle.count("The quick brown foxes jump"));
        assertThat(meter.bound())
                .isEqualTo(TokenOracle.count("The quick brown foxes") + " jump".length());
    }

    @Test
    void theBoundSettlesAtPunctuationToo() {
        TokenMeter meter = meter("\u4f60\u597d\uff0c\u4e16\u754c\u3002\u4f60");
        long before = TokenOracle.count("\u4f60\u597d\uff0c\u4e16\u754c");
        meter.exact();
        assertThat(meter.bound()).isEqualTo(before + 6);
        TokenMeter list = meter("alpha,beta.gamma\ndelta");
        list.exact();
        assertThat(list.bound()).isEqualTo(TokenOracle.count("alpha,beta.gamma") + 6);
        TokenMeter dot = meter("alpha,beta.gamma");
        dot.exact();
        assertThat(dot.bound()).isEqualTo(TokenOracle.count("alpha,beta") + 6);
        TokenMeter comma = meter("alpha,beta");
        comma.exact();
        assertThat(comma.bound()).isEqualTo(1 + 5);
        TokenMeter word = meter("supercalifragilistic");
        word.exact();
        assertThat(word.bound()).isEqualTo(20);
        TokenMeter digits = meter("1 2 3");
        digits.exact();
        assertThat(digits.bound()).isEqualTo(5);
    }

    @Test
    void askingTwiceIsAskingOnce() {
        TokenMeter meter = meter(text(new Random(3), 3_000));
        long first = meter.exact();
        assertThat(meter.exact()).isEqualTo(first);
        assertThat(meter.exact()).isEqualTo(first);
    }

    @Test
    void muchTextIsCountedAsItComesAndLetGo() {
        TokenMeter meter = new TokenMeter();
        String word = "hello ".repeat(100);
        for (int i = 0; i < 109; i++) {
            meter.append(word);
        }
        assertThat(meter.bound()).as("65,400 characters wait").isEqualTo(65_400);
        meter.append(word);
        assertThat(meter.bound()).as("counted, but for the open piece").isLessThan(66_000 / 4);
        assertThat(meter.exact()).isEqualTo(TokenOracle.count("hello ".repeat(11_000)));
    }

    @Test
    void exactlyTheLimitWaits() {
        TokenMeter meter = meter("a".repeat(TokenMeter.PENDING_CHARS_MAX));
        assertThat(meter.bound()).isEqualTo(65_536);
        meter.append("a");
        assertThat(meter.bound()).isEqualTo(64 * 128 + 1);
    }

    @Test
    void halfCharactersAreTakenAsTheyCome() {
        TokenMeter meter = new TokenMeter();
        meter.append("\ud83d");
        assertThat(meter.exact()).isPositive();
        meter.append("\ude00");
        assertThat(meter.exact()).isEqualTo(1);
        TokenMeter edge = meter("a".repeat(1_023) + "\ud83d");
        edge.exact();
        edge.append("\ude00b");
        assertThat(edge.exact()).isEqualTo(TokenOracle.count("a".repeat(1_023) + "\ud83d\ude00b"));
    }

    @Test
    void metersOfManyThreadsDoNotDisturbEachOther() throws Exception {
        TokenMeter.warm();
        String text = text(new Random(5), 20_000);
        long expected = TokenOracle.count(text);
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            Callable<Long> count = () -> meter(text).exact();
            for (Future<Long> counted :
                    threads.invokeAll(IntStream.range(0, 32).mapToObj(i -> count).toList())) {
                assertThat(counted.get()).isEqualTo(expected);
            }
        }
    }

    @Test
    void aTokenIsAtLeastAByte() {
        for (int i = 0; i < 300; i++) {
            String text = text(new Random(i), 40);
            assertThat(TokenOracle.count(text))
                    .isLessThanOrEqualTo(text.getBytes(StandardCharsets.UTF_8).length);
        }
    }

    @Test
    void whatCameLastCanBeLeftOut() {
        TokenMeter meter = new TokenMeter();
        meter.append("Hello there, ");
        long before = meter.exact();
        meter.append("this is a second piece of text");
        assertThat(meter.exactWithoutLast()).isEqualTo(before);
        assertThat(meter.exact()).isGreaterThan(before);
    }

    @Test
    void whatCameLastCanBeLeftOutAlsoWhenItFillsTheMeter() {
        TokenMeter meter = new TokenMeter();
        meter.append("Hello there, ");
        long before = meter.exact();
        meter.append("word ".repeat(TokenMeter.PENDING_CHARS_MAX / 4));
        assertThat(meter.exactWithoutLast()).isEqualTo(before);
    }
}

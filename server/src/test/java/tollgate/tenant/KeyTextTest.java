package tollgate.tenant;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import tollgate.unit.Environment;

final class KeyTextTest {
    private static final String DIGITS =
            "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    @Test
    void aKeyHasItsEnvironmentItsDigitsAndItsChecksum() {
        for (Environment environment : Environment.values()) {
            KeyText text = KeyText.generate(environment, new Random(1));

            assertThat(text.reveal())
                    .matches("gw_" + environment.tag() + "_[0-9A-Za-z]{43}[0-9A-Za-z]{6}");
            assertThat(text.prefix()).isEqualTo("gw_" + environment.tag() + "_");
            assertThat(text.reveal()).endsWith(text.last4());
            assertThat(text.toString()).isEqualTo(text.prefix() + "…" + text.last4());
        }
    }

    /// The polynomial by hand, bit by bit, and the digits by division.
    @Test
    void theChecksumIsTheCrc32OfAllBeforeIt() {
        String text = KeyText.generate(Environment.TEST, new Random(2)).reveal();
        int crc = -1;
        for (char c : text.substring(0, text.length() - 6).toCharArray()) {
            crc ^= c;
            for (int bit = 0; bit < 8; bit++) {
                crc = (crc >>> 1) ^ ((crc & 1) * 0xEDB88320);
            }
        }
        long rest = ~crc & 0xFFFFFFFFL;
        StringBuilder digits = new StringBuilder();
        for (int i = 0; i < 6; i++) {
            digits.insert(0, DIGITS.charAt((int) (rest % 62)));
            rest /= 62;
        }
        assertThat(text).endsWith(digits);
    }

    @Test
    void aPinnedKey() {
        RandomGenerator ones = () -> -1L;

        assertThat(KeyText.generate(Environment.LIVE, ones).reveal())
                .isEqualTo("gw_live_yhjskwdA6OZ1AL1YmHWZWm8LLG7HjnuCA2j5rOw8Xp141BC4q");
    }

    @Test
    void aMistypedKeyIsDamagedAndOtherTextsAreNot() {
        String text = KeyText.generate(Environment.LIVE, new Random(3)).reveal();

        assertThat(KeyText.isDamaged(text)).isFalse();
        for (int i = "gw_live_".length(); i < text.length(); i++) {
            char other = text.charAt(i) == 'x' ? 'y' : 'x';
            assertThat(KeyText.isDamaged(text.substring(0, i) + other + text.substring(i + 1)))
                    .isTrue();
        }
        assertThat(KeyText.isDamaged("an operator's own admin key")).isFalse();
        assertThat(KeyText.isDamaged("gw_live_short")).isFalse();
    }

    @Test
    void noTwoAreAlike() {
        Set<String> texts = new HashSet<>();
        Random random = new Random(4);
        for (int i = 0; i < 10_000; i++) {
            texts.add(KeyText.generate(Environment.LIVE, random).reveal());
        }
        assertThat(texts).hasSize(10_000);
    }
}

package tollgate.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RedactorTest {
    private static final String SECRET = "sk-very-secret-1234";

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void secretIsStruckOutWhereverItStands() {
        Redactor redactor = Redactor.of(SECRET);
        String stars = "*".repeat(SECRET.length());
        for (String frame : new String[] {"%s", "a%s", "%sb", "a%sb", "x%s%sy", "%s, %s"}) {
            byte[] said = bytes(frame.replace("%s", SECRET));
            assertThat(redactor.clean(said)).isEqualTo(bytes(frame.replace("%s", stars)));
            assertThat(redactor.isIn(said, 0, said.length)).isTrue();
            assertThat(redactor.clean(frame.replace("%s", SECRET)))
                    .isEqualTo(frame.replace("%s", stars));
        }
    }

    @Test
    void innocentBytesStayTheSameArray() {
        byte[] said =
                bytes("sk-very-secret-123 is one letter short; sk-very-secret-1235 is another");
        assertThat(Redactor.of(SECRET).clean(said)).isSameAs(said);
        assertThat(Redactor.of(SECRET).isIn(said, 0, said.length)).isFalse();
    }

    @Test
    void onlyTheRangeIsLookedAt() {
        byte[] said = bytes("__" + SECRET + "__");
        Redactor redactor = Redactor.of(SECRET);
        assertThat(redactor.isIn(said, 2, 2 + SECRET.length())).isTrue();
        assertThat(redactor.isIn(said, 3, said.length)).isFalse();
        assertThat(redactor.isIn(said, 0, 1 + SECRET.length())).isFalse();
    }

    @Test
    void wordsTooShortToBeSecretsAreLeftAlone() {
        byte[] said = bytes("seven77 and eight888");
        assertThat(Redactor.of("seven77").clean(said)).isSameAs(said);
        assertThat(Redactor.of("eight888").clean(said)).isEqualTo(bytes("seven77 and ********"));
        assertThat(Redactor.of("").clean("anything")).isEqualTo("anything");
    }

    @Test
    void randomTextsAgreeWithTheObviousSearch() {
        Random random = new Random(7);
        Redactor redactor = Redactor.of("abababba");
        for (int round = 0; round < 20_000; round++) {
            StringBuilder text = new StringBuilder();
            int length = random.nextInt(40);
            for (int i = 0; i < length; i++) {
                text.append(random.nextBoolean() ? 'a' : 'b');
            }
            byte[] said = bytes(text.toString());
            assertThat(redactor.isIn(said, 0, said.length))
                    .isEqualTo(text.indexOf("abababba") >= 0);
        }
    }

    @Test
    void itDoesNotPrintTheSecret() {
        assertThat(Redactor.of(SECRET).toString()).doesNotContain("secret");
    }
}

package tollgate.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

final class ArgumentsTest {
    private static final List<Option> KNOWN =
            List.of(Option.with("--port", "NUMBER", "a port"), Option.alone("--json", "as JSON"));

    private static Arguments read(String... words) {
        return Arguments.read(List.of(words), KNOWN);
    }

    @Test
    void valuesMayFollowOrBeAttached() {
        assertThat(read("--port", "80").value("--port")).isEqualTo("80");
        assertThat(read("--port=80").value("--port")).isEqualTo("80");
        assertThat(read("--port=a=b").value("--port")).isEqualTo("a=b");
        assertThat(read().value("--port")).isNull();
    }

    @Test
    void wordsAndSwitchesMayStandAnywhere() {
        Arguments arguments = read("one", "--json", "two", "--port", "--odd");
        assertThat(arguments.words()).containsExactly("one", "two");
        assertThat(arguments.has("--json")).isTrue();
        assertThat(arguments.value("--port")).isEqualTo("--odd");
    }

    @Test
    void afterTwoDashesAllAreWords() {
        assertThat(read("--", "--json", "-x").words()).containsExactly("--json", "-x");
        assertThat(read("-").words()).containsExactly("-");
    }

    @Test
    void nonsenseIsRefusedWithWhatWasExpected() {
        assertThatThrownBy(() -> read("--prt", "80"))
                .isInstanceOf(UsageException.class)
                .hasMessage("option --prt: unknown (expected: --port NUMBER, --json)");
        assertThatThrownBy(() -> read("--port"))
                .hasMessage("option --port: no value (expected: --port NUMBER)");
        assertThatThrownBy(() -> read("--port", "1", "--port=2"))
                .hasMessage("option --port: twice (expected: once)");
        assertThatThrownBy(() -> read("--json=yes"))
                .hasMessage("option --json=yes (expected: --json without a value)");
        assertThatThrownBy(() -> read("one", "two").atMost(1))
                .hasMessage("word two (expected: 1 words)");
        assertThatThrownBy(() -> read().word(0, "backup FOLDER"))
                .hasMessage("missing (expected: backup FOLDER)");
    }
}

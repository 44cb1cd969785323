package tollgate.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import tollgate.bench.Options.Verdicts;
import tollgate.bench.mock.Pace;

class OptionsTest {
    @Test
    void withoutOptionsEverythingIsMeasuredAndNothingChecked() {
        Options options = Options.parse(new String[0]);
        assertThat(options.parts()).containsExactlyInAnyOrder(Part.values());
        assertThat(options.verdicts()).isEqualTo(Verdicts.PRINTED);
        assertThat(options.plan()).isEqualTo(Plan.FULL);
        assertThat(options.gateway()).isEqualTo("./tollgate serve");
    }

    @Test
    void optionsAreRead() {
        String line =
                "--check --quick --only stream --only idle --pace once --loops 3 --self --seconds"
                        + " 9";
        Options options = Options.parse(line.split(" "));
        assertThat(options.parts()).containsExactlyInAnyOrder(Part.STREAM, Part.IDLE);
        assertThat(options.verdicts()).isEqualTo(Verdicts.CHECKED);
        assertThat(options.plan()).isEqualTo(Plan.QUICK.within(Duration.ofSeconds(9)));
        assertThat(options.pace()).isEqualTo(Pace.ONCE);
        assertThat(options.eventLoops()).isEqualTo(3);
        assertThat(options.againstItself()).isTrue();
    }

    @Test
    void quickLeavesOutWhatTakesLongUnlessAsked() {
        assertThat(Options.parse(new String[] {"--quick"}).parts())
                .contains(Part.START)
                .doesNotContain(Part.LEDGER, Part.KEYS);
        assertThat(Options.parse("--quick --only ledger".split(" ")).parts())
                .containsExactly(Part.LEDGER);
    }

    @Test
    void unknownWordsAndMissingValuesAreNamed() {
        assertThatThrownBy(() -> Options.parse(new String[] {"--chekc"}))
                .hasMessageStartingWith("--chekc (expected: an option)");
        assertThatThrownBy(() -> Options.parse(new String[] {"--only", "speed"}))
                .hasMessageStartingWith("--only: speed (expected: one of [whole, stream");
        assertThatThrownBy(() -> Options.parse(new String[] {"--only"}))
                .hasMessage("--only: nothing (expected: a value)");
    }
}

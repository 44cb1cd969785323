package tollgate.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import tollgate.bench.Budget.Verdict;

class FiguresTest {
    @Test
    void medianIsTheMiddleOrTheMeanOfTheTwoThere() {
        assertThat(Figures.median(List.of(3.0, 1.0, 2.0))).isEqualTo(2);
        assertThat(Figures.median(List.of(4.0, 1.0, 2.0, 3.0))).isEqualTo(2.5);
    }

    @Test
    void budgetJudgesAtItsBorders() {
        var budget = new Budget(3.5, 2, "");
        assertThat(budget.judge(2)).isEqualTo(Verdict.GOAL);
        assertThat(budget.judge(3.5)).isEqualTo(Verdict.WITHIN);
        assertThat(budget.judge(3.51)).isEqualTo(Verdict.OVER);
        assertThat(budget.judge(Double.NaN)).isEqualTo(Verdict.OVER);
        assertThat(budget.budgetText()).isEqualTo("≤ 3.5");
    }

    @Test
    void mountLineIsReadWithItsOptionalFields() {
        String line = "36 35 98:0 / /mnt/a\\040b rw,noatime master:1 shared:2 - ext4 /dev/root rw";
        assertThat(Mount.parse(line))
                .isEqualTo(new Mount(Path.of("/mnt/a b"), "/dev/root", "ext4"));
        assertThat(Mount.parse("30 20 0:25 / /tmp rw - tmpfs tmpfs rw").inMemory()).isTrue();
    }
}

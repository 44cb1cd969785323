package tollgate.bench;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import tollgate.bench.Budget.Verdict;

/// What was found, said at once in lines and at the end in a table.
final class Report {
    private static final String LINE = "%-38s %12s %12s %10s %10s %10s  %s%n";

    private final PrintStream out;
    private final List<Row> rows = new ArrayList<>();

    /// One line of the table; a text is empty where it does not apply.
    ///
    /// @param compared the gateway's figure in terms of nginx, or what is judged
    record Row(
            String what,
            String nginx,
            String gateway,
            String compared,
            String budget,
            String goal,
            Verdict verdict) {
        static Row judged(String what, Budget budget, double figure, String compared) {
            return new Row(
                    what,
                    "",
                    "",
                    compared,
                    budget.budgetText(),
                    budget.goalText(),
                    budget.judge(figure));
        }

        static Row unjudged(String what, String compared) {
            return new Row(what, "", "", compared, "", "", Verdict.NONE);
        }

        static Row skipped(String what, String reason) {
            return new Row(what + ": skipped, " + reason, "", "", "", "", "", Verdict.NONE);
        }

        /// The same with the figures of both.
        Row of(String nginxFigure, String gatewayFigure) {
            return new Row(what, nginxFigure, gatewayFigure, compared, budget, goal, verdict);
        }
    }

    Report(PrintStream out) {
        this.out = out;
    }

    /// Tells how the bench is getting on, and the details behind the table.
    void note(String line) {
        out.println(line);
    }

    void add(Row row) {
        rows.add(row);
    }

    boolean overBudget() {
        return rows.stream().anyMatch(row -> row.verdict == Verdict.OVER);
    }

    /// Prints what was found so far, if anything.
    void printTable() {
        if (rows.isEmpty()) {
            return;
        }
        out.println();
        out.printf(LINE, "", "nginx", "gateway", "compared", "budget", "goal", "");
        for (Row row : rows) {
            if (row.compared.isEmpty()) {
                out.println(row.what);
            } else {
                out.printf(
                        LINE,
                        row.what,
                        row.nginx,
                        row.gateway,
                        row.compared,
                        row.budget,
                        row.goal,
                        row.verdict);
            }
        }
    }
}

package tollgate.bench;

/// How much a figure may be; smaller is better.
///
/// @param budget above it the bench fails
/// @param goal what is aimed for
record Budget(double budget, double goal, String unit) {
    /// Of a cost compared with the same cost when there was less; the rest is noise.
    static final Budget FLAT = new Budget(1.25, 1.1, "");

    /// How a figure stands to its budget.
    enum Verdict {
        GOAL("goal met"),
        WITHIN("within budget"),
        OVER("OVER BUDGET"),
        /// There is no budget, or it does not apply.
        NONE("");

        private final String text;

        Verdict(String text) {
            this.text = text;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    Verdict judge(double figure) {
        if (figure <= goal) {
            return Verdict.GOAL;
        }
        return figure <= budget ? Verdict.WITHIN : Verdict.OVER;
    }

    String budgetText() {
        return "≤ %s%s".formatted(Figures.shortest(budget), unit);
    }

    String goalText() {
        return "≤ %s%s".formatted(Figures.shortest(goal), unit);
    }
}

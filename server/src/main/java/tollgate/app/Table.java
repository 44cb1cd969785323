package tollgate.app;

import java.util.ArrayList;
import java.util.List;

/// Rows in columns that are as wide as they need to be.
final class Table {
    private static final String GAP = "  ";

    private final List<List<String>> rows = new ArrayList<>();

    Table(String... titles) {
        add(titles);
    }

    void add(String... cells) {
        rows.add(List.of(cells));
    }

    void print(Console console) {
        int[] widths = new int[rows.getFirst().size()];
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                String cell = row.get(i);
                line.append(cell).append(" ".repeat(widths[i] - cell.length())).append(GAP);
            }
            console.say(line.toString().stripTrailing());
        }
    }
}

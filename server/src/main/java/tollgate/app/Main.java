package tollgate.app;

import java.util.List;
import java.util.Locale;

/// Where the process begins.
public final class Main {
    private Main() {}

    public static void main(String[] words) throws InterruptedException {
        // Numbers look alike on every machine, and no locale's data are loaded (0.1 s of a start).
        Locale.setDefault(Locale.US);
        System.exit(new CommandLine(Console.system()).run(List.of(words)));
    }
}

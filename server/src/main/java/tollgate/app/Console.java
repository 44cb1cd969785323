package tollgate.app;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Map;

/// What surrounds a command: where it speaks, its environment, the folder it was called in.
record Console(PrintStream out, PrintStream err, Map<String, String> environment, Path folder) {
    Console {
        environment = Map.copyOf(environment);
    }

    static Console system() {
        return new Console(System.out, System.err, System.getenv(), Path.of("").toAbsolutePath());
    }

    void say(String line) {
        out.println(line);
    }

    /// What went wrong, in one line on standard error.
    void complain(String line) {
        err.println("tollgate: " + line);
    }

    /// Hides the environment: it holds secrets.
    @Override
    public String toString() {
        return "Console[%s]".formatted(folder);
    }
}

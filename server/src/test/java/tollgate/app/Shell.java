package tollgate.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// Runs command lines in this process, as if they were typed in a folder.
record Shell(Path folder, Map<String, String> environment) {
    /// How a command ended, and what it said.
    record Said(int status, String out, String err) {}

    Said run(String... words) throws InterruptedException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Console console =
                new Console(
                        new PrintStream(out, true, UTF_8),
                        new PrintStream(err, true, UTF_8),
                        environment,
                        folder);
        int status = new CommandLine(console).run(List.of(words));
        return new Said(status, out.toString(UTF_8), err.toString(UTF_8));
    }
}

package tollgate.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import tollgate.bench.mock.MockUpstream;
import tollgate.bench.mock.Pace;

/// The mock provider in a process of its own, so that its CPU is nobody's account. It ends with its
/// standard input, hence with the bench.
final class Mock implements AutoCloseable {
    private final Process process;
    private final int port;

    private Mock(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    static Mock start(Pace pace) {
        var command =
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-Xmx128m",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-cp",
                        System.getProperty("java.class.path"),
                        MockUpstream.class.getName(),
                        pace.toString());
        try {
            Process process =
                    new ProcessBuilder(command)
                            .redirectError(ProcessBuilder.Redirect.INHERIT)
                            .start();
            return new Mock(process, readPort(process));
        } catch (IOException failure) {
            throw new BenchFailed("mock: cannot be started: " + command, failure);
        }
    }

    private static int readPort(Process process) throws IOException {
        BufferedReader output = process.inputReader(StandardCharsets.US_ASCII);
        String line = output.readLine();
        while (line != null && !line.startsWith(MockUpstream.PORT_START)) {
            line = output.readLine();
        }
        if (line == null) {
            throw new BenchFailed("mock: ended before it told its port");
        }
        return Integer.parseInt(line.substring(MockUpstream.PORT_START.length()));
    }

    int port() {
        return port;
    }

    /// How many completions it was asked for.
    long requests() {
        return Long.parseLong(Http.get(port, "/count").text());
    }

    @Override
    public void close() {
        process.destroy();
    }
}

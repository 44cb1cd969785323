package tollgate.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// nginx as a plain reverse proxy in front of the mock, with all its files in a folder of its own.
final class Nginx implements Contender {
    private static final Duration START_LIMIT = Duration.ofSeconds(10);

    private final Child child;
    private final int port;

    private Nginx(Child child, int port) {
        this.child = child;
        this.port = port;
    }

    /// Starts it and waits until it accepts connections.
    ///
    /// @param folder its own; made when it is missing
    static Nginx start(Path folder, int upstreamPort, int workers) {
        int port = Ports.free();
        String configuration = configuration(workers, upstreamPort, port);
        Path file = folder.resolve("nginx.conf");
        try {
            Files.createDirectories(folder);
            Files.writeString(file, configuration);
        } catch (IOException failure) {
            throw new BenchFailed("nginx: %s cannot be written".formatted(file), failure);
        }
        List<String> command =
                List.of(binary(), "-p", folder + "/", "-e", "stderr", "-c", file.toString());
        Child child = Child.start("nginx", command, Map.of(), folder.resolve("log.txt"));
        var nginx = new Nginx(child, port);
        nginx.awaitStart();
        return nginx;
    }

    /// Equal workers, connections kept alive on both sides, no access log, nothing buffered.
    private static String configuration(int workers, int upstreamPort, int port) {
        return """
        worker_processes %1$d;
        worker_rlimit_nofile 16384;
        daemon off;
        pid nginx.pid;
        error_log stderr warn;
        events { worker_connections 8192; }
        http {
            access_log off;
            tcp_nodelay on;
            keepalive_requests 1000000000;
            client_body_temp_path body;
            proxy_temp_path proxy;
            fastcgi_temp_path fastcgi;
            uwsgi_temp_path uwsgi;
            scgi_temp_path scgi;
            upstream mock {
                server 127.0.0.1:%2$d;
                keepalive 256;
                keepalive_requests 1000000000;
            }
            server {
                listen 127.0.0.1:%3$d backlog=4096;
                location / {
                    proxy_pass http://mock;
                    proxy_http_version 1.1;
                    proxy_set_header Connection "";
                    proxy_buffering off;
                    proxy_read_timeout 300s;
                }
            }
        }
        """
                .formatted(workers, upstreamPort, port);
    }

    private void awaitStart() {
        boolean up =
                Poll.until(
                        () -> {
                            child.requireAlive();
                            return Ports.accepts(port);
                        },
                        START_LIMIT,
                        Duration.ofMillis(10));
        if (!up) {
            close();
            throw new BenchFailed("nginx: not up within %s".formatted(START_LIMIT));
        }
    }

    /// Debian keeps nginx where ordinary users' PATH does not look.
    private static String binary() {
        var folders = System.getenv().getOrDefault("PATH", "") + ":/usr/sbin:/usr/local/sbin";
        return Stream.of(folders.split(":", -1))
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, "nginx"))
                .filter(Files::isExecutable)
                .map(Path::toString)
                .findFirst()
                .orElseThrow(() ->
                        new BenchFailed(
                                "nginx: not found (expected: on PATH or in /usr/sbin;"
                                        + " bench/prepare.sh installs it)"));
    }

    /// For instance `nginx/1.22.1`.
    static String version() {
        try {
            Process process = new ProcessBuilder(binary(), "-v").redirectErrorStream(true).start();
            String text =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return text.replace("nginx version:", "").strip();
        } catch (IOException failure) {
            throw new BenchFailed("nginx: cannot tell its version", failure);
        }
    }

    @Override
    public String name() {
        return "nginx";
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public ProcessTree processes() {
        return child.processes();
    }

    @Override
    public void close() {
        child.close();
    }
}

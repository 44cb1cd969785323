package tollgate.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Base64;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tollgate.http.Reply.Failure;
import tollgate.http.TestClient.Call;

/// HTTPS against Java's own TLS server, with a certificate that `keytool` makes for localhost.
@SuppressWarnings("NullAway.Init") // made before all tests
class HttpClientTlsTest {
    private static final char[] PASSWORD = "changeit".toCharArray();
    private static final Duration LONG = Duration.ofSeconds(30);

    @TempDir private static Path folder;
    private static Path trusted;
    private static SSLServerSocket listener;

    @BeforeAll
    static void listen() throws IOException, InterruptedException, GeneralSecurityException {
        Path store = folder.resolve("server.p12");
        Process keytool =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "keytool")
                                        .toString(),
                                "-genkeypair",
                                "-alias",
                                "server",
                                "-keyalg",
                                "EC",
                                "-dname",
                                "CN=localhost",
                                "-ext",
                                "san=dns:localhost",
                                "-validity",
                                "2",
                                "-storetype",
                                "PKCS12",
                                "-keystore",
                                store.toString(),
                                "-storepass",
                                new String(PASSWORD))
                        .redirectErrorStream(true)
                        .start();
        assertThat(keytool.waitFor()).isZero();
        KeyStore keys = KeyStore.getInstance(store.toFile(), PASSWORD);
        trusted = folder.resolve("trusted.pem");
        try (OutputStream pem = new FileOutputStream(trusted.toFile())) {
            String body =
                    Base64.getMimeEncoder()
                            .encodeToString(keys.getCertificate("server").getEncoded());
            pem.write(
                    "-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----\n"
                            .formatted(body)
                            .getBytes(StandardCharsets.US_ASCII));
        }
        KeyManagerFactory managers = KeyManagerFactory.getInstance("PKIX");
        managers.init(keys, PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        listener = (SSLServerSocket) context.getServerSocketFactory().createServerSocket(0);
        Thread.startVirtualThread(HttpClientTlsTest::accept);
    }

    private static void accept() {
        while (!listener.isClosed()) {
            try {
                SSLSocket socket = (SSLSocket) listener.accept();
                Thread.startVirtualThread(() -> answer(socket));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private static void answer(SSLSocket socket) {
        byte[] ok =
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
                        .getBytes(StandardCharsets.US_ASCII);
        try (socket) {
            InputStream in = socket.getInputStream();
            int ends = 0;
            for (int b = in.read(); b >= 0; b = in.read()) {
                ends = b == '\n' || b == '\r' ? ends + 1 : 0;
                if (ends == 4) {
                    socket.getOutputStream().write(ok);
                    ends = 0;
                }
            }
        } catch (IOException left) {
            // a client who does not trust us
        }
    }

    @AfterAll
    static void stop() throws IOException {
        listener.close();
    }

    private static Outbound.Origin origin(String host) {
        return new Outbound.Origin("https", host, listener.getLocalPort());
    }

    private static TestClient trusting(@Nullable Path authorities) {
        return new TestClient(
                new HttpClientSettings(10, 10, LONG, Duration.ofMillis(10), authorities));
    }

    @Test
    void speaksTlsAndKeepsTheConnection() {
        assertThat(Files.exists(trusted)).isTrue();
        try (TestClient client = trusting(trusted)) {
            for (int i = 0; i < 3; i++) {
                Call call = client.ask(TestClient.get(origin("localhost")));
                assertThat(call.failure).isNull();
                assertThat(call.text()).isEqualTo("ok");
                assertThat(client.connections()).isEqualTo(1);
            }
        }
    }

    @Test
    void certificateOfAnotherNameIsUnreachable() {
        try (TestClient client = trusting(trusted)) {
            assertThat(client.ask(TestClient.get(origin("127.0.0.1"))).failure)
                    .isEqualTo(Failure.UNREACHABLE);
        }
    }

    @Test
    void certificateOfAnUnknownAuthorityIsUnreachable() {
        try (TestClient client = trusting(null)) {
            assertThat(client.ask(TestClient.get(origin("localhost"))).failure)
                    .isEqualTo(Failure.UNREACHABLE);
        }
    }

    @Test
    void plainPortIsUnreachableByTls() {
        try (RawUpstream plain = RawUpstream.answering("HTTP/1.1 200 OK\r\n\r\n");
                TestClient client = trusting(trusted)) {
            Outbound.Origin wrong =
                    new Outbound.Origin("https", "localhost", plain.origin().port());
            Outbound.Deadlines soon =
                    new Outbound.Deadlines(Duration.ofMillis(500), LONG, LONG, LONG);
            assertThat(client.ask(TestClient.get(wrong, soon)).failure)
                    .isEqualTo(Failure.UNREACHABLE);
        }
    }
}

package tollgate.kit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tollgate.kit.Recordings.Absent;
import tollgate.kit.Recordings.Found;

final class RecordingsTest {
    private static final String HEADER =
            "path\tprovider\tprotocol\tstream\tstatus\tfeatures\tfidelity\n";

    @TempDir private Path folder;

    @Test
    void absenceIsExplained() throws IOException {
        assertThat(Recordings.find(Files.createDirectories(folder.resolve("plain"))))
                .isInstanceOfSatisfying(
                        Absent.class, absent -> assertThat(absent.reason()).contains(".git"));
        assertThat(Recordings.find(repository().resolve("server")))
                .isInstanceOfSatisfying(
                        Absent.class,
                        absent -> assertThat(absent.reason()).contains("INDEX.tsv is absent"));
    }

    @Test
    void rowsAndTheirTrafficAreRead() throws IOException {
        write("INDEX.tsv", HEADER + "a.json\topenai\topenai-chat\tnone\t200\tx y\texact\n");
        write(
                "a.json",
                """
                {"request":{"method":"POST","url":"https://a.example/v1","headers":{"accept":"*/*"},
                "body":"{}"},"response":{"status":200,"headers":{},"body_base64":"AP8="}}\
                """);

        var found = (Found) Recordings.find(repository().resolve("server"));
        var row = found.rows().getFirst();
        assertThat(row.features()).containsExactlyInAnyOrder("x", "y");
        var exchange = found.load(row);
        assertThat(exchange.request())
                .isNotNull()
                .satisfies(request -> assertThat(request.method()).isEqualTo("POST"));
        assertThat(exchange.response().body()).containsExactly(0, 255);
        assertThat(exchange.wireBody()).containsExactly(0, 255);
    }

    @Test
    void linesThatLostTheirFramingGetItBack() throws IOException {
        write(
                "INDEX.tsv",
                HEADER
                        + "a.json\to\topenai-chat\tpayload-lines\t200\t\tlines\n"
                        + "b.json\ta\tanthropic-messages\tpayload-lines\t\t\tlines\n");
        write("a.json", "{\"request\":null,\"response\":{\"status\":200,\"body\":\"{}\\n{}\\n\"}}");
        write(
                "b.json",
                """
                {"request":null,"response":{"status":200,"body":"{\\"type\\":\\"ping\\"}"}}\
                """);

        var found = (Found) Recordings.find(repository());
        assertThat(found.load(found.rows().get(0)).wireBody())
                .asString()
                .isEqualTo("data: {}\n\ndata: {}\n\ndata: [DONE]\n\n");
        assertThat(found.load(found.rows().get(1)).wireBody())
                .asString()
                .isEqualTo("event: ping\ndata: {\"type\":\"ping\"}\n\n");
        assertThat(found.load(found.rows().get(1)).request()).isNull();
        assertThat(found.rows().get(1).status()).isZero();
    }

    /// Where the recordings lie beside this very repository, each one can be read.
    @Test
    void everyRecordingBesideThisRepositoryIsReadable() {
        if (Recordings.find() instanceof Found found) {
            assertThat(found.rows()).isNotEmpty();
            for (var row : found.rows()) {
                assertThat(found.load(row).wireBody()).as(row.path()).isNotEmpty();
            }
        }
    }

    private Path repository() throws IOException {
        Path repository = folder.resolve("project");
        Files.createDirectories(repository.resolve(".git"));
        Files.createDirectories(repository.resolve("server"));
        return repository;
    }

    private void write(String name, String text) throws IOException {
        Path recordings = Files.createDirectories(folder.resolve("shared").resolve("recordings"));
        Files.writeString(recordings.resolve(name), text);
    }
}

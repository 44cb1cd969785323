package tollgate.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tollgate.kit.KitJson;
import tools.jackson.databind.JsonNode;

/// I-88: the release is what the repository builds: the same bytes each time, out of dependencies
/// that are locked by their hashes, with a bill of materials.
final class ReleaseTest {
    private static final Path HOME = Path.of("..").toAbsolutePath().normalize();
    private static final Path LOCK = Path.of("dependencies.sha256");
    private static final List<String> SOURCES =
            List.of(
                    "pom.xml",
                    ".mvn",
                    "bench/pom.xml",
                    "protocol/pom.xml",
                    "protocol/src/main",
                    "server/pom.xml",
                    "server/src/main");

    @TempDir private Path folder;

    /// At another time and place, in another zone and language.
    @Test
    void i88TheSameSourcesBuildTheSameBytes() throws Exception {
        Path one = build("one", Map.of("TZ", "Pacific/Apia", "LC_ALL", "C"));
        Path two = build("two/elsewhere", Map.of("TZ", "UTC", "LC_ALL", "C.UTF-8"));
        assertThat(sha256(two.resolve("tollgate.jar")))
                .isEqualTo(sha256(one.resolve("tollgate.jar")));
        Path bill = one.resolve("tollgate-sbom.json");
        assertThat(two.resolve("tollgate-sbom.json")).hasSameTextualContentAs(bill);
        checkBill(KitJson.read(Files.readAllBytes(bill)));
    }

    /// Everything in it is locked, and nothing that ships is missing.
    private static void checkBill(JsonNode bill) throws IOException {
        List<String> locked = Files.readAllLines(LOCK);
        List<String> names = new ArrayList<>();
        for (JsonNode component : bill.path("components")) {
            names.add(component.path("name").asString());
            if (component.path("group").asString().equals("tollgate")) {
                continue;
            }
            String hash =
                    component
                            .path("hashes")
                            .valueStream()
                            .filter(each -> each.path("alg").asString().equals("SHA-256"))
                            .map(each -> each.path("content").asString())
                            .findFirst()
                            .orElseThrow();
            assertThat(locked)
                    .as(component.path("purl").asString())
                    .anyMatch(line -> line.startsWith(hash));
        }
        assertThat(names)
                .contains("tollgate-protocol", "vertx-core", "netty-buffer", "sqlite-jdbc")
                .doesNotContain("junit-jupiter", "archunit");
    }

    private Path build(String name, Map<String, String> environment) throws Exception {
        Path home = Files.createDirectories(folder.resolve(name));
        for (String source : SOURCES) {
            copy(HOME.resolve(source), home.resolve(source));
        }
        Path log = folder.resolve("log");
        ProcessBuilder maven =
                new ProcessBuilder(
                                "mvn",
                                "-B",
                                "-ntp",
                                "-q",
                                "-Pquick",
                                "-Dmaven.test.skip=true",
                                "-Dcyclonedx.skip=false",
                                "-pl",
                                "protocol,server",
                                "package")
                        .directory(home.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile());
        maven.environment().putAll(environment);
        maven.environment().put("JAVA_HOME", System.getProperty("java.home"));
        Process process = maven.start();
        assertThat(process.waitFor(5, TimeUnit.MINUTES)).as("built in time").isTrue();
        assertThat(process.exitValue()).as(Files.readString(log)).isZero();
        return home.resolve("server/target");
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path path : all.filter(Files::isRegularFile).toList()) {
                Path target = to.resolve(from.relativize(path).toString());
                Files.createDirectories(target.toAbsolutePath().normalize().getParent());
                Files.copy(path, target.normalize());
            }
        }
    }

    /// Whoever changes a dependency runs this, reads what has changed, and takes the new lines.
    @Test
    void i88EveryDependencyIsTheOneThatWasLocked() throws Exception {
        Map<String, String> found = new TreeMap<>();
        String path =
                System.getProperty(
                        "surefire.test.class.path", System.getProperty("java.class.path"));
        for (String entry : path.split(java.io.File.pathSeparator, 0)) {
            Path jar = Path.of(entry);
            if (entry.endsWith(".jar") && !jar.startsWith(HOME)) {
                found.put(jar.getFileName().toString(), sha256(jar));
            }
        }
        assertThat(found).containsKey("vertx-core-5.2.0.jar");
        List<String> lines =
                found.entrySet().stream()
                        .map(each -> each.getValue() + "  " + each.getKey())
                        .toList();
        assertThat(lines)
                .as("server/%s should read%n%s%n", LOCK, String.join("\n", lines))
                .isEqualTo(Files.readAllLines(LOCK, StandardCharsets.UTF_8));
    }

    private static String sha256(Path file) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        return HexFormat.of().formatHex(digest.digest(Files.readAllBytes(file)));
    }
}

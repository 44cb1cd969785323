package tollgate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tollgate.door.Plain;
import tollgate.fault.Fault;
import tollgate.unit.Money;

/// What the pages say about the code is so. ConfigPageTest has docs/config.md, FloorsTest the
/// drawing of the floors.
class PagesTest {
    private static final Path HOME = Path.of("..");
    private static final List<String> MODULES = List.of("", "protocol", "server", "bench");

    private static String page(String name) throws IOException {
        return Files.readString(HOME.resolve(name));
    }

    private static List<Path> pages() throws IOException {
        List<Path> pages = new ArrayList<>();
        try (Stream<Path> docs = Files.walk(HOME.resolve("docs"))) {
            docs.filter(page -> page.toString().endsWith(".md")).forEach(pages::add);
        }
        pages.add(HOME.resolve("README.md"));
        return pages;
    }

    private static List<MatchResult> find(String pattern, String text) {
        return Pattern.compile(pattern, Pattern.MULTILINE).matcher(text).results().toList();
    }

    @Test
    void everyFaultStandsThereWithItsCodeAndItsStatus() throws Exception {
        Map<Integer, String> said = new TreeMap<>();
        for (MatchResult row :
                find("^\\| (\\d+) \\| (\\w+) \\| ([^|]+) \\|", page("docs/faults.md"))) {
            int code = Integer.parseInt(row.group(1));
            assertThat(said.put(code, row.group(2) + " " + row.group(3))).isNull();
        }
        Map<Integer, String> known = new TreeMap<>();
        for (Class<?> kind : Fault.class.getPermittedSubclasses()) {
            Fault fault = sample(kind);
            assertThat(known.put(fault.code(), kind.getSimpleName())).as("a code twice").isNull();
            String status = Integer.toString(Plain.status(fault));
            assertThat(String.valueOf(said.get(fault.code())))
                    .startsWith(kind.getSimpleName() + " ")
                    .matches(row -> row.contains(status) || !row.matches(".*\\d{3}.*"), status);
        }
        assertThat(said.keySet()).isEqualTo(known.keySet());
    }

    /// A fault of this kind; what it is about does not matter.
    private static Fault sample(Class<?> kind) throws ReflectiveOperationException {
        List<Class<?>> types = new ArrayList<>();
        List<@Nullable Object> values = new ArrayList<>();
        for (RecordComponent component : kind.getRecordComponents()) {
            types.add(component.getType());
            values.add(sample(component));
        }
        Constructor<?> made = kind.getDeclaredConstructor(types.toArray(Class<?>[]::new));
        return (Fault) made.newInstance(values.toArray());
    }

    private static Object sample(RecordComponent component) {
        return switch (component.getType().getSimpleName()) {
            case "String" -> "x";
            case "Duration" -> Duration.ofSeconds(1);
            case "List" -> List.of();
            case "Money" -> Money.ZERO;
            case "int" -> 400;
            case "long" -> 1L;
            default -> throw new AssertionError(component.toString());
        };
    }

    @Test
    void everyDependencyStandsThereWithItsVersion() throws Exception {
        String page = page("docs/dependencies.md");
        Set<String> artifacts = new TreeSet<>();
        for (String module : MODULES) {
            String pom = page(Path.of(module, "pom.xml").toString());
            for (MatchResult artifact : find("<artifactId>([^<]+)</artifactId>", pom)) {
                artifacts.add(artifact.group(1));
            }
            for (MatchResult version :
                    find("<artifactId>[^<]+</artifactId>\\s*<version>([0-9][^<]*)<", pom)) {
                assertThat(page).contains(plain(version.group(1)));
            }
        }
        artifacts.removeIf(name -> name.startsWith("tollgate-") || name.endsWith("-bom"));
        assertThat(artifacts).isNotEmpty().allMatch(page::contains, "is on the page");
    }

    private static String plain(String version) {
        return version.equals("0.1.0") || version.startsWith("3.14") || version.startsWith("3.5.")
                ? "" // our own, and Maven's plugins
                : version.replace(".Final", "");
    }

    @Test
    void linksLeadSomewhere() throws Exception {
        for (Path page : pages()) {
            for (MatchResult link : find("\\]\\(([^)#:]+)(?:#[^)]*)?\\)", Files.readString(page))) {
                Path target = page.resolveSibling(link.group(1)).normalize();
                assertThat(target).as("in %s", page).exists();
            }
        }
    }

    @Test
    void testsThatPagesNameExist() throws Exception {
        Set<String> tests = new TreeSet<>();
        for (String module : MODULES) {
            Path sources = HOME.resolve(module).resolve("src/test/java");
            if (Files.isDirectory(sources)) {
                try (Stream<Path> all = Files.walk(sources)) {
                    all.forEach(
                            file -> tests.add(file.getFileName().toString().replace(".java", "")));
                }
            }
        }
        for (Path page : pages()) {
            for (MatchResult name :
                    find("`(?:[a-z.]+\\.)?([A-Z]\\w+Test)`", Files.readString(page))) {
                assertThat(tests).as("%s", page).contains(name.group(1));
            }
        }
    }

    /// They are read everywhere: no place of one machine, no registry of one network.
    @Test
    void pagesNameNoMachine() throws Exception {
        for (Path page : pages()) {
            assertThat(Files.readString(page))
                    .as("%s", page)
                    .doesNotContainPattern("/(root|home|work|tmp|usr/lib/jvm)/");
        }
    }

    @Test
    void decisionsAreNumberedInOrder() throws Exception {
        try (Stream<Path> all = Files.list(HOME.resolve("docs/adr"))) {
            List<Path> decisions = all.sorted().toList();
            for (int i = 0; i < decisions.size(); i++) {
                assertThat(decisions.get(i).getFileName().toString())
                        .startsWith("%04d-".formatted(i + 1));
                assertThat(Files.readString(decisions.get(i)))
                        .startsWith("# %d. ".formatted(i + 1));
            }
        }
    }
}

package tollgate;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// Who may import whom, and which library lives where. docs/ARCHITECTURE.md draws the floors; this
/// test is the same drawing, enforced.
class FloorsTest {
    private static final String ROOT = "tollgate";

    /// Lowest floor first. What stands on one floor does not import its neighbours.
    private static final List<Set<String>> FLOORS =
            List.of(
                    Set.of("unit"),
                    Set.of("call", "fault"),
                    Set.of("wire"),
                    Set.of("observe"),
                    Set.of("http", "db", "config"),
                    Set.of("ledger"),
                    Set.of("tenant", "catalog", "limit", "usage"),
                    Set.of("provider"),
                    Set.of("route"),
                    Set.of("serve"),
                    Set.of("door"),
                    Set.of("app"));

    /// Libraries, and the packages that may use them.
    private static final Map<String, Set<String>> FENCES =
            Map.of(
                    "io.netty..", Set.of("http"),
                    "io.vertx.core.http..", Set.of("http"),
                    "io.vertx.core.net..", Set.of("http"),
                    "org.jdbi..", Set.of("db", "tenant", "catalog", "usage", "ledger"),
                    "java.sql..", Set.of("db", "tenant", "catalog", "usage", "ledger"),
                    "tools.jackson..", Set.of("config"),
                    "com.knuddels..", Set.of("wire"),
                    "org.slf4j..", Set.of("observe"),
                    "ch.qos.logback..", Set.of("observe"));

    private static final JavaClasses CLASSES =
            new ClassFileImporter()
                    .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                    .importPackages(ROOT);

    @Test
    void allOfTheProductIsLookedAt() {
        assertThat(CLASSES.size()).isGreaterThan(150);
    }

    @Test
    void thePageDrawsTheSameFloors() throws IOException {
        List<Set<String>> drawn = new ArrayList<>();
        String page = Files.readString(Path.of("..", "docs", "ARCHITECTURE.md"));
        // Names of one floor stand two blanks apart, what they are for further off.
        Pattern floor = Pattern.compile("^ ?\\d+  ((?:[a-z]+(?:  )?)+) ", Pattern.MULTILINE);
        floor.matcher(page)
                .results()
                .forEach(row -> drawn.addFirst(Set.of(row.group(1).strip().split("  "))));
        assertThat(drawn).isEqualTo(FLOORS);
    }

    @Test
    void importsGoDownOnly() {
        classes().should(importLowerFloorsOnly()).check(CLASSES);
    }

    @Test
    void doorsDoNotKnowEachOther() {
        slices().matching(ROOT + ".door.(*)..").should().notDependOnEachOther().check(CLASSES);
    }

    @Test
    void providersDoNotKnowEachOther() {
        slices().matching(ROOT + ".provider.(*)..").should().notDependOnEachOther().check(CLASSES);
    }

    @Test
    void librariesStayBehindTheirFences() {
        FENCES.forEach((library, homes) ->
                noClasses()
                        .that(
                                DescribedPredicate.describe(
                                        "live outside " + homes,
                                        (JavaClass c) -> !homes.contains(feature(c))))
                        .should()
                        .dependOnClassesThat()
                        .resideInAPackage(library)
                        .because("each library is fenced to the rooms that need it")
                        .check(CLASSES));
    }

    @Test
    void timeIdsAndChanceAreArguments() {
        for (String call :
                List.of(
                        "java.time.Instant.now()",
                        "java.time.LocalDate.now()",
                        "java.time.Clock.systemUTC()",
                        "java.time.InstantSource.system()",
                        "java.lang.System.nanoTime()",
                        "java.lang.System.currentTimeMillis()",
                        "java.util.UUID.randomUUID()",
                        "java.lang.Math.random()")) {
            forbid(call, "time, ids and chance are arguments: app hands them in");
        }
        forbid("java.lang.Thread.sleep(long)", "nothing waits by sleeping");
        forbid("java.lang.String.toLowerCase()", "without a locale it depends on the machine");
        forbid("java.lang.String.toUpperCase()", "without a locale it depends on the machine");
    }

    private static void forbid(String call, String because) {
        int dot = call.lastIndexOf('.', call.indexOf('('));
        String owner = call.substring(0, dot);
        String method = call.substring(dot + 1, call.indexOf('('));
        String argument = call.substring(call.indexOf('(') + 1, call.length() - 1);
        Class<?>[] arguments = argument.isEmpty() ? new Class<?>[0] : new Class<?>[] {long.class};
        try {
            noClasses()
                    .that(
                            DescribedPredicate.describe(
                                    "live below app", (JavaClass c) -> !feature(c).equals("app")))
                    .should()
                    .callMethod(Class.forName(owner), method, arguments)
                    .because(because)
                    .check(CLASSES);
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void moneyIsNeverADouble() {
        noClasses()
                .that()
                .resideInAnyPackage(ROOT + ".ledger..", ROOT + ".catalog..", ROOT + ".unit..")
                .should()
                .dependOnClassesThat()
                .belongToAnyOf(Double.class, Float.class)
                .because("money is integer nano-dollars")
                .check(CLASSES);
    }

    private static ArchCondition<JavaClass> importLowerFloorsOnly() {
        return new ArchCondition<>("import lower floors only") {
            @Override
            public void check(JavaClass from, ConditionEvents events) {
                for (Dependency dependency : from.getDirectDependenciesFromSelf()) {
                    JavaClass to = dependency.getTargetClass();
                    if (to.getPackageName().startsWith(ROOT + ".")
                            && !feature(from).equals(feature(to))
                            && floor(feature(from)) <= floor(feature(to))) {
                        events.add(
                                SimpleConditionEvent.violated(from, dependency.getDescription()));
                    }
                }
            }
        };
    }

    private static int floor(String feature) {
        for (int i = 0; i < FLOORS.size(); i++) {
            if (FLOORS.get(i).contains(feature)) {
                return i;
            }
        }
        throw new AssertionError("package on no floor: " + feature);
    }

    /// The first package name below the root: `door` for `tollgate.door.openai.Errors`.
    private static String feature(JavaClass javaClass) {
        String name = javaClass.getPackageName();
        return name.equals(ROOT) ? "unit" : name.substring(ROOT.length() + 1).split("\\.", 2)[0];
    }
}

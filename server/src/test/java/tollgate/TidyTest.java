package tollgate;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.LineMap;
import com.sun.source.tree.MethodTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Properties of the source text that no compiler checks.
class TidyTest {
    private static final int METHOD_LINES_MAX = 70;
    private static final int FILE_LINES_MAX = 500;
    private static final Pattern BANNED_NAME =
            Pattern.compile(".*(Manager|Helper|Util|Utils|Impl|Info|Data|Base|Common)$");
    private static final List<Path> MAINS =
            List.of(Path.of("../protocol/src/main/java"), Path.of("src/main/java"));

    @Test
    void sourceIsTidy() throws IOException {
        List<String> untidy = new ArrayList<>();
        for (Path main : MAINS) {
            try (Stream<Path> walk = Files.walk(main)) {
                List<Path> sources = walk.filter(p -> p.toString().endsWith(".java")).toList();
                assertThat(sources).as("a wrong folder must not pass as tidy").isNotEmpty();
                checkFiles(sources, untidy);
                checkTypesAndMethods(sources, untidy);
            }
        }
        assertThat(untidy).isEmpty();
    }

    private static void checkFiles(List<Path> sources, List<String> untidy) throws IOException {
        for (Path source : sources) {
            int lines = Files.readAllLines(source).size();
            if (lines > FILE_LINES_MAX) {
                untidy.add(
                        "%s: %d lines (expected: <= %d)".formatted(source, lines, FILE_LINES_MAX));
            }
            if (!Files.exists(source.resolveSibling("package-info.java"))) {
                untidy.add("%s: no package-info.java beside it".formatted(source));
            }
        }
    }

    private static void checkTypesAndMethods(List<Path> sources, List<String> untidy)
            throws IOException {
        var compiler = ToolProvider.getSystemJavaCompiler();
        try (var files = compiler.getStandardFileManager(null, null, null)) {
            var units = files.getJavaFileObjectsFromPaths(sources);
            var task = (JavacTask) compiler.getTask(null, files, null, null, null, units);
            SourcePositions positions = Trees.instance(task).getSourcePositions();
            for (CompilationUnitTree unit : task.parse()) {
                new Scan(unit, positions, untidy).scan(unit, null);
            }
        }
    }

    private static final class Scan extends TreeScanner<@Nullable Void, @Nullable Void> {
        private final CompilationUnitTree unit;
        private final SourcePositions positions;
        private final LineMap lines;
        private final List<String> untidy;

        Scan(CompilationUnitTree unit, SourcePositions positions, List<String> untidy) {
            this.unit = unit;
            this.positions = positions;
            this.lines = unit.getLineMap();
            this.untidy = untidy;
        }

        @Override
        public @Nullable Void visitMethod(MethodTree method, @Nullable Void unused) {
            long first = lines.getLineNumber(positions.getStartPosition(unit, method));
            long last = lines.getLineNumber(positions.getEndPosition(unit, method));
            long length = last - first + 1;
            if (length > METHOD_LINES_MAX) {
                report(
                        first,
                        "%s: %d lines (expected: <= %d)"
                                .formatted(method.getName(), length, METHOD_LINES_MAX));
            }
            return super.visitMethod(method, null);
        }

        @Override
        public @Nullable Void visitClass(ClassTree type, @Nullable Void unused) {
            if (BANNED_NAME.matcher(type.getSimpleName()).matches()) {
                long line = lines.getLineNumber(positions.getStartPosition(unit, type));
                report(line, "%s: says nothing; name what it does".formatted(type.getSimpleName()));
            }
            return super.visitClass(type, null);
        }

        private void report(long line, String problem) {
            untidy.add("%s:%d: %s".formatted(unit.getSourceFile().getName(), line, problem));
        }
    }
}

package tollgate.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// Folders with all that is in them.
final class Trees {
    private Trees() {}

    /// Deletes what lies in a folder, the folder itself and `spared` excepted. Links are deleted,
    /// not followed.
    static void deleteWithin(Path folder, Path spared) throws IOException {
        for (Path path : deepestFirst(folder)) {
            if (!path.equals(folder) && !path.equals(folder.resolve(spared))) {
                Files.delete(path);
            }
        }
    }

    static void delete(Path folder) throws IOException {
        for (Path path : deepestFirst(folder)) {
            Files.delete(path);
        }
    }

    private static List<Path> deepestFirst(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.sorted(Comparator.reverseOrder()).toList();
        }
    }
}

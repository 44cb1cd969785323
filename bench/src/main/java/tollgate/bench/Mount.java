package tollgate.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Set;
import java.util.stream.Stream;

/// The mount a folder lies on.
///
/// @param device what is mounted: `/dev/vda`, `tmpfs`
/// @param type the file system: `ext4`, `tmpfs`
record Mount(Path point, String device, String type) {
    private static final Set<String> IN_MEMORY = Set.of("tmpfs", "ramfs", "devtmpfs");

    /// Finds the mount of an existing folder.
    static Mount of(Path folder) {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/mountinfo"))) {
            Path real = folder.toRealPath();
            return lines.map(Mount::parse)
                    .filter(mount -> real.startsWith(mount.point))
                    .max(Comparator.comparingInt(mount -> mount.point.getNameCount()))
                    .orElseThrow(() -> new BenchFailed("no mount holds " + real));
        } catch (IOException failure) {
            throw new BenchFailed("mount of %s: unknown".formatted(folder), failure);
        }
    }

    /// Reads a line of mountinfo: the point is its fifth field; type and device follow ` - `.
    static Mount parse(String line) {
        String[] fields = line.split(" ", -1);
        String[] behind = line.substring(line.indexOf(" - ") + 3).split(" ", -1);
        return new Mount(Path.of(fields[4].replace("\\040", " ")), behind[1], behind[0]);
    }

    /// A synced write there says nothing about a disk.
    boolean inMemory() {
        return IN_MEMORY.contains(type);
    }

    @Override
    public String toString() {
        return "%s (%s)".formatted(device, type);
    }
}

package tollgate.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/// A process and all its living descendants, as Linux counts them: nginx with its workers, a start
/// script with what it started.
record ProcessTree(ProcessHandle root) {
    /// The kernel reports CPU time to user space in hundredths of a second on every architecture.
    private static final long MICROS_PER_TICK = 10_000;

    /// Places of the fields in `/proc/PID/stat`, counted behind the process name.
    private static final int USER_TICKS = 11;

    private static final int SYSTEM_TICKS = 12;

    /// CPU time so far, user and system, all threads, also those that have ended; exact to 10 ms.
    long cpuMicros() {
        return processes().mapToLong(ProcessTree::cpuMicros).sum();
    }

    /// Resident memory in KiB; pages that processes share count for each of them.
    long residentKib() {
        return processes().mapToLong(ProcessTree::residentKib).sum();
    }

    private Stream<ProcessHandle> processes() {
        return Stream.concat(Stream.of(root), root.descendants());
    }

    private static long cpuMicros(ProcessHandle process) {
        String stat = read(process, "stat");
        if (stat.isEmpty()) {
            return 0;
        }
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        long ticks = Long.parseLong(fields[USER_TICKS]) + Long.parseLong(fields[SYSTEM_TICKS]);
        return ticks * MICROS_PER_TICK;
    }

    private static long residentKib(ProcessHandle process) {
        return read(process, "status")
                .lines()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .sum();
    }

    /// The file's text, empty when the process has ended.
    private static String read(ProcessHandle process, String file) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(process.pid()), file));
        } catch (IOException ended) {
            return "";
        }
    }
}

package tollgate.bench;

import io.netty.util.internal.logging.InternalLoggerFactory;
import io.netty.util.internal.logging.JdkLoggerFactory;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import tollgate.bench.CpuCost.Round;
import tollgate.bench.Options.Verdicts;
import tollgate.bench.Report.Row;
import tollgate.bench.load.Load;
import tollgate.bench.load.LoadFailed;

/// Compares the gateway with nginx and prints a table; `docs/bench.md` says how to read it.
public final class Bench {
    private static final Budget WHOLE = new Budget(3.5, 2, "");
    private static final Budget STREAM = new Budget(1.8, 1.3, "");

    /// A part is not begun with less time left.
    private static final Duration PART_NEEDS = Duration.ofSeconds(8);

    private static final int OVER_BUDGET = 1;
    private static final int FAILED = 2;

    private final Options options;
    private final Report report;
    private final long endNanos;

    private Bench(Options options, Report report) {
        this.options = options;
        this.report = report;
        this.endNanos = System.nanoTime() + options.plan().total().toNanos();
    }

    /// Runs the bench. Exit status: 0, 1 when `--check` is given and a budget was exceeded, 2 when
    /// nothing could be measured or an answer or the ledger was wrong.
    public static void main(String[] args) {
        // The product's logger is on the class path; the bench has nothing to log through it.
        InternalLoggerFactory.setDefaultFactory(JdkLoggerFactory.INSTANCE);
        // Numbers in requests, files and the table are the same everywhere.
        Locale.setDefault(Locale.ROOT);
        var out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        System.exit(run(args, out));
    }

    static int run(String[] args, PrintStream out) {
        if (List.of(args).contains("--help")) {
            out.print(Options.HELP);
            return 0;
        }
        var report = new Report(out);
        try {
            Options options = Options.parse(args);
            new Bench(options, report).run();
            boolean checked = options.verdicts() == Verdicts.CHECKED;
            return checked && report.overBudget() ? OVER_BUDGET : 0;
        } catch (IllegalArgumentException | BenchFailed | LoadFailed failure) {
            report.printTable();
            out.println("bench: " + failure.getMessage());
            return FAILED;
        } catch (RuntimeException unexpected) {
            report.printTable();
            unexpected.printStackTrace(out);
            return FAILED;
        }
    }

    private void run() {
        long startNanos = System.nanoTime();
        prepareFolder();
        try (var mock = Mock.start(options.pace());
                var load = new Load();
                var nginx = Nginx.start(folder("nginx"), mock.port(), options.eventLoops())) {
            head();
            var command = GatewayCommand.of(options.gateway(), mock.port(), options.eventLoops());
            warmUp(load, mock);
            try (var gateway = opponent(command, mock)) {
                measure(new Bed(options, command, mock, load, nginx, gateway, report, endNanos));
            }
        }
        report.printTable();
        long seconds = Duration.ofNanos(System.nanoTime() - startNanos).toSeconds();
        report.note("\nThe bench took %d s.".formatted(seconds));
    }

    private Path folder(String name) {
        return options.folder().resolve(name);
    }

    private void head() {
        Runtime machine = Runtime.getRuntime();
        report.note(
                "%s, %d event loops each, %d processors, Linux %s"
                        .formatted(
                                Nginx.version(),
                                options.eventLoops(),
                                machine.availableProcessors(),
                                System.getProperty("os.version")));
        report.note(
                "data on %s; streams paced: %s"
                        .formatted(Mount.of(options.folder()), options.pace()));
    }

    private void prepareFolder() {
        Path folder = options.folder();
        try {
            if (Files.exists(folder)) {
                empty(folder);
            }
            Files.createDirectories(folder);
        } catch (IOException failure) {
            throw new BenchFailed("%s: cannot be emptied".formatted(folder), failure);
        }
        if (Mount.of(folder).inMemory()) {
            throw new BenchFailed(
                    "--folder: %s lies on %s (expected: a disk)"
                            .formatted(folder, Mount.of(folder)));
        }
    }

    /// Empties a folder of an earlier run, and none that holds anything else.
    private static void empty(Path folder) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(folder)) {
            files = all.sorted(Comparator.reverseOrder()).toList();
        }
        if (files.size() > 1 && !Files.exists(folder.resolve("nginx"))) {
            throw new BenchFailed(
                    "--folder: %s is not empty (expected: nothing, or an earlier bench)"
                            .formatted(folder));
        }
        for (Path file : files) {
            Files.delete(file);
        }
    }

    /// The load generator and the mock are young JVMs too, and must not be what is waited for.
    private static void warmUp(Load load, Mock mock) {
        for (Call call : List.of(Call.WHOLE, Call.STREAM)) {
            var _ =
                    load.closedLoop(
                            mock.port(),
                            call.shot(List.of("none")),
                            CpuCost.CALLERS,
                            Duration.ofMillis(1_500));
        }
    }

    private Contender opponent(GatewayCommand command, Mock mock) {
        if (options.againstItself()) {
            return Nginx.start(folder("nginx-again"), mock.port(), options.eventLoops());
        }
        var gateway = Gateway.start(command, folder("gateway"));
        gateway.makeKeys(1);
        return gateway;
    }

    private void measure(Bed bed) {
        List<Round> first = List.of();
        for (Part part : Part.values()) {
            if (!options.parts().contains(part)) {
                continue;
            }
            if (bed.timeLeft().compareTo(PART_NEEDS) < 0) {
                report.add(Row.skipped(part.toString(), "no time left"));
                continue;
            }
            switch (part) {
                case WHOLE -> first = new CpuCost(bed).compare(Call.WHOLE, WHOLE);
                case STREAM -> new CpuCost(bed).compare(Call.STREAM, STREAM);
                case LATENCY -> new AddedLatency(bed).run();
                case IDLE -> new IdleMemory(bed).run();
                case LEDGER, START, KEYS -> measureMoney(part, bed, first);
            }
        }
    }

    /// The parts that only a gateway has.
    private void measureMoney(Part part, Bed bed, List<Round> first) {
        if (!(bed.gateway() instanceof Gateway gateway)) {
            report.add(Row.skipped(part.toString(), "nginx has none"));
        } else if (part == Part.START) {
            new FirstAnswer(bed).run(gateway);
        } else if (part == Part.LEDGER) {
            new FullLedger(bed).run(gateway, first);
        } else {
            new ManyKeys(bed).run(gateway);
        }
    }
}

package tollgate.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import tollgate.bench.Report.Row;
import tollgate.bench.load.Load;
import tollgate.bench.load.Shot;
import tollgate.bench.load.Tally;

/// CPU time per request of nginx and the gateway, in turn under the same load, so that what else
/// the machine does hits both alike.
final class CpuCost {
    static final int CALLERS = 32;

    private final Bed bed;

    CpuCost(Bed bed) {
        this.bed = bed;
    }

    /// What one run cost.
    ///
    /// @param micros CPU time per answer, all threads and processes
    record Run(double micros, Tally tally, OptionalLong syncs) {
        String toldSyncs() {
            return syncs.isPresent() ? ", %,d fsyncs".formatted(syncs.getAsLong()) : "";
        }
    }

    /// nginx and the gateway, one after the other.
    record Round(Run nginx, Run gateway) {
        double ratio() {
            return gateway.micros / nginx.micros;
        }
    }

    /// How load is applied to a port.
    interface Drive {
        Tally run(Load load, int port, Shot shot);
    }

    /// 32 callers, each sending again as soon as it is answered.
    static Drive closedLoop(Duration duration) {
        return (load, port, shot) -> load.closedLoop(port, shot, CALLERS, duration);
    }

    /// Measures and puts the row into the table.
    List<Round> compare(Call call, Budget budget) {
        bed.report().note("\n%s, %d connections".formatted(call.title(), CALLERS));
        warmUp(call);
        List<Round> rounds = alternate(call, bed.plan().rounds());
        double ratio = Figures.median(rounds.stream().map(Round::ratio).toList());
        Row row =
                Row.judged(
                        "%s, %d connections".formatted(call.title(), CALLERS),
                        budget,
                        ratio,
                        Figures.ratio(ratio));
        bed.report().add(row.of(nginxMicros(rounds), gatewayMicros(rounds)));
        return rounds;
    }

    void warmUp(Call call) {
        measure(bed.nginx(), call, closedLoop(Duration.ofMillis(500)));
        measure(bed.gateway(), call, closedLoop(bed.plan().warmUp()));
    }

    List<Round> alternate(Call call, int count) {
        var rounds = new ArrayList<Round>();
        for (int i = 0; i < count; i++) {
            Drive drive = closedLoop(bed.plan().run());
            Run nginx = measure(bed.nginx(), call, drive);
            Run gateway = measure(bed.gateway(), call, drive);
            rounds.add(new Round(nginx, gateway));
            bed.report()
                    .note(
                            "  %s | %s | %.2f"
                                    .formatted(
                                            told(nginx), told(gateway), rounds.getLast().ratio()));
        }
        return rounds;
    }

    /// One run: the CPU is read again only when the work behind the answers is done, and the run
    /// counts only when every answer and the ledger are right.
    Run measure(Contender contender, Call call, Drive drive) {
        long asked = bed.mock().requests();
        OptionalLong syncsBefore = contender.syncs();
        long microsBefore = contender.processes().cpuMicros();
        Tally tally = drive.run(bed.load(), contender.port(), call.shot(contender.keys()));
        contender.settle();
        long micros = contender.processes().cpuMicros() - microsBefore;
        OptionalLong syncsAfter = contender.syncs();
        bed.requireRight(contender.name(), tally, asked);
        contender.check(tally.answers(), call.chargeNanos());
        OptionalLong syncs =
                syncsBefore.isPresent() && syncsAfter.isPresent()
                        ? OptionalLong.of(syncsAfter.getAsLong() - syncsBefore.getAsLong())
                        : OptionalLong.empty();
        return new Run((double) micros / tally.answers(), tally, syncs);
    }

    static String nginxMicros(List<Round> rounds) {
        return Figures.micros(
                Figures.median(rounds.stream().map(round -> round.nginx.micros).toList()));
    }

    static String gatewayMicros(List<Round> rounds) {
        return Figures.micros(
                Figures.median(rounds.stream().map(round -> round.gateway.micros).toList()));
    }

    private static String told(Run run) {
        return "%7.1f µs × %,d at %,.0f/s%s"
                .formatted(
                        run.micros,
                        run.tally.answers(),
                        run.tally.answersPerSecond(),
                        run.toldSyncs());
    }
}

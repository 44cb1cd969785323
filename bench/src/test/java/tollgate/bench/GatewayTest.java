package tollgate.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tollgate.bench.load.Load;
import tollgate.bench.load.Tally;
import tollgate.bench.mock.MockUpstream;
import tollgate.bench.mock.Pace;

class GatewayTest {
    private static final int CALLERS = 4;
    private static final Duration RUN = Duration.ofMillis(200);

    @TempDir Path folder;

    @Test
    void booksOfAnHonestGatewayAreRightAlsoAfterASecondRun() {
        try (var mock = new MockUpstream(0, Pace.BURST);
                var load = new Load();
                var gateway = start(FakeGateway.Fault.NONE, mock)) {
            for (int i = 0; i < 2; i++) {
                Tally tally = run(load, gateway);
                assertThat(tally.firstFailure()).isNull();
                gateway.check(tally.answers(), Call.WHOLE.chargeNanos());
            }
            assertThat(gateway.posts()).isEqualTo(mock.requests());
            assertThat(gateway.syncs()).hasValue(3);
            assertThat(gateway.processes().cpuMicros()).isPositive();
            assertThat(gateway.firstAnswer()).isPositive();
        }
    }

    @Test
    void restartKeepsTheBooksAndRestBeginsANewCount() {
        try (var mock = new MockUpstream(0, Pace.BURST);
                var load = new Load();
                var gateway = start(FakeGateway.Fault.NONE, mock)) {
            run(load, gateway);
            gateway.restart();
            gateway.checkAtRest();
            Tally tally = run(load, gateway);
            gateway.check(tally.answers(), Call.WHOLE.chargeNanos());
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = FakeGateway.Fault.class,
            names = {"LOSES_A_POST", "OVERCHARGES", "HOLDS_ON"})
    void wrongBooksAreNoticed(FakeGateway.Fault fault) {
        try (var mock = new MockUpstream(0, Pace.BURST);
                var load = new Load();
                var gateway = start(fault, mock)) {
            Tally tally = run(load, gateway);
            assertThatThrownBy(() -> gateway.check(tally.answers(), Call.WHOLE.chargeNanos()))
                    .isInstanceOf(BenchFailed.class)
                    .hasMessageContaining("expected: ");
        }
    }

    @Test
    void shortAnswersAreNoticed() {
        try (var mock = new MockUpstream(0, Pace.BURST);
                var load = new Load();
                var gateway = start(FakeGateway.Fault.CUTS_AN_ANSWER, mock)) {
            Tally tally = run(load, gateway);
            assertThat(tally.failures()).isPositive();
            assertThat(tally.firstFailure()).startsWith("body of 100 bytes (expected: 1024)");
        }
    }

    @Test
    void gatewayThatEndsAtStartIsShownWithItsLastWords() {
        var command = GatewayCommand.of("/bin/ls --no-such-option", 1, 1);
        assertThatThrownBy(() -> Gateway.start(command, folder.resolve("gateway")))
                .isInstanceOf(BenchFailed.class)
                .hasMessageContaining("gateway ended with status 2")
                .hasMessageContaining("--no-such-option");
    }

    private static Tally run(Load load, Gateway gateway) {
        return load.closedLoop(gateway.port(), Call.WHOLE.shot(gateway.keys()), CALLERS, RUN);
    }

    private Gateway start(FakeGateway.Fault fault, MockUpstream mock) {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String line =
                "%s -XX:TieredStopAtLevel=1 -cp %s %s %s"
                        .formatted(
                                java,
                                System.getProperty("java.class.path"),
                                FakeGateway.class.getName(),
                                fault);
        var gateway =
                Gateway.start(GatewayCommand.of(line, mock.port(), 1), folder.resolve("gateway"));
        gateway.makeKeys(1);
        return gateway;
    }
}

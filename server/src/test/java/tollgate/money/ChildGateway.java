package tollgate.money;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import tollgate.app.Tollgate;
import tollgate.catalog.WellKnown;
import tollgate.config.ConfigReader;
import tollgate.config.ConfigSource;
import tollgate.ledger.Step;

/// The main class of a gateway in a process of its own, which dies when it is told to: at the n-th
/// durable step of a kind, after the step is durable and before anybody hears of it.
///
/// Arguments: the folder with `tollgate.yaml`, and optionally a step and a number that count from
/// the start. It says `port N` once it listens, takes lines such as `MARK 2` and says `armed`.
final class ChildGateway implements Consumer<Step> {
    /// The exit status of a process that died at its step.
    static final int DIED = 86;

    private final Map<Step, AtomicInteger> armed = new ConcurrentHashMap<>();

    private ChildGateway() {}

    @SuppressWarnings("SystemOut") // its parent listens there
    public static void main(String[] arguments) throws IOException {
        var child = new ChildGateway();
        Path folder = Path.of(arguments[0]);
        if (arguments.length > 1) {
            child.arm(arguments[1], arguments[2]);
        }
        Tollgate tollgate =
                Tollgate.open(
                        ConfigReader.read(
                                new ConfigSource(
                                        folder.resolve("tollgate.yaml"),
                                        folder,
                                        Map.of(),
                                        List.of(),
                                        WellKnown.names())),
                        observed -> System.out.println("observed " + observed),
                        child);
        System.out.println("port " + Running.port(tollgate));
        var orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = orders.readLine(); line != null; line = orders.readLine()) {
            String[] words = line.split(" ", -1);
            child.arm(words[0], words[1]);
            System.out.println("armed");
        }
        // The parent is gone, whatever became of it.
        Runtime.getRuntime().halt(0);
    }

    private void arm(String step, String number) {
        armed.put(Step.valueOf(step), new AtomicInteger(Integer.parseInt(number)));
    }

    @Override
    public void accept(Step step) {
        AtomicInteger left = armed.get(step);
        if (left != null && left.decrementAndGet() == 0) {
            Runtime.getRuntime().halt(DIED);
        }
    }
}

package tollgate.app;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import tollgate.config.Config;
import tollgate.observe.LogSink;
import tollgate.observe.Logging;
import tollgate.observe.Observation;
import tollgate.observe.Observer;
import tollgate.tenant.IssuedKey;

/// Runs the gateway until it is told to end: SIGTERM and SIGINT let calls that run finish, and the
/// process ends with status 0.
final class Serve {
    static final Command COMMAND =
            new Command("serve", "", "Start the gateway", Setup.LISTENING, Serve::run);

    private Serve() {}

    private static int run(Arguments arguments, Console console)
            throws IOException, InterruptedException {
        arguments.atMost(0);
        return run(Setup.config(arguments, console), console);
    }

    static int run(Config config, Console console) throws IOException, InterruptedException {
        var _ = open(config, console, Serve::endInOrder);
        new CountDownLatch(1).await();
        return CommandLine.DONE;
    }

    private static void endInOrder(Tollgate tollgate) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(tollgate), "tollgate-stop"));
    }

    /// Starts the gateway and says so.
    ///
    /// @param opened given the gateway before anybody hears of it
    static Tollgate open(Config config, Console console, Consumer<Tollgate> opened)
            throws IOException {
        Logging.set(
                Logging.Format.valueOf(config.server().log().name()),
                config.server().logLevel().name());
        Observer observer = new LogSink();
        Tollgate tollgate = Tollgate.open(config, observer, _ -> {});
        opened.accept(tollgate);
        greet(tollgate, console);
        observer.report(new Observation.ServerStarted(tollgate.address(), sinceProcessBegan()));
        return tollgate;
    }

    /// The last thing this process does: halting here makes the status 0, for a signal that was
    /// followed is no failure.
    private static void end(Tollgate tollgate) {
        tollgate.close();
        Logging.stop();
        Runtime.getRuntime().halt(CommandLine.DONE);
    }

    private static Duration sinceProcessBegan() {
        Instant now = Instant.now();
        return Duration.between(ProcessHandle.current().info().startInstant().orElse(now), now);
    }

    /// At the very first start: everything needed for a first call that works as it stands.
    private static void greet(Tollgate tollgate, Console console) {
        IssuedKey admin = tollgate.operator().newAdminKey();
        IssuedKey test = tollgate.operator().firstTestKey();
        console.say("Tollgate is open at " + tollgate.address());
        if (admin != null) {
            console.say("\n  Admin key (shown this once): " + admin.text().reveal());
        }
        if (test != null) {
            String key = test.text().reveal();
            console.say("  Test key (free, sandbox):    " + key);
            console.say(
                    """

                      Try it:
                      curl %s/v1/chat/completions -H 'Authorization: Bearer %s' \
                    -H 'Content-Type: application/json' \
                    -d '{"model":"sandbox/echo","messages":[{"role":"user","content":"Hello!"}]}'
                    """
                            .formatted(tollgate.address(), key));
        }
        console.out().flush();
    }
}

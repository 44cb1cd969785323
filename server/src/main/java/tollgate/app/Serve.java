package tollgate.app;

import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tollgate.config.Config;
import tollgate.config.ConfigException;
import tollgate.db.DataFolderException;
import tollgate.ledger.JournalCorrupt;
import tollgate.observe.LogSink;
import tollgate.observe.Logging;
import tollgate.observe.Observation;
import tollgate.observe.Observer;
import tollgate.tenant.IssuedKey;

/// Runs the gateway until it is told to end.
@Command(name = "serve", description = "Start the gateway.", mixinStandardHelpOptions = true)
final class Serve implements Callable<Integer> {
    @CommandLine.Spec private CommandLine.Model.CommandSpec spec;
    @Mixin private Setup setup = new Setup();

    @SuppressWarnings("NullAway.Init") // picocli sets it
    Serve() {}

    @Override
    public Integer call() throws InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        try {
            Config config = setup.config();
            Logging.set(
                    Logging.Format.valueOf(config.server().log().name()),
                    config.server().logLevel().name());
            run(config, new LogSink(), out);
            return 0;
        } catch (ConfigException | DataFolderException | JournalCorrupt refused) {
            err.println("tollgate: " + refused.getMessage());
            return 1;
        } catch (IOException failed) {
            err.println("tollgate: cannot start: " + cause(failed).getMessage());
            return 1;
        }
    }

    private static Throwable cause(Throwable failed) {
        Throwable cause = failed.getCause();
        return cause == null ? failed : cause;
    }

    private static void run(Config config, Observer observer, PrintWriter out)
            throws IOException, InterruptedException {
        Tollgate tollgate = Tollgate.open(config, observer, _ -> {});
        CountDownLatch ended = new CountDownLatch(1);
        Runtime.getRuntime()
                .addShutdownHook(
                        new Thread(
                                () -> {
                                    tollgate.close();
                                    Logging.stop();
                                    ended.countDown();
                                },
                                "tollgate-stop"));
        greet(tollgate, out);
        observer.report(new Observation.ServerStarted(tollgate.address(), sinceProcessBegan()));
        ended.await();
    }

    private static Duration sinceProcessBegan() {
        long began = ManagementFactory.getRuntimeMXBean().getStartTime();
        return Duration.between(Instant.ofEpochMilli(began), Instant.now());
    }

    /// At the very first start: everything needed for a first call that works as it stands.
    private static void greet(Tollgate tollgate, PrintWriter out) {
        IssuedKey admin = tollgate.operator().newAdminKey();
        IssuedKey test = tollgate.operator().firstTestKey();
        out.printf(Locale.ROOT, "Tollgate is open at %s%n", tollgate.address());
        if (admin != null) {
            out.printf(Locale.ROOT, "%n  Admin key (shown this once): %s%n", admin.text().reveal());
        }
        if (test != null) {
            String key = test.text().reveal();
            out.printf(Locale.ROOT, "  Test key (free, sandbox):    %s%n", key);
            out.printf(
                    Locale.ROOT,
                    "%n  Try it:%n  curl %s/v1/chat/completions -H 'Authorization: Bearer %s'"
                            + " -H 'Content-Type: application/json'"
                            + " -d '{\"model\":\"sandbox/echo\",\"messages\":[{\"role\":\"user\","
                            + "\"content\":\"Hello!\"}]}'%n%n",
                    tollgate.address(),
                    key);
        }
        out.flush();
    }
}

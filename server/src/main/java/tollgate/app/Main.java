package tollgate.app;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/// The command line. Without arguments it says what to do next.
@Command(
        name = "tollgate",
        description = "An AI gateway with exact money at wire speed.",
        subcommands = {Serve.class, Train.class},
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true)
public final class Main implements Runnable {
    @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Main() {}

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Main()).execute(arguments));
    }

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }
}

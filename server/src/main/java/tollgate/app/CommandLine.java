package tollgate.app;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import tollgate.catalog.CatalogException;
import tollgate.config.ConfigException;
import tollgate.db.DataFolderException;
import tollgate.door.Plain;
import tollgate.fault.Fault;
import tollgate.fault.GatewayException;
import tollgate.ledger.JournalCorrupt;

/// From words to a command, and from what it throws to one line and an exit status: 0 done, 1 it
/// could not be done, 2 the words make no sense.
final class CommandLine {
    static final int DONE = 0;
    static final int FAILED = 1;
    static final int MISUSED = 2;

    private static final List<Command> COMMANDS =
            List.of(
                    Serve.COMMAND,
                    Dev.COMMAND,
                    KeysCommand.COMMAND,
                    CatalogCommand.COMMAND,
                    DoctorCommand.COMMAND,
                    BackupCommand.COMMAND);

    private final Console console;

    CommandLine(Console console) {
        this.console = console;
    }

    int run(List<String> words) throws InterruptedException {
        try {
            return dispatch(words);
        } catch (UsageException misused) {
            console.complain(message(misused));
            return MISUSED;
        } catch (ConfigException
                | DataFolderException
                | JournalCorrupt
                | CatalogException
                | RefusedException refused) {
            console.complain(message(refused));
        } catch (GatewayException unavailable) {
            console.complain(sentence(unavailable.fault()));
        } catch (IOException failed) {
            console.complain(message(failed));
        } catch (UncheckedIOException failed) {
            Throwable cause = failed.getCause();
            console.complain(message(cause == null ? failed : cause));
        }
        return FAILED;
    }

    private int dispatch(List<String> words) throws IOException, InterruptedException {
        if (words.isEmpty() || isHelp(words.getFirst())) {
            console.say("tollgate COMMAND [OPTIONS]; tollgate COMMAND --help says more.\n");
            COMMANDS.forEach(command -> console.say(line(command)));
            console.say("\nNext: tollgate serve, and try the curl line that it prints.");
            return DONE;
        }
        String name = words.getFirst();
        if (name.equals("--version")) {
            console.say("tollgate " + Version.TEXT);
            return DONE;
        }
        Command command =
                find(name)
                        .orElseThrow(() ->
                                new UsageException(
                                        "command " + name + ": unknown",
                                        String.join(", ", names())));
        List<String> rest = words.subList(1, words.size());
        if (rest.stream().anyMatch(CommandLine::isHelp)) {
            console.say(command.help().stripTrailing());
            return DONE;
        }
        return command.action().run(Arguments.read(rest, command.allOptions()), console);
    }

    private static boolean isHelp(String word) {
        return word.equals("help") || word.equals("--help") || word.equals("-h");
    }

    /// The build's own command is in no list.
    private static Optional<Command> find(String name) {
        return Stream.concat(COMMANDS.stream(), Stream.of(Train.COMMAND))
                .filter(command -> command.name().equals(name))
                .findFirst();
    }

    private static List<String> names() {
        return COMMANDS.stream().map(Command::name).toList();
    }

    private static String line(Command command) {
        return "  %-10s %s".formatted(command.name(), command.summary());
    }

    private static String sentence(Fault fault) {
        return fault instanceof Fault.Unavailable unavailable
                ? unavailable.message()
                : Plain.message(fault);
    }

    private static String message(Throwable thrown) {
        String message = thrown.getMessage();
        return message == null ? thrown.getClass().getSimpleName() : message;
    }
}

package tollgate.app;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// One thing that the command line does.
///
/// @param words what follows the name, as the help shows it; empty: nothing
/// @param options beside those of [Setup], which every command takes
record Command(String name, String words, String summary, List<Option> options, Action action) {
    Command {
        options = List.copyOf(options);
    }

    /// Does it; returns the exit status.
    @FunctionalInterface
    interface Action {
        int run(Arguments arguments, Console console) throws IOException, InterruptedException;
    }

    List<Option> allOptions() {
        List<Option> all = new ArrayList<>(Setup.OPTIONS);
        all.addAll(options);
        return all;
    }

    /// The text of `tollgate NAME --help`.
    String help() {
        StringBuilder help = new StringBuilder("tollgate ").append(name);
        help.append(words.isEmpty() ? "" : " " + words).append(" [OPTIONS]\n");
        help.append(summary).append(".\n\n");
        for (Option option : allOptions()) {
            help.append("  %-22s %s%n".formatted(option.synopsis(), option.meaning()));
        }
        return help.toString();
    }
}

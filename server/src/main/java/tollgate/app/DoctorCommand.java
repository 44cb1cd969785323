package tollgate.app;

import java.io.IOException;
import java.util.List;
import tollgate.config.Config;
import tollgate.wire.json.Json;

/// `doctor`: exits 0 when all is well, else 1 and says what.
final class DoctorCommand {
    static final Command COMMAND =
            new Command(
                    "doctor",
                    "",
                    "Check ledger, database, disk, clock, configuration, providers",
                    List.of(),
                    DoctorCommand::run);

    private DoctorCommand() {}

    private static int run(Arguments arguments, Console console)
            throws IOException, InterruptedException {
        // Reading it is its check: what is wrong with it is said with key and line.
        Config config = Setup.config(arguments.atMost(0), console);
        line(Finding.sound("configuration", "read and understood"), console);
        Json.Obj said = Asking.ask(config, gateway -> gateway.get("/admin/doctor"), AtRest::doctor);
        int bad = 0;
        for (Json element : said.array("checks").orElse(List.of())) {
            Finding finding = finding((Json.Obj) element);
            line(finding, console);
            bad += finding.isSound() ? 0 : 1;
        }
        if (bad == 0) {
            console.say("All is well.");
            return CommandLine.DONE;
        }
        console.say(bad == 1 ? "One check found something." : bad + " checks found something.");
        return CommandLine.FAILED;
    }

    private static Finding finding(Json.Obj said) {
        String check = said.string("check").orElse("");
        String detail = said.string("detail").orElse("");
        return said.bool("sound").orElse(false)
                ? Finding.sound(check, detail)
                : Finding.bad(check, detail);
    }

    private static void line(Finding finding, Console console) {
        console.say(
                "%-4s %-22s %s"
                        .formatted(
                                finding.isSound() ? "ok" : "BAD",
                                finding.check(),
                                finding.detail()));
    }
}

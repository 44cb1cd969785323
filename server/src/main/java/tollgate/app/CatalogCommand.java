package tollgate.app;

import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tollgate.config.Config;
import tollgate.wire.json.Json;

/// `catalog`: the models for sale, from where, and for how much.
final class CatalogCommand {
    static final Command COMMAND =
            new Command(
                    "catalog",
                    "",
                    "Show the models and prices that this gateway sells",
                    List.of(Option.alone("--json", "as JSON, with every class of a price")),
                    CatalogCommand::run);

    private CatalogCommand() {}

    private static int run(Arguments arguments, Console console)
            throws IOException, InterruptedException {
        Config config = Setup.config(arguments.atMost(0), console);
        Json.Obj said =
                Asking.ask(config, gateway -> gateway.get("/admin/catalog"), AtRest::catalog);
        if (arguments.has("--json")) {
            console.say(said.toString());
            return CommandLine.DONE;
        }
        Table table = new Table("MODEL", "ROUTES", "INPUT", "OUTPUT", "MARKUP", "CONTEXT");
        for (Json element : said.array("data").orElse(List.of())) {
            add((Json.Obj) element, table);
        }
        table.print(console);
        console.say("Prices in USD per million tokens, before markup.");
        return CommandLine.DONE;
    }

    private static void add(Json.Obj model, Table table) {
        Json.Obj price = model.object("price").orElse(Json.obj());
        List<String> routes = new ArrayList<>();
        for (Json route : model.array("routes").orElse(List.of())) {
            routes.add(((Json.Str) route).text());
        }
        table.add(
                model.string("id").orElse(""),
                String.join(" ", routes),
                text(price.find("input")),
                text(price.find("output")),
                percent(price.integer("markup_ppm").orElse(0L)),
                text(model.find("context")));
    }

    private static String text(Optional<Json> value) {
        return value.filter(v -> v != Json.Nil.NIL).map(Json::toString).orElse("");
    }

    private static String percent(long ppm) {
        return "%s%%".formatted(BigDecimal.valueOf(ppm, 4).stripTrailingZeros().toPlainString());
    }
}

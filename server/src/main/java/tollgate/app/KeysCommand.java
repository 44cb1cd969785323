package tollgate.app;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tollgate.config.Config;
import tollgate.wire.json.Json;

/// `keys`, `keys create NAME`, `keys revoke ID`, `keys admin --rotate`.
final class KeysCommand {
    static final Command COMMAND =
            new Command(
                    "keys",
                    "[list | create NAME | revoke ID | admin --rotate]",
                    "List, make and end keys",
                    List.of(
                            Option.with("--user", "ID", "whose the new key is (default: operator)"),
                            Option.with("--environment", "TAG", "live, test, staging or dev"),
                            Option.with("--budget", "USD", "what the new key may spend"),
                            Option.with("--period", "PERIOD", "of the budget: day, month, total"),
                            Option.alone("--rotate", "replace the admin key; the old one ends")),
                    KeysCommand::run);

    private static final String PATH = "/admin/keys";

    private KeysCommand() {}

    private static int run(Arguments arguments, Console console)
            throws IOException, InterruptedException {
        List<String> words = arguments.words();
        String what = words.isEmpty() ? "list" : words.getFirst();
        return switch (what) {
            case "list" -> list(arguments.atMost(1), console);
            case "create" -> create(arguments.atMost(2), console);
            case "revoke" -> revoke(arguments.atMost(2), console);
            case "admin" -> admin(arguments.atMost(1), console);
            default ->
                    throw new UsageException(
                            "keys " + what + ": unknown", "list, create, revoke or admin");
        };
    }

    private static int list(Arguments arguments, Console console)
            throws IOException, InterruptedException {
        Config config = Setup.config(arguments, console);
        Json.Obj said =
                Asking.ask(
                        config,
                        gateway -> gateway.get(PATH),
                        folder -> folder.desk(desk -> desk.list()));
        Table table = new Table("ID", "KEY", "NAME", "KIND", "ACCOUNT", "USER", "STATE");
        for (Json element : said.array("data").orElse(List.of())) {
            Json.Obj key = (Json.Obj) element;
            table.add(
                    number(key, "id"),
                    key.string("api_key").orElse(""),
                    key.string("key_name").orElse(""),
                    key.string("kind").orElse(""),
                    number(key, "account_id"),
                    number(key, "user_id"),
                    key.bool("is_active").orElse(true) ? "active" : "off");
        }
        table.print(console);
        long count = said.integer("count").orElse(0L);
        long total = said.integer("total").orElse(count);
        if (count < total) {
            console.say("The newest %d of %d keys.".formatted(count, total));
        }
        return CommandLine.DONE;
    }

    private static int create(Arguments arguments, Console console)
            throws IOException, InterruptedException {
        Json.Obj body = Json.obj().put("key_name", arguments.word(1, "keys create NAME"));
        String user = arguments.value("--user");
        if (user != null) {
            body = body.put("user_id", id("--user", user));
        }
        String environment = arguments.value("--environment");
        if (environment != null) {
            body = body.put("environment_tag", environment);
        }
        Json.Obj budget = budget(arguments.value("--budget"), arguments.value("--period"));
        Json.Obj asked = budget == null ? body : body.put("budget", budget);
        Json.Obj made =
                Asking.ask(
                        Setup.config(arguments, console),
                        gateway -> gateway.post(PATH, asked),
                        folder -> folder.desk(desk -> desk.create(asked)));
        show(made, "Key %s (shown this once)".formatted(number(made, "id")), console);
        return CommandLine.DONE;
    }

    private static Json.@Nullable Obj budget(@Nullable String limit, @Nullable String period) {
        if (limit == null) {
            return null;
        }
        if (!limit.matches("[0-9]{1,9}(\\.[0-9]{1,9})?")) {
            throw new UsageException("option --budget: " + limit, "an amount such as 5.00");
        }
        return Json.obj()
                .put("limit", new Json.Num(limit))
                .put("period", period == null ? "total" : period.toLowerCase(Locale.ROOT));
    }

    private static int revoke(Arguments arguments, Console console)
            throws IOException, InterruptedException {
        long id = id("keys revoke", arguments.word(1, "keys revoke ID"));
        Asking.ask(
                Setup.config(arguments, console),
                gateway -> gateway.delete(PATH + "/" + id),
                folder -> folder.desk(desk -> desk.revoke(id)));
        console.say("Key %d is revoked.".formatted(id));
        return CommandLine.DONE;
    }

    private static int admin(Arguments arguments, Console console)
            throws IOException, InterruptedException {
        if (!arguments.has("--rotate")) {
            throw new UsageException("keys admin: nothing to do", "keys admin --rotate");
        }
        Json.Obj made =
                Asking.ask(
                        Setup.config(arguments, console),
                        gateway -> gateway.post(PATH + "/rotate-admin", Json.obj()),
                        folder -> folder.desk(desk -> desk.rotateAdmin()));
        show(made, "Admin key (shown this once, the old one opens nothing now)", console);
        return CommandLine.DONE;
    }

    private static void show(Json.Obj made, String what, Console console) {
        console.say("%s: %s".formatted(what, made.string("api_key").orElse("")));
    }

    private static long id(String what, String text) {
        if (text.matches("[0-9]{1,18}")) {
            return Long.parseLong(text);
        }
        throw new UsageException(what + ": " + text, "a number");
    }

    private static String number(Json.Obj from, String name) {
        List<String> digits = new ArrayList<>();
        from.integer(name).ifPresent(value -> digits.add(Long.toString(value)));
        return String.join("", digits);
    }
}

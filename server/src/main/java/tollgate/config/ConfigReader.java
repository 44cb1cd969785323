package tollgate.config;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tollgate.unit.Money;

/// Reads the configuration: file, then flags over it, each key once and none unknown.
///
/// Names of sections and keys, defaults and ranges all stand here and in the readers beside it;
/// ConfigTest pins them.
public final class ConfigReader {
    private static final long FILE_BYTES_MAX = 16 << 20;
    private static final long MB = 1 << 20;
    private static final int ADMIN_KEY_CHARACTERS_MIN = 16;
    private static final String SQLITE = "sqlite:";

    private final ConfigSource source;
    private final Variables variables;

    private ConfigReader(ConfigSource source) {
        this.source = source;
        this.variables = Variables.read(source.home().resolve(".env"), source.environment());
    }

    /// Reads and checks everything.
    ///
    /// @throws ConfigException naming file, line, key, what was found and what was expected
    public static Config read(ConfigSource source) {
        ConfigReader reader = new ConfigReader(source);
        Node.Table table = reader.file();
        source.flags().forEach(flag -> Flags.lay(flag, table));
        return reader.config(new Section("", table));
    }

    private Node.Table file() {
        Path file = source.file();
        if (file == null) {
            return new Node.Table(new Place("no file", 0), new LinkedHashMap<>());
        }
        return YamlFile.read(file.toString(), text(file), variables);
    }

    private static String text(Path file) {
        Place place = new Place(file.toString(), 0);
        try {
            if (Files.size(file) > FILE_BYTES_MAX) {
                throw ConfigException.at(
                        place, "size", Files.size(file) + " bytes", "at most " + FILE_BYTES_MAX);
            }
            return Files.readString(file);
        } catch (NoSuchFileException none) {
            throw ConfigException.at(place, "file", "none there", "a readable file");
        } catch (CharacterCodingException notText) {
            throw ConfigException.at(place, "file", "bytes that are not UTF-8", "UTF-8 text");
        } catch (IOException unreadable) {
            throw ConfigException.at(
                    place, "file", unreadable.getClass().getSimpleName(), "a readable file");
        }
    }

    private Config config(Section root) {
        ModelReader models = new ModelReader(source.wellKnownProviders());
        Map<String, Config.Provider> providers = models.providers(root.section("providers"));
        Config config =
                new Config(
                        server(root.section("server")),
                        storage(root),
                        journal(root.section("journal")),
                        root.secret(
                                "admin-key",
                                variable("TOLLGATE_ADMIN_KEY"),
                                ADMIN_KEY_CHARACTERS_MIN),
                        root.secret("proxy-key", variable("PROXY_KEY"), 1),
                        auth(root.section("auth")),
                        providers,
                        models.models(root.section("models"), providers.keySet()),
                        pricing(root.section("pricing")),
                        LimitsReader.limits(root),
                        LimitsReader.timeouts(root.section("timeouts")),
                        LimitsReader.breaker(root.section("breaker")),
                        RelayReader.read(root.section("relay")),
                        credit(root.section("credit")),
                        proxy(root.section("proxy")),
                        plans(root.section("plans")),
                        stripe(root.section("stripe")),
                        privy(root.section("privy")),
                        smtp(root.section("smtp")),
                        outbound(root.section("outbound")),
                        variables);
        root.end();
        return checked(root, config);
    }

    private Config checked(Section root, Config config) {
        int length = config.adminKey().text().length();
        if (config.adminKey().isSet() && length < ADMIN_KEY_CHARACTERS_MIN) {
            // Only the variable can be short here: the file's was checked with its line.
            throw ConfigException.at(
                    new Place("environment", 0),
                    "TOLLGATE_ADMIN_KEY",
                    length + " characters",
                    ADMIN_KEY_CHARACTERS_MIN + " characters or more, or none");
        }
        if (config.adminKey().isSet() && config.adminKey().equals(config.proxyKey())) {
            throw root.refused("proxy-key", "the admin key", "another key");
        }
        return config;
    }

    private Secret variable(String name) {
        return variables.find(name).map(Secret::new).orElse(Secret.NONE);
    }

    /// An answer is kept whole in memory before any of it is the caller's.
    private static final long ANSWER_BYTES_MAX = 1_024 * MB;

    private static Config.Server server(Section section) {
        Config.Server server =
                new Config.Server(
                        section.text("host", "127.0.0.1"),
                        section.port("port", 8080),
                        section.port("h2c-port", 0),
                        Urls.base(section, "public-url", ""),
                        section.choice("root", Config.Root.OPENAI),
                        Urls.blocks(section, "trusted-proxies"),
                        section.texts("cors", List.of("*")),
                        section.size("max-body", 20 * MB),
                        section.size("max-buffered", 512 * MB),
                        section.size("max-answer", 64 * MB),
                        section.size("max-stream", 1_024 * MB),
                        (int) section.integer("event-loops", 0, 0, 1_024),
                        section.port("metrics-port", 0),
                        section.choice("log", Config.LogFormat.HUMAN),
                        section.choice("log-level", Config.LogLevel.INFO),
                        section.truth("cost", true));
        section.end();
        if (server.host().isBlank()) {
            throw section.refused("host", "an empty text", "a name or address to listen on");
        }
        if (server.maxAnswer() < 1 || server.maxAnswer() > ANSWER_BYTES_MAX) {
            throw section.refused("max-answer", server.maxAnswer() + " bytes", "1B to 1GB");
        }
        return server;
    }

    /// The data folder; a relative one lies beside the configuration file, one from the command
    /// line where that was typed.
    private Path storage(Section root) {
        String text = root.text("storage", SQLITE + "data");
        if (!text.startsWith(SQLITE) || text.length() == SQLITE.length()) {
            // It may hold a password: a URL's scheme is all that is shown.
            int scheme = text.indexOf(':');
            String shown = scheme < 0 ? text : text.substring(0, scheme) + ":…";
            throw root.refused("storage", shown, "sqlite:FOLDER");
        }
        boolean typed = source.flags().stream().anyMatch(flag -> flag.key().equals("storage"));
        Path base = typed ? source.folder() : source.home();
        return base.resolve(text.substring(SQLITE.length())).toAbsolutePath().normalize();
    }

    private static Config.Journal journal(Section section) {
        Config.Journal journal =
                new Config.Journal(
                        section.duration("gate", Duration.ofMillis(100)),
                        section.size("segment", 64 * MB));
        section.end();
        if (journal.segment() < MB || journal.segment() > 1024 * MB) {
            throw section.refused("segment", journal.segment() + " bytes", "1MB to 1GB");
        }
        return journal;
    }

    private static Config.Auth auth(Section section) {
        Config.Auth auth = new Config.Auth(section.choice("signup", Config.Signup.OPEN));
        section.end();
        return auth;
    }

    private static Config.Pricing pricing(Section section) {
        Config.Pricing pricing =
                new Config.Pricing(
                        section.percentage("markup", 200_000),
                        section.amount("signup-credits", Money.usd(10)));
        section.end();
        return pricing;
    }

    private static Config.Credit credit(Section section) {
        Config.Credit credit =
                new Config.Credit(
                        section.amount("standard", Money.usd(1)),
                        section.amount("batch", Money.usd(2)));
        section.end();
        return credit;
    }

    private static Config.Proxy proxy(Section section) {
        Config.Proxy proxy =
                new Config.Proxy(
                        section.size("max-body", MB),
                        section.duration("timeout", Duration.ofSeconds(30)),
                        section.texts("models", List.of()),
                        section.amount("max-per-day", Money.ZERO));
        section.end();
        return proxy;
    }

    private static Config.Plans plans(Section section) {
        Config.Plans plans = new Config.Plans(section.choice("enforce", Config.Enforce.GATEWAY));
        section.end();
        return plans;
    }

    private static Config.Stripe stripe(Section section) {
        Config.Stripe stripe =
                new Config.Stripe(
                        section.secret("secret-key", Secret.NONE, 1),
                        section.secret("webhook-secret", Secret.NONE, 1),
                        Urls.base(section, "api-base", "https://api.stripe.com"));
        section.end();
        return stripe;
    }

    private static Config.Privy privy(Section section) {
        Config.Privy privy =
                new Config.Privy(section.text("app-id", ""), section.text("verification-key", ""));
        section.end();
        return privy;
    }

    private static Config.Smtp smtp(Section section) {
        Config.Smtp smtp =
                new Config.Smtp(
                        section.text("host", ""),
                        section.port("port", 587),
                        section.text("from", ""),
                        section.text("user", ""),
                        section.secret("password", Secret.NONE, 1),
                        section.choice("tls", Config.Tls.STARTTLS));
        section.end();
        if (!smtp.host().isEmpty() && smtp.from().isEmpty()) {
            throw section.refused("from", "missing", "the sender's address, as host is set");
        }
        return smtp;
    }

    private static Config.Outbound outbound(Section section) {
        Config.Outbound outbound =
                new Config.Outbound(section.truth("allow-private-networks", false));
        section.end();
        return outbound;
    }
}

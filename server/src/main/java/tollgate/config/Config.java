package tollgate.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tollgate.call.Capability;
import tollgate.unit.Money;

/// Everything an operator can set, checked and with defaults filled in; docs/config.md lists it.
///
/// A limit of 0 means none. Names are as in the file, with dashes for capitals.
public record Config(
        Server server,
        Path storage,
        Journal journal,
        Secret adminKey,
        Secret proxyKey,
        Auth auth,
        Map<String, Provider> providers,
        Map<String, Model> models,
        Pricing pricing,
        Limits limits,
        Timeouts timeouts,
        Breaker breaker,
        Relay relay,
        Credit credit,
        Proxy proxy,
        Plans plans,
        Stripe stripe,
        Privy privy,
        Smtp smtp,
        Outbound outbound,
        Variables variables) {

    public Config {
        providers = ordered(providers);
        models = ordered(models);
    }

    /// Keeps the file's order, which is the order of listings.
    private static <V> Map<String, V> ordered(Map<String, V> map) {
        return Collections.unmodifiableMap(new LinkedHashMap<>(map));
    }

    /// Who may sign up really: people from anywhere need a mail that we can check.
    public Signup signup() {
        return smtp.host().isEmpty() && !server.isLoopback() ? Signup.CLOSED : auth.signup();
    }

    /// Where we listen, and what holds for every request.
    ///
    /// @param publicUrl without a trailing slash; empty: the address really bound
    /// @param eventLoops 0: one a core
    /// @param maxBuffered bytes of all request bodies in memory together
    /// @param maxAnswer bytes of a provider's whole answer
    /// @param maxStream bytes of a provider's stream; 0: no limit
    /// @param metricsPort 0: `/metrics` on the main port only, with the admin key
    /// @param cost whether answers carry `x-tollgate-cost`
    public record Server(
            String host,
            int port,
            int h2cPort,
            String publicUrl,
            Root root,
            List<String> trustedProxies,
            List<String> cors,
            long maxBody,
            long maxBuffered,
            long maxAnswer,
            long maxStream,
            int eventLoops,
            int metricsPort,
            LogFormat log,
            LogLevel logLevel,
            boolean cost) {
        public boolean isLoopback() {
            return host.equals("localhost") || host.startsWith("127.") || host.equals("::1");
        }
    }

    /// Whose wording the root uses where contracts clash.
    public enum Root {
        OPENAI,
        RESELLER,
        GATEWAY,
        PROXY
    }

    public enum LogFormat {
        HUMAN,
        JSON
    }

    /// `DEBUG` has a line for each request.
    public enum LogLevel {
        DEBUG,
        INFO,
        WARN
    }

    /// How the journal of money is written.
    ///
    /// @param gate how far the disk may be behind before acknowledgements wait for it
    /// @param segment bytes of one file of the journal
    public record Journal(Duration gate, long segment) {}

    public record Auth(Signup signup) {}

    public enum Signup {
        OPEN,
        INVITE,
        CLOSED
    }

    /// An upstream account.
    ///
    /// @param protocol null: that of the well-known provider of this name
    /// @param baseUrl null: likewise; never with a trailing slash
    public record Provider(@Nullable Protocol protocol, @Nullable String baseUrl, Secret apiKey) {}

    public enum Protocol {
        OPENAI,
        ANTHROPIC,
        GEMINI
    }

    /// What callers may name, and where it is served.
    ///
    /// @param price null: the catalogue's
    /// @param markupPpm parts per million on top of the price; null: that of [Pricing]
    public record Model(
            List<Route> routes,
            @Nullable Price price,
            @Nullable Long markupPpm,
            About about,
            Set<Capability> allow) {
        public Model {
            routes = List.copyOf(routes);
            allow = Set.copyOf(allow);
        }
    }

    /// One provider that serves a model.
    ///
    /// @param model null: the entry's own name
    /// @param cost what the provider charges us, for margins only
    public record Route(
            String provider,
            @Nullable String model,
            int weight,
            boolean fallback,
            @Nullable Price cost) {}

    /// USD per million tokens, before markup; images and requests in USD each, web searches in USD
    /// a thousand. An absent class follows DESIGN's defaults, or has no price.
    public record Price(
            @Nullable Money input,
            @Nullable Money output,
            @Nullable Money cachedInput,
            @Nullable Money cacheWrite,
            @Nullable Money cacheWriteLong,
            @Nullable Money reasoning,
            @Nullable Money image,
            @Nullable Money request,
            @Nullable Money webSearch,
            @Nullable Above above) {}

    /// The whole request's price once its input exceeds `tokens`; absent classes keep theirs.
    public record Above(long tokens, Price price) {}

    /// Facts about a model; null: the catalogue's.
    ///
    /// @param inputOverhead tokens that a provider adds when tools or a schema are sent
    /// @param imageTokens the most that one image costs; likewise audio and file
    public record About(
            @Nullable Long context,
            @Nullable Long maxOutput,
            @Nullable Boolean hiddenReasoning,
            @Nullable Set<Modality> modalities,
            @Nullable Long inputOverhead,
            @Nullable Long imageTokens,
            @Nullable Long audioTokens,
            @Nullable Long fileTokens) {}

    public enum Modality {
        TEXT,
        IMAGE,
        AUDIO,
        FILE,
        VIDEO
    }

    public record Pricing(long markupPpm, Money signupCredits) {}

    /// Limits on requests at the reseller door, and an address's at credit's.
    ///
    /// @param outputDefault tokens, where neither caller nor catalogue says how long an answer gets
    public record Limits(
            int requestsPerMinute,
            int requestsPerHour,
            int requestsPerDay,
            int perIpPerMinute,
            int outputDefault) {}

    public record Timeouts(Duration connect, FirstByte firstByte, Duration idle, Duration total) {}

    public record FirstByte(Duration stream, Duration whole) {}

    public record Breaker(int failures, Duration within, Duration retryAfter) {}

    /// The queue of jobs.
    ///
    /// @param workers built-in ones; 0: none
    /// @param modes all six, the file's over the defaults
    public record Relay(int workers, Duration lease, int attempts, Map<String, Mode> modes) {
        public Relay {
            modes = ordered(modes);
        }
    }

    /// What a job of one mode runs.
    ///
    /// @param tools JSON objects, put into the provider's request as they stand
    /// @param maxOutput tokens that a job's hold covers at most
    public record Mode(
            String model,
            @Nullable String system,
            List<String> tools,
            Duration timeout,
            int maxOutput) {
        public Mode {
            tools = List.copyOf(tools);
        }
    }

    /// Flat prices of a call.
    public record Credit(Money standard, Money batch) {}

    /// What the proxy key may do.
    ///
    /// @param models that may be called; empty: all
    /// @param maxPerDay 0: no limit
    public record Proxy(long maxBody, Duration timeout, List<String> models, Money maxPerDay) {}

    public record Plans(Enforce enforce) {}

    /// Where the limits of plans hold.
    public enum Enforce {
        GATEWAY,
        EVERYWHERE,
        OFF
    }

    public record Stripe(Secret secretKey, Secret webhookSecret, String apiBase) {}

    /// Sign-in through Privy.
    ///
    /// @param verificationKey PEM or JWK of Privy's public key
    public record Privy(String appId, String verificationKey) {}

    /// The server that takes our mail.
    ///
    /// @param host empty: no mail
    public record Smtp(String host, int port, String from, String user, Secret password, Tls tls) {}

    public enum Tls {
        STARTTLS,
        TLS,
        NONE
    }

    /// For customers' URLs only; operators' providers are not guarded.
    public record Outbound(boolean allowPrivateNetworks) {}
}

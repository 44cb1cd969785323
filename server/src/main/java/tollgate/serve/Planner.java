package tollgate.serve;

import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import tollgate.call.Capability;
import tollgate.call.Usage;
import tollgate.catalog.About;
import tollgate.catalog.Catalog;
import tollgate.catalog.Model;
import tollgate.catalog.Price;
import tollgate.catalog.Price.Bound;
import tollgate.catalog.Price.Caches;
import tollgate.catalog.PriceVersion;
import tollgate.catalog.RouteEntry;
import tollgate.config.Config;
import tollgate.fault.Fault;
import tollgate.fault.GatewayException;
import tollgate.ledger.Book;
import tollgate.ledger.Ledger;
import tollgate.ledger.SpendLimit;
import tollgate.provider.Provider.Delivery;
import tollgate.route.Attempt;
import tollgate.route.RetryBudget;
import tollgate.route.Routing;
import tollgate.tenant.Budget;
import tollgate.tenant.Key;
import tollgate.wire.openai.ChatPeek;
import tollgate.wire.openai.NotPassed;

/// Decides about a call before anything is reserved: who pays, which model, within which bounds,
/// where it goes. Refuses what may not be passed on. Shared by all event loops.
public final class Planner {
    private static final String SANDBOX = "sandbox";
    private static final PriceVersion FREE = new PriceVersion(0, Price.FREE, 0);
    private static final long SANDBOX_OUTPUT = 16_384;

    /// What the sandbox plays has no context to fill and hides nothing.
    private static final About IN_SANDBOX =
            new About(
                    About.UNKNOWN, SANDBOX_OUTPUT, false, Set.of(Config.Modality.TEXT), 0, 0, 0, 0);

    private final Ledger ledger;
    private final LimitsOf limitsOf;
    private final Catalog catalog;
    private final Routing routing;
    private final RandomGenerator random;
    private final long outputDefault;

    /// Plans with these.
    ///
    /// @param outputDefault tokens of an answer whose length nobody knows (`limits.output-default`)
    public Planner(
            Ledger ledger,
            LimitsOf limitsOf,
            Catalog catalog,
            Routing routing,
            RandomGenerator random,
            long outputDefault) {
        this.ledger = ledger;
        this.limitsOf = limitsOf;
        this.catalog = catalog;
        this.routing = routing;
        this.random = random;
        this.outputDefault = outputDefault;
    }

    // ---------------------------------------------------------------- who pays

    Payer payer(ModelCall call) {
        Key key = call.key();
        Book book = key.environment().isTest() ? Book.TEST : Book.LIVE;
        return new Payer(ledger.purse(key.accountId(), book), budget(key), limitsOf.limits(key));
    }

    private static @Nullable SpendLimit budget(Key key) {
        Budget budget = key.budget();
        if (budget == null) {
            return null;
        }
        SpendLimit.Window window =
                switch (budget.period()) {
                    case DAY -> SpendLimit.Window.DAY;
                    case MONTH -> SpendLimit.Window.MONTH;
                    case TOTAL -> SpendLimit.Window.TOTAL;
                };
        return new SpendLimit(budget.limit().nanos(), window);
    }

    // ---------------------------------------------------------------- what and where

    Plan plan(ModelCall call, Payer payer) {
        Question question = call.question();
        Model model = model(call);
        Set<Capability> allow = allow(call.key(), model);
        List<String> dropped = dropped(question, allow);
        long spendable = ledger.spendable(payer.purse(), call.key().id(), payer.budget());
        Terms terms =
                Terms.of(
                        ask(question, model.about()),
                        new Terms.Offer(model.price(), model.about().maxOutput(), outputDefault),
                        spendable,
                        call.maxCost());
        List<Attempt> attempts = routing.attempts(model, random);
        if (attempts.isEmpty()) {
            throw new GatewayException(new Fault.UnknownModel(model.name()));
        }
        RetryBudget budget = routing.budget(attempts.getLast().provider().name());
        budget.earn();
        return new Plan(
                question,
                attempts,
                model.price(),
                terms,
                allow,
                dropped,
                longest(question, model.about()),
                budget);
    }

    private Model model(ModelCall call) {
        String name = call.question().model();
        Key key = call.key();
        Set<String> shown = call.manner().models();
        if (!key.mayCall(name) || (!shown.isEmpty() && !shown.contains(name))) {
            throw new GatewayException(
                    new Fault.Forbidden("The model `%s` is not open to this key.".formatted(name)));
        }
        if (key.environment().isTest()) {
            return sandboxed(name);
        }
        return catalog.find(name)
                .orElseThrow(() -> new GatewayException(new Fault.UnknownModel(name)));
    }

    /// A test key is answered by the sandbox whatever it names, at the named model's price.
    private Model sandboxed(String name) {
        Optional<Model> named = catalog.find(name);
        PriceVersion price = named.map(Model::price).orElse(FREE);
        Set<Capability> allow = named.map(Model::allow).orElse(Set.of());
        String its = name.startsWith(SANDBOX + "/") ? name.substring(SANDBOX.length() + 1) : name;
        RouteEntry route = new RouteEntry(SANDBOX, its, 1, false, null);
        return new Model(name, SANDBOX, List.of(route), price, IN_SANDBOX, allow);
    }

    /// How often a provider searches cannot be bounded before, so that a search which has a price
    /// can be neither held nor charged exactly: it is not passed on, allowed or not.
    private static Set<Capability> allow(Key key, Model model) {
        boolean operators = key.isAdmin() || key.kind() == Key.Kind.PROXY;
        boolean unboundedSearch = model.price().price().webSearch() > 0;
        if (!operators && !unboundedSearch) {
            return model.allow();
        }
        EnumSet<Capability> allow = EnumSet.noneOf(Capability.class);
        allow.addAll(model.allow());
        if (operators) {
            allow.add(Capability.PROVIDER_OBJECTS);
        }
        if (unboundedSearch) {
            allow.remove(Capability.WEB_SEARCH);
        }
        return allow;
    }

    /// The hosted tools to take out of a request in which all else may be passed on.
    private static List<String> dropped(Question question, Set<Capability> allow) {
        return switch (question) {
            case Question.Embeddings embeddings -> {
                refuseNotPassed(embeddings.peek().refused(allow));
                yield List.of();
            }
            case Question.Chat chat -> {
                refuseNotPassed(chat.peek().refused(allow));
                refuseUnpriced(chat.peek().outputModalities());
                yield chat.peek().dropped(allow);
            }
        };
    }

    private static void refuseNotPassed(@Nullable NotPassed field) {
        if (field != null) {
            throw new GatewayException(field.fault());
        }
    }

    /// Spoken and painted answers are billed by classes that have no price here (I-31).
    private static void refuseUnpriced(List<String> modalities) {
        if (!modalities.isEmpty()) {
            throw new GatewayException(
                    new Fault.BadRequest(
                            "modalities",
                            "modalities: %s (expected: text, nothing else has a price)"
                                    .formatted(String.join(", ", modalities))));
        }
    }

    // ---------------------------------------------------------------- bounds

    private static Terms.Ask ask(Question question, About about) {
        return switch (question) {
            case Question.Embeddings embeddings -> new Terms.Ask(input(embeddings), 0, 1, 0, false);
            case Question.Chat chat ->
                    new Terms.Ask(
                            input(chat.peek(), about),
                            chat.peek().outputLimit(),
                            chat.peek().choices(),
                            chat.peek().predictionBytes(),
                            chat.delivery() == Delivery.STREAM
                                    && !about.hiddenReasoning()
                                    && chat.peek().predictionBytes() == 0);
        };
    }

    /// One token a byte is the only safe bound of text; what lies outside text is bound by what the
    /// model can be billed for it, all of it by the model's context.
    private static Bound input(ChatPeek peek, About about) {
        long tokens =
                peek.inputBytes()
                        + (peek.toolsOrSchema() ? about.inputOverhead() : 0)
                        + peek.images() * about.imageTokensMax()
                        + peek.audios() * about.audioTokensMax()
                        + peek.files() * about.fileTokensMax();
        return new Bound(within(tokens, about), 0, 0, Caches.LONG);
    }

    private static Bound input(Question.Embeddings embeddings) {
        return new Bound(embeddings.body().length, 0, 0, Caches.LONG);
    }

    private static long within(long tokens, About about) {
        long most = about.context() == About.UNKNOWN ? Usage.TOKENS_MAX : about.context();
        return Math.min(tokens, most);
    }

    private static long longest(Question question, About about) {
        long choices = question instanceof Question.Chat chat ? chat.peek().choices() : 1;
        return about.maxOutput() == About.UNKNOWN
                ? Usage.TOKENS_MAX
                : Math.min(Usage.TOKENS_MAX, about.maxOutput() * choices);
    }
}

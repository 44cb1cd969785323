package tollgate.wire.openai;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tollgate.call.Capability;
import tollgate.fault.GatewayException;
import tollgate.wire.json.JsonException;
import tollgate.wire.json.JsonLimits;
import tollgate.wire.json.JsonReader;
import tollgate.wire.json.NameTable;
import tollgate.wire.json.Span;
import tollgate.wire.json.Token;

/// What a gateway must know of an embeddings request before it passes the bytes on. Immutable.
///
/// @param model the caller's name of the model
/// @param modelSpan where it stands, quotes included
/// @param inputs how many vectors are asked for
/// @param inputBound tokens that the input has at most: a token a byte of a text as written, one a
///   token number
/// @param dimensions -1 when not given
/// @param encodingFormat `float`, `base64`, or what the provider knows beside; null when not given
/// @param endUser `user`
/// @param notPassed fields that the model's entry must allow
public record EmbeddingsPeek(
        String model,
        Span modelSpan,
        int inputs,
        long inputBound,
        long dimensions,
        @Nullable String encodingFormat,
        @Nullable String endUser,
        List<NotPassed> notPassed) {
    public EmbeddingsPeek {
        notPassed = List.copyOf(notPassed);
    }

    /// Reads a request's body.
    ///
    /// @throws GatewayException with [BadRequest] when it is no embeddings request
    public static EmbeddingsPeek read(byte[] body) {
        return new Reader(body).read();
    }

    /// The first field that may not be passed on by a model that allows these, or null.
    public @Nullable NotPassed refused(Set<Capability> allowed) {
        for (NotPassed field : notPassed) {
            if (!allowed.contains(field.capability())) {
                return field;
            }
        }
        return null;
    }

    /// The body with another model's name; the body itself when it is the same.
    public byte[] withModel(byte[] body, String name) {
        return model.equals(name)
                ? body
                : Splices.renamed(body, new Span(0, body.length), modelSpan, name);
    }

    /// Without any text of the caller's but the model's name.
    @Override
    public String toString() {
        return "EmbeddingsPeek[%s, %d inputs]".formatted(model, inputs);
    }

    /// The one pass.
    private static final class Reader {
        private static final long DIMENSIONS_MAX = 1_000_000;
        private static final String EXPECTED =
                "a string, or a non-empty array of strings, of token numbers, or of arrays of token"
                        + " numbers";

        private static final int MODEL = 0;
        private static final int INPUT = 1;
        private static final int DIMENSIONS = 2;
        private static final int ENCODING_FORMAT = 3;
        private static final int USER = 4;
        private static final int SERVICE_TIER = 5;
        private static final int MODELS = 6;
        private static final List<String> NAMES =
                List.of(
                        "model",
                        "input",
                        "dimensions",
                        "encoding_format",
                        "user",
                        "service_tier",
                        "models");
        private static final NameTable TABLE = NameTable.of(NAMES);

        private final JsonReader json;
        private final Refusals refusals = new Refusals();
        private @Nullable String model;
        private Span modelSpan = new Span(0, 0);
        private int inputs;
        private long inputBound;
        private long dimensions = -1;
        private @Nullable String encodingFormat;
        private @Nullable String endUser;

        Reader(byte[] body) {
            json = new JsonReader(body, JsonLimits.STRICT);
        }

        EmbeddingsPeek read() {
            try {
                if (json.next() != Token.OBJECT_START) {
                    throw Peeking.refused(
                            null, "body: found %s (expected: an object)".formatted(json.found()));
                }
                while (json.next() == Token.NAME) {
                    member();
                }
                json.next();
            } catch (JsonException e) {
                throw Peeking.unreadable(e);
            }
            if (model == null) {
                throw Peeking.missing("model", "a non-empty string");
            }
            if (inputs == 0) {
                throw Peeking.missing("input", EXPECTED);
            }
            return new EmbeddingsPeek(
                    model,
                    modelSpan,
                    inputs,
                    inputBound,
                    dimensions,
                    encodingFormat,
                    endUser,
                    refusals.fields());
        }

        private void member() {
            int member = TABLE.find(json);
            if (member < 0) {
                int meant = TABLE.findCaseVariant(json);
                if (meant >= 0) {
                    throw Peeking.misspelt(json, NAMES.get(meant));
                }
            }
            json.next();
            switch (member) {
                case MODEL -> {
                    model = Peeking.model(json);
                    modelSpan = new Span(json.start(), json.end());
                }
                case INPUT -> input();
                case DIMENSIONS ->
                        dimensions = Peeking.positive(json, "dimensions", DIMENSIONS_MAX);
                case ENCODING_FORMAT -> encodingFormat = Peeking.text(json, "encoding_format");
                case USER -> endUser = Peeking.endUser(json, "user");
                case SERVICE_TIER -> refusals.serviceTier(json);
                case MODELS -> {
                    if (json.token() != Token.NULL) {
                        refusals.add("models", Capability.ROUTING);
                    }
                }
                default -> {}
            }
            json.skipValue();
        }

        private void input() {
            if (json.token() == Token.STRING) {
                text();
                return;
            }
            if (json.token() != Token.ARRAY_START) {
                throw Peeking.wrong("input", json, EXPECTED);
            }
            Token kind = json.next();
            switch (kind) {
                case STRING -> {
                    do {
                        require(Token.STRING);
                        text();
                    } while (json.next() != Token.ARRAY_END);
                }
                case NUMBER -> {
                    inputs = 1;
                    numbers();
                }
                case ARRAY_START -> {
                    do {
                        require(Token.ARRAY_START);
                        inputs++;
                        json.next();
                        numbers();
                    } while (json.next() != Token.ARRAY_END);
                }
                default -> throw Peeking.wrong("input", json, EXPECTED);
            }
        }

        private void text() {
            inputs++;
            inputBound += json.end() - json.start();
        }

        /// Token numbers, from the current token to the end of their array.
        private void numbers() {
            while (json.token() != Token.ARRAY_END) {
                require(Token.NUMBER);
                inputBound++;
                json.next();
            }
        }

        private void require(Token kind) {
            if (json.token() != kind) {
                throw Peeking.wrong("input[%d]".formatted(inputs), json, kind.words());
            }
        }
    }
}

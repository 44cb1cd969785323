package tollgate.provider.sandbox;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import tollgate.fault.Fault.BadRequest;
import tollgate.fault.GatewayException;
import tollgate.wire.TokenMeter;
import tollgate.wire.json.Json;

/// Embeddings without a model: each word adds to a few dimensions that its hash picks, and the sum
/// is brought to length 1. Texts that share words are near each other, and that is all.
final class Embedder {
    private static final int DIMENSIONS_DEFAULT = 1_536;
    private static final int DIMENSIONS_MAX = 4_096;
    private static final int INPUTS_MAX = 2_048;
    private static final int PICKS_PER_WORD = 8;
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private final String model;
    private final int dimensions;
    private final boolean base64;
    private final List<List<String>> inputs = new ArrayList<>();
    private final TokenMeter texts = new TokenMeter();
    private long tokenNumbers;

    private Embedder(Json.Obj body) {
        model = Part.of(body.string("model").orElse("")).model();
        dimensions =
                Math.clamp(
                        body.integer("dimensions").orElse(DIMENSIONS_DEFAULT), 1, DIMENSIONS_MAX);
        base64 = body.string("encoding_format").orElse("float").equals("base64");
        read(body.find("input").orElse(Json.Nil.NIL));
    }

    /// The answer to a request for embeddings.
    ///
    /// @throws GatewayException with [BadRequest] when `input` is no text, texts or token numbers
    static byte[] answer(Json.Obj body) {
        return new Embedder(body).answer();
    }

    private void read(Json input) {
        if (input instanceof Json.Arr(var elements)
                && !elements.isEmpty()
                && !(elements.getFirst() instanceof Json.Num)) {
            if (elements.size() > INPUTS_MAX) {
                throw refused(elements.size() + " inputs", "at most " + INPUTS_MAX);
            }
            elements.forEach(this::readOne);
        } else {
            readOne(input);
        }
    }

    private void readOne(Json input) {
        switch (input) {
            case Json.Str(var text) -> {
                texts.append(text);
                inputs.add(words(text));
            }
            case Json.Arr(var numbers) when !numbers.isEmpty() -> {
                tokenNumbers += numbers.size();
                inputs.add(numbers.stream().map(Json::toString).toList());
            }
            default -> throw refused(Json.kind(input), "texts or token numbers");
        }
    }

    private static GatewayException refused(String found, String expected) {
        return new GatewayException(
                new BadRequest(
                        "input", "input: found %s (expected: %s)".formatted(found, expected)));
    }

    private static List<String> words(String text) {
        var words = new ArrayList<String>();
        int from = -1;
        for (int i = 0; i <= text.length(); i++) {
            boolean inside = i < text.length() && Character.isLetterOrDigit(text.charAt(i));
            if (inside && from < 0) {
                from = i;
            } else if (!inside && from >= 0) {
                words.add(text.substring(from, i).toLowerCase(Locale.ROOT));
                from = -1;
            }
        }
        return words;
    }

    private byte[] answer() {
        var answer = new StringBuilder("{\"object\":\"list\",\"data\":[");
        for (int i = 0; i < inputs.size(); i++) {
            answer.append(i == 0 ? "" : ",")
                    .append("{\"object\":\"embedding\",\"index\":")
                    .append(i)
                    .append(",\"embedding\":");
            write(vector(inputs.get(i)), answer);
            answer.append('}');
        }
        long tokens = texts.exact() + tokenNumbers;
        answer.append(
                """
                ],"model":%s,"system_fingerprint":"sandbox",\
                "usage":{"prompt_tokens":%d,"total_tokens":%d}}\
                """
                        .formatted(Json.of(model), tokens, tokens));
        return answer.toString().getBytes(StandardCharsets.UTF_8);
    }

    private float[] vector(List<String> words) {
        int[] sums = new int[dimensions];
        sums[0] = 1;
        for (String word : words) {
            long state = hash(word);
            for (int i = 0; i < PICKS_PER_WORD; i++) {
                state = mixed(state + GOLDEN);
                sums[(int) Long.remainderUnsigned(state >>> 1, dimensions)] +=
                        (state & 1) == 0 ? 1 : -1;
            }
        }
        long squares = 0;
        for (int sum : sums) {
            squares += (long) sum * sum;
        }
        float[] vector = new float[dimensions];
        for (int i = 0; i < dimensions; i++) {
            vector[i] = squares == 0 ? 0 : (float) (sums[i] / StrictMath.sqrt((double) squares));
        }
        return vector;
    }

    private static long hash(String word) {
        long hash = 0;
        for (int i = 0; i < word.length(); i++) {
            hash = 31 * hash + word.charAt(i);
        }
        return mixed(hash);
    }

    /// The finishing step of SplitMix64: every bit of the input moves half of the output's.
    private static long mixed(long value) {
        long z = value;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    private void write(float[] vector, StringBuilder into) {
        if (base64) {
            var bytes = ByteBuffer.allocate(4 * vector.length).order(ByteOrder.LITTLE_ENDIAN);
            for (float value : vector) {
                bytes.putFloat(value);
            }
            into.append('"').append(Base64.getEncoder().encodeToString(bytes.array())).append('"');
            return;
        }
        char before = '[';
        for (float value : vector) {
            into.append(before);
            if (value == 0) {
                into.append('0');
            } else {
                into.append(value);
            }
            before = ',';
        }
        into.append(']');
    }
}

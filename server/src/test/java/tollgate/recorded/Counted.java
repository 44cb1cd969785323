package tollgate.recorded;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingType;
import java.util.List;
import java.util.Map;
import tollgate.kit.OraclePrice;
import tools.jackson.databind.JsonNode;

/// What a call used whose provider did not report: o200k_base over the text, in pieces of 1,024
/// characters; four tokens more for each message of the input.
final class Counted {
    private static final int PIECE_CHARS = 1_024;
    private static final long TOKENS_PER_MESSAGE = 4;
    private static final Encoding O200K =
            Encodings.newLazyEncodingRegistry().getEncoding(EncodingType.O200K_BASE);

    private Counted() {}

    static OraclePrice.Usage of(Recorded recorded) {
        var input = new StringBuilder();
        strings(recorded.asked(), input);
        long messages = recorded.asked().path("messages").size();
        return OraclePrice.Usage.of(
                tokens(input) + messages * TOKENS_PER_MESSAGE,
                recorded.isChat() ? tokens(said(recorded.objects())) : 0);
    }

    /// All string values in their order. None of the recordings that need this holds base64.
    private static void strings(JsonNode node, StringBuilder into) {
        if (node.isString()) {
            into.append(node.stringValue());
        }
        for (JsonNode child : node) {
            strings(child, into);
        }
    }

    /// Text, tool arguments and reasoning of all choices, as they came.
    private static StringBuilder said(List<JsonNode> objects) {
        var said = new StringBuilder();
        for (JsonNode object : objects) {
            for (JsonNode choice : object.path("choices")) {
                for (String side : List.of("delta", "message")) {
                    members(choice.path(side), said);
                }
            }
        }
        return said;
    }

    private static void members(JsonNode message, StringBuilder said) {
        for (Map.Entry<String, JsonNode> member : message.properties()) {
            switch (member.getKey()) {
                case "content", "reasoning_content", "refusal" ->
                        said.append(member.getValue().asString(""));
                case "tool_calls" ->
                        member.getValue()
                                .forEach(call ->
                                        said.append(
                                                call.path("function")
                                                        .path("arguments")
                                                        .asString("")));
                case "function_call" ->
                        said.append(member.getValue().path("arguments").asString(""));
                default -> {}
            }
        }
    }

    private static long tokens(StringBuilder text) {
        int[] chars = text.codePoints().toArray();
        long tokens = 0;
        for (int from = 0; from < chars.length; from += PIECE_CHARS) {
            int size = Math.min(PIECE_CHARS, chars.length - from);
            tokens += O200K.countTokensOrdinary(new String(chars, from, size));
        }
        return tokens;
    }
}

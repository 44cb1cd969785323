package tollgate.money;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingType;
import java.util.Locale;
import java.util.Set;
import tollgate.kit.KitJson;
import tools.jackson.databind.JsonNode;

/// `counted` as DESIGN 4 defines it, written a second time: o200k_base in pieces of 1,024
/// characters.
final class Tokens {
    private static final Encoding O200K =
            Encodings.newLazyEncodingRegistry().getEncoding(EncodingType.O200K_BASE);
    private static final int PIECE = 1_024;
    private static final Set<String> BASE64 = Set.of("data", "file_data", "b64_json");

    private Tokens() {}

    /// Tokens of a text.
    static long of(String text) {
        int[] characters = text.codePoints().toArray();
        long tokens = 0;
        for (int from = 0; from < characters.length; from += PIECE) {
            int count = Math.min(PIECE, characters.length - from);
            tokens += O200K.countTokensOrdinary(new String(characters, from, count));
        }
        return tokens;
    }

    /// Tokens of a chat request: its strings outside base64 in their order, and four a message.
    static long ofRequest(String json) {
        JsonNode request = KitJson.read(json);
        var text = new StringBuilder();
        collect("", request, text);
        return of(text.toString()) + 4L * request.path("messages").size();
    }

    private static void collect(String name, JsonNode node, StringBuilder to) {
        if (node.isString()) {
            boolean encoded =
                    BASE64.contains(name)
                            || (node.stringValue().startsWith("data:")
                                    && node.stringValue()
                                            .toLowerCase(Locale.ROOT)
                                            .contains(";base64,"));
            if (!encoded) {
                to.append(node.stringValue());
            }
            return;
        }
        if (node.isArray()) {
            node.forEach(element -> collect(name, element, to));
        } else if (node.isObject()) {
            for (String member : node.propertyNames()) {
                collect(member, node.path(member), to);
            }
        }
    }
}

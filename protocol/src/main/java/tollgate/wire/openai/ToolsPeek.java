package tollgate.wire.openai;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tollgate.wire.json.JsonReader;
import tollgate.wire.json.NameTable;
import tollgate.wire.json.Token;

/// Reads `tools` and `tool_choice`: which tools run at the provider, and whether one is demanded.
/// For one request.
final class ToolsPeek {
    private static final int TYPE = 0;
    private static final int FUNCTION = 1;
    private static final int CACHE_CONTROL = 2;
    private static final int ALLOWED_TOOLS = 3;
    private static final int TOOLS = 4;
    private static final NameTable TOOL =
            NameTable.of(List.of("type", "function", "cache_control", "allowed_tools", "tools"));
    private static final byte[] REQUIRED = Peeking.ascii("required");

    /// Mistral's word for it.
    private static final byte[] ANY = Peeking.ascii("any");

    private final JsonReader json;
    private final ChatShape shape;
    private final Refusals refusals;

    ToolsPeek(JsonReader json, ChatShape shape, Refusals refusals) {
        this.json = json;
        this.shape = shape;
        this.refusals = refusals;
    }

    /// Stands at the value of `tools`.
    void tools() {
        if (!Peeking.array(json, "tools")) {
            return;
        }
        Place before = null;
        while (json.next() != Token.ARRAY_END) {
            if (json.token() != Token.OBJECT_START) {
                throw Peeking.wrong("tools[%d]".formatted(shape.toolCount), json, "an object");
            }
            if (before != null) {
                before.commaAfter = json.comma();
            }
            before = tool();
            shape.toolCount++;
        }
    }

    /// Returns the tool's place when it is hosted, else null.
    private @Nullable Place tool() {
        int number = shape.toolCount;
        Place place = new Place(number, json.comma(), json.start());
        String type = null;
        boolean function = false;
        while (json.next() == Token.NAME) {
            int member = TOOL.find(json);
            json.next();
            switch (member) {
                case TYPE -> type = type(number);
                case FUNCTION -> function = true;
                case CACHE_CONTROL ->
                        refusals.cacheControl(json, () -> "tools[%d]".formatted(number));
                default -> {}
            }
            json.skipValue();
        }
        place.valueFrom = place.from;
        place.valueTo = json.end();
        if (!HostedTools.isHosted(type, function)) {
            return null;
        }
        String shown = HostedTools.name(type);
        shape.addHostedTool(new Hosted(shown, HostedTools.capability(shown), place));
        return place;
    }

    private @Nullable String type(int number) {
        return switch (json.token()) {
            case STRING -> json.text();
            case NULL -> null;
            default -> throw Peeking.wrong("tools[%d].type".formatted(number), json, "a string");
        };
    }

    /// Stands at the value of `tool_choice`.
    void choice() {
        if (json.token() == Token.STRING) {
            shape.someToolIsDemanded = json.textIs(REQUIRED) || json.textIs(ANY);
        } else if (Peeking.object(json, "tool_choice")) {
            chosen();
        }
    }

    /// A tool that is named, alone or in a list of allowed ones.
    private void chosen() {
        while (json.next() == Token.NAME) {
            int member = TOOL.find(json);
            json.next();
            if (member == TYPE && json.token() == Token.STRING) {
                String type = json.text();
                if (HostedTools.isHosted(type, true) && !type.equals("allowed_tools")) {
                    shape.choiceOfHosted = HostedTools.name(type);
                }
            } else if (member == ALLOWED_TOOLS && json.token() == Token.OBJECT_START) {
                chosen();
            } else if (member == TOOLS && json.token() == Token.ARRAY_START) {
                while (json.next() != Token.ARRAY_END) {
                    if (json.token() == Token.OBJECT_START) {
                        chosen();
                    }
                    json.skipValue();
                }
            }
            json.skipValue();
        }
    }
}

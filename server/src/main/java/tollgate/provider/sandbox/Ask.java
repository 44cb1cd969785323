package tollgate.provider.sandbox;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tollgate.fault.Fault.BadRequest;
import tollgate.fault.GatewayException;
import tollgate.wire.TokenMeter;
import tollgate.wire.json.Json;

/// What a chat request asks of the sandbox.
///
/// @param lastUserText the text of the last user's message, or an empty string
/// @param toolResults the texts of the tool messages that the conversation ends with
/// @param tools what may be called now, in the order given; none when `tool_choice` is `none`
/// @param outputTokensMax the caller's limit, at most [#OUTPUT_TOKENS_MAX]
record Ask(
        Part part,
        String lastUserText,
        List<String> toolResults,
        List<Tool> tools,
        Optional<Json> schema,
        List<String> stops,
        long outputTokensMax,
        int choices,
        boolean usageWanted,
        long promptTokens) {
    /// The longest answer of a sandbox model.
    static final int OUTPUT_TOKENS_MAX = 16_384;

    private static final int TOKENS_PER_MESSAGE = 4;
    private static final int CHOICES_MAX = 128;
    private static final int STOPS_MAX = 16;

    /// A tool that may be called.
    record Tool(String name, Json parameters) {}

    Ask {
        toolResults = List.copyOf(toolResults);
        tools = List.copyOf(tools);
        stops = List.copyOf(stops);
    }

    /// @throws GatewayException with [BadRequest] when a field is of a wrong type
    static Ask read(Json.Obj body) {
        List<Json.Obj> messages = objects("messages", body.array("messages").orElse(List.of()));
        return new Ask(
                Part.of(body.string("model").orElse("")),
                lastUserText(messages),
                toolResults(messages),
                tools(body),
                schema(body),
                stops(body),
                outputTokensMax(body),
                Math.clamp(body.integer("n").orElse(1), 1, CHOICES_MAX),
                body.object("stream_options")
                        .flatMap(options -> options.bool("include_usage"))
                        .orElse(false),
                promptTokens(messages));
    }

    private static List<Json.Obj> objects(String field, List<Json> elements) {
        var objects = new ArrayList<Json.Obj>();
        for (Json element : elements) {
            if (!(element instanceof Json.Obj object)) {
                String found = Json.kind(element);
                throw new GatewayException(
                        new BadRequest(
                                field, "%s: found %s (expected: objects)".formatted(field, found)));
            }
            objects.add(object);
        }
        return objects;
    }

    private static String lastUserText(List<Json.Obj> messages) {
        for (Json.Obj message : messages.reversed()) {
            if (message.string("role").orElse("").equals("user")) {
                return text(message);
            }
        }
        return "";
    }

    private static List<String> toolResults(List<Json.Obj> messages) {
        var results = new ArrayList<String>();
        for (Json.Obj message : messages.reversed()) {
            if (!message.string("role").orElse("").equals("tool")) {
                break;
            }
            results.addFirst(text(message));
        }
        return results;
    }

    /// The content of a message as text: a string, or the text parts of a list.
    private static String text(Json.Obj message) {
        Json content = message.find("content").orElse(Json.Nil.NIL);
        return switch (content) {
            case Json.Str(var text) -> text;
            case Json.Arr(var parts) -> {
                var text = new StringBuilder();
                for (Json.Obj part : objects("messages.content", parts)) {
                    part.string("text").ifPresent(text::append);
                }
                yield text.toString();
            }
            case Json.Obj _, Json.Num _, Json.Bool _, Json.Nil _ -> "";
        };
    }

    private static List<Tool> tools(Json.Obj body) {
        Json choice = body.find("tool_choice").orElse(Json.Nil.NIL);
        if (choice instanceof Json.Str(var word) && word.equals("none")) {
            return List.of();
        }
        String named =
                choice instanceof Json.Obj object
                        ? object.object("function").flatMap(f -> f.string("name")).orElse("")
                        : "";
        var tools = new ArrayList<Tool>();
        for (Json.Obj tool : objects("tools", body.array("tools").orElse(List.of()))) {
            tool.object("function")
                    .flatMap(Ask::tool)
                    .filter(found -> named.isEmpty() || found.name().equals(named))
                    .ifPresent(tools::add);
        }
        boolean parallel = body.bool("parallel_tool_calls").orElse(false);
        return tools.subList(0, Math.min(tools.size(), parallel ? 2 : 1));
    }

    private static Optional<Tool> tool(Json.Obj function) {
        return function.string("name")
                .map(name ->
                        new Tool(
                                name,
                                function.object("parameters")
                                        .<Json>map(parameters -> parameters)
                                        .orElse(Json.obj().put("type", "object"))));
    }

    private static Optional<Json> schema(Json.Obj body) {
        return body.object("response_format")
                .flatMap(format -> format.object("json_schema"))
                .flatMap(wrapper -> wrapper.find("schema"));
    }

    private static List<String> stops(Json.Obj body) {
        return switch (body.find("stop").orElse(Json.Nil.NIL)) {
            case Json.Str(var stop) -> stop.isEmpty() ? List.of() : List.of(stop);
            case Json.Arr(var stops) ->
                    stops.stream()
                            .limit(STOPS_MAX)
                            .map(stop -> stop instanceof Json.Str(var text) ? text : "")
                            .filter(text -> !text.isEmpty())
                            .toList();
            case Json.Obj _, Json.Num _, Json.Bool _, Json.Nil _ -> List.of();
        };
    }

    private static long outputTokensMax(Json.Obj body) {
        long older = body.integer("max_tokens").orElse(OUTPUT_TOKENS_MAX);
        long newer = body.integer("max_completion_tokens").orElse(OUTPUT_TOKENS_MAX);
        return Math.clamp(Math.min(older, newer), 0, OUTPUT_TOKENS_MAX);
    }

    private static long promptTokens(List<Json.Obj> messages) {
        var meter = new TokenMeter();
        for (Json.Obj message : messages) {
            meter.append(text(message));
            message.string("name").ifPresent(meter::append);
            for (Json.Obj call :
                    objects("messages.tool_calls", message.array("tool_calls").orElse(List.of()))) {
                call.object("function")
                        .ifPresent(function -> {
                            function.string("name").ifPresent(meter::append);
                            function.string("arguments").ifPresent(meter::append);
                        });
            }
        }
        return meter.exact() + (long) TOKENS_PER_MESSAGE * messages.size();
    }

    @Override
    public String toString() {
        return "Ask[%s, %d prompt tokens]".formatted(part, promptTokens);
    }
}

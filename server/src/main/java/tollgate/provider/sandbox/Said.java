package tollgate.provider.sandbox;

import java.util.ArrayList;
import java.util.List;
import tollgate.wire.TokenMeter;
import tollgate.wire.json.Json;

/// What the sandbox answers to an [Ask], before it has a shape: text or calls of tools, already cut
/// to the caller's stops and limit.
record Said(String text, List<ToolCall> toolCalls, Finish finish, long tokens) {
    private static final String GREETING = "Hello from the Tollgate sandbox.";
    private static final String NO_TOOLS =
            "This sandbox model calls the tools that a request brings; this one brought none.";
    private static final String LOREM =
            """
            Lorem ipsum dolor sit amet, consectetur adipiscing elit. Sed do eiusmod tempor \
            incididunt ut labore et dolore magna aliqua. Ut enim ad minim veniam, quis nostrud \
            exercitation ullamco laboris nisi ut aliquip ex ea commodo consequat. Duis aute irure \
            dolor in reprehenderit in voluptate velit esse cillum dolore eu fugiat nulla pariatur. \
            Excepteur sint occaecat cupidatat non proident, sunt in culpa qui officia deserunt \
            mollit anim id est laborum.\
            """;
    private static final String SLOW =
            """
            One two three four five six seven eight nine ten eleven twelve thirteen fourteen \
            fifteen sixteen seventeen eighteen nineteen twenty\
            """;

    /// The most UTF-16 units of a piece that tokens are counted in.
    private static final int PIECE_UNITS_MAX = 2 * TokenMeter.PIECE_CHARS;

    /// Why the answer ended.
    enum Finish {
        STOP("stop"),
        LENGTH("length"),
        TOOL_CALLS("tool_calls");

        private final String word;

        Finish(String word) {
            this.word = word;
        }

        String word() {
            return word;
        }
    }

    /// A call of a tool, with its arguments as JSON text.
    record ToolCall(String name, String arguments) {
        @Override
        public String toString() {
            return "ToolCall[%s]".formatted(name);
        }
    }

    Said {
        toolCalls = List.copyOf(toolCalls);
    }

    static Said to(Ask ask) {
        return switch (ask.part()) {
            case TOOLS ->
                    ask.tools().isEmpty() || !ask.toolResults().isEmpty()
                            ? text(ask, afterTools(ask))
                            : calls(ask);
            case JSON -> text(ask, json(ask).toString());
            case LOREM, STALL, CUT -> text(ask, LOREM);
            case SLOW -> text(ask, SLOW);
            case ECHO, ERROR_401, ERROR_429, ERROR_500, ERROR_OVERLOADED ->
                    text(ask, ask.lastUserText().isEmpty() ? GREETING : ask.lastUserText());
        };
    }

    private static String afterTools(Ask ask) {
        return ask.toolResults().isEmpty()
                ? NO_TOOLS
                : "The tools answered: " + String.join(", ", ask.toolResults());
    }

    private static Json json(Ask ask) {
        return ask.schema()
                .map(SchemaSample::of)
                .orElseGet(() -> Json.obj().put("sandbox", true).put("echo", ask.lastUserText()));
    }

    private static Said text(Ask ask, String whole) {
        String text = whole;
        for (String stop : ask.stops()) {
            int at = text.indexOf(stop);
            text = at < 0 ? text : text.substring(0, at);
        }
        String fitting = fit(text, ask.outputTokensMax());
        Finish finish = fitting.length() < text.length() ? Finish.LENGTH : Finish.STOP;
        return new Said(fitting, List.of(), finish, count(fitting));
    }

    private static Said calls(Ask ask) {
        var calls = new ArrayList<ToolCall>();
        long left = ask.outputTokensMax();
        for (Ask.Tool tool : ask.tools()) {
            long name = count(tool.name());
            String arguments = SchemaSample.of(tool.parameters()).toString();
            String fitting = left < name ? "" : fit(arguments, left - name);
            if (!fitting.isEmpty()) {
                calls.add(new ToolCall(tool.name(), fitting));
                left -= name + count(fitting);
            }
            if (fitting.length() < arguments.length()) {
                return new Said("", calls, Finish.LENGTH, ask.outputTokensMax() - left);
            }
        }
        return new Said("", calls, Finish.TOOL_CALLS, ask.outputTokensMax() - left);
    }

    private static long count(String text) {
        var meter = new TokenMeter();
        meter.append(text);
        return meter.exact();
    }

    /// The longest beginning that is no more than so many tokens. Goes piece by piece, as tokens
    /// are counted, so that little more is counted than is kept.
    static String fit(String text, long tokensMax) {
        long left = tokensMax;
        int from = 0;
        while (from < text.length()) {
            int chars = text.codePointCount(from, Math.min(text.length(), from + PIECE_UNITS_MAX));
            int to = text.offsetByCodePoints(from, Math.min(chars, TokenMeter.PIECE_CHARS));
            String piece = text.substring(from, to);
            long tokens = count(piece);
            if (tokens > left) {
                return text.substring(0, from) + fitInPiece(piece, left);
            }
            left -= tokens;
            from = to;
        }
        return text;
    }

    private static String fitInPiece(String piece, long tokensMax) {
        int fits = 0;
        int tooLong = piece.length();
        while (tooLong - fits > 1) {
            int middle = (fits + tooLong) >>> 1;
            if (count(head(piece, middle)) <= tokensMax) {
                fits = middle;
            } else {
                tooLong = middle;
            }
        }
        return head(piece, fits);
    }

    /// Never half a surrogate pair.
    private static String head(String text, int length) {
        boolean half = length > 0 && Character.isHighSurrogate(text.charAt(length - 1));
        return text.substring(0, half ? length - 1 : length);
    }

    /// The text in the pieces that a stream sends: a word and the space before it.
    static List<String> pieces(String text) {
        var pieces = new ArrayList<String>();
        int from = 0;
        for (int i = 1; i < text.length(); i++) {
            if (text.charAt(i) == ' ' && text.charAt(i - 1) != ' ') {
                pieces.add(text.substring(from, i));
                from = i;
            }
        }
        if (from < text.length()) {
            pieces.add(text.substring(from));
        }
        return pieces;
    }

    @Override
    public String toString() {
        return "Said[%s, %d tokens]".formatted(finish, tokens);
    }
}

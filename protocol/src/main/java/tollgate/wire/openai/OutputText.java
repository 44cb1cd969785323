package tollgate.wire.openai;

import java.util.List;
import tollgate.wire.json.JsonReader;
import tollgate.wire.json.NameTable;
import tollgate.wire.json.Token;

/// Reads what a model said in a `delta` or `message`: whether there is any output, and the text to
/// count when the provider does not: content, refusal, reasoning, tools' arguments, in the order in
/// which they stand. For one thread.
///
/// Reasoning that comes twice is counted once: `reasoning_details` say again what `reasoning` says
/// (OpenRouter), unless they say it alone (Doubleword, recorded 2026).
final class OutputText {
    private static final int CONTENT = 0;
    private static final int REFUSAL = 1;
    private static final int REASONING = 2;
    private static final int REASONING_CONTENT = 3;
    private static final int REASONING_DETAILS = 4;
    private static final int TOOL_CALLS = 5;
    private static final int FUNCTION_CALL = 6;
    private static final int AUDIO = 7;
    private static final int IMAGES = 8;
    private static final NameTable MESSAGE =
            NameTable.of(
                    List.of(
                            "content",
                            "refusal",
                            "reasoning",
                            "reasoning_content",
                            "reasoning_details",
                            "tool_calls",
                            "function_call",
                            "audio",
                            "images"));

    private static final int NAME = 0;
    private static final int ARGUMENTS = 1;
    private static final int INPUT = 2;
    private static final int FUNCTION = 3;
    private static final NameTable CALL =
            NameTable.of(List.of("name", "arguments", "input", "function", "custom"));

    /// Members of content's parts that hold text; others hold types, ids, signatures.
    private static final NameTable SAID =
            NameTable.of(
                    List.of(
                            "text",
                            "thinking",
                            "content",
                            "refusal",
                            "reasoning",
                            "summary",
                            "transcript"));

    /// Members that show that something was made, though we cannot count it.
    private static final byte[] DATA = Peeking.ascii("data");

    /// Whether the text is wanted.
    enum Texts {
        KEPT,
        DROPPED
    }

    private final JsonReader json;
    private final boolean keeps;
    private final StringBuilder details = new StringBuilder();
    private boolean output;

    OutputText(JsonReader json, Texts texts) {
        this.json = json;
        this.keeps = texts == Texts.KEPT;
    }

    /// Stands at the start of the object; appends its text and tells whether it holds any output.
    boolean read(StringBuilder text) {
        output = false;
        details.setLength(0);
        boolean reasoned = false;
        while (json.next() == Token.NAME) {
            int member = MESSAGE.find(json);
            json.next();
            switch (member) {
                case CONTENT, REFUSAL -> said(text);
                case REASONING, REASONING_CONTENT -> {
                    if (!reasoned) {
                        int before = text.length();
                        said(text);
                        reasoned = text.length() > before;
                    }
                }
                case REASONING_DETAILS, AUDIO -> said(member == AUDIO ? text : details);
                case TOOL_CALLS, FUNCTION_CALL -> calls(text);
                case IMAGES -> output |= isFilledArray();
                default -> {}
            }
            json.skipValue();
        }
        if (!reasoned) {
            text.append(details);
        }
        return output;
    }

    /// A string, or what the strings inside parts say.
    private void said(StringBuilder text) {
        switch (json.token()) {
            case STRING -> append(text);
            case ARRAY_START -> {
                while (json.next() != Token.ARRAY_END) {
                    said(text);
                }
            }
            case OBJECT_START -> {
                while (json.next() == Token.NAME) {
                    boolean said = SAID.find(json) >= 0;
                    boolean made = json.textIs(DATA);
                    json.next();
                    if (said) {
                        said(text);
                    } else if (made && json.token() == Token.STRING && !json.isEmptyText()) {
                        output = true;
                    }
                    json.skipValue();
                }
            }
            default -> {}
        }
    }

    private void append(StringBuilder text) {
        if (!json.isEmptyText()) {
            output = true;
            if (keeps) {
                json.text(text);
            }
        }
    }

    private void calls(StringBuilder text) {
        if (json.token() == Token.ARRAY_START) {
            while (json.next() != Token.ARRAY_END) {
                calls(text);
            }
        } else if (json.token() == Token.OBJECT_START) {
            while (json.next() == Token.NAME) {
                int member = CALL.find(json);
                json.next();
                call(member, text);
                json.skipValue();
            }
        }
    }

    private void call(int member, StringBuilder text) {
        if (member == NAME) {
            output |= json.token() == Token.STRING && !json.isEmptyText();
        } else if (member == ARGUMENTS || member == INPUT) {
            arguments(text);
        } else if (member >= FUNCTION) {
            calls(text);
        }
    }

    /// Arguments are JSON in a string; some servers send them as an object, which is counted as it
    /// is written.
    private void arguments(StringBuilder text) {
        if (json.token() == Token.STRING) {
            append(text);
        } else if (json.token() == Token.OBJECT_START || json.token() == Token.ARRAY_START) {
            output = true;
            if (keeps) {
                json.source(text);
            }
        }
    }

    private boolean isFilledArray() {
        boolean filled = false;
        if (json.token() == Token.ARRAY_START) {
            while (json.next() != Token.ARRAY_END) {
                filled = true;
                json.skipValue();
            }
        }
        return filled;
    }
}

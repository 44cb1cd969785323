package tollgate.wire.openai;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tollgate.call.Capability;

/// Which tools run at the provider, by their type.
final class HostedTools {
    private static final int NAME_CHARS_MAX = 64;

    private HostedTools() {}

    /// Whether a tool of this type runs at the caller's; one without a type is judged by whether it
    /// describes a function.
    static boolean isHosted(@Nullable String type, boolean describesFunction) {
        return type == null
                ? !describesFunction
                : !type.equals("function") && !type.equals("custom");
    }

    /// What a model's entry must allow for it: search tools of all providers (`web_search`,
    /// `web_search_preview`, xAI's `x_search`, Groq's `browser_search`, Moonshot's
    /// `builtin_function`, which is `$web_search`), else provider objects.
    static Capability capability(String type) {
        String lower = type.toLowerCase(Locale.ROOT);
        boolean search =
                (lower.contains("search") && !lower.contains("file_search"))
                        || lower.equals("builtin_function");
        return search ? Capability.WEB_SEARCH : Capability.PROVIDER_OBJECTS;
    }

    /// The type as it may stand in a header.
    static String name(@Nullable String type) {
        if (type == null || type.isEmpty() || type.length() > NAME_CHARS_MAX) {
            return "tool";
        }
        for (int i = 0; i < type.length(); i++) {
            char c = type.charAt(i);
            boolean fits =
                    (c >= 'a' && c <= 'z')
                            || (c >= 'A' && c <= 'Z')
                            || (c >= '0' && c <= '9')
                            || c == '_'
                            || c == '-'
                            || c == '.'
                            || c == ':';
            if (!fits) {
                return "tool";
            }
        }
        return type;
    }
}

package tollgate.provider.sandbox;

import java.time.Duration;
import java.util.Locale;

/// What a sandbox model plays. A name that is none of these plays [#ECHO].
enum Part {
    /// Says the last user's text again.
    ECHO,
    /// Says a few sentences, always the same.
    LOREM,
    /// Takes a second for twenty words.
    SLOW,
    /// Calls the tools it is given, and answers in words once it has their results.
    TOOLS,
    /// Answers in JSON, by the schema when there is one.
    JSON,
    /// Sends the head and the first event, then nothing.
    STALL,
    /// Breaks the connection halfway.
    CUT,
    ERROR_401,
    ERROR_429,
    ERROR_500,
    ERROR_OVERLOADED;

    private static final String PREFIX = "sandbox/";
    private static final Duration SLOW_PACE = Duration.ofMillis(50);

    /// The part behind a model's name, with or without `sandbox/` before it.
    static Part of(String model) {
        String name = model.startsWith(PREFIX) ? model.substring(PREFIX.length()) : model;
        for (Part part : values()) {
            if (part.word().equals(name)) {
                return part;
            }
        }
        return ECHO;
    }

    /// The name as callers write it.
    String model() {
        return PREFIX + word();
    }

    private String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /// The status of the answer; 200 for all that are no error.
    int status() {
        return switch (this) {
            case ERROR_401 -> 401;
            case ERROR_429 -> 429;
            case ERROR_500 -> 500;
            case ERROR_OVERLOADED -> 529;
            case ECHO, LOREM, SLOW, TOOLS, JSON, STALL, CUT -> 200;
        };
    }

    /// The time between two events of a stream.
    Duration pace() {
        return this == SLOW ? SLOW_PACE : Duration.ZERO;
    }
}

package tollgate.app;

/// The words of a command line make no sense; the message shows the word and what was expected.
final class UsageException extends RuntimeException {
    UsageException(String found, String expected) {
        super("%s (expected: %s)".formatted(found, expected), null, false, false);
    }
}

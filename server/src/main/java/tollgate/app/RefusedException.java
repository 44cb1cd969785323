package tollgate.app;

/// A command cannot do what it was asked; the message shows what was found and what was expected.
final class RefusedException extends RuntimeException {
    RefusedException(String found, String expected) {
        this("%s (expected: %s)".formatted(found, expected));
    }

    RefusedException(String message) {
        super(message, null, false, false);
    }
}

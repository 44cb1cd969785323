package tollgate.observe;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// What may be written of an exception: its types, and the frames of our own code. Messages only
/// where they speak of files and databases; others may quote a caller's text.
final class Trace {
    private static final int FRAMES_MAX = 30;
    private static final int CAUSES_MAX = 5;
    private static final int MESSAGE_CHARACTERS_MAX = 200;

    private Trace() {}

    /// Types and harmless messages from the outside in.
    static String cause(Throwable thrown) {
        List<String> causes = new ArrayList<>();
        for (Throwable t = thrown; t != null && causes.size() < CAUSES_MAX; t = t.getCause()) {
            causes.add(t.getClass().getName() + message(t));
        }
        return String.join(" < ", causes);
    }

    private static String message(Throwable thrown) {
        if (!(thrown instanceof IOException) && !isDatabases(thrown)) {
            return "";
        }
        String message = String.valueOf(thrown.getMessage()).replaceAll("\\p{Cntrl}+", " ");
        return ": "
                + (message.length() > MESSAGE_CHARACTERS_MAX
                        ? message.substring(0, MESSAGE_CHARACTERS_MAX)
                        : message);
    }

    /// By name, since JDBC lives elsewhere.
    private static boolean isDatabases(Throwable thrown) {
        String type = thrown.getClass().getName();
        return type.startsWith("java.sql.") || type.startsWith("org.sqlite.");
    }

    /// Our frames of the innermost cause that has any, nearest first.
    static String ours(Throwable thrown) {
        List<String> frames = new ArrayList<>();
        for (Throwable t = thrown; t != null; t = t.getCause()) {
            List<String> own = own(t);
            frames = own.isEmpty() ? frames : own;
        }
        return String.join(" ", frames);
    }

    private static List<String> own(Throwable thrown) {
        List<String> frames = new ArrayList<>();
        for (StackTraceElement frame : thrown.getStackTrace()) {
            if (frame.getClassName().startsWith("tollgate.") && frames.size() < FRAMES_MAX) {
                String type = frame.getClassName().substring("tollgate.".length());
                frames.add(
                        "%s.%s:%d".formatted(type, frame.getMethodName(), frame.getLineNumber()));
            }
        }
        return frames;
    }
}

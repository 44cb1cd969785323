package tollgate.observe;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.util.Locale;
import org.slf4j.ILoggerFactory;
import org.slf4j.LoggerFactory;

/// Sets up logback in code (an XML file would cost the start a tenth of a second): lines go to
/// standard error through a bounded queue, and libraries speak only when something is wrong.
///
/// Logback finds this class by its name in `META-INF/services`.
public final class Logging extends ContextAwareBase implements Configurator {
    /// Lines waiting for a slow terminal. When four fifths are taken, lines below WARN are dropped;
    /// when all are, any: no event loop waits for a terminal.
    private static final int LINES_WAITING_MAX = 4_096;

    /// Lines on their way out when the process ends get that long.
    private static final int FLUSH_MS_MAX = 1_000;

    /// How lines look.
    public enum Format {
        HUMAN,
        JSON
    }

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.WARN);
        context.getLogger("tollgate").setLevel(Level.INFO);
        attach(context, new LineEncoder(Format.HUMAN));
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    private static void attach(LoggerContext context, LineEncoder encoder) {
        encoder.setContext(context);
        encoder.start();
        ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
        console.setContext(context);
        console.setTarget("System.err");
        console.setEncoder(encoder);
        console.start();
        AsyncAppender queue = new AsyncAppender();
        queue.setContext(context);
        queue.setQueueSize(LINES_WAITING_MAX);
        queue.setNeverBlock(true);
        queue.setMaxFlushTime(FLUSH_MS_MAX);
        queue.addAppender(console);
        queue.start();
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.detachAndStopAllAppenders();
        root.addAppender(queue);
    }

    /// Changes how our own lines look, and from which level on they are written.
    ///
    /// @param level such as `debug`
    public static void set(Format format, String level) {
        LoggerContext context = context();
        context.getLogger("tollgate").setLevel(Level.valueOf(level.toUpperCase(Locale.ROOT)));
        attach(context, new LineEncoder(format));
    }

    /// Writes what waits; nothing is written afterwards.
    public static void stop() {
        context().stop();
    }

    private static LoggerContext context() {
        ILoggerFactory factory = LoggerFactory.getILoggerFactory();
        if (factory instanceof LoggerContext context) {
            return context;
        }
        throw new IllegalStateException("logger: %s (expected: logback)".formatted(factory));
    }
}

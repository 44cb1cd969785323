package tollgate.observe;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxy;
import ch.qos.logback.core.encoder.EncoderBase;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.event.KeyValuePair;

/// One line an event, for people or as JSON. Line breaks and control characters are escaped, so
/// that nobody's text can forge a line.
final class LineEncoder extends EncoderBase<ILoggingEvent> {
    private static final DateTimeFormatter CLOCK =
            DateTimeFormatter.ofPattern("HH:mm:ss.SSS").withZone(ZoneOffset.UTC);
    private static final byte[] NONE = {};

    private final Logging.Format format;

    LineEncoder(Logging.Format format) {
        this.format = format;
    }

    @Override
    public byte[] encode(ILoggingEvent event) {
        StringBuilder line = new StringBuilder(160);
        switch (format) {
            case HUMAN -> human(line, event);
            case JSON -> json(line, event);
        }
        return line.append('\n').toString().getBytes(StandardCharsets.UTF_8);
    }

    private static void human(StringBuilder line, ILoggingEvent event) {
        line.append(CLOCK.format(Instant.ofEpochMilli(event.getTimeStamp())));
        line.append(' ').append("%-5s".formatted(event.getLevel())).append(' ');
        escape(line, event.getFormattedMessage());
        for (KeyValuePair pair : pairs(event)) {
            line.append(' ').append(pair.key).append('=');
            String value = String.valueOf(pair.value);
            boolean quoted = value.isEmpty() || value.indexOf(' ') >= 0;
            line.append(quoted ? "\"" : "");
            escape(line, value);
            line.append(quoted ? "\"" : "");
        }
    }

    private static void json(StringBuilder line, ILoggingEvent event) {
        line.append("{\"at\":\"").append(Instant.ofEpochMilli(event.getTimeStamp()));
        line.append("\",\"level\":\"").append(event.getLevel());
        line.append("\",\"message\":\"");
        escape(line, event.getFormattedMessage());
        line.append('"');
        for (KeyValuePair pair : pairs(event)) {
            line.append(",\"").append(pair.key).append("\":");
            if (pair.value instanceof Number) {
                line.append(pair.value);
            } else {
                line.append('"');
                escape(line, String.valueOf(pair.value));
                line.append('"');
            }
        }
        line.append('}');
    }

    /// The event's own pairs; for a library's, where it comes from, and of its exception what
    /// [Trace] lets through.
    private static List<KeyValuePair> pairs(ILoggingEvent event) {
        List<KeyValuePair> own = event.getKeyValuePairs();
        List<KeyValuePair> pairs = new ArrayList<>(own == null ? List.of() : own);
        if (!event.getLoggerName().startsWith("tollgate")) {
            pairs.add(new KeyValuePair("logger", event.getLoggerName()));
        }
        IThrowableProxy thrown = event.getThrowableProxy();
        if (thrown instanceof ThrowableProxy proxy) {
            pairs.add(new KeyValuePair("error", Trace.cause(proxy.getThrowable())));
            pairs.add(new KeyValuePair("trace", Trace.ours(proxy.getThrowable())));
        }
        return pairs;
    }

    private static void escape(StringBuilder line, String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> line.append("\\\"");
                case '\\' -> line.append("\\\\");
                case '\n' -> line.append("\\n");
                default -> {
                    // Beside the C0 and C1 controls, what a terminal or a viewer takes for a break.
                    if (Character.isISOControl(c) || c == '\u2028' || c == '\u2029') {
                        line.append("\\u%04x".formatted((int) c));
                    } else {
                        line.append(c);
                    }
                }
            }
        }
    }

    @Override
    public byte[] headerBytes() {
        return NONE;
    }

    @Override
    public byte[] footerBytes() {
        return NONE;
    }
}

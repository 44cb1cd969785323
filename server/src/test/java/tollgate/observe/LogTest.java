package tollgate.observe;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.slf4j.event.KeyValuePair;

final class LogTest {
    private final Logger logger = (Logger) LoggerFactory.getLogger("tollgate");
    private final Lines lines = new Lines();

    /// Keeps events in memory.
    private static final class Lines extends AppenderBase<ILoggingEvent> {
        private final List<ILoggingEvent> events = new ArrayList<>();

        @Override
        protected void append(ILoggingEvent event) {
            events.add(event);
        }

        List<String> as(Logging.Format format) {
            LineEncoder encoder = new LineEncoder(format);
            return events.stream().map(e -> new String(encoder.encode(e), UTF_8)).toList();
        }
    }

    @BeforeEach
    void listen() {
        lines.start();
        logger.addAppender(lines);
        logger.setAdditive(false);
    }

    @AfterEach
    void stop() {
        logger.detachAppender(lines);
        logger.setAdditive(true);
        logger.setLevel(Level.INFO);
    }

    private String line(Logging.Format format, Observation observation) {
        lines.events.clear();
        new LogSink().report(observation);
        return String.join("", lines.as(format));
    }

    @Test
    void aLineForPeopleHasTimeLevelSentenceAndFacts() {
        assertThat(line(Logging.Format.HUMAN, Observations.all().getFirst()))
                .matches(
                        "\\d\\d:\\d\\d:\\d\\d\\.\\d{3} INFO  open for requests"
                                + " address=http://127.0.0.1:8080 took=0.812s\n");
        assertThat(
                        line(
                                Logging.Format.HUMAN,
                                new Observation.ProviderFailed(
                                        Observations.ID, "openai", "m", 0, "no answer")))
                .endsWith(
                        " WARN  provider failed id="
                                + Observations.ID
                                + " provider=openai model=m status=0 reason=\"no answer\"\n");
    }

    @Test
    void aLineOfJsonHasTheSame() {
        logger.setLevel(Level.DEBUG);
        assertThat(
                        line(
                                Logging.Format.JSON,
                                new Observation.FramingRefused(400, "a \"quoted\"\nreason\u2028")))
                .matches(
                        "\\{\"at\":\"[-0-9T:.]+Z\",\"level\":\"DEBUG\",\"message\":\"framing"
                                + " refused\",\"status\":400,\"reason\":\"a"
                                + " \\\\\"quoted\\\\\"\\\\nreason\\\\u2028\"}\n");
    }

    @Test
    void everyObservationHasOneLineInBothFormats() {
        logger.setLevel(Level.DEBUG);
        for (Observation observation : Observations.all()) {
            for (Logging.Format format : Logging.Format.values()) {
                String line = line(format, observation);
                assertThat(line).endsWith("\n").hasLineCount(1);
            }
        }
        assertThat(Observations.all())
                .as("every kind is in the list")
                .extracting(o -> (Class) o.getClass())
                .containsExactlyInAnyOrder((Class[]) Observation.class.getPermittedSubclasses());
    }

    @Test
    void answeredRequestsHaveALineOnlyOnRequest() {
        Observation answered = Observations.answered("openai", 200, 1_234_567);
        assertThat(line(Logging.Format.HUMAN, answered)).isEmpty();
        logger.setLevel(Level.DEBUG);
        assertThat(line(Logging.Format.HUMAN, answered))
                .endsWith(
                        " DEBUG answered id=%s method=POST route=/v1/chat/completions door=openai status=200 ms=1.23\n"
                                .formatted(Observations.ID));
    }

    @Test
    void ourOwnErrorHasOurFramesAndNobodysText() {
        String line =
                line(
                        Logging.Format.HUMAN,
                        new Observation.OwnError(
                                "req_1",
                                new IllegalStateException(
                                        "canary prompt", new RuntimeException("canary key"))));

        assertThat(line)
                .contains("reference=req_1")
                .contains("java.lang.IllegalStateException < java.lang.RuntimeException")
                .contains("observe.LogTest.ourOwnErrorHasOurFramesAndNobodysText:")
                .doesNotContain("canary")
                .doesNotContain("org.junit");
    }

    @Test
    void filesAndDatabasesMaySayWhatIsWrong() {
        assertThat(Trace.cause(new IOException("No space left", new SQLException("full\nup"))))
                .isEqualTo("java.io.IOException: No space left < java.sql.SQLException: full up");
    }

    @Test
    void librariesAreQuietAndTheirTextCannotForgeALine() {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        assertThat(context.getLogger("io.netty").isInfoEnabled()).isFalse();
        assertThat(context.getLogger("org.flywaydb").isWarnEnabled()).isTrue();
        LoggingEvent event =
                new LoggingEvent(
                        "x",
                        context.getLogger("io.vertx"),
                        Level.WARN,
                        "broken\n12:00 INFO forged\u001b[2J",
                        new IllegalStateException("canary"),
                        null);
        event.addKeyValuePair(new KeyValuePair("n", 3L));

        String line = new String(new LineEncoder(Logging.Format.JSON).encode(event), UTF_8);

        assertThat(line)
                .contains("\"message\":\"broken\\n12:00 INFO forged\\u001b[2J\",\"n\":3,")
                .contains("\"logger\":\"io.vertx\",\"error\":\"java.lang.IllegalStateException\"")
                .doesNotContain("canary")
                .hasLineCount(1);
    }

    /// A JVM of its own: what it prints at start, and that what waits is written at the end.
    @Test
    void aStartPrintsNothingButItsLines() throws Exception {
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-cp",
                                System.getProperty("java.class.path"),
                                Speaker.class.getName())
                        .redirectErrorStream(true)
                        .start();
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        process.getInputStream().transferTo(output);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();

        assertThat(output.toString(UTF_8).lines())
                .hasSize(2)
                .satisfiesExactly(
                        first -> assertThat(first).contains("INFO  open for requests"),
                        second -> assertThat(second).contains("\"message\":\"answered\""));
    }

    /// The other JVM.
    static final class Speaker {
        private Speaker() {}

        public static void main(String[] arguments) {
            LogSink sink = new LogSink();
            sink.report(Observations.all().getFirst());
            Logging.set(Logging.Format.JSON, "debug");
            sink.report(Observations.answered("openai", 200, 1));
            LoggerFactory.getLogger("io.vertx").info("chatter");
            Logging.stop();
        }
    }
}

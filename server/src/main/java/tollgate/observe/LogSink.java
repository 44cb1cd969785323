package tollgate.observe;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/// Writes observations as log lines.
public final class LogSink implements Observer {
    private final Logger logger = LoggerFactory.getLogger("tollgate");

    @Override
    public void report(Observation observation) {
        // Asked first, and before any word is built: at the usual level no request has a line.
        if (observation instanceof Observation.RequestAnswered && !logger.isDebugEnabled()) {
            return;
        }
        Words words = Words.of(observation);
        LoggingEventBuilder line = logger.atLevel(words.level());
        for (Facts.Fact fact : Facts.of(observation)) {
            line = line.addKeyValue(fact.name(), fact.value());
        }
        line.log(words.sentence());
    }
}

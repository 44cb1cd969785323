package tollgate.observe;

import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// The named values of an observation, read off its record. Only written lines pay for it.
final class Facts {
    private static final ClassValue<List<RecordComponent>> COMPONENTS =
            new ClassValue<>() {
                @Override
                protected List<RecordComponent> computeValue(Class<?> type) {
                    return List.of(type.getRecordComponents());
                }
            };

    private Facts() {}

    /// A name in snake case and a text or a number.
    record Fact(String name, Object value) {}

    static List<Fact> of(Observation observation) {
        List<Fact> facts = new ArrayList<>();
        for (RecordComponent component : COMPONENTS.get(observation.getClass())) {
            Object value = value(component, observation);
            if (value instanceof Throwable thrown) {
                facts.add(new Fact("error", Trace.cause(thrown)));
                facts.add(new Fact("trace", Trace.ours(thrown)));
            } else if (component.getName().equals("nanos")) {
                facts.add(new Fact("ms", Math.round((Long) value / 1e4) / 1e2));
            } else {
                facts.add(new Fact(snake(component.getName()), shown(value)));
            }
        }
        return facts;
    }

    private static Object value(RecordComponent component, Observation observation) {
        try {
            return component.getAccessor().invoke(observation);
        } catch (ReflectiveOperationException unreadable) {
            throw new IllegalStateException(component.toString(), unreadable);
        }
    }

    private static Object shown(Object value) {
        return switch (value) {
            case Duration duration -> seconds(duration.toNanos());
            case Number number -> number;
            default -> value.toString();
        };
    }

    private static String seconds(long nanos) {
        return String.format(Locale.US, "%.3fs", nanos / 1e9);
    }

    private static String snake(String name) {
        return name.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
    }
}

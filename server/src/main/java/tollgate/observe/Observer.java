package tollgate.observe;

import java.util.List;

/// Where everything that happens is reported. Any thread may call; implementations are quick, never
/// block and never throw.
public interface Observer {
    void report(Observation observation);

    /// Tells several, in order.
    static Observer all(Observer... observers) {
        List<Observer> listeners = List.of(observers);
        return observation -> listeners.forEach(listener -> listener.report(observation));
    }
}

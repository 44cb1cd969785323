package tollgate.observe;

/// Where everything that happens is reported. Any thread may call; implementations are quick, never
/// block and never throw.
public interface Observer {
    void report(Observation observation);

    /// Tells several, in order.
    static Observer all(Observer... observers) {
        Observer[] listeners = observers.clone();
        return observation -> {
            for (Observer listener : listeners) {
                listener.report(observation);
            }
        };
    }
}

package tollgate.bench;

import java.util.List;
import java.util.OptionalLong;

/// A running proxy in front of the mock, ready to be measured. What only a gateway has costs the
/// others nothing.
interface Contender extends AutoCloseable {
    String name();

    int port();

    ProcessTree processes();

    /// The keys that calls present, in turn.
    default List<String> keys() {
        return List.of("none");
    }

    /// Waits until the work behind the answers is done, folding above all.
    default void settle() {}

    /// fsyncs so far, when it counts them.
    default OptionalLong syncs() {
        return OptionalLong.empty();
    }

    /// Checks that the books of the calls since the last check are exact.
    ///
    /// @param chargeNanos what each call costs, in nano-dollars
    default void check(long answers, long chargeNanos) {}

    /// Checks that nothing is held and that all money is accounted for, whatever was charged.
    default void checkAtRest() {}

    @Override
    void close();
}

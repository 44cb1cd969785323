package tollgate.provider.sandbox;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.Callable;

/// A loop whose time stands still until the test moves it.
final class ManualLoop implements Loop {
    private final Queue<Runnable> due = new ArrayDeque<>();
    private final PriorityQueue<Alarm> alarms =
            new PriorityQueue<>(Comparator.comparing(Alarm::at).thenComparingInt(Alarm::number));
    private Duration now = Duration.ZERO;
    private int alarmsEver;
    private int apartEver;

    private record Alarm(Duration at, int number, Runnable task) {}

    @Override
    public void soon(Runnable task) {
        due.add(task);
    }

    @Override
    public Timer after(Duration time, Runnable task) {
        var alarm = new Alarm(now.plus(time), ++alarmsEver, task);
        alarms.add(alarm);
        return () -> alarms.remove(alarm);
    }

    @Override
    public <T> Future<T> apart(Callable<T> task) {
        apartEver++;
        try {
            return Future.succeededFuture(task.call());
        } catch (Exception failed) {
            return Future.failedFuture(failed);
        }
    }

    /// Runs what is due now.
    void settle() {
        while (!due.isEmpty()) {
            due.remove().run();
        }
    }

    /// Lets time pass, running everything at its moment.
    void pass(Duration time) {
        settle();
        Duration until = now.plus(time);
        while (!alarms.isEmpty() && alarms.element().at().compareTo(until) <= 0) {
            Alarm alarm = alarms.remove();
            now = alarm.at();
            alarm.task().run();
            settle();
        }
        now = until;
    }

    int alarmsSet() {
        return alarms.size();
    }

    int apartEver() {
        return apartEver;
    }
}

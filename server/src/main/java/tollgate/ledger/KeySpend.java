package tollgate.ledger;

import tollgate.ledger.SpendLimit.Window;

/// What one key has spent and holds, in nano-dollars. Guarded by its account's purse.
final class KeySpend {
    private long held;
    private long total;
    private long day;
    private long dayAmount;
    private long month;
    private long monthAmount;

    KeySpend() {}

    KeySpend(long total, long day, long dayAmount, long month, long monthAmount) {
        this.total = total;
        this.day = day;
        this.dayAmount = dayAmount;
        this.month = month;
        this.monthAmount = monthAmount;
    }

    /// What the limit leaves for further holds; negative when a lowered limit is already passed.
    long left(SpendLimit limit, Period now) {
        long spent =
                switch (limit.window()) {
                    case DAY -> day == now.day() ? dayAmount : 0;
                    case MONTH -> month == now.month() ? monthAmount : 0;
                    case TOTAL -> total;
                };
        return limit.nanos() - spent - held;
    }

    void hold(long amount) {
        held = Math.addExact(held, amount);
    }

    void release(long amount) {
        held = Math.subtractExact(held, amount);
    }

    void spend(long amount, Period now) {
        total = Math.addExact(total, amount);
        dayAmount = day == now.day() ? Math.addExact(dayAmount, amount) : amount;
        day = now.day();
        monthAmount = month == now.month() ? Math.addExact(monthAmount, amount) : amount;
        month = now.month();
    }

    long spent(Window window, Period now) {
        return -left(new SpendLimit(0, window), now) - held;
    }
}

package tollgate.ledger;

/// What one key has spent and holds, in nano-dollars. Guarded by its account's purse.
///
/// A period ends when the next begins, not when the clock is set back: else a step of the clock
/// would give a budget twice.
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
                    case DAY -> now.day() > day ? 0 : dayAmount;
                    case MONTH -> now.month() > month ? 0 : monthAmount;
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
        if (now.day() > day) {
            day = now.day();
            dayAmount = 0;
        }
        if (now.month() > month) {
            month = now.month();
            monthAmount = 0;
        }
        dayAmount = Math.addExact(dayAmount, amount);
        monthAmount = Math.addExact(monthAmount, amount);
    }
}

package tollgate.limit;

/// What has been counted on one meter. Not thread-safe: its stripe's lock guards it.
///
/// Times are nanoseconds of a clock that never steps back; amounts are never negative.
sealed interface Counter permits SlidingWindow, Slots {
    /// How long until `amount` more (at most `most`) has room under `most`, if nothing else comes:
    /// 0 when it has room now. Changes nothing that a reader could see.
    long waitNanos(long now, long amount, long most);

    /// Counts `amount`, whether or not there is room.
    ///
    /// @return a stamp by which [#change(long, long, long)] finds it again
    long add(long now, long amount, long most);

    /// Counts `delta` more, or less, where `stamp` was counted; nothing when that is over.
    void change(long now, long stamp, long delta);

    /// What is counted now.
    long sum(long now);

    /// How long until something leaves by itself; 0 when nothing will.
    long nextLeavesNanos(long now);

    /// True when forgetting this counter would change nothing.
    boolean isIdle(long now);
}

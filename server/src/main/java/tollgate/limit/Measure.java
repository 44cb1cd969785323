package tollgate.limit;

/// What a limit counts.
public enum Measure {
    /// Calls admitted within a window.
    REQUESTS,
    /// Tokens within a window: those held at admission, corrected to those posted.
    TOKENS,
    /// Calls that have not ended.
    CONCURRENT
}

package tollgate.call;

/// How a call that held money ended; the settlement matrix (INVARIANTS A.4) has a row for each.
public enum Outcome {
    /// S4, S5: the provider's answer is whole.
    COMPLETED,
    /// S2: no attempt gave output.
    PROVIDER_FAILED,
    /// S6, S7: the caller left.
    CALLER_GONE,
    /// S8: the provider broke off inside the answer.
    PROVIDER_BROKE,
    /// S9: the provider fell silent inside the answer.
    PROVIDER_STALLED,
    /// The hold could not be extended: the stream was ended with `length`.
    OUT_OF_CREDITS,
    /// S10, S11: this process died; the reconciler resolved it.
    GATEWAY_DIED,
    /// S14: the post could not be written in time.
    POST_FAILED
}

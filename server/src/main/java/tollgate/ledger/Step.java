package tollgate.ledger;

/// The durable steps of a call's money. A test may stop the process after any of them.
public enum Step {
    HOLD,
    ATTEMPT,
    MARK,
    EXTEND,
    ANSWER_STORED,
    POST,
    VOID,
    CREDIT
}

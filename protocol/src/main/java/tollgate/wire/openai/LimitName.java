package tollgate.wire.openai;

/// Under which name a model takes its output limit.
public enum LimitName {
    MAX_TOKENS("max_tokens"),
    MAX_COMPLETION_TOKENS("max_completion_tokens");

    private final String member;

    LimitName(String member) {
        this.member = member;
    }

    /// The member's name in a request.
    public String member() {
        return member;
    }
}

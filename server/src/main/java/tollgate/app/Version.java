package tollgate.app;

/// The version that answers and logs show.
final class Version {
    static final String TEXT = "0.1.0";

    private Version() {}
}

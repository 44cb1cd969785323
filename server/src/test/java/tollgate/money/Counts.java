package tollgate.money;

/// How often a test does what it does often: `-Dtollgate.counts=full` for the soak, else few enough
/// for each build.
final class Counts {
    static final boolean FULL = System.getProperty("tollgate.counts", "quick").equals("full");

    private Counts() {}

    static int of(int quick, int full) {
        return FULL ? full : quick;
    }
}

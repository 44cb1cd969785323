package tollgate.config;

/// Where a value was written: a file and its line (from 1), or a flag (line 0).
record Place(String source, int line) {
    @Override
    public String toString() {
        return line == 0 ? source : source + ", line " + line;
    }
}

package tollgate.observe;

/// Writes Prometheus' text format, version 0.0.4. Source:
/// <https://prometheus.io/docs/instrumenting/exposition_formats/> (read 2026-11-21). For one
/// thread.
public final class MetricsText {
    public static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private static final String PREFIX = "tollgate_";

    private final StringBuilder text = new StringBuilder(8_192);

    /// What a family's values are.
    public enum Type {
        /// Only grows, from 0 at the start.
        COUNTER("counter"),
        /// Goes up and down.
        GAUGE("gauge"),
        HISTOGRAM("histogram");

        private final String word;

        Type(String word) {
            this.word = word;
        }
    }

    /// Begins a family: its samples follow.
    ///
    /// @param name without the prefix `tollgate_`, which all of ours have
    public MetricsText family(String name, Type type, String help) {
        text.append("# HELP ").append(PREFIX).append(name).append(' ').append(help).append('\n');
        text.append("# TYPE ").append(PREFIX).append(name).append(' ').append(type.word);
        text.append('\n');
        return this;
    }

    /// A value of the family that was begun.
    ///
    /// @param name of the sample, with its labels if it has any
    public MetricsText sample(String name, Number value) {
        text.append(PREFIX).append(name).append(' ').append(value).append('\n');
        return this;
    }

    /// A family of one value.
    public MetricsText single(String name, Type type, String help, Number value) {
        return family(name, type, help).sample(name, value);
    }

    /// One label as it stands in braces.
    public static String label(String name, String value) {
        String escaped = value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
        return name + "=\"" + escaped + "\"";
    }

    @Override
    public String toString() {
        return text.toString();
    }
}

package tollgate.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads `relay` and its modes.
final class RelayReader {
    private static final Duration TIMEOUT = Duration.ofMinutes(10);
    private static final Duration TIMEOUT_DEEP = Duration.ofMinutes(30);
    private static final int OUTPUT_TOKENS = 16_384;

    /// What each mode runs unless the operator says otherwise.
    private static final Map<String, Config.Mode> MODES = defaults();

    private RelayReader() {}

    private static Map<String, Config.Mode> defaults() {
        String teacher = "You are a patient teacher: explain step by step, and ask back.";
        Map<String, Config.Mode> modes = new LinkedHashMap<>();
        modes.put("auto", mode("gpt-4o-mini", null, TIMEOUT));
        modes.put("instant", mode("gpt-4o-mini", null, TIMEOUT));
        modes.put("thinking", mode("o3", null, TIMEOUT));
        modes.put("search", mode("gpt-4o-mini-search-preview", null, TIMEOUT));
        modes.put("deep", mode("o3", null, TIMEOUT_DEEP));
        modes.put("study", mode("gpt-4o-mini", teacher, TIMEOUT));
        return modes;
    }

    private static Config.Mode mode(String model, @Nullable String system, Duration timeout) {
        return new Config.Mode(model, system, List.of(), timeout, OUTPUT_TOKENS);
    }

    static Config.Relay read(Section section) {
        Config.Relay relay =
                new Config.Relay(
                        (int) section.integer("workers", 4, 0, 1_000),
                        section.duration("lease", Duration.ofSeconds(60)),
                        (int) section.integer("attempts", 3, 1, 100),
                        modes(section.section("modes")));
        section.end();
        return relay;
    }

    private static Map<String, Config.Mode> modes(Section section) {
        Map<String, Config.Mode> modes = new LinkedHashMap<>();
        MODES.forEach((name, fallback) -> modes.put(name, mode(section, name, fallback)));
        section.end();
        return modes;
    }

    /// A model's name alone, or a table. A mode that is written takes nothing from the default but
    /// its time.
    private static Config.Mode mode(Section section, String name, Config.Mode fallback) {
        if (!section.has(name)) {
            return fallback;
        }
        Duration timeout = fallback.timeout();
        if (section.isScalar(name)) {
            String model = section.text(name, "");
            return new Config.Mode(model, null, List.of(), timeout, OUTPUT_TOKENS);
        }
        Section table = section.section(name);
        Config.Mode mode =
                new Config.Mode(
                        table.text("model", ""),
                        table.ifPresent("system", () -> table.text("system", "")),
                        tools(table),
                        table.duration("timeout", timeout),
                        (int) table.integer("max-output", OUTPUT_TOKENS, 16, 10_000_000));
        table.end();
        if (mode.model().isEmpty()) {
            throw table.refused("model", "missing", "a model's name");
        }
        return mode;
    }

    private static List<String> tools(Section table) {
        List<String> tools = new ArrayList<>();
        for (Node tool : table.rows("tools")) {
            if (!(tool instanceof Node.Table)) {
                throw ConfigException.at(
                        tool.place(), table.named("tools"), tool.described(), "objects");
            }
            tools.add(tool.toJson());
        }
        return tools;
    }
}

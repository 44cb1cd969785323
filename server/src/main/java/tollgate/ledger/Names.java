package tollgate.ledger;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Names of one segment that come again and again (models, providers): written once, then by
/// number. Each segment has its own, so that it can be read alone. Used under the journal's lock.
final class Names {
    /// A caller may invent model names with a test key; past this many they are written out.
    static final int NAMES_MAX = 10_000;

    private final Map<String, Integer> ids = new HashMap<>();
    private final List<String> texts = new ArrayList<>();

    /// The number of a name, or 0 when it has none. Numbers start at 1.
    int find(String text) {
        Integer id = ids.get(text);
        return id == null ? 0 : id;
    }

    boolean hasRoom() {
        return texts.size() < NAMES_MAX;
    }

    int add(String text) {
        texts.add(text);
        ids.put(text, texts.size());
        return texts.size();
    }

    String text(int id) {
        if (id < 1 || id > texts.size()) {
            throw new JournalCorrupt("name %d of %d".formatted(id, texts.size()));
        }
        return texts.get(id - 1);
    }

    int size() {
        return texts.size();
    }

    /// Forgets the names above `size`, because the group that brought them was not written.
    void cutTo(int size) {
        while (texts.size() > size) {
            ids.remove(texts.removeLast());
        }
    }
}

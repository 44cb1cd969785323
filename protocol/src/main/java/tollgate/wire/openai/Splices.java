package tollgate.wire.openai;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tollgate.call.Capability;
import tollgate.wire.json.JsonWriter;
import tollgate.wire.json.Span;

/// Edits a chat request as spliced bytes: what no edit touches stays as the caller wrote it. An
/// edit that would change nothing is none; without edits [#bytes()] is the body itself.
///
/// ```java
/// byte[] sent = new Splices(body, peek).model("gpt-4o").askUsage().bytes();
/// ```
public final class Splices {
    private static final byte[] NOTHING = new byte[0];
    private static final byte[] TRUE = Peeking.ascii("true");

    private final byte[] body;
    private final ChatPeek peek;
    private final ChatShape shape;

    private int[] from = new int[8];
    private int[] to = new int[8];
    private byte[][] with = new byte[8][];
    private int size;

    /// `peek` is what was read of this very `body`.
    public Splices(byte[] body, ChatPeek peek) {
        this.body = body;
        this.peek = peek;
        this.shape = peek.shape();
    }

    /// Names another model.
    public Splices model(String model) {
        Place place = shape.model;
        if (place != null && !peek.model().equals(model)) {
            replace(place, JsonWriter.quoted(model));
        }
        return this;
    }

    /// Asks for the usage chunk at the end of a stream.
    public Splices askUsage() {
        Place options = shape.streamOptions;
        if (peek.usageAsked()) {
            return this;
        }
        if (options == null) {
            insert("\"stream_options\":{\"include_usage\":true},");
        } else if (shape.includeUsage != null) {
            replace(shape.includeUsage, TRUE);
        } else if (shape.streamOptionsOpen > 0) {
            String comma = shape.streamOptionsIsEmpty ? "" : ",";
            edit(
                    shape.streamOptionsOpen,
                    shape.streamOptionsOpen,
                    Peeking.ascii("\"include_usage\":true" + comma));
        } else {
            replace(options, Peeking.ascii("{\"include_usage\":true}"));
        }
        return this;
    }

    /// Lowers the output limit to `tokens`: under each name by which the caller gave a higher one;
    /// when he gave none, under the name he left null, else as `name`.
    public Splices limitOutput(long tokens, LimitName name) {
        byte[] text = Peeking.ascii(Long.toString(tokens));
        if (peek.outputLimit() < 0) {
            Place empty =
                    shape.maxCompletionTokens != null ? shape.maxCompletionTokens : shape.maxTokens;
            if (empty != null) {
                replace(empty, text);
            } else {
                insert("\"%s\":%d,".formatted(name.member(), tokens));
            }
            return this;
        }
        lower(shape.maxTokens, shape.maxTokensSaid, tokens);
        lower(shape.maxCompletionTokens, shape.maxCompletionTokensSaid, tokens);
        return this;
    }

    private void lower(@Nullable Place place, long said, long tokens) {
        if (place != null && said > tokens) {
            replace(place, Peeking.ascii(Long.toString(tokens)));
        }
    }

    /// Asks for a stream.
    public Splices stream() {
        if (peek.stream()) {
            return this;
        }
        if (shape.stream == null) {
            insert("\"stream\":true,");
        } else {
            replace(shape.stream, TRUE);
        }
        return this;
    }

    /// Takes out the hosted tools that are not allowed, and `web_search_options` likewise. When no
    /// tool is left, `tools` goes, and with it what providers refuse without tools.
    public Splices dropHosted(Set<Capability> allowed) {
        List<Hosted> tools = shape.droppedTools(allowed);
        boolean all = !tools.isEmpty() && tools.size() == shape.toolCount;
        if (!all) {
            remove(tools.stream().map(Hosted::place).toList());
        }
        List<Place> members = new ArrayList<>(4);
        if (all) {
            addPresent(members, shape.tools);
            addPresent(members, shape.toolChoice);
            addPresent(members, shape.parallelToolCalls);
        }
        Hosted options = shape.webSearchOptions;
        if (options != null && !allowed.contains(options.capability())) {
            members.add(options.place());
        }
        members.sort(Comparator.comparingInt(place -> place.index));
        remove(members);
        return this;
    }

    private static void addPresent(List<Place> places, @Nullable Place place) {
        if (place != null) {
            places.add(place);
        }
    }

    /// Removes siblings, given in their order: those at the front with the comma after them, the
    /// others with the comma before them. At least one sibling stays.
    private void remove(List<Place> places) {
        for (int i = 0; i < places.size(); i++) {
            Place place = places.get(i);
            if (place.index == i) {
                edit(place.from, place.commaAfter + 1, NOTHING);
            } else {
                edit(place.commaBefore, place.valueTo, NOTHING);
            }
        }
    }

    private void insert(String members) {
        edit(shape.open, shape.open, Peeking.ascii(members));
    }

    private void replace(Place place, byte[] text) {
        edit(place.valueFrom, place.valueTo, text);
    }

    /// Keeps the edits sorted; they never overlap.
    private void edit(int editFrom, int editTo, byte[] text) {
        if (size == from.length) {
            from = Arrays.copyOf(from, size * 2);
            to = Arrays.copyOf(to, size * 2);
            with = Arrays.copyOf(with, size * 2);
        }
        int i = size++;
        while (i > 0 && from[i - 1] > editFrom) {
            from[i] = from[i - 1];
            to[i] = to[i - 1];
            with[i] = with[i - 1];
            i--;
        }
        from[i] = editFrom;
        to[i] = editTo;
        with[i] = text;
    }

    /// The body with all edits.
    public byte[] bytes() {
        if (size == 0) {
            return body;
        }
        int length = body.length;
        for (int i = 0; i < size; i++) {
            length += with[i].length - (to[i] - from[i]);
        }
        byte[] spliced = new byte[length];
        int read = 0;
        int written = 0;
        for (int i = 0; i < size; i++) {
            System.arraycopy(body, read, spliced, written, from[i] - read);
            written += from[i] - read;
            System.arraycopy(with[i], 0, spliced, written, with[i].length);
            written += with[i].length;
            read = to[i];
        }
        System.arraycopy(body, read, spliced, written, body.length - read);
        return spliced;
    }

    /// A copy of `bytes[from, to)` in which the JSON string at `model` says `name` instead: for
    /// answers and events at doors that show the caller's name of the model.
    public static byte[] renamed(byte[] bytes, Span range, Span model, String name) {
        byte[] quoted = JsonWriter.quoted(name);
        byte[] renamed = new byte[range.length() - model.length() + quoted.length];
        int before = model.from() - range.from();
        System.arraycopy(bytes, range.from(), renamed, 0, before);
        System.arraycopy(quoted, 0, renamed, before, quoted.length);
        System.arraycopy(
                bytes, model.to(), renamed, before + quoted.length, range.to() - model.to());
        return renamed;
    }
}

package tollgate.config;

import java.util.LinkedHashMap;

/// Lays the command line's settings over the file's.
final class Flags {
    private Flags() {}

    /// Sets `server.port` and the like, making the tables on the way.
    static void lay(ConfigSource.Flag flag, Node.Table root) {
        Place place = new Place(flag.name(), 0);
        Node.Table table = root;
        String[] keys = flag.key().split("\\.", -1);
        for (int i = 0; i < keys.length - 1; i++) {
            Node.Entry entry = table.entries().get(keys[i]);
            if (entry != null && entry.value() instanceof Node.Table inner) {
                table = inner;
            } else {
                Node.Table made = new Node.Table(place, new LinkedHashMap<>());
                table.entries().put(keys[i], new Node.Entry(place, made));
                table = made;
            }
        }
        Node.Text value = new Node.Text(place, flag.value(), Node.Kind.STRING);
        table.entries().put(keys[keys.length - 1], new Node.Entry(place, value));
    }
}

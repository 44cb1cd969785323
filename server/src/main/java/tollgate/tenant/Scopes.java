package tollgate.tenant;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import tollgate.fault.Fault;
import tollgate.fault.GatewayException;

/// What a key may do: read own data, make model calls and changes, and work on anybody's jobs. Sets
/// of resources are bits, so that a check is one instruction.
public final class Scopes {
    /// What a key gets that asks for nothing in particular. Not a worker's right: that reaches into
    /// other accounts' jobs, and only the operator gives it.
    public static final Scopes ALL = new Scopes(everything(), everything(), false);

    public static final Scopes NOTHING = new Scopes(0, 0, false);
    private static final String NONE = "-";

    private final int read;
    private final int write;
    private final boolean worker;

    private Scopes(int read, int write, boolean worker) {
        this.read = read;
        this.write = write;
        this.worker = worker;
    }

    private static int everything() {
        return Resource.EVERYTHING.bit();
    }

    public static Scopes of(Set<Resource> read, Set<Resource> write) {
        return new Scopes(bits(read), bits(write), false);
    }

    private static int bits(Set<Resource> resources) {
        return resources.stream().mapToInt(Resource::bit).reduce(0, (a, b) -> a | b);
    }

    /// The same with a worker's right.
    public Scopes withWorker() {
        return new Scopes(read, write, true);
    }

    /// Reads the resources of one right from a request.
    ///
    /// @param right `read` or `write`, for the message
    /// @throws GatewayException BadRequest for a word that is no resource
    public static Set<Resource> resources(String right, List<String> words) {
        Set<Resource> resources = EnumSet.noneOf(Resource.class);
        for (String word : words) {
            resources.add(
                    Resource.find(word).orElseThrow(() -> unknown("scope_permissions." + right)));
        }
        return resources;
    }

    private static GatewayException unknown(String param) {
        return new GatewayException(
                new Fault.BadRequest(
                        param,
                        "unknown resource (expected: models, keys, billing, history, relay, *)"));
    }

    /// Whether own data of this resource may be read.
    public boolean mayRead(Resource resource) {
        return allows(read, resource.bit());
    }

    /// Whether calls and changes on this resource may be made.
    public boolean mayWrite(Resource resource) {
        return allows(write, resource.bit());
    }

    /// The resource by its word, as routes declare it.
    ///
    /// @throws IllegalArgumentException for a word that is no resource: no route may be left open
    ///   by a slip
    public boolean mayRead(String word) {
        return mayRead(declared(word));
    }

    /// The resource by its word, as routes declare it.
    ///
    /// @throws IllegalArgumentException for a word that is no resource
    public boolean mayWrite(String word) {
        return mayWrite(declared(word));
    }

    private static Resource declared(String word) {
        return Resource.find(word)
                .orElseThrow(() ->
                        new IllegalArgumentException(
                                "resource: %s (expected: one of Resource)".formatted(word)));
    }

    private static boolean allows(int granted, int wanted) {
        return (granted & (wanted | everything())) != 0;
    }

    /// Whether jobs of all accounts may be claimed and completed.
    public boolean isWorker() {
        return worker;
    }

    /// Whether every right of this is one of the other's too.
    public boolean isWithin(Scopes other) {
        return isWithin(read, other.read)
                && isWithin(write, other.write)
                && (!worker || other.worker);
    }

    private static boolean isWithin(int wanted, int granted) {
        return (granted & everything()) != 0 || (wanted & ~granted) == 0;
    }

    public Set<Resource> read() {
        return resources(read);
    }

    public Set<Resource> write() {
        return resources(write);
    }

    private static Set<Resource> resources(int bits) {
        Set<Resource> resources = EnumSet.noneOf(Resource.class);
        for (Resource resource : Resource.values()) {
            if ((bits & resource.bit()) != 0) {
                resources.add(resource);
            }
        }
        return resources;
    }

    /// Reads what [#toString()] wrote.
    static Scopes parse(String text) {
        if (text.equals(ALL.toString())) {
            return ALL; // nearly all keys share it
        }
        String[] parts = text.split(" ", -1);
        Scopes scopes = of(parsed(parts[0]), parsed(parts[1]));
        return parts.length > 2 ? scopes.withWorker() : scopes;
    }

    private static Set<Resource> parsed(String text) {
        String words = text.substring(text.indexOf(':') + 1);
        Set<Resource> resources = EnumSet.noneOf(Resource.class);
        for (String word : words.split(",", -1)) {
            Resource.find(word).ifPresent(resources::add);
        }
        return resources;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Scopes scopes
                && read == scopes.read
                && write == scopes.write
                && worker == scopes.worker;
    }

    @Override
    public int hashCode() {
        return read + 64 * write + (worker ? 4_096 : 0);
    }

    /// Such as `read:models,keys write:* worker`; `-` for no resource.
    @Override
    public String toString() {
        return "read:" + words(read) + " write:" + words(write) + (worker ? " worker" : "");
    }

    private static String words(int bits) {
        List<String> words = resources(bits).stream().map(Resource::word).toList();
        return words.isEmpty() ? NONE : String.join(",", words);
    }
}

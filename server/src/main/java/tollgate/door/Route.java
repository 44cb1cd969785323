package tollgate.door;

/// One thing a door answers. `path` is exact (`/v1/models`), or ends in `/{id}` for one more
/// segment, or in `/{id*}` for all the rest: model ids may hold slashes.
///
/// Access has no default: a route that does not say who may pass cannot be written (I-59).
public record Route(String method, String path, Access access, Action action) {
    /// Who may pass.
    public sealed interface Access {
        /// Everybody, without a key.
        record Anyone() implements Access {}

        /// A key whose scopes hold this right on this resource.
        record Scoped(Right right, String resource) implements Access {}

        /// The operator's admin key.
        record Admin() implements Access {}
    }

    /// What a scope allows on a resource.
    public enum Right {
        READ,
        WRITE
    }

    /// How a route is answered.
    public sealed interface Action {
        /// On the event loop; must not block.
        record Loop(Handler handler) implements Action {}

        /// On a virtual thread; may block.
        record Work(Handler handler) implements Action {}
    }

    /// Answers one visit, now or later; what it throws becomes the door's words.
    @FunctionalInterface
    public interface Handler {
        void handle(Visit visit);
    }

    public static Route loop(String method, String path, Access access, Handler handler) {
        return new Route(method, path, access, new Action.Loop(handler));
    }

    public static Route work(String method, String path, Access access, Handler handler) {
        return new Route(method, path, access, new Action.Work(handler));
    }

    public static Access anyone() {
        return new Access.Anyone();
    }

    public static Access reading(String resource) {
        return new Access.Scoped(Right.READ, resource);
    }

    public static Access writing(String resource) {
        return new Access.Scoped(Right.WRITE, resource);
    }

    public static Access admin() {
        return new Access.Admin();
    }
}

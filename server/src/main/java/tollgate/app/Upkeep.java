package tollgate.app;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;
import tollgate.catalog.Catalog;
import tollgate.config.Config;
import tollgate.door.gateway.Maintenance;
import tollgate.fault.Fault;
import tollgate.fault.GatewayException;
import tollgate.ledger.Ledger;
import tollgate.wire.json.Json;

/// What a running gateway does for `catalog`, `doctor` and `backup`.
///
/// Doctor and backup read gigabytes: each on a thread of its own, since virtual threads share few,
/// and one at a time.
final class Upkeep implements Maintenance {
    private static final Duration AGAIN = Duration.ofMinutes(1);

    private final Config config;
    private final Path folder;
    private final Ledger ledger;
    private final Catalog catalog;
    private final InstantSource clock;

    Upkeep(Config config, Path folder, Ledger ledger, Catalog catalog, InstantSource clock) {
        this.config = config;
        this.folder = folder;
        this.ledger = ledger;
        this.catalog = catalog;
        this.clock = clock;
    }

    @Override
    public Json.Obj catalog() {
        return CatalogJson.of(catalog);
    }

    @Override
    public Json.Obj doctor() {
        return alone(() -> Doctor.json(new Doctor(config, folder, clock, ledger).examine()));
    }

    @Override
    public Json.Obj backup(String target) {
        Path to = path(target);
        return alone(() -> Copies.running(folder, to, ledger).toJson());
    }

    private static Path path(String text) {
        try {
            Path path = Path.of(text);
            if (path.isAbsolute()) {
                return path.normalize();
            }
        } catch (InvalidPathException _) {
            // refused below
        }
        throw refused("folder: no absolute path (expected: such as /backups/monday)");
    }

    private synchronized Json.Obj alone(Callable<Json.Obj> work) {
        FutureTask<Json.Obj> task = new FutureTask<>(work);
        Thread.ofPlatform().name("tollgate-upkeep").daemon().start(task);
        try {
            return task.get();
        } catch (ExecutionException e) {
            throw thrown(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static RuntimeException thrown(@Nullable Throwable cause) {
        return switch (cause) {
            case RefusedException refused -> refused(String.valueOf(refused.getMessage()));
            case RuntimeException ours -> ours;
            case IOException failed ->
                    new GatewayException(
                            new Fault.Unavailable("it failed: " + failed.getMessage(), AGAIN),
                            failed);
            case null, default -> new IllegalStateException(cause);
        };
    }

    private static GatewayException refused(String message) {
        return new GatewayException(new Fault.BadRequest("folder", message));
    }
}

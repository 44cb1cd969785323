package tollgate.catalog;

import org.jspecify.annotations.Nullable;

/// One way to serve a model.
///
/// @param upstreamModel the provider's own name for it
/// @param weight its share among the routes of equal order
/// @param fallback whether it is tried only when those before it failed
/// @param cost what the provider charges us, for margins; null when nobody said
public record RouteEntry(
        String provider,
        String upstreamModel,
        int weight,
        boolean fallback,
        @Nullable Price cost) {}

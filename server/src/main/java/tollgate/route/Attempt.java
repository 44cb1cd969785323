package tollgate.route;

import tollgate.provider.Provider;

/// One route that may serve a call: who, and under which name of the model.
public record Attempt(Provider provider, String requestModel) {}

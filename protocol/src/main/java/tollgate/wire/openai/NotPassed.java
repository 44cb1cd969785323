package tollgate.wire.openai;

import tollgate.call.Capability;
import tollgate.fault.Fault.BadRequest;

/// A field of a request that changes the price or names an object in the provider's account, and
/// what a model entry must allow for it to be passed on.
///
/// @param field where it stands: `service_tier`, `messages[2].content[0].file.file_id`
public record NotPassed(String field, Capability capability) {
    /// The refusal of a request that holds it.
    public BadRequest fault() {
        return new BadRequest(
                field,
                "%s: found a value that is not passed on (expected: none, as the model does not allow %s)"
                        .formatted(field, capability.word()));
    }
}

package tollgate.wire.openai;

/// Something in a provider's usage report that has no price or makes no sense: a reason for an
/// alarm, since it may be billed to us (I-31).
///
/// @param name where it stands in the report: `prompt_tokens_details.audio_tokens`
/// @param found what it says
public record OddUsage(String name, String found) {}

package tollgate.wire.openai;

import tollgate.call.Capability;

/// A tool that runs at the provider, at a price of its own; taken out unless the model's entry
/// allows it.
///
/// @param name its type, or `web_search_options`; fit for a header
/// @param place where the bytes to take out stand
record Hosted(String name, Capability capability, Place place) {}

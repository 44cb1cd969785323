package tollgate.wire.openai;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tollgate.call.Capability;

/// Where in a chat request the members stand that [Splices] may edit. Opaque outside this package:
/// written by [ChatPeekReader], then only read.
public final class ChatShape {
    /// Just after the opening brace.
    int open;

    @Nullable Place model;
    @Nullable Place stream;
    @Nullable Place streamOptions;

    /// Just after the brace that opens `stream_options`; 0 when it is null or not there.
    int streamOptionsOpen;

    boolean streamOptionsIsEmpty;
    @Nullable Place includeUsage;

    @Nullable Place maxTokens;
    @Nullable Place maxCompletionTokens;

    /// What the two limits say; -1 for none or null.
    long maxTokensSaid = -1;

    long maxCompletionTokensSaid = -1;

    @Nullable Place tools;
    int toolCount;
    @Nullable Place toolChoice;
    @Nullable Place parallelToolCalls;

    /// The elements of `tools` that are hosted.
    List<Hosted> hostedTools = List.of();

    @Nullable Hosted webSearchOptions;

    /// `tool_choice` asks that some tool be called.
    boolean someToolIsDemanded;

    /// The type of the hosted tool that `tool_choice` names, or null.
    @Nullable String choiceOfHosted;

    ChatShape() {}

    void addHostedTool(Hosted tool) {
        if (hostedTools.isEmpty()) {
            hostedTools = new ArrayList<>(4);
        }
        hostedTools.add(tool);
    }

    /// What is taken out when only these are allowed.
    List<Hosted> dropped(Set<Capability> allowed) {
        if (hostedTools.isEmpty() && webSearchOptions == null) {
            return List.of();
        }
        List<Hosted> dropped = droppedTools(allowed);
        Hosted options = webSearchOptions;
        if (options != null && !allowed.contains(options.capability())) {
            dropped.add(options);
        }
        return dropped;
    }

    List<Hosted> droppedTools(Set<Capability> allowed) {
        List<Hosted> dropped = new ArrayList<>(hostedTools.size() + 1);
        for (Hosted tool : hostedTools) {
            if (!allowed.contains(tool.capability())) {
                dropped.add(tool);
            }
        }
        return dropped;
    }

    /// `tool_choice`, when it demands a tool that is taken out.
    @Nullable NotPassed demanded(Set<Capability> allowed) {
        if (choiceOfHosted != null) {
            Capability needed = HostedTools.capability(choiceOfHosted);
            return allowed.contains(needed) ? null : new NotPassed("tool_choice", needed);
        }
        List<Hosted> dropped = droppedTools(allowed);
        if (someToolIsDemanded && !dropped.isEmpty() && dropped.size() == toolCount) {
            return new NotPassed("tool_choice", dropped.getFirst().capability());
        }
        return null;
    }
}

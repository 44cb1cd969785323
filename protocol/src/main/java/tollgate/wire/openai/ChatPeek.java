package tollgate.wire.openai;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tollgate.call.Capability;
import tollgate.fault.GatewayException;

/// What a gateway must know of a chat request before it passes the bytes on: read in one pass,
/// without a tree. Immutable.
///
/// @param model the caller's name of the model
/// @param stream whether the answer is asked for as a stream
/// @param usageAsked whether the caller asked for the usage chunk
/// @param outputLimit the smaller of the caller's output limits; -1 when there is none
/// @param choices how many answers are made: the larger of `n` and `best_of`, at least 1
/// @param messages how many messages there are
/// @param inputBytes bytes of the body outside base64 payloads
/// @param images pictures in messages, by URL or value
/// @param audios sounds in messages
/// @param files files, films and other parts in messages that are not text
/// @param toolsOrSchema whether tools, functions or an answer's schema are sent
/// @param endUser `user`, else `metadata.user_id`
/// @param outputModalities what is asked for beside text
/// @param predictionBytes bytes of `prediction`, whose tokens are billed even when not used
/// @param notPassed fields that the model's entry must allow
public record ChatPeek(
        String model,
        boolean stream,
        boolean usageAsked,
        long outputLimit,
        int choices,
        int messages,
        long inputBytes,
        int images,
        int audios,
        int files,
        boolean toolsOrSchema,
        @Nullable String endUser,
        List<String> outputModalities,
        int predictionBytes,
        List<NotPassed> notPassed,
        ChatShape shape) {
    public ChatPeek {
        outputModalities = List.copyOf(outputModalities);
        notPassed = List.copyOf(notPassed);
    }

    /// Reads a request's body.
    ///
    /// @throws GatewayException with [BadRequest] when it is no chat request
    public static ChatPeek read(byte[] body) {
        return new ChatPeekReader(body).read();
    }

    /// The first field that may not be passed on by a model that allows these, or null.
    public @Nullable NotPassed refused(Set<Capability> allowed) {
        for (NotPassed field : notPassed) {
            if (!allowed.contains(field.capability())) {
                return field;
            }
        }
        return shape.demanded(allowed);
    }

    /// The names of the hosted tools that [Splices#dropHosted] takes out.
    public List<String> dropped(Set<Capability> allowed) {
        List<String> names = new ArrayList<>();
        for (Hosted tool : shape.dropped(allowed)) {
            if (!names.contains(tool.name())) {
                names.add(tool.name());
            }
        }
        return names;
    }

    /// What was read, without any text of the caller's but the model's name.
    @Override
    public String toString() {
        return "ChatPeek[%s, %d messages, %d bytes]".formatted(model, messages, inputBytes);
    }
}

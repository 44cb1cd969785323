package tollgate.serve;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tollgate.fault.Fault;
import tollgate.http.Reply;
import tollgate.provider.Provider;
import tollgate.wire.openai.OpenAiErrors;
import tollgate.wire.openai.ProviderError;

/// An attempt that gave no output: what the provider said, and whether another try may help.
///
/// @param status the provider's, 0 when none came
/// @param fault what the caller is told when no attempt is left
/// @param again where trying again may help
/// @param pause what the provider asked us to wait, or null
record Miss(int status, Fault fault, Again again, @Nullable Duration pause) {
    /// Where another try may help.
    enum Again {
        /// Nowhere: the request itself is refused, or the sandbox plays an error.
        NOWHERE,
        /// At another route only.
        ELSEWHERE,
        /// At the same one too, after a moment.
        HERE
    }

    /// The sandbox marks errors that must reach the caller as they are.
    private static final String PLAYED = "x-tollgate-played";

    private static final int TEXT_CHARS_MAX = 1_000;
    private static final long RETRY_SECONDS_MAX = 86_400;

    static Miss of(Reply.Failure failure) {
        return switch (failure) {
            case UNREACHABLE, BROKEN ->
                    new Miss(0, new Fault.ProvidersFailed(1, 0), Again.HERE, null);
            case SILENT, STALLED, TOO_LONG ->
                    new Miss(0, new Fault.ProvidersSilent(1), Again.ELSEWHERE, null);
        };
    }

    /// A 200 that holds no answer.
    static Miss empty() {
        return new Miss(200, new Fault.ProvidersFailed(1, 200), Again.HERE, null);
    }

    /// What a status other than 200 means, or an error object in spite of it.
    static Miss of(Reply reply, int status, byte[] body, Provider provider) {
        ProviderError said = OpenAiErrors.read(body);
        if (reply.header(PLAYED) != null) {
            Fault played = new Fault.Played(status, said.message());
            return new Miss(status, played, Again.NOWHERE, null);
        }
        Duration wait = retryAfter(reply.header("retry-after"));
        return switch (status) {
            case 400, 413, 422 ->
                    new Miss(status, refused(status, said, provider), Again.NOWHERE, null);
            case 404 -> new Miss(status, refused(status, said, provider), Again.ELSEWHERE, null);
            case 429 -> new Miss(status, new Fault.ProvidersBusy(1, wait), again(wait), wait);
            case 408, 500, 502, 503, 504, 529 ->
                    new Miss(status, new Fault.ProvidersFailed(1, status), Again.HERE, wait);
            default ->
                    new Miss(status, new Fault.ProvidersFailed(1, status), Again.ELSEWHERE, null);
        };
    }

    /// A limit without a time is not tried again here: nobody knows when it ends.
    private static Again again(@Nullable Duration pause) {
        return pause == null ? Again.ELSEWHERE : Again.HERE;
    }

    private static Fault refused(int status, ProviderError said, Provider provider) {
        return new Fault.ProviderRefused(
                status,
                cut(provider.redactor().clean(said.message())),
                safe(said.type(), provider),
                safe(said.param(), provider),
                safe(said.code(), provider));
    }

    private static @Nullable String safe(@Nullable String text, Provider provider) {
        return text == null ? null : cut(provider.redactor().clean(text));
    }

    private static String cut(String text) {
        return text.length() <= TEXT_CHARS_MAX ? text : text.substring(0, TEXT_CHARS_MAX) + "…";
    }

    /// Seconds only: a date would need the provider's clock to agree with ours.
    private static @Nullable Duration retryAfter(@Nullable String header) {
        if (header == null || !header.matches("[0-9]{1,5}")) {
            return null;
        }
        return Duration.ofSeconds(Math.min(RETRY_SECONDS_MAX, Long.parseLong(header)));
    }
}

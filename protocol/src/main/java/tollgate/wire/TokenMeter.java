package tollgate.wire;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingType;

/// Counts the tokens (o200k_base) of a text that grows: in pieces of 1,024 characters (code
/// points), each counted alone, the counts summed. A finished piece is counted once and let go, and
/// nothing is counted before somebody asks or 64 KiB wait. For one thread.
///
/// Counting costs about 200 µs a piece and 0.9 s the first time in a process ([#warm()]); appending
/// and [#bound()] cost next to nothing.
public final class TokenMeter {
    public static final int PIECE_CHARS = 1_024;

    /// Characters that wait to be counted; more are counted as they come.
    public static final int PENDING_CHARS_MAX = 65_536;

    private final StringBuilder pending = new StringBuilder();

    /// Tokens of the pieces that are gone.
    private long finished;

    /// An upper bound of the tokens in `pending`.
    private long pendingBound;

    /// Tokens of `pending`, or -1 when text came since.
    private long pendingExact;

    /// Where in `pending` the last text begins, and what was finished then.
    private int lastFrom;

    private long finishedBeforeLast;

    /// Loads the vocabulary, so that no call has to wait for it.
    public static void warm() {
        Vocabulary.O200K.countTokensOrdinary("warm");
    }

    /// Tokens of one text that is at most a piece long; special tokens are read as plain text.
    static int count(CharSequence text) {
        return Vocabulary.O200K.countTokensOrdinary(text.toString());
    }

    public void append(CharSequence text) {
        if (text.isEmpty()) {
            return;
        }
        lastFrom = pending.length();
        finishedBeforeLast = finished;
        pending.append(text);
        pendingBound += utf8Length(text);
        pendingExact = -1;
        if (pending.length() > PENDING_CHARS_MAX) {
            finishedBeforeLast = exactWithoutLast();
            lastFrom = 0;
            countPieces();
        }
    }

    /// The tokens of all text but what was appended last. To be asked before [#exact()], which may
    /// let that text go.
    public long exactWithoutLast() {
        TokenMeter before = new TokenMeter();
        before.pending.append(pending, 0, lastFrom);
        before.finished = finishedBeforeLast;
        before.pendingExact = -1;
        return before.exact();
    }

    /// The tokens of all text so far.
    public long exact() {
        if (pendingExact < 0) {
            countPieces();
            int settled = settled();
            int sure = count(pending.substring(0, settled));
            String open = pending.substring(settled);
            pendingExact = sure + (long) count(open);
            pendingBound = sure + utf8Length(open);
        }
        return finished + pendingExact;
    }

    /// At least [#exact()], without counting: what was counted last and can no longer change, plus
    /// a token a byte since.
    public long bound() {
        return finished + pendingBound;
    }

    private void countPieces() {
        int from = 0;
        int to = pieceEnd(from);
        long counted = 0;
        while (to >= 0) {
            counted += count(pending.substring(from, to));
            from = to;
            to = pieceEnd(from);
        }
        pending.delete(0, from);
        finished += counted;
        pendingBound = utf8Length(pending);
    }

    /// Where the full piece that begins at `from` ends, or -1 when it is not full. It is full only
    /// when something follows: half a character at its end may still become a whole one.
    private int pieceEnd(int from) {
        int p = from;
        for (int chars = 0; chars < PIECE_CHARS; chars++) {
            if (p >= pending.length()) {
                return -1;
            }
            p += isPair(p) ? 2 : 1;
        }
        return p < pending.length() ? p : -1;
    }

    private boolean isPair(int p) {
        return Character.isHighSurrogate(pending.charAt(p))
                && p + 1 < pending.length()
                && Character.isLowSurrogate(pending.charAt(p + 1));
    }

    /// Up to where later text cannot change how `pending` is split into tokens: no token of
    /// o200k_base reaches from a letter over a character that is neither letter, mark, digit nor
    /// apostrophe. Source: the pattern of o200k_base in openai/tiktoken, read 2026-11-21.
    private int settled() {
        for (int i = pending.length() - 1; i > 0; i--) {
            if (ends(pending.charAt(i)) && Character.isLetter(pending.charAt(i - 1))) {
                return i;
            }
        }
        return 0;
    }

    private static boolean ends(char c) {
        return c == ' ' || c == ',' || c == '.' || c == '\n' || c == '\u3002' || c == '\uff0c';
    }

    private static long utf8Length(CharSequence text) {
        long length = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            // Either half of a surrogate pair is two of its four bytes; alone it is written as "?".
            length += c < 0x80 ? 1 : c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
        }
        return length;
    }

    private static final class Vocabulary {
        static final Encoding O200K =
                Encodings.newLazyEncodingRegistry().getEncoding(EncodingType.O200K_BASE);
    }
}

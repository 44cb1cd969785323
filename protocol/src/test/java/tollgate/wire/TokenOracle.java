package tollgate.wire;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingType;

/// The rule of counting in its plainest form, for tests to compare with.
public final class TokenOracle {
    private static final Encoding O200K =
            Encodings.newLazyEncodingRegistry().getEncoding(EncodingType.O200K_BASE);

    private TokenOracle() {}

    /// Pieces of 1,024 code points, each counted alone.
    public static long count(String text) {
        int[] points = text.codePoints().toArray();
        long tokens = 0;
        for (int from = 0; from < points.length; from += 1_024) {
            int length = Math.min(1_024, points.length - from);
            tokens += O200K.countTokensOrdinary(new String(points, from, length));
        }
        return tokens;
    }
}

package tollgate.ledger;

import java.time.Duration;

/// The journal's numbers (JOURNAL 2, 4, 6, 7).
///
/// @param segmentBytes size of one segment, zero-filled ahead; 64 MiB unless a test says otherwise
/// @param syncAfter how old the oldest unsynced write may get before it is synced
/// @param gate how old it may get before acknowledgements wait for the sync
/// @param refuseAfter how old it may get before new holds are refused with 503
/// @param unhealthyAfter how old it may get before `/health` is 503
/// @param retryEvery pause before a failed write or preparation is tried again
/// @param unfoldedMax records the database may be behind before new holds are refused
public record JournalSettings(
        long segmentBytes,
        Duration syncAfter,
        Duration gate,
        Duration refuseAfter,
        Duration unhealthyAfter,
        Duration retryEvery,
        long unfoldedMax) {
    /// Room for one frame of the largest group beside the reserve.
    public static final long SEGMENT_BYTES_MIN = 64 * 1024;

    public static final JournalSettings DEFAULT =
            new JournalSettings(
                    64L * 1024 * 1024,
                    Duration.ofMillis(5),
                    Duration.ofMillis(100),
                    Duration.ofMillis(250),
                    Duration.ofSeconds(2),
                    Duration.ofMillis(100),
                    1_000_000);

    public JournalSettings {
        if (segmentBytes < SEGMENT_BYTES_MIN) {
            throw new IllegalArgumentException(
                    "journal.segment: %d bytes (expected: at least %d)"
                            .formatted(segmentBytes, SEGMENT_BYTES_MIN));
        }
    }

    public JournalSettings withGate(Duration newGate) {
        return new JournalSettings(
                segmentBytes,
                syncAfter,
                newGate,
                refuseAfter,
                unhealthyAfter,
                retryEvery,
                unfoldedMax);
    }

    public JournalSettings withSegmentBytes(long bytes) {
        return new JournalSettings(
                bytes, syncAfter, gate, refuseAfter, unhealthyAfter, retryEvery, unfoldedMax);
    }

    JournalSettings withUnfoldedMax(long records) {
        return new JournalSettings(
                segmentBytes, syncAfter, gate, refuseAfter, unhealthyAfter, retryEvery, records);
    }

    /// Bytes after which a group goes on in another frame: little enough that one always fits
    /// between [#rollAt()] and the end.
    int framePayloadMax() {
        return (int) Math.min(Frame.GROUP_BYTES_MAX, segmentBytes / 16);
    }

    /// A start waits for its first segment to be filled with zeros, so that one is short.
    private static final long FIRST_SEGMENT_BYTES_MAX = 16L * 1024 * 1024;

    long firstSegmentBytes() {
        return Math.min(segmentBytes, FIRST_SEGMENT_BYTES_MAX);
    }

    /// The next segment is prepared when this much of the current one is used.
    long prepareAt() {
        return segmentBytes / 4;
    }

    /// The sync thread changes over when this much of a segment is used, long before its end.
    long rollAt(long capacity) {
        return capacity - segmentBytes / 8;
    }

    /// Kept free beside the posts of open holds, so that every post has its place.
    long reserve() {
        return Math.min(1024 * 1024, segmentBytes / 16);
    }
}

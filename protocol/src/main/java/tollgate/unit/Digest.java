package tollgate.unit;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// A SHA-256 value: 32 bytes, immutable, compared in constant time.
public final class Digest {
    public static final int BYTES = 32;

    private final byte[] bytes;

    private Digest(byte[] bytes) {
        this.bytes = bytes;
    }

    /// The digest whose bytes these are.
    ///
    /// @throws IllegalArgumentException when there are not 32
    public static Digest ofBytes(byte[] bytes) {
        if (bytes.length != BYTES) {
            throw new IllegalArgumentException(
                    "digest: %d bytes (expected: %d)".formatted(bytes.length, BYTES));
        }
        return new Digest(bytes.clone());
    }

    /// Reads the next 32 bytes.
    public static Digest read(ByteBuffer from) {
        byte[] bytes = new byte[BYTES];
        from.get(bytes);
        return new Digest(bytes);
    }

    /// A hash function for one digest; a new one each time.
    public static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    public static Digest of(byte[] content) {
        return new Digest(sha256().digest(content));
    }

    public static Digest of(MessageDigest finished) {
        return new Digest(finished.digest());
    }

    public byte[] toBytes() {
        return bytes.clone();
    }

    public void write(ByteBuffer to) {
        to.put(bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Digest digest && MessageDigest.isEqual(bytes, digest.bytes);
    }

    @Override
    public int hashCode() {
        return ByteBuffer.wrap(bytes).getInt();
    }

    /// The first bytes only: enough to tell two apart in a log.
    @Override
    public String toString() {
        return "sha256:%08x…".formatted(hashCode());
    }
}

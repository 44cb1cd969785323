package tollgate.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrameTest {
    private static final Frame.Header HEADER = new Frame.Header(100, 7, 3, 41, 92, 40, 1_234);

    private static ByteBuffer sealed() {
        ByteBuffer buffer = ByteBuffer.allocate(400);
        for (int i = 0; i < HEADER.payloadBytes(); i++) {
            buffer.put(Frame.HEADER_BYTES + i, (byte) (i + 1));
        }
        Frame.seal(buffer, HEADER);
        return buffer;
    }

    @Test
    void aSealedFrameIsReadyToBeWrittenAndReadsBack() {
        ByteBuffer frame = sealed();

        assertThat(frame.position()).isZero();
        assertThat(frame.limit()).isEqualTo(HEADER.frameBytes()).isEqualTo(56 + 100 + 8);
        assertThat(Frame.plausible(frame, 0)).isTrue();
        assertThat(Frame.valid(frame, 0)).isTrue();
        assertThat(Frame.isPayloadWhole(frame, 0)).isTrue();
        assertThat(Frame.header(frame, 0)).isEqualTo(HEADER);
    }

    @Test
    void aFrameReadsBackAtAnyPlace() {
        ByteBuffer moved = ByteBuffer.allocate(1_000);
        moved.position(333).put(sealed());

        assertThat(Frame.plausible(moved, 333)).isTrue();
        assertThat(Frame.valid(moved, 333)).isTrue();
        assertThat(Frame.header(moved, 333)).isEqualTo(HEADER);
    }

    @Test
    void eachFlippedBitMakesItInvalid() {
        ByteBuffer frame = sealed();
        for (int bit = 0; bit < HEADER.frameBytes() * 8; bit++) {
            int at = bit / 8;
            byte was = frame.get(at);
            frame.put(at, (byte) (was ^ 1 << bit % 8));
            assertThat(
                            Frame.plausible(frame, 0)
                                    && Frame.header(frame, 0).frameBytes() <= frame.limit()
                                    && Frame.valid(frame, 0))
                    .as("bit %d", bit)
                    .isFalse();
            frame.put(at, was);
        }
        assertThat(Frame.valid(frame, 0)).isTrue();
    }

    @Test
    void headerAndPayloadAreJudgedWithoutTheTrailer() {
        ByteBuffer frame = sealed();
        int trailerAt = HEADER.frameBytes() - Frame.TRAILER_BYTES;
        assertThat(Frame.trailer(frame, 0).flip())
                .isEqualTo(frame.slice(trailerAt, Frame.TRAILER_BYTES));
        for (int at = Frame.HEADER_BYTES; at < HEADER.frameBytes(); at++) {
            byte was = frame.get(at);
            frame.put(at, (byte) ~was);
            assertThat(Frame.isPayloadWhole(frame, 0)).as("byte %d", at).isEqualTo(at >= trailerAt);
            frame.put(at, was);
        }
        assertThat(Frame.plausible(frame.put(0, (byte) 0), 0)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, Frame.PAYLOAD_BYTES_MAX + 1, Integer.MIN_VALUE, Integer.MAX_VALUE})
    void anImpossibleLengthIsNoFrame(int length) {
        ByteBuffer frame = sealed().putInt(4, length);

        assertThat(Frame.plausible(frame, 0)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, Frame.PAYLOAD_BYTES_MAX})
    void lengthsUpToTheLimitMayBeAFrame(int length) {
        assertThat(Frame.plausible(sealed().putInt(4, length), 0)).isTrue();
    }

    /// Else a customer could write text that looks like damage.
    @ParameterizedTest
    @ValueSource(ints = {Frame.MAGIC, Frame.INVERTED})
    void theMagicIsInNoText(int magic) {
        byte[] bytes = ByteBuffer.allocate(4).putInt(magic).array();
        for (int from = 0; from < 4; from++) {
            for (int before = 0; before < 4; before++) {
                ByteBuffer text = ByteBuffer.allocate(4 + before);
                text.position(before).put(bytes, from, 4 - from).flip();
                if (from == 0) {
                    assertThat(isText(text)).isFalse();
                }
            }
        }
    }

    private static boolean isText(ByteBuffer bytes) {
        try {
            var _ = StandardCharsets.UTF_8.newDecoder().decode(bytes);
            return true;
        } catch (CharacterCodingException _) {
            return false;
        }
    }
}

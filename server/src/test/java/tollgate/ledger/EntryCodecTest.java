package tollgate.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tollgate.call.Outcome;
import tollgate.call.UsageSource;
import tollgate.ledger.Entry.Credit;
import tollgate.ledger.Entry.Hold;
import tollgate.ledger.Entry.Kind;
import tollgate.ledger.Entry.Shape;
import tollgate.ledger.Entry.Voided;

class EntryCodecTest {
    private final ByteBuffer buffer = ByteBuffer.allocate(1 << 20);
    private final EntryCodec writer = new EntryCodec(new Names());
    private final EntryCodec reader = new EntryCodec(new Names());

    private List<Entry> read() {
        buffer.flip();
        List<Entry> entries = new ArrayList<>();
        while (buffer.hasRemaining()) {
            Entry entry = reader.read(buffer);
            if (entry != null) {
                entries.add(entry);
            }
        }
        buffer.clear();
        return entries;
    }

    private Entry roundTrip(Entry entry) {
        writer.write(buffer, entry);
        return read().getFirst();
    }

    private static Hold holdOf(String model, String endUser) {
        Entry.Subject of = Records.subject(1, 2);
        return new Hold(
                new Entry.Subject(
                        of.hold(), of.account(), Book.LIVE, of.key(), of.request(), model, 1),
                new Entry.Context("openai", "p", "m", Shape.WHOLE, endUser, "", ""),
                5,
                null);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void entriesComeBackAsTheyWere(long seed) {
        RandomGenerator random = new SplittableRandom(seed);
        for (int group = 0; group < 200; group++) {
            List<Entry> entries = new ArrayList<>();
            int count = random.nextInt(60);
            for (int i = 0; i < count; i++) {
                Entry entry = Records.any(random);
                entries.add(entry);
                int before = buffer.position();
                writer.write(buffer, entry);
                assertThat(buffer.position() - before).isBetween(1, EntryCodec.ENTRY_BYTES_MAX);
            }
            assertThat(read()).isEqualTo(entries);
        }
    }

    @Test
    void whatIsEstimatedIsSeldomTooLittle() {
        RandomGenerator random = new SplittableRandom(9);
        long estimated = 0;
        long written = 0;
        for (int i = 0; i < 5_000; i++) {
            Entry entry = Records.any(random);
            estimated += entry.bytesAbout();
            buffer.clear();
            writer.write(buffer, entry);
            written += buffer.position();
        }
        assertThat(estimated).isBetween(written * 3 / 4, written * 2);
    }

    @Test
    void aHoldIsSmallAndItsNamesAreWrittenOnce() {
        writer.write(buffer, Records.hold(1_000_000, 70_000, 123_456_789));
        int first = buffer.position();
        writer.write(buffer, Records.hold(1_000_001, 70_000, 123_456_789));
        int second = buffer.position() - first;

        assertThat(first - second)
                .isEqualTo(
                        4 * 2
                                + "provider/model".length()
                                + "openai".length()
                                + "provider".length()
                                + "model-up".length());
        assertThat(second).isLessThan(64);
        assertThat(read()).hasSize(2);
    }

    @Test
    void namesBelongToASegment() {
        writer.write(buffer, Records.hold(1, 2, 3));
        read();
        EntryCodec next = new EntryCodec(new Names());
        writer.write(buffer, Records.hold(2, 2, 3));
        buffer.flip();

        assertThatThrownBy(() -> next.read(buffer))
                .isInstanceOf(JournalCorrupt.class)
                .hasMessage("name 1 of 0");
    }

    @Test
    void namesBeyondTheTableAreWrittenOut() {
        for (int i = 0; i < Names.NAMES_MAX + 10; i++) {
            Hold hold = holdOf("invented-" + i, "u");
            buffer.clear();
            writer.write(buffer, hold);
            assertThat(read()).containsExactly(hold);
        }
        buffer.clear();
        writer.write(buffer, holdOf("invented-" + (Names.NAMES_MAX + 9), "u"));
        int known = buffer.position();
        buffer.clear();
        writer.write(buffer, holdOf("invented-17", "u"));

        assertThat(known - buffer.position()).isEqualTo("invented-10009".length() + 1);
    }

    @Test
    void textsAreCutAt256Bytes() {
        assertThat(roundTrip(holdOf("m", "x".repeat(300)))).isEqualTo(holdOf("m", "x".repeat(256)));
        assertThat(roundTrip(holdOf("y".repeat(257), "u"))).isEqualTo(holdOf("y".repeat(256), "u"));
        assertThat(roundTrip(holdOf("z".repeat(256), "u"))).isEqualTo(holdOf("z".repeat(256), "u"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"é", "漢", "\uD83D\uDE00"})
    void noCharacterIsCutInTheMiddle(String character) {
        int bytes = character.getBytes(StandardCharsets.UTF_8).length;
        for (int shift = 0; shift < 4; shift++) {
            String ahead = "a".repeat(shift);
            String kept = ahead + character.repeat((256 - shift) / bytes);

            assertThat(roundTrip(holdOf("m", ahead + character.repeat(200))))
                    .isEqualTo(holdOf("m", kept));
            assertThat(roundTrip(holdOf(ahead + character.repeat(200), "u")))
                    .isEqualTo(holdOf(kept, "u"));
        }
    }

    @Test
    void halfOfASurrogatePairBecomesAQuestionMark() {
        assertThat(roundTrip(holdOf("a\uD83D", "\uDE00"))).isEqualTo(holdOf("a?", "?"));
        assertThat(roundTrip(holdOf("a?", "?"))).isEqualTo(holdOf("a?", "?"));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 9, 10, 127, 255})
    void anUnknownTypeIsRefused(int type) {
        buffer.put((byte) type).put(new byte[64]).flip();

        assertThatThrownBy(() -> reader.read(buffer))
                .isInstanceOf(JournalCorrupt.class)
                .hasMessage("record type %d", (byte) type);
    }

    @Test
    void aTextLongerThanAnyIsRefused() {
        Text.putVar(buffer, 257);
        buffer.put(new byte[300]).flip();

        assertThatThrownBy(() -> Text.text(buffer)).hasMessage("text of 257 bytes");
    }

    @Test
    void aTextBeyondTheEndIsRefused() {
        Text.putVar(buffer, 3);
        buffer.put(new byte[2]).flip();

        assertThatThrownBy(() -> Text.text(buffer)).hasMessage("text of 3 bytes");
    }

    @Test
    void aNumberOfMoreThanTenBytesIsRefused() {
        for (int i = 0; i < 11; i++) {
            buffer.put((byte) -1);
        }
        buffer.flip();

        assertThatThrownBy(() -> Text.var(buffer)).hasMessage("number of more than ten bytes");
    }

    @Test
    void aCountBeyondAnIntIsRefused() {
        Text.putVar(buffer, Integer.MAX_VALUE);
        Text.putVar(buffer, 1L + Integer.MAX_VALUE);
        Text.putVar(buffer, -1);
        buffer.flip();

        assertThat(Text.smallVar(buffer)).isEqualTo(Integer.MAX_VALUE);
        assertThatThrownBy(() -> Text.smallVar(buffer)).hasMessageContaining("2147483648");
        assertThatThrownBy(() -> Text.smallVar(buffer)).hasMessageContaining("number -1");
    }

    @ParameterizedTest
    @ValueSource(
            longs = {
                0,
                1,
                -1,
                63,
                -64,
                64,
                127,
                128,
                16_383,
                16_384,
                Long.MAX_VALUE,
                Long.MIN_VALUE
            })
    void numbersOfEachLengthComeBack(long number) {
        Text.putVar(buffer, number);
        Text.putSigned(buffer, number);
        buffer.flip();

        assertThat(Text.var(buffer)).isEqualTo(number);
        assertThat(Text.signed(buffer)).isEqualTo(number);
        assertThat(buffer.hasRemaining()).isFalse();
    }

    @Test
    void smallNumbersOfEitherSignTakeOneByte() {
        Text.putSigned(buffer, -64);
        Text.putSigned(buffer, 63);
        Text.putVar(buffer, 127);

        assertThat(buffer.position()).isEqualTo(3);
    }

    @ParameterizedTest
    @EnumSource
    void eachOutcomeHasItsPlace(Outcome outcome) {
        Voided voided = new Voided(Records.subject(1, 2), 5, Records.ending(outcome));

        assertThat(roundTrip(voided)).isEqualTo(voided);
    }

    @ParameterizedTest
    @EnumSource
    void eachSourceHasItsPlace(UsageSource source) {
        Entry.Post of = Records.post(Records.hold(1, 2, 3), 2);
        Entry.Post post =
                new Entry.Post(
                        of.subject(),
                        of.held(),
                        of.amount(),
                        1,
                        of.usage(),
                        source,
                        of.ending(),
                        null);

        assertThat(roundTrip(post)).isEqualTo(post);
    }

    /// What is on disks already must not change its meaning.
    @Test
    void placesInTheListsAreForEver() {
        assertThat(EntryCodec.BOOKS).containsExactly(Book.values());
        assertThat(EntryCodec.KINDS).containsExactly(Kind.values());
        writer.write(buffer, new Credit(Kind.PAYMENT, 5, Book.TEST, -2, "c"));
        byte[] bytes = new byte[buffer.position()];
        buffer.flip().get(bytes);

        assertThat(bytes).containsExactly(8, 1, 5, 1, 3, 1, 'c');
    }

    @Test
    void movesAreCountedAsTheExportShowsThem() {
        Hold hold = Records.hold(1, 2, 10);

        assertThat(hold.moves()).isEqualTo(1);
        assertThat(Records.hold(1, 2, 0).moves()).isZero();
        assertThat(new Entry.Extend(hold.subject(), 1).moves()).isEqualTo(1);
        assertThat(new Entry.Extend(hold.subject(), 0).moves()).isZero();
        assertThat(Records.post(hold, 10).moves()).isEqualTo(1);
        assertThat(Records.post(hold, 9).moves()).isEqualTo(2);
        assertThat(Records.post(hold, 0).moves()).isEqualTo(1);
        assertThat(Records.post(Records.hold(1, 2, 0), 0).moves()).isZero();
        assertThat(Records.voided(hold).moves()).isEqualTo(1);
        assertThat(Records.voided(Records.hold(1, 2, 0)).moves()).isZero();
        assertThat(Records.grant(1, 1, "c").moves()).isEqualTo(1);
        assertThat(new Entry.Mark(1, tollgate.call.Usage.NONE, 5).moves()).isZero();
        assertThat(new Entry.Attempt(1, 2, "p", "m", new Entry.Try(0, 0)).moves()).isZero();
    }

    @Test
    void amountsBelowZeroAreNoEntries() {
        Entry.Subject subject = Records.subject(1, 2);
        Entry.Post post = Records.post(Records.hold(1, 2, 3), 3);

        assertThatThrownBy(() -> Records.hold(1, 2, -1)).hasMessage("amount: -1 (expected: >= 0)");
        assertThatThrownBy(() -> new Entry.Extend(subject, -1)).hasMessageContaining("amount: -1");
        assertThatThrownBy(() -> new Entry.Mark(1, post.usage(), -1))
                .hasMessageContaining("amount: -1");
        assertThatThrownBy(() -> new Voided(subject, -1, post.ending()))
                .hasMessageContaining("held: -1");
        assertThatThrownBy(() -> Records.post(Records.hold(1, 2, 3), -1))
                .hasMessageContaining("amount: -1");
        assertThatThrownBy(() -> Records.post(Records.hold(1, 2, 3), 4))
                .as("i13: a post above what is held is refused")
                .hasMessageContaining("held - amount: -1");
        assertThatThrownBy(() ->
                        new Entry.Post(
                                subject,
                                3,
                                3,
                                -1,
                                post.usage(),
                                post.source(),
                                post.ending(),
                                null))
                .hasMessageContaining("overage: -1");
    }

    @Test
    void aCreditOfNothingOrTooMuchIsNone() {
        assertThatThrownBy(() -> Records.grant(1, 0, "c")).hasMessageContaining("amount: 0");
        assertThatThrownBy(() -> Records.grant(1, Credit.AMOUNT_MAX + 1, "c"))
                .hasMessageContaining("expected: -100000000000000000 to 100000000000000000");
        assertThatThrownBy(() -> Records.grant(1, -Credit.AMOUNT_MAX - 1, "c"))
                .hasMessageContaining("amount: -1");
        assertThat(Records.grant(1, Credit.AMOUNT_MAX, "c").amount()).isEqualTo(Credit.AMOUNT_MAX);
        assertThat(Records.grant(1, -Credit.AMOUNT_MAX, "c").moves()).isEqualTo(1);
    }

    /// Cut in the journal, it would be another cause than the row's: credited again at each start.
    @Test
    void aCauseIsKeptWholeOrRefused() {
        assertThat(roundTrip(Records.grant(1, 1, "é".repeat(128))))
                .isEqualTo(Records.grant(1, 1, "é".repeat(128)));
        assertThatThrownBy(() -> Records.grant(1, 1, "é".repeat(129)))
                .hasMessage("cause: 129 characters (expected: Unicode of at most 256 bytes)");
        assertThatThrownBy(() -> Records.grant(1, 1, "\uD83D"))
                .hasMessageContaining("cause: 1 characters");
    }
}

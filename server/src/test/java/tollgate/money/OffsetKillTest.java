package tollgate.money;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import tollgate.kit.FakeUpstream;
import tollgate.kit.LedgerLine;
import tollgate.kit.OraclePrice;
import tollgate.kit.OraclePrice.Usage;
import tollgate.kit.RawClient;
import tollgate.kit.Received;
import tollgate.kit.Script;
import tollgate.kit.Script.End;
import tollgate.money.OffsetTest.Came;

/// I-25, S10 to S12: a gateway that is killed when a stream has come to any of its bytes. Before
/// any output it costs nothing, after it something between the last mark and what came, and after
/// the end what the provider reported.
///
/// Many streams, each at another byte, die with one process. In quick counts every event's boundary
/// and its neighbours are tried, and few bytes elsewhere.
class OffsetKillTest {
    private static final int STREAMS_PER_KILL = 250;
    private static final int STRIDE = 29;
    private static final String BODY =
            Gateway.ask(
                    "race",
                    ",\"stream\":true,\"stream_options\":{\"include_usage\":true},\"max_tokens\":500");

    @Test
    void i25TheGatewayIsKilledAtAnyByte() throws IOException {
        Path folder = Files.createTempDirectory("tollgate-offset");
        try (FakeUpstream fake = FakeUpstream.start()) {
            Shop shop = Shop.usual(fake.baseUrl());
            Child.configure(folder, shop);
            Child child = Child.start(folder);
            var gateway = new Gateway(child.port(), shop.prices);
            Customer customer = gateway.customer("1000");
            fake.on("race", OffsetTest.script());
            assertThat(gateway.chat(customer, BODY).status()).isEqualTo(200);
            List<byte[]> frames = OffsetTest.script().answer(fake.requests().getFirst()).frames();
            List<Integer> all = offsets(frames);
            try {
                for (int from = 0; from < all.size(); from += STREAMS_PER_KILL) {
                    int to = Math.min(all.size(), from + STREAMS_PER_KILL);
                    fake.reset();
                    int before = gateway.rest().lines().size();
                    List<Came> came =
                            open(gateway, fake, customer, frames, all.subList(from, to), child);
                    child = Child.start(folder);
                    gateway.movedTo(child.port());
                    judge(gateway, came, before);
                }
            } finally {
                child.close();
            }
        } finally {
            Running.delete(folder);
        }
    }

    private static List<Integer> offsets(List<byte[]> frames) {
        List<Integer> offsets = new ArrayList<>();
        int length = frames.stream().mapToInt(frame -> frame.length).sum();
        for (int offset = 0; offset <= length; offset++) {
            if (Counts.FULL || offset % STRIDE == 0 || isNearBoundary(frames, offset)) {
                offsets.add(offset);
            }
        }
        return offsets;
    }

    private static boolean isNearBoundary(List<byte[]> frames, int offset) {
        int boundary = 0;
        for (byte[] frame : frames) {
            boundary += frame.length;
            if (Math.abs(boundary - offset) <= 1) {
                return true;
            }
        }
        return false;
    }

    /// Brings one stream to each offset, one after the other, then kills.
    private static List<Came> open(
            Gateway gateway,
            FakeUpstream fake,
            Customer customer,
            List<byte[]> frames,
            List<Integer> offsets,
            Child child)
            throws IOException {
        List<RawClient> clients = new ArrayList<>();
        List<Came> all = new ArrayList<>();
        try {
            for (int offset : offsets) {
                Came came = Came.of(frames, offset);
                Script script = OffsetTest.script().atBody(offset, End.PAUSE);
                fake.on("race", script);
                RawClient client = gateway.connect();
                clients.add(client);
                client.post(Gateway.CHAT, BODY, customer.bearer());
                Received request = fake.awaitRequests(all.size() + 1).getLast();
                long sent = script.answer(request).wireOffset(offset);
                fake.await("%d bytes sent".formatted(sent), () -> request.sentBytes() >= sent);
                read(client, came);
                all.add(came);
            }
        } finally {
            child.kill();
            for (RawClient client : clients) {
                client.close();
            }
        }
        return all;
    }

    private static void read(RawClient client, Came came) throws IOException {
        if (came.events() == 0) {
            return;
        }
        client.head();
        if (came.done()) {
            client.rest();
            return;
        }
        for (int read = 0; read < came.bytes(); ) {
            read += Objects.requireNonNull(client.chunk()).length;
        }
    }

    private static void judge(Gateway gateway, List<Came> all, int before) throws IOException {
        List<LedgerLine> lines = gateway.rest().lines();
        List<String> holds =
                lines.subList(before, lines.size()).stream()
                        .filter(line -> line.kind().equals("hold"))
                        .map(line -> String.valueOf(line.holdId()))
                        .toList();
        assertThat(holds).hasSameSizeAs(all);
        for (int i = 0; i < all.size(); i++) {
            String hold = holds.get(i);
            judge(
                    gateway.price("race"),
                    all.get(i),
                    lines.stream().filter(line -> hold.equals(line.holdId())).toList());
        }
    }

    private static void judge(OraclePrice price, Came came, List<LedgerLine> lines) {
        if (came.text().isEmpty()) {
            assertThat(Gateway.kinds(lines)).as(came.toString()).containsExactly("hold", "void");
            return;
        }
        LedgerLine post = Gateway.only(lines, "post");
        Usage usage = Objects.requireNonNull(post.usage());
        if (came.done()) {
            assertThat(usage).isEqualTo(OffsetTest.REPORTED);
        } else {
            assertThat(usage.input()).as(came.toString()).isBetween(1L, Tokens.ofRequest(BODY));
            assertThat(usage.output()).as(came.toString()).isBetween(1L, Tokens.of(came.text()));
        }
        assertThat(post.amount()).as(came.toString()).isEqualTo(price.charge(usage));
    }
}

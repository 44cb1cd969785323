package tollgate.kit;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/// One connection of the [FakeUpstream]. One virtual thread reads without pause, so that the other
/// side's leaving is seen at once, also while an answer is held, stalled or blocked in a write; a
/// second one answers in order.
final class UpstreamConnection {
    private static final int HEAD_BYTES_MAX = 1 << 20;

    private final FakeUpstream fake;
    private final Socket socket;
    private final int number;
    private final AtomicBoolean closedByUs = new AtomicBoolean();
    private final List<Received> requests = new CopyOnWriteArrayList<>();
    private final LinkedBlockingQueue<Turn> turns = new LinkedBlockingQueue<>();

    private sealed interface Turn {}

    private record Play(Received request, Script script) implements Turn {}

    private record NoMore() implements Turn {}

    UpstreamConnection(FakeUpstream fake, Socket socket, int number) {
        this.fake = fake;
        this.socket = socket;
        this.number = number;
    }

    void start() {
        Thread.ofVirtual().name("fake-upstream-read-" + number).start(this::read);
        Thread.ofVirtual().name("fake-upstream-write-" + number).start(this::answer);
    }

    void close() {
        closedByUs.set(true);
        closeSocket();
        requests.forEach(request -> request.over().countDown());
    }

    private void reset() throws IOException {
        closedByUs.set(true);
        socket.setSoLinger(true, 0);
        closeSocket();
    }

    private void closeSocket() {
        try {
            socket.close();
        } catch (IOException _) {
            // It is gone, which is what was wanted.
        }
    }

    private void read() {
        boolean reset = false;
        try {
            socket.setTcpNoDelay(true);
            var in = new BufferedInputStream(socket.getInputStream(), 16 * 1024);
            while (readRequest(in)) {
                fake.changed();
            }
        } catch (EOFException _) {
            // The other side left inside a request.
        } catch (IOException _) {
            reset = true;
        } catch (RuntimeException slip) {
            fake.slip(slip);
        } finally {
            ended(reset);
        }
    }

    private void ended(boolean reset) {
        long nanos = System.nanoTime();
        if (!closedByUs.get()) {
            requests.forEach(request -> request.notePeerClosed(nanos, reset));
        }
        closeSocket();
        requests.forEach(request -> request.over().countDown());
        turns.add(new NoMore());
        fake.gone(this);
    }

    private boolean readRequest(InputStream in) throws IOException {
        int first = in.read();
        if (first < 0) {
            return false;
        }
        Received.Head head = readHead(in, first, System.nanoTime());
        byte[] body = readBody(in, head);
        Received[] request = new Received[1];
        Script script =
                fake.arrived(
                        number,
                        head,
                        body,
                        received -> {
                            requests.add(received);
                            request[0] = received;
                        });
        turns.add(new Play(request[0], script));
        return true;
    }

    private static Received.Head readHead(InputStream in, int first, long nanos)
            throws IOException {
        var bytes = new ByteArrayOutputStream();
        bytes.write(first);
        var fields = new ArrayList<Map.Entry<String, String>>();
        String requestLine = (char) first + readLine(in, bytes);
        while (true) {
            String line = readLine(in, bytes);
            if (line.isEmpty()) {
                break;
            }
            int colon = line.indexOf(':');
            fields.add(
                    Map.entry(
                            line.substring(0, Math.max(colon, 0)).toLowerCase(Locale.ROOT),
                            line.substring(colon + 1).strip()));
        }
        String[] words = requestLine.split(" ", 3);
        if (words.length != 3) {
            throw new IllegalStateException("request line: " + requestLine);
        }
        return new Received.Head(
                words[0], words[1], List.copyOf(fields), bytes.toByteArray(), nanos);
    }

    private static String readLine(InputStream in, ByteArrayOutputStream seen) throws IOException {
        var line = new ByteArrayOutputStream();
        while (true) {
            int b = in.read();
            if (b < 0) {
                throw new EOFException();
            }
            seen.write(b);
            if (seen.size() > HEAD_BYTES_MAX) {
                throw new IllegalStateException(
                        "head: more than %d bytes".formatted(HEAD_BYTES_MAX));
            }
            if (b == '\n') {
                return line.toString(StandardCharsets.ISO_8859_1).stripTrailing();
            }
            line.write(b);
        }
    }

    private static byte[] readBody(InputStream in, Received.Head head) throws IOException {
        for (var field : head.fields()) {
            if (field.getKey().equals("content-length")) {
                return readFully(in, Integer.parseInt(field.getValue()));
            }
            if (field.getKey().equals("transfer-encoding")) {
                return readChunks(in);
            }
        }
        return new byte[0];
    }

    private static byte[] readChunks(InputStream in) throws IOException {
        var body = new ByteArrayOutputStream();
        while (true) {
            var ignored = new ByteArrayOutputStream();
            int size = Integer.parseInt(readLine(in, ignored).split(";", 2)[0].strip(), 16);
            body.writeBytes(readFully(in, size));
            readLine(in, ignored);
            if (size == 0) {
                return body.toByteArray();
            }
        }
    }

    private static byte[] readFully(InputStream in, int size) throws IOException {
        byte[] bytes = in.readNBytes(size);
        if (bytes.length < size) {
            throw new EOFException();
        }
        return bytes;
    }

    private void answer() {
        while (true) {
            try {
                switch (turns.take()) {
                    case NoMore _ -> {
                        return;
                    }
                    case Play play -> play(play.request(), play.script());
                }
            } catch (IOException _) {
                closeSocket();
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                return;
            } catch (RuntimeException slip) {
                fake.slip(slip);
                closeSocket();
            }
        }
    }

    private void play(Received request, Script script) throws IOException, InterruptedException {
        var delivery = script.delivery;
        Answer answer = script.answer(request);
        if (delivery.held) {
            request.gate().await();
        }
        pass(request, delivery.delay);
        var sending = new Sending(request, socket.getOutputStream(), stop(delivery, answer));
        List<byte[]> writes = writes(answer, delivery);
        for (int i = 0; i < writes.size(); i++) {
            if (i > 0) {
                pass(request, i == 1 ? delivery.bodyDelay : delivery.pace);
            }
            if (!sending.send(writes.get(i))) {
                return;
            }
        }
        if (!sending.stopReached()) {
            return;
        }
        request.noteAnswered();
        if (answer.framing() == Answer.Framing.CLOSE || delivery.lengthOffset > 0) {
            close();
        }
        fake.changed();
    }

    private static Script.Stop stop(Script.Delivery delivery, Answer answer) {
        var stop = delivery.stop;
        return stop == null
                ? new Script.Stop(Long.MAX_VALUE, null, Script.End.PAUSE)
                : new Script.Stop(stop.wireOffset(answer), null, stop.end());
    }

    /// With a write size and no pace, writes are cut from the whole and mind no boundary.
    private static List<byte[]> writes(Answer answer, Script.Delivery delivery) {
        if (delivery.writeBytes == 0) {
            return answer.portions();
        }
        boolean paced = !delivery.pace.isZero() || !delivery.bodyDelay.isZero();
        var writes = new ArrayList<byte[]>();
        for (byte[] portion : paced ? answer.portions() : List.of(answer.wire())) {
            for (int from = 0; from < portion.length; from += delivery.writeBytes) {
                int to = Math.min(portion.length, from + delivery.writeBytes);
                writes.add(Arrays.copyOfRange(portion, from, to));
            }
        }
        return writes;
    }

    /// Time passes unless the connection ends first.
    private static void pass(Received request, Duration time)
            throws IOException, InterruptedException {
        if (!time.isZero() && request.over().await(time.toNanos(), TimeUnit.NANOSECONDS)) {
            throw new EOFException();
        }
    }

    /// Writes up to the byte at which the script stops.
    private final class Sending {
        private final Received request;
        private final OutputStream out;
        private final Script.Stop stop;
        private long offset;
        private boolean passed;

        Sending(Received request, OutputStream out, Script.Stop stop) {
            this.request = request;
            this.out = out;
            this.stop = stop;
        }

        /// False when the answer is over for good.
        boolean send(byte[] bytes) throws IOException, InterruptedException {
            int written = 0;
            while (written < bytes.length) {
                if (!stopReached()) {
                    return false;
                }
                long room = passed ? Long.MAX_VALUE : stop.offset() - offset;
                int size = (int) Math.min(bytes.length - written, room);
                request.noteSending();
                out.write(bytes, written, size);
                request.noteSent(bytes, written, size);
                written += size;
                offset += size;
            }
            return true;
        }

        /// Does what the script wants at this byte, if it wants something; false when nothing more
        /// is to be sent.
        boolean stopReached() throws IOException, InterruptedException {
            if (passed || offset != stop.offset()) {
                return true;
            }
            passed = true;
            switch (stop.end()) {
                case FIN -> {
                    request.noteAnswered();
                    close();
                }
                case RESET -> {
                    request.noteAnswered();
                    reset();
                }
                case STALL -> request.over().await();
                case PAUSE -> {
                    request.gate().await();
                    return true;
                }
            }
            return false;
        }
    }
}

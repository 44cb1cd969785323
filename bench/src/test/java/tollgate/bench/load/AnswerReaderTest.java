package tollgate.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class AnswerReaderTest {
    private static final String WHOLE =
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello";
    private static final String STREAM =
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
                    + chunk("data: {\"a\":1}\n\n: c\n")
                    + chunk("data: {\"b\":\"data:\"}\n\ndata: [DO")
                    + chunk("NE]\n\n")
                    + "0\r\n\r\n";

    @Test
    void wholeAnswerIsReadAtAnyCut() {
        for (int cut = 0; cut < WHOLE.length(); cut++) {
            AnswerReader answer = read(WHOLE, cut);
            assertThat(answer.complete()).isTrue();
            assertThat(answer.closing()).isTrue();
            assertThat(answer.bodyBytes()).isEqualTo(5);
            assertThat(answer.sample()).isEqualTo("hello");
            assertThat(new Expect.Whole(5).fault(answer)).isNull();
            assertThat(new Expect.Whole(6).fault(answer)).contains("5 bytes (expected: 6)");
        }
    }

    @Test
    void streamIsReadAtAnyCut() {
        for (int cut = 0; cut < STREAM.length(); cut++) {
            AnswerReader answer = read(STREAM, cut);
            assertThat(answer.complete()).as("cut at %d", cut).isTrue();
            assertThat(answer.eventLines()).isEqualTo(3);
            assertThat(answer.done()).isTrue();
            assertThat(new Expect.Events(3).fault(answer)).isNull();
            assertThat(new Expect.Events(4).fault(answer)).contains("(expected: 4, true)");
        }
    }

    @Test
    void streamWithoutItsEndIsNotComplete() {
        AnswerReader answer = read(STREAM.substring(0, STREAM.length() - 2), 10);
        assertThat(answer.complete()).isFalse();
        assertThat(answer.broken()).isFalse();
    }

    @Test
    void eventBehindDoneIsNotDone() {
        String body = "data: [DONE]\n\ndata: {}\n\n";
        AnswerReader answer = read("HTTP/1.1 200 OK\r\ncontent-length: 24\r\n\r\n" + body, 3);
        assertThat(answer.complete()).isTrue();
        assertThat(new Expect.Events(2).fault(answer)).contains("[DONE]: false");
    }

    @Test
    void otherStatusIsAFaultThatShowsTheBody() {
        AnswerReader answer = read("HTTP/1.1 503 Busy\r\ncontent-length: 4\r\n\r\nlate", 8);
        assertThat(new Expect.Whole(4).fault(answer)).isEqualTo("status 503 (expected: 200): late");
    }

    @Test
    void answersWithoutFramingOrWithABadChunkAreBroken() {
        assertThat(read("HTTP/1.1 200 OK\r\n\r\n", 4).broken()).isTrue();
        assertThat(read("SSH-2.0-x\r\n\r\n", 4).broken()).isTrue();
        String chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
        assertThat(read(chunked + "zz\r\n", 4).broken()).isTrue();
        assertThat(read(chunked + "1\r\nab", 4).broken()).isTrue();
    }

    @Test
    void nextAnswerBeginsBehindTheFirst() {
        byte[] both = (WHOLE + STREAM).getBytes(StandardCharsets.US_ASCII);
        var answer = new AnswerReader();
        int used = answer.take(both, 0, both.length);
        assertThat(used).isEqualTo(WHOLE.length());
        answer.clear();
        assertThat(answer.take(both, used, both.length)).isEqualTo(both.length);
        assertThat(answer.eventLines()).isEqualTo(3);
    }

    private static AnswerReader read(String text, int cut) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        var answer = new AnswerReader();
        int used = answer.take(bytes, 0, cut);
        answer.take(bytes, used, bytes.length);
        return answer;
    }

    private static String chunk(String text) {
        return Integer.toHexString(text.length()) + "\r\n" + text + "\r\n";
    }
}

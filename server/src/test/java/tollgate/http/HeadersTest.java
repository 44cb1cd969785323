package tollgate.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class HeadersTest {
    private static String written(Headers headers) {
        ByteBuf out = Unpooled.buffer();
        headers.writeTo(out);
        return out.toString(StandardCharsets.ISO_8859_1);
    }

    @Test
    void fieldsKeepTheirOrder() {
        assertThat(written(Headers.of("b", "1").with("a", "2").with("b", "3")))
                .isEqualTo("b: 1\r\na: 2\r\nb: 3\r\n");
        assertThat(written(Headers.NONE)).isEmpty();
    }

    @Test
    void addingLeavesTheListBelowAsItWas() {
        Headers base = Headers.of("a", "1").shared();
        Headers one = base.with("b", "2");
        Headers two = base.with("c", "3").shared();
        assertThat(written(base)).isEqualTo("a: 1\r\n");
        assertThat(written(one)).isEqualTo("a: 1\r\nb: 2\r\n");
        assertThat(written(two)).isEqualTo("a: 1\r\nc: 3\r\n");
    }

    @Test
    void firstValueIsFoundWhateverTheCase() {
        Headers headers = Headers.of("x-a", "1").with("x-a", "2").shared();
        assertThat(headers.first("X-A")).isEqualTo("1");
        assertThat(headers.first("x-b")).isNull();
    }

    @Test
    void valuesCannotHoldLineEndsOrControls() {
        assertThat(written(Headers.of("a", "b\r\nc: d\0\u0085\u20ac\u00e9\t")))
                .isEqualTo("a: b??c: d???\u00e9\t\r\n");
    }

    @Test
    void namesAreLowerCaseTokensThatDoNotFrame() {
        for (String name :
                new String[] {
                    "",
                    "A",
                    "a b",
                    "a:",
                    "a\r\nb",
                    "é",
                    "content-length",
                    "transfer-encoding",
                    "connection",
                    "host",
                    "upgrade",
                    "te",
                    "trailer",
                    "keep-alive"
                }) {
            assertThatThrownBy(() -> Headers.of(name, "x"))
                    .as(name)
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void valuesStayOutOfLogs() {
        assertThat(Headers.of("authorization", "Bearer secret").with("a", "b"))
                .hasToString("Headers[authorization a]");
    }
}

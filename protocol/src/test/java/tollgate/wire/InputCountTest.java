package tollgate.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InputCountTest {
    private static long count(String body) {
        return InputCount.of(body.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void stringsAreCountedInOrderAndFourTokensAMessage() {
        assertThat(
                        count(
                                "{\"model\":\"gpt-4o\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello"
                                    + " from here\"},"
                                    + "{\"role\":\"assistant\",\"content\":\"Hi\"}],\"temperature\":0.5}"))
                .isEqualTo(TokenOracle.count("gpt-4ouserHello from hereassistantHi") + 8);
    }

    @Test
    void namesAndNumbersAreNotCounted() {
        assertThat(count("{\"messages\":[],\"n\":1,\"stream\":true,\"x\":{\"y\":null}}")).isZero();
        assertThat(count("{\"messages\":[{}]}")).isEqualTo(4);
        assertThat(count("{\"messages\":[{},\"x\",7]}")).isEqualTo(4 + 1 + 1);
    }

    @Test
    void escapesAreCountedDecoded() {
        assertThat(count("{\"a\":\"\\u0048ello\\nworld\"}"))
                .isEqualTo(TokenOracle.count("Hello\nworld"));
    }

    @Test
    void deepStringsAreCounted() {
        assertThat(
                        count(
                                "{\"tools\":[{\"function\":{\"parameters\":{\"properties\":{\"city\":{\"type\":\"string\"}}}}}]}"))
                .isEqualTo(TokenOracle.count("string"));
    }

    @Test
    void base64IsNotCounted() {
        String text = "{\"type\":\"text\",\"text\":\"look\"}";
        long plain = count("{\"messages\":[{\"content\":[" + text + "]}]}");
        assertThat(plain).isEqualTo(4 + TokenOracle.count("textlook"));
        for (String hidden :
                new String[] {
                    "{\"image_url\":{\"url\":\"data:image/png;base64,iVBORw0KGgo=\"}}",
                    "{\"image_url\":\"data:image\\/png;base64,iVBORw0KGgo=\"}",
                    "{\"input_audio\":{\"data\":\"aGVsbG8gaGVsbG8=\"}}",
                    "{\"input_audio\":\"aGVsbG8gaGVsbG8=\"}",
                    "{\"file\":{\"file_data\":\"aGVsbG8gaGVsbG8=\"}}",
                    "{\"b64_json\":\"aGVsbG8gaGVsbG8=\"}"
                }) {
            assertThat(count("{\"messages\":[{\"content\":[" + text + "," + hidden + "]}]}"))
                    .as(hidden)
                    .isEqualTo(plain);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://example.com/a.png",
                "data:text/plain,hello",
                "see data:image/png;base64,xxxx",
                "d",
                ""
            })
    void whatIsNoBase64IsCounted(String url) {
        assertThat(count("{\"image_url\":{\"url\":\"" + url + "\"}}"))
                .isEqualTo(TokenOracle.count(url));
    }

    @Test
    void theMarkOfBase64IsLookedForInTheHeadOnly() {
        String far = "data:" + "x".repeat(300) + ";base64,AAAA";
        assertThat(count("{\"u\":\"" + far + "\"}")).isEqualTo(TokenOracle.count(far));
        String near = "data:" + "x".repeat(243) + ";base64,AAAA";
        assertThat(count("{\"u\":\"" + near + "\"}")).isZero();
        String past = "data:" + "x".repeat(244) + ";base64,AAAA";
        assertThat(count("{\"u\":\"" + past + "\"}")).isEqualTo(TokenOracle.count(past));
    }

    @Test
    void tokenNumbersAreATokenEach() {
        assertThat(count("{\"input\":[1,2,3]}")).isEqualTo(3);
        assertThat(count("{\"input\":[[1,2],[3,4,5]]}")).isEqualTo(5);
        assertThat(count("{\"input\":[\"hello\",\"world\"]}"))
                .isEqualTo(TokenOracle.count("helloworld"));
        assertThat(count("{\"input\":\"hello\"}")).isEqualTo(1);
        assertThat(count("{\"other\":[1,2,3]}")).isZero();
        assertThat(count("{\"a\":{\"b\":{\"input\":[1,2,3]}}}")).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "nonsense", "{\"a\":\"hello\"", "{\"a\":\"hello\"}}"})
    void whatIsNoJsonCountsNothing(String body) {
        assertThat(count(body)).isZero();
    }
}

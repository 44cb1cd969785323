package tollgate.provider.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import tollgate.kit.KitJson;
import tollgate.provider.Provider.Delivery;
import tollgate.provider.Provider.Operation;
import tools.jackson.databind.JsonNode;

final class EmbedderTest {
    private final SandboxStage stage = new SandboxStage();

    @Test
    void eachInputHasAVectorOfLengthOne() {
        JsonNode answer = stage.embeddings(body("[\"red apple\",\"\"]", "\"dimensions\":64"));

        assertThat(answer.path("object").asString()).isEqualTo("list");
        assertThat(answer.path("system_fingerprint").asString()).isEqualTo("sandbox");
        assertThat(answer.path("data")).hasSize(2);
        for (int i = 0; i < 2; i++) {
            JsonNode row = answer.path("data").path(i);
            assertThat(row.path("index").asInt()).isEqualTo(i);
            float[] vector = vector(row);
            assertThat(vector).hasSize(64);
            assertThat(product(vector, vector)).isBetween(0.999, 1.001);
        }
        assertThat(answer.at("/usage/prompt_tokens").asInt()).isEqualTo(2);
        assertThat(answer.at("/usage/total_tokens").asInt()).isEqualTo(2);
    }

    @Test
    void sharedWordsBringTextsNear() {
        JsonNode answer =
                stage.embeddings(
                        body(
                                "[\"a red apple\",\"Red apple!\",\"four blue cars\"]",
                                "\"user\":\"u\""));
        float[] apple = vector(answer.at("/data/0"));

        assertThat(apple).hasSize(1_536);
        assertThat(product(apple, vector(answer.at("/data/1")))).isGreaterThan(0.7);
        assertThat(product(apple, vector(answer.at("/data/2")))).isLessThan(0.3);
    }

    @Test
    void base64HoldsTheSameNumbers() {
        JsonNode plain = stage.embeddings(body("\"x y\"", "\"dimensions\":32"));
        JsonNode packed =
                stage.embeddings(
                        body("\"x y\"", "\"dimensions\":32,\"encoding_format\":\"base64\""));

        byte[] bytes = Base64.getDecoder().decode(packed.at("/data/0/embedding").asString());
        var floats = new float[32];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(floats);
        assertThat(floats).isEqualTo(vector(plain.at("/data/0")));
    }

    @Test
    void tokenNumbersCountOneEach() {
        JsonNode one = stage.embeddings(body("[5,6,7]", "\"dimensions\":8"));
        JsonNode two = stage.embeddings(body("[[5,6],[7]]", "\"dimensions\":8"));

        assertThat(one.path("data")).hasSize(1);
        assertThat(one.at("/usage/prompt_tokens").asInt()).isEqualTo(3);
        assertThat(two.path("data")).hasSize(2);
        assertThat(two.at("/usage/prompt_tokens").asInt()).isEqualTo(3);
    }

    @Test
    void inputThatIsNoneIsRefused() {
        for (String input : new String[] {"null", "{}", "[]", "[null]", "[[]]", "5"}) {
            var reply =
                    stage.reply(
                            Operation.EMBEDDINGS, Delivery.WHOLE, body(input, "\"dimensions\":8"));
            assertThat(reply.status()).as(input).isEqualTo(400);
            assertThat(KitJson.read(stage.heard(reply).text()).at("/error/param").asString())
                    .isEqualTo("input");
        }
    }

    private static String body(String input, String more) {
        return "{\"model\":\"text-embedding-3-small\",\"input\":%s,%s}".formatted(input, more);
    }

    private static float[] vector(JsonNode row) {
        JsonNode values = row.path("embedding");
        var vector = new float[values.size()];
        for (int i = 0; i < vector.length; i++) {
            vector[i] = values.path(i).floatValue();
        }
        return vector;
    }

    private static double product(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) a[i] * b[i];
        }
        return sum;
    }
}

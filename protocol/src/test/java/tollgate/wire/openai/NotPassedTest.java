package tollgate.wire.openai;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tollgate.call.Capability;
import tools.jackson.databind.JsonNode;

/// DESIGN 3, *What is not passed on*: a golden for each field, and for its harmless values.
class NotPassedTest {
    static List<Golden> chat() {
        return Golden.in("not-passed/openai-chat");
    }

    static List<Golden> embeddings() {
        return Golden.in("not-passed/openai-embeddings");
    }

    private static Capability capability(JsonNode entry) {
        return Capability.find(entry.get("needs").stringValue()).orElseThrow();
    }

    private static List<NotPassed> refused(Golden golden) {
        List<NotPassed> fields = new ArrayList<>();
        for (JsonNode entry : golden.json().get("refused")) {
            fields.add(new NotPassed(entry.get("field").stringValue(), capability(entry)));
        }
        return fields;
    }

    @ParameterizedTest
    @MethodSource("chat")
    void chatFieldsThatChangeThePriceOrNameObjectsAreRefused(Golden golden) {
        ChatPeek peek = ChatPeek.read(golden.bytes("request"));
        List<NotPassed> expected = refused(golden);
        assertThat(peek.refused(Set.of()))
                .isEqualTo(expected.isEmpty() ? null : expected.getFirst());
        List<NotPassed> fields = new ArrayList<>(expected);
        fields.removeIf(field -> field.field().equals("tool_choice"));
        assertThat(peek.notPassed()).isEqualTo(fields);
        Set<Capability> allowed = EnumSet.noneOf(Capability.class);
        expected.forEach(field -> allowed.add(field.capability()));
        assertThat(peek.refused(allowed)).as("allowed").isNull();
        for (Capability needed : allowed) {
            Set<Capability> others = EnumSet.complementOf(EnumSet.of(needed));
            NotPassed first = peek.refused(others);
            assertThat(first == null ? null : first.capability())
                    .as("all but " + needed)
                    .isEqualTo(needed);
        }
    }

    @ParameterizedTest
    @MethodSource("chat")
    void hostedToolsAreTakenOutUnlessAllowed(Golden golden) {
        ChatPeek peek = ChatPeek.read(golden.bytes("request"));
        List<String> names = new ArrayList<>();
        Set<Capability> allowed = EnumSet.noneOf(Capability.class);
        for (JsonNode entry : golden.json().get("dropped")) {
            names.add(entry.get("tool").stringValue());
            allowed.add(capability(entry));
        }
        assertThat(peek.dropped(Set.of())).isEqualTo(names);
        assertThat(peek.dropped(allowed)).isEmpty();
        assertThat(peek.dropped(EnumSet.complementOf(EnumSet.copyOf(allowed)))).isEqualTo(names);
    }

    @ParameterizedTest
    @MethodSource("embeddings")
    void embeddingsFieldsLikewise(Golden golden) {
        EmbeddingsPeek peek = EmbeddingsPeek.read(golden.bytes("request"));
        List<NotPassed> expected = refused(golden);
        assertThat(peek.notPassed()).isEqualTo(expected);
        assertThat(peek.refused(Set.of()))
                .isEqualTo(expected.isEmpty() ? null : expected.getFirst());
        assertThat(peek.refused(EnumSet.allOf(Capability.class))).isNull();
    }

    @Test
    void everyFieldThatIsNeverPassedHasItsGolden() {
        Set<String> covered = new java.util.HashSet<>();
        for (Golden golden : chat()) {
            refused(golden).forEach(field -> covered.add(field.field()));
        }
        for (ChatField field : ChatField.values()) {
            if (field.needs() != null) {
                assertThat(covered).contains(field.member());
            }
        }
    }

    @Test
    void manyFieldsAreListedUpToALimit() {
        StringBuilder parts = new StringBuilder();
        for (int i = 0; i < 101; i++) {
            parts.append(i == 0 ? "" : ",").append("{\"file_id\":\"f\"}");
        }
        ChatPeek peek =
                ChatPeek.read(
                        ("{\"model\":\"m\",\"messages\":[{\"content\":[" + parts + "]}]}")
                                .getBytes(java.nio.charset.StandardCharsets.UTF_8));
        assertThat(peek.notPassed()).hasSize(100);
        assertThat(peek.notPassed().getLast().field()).isEqualTo("messages[0].content[99].file_id");
    }

    @Test
    void capabilitiesAreWrittenAsInTheConfiguration() {
        assertThat(Capability.values())
                .extracting(Capability::word)
                .containsExactly(
                        "web-search", "priority", "long-cache", "routing", "provider-objects");
        assertThat(Capability.find("long-cache")).contains(Capability.LONG_CACHE);
        assertThat(Capability.find("LONG_CACHE")).isEmpty();
    }
}

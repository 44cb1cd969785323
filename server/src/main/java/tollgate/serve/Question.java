package tollgate.serve;

import org.jspecify.annotations.Nullable;
import tollgate.provider.Provider.Delivery;
import tollgate.provider.Provider.Operation;
import tollgate.wire.openai.ChatPeek;
import tollgate.wire.openai.EmbeddingsPeek;

/// What is asked of a model: the caller's bytes, and what was peeked of them.
public sealed interface Question {
    byte[] body();

    /// The caller's name of the model.
    String model();

    Operation operation();

    Delivery delivery();

    @Nullable String endUser();

    /// A chat; `delivery` may be a stream although the body does not say so.
    @SuppressWarnings("ArrayRecordComponent") // the request's own bytes: never copied or compared
    record Chat(byte[] body, ChatPeek peek, Delivery delivery) implements Question {
        @Override
        public String model() {
            return peek.model();
        }

        @Override
        public Operation operation() {
            return Operation.CHAT_COMPLETIONS;
        }

        @Override
        public @Nullable String endUser() {
            return peek.endUser();
        }
    }

    /// Texts to embed.
    @SuppressWarnings("ArrayRecordComponent") // the request's own bytes: never copied or compared
    record Embeddings(byte[] body, EmbeddingsPeek peek) implements Question {
        @Override
        public String model() {
            return peek.model();
        }

        @Override
        public Operation operation() {
            return Operation.EMBEDDINGS;
        }

        @Override
        public Delivery delivery() {
            return Delivery.WHOLE;
        }

        @Override
        public @Nullable String endUser() {
            return peek.endUser();
        }
    }
}

/// OpenAI's Chat Completions and Embeddings: what a gateway must know of requests and answers that
/// it passes on as they are.
@NullMarked
package tollgate.wire.openai;

import org.jspecify.annotations.NullMarked;

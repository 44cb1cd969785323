/// OpenAI's API, as its SDKs use it.
@NullMarked
package tollgate.door.openai;

import org.jspecify.annotations.NullMarked;

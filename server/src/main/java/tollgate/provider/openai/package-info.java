/// Providers that speak OpenAI's protocol, at any base URL.
@NullMarked
package tollgate.provider.openai;

import org.jspecify.annotations.NullMarked;

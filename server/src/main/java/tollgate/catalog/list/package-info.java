/// Reads public lists of models: models.dev's, LiteLLM's, OpenRouter's.
@NullMarked
package tollgate.catalog.list;

import org.jspecify.annotations.NullMarked;

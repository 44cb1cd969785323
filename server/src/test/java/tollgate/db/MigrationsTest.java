package tollgate.db;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.net.URL;
import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.Test;

final class MigrationsTest {
    /// A script that is not listed would never run on an older database.
    @Test
    void everyScriptIsListedInItsOrder() throws Exception {
        URL scripts = Objects.requireNonNull(getClass().getResource("/db/migration"));
        String[] files = Objects.requireNonNull(new File(scripts.toURI()).list());

        assertThat(files).containsExactlyInAnyOrderElementsOf(Migrations.SCRIPTS);
        assertThat(Migrations.SCRIPTS).isSorted();
        assertThat(Arrays.stream(files)).allMatch(name -> name.matches("V\\d__[a-z_]+\\.sql"));
    }
}

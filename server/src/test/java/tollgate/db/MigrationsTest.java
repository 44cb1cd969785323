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
    void everyScriptIsListedAndNumberedWithoutAGap() throws Exception {
        URL scripts = Objects.requireNonNull(getClass().getResource("/db/migration"));
        String[] files = Objects.requireNonNull(new File(scripts.toURI()).list());

        assertThat(files).containsExactlyInAnyOrderElementsOf(Migrations.SCRIPTS);
        for (int i = 0; i < Migrations.SCRIPTS.size(); i++) {
            assertThat(Migrations.SCRIPTS.get(i)).startsWith("V" + (i + 1) + "__");
        }
        assertThat(Arrays.stream(files)).allMatch(name -> name.matches("V\\d+__[a-z_]+\\.sql"));
    }
}

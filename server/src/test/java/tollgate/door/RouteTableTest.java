package tollgate.door;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tollgate.fault.Fault;

class RouteTableTest {
    private static final Words.Wording WORDING =
            new Words.Wording() {
                @Override
                public Words words(Fault fault) {
                    return new Words(400, Buffer.buffer());
                }

                @Override
                public Buffer event(Fault fault) {
                    return Buffer.buffer();
                }
            };

    private static RouteTable table(Route... routes) {
        return new RouteTable(
                List.of(new Door("d", List.of("/d"), 1_000, WORDING, List.of(routes))));
    }

    private static Route route(String method, String path) {
        return Route.loop(method, path, Route.anyone(), _ -> {});
    }

    private static @Nullable String found(RouteTable table, String path) {
        RouteTable.Found found = table.find(path);
        return found == null ? null : found.place().path() + "|" + found.id();
    }

    @Test
    void exactPathsComeBeforePatterns() {
        RouteTable table = table(route("GET", "/m/{id*}"), route("GET", "/m/all"));
        assertThat(found(table, "/m/all")).isEqualTo("/m/all|");
        assertThat(found(table, "/m/one")).isEqualTo("/m/{id*}|one");
    }

    @Test
    void oneSegmentIsOneSegmentAndTheRestIsAll() {
        RouteTable table = table(route("GET", "/m/{id*}"), route("GET", "/r/{id}"));
        assertThat(found(table, "/m/a/b%2Fc")).isEqualTo("/m/{id*}|a/b%2Fc");
        assertThat(found(table, "/r/7")).isEqualTo("/r/{id}|7");
        assertThat(found(table, "/r/7/8")).isNull();
        assertThat(found(table, "/r")).isNull();
        assertThat(found(table, "/m/")).isNull();
    }

    @Test
    void headGoesWhereGetGoes() {
        RouteTable.Found found =
                Objects.requireNonNull(table(route("GET", "/x"), route("POST", "/x")).find("/x"));
        assertThat(found.place().find("HEAD")).isSameAs(found.place().find("GET"));
        assertThat(found.place().find("PUT")).isNull();
        assertThat(found.place().methods()).containsExactly("GET", "HEAD", "OPTIONS", "POST");
    }

    @Test
    void aRouteStandsOnce() {
        assertThatThrownBy(() -> table(route("GET", "/x"), route("GET", "/x")))
                .hasMessageContaining("route GET /x: twice");
    }
}

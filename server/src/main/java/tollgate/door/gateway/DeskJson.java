package tollgate.door.gateway;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import tollgate.tenant.IssuedKey;
import tollgate.tenant.Key;
import tollgate.tenant.KeyDesk;
import tollgate.tenant.KeySettings;
import tollgate.wire.json.Json;

/// The operator's key desk in JSON: what the admin routes answer, and the command line shows when
/// no server runs.
public final class DeskJson {
    private final KeyDesk desk;

    public DeskJson(KeyDesk desk) {
        this.desk = desk;
    }

    /// All keys, masked.
    public Json.Obj list() {
        List<Json> shown = new ArrayList<>();
        for (Key key : desk.list()) {
            shown.add(
                    KeyJson.shown(key)
                            .put("kind", key.kind().name().toLowerCase(Locale.ROOT))
                            .put("account_id", key.accountId())
                            .put("user_id", key.userId()));
        }
        return Json.obj()
                .put("success", true)
                .put("data", shown)
                .put("count", shown.size())
                .put("total", desk.count());
    }

    /// Makes a key as `POST /user/api-keys` does, for `user_id` or the operator.
    public Json.Obj create(Json.Obj body) {
        String name =
                body.string("key_name")
                        .orElseThrow(
                                () -> Amounts.refused("key_name", "missing (expected: a name)"));
        KeySettings settings = KeyJson.settings(body, KeySettings.named(name), desk.admin());
        OptionalLong said = body.integer("user_id");
        Long user = said.isPresent() ? said.getAsLong() : null;
        return KeyJson.issued(desk.create(user, KeyJson.environment(body), settings));
    }

    public Json.Obj revoke(long id) {
        desk.revoke(id);
        return Json.obj().put("success", true).put("message", "API key deleted successfully");
    }

    /// Replaces the admin key; the new one is shown here, once.
    public Json.Obj rotateAdmin() {
        IssuedKey admin = desk.rotateAdmin();
        return KeyJson.issued(admin);
    }
}

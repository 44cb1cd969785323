package tollgate.app;

import tollgate.wire.json.Json;

/// What `doctor` found out about one thing.
///
/// @param check what was looked at
/// @param detail facts, or what is wrong and what was expected
record Finding(String check, Verdict verdict, String detail) {
    enum Verdict {
        SOUND,
        BAD
    }

    static Finding sound(String check, String detail) {
        return new Finding(check, Verdict.SOUND, detail);
    }

    static Finding bad(String check, String detail) {
        return new Finding(check, Verdict.BAD, detail);
    }

    boolean isSound() {
        return verdict == Verdict.SOUND;
    }

    Json.Obj toJson() {
        return Json.obj().put("check", check).put("sound", isSound()).put("detail", detail);
    }
}

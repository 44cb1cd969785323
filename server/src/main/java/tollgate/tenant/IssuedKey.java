package tollgate.tenant;

/// A key at the one moment when its text is known.
public record IssuedKey(Key key, KeyText text) {}

-- Prices are never changed and never deleted: holds and posts name them by id. A price of NULL takes
-- the model off the market. Variants have an account's own markup on another version's price.
CREATE TABLE price_version (
    id         INTEGER PRIMARY KEY,
    origin     TEXT    NOT NULL CHECK (origin IN ('entry', 'catalogue', 'flat')),
    name       TEXT    NOT NULL,
    price      TEXT,
    markup_ppm INTEGER NOT NULL,
    variant_of INTEGER REFERENCES price_version (id),
    at         INTEGER NOT NULL
) STRICT;

CREATE INDEX price_version_newest ON price_version (origin, name, id) WHERE variant_of IS NULL;

CREATE UNIQUE INDEX price_version_variant
    ON price_version (variant_of, markup_ppm) WHERE variant_of IS NOT NULL;

CREATE TRIGGER price_version_stays BEFORE UPDATE ON price_version
BEGIN
    SELECT RAISE(ABORT, 'a price version never changes');
END;

CREATE TRIGGER price_version_remains BEFORE DELETE ON price_version
BEGIN
    SELECT RAISE(ABORT, 'a price version is never deleted');
END;

-- What file and catalogue said at the last start: a new version is made only when that changed.
CREATE TABLE price_source (
    origin     TEXT    NOT NULL,
    name       TEXT    NOT NULL,
    price      TEXT,
    markup_ppm INTEGER NOT NULL,
    PRIMARY KEY (origin, name)
) STRICT, WITHOUT ROWID;

-- Imported or refreshed facts, in the built-in catalogue's format, over those of the same model.
CREATE TABLE catalog_fact (
    provider TEXT    NOT NULL,
    model    TEXT    NOT NULL,
    line     TEXT    NOT NULL,
    at       INTEGER NOT NULL,
    PRIMARY KEY (provider, model)
) STRICT, WITHOUT ROWID;

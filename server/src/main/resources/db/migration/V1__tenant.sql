-- Accounts own credits, users sign in, keys are what programs present.
-- Times are milliseconds since 1970 UTC, amounts nano-dollars. AUTOINCREMENT never gives an id again.

CREATE TABLE account (
    id                  INTEGER PRIMARY KEY AUTOINCREMENT,
    name                TEXT    NOT NULL,
    kind                TEXT    NOT NULL CHECK (kind IN ('customer', 'operator')),
    payment             TEXT    NOT NULL CHECK (payment IN ('prepaid', 'postpaid')),
    markup_ppm          INTEGER,
    requests_per_minute INTEGER,
    requests_per_hour   INTEGER,
    requests_per_day    INTEGER,
    created_at          INTEGER NOT NULL
) STRICT;

CREATE TABLE user (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    username    TEXT    NOT NULL,
    email       TEXT,
    auth_method TEXT    NOT NULL,
    created_at  INTEGER NOT NULL
) STRICT;

CREATE INDEX user_by_email ON user (email);

CREATE TABLE membership (
    account_id INTEGER NOT NULL REFERENCES account (id),
    user_id    INTEGER NOT NULL REFERENCES user (id),
    role       TEXT    NOT NULL CHECK (role IN ('owner', 'member')),
    created_at INTEGER NOT NULL,
    PRIMARY KEY (user_id, account_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX membership_by_account ON membership (account_id);

-- Only the SHA-256 of a key is kept, and its last four characters for lists. After a rotation
-- the digest of the text before works until old_until.
CREATE TABLE api_key (
    id                  INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id          INTEGER NOT NULL REFERENCES account (id),
    user_id             INTEGER NOT NULL REFERENCES user (id),
    kind                TEXT    NOT NULL CHECK (kind IN ('user', 'session', 'admin', 'proxy')),
    name                TEXT    NOT NULL,
    environment         TEXT    NOT NULL CHECK (environment IN ('live', 'test', 'staging', 'dev')),
    digest              BLOB    NOT NULL CHECK (length(digest) = 32),
    prefix              TEXT    NOT NULL,
    last4               TEXT    NOT NULL,
    scopes              TEXT    NOT NULL,
    models              TEXT,
    budget_nanos        INTEGER,
    budget_period       TEXT    CHECK (budget_period IN ('day', 'month', 'total')),
    requests_per_minute INTEGER NOT NULL,
    tokens_per_minute   INTEGER NOT NULL,
    concurrent          INTEGER NOT NULL,
    active              INTEGER NOT NULL CHECK (active IN (0, 1)),
    created_at          INTEGER NOT NULL,
    expires_at          INTEGER,
    old_digest          BLOB,
    old_until           INTEGER,
    revoked_at          INTEGER,
    CHECK ((budget_nanos IS NULL) = (budget_period IS NULL)),
    CHECK ((old_digest IS NULL) = (old_until IS NULL))
) STRICT;

-- A key from the configuration may come back after it was replaced.
CREATE UNIQUE INDEX api_key_by_digest ON api_key (digest) WHERE revoked_at IS NULL;

CREATE INDEX api_key_by_user ON api_key (user_id, account_id);

-- Accounts and users count from different numbers, so that a mix-up shows.
INSERT INTO sqlite_sequence (name, seq) VALUES ('account', 100000);

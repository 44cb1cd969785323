-- One row per call that held money, and one per attempt of it; folded from the journal.
CREATE TABLE request (
    hold                INTEGER PRIMARY KEY,
    id                  BLOB NOT NULL,
    at                  INTEGER NOT NULL,
    account             INTEGER NOT NULL,
    key_id              INTEGER NOT NULL,
    test                INTEGER NOT NULL,
    door                TEXT NOT NULL,
    model               TEXT NOT NULL,
    request_model       TEXT NOT NULL,
    response_model      TEXT NOT NULL,
    provider            TEXT NOT NULL,
    status              INTEGER NOT NULL,
    stream              INTEGER NOT NULL,
    finish_reason       TEXT NOT NULL,
    outcome             TEXT NOT NULL,
    input_tokens        INTEGER NOT NULL,
    cached_input_tokens INTEGER NOT NULL,
    cache_write_tokens  INTEGER NOT NULL,
    output_tokens       INTEGER NOT NULL,
    reasoning_tokens    INTEGER NOT NULL,
    source              TEXT,
    charged             INTEGER NOT NULL,
    overage             INTEGER NOT NULL,
    price_version       INTEGER NOT NULL,
    latency_ms          INTEGER NOT NULL,
    first_token_ms      INTEGER NOT NULL,
    end_user            TEXT NOT NULL,
    app                 TEXT NOT NULL,
    tags                TEXT NOT NULL
) STRICT;

CREATE INDEX request_of_id ON request (id);
CREATE INDEX request_of_account ON request (account, test, hold);

CREATE TABLE attempt (
    hold       INTEGER NOT NULL,
    number     INTEGER NOT NULL,
    provider   TEXT NOT NULL,
    model      TEXT NOT NULL,
    status     INTEGER NOT NULL,
    latency_ms INTEGER NOT NULL,
    PRIMARY KEY (hold, number)
) STRICT, WITHOUT ROWID;

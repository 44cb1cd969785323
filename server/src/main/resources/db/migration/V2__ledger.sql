-- Projections of the journal: rebuilt from it, never decided by. One row says how far they are.
CREATE TABLE ledger_cursor (
    id        INTEGER PRIMARY KEY CHECK (id = 1),
    segment   INTEGER NOT NULL,
    frame     INTEGER NOT NULL,
    seq       INTEGER NOT NULL,
    last_hold INTEGER NOT NULL
) STRICT;

CREATE TABLE purse (
    account   INTEGER NOT NULL,
    book      INTEGER NOT NULL,
    available INTEGER NOT NULL,
    held      INTEGER NOT NULL,
    PRIMARY KEY (account, book)
) STRICT, WITHOUT ROWID;

CREATE TABLE operator_place (
    place   TEXT PRIMARY KEY,
    balance INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE key_spend (
    key_id       INTEGER PRIMARY KEY,
    total        INTEGER NOT NULL,
    day          INTEGER NOT NULL,
    day_amount   INTEGER NOT NULL,
    month        INTEGER NOT NULL,
    month_amount INTEGER NOT NULL
) STRICT;

-- Holds open at the cursor, with what the journal said of them so far, in its own encoding.
CREATE TABLE open_hold (
    hold    INTEGER PRIMARY KEY,
    at      INTEGER NOT NULL,
    entries BLOB NOT NULL
) STRICT;

-- Credits and refusable debits before their effect: 0 wanted, 1 accepting, 2 effective.
CREATE TABLE credit_intent (
    cause   TEXT PRIMARY KEY,
    kind    INTEGER NOT NULL,
    account INTEGER NOT NULL,
    book    INTEGER NOT NULL,
    amount  INTEGER NOT NULL,
    at      INTEGER NOT NULL,
    state   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX credit_intent_open ON credit_intent (state) WHERE state < 2;

-- Idempotency keys of calls that were charged: answer NULL when it was cut or not kept.
CREATE TABLE replay (
    account    INTEGER NOT NULL,
    key        BLOB NOT NULL,
    request    BLOB NOT NULL,
    hold       INTEGER NOT NULL,
    charged    INTEGER NOT NULL,
    answer     BLOB,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (account, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX replay_expiry ON replay (expires_at);

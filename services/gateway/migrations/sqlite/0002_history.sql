-- Transactions of the program, and what each of them changed. `ordinal` counts them as they were found: upwards those that
-- came since the index was made, downwards from 0 those before it.

CREATE TABLE transactions (
    signature  BLOB    NOT NULL PRIMARY KEY,
    slot       INTEGER NOT NULL,
    ordinal    INTEGER NOT NULL,
    block_time INTEGER,
    failed     BOOLEAN NOT NULL,
    -- 0 confirmed, 1 finalized, 2 vanished: a fork took it back.
    state      INTEGER NOT NULL,
    -- Why some of it can't be read.
    unread     TEXT
);
CREATE UNIQUE INDEX transactions_by_ordinal ON transactions (ordinal);
CREATE INDEX transactions_by_state ON transactions (state, slot, ordinal);

CREATE TABLE changes (
    ordinal   INTEGER NOT NULL,
    position  INTEGER NOT NULL,
    kind      TEXT    NOT NULL,
    -- The change in JSON, as histories show it.
    body      TEXT    NOT NULL,
    PRIMARY KEY (ordinal, position)
);

-- Whom and what a change concerns.
CREATE TABLE change_addresses (
    address  BLOB    NOT NULL,
    slot     INTEGER NOT NULL,
    ordinal  INTEGER NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (address, slot, ordinal, position)
) WITHOUT ROWID;

-- One row: how far the index is.
CREATE TABLE progress (
    id              INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    -- Accounts are as in this slot at the least, and transactions behind it are all in.
    snapshot_slot   INTEGER NOT NULL,
    -- The slot up to which all transactions are in.
    followed_slot   INTEGER NOT NULL,
    finalized_slot  INTEGER NOT NULL,
    -- The oldest transaction that was found going back; NULL: none was.
    oldest          BLOB,
    -- Whether the first transaction of all is in.
    history_is_full BOOLEAN NOT NULL
);

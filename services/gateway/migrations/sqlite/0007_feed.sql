-- What is told to those who follow the ledger, in the order in which it was found. It is kept for a while.

CREATE TABLE feed (
    -- Without gaps but for those at the beginning, which were removed.
    sequence   INTEGER NOT NULL PRIMARY KEY,
    -- As clients see it, such as `order.created`; `vanished`: a fork took the change back.
    type       TEXT    NOT NULL,
    -- What it was that vanished; NULL: nothing did.
    vanished   TEXT,
    slot       INTEGER NOT NULL,
    signature  BLOB    NOT NULL,
    -- In milliseconds since the Unix epoch.
    written_at INTEGER NOT NULL,
    -- The change in JSON, as histories show it.
    body       TEXT    NOT NULL
);
CREATE INDEX feed_by_time ON feed (written_at);

-- One row.
CREATE TABLE feed_state (
    id            INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    -- Drawn when the feed was made, so that cursors of another one are recognized.
    feed_id       BLOB    NOT NULL,
    last_sequence INTEGER NOT NULL
);
INSERT INTO feed_state (id, feed_id, last_sequence) VALUES (1, randomblob(8), 0);

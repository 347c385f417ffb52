-- What is told to those who follow the ledger, in the order in which it was found. It is kept for a while.

CREATE TABLE feed (
    -- Without gaps but for those at the beginning, which were removed.
    sequence   BIGINT  NOT NULL PRIMARY KEY,
    -- As clients see it, such as `order.created`; `vanished`: a fork took the change back.
    type       TEXT    NOT NULL,
    -- What it was that vanished; NULL: nothing did.
    vanished   TEXT,
    slot       BIGINT  NOT NULL,
    signature  BYTEA   NOT NULL,
    -- In milliseconds since the Unix epoch.
    written_at BIGINT  NOT NULL,
    -- The change in JSON, as histories show it.
    body       TEXT    NOT NULL
);
CREATE INDEX feed_by_time ON feed (written_at);

-- One row.
CREATE TABLE feed_state (
    id            BIGINT  NOT NULL PRIMARY KEY CHECK (id = 1),
    -- Drawn when the feed was made, so that cursors of another one are recognized.
    feed_id       BYTEA   NOT NULL,
    last_sequence BIGINT  NOT NULL
);
INSERT INTO feed_state (id, feed_id, last_sequence) VALUES (1, substring(uuid_send(gen_random_uuid()) FROM 1 FOR 8), 0);

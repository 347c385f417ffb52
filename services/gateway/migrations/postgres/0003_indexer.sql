-- How far the index is behind its nodes, and what it still has to look at.

-- The slot that the nodes have reached.
ALTER TABLE progress ADD COLUMN node_slot BIGINT NOT NULL DEFAULT 0;
-- When the nodes were at the slot that is followed, in seconds since the Unix epoch.
ALTER TABLE progress ADD COLUMN followed_at BIGINT NOT NULL DEFAULT 0;
-- The slot from which on all transactions are in.
ALTER TABLE progress ADD COLUMN complete_from_slot BIGINT NOT NULL DEFAULT 0;
-- Whether a transaction is known that nobody can read, so that all accounts have to be read again.
ALTER TABLE progress ADD COLUMN snapshot_is_due BOOLEAN NOT NULL DEFAULT FALSE;

-- The accounts that a transaction names, until it is there for good: they are read again where a fork takes it back.
CREATE TABLE touched_accounts (
    signature BYTEA NOT NULL,
    address   BYTEA NOT NULL,
    PRIMARY KEY (signature, address)
);

-- What nodes disagree on.
CREATE INDEX users_disputed ON users (address) WHERE disputed;
CREATE INDEX records_disputed ON records (address) WHERE disputed;
CREATE INDEX orders_disputed ON orders (address) WHERE disputed;
CREATE INDEX purchases_disputed ON purchases (address) WHERE disputed;
CREATE INDEX shares_disputed ON shares (address) WHERE disputed;

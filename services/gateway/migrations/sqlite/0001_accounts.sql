-- The program's accounts as the ledger has them, a table for each kind. `data` is the whole account, `slot` the state that
-- it was read in; the columns before it are what lists filter and sort by. Prices above 2^63 - 1 lamports are cut to that
-- here: `data` has them whole.

CREATE TABLE users (
    address    BLOB    NOT NULL PRIMARY KEY,
    wallet     BLOB    NOT NULL,
    lamports   INTEGER NOT NULL,
    slot       INTEGER NOT NULL,
    signature  BLOB,
    disputed   BOOLEAN NOT NULL,
    data       BLOB    NOT NULL
);
CREATE UNIQUE INDEX users_by_wallet ON users (wallet);

CREATE TABLE records (
    address     BLOB    NOT NULL PRIMARY KEY,
    owner       BLOB    NOT NULL,
    creator     BLOB    NOT NULL,
    verified    BOOLEAN NOT NULL,
    self_issued BOOLEAN NOT NULL,
    created_at  INTEGER NOT NULL,
    lamports    INTEGER NOT NULL,
    slot        INTEGER NOT NULL,
    signature   BLOB,
    disputed    BOOLEAN NOT NULL,
    data        BLOB    NOT NULL
);
CREATE INDEX records_by_time ON records (created_at, address);
CREATE INDEX records_by_owner ON records (owner, created_at, address);
CREATE INDEX records_by_creator ON records (creator, created_at, address);
CREATE INDEX records_by_creator_and_state ON records (creator, verified, created_at, address);
CREATE INDEX records_by_state ON records (verified, self_issued, created_at, address);
CREATE INDEX records_by_issuer ON records (self_issued, created_at, address);

CREATE TABLE orders (
    address      BLOB    NOT NULL PRIMARY KEY,
    seller       BLOB    NOT NULL,
    number       INTEGER NOT NULL,
    label        BLOB    NOT NULL,
    price        INTEGER NOT NULL,
    open         BOOLEAN NOT NULL,
    only_buyer   BLOB,
    record_count INTEGER NOT NULL,
    created_at   INTEGER NOT NULL,
    lamports     INTEGER NOT NULL,
    slot         INTEGER NOT NULL,
    signature    BLOB,
    disputed     BOOLEAN NOT NULL,
    data         BLOB    NOT NULL
);
CREATE INDEX orders_by_time ON orders (created_at, address);
CREATE INDEX orders_by_price ON orders (price, address);
CREATE INDEX orders_by_seller ON orders (seller, created_at, address);
CREATE INDEX orders_by_seller_and_price ON orders (seller, price, address);
CREATE INDEX orders_by_label ON orders (label, created_at, address);
CREATE INDEX orders_by_label_and_price ON orders (label, price, address);
CREATE INDEX orders_by_buyer ON orders (only_buyer, created_at, address);
CREATE INDEX orders_by_buyer_and_price ON orders (only_buyer, price, address);

CREATE TABLE order_records (
    order_address  BLOB NOT NULL,
    record_address BLOB NOT NULL,
    PRIMARY KEY (record_address, order_address)
) WITHOUT ROWID;
CREATE INDEX order_records_by_order ON order_records (order_address);

CREATE TABLE purchases (
    address       BLOB    NOT NULL PRIMARY KEY,
    order_address BLOB    NOT NULL,
    seller        BLOB    NOT NULL,
    buyer         BLOB    NOT NULL,
    status        INTEGER NOT NULL,
    price         INTEGER NOT NULL,
    deadline      INTEGER NOT NULL,
    lamports      INTEGER NOT NULL,
    slot          INTEGER NOT NULL,
    signature     BLOB,
    disputed      BOOLEAN NOT NULL,
    data          BLOB    NOT NULL
);
CREATE INDEX purchases_by_deadline ON purchases (deadline, address);
CREATE INDEX purchases_by_price ON purchases (price, address);
CREATE INDEX purchases_by_order ON purchases (order_address, deadline, address);
CREATE INDEX purchases_by_seller ON purchases (seller, deadline, address);
CREATE INDEX purchases_by_buyer ON purchases (buyer, deadline, address);
CREATE INDEX purchases_by_status ON purchases (status, deadline, address);

CREATE TABLE shares (
    address    BLOB    NOT NULL PRIMARY KEY,
    record     BLOB    NOT NULL,
    owner      BLOB    NOT NULL,
    recipient  BLOB    NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    lamports   INTEGER NOT NULL,
    slot       INTEGER NOT NULL,
    signature  BLOB,
    disputed   BOOLEAN NOT NULL,
    data       BLOB    NOT NULL
);
CREATE INDEX shares_by_time ON shares (created_at, address);
CREATE INDEX shares_by_record ON shares (record, created_at, address);
CREATE INDEX shares_by_owner ON shares (owner, created_at, address);
CREATE INDEX shares_by_recipient ON shares (recipient, created_at, address);

-- Accounts that were closed, and in which state they were seen to be: an older state does not bring them back.
CREATE TABLE closed_accounts (
    address BLOB    NOT NULL PRIMARY KEY,
    slot    INTEGER NOT NULL
) WITHOUT ROWID;

-- One row: what the index is of. Another program or another ledger is refused.
CREATE TABLE ledger (
    id           INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    genesis_hash BLOB    NOT NULL,
    program_id   BLOB    NOT NULL
);

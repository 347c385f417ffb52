-- The program's accounts as the ledger has them, a table for each kind. `data` is the whole account, `slot` the state that
-- it was read in; the columns before it are what lists filter and sort by. Prices above 2^63 - 1 lamports are cut to that
-- here: `data` has them whole.

CREATE TABLE users (
    address    BYTEA   NOT NULL PRIMARY KEY,
    wallet     BYTEA   NOT NULL,
    lamports   BIGINT  NOT NULL,
    slot       BIGINT  NOT NULL,
    signature  BYTEA,
    disputed   BOOLEAN NOT NULL,
    data       BYTEA   NOT NULL
);
CREATE UNIQUE INDEX users_by_wallet ON users (wallet);

CREATE TABLE records (
    address     BYTEA   NOT NULL PRIMARY KEY,
    owner       BYTEA   NOT NULL,
    creator     BYTEA   NOT NULL,
    verified    BOOLEAN NOT NULL,
    self_issued BOOLEAN NOT NULL,
    created_at  BIGINT  NOT NULL,
    lamports    BIGINT  NOT NULL,
    slot        BIGINT  NOT NULL,
    signature   BYTEA,
    disputed    BOOLEAN NOT NULL,
    data        BYTEA   NOT NULL
);
CREATE INDEX records_by_time ON records (created_at, address);
CREATE INDEX records_by_owner ON records (owner, created_at, address);
CREATE INDEX records_by_creator ON records (creator, created_at, address);
CREATE INDEX records_by_creator_and_state ON records (creator, verified, created_at, address);
CREATE INDEX records_by_state ON records (verified, self_issued, created_at, address);
CREATE INDEX records_by_issuer ON records (self_issued, created_at, address);

CREATE TABLE orders (
    address      BYTEA   NOT NULL PRIMARY KEY,
    seller       BYTEA   NOT NULL,
    number       BIGINT  NOT NULL,
    label        BYTEA   NOT NULL,
    price        BIGINT  NOT NULL,
    open         BOOLEAN NOT NULL,
    only_buyer   BYTEA,
    record_count BIGINT  NOT NULL,
    created_at   BIGINT  NOT NULL,
    lamports     BIGINT  NOT NULL,
    slot         BIGINT  NOT NULL,
    signature    BYTEA,
    disputed     BOOLEAN NOT NULL,
    data         BYTEA   NOT NULL
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
    order_address  BYTEA NOT NULL,
    record_address BYTEA NOT NULL,
    PRIMARY KEY (record_address, order_address)
);
CREATE INDEX order_records_by_order ON order_records (order_address);

CREATE TABLE purchases (
    address       BYTEA   NOT NULL PRIMARY KEY,
    order_address BYTEA   NOT NULL,
    seller        BYTEA   NOT NULL,
    buyer         BYTEA   NOT NULL,
    status        BIGINT  NOT NULL,
    price         BIGINT  NOT NULL,
    deadline      BIGINT  NOT NULL,
    lamports      BIGINT  NOT NULL,
    slot          BIGINT  NOT NULL,
    signature     BYTEA,
    disputed      BOOLEAN NOT NULL,
    data          BYTEA   NOT NULL
);
CREATE INDEX purchases_by_deadline ON purchases (deadline, address);
CREATE INDEX purchases_by_price ON purchases (price, address);
CREATE INDEX purchases_by_order ON purchases (order_address, deadline, address);
CREATE INDEX purchases_by_seller ON purchases (seller, deadline, address);
CREATE INDEX purchases_by_buyer ON purchases (buyer, deadline, address);
CREATE INDEX purchases_by_status ON purchases (status, deadline, address);

CREATE TABLE shares (
    address    BYTEA   NOT NULL PRIMARY KEY,
    record     BYTEA   NOT NULL,
    owner      BYTEA   NOT NULL,
    recipient  BYTEA   NOT NULL,
    created_at BIGINT  NOT NULL,
    expires_at BIGINT,
    lamports   BIGINT  NOT NULL,
    slot       BIGINT  NOT NULL,
    signature  BYTEA,
    disputed   BOOLEAN NOT NULL,
    data       BYTEA   NOT NULL
);
CREATE INDEX shares_by_time ON shares (created_at, address);
CREATE INDEX shares_by_record ON shares (record, created_at, address);
CREATE INDEX shares_by_owner ON shares (owner, created_at, address);
CREATE INDEX shares_by_recipient ON shares (recipient, created_at, address);

-- Accounts that were closed, and in which state they were seen to be: an older state does not bring them back.
CREATE TABLE closed_accounts (
    address BYTEA   NOT NULL PRIMARY KEY,
    slot    BIGINT  NOT NULL
);

-- One row: what the index is of. Another program or another ledger is refused.
CREATE TABLE ledger (
    id           BIGINT   NOT NULL PRIMARY KEY CHECK (id = 1),
    genesis_hash BYTEA   NOT NULL,
    program_id   BYTEA   NOT NULL
);

-- What lists by these filters are read from, in order, however little of the ledger they keep.

CREATE INDEX orders_by_records ON orders (record_count, address);
CREATE INDEX orders_by_label_and_records ON orders (label, record_count, address);
CREATE INDEX orders_by_state ON orders (open, created_at, address);
CREATE INDEX orders_by_state_and_price ON orders (open, price, address);
CREATE INDEX orders_by_state_and_records ON orders (open, record_count, address);
CREATE INDEX orders_by_label_and_state ON orders (label, open, created_at, address);
CREATE INDEX orders_by_label_state_and_price ON orders (label, open, price, address);
CREATE INDEX orders_by_label_state_and_records ON orders (label, open, record_count, address);
CREATE INDEX orders_by_buyer_and_records ON orders (only_buyer, record_count, address);
CREATE INDEX orders_for_one ON orders (created_at, address) WHERE only_buyer IS NOT NULL;
CREATE INDEX orders_for_one_by_price ON orders (price, address) WHERE only_buyer IS NOT NULL;
CREATE INDEX orders_for_one_by_records ON orders (record_count, address) WHERE only_buyer IS NOT NULL;

-- The kind of a change beside the addresses that it concerns; empty: the transaction failed.
ALTER TABLE change_addresses ADD COLUMN kind TEXT NOT NULL DEFAULT '';
UPDATE change_addresses SET kind = (
    SELECT c.kind FROM changes c JOIN transactions t ON t.ordinal = c.ordinal
    WHERE c.ordinal = change_addresses.ordinal AND c.position = change_addresses.position AND NOT t.failed
) WHERE EXISTS (
    SELECT 1 FROM changes c JOIN transactions t ON t.ordinal = c.ordinal
    WHERE c.ordinal = change_addresses.ordinal AND c.position = change_addresses.position AND NOT t.failed
);
CREATE INDEX change_addresses_by_kind ON change_addresses (address, kind, slot, ordinal, position);

-- Indexes and triggers that the first snapshot puts off until all accounts are in: what makes each again. A row that is
-- there when a gateway starts says that a snapshot was cut off. A later migration that drops such an index or trigger drops it
-- IF EXISTS, and deletes its row here.
CREATE TABLE deferred_schema (
    name     TEXT    NOT NULL PRIMARY KEY,
    creation TEXT    NOT NULL,
    counts   BOOLEAN NOT NULL
);

-- What each account adds to the statistics, as the triggers count it one by one.
CREATE VIEW counted_accounts (topic, key, marked, price) AS
    SELECT 0::BIGINT, month_of(created_at), verified::INT::BIGINT, 0::BIGINT FROM records WHERE NOT disputed
    UNION ALL SELECT 1, creator, verified::INT, 0 FROM records WHERE NOT disputed
    UNION ALL SELECT 2, month_of(created_at), open::INT, price FROM orders WHERE NOT disputed
    UNION ALL SELECT 3, label, open::INT, price FROM orders WHERE NOT disputed
    UNION ALL SELECT 4, digits_of(price), open::INT, price FROM orders WHERE NOT disputed
    UNION ALL SELECT 5, digits_of(price), (status = 2)::INT, price FROM purchases WHERE NOT disputed;

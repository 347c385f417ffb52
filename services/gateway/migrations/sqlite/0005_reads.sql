-- Changes by what happened: deliveries, settlements and refunds.
CREATE INDEX changes_by_kind ON changes (kind, ordinal, position);

-- Counts and sums of the accounts that are there and not disputed, kept up to date by triggers. The topics' numbers are in
-- storage/statistics.rs. Sums of prices are kept in two parts, of 32 bits and above, which no number of rows overflows.
CREATE TABLE statistics (
    topic         INTEGER NOT NULL,
    key           BLOB    NOT NULL,
    count         INTEGER NOT NULL,
    marked        INTEGER NOT NULL,
    lamports_high INTEGER NOT NULL,
    lamports_low  INTEGER NOT NULL,
    PRIMARY KEY (topic, key)
) WITHOUT ROWID;
CREATE INDEX statistics_by_count ON statistics (topic, count, key);

CREATE TRIGGER records_counted AFTER INSERT ON records WHEN NOT NEW.disputed BEGIN
    INSERT INTO statistics VALUES (0, CAST(COALESCE(strftime('%Y-%m', min(max(NEW.created_at, 0), 253402300799), 'unixepoch'), '') AS BLOB), 1, NEW.verified, 0, 0)
        ON CONFLICT (topic, key) DO UPDATE SET count = count + excluded.count, marked = marked + excluded.marked,
        lamports_high = lamports_high + excluded.lamports_high, lamports_low = lamports_low + excluded.lamports_low;
    INSERT INTO statistics VALUES (1, NEW.creator, 1, NEW.verified, 0, 0)
        ON CONFLICT (topic, key) DO UPDATE SET count = count + excluded.count, marked = marked + excluded.marked,
        lamports_high = lamports_high + excluded.lamports_high, lamports_low = lamports_low + excluded.lamports_low;
END;

CREATE TRIGGER records_discounted AFTER DELETE ON records WHEN NOT OLD.disputed BEGIN
    INSERT INTO statistics VALUES (0, CAST(COALESCE(strftime('%Y-%m', min(max(OLD.created_at, 0), 253402300799), 'unixepoch'), '') AS BLOB), -1, -OLD.verified, 0, 0)
        ON CONFLICT (topic, key) DO UPDATE SET count = count + excluded.count, marked = marked + excluded.marked,
        lamports_high = lamports_high + excluded.lamports_high, lamports_low = lamports_low + excluded.lamports_low;
    INSERT INTO statistics VALUES (1, OLD.creator, -1, -OLD.verified, 0, 0)
        ON CONFLICT (topic, key) DO UPDATE SET count = count + excluded.count, marked = marked + excluded.marked,
        lamports_high = lamports_high + excluded.lamports_high, lamports_low = lamports_low + excluded.lamports_low;
END;

CREATE TRIGGER orders_counted AFTER INSERT ON orders WHEN NOT NEW.disputed BEGIN
    INSERT INTO statistics VALUES (2, CAST(COALESCE(strftime('%Y-%m', min(max(NEW.created_at, 0), 253402300799), 'unixepoch'), '') AS BLOB), 1, NEW.open, (NEW.price >> 32), (NEW.price & 4294967295))
        ON CONFLICT (topic, key) DO UPDATE SET count = count + excluded.count, marked = marked + excluded.marked,
        lamports_high = lamports_high + excluded.lamports_high, lamports_low = lamports_low + excluded.lamports_low;
    INSERT INTO statistics VALUES (3, NEW.label, 1, NEW.open, (NEW.price >> 32), (NEW.price & 4294967295))
        ON CONFLICT (topic, key) DO UPDATE SET count = count + excluded.count, marked = marked + excluded.marked,
        lamports_high = lamports_high + excluded.lamports_high, lamports_low = lamports_low + excluded.lamports_low;
    INSERT INTO statistics VALUES (4, CAST(CAST(length(CAST(NEW.price AS TEXT)) AS TEXT) AS BLOB), 1, NEW.open, (NEW.price >> 32), (NEW.price & 4294967295))
        ON CONFLICT (topic, key) DO UPDATE SET count = count + excluded.count, marked = marked + excluded.marked,
        lamports_high = lamports_high + excluded.lamports_high, lamports_low = lamports_low + excluded.lamports_low;
END;

CREATE TRIGGER orders_discounted AFTER DELETE ON orders WHEN NOT OLD.disputed BEGIN
    INSERT INTO statistics VALUES (2, CAST(COALESCE(strftime('%Y-%m', min(max(OLD.created_at, 0), 253402300799), 'unixepoch'), '') AS BLOB), -1, -OLD.open, -(OLD.price >> 32), -(OLD.price & 4294967295))
        ON CONFLICT (topic, key) DO UPDATE SET count = count + excluded.count, marked = marked + excluded.marked,
        lamports_high = lamports_high + excluded.lamports_high, lamports_low = lamports_low + excluded.lamports_low;
    INSERT INTO statistics VALUES (3, OLD.label, -1, -OLD.open, -(OLD.price >> 32), -(OLD.price & 4294967295))
        ON CONFLICT (topic, key) DO UPDATE SET count = count + excluded.count, marked = marked + excluded.marked,
        lamports_high = lamports_high + excluded.lamports_high, lamports_low = lamports_low + excluded.lamports_low;
    INSERT INTO statistics VALUES (4, CAST(CAST(length(CAST(OLD.price AS TEXT)) AS TEXT) AS BLOB), -1, -OLD.open, -(OLD.price >> 32), -(OLD.price & 4294967295))
        ON CONFLICT (topic, key) DO UPDATE SET count = count + excluded.count, marked = marked + excluded.marked,
        lamports_high = lamports_high + excluded.lamports_high, lamports_low = lamports_low + excluded.lamports_low;
END;

CREATE TRIGGER purchases_counted AFTER INSERT ON purchases WHEN NOT NEW.disputed BEGIN
    INSERT INTO statistics VALUES (5, CAST(CAST(length(CAST(NEW.price AS TEXT)) AS TEXT) AS BLOB), 1, (NEW.status = 2), (NEW.price >> 32), (NEW.price & 4294967295))
        ON CONFLICT (topic, key) DO UPDATE SET count = count + excluded.count, marked = marked + excluded.marked,
        lamports_high = lamports_high + excluded.lamports_high, lamports_low = lamports_low + excluded.lamports_low;
END;

CREATE TRIGGER purchases_discounted AFTER DELETE ON purchases WHEN NOT OLD.disputed BEGIN
    INSERT INTO statistics VALUES (5, CAST(CAST(length(CAST(OLD.price AS TEXT)) AS TEXT) AS BLOB), -1, -(OLD.status = 2), -(OLD.price >> 32), -(OLD.price & 4294967295))
        ON CONFLICT (topic, key) DO UPDATE SET count = count + excluded.count, marked = marked + excluded.marked,
        lamports_high = lamports_high + excluded.lamports_high, lamports_low = lamports_low + excluded.lamports_low;
END;

-- Changes by what happened: deliveries, settlements and refunds.
CREATE INDEX changes_by_kind ON changes (kind, ordinal, position);

-- Counts and sums of the accounts that are there and not disputed, kept up to date by triggers. The topics' numbers are in
-- storage/statistics.rs. Sums of prices are kept in two parts, of 32 bits and above, which no number of rows overflows.
CREATE TABLE statistics (
    topic         BIGINT NOT NULL,
    key           BYTEA  NOT NULL,
    count         BIGINT NOT NULL,
    marked        BIGINT NOT NULL,
    lamports_high BIGINT NOT NULL,
    lamports_low  BIGINT NOT NULL,
    PRIMARY KEY (topic, key)
);
CREATE INDEX statistics_by_count ON statistics (topic, count, key);

CREATE FUNCTION count_one(of_topic BIGINT, of_key BYTEA, by BIGINT, is_marked BOOLEAN, price BIGINT) RETURNS VOID AS $$
    INSERT INTO statistics AS s VALUES (
        of_topic, of_key, by, by * is_marked::INT, by * (price >> 32), by * (price & 4294967295)
    )
    ON CONFLICT (topic, key) DO UPDATE SET count = s.count + excluded.count, marked = s.marked + excluded.marked,
    lamports_high = s.lamports_high + excluded.lamports_high, lamports_low = s.lamports_low + excluded.lamports_low;
$$ LANGUAGE SQL;

CREATE FUNCTION month_of(seconds BIGINT) RETURNS BYTEA AS $$
    SELECT convert_to(to_char(to_timestamp(LEAST(GREATEST(seconds, 0), 253402300799)) AT TIME ZONE 'UTC', 'YYYY-MM'), 'UTF8');
$$ LANGUAGE SQL STABLE;

CREATE FUNCTION digits_of(price BIGINT) RETURNS BYTEA AS $$
    SELECT convert_to(length(price::TEXT)::TEXT, 'UTF8');
$$ LANGUAGE SQL STABLE;

CREATE FUNCTION records_counted() RETURNS TRIGGER AS $$
BEGIN
    PERFORM count_one(0, month_of(NEW.created_at), 1, NEW.verified, 0);
    PERFORM count_one(1, NEW.creator, 1, NEW.verified, 0);
    RETURN NULL;
END;
$$ LANGUAGE plpgsql;
CREATE TRIGGER records_counted AFTER INSERT ON records
    FOR EACH ROW WHEN (NOT NEW.disputed) EXECUTE FUNCTION records_counted();

CREATE FUNCTION records_discounted() RETURNS TRIGGER AS $$
BEGIN
    PERFORM count_one(0, month_of(OLD.created_at), -1, OLD.verified, 0);
    PERFORM count_one(1, OLD.creator, -1, OLD.verified, 0);
    RETURN NULL;
END;
$$ LANGUAGE plpgsql;
CREATE TRIGGER records_discounted AFTER DELETE ON records
    FOR EACH ROW WHEN (NOT OLD.disputed) EXECUTE FUNCTION records_discounted();

CREATE FUNCTION orders_counted() RETURNS TRIGGER AS $$
BEGIN
    PERFORM count_one(2, month_of(NEW.created_at), 1, NEW.open, NEW.price);
    PERFORM count_one(3, NEW.label, 1, NEW.open, NEW.price);
    PERFORM count_one(4, digits_of(NEW.price), 1, NEW.open, NEW.price);
    RETURN NULL;
END;
$$ LANGUAGE plpgsql;
CREATE TRIGGER orders_counted AFTER INSERT ON orders
    FOR EACH ROW WHEN (NOT NEW.disputed) EXECUTE FUNCTION orders_counted();

CREATE FUNCTION orders_discounted() RETURNS TRIGGER AS $$
BEGIN
    PERFORM count_one(2, month_of(OLD.created_at), -1, OLD.open, OLD.price);
    PERFORM count_one(3, OLD.label, -1, OLD.open, OLD.price);
    PERFORM count_one(4, digits_of(OLD.price), -1, OLD.open, OLD.price);
    RETURN NULL;
END;
$$ LANGUAGE plpgsql;
CREATE TRIGGER orders_discounted AFTER DELETE ON orders
    FOR EACH ROW WHEN (NOT OLD.disputed) EXECUTE FUNCTION orders_discounted();

CREATE FUNCTION purchases_counted() RETURNS TRIGGER AS $$
BEGIN
    PERFORM count_one(5, digits_of(NEW.price), 1, NEW.status = 2, NEW.price);
    RETURN NULL;
END;
$$ LANGUAGE plpgsql;
CREATE TRIGGER purchases_counted AFTER INSERT ON purchases
    FOR EACH ROW WHEN (NOT NEW.disputed) EXECUTE FUNCTION purchases_counted();

CREATE FUNCTION purchases_discounted() RETURNS TRIGGER AS $$
BEGIN
    PERFORM count_one(5, digits_of(OLD.price), -1, OLD.status = 2, OLD.price);
    RETURN NULL;
END;
$$ LANGUAGE plpgsql;
CREATE TRIGGER purchases_discounted AFTER DELETE ON purchases
    FOR EACH ROW WHEN (NOT OLD.disputed) EXECUTE FUNCTION purchases_discounted();

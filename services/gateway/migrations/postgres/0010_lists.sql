-- What lists by one of these filters alone are read from, in order.

CREATE INDEX records_by_verification ON records (verified, created_at, address);
CREATE INDEX purchases_by_status_and_price ON purchases (status, price, address);

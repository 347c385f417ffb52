-- Changes by what happened: deliveries, settlements and refunds.
CREATE INDEX changes_by_kind ON changes (kind, ordinal, position);

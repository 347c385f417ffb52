-- How far each subscription of the operator's webhooks is.

CREATE TABLE webhooks (
    name     TEXT    NOT NULL PRIMARY KEY,
    -- Behind the last event that was delivered, or that the filter leaves out.
    cursor   TEXT    NOT NULL,
    -- Attempts at the next event that have failed.
    failures BIGINT NOT NULL DEFAULT 0,
    -- When the next event is tried, in milliseconds since the Unix epoch; 0: at once.
    due_at   BIGINT NOT NULL DEFAULT 0,
    -- Why nothing is delivered any more: `gone` or `exhausted`.
    ended    TEXT,
    -- In milliseconds since the Unix epoch.
    ended_at BIGINT
);

-- The last attempts of each subscription.
CREATE TABLE webhook_attempts (
    name         TEXT    NOT NULL,
    -- 1 for the subscription's first attempt.
    number       BIGINT NOT NULL,
    -- In milliseconds since the Unix epoch.
    attempted_at BIGINT NOT NULL,
    message_id   TEXT    NOT NULL,
    outcome      TEXT    NOT NULL,
    -- What the receiver answered with, if it did.
    status       BIGINT,
    PRIMARY KEY (name, number)
);

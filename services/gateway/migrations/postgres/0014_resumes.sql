-- How often the operator had a webhook go on: an attempt that was under way then changes nothing about that.
ALTER TABLE webhooks ADD COLUMN resumes BIGINT NOT NULL DEFAULT 0;

-- The default was for the rows of that time: a row without a kind is a mistake.
ALTER TABLE change_addresses ALTER COLUMN kind DROP DEFAULT;

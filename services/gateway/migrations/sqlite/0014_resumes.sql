-- How often the operator had a webhook go on: an attempt that was under way then changes nothing about that.
ALTER TABLE webhooks ADD COLUMN resumes INTEGER NOT NULL DEFAULT 0;

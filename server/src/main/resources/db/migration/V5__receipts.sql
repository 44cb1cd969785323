-- Money in that came with an idempotency key, for ever: the SHA-256 of its request, and the answer once
-- there is one. A row that is deleted because its debit was refused frees the key.
ALTER TABLE credit_intent ADD COLUMN request BLOB CHECK (length(request) = 32);
ALTER TABLE credit_intent ADD COLUMN answer TEXT;

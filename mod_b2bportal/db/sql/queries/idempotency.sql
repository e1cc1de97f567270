-- SPDX-License-Identifier: Apache-2.0
-- Answers to POSTs with an Idempotency-Key. The scope names who asked.

-- STMT_IDEMPOTENCY_SELECT
SELECT request_hash, status, headers, body FROM idempotency_keys
WHERE scope = %s AND idempotency_key = %s AND created_at > %lld;

-- STMT_IDEMPOTENCY_FORGET
DELETE FROM idempotency_keys WHERE scope = %s AND idempotency_key = %s AND created_at <= %lld;

-- STMT_IDEMPOTENCY_INSERT
INSERT INTO idempotency_keys (scope, idempotency_key, request_hash, status, headers, body, created_at)
VALUES (%s, %s, %s, %lld, %s, %s, %lld) ON CONFLICT DO NOTHING;

-- STMT_IDEMPOTENCY_SWEEP
DELETE FROM idempotency_keys WHERE created_at <= (SELECT MAX(k.created_at) FROM
    (SELECT created_at FROM idempotency_keys WHERE created_at <= %lld ORDER BY created_at LIMIT %lld) k);

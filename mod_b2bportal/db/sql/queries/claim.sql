-- SPDX-License-Identifier: Apache-2.0
-- One worker among all children and nodes: who holds which kind of work, until when.

-- STMT_CLAIM_SELECT
SELECT holder, until FROM claims WHERE name = %s;

-- STMT_CLAIM_INSERT
INSERT INTO claims (name, holder, until) VALUES (%s, %s, %lld) ON CONFLICT DO NOTHING;

-- STMT_CLAIM_TAKE
UPDATE claims SET holder = %s, until = %lld WHERE name = %s AND (holder = %s OR until <= %lld);

-- STMT_CLAIM_RELEASE
DELETE FROM claims WHERE name = %s AND holder = %s;

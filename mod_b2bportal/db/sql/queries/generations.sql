-- SPDX-License-Identifier: Apache-2.0
-- Generations (design.md section 3): written by b2b_db_transaction and by restore, read by the poll.

-- STMT_GENERATION_BUMP
-- planned once
UPDATE generations SET value = value + 1 WHERE slot = %lld;

-- STMT_GENERATION_RAISE
-- After a restore: above every value that a running server may have seen.
UPDATE generations SET value = CASE WHEN value < %lld THEN %lld ELSE value + 1 END;

-- STMT_GENERATION_SELECT_ALL
SELECT slot, value FROM generations ORDER BY slot;

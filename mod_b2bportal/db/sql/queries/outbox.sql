-- SPDX-License-Identifier: Apache-2.0
-- Mail to send. A worker holds what it sends until claimed_until; what a dead one held is due again then.
-- portal_id is NULL for the host's own mail.

-- PART OUTBOX_ROWS
o.id, o.portal_id, t.technical_name, o.kind, o.subject_id, o.recipient, o.subject, o.document, o.message_id,
    o.state, o.claimed_until, o.attempts, o.last_attempt_at, o.next_at, o.server_words, o.version, o.created_at,
    o.sent_at
FROM outbox o LEFT JOIN portals t ON t.id = o.portal_id

-- STMT_MAIL_SELECT
-- planned once
-- across portals: the host's mail queue.
SELECT {OUTBOX_ROWS}
WHERE o.id = %s;

-- STMT_MAIL_LIST
-- across portals: the host's mail queue.
SELECT {OUTBOX_ROWS}
WHERE o.id < %s AND o.state <> 'cancelled'
    AND (%s = '' OR o.state = %s)
    AND (%s = '' OR (%s = 'sending') = (o.claimed_until > %lld))
    AND (%s = '' OR o.recipient_folded LIKE %s ESCAPE '!')
ORDER BY o.id DESC
LIMIT %lld;

-- STMT_MAIL_LIST_OF_PORTAL
SELECT {OUTBOX_ROWS}
WHERE o.portal_id = %s AND o.id < %s AND o.state <> 'cancelled'
    AND (%s = '' OR o.state = %s)
    AND (%s = '' OR (%s = 'sending') = (o.claimed_until > %lld))
    AND (%s = '' OR o.recipient_folded LIKE %s ESCAPE '!')
ORDER BY o.id DESC
LIMIT %lld;

-- STMT_MAIL_INSERT
-- planned once
INSERT INTO outbox (id, portal_id, kind, subject_id, recipient, recipient_folded, subject, document, message_id,
    state, attempts, next_at, claimed_until, version, created_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, 'waiting', 0, %lld, 0, 1, %lld);

-- STMT_MAIL_DUE
-- across portals: the host's mail queue.
SELECT o.id FROM outbox o
WHERE o.state = 'waiting' AND o.next_at <= %lld AND o.claimed_until <= %lld
ORDER BY o.next_at, o.id
LIMIT %lld;

-- STMT_MAIL_CLAIM
-- across portals: the host's mail queue.
UPDATE outbox SET claimed_by = %s, claimed_until = %lld, attempts = attempts + 1, last_attempt_at = %lld,
    version = version + 1
WHERE id = %s AND state = 'waiting' AND next_at <= %lld AND claimed_until <= %lld;

-- STMT_MAIL_RESULT
-- across portals: the host's mail queue.
UPDATE outbox SET state = %s, next_at = %lld, server_words = %s, sent_at = %lld, claimed_by = NULL,
    claimed_until = 0, version = version + 1
WHERE id = %s AND state = 'waiting' AND claimed_by = %s;

-- STMT_MAIL_CANCEL
-- planned once
UPDATE outbox SET state = 'cancelled', version = version + 1
WHERE portal_id = %s AND subject_id = %s AND state = 'waiting' AND claimed_until <= %lld;

-- STMT_MAIL_CANCEL_OF_PORTAL
UPDATE outbox SET state = 'cancelled', version = version + 1
WHERE portal_id = %s AND state = 'waiting' AND claimed_until <= %lld;

-- STMT_MAIL_AGAIN
-- across portals: the host's mail queue.
UPDATE outbox SET state = 'waiting', next_at = %lld, claimed_until = 0, version = version + 1
WHERE id = %s AND (state IN ('sent', 'failed') OR (state = 'waiting' AND next_at > %lld));

-- STMT_MAIL_STATE
-- across portals: the host's mail queue.
SELECT state FROM outbox WHERE id = %s;

-- SPDX-License-Identifier: Apache-2.0
-- The audit trail: newest first. Ids grow with time, so that an id is the place in the list.

-- PART AUDIT_ROWS
e.id, e.portal_id, t.technical_name, e.at, e.actor_kind, e.actor_id, e.actor_name, e.action, e.outcome, e.reason,
    e.object_kind, e.object_id, e.object_name, e.request_id, e.address, e.details
FROM audit_events e LEFT JOIN portals t ON t.id = e.portal_id

-- STMT_AUDIT_INSERT
INSERT INTO audit_events (id, portal_id, at, actor_kind, actor_id, actor_name, action, outcome, reason,
    object_kind, object_id, object_name, request_id, address, details, search_folded)
VALUES (%s, %s, %lld, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s);

-- STMT_AUDIT_MAILED
-- across portals: when the host user brought about a mail before so and so many others, after an id.
SELECT e.at FROM audit_events e
WHERE e.actor_id = %s AND e.id > %s AND e.outcome = 'done'
    AND e.action IN ('member.invite', 'invitation.resend', 'mail.send_again')
ORDER BY e.id DESC
LIMIT 1 OFFSET %lld;

-- STMT_AUDIT_LIST_ALL
-- across portals: the host's whole trail.
SELECT {AUDIT_ROWS}
WHERE e.id < %s
    AND (%s = '' OR e.action LIKE %s ESCAPE '!')
    AND (%s = '' OR e.outcome = %s)
    AND (%s = '' OR e.search_folded LIKE %s ESCAPE '!')
    AND e.at >= %lld AND e.at < %lld
ORDER BY e.id DESC
LIMIT %lld;

-- STMT_AUDIT_LIST_OF_PORTAL
SELECT {AUDIT_ROWS}
WHERE e.portal_id = %s
    AND e.id < %s
    AND (%s = '' OR e.action LIKE %s ESCAPE '!')
    AND (%s = '' OR e.outcome = %s)
    AND (%s = '' OR e.search_folded LIKE %s ESCAPE '!')
    AND e.at >= %lld AND e.at < %lld
ORDER BY e.id DESC
LIMIT %lld;

-- STMT_AUDIT_LIST_OF_ACTOR
-- across portals: the host's whole trail.
SELECT {AUDIT_ROWS}
WHERE e.actor_id = %s
    AND e.id < %s
    AND (%s = '' OR e.action LIKE %s ESCAPE '!')
    AND (%s = '' OR e.outcome = %s)
    AND (%s = '' OR e.search_folded LIKE %s ESCAPE '!')
    AND e.at >= %lld AND e.at < %lld
    AND (%s = '' OR e.portal_id = %s)
ORDER BY e.id DESC
LIMIT %lld;

-- STMT_AUDIT_LIST_OF_OBJECT
-- across portals: the host's whole trail.
SELECT {AUDIT_ROWS}
WHERE e.object_id = %s
    AND e.id < %s
    AND (%s = '' OR e.action LIKE %s ESCAPE '!')
    AND (%s = '' OR e.outcome = %s)
    AND (%s = '' OR e.search_folded LIKE %s ESCAPE '!')
    AND e.at >= %lld AND e.at < %lld
    AND (%s = '' OR e.portal_id = %s)
    AND (%s = '' OR e.actor_id = %s)
ORDER BY e.id DESC
LIMIT %lld;

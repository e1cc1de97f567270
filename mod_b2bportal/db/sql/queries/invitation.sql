-- SPDX-License-Identifier: Apache-2.0
-- Invitations (S13). With one come its member, its partner, who invited, and the newest mail that carries it.
-- An expired one is still stored as pending.

-- PART INVITATION_ROWS
i.portal_id, i.id, i.member_id, i.email, i.state, m.role, m.state, m.partner_id, p.name, m.first_name,
    i.invited_by, h.first_name, h.last_name, h.email, i.message, i.expires_at, i.answered_at, i.sent_count,
    o.id, o.state, o.claimed_until, o.attempts, o.last_attempt_at, o.next_at, o.sent_at, o.server_words,
    i.version, i.created_at, i.modified_at
FROM invitations i
JOIN members m ON m.portal_id = i.portal_id AND m.id = i.member_id
JOIN partners p ON p.portal_id = m.portal_id AND p.id = m.partner_id
LEFT JOIN host_users h ON h.id = i.invited_by
LEFT JOIN outbox o ON o.id = (SELECT MAX(y.id) FROM outbox y
    WHERE y.portal_id = i.portal_id AND y.subject_id = i.id AND y.kind = 'invitation')

-- STMT_INVITATION_SELECT
SELECT {INVITATION_ROWS}
WHERE i.portal_id = %s AND i.id = %s;

-- STMT_INVITATION_SELECT_BY_TOKEN
SELECT {INVITATION_ROWS}
WHERE i.portal_id = %s AND i.id = (SELECT t.invitation_id FROM invitation_tokens t
    WHERE t.portal_id = %s AND t.token_hash = %s);

-- STMT_INVITATION_SELECT_BY_MEMBER
SELECT {INVITATION_ROWS}
WHERE i.portal_id = %s AND i.member_id = %s AND i.state = 'pending';

-- STMT_INVITATION_SELECT_BY_EMAIL
SELECT {INVITATION_ROWS}
WHERE i.portal_id = %s AND i.state = 'pending' AND m.deleted_at IS NULL
    AND i.member_id = (SELECT x.id FROM members x WHERE x.portal_id = %s AND x.email_folded = %s);

-- STMT_INVITATION_LIST_CREATED_{UP|DOWN}
SELECT i.portal_id, i.id, i.member_id, i.email, i.state, m.role, m.state, m.partner_id, p.name, m.first_name,
    i.invited_by, h.first_name, h.last_name, h.email, i.message, i.expires_at, i.answered_at, i.sent_count,
    o.id, o.state, o.claimed_until, o.attempts, o.last_attempt_at, o.next_at, o.sent_at, o.server_words,
    i.version, i.created_at, i.modified_at,
    i.id
FROM invitations i
JOIN members m ON m.portal_id = i.portal_id AND m.id = i.member_id
JOIN partners p ON p.portal_id = m.portal_id AND p.id = m.partner_id
LEFT JOIN host_users h ON h.id = i.invited_by
LEFT JOIN outbox o ON o.id = (SELECT MAX(y.id) FROM outbox y
    WHERE y.portal_id = i.portal_id AND y.subject_id = i.id AND y.kind = 'invitation')
WHERE i.portal_id = %s
    AND (i.id, i.id) {UP:>|<}
      (COALESCE(%s, (SELECT {UP:MIN|MAX}(x.id) FROM invitations x WHERE x.portal_id = %s)), %s)
    AND (%s = '' OR i.state = %s)
    AND (%s = '' OR (%s = 'over') = (i.expires_at <= %lld))
    AND (%s = '' OR m.partner_id = %s)
    AND (%s = '' OR i.email_folded LIKE %s ESCAPE '!' OR m.name_folded LIKE %s ESCAPE '!')
ORDER BY i.id{UP:| DESC}
LIMIT %lld;

-- STMT_INVITATION_INSERT
INSERT INTO invitations (portal_id, id, member_id, email, email_folded, state, invited_by, message,
    expires_at, sent_count, version, created_at, modified_at)
VALUES (%s, %s, %s, %s, %s, 'pending', %s, %s, %lld, 1, 1, %lld, %lld);

-- STMT_INVITATION_RENEW
UPDATE invitations SET expires_at = %lld, sent_count = sent_count + 1, version = version + 1, modified_at = %lld
WHERE portal_id = %s AND id = %s AND state = 'pending';

-- STMT_INVITATION_REVOKE
UPDATE invitations SET state = 'revoked', answered_at = %lld, version = version + 1, modified_at = %lld
WHERE portal_id = %s AND id = %s AND state = 'pending';

-- STMT_INVITATION_REVOKE_OF_MEMBER
UPDATE invitations SET state = 'revoked', answered_at = %lld, version = version + 1, modified_at = %lld
WHERE portal_id = %s AND member_id = %s AND state = 'pending';

-- STMT_INVITATION_ANSWER
-- Of many who answer at once exactly one changes a row.
UPDATE invitations SET state = %s, answered_at = %lld, version = version + 1, modified_at = %lld
WHERE portal_id = %s AND id = %s AND state = 'pending' AND expires_at > %lld
    AND EXISTS (SELECT 1 FROM members m WHERE m.portal_id = invitations.portal_id
        AND m.id = invitations.member_id AND m.state = 'invited' AND m.issuer IS NULL AND m.deleted_at IS NULL);

-- STMT_INVITATION_EXISTS
SELECT state FROM invitations WHERE portal_id = %s AND id = %s;

-- STMT_INVITATION_TOKEN_INSERT
INSERT INTO invitation_tokens (portal_id, token_hash, invitation_id, created_at)
SELECT i.portal_id, CAST(%s AS TEXT), i.id, CAST(%lld AS BIGINT) FROM invitations i
WHERE i.portal_id = %s AND i.id = %s AND i.state = 'pending' AND i.expires_at > %lld;

-- STMT_INVITATION_TOKENS_DELETE
DELETE FROM invitation_tokens WHERE portal_id = %s AND invitation_id = %s;

-- SPDX-License-Identifier: Apache-2.0
-- Notices: what waits for somebody, derived from the owners of current forms, unless the last act was their own; who is
-- to be told by mail.

-- STMT_NOTICES_OF
-- Of a member, one of their groups, or their partner.
SELECT o.portal_id, o.instance_id, o.since, o.share_id, o.process_id FROM instance_owners o
JOIN instances i ON i.portal_id = o.portal_id AND i.id = o.instance_id
WHERE o.kind = %s AND o.principal_id = %s AND o.is_current = 1 AND o.portal_id = %s AND o.partner_id = %s
    AND (o.since, o.instance_id) < (%lld, %s) AND i.deleted_at IS NULL AND i.modified_by <> %s
ORDER BY o.since DESC, o.instance_id DESC
LIMIT %lld;

-- STMT_NOTICES_OF_HOST
-- across portals: a host user works in all of them.
SELECT o.portal_id, o.instance_id, o.since, o.share_id, o.process_id FROM instance_owners o
JOIN instances i ON i.portal_id = o.portal_id AND i.id = o.instance_id
JOIN portals t ON t.id = o.portal_id
WHERE o.kind = %s AND o.principal_id = %s AND o.is_current = 1
    AND (o.since, o.instance_id) < (%lld, %s) AND i.deleted_at IS NULL AND t.deleted_at IS NULL
    AND i.modified_by <> %s
ORDER BY o.since DESC, o.instance_id DESC
LIMIT %lld;

-- STMT_MEMBER_SEEN_SELECT
SELECT m.notices_seen_at FROM members m WHERE m.portal_id = %s AND m.id = %s;

-- STMT_MEMBER_SEEN
UPDATE members SET notices_seen_at = %lld WHERE portal_id = %s AND id = %s;

-- STMT_HOST_USER_SEEN_SELECT
SELECT u.notices_seen_at FROM host_users u WHERE u.id = %s;

-- STMT_HOST_USER_SEEN
UPDATE host_users SET notices_seen_at = %lld WHERE id = %s;

-- Whom an owner stands for, as far as they may work and want mail. -------------------------------------------

-- STMT_ASSIGNED_MEMBER
-- planned once
SELECT m.id, m.email, COALESCE(m.locale, t.locale) FROM members m
JOIN partners p ON p.portal_id = m.portal_id AND p.id = m.partner_id
JOIN portals t ON t.id = m.portal_id
WHERE m.portal_id = %s AND m.id = %s AND m.partner_id = %s AND m.state = 'active' AND m.deleted_at IS NULL
    AND m.mail_assignments = 1 AND (m.valid_until IS NULL OR m.valid_until > %lld) AND {SPONSOR_STANDS}
    AND p.state = 'active' AND p.deleted_at IS NULL;

-- STMT_ASSIGNED_GROUP
-- planned once
SELECT DISTINCT m.id, m.email, COALESCE(m.locale, t.locale) FROM group_members g
JOIN groups r ON r.portal_id = g.portal_id AND r.id = g.group_id
JOIN members m ON m.portal_id = g.portal_id AND m.id = g.member_id
JOIN partners p ON p.portal_id = m.portal_id AND p.id = m.partner_id
JOIN portals t ON t.id = m.portal_id
WHERE g.portal_id = %s AND g.group_id = %s AND r.deleted_at IS NULL AND m.partner_id = %s AND m.state = 'active'
    AND m.deleted_at IS NULL AND m.mail_assignments = 1 AND (m.valid_until IS NULL OR m.valid_until > %lld) AND {SPONSOR_STANDS}
    AND p.state = 'active' AND p.deleted_at IS NULL
ORDER BY m.id
LIMIT %lld;

-- STMT_ASSIGNED_PARTNER
-- planned once
SELECT m.id, m.email, COALESCE(m.locale, t.locale) FROM members m
JOIN partners p ON p.portal_id = m.portal_id AND p.id = m.partner_id
JOIN portals t ON t.id = m.portal_id
WHERE m.portal_id = %s AND m.partner_id = %s AND m.state = 'active' AND m.deleted_at IS NULL
    AND m.mail_assignments = 1 AND (m.valid_until IS NULL OR m.valid_until > %lld) AND {SPONSOR_STANDS}
    AND p.state = 'active' AND p.deleted_at IS NULL
ORDER BY m.id
LIMIT %lld;

-- STMT_ASSIGNED_HOST_USER
-- planned once
SELECT u.id, u.email, COALESCE(u.locale, (SELECT s.locale FROM settings s)) FROM host_users u
WHERE u.id = %s AND u.state = 'active' AND u.deleted_at IS NULL AND u.mail_assignments = 1;

-- STMT_ASSIGNED_HOST_GROUP
-- planned once
SELECT u.id, u.email, COALESCE(u.locale, (SELECT s.locale FROM settings s)) FROM host_group_users g
JOIN host_groups r ON r.id = g.group_id
JOIN host_users u ON u.id = g.user_id
WHERE g.group_id = %s AND r.deleted_at IS NULL AND u.state = 'active' AND u.deleted_at IS NULL
    AND u.mail_assignments = 1
ORDER BY u.id
LIMIT %lld;

-- STMT_ASSIGNMENT_OPEN
-- planned once
-- Is the form still a current one of an instance that is there, whose process its partner still holds by its share?
SELECT i.partner_id FROM instances i
JOIN grants g ON g.portal_id = i.portal_id AND g.partner_id = i.partner_id AND g.share_id = i.share_id
JOIN shares s ON s.id = i.share_id
JOIN share_processes h ON h.share_id = g.share_id AND h.number = g.revision AND h.process_id = i.process_id
JOIN processes p ON p.id = i.process_id AND p.deleted_at IS NULL
WHERE i.portal_id = %s AND i.id = %s AND i.state <> 'completed' AND i.deleted_at IS NULL
    AND EXISTS (SELECT 1 FROM instance_owners o WHERE o.portal_id = i.portal_id AND o.instance_id = i.id AND o.form = %lld
        AND o.is_current = 1)
    AND g.revision > 0 AND s.deleted_at IS NULL;

-- STMT_ASSIGNMENT_OWNERS
-- planned once
SELECT o.kind, o.principal_id, o.form, o.since FROM instance_owners o
WHERE o.portal_id = %s AND o.instance_id = %s AND o.is_current = 1;

-- STMT_MEMBER_WANTS_MAIL
SELECT m.mail_assignments FROM members m WHERE m.portal_id = %s AND m.id = %s;

-- STMT_MEMBER_WANTS_MAIL_SET
UPDATE members SET mail_assignments = %lld WHERE portal_id = %s AND id = %s;

-- STMT_HOST_USER_WANTS_MAIL
SELECT u.mail_assignments FROM host_users u WHERE u.id = %s;

-- STMT_HOST_USER_WANTS_MAIL_SET
UPDATE host_users SET mail_assignments = %lld WHERE id = %s;

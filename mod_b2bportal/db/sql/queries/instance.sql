-- SPDX-License-Identifier: Apache-2.0
-- One instance: its row with the names it is shown with, its owners, its history. Lists: instance_walk.sql and others.

-- STMT_INSTANCE_SELECT
-- planned once
SELECT i.portal_id, p.technical_name, p.name, i.id, i.partner_id, a.name, i.share_id, i.process_id, i.process_version,
    i.number, i.reference, i.state, i.status, i.current_form, i.values_json, i.created_by, i.created_by_name,
    c.first_name, c.last_name, c.email, i.modified_by_kind, i.modified_by, i.modified_by_name, m.first_name, m.last_name,
    m.email, h.first_name, h.last_name, h.email, i.version, i.created_at, i.modified_at, i.completed_at,
    i.created_by_kind, b.first_name, b.last_name, b.email, i.submitted_ahead,
    (SELECT COUNT(*) FROM instance_comments q WHERE q.portal_id = i.portal_id AND q.instance_id = i.id)
FROM instances i
JOIN portals p ON p.id = i.portal_id
JOIN partners a ON a.portal_id = i.portal_id AND a.id = i.partner_id
LEFT JOIN members c ON c.portal_id = i.portal_id AND c.id = i.created_by_member
LEFT JOIN host_users b ON b.id = i.created_by_host_user
LEFT JOIN members m ON m.portal_id = i.portal_id AND m.id = i.modified_by
LEFT JOIN host_users h ON h.id = i.modified_by
WHERE i.portal_id = %s AND i.id = %s AND i.deleted_at IS NULL;

-- STMT_INSTANCE_ROWS
-- planned once
-- Many: the n-th one's portal and id begin at n times 72.
WITH RECURSIVE n(ix) AS (SELECT 0 UNION ALL SELECT ix + 1 FROM n WHERE ix + 1 < %lld),
wanted(portal_id, id) AS (SELECT substr(%s, ix * 72 + 1, 36), substr(%s, ix * 72 + 37, 36) FROM n)
SELECT i.portal_id, p.technical_name, p.name, i.id, i.partner_id, a.name, i.share_id, i.process_id, i.process_version,
    i.number, i.reference, i.state, i.status, i.current_form, i.values_json, i.created_by, i.created_by_name,
    c.first_name, c.last_name, c.email, i.modified_by_kind, i.modified_by, i.modified_by_name, m.first_name, m.last_name,
    m.email, h.first_name, h.last_name, h.email, i.version, i.created_at, i.modified_at, i.completed_at,
    i.created_by_kind, b.first_name, b.last_name, b.email, i.submitted_ahead
FROM wanted w
JOIN instances i ON i.portal_id = w.portal_id AND i.id = w.id
JOIN portals p ON p.id = i.portal_id
JOIN partners a ON a.portal_id = i.portal_id AND a.id = i.partner_id
LEFT JOIN members c ON c.portal_id = i.portal_id AND c.id = i.created_by_member
LEFT JOIN host_users b ON b.id = i.created_by_host_user
LEFT JOIN members m ON m.portal_id = i.portal_id AND m.id = i.modified_by
LEFT JOIN host_users h ON h.id = i.modified_by
WHERE i.deleted_at IS NULL;

-- STMT_INSTANCE_PLAIN_ROWS
-- Some of one portal without the names that they are shown with, for who looks at many and shows none of them.
SELECT i.id, i.partner_id, i.share_id, i.process_id, i.process_version, i.reference, i.state, i.status, i.current_form,
    i.values_json, i.created_by_kind, i.created_by, i.created_at, i.modified_at, i.submitted_ahead
FROM instances i
WHERE i.portal_id = %s AND i.id IN (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s,
        %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
    AND i.deleted_at IS NULL;

-- STMT_INSTANCE_VERSION
-- planned once
SELECT i.version FROM instances i WHERE i.portal_id = %s AND i.id = %s AND i.deleted_at IS NULL;

-- STMT_INSTANCE_SECURITY
-- Of the version that the partner's revision names; where it names none, of the newest published one.
SELECT v.security FROM instances i
JOIN processes p ON p.id = i.process_id
LEFT JOIN grants g ON g.portal_id = i.portal_id AND g.partner_id = i.partner_id AND g.share_id = i.share_id
    AND g.revision > 0
LEFT JOIN share_processes s ON s.share_id = g.share_id AND s.number = g.revision AND s.process_id = i.process_id
JOIN process_versions v ON v.process_id = i.process_id AND v.major = COALESCE(s.process_version, p.published)
    AND v.minor = 0
WHERE i.portal_id = %s AND i.id = %s;

-- STMT_INSTANCE_DOCUMENT
-- planned once
SELECT v.document, p.name FROM process_versions v
JOIN processes p ON p.id = v.process_id
WHERE v.process_id = %s AND v.major = %lld AND v.minor = 0;

-- STMT_INSTANCE_DOCUMENTS
SELECT v.major, v.document FROM process_versions v
WHERE v.process_id = %s AND v.minor = 0 AND v.major <= %lld
ORDER BY v.major DESC;

-- STMT_INSTANCE_NUMBER
-- planned once
INSERT INTO instance_numbers (portal_id, partner_id, process_id, next) VALUES (%s, %s, %s, 2)
ON CONFLICT (portal_id, partner_id, process_id) DO UPDATE SET next = instance_numbers.next + 1
RETURNING next - 1;

-- STMT_INSTANCE_INSERT
-- planned once
INSERT INTO instances (portal_id, id, partner_id, share_id, process_id, process_version, number, reference,
    reference_folded, search_folded, state, status, current_form, submitted_ahead, values_json, created_by_kind,
    created_by, created_by_name, modified_by_kind, modified_by, modified_by_name, version, created_at, modified_at, completed_at)
VALUES (%s, %s, %s, %s, %s, %lld, %lld, %s, %s, %s, %s, %s, %lld, %lld, %s, %s, %s, %s, %s, %s, %s, 1, %lld, %lld, %lld);

-- STMT_INSTANCE_UPDATE
-- planned once
UPDATE instances SET state = %s, status = %s, current_form = %lld, submitted_ahead = %lld, values_json = %s,
    modified_by_kind = %s, modified_by = %s, modified_by_name = %s, modified_at = %lld, completed_at = %lld, version = version + 1
WHERE portal_id = %s AND id = %s AND version >= %lld AND version <= %lld AND deleted_at IS NULL;

-- STMT_INSTANCE_DELETE
-- planned once
UPDATE instances SET deleted_at = %lld, deleted_by_kind = %s, deleted_by = %s, version = version + 1
WHERE portal_id = %s AND id = %s AND version >= %lld AND version <= %lld AND deleted_at IS NULL;

-- STMT_INSTANCE_RESTORE
-- planned once
UPDATE instances SET deleted_at = NULL, deleted_by_kind = NULL, deleted_by = NULL, version = version + 1
WHERE portal_id = %s AND id = %s AND deleted_at IS NOT NULL;

-- Owners ----------------------------------------------------------------------------------------------------

-- STMT_INSTANCE_OWNERS
-- planned once
SELECT o.form, o.kind, o.principal_id FROM instance_owners o
WHERE o.portal_id = %s AND o.instance_id = %s AND o.kind <> 'creator' AND o.kind <> 'host_creator' AND o.kind <> 'nobody'
ORDER BY o.form, o.kind, o.principal_id;

-- STMT_INSTANCE_ROWS_OWNERS
-- planned once
-- Of many: the n-th one's portal and id begin at n times 72.
WITH RECURSIVE n(ix) AS (SELECT 0 UNION ALL SELECT ix + 1 FROM n WHERE ix + 1 < %lld),
wanted(portal_id, id) AS (SELECT substr(%s, ix * 72 + 1, 36), substr(%s, ix * 72 + 37, 36) FROM n)
SELECT o.form, o.kind, o.principal_id, o.instance_id FROM wanted w
JOIN instance_owners o ON o.portal_id = w.portal_id AND o.instance_id = w.id
WHERE o.kind <> 'creator' AND o.kind <> 'host_creator' AND o.kind <> 'nobody';

-- STMT_INSTANCE_PLAIN_OWNERS
SELECT o.form, o.kind, o.principal_id, o.instance_id FROM instance_owners o
WHERE o.portal_id = %s AND o.instance_id IN (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s,
        %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
    AND o.kind <> 'creator' AND o.kind <> 'host_creator' AND o.kind <> 'nobody';

-- STMT_INSTANCE_OWNERS_INSERT
-- planned once
-- The n-th owner begins at n times 39: the form in two digits, a letter for the kind, the id.
INSERT INTO instance_owners (portal_id, instance_id, form, kind, principal_id, partner_id, share_id, process_id,
    is_current, since)
WITH RECURSIVE n(ix) AS (SELECT 0 UNION ALL SELECT ix + 1 FROM n WHERE ix + 1 < %lld),
owners(form, kind, id) AS (SELECT CAST(substr(%s, ix * 39 + 1, 2) AS BIGINT), substr(%s, ix * 39 + 3, 1),
    substr(%s, ix * 39 + 4, 36) FROM n)
SELECT %s, %s, w.form, CASE w.kind WHEN 'c' THEN 'creator' WHEN 'b' THEN 'host_creator' WHEN 'm' THEN 'member' WHEN 'g' THEN 'group'
    WHEN 'p' THEN 'partner' WHEN 'u' THEN 'host_user' WHEN 'h' THEN 'host_group' ELSE 'nobody' END,
    CASE w.kind WHEN 'n' THEN 'nobody' ELSE w.id END, %s, %s, %s,
    CASE WHEN w.form >= %lld AND w.form < %lld AND w.kind NOT IN ('b', 'c') THEN 1 ELSE 0 END, %lld
FROM owners w
WHERE 1 = 1
ON CONFLICT (portal_id, instance_id, form, kind, principal_id) DO NOTHING;

-- STMT_INSTANCE_OWNERS_TURN
-- planned once
-- Those of the forms from one up to another, without it, have the turn, and nobody else has.
UPDATE instance_owners SET since = CASE WHEN form >= %lld AND form < %lld THEN %lld ELSE since END,
    is_current = CASE WHEN form >= %lld AND form < %lld AND kind NOT IN ('creator', 'host_creator') THEN 1 ELSE 0 END
WHERE portal_id = %s AND instance_id = %s AND (is_current = 1 OR (form >= %lld AND form < %lld));

-- STMT_INSTANCE_OWNERS_DONE
-- planned once
-- The form is submitted; others of its step are not.
UPDATE instance_owners SET is_current = 0
WHERE portal_id = %s AND instance_id = %s AND form = %lld AND is_current = 1;

-- STMT_INSTANCE_OWNERS_DELETE
-- planned once
DELETE FROM instance_owners
WHERE portal_id = %s AND instance_id = %s AND form = %lld AND kind NOT IN ('creator', 'host_creator');

-- STMT_INSTANCE_OWNERS_FOUND
-- planned once
-- Somebody was found for a form that had nobody.
DELETE FROM instance_owners WHERE portal_id = %s AND instance_id = %s AND form = %lld AND kind = 'nobody';

-- STMT_INSTANCE_OWNERS_DROP
-- planned once
DELETE FROM instance_owners
WHERE portal_id = %s AND instance_id = %s AND form = %lld AND kind = %s AND principal_id = %s;

-- STMT_INSTANCE_OWNERS_NOBODY
-- planned once
-- The form has the turn, and waits under "nobody" where none of its owners is still there.
INSERT INTO instance_owners (portal_id, instance_id, form, kind, principal_id, partner_id, share_id, process_id,
    is_current, since)
SELECT %s, %s, %lld, 'nobody', 'nobody', %s, %s, %s, 1, %lld
WHERE NOT EXISTS (SELECT 1 FROM instance_owners o
    WHERE o.portal_id = %s AND o.instance_id = %s AND o.form = %lld AND (o.kind = 'partner'
    OR (o.kind = 'member' AND EXISTS (SELECT 1 FROM members m
        WHERE m.portal_id = o.portal_id AND m.id = o.principal_id AND m.deleted_at IS NULL))
    OR (o.kind = 'group' AND EXISTS (SELECT 1 FROM groups g
        WHERE g.portal_id = o.portal_id AND g.id = o.principal_id AND g.deleted_at IS NULL))
    OR (o.kind = 'host_user' AND EXISTS (SELECT 1 FROM host_users u
        WHERE u.id = o.principal_id AND u.deleted_at IS NULL))
    OR (o.kind = 'host_group' AND EXISTS (SELECT 1 FROM host_groups q
        WHERE q.id = o.principal_id AND q.deleted_at IS NULL))))
ON CONFLICT (portal_id, instance_id, form, kind, principal_id) DO NOTHING;

-- STMT_INSTANCE_STUCK
SELECT 1 FROM instance_owners o
WHERE o.portal_id = %s AND o.instance_id = %s AND o.form = %lld AND o.kind = 'nobody';

-- PART MAY_COME
-- A member of the instance's partner who has access now, or will have it by accepting an invitation (S3).
m.partner_id = w.partner_id AND m.deleted_at IS NULL AND m.state <> 'suspended'
    AND (m.valid_until IS NULL OR m.valid_until > %lld) AND {SPONSOR_STANDS}
    AND EXISTS (SELECT 1 FROM partners p WHERE p.portal_id = m.portal_id AND p.id = m.partner_id AND p.state <> 'suspended'
        AND p.deleted_at IS NULL)

-- STMT_INSTANCE_STUCK_FORMS
-- planned once
-- The current forms none of whose owners can work on them. Each kind by the index that finds the owner at once.
SELECT DISTINCT o.form FROM instance_owners o
WHERE o.portal_id = %s AND o.instance_id = %s AND o.is_current = 1 AND NOT EXISTS (SELECT 1 FROM instance_owners w
    WHERE w.portal_id = o.portal_id AND w.instance_id = o.instance_id AND w.form = o.form AND w.is_current = 1 AND (
    (w.kind = 'member' AND EXISTS (SELECT 1 FROM members m
        WHERE m.portal_id = w.portal_id AND m.id = w.principal_id AND {MAY_COME}))
    OR (w.kind = 'partner' AND EXISTS (SELECT 1 FROM members m WHERE m.portal_id = w.portal_id AND {MAY_COME}))
    OR (w.kind = 'group' AND EXISTS (SELECT 1 FROM groups r
        JOIN group_members g ON g.portal_id = r.portal_id AND g.group_id = r.id
        JOIN members m ON m.portal_id = g.portal_id AND m.id = g.member_id
        WHERE r.portal_id = w.portal_id AND r.id = w.principal_id AND r.deleted_at IS NULL AND {MAY_COME}))
    OR (w.kind = 'host_user' AND EXISTS (SELECT 1 FROM host_users u
        WHERE u.id = w.principal_id AND u.state <> 'suspended' AND u.deleted_at IS NULL))
    OR (w.kind = 'host_group' AND EXISTS (SELECT 1 FROM host_group_users g
        JOIN host_groups r ON r.id = g.group_id AND r.deleted_at IS NULL
        JOIN host_users u ON u.id = g.user_id AND u.state <> 'suspended' AND u.deleted_at IS NULL
        WHERE g.group_id = w.principal_id))));

-- STMT_INSTANCE_GRANT_GROUPS
-- planned once
SELECT b.name_folded, b.group_id FROM grant_groups b
JOIN groups g ON g.portal_id = b.portal_id AND g.id = b.group_id AND g.deleted_at IS NULL
WHERE b.portal_id = %s AND b.partner_id = %s AND b.share_id = %s;

-- Values and history ------------------------------------------------------------------------------------------

-- STMT_INSTANCE_VALUES_DELETE
-- planned once
-- Of the fields in a list with commas around each.
DELETE FROM instance_values
WHERE portal_id = %s AND instance_id = %s AND %s LIKE '%%,' || replace(field, '_', '!_') || ',%%' ESCAPE '!';

-- STMT_INSTANCE_VALUES_INSERT
-- planned once
INSERT INTO instance_values (portal_id, instance_id, field, value_key, is_sort, form, partner_id, share_id, process_id)
SELECT %s, %s, x.field, x.value_key, x.is_sort, x.form, %s, %s, %s
FROM (SELECT %s AS field, %s AS value_key, %lld AS is_sort, %lld AS form
    UNION ALL SELECT %s, %s, %lld, %lld UNION ALL SELECT %s, %s, %lld, %lld UNION ALL SELECT %s, %s, %lld, %lld
    UNION ALL SELECT %s, %s, %lld, %lld UNION ALL SELECT %s, %s, %lld, %lld UNION ALL SELECT %s, %s, %lld, %lld
    UNION ALL SELECT %s, %s, %lld, %lld) x
WHERE x.field <> ''
ON CONFLICT (portal_id, instance_id, field, value_key) DO NOTHING;

-- STMT_INSTANCE_CHANGE_INSERT
-- planned once
INSERT INTO instance_changes (portal_id, instance_id, id, at, actor_kind, actor_id, actor_name, act, form, changes)
VALUES (%s, %s, %s, %lld, %s, %s, %s, %s, %lld, %s);

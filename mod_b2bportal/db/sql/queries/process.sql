-- SPDX-License-Identifier: Apache-2.0
-- Processes of the host: the draft, saved versions, administrators, images.
--
-- A share names a process if its draft, its newest revision or one that a partner holds does.

-- PART PROCESS_COLUMNS
p.id, p.name, p.title, p.description, p.form_count, p.category, p.major, p.minor, p.published, p.published_at,
    p.draft_changed,
    (SELECT COUNT(DISTINCT sp.share_id) FROM share_processes sp
        JOIN shares s ON s.id = sp.share_id AND s.deleted_at IS NULL
        WHERE sp.process_id = p.id AND (sp.number = 0 OR sp.number = s.revision
            OR EXISTS (SELECT 1 FROM grants g JOIN partners n ON n.portal_id = g.portal_id AND n.id = g.partner_id
                AND n.deleted_at IS NULL WHERE g.share_id = s.id AND g.revision = sp.number))),
    p.version, p.created_at, p.modified_at

-- PART ADMINISTERED
-- By the host user who is given, in person or in a group; by anybody where none is.
AND (%s = '' OR EXISTS (SELECT 1 FROM process_administrators a WHERE a.process_id = p.id
        AND ((a.kind = 'host_user' AND a.principal_id = %s) OR (a.kind = 'host_group' AND EXISTS (
            SELECT 1 FROM host_group_users gu JOIN host_groups hg ON hg.id = gu.group_id AND hg.deleted_at IS NULL
            WHERE gu.group_id = a.principal_id AND gu.user_id = %s)))))

-- STMT_PROCESS_SELECT
-- across portals: a process is the host's; the shares that name it are counted.
SELECT {PROCESS_COLUMNS},
    (SELECT COUNT(*) FROM (SELECT 1 FROM instances i WHERE i.process_id = p.id AND i.deleted_at IS NULL
        LIMIT 1000) x),
    (SELECT COUNT(DISTINCT sp.share_id) FROM share_processes sp
        JOIN shares s ON s.id = sp.share_id AND s.deleted_at IS NULL
        WHERE sp.process_id = p.id AND sp.number > 0 AND sp.number = s.revision
            AND sp.process_version < p.published),
    p.document
FROM processes p WHERE p.id = %s AND p.deleted_at IS NULL;

-- STMT_PROCESS_SELECT_ITEM
-- across portals: a process is the host's; the shares that name it are counted.
SELECT {PROCESS_COLUMNS}
FROM processes p WHERE p.id = %s AND p.deleted_at IS NULL;

-- STMT_PROCESS_LIST_{TITLE|CHANGED}_{UP|DOWN}
-- across portals: a process is the host's; the shares that name it are counted.
SELECT {PROCESS_COLUMNS},
    p.{TITLE:title_folded|modified_at}
FROM processes p
WHERE p.deleted_at IS NULL
    AND (p.{TITLE:title_folded|modified_at}, p.id) {UP:>|<}
      (COALESCE({TITLE:%s|CAST(%s AS BIGINT)}, (SELECT {UP:MIN|MAX}(x.{TITLE:title_folded|modified_at}) FROM processes x)), %s)
    AND (%s = '' OR p.category_folded = %s)
    AND (%lld = 0 OR p.published > 0)
    {ADMINISTERED}
    AND (%s = '' OR p.title_folded LIKE %s ESCAPE '!' OR p.name LIKE %s ESCAPE '!')
ORDER BY p.{TITLE:title_folded|modified_at}{UP:| DESC}, p.id{UP:| DESC}
LIMIT %lld;

-- STMT_PROCESS_CATEGORIES
SELECT MIN(p.category) FROM processes p
WHERE p.deleted_at IS NULL AND p.category_folded > ''
    {ADMINISTERED}
GROUP BY p.category_folded
ORDER BY p.category_folded
LIMIT %lld;

-- STMT_PROCESS_TAKEN
SELECT id FROM processes WHERE name = %s AND deleted_at IS NULL;

-- STMT_PROCESS_VERSION
SELECT version FROM processes WHERE id = %s AND deleted_at IS NULL;

-- STMT_PROCESS_INSERT
INSERT INTO processes (id, name, title, title_folded, description, form_count, category, category_folded, document,
    major, minor, published, draft_changed, version, created_at, modified_at)
VALUES (%s, %s, %s, %s, %s, %lld, %s, %s, %s, 0, 1, 0, 1, 1, %lld, %lld);

-- STMT_PROCESS_UPDATE
UPDATE processes SET name = %s, title = %s, title_folded = %s, description = %s, form_count = %lld, category = %s,
    category_folded = %s, document = %s, minor = %lld, draft_changed = %lld, version = version + 1,
    modified_at = %lld
WHERE id = %s AND version = %lld AND deleted_at IS NULL;

-- STMT_PROCESS_PUBLISH
UPDATE processes SET major = published + 1, minor = 0, published = published + 1, published_at = %lld,
    draft_changed = 0, version = version + 1, modified_at = %lld
WHERE id = %s AND version = %lld AND deleted_at IS NULL;

-- STMT_PROCESS_DELETE
UPDATE processes SET version = version + 1, modified_at = %lld, deleted_at = %lld, deleted_by = %s
WHERE id = %s AND version >= %lld AND version <= %lld AND deleted_at IS NULL;

-- STMT_PROCESS_DELETED
SELECT name, deleted_at FROM processes WHERE id = %s AND deleted_at IS NOT NULL;

-- STMT_PROCESS_RESTORE
UPDATE processes SET version = version + 1, modified_at = %lld, deleted_at = NULL, deleted_by = NULL
WHERE id = %s AND deleted_at = %lld;

-- STMT_PROCESS_IMPACT
-- across portals: what names a process, everywhere.
SELECT (SELECT COUNT(DISTINCT sp.share_id) FROM share_processes sp
        JOIN shares s ON s.id = sp.share_id AND s.deleted_at IS NULL
        WHERE sp.process_id = p.id AND (sp.number = 0 OR sp.number = s.revision
            OR EXISTS (SELECT 1 FROM grants g JOIN partners n ON n.portal_id = g.portal_id AND n.id = g.partner_id
                AND n.deleted_at IS NULL WHERE g.share_id = s.id AND g.revision = sp.number))),
    (SELECT COUNT(DISTINCT g.portal_id || g.partner_id) FROM share_processes sp
        JOIN shares s ON s.id = sp.share_id AND s.deleted_at IS NULL
        JOIN grants g ON g.share_id = s.id AND g.revision = sp.number
        JOIN partners n ON n.portal_id = g.portal_id AND n.id = g.partner_id AND n.deleted_at IS NULL
        JOIN portals t ON t.id = g.portal_id AND t.deleted_at IS NULL
        WHERE sp.process_id = p.id AND sp.number > 0),
    (SELECT COUNT(*) FROM (SELECT 1 FROM instances i WHERE i.process_id = p.id AND i.deleted_at IS NULL
        LIMIT 1000) x)
FROM processes p WHERE p.id = %s AND p.deleted_at IS NULL;

-- STMT_PROCESS_ADMINISTRATORS
-- Of a deleted process, too: they answer for its instances. Without those who are gone.
SELECT a.kind, a.principal_id, COALESCE(u.first_name, ''), COALESCE(u.last_name, ''), COALESCE(u.email, g.name)
FROM process_administrators a
LEFT JOIN host_users u ON a.kind = 'host_user' AND u.id = a.principal_id AND u.deleted_at IS NULL
LEFT JOIN host_groups g ON a.kind = 'host_group' AND g.id = a.principal_id AND g.deleted_at IS NULL
WHERE a.process_id = %s AND (u.id IS NOT NULL OR g.id IS NOT NULL)
ORDER BY a.kind DESC, a.principal_id;

-- STMT_PROCESS_ADMINISTERED
-- Deleted processes, too: their instances are still there.
SELECT a.process_id FROM process_administrators a
WHERE a.kind = 'host_user' AND a.principal_id = %s
UNION
SELECT a.process_id FROM host_group_users gu
JOIN host_groups g ON g.id = gu.group_id AND g.deleted_at IS NULL
JOIN process_administrators a ON a.kind = 'host_group' AND a.principal_id = gu.group_id
WHERE gu.user_id = %s
ORDER BY 1;

-- STMT_PROCESS_ADMINISTRATORS_DELETE
DELETE FROM process_administrators WHERE process_id = %s;

-- STMT_PROCESS_ADMINISTRATOR_INSERT
INSERT INTO process_administrators (process_id, kind, principal_id) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING;

-- STMT_PROCESS_HOST_USER
SELECT id FROM host_users WHERE id = %s AND deleted_at IS NULL;

-- STMT_PROCESS_HOST_GROUP
SELECT id FROM host_groups WHERE id = %s AND deleted_at IS NULL;

-- STMT_PROCESS_DOCUMENT
-- Of a deleted process, too.
SELECT document FROM process_versions WHERE process_id = %s AND major = %lld AND minor = 0;

-- STMT_PROCESS_SECURITY
SELECT security FROM process_versions WHERE process_id = %s AND major = %lld AND minor = 0;

-- STMT_PROCESS_SECURED
-- The published versions with security; the texts of all others begin so.
SELECT 1 FROM process_versions WHERE process_id = %s AND minor = 0 AND security NOT LIKE '{"mode":"off",%%' LIMIT 1;

-- STMT_PROCESS_VERSION_SAME
-- Does a version say the same as a document?
SELECT 1 FROM process_versions WHERE process_id = %s AND major = %lld AND minor = %lld AND document = %s;

-- STMT_PROCESS_VERSION_INSERT
INSERT INTO process_versions (process_id, major, minor, document, security, first_owners, saved_by, saved_at)
VALUES (%s, %lld, %lld, %s, %s, %s, %s, %lld);

-- STMT_PROCESS_VERSION_SELECT
-- across portals: a process is the host's; the shares that name the version are counted.
SELECT v.major, v.minor, v.saved_at, v.saved_by, h.first_name, h.last_name, h.email,
    (SELECT COUNT(DISTINCT sp.share_id) FROM share_processes sp
        JOIN shares s ON s.id = sp.share_id AND s.deleted_at IS NULL AND s.revision = sp.number
        WHERE sp.process_id = v.process_id AND sp.number > 0 AND sp.process_version = v.major AND v.minor = 0),
    v.document
FROM process_versions v
LEFT JOIN host_users h ON h.id = v.saved_by
WHERE v.process_id = %s AND v.major = %lld AND v.minor = %lld;

-- STMT_PROCESS_VERSION_LIST
-- across portals: a process is the host's; the shares that name the version are counted.
SELECT v.major, v.minor, v.saved_at, v.saved_by, h.first_name, h.last_name, h.email,
    (SELECT COUNT(DISTINCT sp.share_id) FROM share_processes sp
        JOIN shares s ON s.id = sp.share_id AND s.deleted_at IS NULL AND s.revision = sp.number
        WHERE sp.process_id = v.process_id AND sp.number > 0 AND sp.process_version = v.major AND v.minor = 0)
FROM process_versions v
LEFT JOIN host_users h ON h.id = v.saved_by
WHERE v.process_id = %s AND (v.major, v.minor) < (%lld, %lld) AND (%lld = 0 OR v.minor = 0)
ORDER BY v.major DESC, v.minor DESC
LIMIT %lld;

-- STMT_PROCESS_VERSIONS_FORGET
-- Drafts between two publications that are too old to keep.
DELETE FROM process_versions WHERE process_id = %s AND major = %lld AND minor > 0 AND minor <= %lld;

-- STMT_PROCESS_IMAGES_FORGET
DELETE FROM process_images WHERE process_id = %s AND major = %lld AND minor > 0 AND minor <= %lld;

-- STMT_PROCESS_IMAGE_INSERT
INSERT INTO process_images (process_id, major, minor, file)
SELECT CAST(%s AS TEXT), CAST(%lld AS BIGINT), CAST(%lld AS BIGINT), i.file FROM images i WHERE i.file = %s
ON CONFLICT DO NOTHING;

-- STMT_PROCESS_IMAGES_PUBLISH
INSERT INTO process_images (process_id, major, minor, file)
SELECT i.process_id, CAST(%lld AS BIGINT), 0, i.file FROM process_images i
WHERE i.process_id = %s AND i.major = %lld AND i.minor = %lld
ON CONFLICT DO NOTHING;

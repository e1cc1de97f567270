-- SPDX-License-Identifier: Apache-2.0
-- The bin (S16): what was deleted, newest first. What was deleted for good but is still referred to has a
-- deleted_at of long ago and is not listed.

-- STMT_BIN_PROCESSES
SELECT p.id, p.title, p.deleted_at, p.deleted_by, h.first_name, h.last_name, h.email
FROM processes p
LEFT JOIN host_users h ON h.id = p.deleted_by
WHERE p.deleted_at IS NOT NULL AND p.deleted_at > %lld AND (p.deleted_at, p.id) < (%lld, %s)
    AND (%s = '' OR p.title_folded LIKE %s ESCAPE '!')
ORDER BY p.deleted_at DESC, p.id DESC
LIMIT %lld;

-- STMT_BIN_PROCESS
SELECT p.id, p.title, p.deleted_at, p.deleted_by, h.first_name, h.last_name, h.email
FROM processes p
LEFT JOIN host_users h ON h.id = p.deleted_by
WHERE p.deleted_at IS NOT NULL AND p.deleted_at > %lld AND p.id = %s;

-- STMT_BIN_SHARES
SELECT s.id, s.title, s.deleted_at, s.deleted_by, h.first_name, h.last_name, h.email
FROM shares s
LEFT JOIN host_users h ON h.id = s.deleted_by
WHERE s.deleted_at IS NOT NULL AND s.deleted_at > %lld AND (s.deleted_at, s.id) < (%lld, %s)
    AND (%s = '' OR s.title_folded LIKE %s ESCAPE '!')
ORDER BY s.deleted_at DESC, s.id DESC
LIMIT %lld;

-- STMT_BIN_SHARE
SELECT s.id, s.title, s.deleted_at, s.deleted_by, h.first_name, h.last_name, h.email
FROM shares s
LEFT JOIN host_users h ON h.id = s.deleted_by
WHERE s.deleted_at IS NOT NULL AND s.deleted_at > %lld AND s.id = %s;

-- STMT_BIN_DASHBOARDS
SELECT d.id, d.title, d.deleted_at, d.deleted_by, h.first_name, h.last_name, h.email
FROM dashboards d
LEFT JOIN host_users h ON h.id = d.deleted_by
WHERE d.deleted_at IS NOT NULL AND d.deleted_at > %lld AND (d.deleted_at, d.id) < (%lld, %s)
    AND (%s = '' OR d.title_folded LIKE %s ESCAPE '!')
ORDER BY d.deleted_at DESC, d.id DESC
LIMIT %lld;

-- STMT_BIN_DASHBOARD
SELECT d.id, d.title, d.deleted_at, d.deleted_by, h.first_name, h.last_name, h.email
FROM dashboards d
LEFT JOIN host_users h ON h.id = d.deleted_by
WHERE d.deleted_at IS NOT NULL AND d.deleted_at > %lld AND d.id = %s;

-- STMT_BIN_INSTANCES
-- across portals: the host's bin has those of all of them.
SELECT i.id, i.reference, i.deleted_at, i.deleted_by, COALESCE(h.first_name, m.first_name),
    COALESCE(h.last_name, m.last_name), COALESCE(h.email, m.email), i.portal_id, t.technical_name, n.name
FROM instances i
JOIN portals t ON t.id = i.portal_id
JOIN partners n ON n.portal_id = i.portal_id AND n.id = i.partner_id
LEFT JOIN host_users h ON i.deleted_by_kind = 'host_user' AND h.id = i.deleted_by
LEFT JOIN members m ON i.deleted_by_kind = 'member' AND m.portal_id = i.portal_id AND m.id = i.deleted_by
WHERE i.deleted_at IS NOT NULL AND i.deleted_at > %lld AND (i.deleted_at, i.id) < (%lld, %s)
    AND (%s = '' OR i.reference_folded LIKE %s ESCAPE '!')
ORDER BY i.deleted_at DESC, i.id DESC
LIMIT %lld;

-- STMT_BIN_INSTANCE
-- across portals: an id of the bin does not say whose it is.
SELECT i.id, i.reference, i.deleted_at, i.deleted_by, COALESCE(h.first_name, m.first_name),
    COALESCE(h.last_name, m.last_name), COALESCE(h.email, m.email), i.portal_id, t.technical_name, n.name
FROM instances i
JOIN portals t ON t.id = i.portal_id
JOIN partners n ON n.portal_id = i.portal_id AND n.id = i.partner_id
LEFT JOIN host_users h ON i.deleted_by_kind = 'host_user' AND h.id = i.deleted_by
LEFT JOIN members m ON i.deleted_by_kind = 'member' AND m.portal_id = i.portal_id AND m.id = i.deleted_by
WHERE i.deleted_at IS NOT NULL AND i.deleted_at > %lld AND i.id = %s;

-- STMT_BIN_SHARE_PARENT
-- across portals: the first process of a share's newest revision, or of one that is held, that is deleted itself.
SELECT p.title FROM share_processes sp
JOIN shares s ON s.id = sp.share_id
JOIN processes p ON p.id = sp.process_id AND p.deleted_at IS NOT NULL
WHERE sp.share_id = %s AND sp.number > 0 AND (sp.number = s.revision
    OR EXISTS (SELECT 1 FROM grants g WHERE g.share_id = sp.share_id AND g.revision = sp.number))
ORDER BY p.title LIMIT 1;

-- STMT_BIN_INSTANCE_PARENT
SELECT CASE WHEN t.deleted_at IS NOT NULL THEN 'portal' ELSE 'partner' END FROM instances i
JOIN portals t ON t.id = i.portal_id
JOIN partners n ON n.portal_id = i.portal_id AND n.id = i.partner_id
WHERE i.portal_id = %s AND i.id = %s AND (t.deleted_at IS NOT NULL OR n.deleted_at IS NOT NULL);

-- For good ---------------------------------------------------------------------------------------------

-- STMT_BIN_PROCESS_END
-- No longer in the bin; removed as soon as nothing refers to it.
UPDATE processes SET deleted_at = 1 WHERE id = %s AND deleted_at IS NOT NULL;

-- STMT_BIN_PROCESS_END_ALL
UPDATE processes SET deleted_at = 1 WHERE deleted_at IS NOT NULL AND deleted_at > 1;

-- STMT_BIN_SHARE_END
-- No longer in the bin; removed as soon as nothing refers to it.
UPDATE shares SET deleted_at = 1 WHERE id = %s AND deleted_at IS NOT NULL;

-- STMT_BIN_SHARE_END_ALL
UPDATE shares SET deleted_at = 1 WHERE deleted_at IS NOT NULL AND deleted_at > 1;

-- STMT_BIN_DASHBOARD_END
-- No longer in the bin; removed as soon as nothing refers to it.
UPDATE dashboards SET deleted_at = 1 WHERE id = %s AND deleted_at IS NOT NULL;

-- STMT_BIN_DASHBOARD_END_ALL
UPDATE dashboards SET deleted_at = 1 WHERE deleted_at IS NOT NULL AND deleted_at > 1;

-- STMT_BIN_INSTANCE_END
UPDATE instances SET deleted_at = 1 WHERE portal_id = %s AND id = %s AND deleted_at IS NOT NULL;

-- STMT_BIN_INSTANCE_END_ALL
-- across portals: the whole bin.
UPDATE instances SET deleted_at = 1 WHERE deleted_at IS NOT NULL AND deleted_at > 1;

-- STMT_BIN_INSTANCES_DUE
-- across portals: what the bin has kept long enough.
SELECT i.portal_id, i.id, i.partner_id, i.reference FROM instances i
WHERE i.deleted_at IS NOT NULL AND i.deleted_at < %lld
ORDER BY i.deleted_at, i.id LIMIT %lld;

-- STMT_BIN_INSTANCE_HOLD
-- Whoever restores it meanwhile was first.
UPDATE instances SET version = version + 1
WHERE portal_id = %s AND id = %s AND deleted_at IS NOT NULL AND deleted_at < %lld;

-- STMT_BIN_INSTANCE_USAGE
UPDATE partner_usage SET
    files = files - (SELECT COUNT(*) FROM instance_files f
        WHERE f.portal_id = partner_usage.portal_id AND f.instance_id = %s),
    bytes = bytes - (SELECT COALESCE(SUM(f.bytes), 0) FROM instance_files f
        WHERE f.portal_id = partner_usage.portal_id AND f.instance_id = %s)
WHERE portal_id = %s AND partner_id = %s;

-- STMT_BIN_INSTANCE_OWNERS_REMOVE
DELETE FROM instance_owners WHERE portal_id = %s AND instance_id = %s;

-- STMT_BIN_INSTANCE_VALUES_REMOVE
DELETE FROM instance_values WHERE portal_id = %s AND instance_id = %s;

-- STMT_BIN_INSTANCE_CHANGES_REMOVE
DELETE FROM instance_changes WHERE portal_id = %s AND instance_id = %s;

-- STMT_BIN_INSTANCE_COMMENTS_REMOVE
DELETE FROM instance_comments WHERE portal_id = %s AND instance_id = %s;

-- STMT_BIN_INSTANCE_FILES_REMOVE
DELETE FROM instance_files WHERE portal_id = %s AND instance_id = %s;

-- STMT_BIN_INSTANCE_REMOVE
DELETE FROM instances WHERE portal_id = %s AND id = %s;

-- STMT_BIN_SHARES_DUE
-- across portals: a share whose instances are gone everywhere. Its grants counted for nothing since it was deleted.
SELECT s.id, s.title FROM shares s
WHERE s.deleted_at IS NOT NULL AND s.deleted_at < %lld
    AND NOT EXISTS (SELECT 1 FROM instances i WHERE i.share_id = s.id)
ORDER BY s.deleted_at, s.id LIMIT %lld;

-- STMT_BIN_SHARE_HOLD
UPDATE shares SET version = version + 1 WHERE id = %s AND deleted_at IS NOT NULL AND deleted_at < %lld;

-- STMT_BIN_SHARE_PLACEMENT_GROUPS_REMOVE
-- across portals: what it had placed ended with it.
DELETE FROM placement_groups
WHERE (portal_id, placement_id) IN (SELECT c.portal_id, c.id FROM placements c WHERE c.share_id = %s);

-- STMT_BIN_SHARE_PLACEMENTS_REMOVE
-- across portals: what it had placed ended with it.
DELETE FROM placements WHERE share_id = %s;

-- STMT_BIN_SHARE_GRANT_GROUPS_REMOVE
-- across portals: who held it.
DELETE FROM grant_groups
WHERE (portal_id, partner_id, share_id) IN (SELECT g.portal_id, g.partner_id, g.share_id FROM grants g
    WHERE g.share_id = %s);

-- STMT_BIN_SHARE_GRANTS_REMOVE
-- across portals: who held it.
DELETE FROM grants WHERE share_id = %s;

-- STMT_BIN_SHARE_PROCESSES_REMOVE
DELETE FROM share_processes WHERE share_id = %s;

-- STMT_BIN_SHARE_DASHBOARDS_REMOVE
DELETE FROM share_dashboards WHERE share_id = %s;

-- STMT_BIN_SHARE_REVISIONS_REMOVE
DELETE FROM share_revisions WHERE share_id = %s;

-- STMT_BIN_SHARE_REMOVE
DELETE FROM shares WHERE id = %s;

-- STMT_BIN_PROCESSES_DUE
-- across portals: a process whose instances are gone everywhere, and that no share's revision names.
SELECT p.id, p.title FROM processes p
WHERE p.deleted_at IS NOT NULL AND p.deleted_at < %lld
    AND NOT EXISTS (SELECT 1 FROM share_processes sp WHERE sp.process_id = p.id)
    AND NOT EXISTS (SELECT 1 FROM instances i WHERE i.process_id = p.id AND i.deleted_at IS NULL)
    AND NOT EXISTS (SELECT 1 FROM instances i WHERE i.process_id = p.id AND i.deleted_at IS NOT NULL)
ORDER BY p.deleted_at, p.id LIMIT %lld;

-- STMT_BIN_PROCESS_HOLD
UPDATE processes SET version = version + 1 WHERE id = %s AND deleted_at IS NOT NULL AND deleted_at < %lld;

-- STMT_BIN_PROCESS_NUMBERS_REMOVE
-- across portals: nobody counts its instances any more.
DELETE FROM instance_numbers WHERE process_id = %s;

-- STMT_BIN_PROCESS_IMAGES_REMOVE
DELETE FROM process_images WHERE process_id = %s;

-- STMT_BIN_PROCESS_ADMINISTRATORS_REMOVE
DELETE FROM process_administrators WHERE process_id = %s;

-- STMT_BIN_PROCESS_VERSIONS_REMOVE
DELETE FROM process_versions WHERE process_id = %s;

-- STMT_BIN_PROCESS_REMOVE
DELETE FROM processes WHERE id = %s;

-- STMT_BIN_DASHBOARDS_DUE
SELECT d.id, d.title FROM dashboards d
WHERE d.deleted_at IS NOT NULL AND d.deleted_at < %lld
    AND NOT EXISTS (SELECT 1 FROM share_dashboards sd WHERE sd.dashboard_id = d.id)
ORDER BY d.deleted_at, d.id LIMIT %lld;

-- STMT_BIN_DASHBOARD_HOLD
UPDATE dashboards SET version = version + 1 WHERE id = %s AND deleted_at IS NOT NULL AND deleted_at < %lld;

-- STMT_BIN_DASHBOARD_PLACEMENT_GROUPS_REMOVE
-- across portals: its placements ended with it.
DELETE FROM placement_groups
WHERE (portal_id, placement_id) IN (SELECT c.portal_id, c.id FROM placements c WHERE c.dashboard_id = %s);

-- STMT_BIN_DASHBOARD_PLACEMENTS_REMOVE
-- across portals: its placements ended with it.
DELETE FROM placements WHERE dashboard_id = %s AND deleted_at IS NOT NULL;

-- STMT_BIN_DASHBOARD_IMAGES_REMOVE
DELETE FROM dashboard_images WHERE dashboard_id = %s;

-- STMT_BIN_DASHBOARD_VERSIONS_REMOVE
DELETE FROM dashboard_versions WHERE dashboard_id = %s;

-- STMT_BIN_DASHBOARD_REMOVE
DELETE FROM dashboards WHERE id = %s;

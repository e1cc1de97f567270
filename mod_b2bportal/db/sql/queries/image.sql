-- SPDX-License-Identifier: Apache-2.0
-- Images by their SHA-256.

-- STMT_IMAGE_SELECT
SELECT file, type, width, height, bytes, created_at FROM images WHERE file = %s;

-- STMT_IMAGE_INSERT
INSERT INTO images (file, type, width, height, bytes, created_at) VALUES (%s, %s, %lld, %lld, %lld, %lld)
ON CONFLICT (file) DO UPDATE SET created_at = excluded.created_at;

-- STMT_IMAGE_UNUSED
-- across portals: what no portal, partner, dashboard or process refers to.
SELECT i.file FROM images i
WHERE i.created_at < %lld
    AND NOT EXISTS (SELECT 1 FROM portals t WHERE t.logo = i.file)
    AND NOT EXISTS (SELECT 1 FROM portals t WHERE t.home_cover = i.file)
    AND NOT EXISTS (SELECT 1 FROM partners p WHERE p.logo = i.file)
    AND NOT EXISTS (SELECT 1 FROM settings s WHERE s.logo = i.file)
    AND NOT EXISTS (SELECT 1 FROM dashboard_images d WHERE d.file = i.file)
    AND NOT EXISTS (SELECT 1 FROM process_images p WHERE p.file = i.file)
ORDER BY i.created_at, i.file
LIMIT %lld;

-- STMT_IMAGE_DELETE
DELETE FROM images WHERE file = %s;

-- STMT_IMAGE_PROCESSES
-- What a partner holds of processes whose published versions show the image; the version, if it is the one held.
SELECT g.share_id, p.process_id, MAX(CASE WHEN p.major = s.process_version THEN p.major ELSE 0 END)
FROM grants g
JOIN share_processes s ON s.share_id = g.share_id AND s.number = g.revision
JOIN process_images p ON p.process_id = s.process_id
WHERE g.portal_id = %s AND g.partner_id = %s AND g.revision > 0 AND p.file = %s AND p.minor = 0
GROUP BY g.share_id, p.process_id
ORDER BY 3 DESC, 1, 2
LIMIT %lld;

-- STMT_IMAGE_INSTANCES
-- Of all that a partner has of a shared process, one that runs on a version which shows the image.
SELECT i.id FROM process_images p
CROSS JOIN instances i
WHERE i.portal_id = %s AND i.partner_id = %s AND i.share_id = %s AND i.process_id = %s AND i.deleted_at IS NULL
    AND p.process_id = i.process_id AND p.major = i.process_version AND p.minor = 0 AND p.file = %s
LIMIT %lld;

-- STMT_IMAGE_INSTANCES_MINE
-- The same of those that a member made or owns a form of; principals are packed as in instance_set.sql.
WITH RECURSIVE n(ix) AS (SELECT 0 UNION ALL SELECT ix + 1 FROM n WHERE ix + 1 < %lld),
mine(kind, id) AS (SELECT CASE substr(%s, ix * 37 + 1, 1) WHEN 'c' THEN 'creator' WHEN 'm' THEN 'member'
    WHEN 'g' THEN 'group' ELSE 'partner' END, substr(%s, ix * 37 + 2, 36) FROM n)
SELECT i.id FROM mine m
CROSS JOIN instance_owners o
JOIN instances i ON i.portal_id = o.portal_id AND i.id = o.instance_id AND i.deleted_at IS NULL
JOIN process_images p ON p.process_id = i.process_id AND p.major = i.process_version AND p.minor = 0
WHERE o.kind = m.kind AND o.principal_id = m.id AND o.portal_id = %s AND o.share_id = %s AND o.process_id = %s
    AND o.partner_id = %s AND p.file = %s
LIMIT %lld;

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

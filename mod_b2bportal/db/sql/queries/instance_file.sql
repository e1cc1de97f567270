-- SPDX-License-Identifier: Apache-2.0
-- Files of instances: their rows, what a partner's take together, and what lies in the folder.

-- STMT_INSTANCE_FILE_SELECT
-- planned once
SELECT f.portal_id, f.instance_id, f.id, f.partner_id, f.form, f.field, f.name, f.type, f.bytes, f.file, f.is_attached,
    f.uploaded_by_kind, f.uploaded_by, f.uploaded_by_name, f.created_at
FROM instance_files f
WHERE f.portal_id = %s AND f.instance_id = %s AND f.id = %s;

-- STMT_INSTANCE_FILES
-- planned once
SELECT f.portal_id, f.instance_id, f.id, f.partner_id, f.form, f.field, f.name, f.type, f.bytes, f.file, f.is_attached,
    f.uploaded_by_kind, f.uploaded_by, f.uploaded_by_name, f.created_at
FROM instance_files f
WHERE f.portal_id = %s AND f.instance_id = %s
ORDER BY f.id;

-- STMT_INSTANCE_FILE_COUNT
-- planned once
SELECT COUNT(*) FROM instance_files f
WHERE f.portal_id = %s AND f.instance_id = %s AND f.form = %lld AND f.field = %s AND f.is_attached = 0;

-- STMT_INSTANCE_FILE_INSERT
-- planned once
INSERT INTO instance_files (portal_id, instance_id, id, partner_id, form, field, name, type, bytes, file, is_attached,
    uploaded_by_kind, uploaded_by, uploaded_by_name, created_at)
VALUES (%s, %s, %s, %s, %lld, %s, %s, %s, %lld, %s, 0, %s, %s, %s, %lld);

-- STMT_INSTANCE_FILE_ATTACH
-- planned once
UPDATE instance_files SET is_attached = 1
WHERE portal_id = %s AND instance_id = %s AND id = %s AND form = %lld AND field = %s;

-- STMT_INSTANCE_FILE_DETACH
-- planned once
UPDATE instance_files SET is_attached = 0
WHERE portal_id = %s AND instance_id = %s AND id = %s;

-- STMT_INSTANCE_FILE_DELETE_LOOSE
DELETE FROM instance_files
WHERE portal_id = %s AND instance_id = %s AND id = %s AND is_attached = 0;

-- STMT_INSTANCE_FILE_LOOSE
-- across portals: tidying.
SELECT f.portal_id, f.instance_id, f.id, f.partner_id, f.bytes FROM instance_files f
WHERE f.is_attached = 0 AND f.created_at < %lld
ORDER BY f.created_at, f.portal_id, f.id
LIMIT %lld;

-- Usage -----------------------------------------------------------------------------------------------------

-- STMT_PARTNER_USAGE
SELECT u.files, u.bytes FROM partner_usage u WHERE u.portal_id = %s AND u.partner_id = %s;

-- STMT_PARTNER_USAGE_TAKE
INSERT INTO partner_usage (portal_id, partner_id, files, bytes) VALUES (%s, %s, 1, %lld)
ON CONFLICT (portal_id, partner_id) DO UPDATE
    SET files = partner_usage.files + 1, bytes = partner_usage.bytes + excluded.bytes
    WHERE partner_usage.bytes + excluded.bytes <= %lld;

-- STMT_PARTNER_USAGE_GIVE
UPDATE partner_usage SET files = files - %lld, bytes = bytes - %lld WHERE portal_id = %s AND partner_id = %s;

-- The folder ------------------------------------------------------------------------------------------------

-- STMT_STORED_FILE_PUT
INSERT INTO stored_files (file, stored_at) VALUES (%s, %lld)
ON CONFLICT (file) DO UPDATE SET stored_at = excluded.stored_at;

-- STMT_STORED_FILE_ADOPT
INSERT INTO stored_files (file, stored_at) VALUES (%s, %lld)
ON CONFLICT (file) DO NOTHING;

-- STMT_FILE_KNOWN
-- across portals: what no row of any names is tidied.
SELECT s.file FROM stored_files s WHERE s.file = %s
UNION ALL SELECT m.file FROM images m WHERE m.file = %s
UNION ALL SELECT f.file FROM instance_files f WHERE f.file = %s;

-- STMT_STORED_FILE_SELECT
SELECT s.file FROM stored_files s WHERE s.file = %s;

-- STMT_STORED_FILE_UNUSED
-- across portals: what no instance of any has.
SELECT s.file FROM stored_files s
WHERE s.stored_at < %lld AND NOT EXISTS (SELECT 1 FROM instance_files f WHERE f.file = s.file)
ORDER BY s.stored_at, s.file
LIMIT %lld;

-- STMT_STORED_FILE_DELETE
DELETE FROM stored_files WHERE file = %s AND stored_at < %lld;

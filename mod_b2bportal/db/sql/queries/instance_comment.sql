-- SPDX-License-Identifier: Apache-2.0
-- Comments of instances, and their history as it is read.

-- STMT_COMMENT_INSERT
-- planned once
INSERT INTO instance_comments (portal_id, instance_id, id, author_kind, author_id, author_name, comment, created_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %lld);

-- STMT_COMMENT_LIST
SELECT c.id, c.author_kind, c.author_id, c.author_name, c.comment, c.created_at FROM instance_comments c
WHERE c.portal_id = %s AND c.instance_id = %s AND c.id > %s
ORDER BY c.id
LIMIT %lld;

-- STMT_INSTANCE_CHANGE_LIST
SELECT c.id, c.at, c.actor_kind, c.actor_id, c.actor_name, c.act, c.form, c.changes FROM instance_changes c
WHERE c.portal_id = %s AND c.instance_id = %s AND c.id < %s
ORDER BY c.id DESC
LIMIT %lld;

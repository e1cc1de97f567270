-- SPDX-License-Identifier: Apache-2.0
-- Ctrl-K: things whose name or address has some text in it.

-- STMT_SEARCH_PORTALS
SELECT t.id, t.technical_name, t.name FROM portals t
WHERE t.deleted_at IS NULL AND (t.name_folded LIKE %s ESCAPE '!' OR t.technical_name LIKE %s ESCAPE '!')
ORDER BY t.name_folded, t.id LIMIT %lld;

-- STMT_SEARCH_PARTNERS
-- across portals: the console's search finds things of all portals.
SELECT p.id, p.name, t.id, t.technical_name, t.name FROM partners p
JOIN portals t ON t.id = p.portal_id AND t.deleted_at IS NULL
WHERE p.deleted_at IS NULL AND p.name_folded LIKE %s ESCAPE '!'
ORDER BY p.portal_id, p.name_folded LIMIT %lld;

-- STMT_SEARCH_MEMBERS
-- across portals: the console's search finds things of all portals.
SELECT m.id, m.first_name, m.last_name, m.email, t.id, t.technical_name, t.name FROM members m
JOIN portals t ON t.id = m.portal_id AND t.deleted_at IS NULL
WHERE m.deleted_at IS NULL AND (m.email_folded LIKE %s ESCAPE '!' OR m.name_folded LIKE %s ESCAPE '!')
ORDER BY m.portal_id, m.email_folded LIMIT %lld;

-- STMT_SEARCH_DASHBOARDS
SELECT d.id, d.title FROM dashboards d
WHERE d.deleted_at IS NULL AND d.title_folded LIKE %s ESCAPE '!'
ORDER BY d.title_folded, d.id LIMIT %lld;

-- STMT_SEARCH_PROCESSES
SELECT p.id, p.title, p.name FROM processes p
WHERE p.deleted_at IS NULL AND (p.title_folded LIKE %s ESCAPE '!' OR p.name LIKE %s ESCAPE '!')
    AND (%s = '' OR EXISTS (SELECT 1 FROM process_administrators a WHERE a.process_id = p.id
        AND ((a.kind = 'host_user' AND a.principal_id = %s) OR (a.kind = 'host_group' AND EXISTS (
            SELECT 1 FROM host_group_users gu JOIN host_groups hg ON hg.id = gu.group_id AND hg.deleted_at IS NULL
            WHERE gu.group_id = a.principal_id AND gu.user_id = %s)))))
ORDER BY p.title_folded, p.id LIMIT %lld;

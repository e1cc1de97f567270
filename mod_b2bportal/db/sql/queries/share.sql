-- SPDX-License-Identifier: Apache-2.0
-- Shares with their drafts and revisions (S8). Number 0 of processes and dashboards is the draft.
--
-- A share has changes that were not sent if its draft differs from the newest revision, or if a process or
-- dashboard that this revision names was published since.

-- PART SHARE_CHANGED
s.draft_changed = 1
        OR EXISTS (SELECT 1 FROM share_processes sp JOIN processes p ON p.id = sp.process_id
            WHERE sp.share_id = s.id AND sp.number = s.revision AND sp.process_version <> p.published
                AND s.revision > 0)
        OR EXISTS (SELECT 1 FROM share_dashboards sd JOIN dashboards d ON d.id = sd.dashboard_id
            WHERE sd.share_id = s.id AND sd.number = s.revision AND sd.dashboard_version <> d.published_version
                AND s.revision > 0)

-- PART SHARE_COLUMNS
s.id, s.title, s.document,
    CASE WHEN {SHARE_CHANGED}
        THEN 1 ELSE 0 END,
    s.revision, (SELECT r.made_at FROM share_revisions r WHERE r.share_id = s.id AND r.number = s.revision),
    (SELECT COUNT(*) FROM grants g
        JOIN partners p ON p.portal_id = g.portal_id AND p.id = g.partner_id AND p.deleted_at IS NULL
        JOIN portals t ON t.id = g.portal_id AND t.deleted_at IS NULL WHERE g.share_id = s.id),
    (SELECT COUNT(*) FROM grants g
        JOIN partners p ON p.portal_id = g.portal_id AND p.id = g.partner_id AND p.deleted_at IS NULL
        JOIN portals t ON t.id = g.portal_id AND t.deleted_at IS NULL
        WHERE g.share_id = s.id AND g.revision > 0),
    (SELECT COUNT(*) FROM grants g
        JOIN partners p ON p.portal_id = g.portal_id AND p.id = g.partner_id AND p.deleted_at IS NULL
        JOIN portals t ON t.id = g.portal_id AND t.deleted_at IS NULL
        WHERE g.share_id = s.id AND g.revision < s.revision),
    s.version, s.created_at, s.modified_at

-- STMT_SHARE_SELECT
-- across portals: a share is the host's; who holds it is counted.
SELECT {SHARE_COLUMNS}
FROM shares s WHERE s.id = %s AND s.deleted_at IS NULL;

-- STMT_SHARE_LIST_{TITLE|CHANGED}_{UP|DOWN}
-- across portals: a share is the host's; who holds it is counted.
SELECT {SHARE_COLUMNS},
    s.{TITLE:title_folded|modified_at}
FROM shares s
WHERE s.deleted_at IS NULL
    AND (s.{TITLE:title_folded|modified_at}, s.id) {UP:>|<}
      (COALESCE({TITLE:%s|CAST(%s AS BIGINT)}, (SELECT {UP:MIN|MAX}(x.{TITLE:title_folded|modified_at}) FROM shares x)), %s)
    AND (%s = '' OR EXISTS (SELECT 1 FROM share_processes sp WHERE sp.process_id = %s AND sp.share_id = s.id
        AND (sp.number = 0 OR sp.number = s.revision)))
    AND (%d = 0 OR {SHARE_CHANGED}
        OR EXISTS (SELECT 1 FROM grants g
            JOIN partners p ON p.portal_id = g.portal_id AND p.id = g.partner_id AND p.deleted_at IS NULL
            JOIN portals t ON t.id = g.portal_id AND t.deleted_at IS NULL
            WHERE g.share_id = s.id AND g.revision < s.revision))
    AND (%s = '' OR s.title_folded LIKE %s ESCAPE '!')
ORDER BY s.{TITLE:title_folded|modified_at}{UP:| DESC}, s.id{UP:| DESC}
LIMIT %lld;

-- STMT_SHARE_TAKEN
SELECT id FROM shares WHERE title_folded = %s AND deleted_at IS NULL;

-- STMT_SHARE_VERSION
SELECT version FROM shares WHERE id = %s AND deleted_at IS NULL;

-- STMT_SHARE_HOLD
-- Changes nothing but holds the row until the end: a deletion, a change or another sending comes before or after.
UPDATE shares SET version = version WHERE id = %s AND deleted_at IS NULL;

-- STMT_SHARE_INSERT
INSERT INTO shares (id, title, title_folded, document, draft_changed, revision, version, created_at, modified_at)
VALUES (%s, %s, %s, %s, 1, 0, 1, %lld, %lld);

-- STMT_SHARE_UPDATE
UPDATE shares SET title = %s, title_folded = %s, document = %s, draft_changed = %d, version = version + 1,
    modified_at = %lld
WHERE id = %s AND version >= %lld AND version <= %lld AND deleted_at IS NULL;

-- STMT_SHARE_REVISED
UPDATE shares SET revision = %lld, draft_changed = 0, version = version + 1, modified_at = %lld
WHERE id = %s AND deleted_at IS NULL;

-- STMT_SHARE_DELETE
UPDATE shares SET version = version + 1, modified_at = %lld, deleted_at = %lld, deleted_by = %s
WHERE id = %s AND version >= %lld AND version <= %lld AND deleted_at IS NULL;

-- STMT_SHARE_DELETED
SELECT title, deleted_at FROM shares WHERE id = %s AND deleted_at IS NOT NULL;

-- STMT_SHARE_RESTORE
UPDATE shares SET version = version + 1, modified_at = %lld, deleted_at = NULL, deleted_by = NULL
WHERE id = %s AND deleted_at = %lld;

-- STMT_SHARE_PORTALS
-- across portals: deleting, sending and restoring a share concerns all that hold it.
SELECT DISTINCT portal_id FROM grants WHERE share_id = %s;

-- STMT_SHARE_DELETE_PLACEMENTS
-- across portals: deleting a share ends it in all of them. The same time as the share's: restoring it brings
-- exactly these back.
UPDATE placements SET version = version + 1, modified_at = %lld, deleted_at = %lld
WHERE share_id = %s AND deleted_at IS NULL;

-- STMT_SHARE_DELETED_PLACEMENTS
-- across portals: restoring a share brings back what ended with it, where the partner still holds it.
SELECT c.portal_id, c.id, c.partner_id, c.name FROM placements c
JOIN dashboards d ON d.id = c.dashboard_id AND d.deleted_at IS NULL
JOIN partners p ON p.portal_id = c.portal_id AND p.id = c.partner_id AND p.deleted_at IS NULL
JOIN grants g ON g.portal_id = c.portal_id AND g.partner_id = c.partner_id AND g.share_id = c.share_id
WHERE c.share_id = %s AND c.deleted_at = %lld
ORDER BY c.portal_id, c.position, c.id;

-- STMT_SHARE_IMPACT
-- across portals: what deleting a share would end, everywhere.
SELECT
    (SELECT COUNT(*) FROM grants g
        JOIN partners p ON p.portal_id = g.portal_id AND p.id = g.partner_id AND p.deleted_at IS NULL
        JOIN portals t ON t.id = g.portal_id AND t.deleted_at IS NULL
        WHERE g.share_id = s.id AND g.revision > 0),
    (SELECT COUNT(*) FROM grants g
        JOIN portals t ON t.id = g.portal_id AND t.deleted_at IS NULL AND t.state = 'active'
        JOIN partners p ON p.portal_id = g.portal_id AND p.id = g.partner_id AND p.deleted_at IS NULL
            AND p.state IN ('pending', 'active')
        JOIN members m ON m.portal_id = g.portal_id AND m.partner_id = g.partner_id AND m.deleted_at IS NULL
            AND m.state = 'active' AND (m.valid_until IS NULL OR m.valid_until > %lld) AND {SPONSOR_STANDS}
        WHERE g.share_id = s.id AND g.revision > 0),
    (SELECT COUNT(*) FROM placements c
        JOIN portals t ON t.id = c.portal_id AND t.deleted_at IS NULL
        WHERE c.share_id = s.id AND c.deleted_at IS NULL),
    (SELECT COUNT(*) FROM (SELECT 1 FROM instances i WHERE i.share_id = s.id AND i.deleted_at IS NULL
        LIMIT 1000) x)
FROM shares s WHERE s.id = %s AND s.deleted_at IS NULL;

-- STMT_SHARE_PROCESS
-- What a draft says of a process: there, and the newest published version (0: none).
SELECT p.name, p.title, p.published, v.document, CASE WHEN p.deleted_at IS NULL THEN 1 ELSE 0 END FROM processes p
LEFT JOIN process_versions v ON v.process_id = p.id AND v.major = p.published AND v.minor = 0 AND p.published > 0
WHERE p.id = %s;

-- STMT_SHARE_PROCESS_VERSION
SELECT v.document, CASE WHEN p.deleted_at IS NULL THEN 1 ELSE 0 END FROM process_versions v
JOIN processes p ON p.id = v.process_id
WHERE v.process_id = %s AND v.major = %lld AND v.minor = 0;

-- STMT_SHARE_PROCESS_TITLES
SELECT p.title FROM share_processes sp JOIN processes p ON p.id = sp.process_id
WHERE sp.share_id = %s AND sp.number = 0 ORDER BY p.title_folded, p.id;

-- STMT_SHARE_DASHBOARD
SELECT d.title, d.published_version, v.title, CASE WHEN d.deleted_at IS NULL THEN 1 ELSE 0 END FROM dashboards d
LEFT JOIN dashboard_versions v ON v.dashboard_id = d.id AND v.number = d.published_version
WHERE d.id = %s;

-- STMT_SHARE_PROCESSES_DELETE
DELETE FROM share_processes WHERE share_id = %s AND number = 0;

-- STMT_SHARE_PROCESS_INSERT
INSERT INTO share_processes (share_id, number, process_id, process_version) VALUES (%s, %lld, %s, %lld);

-- STMT_SHARE_DASHBOARDS_DELETE
DELETE FROM share_dashboards WHERE share_id = %s AND number = 0;

-- STMT_SHARE_DASHBOARD_INSERT
INSERT INTO share_dashboards (share_id, number, dashboard_id, dashboard_version) VALUES (%s, %lld, %s, %lld);

-- PART REVISION_ROWS
r.share_id, r.number, r.document, r.made_by, h.first_name, h.last_name, h.email, r.made_at,
    (SELECT COUNT(*) FROM grants g
        JOIN partners p ON p.portal_id = g.portal_id AND p.id = g.partner_id AND p.deleted_at IS NULL
        JOIN portals t ON t.id = g.portal_id AND t.deleted_at IS NULL
        WHERE g.share_id = r.share_id AND g.revision = r.number)
FROM share_revisions r
LEFT JOIN host_users h ON h.id = r.made_by

-- STMT_REVISION_SELECT
-- across portals: who holds the revision is counted in all of them.
SELECT {REVISION_ROWS}
WHERE r.share_id = %s AND r.number = %lld;

-- STMT_REVISION_LIST
-- across portals: who holds a revision is counted in all of them.
SELECT {REVISION_ROWS}
WHERE r.share_id = %s AND r.number < %lld
ORDER BY r.number DESC
LIMIT %lld;

-- STMT_REVISION_INSERT
INSERT INTO share_revisions (share_id, number, document, made_by, made_at) VALUES (%s, %lld, %s, %s, %lld);

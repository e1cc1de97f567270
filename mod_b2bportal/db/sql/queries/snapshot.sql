-- SPDX-License-Identifier: Apache-2.0
-- What decisions need, read whole: one portal, and one person by identity.

-- STMT_SNAPSHOT_PORTAL
SELECT t.id, t.technical_name, t.name, t.color, t.logout_url, t.logo, t.home_cover, t.contact_name,
    t.contact_email, t.locale, t.state, s.organisation_name, s.contact_name, s.contact_email
FROM portals t JOIN settings s ON s.id = 1
WHERE t.id = %s AND t.deleted_at IS NULL;

-- STMT_SNAPSHOT_PARTNERS
SELECT id, name, state FROM partners WHERE portal_id = %s AND deleted_at IS NULL;

-- STMT_SNAPSHOT_GROUPS
SELECT id, name FROM groups WHERE portal_id = %s AND deleted_at IS NULL;

-- STMT_SNAPSHOT_PLACEMENTS
-- Of several welcome pages the first is the home page: one placed by hand before those of shares, and of these
-- the one sent first, which has the lower position (S10).
SELECT c.id, c.name, c.dashboard_id, c.dashboard_version, v.target, c.partner_id, c.welcome_page, c.everyone
FROM placements c
JOIN dashboards d ON d.id = c.dashboard_id AND d.deleted_at IS NULL
JOIN dashboard_versions v ON v.dashboard_id = c.dashboard_id AND v.number = c.dashboard_version
LEFT JOIN shares s ON s.id = c.share_id
WHERE c.portal_id = %s AND c.deleted_at IS NULL AND s.deleted_at IS NULL
ORDER BY c.welcome_page DESC, CASE WHEN c.welcome_page = 1 AND c.source = 'share' THEN 1 ELSE 0 END, c.position,
    c.id;

-- STMT_SNAPSHOT_PLACEMENT_GROUPS
SELECT pg.placement_id, pg.group_id FROM placement_groups pg
JOIN groups g ON g.portal_id = pg.portal_id AND g.id = pg.group_id AND g.deleted_at IS NULL
WHERE pg.portal_id = %s ORDER BY pg.placement_id, pg.group_id;

-- STMT_SNAPSHOT_GRANTS
SELECT c.partner_id, c.share_id, c.revision
FROM grants c JOIN shares s ON s.id = c.share_id AND s.deleted_at IS NULL
WHERE c.portal_id = %s AND c.revision > 0;

-- STMT_SNAPSHOT_REVISIONS
SELECT r.share_id, r.number, r.document
FROM (SELECT DISTINCT c.share_id, c.revision FROM grants c WHERE c.portal_id = %s AND c.revision > 0) h
JOIN shares s ON s.id = h.share_id AND s.deleted_at IS NULL
JOIN share_revisions r ON r.share_id = h.share_id AND r.number = h.revision;

-- STMT_SNAPSHOT_PROCESSES
-- The processes that are there, and the security of the versions that the revisions name.
SELECT DISTINCT p.id, sp.process_version, v.security
FROM (SELECT DISTINCT c.share_id, c.revision FROM grants c WHERE c.portal_id = %s AND c.revision > 0) h
JOIN share_processes sp ON sp.share_id = h.share_id AND sp.number = h.revision
JOIN processes p ON p.id = sp.process_id AND p.deleted_at IS NULL
LEFT JOIN process_versions v ON v.process_id = sp.process_id AND v.major = sp.process_version AND v.minor = 0;

-- STMT_SNAPSHOT_GRANT_GROUPS
SELECT b.partner_id, b.share_id, b.name_folded, b.group_id
FROM grant_groups b JOIN groups g ON g.portal_id = b.portal_id AND g.id = b.group_id AND g.deleted_at IS NULL
WHERE b.portal_id = %s;

-- PART PRINCIPAL_MEMBER
SELECT m.id, m.partner_id, m.email, m.first_name, m.last_name, m.locale, m.role, m.state, m.valid_until, m.issuer,
    m.subject, m.sponsor_id, CASE WHEN s.deleted_at IS NULL THEN s.state ELSE 'removed' END
FROM members m
LEFT JOIN host_users s ON s.id = m.sponsor_id

-- STMT_PRINCIPAL_MEMBER
{PRINCIPAL_MEMBER}
WHERE m.portal_id = %s AND m.issuer = %s AND m.subject = %s AND m.deleted_at IS NULL;

-- STMT_PRINCIPAL_MEMBER_BY_ID
{PRINCIPAL_MEMBER}
WHERE m.portal_id = %s AND m.id = %s AND m.deleted_at IS NULL;

-- STMT_PRINCIPAL_MEMBER_GROUPS
SELECT DISTINCT gm.group_id FROM group_members gm
JOIN groups g ON g.portal_id = gm.portal_id AND g.id = gm.group_id AND g.deleted_at IS NULL
WHERE gm.portal_id = %s AND gm.member_id = %s ORDER BY gm.group_id;

-- STMT_PRINCIPAL_HOST_USER
SELECT u.id, u.email, u.first_name, u.last_name, u.locale, u.state,
    (SELECT SUM(CASE r.role WHEN 'administrator' THEN 1 WHEN 'partner_manager' THEN 2 WHEN 'designer' THEN 4
        WHEN 'data_source_manager' THEN 8 WHEN 'auditor' THEN 16 WHEN 'user' THEN 32 END)
        FROM host_user_roles r WHERE r.user_id = u.id)
FROM host_users u WHERE u.issuer = %s AND u.subject = %s AND u.deleted_at IS NULL;

-- STMT_PRINCIPAL_HOST_USER_GROUPS
SELECT gu.group_id FROM host_group_users gu
JOIN host_groups g ON g.id = gu.group_id AND g.deleted_at IS NULL
WHERE gu.user_id = %s ORDER BY gu.group_id;

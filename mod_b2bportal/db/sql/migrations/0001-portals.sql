-- SPDX-License-Identifier: Apache-2.0
-- The first schema: host, portals, people, dashboards, invitations, mail, audit, generations.
--
-- One text for SQLite and PostgreSQL: TEXT, BIGINT, SMALLINT only. Ids are opaque text, times are UTC
-- microseconds, booleans 0 or 1, documents JSON text. portal_id stands first in every key of portal data.
-- A folded column holds what is compared (lower case); deleted_at marks what lies in the bin (S16).
-- Statements end with a semicolon at the end of a line; the generator splits them there.

-- Host ------------------------------------------------------------------------------------------------

CREATE TABLE settings (
    id SMALLINT NOT NULL PRIMARY KEY CHECK (id = 1),
    organisation_name TEXT NOT NULL,
    logo TEXT,
    contact_name TEXT NOT NULL,
    contact_email TEXT NOT NULL,
    locale TEXT NOT NULL,
    version BIGINT NOT NULL,
    modified_at BIGINT NOT NULL
);

INSERT INTO settings (id, organisation_name, contact_name, contact_email, locale, version, modified_at)
VALUES (1, '', '', '', 'en', 1, 0);

-- An identity is (issuer, subject); NULL until a pending host user signs in first (S3).
CREATE TABLE host_users (
    id TEXT NOT NULL PRIMARY KEY,
    email TEXT NOT NULL,
    email_folded TEXT NOT NULL,
    first_name TEXT NOT NULL,
    last_name TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'active', 'suspended')),
    issuer TEXT,
    subject TEXT,
    locale TEXT,
    last_sign_in_at BIGINT,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    modified_at BIGINT NOT NULL,
    deleted_at BIGINT,
    UNIQUE (issuer, subject),
    UNIQUE (email_folded)
);

CREATE TABLE host_user_roles (
    user_id TEXT NOT NULL REFERENCES host_users (id),
    role TEXT NOT NULL CHECK (role IN ('administrator', 'partner_manager', 'designer',
                                       'data_source_manager', 'auditor', 'user')),
    PRIMARY KEY (user_id, role)
);

CREATE TABLE host_groups (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    modified_at BIGINT NOT NULL,
    deleted_at BIGINT
);
CREATE UNIQUE INDEX host_groups_name ON host_groups (name_folded) WHERE deleted_at IS NULL;

CREATE TABLE host_group_users (
    group_id TEXT NOT NULL REFERENCES host_groups (id),
    user_id TEXT NOT NULL REFERENCES host_users (id),
    PRIMARY KEY (group_id, user_id)
);
CREATE INDEX host_group_users_by_user ON host_group_users (user_id, group_id);

-- Images and later uploads lie in B2BPortalFiles under their SHA-256; this says what they are.
CREATE TABLE images (
    file TEXT NOT NULL PRIMARY KEY,
    type TEXT NOT NULL CHECK (type IN ('image/png', 'image/jpeg', 'image/webp')),
    width BIGINT NOT NULL,
    height BIGINT NOT NULL,
    bytes BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX images_by_age ON images (created_at, file);

-- Portals ---------------------------------------------------------------------------------------------

-- A technical name stays taken for 30 days after the deletion (design.md section 2): not a partial index.
CREATE TABLE portals (
    id TEXT NOT NULL PRIMARY KEY,
    technical_name TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    color TEXT NOT NULL,
    logout_url TEXT,
    logo TEXT REFERENCES images (file),
    home_cover TEXT REFERENCES images (file),
    contact_name TEXT NOT NULL,
    contact_email TEXT NOT NULL,
    locale TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('active', 'suspended')),
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    modified_at BIGINT NOT NULL,
    deleted_at BIGINT
);
CREATE INDEX portals_by_name ON portals (name_folded, id);
CREATE INDEX portals_by_logo ON portals (logo);
CREATE INDEX portals_by_home_cover ON portals (home_cover);

CREATE TABLE portal_issuers (
    portal_id TEXT NOT NULL REFERENCES portals (id),
    position BIGINT NOT NULL,
    issuer TEXT NOT NULL,
    label TEXT NOT NULL,
    vouches_for_email SMALLINT NOT NULL,
    PRIMARY KEY (portal_id, position),
    UNIQUE (portal_id, issuer)
);

CREATE TABLE partners (
    portal_id TEXT NOT NULL REFERENCES portals (id),
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    contact_first_name TEXT NOT NULL,
    contact_last_name TEXT NOT NULL,
    contact_email TEXT NOT NULL,
    country TEXT NOT NULL,
    city TEXT NOT NULL,
    logo TEXT REFERENCES images (file),
    state TEXT NOT NULL CHECK (state IN ('pending', 'active', 'suspended')),
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    modified_at BIGINT NOT NULL,
    deleted_at BIGINT,
    PRIMARY KEY (portal_id, id)
);
CREATE UNIQUE INDEX partners_name ON partners (portal_id, name_folded) WHERE deleted_at IS NULL;
CREATE INDEX partners_by_logo ON partners (logo);

-- One row per person and portal, for ever: inviting again after removal revives it (S3).
CREATE TABLE members (
    portal_id TEXT NOT NULL REFERENCES portals (id),
    id TEXT NOT NULL,
    partner_id TEXT NOT NULL,
    email TEXT NOT NULL,
    email_folded TEXT NOT NULL,
    first_name TEXT NOT NULL,
    last_name TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('viewer', 'editor', 'partner_administrator')),
    state TEXT NOT NULL CHECK (state IN ('invited', 'active', 'suspended')),
    issuer TEXT,
    subject TEXT,
    valid_until BIGINT,
    sponsor_id TEXT REFERENCES host_users (id),
    locale TEXT,
    last_sign_in_at BIGINT,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    modified_at BIGINT NOT NULL,
    deleted_at BIGINT,
    PRIMARY KEY (portal_id, id),
    UNIQUE (portal_id, issuer, subject),
    UNIQUE (portal_id, email_folded),
    FOREIGN KEY (portal_id, partner_id) REFERENCES partners (portal_id, id)
);
CREATE INDEX members_by_name ON members (portal_id, name_folded, id);
CREATE INDEX members_by_sign_in ON members (portal_id, (COALESCE(last_sign_in_at, 0)), id);
CREATE INDEX members_by_partner ON members (portal_id, partner_id, id) WHERE deleted_at IS NULL;
CREATE INDEX members_by_state ON members (portal_id, state, partner_id, valid_until) WHERE deleted_at IS NULL;
CREATE INDEX members_by_sponsor ON members (sponsor_id);

-- The automatic group (S5) has no row: it is exactly the active members.
CREATE TABLE groups (
    portal_id TEXT NOT NULL REFERENCES portals (id),
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    modified_at BIGINT NOT NULL,
    deleted_at BIGINT,
    PRIMARY KEY (portal_id, id)
);
CREATE UNIQUE INDEX groups_name ON groups (portal_id, name_folded) WHERE deleted_at IS NULL;

-- One row per source; the effect is the union (S5).
CREATE TABLE group_members (
    portal_id TEXT NOT NULL,
    group_id TEXT NOT NULL,
    member_id TEXT NOT NULL,
    source TEXT NOT NULL CHECK (source IN ('console', 'csv', 'api', 'scim', 'claim')),
    PRIMARY KEY (portal_id, group_id, member_id, source),
    FOREIGN KEY (portal_id, group_id) REFERENCES groups (portal_id, id),
    FOREIGN KEY (portal_id, member_id) REFERENCES members (portal_id, id)
);
CREATE INDEX group_members_by_member ON group_members (portal_id, member_id, group_id);

-- A member has at most one pending invitation (S13).
CREATE TABLE invitations (
    portal_id TEXT NOT NULL REFERENCES portals (id),
    id TEXT NOT NULL,
    member_id TEXT NOT NULL,
    email TEXT NOT NULL,
    email_folded TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'accepted', 'declined', 'revoked')),
    invited_by TEXT REFERENCES host_users (id),
    message TEXT,
    expires_at BIGINT NOT NULL,
    answered_at BIGINT,
    sent_count BIGINT NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    modified_at BIGINT NOT NULL,
    PRIMARY KEY (portal_id, id),
    FOREIGN KEY (portal_id, member_id) REFERENCES members (portal_id, id)
);
CREATE UNIQUE INDEX invitations_pending ON invitations (portal_id, member_id) WHERE state = 'pending';
CREATE INDEX invitations_by_member ON invitations (portal_id, member_id, id);

-- No token is stored anywhere, only its SHA-256. The mail worker makes one at each attempt to send, so that
-- the outbox holds none either, and "copy link" makes another: each opens the invitation while it is pending.
-- Sending again and revoking delete the older ones.
CREATE TABLE invitation_tokens (
    portal_id TEXT NOT NULL,
    token_hash TEXT NOT NULL,
    invitation_id TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (portal_id, token_hash),
    FOREIGN KEY (portal_id, invitation_id) REFERENCES invitations (portal_id, id)
);
CREATE INDEX invitation_tokens_by_invitation ON invitation_tokens (portal_id, invitation_id);

-- Dashboards belong to the host, placements to a portal (S10) -------------------------------------------

-- title, description, target and widgets are the draft. A page has widgets, a link a target.
CREATE TABLE dashboards (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('page', 'link')),
    title TEXT NOT NULL,
    title_folded TEXT NOT NULL,
    description TEXT NOT NULL,
    target TEXT,
    widgets TEXT NOT NULL,
    draft_changed SMALLINT NOT NULL,
    published_version BIGINT NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    modified_at BIGINT NOT NULL,
    deleted_at BIGINT
);
CREATE UNIQUE INDEX dashboards_title ON dashboards (title_folded) WHERE deleted_at IS NULL;
CREATE INDEX dashboards_by_change ON dashboards (modified_at, id);

CREATE TABLE dashboard_versions (
    dashboard_id TEXT NOT NULL REFERENCES dashboards (id),
    number BIGINT NOT NULL,
    title TEXT NOT NULL,
    description TEXT NOT NULL,
    target TEXT,
    widgets TEXT NOT NULL,
    published_by TEXT REFERENCES host_users (id),
    published_at BIGINT NOT NULL,
    PRIMARY KEY (dashboard_id, number)
);

-- The images that a version shows; number 0 is the draft. What is named here is not tidied away.
CREATE TABLE dashboard_images (
    dashboard_id TEXT NOT NULL REFERENCES dashboards (id),
    number BIGINT NOT NULL,
    file TEXT NOT NULL REFERENCES images (file),
    PRIMARY KEY (dashboard_id, number, file)
);
CREATE INDEX dashboard_images_by_file ON dashboard_images (file, dashboard_id, number);

-- everyone = 1: every active member whom the placement is for. everyone = 0 and no group: nobody (S6).
CREATE TABLE placements (
    portal_id TEXT NOT NULL REFERENCES portals (id),
    id TEXT NOT NULL,
    dashboard_id TEXT NOT NULL,
    dashboard_version BIGINT NOT NULL,
    partner_id TEXT,
    name TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    position BIGINT NOT NULL,
    welcome_page SMALLINT NOT NULL,
    everyone SMALLINT NOT NULL,
    source TEXT NOT NULL CHECK (source IN ('manual', 'share')),
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    modified_at BIGINT NOT NULL,
    deleted_at BIGINT,
    PRIMARY KEY (portal_id, id),
    FOREIGN KEY (portal_id, partner_id) REFERENCES partners (portal_id, id),
    FOREIGN KEY (dashboard_id, dashboard_version) REFERENCES dashboard_versions (dashboard_id, number)
);
CREATE INDEX placements_by_name ON placements (portal_id, name_folded, id);
CREATE UNIQUE INDEX placements_name ON placements (portal_id, name_folded, (COALESCE(partner_id, '')))
    WHERE deleted_at IS NULL;
CREATE INDEX placements_by_partner ON placements (portal_id, partner_id);
CREATE INDEX placements_by_dashboard ON placements (dashboard_id, dashboard_version);

CREATE TABLE placement_groups (
    portal_id TEXT NOT NULL,
    placement_id TEXT NOT NULL,
    group_id TEXT NOT NULL,
    PRIMARY KEY (portal_id, placement_id, group_id),
    FOREIGN KEY (portal_id, placement_id) REFERENCES placements (portal_id, id),
    FOREIGN KEY (portal_id, group_id) REFERENCES groups (portal_id, id)
);
CREATE INDEX placement_groups_by_group ON placement_groups (portal_id, group_id);

-- Work that outlives a request ---------------------------------------------------------------------------

-- A mail to send. The worker that sends it holds a claim; a claim that ran out may be taken over.
-- portal_id is NULL for the host's own mail; subject_id is the invitation or whatever it is about.
CREATE TABLE outbox (
    id TEXT NOT NULL PRIMARY KEY,
    portal_id TEXT REFERENCES portals (id),
    kind TEXT NOT NULL,
    subject_id TEXT,
    recipient TEXT NOT NULL,
    recipient_folded TEXT NOT NULL,
    subject TEXT NOT NULL,
    document TEXT NOT NULL,
    message_id TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'failed', 'cancelled')),
    attempts BIGINT NOT NULL,
    next_at BIGINT NOT NULL,
    last_attempt_at BIGINT,
    claimed_by TEXT,
    claimed_until BIGINT NOT NULL,
    server_words TEXT,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    sent_at BIGINT
);
CREATE INDEX outbox_due ON outbox (state, next_at, id);
CREATE INDEX outbox_by_subject ON outbox (portal_id, subject_id, id);
CREATE INDEX outbox_by_portal ON outbox (portal_id, id);

-- One worker among all children and nodes: a row per kind of work, held until a time.
CREATE TABLE claims (
    name TEXT NOT NULL PRIMARY KEY,
    holder TEXT NOT NULL,
    until BIGINT NOT NULL
);

-- Who did what, or was refused. Names are copied: the trail stays readable when people go.
CREATE TABLE audit_events (
    id TEXT NOT NULL PRIMARY KEY,
    portal_id TEXT,
    at BIGINT NOT NULL,
    actor_kind TEXT NOT NULL CHECK (actor_kind IN ('host_user', 'member', 'system', 'anonymous')),
    actor_id TEXT,
    actor_name TEXT NOT NULL,
    action TEXT NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('done', 'refused')),
    reason TEXT,
    object_kind TEXT,
    object_id TEXT,
    object_name TEXT,
    request_id TEXT,
    address TEXT,
    details TEXT,
    search_folded TEXT NOT NULL
);
CREATE INDEX audit_events_by_portal ON audit_events (portal_id, id);
CREATE INDEX audit_events_by_object ON audit_events (object_id, id);
CREATE INDEX audit_events_by_actor ON audit_events (actor_id, id);

-- The answer to a POST with an Idempotency-Key, for a day. scope = who asked (kind and id).
CREATE TABLE idempotency_keys (
    scope TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    request_hash TEXT NOT NULL,
    status BIGINT NOT NULL,
    headers TEXT NOT NULL,
    body TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (scope, idempotency_key)
);
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);

-- Slots that snapshots depend on (design.md section 3). The migration fills in slots 0 to 1,023.
CREATE TABLE generations (
    slot BIGINT NOT NULL PRIMARY KEY,
    value BIGINT NOT NULL
);

INSERT INTO generations (slot, value)
WITH RECURSIVE slots (slot) AS (SELECT 0 UNION ALL SELECT slot + 1 FROM slots WHERE slot < 1023)
SELECT slot, 0 FROM slots;

-- SPDX-License-Identifier: Apache-2.0
-- Shared processes: designs with versions, shares with revisions, grants, instances and what belongs to them.
--
-- Conventions as in 0001. A document is JSON text whose form the room forms/ defines (processes) or
-- model/share.c (shares); columns beside it repeat what lists sort and search by.

-- Processes belong to the host --------------------------------------------------------------------------

-- document is the draft as last saved, its version major.minor; published is the major of the newest
-- published version (its minor is 0), 0: none. draft_changed: the draft says something else than that version.
-- name is the unique name that references begin with. title, description and form_count repeat the document's.
CREATE TABLE processes (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    title TEXT NOT NULL,
    title_folded TEXT NOT NULL,
    description TEXT NOT NULL,
    form_count BIGINT NOT NULL,
    category TEXT NOT NULL,
    category_folded TEXT NOT NULL,
    document TEXT NOT NULL,
    major BIGINT NOT NULL,
    minor BIGINT NOT NULL,
    published BIGINT NOT NULL,
    published_at BIGINT,
    draft_changed SMALLINT NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    modified_at BIGINT NOT NULL,
    deleted_at BIGINT,
    deleted_by TEXT
);
CREATE UNIQUE INDEX processes_name ON processes (name) WHERE deleted_at IS NULL;
CREATE INDEX processes_by_title ON processes (title_folded, id);
CREATE INDEX processes_by_change ON processes (modified_at, id);
CREATE INDEX processes_by_category ON processes (category_folded, category, id) WHERE deleted_at IS NULL;
CREATE INDEX processes_deleted ON processes (deleted_at, id) WHERE deleted_at IS NOT NULL;

-- Every saved version; the published ones (minor 0) for ever, drafts as far as model/process.c keeps them. security
-- repeats the document's member: snapshots read it of every process that a portal holds; first_owners those of its first
-- form, who may start one.
CREATE TABLE process_versions (
    process_id TEXT NOT NULL REFERENCES processes (id),
    major BIGINT NOT NULL,
    minor BIGINT NOT NULL,
    document TEXT NOT NULL,
    security TEXT NOT NULL,
    first_owners TEXT NOT NULL,
    saved_by TEXT REFERENCES host_users (id),
    saved_at BIGINT NOT NULL,
    PRIMARY KEY (process_id, major, minor)
);

-- Who beside designers may change the process and answers for its instances.
CREATE TABLE process_administrators (
    process_id TEXT NOT NULL REFERENCES processes (id),
    kind TEXT NOT NULL CHECK (kind IN ('host_user', 'host_group')),
    principal_id TEXT NOT NULL,
    PRIMARY KEY (process_id, kind, principal_id)
);
CREATE INDEX process_administrators_by_principal ON process_administrators (kind, principal_id, process_id);

-- The images that a saved version shows. What is named here is not tidied away.
CREATE TABLE process_images (
    process_id TEXT NOT NULL REFERENCES processes (id),
    major BIGINT NOT NULL,
    minor BIGINT NOT NULL,
    file TEXT NOT NULL REFERENCES images (file),
    PRIMARY KEY (process_id, major, minor, file)
);
CREATE INDEX process_images_by_file ON process_images (file, process_id);

-- Shares (S8): a draft and the revisions that were sent ---------------------------------------------------

CREATE TABLE shares (
    id TEXT NOT NULL PRIMARY KEY,
    title TEXT NOT NULL,
    title_folded TEXT NOT NULL,
    document TEXT NOT NULL,
    draft_changed SMALLINT NOT NULL,
    revision BIGINT NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    modified_at BIGINT NOT NULL,
    deleted_at BIGINT,
    deleted_by TEXT
);
CREATE UNIQUE INDEX shares_title ON shares (title_folded) WHERE deleted_at IS NULL;
CREATE INDEX shares_by_change ON shares (modified_at, id);
CREATE INDEX shares_deleted ON shares (deleted_at, id) WHERE deleted_at IS NOT NULL;

CREATE TABLE share_revisions (
    share_id TEXT NOT NULL REFERENCES shares (id),
    number BIGINT NOT NULL,
    document TEXT NOT NULL,
    made_by TEXT REFERENCES host_users (id),
    made_at BIGINT NOT NULL,
    PRIMARY KEY (share_id, number)
);

-- The processes and dashboards of each revision with the versions it names; number 0 is the draft, which
-- names none (0).
CREATE TABLE share_processes (
    share_id TEXT NOT NULL REFERENCES shares (id),
    number BIGINT NOT NULL,
    process_id TEXT NOT NULL REFERENCES processes (id),
    process_version BIGINT NOT NULL,
    PRIMARY KEY (share_id, number, process_id)
);
CREATE INDEX share_processes_by_process ON share_processes (process_id, share_id, number);

CREATE TABLE share_dashboards (
    share_id TEXT NOT NULL REFERENCES shares (id),
    number BIGINT NOT NULL,
    dashboard_id TEXT NOT NULL REFERENCES dashboards (id),
    dashboard_version BIGINT NOT NULL,
    PRIMARY KEY (share_id, number, dashboard_id)
);
CREATE INDEX share_dashboards_by_dashboard ON share_dashboards (dashboard_id, share_id, number);

-- Who holds a share, and which revision; 0: nothing has been sent yet, and nothing is open.
CREATE TABLE grants (
    portal_id TEXT NOT NULL REFERENCES portals (id),
    partner_id TEXT NOT NULL,
    share_id TEXT NOT NULL REFERENCES shares (id),
    revision BIGINT NOT NULL,
    first_sent_at BIGINT,
    sent_at BIGINT,
    sent_by TEXT REFERENCES host_users (id),
    created_at BIGINT NOT NULL,
    PRIMARY KEY (portal_id, partner_id, share_id),
    FOREIGN KEY (portal_id, partner_id) REFERENCES partners (portal_id, id)
);
CREATE INDEX grants_by_share ON grants (share_id, revision, portal_id, partner_id);

-- The group that each partner group's name was bound to when the revision was sent (S5). A name without a
-- row, or whose group was deleted, is nobody.
CREATE TABLE grant_groups (
    portal_id TEXT NOT NULL,
    partner_id TEXT NOT NULL,
    share_id TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    group_id TEXT NOT NULL,
    PRIMARY KEY (portal_id, partner_id, share_id, name_folded),
    FOREIGN KEY (portal_id, partner_id, share_id) REFERENCES grants (portal_id, partner_id, share_id),
    FOREIGN KEY (portal_id, group_id) REFERENCES groups (portal_id, id)
);
CREATE INDEX grant_groups_by_group ON grant_groups (portal_id, group_id);

-- Of a placement with the source "share": which one.
ALTER TABLE placements ADD COLUMN share_id TEXT REFERENCES shares (id);
CREATE INDEX placements_by_share ON placements (share_id, portal_id, partner_id);

-- Instances -----------------------------------------------------------------------------------------------

-- Of the forms that are current together current_form is the first, counted from 0, and the number of forms when
-- completed; submitted_ahead has a bit (1 << form) for each one after it that was submitted already. status is the name
-- of the current form, or "completed". values_json holds what all forms hold. The creator is one of two kinds; the two
-- generated columns only hold the database to it: a member of this portal, or a host user. What lists of texts are sorted
-- by is compared by its bytes on both databases: pages of several lists are merged.
CREATE TABLE instances (
    portal_id TEXT NOT NULL REFERENCES portals (id),
    id TEXT NOT NULL,
    partner_id TEXT NOT NULL,
    share_id TEXT NOT NULL REFERENCES shares (id),
    process_id TEXT NOT NULL,
    process_version BIGINT NOT NULL,
    number BIGINT NOT NULL,
    reference TEXT NOT NULL,
    reference_folded TEXT COLLATE "C" NOT NULL,
    search_folded TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('draft', 'open', 'completed')),
    status TEXT NOT NULL,
    current_form BIGINT NOT NULL,
    submitted_ahead BIGINT NOT NULL DEFAULT 0,
    values_json TEXT NOT NULL,
    created_by_kind TEXT NOT NULL CHECK (created_by_kind IN ('member', 'host_user')),
    created_by TEXT NOT NULL,
    created_by_name TEXT NOT NULL,
    created_by_member TEXT GENERATED ALWAYS AS (CASE WHEN created_by_kind = 'member' THEN created_by END) STORED,
    created_by_host_user TEXT GENERATED ALWAYS AS (CASE WHEN created_by_kind = 'host_user' THEN created_by END) STORED,
    modified_by_kind TEXT NOT NULL CHECK (modified_by_kind IN ('member', 'host_user')),
    modified_by TEXT NOT NULL,
    modified_by_name TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    modified_at BIGINT NOT NULL,
    completed_at BIGINT,
    deleted_at BIGINT,
    deleted_by_kind TEXT,
    deleted_by TEXT,
    PRIMARY KEY (portal_id, id),
    FOREIGN KEY (portal_id, partner_id) REFERENCES partners (portal_id, id),
    FOREIGN KEY (portal_id, created_by_member) REFERENCES members (portal_id, id),
    FOREIGN KEY (created_by_host_user) REFERENCES host_users (id)
);
CREATE INDEX instances_by_change ON instances (portal_id, partner_id, share_id, process_id, modified_at, id)
    WHERE deleted_at IS NULL;
CREATE INDEX instances_by_id ON instances (portal_id, partner_id, share_id, process_id, id)
    WHERE deleted_at IS NULL;
CREATE INDEX instances_by_state ON instances (portal_id, partner_id, share_id, process_id, state, modified_at, id)
    WHERE deleted_at IS NULL;
CREATE INDEX instances_by_reference ON instances (portal_id, partner_id, share_id, process_id, reference_folded, id)
    WHERE deleted_at IS NULL;
CREATE INDEX instances_by_version ON instances (portal_id, partner_id, share_id, process_id, process_version, id)
    WHERE deleted_at IS NULL;
CREATE INDEX instances_of_all ON instances (modified_at, id) WHERE deleted_at IS NULL;
CREATE INDEX instances_of_all_by_id ON instances (id) WHERE deleted_at IS NULL;
CREATE INDEX instances_of_all_by_reference ON instances (reference_folded, id) WHERE deleted_at IS NULL;
CREATE INDEX instances_of_portal ON instances (portal_id, modified_at, id) WHERE deleted_at IS NULL;
CREATE INDEX instances_of_partner ON instances (portal_id, partner_id, modified_at, id) WHERE deleted_at IS NULL;
CREATE INDEX instances_of_process ON instances (process_id, modified_at, id) WHERE deleted_at IS NULL;
CREATE INDEX instances_of_share ON instances (share_id, portal_id, partner_id);
CREATE INDEX instances_deleted ON instances (deleted_at, id) WHERE deleted_at IS NOT NULL;
CREATE INDEX instances_deleted_by_id ON instances (id) WHERE deleted_at IS NOT NULL;
CREATE INDEX instances_deleted_of_process ON instances (process_id) WHERE deleted_at IS NOT NULL;

-- The next number of a process at a partner: what others have made is not to be seen in it (S7).
CREATE TABLE instance_numbers (
    portal_id TEXT NOT NULL,
    partner_id TEXT NOT NULL,
    process_id TEXT NOT NULL,
    next BIGINT NOT NULL,
    PRIMARY KEY (portal_id, partner_id, process_id),
    FOREIGN KEY (portal_id, partner_id) REFERENCES partners (portal_id, id)
);
CREATE INDEX instance_numbers_by_process ON instance_numbers (process_id);

-- Who owns each form of an instance. is_current: the form is a current one of an instance that is not
-- completed, since when: "waiting for me" and the notices. partner_id, share_id and process_id repeat the instance's.
-- Three kinds are no owners: "creator", a member, or "host_creator", a host user, is who made the instance (with form 0),
-- so that own instances are found as owned ones are; "nobody" (principal_id the same word) marks a current form that
-- nobody can work on.
CREATE TABLE instance_owners (
    portal_id TEXT NOT NULL,
    instance_id TEXT NOT NULL,
    form BIGINT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('member', 'group', 'partner', 'host_user', 'host_group', 'creator', 'host_creator',
        'nobody')),
    principal_id TEXT NOT NULL,
    partner_id TEXT NOT NULL,
    share_id TEXT NOT NULL,
    process_id TEXT NOT NULL,
    is_current SMALLINT NOT NULL,
    since BIGINT NOT NULL,
    PRIMARY KEY (portal_id, instance_id, form, kind, principal_id),
    FOREIGN KEY (portal_id, instance_id) REFERENCES instances (portal_id, id)
);
CREATE INDEX instance_owners_by_principal ON instance_owners
    (kind, principal_id, portal_id, share_id, process_id, instance_id, partner_id);
-- The notices of somebody, newest first; of a host user in all portals.
CREATE INDEX instance_owners_since ON instance_owners (kind, principal_id, since, instance_id) WHERE is_current = 1;
CREATE INDEX instance_owners_waiting ON instance_owners (kind, principal_id, portal_id, since, instance_id)
    WHERE is_current = 1;

-- The values of indexed fields, for filters and sorting; several of a multiple choice. Of each field exactly one
-- row has is_sort, an empty key where there is no value. form is that of the field.
CREATE TABLE instance_values (
    portal_id TEXT NOT NULL,
    instance_id TEXT NOT NULL,
    field TEXT NOT NULL,
    value_key TEXT COLLATE "C" NOT NULL,
    is_sort SMALLINT NOT NULL,
    form BIGINT NOT NULL,
    partner_id TEXT NOT NULL,
    share_id TEXT NOT NULL,
    process_id TEXT NOT NULL,
    PRIMARY KEY (portal_id, instance_id, field, value_key),
    FOREIGN KEY (portal_id, instance_id) REFERENCES instances (portal_id, id)
);
CREATE INDEX instance_values_of_partner ON instance_values
    (portal_id, partner_id, share_id, process_id, field, value_key, instance_id);
CREATE INDEX instance_values_of_process ON instance_values (process_id, field, value_key, instance_id);

-- The history: who changed which field. changes is JSON: [{"field", "old", "new"}, …].
CREATE TABLE instance_changes (
    portal_id TEXT NOT NULL,
    instance_id TEXT NOT NULL,
    id TEXT NOT NULL,
    at BIGINT NOT NULL,
    actor_kind TEXT NOT NULL CHECK (actor_kind IN ('member', 'host_user', 'system')),
    actor_id TEXT,
    actor_name TEXT NOT NULL,
    act TEXT NOT NULL,
    form BIGINT NOT NULL,
    changes TEXT NOT NULL,
    PRIMARY KEY (portal_id, instance_id, id),
    FOREIGN KEY (portal_id, instance_id) REFERENCES instances (portal_id, id)
);

CREATE TABLE instance_comments (
    portal_id TEXT NOT NULL,
    instance_id TEXT NOT NULL,
    id TEXT NOT NULL,
    author_kind TEXT NOT NULL CHECK (author_kind IN ('member', 'host_user')),
    author_id TEXT NOT NULL,
    author_name TEXT NOT NULL,
    comment TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (portal_id, instance_id, id),
    FOREIGN KEY (portal_id, instance_id) REFERENCES instances (portal_id, id)
);

-- Files lie in B2BPortalFiles under their SHA-256. A file belongs to a field of a form as soon as it is uploaded;
-- is_attached says that the field's saved value names it. What is not attached is tidied away after a day.
CREATE TABLE instance_files (
    portal_id TEXT NOT NULL,
    instance_id TEXT NOT NULL,
    id TEXT NOT NULL,
    partner_id TEXT NOT NULL,
    form BIGINT NOT NULL,
    field TEXT NOT NULL,
    name TEXT NOT NULL,
    type TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    file TEXT NOT NULL,
    is_attached SMALLINT NOT NULL,
    uploaded_by_kind TEXT NOT NULL CHECK (uploaded_by_kind IN ('member', 'host_user')),
    uploaded_by TEXT NOT NULL,
    uploaded_by_name TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (portal_id, instance_id, id),
    FOREIGN KEY (portal_id, instance_id) REFERENCES instances (portal_id, id)
);
CREATE INDEX instance_files_by_file ON instance_files (file);
CREATE INDEX instance_files_loose ON instance_files (created_at, portal_id, id) WHERE is_attached = 0;

-- The files that instances have or had, as they lie in their folder: what no row above names any more is tidied a day
-- after it was last stored.
CREATE TABLE stored_files (
    file TEXT NOT NULL PRIMARY KEY,
    stored_at BIGINT NOT NULL
);
CREATE INDEX stored_files_by_time ON stored_files (stored_at, file);

-- What a partner's files take, for its quota.
CREATE TABLE partner_usage (
    portal_id TEXT NOT NULL,
    partner_id TEXT NOT NULL,
    files BIGINT NOT NULL,
    bytes BIGINT NOT NULL,
    PRIMARY KEY (portal_id, partner_id),
    FOREIGN KEY (portal_id, partner_id) REFERENCES partners (portal_id, id)
);

-- Each person's own settings of notices.
ALTER TABLE members ADD COLUMN mail_assignments SMALLINT NOT NULL DEFAULT 1;
ALTER TABLE members ADD COLUMN notices_seen_at BIGINT;
ALTER TABLE host_users ADD COLUMN mail_assignments SMALLINT NOT NULL DEFAULT 1;
ALTER TABLE host_users ADD COLUMN notices_seen_at BIGINT;

-- The bin (S16): dashboards, too, say who deleted them.
ALTER TABLE dashboards ADD COLUMN deleted_by TEXT;
CREATE INDEX dashboards_deleted ON dashboards (deleted_at, id) WHERE deleted_at IS NOT NULL;

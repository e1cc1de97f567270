-- SPDX-License-Identifier: Apache-2.0
-- What statements of several files say in the same words.

-- PART SPONSOR_STANDS
-- Who has a sponsor has access as long as that host user is there and not suspended (S3); policy/member.c decides.
(m.sponsor_id IS NULL OR EXISTS (SELECT 1 FROM host_users h WHERE h.id = m.sponsor_id AND h.deleted_at IS NULL
    AND h.state IN ('pending', 'active')))

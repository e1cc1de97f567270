-- SPDX-License-Identifier: Apache-2.0
-- The host's one row of settings.

-- STMT_SETTINGS_SELECT
SELECT organisation_name, logo, contact_name, contact_email, locale, version, modified_at
FROM settings WHERE id = 1;

-- STMT_SETTINGS_UPDATE
UPDATE settings SET organisation_name = %s, logo = %s, contact_name = %s, contact_email = %s,
    locale = %s, version = version + 1, modified_at = %lld
WHERE id = 1 AND version >= %lld AND version <= %lld;

-- STMT_SETTINGS_LOCK
-- A lock that all changes of host users take: the last administrator is counted under it.
UPDATE settings SET version = version WHERE id = 1;

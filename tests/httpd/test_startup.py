# SPDX-License-Identifier: Apache-2.0
"""What the server refuses to start with, each with a sentence that says what to do."""

import os
import shutil
import tempfile

import pytest

import sites
from harness import database
from harness.httpd import WORKER
from harness.scratch import is_root, wait_until
from harness.site import Site

pytestmark = sites.needs_module


@pytest.fixture
def fresh(folder, issuers, request):
    """Make a site that is migrated and not started."""
    made = []

    def make(kind='sqlite3', migrate=True, **kw):
        root = tempfile.mkdtemp(dir=folder)
        os.chmod(root, 0o755)
        store = database.make(kind, root, os.path.basename(root), lambda: request.getfixturevalue('postgres'))
        site = Site(root, store, issuers, **kw)
        if migrate:
            site.migrate()
        made.append(site)
        return site
    yield make
    for site in made:
        site.stop()
        site.database.drop()


def refusal(site):
    """Start the site, which must not work; return the sentence."""
    site.configure()
    said = site.httpd.try_start()
    if said is None:
        site.stop()
        pytest.fail('the server started')
    return said


def must_say(site, *words):
    said = refusal(site)
    for word in words:
        assert word.lower() in said.lower(), said
    return said


def test_it_starts_otherwise(fresh):
    for kind in sites.KINDS:
        site = fresh(kind)
        site.start()
        site.stop()


def test_sqlite_file_is_missing(fresh):
    site = fresh(migrate=False)
    must_say(site, site.database.path, 'b2bportalctl')
    assert not os.path.exists(site.database.path), 'looking made an empty database'


def test_sqlite_folder_is_missing(fresh):
    site = fresh()
    shutil.rmtree(site.database.folder)
    must_say(site, site.database.path)


def test_sqlite_file_is_empty(fresh):
    site = fresh(migrate=False)
    open(site.database.path, 'w').close()
    shutil.chown(site.database.path, WORKER, WORKER)
    must_say(site, 'migrate')


def test_sqlite_file_is_something_else(fresh):
    site = fresh()
    with open(site.database.path, 'r+b') as f:
        f.write(b'this is not a database, but it has been one before today, honestly')
    must_say(site, site.database.path)


@pytest.mark.skipif(not is_root(), reason='needs another user')
@pytest.mark.parametrize('what', ['file', 'folder', 'readonly file', 'readonly folder'])
def test_sqlite_not_writable_by_the_worker_user(fresh, what):
    site = fresh()
    path = site.database.path if 'file' in what else site.database.folder
    if 'readonly' in what:
        os.chmod(path, 0o444 if 'file' in what else 0o555)
    else:
        shutil.chown(path, 'root', 'root')
        os.chmod(path, 0o644 if what == 'file' else 0o755)
    must_say(site, path)
    os.chmod(path, 0o755)


def test_sqlite_file_with_two_names(fresh):
    site = fresh()
    os.link(site.database.path, site.database.path + '.copy')
    must_say(site, 'link')


@pytest.mark.parametrize('kind', sites.KINDS)
@pytest.mark.parametrize('change, word', [
    ('DELETE FROM schema_migrations', 'migrate'),
    ("INSERT INTO schema_migrations (number, name, applied_at) VALUES (9999, 'future', 0)", 'newer'),
])
def test_schema_of_another_version(fresh, kind, change, word):
    site = fresh(kind)
    site.database.run([change])
    must_say(site, 'schema', word)


def test_postgresql_is_not_there(fresh, postgres):
    site = fresh('pgsql')
    own = site.database.name
    try:
        site.database.name = 'no_such_database'
        must_say(site, 'no_such_database')
        site.database.name = 'postgres'
        must_say(site, 'migrate')
    finally:
        site.database.name = own


def test_postgresql_settings_not_in_force(fresh, postgres):
    site = fresh('pgsql')
    postgres.psql("ALTER DATABASE %s SET default_transaction_read_only = 'on'" % site.database.name)
    must_say(site, 'read-only')


def test_postgresql_of_another_encoding(fresh, postgres):
    site = fresh('pgsql', migrate=False)
    site.database.drop()
    postgres.psql("CREATE DATABASE %s ENCODING 'SQL_ASCII' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'"
                  % site.database.name)
    must_say(site, 'UTF8')


def test_files_folder(fresh):
    site = fresh()
    os.chmod(site.files, 0o555) if not is_root() else shutil.chown(site.files, 'root', 'root')
    must_say(site, 'B2BPortalFiles', site.files)
    shutil.rmtree(site.files)
    must_say(site, 'B2BPortalFiles', site.files)


@pytest.mark.parametrize('change, words', [
    (lambda t: t.replace('B2BPortalDomain portals.example', 'B2BPortalDomain portals..example'), ['portals..example']),
    (lambda t: t.replace('B2BPortalDomain portals.example', 'B2BPortalDomain http://portals.example'), ['B2BPortalDomain']),
    (lambda t: t.replace('B2BPortalDomain portals.example', 'B2BPortalDomain portals.example:80'), ['B2BPortalDomain']),
    (lambda t: t.replace('B2BPortalDomain portals.example', 'B2BPortalDomain other.example', 1), ['B2BPortalDomain']),
    (lambda t: t.replace('B2BPortalDatabase sqlite3', 'B2BPortalDatabase mysql'), ['mysql']),
    (lambda t: '\n'.join(l for l in t.splitlines() if 'B2BPortalDatabase' not in l), ['B2BPortalDatabase']),
    (lambda t: '\n'.join(l for l in t.splitlines() if 'B2BPortalFiles' not in l), ['B2BPortalFiles']),
    (lambda t: '\n'.join(l for l in t.splitlines() if 'B2BPortalPages' not in l), ['B2BPortalPages']),
    (lambda t: '\n'.join(l for l in t.splitlines() if 'B2BPortalIssuer' not in l), ['B2BPortalIssuer']),
    (lambda t: t + '\nB2BPortalIssuer javascript:x "x"', ['javascript:x']),
    (lambda t: t + '\nB2BPortalIssuer http://a.example ""', ['label']),
    (lambda t: t + '\nB2BPortalIssuer http://a.example "A" trusted', ['trusted']),
    (lambda t: t + '\nB2BPortalAdministrator nobody', ['nobody']),
    (lambda t: t + '\nB2BPortalMail http://mail.example', ['B2BPortalMail']),
    (lambda t: t + '\nB2BPortalMail smtp://a:b@mail.example:25 plain', ['B2BPortalMail']),
    (lambda t: t + '\nB2BPortalMail smtp://mail.example', ['B2BPortalMailFrom']),
    (lambda t: t + '\nB2BPortalMailFrom nobody', ['nobody']),
    (lambda t: t + '\nB2BPortalBodyLimit -1', ['B2BPortalBodyLimit']),
    (lambda t: t + '\nB2BPortalDatabasePool 0', ['B2BPortalDatabasePool']),
    (lambda t: t.replace('B2BPortalURL http://portals', 'B2BPortalURL http://other'), ['B2BPortalURL']),
    (lambda t: t.replace('B2BPortalURL http://portals', 'B2BPortalURL ftp://portals'), ['B2BPortalURL']),
    (lambda t: t + '\nOIDCPassClaimsAs headers', ['OIDCPassClaimsAs headers', 'environment']),
    (lambda t: t + '\nOIDCRedirectURI /other/callback', ['/other/callback', '/oidc/callback']),
    (lambda t: t + '\nOIDCClaimPrefix X_', ['OIDCClaimPrefix']),
    (lambda t: t + '\nB2BPortalMailCA /nowhere.pem', ['B2BPortalMail']),
])
def test_configurations_that_contradict_themselves(fresh, change, words):
    site = fresh()
    site.configure()
    before = site.httpd.config
    site.httpd.config = change(before)
    assert site.httpd.config != before
    said = site.httpd.try_start()
    if said is None:
        site.stop()
        pytest.fail('the server started')
    for word in words:
        assert word in said, said


@pytest.mark.parametrize('kind', sites.KINDS)
def test_graceful_restart_with_a_broken_database_goes_on(fresh, kind, servers):
    """A restart must not end a server that runs: it denies until the database is right, and says so."""
    site = fresh(kind)
    sites.fill(site.database, site.issuers)
    site.start()
    servers.append(site)
    browser = site.browser()
    try:
        assert browser.get(site.url('acme', '/login')).status in (200, 302)
        site.log.allow(r'b2bportal')
        site.database.run(["INSERT INTO schema_migrations (number, name, applied_at) VALUES (9999, 'future', 0)"])
        site.httpd.graceful()
        browser.close()
        assert site.httpd.worker_pids()
        site.log.wait_for('newer', 5)
        site.database.run(['DELETE FROM schema_migrations WHERE number = 9999'])
        site.httpd.graceful()
        browser.close()
        wait_until(lambda: browser.get(site.url('acme', '/login')).status in (200, 302), 10, 'the site again')
    finally:
        servers.remove(site)


def test_no_database_handle_crosses_the_fork(fresh):
    site = fresh()
    site.start()
    parent = site.httpd.pid
    opened = [os.readlink('/proc/%d/fd/%s' % (parent, fd)) for fd in os.listdir('/proc/%d/fd' % parent)]
    assert not [path for path in opened if path.startswith(site.database.folder)]
    site.stop()


def test_what_the_server_makes_belongs_to_the_worker_user(fresh):
    site = fresh()
    site.start()
    site.make_portal('owned')
    site.stop()
    import pwd
    owner = pwd.getpwnam(WORKER).pw_uid if is_root() else os.geteuid()
    for name in os.listdir(site.database.folder):
        status = os.stat(os.path.join(site.database.folder, name))
        assert status.st_uid == owner, name
        assert not status.st_mode & 0o007, name

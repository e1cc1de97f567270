# SPDX-License-Identifier: Apache-2.0
"""b2bportalctl: migrate, check, backup, restore, and the first administrator and portals."""

import os
import shutil
import sqlite3
import subprocess
import tempfile
import threading
import time

import pytest

import sites
from harness import build, database
from harness.httpd import WORKER
from harness.scratch import as_user, is_root, wait_until
from harness.seed import Seed

pytestmark = sites.needs_ctl


class Shop:
    """An empty database, and the command for it."""

    def __init__(self, folder, kind, request):
        self.root = tempfile.mkdtemp(dir=folder)
        os.chmod(self.root, 0o777)
        self.database = database.make(kind, self.root, os.path.basename(self.root),
                                      lambda: request.getfixturevalue('postgres'))

    def where(self):
        return '%s %s' % (self.database.kind, self.database.params)

    def run(self, *args, where=None, user=WORKER, env=None):
        """Return (status, text)."""
        command = [build.CTL] + (['--database', where or self.where()] if env is None else []) + list(args)
        done = subprocess.run(as_user(user, command), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120,
                              universal_newlines=True, cwd='/', env=dict(os.environ, **(env or {})))
        return done.returncode, done.stdout

    def ok(self, *args, **kw):
        status, said = self.run(*args, **kw)
        assert status == 0, said
        return said


@pytest.fixture(params=sites.KINDS)
def shop(folder, request):
    made = Shop(folder, request.param, request)
    yield made
    made.database.drop()


@pytest.fixture
def sqlite_shop(folder, request):
    made = Shop(folder, 'sqlite3', request)
    yield made
    made.database.drop()


@pytest.fixture
def pgsql_shop(folder, request):
    made = Shop(folder, 'pgsql', request)
    yield made
    made.database.drop()


def test_migrate_makes_and_repeats(shop):
    assert shop.run('check')[0] == 3
    shop.ok('migrate')
    shop.ok('check')
    before = shop.database.query('SELECT * FROM schema_migrations')
    shop.ok('migrate')
    assert shop.database.query('SELECT * FROM schema_migrations') == before
    assert shop.database.query('SELECT count(*), sum(value) FROM generations') == [['1024', '0']]


def test_two_migrations_at_once(shop):
    results = []
    threads = [threading.Thread(target=lambda: results.append(shop.run('migrate'))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert {status for status, _ in results} <= {0, 75} and 0 in {status for status, _ in results}, results
    shop.ok('check')
    steps = len(os.listdir(os.path.join(build.SOURCE, 'mod_b2bportal', 'db', 'sql', 'migrations')))
    assert shop.database.query('SELECT count(*) FROM schema_migrations') == [[str(steps)]]


@pytest.mark.skipif(not is_root(), reason='needs root')
def test_migrate_as_root_leaves_a_file_that_the_worker_user_can_use(sqlite_shop):
    sqlite_shop.ok('migrate', user='root')
    sqlite_shop.ok('check')
    sqlite_shop.ok('migrate')


def test_schema_of_another_version(shop):
    shop.ok('migrate')
    shop.database.run(["INSERT INTO schema_migrations (number, name, applied_at) VALUES (9999, 'future', 0)"])
    status, said = shop.run('check')
    assert status == 3 and 'newer' in said
    assert shop.run('migrate')[0] == 1
    shop.database.run(['DELETE FROM schema_migrations'])
    status, said = shop.run('check')
    assert status == 3 and 'migrate' in said


def test_a_database_of_something_else_is_not_filled(shop):
    if shop.database.kind == 'sqlite3':
        connection = sqlite3.connect(shop.database.path)
        connection.execute('CREATE TABLE somebody_elses (x TEXT)')
        connection.close()
        shutil.chown(shop.database.path, WORKER, WORKER)
    else:
        shop.database.run(['CREATE TABLE somebody_elses (x TEXT)'])
    status, said = shop.run('migrate')
    assert status == 1 and 'somebody_elses' in said


@pytest.mark.parametrize('what', ['missing', 'not a database', 'two names', 'read-only', 'read-only folder'])
def test_sqlite_files_that_check_refuses(sqlite_shop, what):
    sqlite_shop.ok('migrate')
    path = sqlite_shop.database.path
    if what == 'missing':
        os.unlink(path)
    elif what == 'not a database':
        with open(path, 'wb') as f:
            f.write(b'not a database at all' * 500)
    elif what == 'two names':
        os.link(path, path + '.copy')
    else:
        os.chmod(path if what == 'read-only' else os.path.dirname(path), 0o400 if what == 'read-only' else 0o500)
    status, said = sqlite_shop.run('check')
    os.chmod(os.path.dirname(path), 0o750)
    assert status == 3, said
    assert path in said or os.path.dirname(path) in said, said
    if what == 'missing':
        assert not os.path.exists(path), 'the check made a file'


def test_postgresql_settings_that_check_refuses(pgsql_shop):
    pgsql_shop.ok('migrate')
    pgsql_shop.database.cluster.psql("ALTER DATABASE %s SET default_transaction_read_only = 'on'"
                                     % pgsql_shop.database.name)
    status, said = pgsql_shop.run('check')
    assert status == 3 and 'read-only' in said, said


def test_postgresql_is_not_there(pgsql_shop):
    status, said = pgsql_shop.run('check', where='pgsql host=127.0.0.1 port=1 dbname=x user=postgres password=hush-hush')
    assert status in (1, 3) and 'hush-hush' not in said, said
    status, said = pgsql_shop.run('check', where=pgsql_shop.where().replace(pgsql_shop.database.name, 'nowhere'))
    assert status in (1, 3) and 'nowhere' in said


def test_wrong_command_lines(sqlite_shop):
    for args in ((), ('fly',), ('backup',), ('migrate', 'now'), ('--database',), ('check', '--loud')):
        status, said = sqlite_shop.run(*args)
        assert status == 2 and said, args
    assert sqlite_shop.run('check', where='mysql x')[0] == 2
    assert sqlite_shop.run('check', where='sqlite3')[0] == 2


def test_database_from_the_environment_and_from_a_configuration(sqlite_shop):
    sqlite_shop.ok('migrate', env={'B2BPORTAL_DATABASE': sqlite_shop.where()})
    file = os.path.join(sqlite_shop.root, 'b2bportal.conf')
    with open(file, 'w') as f:
        f.write('# a comment\nServerName x\n<VirtualHost *:80>\n  b2bportaldatabase sqlite3 "%s"\n</VirtualHost>\n'
                % sqlite_shop.database.path)
    sqlite_shop.ok('check', env={'B2BPORTAL_CONFIG': file})


# -- backup and restore -----------------------------------------------------------------------------------


def fill(shop):
    class Issuer:
        url, label = 'http://issuer.example', 'Issuer'
    seed = Seed(shop.database)
    portal = seed.portal('kept', [Issuer])
    partner = seed.partner(portal, "North's \"best\" — Süd")
    for n in range(50):
        seed.member(portal, partner, 'm%d@a.example' % n, Issuer.url, 'm%d' % n)
    seed.commit()
    return portal


TABLES = ('portals', 'portal_issuers', 'partners', 'members', 'settings', 'schema_migrations')


def content(shop):
    return {table: sorted(map(tuple, shop.database.query('SELECT * FROM ' + table))) for table in TABLES}


def test_backup_and_restore(shop):
    shop.ok('migrate')
    fill(shop)
    before = content(shop)
    copy = os.path.join(shop.root, 'copy')
    shop.ok('backup', copy)
    assert os.stat(copy).st_mode & 0o777 == 0o600
    status, said = shop.run('backup', copy)
    assert status == 1 and copy in said, 'an existing file was overwritten'
    generations = dict(shop.database.query('SELECT slot, value FROM generations'))
    shop.database.run(["UPDATE members SET state = 'suspended'", "DELETE FROM portal_issuers",
                       "UPDATE generations SET value = value + 7", "UPDATE settings SET organisation_name = 'changed'"])
    seen = dict(shop.database.query('SELECT slot, value FROM generations'))
    shop.ok('restore', copy)
    assert content(shop) == before
    shop.ok('check')
    now = dict(shop.database.query('SELECT slot, value FROM generations'))
    assert len(now) == 1024
    # Nobody who has seen a value, before or after the backup, may take the new content for what they know.
    assert all(int(now[slot]) > int(seen[slot]) > int(generations[slot]) for slot in now)


def test_restore_refuses_what_is_no_copy(shop):
    shop.ok('migrate')
    fill(shop)
    before = content(shop)
    good = os.path.join(shop.root, 'good')
    shop.ok('backup', good)
    with open(good, 'rb') as f:
        data = f.read()
    cases = {'missing': None, 'empty': b'', 'text': b'this is no backup\n' * 1000, 'cut': data[:len(data) // 2]}
    for name, bytes_ in cases.items():
        path = os.path.join(shop.root, name)
        if bytes_ is not None:
            with open(path, 'wb') as f:
                f.write(bytes_)
            os.chmod(path, 0o644)
        status, said = shop.run('restore', path)
        assert status == 1, (name, said)
        assert path in said, (name, said)
        assert content(shop) == before, name
    shop.ok('check')


def test_backup_is_consistent_while_somebody_writes(shop):
    """Pairs of rows that are written together are in the copy together."""
    shop.ok('migrate')
    portal = fill(shop)
    stop = threading.Event()
    errors = []

    def write():
        n = 0
        while not stop.is_set():
            n += 1
            time.sleep(0.01)        # this writer does not take the lock file; readers need a gap
            try:
                shop.database.run(["UPDATE portals SET name = 'n%d'" % n, "UPDATE settings SET organisation_name = 'n%d'" % n])
            except (sqlite3.OperationalError, AssertionError) as error:
                if 'locked' not in str(error):
                    errors.append(error)
                    return
    shop.database.run(["UPDATE portals SET name = 'n0'", "UPDATE settings SET organisation_name = 'n0'"])
    writer = threading.Thread(target=write)
    writer.start()
    try:
        copies = []
        for n in range(4):
            copy = os.path.join(shop.root, 'live%d' % n)
            shop.ok('backup', copy)
            copies.append(copy)
    finally:
        stop.set()
        writer.join(30)
    assert not errors
    for copy in copies:
        shop.ok('restore', copy)
        names = shop.database.query("SELECT p.name, s.organisation_name FROM portals p, settings s WHERE p.id = '%s'" % portal)
        assert names[0][0] == names[0][1]


@sites.needs_module
@pytest.mark.parametrize('kind', sites.KINDS)
def test_restore_under_a_running_server(kind, folder, issuers, request, servers):
    """Who was let in by the copy is let in, and who was not is not, on every child within a second."""
    site = sites.make(kind, folder, 'restore-' + kind, issuers, request, servers, portals=sites.PLACES, children=2)
    site.httpd.file('www/portals/member/a.txt', 'S3CRET')
    where = '%s %s' % (kind, site.database.params)
    alice = site.sign_in('alice', 'acme', path='/member/a.txt')
    bob = site.sign_in('bob', 'acme', path='/member/a.txt')
    assert (alice.landed.status, bob.landed.status) == (200, 200)
    site.api('POST', '/portals/acme/members/%s/suspend' % site.world.bob, status=200)
    copy = os.path.join(site.database.folder if kind == 'sqlite3' else tempfile.gettempdir(),
                        'restore-%d.copy' % os.getpid())
    try:
        site.ctl('--database', where, 'backup', copy)
        site.api('POST', '/portals/acme/members/%s/resume' % site.world.bob, status=200)
        site.api('POST', '/portals/acme/members/%s/suspend' % site.world.alice, status=200)
        site.make_portal('newer')
        site.log.allow(r'b2bportal')
        site.ctl('--database', where, 'restore', copy)
        done = time.monotonic()

        def settled():
            found = set()
            for _ in range(8):
                alice.close(), bob.close()
                found.add((alice.get(site.url('acme', '/member/a.txt')).status,
                           bob.get(site.url('acme', '/member/a.txt')).status,
                           bob.get(site.url('newer', '/member/a.txt')).status))
            return found == {(200, 403, 404)}
        wait_until(settled, 5, 'the restored state on every child')
        assert time.monotonic() - done < 2.5
        site.make_portal('after')
    finally:
        if os.path.exists(copy):
            os.unlink(copy)


# -- first steps ------------------------------------------------------------------------------------------


def test_administrator_and_portals(shop):
    shop.ok('migrate')
    shop.ok('administrator', 'add', 'ada@host.example')
    assert shop.database.query("SELECT email, state FROM host_users") == [['ada@host.example', 'pending']]
    assert shop.database.query('SELECT role FROM host_user_roles') == [['administrator']]
    assert 'already' in shop.ok('administrator', 'add', 'ADA@host.example')
    assert shop.run('administrator', 'add', 'nobody')[0] == 1
    # Nobody could sign in at a portal without a provider; a configuration would name some.
    status, said = shop.run('portal', 'add', 'acme', 'Acme Works')
    assert status == 1 and 'B2BPortalIssuer' in said
    shop.ok('portal', 'add', 'acme', 'Acme Works', 'https://issuer.example', 'Issuer')
    assert shop.database.query('SELECT issuer, label, vouches_for_email FROM portal_issuers') \
        == [['https://issuer.example', 'Issuer', '0']]
    assert 'acme' in shop.ok('portal', 'list')
    for wrong in ('www', 'Acme', 'a_b', 'xn--x', ''):
        assert shop.run('portal', 'add', wrong, 'Wrong', 'https://issuer.example')[0] in (1, 2), wrong
    status, said = shop.run('portal', 'add', 'acme', 'Again', 'https://issuer.example')
    assert status == 1 and 'acme' in said
    assert shop.database.query('SELECT count(*) FROM portals') == [['1']]
    assert int(shop.database.query('SELECT max(value) FROM generations')[0][0]) > 0
    assert int(shop.database.query("SELECT count(*) FROM audit_events")[0][0]) >= 2

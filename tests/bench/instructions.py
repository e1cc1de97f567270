# SPDX-License-Identifier: Apache-2.0
"""make bench-instructions: what one signed-in static request costs, as a table.

Every row serves the same 1 kB file from the same kind of server; see callgrind.py for the method.
"""

import os
import shutil
import sqlite3
import sys

from callgrind import Case, Httpd, instructions

from harness import build, openidc, people
from harness.client import Client
from harness.database import Sqlite, quoted
from harness.httpd import WORKER
from harness.issuer import Issuer
from harness.scratch import as_user, remove_folder, run, scratch_folder

ADDED_MOST, RATIO_MOST = 6000, 1.05

HOST = 'p0000.portals.example'
SITE = '''
DocumentRoot "{root}/www"
<Directory "{root}/www">
    Require all granted
</Directory>
'''
BASIC = '''
<Location "/docs">
    AuthType Basic
    AuthName bench
    AuthBasicProvider anon
    Anonymous "*"
    Anonymous_VerifyEmail Off
    Anonymous_MustGiveEmail Off
    Anonymous_LogEmail Off
    %s
</Location>
'''
DBD = '''
DBDriver sqlite3
DBDParams "{root}/db/groups.db"
DBDExptime 3600
'''
MODULE = '''
B2BPortalDomain portals.example
B2BPortalURL http://portals.example
B2BPortalFiles "{root}/files"
B2BPortalPages "{pages}"
B2BPortalIssuer {issuer} "Example"
'''
DBD_REQUIRE = '''Require dbd-group sales
    AuthzDBDQuery "SELECT group_name FROM authz WHERE user = %s"'''
OPENIDC = openidc.SERVER + '''
<Location "/">
    AuthType openid-connect
    Require valid-user
</Location>
<Location "/login">
    AuthType None
    Require all granted
</Location>
'''


def server(root, config, modules=(), **kw):
    made = Httpd(root, config.replace('{root}', root), modules=modules, children=1, threads=2,
                 loglevel='warn', **kw)
    made.file('www/docs/file.txt', 'x' * 1024)
    made.file('www/login', 'sign in')
    return made


def url(made):
    return 'http://%s:%d/docs/file.txt' % (HOST, made.port)


def plain(made):
    return url(made), Client()


def basic(made):
    client = Client()
    client.get, get = (lambda u: get(u, headers={'Authorization': 'Basic YWxpY2U6eA=='})), client.get
    return url(made), client


def make_dbd(root):
    made = server(root, DBD + SITE + BASIC % DBD_REQUIRE,
                  ['dbd', 'auth_basic', 'authn_anon', 'authz_dbd'])
    path = os.path.join(made.folder('db', owner='www-data'), 'groups.db')
    with sqlite3.connect(path) as database:
        database.execute('CREATE TABLE authz (user TEXT, group_name TEXT)')
        database.executemany('INSERT INTO authz VALUES (?, ?)',
                             [('user%d' % i, 'g%d' % (i % 20)) for i in range(1000)] + [('alice', 'sales')])
        database.execute('CREATE INDEX authz_user ON authz(user)')
    database.close()
    os.chmod(path, 0o666)
    return made


def make_openidc(issuer):
    def make(root):
        made = server(root, SITE + OPENIDC, ['auth_openidc', 'include', 'filter'])
        openidc.write_metadata(made, [issuer])
        return made
    return make


def signed_in(issuer):
    def prepare(made):
        client = Client()
        client.timeout = 120
        answer = openidc.sign_in(client, url(made), issuer, 'alice')
        assert answer.status == 200, answer
        return url(made), client
    return prepare


def make_portals(issuer, portals, members, groups):
    """As make_openidc, with the module and so many portals; the file is for members in one of two groups."""
    def make(root):
        database = Sqlite(root)
        fill(database, issuer, portals, members, groups)
        config = (database.directive + MODULE + SITE + OPENIDC.replace(
            'Require valid-user', '<RequireAny>\nRequire b2b-group "group 1" "group 3"\n</RequireAny>')).replace(
            '{issuer}', issuer.url).replace('{pages}', build.PAGES or build.CONFIGURED['pages'])
        made = server(root, config, ['auth_openidc', 'include', 'filter'],
                      extra_loads=[('b2bportal_module', build.MODULE)])
        made.folder('files', owner=WORKER)
        openidc.write_metadata(made, [issuer])
        return made
    return make


def fill(database, issuer, portals, members, groups):
    """Write the portals in bulk: the first one has Alice."""
    run(as_user(WORKER, [build.CTL, '--database', 'sqlite3 ' + database.path, 'migrate']), cwd='/')
    statements, rows = [], {}

    def add(table, columns, values):
        rows.setdefault((table, columns), []).append('(%s)' % ', '.join(quoted(v) for v in values))
    now = 1700000000000000
    for p in range(portals):
        portal = 'portal-%05d' % p
        add('portals', 'id, technical_name, name, name_folded, color, contact_name, contact_email, locale, state, '
            'version, created_at, modified_at',
            (portal, 'p%04d' % p, 'P %d' % p, 'p %d' % p, '#336699', '', '', 'en', 'active', 1, now, now))
        add('portal_issuers', 'portal_id, position, issuer, label, vouches_for_email',
            (portal, 0, issuer.url, 'Example', 0))
        for n in range(4):
            add('partners', 'portal_id, id, name, name_folded, contact_first_name, contact_last_name, contact_email, '
                'country, city, state, version, created_at, modified_at',
                (portal, 'partner-%d' % n, 'partner %d' % n, 'partner %d' % n, '', '', '', '', '', 'active', 1, now, now))
        for g in range(groups):
            add('groups', 'portal_id, id, name, name_folded, version, created_at, modified_at',
                (portal, 'group-%d' % g, 'group %d' % g, 'group %d' % g, 1, now, now))
        for m in range(members):
            subject = 'alice' if m == 0 else 'subject-%d' % m
            add('members', 'portal_id, id, partner_id, email, email_folded, first_name, last_name, name_folded, role, '
                'state, issuer, subject, version, created_at, modified_at',
                (portal, 'member-%d' % m, 'partner-%d' % (m % 4), 'm%d@a.example' % m, 'm%d@a.example' % m, 'First',
                 'Last', 'last first', 'viewer', 'active', issuer.url, subject, 1, now, now))
            for g in {(m + k) % groups for k in (1, 2, 5)}:
                add('group_members', 'portal_id, group_id, member_id, source',
                    (portal, 'group-%d' % g, 'member-%d' % m, 'console'))
    for (table, columns), values in rows.items():
        for start in range(0, len(values), 400):
            statements.append('INSERT INTO %s (%s) VALUES %s' % (table, columns, ', '.join(values[start:start + 400])))
    database.run(statements)


def main():
    if not shutil.which('valgrind'):
        sys.exit('make bench-instructions counts with valgrind: apt-get install valgrind')
    check = '--check' in sys.argv
    folder = scratch_folder('b2b-bench-')
    issuer = Issuer(people.HOME)
    cases = [
        Case('bare httpd', lambda root: server(root, SITE), plain),
        Case('Basic, Require valid-user',
             lambda root: server(root, SITE + BASIC % 'Require valid-user', ['auth_basic', 'authn_anon']), basic),
        Case('Basic, mod_authz_dbd with SQLite', make_dbd, basic),
        Case('mod_auth_openidc alone', make_openidc(issuer), signed_in(issuer)),
    ]
    if build.MODULE and build.CTL:
        cases += [
            Case('with mod_b2bportal, 1 portal x 10 members', make_portals(issuer, 1, 10, 20), signed_in(issuer)),
            Case('with mod_b2bportal, 1,000 portals x 100 members', make_portals(issuer, 1000, 100, 20),
                 signed_in(issuer)),
        ]
    figures = []
    try:
        print('%-50s %14s' % ('a signed-in static request of 1 kB', 'instructions'))
        for case in cases:
            figures.append(instructions(case, folder))
            print('%-50s %14s' % (case.name, format(round(figures[-1]), ',')))
            sys.stdout.flush()
    finally:
        issuer.stop()
        remove_folder(folder)
    print('mod_authz_dbd adds %s to its base' % format(round(figures[2] - figures[1]), ','))
    if len(figures) < 6:
        print('B2B_BUILD is not set or has no module: nothing to compare with')
        return 2 if check else 0
    added, ratio = figures[4] - figures[3], figures[5] / figures[4]
    reached = added <= ADDED_MOST and ratio <= RATIO_MOST
    print('mod_b2bportal adds %s to mod_auth_openidc (at most %s); large is %.3f of small (at most %.2f): %s' % (
        format(round(added), ','), format(ADDED_MOST, ','), ratio, RATIO_MOST, 'reached' if reached else 'MISSED'))
    return 1 if check and not reached else 0


if __name__ == '__main__':
    sys.exit(main())

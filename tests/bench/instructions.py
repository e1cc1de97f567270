# SPDX-License-Identifier: Apache-2.0
"""make bench-instructions: what one signed-in static request costs, as a table.

Every row serves the same 1 kB file from the same kind of server; see callgrind.py for the method.
"""

import os
import sqlite3
import sys

from callgrind import Case, Httpd, instructions

from harness import openidc, people
from harness.client import Client
from harness.issuer import Issuer
from harness.scratch import as_user, is_root, remove_folder, run, scratch_folder

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
        made = server(root, SITE + OPENIDC, ['auth_openidc'])
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


def main():
    folder = scratch_folder('b2b-bench-')
    issuer = Issuer(people.HOME)
    cases = [
        Case('bare httpd', lambda root: server(root, SITE), plain),
        Case('Basic, Require valid-user',
             lambda root: server(root, SITE + BASIC % 'Require valid-user', ['auth_basic', 'authn_anon']),
             basic),
        Case('Basic, mod_authz_dbd with SQLite', make_dbd, basic),
        Case('mod_auth_openidc alone', make_openidc(issuer), signed_in(issuer)),
    ]
    figures = {}
    try:
        print('%-58s %14s' % ('signed-in static request, 1 kB', 'instructions'))
        for case in cases:
            figures[case.name] = instructions(case, folder)
            print('%-58s %14s' % (case.name, format(round(figures[case.name]), ',')))
            sys.stdout.flush()
    finally:
        issuer.stop()
        remove_folder(folder)
    print('mod_authz_dbd adds %s to its base' % format(
        round(figures[cases[2].name] - figures[cases[1].name]), ','))
    return 0


if __name__ == '__main__':
    sys.exit(main())

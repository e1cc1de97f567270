# SPDX-License-Identifier: Apache-2.0
"""make bench-instances: lists and submits of instances while there are many, as a table, on both databases.

Two databases of each kind are filled past the API, with 100,000 and with 1,000,000 instances of partners that
have 1,000 each; then instances.c asks the API's core the same things of both, in turn.
"""

import argparse
import json
import os
import sqlite3
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'httpd'))
from harness import build                                       # noqa: E402
from harness.database import Pgsql, Sqlite, quoted              # noqa: E402
from harness.postgres import Postgres                           # noqa: E402
from harness.scratch import remove_folder, scratch_folder       # noqa: E402

ISSUER = 'https://login.example/realm'
T0 = 1700000000000000
OF_A_PARTNER = 1000
TABLES = ['instances', 'instance_owners', 'instance_values']
PORTAL = '00000000-0001-7000-8000-000000000000'
PROCESS = '00000000-0002-7000-8000-000000000000'
SHARES = ['00000000-0003-7000-8000-00000000000%d' % n for n in range(2)]
HOST = '00000000-0004-7000-8000-000000000000'


def ids(family, expression, kind):
    """SQL: an id that sorts like the number that EXPRESSION is."""
    if kind == 'sqlite3':
        return "printf('%s-7000-8000-%%012x', %s)" % (family, expression)
    return "'%s-7000-8000-' || lpad(to_hex(%s), 12, '0')" % (family, expression)


def numbers(count, kind):
    if kind == 'sqlite3':
        return 'WITH RECURSIVE s(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM s WHERE n + 1 < %d)' % count
    return 'WITH s AS (SELECT n::bigint AS n FROM generate_series(0, %d) n)' % (count - 1)


def padded(text, expression, kind):
    if kind == 'sqlite3':
        return "printf('%s%%06d', %s)" % (text, expression)
    return "'%s' || lpad((%s)::text, 6, '0')" % (text, expression)


def share_document(title, visibility):
    return json.dumps({'title': title, 'instructions': '', 'processes': [{
        'process_id': PROCESS, 'process_version': 1, 'process_name': 'complaint', 'process_title': 'Complaint',
        'allow_create': True, 'creators': {'everyone': True, 'groups': []}, 'creators_only_open': False,
        'allow_delete': False, 'form_visibility': visibility}], 'partner_groups': [], 'dashboards': []})


def insert(table, **values):
    return 'INSERT INTO %s (%s) VALUES (%s)' % (table, ', '.join(values), ', '.join(quoted(v) for v in values.values()))


def host(kind, partners, document):
    """The statements that make everything but the instances."""
    stamp = {'version': 1, 'created_at': T0, 'modified_at': T0}
    made = [
        insert('host_users', id=HOST, email='host@host.example', email_folded='host@host.example', first_name='H',
               last_name='Host', name_folded='host', state='active', issuer=ISSUER, subject='host', **stamp),
        insert('host_user_roles', user_id=HOST, role='administrator'),
        insert('portals', id=PORTAL, technical_name='bench', name='Bench', name_folded='bench', color='#336699',
               contact_name='', contact_email='', locale='en', state='active', **stamp),
        insert('portal_issuers', portal_id=PORTAL, position=0, issuer=ISSUER, label='Example', vouches_for_email=0),
        insert('processes', id=PROCESS, name='complaint', title='Complaint', title_folded='complaint', description='',
               form_count=2, category='', category_folded='', document=document, major=1, minor=0, published=1,
               published_at=T0, draft_changed=0, **stamp),
        insert('process_versions', process_id=PROCESS, major=1, minor=0, document=document,
               security=json.dumps(json.loads(document)['security']), first_owners='', saved_at=T0)]
    for share, title, visibility in ((SHARES[0], 'All', 'all'), (SHARES[1], 'Assigned', 'assigned')):
        text = share_document(title, visibility)
        made += [insert('shares', id=share, title=title, title_folded=title.lower(), document=text, draft_changed=0,
                        revision=1, **stamp),
                 insert('share_revisions', share_id=share, number=1, document=text, made_at=T0),
                 insert('share_processes', share_id=share, number=1, process_id=PROCESS, process_version=1)]
    partner = ids('00000000-1000', 'n', kind)
    made.append("%s INSERT INTO partners (portal_id, id, name, name_folded, contact_first_name, contact_last_name, "
                "contact_email, country, city, state, version, created_at, modified_at) SELECT '%s', %s, %s, %s, '', '', "
                "'', '', '', 'active', 1, %d, %d FROM s" % (numbers(partners, kind), PORTAL, partner,
                                                            padded('Partner ', 'n', kind), padded('partner ', 'n', kind), T0, T0))
    made.append("%s INSERT INTO members (portal_id, id, partner_id, email, email_folded, first_name, last_name, name_folded, "
                "role, state, issuer, subject, version, created_at, modified_at) SELECT '%s', %s, %s, %s, %s, 'M', 'X', 'm x', "
                "'editor', 'active', '%s', %s, 1, %d, %d FROM s" % (
                    numbers(2 * partners, kind), PORTAL, ids('00000000-2000', 'n', kind),
                    ids('00000000-1000', 'n / 2', kind), padded('m', 'n', kind) + " || '@x.example'",
                    padded('m', 'n', kind) + " || '@x.example'", ISSUER, padded('m', 'n', kind), T0, T0))
    for share in SHARES:
        made.append("%s INSERT INTO grants (portal_id, partner_id, share_id, revision, first_sent_at, sent_at, created_at) "
                    "SELECT '%s', %s, '%s', 1, %d, %d, %d FROM s" % (numbers(partners, kind), PORTAL, partner, share, T0, T0, T0))
    return made


def instances(kind, count, partners):
    """Instance n is of partner n % partners and its members in turn; 4 of 5 in the share that shows all; every third waits
    for the partner at the second form, every tenth is complete, the others are drafts of their creators."""
    key, partner = ids('00000000-3000', 'n', kind), ids('00000000-1000', 'n %% %d' % partners, kind)
    round_ = '(n / %d)' % partners
    member = ids('00000000-2000', '2 * (n %% %d) + %s %% 2' % (partners, round_), kind)
    share = "CASE WHEN %s %% 5 = 4 THEN '%s' ELSE '%s' END" % (round_, SHARES[1], SHARES[0])
    pick = lambda draft, open_, done: "CASE WHEN %s %% 10 = 9 THEN %s WHEN %s %% 3 = 0 THEN %s ELSE %s END" % (     # noqa: E731
        round_, done, round_, open_, draft)
    subject, word = padded('subject ', round_, kind), "CASE %s %% 4 WHEN 0 THEN 'late' ELSE 'broken' END" % round_
    values = """'{"subject":"' || %s || '","kind":"' || %s || '"}'""" % (subject, word)
    head = numbers(count, kind)
    made = ["%s INSERT INTO instances (portal_id, id, partner_id, share_id, process_id, process_version, number, reference, "
            "reference_folded, search_folded, state, status, current_form, values_json, created_by_kind, created_by, "
            "created_by_name, modified_by_kind, modified_by, modified_by_name, version, created_at, modified_at) "
            "SELECT '%s', %s, %s, %s, '%s', 1, %s + 1, %s, %s, %s, %s, %s, %s, %s, 'member', %s, 'M X', 'member', %s, 'M X', 1, %d + n, %d + n FROM s" % (
                head, PORTAL, key, partner, share, PROCESS, round_, padded('complaint-', round_, kind),
                padded('complaint-', round_, kind), padded('complaint-', round_, kind) + " || ' m x'",
                pick("'draft'", "'open'", "'completed'"), pick("'report'", "'decision'", "'completed'"), pick('0', '1', '2'),
                values, member, member, T0, T0)]
    for form, owner, principal, current in ((0, 'creator', member, '0'), (0, 'member', member, pick('1', '0', '0')),
                                            (1, 'partner', partner, pick('0', '1', '0'))):
        made.append("%s INSERT INTO instance_owners (portal_id, instance_id, form, kind, principal_id, partner_id, share_id, "
                    "process_id, is_current, since) SELECT '%s', %s, %d, '%s', %s, %s, %s, '%s', %s, %d + n FROM s" % (
                        head, PORTAL, key, form, owner, principal, partner, share, PROCESS, current, T0))
    for field, value in (('subject', subject), ('kind', word)):
        made.append("%s INSERT INTO instance_values (portal_id, instance_id, field, value_key, is_sort, form, partner_id, "
                    "share_id, process_id) SELECT '%s', %s, '%s', %s, 1, 0, %s, %s, '%s' FROM s" % (
                        head, PORTAL, key, field, value, partner, share, PROCESS))
    made.append("%s INSERT INTO instance_numbers (portal_id, partner_id, process_id, next) SELECT '%s', %s, '%s', %d FROM s" % (
        numbers(partners, kind), PORTAL, ids('00000000-1000', 'n', kind), PROCESS, count // partners + 1))
    return made


def fill_sqlite(store, count, partners, document):
    connection = sqlite3.connect(store.path, isolation_level=None)
    connection.execute('PRAGMA synchronous = OFF')
    connection.execute('PRAGMA cache_size = -200000')
    connection.execute('PRAGMA foreign_keys = OFF')
    indexes = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN "
                                 '(%s)' % ', '.join(quoted(t) for t in TABLES)).fetchall()
    connection.execute('BEGIN')
    for name, _ in indexes:
        connection.execute('DROP INDEX ' + name)
    for statement in host('sqlite3', partners, document) + instances('sqlite3', count, partners):
        connection.execute(statement)
    for _, sql in indexes:
        connection.execute(sql)
    connection.execute('COMMIT')
    connection.close()


def fill_pgsql(store, count, partners, document):
    indexes = store.query("SELECT i.indexname, i.indexdef FROM pg_indexes i WHERE i.tablename IN (%s) AND i.indexname NOT LIKE "
                          "'%%_pkey'" % ', '.join(quoted(t) for t in TABLES))
    statements = ["SET session_replication_role = replica", "SET maintenance_work_mem = '256MB'", 'SET synchronous_commit = off']
    statements += ['DROP INDEX ' + name for name, _ in indexes]
    statements += host('pgsql', partners, document) + instances('pgsql', count, partners)
    statements += [definition for _, definition in indexes]
    store.run(statements)
    store.query('VACUUM ANALYZE')


def fill(store, count, document):
    partners = max(2, count // OF_A_PARTNER)
    began = time.monotonic()
    subprocess.run([build.CTL, '--database', '%s %s' % (store.kind, store.params), 'migrate'], check=True,
                   stdout=subprocess.DEVNULL)
    (fill_sqlite if store.kind == 'sqlite3' else fill_pgsql)(store, count, partners, document)
    print('  %s: %d instances of %d partners in %d s' % (store.kind, count, partners, time.monotonic() - began), flush=True)


def main():
    options = argparse.ArgumentParser()
    options.add_argument('--program', required=True)
    options.add_argument('--count', type=int, default=1000000)
    options.add_argument('--kinds', default='sqlite3,pgsql')
    options.add_argument('--check', action='store_true', help='fail where a target is missed')
    options = options.parse_args()
    program = options.program.split()
    document = subprocess.run(program + ['document'], check=True, stdout=subprocess.PIPE).stdout.decode()
    folder, cluster, failed = scratch_folder('instances'), None, False
    try:
        for kind in options.kinds.split(','):
            if kind == 'pgsql':
                cluster = Postgres(os.path.join(folder, 'postgres'))
                cluster.psql("ALTER SYSTEM SET shared_buffers = '256MB'")
                cluster.psql("ALTER SYSTEM SET max_wal_size = '4GB'")
                cluster.stop('fast')
                cluster.start()
            stores = []
            for count in (options.count // 10, options.count):
                name = 'bench_%d' % count
                stores.append(Sqlite(folder, name) if kind == 'sqlite3' else Pgsql(cluster, name))
                fill(stores[-1], count, document)
            command = program + [kind] + [x for store, count in zip(stores, (options.count // 10, options.count))
                                          for x in (store.params, str(count), str(max(2, count // OF_A_PARTNER)))]
            failed |= subprocess.run(command + (['--check'] if options.check else [])).returncode != 0
    finally:
        if cluster:
            cluster.stop()
        remove_folder(folder)
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())

# SPDX-License-Identifier: Apache-2.0
"""Each statement names portal_id where one of its tables has one; tables without are listed with a reason.

A statement that serves all portals on purpose (the directory of host names, the mail worker) says so on a
comment line of its own below its name: "-- across portals: why".
"""
import re
import sys

import guard

sys.path.insert(0, str(guard.SRCDIR / 'build-aux'))
import sql2c  # noqa: E402

FOLDER = 'mod_b2bportal/db/sql/'
HOST_TABLES = 'tests/guards/host_tables.txt'
CREATE = re.compile(r'CREATE TABLE (?:IF NOT EXISTS )?(\w+)\s*\((.*?)\n\)\s*;', re.S | re.I)
USES = re.compile(r'\b(?:FROM|JOIN|INTO|(?<!DO )UPDATE)\s+(\w+)', re.I)


def statements(text, path, common):
    """Yield (name, comments in it, SQL) of every statement, with what several share put in."""
    for name, lines, _ in sql2c.statements_of(text, path, common):
        notes = [line for line in lines if line.lstrip().startswith('--')]
        yield name, '\n'.join(notes), '\n'.join(line for line in lines if line not in notes)


def check(tree):
    complaints = []
    with_portal = set()
    without = set()
    for path, text in sorted(tree.items()):
        if path.startswith(FOLDER + 'migrations/'):
            for table, columns in CREATE.findall(text):
                (with_portal if re.search(r'^\s*portal_id\b', columns, re.M) else without).add(table)
    host = {}
    for line in tree.get(HOST_TABLES, '').splitlines():
        if line.strip() and not line.startswith('#'):
            table, _, reason = line.partition(' ')
            host[table] = reason.strip()
    for table in sorted(without - set(host)):
        complaints.append(f'{table} has no portal_id and {HOST_TABLES} does not say why')
    for table, reason in host.items():
        if table not in without:
            complaints.append(f'{HOST_TABLES}: {table} is not a table without portal_id')
        if not reason:
            complaints.append(f'{HOST_TABLES}: {table} has no reason')

    common = {}
    shared = FOLDER + 'queries/' + sql2c.COMMON
    list(sql2c.statements_of(tree.get(shared, ''), shared, common))
    for path, text in sorted(tree.items()):
        if not path.startswith(FOLDER) or path.startswith(FOLDER + 'migrations/') or path == shared:
            continue
        for name, notes, sql in statements(text, path, common):
            if re.search(r'--\s*across portals:\s*\S', notes):
                continue
            tables = {table for table in USES.findall(sql) if table in with_portal}
            # What a SELECT returns does not restrict it.
            matters = sql if re.search(r'\bINSERT\b', sql, re.I) else re.split(r'\bWHERE\b|\bON\b', sql, 1, re.I)[-1]
            if tables and not re.search(r'\bportal_id\b', matters):
                complaints.append(f'{path}: {name} reads {", ".join(sorted(tables))} of every portal')
    return complaints


SCHEMA = {
    FOLDER + 'migrations/0001.sql': 'CREATE TABLE members (\n    portal_id TEXT NOT NULL,\n    id TEXT\n);\n'
                                    'CREATE TABLE settings (\n    id TEXT\n);\n',
    HOST_TABLES: 'settings the host\n',
}


def sample(sql):
    return {**SCHEMA, FOLDER + 'queries.sql': sql}


guard.run(
    'sql', check, guard.read_tree(lambda path: path.startswith(FOLDER) or path == HOST_TABLES),
    bad={
        'a SELECT without the portal': sample('-- STMT_SELECT_MEMBER\nSELECT portal_id, id FROM members WHERE id = %s;\n'),
        'an UPDATE without the portal': sample('-- STMT_UPDATE_MEMBER\nUPDATE members SET id = %s WHERE id = %s;\n'),
        'a DELETE without the portal': sample('-- STMT_DELETE\nDELETE FROM members WHERE id = %s;\n'),
        'a JOIN without the portal': sample('-- STMT_J\nSELECT 1 FROM settings s JOIN members m ON m.id = s.id;\n'),
        'an INSERT without the portal': sample('-- STMT_INSERT\nINSERT INTO members (id) VALUES (%s);\n'),
        'the second of two statements': sample('-- STMT_A\nSELECT id FROM settings;\n\n-- STMT_B\nSELECT id FROM members;\n'),
        'a note without a reason': sample('-- STMT_A\n-- across portals:\nSELECT id FROM members;\n'),
        'a note above the statement': sample('-- across portals: the directory\n-- STMT_A\nSELECT id FROM members;\n'),
        'a table in what is shared': sample('-- PART ROWS\nFROM members m\n\n-- STMT_A\nSELECT m.id {ROWS}\nWHERE m.id = %s;\n'),
        'a table in what all files share': {**sample('-- STMT_A\nSELECT m.id {ROWS}\nWHERE m.id = %s;\n'),
                                            FOLDER + 'queries/parts.sql': '-- PART ROWS\nFROM members m\n'},
        'one of two choices': sample('-- STMT_S_{A|B}\nSELECT id FROM {A:settings|members};\n'),
        'a table that is not listed': {**SCHEMA, HOST_TABLES: ''},
        'a listed table that has a portal': {**SCHEMA, HOST_TABLES: SCHEMA[HOST_TABLES] + 'members why\n'},
    },
    good={
        'statements of one portal': sample('-- STMT_A\nSELECT id FROM members WHERE portal_id = %s;\n\n'
                                           '-- STMT_B\nINSERT INTO members (portal_id, id) VALUES (%s, %s);\n'),
        'a statement with what is shared': sample('-- PART ROWS\nFROM members m\n\n-- STMT_A\n'
                                                  'SELECT m.id {ROWS}\nWHERE m.portal_id = %s;\n'),
        'a statement across portals that says why': sample('-- STMT_A\n-- across portals: the directory\nSELECT id FROM members;\n'),
    })

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Turn the SQL of mod_b2bportal/db/sql into C.

sql2c.py SQL-FOLDER OUTPUT-FOLDER writes queries.h (the enum b2b_stmt_e) and queries_data.c (the texts).

queries/NOUN.sql holds named statements, one after another:

    -- STMT_PORTAL_SELECT
    -- What a reader should know about it.
    SELECT name FROM portals WHERE id = %s AND created_at > %lld;

What several statements share is written once:

    -- PART PORTAL_COLUMNS
    p.id, p.technical_name, p.name

    -- STMT_PORTAL_LIST_{NAME|CREATED}_{UP|DOWN}
    SELECT {PORTAL_COLUMNS} FROM portals p
    WHERE (p.{NAME:name_folded|created_at}, p.id) {UP:>|<} (%s, %s)
    ORDER BY p.{NAME:name_folded|created_at}{UP:| DESC}, p.id{UP:| DESC};

{PORTAL_COLUMNS} stands for that part of the same file, or of parts.sql, which every file may use. A name with words to choose from is one statement for each
choice; in its text, {NAME:…|…} says what stands there for each of the words of the choice that begins with NAME.

A line "-- planned once" below the name says of a statement that finds its rows by keys that every value of them
needs the same plan: PostgreSQL makes it once a connection instead of each time (db/pgsql.c).

Parameters are %s (text), %lld (integer or time) and %d (0 or 1), in order; a percent sign is doubled. One
text serves both drivers: it becomes `?` for SQLite and `$1` for PostgreSQL. migrations/NNNN-name.sql holds
statements without parameters, split at a semicolon at the end of a line; SQLite is not given COLLATE "C".
"""

import os
import re
import sys

NAME = re.compile(r'-- (PART [A-Z0-9_]+|STMT_[A-Z0-9_]+(?:\{[A-Z0-9_|]+\}[A-Z0-9_]*)*)$')
CHOICE = re.compile(r'\{([A-Z0-9_|]+)\}')
BRACES = re.compile(r'\{(?:([A-Z0-9_]+):)?([^{}]*)\}')
PLANNED_ONCE = '-- planned once'
COMMON = 'parts.sql'
PARAMETER = re.compile(r'%(lld|s|d|%)|%')
LITERAL = re.compile(r"'(?:[^']|'')*'")
TABLE = re.compile(r'\b(?:FROM|JOIN|INTO|UPDATE)\s+([a-z_][a-z0-9_]*)', re.I)
TYPES = {'s': 's', 'lld': 'i', 'd': 'b'}


class Wrong(Exception):
    """A mistake in a .sql file; str() is FILE:LINE: what."""


def read(path):
    with open(path, encoding='utf-8') as f:
        return f.read()


def statement(name, lines, where):
    """Return what the C code needs to know of one statement."""
    text = ' '.join(' '.join(re.sub(r'(^|\s)--.*', '', line) for line in lines).split())
    if not text.endswith(';') or ';' in LITERAL.sub('', text[:-1]):
        raise Wrong('%s: %s must be one statement and end with a semicolon' % (where, name))
    text = text[:-1].rstrip()
    types = []
    pgsql = []

    def sqlite_parameter(match):
        kind = match.group(1)
        if kind is None:
            raise Wrong('%s: %s: a percent sign is %%s, %%lld, %%d or %%%%' % (where, name))
        if kind == '%':
            return '%'
        types.append(TYPES[kind])
        return '?'

    if '?' in LITERAL.sub('', text) or '$' in LITERAL.sub('', text):
        raise Wrong('%s: %s: write parameters as %%s, %%lld or %%d' % (where, name))
    for literal in LITERAL.findall(text):
        if re.search(r'%(lld|s|d)', literal.replace('%%', '')):
            raise Wrong('%s: %s: a parameter within quotes is no parameter' % (where, name))
    sqlite = PARAMETER.sub(sqlite_parameter, text)

    def pgsql_parameter(match):
        if match.group(1) == '%':
            return '%'
        pgsql.append(match)
        return '$%d' % len(pgsql)

    planned_once = PLANNED_ONCE in lines
    if planned_once and ("%s = ''" in text or 'LIKE %s' in text):
        raise Wrong('%s: %s: the best plan for a condition that may be none depends on its values' % (where, name))
    verb = text.split(None, 1)[0].upper()
    if verb not in ('SELECT', 'WITH', 'INSERT', 'UPDATE', 'DELETE'):
        raise Wrong('%s: %s is neither a query nor a change' % (where, name))
    bare = LITERAL.sub("''", text)
    writes = re.search(r'\b(INSERT INTO|UPDATE|DELETE FROM)\b', re.sub(r'\b(DO|FOR)\s+UPDATE\b', '', bare, flags=re.I),
                       re.I) is not None
    common = set(n.lower() for n in re.findall(r'\b([a-z_][a-z0-9_]*)\s*(?:\([^()]*\)\s*)?AS\s*\(', bare, re.I))
    tables = sorted(set(t.lower() for t in TABLE.findall(bare)) - common - {'set', 'select'})
    return {'name': name, 'sqlite': sqlite, 'pgsql': PARAMETER.sub(pgsql_parameter, text),
            'types': ''.join(types), 'writes': writes, 'planned_once': planned_once,
            'rows': not writes or re.search(r'\bRETURNING\b', bare, re.I) is not None, 'tables': tables}


def blocks(text, path):
    """The named pieces of a file's TEXT: name, number of its first line, lines."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        match = NAME.match(line)
        if match:
            found.append((match.group(1), number, []))
        elif found:
            found[-1][2].append(line)
        elif line.strip() and not line.startswith('--'):
            raise Wrong('%s:%d: SQL without a -- STMT_ name above it' % (path, number))
    return found


def variants(name):
    """Each name that NAME stands for, with the number of the word taken of each choice."""
    choice = CHOICE.search(name)
    if not choice:
        return [(name, {})]
    words = choice.group(1).split('|')
    return [(rest, dict(taken, **{words[0]: (number, len(words))})) for number, word in enumerate(words)
            for rest, taken in variants(name[:choice.start()] + word + name[choice.end():])]


def filled(line, parts, taken, where):
    """LINE with its parts, and with what stands in it for the words that are TAKEN."""
    def of_braces(match):
        choice, text = match.groups()
        if choice is None and text in parts:
            parts[text]['used'] = True
            return ' '.join(filled(part, parts, taken, where) for part in parts[text]['lines']).strip()
        if choice not in taken:
            raise Wrong('%s: there is no part and no choice called %s' % (where, choice or text))
        number, count = taken[choice]
        texts = text.split('|')
        if len(texts) != count:
            raise Wrong('%s: %s has %d words to choose from' % (where, choice, count))
        return texts[number]
    return BRACES.sub(of_braces, line)


def parts_of(folder):
    """What FOLDER/parts.sql holds for all files."""
    path = os.path.join(folder, COMMON)
    parts = {}
    if os.path.exists(path):
        for _ in statements_of(read(path), path, parts):
            raise Wrong('%s: holds only parts' % path)
    return parts


def unused(parts):
    for name, part in parts.items():
        if not part['used']:
            raise Wrong('%s: nothing uses %s' % (part['where'], name))


def statements_of(text, path, common):
    """The statements of a file's TEXT, what is written once for several of them put in: name, lines, place. COMMON are
    the parts of all files; parts.sql adds its own to them."""
    own = {}
    parts = common if os.path.basename(path) == COMMON else own
    for name, number, lines in blocks(text, path):
        where = '%s:%d' % (path, number)
        if name.startswith('PART '):
            if name[5:] in parts or name[5:] in common:
                raise Wrong('%s: there are two parts of this name' % where)
            parts[name[5:]] = {'lines': [re.sub(r'(^|\s)--.*', '', line) for line in lines], 'used': False, 'where': where}
            continue
        for variant, taken in variants(name):
            yield variant, [filled(line, dict(common, **own), taken, where) for line in lines], where
    unused(own)


def queries(folder):
    found = []
    seen = {}
    common = parts_of(folder)
    for file in sorted(f for f in os.listdir(folder) if f.endswith('.sql') and f != COMMON):
        path = os.path.join(folder, file)
        for name, lines, where in statements_of(read(path), path, common):
            if name in seen:
                raise Wrong('%s: %s is already in %s' % (where, name, seen[name]))
            seen[name] = where
            found.append(statement(name, lines, where))
    if not found:
        raise Wrong('%s: no statements' % folder)
    unused(common)
    return found


def migrations(folder):
    found = []
    for number, file in enumerate(sorted(f for f in os.listdir(folder) if f.endswith('.sql')), 1):
        path = os.path.join(folder, file)
        if not re.match(r'%04d-[a-z0-9-]+\.sql$' % number, file):
            raise Wrong('%s: the next migration is %04d-name.sql' % (path, number))
        statements, lines = [], []
        for line in read(path).splitlines():
            line = re.sub(r'(^|\s)--.*', '', line).rstrip()
            if line:
                lines.append(line)
            if line.endswith(';'):
                statements.append('\n'.join(lines)[:-1])
                lines = []
        if lines:
            raise Wrong('%s: the last statement has no semicolon' % path)
        found.append((number, file[5:-4], statements))
    return found


def quoted(text, indent='    '):
    """TEXT as adjacent C string literals, one a line."""
    out = []
    for line in text.split('\n'):
        for start in range(0, len(line), 88):
            part = line[start:start + 88].replace('\\', '\\\\').replace('"', '\\"')
            out.append('"%s"' % part)
        if out:
            out[-1] = out[-1][:-1] + '\\n"'
    out[-1] = out[-1][:-3] + '"'
    return ('\n' + indent).join(out)


def header(statements):
    out = ['/* Generated by build-aux/sql2c.py from db/sql/queries: do not edit. */', '',
           '#ifndef B2B_QUERIES_H', '#define B2B_QUERIES_H', '', 'typedef enum {']
    out += ['    %s,' % s['name'] for s in statements]
    out += ['    STMT_COUNT', '} b2b_stmt_e;', '', '#endif', '']
    return '\n'.join(out)


def data(statements, steps):
    out = ['/* Generated by build-aux/sql2c.py from db/sql: do not edit. */', '',
           '#include "db/db_private.h"', '', 'const b2b_stmt_t b2b_stmts[STMT_COUNT] = {']
    for s in statements:
        out.append('    {"%s", "%s", %d, %d, %d, "%s",\n     %s,\n     %s},' % (
            s['name'], s['types'], s['rows'], s['writes'], s['planned_once'], ' '.join(s['tables']),
            quoted(s['sqlite'], '     '), quoted(s['pgsql'], '     ')))
    out += ['};', '']
    for number, name, texts in steps:
        out.append('static const char *const migration_%d[] = {' % number)
        out += ['    %s,' % quoted(text) for text in texts]
        out += ['    NULL};', '']
    out += ['const b2b_migration_t b2b_migrations[] = {']
    out += ['    {%d, "%s", migration_%d},' % (number, name, number) for number, name, _ in steps]
    out += ['    {0, NULL, NULL}};', '', 'const int b2b_db_schema_version = %d;' % steps[-1][0], '']
    return '\n'.join(out)


def replace(path, text):
    """Write TEXT to PATH unless it is there already, so that make rebuilds no more than it must."""
    if os.path.exists(path):
        with open(path, encoding='utf-8') as f:
            if f.read() == text:
                return
    with open(path + '.new', 'w', encoding='utf-8') as f:
        f.write(text)
    os.replace(path + '.new', path)


def main():
    source, target = sys.argv[1:]
    try:
        statements = queries(os.path.join(source, 'queries'))
        steps = migrations(os.path.join(source, 'migrations'))
    except Wrong as wrong:
        sys.exit(str(wrong))
    os.makedirs(target, exist_ok=True)
    replace(os.path.join(target, 'queries.h'), header(statements))
    replace(os.path.join(target, 'queries_data.c'), data(statements, steps))


if __name__ == '__main__':
    main()

# SPDX-License-Identifier: Apache-2.0
"""The two kinds of database under one face: how the module is told, and a side door for the tests."""

import hashlib
import os
import shutil
import sqlite3

from .httpd import WORKER
from .scratch import is_root


def quoted(value):
    """Return a value as an SQL literal."""
    if value is None:
        return 'NULL'
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, int):
        return str(value)
    return "'" + str(value).replace("'", "''") + "'"


class Sqlite:
    kind = 'sqlite3'

    def __init__(self, folder, name='portals'):
        self.folder = os.path.join(folder, name + '-db')
        os.makedirs(self.folder, exist_ok=True)
        os.chmod(self.folder, 0o750)
        if is_root():
            shutil.chown(self.folder, WORKER, WORKER)
        self.path = os.path.join(self.folder, 'portals.db')

    @property
    def params(self):
        return self.path

    @property
    def directive(self):
        return 'B2BPortalDatabase sqlite3 "%s"' % self.path

    def _connect(self):
        connection = sqlite3.connect(self.path, timeout=10, isolation_level=None)
        connection.execute('PRAGMA foreign_keys=ON')
        return connection

    def run(self, statements):
        """Run statements in one transaction, as another node would."""
        connection = self._connect()
        try:
            connection.execute('BEGIN IMMEDIATE')
            for statement in statements:
                connection.execute(statement)
            connection.execute('COMMIT')
        finally:
            connection.close()
        if is_root():
            for name in os.listdir(self.folder):
                shutil.chown(os.path.join(self.folder, name), WORKER, WORKER)

    def query(self, sql):
        """Return rows as lists of strings (NULL is '')."""
        connection = self._connect()
        try:
            return [['' if v is None else str(v) for v in row] for row in connection.execute(sql)]
        finally:
            connection.close()

    def digest(self, tables):
        """Return a digest of each table's rows."""
        connection = self._connect()
        try:
            return {t: hashlib.sha256(repr(sorted(map(repr, connection.execute('SELECT * FROM ' + t)))).encode())
                    .hexdigest() for t in tables}
        finally:
            connection.close()

    def drop(self):
        shutil.rmtree(self.folder, ignore_errors=True)


class Pgsql:
    kind = 'pgsql'

    def __init__(self, cluster, name):
        self.cluster = cluster
        self.name = name
        cluster.create_database(name)

    @property
    def params(self):
        return self.cluster.conninfo(self.name)

    @property
    def directive(self):
        return 'B2BPortalDatabase pgsql "%s"' % self.params

    def run(self, statements):
        self.cluster.psql_file('BEGIN;\n' + ';\n'.join(statements) + ';\nCOMMIT;\n', self.name)

    def query(self, sql):
        return self.cluster.psql(sql, self.name)

    def digest(self, tables):
        return dict(self.query(' UNION ALL '.join(
            "SELECT '%s', md5(coalesce(string_agg(x::text, '|' ORDER BY x::text), '')) FROM %s x" % (t, t)
            for t in tables)))

    def drop(self):
        self.cluster.drop_database(self.name)


def make(kind, folder, name, postgres_of):
    """Return a new empty database; postgres_of() gives the cluster when it is needed."""
    if kind == 'sqlite3':
        return Sqlite(folder, name)
    return Pgsql(postgres_of(), 't_%s_%d' % (''.join(c if c.isalnum() else '_' for c in name).lower(),
                                             os.getpid()))

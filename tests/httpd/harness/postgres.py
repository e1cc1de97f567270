# SPDX-License-Identifier: Apache-2.0
"""A PostgreSQL cluster of the tests' own, as its own user, in a scratch folder."""

import glob
import os
import shutil
import signal
import subprocess

from .scratch import as_user, children_of, free_port, is_root, run, wait_until

SETTINGS = '''
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 120
shared_buffers = 32MB
autovacuum = off
logging_collector = off
log_min_messages = warning
'''


def binaries():
    """Return the folder of the newest server binaries that are installed."""
    found = sorted(glob.glob('/usr/lib/postgresql/*/bin/postgres'),
                   key=lambda path: int(path.split('/')[4]))
    if not found:
        raise RuntimeError('PostgreSQL is not installed: apt install postgresql')
    return os.path.dirname(found[-1])


class Postgres:
    """One cluster; durability settings are PostgreSQL's own defaults."""

    def __init__(self, root):
        self.root = root
        self.port = free_port()
        self.bin = binaries()
        self.data = os.path.join(root, 'data')
        self.log = os.path.join(root, 'postgres.log')
        self.user = 'postgres'
        os.makedirs(root, exist_ok=True)
        if is_root():
            shutil.chown(root, self.user, self.user)
        run(self._as(os.path.join(self.bin, 'initdb'), '-D', self.data, '-U', self.user, '-A', 'trust',
                     '-E', 'UTF8', '--locale=C.UTF-8', '--no-instructions'))
        with open(os.path.join(self.data, 'postgresql.conf'), 'a') as f:
            f.write(SETTINGS + 'port = %d\n' % self.port)
        self.start()

    def _as(self, *command):
        return as_user(self.user, list(command))

    def start(self):
        run(self._as(os.path.join(self.bin, 'pg_ctl'), '-D', self.data, '-l', self.log, '-w', '-t', '60',
                     'start'), cwd='/')

    def stop(self, mode='immediate'):
        run(self._as(os.path.join(self.bin, 'pg_ctl'), '-D', self.data, '-m', mode, '-w', '-t', '60',
                     'stop'), cwd='/')

    def postmaster(self):
        with open(os.path.join(self.data, 'postmaster.pid')) as f:
            return int(f.readline())

    def pause(self):
        """Freeze the whole cluster: connections stay open and nothing answers."""
        parent = self.postmaster()
        for pid in [parent] + children_of(parent):
            os.kill(pid, signal.SIGSTOP)

    def resume(self):
        parent = self.postmaster()
        for pid in children_of(parent) + [parent]:
            os.kill(pid, signal.SIGCONT)

    def conninfo(self, database):
        return 'host=127.0.0.1 port=%d dbname=%s user=%s' % (self.port, database, self.user)

    def psql(self, sql, database='postgres'):
        """Run SQL and return its rows as lists of strings."""
        done = subprocess.run([os.path.join(self.bin, 'psql'), '-X', '-q', '-A', '-t', '-F', '\x1f', '-v',
                               'ON_ERROR_STOP=1', '-c', sql, self.conninfo(database)],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True,
                              timeout=60, cwd='/')
        if done.returncode != 0:
            raise AssertionError('psql: ' + done.stderr)
        return [line.split('\x1f') for line in done.stdout.splitlines()]

    def psql_file(self, sql, database):
        """Run a script; it may be long."""
        done = subprocess.run([os.path.join(self.bin, 'psql'), '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-f', '-',
                               self.conninfo(database)], input=sql, stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE, universal_newlines=True, timeout=300, cwd='/')
        if done.returncode != 0:
            raise AssertionError('psql: ' + done.stderr)

    def create_database(self, name):
        self.psql('CREATE DATABASE %s' % name)
        return name

    def drop_database(self, name):
        self.psql('DROP DATABASE IF EXISTS %s WITH (FORCE)' % name)

    def terminate(self, database):
        """End every connection to a database, as a fail-over does."""
        self.psql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                  "WHERE datname = '%s' AND pid <> pg_backend_pid()" % database)

    def running(self):
        return os.path.exists(os.path.join(self.data, 'postmaster.pid'))

    def destroy(self):
        if self.running():
            parent = self.postmaster()
            self.stop('immediate')
            wait_until(lambda: not os.path.exists('/proc/%d' % parent), 10, 'PostgreSQL to stop')
        shutil.rmtree(self.root, ignore_errors=True)

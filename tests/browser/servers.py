#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Demo servers around a command, stopped and removed when it ends.

    servers.py [--one] BUILD COMMAND…

Two of them, so that two halves of the tests run side by side: the first one has its data in SQLite, the second one in
a PostgreSQL of its own; --one: only the first. The command finds their addresses in B2B_BROWSER_URL and those of their
mail catchers in B2B_BROWSER_MAIL, with a space between. B2B_BROWSER_DATA=FOLDER keeps their data and logs there.
"""
import os
import signal
import subprocess
import sys

sys.dont_write_bytecode = True
root = os.path.realpath(os.path.join(os.path.dirname(__file__), '..', '..'))
sys.path.insert(0, os.path.join(root, 'tests', 'httpd'))

from harness import scratch  # noqa: E402
from harness.postgres import Postgres  # noqa: E402

DEMO = os.path.join(root, 'demo.sh')
PORTS = 5


class Server:
    """A demo in a folder of its own; the constructor begins to start it."""

    def __init__(self, build, folder, database=None):
        self.port = scratch.free_ports(PORTS)
        self.folder = folder
        self.environment = dict(os.environ, B2B_DEMO_BUILD=build)
        self.log = folder + '.log'
        command = [DEMO, '--detach', '--fresh', '--port', str(self.port), '--data', folder]
        with open(self.log, 'w') as log:
            self.starting = subprocess.Popen(command + (['--database', database] if database else []),
                                             env=self.environment, stdin=subprocess.DEVNULL, stdout=log,
                                             stderr=subprocess.STDOUT)

    def started(self):
        if self.starting.wait() != 0:
            with open(self.log) as log:
                sys.exit('%s\nservers.py: a demo did not start; see above' % log.read())

    def stop(self):
        self.starting.terminate()
        self.starting.wait()
        subprocess.run([DEMO, '--stop', '--data', self.folder], env=self.environment, stdout=subprocess.DEVNULL)

    def url(self):
        return 'http://portals.localhost:%d' % self.port

    def mail(self):
        return 'http://127.0.0.1:%d' % (self.port + 2)


def main(arguments):
    one = arguments[0] == '--one'
    build, *command = arguments[one:]
    # Whoever ends this ends what it started.
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda got, frame: sys.exit(128 + got))
    kept = os.environ.get('B2B_BROWSER_DATA')
    folder = kept or scratch.scratch_folder('b2bportal-browser.')
    os.makedirs(folder, exist_ok=True)
    servers = []
    cluster = running = None
    try:
        servers.append(Server(build, os.path.join(folder, 'sqlite3')))
        if not one:
            cluster = Postgres(scratch.scratch_folder('b2bportal-browser-pgsql.'))
            database = 'pgsql ' + cluster.conninfo(cluster.create_database('portals'))
            servers.append(Server(build, os.path.join(folder, 'pgsql'), database))
        for server in servers:
            server.started()
        environment = dict(os.environ, B2B_BROWSER_URL=' '.join(s.url() for s in servers),
                           B2B_BROWSER_MAIL=' '.join(s.mail() for s in servers))
        running = subprocess.Popen(command, env=environment)
        return running.wait()
    finally:
        if running and running.poll() is None:
            running.terminate()
            running.wait()
        for server in servers:
            server.stop()
        if cluster:
            cluster.destroy()
        if not kept:
            scratch.remove_folder(folder)


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))

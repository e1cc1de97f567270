#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A PostgreSQL cluster for one unit test program: it lives until its standard input ends.

Prints "host=… port=…" when it answers. Commands, a line each on standard input, are answered with "ok":
stop, start, pause, resume. The program that started it dies in whatever way: the input ends, and the
cluster, its folder and the program's own folder, the first argument, are gone.
"""
import os
import signal
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'httpd'))

from harness import scratch  # noqa: E402
from harness.postgres import Postgres  # noqa: E402


def main():
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # the end of the input is the one way to go
    folder = scratch.scratch_folder('b2b-unit-postgres-')
    cluster = None
    try:
        cluster = Postgres(os.path.join(folder, 'cluster'))
        print('host=127.0.0.1 port=%d user=postgres' % cluster.port, flush=True)
        for line in sys.stdin:
            do = {'stop': cluster.stop, 'start': cluster.start, 'pause': cluster.pause, 'resume': cluster.resume}
            do[line.strip()]()
            print('ok', flush=True)
    finally:
        if cluster:
            if cluster.running():
                cluster.resume()  # a test that failed in between may have left it frozen
            cluster.destroy()
        scratch.remove_folder(folder)
        scratch.remove_folder(sys.argv[1])


if __name__ == '__main__':
    main()

# SPDX-License-Identifier: Apache-2.0
"""Instructions per request of one httpd under callgrind.

A single process (-X) answers `few` requests in one run and `many` in another; what differs, divided by
many - few, is the cost of one. Start-up, sign-in and warm-up are in both and fall out. Threads are
counted apart and only those that serve requests are summed, so that a timer that ticks meanwhile is not
charged to the requests.
"""

import glob
import http.client
import os
import re
import signal
import statistics
import subprocess
import sys
import zlib

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '..', 'httpd'))

from harness.httpd import Httpd                                        # noqa: E402
from harness.scratch import alive, remove_folder, wait_until  # noqa: E402

FEW, MANY, WARM = 40, 240, 20
SERVING = re.compile(r'process_socket|listener_thread|ap_process_request|worker_thread')


def _thread_total(path):
    """Return (instructions, does this thread serve requests) of one thread's callgrind file."""
    with open(path, encoding='utf-8', errors='replace') as f:
        text = f.read()
    total = re.search(r'^(?:totals|summary): (\d+)', text, re.M)
    return (int(total.group(1)) if total else 0), bool(SERVING.search(text))


class Case:
    """One row of the table: a server configuration and how its client signs in."""

    def __init__(self, name, make, prepare):
        self.name = name
        self.make = make            # (root) -> Httpd with one child
        self.prepare = prepare      # (httpd) -> (url, client), run on the live server


def speaks(port):
    """Does the server answer a request? While it reads its configuration it listens, closes and listens again."""
    connection = http.client.HTTPConnection('127.0.0.1', port, timeout=30)
    try:
        connection.request('OPTIONS', '/')
        connection.getresponse().read()
        return True
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def run_once(case, root, requests):
    """Start the case under callgrind, send the requests, return instructions of serving threads."""
    server = case.make(root)
    server.write_config()
    os.chmod(root, 0o777)           # the figures are written by the worker user
    out = os.path.join(root, 'callgrind.out')
    for old in glob.glob(out + '*'):
        os.unlink(old)
    command = ['valgrind', '--tool=callgrind', '--separate-threads=yes', '--callgrind-out-file=' + out + '.%p',
               '--log-file=' + os.path.join(root, 'valgrind.log')]
    command += server._command('-X')
    log = open(os.path.join(root, 'stdout.log'), 'ab')
    popen = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=server.env,
                             start_new_session=True)
    try:
        def up():
            assert popen.poll() is None, 'httpd ended under callgrind:\n' + server.log.all() \
                + open(log.name).read()
            return speaks(server.port)
        wait_until(up, 90, 'httpd under callgrind')
        server.pid = popen.pid
        url, client = case.prepare(server)
        client.timeout = 120
        for _ in range(WARM + requests):
            answer = client.get(url)
            assert answer.status == 200, answer
        client.close()
    finally:
        if popen.poll() is None:
            popen.send_signal(signal.SIGTERM)
            try:
                popen.wait(60)
            except subprocess.TimeoutExpired:
                popen.kill()
                popen.wait(10)
        log.close()
        server.pid = None
    assert not alive(popen.pid)
    counted = 0
    # The helper that looks at the database at start-up is a process of its own and has files of its own.
    for path in glob.glob('%s.%d*' % (out, popen.pid)):
        total, serves = _thread_total(path)
        if serves:
            counted += total
    assert counted, 'callgrind wrote no figures in ' + root
    return counted


def once(case, folder):
    """One measurement of a case: two runs, and what the requests in between cost each."""
    counts = []
    for requests in (FEW, MANY):
        # Names of one length: what httpd pays for a longer path is not the case's.
        root = os.path.join(folder, '%08x-%03d' % (zlib.crc32(case.name.encode()), requests))
        os.makedirs(root)
        counts.append(run_once(case, root, requests))
        remove_folder(root)
    return (counts[1] - counts[0]) / (MANY - FEW)


def instructions(case, folder):
    """Return instructions per request of a case: the median of three measurements. One alone varies by a
    thousand with mod_auth_openidc, whose session is a JSON object in an order that chance decides."""
    return statistics.median(once(case, folder) for _ in range(3))

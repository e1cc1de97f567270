# SPDX-License-Identifier: Apache-2.0
"""Scratch folders, ports and processes that are ours alone and leave nothing behind."""

import os
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time

# Abstract sockets: a claim on a port number that all test processes of this machine see
# and that ends with the process that made it, without a file.
_claims = []


def free_port():
    """Return a TCP port on 127.0.0.1 that nobody else, in any test process, will pick."""
    return free_ports(1)


def free_ports(count):
    """Return the first of COUNT such ports in a row."""
    for _ in range(2000):
        # Below the ephemeral range: an outgoing connection never takes it between two restarts.
        first = random.SystemRandom().randint(12000, 32000 - count)
        claims = [socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) for _ in range(count)]
        try:
            for i, claim in enumerate(claims):
                claim.bind('\0b2bportal-test-port-%d' % (first + i))
        except OSError:
            taken = True
        else:
            taken = not all(port_is_free(first + i) for i in range(count))
        if not taken:
            _claims.extend(claims)
            return first
        for claim in claims:
            claim.close()
    raise RuntimeError('no free port on 127.0.0.1 between 12000 and 31999')


def port_is_free(port):
    """Could somebody listen on the port of 127.0.0.1 now?"""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(('127.0.0.1', port))
            return True
        except OSError:
            return False


def wait_until(condition, timeout=10.0, what='the condition'):
    """Return the first true value of condition(), asked again until it comes or time is up."""
    deadline = time.monotonic() + timeout
    pause = 0.005
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError('waited %.1f s in vain for %s' % (timeout, what))
        time.sleep(pause)
        pause = min(pause * 1.5, 0.1)


def scratch_folder(prefix='b2b-test-'):
    """Make a folder that the worker user may enter; the caller removes it."""
    base = os.environ.get('B2B_TEST_SCRATCH') or '/var/tmp'
    path = tempfile.mkdtemp(prefix=prefix, dir=base)
    os.chmod(path, 0o755)
    return path


def remove_folder(path):
    shutil.rmtree(path, ignore_errors=True)


def is_root():
    return os.geteuid() == 0


def as_user(user, command):
    """Return the command as it must be spelled to run as that user (only root can and need)."""
    return ['setpriv', '--reuid=' + user, '--regid=' + user, '--init-groups', '--'] + command \
        if is_root() else command


def run(command, **options):
    """Run a command to its end; an AssertionError with all it said if it fails."""
    options.setdefault('timeout', 120)
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          universal_newlines=True, **options)
    if done.returncode != 0:
        raise AssertionError('%s ended with %d:\n%s'
                             % (' '.join(map(str, command)), done.returncode, done.stdout))
    return done.stdout


class Process:
    """A long-running program of ours, stopped by its own id."""

    def __init__(self, command, log, ready=None, timeout=30, cwd=None, env=None):
        self.command = command
        self.log = log
        with open(log, 'ab') as out:
            self.popen = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                                          cwd=cwd, env=env, start_new_session=True)
        if ready:
            def answer():
                if self.popen.poll() is not None:
                    raise AssertionError('%s ended with %s:\n%s'
                                         % (' '.join(command), self.popen.returncode, self.said()))
                return ready()
            try:
                wait_until(answer, timeout, command[0] + ' to be ready')
            except AssertionError as error:
                self.stop()
                raise AssertionError('%s\n%s' % (error, self.said()))

    @property
    def pid(self):
        return self.popen.pid

    def said(self):
        with open(self.log, encoding='utf-8', errors='replace') as f:
            return f.read()

    def stop(self, sig=signal.SIGTERM, timeout=10):
        if self.popen.poll() is None:
            self.popen.send_signal(sig)
            try:
                self.popen.wait(timeout)
            except subprocess.TimeoutExpired:
                self.popen.kill()
                self.popen.wait(timeout)


def answers(port):
    """True when something accepts connections on 127.0.0.1:port."""
    try:
        socket.create_connection(('127.0.0.1', port), 1).close()
        return True
    except OSError:
        return False


def alive(pid):
    """True while the process runs (a zombie does not)."""
    try:
        with open('/proc/%d/stat' % pid) as f:
            return f.read().rsplit(')', 1)[1].split()[0] != 'Z'
    except OSError:
        return False


def children_of(pid):
    """Return the ids of the direct children of a process."""
    try:
        with open('/proc/%d/task/%d/children' % (pid, pid)) as f:
            return [int(word) for word in f.read().split()]
    except OSError:
        return []

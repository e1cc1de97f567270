# SPDX-License-Identifier: Apache-2.0
"""Many requests while something changes, and the question whether any answer was out of date.

A change is known by when it was asked for and when its answer was in hand. A request that began after the
answer to change k and ended before change k + 1 was asked for must see state k: that is S14.
"""

import bisect
import socket
import threading
import time


class Line:
    """One kept connection that sends a prepared request and reads status and body length."""

    def __init__(self, port, request):
        self.port = port
        self.request = request
        self.sock = None
        self.opened = 0

    def open(self):
        self.close()
        self.sock = socket.create_connection(('127.0.0.1', self.port), 10)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.file = self.sock.makefile('rb')
        self.opened += 1

    def close(self):
        if self.sock:
            self.file.close()
            self.sock.close()
            self.sock = None

    def ask(self):
        """Return the status, or None when the connection broke before the first byte of an answer."""
        if self.sock is None:
            self.open()
        try:
            self.sock.sendall(self.request)
            status_line = self.file.readline()
        except ConnectionError:
            status_line = b''
        if not status_line:
            self.close()
            return None
        length, keep = 0, True
        chunked = False
        while True:
            line = self.file.readline()
            if line in (b'\r\n', b''):
                break
            name, _, value = line.partition(b':')
            name = name.lower()
            if name == b'content-length':
                length = int(value)
            elif name == b'connection' and b'close' in value.lower():
                keep = False
            elif name == b'transfer-encoding':
                chunked = True
        if chunked:
            while True:
                size = int(self.file.readline().split(b';')[0], 16)
                self.file.read(size + 2)
                if not size:
                    break
        elif length:
            self.file.read(length)
        if not keep:
            self.close()
        return int(status_line.split()[1])


def prepared(browser, site, portal, path, method='GET'):
    """Return the bytes of a signed-in person's request."""
    cookie = browser.jar.header(site.netloc(portal), path)
    return ('%s %s HTTP/1.1\r\nHost: %s\r\nAccept: text/html\r\nCookie: %s\r\n\r\n'
            % (method, path, site.netloc(portal), cookie)).encode()


class Subject:
    """Something that is switched on and off, and the people who watch it."""

    def __init__(self, name, request, switch, granted, denied):
        self.name = name
        self.request = request
        self.switch = switch            # (on) -> None, returns when the answer is in hand
        self.granted = granted          # status while on
        self.denied = denied            # status while off
        self.changes = []               # (asked, answered, on)
        self.requests = []              # (began, ended, status)
        self.on = True

    def flip(self):
        asked = time.monotonic()
        self.switch(not self.on)
        self.on = not self.on
        self.changes.append((asked, time.monotonic(), self.on))

    def judge(self):
        """Return (checked, stale, wrong): requests between changes, those out of date, odd statuses."""
        answered = [change[1] for change in self.changes]
        checked, stale, wrong = 0, [], []
        self.busy = 0
        for began, ended, status in self.requests:
            index = bisect.bisect_right(answered, began) - 1
            state = True if index < 0 else self.changes[index][2]
            following = index + 1
            if following < len(self.changes) and ended > self.changes[following][0]:
                continue                # overlaps the next change: either answer is right
            if status == 503:
                self.busy += 1          # says that it does not know: never an allow, but rare
                continue
            if status not in (self.granted, self.denied):
                wrong.append((self.name, state, status))
                continue
            checked += 1
            if status != (self.granted if state else self.denied):
                stale.append((self.name, began - self.changes[max(index, 0)][1], state, status))
        return checked, stale, wrong


class Storm:
    """Watch all subjects while changes happen; bounded in requests, changes and time."""

    def __init__(self, port, subjects, requests=10000, per_change=40, changes=200, seconds=90, reopen=150):
        self.port = port
        self.subjects = subjects
        self.requests = requests
        self.per_change = per_change
        self.changes = changes
        self.seconds = seconds
        self.reopen = reopen
        self.stop = threading.Event()
        self.broken = 0
        self.errors = []

    def total(self):
        return sum(len(s.requests) for s in self.subjects)

    def _watch(self, subject):
        lines = [Line(self.port, subject.request) for _ in range(3)]
        turn = 0
        try:
            while not self.stop.is_set():
                line = lines[turn % len(lines)]
                turn += 1
                if turn % self.reopen == 0:
                    line.close()
                fresh = line.sock is None
                began = time.monotonic()
                status = line.ask()
                if status is None:
                    self.broken += 1
                    if fresh:
                        status = line.ask()     # at a graceful restart a listener may go under us once
                    if status is None:
                        continue
                subject.requests.append((began, time.monotonic(), status))
        except Exception as error:              # a reader that dies must fail the test, not end it early
            self.errors.append('%s: %r' % (subject.name, error))
        finally:
            for line in lines:
                line.close()

    def run(self, meanwhile=None):
        """Run to the end; meanwhile(n) is called after the n-th change."""
        threads = [threading.Thread(target=self._watch, args=(s,), daemon=True) for s in self.subjects]
        for thread in threads:
            thread.start()
        deadline = time.monotonic() + self.seconds
        count = 0
        try:
            while count < self.changes or self.total() < self.requests:
                assert time.monotonic() < deadline, 'only %d requests and %d changes in %d s' % (
                    self.total(), count, self.seconds)
                assert not self.errors, self.errors
                before = self.total()
                self.subjects[count % len(self.subjects)].flip()
                count += 1
                if meanwhile:
                    meanwhile(count)
                while self.total() < before + self.per_change and time.monotonic() < deadline:
                    time.sleep(0.001)
        finally:
            self.stop.set()
            for thread in threads:
                thread.join(20)
        checked, stale, wrong = 0, [], []
        for subject in self.subjects:
            c, s, w = subject.judge()
            checked += c
            stale += s
            wrong += w
        return {'requests': self.total(), 'changes': count, 'checked': checked, 'stale': stale, 'wrong': wrong,
                'busy': sum(s.busy for s in self.subjects), 'broken': self.broken}


def percentile(values, part):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]

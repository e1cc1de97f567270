# SPDX-License-Identifier: Apache-2.0
"""The error log as a test subject: a warning that nobody expected is a failure."""

import contextlib
import os
import re
import time

from .scratch import wait_until

LEVEL = re.compile(r'\[[a-z0-9_]*:(warn|error|crit|alert|emerg)\]')

# What cannot be avoided on a loopback without certificates, and ordinary refusals.
ALWAYS_ALLOWED = [
    r'AH00488: long lost child came home!',     # httpd's own bookkeeping when children end amid a restart
    r'AH01882:',            # mod_ssl was built against a newer OpenSSL than this machine has taken yet
    r'AH10159:',            # server has not been restarted since the configuration changed
    r'oidc_.*(insecure|not a secure|https)',   # the provider's metadata is on plain http
    r'oidc_metadata_.*not a valid https URL',
    r'oidc_check_config_.*https',
    r'AH01629: authorization failure \(no authenticated user\)',
    r'AH01630: client denied by server configuration',   # a refusal, logged by mod_authz_core
    r'AH01631: user .*: authorization failure',          # the same with a user
]


class ErrorLog:
    """Follows one error log from a remembered place on."""

    def __init__(self, path):
        self.path = path
        self.position = 0
        self.allowed = []

    def _read(self, start):
        if not os.path.exists(self.path):
            return ''
        with open(self.path, 'rb') as f:
            f.seek(start)
            return f.read().decode('utf-8', 'replace')

    def all(self):
        return self._read(0)

    def size(self):
        return os.path.getsize(self.path) if os.path.exists(self.path) else 0

    def since(self, mark):
        """Return the text written after the mark, an earlier size()."""
        return self._read(mark)

    def allow(self, *patterns):
        """Expect such lines from now on, until forget()."""
        self.allowed += patterns

    def forget(self):
        self.allowed = []

    def wait_for(self, pattern, timeout=10, mark=0):
        """Return the match of the pattern as soon as the log has it."""
        return wait_until(lambda: re.search(pattern, self.since(mark)), timeout,
                          'the error log to say %r' % pattern)

    @contextlib.contextmanager
    def expecting(self, pattern, timeout=5):
        """Inside the block at least one line matching the pattern is written, and is no failure."""
        mark = self.size()
        self.allow(pattern)
        yield
        self.wait_for(pattern, timeout, mark)

    def unexpected(self):
        """Return the lines at warn and above since the last call that nobody allowed."""
        text = self._read(self.position)
        if text and not text.endswith('\n'):
            time.sleep(0.05)            # a line is being written
            text = self._read(self.position)
        self.position += len(text.encode('utf-8', 'replace'))
        allowed = [re.compile(p) for p in ALWAYS_ALLOWED + self.allowed]
        return [line for line in text.splitlines()
                if (LEVEL.search(line) or ' Sanitizer' in line or 'AddressSanitizer' in line
                    or 'runtime error:' in line)
                and not any(p.search(line) for p in allowed)]

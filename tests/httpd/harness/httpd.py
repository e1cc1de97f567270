# SPDX-License-Identifier: Apache-2.0
"""An httpd of the tests' own: generated ServerRoot, Debian's binary and modules, event MPM."""

import glob
import os
import re
import signal
import subprocess

from .errorlog import ErrorLog
from .scratch import alive, answers, children_of, free_port, is_root, port_is_free, wait_until

HTTPD = os.environ.get('B2B_HTTPD') or '/usr/sbin/apache2'
MODULES = os.environ.get('B2B_HTTPD_MODULES') or '/usr/lib/apache2/modules'
WORKER = os.environ.get('B2B_HTTPD_USER') or 'www-data'

BASE_MODULES = ['mpm_event', 'authn_core', 'authz_core', 'authz_user', 'authz_host', 'alias', 'dir',
                'mime', 'env', 'headers', 'setenvif', 'deflate', 'unixd_builtin', 'log_config_builtin']
BUILTIN = {'unixd_builtin', 'log_config_builtin'}

HEAD = '''
ServerRoot "{root}"
ServerName localhost
PidFile "{root}/httpd.pid"
DefaultRuntimeDir "{root}/run"
ErrorLog "{root}/error.log"
LogLevel {loglevel}
LogFormat "%{{Host}}i %h %u \\"%r\\" %>s %b" short
CustomLog "{root}/access.log" short
{identity}
Listen 127.0.0.1:{port}
StartServers {children}
ServerLimit {limit}
ThreadsPerChild {threads}
MaxRequestWorkers {workers}
MinSpareThreads 1
MaxSpareThreads {workers}
ThreadLimit {threads}
MaxConnectionsPerChild 0
KeepAlive On
KeepAliveTimeout 30
MaxKeepAliveRequests 0
GracefulShutdownTimeout 5
TraceEnable {trace}
TypesConfig /etc/mime.types
AddType image/webp .webp
<Directory />
    AllowOverride None
    Require all denied
</Directory>
'''


class Httpd:
    """One server with its own root folder. Config text may use {root}, {port} and {name} of ports."""

    def __init__(self, root, config, modules=(), extra_loads=(), children=2, threads=8, port=None,
                 loglevel='info', env=None, trace='Off', program=None):
        self.root = root
        self.port = port or free_port()
        self.modules = list(dict.fromkeys(BASE_MODULES + list(modules)))
        self.extra_loads = list(extra_loads)
        self.config = config
        self.children = children
        self.threads = threads
        self.loglevel = loglevel
        self.trace = trace
        self.env = dict(os.environ, **(env or {}))
        self.env.pop('NOTIFY_SOCKET', None)
        self.program = program or [HTTPD]
        self.pid = None
        for name in ('conf', 'run', 'www'):
            os.makedirs(os.path.join(root, name), exist_ok=True)
        os.chmod(root, 0o755)
        self.log = ErrorLog(os.path.join(root, 'error.log'))

    # -- configuration -----------------------------------------------------------------------

    @property
    def conf_file(self):
        return os.path.join(self.root, 'conf', 'httpd.conf')

    def write_config(self):
        loads = ['LoadModule %s_module %s/mod_%s.so' % (name, MODULES, name)
                 for name in self.modules if name not in BUILTIN]
        loads += ['LoadModule %s %s' % pair for pair in self.extra_loads]
        identity = 'User %s\nGroup %s' % (WORKER, WORKER) if is_root() else ''
        head = HEAD.format(root=self.root, port=self.port, loglevel=self.loglevel,
                           children=self.children, limit=self.children + 2, threads=self.threads,
                           workers=self.threads * (self.children + 2), identity=identity,
                           trace=self.trace)
        with open(self.conf_file, 'w') as f:
            f.write('\n'.join(loads) + '\n' + head + '\n' + self.config + '\n')

    def folder(self, *names, owner=None):
        """Make a folder below the server root and return its path."""
        path = os.path.join(self.root, *names)
        os.makedirs(path, exist_ok=True)
        if owner and is_root():
            import shutil
            shutil.chown(path, owner, owner)
        return path

    def file(self, name, text, mode=0o644):
        """Write a file below the server root and return its path."""
        path = os.path.join(self.root, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, 'wb') as f:
            f.write(text if isinstance(text, bytes) else text.encode())
        os.chmod(path, mode)
        return path

    # -- running -----------------------------------------------------------------------------

    def _command(self, *args):
        return self.program + ['-d', self.root, '-f', self.conf_file] + list(args)

    def _control(self, *args, timeout=30):
        # Output goes to a file: a daemon that inherited a pipe would keep us waiting for its end.
        out = os.path.join(self.root, 'control.out')
        with open(out, 'wb') as f:
            done = subprocess.run(self._command(*args), stdin=subprocess.DEVNULL, stdout=f,
                                  stderr=subprocess.STDOUT, env=self.env, timeout=timeout)
        with open(out, encoding='utf-8', errors='replace') as f:
            return done.returncode, f.read()

    def try_start(self, timeout=20):
        """Start; return None when it answers, else everything it said about why not."""
        self.write_config()
        # One that refused to start may still be on its way out.
        wait_until(lambda: port_is_free(self.port), 10, 'port %d to be free' % self.port)
        mark = self.log.size()
        code, said = self._control('-k', 'start')
        if code != 0:
            return said + self.log.since(mark)

        def up_or_gone():
            pid = self._read_pid()
            if pid and not alive(pid):
                return 'gone'
            if pid and answers(self.port) and len(children_of(pid)) >= 1:
                return 'up'
            if not pid and re.search(r'AH00020: Configuration Failed|exiting', self.log.since(mark)):
                return 'gone'
            return None
        try:
            state = wait_until(up_or_gone, timeout, 'httpd to answer')
        except AssertionError as error:
            return '%s\n%s%s' % (error, said, self.log.since(mark))
        if state == 'gone':
            return said + self.log.since(mark)
        self.pid = self._read_pid()
        return None

    def start(self):
        problem = self.try_start()
        if problem is not None:
            raise AssertionError('httpd does not start:\n' + problem)
        return self

    def config_test(self):
        """Return (exit status, text) of `-t` with the present configuration."""
        self.write_config()
        return self._control('-t')

    def _read_pid(self):
        try:
            with open(os.path.join(self.root, 'httpd.pid')) as f:
                return int(f.read())
        except (OSError, ValueError):
            return None

    def worker_pids(self):
        """Return the ids of the children that serve requests (not of mod_cgid's daemon)."""
        found = []
        for pid in children_of(self.pid):
            tasks = glob.glob('/proc/%d/task/*' % pid)
            if len(tasks) > 1 and alive(pid):
                found.append(pid)
        return found

    def graceful(self, rewrite=False):
        """Restart gracefully; return when the new generation of children serves."""
        if rewrite:
            self.write_config()
        mark = self.log.size()
        old = set(self.worker_pids())
        os.kill(self.pid, signal.SIGUSR1)
        self.log.wait_for(r'resuming normal operations', 20, mark)
        wait_until(lambda: set(self.worker_pids()) - old and answers(self.port), 20,
                   'the new children after graceful')

    def kill_child(self, pid=None, sig=signal.SIGKILL):
        """Kill one child of ours by its id and return the id."""
        pid = pid or self.worker_pids()[0]
        assert pid in children_of(self.pid), 'not a child of this httpd'
        os.kill(pid, sig)
        wait_until(lambda: not alive(pid), 10, 'the child to die')
        return pid

    def stop(self, sig=signal.SIGTERM):
        """Stop parent and children; children that do not go are killed by their ids."""
        if not self.pid:
            return
        kids = children_of(self.pid)
        if alive(self.pid):
            os.kill(self.pid, sig)
        try:
            wait_until(lambda: not alive(self.pid), 15, 'httpd to stop')
            wait_until(lambda: not any(alive(k) for k in kids), 10, 'the children to stop')
        except AssertionError:
            for pid in [self.pid] + kids:
                if alive(pid):
                    os.kill(pid, signal.SIGKILL)
            wait_until(lambda: not any(alive(p) for p in [self.pid] + kids), 10, 'killed httpd')
        self.pid = None
        try:
            os.unlink(os.path.join(self.root, 'httpd.pid'))
        except OSError:
            pass

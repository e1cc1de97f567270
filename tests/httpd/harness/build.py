# SPDX-License-Identifier: Apache-2.0
"""Where the build lies: $B2B_BUILD, the folder in which make ran."""

import configparser
import fcntl
import os
import subprocess

SOURCE = os.path.abspath(os.path.join(os.path.dirname(__file__), '..', '..', '..'))
BUILD = os.path.abspath(os.environ['B2B_BUILD']) if os.environ.get('B2B_BUILD') else None


def _configured():
    values = {'module': BUILD and os.path.join(BUILD, '.libs', 'mod_b2bportal.so'),
              'ctl': BUILD and os.path.join(BUILD, 'b2bportalctl'),
              'pages': BUILD and os.path.join(BUILD, 'build', 'htdocs')}
    path = BUILD and os.path.join(BUILD, 'tests', 'config.ini')
    if path and os.path.exists(path):
        parser = configparser.ConfigParser()
        parser.read(path)
        values.update(parser['build'])
    return values


CONFIGURED = _configured()
MODULE = CONFIGURED['module'] if CONFIGURED['module'] and os.path.exists(CONFIGURED['module']) else None
CTL = CONFIGURED['ctl'] if CONFIGURED['ctl'] and os.path.exists(CONFIGURED['ctl']) else None
PAGES = CONFIGURED['pages'] if CONFIGURED['pages'] and os.path.isdir(CONFIGURED['pages']) else None


def prepare_provider():
    """Unpack the demo provider's packages; two processes at a time take turns."""
    with open(os.path.join(BUILD, 'provider.lock'), 'w') as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = subprocess.run([os.path.join(SOURCE, 'demo', 'provider', 'run.sh'), BUILD, '--prepare'],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300)
    if done.returncode != 0:
        raise RuntimeError('the provider cannot be prepared: ' + done.stdout.decode())

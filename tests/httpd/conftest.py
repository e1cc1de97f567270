# SPDX-License-Identifier: Apache-2.0
"""Fixtures that every server test shares: one PostgreSQL, one mail server, two issuers a run."""

import os
import sys

import pytest

sys.path.insert(0, os.path.dirname(__file__))

from harness import build, people                                      # noqa: E402
from harness.issuer import Issuer                                      # noqa: E402
from harness.postgres import Postgres                                  # noqa: E402
from harness.provider import Provider                                  # noqa: E402
from harness.scratch import remove_folder, scratch_folder              # noqa: E402
from harness.smtp import MailServer                                    # noqa: E402

# Every server that runs; the watcher below reads their logs after each test.
SERVERS = []


def pytest_collection_modifyitems(items):
    # One process a file, so that servers are shared by a file's tests and started once.
    for item in items:
        item.add_marker(pytest.mark.xdist_group(item.fspath.basename))


@pytest.fixture(scope='session')
def scratch():
    path = scratch_folder()
    yield path
    if not os.environ.get('B2B_TEST_KEEP'):
        remove_folder(path)


@pytest.fixture(scope='session')
def postgres(scratch):
    cluster = Postgres(os.path.join(scratch, 'postgres'))
    yield cluster
    cluster.destroy()


@pytest.fixture(scope='session')
def issuers():
    pair = [Issuer(people.HOME, 'Example Identity'), Issuer(people.OTHER, 'Another Identity')]
    yield pair
    for issuer in pair:
        issuer.stop()


@pytest.fixture(scope='session')
def provider(scratch):
    if not build.BUILD:
        pytest.skip('B2B_BUILD is not set: the provider has no folder for its packages')
    made = Provider(os.path.join(scratch, 'provider'), people.HOME)
    yield made
    made.stop()


@pytest.fixture(scope='session')
def mail():
    server = MailServer()
    yield server
    server.stop()


@pytest.fixture(scope='module')
def folder(scratch, request):
    """A folder of this test file's own below the scratch folder."""
    import tempfile
    path = tempfile.mkdtemp(prefix=request.module.__name__.replace('.', '-') + '-', dir=scratch)
    os.chmod(path, 0o755)
    return path


@pytest.fixture(scope='session')
def servers():
    return SERVERS


@pytest.fixture(autouse=True)
def quiet_logs(request):
    """Fail a test during which a server logged a warning that nobody expected."""
    yield
    found = []
    for server in SERVERS:
        found += server.log.unexpected()
        server.log.forget()
    if found:
        pytest.fail('unexpected in the error log:\n' + '\n'.join(found[:20]), pytrace=False)

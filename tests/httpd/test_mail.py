# SPDX-License-Identifier: Apache-2.0
"""The outbox: TLS, sign-in, the server's own words, and a worker that dies with mail in its hands."""

import os
import re

import pytest

import sites
from harness.certs import Certificates
from harness.scratch import children_of, wait_until
from harness.smtp import MailServer
from test_authorization import JSON
from test_bad_input import png

pytestmark = sites.needs_module


@pytest.fixture(scope='module')
def certificates(folder):
    return Certificates(os.path.join(folder, 'ca'), ['localhost', '127.0.0.1', 'mail.test'])


@pytest.fixture
def mailbox():
    made = []

    def start(**options):
        server = MailServer(**options)
        made.append(server)
        return server
    yield start
    for server in made:
        server.stop()


_count = iter(range(10000))


def make(kind, folder, issuers, request, servers, mail, **kw):
    site = sites.make(kind, folder, 'mail-%d' % next(_count), issuers, request, servers, mail=mail, **kw)
    site.north = {'id': site.world.north}
    return site


def invite(site, address):
    return site.invite('acme', site.north, address)[1]


def entry(site, address):
    return [m for m in site.everything('/mail') if m['to'] == address][0]


def in_state(site, address, state, timeout=20):
    def there():
        found = entry(site, address)
        return found if found['state'] == state else None
    return wait_until(there, timeout, 'mail to %s to be %s: %s' % (address, state, entry(site, address)))


@pytest.mark.parametrize('kind', sites.KINDS)
def test_refused_slow_and_sent_again(kind, folder, issuers, request, servers, mailbox):
    server = mailbox()
    server.refuse['gone@north.example'] = '550 5.1.1 Nobody of that name works here'
    server.refuse['full@north.example'] = '452 4.2.2 The mailbox is full, try later'
    site = make(kind, folder, issuers, request, servers, server)
    for name in ('gone', 'full', 'fine'):
        invite(site, name + '@north.example')
    server.wait_for('fine@north.example')
    in_state(site, 'fine@north.example', 'sent')
    gone = in_state(site, 'gone@north.example', 'failed')
    assert 'Nobody of that name works here' in gone['server_words']
    full = wait_until(lambda: (lambda e: e if e['server_words'] else None)(entry(site, 'full@north.example')), 20,
                      'an attempt')
    assert full['state'] == 'queued' and 'The mailbox is full' in full['server_words']
    assert full['next_attempt_at'] is not None
    server.refuse.clear()
    for message in (gone, full):
        site.api('POST', '/mail/%s/send-again' % message['id'], status=200)
        server.wait_for(message['to'])
        in_state(site, message['to'], 'sent')


def test_nobody_listens_then_somebody_does(folder, issuers, request, servers, mailbox):
    server = mailbox()
    server.stop()
    site = make('sqlite3', folder, issuers, request, servers, server)
    invite(site, 'late@north.example')
    waiting = wait_until(lambda: (lambda e: e if e['server_words'] else None)(entry(site, 'late@north.example')), 20,
                         'an attempt')
    assert waiting['state'] == 'queued' and waiting['server_words']
    server.start()
    site.api('POST', '/mail/%s/send-again' % waiting['id'], status=200)
    server.wait_for('late@north.example')


def test_starttls_and_sign_in(folder, issuers, request, servers, mailbox, certificates):
    server = mailbox(certificate=certificates.pair, user=('portals', 'p@ss:word'))
    site = make('sqlite3', folder, issuers, request, servers,
                'smtp://portals:p%%40ss%%3Aword@localhost:%d starttls\nB2BPortalMailCA "%s"' % (
                    server.port, certificates.ca))
    invite(site, 'tls@north.example')
    server.wait_for('tls@north.example')
    assert server.tls_seen == [True] and server.sign_ins == ['portals']
    assert 'p@ss:word' not in site.log.all() and 'p%40ss' not in site.log.all()


def test_tls_from_the_start(folder, issuers, request, servers, mailbox, certificates):
    server = mailbox(certificate=certificates.pair, implicit_tls=True)
    site = make('sqlite3', folder, issuers, request, servers, 'smtps://localhost:%d\nB2BPortalMailCA "%s"' % (
                    server.port, certificates.ca))
    invite(site, 'tls@north.example')
    server.wait_for('tls@north.example')


def test_a_mail_server_of_a_stranger_gets_nothing(folder, issuers, request, servers, mailbox, certificates):
    """A certificate that nobody trusts, and a server that offers no TLS where it is demanded."""
    untrusted = mailbox(certificate=certificates.pair)
    plain = mailbox()
    for server, tls in ((untrusted, 'starttls'), (plain, 'starttls')):
        site = make('sqlite3', folder, issuers, request, servers, 'smtp://localhost:%d %s' % (server.port, tls))
        invite(site, 'secret@north.example')
        waiting = wait_until(lambda: (lambda e: e if e['server_words'] else None)(entry(site, 'secret@north.example')),
                             20, 'an attempt')
        assert waiting['state'] in ('queued', 'failed') and waiting['server_words']
        assert server.messages == []


@pytest.mark.parametrize('kind', sites.KINDS)
def test_killed_worker_loses_nothing(kind, folder, issuers, request, servers, mailbox):
    """kill -9 of whichever child is handing over mail; each address gets it, copies share a Message-ID."""
    server = mailbox()
    server.delay = 0.3
    site = make(kind, folder, issuers, request, servers, server, children=2)
    addresses = ['k%02d@north.example' % n for n in range(12)]
    site.api('POST', '/portals/acme/invitations', {
        'addresses': [{'email': a} for a in addresses], 'role': 'viewer', 'partner_id': site.world.north}, status=200)
    for _ in range(3):
        wait_until(lambda: server.arriving, 30, 'mail under way')
        peer = connected_to(site, server.port)
        assert peer, 'nobody speaks to the mail server'
        site.httpd.kill_child(peer)
        # The dead worker's claims run out after a minute, or now.
        site.database.run(['UPDATE claims SET until = 0', 'UPDATE outbox SET claimed_until = 0'])
        wait_until(lambda: len(site.httpd.worker_pids()) >= 2, 15, 'the child to be replaced')
    server.delay = 0.0
    for address in addresses:
        server.wait_for(address, timeout=60)
    wait_until(lambda: {m['state'] for m in site.everything('/mail')} == {'sent'}, 30, 'all mail to be booked')
    for address in addresses:
        copies = server.to(address)
        assert len({m.message_id for m in copies}) == 1
        links = {l for m in copies for l in m.links() if 'token=' in l}
        # Whatever copy the person opens, its link works.
        for link in links:
            assert 'name="act"' in site.browser().get(link).text


def connected_to(site, port):
    """Return the id of the child that has a connection to a port of 127.0.0.1, or None."""
    wanted = '0100007F:%04X' % port
    with open('/proc/net/tcp') as f:
        inodes = {line.split()[9] for line in f.readlines()[1:] if line.split()[2] == wanted}
    for pid in children_of(site.httpd.pid):
        try:
            for descriptor in os.listdir('/proc/%d/fd' % pid):
                target = os.readlink('/proc/%d/fd/%s' % (pid, descriptor))
                match = re.match(r'socket:\[(\d+)\]', target)
                if match and match.group(1) in inodes:
                    return pid
        except OSError:
            continue
    return None


def test_one_worker_among_all_children(folder, issuers, request, servers, mailbox):
    server = mailbox()
    site = make('pgsql', folder, issuers, request, servers, server, children=3)
    addresses = ['o%02d@north.example' % n for n in range(25)]
    site.api('POST', '/portals/acme/invitations', {
        'addresses': [{'email': a} for a in addresses], 'role': 'viewer', 'partner_id': site.world.north}, status=200)
    for address in addresses:
        server.wait_for(address, timeout=40)
    wait_until(lambda: {m['state'] for m in site.everything('/mail')} == {'sent'}, 20, 'all mail to be booked')
    assert [len(server.to(a)) for a in addresses] == [1] * 25


def upload(site, picture):
    return site.admin.request('POST', site.url(None, '/api/v1/images'), body=picture,
                              headers=dict(JSON, **{'Content-Type': 'image/png'})).json()['file']


@pytest.mark.parametrize('kind', sites.KINDS)
def test_what_nothing_shows_is_removed_after_a_day(kind, folder, issuers, request, servers, mailbox):
    """An image that nothing refers to goes, row and file; one in use, or uploaded again today, stays."""
    site = make(kind, folder, issuers, request, servers, mailbox())
    unused, again, used = [upload(site, png(width, 2)) for width in (3, 4, 5)]
    site.api('PATCH', '/portals/acme', {'logo': used}, status=200)
    site.database.run(["UPDATE images SET created_at = 1 WHERE file IN ('%s', '%s')" % (unused, used)])

    def path(file):
        return os.path.join(site.httpd.root, 'files', file)
    for file in (unused, used):
        os.utime(path(file), (1, 1))
    # The children that come with a restart tidy up at once, if no claim of the old ones is in the way.
    site.database.run(["UPDATE claims SET until = 0 WHERE name = 'tidy'"])
    site.httpd.graceful()
    wait_until(lambda: not os.path.exists(path(unused)), 90, 'the unused image to go')
    assert {row[0] for row in site.database.query('SELECT file FROM images')} == {again, used}
    assert os.path.exists(path(again)) and os.path.exists(path(used))

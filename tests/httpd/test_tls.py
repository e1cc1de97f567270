# SPDX-License-Identifier: Apache-2.0
"""TLS with HTTP/2: __Host- cookies, one connection for many portals, sign-in as over plain http."""

import json
import os
import re
import subprocess

import pytest

import sites
from harness.certs import Certificates
from harness.scratch import wait_until
from harness.site import DOMAIN
from harness.work import Work

pytestmark = sites.needs_module

SHOWN = sites.PLACES + '''
Header always set X-Portal "expr=%{reqenv:B2B_PORTAL}"
OIDCCookie __Host-b2bportal
'''


@pytest.fixture(scope='module')
def site(folder, issuers, mail, request, servers):
    made = sites.make('sqlite3', folder, 'tls', issuers, request, servers, portals=SHOWN, mail=mail,
                      console='OIDCCookie __Host-b2bportal\n',
                      tls=Certificates(os.path.join(folder, 'ca'), [DOMAIN, '*.' + DOMAIN]))
    made.httpd.file('www/portals/open/a.txt', 'open')
    made.httpd.file('www/portals/member/a.txt', 'S3CRET')
    made.log.allow(r'AH01909: default.invalid')     # the certificate is for the portal domain alone
    made.mailbox = mail
    return made


def test_sign_in_over_tls(site):
    alice = site.sign_in('alice', 'acme', path='/member/a.txt')
    assert alice.landed.text == 'S3CRET'
    assert site.sign_in('nobody', 'acme', path='/member/a.txt').landed.status == 403
    assert site.api('GET', '/session', status=200).json()['side'] == 'console'


def test_every_cookie_is_host_bound(site):
    site.issuers[0].people['tls-guest'] = {'sub': 'tls-guest', 'email': 'tls-guest@north.example', 'email_verified': True}
    member, invitation = site.invite('acme', {'id': site.world.north}, 'tls-guest@north.example')
    link = site.invitation_link('acme', invitation)
    assert link.startswith('https://acme.' + DOMAIN)
    browser = site.answer(link, 'tls-guest')
    assert browser.landed.status == 200
    ours = [(netloc, cookie) for netloc, cookie in browser.jar.seen if netloc.split(':')[0].endswith(DOMAIN)]
    names = {cookie.name for _, cookie in ours}
    assert '__Host-b2bportal' in names and '__Host-b2b_invitation' in names
    for _, cookie in ours:
        assert 'domain' not in cookie.attributes, cookie.name
        assert 'secure' in cookie.attributes and 'httponly' in cookie.attributes, (cookie.name, cookie.attributes)
        assert cookie.attributes.get('path') == '/', cookie.name
        if not cookie.expired():
            assert cookie.attributes.get('samesite', '').lower() in ('lax', 'strict'), (cookie.name, cookie.attributes)


@pytest.mark.parametrize('path', ['/', '/login', '/member/a.txt', '/api/v1/session', '/brand/theme.css', '/b2b/error', '/none'])
def test_headers_of_every_answer(site, path):
    for who in (site.browser(), site.sign_in('alice', 'acme', path='/member/a.txt')):
        answer = who.get(site.url('acme', path))
        assert answer.header('X-Powered-By') is None
        if (answer.header('Content-Type') or '').startswith('text/html') and path != '/member/a.txt' \
                and answer.status != 302:
            policy = answer.header('Content-Security-Policy') or ''
            assert "frame-ancestors" in policy and "object-src 'none'" in policy or "default-src 'none'" in policy, \
                (path, answer.status, policy)
            assert "unsafe-inline" not in policy and "unsafe-eval" not in policy
            assert answer.header('X-Content-Type-Options') == 'nosniff'


def curl(site, name, path, *more):
    done = subprocess.run(
        ['curl', '-s', '-i', '--http2', '--cacert', site.tls.ca, '--resolve', '%s:%d:127.0.0.1' % (name, site.port),
         'https://%s:%d%s' % (name, site.port, path)] + list(more), stdout=subprocess.PIPE, timeout=30)
    return done.stdout.decode('utf-8', 'replace')


def test_http2(site):
    alice = site.sign_in('alice', 'acme', path='/member/a.txt')
    cookie = alice.jar.header(site.netloc('acme'), '/')
    answer = curl(site, 'acme.' + DOMAIN, '/member/a.txt', '-H', 'Cookie: ' + cookie)
    assert answer.startswith('HTTP/2 200') and answer.endswith('S3CRET')
    assert curl(site, 'acme.' + DOMAIN, '/member/a.txt').startswith('HTTP/2 302')
    assert curl(site, 'unknown.' + DOMAIN, '/member/a.txt').startswith('HTTP/2 404')
    session = curl(site, 'acme.' + DOMAIN, '/api/v1/session', '-H', 'Cookie: ' + cookie)
    assert json.loads(session.split('\r\n\r\n', 1)[1])['side'] == 'portal'


def test_http2_uploads(site):
    """A body of a stream: taken, refused over the limit without a length, and refused before it comes."""
    work = Work(site)
    instance = work.instance(work.share(('acme', site.world.north)), site.world.acme, site.world.north, site.world.alice,
                             owners=[(0, 'partner', site.world.north)])
    alice = site.sign_in('alice', 'acme', path='/member/a.txt')
    target = '/api/v1/instances/%s/files?form=report&field=papers&name=a.txt' % instance
    small, large = (os.path.join(site.root, name) for name in ('small', 'large'))
    for path, size in ((small, 1000), (large, 40 * 1024 * 1024)):
        with open(path, 'w') as out:
            out.write('x' * size)
    send = ['-X', 'POST', '-H', 'Origin: ' + site.url('acme', ''), '-H', 'Content-Type: application/octet-stream', '-T']
    signed = ['-H', 'Cookie: ' + alice.jar.header(site.netloc('acme'), '/')]
    name = 'acme.' + DOMAIN
    assert curl(site, name, target, *send, small, *signed).startswith('HTTP/2 201')
    # curl before 8 loses an answer that comes while it sends (RFC 9113 8.1), and the end of a stream may be sent by itself
    # after the last byte: it is refused, whether curl sees why or not; and it does see it, if not each time.
    answer = wait_until(lambda: curl(site, name, target, *send, small), 10, 'the answer to a small body')
    assert answer.startswith('HTTP/2 401')
    for length in (['-H', 'Content-Length:'], []):
        answer = curl(site, name, target, *send, large, *length, *signed)
        assert answer == '' or answer.startswith('HTTP/2 413') and 'urn:b2bportal:too-large' in answer
    assert len(site.database.query('SELECT id FROM instance_files')) == 1
    incoming = os.path.join(site.files, 'incoming')
    wait_until(lambda: os.listdir(incoming) == [], 10, 'the pieces to go')


def test_http2_forged_headers(site):
    for name in ('oidc_claim_sub', 'OIDC-CLAIM-sub', 'b2b_member'):
        answer = curl(site, 'acme.' + DOMAIN, '/member/a.txt', '-H', '%s: alice' % name)
        assert answer.startswith('HTTP/2 302')


def test_one_connection_for_many_portals(site):
    """A browser may reuse a connection for every name of the wildcard certificate: each request is its own."""
    alice = site.sign_in('alice', 'acme', path='/member/a.txt')
    cookie = alice.jar.header(site.netloc('acme'), '/')
    urls = []
    for turn in range(10):
        for name in ('acme', 'globex', 'unknown'):
            # --connect-to and one TLS name would open a connection each: the Host header alone changes.
            urls += ['--next', '-s', '-o', '/dev/null', '--http2', '--cacert', site.tls.ca, '-w',
                     name + ' %{http_code} %{num_connects}\n', '--resolve', 'acme.%s:%d:127.0.0.1' % (DOMAIN, site.port),
                     '-H', 'Host: %s.%s:%d' % (name, DOMAIN, site.port), '-H', 'Cookie: ' + cookie,
                     'https://acme.%s:%d/member/a.txt' % (DOMAIN, site.port)]
    site.log.allow(r'detected attempt to play cookie', r'oidc_')
    done = subprocess.run(['curl'] + urls[1:], stdout=subprocess.PIPE, timeout=60, universal_newlines=True)
    found = re.findall(r'(\w+) (\d+) (\d)', done.stdout)
    assert len(found) == 30
    for name, status, _ in found:
        # 421 would be as right: then the browser opens another connection.
        assert status in {'acme': ('200',), 'globex': ('302', '401', '403', '421'), 'unknown': ('404', '421')}[name], found
    assert sum(int(c) for _, _, c in found) < 30, 'the connection was not reused'

# SPDX-License-Identifier: Apache-2.0
"""The host name alone decides the portal (S1). Every other name gets the same 404, before anything else."""

import socket
import subprocess

import pytest

import sites
from harness.client import Client, raw, status_of
from harness.seed import Seed
from harness.site import DOMAIN

pytestmark = sites.needs_module

# Who is being served is said by a header, so that the tests need no sign-in.
SHOWN = '''
Header always set X-Portal "expr=%{reqenv:B2B_PORTAL}"
ErrorDocument 404 /open/not-found.html
'''

# All names reach one virtual host: what the others show is the module's own doing.
ALONE = '''
<VirtualHost 127.0.0.1:{port}>
    ServerName {domain}
    ServerAlias *.{domain}
    B2BPortalDomain {domain}
    B2BPortalURL {base}
    DocumentRoot "{root}/www/portals"
    Include "{conf}/b2bportal-vhost.conf"
    {portals}
</VirtualHost>
'''


@pytest.fixture(scope='module')
def site(folder, issuers, request, servers):
    made = sites.make('sqlite3', folder, 'hosts', issuers, request, servers,
                      portals=sites.PLACES + SHOWN, server='Protocols h2c http/1.1', trace='On')
    made.httpd.file('www/portals/open/a.txt', 'open')
    made.httpd.file('www/portals/open/not-found.html', 'the error document')
    return made


@pytest.fixture(scope='module')
def alone(folder, issuers, request, servers):
    made = sites.make('sqlite3', folder, 'alone', issuers, request, servers, vhosts=ALONE,
                      portals=sites.PLACES + SHOWN, children=1, trace='On')
    made.httpd.file('www/portals/open/a.txt', 'open')
    made.httpd.file('www/portals/open/not-found.html', 'the error document')
    return made


def ask(site, host, target='/open/a.txt', method='GET', extra=b''):
    head = b'%s %s HTTP/1.1\r\n' % (method.encode(), target.encode())
    if host is not None:
        head += b'Host: ' + (host if isinstance(host, bytes) else host.encode()) + b'\r\n'
    return raw(site.port, head + extra + b'Connection: close\r\n\r\n')


def portal_of(answer):
    for line in answer.split(b'\r\n\r\n')[0].split(b'\r\n'):
        if line.lower().startswith(b'x-portal:'):
            return line.split(b':', 1)[1].strip().decode()
    return None


def stable(answer):
    """The answer without what differs from request to request."""
    head, _, body = answer.partition(b'\r\n\r\n')
    kept = [line for line in head.split(b'\r\n') if not line.lower().startswith((b'date:', b'x-request-id:'))]
    return b'\r\n'.join(kept), body


@pytest.mark.parametrize('host, portal', [
    ('acme.' + DOMAIN, 'acme'),
    ('ACME.Portals.Example', 'acme'),
    ('acme.' + DOMAIN + '.', 'acme'),
    ('acme.' + DOMAIN + ':8093', 'acme'),
    ('\tacme.' + DOMAIN, 'acme'),
    ('globex.' + DOMAIN, 'globex'),
    ('a' * 63 + '.' + DOMAIN, 'a' * 63),
])
def test_a_portal_by_its_name(site, host, portal):
    answer = ask(site, host)
    assert (status_of(answer), portal_of(answer)) == (200, portal)


NOT_A_PORTAL = [
    'unknown.' + DOMAIN,
    'closed.' + DOMAIN,                 # suspended
    'gone.' + DOMAIN,                   # deleted
    '.' + DOMAIN,                       # an empty label
    'a.acme.' + DOMAIN,
    'acme.acme.' + DOMAIN,
    'ac_me.' + DOMAIN,
    '-acme.' + DOMAIN,
    'acme-.' + DOMAIN,
    'a' * 64 + '.' + DOMAIN,
    'a' * 250 + '.' + DOMAIN,
    'xn--acme-.' + DOMAIN,
    'acme%00.' + DOMAIN,
]
ELSEWHERE = [
    'acme.' + DOMAIN + '.evil.example',
    'evil' + DOMAIN,
    'acmeportals.example',
    '127.0.0.1',
    '[::1]',
    'localhost',
    'acme',
]


@pytest.mark.parametrize('host', NOT_A_PORTAL)
def test_no_portal_is_the_same_404(site, host):
    reference = ask(site, 'unknown.' + DOMAIN)
    answer = ask(site, host)
    if status_of(answer) == 400:
        assert '%' in host, 'httpd itself refuses only what is no host name'
        return
    assert status_of(answer) == 404
    assert stable(answer) == stable(reference)
    assert b'the error document' not in answer


@pytest.mark.parametrize('host', NOT_A_PORTAL + ELSEWHERE)
def test_no_portal_where_every_name_arrives(alone, host):
    reference = ask(alone, 'unknown.' + DOMAIN)
    answer = ask(alone, host)
    if status_of(answer) == 400:
        assert '%' in host
        return
    assert status_of(answer) == 404
    assert stable(answer) == stable(reference)


@pytest.mark.parametrize('host', ELSEWHERE)
def test_other_names_reach_the_first_virtual_host(site, host):
    assert status_of(ask(site, host)) == 403


def test_no_host_at_all(site, alone):
    request = b'GET /open/a.txt HTTP/1.0\r\n\r\n'
    assert status_of(raw(site.port, request)) == 403
    assert status_of(raw(alone.port, request)) == 404
    assert status_of(raw(alone.port, b'GET /open/a.txt HTTP/1.1\r\n\r\n')) == 400
    assert status_of(raw(alone.port, b'GET /open/a.txt HTTP/1.0\r\nHost: acme.%s\r\n\r\n'
                         % DOMAIN.encode())) == 200


@pytest.mark.parametrize('path', ['/', '/login', '/invitation?token=x', '/no-access', '/signed-out', '/me',
                                  '/oidc/callback', '/oidc/callback?code=a&state=b', '/api/v1/session',
                                  '/api/v1/openapi.json', '/brand/theme.css', '/brand/logo',
                                  '/b2b/assets/index.js', '/open/a.txt', '/member/a.txt', '/.well-known/x',
                                  '/%2e%2e/%2e%2e/etc/passwd', '/server-status'])
@pytest.mark.parametrize('name', ['unknown', 'closed', 'gone'])
def test_every_address_of_no_portal(site, name, path):
    answer = ask(site, name + '.' + DOMAIN, path)
    if status_of(answer) == 400:
        assert '%2e' in path
        return
    assert status_of(answer) == 404
    assert stable(answer) == stable(ask(site, 'unknown.' + DOMAIN))
    assert b'Location' not in answer and b'Set-Cookie' not in answer


@pytest.mark.parametrize('method', ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'PROPFIND', 'FOO'])
def test_every_method_at_no_portal(site, method):
    assert status_of(ask(site, 'unknown.' + DOMAIN, method=method)) == 404


def test_options_star_and_trace(site, alone):
    for server in (site, alone):
        assert status_of(ask(server, 'unknown.' + DOMAIN, '*', 'OPTIONS')) == 404
        assert status_of(ask(server, 'acme.' + DOMAIN, '*', 'OPTIONS')) == 200
        assert status_of(ask(server, 'unknown.' + DOMAIN, '/', 'TRACE')) == 404
    # A portal's own TRACE is the sysadmin's choice (TraceEnable), but it never shows identity headers.
    answer = ask(site, 'acme.' + DOMAIN, '/', 'TRACE', b'OIDC_CLAIM_sub: forged\r\nB2B_MEMBER: forged\r\n')
    assert b'forged' not in answer


def test_absolute_form_wins_over_host(site):
    answer = ask(site, 'acme.' + DOMAIN, 'http://globex.%s/open/a.txt' % DOMAIN)
    assert (status_of(answer), portal_of(answer)) == (200, 'globex')
    answer = ask(site, 'acme.' + DOMAIN, 'http://unknown.%s/open/a.txt' % DOMAIN)
    assert status_of(answer) == 404


@pytest.mark.parametrize('extra', [
    b'X-Forwarded-Host: globex.portals.example\r\n',
    b'Forwarded: host=globex.portals.example\r\n',
    b'X-Original-URL: /member/a.txt\r\nX-Rewrite-URL: /member/a.txt\r\n',
    b'X-Host: globex.portals.example\r\n',
])
def test_forwarded_names_are_ignored(site, extra):
    answer = ask(site, 'acme.' + DOMAIN, extra=extra)
    assert (status_of(answer), portal_of(answer)) == (200, 'acme')
    assert status_of(ask(site, 'unknown.' + DOMAIN, extra=extra.replace(b'globex', b'acme'))) == 404


@pytest.mark.parametrize('lines', [
    b'Host: acme.portals.example\r\nHost: globex.portals.example\r\n',
    b'Host : acme.portals.example\r\n',
    b'Host: acme.portals.example\r\n globex.portals.example\r\n',
    b'Host: ..\r\n',
    b'Host: acme.portals.example:99999\r\n',
    b'Host: acme\x00.portals.example\r\n',
    b'Host: acme .portals.example\r\n',
    b'Host: me@acme.portals.example\r\n',
    b'Host: acme,globex.portals.example\r\n',
    b'Host: ac"me.portals.example\r\n',
    b'Host: \xc3\xa4.portals.example\r\n',
    b'Host: a\\b.portals.example\r\n',
    b'Host: acme.portals.example\r\nContent-Length: 1\r\nContent-Length: 2\r\n',
    b'Host: acme.portals.example\r\nTransfer-Encoding: xchunked\r\n',
])
def test_what_httpd_refuses_stays_refused(site, lines):
    answer = raw(site.port, b'GET /open/a.txt HTTP/1.1\r\n' + lines + b'Connection: close\r\n\r\n')
    assert status_of(answer) in (400, 501)


def test_many_hosts_on_one_connection(site):
    hosts = ['acme', 'globex', 'unknown', 'acme', 'closed', 'a' * 63]
    sock = file = None
    opened = 0
    for turn in range(120):
        if sock is None:
            sock = socket.create_connection(('127.0.0.1', site.port), 10)
            file = sock.makefile('rb')
            opened += 1
        name = hosts[turn % len(hosts)]
        sock.sendall(b'GET /open/a.txt HTTP/1.1\r\nHost: %s.%s\r\n\r\n' % (name.encode(), DOMAIN.encode()))
        head = b''
        while not head.endswith(b'\r\n\r\n'):
            line = file.readline()
            assert line, 'the connection was closed at turn %d' % turn
            head += line
        length = [int(l.split(b':')[1]) for l in head.split(b'\r\n') if l.lower().startswith(b'content-length')]
        file.read(length[0] if length else 0)
        wanted = 404 if name in ('unknown', 'closed') else 200
        assert status_of(head) == wanted, (turn, name, head)
        if wanted == 200:
            assert portal_of(head) == name
        if b'connection: close' in head.lower():
            # httpd ends a connection whose request it refused before reading on; it says so.
            assert wanted == 404
            file.close(), sock.close()
            sock = None
    assert opened < 60


@pytest.mark.parametrize('name, status', [('acme', 200), ('ACME', 200), ('unknown', 404), ('closed', 404),
                                          ('a.acme', 404)])
def test_http2_authority(site, name, status):
    out = subprocess.run(['curl', '-s', '-i', '--http2-prior-knowledge', '-H', 'Host: %s.%s' % (name, DOMAIN),
                          'http://127.0.0.1:%d/open/a.txt' % site.port], stdout=subprocess.PIPE, timeout=20)
    first = out.stdout.split(b'\r\n')[0].split()
    assert first[0] == b'HTTP/2' and int(first[1]) == status
    if status == 200:
        assert portal_of(out.stdout) == name.lower()


def test_http2_authority_wins_over_host(site):
    out = subprocess.run(['nghttp', '-v', '-H', ':authority: globex.' + DOMAIN, '-H', 'host: acme.' + DOMAIN,
                          'http://127.0.0.1:%d/open/a.txt' % site.port], stdout=subprocess.PIPE, timeout=20)
    if b':status: 200' in out.stdout:
        assert b'x-portal: globex' in out.stdout
    else:
        assert b':status: 400' in out.stdout    # a server may as well refuse the contradiction


def test_another_virtual_host_is_left_alone(site):
    answer = ask(site, 'plain.example', '/env.cgi', extra=b'OIDC_CLAIM_sub: kept\r\nB2B-Member: kept\r\n'
                 b'X-Mine: 1\r\n')
    assert status_of(answer) == 200
    assert b'HTTP_B2B_MEMBER=kept' in answer
    assert b'B2B_PORTAL' not in answer
    site.log.allow('script not found')
    assert status_of(ask(site, 'plain.example', '/nothing')) == 404


def test_the_console_is_no_portal(site):
    answer = ask(site, DOMAIN)
    assert portal_of(answer) in (None, '')


@pytest.mark.parametrize('kind', sites.KINDS)
def test_a_portal_answers_from_the_next_request_after_its_201(kind, folder, issuers, request, servers):
    site = sites.make(kind, folder, 'born-' + kind, issuers, request, servers, portals=sites.PLACES + SHOWN,
                      children=3, threads=4)
    site.httpd.file('www/portals/open/a.txt', 'open')

    def answers(name):
        # Fresh connections spread over the children.
        return {status_of(ask(site, '%s.%s' % (name, DOMAIN))) for _ in range(12)}
    for turn in range(8):
        name = 'new-%d' % turn
        assert answers(name) == {404}
        portal = site.make_portal(name)
        assert answers(name) == {200}
        assert portal['url'] == site.url(name, '')
        assert portal['redirect_uri'] == site.url(name, '/oidc/callback')
        site.api('POST', '/portals/%s/suspend' % name, status=200)
        assert answers(name) == {404}
        site.api('POST', '/portals/%s/resume' % name, status=200)
        assert answers(name) == {200}
        site.delete_portal(name)
        assert answers(name) == {404}


def test_a_portal_of_another_node_answers_within_a_second(site):
    import time
    seed = Seed(site.database)
    seed.portal('elsewhere', site.issuers)
    started = time.monotonic()
    seed.commit()
    browser = Client()
    from harness.scratch import wait_until
    wait_until(lambda: browser.get(site.url('elsewhere', '/open/a.txt')).status == 200, 3,
               'the portal that another node made')
    assert time.monotonic() - started < 1.0

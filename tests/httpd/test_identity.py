# SPDX-License-Identifier: Apache-2.0
"""Who somebody is (S2, S3): issuer and subject of the verified session, never a header, never r->user."""

import itertools
import urllib.parse

import pytest

import sites
from harness import openidc
from harness.backend import Backend
from harness.client import Client
from harness.site import DOMAIN, ENV_CGI

pytestmark = sites.needs_module

PLACES = sites.PLACES + '''
<Location "/passing">
    AuthType openid-connect
    OIDCUnAuthAction pass
    Require b2b-member
</Location>
<Location "/passing-negated">
    AuthType openid-connect
    OIDCUnAuthAction pass
    <RequireAll>
        Require valid-user
        <RequireNone>
            Require b2b-group Sales
        </RequireNone>
        Require b2b-member
    </RequireAll>
</Location>
<Location "/passing-open">
    AuthType openid-connect
    OIDCUnAuthAction pass
    Require all granted
</Location>
<Location "/app">
    AuthType openid-connect
    Require b2b-member
    ProxyPass http://127.0.0.1:@backend@/app
    RequestHeader set B2B-Member "expr=%{reqenv:B2B_MEMBER}"
</Location>
<Location "/open-app">
    AuthType None
    Require all granted
    ProxyPass http://127.0.0.1:@backend@/open-app
</Location>
<Location "/index">
    AuthType openid-connect
    Require b2b-member
    DirectoryIndex env.cgi
</Location>
<Location "/errors">
    AuthType openid-connect
    Require b2b-member
    ErrorDocument 404 /member/env.cgi
</Location>
<Location "/moved">
    AuthType openid-connect
    Require b2b-member
    RewriteEngine On
    RewriteRule ^ /member/env.cgi [L]
</Location>
SetEnvIf OIDC_CLAIM_sub "(.+)" STOLEN_1=$1
SetEnvIf OIDC-CLAIM-sub "(.+)" STOLEN_2=$1
RequestHeader set X-Early "expr=%{HTTP:OIDC_CLAIM_sub}%{HTTP:OIDC-CLAIM-sub}%{HTTP:B2B_MEMBER}" early
RewriteEngine On
RewriteCond %{HTTP:OIDC_CLAIM_sub} (.+)
RewriteRule ^ - [E=STOLEN_3:%1]
RewriteCond %{HTTP:B2B-Member} (.+)
RewriteRule ^ - [E=STOLEN_4:%1]
'''


@pytest.fixture(scope='module')
def backend():
    made = Backend()
    yield made
    made.stop()


@pytest.fixture(scope='module', params=sites.KINDS)
def site(folder, issuers, backend, request, servers):
    made = sites.make(request.param, folder, 'identity-' + request.param, issuers, request, servers,
                      portals=PLACES.replace('@backend@', str(backend.port)))
    for name in ('open', 'member', 'passing', 'passing-negated', 'passing-open', 'index'):
        made.httpd.file('www/portals/%s/env.cgi' % name, ENV_CGI, 0o755)
        made.httpd.file('www/portals/%s/a.txt' % name, 'S3CRET of ' + name)
    made.people = {}
    for name in ('alice', 'bob', 'erin', 'nobody'):
        made.people[name] = made.sign_in(name, 'acme', path='/member/a.txt')
    return made


def env_of(response):
    assert response.status == 200, response
    return dict(line.split('=', 1) for line in response.text.splitlines() if '=' in line)


def spellings(name):
    """Every way to write a header name that a CGI or WSGI back end folds to the same variable."""
    marks = [i for i, c in enumerate(name) if c in '_-']
    for choice in itertools.product('_-', repeat=len(marks)):
        text = list(name)
        for index, mark in zip(marks, choice):
            text[index] = mark
        joined = ''.join(text)
        for written in (joined, joined.lower(), joined.title()):
            yield written


FORGED = sorted(set(itertools.chain.from_iterable(spellings(n) for n in (
    'OIDC_CLAIM_sub', 'OIDC_CLAIM_iss', 'OIDC_access_token', 'OIDC_id_token_payload', 'B2B_MEMBER', 'B2B_PORTAL',
    'B2B_ROLE', 'B2B_GROUPS', 'B2B_ATTR_region', 'B2B_X', 'B2B'))))
PROXIED = [name for name in FORGED if name.lower() not in ('b2b-member',)]


def test_members_only(site):
    assert site.people['alice'].landed.text == 'S3CRET of member'
    assert site.people['nobody'].landed.status == 403
    assert site.people['erin'].landed.status == 403
    stranger = site.browser().get(site.url('acme', '/member/a.txt'))
    assert stranger.status == 302


def test_environment_of_a_member(site):
    env = env_of(site.people['alice'].get(site.url('acme', '/member/env.cgi')))
    assert env['B2B_PORTAL'] == 'acme'
    assert env['B2B_MEMBER'] == site.world.alice
    assert env['B2B_ROLE'] == 'editor'
    assert 'Sales' in env['B2B_GROUPS']


@pytest.mark.parametrize('name', FORGED)
def test_forged_headers_reach_nobody(site, name):
    headers = {name: 'forged'}
    for who in (Client(), site.people['alice']):
        answer = who.get(site.url('acme', '/open/env.cgi'), headers=headers)
        assert answer.status == 200 and 'forged' not in answer.text, answer.text
    env = env_of(site.people['bob'].get(site.url('acme', '/member/env.cgi'), headers=headers))
    assert env['B2B_MEMBER'] == site.world.bob and 'forged' not in str(env)
    assert Client().get(site.url('acme', '/member/a.txt'), headers=headers).status == 302


def test_all_forged_headers_at_once_with_every_method(site):
    # httpd takes 100 fields at most.
    for method, headers in ((m, {name: 'forged' for name in part}) for m in ('GET', 'POST', 'OPTIONS', 'HEAD')
                            for part in (FORGED[:80], FORGED[80:160], FORGED[160:])):
        answer = Client().request(method, site.url('acme', '/open/env.cgi'), headers=headers)
        assert 'forged' not in answer.text
        answer = Client().request(method, site.url('acme', '/member/a.txt'), headers=headers)
        assert answer.status != 200 or (method == 'OPTIONS' and 'S3CRET' not in answer.text), answer


def test_forged_headers_do_not_reach_a_back_end(site, backend):
    for start in range(0, len(PROXIED), 80):
        headers = {name: 'forged' for name in PROXIED[start:start + 80]}
        for path in ('/app/x', '/open-app/x'):
            answer = site.people['alice'].get(site.url('acme', path), headers=headers)
            assert answer.status == 200
            assert 'forged' not in answer.text, answer.text
    seen = dict(site.people['alice'].get(site.url('acme', '/app/x'), headers=headers).json()['headers'])
    assert seen['B2B-Member'] == site.world.alice


@pytest.mark.parametrize('named', ['B2B-Member', 'b2b-member, close', 'close, B2B-Member', 'X-A, B2B_Member, B2B-Member'])
def test_connection_cannot_take_identity_headers_away(site, named):
    answer = site.people['alice'].get(site.url('acme', '/app/x'), headers={'Connection': named})
    seen = {k.lower(): v for k, v in answer.json()['headers']}
    assert seen.get('b2b-member') == site.world.alice


def test_empty_user_is_nobody(site):
    # OIDCUnAuthAction pass sets r->user to "", which `Require valid-user` grants.
    assert Client().get(site.url('acme', '/passing-open/a.txt')).status == 200
    for place in ('passing', 'passing-negated'):
        answer = Client().get(site.url('acme', '/%s/a.txt' % place))
        assert answer.status in (302, 401, 403) and 'S3CRET' not in answer.text
    assert site.people['alice'].get(site.url('acme', '/passing/a.txt')).status == 200


def test_session_of_another_issuer_does_not_count(site):
    # The same name, the same verified address, the same subject: but the portal does not list that issuer.
    browser = site.sign_in('alice', 'acme', issuer=site.issuers[1], path='/member/a.txt')
    assert browser.landed.status == 403
    for path in ('/member/a.txt', '/member/env.cgi', '/app/x', '/index/'):
        answer = browser.get(site.url('acme', path))
        assert answer.status == 403 and 'S3CRET' not in answer.text
    assert browser.get(site.url('acme', '/api/v1/session')).status == 403


def test_session_replayed_at_another_portal(site):
    thief = Client()
    site.people['alice'].copy_session_to(thief, site.netloc('acme'), site.netloc('globex'))
    site.people['alice'].copy_session_to(thief, site.netloc('acme'), site.netloc())
    site.log.allow(r'detected attempt to play cookie', r'oidc_check_cookie_domain')
    for portal in ('globex', None):
        for path in ('/member/a.txt', '/api/v1/session', '/'):
            answer = thief.get(site.url(portal, path))
            assert answer.status in (302, 401, 403, 404), answer
    assert site.people['alice'].get(site.url('acme', '/member/a.txt')).status == 200


def test_host_users_are_not_members_and_members_not_host_users(site):
    admin = site.sign_in('admin', 'acme', path='/member/a.txt')
    assert admin.landed.status == 403
    alice = site.sign_in('alice')
    assert alice.landed.status == 403
    assert alice.get(site.url(None, '/api/v1/portals'), headers={'Accept': 'application/json'}).status == 403


@pytest.mark.parametrize('path', ['/index/', '/errors/missing', '/moved/anything'])
def test_identity_survives_internal_redirects(site, path):
    env = env_of_any(site.people['alice'].get(site.url('acme', path)))
    assert env['B2B_MEMBER'] == site.world.alice
    assert env['B2B_PORTAL'] == 'acme'
    for who, statuses in ((Client(), (302, 401)), (site.people['nobody'], (403,))):
        answer = who.get(site.url('acme', path))
        assert answer.status in statuses and 'B2B_MEMBER' not in answer.text


def env_of_any(response):
    return dict(line.split('=', 1) for line in response.text.splitlines() if '=' in line)


def test_two_people_on_one_connection(site):
    # Alice's and Bob's requests take turns on one kept connection.
    shared = Client()
    jars = {name: site.people[name].jar for name in ('alice', 'bob')}
    ids = {'alice': site.world.alice, 'bob': site.world.bob}
    for turn in range(40):
        name = ('alice', 'bob')[turn % 2]
        shared.jar = jars[name]
        assert env_of(shared.get(site.url('acme', '/member/env.cgi')))['B2B_MEMBER'] == ids[name]


def test_r_user_is_not_the_identity(folder, issuers, request, servers):
    """OIDCRemoteUserClaim email makes r->user something else; the member is found all the same."""
    site = sites.make('sqlite3', folder, 'remote-user', issuers, request, servers, portals=sites.PLACES,
                      openidc_extra='OIDCRemoteUserClaim email\n')
    site.httpd.file('www/portals/member/env.cgi', ENV_CGI, 0o755)
    env = env_of(site.sign_in('alice', 'acme', path='/member/env.cgi').landed)
    assert env['B2B_MEMBER'] == site.world.alice
    assert env['REMOTE_USER'] == 'alice@north.example'


def test_one_session_on_all_portals_is_still_decided_by_portal(folder, issuers, request, servers):
    """With OIDCCookieDomain, mod_auth_openidc takes a session everywhere; the module asks per portal."""
    site = sites.make('sqlite3', folder, 'cookie-domain', issuers, request, servers, portals=sites.PLACES,
                      openidc_extra='OIDCCookieDomain .%s\n' % DOMAIN)
    site.httpd.file('www/portals/member/a.txt', 'S3CRET')
    alice = site.sign_in('alice', 'acme', path='/member/a.txt')
    carol = site.sign_in('carol', 'acme', path='/member/a.txt')
    assert (alice.landed.status, carol.landed.status) == (200, 200)
    for browser, status in ((alice, 403), (carol, 200)):
        browser.copy_session_to(browser, site.netloc('acme'), site.netloc('globex'))
        browser.copy_session_to(browser, site.netloc('acme'), site.netloc())
        answer = browser.get(site.url('globex', '/member/a.txt'))
        assert answer.status == status, answer
        assert browser.get(site.url(None, '/')).status in (302, 403)


@pytest.mark.parametrize('subject', ['', ' ', 'alice\x00', "alice' OR '1'='1", 'Alice'])
def test_odd_subjects_are_other_people(site, issuers, subject):
    issuers[0].people['odd'] = dict(issuers[0].people['alice'], sub=subject)
    site.log.allow(r'oidc_', r'OIDC')
    try:
        browser = Client()
        try:
            answer = openidc.sign_in(browser, site.url('acme', '/member/a.txt'), issuers[0], 'odd')
        except AssertionError:
            answer = None                       # mod_auth_openidc would not even have it
        if answer is not None:
            assert answer.status != 200 or 'S3CRET' not in answer.text
    finally:
        del issuers[0].people['odd']


def test_login_page_has_one_button_per_issuer(site):
    browser = site.browser()
    page = browser.follow(browser.get(site.url('acme', '/member/a.txt')))
    assert page.status == 200
    assert urllib.parse.urlsplit(page.url).path == '/login'
    assert 'password' not in page.text.lower()
    assert page.text.count(site.issuers[0].label) >= 1
    assert site.issuers[1].label not in page.text, 'acme does not list the second issuer'
    console = site.browser()
    page = console.follow(console.get(site.url(None, '/')))
    assert site.issuers[0].label in page.text and site.issuers[1].label in page.text


def test_sign_in_through_the_button(site):
    def click(client, page, issuer):
        from harness.client import Page
        found = [href for href, text in Page(page).links if issuer.label in text]
        assert len(found) == 1
        return client.get(urllib.parse.urljoin(page.url, found[0]))
    browser = site.browser()
    answer = openidc.sign_in(browser, site.url('acme', '/member/a.txt?deep=link'), site.issuers[0], 'alice', click)
    assert answer.text == 'S3CRET of member'
    assert answer.url.endswith('/member/a.txt?deep=link')


def test_sign_in_at_the_provider_of_the_demo(folder, provider, request, servers):
    site = sites.make('sqlite3', folder, 'provider', [provider], request, servers, portals=sites.PLACES)
    site.httpd.file('www/portals/member/a.txt', 'S3CRET')
    assert site.sign_in('alice', 'acme', path='/member/a.txt').landed.text == 'S3CRET'
    assert site.sign_in('nobody', 'acme', path='/member/a.txt').landed.status == 403
    assert site.api('GET', '/session', status=200).json()['side'] == 'console'

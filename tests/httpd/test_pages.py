# SPDX-License-Identifier: Apache-2.0
"""The module's own addresses: which page, for whom, with which headers; and what must not leak from them."""

import os
import re
import urllib.parse

import pytest

import sites
from harness import build
from harness.client import Client
from harness.httpd import MODULES
from harness.scratch import wait_until
from harness.site import ENV_CGI

pytestmark = sites.needs_module

STATUS = '''
<Location "/server-status">
    SetHandler server-status
    Require all granted
</Location>
'''
LOGIN = '/login?' + urllib.parse.urlencode({
    'target_link_uri': 'http://acme.portals.example/deep?x=1', 'method': 'get', 'x_csrf': 'abc"><script>',
    'oidc_callback': 'http://evil.example/oidc/callback'})


@pytest.fixture(scope='module')
def site(folder, issuers, request, servers):
    made = sites.make('sqlite3', folder, 'pages', issuers, request, servers, portals=sites.PLACES + STATUS)
    made.httpd.file('www/portals/member/env.cgi', ENV_CGI, 0o755)
    made.alice = made.sign_in('alice', 'acme', path='/member/a.txt')
    return made


def policy_of(answer):
    return dict(part.strip().split(' ', 1) if ' ' in part.strip() else (part.strip(), '')
                for part in answer.header('Content-Security-Policy').split(';'))


def test_applications_have_a_strict_policy(site):
    for browser, portal, path in ((site.alice, 'acme', '/'), (site.alice, 'acme', '/dashboards/x'),
                                  (site.alice, 'acme', '/me'), (site.admin, None, '/portals/acme/members')):
        answer = browser.get(site.url(portal, path))
        assert answer.status == 200 and '<div id="app">' in answer.text, answer
        policy = policy_of(answer)
        assert policy['default-src'] == "'none'" and policy['script-src'] == "'self'"
        assert policy['frame-ancestors'] == "'none'" and policy['base-uri'] == "'none'"
        assert policy['require-trusted-types-for'] == "'script'"
        assert 'unsafe' not in answer.header('Content-Security-Policy')
        assert answer.header('Cache-Control') == 'no-cache'
        assert answer.header('X-Content-Type-Options') == 'nosniff'


def test_portals_announce_what_their_pages_ask_first(site):
    one, other = '01a20d83-0a6e-7e14-b05c-c6db5d42e57d', '01a20d83-0a15-74a7-891a-3cef1609ebd2'
    for path, data in (('/', None), ('/instances', None), ('/shared-processes/' + one, None),
                       ('/instances/' + one, '/instances/' + one),
                       ('/shared-processes/%s/%s/new' % (one, other), '/shared-processes/%s/processes/%s' % (one, other)),
                       ('/shared-processes/%s/%s/new/x' % (one, other), None), ('/shared-processes/%s//new' % one, None),
                       ('/instances/', None), ('/instances/%s/x' % one, None), ('/instances/a%3E;b', None),
                       ('/instances/%0d%0aX:y', None)):
        answer = site.alice.get(site.url('acme', path))
        wanted = ['/api/v1/session'] + (['/api/v1' + data] if data else [])
        assert re.findall(r'<([^>]*)>; rel=preload; as=fetch; crossorigin; nopush(?:, |$)', answer.header('Link')) == wanted, path
        # The page of one form has an HTML of its own, which announces its scripts, too.
        assert ('InstancePage' in answer.text) == bool(data), path
    assert site.admin.get(site.url(None, '/instances')).header('Link') is None
    assert site.admin.get(site.url(None, '/preview/home')).header('Link') is None


def test_applications_are_for_those_who_belong_there(site):
    for path in ('/', '/dashboards', '/dashboards/x', '/instances', '/instances/x', '/shared-processes/x/y/new', '/me'):
        assert Client().get(site.url('acme', path)).status == 302
        assert site.alice.get(site.url('acme', path)).status == 200
    for path in ('/', '/portals', '/portals/acme/instances/x', '/processes', '/processes/x/versions', '/shared-processes',
                 '/shared-processes/x/partners', '/instances', '/bin', '/host/users', '/settings', '/mail', '/activity',
                 '/preview/login', '/preview/home'):
        assert Client().get(site.url(None, path)).status == 302
        assert site.admin.get(site.url(None, path)).status == 200


def test_everything_else_is_the_sysadmins(site):
    site.httpd.file('www/portals/member/index.txt', 'mine')
    site.httpd.file('www/portals/brands/a.txt', 'mine')
    assert site.alice.get(site.url('acme', '/member/index.txt')).text == 'mine'
    site.log.allow('AH01630')
    assert site.alice.get(site.url('acme', '/nothing-here')).status == 404
    assert site.alice.get(site.url('acme', '/portals')).status == 404


def test_scripts_and_style_sheets_are_packed_and_answers_are_not(site):
    pages = build.PAGES or build.CONFIGURED['pages']
    name = sorted(n for n in os.listdir(os.path.join(pages, 'assets')) if n.endswith('.css'))[0]
    packed = {'Accept-Encoding': 'gzip'}
    assert Client().get(site.url('acme', '/b2b/assets/' + name), headers=packed).header('Content-Encoding') == 'gzip'
    answer = site.alice.get(site.url('acme', '/api/v1/me'), headers=packed)
    assert answer.status == 200 and answer.header('Content-Encoding') is None
    assert 'gzip' not in answer.header('ETag')


def test_a_server_that_packs_all_json_changes_nothing(folder, issuers, request, servers):
    """As Debian's deflate.conf with application/json added: mod_deflate marks the tags, and they come back marked."""
    made = sites.make('sqlite3', folder, 'packed', issuers, request, servers, server=(
        'LoadModule filter_module %s/mod_filter.so\n'
        'AddOutputFilterByType DEFLATE application/json application/problem+json\n' % MODULES))
    packed = {'Accept': 'application/json', 'Accept-Encoding': 'gzip'}
    path = made.url(None, '/api/v1/portals/acme')

    def change(tag, **body):
        return made.admin.patch(path, json=body, headers=dict(packed, **{'If-Match': tag}))
    first = made.admin.get(path, headers=packed)
    assert first.header('Content-Encoding') == 'gzip' and first.header('ETag').endswith('-gzip"')
    second = change(first.header('ETag'), color='#123456')
    assert second.status == 200 and second.header('ETag').endswith('-gzip"'), second
    assert change(first.header('ETag'), color='#654321').status == 412, 'what is old stays old'
    assert change(second.header('ETag'), color='#654321').status == 200
    now = made.admin.get(path, headers=packed)
    assert made.admin.get(path, headers=dict(packed, **{'If-None-Match': now.header('ETag')})).status == 304
    plain = made.admin.get(path, headers={'Accept': 'application/json'})
    assert plain.header('Content-Encoding') is None and change(plain.header('ETag'), color='#111111').status == 200


def test_assets_are_kept_for_ever_and_nothing_else(site):
    pages = build.PAGES or build.CONFIGURED['pages']
    name = sorted(n for n in os.listdir(os.path.join(pages, 'assets')) if n.endswith('.css'))[0]
    answer = Client().get(site.url('acme', '/b2b/assets/' + name))
    assert answer.status == 200 and 'immutable' in answer.header('Cache-Control')
    assert answer.header('Content-Type').startswith('text/css')
    for path in ('/b2b/assets/none.js', '/b2b/assets/', '/b2b/..%2f..%2fetc/passwd'):
        answer = Client().get(site.url('acme', path))
        assert answer.status == 404 and 'immutable' not in (answer.header('Cache-Control') or ''), path


def test_login_offers_the_portals_issuers_only(site):
    answer = Client().get(site.url('acme', LOGIN))
    assert answer.status == 200 and answer.header('Cache-Control') == 'no-store'
    assert 'script' not in policy_of(answer).get('script-src', '')
    links = re.findall(r'href="(/oidc/callback[^"]*)"', answer.text)
    assert len(links) == 1
    query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(links[0].replace('&amp;', '&')).query))
    assert query['iss'] == site.issuers[0].url
    assert query['target_link_uri'] == 'http://acme.portals.example/deep?x=1'
    assert query['x_csrf'] == 'abc"><script>' and '<script>' not in answer.text
    assert 'evil.example' not in answer.text


@pytest.mark.parametrize('target', ['http://evil.example/', '//evil.example/', 'javascript:alert(1)',
                                    'http://acme.portals.example@evil.example/', 'http://globex.portals.example/', ''])
def test_login_leads_back_here_only(site, target):
    page = Client().get(site.url('acme', '/login?' + urllib.parse.urlencode({'target_link_uri': target, 'x_csrf': 'x'})))
    link = re.findall(r'href="(/oidc/callback[^"]*)"', page.text)[0].replace('&amp;', '&')
    query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(link).query))
    assert query['target_link_uri'] == site.url('acme', '/')


def test_login_by_itself_leads_to_the_start_page(site):
    answer = Client().get(site.url('acme', '/login'))
    assert answer.status == 302 and urllib.parse.urlsplit(answer.location).path == '/'


@pytest.mark.parametrize('path', ['/', '/login', '/me', '/signed-out', '/no-access', '/brand/theme.css', '/b2b/error'])
@pytest.mark.parametrize('method', ['POST', 'PUT', 'DELETE', 'PATCH'])
def test_pages_take_no_other_method(site, path, method):
    site.log.allow('AH01629|AH01630')
    answer = site.alice.request(method, site.url('acme', path))
    assert answer.status == 405 and 'GET' in answer.header('Allow'), answer


def test_theme(site):
    answer = Client().get(site.url('acme', '/brand/theme.css'))
    assert answer.text == ':root{--portal:#336699}\n' and answer.header('Cache-Control') == 'no-cache'
    answer = Client().get(site.url('acme', '/brand/theme.css?color=%23aa0011'))
    assert answer.text == ':root{--portal:#aa0011}\n' and 'immutable' in answer.header('Cache-Control')
    for bad in ('red', '%23aa00', '%23aa0011%7D*%7Bdisplay:none', ''):
        assert Client().get(site.url('acme', '/brand/theme.css?color=' + bad)).text == ':root{--portal:#336699}\n'
    assert Client().get(site.url(None, '/brand/theme.css')).text == ':root{}\n'
    assert Client().get(site.url('acme', '/brand/none')).status == 404


def test_signed_out_leads_to_the_stored_address_only(site):
    answer = Client().get(site.url('globex', '/signed-out?logout_url=http://evil.example/'))
    assert answer.status == 200 and 'evil' not in answer.text
    site.api('PATCH', '/portals/globex', {'logout_url': 'https://www.globex.example/bye'}, status=200)
    answer = Client().get(site.url('globex', '/signed-out?logout_url=http://evil.example/'))
    assert (answer.status, answer.location) == (302, 'https://www.globex.example/bye')


def test_sign_out(site):
    browser = site.sign_in('carol', 'acme', path='/member/a.txt')
    assert browser.get(site.url('acme', '/me')).status == 200
    answer = browser.get(site.url('acme', '/oidc/callback?logout=%2Fsigned-out'))
    assert answer.status == 302
    landed = browser.follow(answer, until=lambda u: urllib.parse.urlsplit(u).path == '/signed-out')
    assert urllib.parse.urlsplit(landed.location or landed.url).path == '/signed-out'
    assert browser.get(site.url('acme', '/me')).status == 302


def test_no_access_opened_by_itself(site):
    answer = Client().get(site.url('acme', '/no-access'))
    assert answer.status == 403 and 'petra@host.example' in answer.text


def test_error_page_has_the_id_of_the_log(site):
    site.log.allow('AH01631|AH01630')
    answer = site.sign_in('nobody', 'acme', path='/member/a.txt').landed
    assert answer.status == 403
    shown = re.search(r'<code>([^<]+)</code>', answer.text).group(1)
    assert len(shown) >= 20


def test_invitation_token_is_in_no_log(site):
    secret = 'S3cretTokenOfTheTest-0123456789'
    for path in ('/invitation?token=' + secret, '//invitation?token=' + secret, '/%69nvitation?token=' + secret,
                 '/invitation?a=1&token=%s&token=%s' % (secret, secret), '/invitation?%74oken=' + secret):
        Client().get(site.url('acme', path))
        Client().get(site.url('unknown', path))
    site.alice.get(site.url('acme', '/member/last.txt'))
    path = os.path.join(site.httpd.root, 'access.log')
    wait_until(lambda: 'last.txt' in open(path).read(), 5, 'the access log')
    assert secret not in open(path).read() and 'token=***' in open(path).read()
    assert secret not in site.log.all()


def test_preview_shows_what_is_typed(site):
    query = urllib.parse.urlencode({'technical_name': 'acme', 'name': 'A <b>new</b> name', 'color': '#aa0011',
                                    'contact_name': 'Nora', 'contact_email': 'nora@host.example', 'logo': '../../x'})
    answer = site.admin.get(site.url(None, '/preview/login?' + query))
    assert answer.status == 200
    assert 'A &lt;b&gt;new&lt;/b&gt; name' in answer.text and '%23aa0011' in answer.text
    assert 'nora@host.example' in answer.text and '../../x' not in answer.text
    assert site.issuers[0].label in answer.text and '/oidc/callback' not in answer.text
    assert policy_of(answer)['frame-ancestors'] == "'self'"
    home = site.admin.get(site.url(None, '/preview/home?' + query))
    assert home.status == 200 and policy_of(home)['frame-ancestors'] == "'self'"
    assert site.alice.get(site.url('acme', '/preview/login')).status == 404


def test_tokens_of_the_provider_go_nowhere(site):
    env = site.alice.get(site.url('acme', '/member/env.cgi')).text
    assert 'OIDC_CLAIM_sub=alice' in env
    values = dict(line.split('=', 1) for line in env.splitlines() if '=' in line)
    assert 'OIDC_access_token' in values, 'there is nothing to take away'
    for name in values:
        if re.search(r'OIDC_(access_token|access_token_expires|refresh_token|id_token)$', name):
            assert values[name] == '', name


def test_groups_with_commas_are_told_apart(site):
    group = site.make_group('acme', 'Sales, north 100%')
    site.api('PUT', '/portals/acme/groups/%s/members/%s' % (group['id'], site.world.alice), status=204, match=False)
    env = site.alice.get(site.url('acme', '/member/env.cgi')).text
    names = re.search(r'^B2B_GROUPS=(.*)$', env, re.M).group(1).split(',')
    assert sorted(urllib.parse.unquote(n) for n in names) == ['Sales', 'Sales, north 100%']


def test_a_sign_in_is_noted_once(site):
    browser = site.sign_in('bob', 'acme', path='/member/a.txt')
    path = '/portals/acme/members/' + site.world.bob
    noted = wait_until(lambda: site.api('GET', path, status=200).json()['last_sign_in_at'], 5, 'the sign-in')
    tag = site.api('GET', path, status=200).etag
    for _ in range(30):
        browser.close()
        browser.get(site.url('acme', '/member/a.txt'))
    now = site.api('GET', path, status=200)
    assert now.etag == tag and now.json()['last_sign_in_at'] == noted


def test_a_refusal_is_in_the_audit_trail(site):
    site.log.allow('AH01631|AH01630')
    site.sign_in('erin', 'acme', path='/member/refused.txt')

    def recorded():
        events = site.api('GET', '/portals/acme/audit?outcome=refused&limit=50', status=200).json()['data']
        return [e for e in events if e['object'] and e['object']['name'] == '/member/refused.txt']
    event = wait_until(recorded, 5, 'the refusal')[0]
    assert event['actor']['id'] == site.world.erin and event['reason']


def test_server_status(site):
    text = Client().get(site.url('acme', '/server-status?auto')).text
    figures = dict(line.split(': ', 1) for line in text.splitlines() if line.startswith('B2B'))
    assert int(figures['B2BPollAge']) < 2000 and int(figures['B2BPolls']) > 0
    assert 'items=' in figures['B2BCache-portals'] and 'items=' in figures['B2BCache-people']
    assert 'mod_b2bportal' in Client().get(site.url('acme', '/server-status')).text


def test_an_invitation_can_be_sent_again_without_the_link(site, issuers):
    """Who is invited and who is not get the same answer; only the invited one gets a mail, and not every minute."""
    site.log.allow('AH01631|AH01630|AH01629')
    people = {}
    for name, invited in (('lost', True), ('stranger', False)):
        issuers[0].people[name] = {'sub': name, 'email': name + '@north.example', 'email_verified': True}
        if invited:
            site.invite('acme', {'id': site.world.north}, name + '@north.example')
        people[name] = site.sign_in(name, 'acme', path='/member/a.txt')
        assert people[name].landed.status == 403

    def attempts():
        return site.database.query("SELECT sent_count FROM invitations WHERE email = 'lost@north.example'")
    site.database.run(["UPDATE invitations SET modified_at = 1, created_at = 1 WHERE email = 'lost@north.example'",
                       "UPDATE outbox SET state = 'sent', created_at = 1, last_attempt_at = 1, sent_at = 1 "
                       "WHERE recipient = 'lost@north.example'"])
    before, pages = attempts(), set()
    try:
        for name in people:
            answer = people[name].post(site.url('acme', '/invitation'), form={'act': 'resend'})
            assert (answer.status, urllib.parse.urlsplit(answer.location).path) == (303, '/invitation')
            page = people[name].follow(answer)
            assert page.status == 200 and name + '@north.example' in page.text
            pages.add(page.text.replace(name, 'somebody'))
        assert len(pages) == 1, 'the page tells who is invited'
        assert attempts() != before
        now = attempts()
        people['lost'].post(site.url('acme', '/invitation'), form={'act': 'resend'})
        assert attempts() == now
        assert Client().post(site.url('acme', '/invitation'), form={'act': 'resend'}).status == 401
    finally:
        for name in people:
            del issuers[0].people[name]


def test_head_is_get_without_a_body(site):
    for path in ('/', '/b2b/error', '/brand/theme.css', '/api/v1/session', '/member/env.cgi'):
        get, head = site.alice.get(site.url('acme', path)), site.alice.request('HEAD', site.url('acme', path))
        assert head.status == get.status and not head.body, path
        assert head.header('Content-Type') == get.header('Content-Type')

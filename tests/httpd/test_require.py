# SPDX-License-Identifier: Apache-2.0
"""`Require b2b-…` over anything Apache serves, for every kind of person, with the statuses of S18."""


import pytest

import sites
from harness.backend import Backend
from harness.client import Client
from harness.site import ENV_CGI

pytestmark = sites.needs_module

# place: (the Require lines, the people of acme whom they admit)
ALL = {'alice', 'bob', 'carol'}                 # dave's partner is suspended, erin is, nobody is no member
RULES = {
    'r-member': ('Require b2b-member', ALL),
    'r-editor': ('Require b2b-role editor', {'alice'}),
    'r-roles': ('Require b2b-role viewer partner-administrator', {'bob', 'carol'}),
    'r-roles2': ('Require b2b-role viewer partner_administrator', {'bob', 'carol'}),
    'r-group': ('Require b2b-group Sales', {'alice'}),
    'r-group-folded': ('Require b2b-group SALES', {'alice'}),
    'r-group-absent': ('Require b2b-group "No such group"', set()),
    'r-group-empty': ('Require b2b-group Empty', set()),
    'r-group-automatic': ('Require b2b-group "All Acme users"', ALL),
    'r-groups': ('Require b2b-group Empty Sales', {'alice'}),
    'r-partner': ('Require b2b-partner North', {'alice', 'bob'}),
    'r-partner-suspended': ('Require b2b-partner Resting', set()),
    'r-partner-absent': ('Require b2b-partner Nowhere', set()),
    'r-dashboard': ('Require b2b-dashboard Manuals', ALL),
    'r-dashboard-group': ('Require b2b-dashboard Figures', {'alice'}),
    'r-dashboard-nobody': ('Require b2b-dashboard Nobody', set()),
    'r-dashboard-partner': ('Require b2b-dashboard "South only"', {'carol'}),
    'r-dashboard-absent': ('Require b2b-dashboard "Not placed"', set()),
    'r-host-role': ('Require b2b-host-role administrator', set()),
    'r-any': ('<RequireAny>\nRequire b2b-group Sales\nRequire b2b-partner South\n</RequireAny>',
              {'alice', 'carol'}),
    'r-all': ('<RequireAll>\nRequire b2b-partner North\nRequire b2b-role viewer\n</RequireAll>', {'bob'}),
    'r-none': ('<RequireAll>\nRequire b2b-member\n<RequireNone>\nRequire b2b-group Sales\n</RequireNone>\n'
               '</RequireAll>', {'bob', 'carol'}),
    'r-not': ('<RequireAll>\nRequire b2b-member\nRequire not b2b-role viewer\n</RequireAll>', {'alice', 'carol'}),
    'r-none-absent': ('<RequireAll>\nRequire b2b-member\nRequire not b2b-group "No such group"\n</RequireAll>', ALL),
    'r-env': ('<RequireAll>\nRequire b2b-member\nRequire method GET HEAD\n</RequireAll>', ALL),
}
PEOPLE = ['alice', 'bob', 'carol', 'dave', 'erin', 'nobody', 'admin']

EXTRA = '''
ProxyPass /app/ http://127.0.0.1:@backend@/app/
<Location "/app">
    AuthType openid-connect
    Require b2b-group Sales
</Location>
<Location "/sales">
    AuthType openid-connect
    Require b2b-group Sales
</Location>
<Location "/mixed">
    AuthType openid-connect
    Require b2b-member
    DirectoryIndex secret.html
</Location>
<Directory "{root}/www/portals/mixed">
    <Files "secret.html">
        Require b2b-group Sales
    </Files>
</Directory>
<Location "/mixed/secret.html">
    Require b2b-group Sales
</Location>
<Location "/errors">
    AuthType openid-connect
    Require b2b-member
    ErrorDocument 404 /sales/a.txt
</Location>
<Location "/denied">
    AuthType openid-connect
    Require b2b-role editor
    ErrorDocument 403 /sales/a.txt
</Location>
<Location "/jump">
    AuthType openid-connect
    Require b2b-member
    RewriteEngine On
    RewriteRule ^ /sales/a.txt [L]
</Location>
<Location "/cgi">
    AuthType openid-connect
    Require b2b-group Sales
</Location>
<Location "/listing">
    AuthType openid-connect
    Require b2b-member
    Options +Indexes +MultiViews
</Location>
<Location "/listing/secret">
    Require b2b-group Sales
</Location>
<Location "/shelf">
    AuthType None
    Require all granted
    Options +Indexes
    DirectoryIndex disabled
    IndexOptions FancyIndexing NameWidth=*
</Location>
<LocationMatch "^/shelf/.">
    AuthType openid-connect
    Require b2b-group Sales
</LocationMatch>
'''


@pytest.fixture(scope='module')
def backend():
    made = Backend()
    yield made
    made.stop()


@pytest.fixture(scope='module', params=sites.KINDS)
def site(folder, issuers, backend, request, servers):
    places = ''.join('<Location "/%s">\nAuthType openid-connect\n%s\n</Location>\n' % (place, rule)
                     for place, (rule, _) in RULES.items())
    made = sites.make(request.param, folder, 'require-' + request.param, issuers, request, servers,
                      portals=sites.PLACES + places + EXTRA.replace('@backend@', str(backend.port)))
    for place in list(RULES) + ['sales', 'member', 'mixed', 'errors', 'denied', 'listing', 'listing/secret']:
        made.httpd.file('www/portals/%s/a.txt' % place, 'secret of ' + place)
    made.httpd.file('www/portals/mixed/secret.html', 'secret of mixed')
    made.httpd.file('www/portals/cgi/env.cgi', ENV_CGI, 0o755)
    made.httpd.file('www/portals/listing/other.txt', 'beside')
    made.httpd.file('www/portals/member/page.shtml',
                    '[<!--#include virtual="/sales/a.txt" -->][<!--#include virtual="/member/a.txt" -->]'
                    '[<!--#include virtual="/cgi/env.cgi" -->][<!--#include virtual="/app/x" -->]'
                    '[<!--#exec cgi="/cgi/env.cgi" -->][<!--#fsize virtual="/sales/a.txt" -->]')
    made.people = {name: made.sign_in(name, 'acme', path='/member/a.txt') for name in PEOPLE}
    return made


@pytest.mark.parametrize('place', sorted(RULES))
def test_rules_over_static_files(site, place):
    rule, admitted = RULES[place]
    site.log.allow(r'there is no (group|partner|dashboard) ".*" in portal acme; nobody is let in by it')
    for name in PEOPLE:
        answer = site.people[name].get(site.url('acme', '/%s/a.txt' % place))
        assert answer.status == (200 if name in admitted else 403), (name, rule, answer)
        assert ('secret' in answer.text) == (name in admitted)
    stranger = Client().get(site.url('acme', '/%s/a.txt' % place))
    assert stranger.status == 302 and 'secret' not in stranger.text
    script = Client().get(site.url('acme', '/%s/a.txt' % place), headers={'Accept': 'application/json',
                                                                          'X-Requested-With': 'XMLHttpRequest'})
    assert script.status == 401 and 'secret' not in script.text


def test_an_open_listing_shows_each_what_they_may_open(site):
    """Each entry is a sub-request that signs in for itself, and is over before the next one begins."""
    for i in range(40):
        site.httpd.file('www/portals/shelf/%02d-%s.txt' % (i, 'x' * (i * 7 % 60)), 'secret')
    for name, shown in (('alice', 40), ('bob', 0), ('nobody', 0)):
        answer = site.people[name].get(site.url('acme', '/shelf/'))
        assert (answer.status, answer.text.count('.txt"')) == (200, shown), (name, answer.text)


@pytest.mark.parametrize('path', ['/api/orders.txt', '/api/v1.txt', '/api/v2/orders.txt', '/invitation/terms.txt',
                                  '/invitation/accept/terms.txt', '/oidc/callback/terms.txt'])
def test_what_lies_beside_our_own_addresses_is_for_members(site, path):
    """The lines that open the API and the invitation to everybody open nothing else."""
    site.httpd.file('www/portals' + path, 'secret of the sysadmin')
    for who in (Client(), site.people['nobody'], site.people['erin']):
        answer = who.get(site.url('acme', path))
        assert answer.status in (302, 403) and 'secret' not in answer.text, (path, answer)
    assert site.people['bob'].get(site.url('acme', path)).text == 'secret of the sysadmin'


def test_no_member_is_the_same_page_that_names_the_contact(site):
    pages = {name: site.people[name].get(site.url('acme', '/member/a.txt')) for name in ('dave', 'erin', 'nobody')}
    for name, page in pages.items():
        assert page.status == 403
        assert 'petra@host.example' in page.text, (name, page.text)
        assert (page.header('Content-Type') or '').startswith('text/html')

    def same(page):
        import re
        text = re.sub(r'<code>[^<]*</code>', '#', page.text)      # the request id
        for name in ('dave', 'erin', 'nobody'):
            for shown in (site.issuers[0].people[name]['email'], name.capitalize()):
                text = text.replace(shown, '@')
        return text
    assert same(pages['dave']) == same(pages['erin']) == same(pages['nobody'])


def test_member_without_the_right_is_told_so(site):
    page = site.people['bob'].get(site.url('acme', '/sales/a.txt'))
    assert page.status == 403 and 'secret' not in page.text


def test_proxied_back_end(site, backend):
    before = len(backend.seen)
    assert site.people['alice'].get(site.url('acme', '/app/x?y=1')).json()['path'] == '/app/x?y=1'
    assert site.people['alice'].post(site.url('acme', '/app/x'), body='data').json()['body'] == 'data'
    reached = len(backend.seen)
    assert reached == before + 2
    for name in ('bob', 'carol', 'dave', 'erin', 'nobody', 'admin'):
        for method in ('GET', 'POST', 'PUT', 'DELETE', 'OPTIONS'):
            answer = site.people[name].request(method, site.url('acme', '/app/x'))
            assert answer.status == 403, (name, method, answer)
    for method in ('GET', 'POST', 'PUT', 'DELETE'):
        assert Client().request(method, site.url('acme', '/app/x')).status in (302, 401)
    Client().request('OPTIONS', site.url('acme', '/app/x'))
    assert len([s for s in backend.seen[reached:] if s[0] != 'OPTIONS']) == 0
    assert len(backend.seen) == reached, 'an OPTIONS without a session reached the back end'


def test_cgi(site):
    assert 'B2B_MEMBER=' + site.world.alice in site.people['alice'].get(site.url('acme', '/cgi/env.cgi')).text
    assert site.people['bob'].get(site.url('acme', '/cgi/env.cgi')).status == 403


def test_directory_index_is_decided_for_itself(site):
    assert site.people['alice'].get(site.url('acme', '/mixed/')).text == 'secret of mixed'
    answer = site.people['bob'].get(site.url('acme', '/mixed/'))
    assert answer.status in (403, 404) and 'secret' not in answer.text
    assert site.people['bob'].get(site.url('acme', '/mixed/a.txt')).status == 200


def test_error_document_is_decided_for_itself(site):
    assert 'secret of sales' in site.people['alice'].get(site.url('acme', '/errors/none')).text
    answer = site.people['bob'].get(site.url('acme', '/errors/none'))
    assert answer.status in (403, 404) and 'secret' not in answer.text
    answer = site.people['bob'].get(site.url('acme', '/denied/a.txt'))
    assert answer.status == 403 and 'secret' not in answer.text


def test_internal_redirect_is_decided_for_itself(site):
    assert site.people['alice'].get(site.url('acme', '/jump/x')).text == 'secret of sales'
    answer = site.people['bob'].get(site.url('acme', '/jump/x'))
    assert answer.status == 403 and 'secret' not in answer.text


def test_an_allowed_page_cannot_include_a_forbidden_one(site):
    site.log.allow(r'AH01348|AH01372|AH01374|unable to include|unable to get information|AH01367|AH01230: invalid CGI ref')
    page = site.people['alice'].get(site.url('acme', '/member/page.shtml')).text
    assert 'secret of sales' in page and 'secret of member' in page and site.world.alice in page
    page = site.people['bob'].get(site.url('acme', '/member/page.shtml')).text
    assert 'secret of member' in page
    assert 'secret of sales' not in page and site.world.alice not in page
    assert 'B2B_MEMBER' not in page and '"path"' not in page


def test_listing_hides_what_is_forbidden(site):
    page = site.people['bob'].get(site.url('acme', '/listing/')).text
    assert 'a.txt' in page
    assert 'secret' not in page, 'a listing shows names that may not be opened'
    answer = site.people['bob'].get(site.url('acme', '/listing/secret'))
    assert answer.status == 403


@pytest.mark.parametrize('path', ['//sales//a.txt', '/./sales/a.txt', '/member/%2e%2e/sales/a.txt',
                                  '/member/../sales/a.txt', '/sales/./a.txt', '/%73ales/a.txt', '/sales/a%2etxt',
                                  '/member/.%2e/sales/a.txt'])
def test_paths_are_decided_after_normalisation(site, path):
    from harness.client import raw
    cookie = site.people['bob'].jar.header(site.netloc('acme'), '/')
    answer = raw(site.port, ('GET %s HTTP/1.1\r\nHost: %s\r\nCookie: %s\r\nConnection: close\r\n\r\n'
                             % (path, site.netloc('acme'), cookie)).encode())
    assert b'secret of sales' not in answer
    assert b' 403 ' in answer.split(b'\r\n')[0] or b' 40' in answer.split(b'\r\n')[0]
    answer = raw(site.port, ('GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n'
                             % (path, site.netloc('acme'))).encode())
    assert b'secret' not in answer


@pytest.mark.parametrize('path', ['/sales%2fa.txt', '/sales/a.txt%00', '/sales/..;/sales/a.txt', '/sales/%252e%252e/a.txt',
                                  '/../../sales/a.txt', '/sales/%2e%2e%2fa.txt'])
def test_odd_paths_are_nothing(site, path):
    site.log.allow('AH10244: invalid URI path')
    answer = site.people['bob'].get(site.url('acme', path))
    assert answer.status in (400, 403, 404) and 'secret' not in answer.text


def test_dashboards_by_role_of_host(site):
    """`Require b2b-host-role` admits host users on the console's own host name only."""
    assert site.people['admin'].get(site.url('acme', '/r-host-role/a.txt')).status == 403


@pytest.fixture(scope='module')
def console(folder, issuers, request, servers):
    places = ''.join('<Location "/h-%s">\nAuthType openid-connect\nRequire b2b-host-role %s\n</Location>\n'
                     % (word, word) for word in ('administrator', 'partner-manager', 'designer', 'auditor',
                                                 'data-source-manager', 'user'))
    places += '<Location "/h-several">\nAuthType openid-connect\nRequire b2b-host-role designer auditor\n</Location>\n'
    places += '<Location "/h-member">\nAuthType openid-connect\nRequire b2b-member\n</Location>\n'
    made = sites.make('sqlite3', folder, 'require-console', issuers, request, servers, console=places)
    for word in ('administrator', 'partner-manager', 'designer', 'auditor', 'data-source-manager', 'user', 'several',
                 'member'):
        made.httpd.file('www/console/h-%s/a.txt' % word, 'secret')
    return made


def test_host_roles_on_the_console(console):
    people = {name: console.sign_in(name) for name in ('admin', 'manager', 'designer', 'auditor', 'alice')}
    wanted = {'administrator': {'admin'}, 'partner-manager': {'manager'}, 'designer': {'designer'},
              'auditor': {'auditor'}, 'data-source-manager': set(), 'user': set(),
              'several': {'designer', 'auditor'}, 'member': set()}
    for place, admitted in wanted.items():
        for name, browser in people.items():
            answer = browser.get(console.url(None, '/h-%s/a.txt' % place))
            assert answer.status == (200 if name in admitted else 403), (place, name, answer)


@pytest.mark.parametrize('line, words', [
    ('Require b2b-role edtior', 'edtior'),
    ('Require b2b-role', 'b2b-role'),
    ('Require b2b-host-role administrators', 'administrators'),
    ('Require b2b-group', 'b2b-group'),
    ('Require b2b-member now', 'b2b-member'),
    ('Require b2b-dashboard', 'b2b-dashboard'),
    ('Require b2b-partner', 'b2b-partner'),
    ('Require b2b-everyone', 'b2b-everyone'),
])
def test_wrong_lines_stop_the_start(folder, issuers, line, words):
    import os
    import tempfile
    from harness.database import Sqlite
    from harness.site import Site
    root = tempfile.mkdtemp(dir=folder)
    os.chmod(root, 0o755)
    site = Site(root, Sqlite(root), issuers,
                portals='<Location "/x">\nAuthType openid-connect\n%s\n</Location>' % line)
    site.configure()
    code, said = site.httpd.config_test()
    assert code != 0 and words in said, said


def test_absent_names_are_logged_once_with_their_line(folder, issuers, request, servers):
    site = sites.make('sqlite3', folder, 'absent', issuers, request, servers, children=1, portals=sites.PLACES +
                      '<Location "/absent">\nAuthType openid-connect\nRequire b2b-group Slaes\n</Location>')
    site.httpd.file('www/portals/absent/a.txt', 'secret')
    alice = site.sign_in('alice', 'acme', path='/absent/a.txt')
    for _ in range(5):
        assert alice.get(site.url('acme', '/absent/a.txt')).status == 403
    lines = [line for line in site.log.all().splitlines() if 'Slaes' in line]
    site.log.allow('Slaes')
    assert len(lines) == 1 and 'httpd.conf' in lines[0] and '[b2bportal:warn]' in lines[0], lines

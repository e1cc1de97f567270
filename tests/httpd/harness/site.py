# SPDX-License-Identifier: Apache-2.0
"""A whole site: httpd with the module and mod_auth_openidc, a database, console and portals."""

import os
import urllib.parse

from . import build, openidc
from .client import Client
from .httpd import WORKER, Httpd
from .openapi import Contract
from .scratch import as_user, run

DOMAIN = 'portals.example'
MODULES = ['auth_openidc', 'include', 'cgid', 'proxy', 'proxy_http', 'rewrite', 'negotiation',
           'autoindex', 'http2', 'filter', 'status']

_contract = []


def contract():
    """Return the one Contract of this process."""
    if not _contract:
        _contract.append(Contract())
    return _contract[0]


MODULE_PART = '''
{database}
B2BPortalFiles "{files}"
B2BPortalPages "{pages}"
{mail}
{issuers}
{administrators}
{server}
'''

VHOSTS = '''
<VirtualHost 127.0.0.1:{port}>
    ServerName default.invalid
    {tls}
    <Location "/">
        Require all denied
    </Location>
</VirtualHost>
<VirtualHost 127.0.0.1:{port}>
    ServerName {domain}
    B2BPortalDomain {domain}
    B2BPortalURL {base}
    DocumentRoot "{root}/www/console"
    {tls}
    Include "{conf}/b2bportal-vhost.conf"
    {console}
</VirtualHost>
<VirtualHost 127.0.0.1:{port}>
    ServerName any.{domain}
    ServerAlias *.{domain}
    B2BPortalDomain {domain}
    B2BPortalURL {base}
    DocumentRoot "{root}/www/portals"
    {tls}
    Include "{conf}/b2bportal-vhost.conf"
    {portals}
</VirtualHost>
<VirtualHost 127.0.0.1:{port}>
    ServerName plain.example
    DocumentRoot "{root}/www/plain"
    <Directory "{root}/www/plain">
        Require all granted
        Options +ExecCGI
        SetHandler cgi-script
    </Directory>
</VirtualHost>
'''

ENV_CGI = '''#!/bin/sh
printf 'Content-Type: text/plain\\n\\n'
env
'''


class Site:
    """One httpd on one database. Two sites may share a database: that is a fleet."""

    def __init__(self, root, database, issuers, mail=None, console='', portals='', server='', vhosts=VHOSTS,
                 children=2, threads=8, administrators=('admin@host.example',), tls=None, loglevel='info',
                 port=None, files=None, env=None, openidc_extra='', trace='Off'):
        self.root = root
        self.database = database
        self.issuers = issuers
        self.mail = mail
        self.tls = tls
        os.makedirs(root, exist_ok=True)
        self.httpd = Httpd(root, '', modules=MODULES + (['ssl', 'socache_shmcb'] if tls else []),
                           children=children, threads=threads, port=port,
                           extra_loads=[('b2bportal_module', build.MODULE)], loglevel=loglevel, env=env,
                           trace=trace)
        self.parts = {'console': console, 'portals': portals, 'server': server}
        self.vhosts = vhosts
        self.administrators = administrators
        self.openidc_extra = openidc_extra
        self.scheme = 'https' if tls else 'http'
        for name in ('console', 'portals', 'plain'):
            self.httpd.folder('www', name)
        self.files = files or self.httpd.folder('files', owner=WORKER)
        self.httpd.file('www/plain/env.cgi', ENV_CGI, 0o755)
        self._admin = None

    # -- configuration -----------------------------------------------------------------------

    @property
    def port(self):
        return self.httpd.port

    @property
    def log(self):
        return self.httpd.log

    def base(self):
        return '%s://%s:%d' % (self.scheme, DOMAIN, self.port)

    def netloc(self, portal=None):
        return '%s:%d' % (DOMAIN if portal is None else '%s.%s' % (portal, DOMAIN), self.port)

    def url(self, portal, path='/'):
        """Return the absolute URL of a path; portal None is the console."""
        return '%s://%s%s' % (self.scheme, self.netloc(portal), path)

    def configure(self):
        openidc.write_metadata(self.httpd, self.issuers)
        mail = ''
        if self.mail:
            mail = 'B2BPortalMail %s\nB2BPortalMailFrom "Portals <portals@host.example>"' % (
                self.mail if isinstance(self.mail, str) else 'smtp://127.0.0.1:%d plain' % self.mail.port)
        issuers = '\n'.join('B2BPortalIssuer %s "%s"' % (i.url, i.label) for i in self.issuers)
        tls = ''
        if self.tls:
            tls = 'SSLEngine on\nSSLCertificateFile "%s"\nSSLCertificateKeyFile "%s"\n' \
                  'Protocols h2 http/1.1' % (self.tls.certificate, self.tls.key)
        cache = 'SSLSessionCache "shmcb:%s/run/tls(65536)"\n' % self.root if self.tls else ''
        text = cache + openidc.SERVER.format(root=self.root) + self.openidc_extra + MODULE_PART.format(
            root=self.root, files=self.files, database=self.database.directive, pages=build.PAGES or build.CONFIGURED['pages'],
            mail=mail, issuers=issuers, server=self.parts['server'],
            administrators='\n'.join('B2BPortalAdministrator %s' % a for a in self.administrators))
        text += self.vhosts.format(
            root=self.root, port=self.port, domain=DOMAIN, base=self.base(), tls=tls,
            conf=os.path.join(build.SOURCE, 'conf'), console=self.parts['console'],
            portals=self.parts['portals'])
        self.httpd.config = text
        openidc.write_metadata(self.httpd, self.issuers)

    def ctl(self, *args, check=True):
        """Run b2bportalctl as the worker user; return what it said."""
        command = as_user(WORKER, [build.CTL] + list(args))
        if check:
            return run(command, cwd='/')
        import subprocess
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120,
                              universal_newlines=True, cwd='/')
        return done.returncode, done.stdout

    def migrate(self):
        self.ctl('--database', '%s %s' % (self.database.kind, self.database.params), 'migrate')
        return self

    def start(self):
        self.configure()
        self.httpd.start()
        return self

    def stop(self):
        self.httpd.stop()

    # -- people ------------------------------------------------------------------------------

    def browser(self, name='somebody'):
        return Client(name, tls=self.tls.ca if self.tls else None, observers=[contract().observe])

    def sign_in(self, name, portal=None, issuer=None, path='/', browser=None):
        """Return the browser of a person who walked through the sign-in, whatever came of it."""
        browser = browser or self.browser(name)
        browser.landed = openidc.sign_in(browser, self.url(portal, path), issuer or self.issuers[0], name)
        return browser

    @property
    def admin(self):
        if self._admin is None:
            self._admin = self.sign_in('admin')
        return self._admin

    def api(self, method, path, json=None, by=None, portal=None, status=None, headers=None, **kw):
        """Send an API request of a signed-in person; check the status if one is given."""
        headers = dict(headers or {})
        headers.setdefault('Accept', 'application/json')
        browser = by or self.admin
        if method in ('PATCH', 'PUT', 'DELETE') and 'If-Match' not in headers and kw.pop('match', True):
            current = browser.get(self.url(portal, '/api/v1' + path.split('?')[0]),
                                  headers={'Accept': 'application/json'})
            if current.etag:
                headers['If-Match'] = current.etag
        answer = browser.request(method, self.url(portal, '/api/v1' + path), json=json, headers=headers, **kw)
        if status is not None:
            assert answer.status == status, answer
        return answer

    def everything(self, path, **kw):
        """Return all items of a list, page by page."""
        items, after = [], None
        while True:
            query = dict(kw, limit=kw.get('limit', 200))
            if after:
                query['after'] = after
            answer = self.api('GET', path + '?' + urllib.parse.urlencode(query), status=200).json()
            items += answer['data']
            after = (answer['paging'].get('next') or {}).get('after')
            if not after:
                return items

    # -- the usual acts ----------------------------------------------------------------------

    def make_portal(self, name, **more):
        return self.api('POST', '/portals', dict({'technical_name': name, 'name': name.capitalize()}, **more),
                        status=201).json()

    def delete_portal(self, name):
        self.api('DELETE', '/portals/%s?confirm=%s' % (name, name), status=204)

    def make_partner(self, portal, name):
        return self.api('POST', '/portals/%s/partners' % portal, {'name': name}, status=201).json()

    def make_group(self, portal, name):
        return self.api('POST', '/portals/%s/groups' % portal, {'name': name}, status=201).json()

    def invite(self, portal, partner, email, role='viewer', groups=()):
        """Invite one address; return (member, invitation) as the API shows them."""
        member = self.api('POST', '/portals/%s/members' % portal, {
            'email': email, 'role': role, 'partner_id': partner['id'],
            'groups': [g['id'] for g in groups]}, status=201).json()
        return member, member['invitation']

    def invitation_link(self, portal, invitation):
        return self.api('POST', '/portals/%s/invitations/%s/link' % (portal, invitation['id']),
                        status=200).json()['url']

    def answer(self, link, name, issuer=None, act='accept', browser=None):
        """From the link to the answer: the page, its button, the sign-in. Returns the browser."""
        browser = browser or self.browser(name)
        page = browser.get(link)
        assert page.status == 200, page
        response = browser.submit(page, button=('act', act))
        assert response.status == 303, response
        response = browser.follow(response, until=lambda u: urllib.parse.urlsplit(u).path == '/login')
        if response.status != 200 and 'login' in (response.location or ''):
            issuer = issuer or self.issuers[0]
            response = openidc.choose_issuer(browser, response, issuer)
            response = browser.follow(response)
            response = issuer.pick(browser, response, name)
            response = browser.follow(response)
        browser.landed = response
        return browser

    def join(self, name, portal, partner, role='viewer', groups=(), issuer=None):
        """Make a person an active member by invitation and acceptance; returns (member, browser)."""
        issuer = issuer or self.issuers[0]
        member, invitation = self.invite(portal, partner, issuer.people[name]['email'], role, groups)
        browser = self.answer(self.invitation_link(portal, invitation), name, issuer)
        assert browser.landed.status == 200, browser.landed
        return self.api('GET', '/portals/%s/members/%s' % (portal, member['id']), status=200).json(), browser

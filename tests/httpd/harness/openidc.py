# SPDX-License-Identifier: Apache-2.0
"""mod_auth_openidc's configuration and the walk through its sign-in."""

import json
import os
import urllib.parse

from . import build
from .httpd import WORKER
from .scratch import is_root

# The product's own lines; where they guard is said by the location sections of each test.
SERVER = '''
Define B2B_OIDC_METADATA "{root}/metadata"
Define B2B_OIDC_CACHE "{root}/sessions"
Define B2B_OIDC_PASSPHRASE "{root}/passphrase"
Include "%s/conf/openidc.conf"
''' % build.SOURCE


def write_metadata(httpd, issuers):
    """Fill the metadata folder for these issuers."""
    httpd.file('passphrase', 'a passphrase of the tests\n')
    httpd.folder('sessions', owner=WORKER)
    folder = httpd.folder('metadata')
    for issuer in issuers:
        name = urllib.parse.quote(issuer.url.split('://', 1)[1], safe='')
        for kind, document in issuer.metadata().items():
            path = os.path.join(folder, '%s.%s' % (name, kind))
            with open(path, 'w') as f:
                json.dump(document, f)
            os.chmod(path, 0o644)
    if is_root():
        import shutil
        for path in [folder] + [os.path.join(folder, name) for name in os.listdir(folder)]:
            shutil.chown(path, WORKER, WORKER)


def choose_issuer(client, response, issuer):
    """At /login with mod_auth_openidc's parameters: the click on an issuer's button.

    Returns the redirect to the provider.
    """
    parts = urllib.parse.urlsplit(response.url if response.status == 200 else
                                  urllib.parse.urljoin(response.url, response.location))
    query = dict(urllib.parse.parse_qsl(parts.query))
    callback = query.get('oidc_callback') or '%s://%s/oidc/callback' % (parts.scheme, parts.netloc)
    wanted = {'iss': issuer.url}
    for key in ('target_link_uri', 'method', 'x_csrf'):
        if key in query:
            wanted[key] = query[key]
    return client.get(callback + '?' + urllib.parse.urlencode(wanted))


def sign_in(client, url, issuer, name, through_page=None):
    """Walk from a guarded page through login page, provider and call-back to its answer.

    through_page(client, response, issuer), when given, clicks the button on the real login page.
    """
    response = client.get(url)
    assert response.status in (302, 303), response
    at_login = client.follow(response, until=lambda u: urllib.parse.urlsplit(u).path == '/login')
    if through_page:
        at_login = client.get(urllib.parse.urljoin(at_login.url, at_login.location))
        response = through_page(client, at_login, issuer)
    else:
        response = choose_issuer(client, at_login, issuer)
    page = client.follow(response)
    back = issuer.pick(client, page, name)
    return client.follow(back)

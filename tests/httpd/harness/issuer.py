# SPDX-License-Identifier: Apache-2.0
"""A small OpenID provider whose claims a test can set at will.

The demo's provider (oidc-provider) is well behaved: it never sends email_verified as a string, an
empty subject, or a second person with the same address. This one sends what it is told. It
speaks discovery, the code flow, HS256 and back-channel log-out; mod_auth_openidc verifies it like any other.
"""

import base64
import hashlib
import hmac
import html
import http.server
import json
import secrets
import threading
import time
import urllib.parse

from .scratch import free_port


def _b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b'=').decode()


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    issuer = None

    def log_message(self, *args):
        pass

    def _send(self, status, body, kind='application/json', headers=()):
        data = body.encode() if isinstance(body, str) else body
        self.send_response(status)
        self.send_header('Content-Type', kind)
        self.send_header('Content-Length', str(len(data)))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self):
        parts = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(parts.query))
        if parts.path == '/.well-known/openid-configuration':
            self._send(200, json.dumps(self.issuer.discovery()))
        elif parts.path == '/jwks':
            self._send(200, '{"keys":[]}')
        elif parts.path == '/authorize':
            rows = ''.join(
                '<form method="post" action="/pick?%s"><button name="person" value="%s">%s</button></form>'
                % (html.escape(parts.query), html.escape(name), html.escape(name))
                for name in self.issuer.people)
            self._send(200, '<!doctype html><title>Who are you?</title>' + rows, 'text/html')
        elif parts.path == '/userinfo':
            name = self.issuer.tokens.get(self.headers.get('Authorization', '')[7:])
            claims = self.issuer.people.get(name)
            self._send(200 if claims else 401, json.dumps(claims or {}))
        elif parts.path == '/logout':
            target = query.get('post_logout_redirect_uri', '/')
            self._send(302, '', headers=[('Location', target)])
        else:
            self._send(404, '{}')

    def do_POST(self):
        parts = urllib.parse.urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get('Content-Length') or 0)).decode()
        form = dict(urllib.parse.parse_qsl(body))
        if parts.path == '/pick':
            query = dict(urllib.parse.parse_qsl(parts.query))
            name = form.get('person')
            if name not in self.issuer.people:
                self._send(404, 'no such person', 'text/plain')
                return
            code = secrets.token_urlsafe(16)
            self.issuer.codes[code] = (name, query.get('nonce'), query.get('client_id'))
            target = query['redirect_uri'] + '?' + urllib.parse.urlencode(
                {'code': code, 'state': query['state']})
            self._send(303, '', headers=[('Location', target)])
        elif parts.path == '/token':
            name, nonce, client = self.issuer.codes.pop(form.get('code'), (None, None, None))
            if name is None:
                self._send(400, '{"error":"invalid_grant"}')
                return
            token = secrets.token_urlsafe(16)
            self.issuer.tokens[token] = name
            self._send(200, json.dumps({
                'access_token': token, 'token_type': 'Bearer', 'expires_in': 3600,
                'id_token': self.issuer.id_token(name, nonce)}))
        else:
            self._send(404, '{}')


class _Server(http.server.ThreadingHTTPServer):
    request_queue_size = 64
    daemon_threads = True


class Issuer:
    """people maps a name to its claims; claims may be changed between two sign-ins."""

    client_id = 'portals'
    client_secret = 'a-secret-of-at-least-thirty-two-bytes-for-hs256'

    def __init__(self, people, label='Example Identity', port=None):
        self.people = dict(people)
        self.label = label
        self.port = port or free_port()
        self.url = 'http://127.0.0.1:%d' % self.port
        self.codes = {}
        self.tokens = {}
        handler = type('Handler', (_Handler,), {'issuer': self})
        self.server = _Server(('127.0.0.1', self.port), handler)
        threading.Thread(target=self.server.serve_forever, kwargs={'poll_interval': 0.05},
                         daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def discovery(self):
        return {
            'issuer': self.url,
            'authorization_endpoint': self.url + '/authorize',
            'token_endpoint': self.url + '/token',
            'userinfo_endpoint': self.url + '/userinfo',
            'jwks_uri': self.url + '/jwks',
            'end_session_endpoint': self.url + '/logout',
            'response_types_supported': ['code'],
            'subject_types_supported': ['public'],
            'id_token_signing_alg_values_supported': ['HS256'],
            'token_endpoint_auth_methods_supported': ['client_secret_basic'],
            'backchannel_logout_supported': True,
        }

    def metadata(self):
        """Return the three documents that mod_auth_openidc's metadata folder holds for an issuer."""
        return {
            'provider': self.discovery(),
            'client': {'client_id': self.client_id, 'client_secret': self.client_secret,
                       'id_token_signed_response_alg': 'HS256'},
            'conf': {'scope': 'openid email profile', 'response_type': 'code'},
        }

    def sign(self, claims):
        head = _b64(json.dumps({'alg': 'HS256', 'typ': 'JWT'}).encode())
        body = _b64(json.dumps(claims).encode())
        mac = hmac.new(self.client_secret.encode(), (head + '.' + body).encode(), hashlib.sha256)
        return '%s.%s.%s' % (head, body, _b64(mac.digest()))

    def id_token(self, name, nonce):
        now = int(time.time())
        claims = {'iss': self.url, 'aud': self.client_id, 'iat': now, 'exp': now + 3600,
                  'sid': hashlib.sha256(name.encode()).hexdigest()[:16]}
        if nonce:
            claims['nonce'] = nonce
        claims.update(self.people[name])
        return self.sign(claims)

    def logout_token(self, name):
        """Return a back-channel log-out token for the person's session."""
        return self.sign({
            'iss': self.url, 'aud': self.client_id, 'iat': int(time.time()),
            'jti': secrets.token_hex(8), 'sid': hashlib.sha256(name.encode()).hexdigest()[:16],
            'events': {'http://schemas.openid.net/event/backchannel-logout': {}}})

    # -- what the client does on our page --------------------------------------------------------

    def pick(self, client, response, name):
        """On the provider's page, be that person; return the redirect back to the portal."""
        assert response.status == 200, response
        index = list(self.people).index(name)
        return client.submit(response, form=index)

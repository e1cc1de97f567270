# SPDX-License-Identifier: Apache-2.0
"""A browser without a screen, for filling the demo: cookies by host, redirects, sign-in, JSON.

libc does not resolve names below .localhost, so every request goes to 127.0.0.1 with the right Host.
"""
import http.client
import json
import time
import urllib.parse


class Refused(Exception):
    """An answer that is not the one wanted; says request, status and the server's own words."""


class Browser:
    """One person at one browser."""

    def __init__(self, issuer):
        self.issuer = issuer
        self.cookies = {}

    def request(self, method, url, body=None, headers=None):
        """Send one request, again where the server says 503 and when; return (status, headers, text)."""
        for _ in range(10):
            answer = self.request_once(method, url, body, headers)
            if answer[0] != 503 or not answer[1].get('Retry-After', '').isdigit():
                break
            time.sleep(min(int(answer[1]['Retry-After']), 2))
        return answer

    def request_once(self, method, url, body=None, headers=None):
        """Send one request and return (status, headers, text); remember cookies."""
        parts = urllib.parse.urlsplit(url)
        connection = http.client.HTTPConnection('127.0.0.1', parts.port or 80, timeout=30)
        sent = {'Host': parts.netloc, 'Accept': 'text/html'}
        jar = self.cookies.setdefault(parts.hostname, {})
        if jar:
            sent['Cookie'] = '; '.join(f'{name}={value}' for name, value in jar.items())
        sent.update(headers or {})
        target = urllib.parse.urlunsplit(('', '', parts.path or '/', parts.query, ''))
        try:
            connection.request(method, target, body=body, headers=sent)
            answer = connection.getresponse()
            text = answer.read().decode('utf-8', 'replace')
        finally:
            connection.close()
        for line in answer.headers.get_all('Set-Cookie') or []:
            name, _, value = line.split(';')[0].partition('=')
            if value and 'expires=thu, 01' not in line.lower() and 'max-age=0' not in line.lower():
                jar[name.strip()] = value
            else:
                jar.pop(name.strip(), None)
        return answer.status, answer.headers, text

    def follow(self, url, method='GET', body=None, headers=None, stop=lambda url: False):
        """Request URL and go where redirects lead, until one that STOP accepts; return (url, status, text)."""
        for _ in range(15):
            status, got, text = self.request(method, url, body, headers)
            if status not in (301, 302, 303, 307, 308):
                return url, status, text
            url = urllib.parse.urljoin(url, got['Location'])
            if stop(url):
                return url, None, ''
            method, body, headers = 'GET', None, None
        raise Refused(f'too many redirections at {url}')

    def sign_in(self, url, who, method='GET', body=None, headers=None):
        """Open URL, choose the issuer on the login page, be WHO (sub=…) there; return the last answer."""
        form = {'Content-Type': 'application/x-www-form-urlencoded'}

        def is_login(found):
            return urllib.parse.urlsplit(found).path == '/login'

        found, status, text = self.follow(url, method, body, headers, stop=is_login)
        if is_login(found):
            query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(found).query))
            wanted = {'iss': self.issuer}
            wanted.update({name: query[name] for name in ('target_link_uri', 'method', 'x_csrf') if name in query})
            callback = query.get('oidc_callback') or urllib.parse.urljoin(found, '/oidc/callback')
            found, status, text = self.follow(callback + '?' + urllib.parse.urlencode(wanted))
        if '/interaction/' not in found:
            raise Refused(f'{url}: no sign-in at {self.issuer} but {status} at {found}')
        return self.follow(found, 'POST', urllib.parse.urlencode({'sub': who}), form)

    def api(self, method, url, value=None, etag=None, data=None, kind='application/json'):
        """Call the API; return what it says. Anything but a 2xx is Refused."""
        headers = {'Accept': 'application/json', 'Sec-Fetch-Site': 'same-origin'}
        if value is not None:
            data = json.dumps(value).encode()
        if data is not None:
            headers['Content-Type'] = kind
        if etag:
            headers['If-Match'] = etag
        status, _, text = self.request(method, url, data, headers)
        if not 200 <= status < 300:
            raise Refused(f'{method} {url}: {status} {text[:400]}')
        return json.loads(text) if text else None

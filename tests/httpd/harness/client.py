# SPDX-License-Identifier: Apache-2.0
"""A browser without a screen: connections to 127.0.0.1, a cookie jar, forms and redirects.

The C library does not resolve *.portals.example, and that is welcome: the host name travels in
the Host header alone, so that a test says exactly what the server gets.
"""

import gzip
import html.parser
import http.client
import json as jsonlib
import socket
import ssl
import time
import urllib.parse

from email.utils import parsedate_to_datetime


class Response:
    """Status, headers (in order, with repetitions) and body of one answer."""

    def __init__(self, method, url, status, headers, body):
        self.method = method
        self.url = url
        self.status = status
        self.headers = headers
        self.body = body

    def header(self, name, default=None):
        for key, value in self.headers:
            if key.lower() == name.lower():
                return value
        return default

    def all(self, name):
        return [value for key, value in self.headers if key.lower() == name.lower()]

    @property
    def text(self):
        return self.body.decode('utf-8', 'replace')

    def json(self):
        packed = self.header('Content-Encoding') == 'gzip'
        return jsonlib.loads((gzip.decompress(self.body) if packed else self.body).decode('utf-8'))

    @property
    def location(self):
        return self.header('Location')

    @property
    def etag(self):
        return self.header('ETag')

    def __repr__(self):
        return '<%s %s -> %d %r>' % (self.method, self.url, self.status, self.text[:300])


class Cookie:
    """One cookie with every attribute that was sent."""

    def __init__(self, line):
        parts = [p.strip() for p in line.split(';')]
        self.name, _, self.value = parts[0].partition('=')
        self.attributes = {}
        for part in parts[1:]:
            key, _, value = part.partition('=')
            self.attributes[key.lower()] = value

    def expired(self):
        if 'max-age' in self.attributes:
            return int(self.attributes['max-age']) <= 0
        if 'expires' in self.attributes:
            try:
                return parsedate_to_datetime(self.attributes['expires']).timestamp() <= time.time()
            except (TypeError, ValueError):
                return False
        return self.value == ''


class Jar:
    """Cookies by origin host (with port: two providers may share 127.0.0.1), name and path."""

    def __init__(self):
        self.cookies = {}
        self.seen = []

    def take(self, netloc, lines):
        for line in lines:
            cookie = Cookie(line)
            self.seen.append((netloc, cookie))
            key = (netloc, cookie.attributes.get('path') or '/', cookie.name)
            if cookie.expired():
                self.cookies.pop(key, None)
            else:
                self.cookies[key] = cookie

    def header(self, netloc, path):
        found = [(len(p), name, cookie.value) for (n, p, name), cookie in self.cookies.items()
                 if n == netloc and (path == p or path.startswith(p.rstrip('/') + '/'))]
        return '; '.join('%s=%s' % (name, value)
                         for _, name, value in sorted(found, key=lambda f: -f[0]))

    def get(self, netloc, name):
        for (n, _, key), cookie in self.cookies.items():
            if n == netloc and key == name:
                return cookie
        return None

    def of(self, netloc):
        return {key: cookie.value for (n, _, key), cookie in self.cookies.items() if n == netloc}


class Page(html.parser.HTMLParser):
    """Links, forms and text of a page, as far as a person without script uses them."""

    def __init__(self, response):
        super().__init__(convert_charrefs=True)
        self.links = []
        self.forms = []
        self.words = []
        self._form = None
        self._link = None
        self.feed(response.text)

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        if tag == 'a' and values.get('href'):
            self._link = [values['href'], '']
            self.links.append(self._link)
        elif tag == 'form':
            self._form = {'action': values.get('action', ''), 'buttons': [], 'fields': {},
                          'method': (values.get('method') or 'get').lower()}
            self.forms.append(self._form)
        elif self._form is not None and tag in ('input', 'button'):
            kind = (values.get('type') or ('submit' if tag == 'button' else 'text')).lower()
            if kind == 'submit':
                self._form['buttons'].append((values.get('name'), values.get('value') or ''))
            elif values.get('name'):
                self._form['fields'][values['name']] = values.get('value') or ''

    handle_startendtag = handle_starttag

    def handle_endtag(self, tag):
        if tag == 'form':
            self._form = None
        elif tag == 'a':
            self._link = None

    def handle_data(self, data):
        if self._link is not None:
            self._link[1] += data
        if data.strip():
            self.words.append(data.strip())

    @property
    def text(self):
        return ' '.join(self.words)


class Client:
    """One person's browser. Observers see every response (the contract validator is one)."""

    def __init__(self, name='somebody', tls=None, observers=()):
        self.name = name
        self.jar = Jar()
        self.tls = tls
        self.observers = list(observers)
        self.connections = {}
        self.timeout = 30

    # -- one request -------------------------------------------------------------------------

    def _connection(self, scheme, port, netloc):
        # TLS connections belong to one server name; plain ones may serve any Host.
        key = (scheme, port, netloc if scheme == 'https' else '')
        connection = self.connections.get(key)
        if connection is None:
            if scheme == 'https':
                connection = _Https(port, netloc.rsplit(':', 1)[0], self.tls, self.timeout)
            else:
                connection = http.client.HTTPConnection('127.0.0.1', port, timeout=self.timeout)
            self.connections[key] = connection
        return key, connection

    def close(self):
        for connection in self.connections.values():
            connection.close()
        self.connections = {}

    def request(self, method, url, headers=None, body=None, json=None, form=None, cookies=True,
                origin=None, host=None):
        """Send one request and return its Response; redirects are not followed."""
        parts = urllib.parse.urlsplit(url)
        port = parts.port or (443 if parts.scheme == 'https' else 80)
        target = urllib.parse.urlunsplit(('', '', parts.path or '/', parts.query, ''))
        sent = {'Host': host or parts.netloc, 'Accept': 'text/html,application/json;q=0.9'}
        if json is not None:
            body = jsonlib.dumps(json).encode()
            sent['Content-Type'] = 'application/json'
        elif form is not None:
            body = urllib.parse.urlencode(form).encode()
            sent['Content-Type'] = 'application/x-www-form-urlencoded'
        if method not in ('GET', 'HEAD', 'OPTIONS') and origin is not False:
            sent['Origin'] = origin or '%s://%s' % (parts.scheme, parts.netloc)
        if cookies:
            line = self.jar.header(parts.netloc, parts.path or '/')
            if line:
                sent['Cookie'] = line
        for key, value in (headers or {}).items():
            if value is None:
                sent.pop(key, None)
            else:
                sent[key] = value
        if isinstance(body, str):
            body = body.encode()
        if body is not None and 'Transfer-Encoding' not in sent:
            sent.setdefault('Content-Length', str(len(body)))

        for attempt in (1, 2):
            key, connection = self._connection(parts.scheme, port, parts.netloc)
            reused = connection.sock is not None
            try:
                connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
                for name, value in sent.items():
                    connection.putheader(name, value)
                connection.endheaders(body)
                answer = connection.getresponse()
                data = answer.read()
                break
            except (http.client.BadStatusLine, ConnectionError, BrokenPipeError) as error:
                connection.close()
                self.connections.pop(key, None)
                # A kept connection may have been closed in between; a fresh one may not.
                if attempt == 2 or not reused:
                    raise ConnectionError('%s %s: %r' % (method, url, error))
            except Exception:
                connection.close()
                self.connections.pop(key, None)
                raise
        response = Response(method, url, answer.status, answer.getheaders(), data)
        if answer.will_close:
            connection.close()
            self.connections.pop(key, None)
        if cookies:
            self.jar.take(parts.netloc, response.all('Set-Cookie'))
        for observer in self.observers:
            observer(response)
        return response

    def get(self, url, **kw):
        return self.request('GET', url, **kw)

    def post(self, url, **kw):
        return self.request('POST', url, **kw)

    def put(self, url, **kw):
        return self.request('PUT', url, **kw)

    def patch(self, url, **kw):
        return self.request('PATCH', url, **kw)

    def delete(self, url, **kw):
        return self.request('DELETE', url, **kw)

    # -- a person ----------------------------------------------------------------------------

    def follow(self, response, limit=12, until=None):
        """Follow redirects as a browser does; stop early where until(url) is true."""
        for _ in range(limit):
            if response.status not in (301, 302, 303, 307, 308):
                return response
            url = urllib.parse.urljoin(response.url, response.location)
            if until and until(url):
                return response
            response = self.get(url)
        raise AssertionError('redirected more than %d times, last to %s' % (limit, response.location))

    def submit(self, response, form=0, button=None, **fields):
        """Send a form of the page as it is, with some fields changed, and return the answer."""
        page = Page(response)
        data = page.forms[form]
        values = dict(data['fields'], **fields)
        if button is not None:
            values.update([button])
        elif len(data['buttons']) == 1 and data['buttons'][0][0]:
            values.update([data['buttons'][0]])
        url = urllib.parse.urljoin(response.url, data['action'])
        if data['method'] == 'post':
            return self.request('POST', url, form=values)
        return self.get(url.split('?')[0] + '?' + urllib.parse.urlencode(values))

    def copy_session_to(self, other, from_netloc, to_netloc):
        """Give another browser this one's cookies of a host, as a thief would."""
        for (netloc, path, name), cookie in list(self.jar.cookies.items()):
            if netloc == from_netloc:
                other.jar.cookies[(to_netloc, path, name)] = cookie


class _Https(http.client.HTTPSConnection):
    """TLS to 127.0.0.1 under another server name."""

    def __init__(self, port, server_name, cafile, timeout):
        context = ssl.create_default_context(cafile=cafile)
        super().__init__('127.0.0.1', port, timeout=timeout, context=context)
        self.server_name = server_name
        self.tls_context = context

    def connect(self):
        self.sock = self.tls_context.wrap_socket(
            socket.create_connection(('127.0.0.1', self.port), self.timeout),
            server_hostname=self.server_name)


def raw(port, data, timeout=10, tls=None, until_close=True):
    """Send bytes as they are and return all bytes that come back until the server closes."""
    with socket.create_connection(('127.0.0.1', port), timeout) as sock:
        if tls:
            sock = tls.wrap_socket(sock)
        sock.sendall(data)
        if until_close:
            try:
                sock.shutdown(socket.SHUT_WR)
            except OSError:
                pass
        received = b''
        while True:
            try:
                more = sock.recv(65536)
            except (ConnectionError, socket.timeout):
                break
            if not more:
                break
            received += more
        return received


def status_of(data):
    """Return the status number of raw response bytes (0 if there is none)."""
    words = data.split(b'\r\n', 1)[0].split()
    return int(words[1]) if len(words) > 1 and words[0].startswith(b'HTTP/') else 0

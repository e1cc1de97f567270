#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The demo's guarded application: order tracking that knows nothing of sign-in.

It listens on loopback; Apache proxies /orders/ to it and lets only members through. Who it is comes from
the headers that the virtual host sets out of B2B_PORTAL, B2B_MEMBER, … (see demo/httpd.conf.in). Without
them it refuses.

    app.py --port 8084
"""
import argparse
import hashlib
import html
import http.server

ITEMS = ['Pump head PK-40', 'Seal kit S2', 'Impeller 180 mm', 'Motor M3 5.5 kW', 'Coupling C-24', 'Valve block VB-6',
         'Pressure sensor PS-1', 'Bearing set B-62', 'Control unit CU-8', 'Filter cartridge F-10']
STATES = ['received', 'in production', 'packed', 'on its way', 'delivered']


def orders(portal, member):
    """The orders of one MEMBER, always the same ones."""
    for number in range(9):
        digest = hashlib.sha256(f'{member}/{number}'.encode()).digest()
        yield (f'{portal[:3].upper()}-{2600 + digest[0] + number * 7}', ITEMS[digest[1] % len(ITEMS)], digest[2] % 24 + 1,
               STATES[digest[3] % len(STATES)])


class Handler(http.server.BaseHTTPRequestHandler):
    """One page."""
    protocol_version = 'HTTP/1.1'

    def do_GET(self):  # pylint: disable=invalid-name
        portal = self.headers.get('B2B-Portal')
        member = self.headers.get('B2B-Member')
        if not portal or not member:
            status, body = 403, '<h1>Nobody</h1><p>This application answers only through the portal.</p>'
        else:
            rows = ''.join(f'<tr><td>{html.escape(a)}</td><td>{html.escape(b)}</td><td class="n">{c}</td><td>{d}</td></tr>'
                           for a, b, c, d in orders(portal, member))
            status, body = 200, (
                f'<h1>Orders</h1><p>Portal <b>{html.escape(portal)}</b>, role '
                f'<b>{html.escape(self.headers.get("B2B-Role") or "-")}</b>. These are your orders and nobody else\'s.</p>'
                f'<table><thead><tr><th>Order</th><th>Item</th><th class="n">Pieces</th><th>State</th></tr></thead>'
                f'<tbody>{rows}</tbody></table><p><a href="/">Back to the portal</a></p>')
        page = ('<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Orders</title>'
                '<meta name="viewport" content="width=device-width, initial-scale=1">'
                '<link rel="stylesheet" href="/orders/style.css"></head><body><main>' + body + '</main></body></html>')
        kind = 'text/html'
        if self.path.endswith('/style.css'):
            status, kind, page = 200, 'text/css', (
                'body{font:16px/1.5 system-ui,sans-serif;margin:0;background:#f5f6f8;color:#1c2430}'
                'main{max-width:52rem;margin:2rem auto;background:#fff;padding:1.5rem 2rem;border-radius:.8rem}'
                'table{border-collapse:collapse;width:100%}th,td{text-align:start;padding:.5rem;border-bottom:1px solid #dde3ea}'
                '.n{text-align:end}@media(prefers-color-scheme:dark){body{background:#12161c;color:#e8ecf2}main{background:#1b212a}'
                'th,td{border-color:#2c3440}a{color:#8ab0ff}}')
        data = page.encode()
        self.send_response(status)
        self.send_header('Content-Type', f'{kind}; charset=utf-8')
        self.send_header('Content-Length', str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format, *args):  # pylint: disable=redefined-builtin
        pass


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--port', type=int, required=True)
    options = parser.parse_args()
    server = http.server.ThreadingHTTPServer(('127.0.0.1', options.port), Handler)
    server.daemon_threads = True
    print(f'ready http://127.0.0.1:{options.port}/', flush=True)
    server.serve_forever()


if __name__ == '__main__':
    main()

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The demo's mail catcher: takes every mail by SMTP, keeps it, and shows it on a page.

    catcher.py --smtp 8083 --web 8082 --folder DIR

Both listen on loopback only. GET /api/messages lists the mails as JSON, newest first (?to= filters by
recipient); GET /api/messages/<id> gives one with its text and HTML; DELETE /api/messages forgets them all, but for
those to the recipients named in ?keep=a@x.example,b@y.example.
"""
import argparse
import asyncio
import base64
import email
import email.policy
import html
import http.server
import json
import pathlib
import threading
import time
import urllib.parse

from aiosmtpd.controller import Controller

STYLE = '''
:root { color-scheme: light dark; --ink: light-dark(#1c2430,#e8ecf2); --dim: light-dark(#5b6675,#a3adba);
  --paper: light-dark(#f4f6f9,#12161c); --card: light-dark(#fff,#1b212a); --line: light-dark(#dde3ea,#2c3440);
  --accent: light-dark(#2556c4,#8ab0ff); }
* { box-sizing: border-box; }
body { margin: 0; font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); height: 100vh;
  display: grid; grid-template-columns: minmax(17rem, 24rem) 1fr; }
nav { border-inline-end: 1px solid var(--line); background: var(--card); overflow: auto; }
nav header { padding: 1rem; border-bottom: 1px solid var(--line); position: sticky; top: 0; background: var(--card); }
h1 { font-size: 1.1rem; margin: 0 0 .5rem; }
input { width: 100%; font: inherit; color: inherit; background: var(--paper); border: 1px solid var(--line); border-radius: .5rem;
  padding: .4rem .6rem; }
nav a { display: block; padding: .7rem 1rem; border-bottom: 1px solid var(--line); text-decoration: none; color: inherit; }
nav a:hover, nav a[aria-current] { background: var(--paper); box-shadow: inset 3px 0 var(--accent); }
nav a strong, nav a span { display: block; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.dim { color: var(--dim); font-size: .85rem; }
main { display: flex; flex-direction: column; min-width: 0; padding: 1.25rem; gap: .75rem; overflow: auto; }
main h2 { margin: 0; font-size: 1.25rem; }
iframe { flex: 1; min-height: 24rem; border: 1px solid var(--line); border-radius: .7rem; background: #fff; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; background: var(--card); border: 1px solid var(--line); border-radius: .7rem;
  padding: 1rem; margin: 0; }
dl { display: grid; grid-template-columns: auto 1fr; gap: .1rem .8rem; margin: 0; } dt { color: var(--dim); } dd { margin: 0; }
@media (max-width: 700px) { body { grid-template-columns: 1fr; height: auto; } nav { max-height: 45vh; } }
'''


def with_pictures(markup, message):
    """MARKUP with the pictures that came in the mail itself (cid:, RFC 2392) in their places."""
    for part in message.walk() if markup else ():
        name = str(part['Content-ID'] or '').strip('<>')
        if name and part.get_content_maintype() == 'image':
            picture = base64.b64encode(part.get_content()).decode()
            markup = markup.replace(f'cid:{name}"', f'data:{part.get_content_type()};base64,{picture}"')
    return markup


class Store:
    """Mails in a folder, one file each; the name says when it came."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.lock = threading.Lock()

    def add(self, content, recipients):
        with self.lock:
            name = f'{time.time_ns():020d}'
            envelope = 'X-Envelope-To: ' + ', '.join(recipients) + '\r\n'
            new = self.folder / f'{name}.new'
            new.write_bytes(envelope.encode() + content)
            new.rename(self.folder / f'{name}.eml')

    def names(self):
        return sorted((path.stem for path in self.folder.glob('*.eml')), reverse=True)

    def get(self, name):
        """The mail called NAME as a dictionary, or None."""
        path = self.folder / f'{name}.eml'
        if not name.isdigit() or not path.exists():
            return None
        message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)

        def part(kind):
            body = message.get_body(preferencelist=(kind,))
            return body.get_content() if body else None

        return {'id': name, 'to': message['X-Envelope-To'], 'from': str(message['From'] or ''),
                'subject': str(message['Subject'] or '(no subject)'), 'message_id': str(message['Message-ID'] or ''),
                'received_at': int(name) // 1_000_000_000, 'text': part('plain'),
                'html': with_pictures(part('html'), message)}

    def list(self, to=None):
        mails = (self.get(name) for name in self.names())
        return [mail for mail in mails if mail and (not to or to.lower() in mail['to'].lower())]

    def clear(self, keep):
        with self.lock:
            for name in self.names():
                if not keep or not keep & set(self.get(name)['to'].lower().split(', ')):
                    (self.folder / f'{name}.eml').unlink(missing_ok=True)


class Smtp:
    """What aiosmtpd calls for each mail."""

    def __init__(self, store):
        self.store = store

    async def handle_DATA(self, _server, _session, envelope):  # pylint: disable=invalid-name
        await asyncio.get_running_loop().run_in_executor(None, self.store.add, envelope.original_content,
                                                         envelope.rcpt_tos)
        return '250 OK: kept for reading'


def page(store, chosen):
    """The page: all mails at the left, the chosen one at the right."""
    mails = store.list()
    mail = store.get(chosen) if chosen else (mails[0] if mails else None)
    rows = ''.join(
        f'<a href="/{m["id"]}"{" aria-current=true" if mail and m["id"] == mail["id"] else ""}>'
        f'<strong>{html.escape(m["subject"])}</strong><span>{html.escape(m["to"])}</span>'
        f'<span class="dim">{time.strftime("%d %b %H:%M:%S", time.localtime(m["received_at"]))}</span></a>'
        for m in mails)
    if mail:
        body = f'<pre>{html.escape(mail["text"] or "")}</pre>'
        if mail['html']:
            # Links open in a tab of their own; scripts never run.
            body = ('<iframe title="The mail" sandbox="allow-popups allow-popups-to-escape-sandbox" srcdoc="'
                    + html.escape('<base target="_blank">' + mail['html'], quote=True) + '"></iframe>'
                    + f'<details><summary>As text</summary>{body}</details>')
        shown = (f'<h2>{html.escape(mail["subject"])}</h2><dl><dt>From</dt><dd>{html.escape(mail["from"])}</dd>'
                 f'<dt>To</dt><dd>{html.escape(mail["to"])}</dd></dl>{body}')
    else:
        shown = '<h2>No mail yet</h2><p class="dim">Invite somebody in the console: the mail appears here within seconds.</p>'
    return (f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Mail of the demo</title>'
            f'<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">'
            f'<style>{STYLE}</style></head><body><nav><header><h1>Mail of the demo</h1>'
            f'<input type="search" aria-label="Find" placeholder="Find" autocomplete="off"></header>{rows}</nav><main>{shown}</main>'
            '''<script>
const newest = document.querySelector('nav a')?.href;
document.querySelector('input').addEventListener('input', (event) => {
  for (const row of document.querySelectorAll('nav a'))
    row.style.display = row.textContent.toLowerCase().includes(event.target.value.toLowerCase()) ? '' : 'none';
});
setInterval(async () => {
  const list = await (await fetch('/api/messages?only=newest')).json();
  if (list[0] && !newest?.endsWith(list[0].id)) location.reload();
}, 2000);
</script></body></html>''')


def make_handler(store):
    class Handler(http.server.BaseHTTPRequestHandler):
        """The page and its JSON."""
        protocol_version = 'HTTP/1.1'

        def answer(self, status, kind, text):
            data = text.encode()
            self.send_response(status)
            self.send_header('Content-Type', f'{kind}; charset=utf-8')
            self.send_header('Content-Length', str(len(data)))
            self.send_header('Cache-Control', 'no-store')
            self.end_headers()
            self.wfile.write(data)

        def json(self, value, status=200):
            self.answer(status, 'application/json', json.dumps(value))

        def do_GET(self):  # pylint: disable=invalid-name
            url = urllib.parse.urlsplit(self.path)
            query = dict(urllib.parse.parse_qsl(url.query))
            if url.path == '/api/messages':
                if query.get('only') == 'newest':
                    self.json([{'id': name} for name in store.names()[:1]])
                else:
                    self.json(store.list(query.get('to')))
            elif url.path.startswith('/api/messages/'):
                mail = store.get(url.path.rsplit('/', 1)[1])
                self.json(mail or {'error': 'no such mail'}, 200 if mail else 404)
            else:
                self.answer(200, 'text/html', page(store, url.path.strip('/')))

        def do_DELETE(self):  # pylint: disable=invalid-name
            url = urllib.parse.urlsplit(self.path)
            if url.path == '/api/messages':
                keep = dict(urllib.parse.parse_qsl(url.query)).get('keep', '')
                store.clear({word for word in keep.lower().split(',') if word})
            self.json({})

        def log_message(self, format, *args):  # pylint: disable=redefined-builtin
            pass

    return Handler


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--smtp', type=int, required=True)
    parser.add_argument('--web', type=int, required=True)
    parser.add_argument('--folder', required=True)
    options = parser.parse_args()
    store = Store(options.folder)
    Controller(Smtp(store), hostname='127.0.0.1', port=options.smtp, enable_SMTPUTF8=True,
               data_size_limit=10_000_000).start()
    server = http.server.ThreadingHTTPServer(('127.0.0.1', options.web), make_handler(store))
    server.daemon_threads = True
    print(f'ready smtp 127.0.0.1:{options.smtp} web http://127.0.0.1:{options.web}/', flush=True)
    server.serve_forever()


if __name__ == '__main__':
    main()

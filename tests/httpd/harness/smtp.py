# SPDX-License-Identifier: Apache-2.0
"""A real SMTP server in the test process: TLS, sign-in, refusals in its own words, slowness."""

import asyncio
import email
import email.policy
import re
import ssl
import threading

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

from .scratch import free_port, wait_until


class Message:
    """One delivered message."""

    def __init__(self, envelope):
        self.sender = envelope.mail_from
        self.recipients = list(envelope.rcpt_tos)
        self.raw = envelope.content
        self.parsed = email.message_from_bytes(envelope.content, policy=email.policy.default)

    @property
    def text(self):
        part = self.parsed.get_body(('plain',))
        return part.get_content() if part else ''

    @property
    def html(self):
        part = self.parsed.get_body(('html',))
        return part.get_content() if part else ''

    @property
    def subject(self):
        return str(self.parsed['Subject'])

    @property
    def message_id(self):
        return str(self.parsed['Message-ID'])

    def links(self):
        return re.findall(r'https?://[^\s"<>]+', self.text)


class _Handler:
    def __init__(self, server):
        self.server = server

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        words = self.server.refuse.get(address.lower())
        if words:
            return words
        envelope.rcpt_tos.append(address)
        return '250 OK'

    async def handle_DATA(self, server, session, envelope):
        self.server.arriving += 1
        try:
            waited = 0.0
            while waited < self.server.delay:
                await asyncio.sleep(0.05)
                waited += 0.05
        finally:
            self.server.arriving -= 1
        if self.server.refuse_data:
            return self.server.refuse_data
        self.server.tls_seen.append(session.ssl is not None)
        with self.server.lock:
            self.server.messages.append(Message(envelope))
        return '250 2.0.0 taken'


class _Controller(Controller):
    def __init__(self, handler, options, **kw):
        self.smtp_options = options
        super().__init__(handler, **kw)

    def factory(self):
        return SMTP(self.handler, **self.smtp_options)


class MailServer:
    """certificate = (cert, key) files; user = (name, password) that must sign in."""

    def __init__(self, certificate=None, implicit_tls=False, user=None, port=None):
        self.port = port or free_port()
        self.certificate = certificate
        self.implicit_tls = implicit_tls
        self.user = user
        self.controller = None
        self.lock = threading.Lock()
        self.reset()
        self.start()

    def reset(self):
        self.messages = []
        self.tls_seen = []
        self.refuse = {}
        self.refuse_data = None
        self.delay = 0.0
        self.arriving = 0
        self.sign_ins = []

    def _authenticate(self, server, session, envelope, mechanism, data):
        if isinstance(data, LoginPassword):
            given = (data.login.decode(), data.password.decode())
            self.sign_ins.append(given[0])
            if given == self.user:
                return AuthResult(success=True)
        return AuthResult(success=False, handled=False)

    def start(self):
        options = {'hostname': 'mail.test', 'timeout': 60, 'enable_SMTPUTF8': True}
        context = None
        if self.certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*self.certificate)
            if not self.implicit_tls:
                options['tls_context'] = context
                options['require_starttls'] = True
        if self.user:
            options.update(authenticator=self._authenticate, auth_required=True,
                           auth_require_tls=bool(self.certificate) and not self.implicit_tls)
        kw = {'ssl_context': context} if self.implicit_tls else {}
        self.controller = _Controller(_Handler(self), options, hostname='127.0.0.1', port=self.port, **kw)
        self.controller.start()

    def stop(self):
        if self.controller:
            self.controller.stop()
            self.controller = None

    def to(self, address):
        with self.lock:
            return [m for m in self.messages if address.lower() in [r.lower() for r in m.recipients]]

    def wait_for(self, address, count=1, timeout=20):
        """Return the count-th message to the address as soon as it is there."""
        wait_until(lambda: len(self.to(address)) >= count, timeout,
                   'mail number %d to %s' % (count, address))
        return self.to(address)[count - 1]

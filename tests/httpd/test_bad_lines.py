# SPDX-License-Identifier: Apache-2.0
"""Uploads over bad lines: in splinters, and cut off."""

import http.client
import json
import select
import socket
import struct
import threading

import pytest

import sites
from test_files import ANY, address, case, nothing_left, png
from test_files import site, unchanged      # noqa: F401, fixtures

pytestmark = sites.needs_module


class Splitter(threading.Thread):
    """A proxy that passes a connection on in pieces of one to seven bytes; it cuts it after LIMIT bytes to the server."""

    def __init__(self, port, limit=None):
        super().__init__(daemon=True)
        self.port, self.limit = port, limit
        self.listener = socket.create_server(('127.0.0.1', 0))
        self.listener.settimeout(30)
        self.start()

    def run(self):
        client, _ = self.listener.accept()
        self.listener.close()
        server = socket.create_connection(('127.0.0.1', self.port), 30)
        for end in (client, server):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        passed, size = 0, 0
        try:
            while self.limit is None or passed < self.limit:
                for source in select.select([client, server], [], [], 30)[0]:
                    size = size % 7 + 1
                    piece = source.recv(size)
                    if not piece:
                        return
                    (client if source is server else server).sendall(piece)
                    passed += len(piece) if source is client else 0
            # As when a line is cut: no farewell to either side.
            for end in (client, server):
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
        except OSError:
            pass
        finally:
            client.close()
            server.close()


def through(splitter, site, instance, body, headers):
    """Upload BODY through SPLITTER: the answer, or None if the connection was cut."""
    connection = http.client.HTTPConnection('127.0.0.1', splitter.listener.getsockname()[1], timeout=30)
    netloc = site.netloc('acme')
    try:
        connection.request('POST', address(instance), body=body, encode_chunked='Transfer-Encoding' in headers, headers=dict({
            'Host': netloc, 'Origin': 'http://' + netloc, 'Cookie': site.alice.jar.header(netloc, '/'),
            'Connection': 'close'}, **headers))
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


@pytest.mark.parametrize('headers', [{}, {'Transfer-Encoding': 'chunked'}], ids=['length', 'chunked'])
def test_a_body_in_splinters_is_the_same_file(site, headers):
    body = png() + bytes(range(256)) * 16
    chunks = [body[i:i + 100] for i in range(0, len(body), 100)]
    status, made = through(Splitter(site.port), site, case(site), iter(chunks) if headers else body, headers)
    assert status == 201 and made['bytes'] == len(body), made
    assert site.alice.get(site.url('acme', made['url']), headers=ANY).body == body
    nothing_left(site)


@pytest.mark.parametrize('headers', [{}, {'Transfer-Encoding': 'chunked'}], ids=['length', 'chunked'])
def test_a_line_that_is_cut_leaves_nothing(site, unchanged, headers):
    body = png() + bytes(range(256)) * 16
    assert through(Splitter(site.port, 3000), site, case(site), iter([body]) if headers else body, headers) is None
    nothing_left(site)

# SPDX-License-Identifier: Apache-2.0
"""Files of forms: streamed with a limit, typed by content, within a quota, sent as attachments to who may see the form."""

import io
import os
import select
import socket
import struct
import time
import zipfile
import zlib
from urllib.parse import quote

import pytest

import sites
from harness.scratch import wait_until
from harness.seed import Seed, now
from harness.work import Work

pytestmark = sites.needs_module

ANY = {'Accept': '*/*'}
LIMIT = 3000000
QUOTA = 8000000
UNKNOWN = '01900000-0000-7000-8000-000000000000'
TABLES = ['instance_files', 'stored_files', 'partner_usage', 'instance_changes']


def png(width=1, height=1):
    def chunk(kind, data):
        return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))
    return (b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', width, height, 8, 2, 0, 0, 0)) +
            chunk(b'IDAT', zlib.compress(b'\0\0\0\0')) + chunk(b'IEND', b''))


def archive(*names):
    data = io.BytesIO()
    with zipfile.ZipFile(data, 'w', zipfile.ZIP_DEFLATED) as out:
        for name in names:
            out.writestr(name, 'x' * 100)
    return data.getvalue()


PDF = b'%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n'
DOCX = archive('[Content_Types].xml', 'word/document.xml')


@pytest.fixture(scope='module', params=sites.KINDS)
def site(folder, issuers, request, servers):
    made = sites.make(request.param, folder, 'files-' + request.param, issuers, request, servers, children=1,
                      server='B2BPortalFileLimit %d\nB2BPortalPartnerQuota %d' % (LIMIT, QUOTA))
    world = made.world
    made.work = Work(made)
    made.share = made.work.share(('acme', world.north), ('acme', world.south), ('globex', world.globex_south))
    made.assigned = made.work.share(('acme', world.north), visibility='assigned')
    made.alice = made.sign_in('alice', portal='acme')
    made.bob = made.sign_in('bob', portal='acme')
    made.carol = made.sign_in('carol', portal='acme')
    made.manager = made.sign_in('manager')
    return made


def case(site, partner='north', owners=None, share=None, form=0, creator=None):
    world = site.world
    partner_id = getattr(world, partner)
    creator = creator or {'north': world.alice, 'south': world.carol}[partner]
    return site.work.instance(share or site.share, world.acme, partner_id, creator, form,
                              owners if owners is not None else [(0, 'partner', partner_id)])


def address(instance, form='report', field='photos', name='photo.png'):
    return '/api/v1/instances/%s/files?form=%s&field=%s&name=%s' % (instance, form, field, quote(name, safe=''))


def upload(browser, site, instance, body=None, portal='acme', headers=None, **kw):
    body = png() if body is None else body
    return browser.request('POST', site.url(portal, address(instance, **kw)), body=body,
                           headers=dict({'Accept': 'application/json', 'Content-Type': 'application/octet-stream'},
                                        **(headers or {})))


def refused(answer, status, kind=None, field=None):
    assert answer.status == status, answer
    assert answer.header('Content-Type') == 'application/problem+json'
    problem = answer.json()
    assert kind is None or problem['type'] == 'urn:b2bportal:' + kind, problem
    assert field is None or problem['field'] == field, problem
    return problem


def incoming(site):
    path = os.path.join(site.files, 'incoming')
    return os.listdir(path) if os.path.isdir(path) else []


def largest_incoming(site):
    """The bytes of the largest piece; one may go while it is looked at."""
    sizes = [0]
    for name in incoming(site):
        try:
            sizes.append(os.path.getsize(os.path.join(site.files, 'incoming', name)))
        except FileNotFoundError:
            pass
    return max(sizes)


def stored(site):
    return {name for name in os.listdir(site.files) if name != 'incoming'}


def nothing_left(site):
    """What a refused request wrote goes with it, which may be a moment after its answer."""
    return wait_until(lambda: incoming(site) == [], 10, 'the pieces to go') or True


def usage(site, partner):
    rows = site.database.query("SELECT files, bytes FROM partner_usage WHERE partner_id = '%s'" % partner)
    return tuple(int(n) for n in rows[0]) if rows else (0, 0)


@pytest.fixture
def unchanged(site):
    before = site.database.digest(TABLES), stored(site)
    yield
    assert (site.database.digest(TABLES), stored(site)) == before
    nothing_left(site)


# -- up and down ----------------------------------------------------------------------------------------------

def test_up_and_down(site):
    instance = case(site)
    before = usage(site, site.world.north)
    body = png() + b''
    answer = upload(site.alice, site, instance, body, name='Größe "1"; 50%.png')
    assert answer.status == 201, answer
    made = answer.json()
    assert made['type'] == 'image/png' and made['bytes'] == len(body) and made['field'] == 'photos'
    assert made['name'] == 'Größe "1"; 50%.png' and made['uploaded_by']['id'] == site.world.alice
    assert answer.location.endswith(made['url'])
    assert usage(site, site.world.north) == (before[0] + 1, before[1] + len(body))
    assert incoming(site) == []
    sent = site.alice.get(site.url('acme', made['url']), headers=ANY)
    assert sent.status == 200 and sent.body == body
    assert sent.header('Content-Type') == 'image/png'
    assert sent.header('X-Content-Type-Options') == 'nosniff'
    assert sent.header('Cache-Control') == 'private, no-store'
    assert 'sandbox' in sent.header('Content-Security-Policy')
    assert sent.header('Accept-Ranges') == 'bytes'
    assert sent.header('Content-Disposition') == (
        "attachment; filename=\"Gr____e _1__ 50_.png\"; filename*=UTF-8''Gr%C3%B6%C3%9Fe%20%221%22%3B%2050%25.png")
    head = site.alice.request('HEAD', site.url('acme', made['url']), headers=ANY)
    assert head.status == 200 and head.header('Content-Length') == str(len(body)) and head.body == b''
    assert site.alice.get(site.url('acme', made['url']), headers={'If-None-Match': sent.etag}).status == 304
    # On disk it is called by its content, and nobody else may read it.
    path = os.path.join(site.files, sent.etag.strip('"'))
    assert open(path, 'rb').read() == body
    assert os.stat(path).st_mode & 0o777 == 0o640
    history = site.api('GET', '/instances/%s/history' % instance, by=site.alice, portal='acme', status=200).json()
    assert history['data'][0]['act'] == 'upload'
    assert history['data'][0]['changes'] == [{'field': 'photos', 'title': 'Photos', 'old': None, 'new': made['name']}]


def test_ranges(site):
    instance = case(site)
    body = b''.join(b'line %06d\n' % n for n in range(20000))
    made = upload(site.alice, site, instance, body, field='papers', name='lines.txt').json()

    def get(**headers):
        return site.alice.get(site.url('acme', made['url']), headers=dict(
            ANY, **{name.replace('_', '-'): value for name, value in headers.items()}))
    etag = get().etag
    part = get(Range='bytes=12-23')
    assert part.status == 206 and part.body == b'line 000001\n'
    assert part.header('Content-Range') == 'bytes 12-23/%d' % len(body)
    assert 'attachment' in part.header('Content-Disposition') and part.header('X-Content-Type-Options') == 'nosniff'
    assert get(Range='bytes=-12').body == b'line 019999\n'
    assert get(Range='bytes=%d-' % (len(body) - 12)).body == b'line 019999\n'
    assert get(Range='bytes=12-23', If_Range=etag).status == 206
    other = get(Range='bytes=12-23', If_Range='"something-else"')
    assert other.status == 200 and other.body == body
    several = get(Range='bytes=0-11,24-35')
    assert several.status == 206 and several.header('Content-Type').startswith('multipart/byteranges')
    assert b'line 000000\n' in several.body and b'line 000002\n' in several.body and b'line 000001' not in several.body
    # A thousand overlapping parts are answered with no more than the file once.
    greedy = get(Range='bytes=' + ','.join('0-' for _ in range(1000)))
    assert greedy.status in (200, 206, 416) and len(greedy.body) <= len(body) + 1000
    assert get(Range='bytes=garbage').status == 200


def test_a_range_beyond_the_end(site):
    made = upload(site.alice, site, case(site)).json()
    size = len(png())

    def get(method='GET', **headers):
        return site.alice.request(method, site.url('acme', made['url']), headers=dict(
            ANY, **{name.replace('_', '-'): value for name, value in headers.items()}))
    etag = get().etag
    for headers in ({'Range': 'bytes=100000-'}, {'Range': 'bytes=%d-' % size}, {'Range': 'bytes=100000-100001, 200000-'},
                    {'Range': 'bytes=100000-', 'If_Range': etag}):
        answer = get(**headers)
        refused(answer, 416, 'range-not-satisfiable')
        assert answer.header('Content-Range') == 'bytes */%d' % size, headers
        assert answer.header('Content-Disposition') is None and answer.etag is None
    # What httpd ignores or answers is as before.
    for headers in ({'Range': 'bytes=100000-', 'If_Range': '"else"'}, {'Range': 'lines=100000-'},
                    {'Range': 'bytes=100000'}, {'Range': 'bytes='}):
        assert get(**headers).status == 200, headers
    assert get(Range='bytes=100000-,0-3').status == 206
    assert get(Range='bytes=%d-' % (size - 1)).body == png()[-1:]
    # As httpd has it, a HEAD is told the same.
    assert get('HEAD', Range='bytes=100000-').status == 416 and get('HEAD').status == 200


# -- what is taken ----------------------------------------------------------------------------------------------

JPEG = b'\xff\xd8\xff\xe0\0\4JF\xff\xc0\0\x0b\x08\1\0\2\0\1\1\x11\0\xff\xda\0\2\1\2\xff\xd9'
TAKEN = [
    ('photo.png', png(), 'image/png'), ('photo.jpg', JPEG, 'image/jpeg'),
    ('photo.gif', b'GIF89a\1\0\1\0\0\0\0;', 'image/gif'),
    ('paper.pdf', PDF, 'application/pdf'), ('letter.docx', DOCX,
                                            'application/vnd.openxmlformats-officedocument.wordprocessingml.document'),
    ('table.xlsx', archive('[Content_Types].xml', 'xl/workbook.xml'),
     'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'),
    ('slides.pptx', archive('[Content_Types].xml', 'ppt/presentation.xml'),
     'application/vnd.openxmlformats-officedocument.presentationml.presentation'),
    ('list.csv', 'a;b\nä;1\n'.encode(), 'text/plain; charset=utf-8'), ('all.zip', archive('a', 'b'), 'application/zip'),
    ('no ending', png(), 'image/png'),
    # A picture that is a page, too: taken for what it begins as, and sent as an attachment only.
    ('both.gif', b'GIF89a\1\0\1\0\0\0\0<script>alert(1)</script>;', 'image/gif'),
]


@pytest.mark.parametrize('name, body, kind', TAKEN, ids=[t[0] for t in TAKEN])
def test_types_by_content(site, name, body, kind):
    instance = case(site)
    # What the sender calls it does not matter.
    answer = upload(site.alice, site, instance, body, name=name, headers={'Content-Type': 'text/html'})
    assert answer.status == 201, answer
    assert answer.json()['type'] == kind
    sent = site.alice.get(site.url('acme', answer.json()['url']), headers=ANY)
    assert sent.header('Content-Type') == kind and sent.header('Content-Disposition').startswith('attachment;')
    assert sent.header('X-Content-Type-Options') == 'nosniff' and 'sandbox' in sent.header('Content-Security-Policy')
    assert sent.body == body


REFUSED = [
    ('x.png', b"<svg xmlns='http://www.w3.org/2000/svg'><script>x</script></svg>"), ('x.svg', b'<svg/>'),
    ('x.txt', b'<!DOCTYPE html><script>alert(1)</script>'), ('x.txt', b'#!/bin/sh\nrm -r x\n'),
    ('x.txt', b'a\0b'), ('x.txt', b'Z\xe4hler'), ('x.pdf', b'MZ\x90\0\3'), ('x.doc', b'\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1'),
    ('x.docx', archive('[Content_Types].xml', 'word/document.xml', 'word/vbaProject.bin')), ('x.zip', DOCX[:-1]),
    ('x.xml', b'<?xml version="1.0"?><a/>'),
]


@pytest.mark.parametrize('name, body', REFUSED, ids=range(len(REFUSED)))
def test_other_types(site, unchanged, name, body):
    instance = case(site)
    refused(upload(site.alice, site, instance, body, name=name), 415, 'unsupported-media-type')


def test_what_a_field_accepts(site, unchanged):
    instance = case(site)
    problem = refused(upload(site.alice, site, instance, field='papers'), 415)
    assert 'pdf' in problem['detail'] and 'text' in problem['detail']
    refused(upload(site.alice, site, instance, png(60000, 60000)), 413, 'too-large')
    refused(upload(site.alice, site, instance, b''), 400)


@pytest.mark.parametrize('name', ['../../etc/passwd', 'a/b.png', 'a\\b.png', '..', '.', 'a\r\nX: y.png', 'a\0.png',
                                  'photo\u202egnp.exe', 'a\u2066b.png', 'x' * 256 + '.png', '', 'evil.html', 'run.exe'])
def test_names(site, unchanged, name):
    refused(upload(site.alice, site, case(site), name=name), 400, field='name')


@pytest.mark.parametrize('query, field', [
    ('', 'form'), ('form=report&field=photos', 'name'), ('form=report&name=a.png', 'field'),
    ('form=nothing&field=photos&name=a.png', 'form'), ('form=report&field=subject&name=a.png', 'field'),
    ('form=report&field=proof&name=a.png', 'field'), ('form=report&field=fixed&name=a.png', 'field'),
    ('form=report&form=report&field=photos&name=a.png', 'form'), ('form=report&field=photos&name=a.png&x=1', 'x')])
def test_wrong_queries(site, unchanged, query, field):
    answer = site.alice.request('POST', site.url('acme', '/api/v1/instances/%s/files?%s' % (case(site), query)), body=png())
    refused(answer, 400, field=field)


def test_no_more_than_the_field_takes(site):
    instance = case(site)
    made = [upload(site.alice, site, instance).json() for _ in range(3)]
    refused(upload(site.alice, site, instance), 409, 'too-many-files')
    taken = site.alice.delete(site.url('acme', made[0]['url']))
    assert taken.status == 204
    assert site.alice.get(site.url('acme', made[0]['url']), headers=ANY).status == 404
    assert upload(site.alice, site, instance).status == 201


# -- who --------------------------------------------------------------------------------------------------------

def told_apart(answer):
    problem = answer.json()
    problem.pop('request_id')
    return answer.status, problem


def test_another_partners_file_does_not_exist(site):
    theirs = case(site, 'south')
    made = upload(site.carol, site, theirs).json()
    assert site.carol.get(site.url('acme', made['url']), headers=ANY).status == 200
    ours = case(site)
    mine = upload(site.alice, site, ours).json()
    unknown = told_apart(site.alice.get(site.url('acme', '/api/v1/instances/%s/files/%s' % (UNKNOWN, UNKNOWN))))
    assert unknown[0] == 404
    for method in ('GET', 'DELETE'):
        answer = site.alice.request(method, site.url('acme', made['url']))
        assert answer.status == 404
        assert told_apart(answer) == told_apart(site.alice.request(
            method, site.url('acme', '/api/v1/instances/%s/files/%s' % (UNKNOWN, made['id']))))
        # Its id below an instance of one's own is no way to it either.
        answer = site.alice.request(method, site.url('acme', '/api/v1/instances/%s/files/%s' % (ours, made['id'])))
        assert told_apart(answer) == told_apart(site.alice.request(
            method, site.url('acme', '/api/v1/instances/%s/files/%s' % (ours, UNKNOWN))))
    refused(upload(site.alice, site, theirs), 404, 'not-found')
    assert site.alice.get(site.url('acme', mine['url']), headers=ANY).status == 200
    # The same bytes are the same file on disk, and still nobody else's.
    assert site.carol.get(site.url('acme', mine['url']), headers=ANY).status == 404


def test_only_who_sees_the_form(site):
    """Assigned forms: bob owns the first one only."""
    world = site.world
    owners = [(0, 'member', world.bob), (1, 'member', world.alice)]
    instance = case(site, share=site.assigned, owners=owners, form=1, creator=world.alice)
    made = upload(site.alice, site, instance, form='review', field='proof').json()
    refused(upload(site.bob, site, instance, form='review', field='proof'), 403)
    refused(upload(site.bob, site, instance), 409, 'not-the-current-form')
    refused(upload(site.alice, site, instance), 409, 'not-the-current-form')
    site.database.run(["UPDATE instance_files SET is_attached = 1 WHERE id = '%s'" % made['id']])
    assert site.bob.get(site.url('acme', made['url']), headers=ANY).status == 404
    assert site.alice.get(site.url('acme', made['url']), headers=ANY).status == 200
    refused(site.alice.delete(site.url('acme', made['url'])), 409, 'file-attached')
    history = site.api('GET', '/instances/%s/history' % instance, by=site.bob, portal='acme', status=200).json()['data']
    assert history[0]['act'] == 'upload' and history[0]['form'] is None and history[0]['changes'] == []


def test_only_who_brought_it_takes_it_back(site):
    instance = case(site)
    made = upload(site.alice, site, instance).json()
    refused(site.bob.delete(site.url('acme', made['url'])), 403)
    assert site.alice.delete(site.url('acme', made['url'])).status == 204


def test_the_host(site):
    world = site.world
    instance = case(site, owners=[(1, 'host_user', world.manager), (0, 'partner', world.north)], form=1)
    path = '/api/v1/portals/acme/instances/%s/files' % instance
    answer = site.manager.request('POST', site.url(None, path + '?form=review&field=proof&name=a.png'), body=png())
    assert answer.status == 201, answer
    made = answer.json()
    assert made['url'].startswith(path) and made['uploaded_by'] == {
        'kind': 'host_user', 'id': world.manager, 'name': 'Host User'}
    assert site.manager.get(site.url(None, made['url']), headers=ANY).body == png()
    assert site.admin.get(site.url(None, made['url']), headers=ANY).status == 404
    refused(site.admin.request('POST', site.url(None, path + '?form=review&field=proof&name=a.png'), body=png()), 403)
    # On the portal the host has no names; and this one is not saved yet.
    own = '/api/v1/instances/%s/files/%s' % (instance, made['id'])
    assert site.alice.get(site.url('acme', own), headers=ANY).status == 404
    site.database.run(["UPDATE instance_files SET is_attached = 1 WHERE id = '%s'" % made['id']])
    assert site.alice.get(site.url('acme', own), headers=ANY).status == 200
    assert site.admin.get(site.url(None, made['url']), headers=ANY).body == png()
    refused(site.admin.delete(site.url(None, made['url'])), 403)
    history = site.api('GET', '/instances/%s/history' % instance, by=site.alice, portal='acme', status=200).json()['data']
    assert history[0]['actor']['name'] != 'Host User' and history[0]['actor'].get('id') is None
    # Through another portal there is no such instance.
    assert site.admin.get(site.url(None, made['url'].replace('/acme/', '/globex/')), headers=ANY).status == 404


# -- bodies -----------------------------------------------------------------------------------------------------

class Sender:
    """A connection on which a test sends a body piece by piece."""

    def __init__(self, site, browser, target, *headers, portal='acme'):
        self.socket = socket.create_connection(('127.0.0.1', site.port), 30)
        netloc = site.netloc(portal)
        cookie = browser.jar.header(netloc, '/') if browser else ''
        self.send('\r\n'.join(['POST %s HTTP/1.1' % target, 'Host: ' + netloc, 'Origin: http://' + netloc,
                               'Cookie: ' + cookie] + list(headers)) + '\r\n\r\n')

    def send(self, data):
        self.socket.sendall(data if isinstance(data, bytes) else data.encode())

    def chunk(self, data):
        self.send(b'%x\r\n%s\r\n' % (len(data), data))

    def answer(self):
        """The status, the head and the body; the server closes."""
        data = b''
        try:
            while True:
                more = self.socket.recv(65536)
                if not more:
                    break
                data += more
        except (ConnectionError, socket.timeout):
            pass
        self.socket.close()
        head, _, body = data.partition(b'\r\n\r\n')
        return int(head.split()[1]) if head else 0, head.decode(), body


def memory(site):
    total = 0
    for pid in site.httpd.worker_pids():
        with open('/proc/%d/status' % pid) as status:
            total += next(int(line.split()[1]) for line in status if line.startswith('VmHWM'))
    return total


def test_five_gigabytes_without_a_length(site, unchanged):
    """Refused as soon as the limit is passed: bounded time, disk and memory."""
    instance = case(site)
    upload(site.alice, site, case(site, 'north'), b'x')     # refused or not: the worker is warm
    before = memory(site)
    sender = Sender(site, site.alice, address(instance), 'Transfer-Encoding: chunked')
    piece = b'\x89PNG\r\n\x1a\n' + b'x' * 65528
    sent, most = 0, 0
    while sent < 5 * 1024 ** 3 and not select.select([sender.socket], [], [], 0)[0]:
        sender.chunk(piece)         # as a client does that looks whether somebody says no
        sent += len(piece)
        most = max(most, largest_incoming(site))
    status, head, body = sender.answer()
    assert status == 413, (status, head)
    assert b'urn:b2bportal:too-large' in body and 'connection: close' in head.lower()
    assert 0 < most <= LIMIT and sent < 200 * 1024 ** 2
    assert memory(site) - before < 10 * 1024
    nothing_left(site)


def test_too_large_without_a_length_says_so(site, unchanged):
    """No more is sent than the limit and a little, so that the answer is read."""
    sender = Sender(site, site.alice, address(case(site)), 'Transfer-Encoding: chunked')
    for _ in range(LIMIT // 50000 + 1):
        sender.chunk(b'x' * 50000)
    status, head, body = sender.answer()
    assert status == 413 and b'urn:b2bportal:too-large' in body
    assert 'connection: close' in head.lower()


@pytest.mark.parametrize('length', [LIMIT + 1, 5 * 1024 ** 3, 10 ** 18])
def test_too_large_by_its_length(site, unchanged, length):
    """Refused before a byte of it is sent; httpd itself refuses what is over LimitRequestBody."""
    sender = Sender(site, site.alice, address(case(site)), 'Content-Length: %d' % length)
    status, head, body = sender.answer()
    assert status == 413, (status, head)
    assert 'connection: close' in head.lower()


def test_exactly_the_limit(site):
    assert upload(site.alice, site, case(site), b'x' * LIMIT, name='x.txt').status == 201
    refused(upload(site.alice, site, case(site), b'x' * (LIMIT + 1), name='x.txt'), 413, 'too-large')


def test_strangers_send_nothing(site, unchanged):
    """401, 403 and 404 come before the body is read: it is never sent here, and nothing waits for it."""
    theirs = case(site, 'south')
    erin = site.sign_in('erin', portal='acme')
    for browser, instance, expected in ((None, case(site), 401), (erin, case(site), 403), (site.alice, theirs, 404),
                                        (site.alice, UNKNOWN, 404)):
        for header in ('Content-Length: 2000000', 'Transfer-Encoding: chunked'):
            started = time.monotonic()
            status, head, _ = Sender(site, browser, address(instance), header).answer()
            assert status == expected, (expected, head)
            assert time.monotonic() - started < 5
            assert incoming(site) == []


def test_other_origins_send_nothing(site, unchanged):
    answer = upload(site.alice, site, case(site), headers={'Origin': 'http://evil.example'})
    refused(answer, 403, 'cross-origin')


def test_a_slow_body_holds_no_connection_of_the_database(folder, issuers, request, servers):
    """Two connections for the whole child: while six bodies trickle in, others are served."""
    made = sites.make('sqlite3', folder, 'files-slow', issuers, request, servers, children=1,
                      server='B2BPortalDatabasePool 2')
    made.work = Work(made)
    made.share = made.work.share(('acme', made.world.north))
    made.alice = made.sign_in('alice', portal='acme')
    senders = []
    for _ in range(6):
        sender = Sender(made, made.alice, address(case(made)), 'Transfer-Encoding: chunked')
        sender.chunk(png()[:20])
        senders.append(sender)
    wait_until(lambda: len(incoming(made)) == 6, 10, 'six bodies under way')
    for _ in range(20):
        started = time.monotonic()
        made.api('GET', '/me', by=made.alice, portal='acme', status=200)
        assert time.monotonic() - started < 2
    for sender in senders:
        sender.chunk(png()[20:])
        sender.send(b'0\r\n\r\n')
    for sender in senders:
        sender.socket.settimeout(10)
        assert sender.socket.recv(65536).startswith(b'HTTP/1.1 201')
        sender.socket.close()
    assert incoming(made) == []


def test_what_was_withdrawn_meanwhile(site):
    """A body that takes its time does not outlive the right to send it."""
    instance = case(site)
    sender = Sender(site, site.bob, address(instance), 'Transfer-Encoding: chunked', 'Connection: close')
    sender.chunk(png()[:20])
    wait_until(lambda: incoming(site), 10, 'the body to be under way')
    site.api('POST', '/portals/acme/members/%s/suspend' % site.world.bob, status=200)
    try:
        sender.chunk(png()[20:])
        sender.send(b'0\r\n\r\n')
        status, head, body = sender.answer()
        assert status == 403, head
        nothing_left(site)
        assert site.database.query("SELECT COUNT(*) FROM instance_files WHERE instance_id = '%s'" % instance)[0][0] in (0, '0')
    finally:
        site.api('POST', '/portals/acme/members/%s/resume' % site.world.bob, status=200)


def test_who_goes_away_leaves_nothing(site, unchanged):
    for header in ('Content-Length: 1000000', 'Transfer-Encoding: chunked'):
        sender = Sender(site, site.alice, address(case(site)), header)
        sender.chunk(b'x' * 100000)
        wait_until(lambda: incoming(site), 10, 'the body to be under way')
        sender.socket.close()
        nothing_left(site)


def tidy(site):
    """Let the job run: it does when a child starts, if nobody holds the claim."""
    site.database.run(["UPDATE claims SET until = 0 WHERE name = 'tidy'"])
    site.httpd.graceful()


def test_a_killed_child_leaves_nothing_for_long(site):
    before = stored(site)
    sender = Sender(site, site.alice, address(case(site)), 'Transfer-Encoding: chunked')
    sender.chunk(b'x' * 100000)
    wait_until(lambda: incoming(site), 10, 'the body to be under way')
    site.httpd.kill_child()
    wait_until(site.httpd.worker_pids, 15, 'the child to be replaced')
    sender.socket.close()
    left, = incoming(site)
    tidy(site)          # still young: it might be somebody's who is slow
    assert incoming(site) == [left]
    os.utime(os.path.join(site.files, 'incoming', left), (time.time() - 3700,) * 2)
    tidy(site)
    wait_until(lambda: incoming(site) == [], 20, 'the piece to be tidied away')
    assert stored(site) == before


# -- room -------------------------------------------------------------------------------------------------------

def test_a_partner_that_is_full(site):
    """Others still write, the full one still reads, and what goes makes room."""
    world = site.world
    site.database.run(["DELETE FROM partner_usage WHERE partner_id = '%s'" % world.north,
                       "INSERT INTO partner_usage (portal_id, partner_id, files, bytes) VALUES ('%s', '%s', 5, %d)" % (
                           world.acme, world.north, QUOTA - 1000)])
    instance = case(site)
    before = stored(site)
    problem = refused(upload(site.alice, site, instance, b'y' * 1001, name='x.txt'), 507, 'quota-exceeded')
    assert problem['title']
    assert stored(site) == before and nothing_left(site)
    made = upload(site.alice, site, instance, b'y' * 1000, name='x.txt').json()
    assert usage(site, world.north) == (6, QUOTA)
    # Full to the last byte: nothing more is even read.
    status, head, body = Sender(site, site.alice, address(instance), 'Transfer-Encoding: chunked').answer()
    assert status == 507 and b'quota-exceeded' in body
    assert upload(site.carol, site, case(site, 'south'), b'y' * 1001, name='x.txt').status == 201
    assert site.alice.get(site.url('acme', made['url']), headers=ANY).status == 200
    assert site.alice.delete(site.url('acme', made['url'])).status == 204
    assert usage(site, world.north) == (5, QUOTA - 1000)
    site.database.run(["UPDATE partner_usage SET bytes = 0 WHERE partner_id = '%s'" % world.north])


def test_files_without_a_row_go_after_a_day(site):
    """A process died between renaming and committing. What a row names, what is young and what is no name of ours stays."""
    saved = upload(site.alice, site, case(site), b'named by a row', name='b.txt').json()
    named = site.alice.get(site.url('acme', saved['url']), headers=ANY).etag.strip('"')
    old, young, picture = ('%x' % n * 64 for n in (1, 2, 3))
    piece, other = picture + '.aB3xYz', 'README'
    seed = Seed(site.database)
    seed.insert('images', file=picture, type='image/png', width=1, height=1, bytes=4, created_at=now())
    seed.commit(bump=False)
    for name in (old, young, picture, piece, other):
        with open(os.path.join(site.files, name), 'w') as out:
            out.write('left')
        os.chmod(os.path.join(site.files, name), 0o666)
    for name in (named, old, picture, piece, other):
        os.utime(os.path.join(site.files, name), (time.time() - 25 * 3600,) * 2)
    tidy(site)

    def row():
        return site.database.query("SELECT stored_at FROM stored_files WHERE file = '%s'" % old)
    wait_until(row, 20, 'the stray to be seen')
    assert now() - int(row()[0][0]) < 3600 * 1000000
    there = set(os.listdir(site.files))
    # A day more: the database may be restored to one that knows it. Only what can have no row is gone.
    assert {named, old, young, picture, other} <= there and piece not in there
    site.database.run(["UPDATE stored_files SET stored_at = stored_at - 90000000000 WHERE file = '%s'" % old])
    tidy(site)
    wait_until(lambda: old not in os.listdir(site.files), 20, 'the stray to go')
    assert {named, young, picture, other} <= set(os.listdir(site.files)) and not row()
    assert site.alice.get(site.url('acme', saved['url']), headers=ANY).status == 200
    for name in (young, picture, other):
        os.unlink(os.path.join(site.files, name))
    site.database.run(["DELETE FROM images WHERE file = '%s'" % picture])


def test_loose_files_go_after_a_day_and_others_stay(site):
    instance = case(site)
    loose = upload(site.alice, site, instance, b'loose ' * 100, name='a.txt').json()
    saved = upload(site.alice, site, instance, b'saved ' * 100, name='b.txt').json()
    shared = upload(site.carol, site, case(site, 'south'), b'saved ' * 100, name='c.txt').json()
    before = usage(site, site.world.north)
    files = {f['id']: site.alice.get(site.url('acme', f['url']), headers=ANY).etag.strip('"') for f in (loose, saved)}
    age = 25 * 3600
    site.database.run(["UPDATE instance_files SET is_attached = 1 WHERE id = '%s'" % saved['id'],
                       "UPDATE instance_files SET created_at = created_at - %d000000 WHERE instance_id = '%s'" % (age, instance),
                       "UPDATE stored_files SET stored_at = stored_at - %d000000" % age])
    for name in files.values():
        os.utime(os.path.join(site.files, name), (time.time() - age,) * 2)
    tidy(site)
    wait_until(lambda: files[loose['id']] not in stored(site), 20, 'the loose file to go')
    assert files[saved['id']] in stored(site)
    assert site.alice.get(site.url('acme', loose['url']), headers=ANY).status == 404
    assert site.alice.get(site.url('acme', saved['url']), headers=ANY).status == 200
    assert site.carol.get(site.url('acme', shared['url']), headers=ANY).status == 200
    assert usage(site, site.world.north) == (before[0] - 1, before[1] - 600)

# SPDX-License-Identifier: Apache-2.0
"""Input that nobody should send: refused with its reason, the field named, and nothing written."""

import base64
import json
import struct
import time
import zlib

import pytest

import sites

pytestmark = sites.needs_module

JSON = {'Content-Type': 'application/json', 'Accept': 'application/json'}


@pytest.fixture(scope='module', params=sites.KINDS)
def site(folder, issuers, request, servers):
    return sites.make(request.param, folder, 'bad-' + request.param, issuers, request, servers,
                      portals=sites.PLACES, server='B2BPortalBodyLimit 65536')


TABLES = ['portals', 'partners', 'members', 'groups', 'group_members', 'invitations', 'invitation_tokens', 'dashboards',
          'dashboard_versions', 'placements', 'placement_groups', 'host_users', 'host_user_roles', 'settings', 'images',
          'outbox', 'portal_issuers', 'generations']


@pytest.fixture
def unchanged(site):
    """Nothing but the audit trail may differ afterwards."""
    site.admin          # signing in is a write of its own
    tables = [table for table in TABLES if table != 'host_users']       # last sign-in
    before = site.database.digest(tables)
    yield
    assert site.database.digest(tables) == before


def send(site, body, path='/portals', method='POST', headers=None, **kw):
    return site.admin.request(method, site.url(None, '/api/v1' + path), body=body, headers=dict(JSON, **(headers or {})),
                              **kw)


def refused(answer, *statuses, field=None):
    assert answer.status in (statuses or (400,)), answer
    assert answer.header('Content-Type') == 'application/problem+json'
    problem = answer.json()
    assert problem['detail'] and problem['request_id']
    if field is not None:
        assert problem['field'] == field, problem
    return problem


def nested(depth, kind='['):
    if kind == '[':
        return '[' * depth + ']' * depth
    return '{"a":' * depth + '1' + '}' * depth


@pytest.mark.parametrize('body', [
    '', ' ', 'null', 'true', '1', '"text"', '[]', '{', '}', '{"technical_name":"x"', "{'technical_name':'x'}",
    '{"technical_name":"x","name":"X"} {}', '{"technical_name":"x","name":"X",}', '\ufeff{"technical_name":"x","name":"X"}',
    b'{"technical_name":"x","name":"\xff\xfe"}', b'{"technical_name":"x","name":"\xc0\xaf"}',
    b'{"technical_name":"x","name":"\xed\xa0\x80"}', b'{"technical_name":"x","name":"a\x00b"}',
    '{"technical_name":"x","name":"a\\u0000b"}', '{"technical_name":"x","name":"\\ud800"}',
    '{"technical_name":"x","technical_name":"y","name":"X"}', '{"technical_name":"x","name":NaN}',
    '{"technical_name":"x","name":"X","color":1e400}', nested(2000), nested(2000, '{'), nested(30000),
    '{"technical_name":"x","name":"X","contact":' + nested(2000, '{') + '}',
], ids=range(27))
def test_bodies_that_are_not_json_objects(site, unchanged, body):
    started = time.monotonic()
    refused(send(site, body), 400)
    assert time.monotonic() - started < 1.0


@pytest.mark.parametrize('kind', ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x',
                                  'application/xml', 'application/json; charset=utf-16', '', None])
def test_other_content_types(site, unchanged, kind):
    refused(send(site, '{"technical_name":"typed","name":"X"}', headers={'Content-Type': kind}), 415, 400)


def test_bodies_over_the_limit(site, unchanged):
    body = json.dumps({'technical_name': 'x', 'name': 'X' * 70000})
    refused(send(site, body), 413)
    # Without a length, and longer than it says it would be.
    answer = site.admin.request('POST', site.url(None, '/api/v1/portals'), headers=dict(JSON, **{
        'Transfer-Encoding': 'chunked'}), body=b''.join(b'1000\r\n' + b' ' * 4096 + b'\r\n' for _ in range(64))
        + b'0\r\n\r\n')
    refused(answer, 413)
    site.admin.close()


@pytest.mark.parametrize('member, value', [
    ('technical_name', v) for v in ('', 'Acme', 'a b', '-a', 'a-', 'a_b', 'a.b', 'x' * 64, 'xn--a', 'www', 'admin', 'api', 'auth',
                                    'mail', 'static', 'localhost', 'ä', 'a\n', '../a', 'a%2f', None, 1, True, ['a'], {})
] + [
    ('name', v) for v in ('', ' ', 'x' * 300, 'a\nb', 'a\r\nX: y', 'a\x1bb', 'a\u202eb', None, 1, False, [], {})
] + [
    ('color', v) for v in ('', 'red', '#fff', '#12345g', '#1234567', '336699', ' #336699', '#336699;', 'url(x)', None, 1)
] + [
    ('logout_url', v) for v in ('javascript:alert(1)', 'data:text/html,x', '//evil.example', 'https:evil.example',
                                'https://ok.example@evil.example/', 'https://ok@evil.example', '\\\\evil.example', '/\\evil',
                                'https://ok.example\\@evil.example', 'https://a.example/\t', 'https://a.example/\r\nX: y',
                                'ftp://a.example', 'https://', 'https:///x', ' https://a.example', 'https://a b.example',
                                'https://a.example/' + 'x' * 8192, 'https://аpple.example/', '', 1, ['https://a.example'])
] + [
    ('contact', v) for v in ('x', [], {'name': 1}, {'email': 'no'}, {'email': 'a@b\r\nBcc: c@d.example'}, {'phone': '1'}, None)
] + [
    ('locale', v) for v in ('', 'e', 'xx-YY-zz-toolong', '../de', 1, None)
] + [
    ('issuers', v) for v in ([], {}, 'x', [{}], [{'issuer': 'x', 'label': 'X'}], [{'issuer': 'https://a.example'}],
                             [{'issuer': 'https://a.example', 'label': 'A', 'vouches_for_email': 'true'}],
                             [{'issuer': 'https://a.example', 'label': 'A', 'vouches_for_email': 1}],
                             [{'issuer': 'https://a.example', 'label': 'A'}] * 2,
                             [{'issuer': 'https://a%d.example' % n, 'label': 'A'} for n in range(9)],
                             [{'issuer': 'https://a.example', 'label': 'A', 'secret': 'x'}])
] + [
    ('logo', v) for v in ('x', '../../etc/passwd', 'a' * 64, 1, [], 'A' * 64)
] + [
    ('state', 'suspended'), ('id', 'x'), ('version', 1), ('portal_id', 'x'), ('url', 'https://x.example'), ('Name', 'x'),
    ('__proto__', {}), ('', 1), ('technical_name ', 'x'),
])
def test_wrong_members_of_a_portal(site, unchanged, member, value):
    body = {'technical_name': 'wrong', 'name': 'Wrong', member: value}
    problem = refused(send(site, json.dumps(body)), 400, 413, 422)
    if member:
        assert problem['field'].split('/')[0] == member, problem


def test_good_ones_are_taken(site):
    """The other side of the list above: what it refuses is not everything."""
    body = {'technical_name': 'a-1', 'name': 'Ünïcode & <b>name</b>', 'color': '#Ab12cD', 'locale': 'de',
            'logout_url': 'https://www.host.example/bye?a=b#c', 'contact': {'name': 'Petra', 'email': 'p@host.example'},
            'issuers': [{'issuer': 'https://login.example/realm', 'label': 'Example', 'vouches_for_email': False}]}
    answer = send(site, json.dumps(body))
    assert answer.status == 201, answer
    made = answer.json()
    for member in ('technical_name', 'name', 'locale', 'logout_url', 'contact'):
        assert made[member] == body[member]
    assert made['color'].lower() == '#ab12cd'
    assert answer.header('Location').endswith('/api/v1/portals/a-1')
    assert send(site, json.dumps(body)).status == 409


@pytest.mark.parametrize('query', ['limit=0', 'limit=501', 'limit=-1', 'limit=abc', 'limit=1&limit=2', 'after=nonsense',
                                   'sort=password', 'sort=name;drop', 'state=anything', 'unknown=1', 'q=%00', 'q=%ff',
                                   'limit=', 'after=%27%20OR%201=1', 'limit=99999999999999999999'])
def test_wrong_queries(site, unchanged, query):
    refused(site.admin.get(site.url(None, '/api/v1/portals?' + query), headers={'Accept': 'application/json'}), 400)


@pytest.mark.parametrize('path, sort', [('/portals/acme/members', 'last_sign_in_at'), ('/dashboards', '-modified_at')])
def test_made_up_cursors(site, path, sort):
    for key in ('abc', '', '-', '1e9', '9' * 40):
        text = json.dumps([sort, key, '0193a1b2-c3d4-7e5f-8a6b-7c8d9e0f1a2b']).encode()
        after = base64.urlsafe_b64encode(text).decode().rstrip('=')
        refused(site.admin.get(site.url(None, '/api/v1%s?sort=%s&after=%s' % (path, sort, after)),
                               headers={'Accept': 'application/json'}), 400)


@pytest.mark.parametrize('q', ["' OR '1'='1", '%', '_', '\\', '"', "'; DROP TABLE portals; --", '%25', '\u00e4'])
def test_searches_are_text(site, q):
    from urllib.parse import quote
    answer = site.admin.get(site.url(None, '/api/v1/portals?q=' + quote(q)), headers={'Accept': 'application/json'})
    assert answer.status == 200
    assert all(q.lower() in (p['name'] + p['technical_name']).lower() for p in answer.json()['data'])


@pytest.mark.parametrize('path', ['/portals/ACME', '/portals/acme%00', '/portals/acme%2f', '/portals/..', '/portals/acme/', '/portals/acme.css',
                                  '/portals/acme;x', '/portals/%61cme/members/x.css', '/portal', '/', '/portals/unknown',
                                  '/portals/closed/nothing', "/portals/acme'--", '/portals/acme/members/' + 'x' * 300,
                                  '/portals/gone', '/portals/acme/partners/no-such'])
def test_wrong_addresses(site, unchanged, path):
    answer = site.admin.get(site.url(None, '/api/v1' + path), headers={'Accept': 'application/json'})
    assert answer.status in (400, 404), answer


@pytest.mark.parametrize('method', ['DELETE', 'PUT', 'PATCH', 'FOO', 'PROPFIND', 'TRACE'])
def test_wrong_methods(site, unchanged, method):
    answer = site.admin.request(method, site.url(None, '/api/v1/portals'), headers=JSON, body='{}')
    assert answer.status in (400, 405, 501), answer
    if answer.status == 405:
        assert 'POST' in answer.header('Allow')
    answer = site.admin.request('POST', site.url(None, '/api/v1/portals/acme'), body='{}', headers=dict(
        JSON, **{'X-HTTP-Method-Override': 'DELETE', 'X-Method-Override': 'DELETE'}))
    assert answer.status in (405, 415, 400)


@pytest.mark.parametrize('headers', [
    {'Origin': 'http://evil.example'}, {'Origin': 'null'}, {'Origin': 'http://acme.portals.example'}, {'Origin': None},
    {'Origin': None, 'Sec-Fetch-Site': 'same-site'}, {'Origin': None, 'Sec-Fetch-Site': 'cross-site'},
    {'Origin': None, 'Sec-Fetch-Site': 'none'}, {'Origin': 'http://portals.example'},
])
def test_writes_of_another_origin(site, unchanged, headers):
    refused(send(site, '{"technical_name":"csrf","name":"X"}', headers=headers), 403)
    refused(send(site, None, '/portals/acme/suspend', headers=dict(headers, **{'Content-Type': None})), 403)


def test_writes_of_our_own_origin(site):
    body = '{"technical_name":"own-origin","name":"X"}'
    assert send(site, body, headers={'Origin': None, 'Sec-Fetch-Site': 'same-origin'}).status == 201


def test_stale_and_missing_etags(site):
    portal = site.make_portal('etags')
    path = '/portals/etags'

    def patch(name, **headers):
        return send(site, json.dumps({'name': name}), path, 'PATCH', headers=headers)
    refused(patch('A'), 428)
    refused(patch('A', **{'If-Match': '"99"'}), 412)
    for wrong in ('99', 'W/' + portal['etag'], '', 'x"y', "' OR 1=1"):
        refused(patch('A', **{'If-Match': wrong}), 400, 412, 428)
    answer = patch('B', **{'If-Match': portal['etag']})
    assert answer.status == 200 and answer.etag != portal['etag']
    refused(patch('C', **{'If-Match': portal['etag']}), 412)
    assert site.api('GET', path, status=200).json()['name'] == 'B'


def test_deleting_needs_the_name(site):
    site.make_portal('doomed')
    for wrong in ('?confirm=Doomed', '?confirm=doome', '?confirm=', '', '?confirm=doomed&confirm=doomed', '?confirm=acme'):
        refused(site.api('DELETE', '/portals/doomed' + wrong), 400)
    site.delete_portal('doomed')
    refused(send(site, '{"technical_name":"doomed","name":"Again"}'), 409)


def test_idempotency(site):
    body = '{"technical_name":"once","name":"Once"}'
    key = {'Idempotency-Key': 'a-key-of-the-tests-1'}
    first, second = send(site, body, headers=key), send(site, body, headers=key)
    assert (first.status, second.status) == (201, 201) and first.json()['id'] == second.json()['id']
    refused(send(site, body.replace('Once', 'Twice'), headers=key), 422, 409)


# -- images -----------------------------------------------------------------------------------------------


def png(width, height, rows=None):
    def chunk(kind, data):
        return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))
    pixels = zlib.compress((b'\0' + b'\x33\x66\x99' * width) * (rows if rows is not None else height))
    return b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', width, height, 8, 2, 0, 0, 0)) \
        + chunk(b'IDAT', pixels) + chunk(b'IEND', b'')


def jpeg(width, height):
    return b'\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00' \
        + b'\xff\xc0\x00\x11\x08' + struct.pack('>HH', height, width) + b'\x03\x01\x22\x00\x02\x11\x01\x03\x11\x01' \
        + b'\xff\xd9'


def webp(width, height):
    body = b'VP8X' + struct.pack('<I', 10) + b'\x00' * 4 + struct.pack('<I', width - 1)[:3] + struct.pack('<I', height - 1)[:3]
    return b'RIFF' + struct.pack('<I', len(body) + 4) + b'WEBP' + body


def upload(site, data, kind='image/png', **headers):
    return send(site, data, '/images', headers=dict({'Content-Type': kind}, **headers))


@pytest.mark.parametrize('kind, data', [('image/png', png(3, 2)), ('image/jpeg', jpeg(3, 2)), ('image/webp', webp(3, 2))],
                         ids=['png', 'jpeg', 'webp'])
def test_images_by_content(site, kind, data):
    answer = upload(site, data, kind)
    assert answer.status == 201, answer
    image = answer.json()
    assert (image['type'], image['width'], image['height']) == (kind, 3, 2)
    import hashlib
    assert image['file'] == hashlib.sha256(data).hexdigest()
    served = site.admin.get(site.url(None, '/api/v1/images/' + image['file']))
    assert served.body == data and served.header('Content-Type') == kind
    assert served.header('X-Content-Type-Options') == 'nosniff'
    assert 'sandbox' in served.header('Content-Security-Policy')
    assert site.admin.get(site.url(None, '/api/v1/images/' + image['file']), cookies=False,
                          headers={'Accept': 'application/json'}).status == 401


def test_logo_of_a_portal(site):
    image = upload(site, png(5, 4)).json()
    site.api('PATCH', '/portals/acme', {'logo': image['file']}, status=200)
    for path, status in (('/brand/logo', 200), ('/brand/theme.css', 200), ('/brand/cover', 404)):
        answer = site.browser().get(site.url('acme', path))
        assert answer.status == status, answer
        assert answer.header('X-Content-Type-Options') == 'nosniff'
    logo = site.browser().get(site.url('acme', '/brand/logo'))
    assert logo.body == png(5, 4) and logo.etag and 'sandbox' in logo.header('Content-Security-Policy')
    again = site.browser().get(site.url('acme', '/brand/logo'), headers={'If-None-Match': logo.etag})
    assert again.status == 304 and not again.body
    assert '#336699' in site.browser().get(site.url('acme', '/brand/theme.css')).text.lower()


@pytest.mark.parametrize('kind, data, statuses', [
    ('image/png', b'', (400, 415)), ('image/png', b'\x89PNG\r\n\x1a\n', (415, 400)), ('image/png', png(3, 2)[:20], (415, 400)),
    ('image/png', jpeg(3, 2), (415,)), ('image/jpeg', png(3, 2), (415,)), ('image/svg+xml', b'<svg xmlns="http://www.w3.org/2000/svg"/>', (415,)),
    ('image/png', b'<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>', (415,)),
    ('image/png', b'<html><script>alert(1)</script>', (415,)), ('image/gif', b'GIF89a\x01\x00\x01\x00\x00\x00\x00;', (415,)),
    ('image/png', png(60000, 60000, 1), (413, 415)), ('image/png', png(8193, 1), (413, 415)), ('image/jpeg', jpeg(60000, 2), (413, 415)),
    ('image/webp', webp(9000, 2), (413, 415)), ('image/png', png(0, 0), (413, 415)), ('image/png', png(2, 2) + b'\0' * (2 * 1024 * 1024), (413,)),
    ('image/jpeg', b'\xff\xd8\xff\xff\xff\xff', (415, 400)), ('image/webp', b'RIFF\xff\xff\xff\xffWEBPVP8X', (415, 400)),
    ('text/html', png(3, 2), (415,)),
], ids=range(18))
def test_images_that_are_none(site, unchanged, kind, data, statuses):
    refused(upload(site, data, kind), *statuses)


def test_image_names_are_the_servers(site, unchanged):
    for path in ('/images/../../../etc/passwd', '/images/%2e%2e%2fportals.db', '/images/' + 'a' * 64, '/images/x', '/images/' + 'A' * 64):
        answer = site.admin.get(site.url(None, '/api/v1' + path))
        assert answer.status in (400, 404), answer


# -- rights and other portals' things ---------------------------------------------------------------------


def test_things_of_another_portal_do_not_exist(site, unchanged):
    world = site.world
    there = {'members': world.carol_globex, 'partners': world.globex_south, 'groups': world.globex_sales}
    for kind, key in there.items():
        real = site.api('GET', '/portals/acme/%s/%s' % (kind, key))
        made_up = site.api('GET', '/portals/acme/%s/%s' % (kind, key[:-4] + '0000'))
        assert real.status == made_up.status == 404
        strip = (lambda a: {k: v for k, v in a.json().items() if k != 'request_id'})
        assert str(strip(real)).replace(key, '') == str(strip(made_up)).replace(key[:-4] + '0000', '')
        for method, body in (('PATCH', {'name': 'x'}), ('DELETE', None)):
            answer = site.api(method, '/portals/acme/%s/%s' % (kind, key), body, headers={'If-Match': '"1"'})
            assert answer.status in (400, 404), answer
    assert site.api('PUT', '/portals/acme/groups/%s/members/%s' % (world.sales, world.carol_globex),
                    match=False).status == 404
    assert site.api('PUT', '/portals/acme/groups/%s/members/%s' % (world.globex_sales, world.alice),
                    match=False).status == 404
    assert site.api('POST', '/portals/acme/placements', {
        'dashboard_id': world.figures, 'name': 'X',
        'security': {'everyone': False, 'groups': [world.globex_sales]}}).status in (400, 404, 422)


def test_nearest_names_are_offered(site):
    """A dashboard, portal … that is not there is refused with what may have been meant."""
    answer = site.api('GET', '/portals/acmee')
    assert answer.status == 404
    assert 'acme' in answer.json()['detail']


def test_automatic_group_cannot_be_changed(site, unchanged):
    portal = site.api('GET', '/portals/acme', status=200).json()
    key = portal['automatic_group']['id']
    assert site.api('DELETE', '/portals/acme/groups/' + key, headers={'If-Match': '"1"'}).status in (404, 409)
    assert site.api('PUT', '/portals/acme/groups/%s/members/%s' % (key, site.world.alice), match=False).status in (404, 409)


def test_removing_the_last_group_means_nobody(site):
    """S6: a placement for groups from which the last one was deleted opens for nobody."""
    group = site.make_group('acme', 'Passing')
    site.api('PUT', '/portals/acme/groups/%s/members/%s' % (group['id'], site.world.bob), match=False, status=204)
    placement = site.api('POST', '/portals/acme/placements', {
        'dashboard_id': site.world.figures, 'name': 'Passing figures',
        'security': {'everyone': False, 'groups': [group['id']]}}, status=201).json()
    bob = site.sign_in('bob', 'acme', path='/member/none')

    def mine():
        answer = bob.get(site.url('acme', '/api/v1/dashboards'), headers={'Accept': 'application/json'})
        return placement['id'] in [d['id'] for d in answer.json()['data']]
    assert mine()
    site.api('DELETE', '/portals/acme/groups/' + group['id'], status=204)
    assert not mine()
    now = site.api('GET', '/portals/acme/placements/' + placement['id'], status=200).json()
    assert now['security'] == {'everyone': False, 'groups': []}
    site.api('DELETE', '/portals/acme/placements/' + placement['id'], status=204)

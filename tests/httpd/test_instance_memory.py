# SPDX-License-Identifier: Apache-2.0
"""Instances that hold as much as they may: lists and exports take the memory of a few, and one does not grow for ever."""

import csv
import io
import socket

import pytest

import sites
from harness.load import prepared
from harness.scratch import wait_until
from harness.work import Work
from test_files import memory

pytestmark = sites.needs_module

FORMS = [{'name': 'report', 'title': 'Report', 'owners': {'partner': True}, 'fields': [
    {'name': 'subject', 'title': 'Subject', 'type': 'text', 'indexed': True}] + [
    {'name': 'story%02d' % n, 'title': 'Story %d' % n, 'type': 'text', 'multiline': True, 'max_length': 20000} for n in range(60)]}]
COUNT = 150


@pytest.fixture(scope='module', params=sites.KINDS)
def site(folder, issuers, request, servers):
    made = sites.make(request.param, folder, 'memory-' + request.param, issuers, request, servers, children=1,
                      server='B2BPortalExports 2')
    world = made.world
    made.work = Work(made, forms=FORMS)
    made.share = made.work.share(('acme', world.north))
    made.alice = made.sign_in('alice', portal='acme')
    made.bob = made.sign_in('bob', portal='acme')
    made.manager = made.sign_in('manager')
    return made


@pytest.fixture(scope='module')
def large(site):
    world = site.world
    values = dict({'story%02d' % n: 'x' * 20000 for n in range(20)}, subject='A long one')
    for _ in range(COUNT):
        site.work.instance(site.share, world.acme, world.north, world.alice, 0, [(0, 'partner', world.north)], values)
    return COUNT * 20 * 20000 // 1024


def get(site, path):
    return site.api('GET', path, by=site.alice, portal='acme', status=200)


def test_a_page_of_large_ones(site, large):
    get(site, '/instances?limit=1')
    before = memory(site)
    items = get(site, '/instances?limit=500').json()['data']
    assert len(items) == COUNT and {item['values']['subject'] for item in items} == {'A long one'}
    assert memory(site) - before < large


def test_an_export_of_large_ones(site, large):
    path = '/instances/export?columns=reference,field:subject&process_id=%s&shared_process_id=%s' % (site.work.process, site.share)
    get(site, path + '&q=nothing')
    before = memory(site)
    rows = list(csv.reader(io.StringIO(get(site, path).body.decode('utf-8-sig'))))
    assert len(rows) == COUNT + 1 and {row[1] for row in rows[1:]} == {'A long one'}
    assert memory(site) - before < large


def test_an_export_ends_somewhere(site, large):
    answer = get(site, largest(site))
    assert answer.header('X-Truncated') == 'true'
    rows = list(csv.reader(io.StringIO(answer.body.decode('utf-8-sig'))))
    assert 20 < len(rows) < COUNT and len(answer.body) < 33 * 1024 ** 2
    assert all(len(row) == 20 for row in rows)      # what is there is whole


def largest(site):
    columns = ','.join('field:story%02d' % n for n in range(20))
    return '/instances/export?columns=%s&process_id=%s&shared_process_id=%s' % (columns, site.work.process, site.share)


def slow(site, browser):
    """Begin the largest export and take no more of it than its first bytes."""
    line = socket.socket()
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    line.settimeout(20)
    line.connect(('127.0.0.1', site.port))
    line.sendall(prepared(browser, site, 'acme', '/api/v1' + largest(site)))
    assert line.recv(12) == b'HTTP/1.1 200'
    return line


def small(site, browser, portal='acme'):
    return site.api('GET', '/instances/export?columns=reference&q=nothing', by=browser, portal=portal)


def is_refused(answer, words):
    problem = answer.json()
    return (answer.status == 429 and problem['type'] == 'urn:b2bportal:too-many' and words in problem['detail']
            and int(answer.header('Retry-After')) >= 1)


def test_exports_at_a_time(site, large):
    """One a person, two a server (B2BPortalExports); an end of any kind makes room."""
    first = slow(site, site.alice)
    assert is_refused(small(site, site.alice), 'Your last export')
    get(site, '/instances?limit=1')     # all else goes on
    second = slow(site, site.bob)
    assert is_refused(small(site, site.manager, None), 'as many exports')
    first.close()                       # who asked is gone
    wait_until(lambda: small(site, site.alice).status == 200, 20, 'room for an export')
    assert is_refused(small(site, site.bob), 'Your last export')
    second.close()
    wait_until(lambda: small(site, site.bob).status == 200, 20, 'room for an export')
    # A refusal and an error leave nothing behind.
    for _ in range(3):
        site.api('GET', '/instances/export?columns=field:nothing', by=site.alice, portal='acme', status=400)
        assert small(site, site.alice).status == small(site, site.bob).status == small(site, site.manager, None).status == 200


def test_exports_of_a_child_that_dies(site, large):
    lines = [slow(site, site.alice), slow(site, site.bob)]
    assert is_refused(small(site, site.manager, None), 'as many exports')
    site.httpd.kill_child()
    wait_until(lambda: small(site, site.manager, None).status == 200, 20, 'room for an export')
    assert small(site, site.alice).status == small(site, site.bob).status == 200
    for line in lines:
        line.close()


def test_an_instance_does_not_grow_for_ever(site):
    body = {'shared_process_id': site.share, 'process_id': site.work.process, 'values': {'subject': 'Grows'}}
    made = site.api('POST', '/instances', body, by=site.alice, portal='acme', status=201).json()
    statuses = []
    for part in range(0, 60, 8):
        values = {'story%02d' % n: '€' * 20000 for n in range(part, min(part + 8, 60))}
        now = get(site, '/instances/' + made['id'])
        answer = site.api('PATCH', '/instances/' + made['id'], {'form': 'report', 'values': values}, by=site.alice, portal='acme',
                          headers={'If-Match': now.etag})
        statuses.append(answer.status)
        if answer.status != 200:
            problem = answer.json()
            assert problem['type'].endswith(':too-large') and problem['field'] == 'values', problem
    assert statuses == [200, 200] + [413] * 6
    assert len(get(site, '/instances/' + made['id']).body) < 3 * 1024 ** 2

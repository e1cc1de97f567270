# SPDX-License-Identifier: Apache-2.0
"""Instances that hold as much as they may: lists and exports take the memory of a few, and one does not grow for ever."""

import csv
import io

import pytest

import sites
from harness.work import Work
from test_files import memory

pytestmark = sites.needs_module

FORMS = [{'name': 'report', 'title': 'Report', 'owners': {'partner': True}, 'fields': [
    {'name': 'subject', 'title': 'Subject', 'type': 'text', 'indexed': True}] + [
    {'name': 'story%02d' % n, 'title': 'Story %d' % n, 'type': 'text', 'multiline': True, 'max_length': 20000} for n in range(60)]}]
COUNT = 150


@pytest.fixture(scope='module', params=sites.KINDS)
def site(folder, issuers, request, servers):
    made = sites.make(request.param, folder, 'memory-' + request.param, issuers, request, servers, children=1)
    world = made.world
    made.work = Work(made, forms=FORMS)
    made.share = made.work.share(('acme', world.north))
    made.alice = made.sign_in('alice', portal='acme')
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
    columns = ','.join('field:story%02d' % n for n in range(20))
    answer = get(site, '/instances/export?columns=%s&process_id=%s&shared_process_id=%s' % (columns, site.work.process, site.share))
    assert answer.header('X-Truncated') == 'true'
    rows = list(csv.reader(io.StringIO(answer.body.decode('utf-8-sig'))))
    assert 20 < len(rows) < COUNT and len(answer.body) < 33 * 1024 ** 2
    assert all(len(row) == 20 for row in rows)      # what is there is whole


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

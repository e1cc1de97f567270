# SPDX-License-Identifier: Apache-2.0
"""The bin (S16): what was deleted comes back for thirty days, and then goes with all that is its own."""

import pytest

import sites
from harness.people import person
from harness.scratch import wait_until
from harness.seed import Seed, new_id, now
from test_authorization import JSON, UNKNOWN, give, share_thing
from test_races import at_once

pytestmark = sites.needs_module

DAY = 24 * 3600 * 1000000
OF_INSTANCES = ['instance_owners', 'instance_values', 'instance_changes', 'instance_comments', 'instance_files']


@pytest.fixture(scope='module', params=sites.KINDS)
def site(folder, issuers, request, servers):
    home = issuers[0]
    for name in ('rosa', 'rudi'):
        home.people.setdefault(name, person(name, name + '@host.example'))
    made = sites.make(request.param, folder, 'bin-' + request.param, issuers, request, servers)
    seed = Seed(made.database)
    for name in ('rosa', 'rudi'):
        seed.host_user(name + '@host.example', ['administrator'], home.url, name)
    seed.commit()
    made.count = 0
    return made


def delete(site, path):
    etag = site.api('GET', path, status=200).etag
    site.api('DELETE', path, headers={'If-Match': etag}, status=204)


def in_bin(site, **kw):
    return [(item['kind'], item['id']) for item in site.everything('/bin', **kw)]


def restore(site, kind, key, status=200):
    return site.api('POST', '/bin/%s/%s/restore' % (kind, key), status=status).json()


def end(site, kind, key, status=204):
    return site.api('DELETE', '/bin/%s/%s' % (kind, key), status=status, match=False)


def dashboard(site, title):
    key = site.api('POST', '/dashboards', {'kind': 'page', 'title': title}, status=201).json()['id']
    site.api('POST', '/dashboards/%s/publish' % key, status=200)
    return key


def process(site, name):
    return site.api('POST', '/processes', {'name': name, 'title': name.capitalize()}, status=201).json()['id']


def instance(site, share, process, reference, deleted_at=None, portal=None, partner=None, by=None):
    """An instance with a row of everything that may be its own, written past the module."""
    world, seed, key = site.world, Seed(site.database), new_id()
    portal, partner, by = portal or world.acme, partner or world.north, by or world.alice
    whose = {'portal_id': portal, 'instance_id': key}
    seed.insert('instances', portal_id=portal, id=key, partner_id=partner, share_id=share, process_id=process,
                process_version=1, number=1, reference=reference, reference_folded=reference.lower(),
                search_folded=reference.lower(), state='open', status='form', current_form=0, values_json='{}',
                created_by_kind='member', created_by=by, created_by_name='Alice', modified_by_kind='member', modified_by=by,
                modified_by_name='Alice', version=1, created_at=now(), modified_at=now(), deleted_at=deleted_at,
                deleted_by_kind='member' if deleted_at else None, deleted_by=by if deleted_at else None)
    repeated = dict(whose, partner_id=partner, share_id=share, process_id=process)
    seed.insert('instance_owners', form=0, kind='member', principal_id=by, is_current=1, since=now(), **repeated)
    seed.insert('instance_values', field='subject', value_key='x', is_sort=1, form=0, **repeated)
    seed.insert('instance_changes', id=new_id(), at=now(), actor_kind='member', actor_id=by, actor_name='Alice',
                act='create', form=0, changes='[]', **whose)
    seed.insert('instance_comments', id=new_id(), author_kind='member', author_id=by, author_name='Alice', comment='x',
                created_at=now(), **whose)
    seed.insert('instance_files', id=new_id(), partner_id=partner, form=0, field='files', name='x', type='text/plain',
                bytes=100, file='e' * 64, is_attached=1, uploaded_by_kind='member', uploaded_by=by,
                uploaded_by_name='Alice', created_at=now(), **whose)
    seed.sql("INSERT INTO partner_usage (portal_id, partner_id, files, bytes) VALUES ('%s', '%s', 1, 100) "
             'ON CONFLICT (portal_id, partner_id) DO UPDATE SET files = partner_usage.files + 1, '
             'bytes = partner_usage.bytes + 100' % (portal, partner))
    seed.commit(bump=False)
    return key


def rows(site, table, key, column='id'):
    return int(site.database.query("SELECT COUNT(*) FROM %s WHERE %s = '%s'" % (table, column, key))[0][0])


def test_there_and_back(site):
    share, named = share_thing(site)
    lone, page = process(site, 'lone'), dashboard(site, 'Binned page')
    work = instance(site, share, named, 'WORK-1', deleted_at=now())
    delete(site, '/processes/' + lone)
    delete(site, '/dashboards/' + page)
    delete(site, '/shared-processes/' + share)
    assert in_bin(site, limit=1)[:4] == [('shared_process', share), ('dashboard', page), ('process', lone),
                                         ('instance', work)], 'newest first, page by page'
    for kind, key in (('shared_process', share), ('dashboard', page), ('process', lone), ('instance', work)):
        assert (kind, key) in in_bin(site, kind=kind) and len(set(k for k, _ in in_bin(site, kind=kind))) == 1
    item = site.everything('/bin', q='work-')[0]
    assert (item['name'], item['portal'], item['partner_name'], item['deleted_by']['id']) == \
        ('WORK-1', 'acme', 'North', site.world.alice)
    assert item['gone_at'][:4] >= item['deleted_at'][:4] and item['gone_at'] > item['deleted_at']
    mine = site.everything('/bin', q='binned')[0]
    assert mine['deleted_by']['id'] == site.world.admin and mine['portal'] is None

    for kind, key in (('process', lone), ('dashboard', page), ('shared_process', share), ('instance', work)):
        assert restore(site, kind, key)['id'] == key
        restore(site, kind, key, status=404)
        end(site, kind, key, status=404)
    assert in_bin(site) == []
    for path in ('/processes/' + lone, '/dashboards/' + page, '/shared-processes/' + share):
        site.api('GET', path, status=200)
    assert site.database.query("SELECT deleted_at FROM instances WHERE id = '%s'" % work)[0][0] in (None, '')
    events = site.everything('/audit', action='bin.restore')
    assert [(e['object']['kind'], e['object']['id']) for e in reversed(events)] == \
        [('process', lone), ('dashboard', page), ('shared_process', share), ('shared_process', share), ('instance', work)]
    assert [e['object']['id'] for e in site.everything('/portals/acme/audit', action='bin.restore')] == [work, share]


def test_a_share_comes_back_with_what_ended_with_it(site):
    alice = site.sign_in('alice', portal='acme')

    def sees(key):
        held = alice.get(site.url('acme', '/api/v1/shared-processes'), headers=JSON).json()['data']
        shown = alice.get(site.url('acme', '/api/v1/dashboards'), headers=JSON).json()['data']
        return key in [s['id'] for s in held], [d['name'] for d in shown]
    named, page = process(site, 'held'), dashboard(site, 'Held figures')
    etag = site.api('GET', '/processes/' + named, status=200).etag
    site.api('POST', '/processes/%s/publish' % named, headers={'If-Match': etag}, status=200)
    share = site.api('POST', '/shared-processes', {
        'title': 'Held', 'processes': [{'process_id': named, 'allow_create': True, 'creators': {'everyone': True, 'groups': []},
                                        'creators_only_open': False, 'allow_delete': False, 'form_visibility': 'all'}],
        'dashboards': [{'dashboard_id': page, 'name_in_partner': 'same', 'welcome_page': False,
                        'security': {'everyone': True, 'groups': []}}]}, status=201).json()
    give(site, share['id'], 'acme', site.world.north)
    site.api('POST', '/shared-processes/%s/send-update' % share['id'], {'all': True},
             headers={'If-Match': site.api('GET', '/shared-processes/' + share['id']).etag}, status=200)
    before = sees(share['id'])
    assert before[0] and len(before[1]) > 0
    path = '/shared-processes/' + share['id']
    delete(site, path)
    assert sees(share['id'])[0] is False and len(sees(share['id'])[1]) == len(before[1]) - 1
    restore(site, 'shared_process', share['id'])
    assert sees(share['id']) == before
    # The portal's own trail tells that it ended there and is back.
    told = [e['action'] for e in site.everything('/portals/acme/audit') if e['object'] and e['object']['id'] == share['id']]
    assert told[:3] == ['bin.restore', 'shared_process.delete', 'shared_process.send']
    # the dashboard takes the placement with it, too, and brings it back
    delete(site, '/dashboards/' + page)
    assert len(sees(share['id'])[1]) == len(before[1]) - 1
    restore(site, 'dashboard', page)
    assert sees(share['id']) == before
    # but not to a partner from whom the share was taken meanwhile
    delete(site, '/dashboards/' + page)
    site.api('DELETE', '%s/partners/acme/%s' % (path, site.world.north), status=204, match=False)
    restore(site, 'dashboard', page)
    assert sees(share['id'])[0] is False and len(sees(share['id'])[1]) == len(before[1]) - 1
    # a process that is deleted itself stands in the way
    delete(site, path)
    delete(site, '/processes/' + named)
    problem = restore(site, 'shared_process', share['id'], status=409)
    assert problem['type'] == 'urn:b2bportal:parent-deleted' and 'Held' in problem['detail']
    restore(site, 'process', named)
    restore(site, 'shared_process', share['id'])


def test_names_that_were_taken(site):
    for kind, path, make, body in (('process', '/processes/', process, {'name': 'taken', 'title': 'X'}),
                                   ('dashboard', '/dashboards/', dashboard, {'kind': 'page', 'title': 'taken'})):
        key = make(site, 'taken')
        delete(site, path + key)
        other = site.api('POST', path.rstrip('/'), body, status=201).json()['id']
        problem = restore(site, kind, key, status=409)
        assert problem['type'] == 'urn:b2bportal:name-taken', problem
        assert (kind, key) in in_bin(site)
        delete(site, path + other)
        restore(site, kind, key)
        assert restore(site, kind, other, status=409)['type'] == 'urn:b2bportal:name-taken'


def test_a_name_is_taken_while_it_is_restored(site):
    """Three at once: two restore things of one name, one makes a third. One of them has it, whoever it is."""
    people = [site.sign_in(name) for name in ('admin', 'rosa', 'rudi')]

    def ask(who, path, body=None):
        return lambda: who.request('POST', site.url(None, '/api/v1' + path), json=body, headers=JSON)
    for number in range(10):
        name = 'race-%d' % number
        twins = []
        for _ in range(2):
            twins.append(process(site, name))
            delete(site, '/processes/' + twins[-1])
        answers = at_once(ask(people[0], '/bin/process/%s/restore' % twins[0]),
                          ask(people[1], '/bin/process/%s/restore' % twins[1]),
                          ask(people[2], '/processes', {'name': name, 'title': 'Third'}))
        assert sum(a.status in (200, 201) for a in answers) == 1, answers
        assert sum(a.status == 409 for a in answers) == 2, answers
        found = site.everything('/processes', q=name)
        assert len([p for p in found if p['name'] == name]) == 1


def test_parents_that_are_gone(site):
    share, named = share_thing(site)
    for portal in ('temporary', 'temporary2'):
        site.make_portal(portal)
        partner = site.make_partner(portal, 'There')['id']
        key = site.database.query("SELECT id FROM portals WHERE technical_name = '%s'" % portal)[0][0]
        member = Seed(site.database)
        person_id = member.member(key, partner, 'x@there.example', site.issuers[0].url, 'x')
        member.commit()
        work = instance(site, share, named, 'GONE-1', deleted_at=now(), portal=key, partner=partner, by=person_id)
        if portal == 'temporary':
            delete(site, '/portals/%s/partners/%s' % (portal, partner))
        else:
            site.delete_portal(portal)
        problem = restore(site, 'instance', work, status=409)
        assert problem['type'] == 'urn:b2bportal:parent-deleted', problem
        end(site, 'instance', work)
        assert ('instance', work) not in in_bin(site)


def test_things_that_are_not_in_the_bin(site):
    key = process(site, 'alive')
    for kind, wanted in (('process', key), ('process', UNKNOWN), ('dashboard', key), ('instance', key),
                         ('nonsense', UNKNOWN), ('process', 'x')):
        restore(site, kind, wanted, status=404)
        end(site, kind, wanted, status=404)
    site.api('DELETE', '/bin', status=400, match=False)
    site.api('DELETE', '/bin?confirm=yes', status=400, match=False)
    site.api('GET', '/bin?kind=portal', status=400)
    site.api('GET', '/bin?after=x', status=400)


def tidy(site):
    """The children that come with a restart work at once, if no claim of the old ones is in the way."""
    site.database.run(["UPDATE claims SET until = 0 WHERE name = 'tidy'"])
    site.httpd.graceful()


def age(site, table, key, days):
    site.database.run(["UPDATE %s SET deleted_at = %d WHERE id = '%s'" % (table, now() - days * DAY, key)])


def usage(site):
    return [int(n) for n in site.database.query("SELECT files, bytes FROM partner_usage WHERE partner_id = '%s'"
                                                % site.world.north)[0]]


def test_what_is_removed_after_thirty_days(site):
    share, named = share_thing(site)
    held, other = share_thing(site)
    alone, page = process(site, 'forgotten'), dashboard(site, 'Forgotten')
    site.api('POST', '/portals/acme/placements', {'dashboard_id': page, 'name': 'Forgotten',
                                                  'security': {'everyone': False, 'groups': [site.world.sales]}}, status=201)
    old = [instance(site, share, named, 'OLD-%d' % n, deleted_at=now() - 31 * DAY) for n in range(230)]
    young = instance(site, held, other, 'YOUNG-1', deleted_at=now() - 29 * DAY)
    alive = instance(site, held, other, 'ALIVE-1')
    before = usage(site)
    for path in ('/shared-processes/' + share, '/shared-processes/' + held, '/processes/' + alone, '/dashboards/' + page):
        delete(site, path)
    delete(site, '/processes/' + named)
    delete(site, '/processes/' + other)
    for table, key in (('shares', share), ('shares', held), ('processes', alone), ('processes', named),
                       ('processes', other), ('dashboards', page)):
        age(site, table, key, 31)
    for kind, key in (('process', alone), ('shared_process', share), ('instance', old[0]), ('dashboard', page)):
        restore(site, kind, key, status=404)
    assert not {key for _, key in in_bin(site)} & {share, held, alone, named, other, page, *old}
    tidy(site)
    wait_until(lambda: rows(site, 'processes', named) == 0 and rows(site, 'dashboards', page) == 0, 90, 'the old to go')
    assert rows(site, 'instances', share, 'share_id') == 0
    for table in OF_INSTANCES:
        assert rows(site, table, old[0], 'instance_id') == rows(site, table, old[-1], 'instance_id') == 0, table
        assert rows(site, table, young, 'instance_id') == rows(site, table, alive, 'instance_id') == 1, table
    assert usage(site) == [before[0] - 230, before[1] - 23000]
    for table in ('grants', 'grant_groups', 'share_revisions', 'share_processes', 'share_dashboards', 'placements'):
        assert rows(site, table, share, 'share_id') == 0, table
    assert rows(site, 'shares', share) == 0 and rows(site, 'processes', alone) == 0
    for table in ('process_versions', 'process_administrators', 'process_images', 'instance_numbers'):
        assert rows(site, table, named, 'process_id') == 0, table
    assert rows(site, 'placements', page, 'dashboard_id') == rows(site, 'dashboard_versions', page, 'dashboard_id') == 0
    # instances of them are left: hidden, not removed
    assert rows(site, 'shares', held) == rows(site, 'processes', other) == 1
    events = site.everything('/audit', action='bin.purge')
    assert len(events) == len({e['object']['id'] for e in events}) and \
        {e['object']['id'] for e in events} >= {share, alone, named, page, *old}
    assert all(e['actor']['kind'] == 'system' for e in events)
    restore(site, 'instance', young)


def test_for_good(site):
    share, named = share_thing(site)
    kept, gone = process(site, 'kept-a-while'), process(site, 'for-good')
    work = instance(site, share, named, 'FOR-GOOD', deleted_at=now())
    for key in (kept, gone):
        delete(site, '/processes/' + key)
    end(site, 'process', gone)
    restore(site, 'process', gone, status=404)
    assert ('process', kept) in in_bin(site) and ('process', gone) not in in_bin(site)
    process(site, 'for-good')
    site.api('DELETE', '/bin?confirm=empty', status=204, match=False)
    assert in_bin(site) == []
    restore(site, 'process', kept, status=404)
    restore(site, 'instance', work, status=404)
    event = site.everything('/audit', action='bin.empty')[0]
    assert event['outcome'] == 'done'
    tidy(site)
    wait_until(lambda: rows(site, 'processes', kept) + rows(site, 'processes', gone) + rows(site, 'instances', work) == 0,
               90, 'what was deleted for good to go')

# SPDX-License-Identifier: Apache-2.0
"""Shared processes (K7-K24, S6-S8, S10, S14): drafts, sending, who sees what of them and when it ends."""

import os
import time

import pytest

import sites
from harness.scratch import wait_until
from harness.site import Site
from test_authorization import JSON
from test_races import at_once

pytestmark = sites.needs_module

UNKNOWN = '01900000-0000-7000-8000-000000000000'
EVERYONE = {'everyone': True, 'groups': []}
NOBODY = {'everyone': False, 'groups': []}
TABLES = ['shares', 'share_revisions', 'share_processes', 'share_dashboards', 'grants', 'grant_groups', 'placements',
          'placement_groups', 'audit_events']


@pytest.fixture(scope='module', params=sites.KINDS)
def site(folder, issuers, request, servers):
    made = sites.make(request.param, folder, 'shares-' + request.param, issuers, request, servers)
    made.count = 0
    made.people = {('acme', name): made.sign_in(name, portal='acme') for name in ('alice', 'bob', 'carol')}
    made.people['globex', 'carol'] = made.sign_in('carol', portal='globex')
    return made


# -- making things ------------------------------------------------------------------------------------------

def document(title='Complaint', owners='Inspection', **more):
    return dict({'title': title, 'forms': [
        {'name': 'report', 'title': 'Report', 'fields': [
            {'name': 'subject', 'title': 'Subject', 'type': 'text', 'required': True, 'indexed': True},
            {'name': 'kind', 'title': 'Kind', 'type': 'choice', 'appearance': 'radio', 'indexed': True, 'default': 'late',
             'options': [{'value': 'late', 'label': 'Late'}, {'value': 'broken', 'label': 'Broken'}]}]},
        {'name': 'check', 'title': 'Check', 'owners': {'partner_groups': [owners]}, 'fields': [
            {'name': 'found', 'title': 'Found', 'type': 'text'}]}]}, **more)


def process(site, published=True, **more):
    site.count += 1
    made = site.api('POST', '/processes', {'name': 'process-%d' % site.count, 'document': document(**more),
                                           'title': more.get('title', 'Complaint')}, status=201).json()
    return publish(site, made['id']) if published else made


def publish(site, key):
    etag = site.api('GET', '/processes/' + key, status=200).etag
    return site.api('POST', '/processes/%s/publish' % key, headers={'If-Match': etag}, status=200).json()


def row_of(made, **more):
    return dict({'process_id': made['id'], 'allow_create': True, 'creators': EVERYONE, 'creators_only_open': False,
                 'allow_delete': False, 'form_visibility': 'assigned'}, **more)


def share(site, *rows, **more):
    site.count += 1
    return site.api('POST', '/shared-processes', dict({'title': 'Share %d' % site.count, 'processes': list(rows),
                                                       'instructions': 'Tell us.\nSoon.'}, **more), status=201).json()


def of(made):
    return '/shared-processes/' + made['id']


def give(site, made, partner, portal='acme'):
    return site.api('PUT', '%s/partners/%s/%s' % (of(made), portal, partner), status=200, match=False).json()


def send(site, made, *partners, status=200, **more):
    body = dict({'partners': [{'portal': portal, 'partner_id': partner} for portal, partner in partners]}
                if partners else {'all': True}, **more)
    etag = site.api('GET', of(made), status=200).etag
    return site.api('POST', of(made) + '/send-update', body, headers={'If-Match': etag}, status=status).json()


def preview(site, made, status=200, **body):
    return site.api('POST', of(made) + '/preview-update', body or {'all': True}, status=status).json()


def change(site, made, status=200, **body):
    return site.api('PATCH', of(made), body, status=status).json()


def as_person(site, name, path, portal='acme', status=None):
    answer = site.people[portal, name].get(site.url(portal, '/api/v1' + path), headers=JSON)
    if status:
        assert answer.status == status, answer
    return answer


def titles(site, name, portal='acme'):
    return [item['title'] for item in as_person(site, name, '/shared-processes', portal, 200).json()['data']]


def children(made, process):
    """Every address on a portal that is about the share."""
    return [of(made), '%s/processes/%s' % (of(made), process['id'])]


def tables(site):
    return {table: sorted(map(repr, site.database.query('SELECT * FROM ' + table))) for table in TABLES}


def errors_of(answer):
    problem = answer.json() if hasattr(answer, 'json') else answer
    return {e['field']: e['detail'] for e in problem.get('errors') or [problem]}


# -- the whole life --------------------------------------------------------------------------------------------

def test_life(site):
    world = site.world
    made = process(site)
    it = share(site, row_of(made), title='Complaints of acme')

    def is_unsent():
        listed = [[s['id'] for s in site.everything('/shared-processes', process_id=made['id'], **filter)]
                  for filter in ({}, {'unsent': 'false'}, {'unsent': 'true'})]
        assert listed[0] == listed[1] == [it['id']]
        return listed[2] == [it['id']]
    assert is_unsent()
    assert (it['draft_changed'], it['revision'], it['revision_at'], it['partner_count']) == (True, 0, None, 0)
    assert it['processes'][0]['process_version'] == '1.0' and it['processes'][0]['owner_groups'] == ['Inspection']
    assert send(site, it, status=409)['type'] == 'urn:b2bportal:no-partners'
    grant = give(site, it, world.north)
    assert (grant['revision'], grant['behind'], grant['sent_at'], grant['partner_name']) == (0, 0, None, 'North')
    assert give(site, it, world.north) == grant
    give(site, it, world.south)

    # A draft is nobody's, whoever holds it.
    for name in ('alice', 'carol'):
        assert titles(site, name) == []
        for path in children(it, made):
            as_person(site, name, path, status=404)
    seen = preview(site, it)
    assert (seen['revision'], seen['new_revision'], seen['partner_count'], seen['problems']) == (1, True, 2, [])
    north = next(update for update in seen['updates'] if update['partner_id'] == world.north)
    assert (north['from_revision'], north['to_revision'], north['unchanged']) == (0, 1, False)
    assert (north['gaining'], north['losing']) == (2, 0)        # alice and bob
    assert north['unbound_groups'] == ['Inspection'] and north['conflicts'] == []
    assert any('"Complaint" is added; everyone may create' in entry['sentence'] for entry in north['changes'])

    # To one of them.
    assert send(site, it, ('acme', world.north)) == {'revision': 1, 'new_revision': True, 'sent': 1, 'unchanged': 0}
    assert titles(site, 'alice') == ['Complaints of acme'] and titles(site, 'carol') == []
    page = as_person(site, 'bob', of(it), status=200).json()
    assert page['instructions'] == 'Tell us.\nSoon.'
    assert [(p['process_id'], p['may_create'], p['may_open']) for p in page['processes']] == [(made['id'], True, True)]
    assert [column['name'] for column in page['processes'][0]['columns']] == ['subject', 'kind']
    assert [status['name'] for status in page['processes'][0]['statuses']] == ['report', 'check', 'completed']
    form = as_person(site, 'bob', children(it, made)[1], status=200).json()
    assert form['form']['name'] == 'report' and form['values'] == {'kind': 'late'}
    assert 'owners' not in form['form']
    as_person(site, 'carol', of(it), status=404)
    assert is_unsent()      # to the other one

    # A change reaches nobody before it is sent.
    it = change(site, it, instructions='New words')
    assert it['draft_changed']
    assert as_person(site, 'bob', of(it)).json()['instructions'] == 'Tell us.\nSoon.'
    assert send(site, it) == {'revision': 2, 'new_revision': True, 'sent': 2, 'unchanged': 0}
    assert as_person(site, 'bob', of(it)).json()['instructions'] == 'New words'
    assert titles(site, 'carol') == ['Complaints of acme']
    assert send(site, it) == {'revision': 2, 'new_revision': False, 'sent': 0, 'unchanged': 2}
    assert all(update['unchanged'] for update in preview(site, it)['updates'])
    assert not is_unsent()

    # An earlier revision again.
    assert send(site, it, ('acme', world.south), revision=1)['sent'] == 1
    assert as_person(site, 'carol', of(it)).json()['instructions'] == 'Tell us.\nSoon.'
    behind = site.api('GET', of(it) + '/partners?behind=true', status=200).json()['data']
    assert [(g['partner_id'], g['revision'], g['behind']) for g in behind] == [(world.south, 1, 1)]
    assert is_unsent()
    it = site.api('GET', of(it), status=200).json()
    assert (it['revision'], it['draft_changed'], it['sent_count'], it['behind_count']) == (2, False, 2, 1)
    revisions = site.everything(of(it) + '/revisions')
    assert [(r['number'], r['holder_count'], r['made_by']['id']) for r in revisions] == [(2, 1, world.admin),
                                                                                        (1, 1, world.admin)]
    first = site.api('GET', of(it) + '/revisions/1', status=200).json()
    assert first['instructions'] == 'Tell us.\nSoon.' and first['processes'][0]['process_version'] == '1.0'
    held = site.api('GET', '/portals/acme/partners/%s/shared-processes' % world.south, status=200).json()['data']
    assert [(g['shared_process_title'], g['behind']) for g in held] == [('Complaints of acme', 1)]

    # Taken from one; deleted for all.
    impact = site.api('GET', '%s/partners/acme/%s/impact?act=remove' % (of(it), world.south), status=200).json()
    assert (impact['members'], impact['sentence']) == (1, 'Ends access for 1 person of 1 partner now.')
    site.api('DELETE', '%s/partners/acme/%s' % (of(it), world.south), status=204, match=False)
    for path in children(it, made):
        as_person(site, 'carol', path, status=404)
        as_person(site, 'alice', path, status=200)
    impact = site.api('GET', of(it) + '/impact', status=200).json()
    assert (impact['partners'], impact['members']) == (1, 2)
    site.api('DELETE', of(it), status=204)
    for path in children(it, made):
        as_person(site, 'alice', path, status=404)
    assert titles(site, 'alice') == []
    site.api('GET', of(it), status=404)
    events = site.everything('/audit', object=it['id'])
    assert [event['action'] for event in events if not event['portal']] == [
        'shared_process.delete', 'shared_process.send', 'shared_process.send', 'shared_process.update', 'shared_process.send',
        'shared_process.create']
    # What reached its partners, and ended there, the portal's own trail tells, too.
    of_acme = site.everything('/portals/acme/audit', object=it['id'])
    assert [event['action'] for event in of_acme] == [
        'shared_process.delete', 'grant.remove', 'shared_process.send', 'shared_process.send', 'shared_process.send',
        'grant.add', 'grant.add']
    assert [sorted(str(c['new']) for c in event['changes']) for event in of_acme[2:5]] == [
        ['1', '1', 'South'], ['2', '2', 'North', 'South'], ['1', '1', 'North']]


def test_what_is_published_is_sent_not_at_once(site):
    """S8, gap 19: a published version reaches a partner with Send update, and the difference says what is in it."""
    made = process(site)
    it = share(site, row_of(made))
    give(site, it, site.world.north)
    send(site, it)
    newer = document(title='Complaint of goods')
    newer['forms'][0]['fields'].append({'name': 'amount', 'title': 'Amount', 'type': 'number'})
    site.api('PATCH', '/processes/' + made['id'], {'document': newer}, status=200)
    assert not site.api('GET', of(it), status=200).json()['draft_changed']
    publish(site, made['id'])
    it = site.api('GET', of(it), status=200).json()
    assert it['draft_changed'] and it['processes'][0]['process_version'] == '2.0'
    assert site.api('GET', of(it) + '/partners', status=200).json()['data'][0]['changes_not_sent']
    assert as_person(site, 'bob', of(it)).json()['processes'][0]['title'] == 'Complaint'
    update = preview(site, it)['updates'][0]
    sentences = [entry['sentence'] for entry in update['changes']]
    assert any('version 2.0 instead of 1.0' in sentence for sentence in sentences)
    place = 'processes/%s/forms/report/fields/amount' % made['name']
    assert [entry['change'] for entry in update['changes'] if entry['place'] == place] == ['added']
    assert (update['gaining'], update['losing']) == (0, 0)
    send(site, it)
    assert as_person(site, 'bob', of(it)).json()['processes'][0]['title'] == 'Complaint of goods'
    fields = as_person(site, 'bob', children(it, made)[1]).json()['form']['fields']
    assert [field['name'] for field in fields] == ['subject', 'kind', 'amount']


def test_work_ends_with_the_share(site):
    """S14, S16: every address of an instance, too, is gone with the next request; the host keeps it; restored, all is back."""
    world = site.world
    made = process(site)
    it = share(site, row_of(made, form_visibility='all'))
    give(site, it, world.north)
    send(site, it)
    start = {'shared_process_id': it['id'], 'process_id': made['id'], 'values': {'subject': 'Leaks'}}

    def post(name, body):
        return site.people['acme', name].request('POST', site.url('acme', '/api/v1/instances'), json=body,
                                                 headers=dict(JSON, Origin=site.url('acme', '').rstrip('/')))
    answer = post('bob', start)
    assert answer.status == 201, answer
    instance = '/instances/' + answer.json()['id']
    assert as_person(site, 'bob', of(it), status=200).json()['processes'][0]['waiting'] == 1
    assert as_person(site, 'alice', of(it), status=200).json()['processes'][0]['waiting'] == 0
    addresses = [instance, instance + '/history', instance + '/comments', *children(it, made)]
    assert [as_person(site, 'bob', path).status for path in addresses] == [200] * 5
    assert [as_person(site, 'carol', path).status for path in addresses] == [404] * 5

    def listed(name):
        return [item['id'] for item in as_person(site, name, '/instances?shared_process_id=' + it['id']).json()['data']]
    impact = site.api('GET', of(it) + '/impact', status=200).json()
    assert (impact['members'], impact['instances']) == (2, 1)
    assert impact['sentence'].endswith('1 instance stays with the host.')
    assert listed('alice') == [instance.split('/')[-1]]
    site.api('DELETE', of(it), status=204)
    assert [as_person(site, 'bob', path).status for path in addresses] == [404] * 5
    assert listed('alice') == [] and post('bob', start).status in (403, 404)
    site.api('GET', '/portals/acme' + instance, status=200)
    site.api('POST', '/bin/shared_process/%s/restore' % it['id'], status=200)
    assert [as_person(site, 'bob', path).status for path in addresses] == [200] * 5
    assert listed('alice') == [instance.split('/')[-1]]
    # Taken from the partner and given again: the work is there again, after it was sent.
    site.api('DELETE', '%s/partners/acme/%s' % (of(it), world.north), status=204, match=False)
    assert [as_person(site, 'bob', path).status for path in addresses] == [404] * 5
    give(site, it, world.north)
    assert as_person(site, 'bob', instance).status == 404
    send(site, it)
    assert as_person(site, 'bob', instance).status == 200
    site.api('DELETE', of(it), status=204)


def test_groups(site):
    """S5, S6: names are bound when sending; unbound, deleted or none is nobody, and it is said."""
    world = site.world
    made = process(site, owners='Sales')
    it = share(site, row_of(made, creators={'everyone': False, 'groups': ['sales', 'Quality']}),
               partner_groups=['Sales', 'Quality'])
    give(site, it, world.north)
    give(site, it, world.globex_south, 'globex')
    updates = {update['portal']: update for update in preview(site, it)['updates']}
    assert updates['acme']['unbound_groups'] == updates['globex']['unbound_groups'] == ['Quality']
    send(site, it)

    def may_create(name, portal='acme'):
        row = as_person(site, name, of(it), portal, 200).json()['processes'][0]
        start = as_person(site, name, children(it, made)[1], portal)
        assert start.status == (200 if row['may_create'] else 403)
        if not row['may_create']:
            assert start.json()['type'] in ('urn:b2bportal:not-a-creator', 'urn:b2bportal:no-group-left'), start
        return row['may_create']
    assert may_create('alice') and not may_create('bob')        # bob is not in Sales
    assert may_create('carol', 'globex')                        # the other portal's own Sales

    quality = site.make_group('acme', 'Quality')['id']
    site.api('PUT', '/portals/acme/groups/%s/members/%s' % (quality, world.bob), status=204, match=False)
    assert not may_create('bob')
    update = next(u for u in preview(site, it)['updates'] if u['portal'] == 'acme')
    assert (update['unchanged'], update['gaining'], update['unbound_groups'], update['changes']) == (False, 1, [], [])
    assert send(site, it) == {'revision': 1, 'new_revision': False, 'sent': 1, 'unchanged': 1}
    assert may_create('bob')
    impact = site.api('GET', '/portals/acme/groups/%s/impact?act=delete' % quality, status=200).json()
    assert impact['shared_processes'] == 1 and 'it is nobody then' in impact['sentence']
    site.api('DELETE', '/portals/acme/groups/' + quality, status=204)
    assert not may_create('bob')
    again = site.make_group('acme', 'Quality')['id']
    site.api('PUT', '/portals/acme/groups/%s/members/%s' % (again, world.bob), status=204, match=False)
    assert not may_create('bob')        # another group of its name is not it
    site.api('DELETE', '/portals/acme/groups/' + again, status=204)

    # The last group taken out is nobody, never everyone; only creators may open: then it is not there for the others.
    change(site, it, processes=[row_of(made, creators=NOBODY)])
    send(site, it)
    assert not may_create('alice')
    change(site, it, processes=[row_of(made, creators={'everyone': False, 'groups': ['Sales']}, creators_only_open=True)])
    update = next(u for u in preview(site, it)['updates'] if u['portal'] == 'acme')
    assert (update['gaining'], update['losing']) == (1, 1)
    send(site, it)
    assert may_create('alice')
    assert as_person(site, 'bob', of(it), status=200).json()['processes'] == []
    as_person(site, 'bob', children(it, made)[1], status=404)
    site.api('DELETE', of(it), status=204)


def test_dashboards(site):
    """S10, K12-K15, K18: placed by sending, under a free name, the first welcome page wins; not to be changed by hand."""
    world = site.world
    made = process(site)
    site.api('PATCH', '/settings', {'name': 'Hammer AG'}, status=200)
    places = '/portals/acme/placements'
    rows = [{'dashboard_id': world.figures, 'name_in_partner': 'host', 'welcome_page': True, 'security': EVERYONE},
            {'dashboard_id': world.manuals, 'name_in_partner': 'same', 'welcome_page': False,
             'security': {'everyone': False, 'groups': ['Sales']}}]
    it = share(site, row_of(made), dashboards=rows, partner_groups=['Sales'])
    other = share(site, row_of(made), dashboards=[dict(rows[0], dashboard_id=world.manuals)])
    for one in (it, other):
        give(site, one, world.north)
    update = preview(site, it)['updates'][0]
    assert any('"Manuals 2"' in sentence for sentence in update['conflicts'])     # placed for all partners
    send(site, it)
    found = {p['name']: p for p in site.everything(places) if p['source'] == 'share'}
    assert sorted(found) == ['Hammer AG', 'Manuals 2'] and found['Hammer AG']['welcome_page']
    for impact in ('/impact', '/partners/acme/%s/impact?act=remove' % world.north):
        said = site.api('GET', of(it) + impact, status=200).json()
        assert said['placements'] == 2 and said['sentence'].endswith(' now. 2 placements of dashboards end.')
    assert found['Hammer AG']['partner_id'] == world.north
    conflicts = preview(site, other)['updates'][0]['conflicts']
    assert any('"Hammer AG 2"' in s for s in conflicts) and any('was sent first' in s for s in conflicts)
    send(site, other)
    listed = [item['name'] for item in as_person(site, 'alice', '/dashboards').json()['data']]
    assert listed[:2] == ['Hammer AG', 'Hammer AG 2'] and 'Manuals 2' in listed
    assert 'Manuals 2' not in [item['name'] for item in as_person(site, 'bob', '/dashboards').json()['data']]
    assert 'Hammer AG' not in [item['name'] for item in as_person(site, 'carol', '/dashboards').json()['data']]
    path = '%s/%s' % (places, found['Hammer AG']['id'])
    for method, body in (('PATCH', {'name': 'Mine'}), ('DELETE', None)):
        answer = site.api(method, path, body, status=409).json()
        assert answer['type'] == 'urn:b2bportal:of-a-share' and it['title'] in answer['detail']

    change(site, it, dashboards=rows[1:])
    assert path in [places + '/' + p['id'] for p in site.everything(places)]
    send(site, it)
    assert path not in [places + '/' + p['id'] for p in site.everything(places)]
    for one in (it, other):
        site.api('DELETE', of(one), status=204)
    assert [p for p in site.everything(places) if p['source'] == 'share'] == []


def test_isolation(site):
    """S7: what one partner or portal holds is the same 404 to another as what does not exist."""
    world = site.world
    made = process(site)
    it = share(site, row_of(made), title='Of North alone')
    give(site, it, world.north)
    give(site, it, world.globex_south, 'globex')
    send(site, it)
    nothing = as_person(site, 'carol', '/shared-processes/' + UNKNOWN, status=404).json()
    theirs = as_person(site, 'carol', of(it), status=404).json()
    assert {**nothing, 'request_id': ''} == {**theirs, 'request_id': ''}
    nothing = as_person(site, 'carol', '/shared-processes/%s/processes/%s' % (UNKNOWN, UNKNOWN), status=404).json()
    theirs = as_person(site, 'carol', children(it, made)[1], status=404).json()
    assert {**nothing, 'request_id': ''} == {**theirs, 'request_id': ''}
    foreign = process(site)
    as_person(site, 'bob', '%s/processes/%s' % (of(it), foreign['id']), status=404)
    assert 'Of North alone' not in titles(site, 'carol') and 'Of North alone' in titles(site, 'carol', 'globex')
    for path in (of(it) + '/partners', of(it) + '/revisions', '/processes/' + made['id']):
        as_person(site, 'bob', path, status=404)


# -- from an invitation (K26, K30) --------------------------------------------------------------------------------

def test_inviting_with_shares(site):
    world = site.world
    made = process(site)
    sent, never = share(site, row_of(made)), share(site, row_of(made))
    give(site, sent, world.globex_south, 'globex')
    send(site, sent)
    body = {'email': 'new1@south.example', 'role': 'viewer', 'partner_id': world.south}
    members, many = '/portals/acme/members', '/portals/acme/invitations'
    before = tables(site)
    for wrong, place in (([UNKNOWN], 'shared_processes/0'), ([sent['id'], never['id']], 'shared_processes/1')):
        answer = site.api('POST', members, dict(body, shared_processes=wrong, send_shared_processes=True), status=400)
        assert list(errors_of(answer)) == [place], answer
    assert tables(site) == before
    site.api('POST', members, dict(body, shared_processes=[sent['id'], never['id']]), status=201)
    grants = {g['shared_process_id']: g['revision'] for g in
              site.everything('/portals/acme/partners/%s/shared-processes' % world.south)}
    assert grants[sent['id']] == grants[never['id']] == 0 and sent['title'] not in titles(site, 'carol')
    manager = site.sign_in('manager')
    answer = site.api('POST', many, {'addresses': [{'email': 'new2@south.example'}], 'role': 'viewer',
                                     'partner_id': world.south, 'shared_processes': [sent['id']],
                                     'send_shared_processes': True}, by=manager, status=200)
    assert answer.json()['data'][0]['result'] == 'invited'
    assert sent['title'] in titles(site, 'carol')
    for one in (sent, never):
        site.api('DELETE', of(one), status=204)


# -- bad input ------------------------------------------------------------------------------------------------------

def test_bad_drafts(site):
    made = process(site)
    it = share(site, row_of(made, creators={'everyone': False, 'groups': ['Quality']}), partner_groups=['Quality', 'Sales'])
    before = tables(site)
    dashboard = {'dashboard_id': site.world.figures, 'name_in_partner': 'same', 'welcome_page': False, 'security': EVERYONE}
    for body, place in (
            ({'processes': [row_of({'id': UNKNOWN})]}, 'processes/0/process_id'),
            ({'processes': [row_of(made), row_of(made)]}, 'processes/1/process_id'),
            ({'processes': [row_of(made, creators={'everyone': False, 'groups': ['Qualty']})]}, 'processes/0/creators/groups/0'),
            ({'processes': [row_of(made, creators={'everyone': False, 'groups': ['Sales', 'SALES']})]},
             'processes/0/creators/groups/1'),
            ({'processes': [row_of(made, creators={'groups': []})]}, 'processes/0/creators/everyone'),
            ({'processes': [row_of(made, form_visibility='some')]}, 'processes/0/form_visibility'),
            ({'processes': [row_of(made, allow_edit=True)]}, 'processes/0/allow_edit'),
            ({'processes': [row_of(made)] * 51}, 'processes'),
            ({'partner_groups': ['Sales']}, 'partner_groups'),
            ({'partner_groups': ['A', 'a', 'Quality']}, 'partner_groups/1'),
            ({'partner_groups': ['x' * 201]}, 'partner_groups/0'),
            ({'dashboards': [dict(dashboard, dashboard_id=UNKNOWN)]}, 'dashboards/0/dashboard_id'),
            ({'dashboards': [dashboard, dashboard]}, 'dashboards/1/dashboard_id'),
            ({'dashboards': [dict(dashboard, security={'everyone': False, 'groups': ['Nobody']})]},
             'dashboards/0/security/groups/0'),
            ({'instructions': 'x' * 10001}, 'instructions'), ({'instructions': 'a\u0007'}, 'instructions'),
            ({'title': ''}, 'title'), ({'revision': 3}, 'revision')):
        answer = site.api('PATCH', of(it), body, status=400)
        assert place in errors_of(answer), (body, answer)
    assert 'processes/0/creators' in errors_of(site.api('PATCH', of(it), {'partner_groups': []}, status=400))['partner_groups']
    assert site.api('POST', '/shared-processes', {'title': it['title'].upper()}, status=409).json()['type'] == \
        'urn:b2bportal:name-taken'
    site.api('PATCH', of(it), {'title': 'Other'}, headers={'If-Match': '"99"'}, status=412)
    assert tables(site) == before
    # What is read only may come back as it was got.
    got = site.api('GET', of(it), status=200).json()
    assert change(site, it, processes=got['processes'], dashboards=got['dashboards'])['etag'] == got['etag']


def test_bad_sendings(site):
    world = site.world
    made = process(site, published=False)
    it = share(site, row_of(made))
    give(site, it, world.north)
    assert [p for p in preview(site, it)['problems'] if 'Publish it first' in p]
    before = tables(site)
    assert send(site, it, status=409)['type'] == 'urn:b2bportal:cannot-send'
    assert tables(site) == before
    publish(site, made['id'])
    before = tables(site)
    for body, place in (({}, 'partners'), ({'partners': []}, 'partners'), ({'all': False}, 'partners'),
                        ({'all': True, 'partners': [{'portal': 'acme', 'partner_id': world.north}]}, 'partners'),
                        ({'partners': [{'portal': 'acme', 'partner_id': world.north},
                                       {'portal': 'acme', 'partner_id': world.south}]}, 'partners/1'),
                        ({'partners': [{'portal': 'globex', 'partner_id': world.north}]}, 'partners/0'),
                        ({'partners': [{'portal': 'acme'}]}, 'partners/0/partner_id'),
                        ({'all': True, 'revision': 1}, 'revision'), ({'all': True, 'revision': 0}, 'revision')):
        for path in ('/send-update', '/preview-update'):
            answer = site.api('POST', of(it) + path, body, headers={'If-Match': it['etag']}, status=400)
            assert place in errors_of(answer), (body, answer)
    site.api('POST', of(it) + '/send-update', {'all': True}, status=428)
    site.api('POST', of(it) + '/send-update', {'all': True}, headers={'If-Match': '"77"'}, status=412)
    site.api('PUT', '%s/partners/globex/%s' % (of(it), world.north), status=404, match=False)
    site.api('PUT', '%s/partners/acme/%s' % (of(it), UNKNOWN), status=404, match=False)
    site.api('DELETE', '%s/partners/acme/%s' % (of(it), world.south), status=404, match=False)
    assert tables(site) == before
    empty = share(site)
    give(site, empty, world.north)
    assert send(site, empty, status=409)['detail'].startswith('There is no process in it')
    key = {'If-Match': it['etag'], 'Idempotency-Key': 'send-%s' % site.database.kind}
    first = site.api('POST', of(it) + '/send-update', {'all': True}, headers=key, status=200).json()
    assert first['sent'] == 1
    assert site.api('POST', of(it) + '/send-update', {'all': True}, headers=key, status=200).json() == first
    site.api('DELETE', of(it), status=204)


# -- races, and the other node ----------------------------------------------------------------------------------------

def test_two_senders(site):
    world = site.world
    it = share(site, row_of(process(site)))
    for partner in (world.north, world.south):
        give(site, it, partner)
    people = [site.sign_in('admin'), site.sign_in('manager')]

    def ask(who, method, path, body, etag):
        return lambda: who.request(method, site.url(None, '/api/v1' + path), json=body,
                                   headers=dict(JSON, **{'If-Match': etag}))
    for number in range(1, 5):
        etag = change(site, it, instructions='Round %d' % number)['etag']
        answers = at_once(*[ask(who, 'POST', of(it) + '/send-update', {'all': True}, etag) for who in people])
        assert sorted(answer.status for answer in answers) == [200, 412], answers
        assert site.api('GET', of(it), status=200).json()['revision'] == number
        assert {g['revision'] for g in site.everything(of(it) + '/partners')} == {number}
    for number in range(3):
        it = share(site, row_of(process(site)))
        give(site, it, world.north)
        answers = at_once(ask(people[0], 'POST', of(it) + '/send-update', {'all': True}, it['etag']),
                          ask(people[1], 'DELETE', of(it), None, it['etag']))
        assert [answers[1].status, answers[0].status] in ([204, 404], [412, 200]), answers
        assert (it['title'] in titles(site, 'bob')) == (answers[0].status == 200)
        assert as_person(site, 'bob', of(it)).status == answers[0].status


def test_withdrawal_is_immediate(site):
    """S14: the request after the answer, again and again, through all children."""
    world = site.world
    made = process(site)
    it = share(site, row_of(made))
    for _ in range(12):
        give(site, it, world.north)
        assert as_person(site, 'bob', of(it)).status == 404
        send(site, it)
        assert as_person(site, 'bob', of(it)).status == 200
        site.api('DELETE', '%s/partners/acme/%s' % (of(it), world.north), status=204, match=False)
        assert as_person(site, 'bob', of(it)).status == 404
    give(site, it, world.south)
    send(site, it)
    carol = site.people['acme', 'carol']
    for path in ('/portals/acme/partners/' + world.south, '/portals/acme/members/' + world.carol):
        for act, status in (('suspend', 403), ('resume', 200)):
            site.api('POST', '%s/%s' % (path, act), status=200)
            assert carol.get(site.url('acme', '/api/v1' + of(it)), headers=JSON).status == status
    site.api('DELETE', of(it), status=204)


def test_the_other_node(folder, issuers, request, servers):
    """S14: within a second on a node that shares nothing but the database."""
    first = sites.make('pgsql', folder, 'shares-nodes', issuers, request, servers)
    root = os.path.join(folder, 'shares-nodes-2')
    os.makedirs(root)
    second = Site(root, first.database, issuers, files=first.files, children=2)
    second.start()
    servers.append(second)
    try:
        first.count = 0
        made = process(first)
        it = share(first, row_of(made))
        bob = second.sign_in('bob', portal='acme')

        def status():
            return bob.get(second.url('acme', '/api/v1' + of(it)), headers=JSON).status
        for _ in range(5):
            give(first, it, first.world.north)
            send(first, it)
            wait_until(lambda: status() == 200, 5, 'the share')
            first.api('DELETE', '%s/partners/acme/%s' % (of(it), first.world.north), status=204, match=False)
            ended = time.monotonic()
            wait_until(lambda: status() == 404, 5, 'its end')
            assert time.monotonic() - ended < 1.2
    finally:
        servers.remove(second)
        second.stop()

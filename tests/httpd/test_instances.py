# SPDX-License-Identifier: Apache-2.0
"""Instances: their life over three forms, who sees and may what, what is refused, two at once. Lists: test_instance_lists.py."""

import copy
import json
import threading
from urllib.parse import urlencode

import pytest

import sites
from harness.people import person
from harness.processes import FORMS, Case, Shared
from harness.seed import Seed
from harness.scratch import wait_until
from test_races import at_once

pytestmark = sites.needs_module

UNKNOWN = '01900000-0000-7000-8000-000000000000'
TABLES = ['instances', 'instance_owners', 'instance_values', 'instance_changes', 'instance_numbers', 'instance_comments',
          'outbox']


@pytest.fixture(scope='module', params=sites.KINDS)
def site(folder, issuers, request, servers):
    home = issuers[0]
    for name in ('clara', 'cyril'):
        home.people.setdefault(name, person(name, name + '@host.example'))
    made = sites.make(request.param, folder, 'instances-' + request.param, issuers, request, servers)
    world = made.world
    seed = Seed(made.database)
    world.clara = seed.host_user('clara@host.example', ['user'], home.url, 'clara', name='Clara Clerk')
    world.cyril = seed.host_user('cyril@host.example', ['user'], home.url, 'cyril', name='Cyril Chief')
    world.cecil = seed.host_user('cecil@host.example', ['user'], home.url, 'cecil', state='suspended')
    world.frank = seed.member(world.acme, world.north, 'frank@north.example', home.url, home.people['frank']['sub'],
                              valid_until=1000000, groups=[world.sales])
    seed.commit()
    made.api('PATCH', '/settings', {'name': 'Maker Works'}, status=200)
    world.experts = made.api('POST', '/host/groups', {'name': 'Experts'}, status=201).json()['id']
    for user in (world.cyril, world.cecil):
        made.api('PUT', '/host/groups/%s/members/%s' % (world.experts, user), match=False, status=204)
    made.forms = copy.deepcopy(FORMS)
    made.forms[0]['fields'][4]['host_groups'] = [world.experts]
    made.forms[1]['owners']['host_users'] = [world.clara]
    made.count = 0
    for name in ('alice', 'bob', 'carol'):
        setattr(made, name, made.sign_in(name, portal='acme'))
    made.carol_globex = made.sign_in('carol', portal='globex')
    for name in ('clara', 'cyril', 'manager', 'designer', 'auditor'):
        setattr(made, name, made.sign_in(name))
    made.complaint = shared(made)
    return made


def shared(site, forms=None, **entry):
    """A new process, held by both partners of acme and by globex's."""
    site.count += 1
    world = site.world
    return Shared(site, 'complaint-%d' % site.count, forms or site.forms, groups=['Sales'], partners=[
        ('acme', world.north), ('acme', world.south), ('globex', world.globex_south)], **entry)


@pytest.fixture
def unchanged(site):
    before = site.database.digest(TABLES)
    yield
    assert site.database.digest(TABLES) == before, 'a refused request changed something'


def refused(answer, kind, *fields):
    assert answer['type'].rsplit(':', 1)[-1] == kind, answer
    if fields:
        assert sorted(e['field'] for e in answer.get('errors') or [answer]) == sorted(fields), answer
    return answer


def told_apart(answer):
    answer = dict(answer)
    answer.pop('request_id')
    return answer


def listed(site, browser=None, at='acme', expect=200, **query):
    """All items of the list of a portal (None: the console), read to its end in pages of the given limit."""
    items, after = [], None
    while True:
        page = dict(query, **({'after': after} if after else {}))
        answer = site.api('GET', '/instances?' + urlencode(page), by=browser, portal=at, status=expect).json()
        if expect != 200:
            return answer
        items += answer['data']
        after = answer['paging'].get('next', {}).get('after')
        if not after:
            return items


def hand_to_host(site, browser=None, **values):
    made = site.complaint.start(browser or site.alice, submit=True, **dict({'subject': 'Broken'}, **values))
    return Case(site, made, browser or site.alice), Case(site, made, site.clara, console=True)


# -- a life ------------------------------------------------------------------------------------------------------

def test_a_whole_life(site):
    made = site.complaint.start(site.alice, subject='Late', severity='high', amount=12.5)
    assert made['reference'].startswith(site.complaint.name + '-0') and made['state'] == 'draft'
    assert made['status'] == 'report' and made['status_title'] == 'Report' and made['process_version'] == '1.0'
    assert made['values'] == {'subject': 'Late', 'severity': 'high', 'amount': 12.5, 'fixed': 'as it is'}
    assert made['may'] == {'edit': True, 'delete': True, 'reassign': True, 'comment': True}
    assert [(f['name'], f['status'], f['visible'], f['editable']) for f in made['forms']] == [
        ('report', 'current', True, True), ('review', 'ahead', True, False), ('closing', 'ahead', True, False)]
    assert made['forms'][0]['owners'] == [{'kind': 'member', 'id': site.world.alice, 'name': 'Alice Example', 'me': True}]
    # Of the host a portal learns its name only.
    assert made['forms'][1]['owners'] == [{'kind': 'host_user', 'id': None, 'name': 'Maker Works'}]
    case = Case(site, made, site.alice)
    case.save('report', amount=99, expert=[{'kind': 'member', 'id': site.world.bob}, {'kind': 'host_user', 'id': site.world.cyril}])
    assert case.now['state'] == 'draft' and case.now['etag'] == '"2"'
    assert sorted((p['kind'], p['name']) for p in case.now['people']) == [('host_user', 'Cyril Chief'), ('member', 'Bob Example')]
    case.submit('report')
    assert case.now['state'] == 'open' and case.now['status'] == 'review' and not case.now['may']['edit']
    assert case.now['forms'][0]['status'] == 'done'

    host = Case(site, made, site.clara, console=True)
    host.read()
    assert host.now['portal'] == 'acme' and host.now['partner_name'] == 'North' and host.now['may']['edit']
    assert host.now['values']['subject'] == 'Late'
    assert host.now['forms'][1]['owners'] == [{'kind': 'host_user', 'id': site.world.clara, 'name': 'Clara Clerk', 'me': True}]
    answer = host.save('review', submit=True, status=400)
    refused(answer, 'invalid', 'values/verdict', 'values/why')
    host.submit('review', verdict='accepted', why='It is so', internal='line one\nline two')
    case.read()
    assert case.now['status'] == 'closing' and case.now['modified_by'] == {'kind': 'host_user', 'id': None, 'name': 'Maker Works'}
    # Sales (Alice), and whom the expert field named: Bob, and Cyril of the host.
    assert [o['name'] for o in case.form('closing')['owners']] == ['Sales', 'Maker Works', 'Bob Example']
    assert Case(site, made, site.cyril, console=True).read()['may']['edit']
    bob = Case(site, made, site.bob)
    bob.submit('closing', thanks=True)
    assert bob.now['state'] == 'completed' and bob.now['status'] == 'completed' and bob.now['completed_at']
    assert not any(f['editable'] for f in bob.now['forms'])
    refused(bob.save('closing', status=409, thanks=False), 'not-the-current-form')
    acts = [row[0] for row in site.database.query(
        "SELECT act FROM instance_changes WHERE instance_id = '%s' ORDER BY id" % made['id'])]
    assert acts == ['create', 'save', 'submit', 'submit', 'submit']
    changes = [row[0] for row in site.database.query(
        "SELECT changes FROM instance_changes WHERE instance_id = '%s' AND act = 'save'" % made['id'])][0]
    assert '"old":"12.50 EUR"' in changes and '"new":"99.00 EUR"' in changes and 'Bob Example; Cyril Chief' in changes


def test_defaults_of_the_next_form(site):
    forms = copy.deepcopy(site.forms)
    forms[1]['fields'][0]['default'] = 'refused'
    other = shared(site, forms)
    made = other.start(site.alice, submit=True, subject='Begins with a default')
    host = Case(site, made, site.clara, console=True)
    assert host.read()['values']['verdict'] == 'refused'
    assert [i['id'] for i in listed(site, site.manager, at=None, process_id=other.process, field='verdict', value='refused')] == [made['id']]


def test_versions_stay(site):
    """What runs stays on its version; what begins after the update is sent has the new one."""
    other = shared(site)
    old = other.start(site.alice, subject='Old')
    forms = copy.deepcopy(site.forms)
    forms[0]['fields'].append({'name': 'extra', 'title': 'Extra', 'type': 'text', 'indexed': True})
    del forms[0]['fields'][2]
    other.save(forms)
    other.publish()
    assert other.start(site.alice, subject='Not sent yet')['process_version'] == '1.0'
    other.send()
    new = other.start(site.alice, subject='New', extra='More')
    assert new['process_version'] == '2.0' and new['values']['extra'] == 'More'
    case = Case(site, old, site.alice)
    case.save('report', severity='high', amount=5)
    assert case.now['process_version'] == '1.0' and case.now['values']['amount'] == 5
    refused(case.save('report', status=400, extra='x'), 'invalid', 'values/extra')
    # Lists go by fields of either version; where there is none, last.
    held = dict(shared_process_id=other.share, process_id=other.process)
    for sort in ('field:extra', '-field:extra', 'field:amount', '-field:amount'):
        items = listed(site, site.alice, sort=sort, limit=1, **held)
        assert len(items) == 3, sort
        first = 'New' if 'extra' in sort else 'Old'
        assert (items[0]['values']['subject'] == first) == ('-' in sort or 'extra' in sort), (sort, items)


def test_numbers_of_a_partner(site):
    """References count by partner: what others have made is not to be seen in them (S7)."""
    other = shared(site)
    assert [other.start(site.alice, subject='N%d' % n)['reference'][-4:] for n in range(3)] == ['0001', '0002', '0003']
    assert other.start(site.carol, subject='S')['reference'][-4:] == '0001'
    assert other.start(site.carol_globex, portal='globex', subject='G')['reference'][-4:] == '0001'


def test_started_once(site):
    body = {'shared_process_id': site.complaint.share, 'process_id': site.complaint.process, 'values': {'subject': 'Once'}}
    answers = [site.api('POST', '/instances', body, by=site.alice, portal='acme', status=201, headers={'Idempotency-Key': 'once-1'})
               for _ in range(2)]
    assert answers[0].json() == answers[1].json() and answers[0].location == answers[1].location
    assert answers[0].location.endswith('/api/v1/instances/' + answers[0].json()['id'])


def test_no_answer_again_of_what_was_taken_away(site):
    """An answer that is kept for who lost it says nothing to who may not see any more what it is about (S14)."""
    other = shared(site)

    def start(status):
        return other.start(site.alice, subject='Kept', status=status, headers={'Idempotency-Key': 'kept-1'})

    def comment(status):
        return site.api('POST', '/instances/%s/comments' % made['id'], {'text': 'Kept'}, by=site.alice, portal='acme', status=status,
                        headers={'Idempotency-Key': 'kept-2'}).json()

    made = start(201)
    said = comment(201)
    with other.with_entry(allow_create=False):
        assert start(201) == made           # it is made, and still hers to see
    held = '/shared-processes/%s/partners/acme/%s' % (other.share, site.world.north)
    site.api('DELETE', held, match=False, status=204)
    refused(start(404), 'not-found')
    refused(comment(404), 'not-found')
    site.api('PUT', held, match=False, status=200)
    other.send()
    assert start(201) == made and comment(201) == said
    Case(site, made, site.alice).delete()
    refused(start(404), 'not-found')
    refused(comment(404), 'not-found')


# -- what is refused -------------------------------------------------------------------------------------------

@pytest.mark.parametrize('values, fields', [
    ({'nonsense': 1}, ['values/nonsense']),
    ({'verdict': 'accepted'}, ['values/verdict']),                                    # of another form
    ({'fixed': 'otherwise'}, ['values/fixed']),                                       # read-only
    ({'amount': 5}, ['values/amount']),                                               # not shown
    ({'severity': 'high', 'amount': 1001}, ['values/amount']),
    ({'severity': 'medium'}, ['values/severity']),
    ({'subject': 'x' * 61}, ['values/subject']),
    ({'subject': 'two\nlines'}, ['values/subject']),
    ({'subject': 7}, ['values/subject']),
    ({'severity': ['low']}, ['values/severity']),
    ({'severity': 'high', 'amount': '5'}, ['values/amount']),
    ({'expert': {'kind': 'member', 'id': UNKNOWN}}, ['values/expert']),
    ({'expert': [{'kind': 'member', 'id': UNKNOWN}]}, ['values/expert']),
    ({'expert': [{'kind': 'member', 'id': 'carol'}]}, ['values/expert']),             # of another partner
    ({'expert': [{'kind': 'member', 'id': 'carol_globex'}]}, ['values/expert']),      # of another portal
    ({'expert': [{'kind': 'member', 'id': 'erin'}]}, ['values/expert']),              # suspended
    ({'expert': [{'kind': 'member', 'id': 'frank'}]}, ['values/expert']),             # expired
    ({'expert': [{'kind': 'host_user', 'id': 'clara'}]}, ['values/expert']),          # not of the experts
    ({'expert': [{'kind': 'host_user', 'id': 'cecil'}]}, ['values/expert']),          # one of them, suspended
    ({'subject': 'x' * 61, 'nonsense': 1, 'fixed': 1}, ['values/subject', 'values/nonsense', 'values/fixed']),
])
def test_wrong_values(site, values, fields):
    values = copy.deepcopy(values)
    if isinstance(values.get('expert'), list) and hasattr(site.world, values['expert'][0]['id']):
        values['expert'][0]['id'] = getattr(site.world, values['expert'][0]['id'])
    case = Case(site, site.complaint.start(site.alice, subject='Sound'), site.alice)
    before = site.database.digest(TABLES)
    for submit in (False, True):
        refused(case.save('report', submit=submit, status=400, **values), 'invalid', *fields)
        refused(site.complaint.start(site.alice, submit=submit, status=400, **dict({'subject': 'Sound'}, **values)), 'invalid', *fields)
    assert site.database.digest(TABLES) == before
    assert case.read()['values'] == {'subject': 'Sound', 'severity': 'low', 'fixed': 'as it is'}


def test_what_is_required(site, unchanged):
    refused(site.complaint.start(site.alice, submit=True, status=400), 'invalid', 'values/subject')
    for body, field in (({}, None), ({'shared_process_id': site.complaint.share}, 'process_id'),
                        ({'shared_process_id': 'x', 'process_id': site.complaint.process}, 'shared_process_id'),
                        ({'shared_process_id': site.complaint.share, 'process_id': site.complaint.process, 'values': []}, 'values'),
                        ({'shared_process_id': site.complaint.share, 'process_id': site.complaint.process, 'partner_id': site.world.south},
                         'partner_id')):
        answer = site.api('POST', '/instances', body, by=site.alice, portal='acme', status=400).json()
        assert field is None or field in [e['field'] for e in answer.get('errors') or [answer]], answer


def test_another_form_than_the_current(site):
    case, host = hand_to_host(site)
    case.read()
    before = site.database.digest(TABLES)
    refused(case.save('report', status=409, subject='Again'), 'not-the-current-form')
    refused(case.save('closing', status=409, thanks=True), 'not-the-current-form')
    refused(case.save('nonsense', status=400), 'invalid', 'form')
    assert case.save('review', status=403, verdict='accepted')['status'] == 403
    refused(host.save('closing', status=409, thanks=True), 'not-the-current-form')
    assert site.database.digest(TABLES) == before


def test_preconditions(site, unchanged_later=None):
    case = Case(site, site.complaint.start(site.alice, subject='Version'), site.alice)
    for headers, status in (({'If-Match': '"99"'}, 412), ({'If-Match': '*'}, 428), ({'If-Match': ''}, 428)):
        answer = site.alice.request('PATCH', site.url('acme', '/api/v1' + case.path), json={'form': 'report', 'values': {}},
                                    headers=dict({'Accept': 'application/json'}, **headers))
        assert answer.status == status, answer
    etag = case.read()['etag']
    assert case.save('report')['etag'] == etag      # nothing changed: nothing written
    assert case.save('report', subject='Other')['etag'] != etag


# -- who ------------------------------------------------------------------------------------------------------

def test_another_partner_and_another_portal(site):
    """404, the very answer of what does not exist, whatever is asked."""
    made = site.complaint.start(site.alice, subject='Of North')
    for browser, portal in ((site.carol, 'acme'), (site.carol_globex, 'globex')):
        for method, what, body in (('GET', '', None), ('PATCH', '', {'form': 'report', 'values': {'subject': 'x'}}),
                                   ('DELETE', '', None), ('POST', '/reassign', {'owners': [{'kind': 'partner'}]})):
            answers = [site.api(method, '/instances/%s%s' % (key, what), body, by=browser, portal=portal, status=404,
                                headers={'If-Match': '"1"'}) for key in (made['id'], UNKNOWN)]
            assert told_apart(answers[0].json()) == told_apart(answers[1].json())
            assert len(answers[0].body) == len(answers[1].body)
        assert made['id'] not in [i['id'] for i in listed(site, browser, at=portal)]
        assert made['reference'] not in site.api('GET', '/instances/export', by=browser, portal=portal, status=200).text
    # The console knows an instance by its own portal only.
    site.api('GET', '/portals/globex/instances/' + made['id'], by=site.manager, status=404)
    site.api('GET', '/portals/acme/instances/' + made['id'], by=site.manager, status=200)


def test_visibility_assigned(site):
    with site.complaint.with_entry(form_visibility='assigned'):
        case, host = hand_to_host(site, subject='Assigned', severity='high', amount=77)
        host.submit('review', verdict='refused', why='Because', internal='secret')
        now = case.read()
        # Alice made it and is in Sales, which closes it; the review is the host's.
        assert [f['visible'] for f in now['forms']] == [True, False, True]
        assert now['forms'][1]['form'] is None and 'verdict' not in now['values'] and 'internal' not in now['values']
        assert 'secret' not in site.api('GET', case.path, by=site.alice, portal='acme').text
        key = case.path.rsplit('/', 1)[1]
        Case(site, key, site.bob).read(status=404)       # owns nothing of it
        assert key not in [i['id'] for i in listed(site, site.bob)]
        item = next(i for i in listed(site, site.alice) if i['id'] == key)
        assert item['values'] == {'subject': 'Assigned', 'severity': 'High', 'amount': '77.00 EUR'}
        held = dict(shared_process_id=site.complaint.share, process_id=site.complaint.process)
        # Neither filters nor the order say anything of a form that one may not see.
        assert listed(site, site.alice, field='verdict', value='refused', **held) == []
        # Nor is told what the host asks itself on a form that is only its own: not even as a column.
        process, = site.api('GET', '/shared-processes/' + site.complaint.share, by=site.alice, portal='acme', status=200).json()['processes']
        assert [column['name'] for column in process['columns']] == ['subject', 'severity', 'amount']
        export = '/instances/export?' + urlencode(held)
        assert 'Verdict' not in site.api('GET', export, by=site.alice, portal='acme', status=200).text
        assert key in [i['id'] for i in listed(site, site.manager, at=None, process_id=site.complaint.process,
                                               field='verdict', value='refused')]
        def column(name, by=site.alice, at='acme', **more):
            return site.api('GET', '/instances/export?' + urlencode(dict(held, columns='reference,field:' + name, **more)), by=by, portal=at)
        unknown = column('nothing')
        for hidden in ('verdict', 'internal'):       # guessed: the very answer of what does not exist
            answer = column(hidden)
            assert answer.status == unknown.status == 400
            assert {k: v for k, v in answer.json().items() if k != 'request_id'} == {
                k: v.replace('nothing', hidden) if isinstance(v, str) else v
                for k, v in unknown.json().items() if k != 'request_id'}
        assert 'Assigned' in column('subject').text
        del held['shared_process_id']
        assert 'Refused' in column('verdict', site.manager, None).text
        held['shared_process_id'] = site.complaint.share
        # A condition on a hidden form comes resolved, so that its value does not.
        Case(site, key, site.manager, console=True).read()
    Case(site, key, site.bob).read()
    assert Case(site, key, site.bob).read()['values']['verdict'] == 'refused'


def test_creator_groups(site):
    """Sales may create; who else is of the partner sees, or with creators only does not even see."""
    with site.complaint.with_entry(creators={'everyone': False, 'groups': ['Sales']}):
        mine = site.complaint.start(site.alice, subject='By Sales')
        answer = site.complaint.start(site.bob, subject='By Bob', status=403)
        assert answer['status'] == 403
        assert mine['id'] in [i['id'] for i in listed(site, site.bob)]
    with site.complaint.with_entry(creators={'everyone': False, 'groups': ['Sales']}, creators_only_open=True):
        site.complaint.start(site.bob, subject='By Bob', status=404)
        assert mine['id'] not in [i['id'] for i in listed(site, site.bob)]
        Case(site, mine, site.bob).read(status=404)
        Case(site, mine, site.alice).read()
    with site.complaint.with_entry(creators={'everyone': False, 'groups': []}):
        site.complaint.start(site.alice, subject='Nobody', status=403)
    with site.complaint.with_entry(allow_create=False):
        site.complaint.start(site.alice, subject='Nobody', status=403)


def test_taken_away_at_once(site):
    other = shared(site)
    made = other.start(site.alice, subject='Held')
    site.api('DELETE', '/shared-processes/%s/partners/acme/%s' % (other.share, site.world.north), match=False, status=204)
    Case(site, made, site.alice).read(status=404)
    other.start(site.alice, subject='Held', status=404)
    assert made['id'] not in [i['id'] for i in listed(site, site.alice)]
    assert Case(site, made, site.manager, console=True).read()['reference'] == made['reference']
    made = other.start(site.carol, subject='Held')
    site.api('DELETE', '/shared-processes/' + other.share, status=204)
    Case(site, made, site.carol).read(status=404)
    assert Case(site, made, site.manager, console=True).read()['id'] == made['id']   # stays with the host (S16)


def test_the_hosts_people(site):
    case, host = hand_to_host(site, subject='For Clara')
    key = case.path.rsplit('/', 1)[1]
    for browser, status in ((site.manager, 200), (site.auditor, 200), (site.admin, 200), (site.clara, 200),
                            (site.cyril, 404), (site.designer, 404)):
        Case(site, key, browser, console=True).read(status=status)
        assert (key in [i['id'] for i in listed(site, browser, at=None)]) == (status == 200)
    manager = Case(site, key, site.manager, console=True)
    assert manager.save('review', status=403, verdict='accepted')['status'] == 403
    manager.delete(status=403)
    site.api('PATCH', '/processes/' + site.complaint.process, {'administrators': [{'kind': 'host_group', 'id': site.world.experts}]},
             status=200)
    try:
        chief = Case(site, key, site.cyril, console=True)
        assert chief.read()['may'] == {'edit': False, 'delete': True, 'reassign': True, 'comment': True}
        assert key in [i['id'] for i in listed(site, site.cyril, at=None)]
    finally:
        site.api('PATCH', '/processes/' + site.complaint.process, {'administrators': []}, status=200)
    assert key in [i['id'] for i in listed(site, site.clara, at=None, waiting='true')]
    assert key not in [i['id'] for i in listed(site, site.manager, at=None, waiting='true')]
    for query, there in (({'portal': 'acme'}, True), ({'portal': 'globex'}, False), ({'portal': 'unheard-of'}, False),
                         ({'portal': 'acme', 'partner_id': site.world.north}, True),
                         ({'portal': 'acme', 'partner_id': site.world.south}, False),
                         ({'process_id': site.complaint.process}, True), ({'process_id': UNKNOWN}, False),
                         ({'shared_process_id': site.complaint.share}, True), ({'status': 'review'}, True),
                         ({'status': 'report'}, False), ({'state': 'open'}, True), ({'state': 'completed'}, False),
                         ({'q': 'ALICE'}, True), ({'q': 'nobody of this name'}, False)):
        assert (key in [i['id'] for i in listed(site, site.manager, at=None, **query)]) == there, query
    refused(listed(site, site.manager, at=None, expect=400, partner_id=site.world.north), 'invalid', 'partner_id')


def test_delete(site):
    made = site.complaint.start(site.alice, subject='Goes')
    Case(site, made, site.bob).delete(status=403)             # the creator only, says the process
    with site.complaint.with_entry(allow_delete=False):
        Case(site, made, site.alice).delete(status=403)
    case = Case(site, made, site.alice)
    case.delete()
    case.read(status=404)
    assert made['id'] not in [i['id'] for i in listed(site, site.alice)]
    made = site.complaint.start(site.alice, subject='Goes, too')
    Case(site, made, site.admin, console=True).delete()
    Case(site, made, site.alice).read(status=404)


# -- reassigning -------------------------------------------------------------------------------------------------

def test_reassign(site):
    world = site.world
    case = Case(site, site.complaint.start(site.alice, subject='Passed on'), site.alice)
    Case(site, case.path.rsplit('/', 1)[1], site.bob).post('/reassign', {'owners': [{'kind': 'partner'}]}, status=403)
    case.post('/reassign', {'owners': [{'kind': 'member', 'id': world.bob}], 'mode': 'append', 'comment': 'Please help'})
    bob = Case(site, case.path.rsplit('/', 1)[1], site.bob)
    assert bob.read()['may']['edit'] and case.read()['may']['edit'] and bob.now['comment_count'] == 1
    case.post('/reassign', {'owners': [{'kind': 'group', 'id': world.sales}]})
    assert [o['name'] for o in case.read()['forms'][0]['owners']] == ['Sales']
    assert case.now['may']['edit'] and not bob.read()['may']['edit']
    for owners in ([{'kind': 'member', 'id': world.carol}], [{'kind': 'member', 'id': UNKNOWN}],
                   [{'kind': 'member', 'id': world.erin}], [{'kind': 'member', 'id': world.frank}],
                   [{'kind': 'group', 'id': world.empty}], [{'kind': 'group', 'id': world.globex_sales}],
                   [{'kind': 'partner', 'id': world.south}], [{'kind': 'host_user', 'id': world.clara}],
                   [{'kind': 'member', 'id': world.bob}, {'kind': 'host_group', 'id': world.experts}]):
        answer = case.post('/reassign', {'owners': owners}, status=400)
        refused(answer, 'invalid', 'owners/%d/id' % (len(owners) - 1))
    for body in ({'owners': []}, {'owners': [{'kind': 'creator', 'id': world.bob}]}, {}, {'owners': [{'kind': 'partner'}], 'mode': 'x'}):
        case.post('/reassign', body, status=400)
    case.post('/reassign', {'owners': [{'kind': 'partner'}]})
    assert bob.read()['may']['edit']
    case.post('/reassign', {'owners': [{'kind': 'partner'}], 'comment': ' \n '})
    assert case.read()['comment_count'] == 1        # nothing said is no comment
    # Who gives it away altogether still gets an answer.
    case.post('/reassign', {'owners': [{'kind': 'member', 'id': world.bob}]})
    assert not case.read()['may']['edit']
    history = site.database.query("SELECT changes FROM instance_changes WHERE instance_id = '%s' AND act = 'reassign' "
                                  "ORDER BY id" % case.path.rsplit('/', 1)[1])
    change, = json.loads(history[1][0])
    assert sorted(change.pop('old').split('; ')) == ['Alice Example', 'Bob Example']
    assert change == {'field': 'owners', 'new': 'Sales'}


def test_reassign_by_the_host(site):
    case, host = hand_to_host(site, subject='Host to host')
    host.post('/reassign', {'owners': [{'kind': 'host_group', 'id': site.world.experts}]})
    assert Case(site, host.path.rsplit('/', 1)[1], site.cyril, console=True).read()['may']['edit']
    assert host.site.api('GET', host.path, by=site.clara).status == 404     # owns no form of it any more
    admin = Case(site, host.path.rsplit('/', 1)[1], site.admin, console=True)
    admin.post('/reassign', {'owners': [{'kind': 'member', 'id': site.world.alice}]})
    assert case.read()['may']['edit']
    for owner in ({'kind': 'member', 'id': site.world.carol}, {'kind': 'host_user', 'id': site.world.cecil}):
        admin.post('/reassign', {'owners': [owner]}, status=400)
    history = site.database.query("SELECT changes FROM instance_changes WHERE instance_id = '%s' AND act = 'reassign' "
                                  "ORDER BY id" % host.path.rsplit('/', 1)[1])
    assert history[0][0] == '[{"field":"owners","old":"Maker Works","new":"Maker Works"}]'


def test_people(site):
    def found(browser, path='/people', portal='acme', status=200, **query):
        answer = site.api('GET', path + '?' + urlencode(query), by=browser, portal=portal, status=status).json()
        return sorted(p['name'] for p in answer['data']) if status == 200 else answer
    assert found(site.alice) == ['Alice Example', 'Bob Example']        # Erin is suspended, Frank has expired
    assert found(site.alice, q='BOB@') == ['Bob Example']
    assert found(site.alice, groups='true', q='sal') == ['Sales']
    assert found(site.carol, groups='true') == ['Carol Example']        # nobody of South is in Sales
    assert found(site.alice, host_groups=site.world.experts, partner='false') == ['Cyril Chief']
    others = site.api('POST', '/host/groups', {'name': 'Others %d' % site.count}, status=201).json()['id']
    site.api('PUT', '/host/groups/%s/members/%s' % (others, site.world.clara), match=False, status=204)
    assert found(site.alice, host_groups=others, partner='false') == []   # no field names it
    assert found(site.alice, host_groups=UNKNOWN, partner='false') == []
    refused(found(site.alice, host_groups='x', status=400), 'invalid', 'host_groups')
    forms = copy.deepcopy(site.forms)
    forms[1]['fields'].append({'name': 'colleague', 'title': 'Colleague', 'type': 'person', 'host_groups': [others]})
    inner = shared(site, forms, form_visibility='assigned')
    assert found(site.alice, host_groups=others, partner='false') == []   # on a form of the host alone
    inner.set(form_visibility='all')
    assert found(site.alice, host_groups=others, partner='false') == ['Clara Clerk']
    path = '/portals/acme/partners/%s/people' % site.world.north
    assert found(site.manager, path, portal=None, host_groups=others) == ['Alice Example', 'Bob Example', 'Clara Clerk']
    hand_to_host(site, subject='So Clara may ask')
    assert found(site.clara, path, portal=None) == ['Alice Example', 'Bob Example']
    found(site.clara, '/portals/acme/partners/%s/people' % site.world.resting, portal=None, status=404)
    found(site.designer, path, portal=None, status=404)
    found(site.manager, '/portals/globex/partners/%s/people' % site.world.north, portal=None, status=404)


# -- two at once -------------------------------------------------------------------------------------------------

def test_two_browsers_on_one_form(site):
    case = Case(site, site.complaint.start(site.alice, subject='Both'), site.alice)
    case.post('/reassign', {'owners': [{'kind': 'partner'}]})
    etag = case.read()['etag']
    other = Case(site, case.path.rsplit('/', 1)[1], site.bob)
    other.save('report', etag=etag, severity='high', amount=5)
    answer = case.save('report', status=412, etag=etag, subject='Mine')
    refused(answer, 'stale')
    # What the page does then: read, keep what the other one wrote, send what is one's own.
    now = case.read()
    assert now['values']['amount'] == 5 and now['values']['subject'] == 'Both'
    case.save('report', subject='Mine')
    assert case.read()['values'] == dict(now['values'], subject='Mine')


def test_fifty_submits_at_once(site):
    case = Case(site, site.complaint.start(site.alice, subject='Fifty'), site.alice)
    etag = case.read()['etag']
    browsers = [site.alice] + [site.sign_in('alice', portal='acme') for _ in range(4)]

    def submit(browser):
        return lambda: browser.request('PATCH', site.url('acme', '/api/v1' + case.path), json={'form': 'report', 'submit': True},
                                       headers={'Accept': 'application/json', 'If-Match': etag})
    answers = []
    for _ in range(10):
        answers += at_once(*[submit(browser) for browser in browsers])
    statuses = [a.status for a in answers]
    assert statuses.count(200) == 1 and all(s in (200, 403, 409, 412, 503) for s in statuses), statuses
    rows = site.database.query("SELECT act FROM instance_changes WHERE instance_id = '%s'" % case.path.rsplit('/', 1)[1])
    assert sorted(row[0] for row in rows) == ['create', 'submit']
    assert case.read()['status'] == 'review'


def test_killed_in_the_middle(site):
    """kill -9 while instances are started and submitted: what was acknowledged is there, and whole."""
    stop, done, failures = threading.Event(), [], []

    def work(number):
        browser = site.sign_in('alice', portal='acme')
        count = 0
        while not stop.is_set():
            count += 1
            subject = 'Killed %d %d' % (number, count)
            try:
                answer = browser.request('POST', site.url('acme', '/api/v1/instances'), headers={'Accept': 'application/json'}, json={
                    'shared_process_id': site.complaint.share, 'process_id': site.complaint.process,
                    'values': {'subject': subject}, 'submit': True})
                if answer.status == 201:
                    done.append((answer.json()['id'], subject))
                elif answer.status != 503:
                    failures.append(answer)
            except (OSError, EOFError) as failure:
                assert failure
            except Exception as failure:     # http.client's own, when the child is gone
                if type(failure).__module__ != 'http.client':
                    failures.append(failure)
    threads = [threading.Thread(target=work, args=(n,)) for n in range(3)]
    for thread in threads:
        thread.start()
    for target in (10, 25, 40):
        wait_until(lambda: len(done) >= target or failures, 60, 'acknowledged submits')
        site.httpd.kill_child()
    wait_until(lambda: len(done) >= 60 or failures, 60, 'submits after the kill')
    stop.set()
    for thread in threads:
        thread.join()
    assert not failures, failures[:3]
    rows = {row[0]: row[1:] for row in site.database.query(
        "SELECT i.id, i.status, i.values_json, (SELECT COUNT(*) FROM instance_owners o WHERE o.instance_id = i.id AND o.is_current = 1), "
        "(SELECT COUNT(*) FROM instance_changes c WHERE c.instance_id = i.id), "
        "(SELECT COUNT(*) FROM instance_values v WHERE v.instance_id = i.id) FROM instances i WHERE i.values_json LIKE '%Killed %'")}
    for key, subject in done:
        assert rows[key][0] == 'review' and '"%s"' % subject in rows[key][1], subject
    # Acknowledged or not, nothing is half there.
    assert {tuple(map(int, row[2:])) for row in rows.values()} == {(1, 2, 4)}, rows

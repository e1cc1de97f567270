# SPDX-License-Identifier: Apache-2.0
"""Instances that the host starts for a partner: who may, what they begin with, who is told, what is refused and changes nothing."""

import pytest

import sites
from harness.people import person
from harness.processes import Case, Shared
from harness.scratch import wait_until
from harness.seed import Seed
from harness.smtp import MailServer
from test_authorization import JSON
from test_races import at_once

pytestmark = sites.needs_module

UNKNOWN = '01900000-0000-7000-8000-000000000000'
NAME = 'Host User'      # of whoever the seed made
TABLES = ['instances', 'instance_owners', 'instance_values', 'instance_changes', 'instance_numbers', 'outbox']
OWN = [{'name': 'request', 'title': 'Request', 'fields': [
           {'name': 'subject', 'title': 'Subject', 'type': 'text', 'required': True, 'indexed': True},
           {'name': 'severity', 'title': 'Severity', 'type': 'text', 'default': 'normal'}]},
       {'name': 'answer', 'title': 'Answer', 'owners': {'partner': True}, 'fields': [
           {'name': 'words', 'title': 'Words', 'type': 'text'}]},
       {'name': 'closing', 'title': 'Closing', 'owners': {'creator': True}, 'fields': [
           {'name': 'done', 'title': 'Done', 'type': 'toggle'}]}]


def owned(**owners):
    """A process whose first form has these owners."""
    return [dict(OWN[0], owners=owners)] + OWN[1:]


@pytest.fixture(scope='module')
def mailbox():
    server = MailServer()
    yield server
    server.stop()


@pytest.fixture(scope='module', params=sites.KINDS)
def site(folder, issuers, request, servers, mailbox):
    home = issuers[0]
    for name in ('sources', 'user'):
        home.people.setdefault(name, person(name, name + '@host.example'))
    made = sites.make(request.param, folder, 'starts-' + request.param, issuers, request, servers, mail=mailbox)
    seed = Seed(made.database)
    seed.host_user('sources@host.example', ['data_source_manager'], home.url, 'sources')
    seed.host_user('user@host.example', ['user'], home.url, 'user')
    seed.commit()
    for name in ('alice', 'bob', 'carol'):
        setattr(made, name, made.sign_in(name, portal='acme'))
    for name in ('manager', 'auditor', 'designer', 'sources', 'user'):
        setattr(made, name, made.sign_in(name))
    made.ids = {user['email'].split('@')[0]: user['id'] for user in made.everything('/host/users')}
    made.count = 0
    made.mailbox = mailbox
    return made


def shared(site, forms=None, partners=None, **entry):
    site.count += 1
    return Shared(site, 'start-%d' % site.count, forms or OWN,
                  partners=[('acme', site.world.north)] if partners is None else partners, **entry)


def body_of(site, flow, **more):
    return dict({'partner_id': site.world.north, 'shared_process_id': flow.share, 'process_id': flow.process}, **more)


def start(site, flow, by=None, status=201, portal='acme', headers=None, **more):
    return site.api('POST', '/portals/%s/instances' % portal, body_of(site, flow, **more), by=by or site.manager, status=status,
                    headers=headers)


def rows(site):
    return {table: site.database.query('SELECT COUNT(*) FROM ' + table)[0][0] for table in TABLES}


def refused(answer, status, kind, words=''):
    problem = answer.json()
    assert (answer.status, problem['type']) == (status, 'urn:b2bportal:' + kind), answer
    assert words in problem['detail'], problem
    return problem


def startable(site, by, path=''):
    return site.api('GET', path + '/startable?limit=500', by=by, status=200).json()['data']


# -- what begins ---------------------------------------------------------------------------------------------------------

def test_the_creator_fills_in_what_names_nobody(site):
    flow = shared(site)
    answer = start(site, flow, values={'subject': 'Cracks'})
    made = answer.json()
    assert answer.location.endswith('/portals/acme/instances/' + made['id'])
    assert (made['state'], made['status'], made['portal'], made['partner_id']) == ('draft', 'request', 'acme', site.world.north)
    assert made['created_by'] == {'kind': 'host_user', 'id': site.ids['manager'], 'name': NAME}
    assert made['values'] == {'subject': 'Cracks', 'severity': 'normal'}
    assert made['may'] == {'edit': True, 'delete': True, 'reassign': True, 'comment': True}
    assert [o['id'] for o in made['forms'][0]['owners']] == [site.ids['manager']]
    # The partner sees that there is one, and no name of the host's people.
    seen = Case(site, made, site.bob)
    seen.read()
    host = site.api('GET', '/settings', status=200).json()['name']
    assert seen.now['created_by'] == {'kind': 'host_user', 'id': None, 'name': host}
    assert NAME not in site.api('GET', seen.path, by=site.bob, portal='acme', status=200).body.decode()
    assert not seen.form('request')['editable']
    for q in ('host', 'user'):
        found = site.api('GET', '/instances?q=%s&process_id=%s&shared_process_id=%s' % (q, flow.process, flow.share), by=site.bob,
                         portal='acme', status=200).json()['data']
        assert found == [], 'nor by searching'
    mine = Case(site, made, site.manager, console=True)
    mine.submit('request')
    seen.read()
    assert seen.form('answer')['editable'] and seen.now['state'] == 'open'
    seen.submit('answer', words='Mended')
    mine.read()
    assert mine.form('closing')['editable'], 'its creator, as the last form says'
    mine.submit('closing', done=True)
    assert mine.now['state'] == 'completed'


def test_submitted_at_once(site):
    flow = shared(site)
    made = start(site, flow, values={'subject': 'At once'}, submit=True).json()
    assert (made['state'], made['status']) == ('open', 'answer')
    waiting = site.api('GET', '/instances?waiting=true', by=site.bob, portal='acme', status=200).json()['data']
    assert made['id'] in [item['id'] for item in waiting]
    before = rows(site)
    refused(start(site, flow, status=400, submit=True), 400, 'invalid')       # its subject is required
    assert rows(site) == before


def test_it_waits_for_others_from_the_start(site):
    flow = shared(site, owned(partner=True))
    made = start(site, flow).json()
    assert (made['state'], made['status'], made['values']) == ('draft', 'request', {'severity': 'normal'})
    assert not made['may']['edit']
    item = next(i for i in site.api('GET', '/instances?waiting=true', by=site.bob, portal='acme', status=200).json()['data']
                if i['id'] == made['id'])
    assert item['waiting']
    notices = site.api('GET', '/notices?limit=500', by=site.bob, portal='acme', status=200).json()['data']
    assert made['id'] in [n['instance_id'] for n in notices]
    case = Case(site, made, site.bob)
    case.submit('request', subject='From the partner')
    case.submit('answer', words='x')
    mine = Case(site, made, site.manager, console=True)
    mine.read()
    assert mine.form('closing')['editable']
    before = rows(site)
    for more in ({'values': {'subject': 'Not mine'}}, {'submit': True}):
        refused(start(site, flow, status=403, **more), 403, 'forbidden', 'Does not own')
    assert rows(site) == before


def test_mail_to_whom_it_waits_for(site):
    flow = shared(site, owned(partner=True))
    made = start(site, flow).json()
    wait_until(lambda: any(made['reference'] in message.subject + message.text for message in site.mailbox.to('bob@north.example')),
               20, 'mail to Bob')


def test_the_partners_group(site):
    flow = shared(site, owned(partner_groups=['Sales']), groups=['Sales'])
    made = start(site, flow).json()
    waits = {name: made['id'] in [i['id'] for i in site.api('GET', '/instances?waiting=true&limit=500', by=getattr(site, name),
                                                            portal='acme', status=200).json()['data']]
             for name in ('alice', 'bob', 'carol')}
    assert waits == {'alice': True, 'bob': False, 'carol': False}


def test_nobody_could_work_on_it(site):
    flow = shared(site, owned(partner_groups=['Nowhere']), groups=['Nowhere'])
    before = rows(site)
    refused(start(site, flow, status=409), 409, 'nobody-can-work', 'Send update')
    gone = site.api('POST', '/host/users', {'email': 'gone%d@host.example' % site.count, 'roles': ['user']}, status=201).json()
    other = shared(site, owned(host_users=[gone['id']]))
    assert start(site, other).json()['forms'][0]['owners'][0]['id'] == gone['id']
    site.api('DELETE', '/host/users/' + gone['id'], status=204)
    before = rows(site)
    refused(start(site, other, status=409), 409, 'nobody-can-work')
    assert rows(site) == before


def test_the_hosts_own_lists(site):
    flow = shared(site)
    made = start(site, flow, values={'subject': 'Mine'}).json()
    theirs = flow.start(site.bob, subject='Theirs')
    started = [i['id'] for i in site.api('GET', '/instances?limit=500&created=true', by=site.manager, status=200).json()['data']]
    assert made['id'] in started and theirs['id'] not in started
    assert made['id'] not in [i['id'] for i in site.everything('/instances', created='true')]
    waiting = [i['id'] for i in site.api('GET', '/instances?limit=500&waiting=true', by=site.manager, status=200).json()['data']]
    assert made['id'] in waiting
    begun = [i['id'] for i in site.api('GET', '/instances?limit=500&created=true', by=site.bob, portal='acme', status=200).json()['data']]
    assert theirs['id'] in begun and made['id'] not in begun
    lines = site.api('GET', '/instances/export?columns=reference,created_by&process_id=' + flow.process, status=200).body.decode()
    assert '%s,"%s"' % (made['reference'], NAME) in lines
    lines = site.api('GET', '/instances/export?columns=reference,created_by&process_id=%s&shared_process_id=%s' % (
        flow.process, flow.share), by=site.bob, portal='acme', status=200).body.decode()
    assert made['reference'] in lines and NAME not in lines
    history = site.everything('/portals/acme/instances/%s/history' % made['id'])
    assert [(h['act'], h['by']['name'] if 'by' in h else h['actor']['name']) for h in history] == [('create', NAME)]


def test_deleted_by_whoever_started_it(site):
    flow = shared(site, allow_delete=False)
    made = start(site, flow).json()
    Case(site, made, site.bob).delete(403)
    Case(site, made, site.manager, console=True).delete()
    flow = shared(site, document={'delete_rule': 'administrators'})
    Case(site, start(site, flow).json(), site.manager, console=True).delete(403)


def test_one_answer_of_an_idempotency_key(site):
    flow = shared(site)
    key = {'Idempotency-Key': 'start-%d' % site.count}
    first = start(site, flow, headers=key, values={'subject': 'Once'})
    before = rows(site)
    again = start(site, flow, headers=key, values={'subject': 'Once'})
    assert again.json() == first.json() and rows(site) == before
    start(site, flow, headers=key, values={'subject': 'Twice'}, status=422)


# -- who may -------------------------------------------------------------------------------------------------------------

def test_who_may(site):
    flow = shared(site, allow_create=False)
    for by in (site.admin, site.manager):
        start(site, flow, by=by)
    before = rows(site)
    for by in (site.auditor, site.designer, site.sources, site.user):
        refused(start(site, flow, by=by, status=403), 403, 'forbidden', 'may start one')
        assert flow.process not in [p['process_id'] for p in startable(site, by, '/portals/acme/partners/' + site.world.north)]
    assert rows(site) == before
    process = site.api('GET', '/processes/' + flow.process, status=200).json()
    site.api('PATCH', '/processes/' + flow.process, {'administrators': [{'kind': 'host_user', 'id': site.ids['designer']}]}, status=200)
    start(site, flow, by=site.designer)
    assert process['id'] in [p['process_id'] for p in startable(site, site.designer, '/portals/acme/partners/' + site.world.north)]


def test_whom_the_first_form_names(site):
    group = site.api('POST', '/host/groups', {'name': 'Buyers %d' % site.count}, status=201).json()
    flow = shared(site, owned(host_groups=[group['id']]))
    start(site, flow, by=site.user, status=403)
    assert startable(site, site.user) == []
    site.api('PUT', '/host/groups/%s/members/%s' % (group['id'], site.ids['user']), match=False, status=204)
    made = start(site, flow, by=site.user, values={'subject': 'By a buyer'}).json()
    assert made['may']['edit']
    assert [p['technical_name'] for p in startable(site, site.user)] == ['acme']
    assert [p['id'] for p in startable(site, site.user, '/portals/acme')] == [site.world.north]
    found = startable(site, site.user, '/portals/acme/partners/' + site.world.north)
    assert [(p['process_id'], p['shared_process_id'], p['fill_in']) for p in found] == [(flow.process, flow.share, True)]
    assert startable(site, site.user, '/portals/acme/partners/' + site.world.south) == []
    # A manager may start it too, but it waits for the buyers.
    assert not start(site, flow).json()['may']['edit']


def test_security_narrows(site):
    nobody = {'partner': True, 'partner_groups': [], 'host_users': [], 'host_groups': []}
    flow = shared(site, document={'security': {'mode': 'others_view', 'users': nobody}})
    before = rows(site)
    for by in (site.admin, site.manager):
        refused(start(site, flow, by=by, status=403), 403, 'forbidden', 'security users')
        assert flow.process not in [p['process_id'] for p in startable(site, by, '/portals/acme/partners/' + site.world.north)]
    assert rows(site) == before
    flow.save(security={'mode': 'others_view', 'users': dict(nobody, host_users=[site.ids['manager']])})
    flow.publish()
    start(site, flow, status=403)       # the partner holds the older version
    flow.send()
    assert start(site, flow).json()['may']['edit']


def test_the_version_that_was_sent(site):
    flow = shared(site)
    flow.save(forms=[dict(OWN[0], name='renamed')] + OWN[1:])
    flow.publish()
    assert start(site, flow).json()['forms'][0]['name'] == 'request'
    flow.send()
    assert start(site, flow).json()['forms'][0]['name'] == 'renamed'


# -- what is refused -----------------------------------------------------------------------------------------------------

def test_what_is_not_held(site):
    flow, other = shared(site), shared(site)
    unsent = site.api('POST', '/shared-processes', {'title': 'Unsent %d' % site.count, 'processes': [
        {'process_id': flow.process, 'allow_create': True, 'creators': {'everyone': True, 'groups': []}, 'creators_only_open': False,
         'allow_delete': True, 'form_visibility': 'all'}]}, status=201).json()['id']
    site.api('PUT', '/shared-processes/%s/partners/acme/%s' % (unsent, site.world.north), match=False, status=200)
    before = rows(site)
    for more in ({'partner_id': site.world.south}, {'partner_id': UNKNOWN}, {'shared_process_id': UNKNOWN}, {'process_id': UNKNOWN},
                 {'shared_process_id': unsent}, {'process_id': other.process}, {'shared_process_id': other.share}):
        for by in (site.admin, site.user):
            refused(start(site, flow, by=by, status=404, **more), 404, 'not-found', 'There is no such shared process')
    start(site, flow, portal='globex', status=404)
    start(site, flow, portal='nowhere', status=404)
    for more in ({'partner_id': 7}, {'partner_id': 'x'}, {'partner_id': None}, {'shared_process_id': []}, {'values': 'x'},
                 {'submit': 'yes'}, {'portal_id': UNKNOWN}, {'created_by': UNKNOWN}, {'values': {'words': 'of another form'}},
                 {'values': {'nonsense': 'x'}}, {'values': {'subject': 7}}):
        refused(start(site, flow, status=400, **more), 400, 'invalid')
    for missing in ('partner_id', 'shared_process_id', 'process_id'):
        body = body_of(site, flow)
        del body[missing]
        site.api('POST', '/portals/acme/instances', body, by=site.manager, status=400)
    assert rows(site) == before


def test_who_is_suspended(site):
    flow = shared(site)
    for path, words in (('/portals/acme/partners/' + site.world.north, 'The partner is suspended'),
                        ('/portals/acme', 'The portal is not active')):
        site.api('POST', path + '/suspend', status=200)
        try:
            before = rows(site)
            refused(start(site, flow, status=403), 403, 'forbidden', words)
            refused(start(site, flow, by=site.user, status=403), 403, 'forbidden', 'may start one')
            assert rows(site) == before
            assert startable(site, site.manager, '/portals/acme/partners/' + site.world.north) == []
            assert site.world.north not in [p['id'] for p in startable(site, site.manager, '/portals/acme')]
        finally:
            site.api('POST', path + '/resume', status=200)
    start(site, flow)
    site.api('DELETE', '/shared-processes/' + flow.share, status=204)
    start(site, flow, status=404)


def test_lists_are_paged_and_searched(site):
    forms = owned(host_users=[site.ids['sources']])
    partners = [site.api('POST', '/portals/acme/partners', {'name': 'Paged %02d' % n}, status=201).json()['id'] for n in range(7)]
    flow = shared(site, forms, partners=[('acme', partner) for partner in partners])
    found = startable(site, site.sources, '/portals/acme')
    assert [p['name'] for p in found] == ['Paged %02d' % n for n in range(7)]
    first = site.api('GET', '/portals/acme/startable?limit=3', by=site.sources, status=200).json()
    assert [p['name'] for p in first['data']] == ['Paged 00', 'Paged 01', 'Paged 02']
    second = site.api('GET', '/portals/acme/startable?limit=3&after=' + first['paging']['next']['after'], by=site.sources, status=200)
    assert [p['name'] for p in second.json()['data']] == ['Paged 03', 'Paged 04', 'Paged 05']
    one = site.api('GET', '/portals/acme/startable?q=GED%2004', by=site.sources, status=200).json()['data']
    assert [p['name'] for p in one] == ['Paged 04']
    path = '/portals/acme/partners/%s/startable' % partners[0]
    assert [p['process_id'] for p in site.api('GET', path + '?q=START-', by=site.sources, status=200).json()['data']] == [flow.process]
    assert site.api('GET', path + '?q=nothing', by=site.sources, status=200).json()['data'] == []
    assert site.api('GET', '/startable?q=glob', by=site.sources, status=200).json()['data'] == []
    site.api('GET', '/portals/acme/partners/%s/startable' % UNKNOWN, by=site.sources, status=404)


def test_a_creator_is_of_a_kind(site):
    """The schema holds it: a member of this portal, or a host user, as the kind says."""
    flow = shared(site)
    made = start(site, flow).json()
    bob = next(m for m in site.everything('/portals/acme/members') if m['email'].startswith('bob'))['id']
    for kind, key in (('member', site.ids['manager']), ('host_user', bob), ('member', UNKNOWN), ('group', site.ids['manager'])):
        with pytest.raises(Exception, match='(?i)constraint'):
            site.database.run(["UPDATE instances SET created_by_kind = '%s', created_by = '%s' WHERE id = '%s'" % (
                kind, key, made['id'])])


# -- at the same moment --------------------------------------------------------------------------------------------------

def test_taken_away_at_the_same_moment(site):
    """Whatever comes first: an instance began while the partner held the share, or there is none."""
    flow = shared(site)
    admin = site.admin
    path = '/shared-processes/%s/partners/acme/%s' % (flow.share, site.world.north)
    for number in range(12):
        answers = at_once(
            lambda: admin.request('DELETE', site.url(None, '/api/v1' + path), headers=dict(JSON)),
            lambda n=number: site.manager.request('POST', site.url(None, '/api/v1/portals/acme/instances'), json=body_of(
                site, flow, values={'subject': 'Race %d' % n}), headers=JSON))
        assert answers[0].status == 204 and answers[1].status in (201, 404), answers
        count = site.database.query("SELECT COUNT(*) FROM instances WHERE values_json LIKE '%%\"Race %d\"%%'" % number)[0][0]
        assert int(count) == (answers[1].status == 201), answers
        if answers[1].status == 201:        # it stays with the host, who sees it
            Case(site, answers[1].json(), site.manager, console=True).read()
        start(site, flow, status=404)
        site.api('PUT', path, match=False, status=200)
        flow.send()

# SPDX-License-Identifier: Apache-2.0
"""Actions of forms (K41): sending an instance back with a reason, editing and reassigning what one does not own, what is
refused, and a submit at the same moment as a sending back."""

import copy
import json

import pytest

import sites
from harness.people import person
from harness.processes import FORMS, Case, Shared
from harness.seed import Seed
from test_instances import refused
from test_races import at_once

pytestmark = sites.needs_module

TABLES = ['instances', 'instance_owners', 'instance_values', 'instance_changes', 'instance_comments', 'outbox']


def back(**more):
    return dict({'name': 'back', 'title': 'Send back', 'kind': 'go_to', 'form': 'report', 'form_owners': True,
                 'comment': 'required'}, **more)


@pytest.fixture(scope='module', params=sites.KINDS)
def site(folder, issuers, request, servers):
    home = issuers[0]
    for name in ('clara', 'cyril'):
        home.people.setdefault(name, person(name, name + '@host.example'))
    made = sites.make(request.param, folder, 'actions-' + request.param, issuers, request, servers)
    world = made.world
    seed = Seed(made.database)
    world.clara = seed.host_user('clara@host.example', ['user'], home.url, 'clara', name='Clara Clerk')
    world.cyril = seed.host_user('cyril@host.example', ['user'], home.url, 'cyril', name='Cyril Chief')
    seed.commit()
    made.api('PATCH', '/settings', {'name': 'Maker Works'}, status=200)
    made.count = 0
    for name in ('alice', 'bob', 'carol'):
        setattr(made, name, made.sign_in(name, portal='acme'))
    for name in ('clara', 'cyril', 'manager', 'auditor'):
        setattr(made, name, made.sign_in(name))
    made.clara_too = made.sign_in('clara')      # in another browser
    made.complaint = shared(made, [back()])
    return made


def shared(site, *actions, **entry):
    """A new process with these actions of its second and third form, held by North of acme and by South."""
    site.count += 1
    forms = copy.deepcopy(FORMS)
    forms[1]['owners']['host_users'] = [site.world.clara]
    for form, its in zip(forms[1:], actions):
        form['actions'] = its
    return Shared(site, 'acting-%d' % site.count, forms, groups=['Sales'], partners=[
        ('acme', site.world.north), ('acme', site.world.south)], **entry)


def begun(site, process=None, **values):
    """An instance at its second form, as Alice, who began it, and as Clara, who owns the form, see it."""
    made = (process or site.complaint).start(site.alice, submit=True, **dict({'subject': 'Broken'}, **values))
    return Case(site, made, site.alice), Case(site, made, site.clara, console=True)


def seen_by(case, browser, console=False):
    return Case(case.site, case.path.rsplit('/', 1)[1], browser, console=console)


def offered(case):
    return [action['name'] for action in case.read()['actions']]


def test_sending_back(site):
    case, host = begun(site, severity='high', amount=5)
    host.save('review', why='Not yet')
    assert host.read()['actions'] == [
        {'form': 'review', 'name': 'back', 'title': 'Send back', 'kind': 'go_to', 'to': 'report', 'comment': 'required'}]
    assert offered(case) == [] and not case.now['may']['edit']
    answer = host.post('/actions/back', {'comment': 'The amount is missing a receipt.'})
    assert (answer['status'], answer['state'], answer['actions']) == ('report', 'open', [])
    assert [(f['name'], f['status']) for f in answer['forms']] == [
        ('report', 'current'), ('review', 'ahead'), ('closing', 'ahead')]
    assert case.read()['may']['edit'] and case.form('report')['editable'] and not case.form('review')['editable']
    assert case.now['values']['why'] == 'Not yet' and case.now['comment_count'] == 1
    assert case.now['modified_by']['name'] == 'Maker Works'
    comment, = case.site.api('GET', case.path + '/comments', by=site.alice, portal='acme', status=200).json()['data']
    assert comment['text'] == 'The amount is missing a receipt.' and comment['author']['name'] == 'Maker Works'
    change = site.api('GET', case.path + '/history', by=site.alice, portal='acme', status=200).json()['data'][0]
    assert change['act'] == 'go_to' and change['action'] == {
        'title': 'Send back', 'from': 'Review', 'to': 'Report', 'comment': 'The amount is missing a receipt.'}
    event = next(e for e in site.everything('/audit', action='instance.go_to') if e['object']['id'] == answer['id'])
    assert event['actor']['name'] == 'Clara Clerk' and {(c['field'], c['old'], c['new']) for c in event['changes']} == {
        ('form', 'Review', 'Report'), ('comment', None, 'The amount is missing a receipt.')}
    # It waits for Alice again and for Clara no more, and goes its way again with what the later form held.
    assert case.now['id'] in [i['id'] for i in site.api('GET', '/instances?waiting=true', by=site.alice, portal='acme').json()['data']]
    assert case.now['id'] not in [i['id'] for i in site.api('GET', '/instances?waiting=true', by=site.clara).json()['data']]
    refused(host.save('review', status=409, why='Late'), 'not-the-current-form')
    case.submit('report', amount=6)
    assert host.read()['may']['edit'] and host.now['values']['why'] == 'Not yet' and host.now['values']['amount'] == 6
    host.submit('review', verdict='accepted')


def test_owners_are_told(site):
    case, host = begun(site, subject='Told')
    before = {n['since'] for n in site.api('GET', '/notices', by=site.alice, portal='acme').json()['data']}
    host.post('/actions/back', {'comment': 'Why?'})
    case.read()
    notices = site.api('GET', '/notices', by=site.alice, portal='acme', status=200).json()['data']
    assert [n for n in notices if n['since'] not in before and case.path.rsplit('/', 1)[1] in json.dumps(n)], notices
    mails = [m for m in site.everything('/mail') if m['kind'] == 'assignment' and case.now['reference'] in m['subject']]
    assert any(m['to'] == 'alice@north.example' for m in mails), mails


def test_whoever_had_it_has_it_again(site):
    """Reassigned owners of the earlier form keep it; who is no longer chosen in its person field owns no later form by it."""
    world = site.world
    process = shared(site, [back(comment='none')], [back(form_owners=True, comment='none')])
    made = process.start(site.alice, subject='Passed on')
    case = Case(site, made, site.alice)
    case.post('/reassign', {'owners': [{'kind': 'member', 'id': world.bob}], 'mode': 'append'})
    bob = seen_by(case, site.bob)
    bob.submit('report', expert=[{'kind': 'member', 'id': world.bob}])
    host = seen_by(case, site.clara, console=True)
    assert [o['name'] for o in host.read()['forms'][2]['owners']] == ['Sales', 'Bob Example']
    host.post('/actions/back', {})
    assert bob.read()['may']['edit'] and case.read()['may']['edit']
    case.save('report', expert=[{'kind': 'member', 'id': world.alice}])
    assert [o['name'] for o in case.read()['forms'][2]['owners']] == ['Sales']
    case.submit('report')
    host.submit('review', verdict='accepted')
    assert [o['name'] for o in case.read()['forms'][2]['owners']] == ['Alice Example', 'Sales'] or \
        [o['name'] for o in case.now['forms'][2]['owners']] == ['Sales', 'Alice Example']
    case.post('/actions/back', {})
    assert case.read()['status'] == 'report'


def test_nobody_is_left_to_go_back_to(site):
    """A form whose owners are gone waits for nobody, and is found so."""
    case, host = begun(site, subject='Nobody')
    key = case.path.rsplit('/', 1)[1]
    seed = Seed(site.database)
    seed.sql("DELETE FROM instance_owners WHERE instance_id = '%s' AND form = 0 AND kind <> 'creator'" % key)
    seed.commit()
    host.post('/actions/back', {'comment': 'x'})
    assert key in [i['id'] for i in site.everything('/instances', stuck='true')]
    admin = seen_by(case, site.admin, console=True)
    admin.post('/reassign', {'owners': [{'kind': 'member', 'id': site.world.alice}]})
    case.submit('report')
    assert key not in [i['id'] for i in site.everything('/instances', stuck='true')]


def test_who_may(site):
    process = shared(site, [
        back(form_owners=False, granted_to={'partner_groups': ['Sales'], 'host_users': [site.world.cyril]}),
        {'name': 'work', 'title': 'Work on it', 'kind': 'edit', 'granted_to': {'partner_groups': ['Sales']}},
        {'name': 'pass', 'title': 'Pass on', 'kind': 'reassign', 'granted_to': {'partner': True}},
        {'name': 'nobody', 'title': 'Nobody', 'kind': 'go_to', 'form': 'report'}])
    case, host = begun(site, process)
    bob, carol = seen_by(case, site.bob), seen_by(case, site.carol)
    assert offered(case) == ['back', 'work', 'pass'] and case.now['may']['edit'] and case.now['may']['reassign']
    assert offered(bob) == ['pass'] and not bob.now['may']['edit'] and bob.now['may']['reassign']
    assert offered(host) == [] and host.now['may']['edit'] and host.now['may']['reassign']      # owns it
    carol.read(status=404)
    cyril = seen_by(case, site.cyril, console=True)
    cyril.read(status=404)      # an action shows nobody an instance
    seen_by(case, site.admin, console=True).post('/reassign', {
        'owners': [{'kind': 'host_user', 'id': site.world.cyril}], 'mode': 'append'})
    assert offered(cyril) == ['back']
    for who, what, status in ((bob, 'back', 403), (bob, 'nobody', 403), (host, 'back', 403), (bob, 'unheard_of', 404),
                              (case, 'nobody', 403), (case, 'pass', 400), (case, 'work', 400)):
        who.post('/actions/' + what, {'comment': 'x'}, status=status)
    case.save('review', why='By an action')
    bob.post('/reassign', {'owners': [{'kind': 'member', 'id': site.world.bob}], 'mode': 'append'})
    bob.save('review', why='As an owner')
    # Assigned: who does not see the form has no action of it.
    process.set(form_visibility='assigned')
    assert offered(case) == [] and not case.now['may']['edit'] and not case.now['may']['reassign']
    case.post('/actions/back', {'comment': 'x'}, status=404)
    # A share that was withdrawn gives nobody of the partner anything.
    site.api('DELETE', '/shared-processes/%s/partners/acme/%s' % (process.share, site.world.north), status=204)
    answer = site.api('POST', case.path + '/actions/back', {'comment': 'x'}, by=site.alice, portal='acme',
                      headers={'If-Match': case.now['etag']})
    assert answer.status == 404
    assert offered(cyril) == ['back']
    cyril.post('/actions/back', {'comment': 'The host may'})


def test_security_narrows(site):
    process = shared(site, [back(granted_to={'partner': True})], document={
        'security': {'mode': 'others_view', 'users': {'partner_groups': ['Sales'], 'host_users': []}}})
    made = process.start(site.alice, submit=True, subject='Secured')
    alice, bob = Case(site, made, site.alice), Case(site, made, site.bob)
    assert offered(alice) == ['back'] and offered(bob) == []
    bob.post('/actions/back', {'comment': 'x'}, status=403)
    host = Case(site, made, site.clara, console=True)
    assert offered(host) == []
    host.post('/actions/back', {'comment': 'x'}, status=403)
    alice.post('/actions/back', {'comment': 'x'})


def test_bad_input(site):
    case, host = begun(site, subject='Bad')
    silent = shared(site, [back(comment='none'), back(name='again', comment='optional')])
    other, quiet = begun(site, silent)
    before = site.database.digest(TABLES)
    for body in ({}, {'comment': ''}, {'comment': ' \n\t'}, {'comment': 'x' * 2001}, {'comment': 7}):
        refused(host.post('/actions/back', body, status=400), 'invalid', 'comment')
    refused(host.post('/actions/back', {'comment': 'x', 'to': 'closing'}, status=400), 'invalid', 'to')
    refused(quiet.post('/actions/back', {'comment': 'x'}, status=400), 'invalid', 'comment')
    for name in ('Back', 'back.', 'b' * 41, '%2e'):
        assert site.api('POST', host.path + '/actions/' + name, {'comment': 'x'}, by=site.clara,
                        headers={'If-Match': host.now['etag']}).status == 404
    assert site.api('POST', host.path + '/actions/back', {'comment': 'x'}, by=site.clara).status == 428
    assert site.api('POST', host.path + '/actions/back', {'comment': 'x'}, by=site.clara,
                    headers={'If-Match': '"99"'}).status == 412
    assert site.database.digest(TABLES) == before, 'a refused request changed something'
    quiet.post('/actions/again', {'comment': ' '})
    assert quiet.read()['comment_count'] == 0
    refused(quiet.post('/actions/again', {}, status=409), 'not-the-current-form')


def test_the_same_key_twice(site):
    case, host = begun(site, subject='Twice')
    etag = host.read()['etag']

    def send(key, comment='x'):
        return site.api('POST', host.path + '/actions/back', {'comment': comment}, by=site.clara,
                        headers={'If-Match': etag, 'Idempotency-Key': key})
    first, second = send('k-%s' % case.path), send('k-%s' % case.path)
    assert (first.status, second.status) == (200, 200) and first.json()['etag'] == second.json()['etag']
    assert case.read()['comment_count'] == 1
    assert send('k-%s' % case.path, 'y').status == 422 and send('other-%s' % case.path).status == 412


def test_documents(site):
    """What is refused with its place; export and import; references; differences in sentences."""
    process = site.api('POST', '/processes', {'name': 'documents-%d' % site.count, 'title': 'Documents'}, status=201).json()
    site.count += 1
    path = '/processes/' + process['id']

    def patch(actions, status=200):
        forms = copy.deepcopy(FORMS)
        forms[1]['owners'] = {'creator': True}
        forms[1]['actions'] = actions
        return site.api('PATCH', path, {'document': {'title': 'Documents', 'forms': forms}}, status=status).json()
    for wrong, place in (([back(form='review')], '0/form'), ([back(form='closing')], '0/form'), ([back(form='no')], '0/form'),
                         ([back(form=None)], '0/form'), ([back(kind='fly')], '0/kind'), ([back(), back()], '1/name'),
                         ([back(granted_to={'host_users': [site.world.alice]})], '0/granted_to/host_users/0'),
                         ([back(name='b%d' % n) for n in range(11)], '')):
        refused(patch(wrong, 400), 'invalid', ('document/forms/1/actions/' + place).rstrip('/'))
    patch([back(granted_to={'host_users': [site.world.cyril]})])
    saved = patch([back(granted_to={'partner_groups': ['Sales']}, title='Return'),
                   {'name': 'work', 'title': 'Work', 'kind': 'edit'}])
    assert saved['document']['forms'][1]['actions'][1] == {
        'name': 'work', 'title': 'Work', 'kind': 'edit', 'form_owners': False, 'form': None, 'comment': 'none', 'granted_to': {
            'partner': False, 'partner_groups': [], 'host_users': [], 'host_groups': []}}
    site.api('POST', path + '/publish', status=200, headers={'If-Match': saved['etag']})
    now = patch([back(title='Return', comment='optional', granted_to={'partner_groups': ['Sales'], 'host_users': [site.world.cyril]})])
    told = {d['sentence'] for d in site.api('GET', path + '/difference', status=200).json()['data']}
    assert told == {'The action "Return" of the form "Review": comment changed from "required" to "optional".',
                    'The action "Return" of the form "Review": who may take it changed from "Sales" to "Sales", 1 of the host.',
                    'The action "Work" of the form "Review" was removed.'}
    exported = site.api('GET', path + '/export', status=200).json()
    assert exported['document']['forms'][1]['actions'] == now['document']['forms'][1]['actions']
    gone = copy.deepcopy(exported)
    gone['document']['forms'][1]['actions'][0]['granted_to']['host_users'] = ['01900000-0000-7000-8000-000000000000']
    site.api('POST', '/processes/import', gone, status=400)
    brought = site.api('POST', '/processes/import?lenient=true', gone, status=201).json()
    assert brought['document']['forms'][1]['actions'][0]['granted_to']['host_users'] == []
    assert any('actions/0/granted_to' in said for said in brought['dropped'])


def test_a_submit_at_the_same_moment(site):
    """One wins, the other learns of it, and nothing is half done."""
    for number in range(6):
        case, host = begun(site, subject='Race %d' % number)
        key = case.path.rsplit('/', 1)[1]
        etag = host.read()['etag']
        sender = site.cyril if number % 2 else site.clara_too

        def submit():
            return site.api('PATCH', host.path, {'form': 'review', 'values': {'verdict': 'accepted'}, 'submit': True},
                            by=site.clara, headers={'If-Match': etag}).status

        def send_back():
            return site.api('POST', host.path + '/actions/back', {'comment': 'No'}, by=sender,
                            headers={'If-Match': etag}).status
        if number % 2:
            seen_by(case, site.admin, console=True).post('/reassign', {
                'owners': [{'kind': 'host_user', 'id': site.world.cyril}], 'mode': 'append'})
            etag = host.read()['etag']
        statuses = at_once(submit, send_back)
        assert sorted(statuses) == [200, 412], statuses
        now = case.read()
        went_back = statuses[1] == 200
        assert now['status'] == ('report' if went_back else 'closing') and now['comment_count'] == int(went_back)
        assert ('verdict' in now['values']) == (not went_back)
        rows = site.database.query("SELECT DISTINCT form FROM instance_owners WHERE instance_id = '%s' AND is_current = 1" % key)
        assert [int(row[0]) for row in rows] == [0 if went_back else 2]
        acts = [row[0] for row in site.database.query("SELECT act FROM instance_changes WHERE instance_id = '%s' ORDER BY id" % key)]
        assert acts.count('go_to') == int(went_back) and acts.count('submit') == 2 - int(went_back)

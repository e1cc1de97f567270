# SPDX-License-Identifier: Apache-2.0
"""Process security on its way through the server: documents, Send update, lists, notices, mail, comments. Who may what in each
mode is compared with the model in test_instance_model.py."""

import copy
import json

import pytest

import sites
from harness.processes import Case, Shared
from harness.scratch import wait_until
from harness.smtp import MailServer

pytestmark = sites.needs_module

UNKNOWN = '01900000-0000-7000-8000-000000000000'
NOBODY = {'partner': False, 'partner_groups': [], 'host_users': [], 'host_groups': []}


def users(**named):
    return dict(NOBODY, **named)


SALES = users(partner_groups=['sales'])


@pytest.fixture(scope='module')
def mailbox():
    server = MailServer()
    yield server
    server.stop()


@pytest.fixture(scope='module', params=sites.KINDS)
def site(folder, issuers, request, servers, mailbox):
    made = sites.make(request.param, folder, 'security-' + request.param, issuers, request, servers, mail=mailbox)
    for name in ('alice', 'bob', 'carol'):
        setattr(made, name, made.sign_in(name, portal='acme'))
    for name in ('manager', 'auditor', 'designer'):
        setattr(made, name, made.sign_in(name))
    made.count = 0
    made.mailbox = mailbox
    return made


FORMS = [
    {'name': 'report', 'title': 'Report', 'owners': {'creator': True}, 'fields': [
        {'name': 'subject', 'title': 'Subject', 'type': 'text', 'indexed': True}]},
    {'name': 'answer', 'title': 'Answer', 'owners': {'partner': True}, 'fields': [
        {'name': 'words', 'title': 'Words', 'type': 'text'}]}]


def shared(site, security, forms=None, **entry):
    """Alice, of the group Sales, and Bob are North's; Carol is South's."""
    site.count += 1
    document = dict({'security': security}, **entry.pop('document', {}))
    return Shared(site, 'secure-%d' % site.count, forms or FORMS, document=document,
                  partners=[('acme', site.world.north), ('acme', site.world.south)], **entry)


def secure(flow, mode, named):
    """Another version with that security, sent."""
    flow.save(security={'mode': mode, 'users': named})
    flow.publish()
    flow.send()


def get(site, path, by, portal='acme', status=200):
    return site.api('GET', path, by=by, portal=portal, status=status).json()


def listed(site, by, more='', portal='acme'):
    page = get(site, '/instances?limit=500&count=true' + more, by, portal)
    assert page['paging']['count'] == {'value': len(page['data']), 'at_least': False}
    return {item['id']: item for item in page['data']}


def noticed(site, by, portal='acme'):
    return {notice['instance_id'] for notice in get(site, '/notices?limit=500', by, portal)['data']}


def may(site, made, by):
    """"e d r c" as far as BY may edit, delete, reassign, comment; None if they do not see it."""
    answer = site.api('GET', '/instances/' + made['id'], by=by, portal='acme')
    if answer.status == 404:
        return None
    assert answer.status == 200
    return ''.join(act[0] for act in ('edit', 'delete', 'reassign', 'comment') if answer.json()['may'][act])


def test_each_mode_from_the_next_sending_on(site):
    flow = shared(site, {'mode': 'off', 'users': NOBODY})
    made = flow.start(site.bob, subject='Bob')
    other = flow.start(site.alice, subject='Alice', submit=True)    # its second form is everybody's of the partner

    def state():
        found = listed(site, site.bob)
        waiting = listed(site, site.bob, '&waiting=true')
        item = next((p for share in get(site, '/shared-processes', site.bob)['data'] if share['id'] == flow.share
                     for p in share['processes'] if p['process_id'] == flow.process), None)
        for it in (made, other):
            assert (it['id'] in found) == (may(site, it, site.bob) is not None)
            assert not (it['id'] in found and found[it['id']]['waiting']) or it['id'] in waiting
        assert (other['id'] in noticed(site, site.bob)) == (other['id'] in waiting)
        exported = site.api('GET', '/instances/export?process_id=%s&shared_process_id=%s' % (flow.process, flow.share),
                            by=site.bob, portal='acme', status=200).body
        body = exported.decode() if isinstance(exported, bytes) else exported
        assert (made['reference'] in body, other['reference'] in body) == (made['id'] in found, other['id'] in found)
        return {'create': item and item['may_create'], 'own': may(site, made, site.bob), 'other': may(site, other, site.bob),
                'waiting': sorted(x for x, it in (('own', made), ('other', other)) if it['id'] in waiting),
                'count': item and item['waiting']}

    everything = {'create': True, 'own': 'edrc', 'other': 'erc', 'waiting': ['other', 'own'], 'count': 2}
    assert state() == everything
    flow.save(security={'mode': 'only', 'users': SALES})
    flow.publish()
    assert state() == everything, 'nothing before it is sent'
    flow.send()
    assert state() == {'create': None, 'own': None, 'other': None, 'waiting': [], 'count': None}
    flow.start(site.bob, status=404)
    assert may(site, other, site.alice) == 'edrc' and made['id'] in listed(site, site.alice)
    secure(flow, 'others_view', SALES)
    assert state() == {'create': False, 'own': '', 'other': '', 'waiting': [], 'count': 0}
    assert 'security users' in flow.start(site.bob, status=403)['detail']
    site.api('POST', '/instances/%s/comments' % made['id'], {'text': 'x'}, by=site.bob, portal='acme', status=403)
    get(site, '/instances/%s/comments' % made['id'], site.bob)
    secure(flow, 'assigned', SALES)
    assert state() == {'create': False, 'own': 'edrc', 'other': 'erc', 'waiting': ['other', 'own'], 'count': 2}
    secure(flow, 'only', users(partner_groups=['Ghosts']))
    assert state()['own'] is None and may(site, other, site.alice) is None
    secure(flow, 'only', users(partner=True))
    assert state() == everything
    for by in (site.auditor, site.admin):
        assert get(site, '/portals/acme/instances/' + made['id'], by, portal=None)['id'] == made['id']


def test_all_forms_do_not_show_the_instances_of_others(site):
    flow = shared(site, {'mode': 'assigned', 'users': SALES}, FORMS[:1])
    made = flow.start(site.alice, subject='Alice')
    assert may(site, made, site.alice) and may(site, made, site.bob) is None
    assert made['id'] not in listed(site, site.bob)
    for path in ('', '/comments', '/history'):
        hidden = get(site, '/instances/%s%s' % (made['id'], path), site.bob, status=404)
        nothing = get(site, '/instances/%s%s' % (UNKNOWN, path), site.bob, status=404)
        assert dict(hidden, request_id='') == dict(nothing, request_id='')


def test_the_rule_of_deletion(site):
    flow = shared(site, {'mode': 'off', 'users': SALES}, document={'delete_rule': 'security_users'})
    made = flow.start(site.bob, subject='x')
    assert 'd' not in may(site, made, site.bob) and 'd' in may(site, made, site.alice)
    Case(site, made, site.bob).delete(status=403)
    with flow.with_entry(allow_delete=False):
        assert 'd' not in may(site, made, site.alice)
    Case(site, made, site.alice).delete()


def test_send_update_shows_names_and_people(site):
    flow = shared(site, {'mode': 'off', 'users': NOBODY})
    flow.save(security={'mode': 'only', 'users': users(partner_groups=['Sales', 'Ghosts'])})
    flow.publish()
    preview = site.api('POST', '/shared-processes/%s/preview-update' % flow.share, {'all': True}, status=200).json()
    north, south = sorted(preview['updates'], key=lambda update: update['partner_name'])
    assert north['unbound_groups'] == south['unbound_groups'] == ['Ghosts']
    assert (north['gaining'], north['losing']) == (0, 1) and (south['gaining'], south['losing']) == (0, 1)     # bob; carol
    assert [c['sentence'] for c in north['changes'] if 'security' in c['sentence']] != []
    share = site.api('GET', '/shared-processes/' + flow.share, status=200).json()
    assert sorted(share['processes'][0]['owner_groups']) == ['Ghosts', 'Sales']
    difference = site.api('GET', '/processes/%s/difference?from=1.0&to=2.0' % flow.process, status=200).json()['data']
    assert [entry['sentence'] for entry in difference] == [
        'The process: security changed from "off" to "security users only", its users are "Sales", "Ghosts".']


def test_owners_of_the_host(site):
    forms = copy.deepcopy(FORMS)
    forms[1]['owners'] = {'host_users': [site.world.designer]}
    flow = shared(site, {'mode': 'off', 'users': NOBODY}, forms)
    made = flow.start(site.alice, subject='x', submit=True)
    path = '/portals/acme/instances/' + made['id']

    def seen():
        found = listed(site, site.designer, portal=None)
        waits = listed(site, site.designer, '&waiting=true', portal=None)
        answer = site.api('GET', path, by=site.designer)
        assert (made['id'] in found) == (answer.status == 200)
        assert (made['id'] in waits) == (made['id'] in noticed(site, site.designer, None))
        assert made['id'] not in found or found[made['id']]['waiting'] == (made['id'] in waits)
        return (answer.status, made['id'] in waits, answer.status == 200 and answer.json()['may']['edit'])
    assert seen() == (200, True, True)
    secure(flow, 'others_view', users(partner=True))
    assert seen() == (200, False, False)
    secure(flow, 'only', users(partner=True))
    assert seen() == (404, False, False)
    secure(flow, 'only', users(partner=True, host_users=[site.world.designer]))
    assert seen() == (200, True, True)
    secure(flow, 'only', NOBODY)
    assert seen() == (404, False, False)
    process = site.api('GET', '/processes/' + flow.process, status=200).json()
    site.api('PATCH', '/processes/' + flow.process, {'administrators': [
        {'kind': 'host_user', 'id': site.world.designer}]}, status=200, headers={'If-Match': process['etag']})
    assert seen() == (200, False, False), 'an administrator of the process looks after it'


def test_a_form_is_given_only_to_who_may_work(site):
    flow = shared(site, {'mode': 'others_view', 'users': users(partner_groups=['Sales'], host_users=[site.world.designer])})
    made = flow.start(site.alice, subject='x', submit=True)
    world, path = site.world, '/instances/%s' % made['id']
    of_sales = site.api('POST', '/portals/acme/groups', {'name': 'Both %d' % site.count}, status=201).json()['id']
    none_of_sales = site.api('POST', '/portals/acme/groups', {'name': 'Others %d' % site.count}, status=201).json()['id']
    for group, people in ((of_sales, (world.alice, world.bob)), (none_of_sales, (world.bob,))):
        for member in people:
            site.api('PUT', '/portals/acme/groups/%s/members/%s' % (group, member), status=204)

    def give(by, portal, kind, principal):
        address = ('/portals/acme' if portal is None else '') + path
        now = site.api('GET', address, by=by, portal=portal, status=200).json()
        body = {'form': 'answer', 'owners': [{'kind': kind, 'id': principal}]}
        answer = site.api('POST', address + '/reassign', body, by=by, portal=portal, headers={'If-Match': now['etag']})
        if answer.status == 200:
            return True
        assert (answer.status, answer.json()['field']) == (400, 'owners/0/id'), answer.body
        assert 'security users' in answer.json()['detail']
        again = site.api('GET', address, by=by, portal=portal, status=200).json()
        assert again['etag'] == now['etag'], 'nothing is written'
        return False

    for by, portal in ((site.alice, 'acme'), (site.admin, None)):
        for kind, principal, expected in (
                ('member', world.bob, False), ('member', world.alice, True), ('group', none_of_sales, False),
                ('group', of_sales, True), ('group', world.sales, True), ('partner', None, True)):
            assert give(by, portal, kind, principal) == expected, (portal, kind, principal)
    assert give(site.admin, None, 'host_user', world.designer)
    assert not give(site.admin, None, 'host_user', world.manager)
    secure(flow, 'others_view', users(host_users=[world.designer]))
    assert not give(site.admin, None, 'partner', None), 'nobody of the partner may work'
    secure(flow, 'off', NOBODY)
    assert give(site.admin, None, 'member', world.bob) and give(site.admin, None, 'host_user', world.manager)


def test_no_mail_to_who_may_not_work(site):
    flow = shared(site, {'mode': 'others_view', 'users': SALES})
    site.mailbox.reset()
    made = flow.start(site.alice, subject='x', submit=True)
    other = shared(site, {'mode': 'off', 'users': NOBODY}).start(site.alice, subject='x', submit=True)
    # Alice's own act tells her nothing; Bob hears of the other one only, which comes after it.
    wait_until(lambda: [m for m in site.mailbox.to('bob@north.example') if other['reference'] in m.subject], 20, 'the mail')
    wait_until(lambda: not [m for m in site.everything('/mail') if made['reference'] in m['subject']], 20,
               'the mail that is not sent')
    assert not [m for m in site.mailbox.messages if made['reference'] in m.subject]


def test_documents(site):
    flow = shared(site, {'mode': 'assigned', 'users': users(partner_groups=['Sales'], host_users=[site.world.designer])})
    process = site.api('GET', '/processes/' + flow.process, status=200).json()
    assert process['document']['security'] == {
        'mode': 'assigned', 'users': users(partner_groups=['Sales'], host_users=[site.world.designer])}
    for security, field in (({'mode': 'most'}, 'mode'), ({'users': {'creator': True}}, 'users/creator'),
                            ({'users': {'host_users': [UNKNOWN]}}, 'users/host_users/0'),
                            ({'users': {'host_groups': [UNKNOWN]}}, 'users/host_groups/0')):
        problem = site.api('PATCH', '/processes/' + flow.process, {'document': dict(process['document'], security=security)},
                           status=400).json()
        assert problem['field'] == 'document/security/' + field
    exported = site.api('GET', '/processes/%s/export' % flow.process, status=200).json()
    assert exported['document']['security'] == process['document']['security']
    again = site.api('POST', '/processes/import', exported, status=201).json()
    assert again['document']['security'] == process['document']['security']
    foreign = json.loads(json.dumps(exported).replace(site.world.designer, UNKNOWN))
    site.api('POST', '/processes/import', foreign, status=400)
    lenient = site.api('POST', '/processes/import?lenient=true', foreign, status=201).json()
    assert lenient['document']['security'] == {'mode': 'assigned', 'users': users(partner_groups=['Sales'])}
    assert lenient['dropped'] == ['security/users/host_users/0: there is no such host user.']

# SPDX-License-Identifier: Apache-2.0
"""What the resources of the console do: lists, changes, counts, explanations, the audit trail."""

import pytest

import sites
from harness.seed import Seed, now
from test_authorization import browser_of, image_thing

pytestmark = sites.needs_module

ACME = '/portals/acme'


@pytest.fixture(scope='module', params=sites.KINDS)
def site(folder, issuers, request, servers):
    made = sites.make(request.param, folder, 'api-' + request.param, issuers, request, servers)
    made.browsers = {}
    return made


def get(site, path, **kw):
    return site.api('GET', path, status=200, **kw).json()


def post(site, path, status=200, **body):
    return site.api('POST', path, body or None, status=status).json()


def names(items, key='name'):
    return [item[key] for item in items]


# -- session, first run, settings ---------------------------------------------------------------------------

def test_sessions(site):
    session = get(site, '/session')
    assert session['side'] == 'console' and session['user']['email'] == 'admin@host.example'
    assert 'portals_write' in session['rights'] and 'settings_write' in session['rights']
    assert session['portal_url_template'] == site.url('{technical_name}', '').rstrip('/')
    designer = get(site, '/session', by=browser_of(site, 'console', 'designer'))
    assert designer['rights'] == ['console', 'dashboards_read', 'dashboards_write', 'processes_read', 'processes_write']
    alice = browser_of(site, 'portal', 'editor')
    session = get(site, '/session', by=alice, portal='acme')
    assert session['side'] == 'portal' and session['portal']['technical_name'] == 'acme'
    assert session['member']['groups'] == ['All Acme users', 'Sales']
    changed = site.api('PATCH', '/me', {'first_name': 'Alicia', 'locale': 'de'}, by=alice, portal='acme', status=200)
    assert changed.json()['first_name'] == 'Alicia'
    assert get(site, '/session', by=alice, portal='acme')['member']['locale'] == 'de'
    assert site.api('PATCH', '/me', {'role': 'viewer'}, by=alice, portal='acme').status == 400


def test_settings_and_first_run(site):
    site.api('PATCH', '/settings', {'name': 'Example Works', 'contact': {'email': 'help@host.example'}}, status=200)
    settings = get(site, '/settings')
    assert settings['contact']['email'] == 'help@host.example' and settings['portal_domain'] == 'portals.example'
    assert [i['issuer'] for i in settings['issuers']] == [i.url for i in site.issuers]
    steps = {step['id']: step['done'] for step in get(site, '/first-run')['steps']}
    assert steps['organisation_named'] and steps['portal_created'] and steps['dashboard_placed']
    portal = site.make_portal('brandnew')
    assert portal['contact']['email'] == 'help@host.example'
    steps = {step['id']: step['done'] for step in get(site, '/portals/brandnew/first-run')['steps']}
    assert not any(steps.values())


# -- portals ------------------------------------------------------------------------------------------------

def test_portals_are_listed_page_by_page(site):
    for number in range(7):
        post(site, '/portals', 201, technical_name='page%d' % number, name='Page %d' % (6 - number))
    items = site.everything('/portals', q='page', limit=2)
    assert names(items) == ['Page %d' % n for n in range(7)]
    items = site.everything('/portals', q='PAGE', limit=3, sort='-technical_name')
    assert names(items, 'technical_name') == ['page%d' % n for n in reversed(range(7))]
    assert 'closed' in names(site.everything('/portals', state='suspended'), 'technical_name')
    assert 'gone' not in names(site.everything('/portals'), 'technical_name')


def test_a_portal_from_the_first_to_the_last_day(site):
    portal = site.make_portal('lifetime', color='#AABBCC')
    assert portal['url'] == site.url('lifetime', '').rstrip('/')
    assert portal['redirect_uri'] == portal['url'] + '/oidc/callback'
    assert portal['automatic_group']['name'] == 'All Lifetime users'
    assert site.browser().get(site.url('lifetime', '/login')).status in (200, 302)
    for act, status in (('suspend', 404), ('resume', 302)):
        assert post(site, '/portals/lifetime/' + act)['state'] == ('suspended' if act == 'suspend' else 'active')
        assert site.browser().get(site.url('lifetime', '/')).status == status
        assert site.api('POST', '/portals/lifetime/' + act).status == 409
    deleted = site.admin.delete(site.url(None, '/api/v1/portals/lifetime?confirm=lifetime'),
                                headers={'If-Match': get(site, '/portals/lifetime')['etag']})
    assert deleted.status == 204
    assert site.browser().get(site.url('lifetime', '/')).status == 404
    assert site.api('GET', '/portals/lifetime').status == 404
    assert not get(site, '/technical-name?technical_name=lifetime')['available']


def test_technical_names(site):
    check = get(site, '/technical-name?name=M%C3%BCller+%26+S%C3%B6hne')
    assert check['available'] and check['technical_name'] == check['suggestion'] == 'mueller-soehne'
    check = get(site, '/technical-name?technical_name=acme')
    assert not check['available'] and check['reason'] and check['suggestion'] not in (None, 'acme')
    assert get(site, '/technical-name?technical_name=' + check['suggestion'])['available']
    for wrong in ('www', 'xn--a', '-a', 'A', 'a.b'):
        check = get(site, '/technical-name?technical_name=' + wrong)
        assert not check['available'] and check['reason'], check


def test_issuers(site):
    site.make_portal('issuing')
    listed = get(site, '/portals/issuing/issuers')['data']
    assert [i['issuer'] for i in listed] == [i.url for i in site.issuers]
    one = [dict(listed[0], label='Only this')]
    assert site.api('PUT', '/portals/issuing/issuers', {'data': one}, status=200).json()['data'] == one
    assert get(site, '/portals/issuing')['issuers'] == one
    for wrong in ([], one * 2, one * 9):
        assert site.api('PUT', '/portals/issuing/issuers', {'data': wrong}).status == 400


# -- partners, members, groups ------------------------------------------------------------------------------

def test_partners(site):
    made = post(site, ACME + '/partners', 201, name='Umbra', country='AT', city='Graz')
    path = ACME + '/partners/' + made['id']
    assert made['state'] == 'pending' and made['member_count'] == 0
    assert site.api('POST', ACME + '/partners', {'name': 'umbra'}).status == 409
    assert site.api('PATCH', path, {'name': 'North'}).status == 409
    assert site.api('PATCH', path, {'country': ''}, status=200).json()['country'] == ''
    assert post(site, path + '/suspend')['state'] == 'suspended'
    assert post(site, path + '/resume')['state'] == 'pending'
    impact = get(site, '%s/partners/%s/impact?act=delete' % (ACME, site.world.south))
    assert (impact['members'], impact['partners']) == (1, 1) and '1 person' in impact['sentence']
    assert site.api('DELETE', path).status == 204
    assert site.api('GET', path).status == 404
    post(site, ACME + '/partners', 201, name='Umbra')


def test_members(site):
    world = site.world
    body = {'email': 'Hana@North.example', 'role': 'viewer', 'partner_id': world.north, 'groups': [world.sales]}
    made = post(site, ACME + '/members', 201, **body)
    path = ACME + '/members/' + made['id']
    assert (made['state'], made['invitation']['state'], names(made['groups'])) == ('invited', 'pending', ['Sales'])
    assert made['groups'][0]['sources'] == ['console']
    again = site.api('POST', ACME + '/members', dict(body, email='hana@north.example'))
    assert again.status == 409 and again.json()['type'] == 'urn:b2bportal:already-invited'
    changed = site.api('PATCH', path, {'role': 'editor', 'partner_id': world.south, 'groups': [], 'last_name': 'Ito',
                                       'valid_until': '2030-01-01T00:00:00Z', 'sponsor': world.manager}, status=200).json()
    assert (changed['role'], changed['partner_name'], changed['groups']) == ('editor', 'South', [])
    assert changed['valid_until'] == '2030-01-01T00:00:00.000Z' and changed['sponsor']['id'] == world.manager
    for wrong in ({'partner_id': world.globex_south}, {'groups': [world.globex_sales]}, {'sponsor': world.alice}):
        answer = site.api('PATCH', path, wrong)
        assert answer.status == 400 and answer.json()['field'].startswith(list(wrong)[0]), answer
    assert post(site, path + '/suspend')['state'] == 'suspended'
    assert post(site, path + '/resume')['state'] == 'invited'
    assert site.api('DELETE', path).status == 204
    assert site.api('GET', path).status == 404
    back = post(site, ACME + '/members', 201, **dict(body, groups=[]))
    assert back['id'] == made['id'] and back['groups'] == []


def test_members_are_found(site):
    def emails(**filters):
        return [m['email'] for m in site.everything(ACME + '/members', limit=2, **filters)]
    world = site.world
    assert emails() == sorted(emails(), key=str.lower) and len(emails()) == len(set(emails()))
    assert emails(sort='-email') == emails()[::-1]
    assert 'alice@north.example' in emails(q='ALICE') and 'bob@north.example' not in emails(q='ALICE')
    assert set(emails(group_id=world.sales)) >= {'alice@north.example', 'dave@south.example'}
    assert 'erin@north.example' in emails(state='suspended')
    assert emails(partner_id=world.globex_south) == []
    assert set(emails(role='partner_administrator')) == {'carol@south.example'}
    automatic = get(site, ACME)['automatic_group']['id']
    assert set(emails(group_id=automatic)) == set(emails(state='active'))
    for sort in ('last_name', '-last_name', 'last_sign_in_at', '-last_sign_in_at', 'created_at', '-created_at'):
        assert sorted(emails(sort=sort)) == sorted(emails())


def test_bulk(site):
    world = site.world
    ids = [post(site, ACME + '/members', 201, email='bulk%d@north.example' % n, role='viewer',
                partner_id=world.north)['id'] for n in range(3)]
    foreign = [world.carol_globex, '01900000-0000-7000-8000-000000000000']

    def bulk(act, which=ids + foreign, **more):
        return [item['status'] for item in post(site, ACME + '/members/bulk', act=act, ids=which, **more)['data']]
    assert bulk('suspend') == [200, 200, 200, 404, 404]
    assert bulk('suspend') == [409, 409, 409, 404, 404]
    assert bulk('resume', ids[:2]) == [200, 200]
    assert bulk('set_role', role='editor') == [200, 200, 200, 404, 404]
    assert bulk('add_group', group_id=world.empty) == [200, 200, 200, 404, 404]
    assert bulk('remove_group', ids[:1], group_id=world.empty) == [200]
    assert bulk('set_partner', ids[:1], partner_id=world.south) == [200]
    assert bulk('resend_invitation', ids[:2]) == [200, 200]
    members = [get(site, '%s/members/%s' % (ACME, key)) for key in ids]
    assert [m['role'] for m in members] == ['editor'] * 3
    assert [names(m['groups']) for m in members] == [[], ['Empty'], ['Empty']]
    assert [m['partner_name'] for m in members] == ['South', 'North', 'North']
    assert bulk('remove') == [200, 200, 200, 404, 404]
    for wrong in ({'act': 'set_role'}, {'act': 'add_group', 'group_id': world.globex_sales},
                  {'act': 'set_partner', 'partner_id': world.globex_south}, {'act': 'explode'}):
        assert site.api('POST', ACME + '/members/bulk', dict(wrong, ids=ids)).status == 400
    key = {'Idempotency-Key': 'bulk-once'}
    once = site.api('POST', ACME + '/members/bulk', {'act': 'suspend', 'ids': [world.bob]}, headers=key, status=200)
    twice = site.api('POST', ACME + '/members/bulk', {'act': 'suspend', 'ids': [world.bob]}, headers=key, status=200)
    assert once.json() == twice.json() and once.json()['data'][0]['status'] == 200
    assert bulk('resume', [world.bob]) == [200]


def test_groups(site):
    world = site.world
    listed = get(site, ACME + '/groups')['data']
    assert listed[0]['automatic'] and listed[0]['name'] == 'All Acme users'
    members = site.everything('%s/groups/%s/members' % (ACME, listed[0]['id']))
    assert listed[0]['member_count'] == len(members)
    assert {m['email'] for m in members} >= {'alice@north.example', 'bob@north.example', 'carol@south.example'}
    made = post(site, ACME + '/groups', 201, name='Buyers')
    path = ACME + '/groups/' + made['id']
    for taken in ('buyers', 'All Acme users'):
        assert site.api('POST', ACME + '/groups', {'name': taken}).status == 409
    for _ in range(2):
        assert site.api('PUT', '%s/members/%s' % (path, world.alice), match=False).status == 204
    members = get(site, path + '/members')['data']
    assert names(members, 'email') == ['alice@north.example'] and members[0]['sources'] == ['console']
    assert site.api('DELETE', '%s/members/%s' % (path, world.alice), match=False).status == 204
    assert get(site, path)['member_count'] == 0
    assert site.api('PATCH', path, {'name': 'Purchasing'}, status=200).json()['name'] == 'Purchasing'
    assert site.api('DELETE', path).status == 204


def test_what_other_sources_gave_stays(site):
    """The console takes back what the console gave (S5)."""
    world = site.world
    seed = Seed(site.database)
    seed.insert('group_members', portal_id=world.acme, group_id=world.sales, member_id=world.alice, source='scim')
    seed.commit()
    path = '%s/members/%s' % (ACME, world.alice)
    assert get(site, path)['groups'][1]['sources'] == ['console', 'scim']
    changed = site.api('PATCH', path, {'groups': []}, status=200).json()
    assert changed['groups'][1] == {'id': world.sales, 'name': 'Sales', 'automatic': False, 'sources': ['scim']}
    seed.sql("DELETE FROM group_members WHERE source = 'scim'")
    seed.commit()
    site.api('PATCH', path, {'groups': [world.sales]}, status=200)


# -- invitations --------------------------------------------------------------------------------------------

def test_many_addresses_at_once(site):
    world = site.world
    addresses = ['first@north.example', 'FIRST@north.example', 'no address', 'alice@north.example', 'erin@north.example',
                 'second@north.example']
    answer = post(site, ACME + '/invitations', addresses=[{'email': a} for a in addresses], role='viewer',
                  partner_id=world.north, groups=[world.sales], message='Hello\nthere')
    assert [r['result'] for r in answer['data']] == ['invited', 'repeated', 'invalid', 'already_member', 'suspended',
                                                     'invited']
    assert [r['email'] for r in answer['data']] == addresses
    again = post(site, ACME + '/invitations', addresses=[{'email': addresses[0]}], role='viewer', partner_id=world.north)
    assert again['data'][0]['result'] == 'already_invited' and again['data'][0]['detail']
    invitation = get(site, ACME + '/invitations/' + answer['data'][0]['invitation_id'])
    assert invitation['state'] == 'pending' and invitation['invited_by']['id'] == world.admin
    assert invitation['delivery']['state'] in ('queued', 'sending', 'none')
    path = ACME + '/invitations/' + invitation['id']
    assert '/invitation?token=' in post(site, path + '/link')['url']
    assert post(site, path + '/revoke')['state'] == 'revoked'
    for act in ('revoke', 'resend', 'link'):
        assert site.api('POST', '%s/%s' % (path, act)).status == 409
    listed = site.everything(ACME + '/invitations', state='pending', q='second', limit=1)
    assert names(listed, 'email') == ['second@north.example']
    wrong = {'addresses': [{'email': 'x@north.example'}], 'role': 'viewer', 'partner_id': world.globex_south}
    assert site.api('POST', ACME + '/invitations', wrong).status == 400
    assert not site.everything(ACME + '/members', q='x@north.example')


# -- dashboards and placements ------------------------------------------------------------------------------

def test_dashboards_from_draft_to_portal(site):
    picture = image_thing(site)
    widgets = [{'type': 'rich_text', 'width': 12, 'blocks': [{'type': 'paragraph', 'content': [{'text': 'One'}]}]},
               {'type': 'image', 'width': 6, 'file': picture, 'alt': ''}]
    made = post(site, '/dashboards', 201, kind='page', title='News', widgets=widgets)
    path = '/dashboards/' + made['id']
    assert made['published_version'] is None and made['widgets'] == widgets
    placing = {'dashboard_id': made['id'], 'name': 'News', 'security': {'everyone': True, 'groups': []}}
    assert site.api('POST', ACME + '/placements', placing).status == 400        # nothing is published yet
    assert post(site, path + '/publish')['published_version'] == 1
    assert site.api('POST', path + '/publish').status == 409                     # nothing changed
    placed = post(site, ACME + '/placements', 201, **placing)
    alice = browser_of(site, 'portal', 'editor')
    assert get(site, '/dashboards/' + placed['id'], by=alice, portal='acme')['widgets'] == widgets
    site.api('PATCH', path, {'widgets': [], 'title': 'Newer'}, status=200)
    assert get(site, path)['draft_changed']
    assert post(site, path + '/publish')['published_version'] == 2
    seen = get(site, '/dashboards/' + placed['id'], by=alice, portal='acme')
    assert seen['title'] == 'News' and seen['widgets'] == widgets                # what was placed, until placed again
    assert get(site, ACME + '/placements/' + placed['id'])['published_version'] == 2
    site.api('PATCH', ACME + '/placements/' + placed['id'], {'version': 2}, status=200)
    assert get(site, '/dashboards/' + placed['id'], by=alice, portal='acme')['widgets'] == []
    assert names(get(site, path + '/versions')['data'], 'title') == ['Newer', 'News']
    assert get(site, path + '/versions/1')['published_by']['id'] == site.world.admin
    assert get(site, path + '/impact?act=delete')['placements'] == 1
    assert site.api('DELETE', path).status == 204
    assert site.api('GET', '/dashboards/' + placed['id'], by=alice, portal='acme').status == 404
    for wrong in ({'kind': 'link', 'title': 'L'}, {'kind': 'page', 'title': 'P', 'target': '/x/'},
                  {'kind': 'link', 'title': 'L', 'target': '/x/', 'widgets': widgets[:1]},
                  {'kind': 'page', 'title': 'P', 'widgets': [dict(widgets[1], file='f' * 64)]}):
        assert site.api('POST', '/dashboards', wrong).status == 400, wrong


def access(site, placement):
    return {item['email']: item['allowed'] for item in site.everything('%s/placements/%s/access' % (ACME, placement))}


def test_impact_counts_are_true(site):
    """What the sentence said is what happens: compared with the explanation before and after."""
    world = site.world
    made = post(site, ACME + '/placements', 201, dashboard_id=world.figures, name='Counted',
                security={'everyone': False, 'groups': [world.sales]})
    path = ACME + '/placements/' + made['id']
    for change in ({'everyone': True, 'groups': []}, {'everyone': False, 'groups': []},
                   {'everyone': False, 'groups': [world.sales, world.empty]}, {'everyone': True, 'partner_id': world.south}):
        partner = change.pop('partner_id', None)
        query = '?placement=%s&act=save&everyone=%s&groups=%s' % (made['id'], str(change['everyone']).lower(),
                                                                  ','.join(change.get('groups', [])))
        impact = get(site, ACME + '/placements/impact' + query + ('&partner_id=' + partner if partner else ''))
        before = access(site, made['id'])
        site.api('PATCH', path, {'security': dict({'groups': []}, **change), 'partner_id': partner}, status=200)
        after = access(site, made['id'])
        lost = [m for m in before if before[m] and not after[m]]
        gained = [m for m in before if after[m] and not before[m]]
        assert (impact['members'], impact['gaining']) == (len(lost), len(gained)), (change, impact, lost, gained)
    impact = get(site, '%s/placements/impact?placement=%s&act=delete' % (ACME, made['id']))
    assert impact['members'] == sum(access(site, made['id']).values())


def test_explanations(site):
    world = site.world

    def reasons(member):
        answer = get(site, '%s/members/%s/access' % (ACME, member))
        assert answer['shared_processes'] == []
        return answer['portal'], {item['name']: item for item in answer['data']}
    portal, things = reasons(world.alice)
    assert portal['allowed'] and things['Manuals']['allowed'] and things['Figures']['allowed']
    assert not things['Nobody']['allowed'] and not things['South only']['allowed']
    assert things['Nobody']['reason']['id'] != things['South only']['reason']['id']
    for member in (world.erin, world.dave):
        portal, things = reasons(member)
        assert not portal['allowed'] and portal['reason']['sentence']
        assert not any(item['allowed'] for item in things.values())
    allowed = {email for email, may in access(site, world.placed_figures).items() if may}
    assert allowed == {'alice@north.example'}
    only = site.everything('%s/placements/%s/access' % (ACME, world.placed_figures), allowed='true')
    assert names(only, 'email') == ['alice@north.example']
    expired = Seed(site.database)
    expired.sql("UPDATE members SET valid_until = %d WHERE id = '%s'" % (now() - 1, world.alice))
    expired.commit()
    assert not reasons(world.alice)[0]['allowed']
    expired.sql("UPDATE members SET valid_until = NULL WHERE id = '%s'" % world.alice)
    expired.commit()


# -- host users, audit, search, preview ---------------------------------------------------------------------

def test_host_users(site):
    made = post(site, '/host/users', 201, email='Nora@host.example', roles=['user', 'designer'])
    path = '/host/users/' + made['id']
    assert made['state'] == 'pending' and made['roles'] == ['designer', 'user']
    assert site.api('POST', '/host/users', {'email': 'nora@host.example', 'roles': ['user']}).status == 409
    for wrong in ([], ['user', 'user'], ['root'], 'user'):
        assert site.api('PATCH', path, {'roles': wrong}).status == 400
    group = post(site, '/host/groups', 201, name='Team')
    changed = site.api('PATCH', path, {'roles': ['auditor'], 'groups': [group['id']], 'locale': 'de-AT'}, status=200).json()
    assert (changed['roles'], names(changed['groups'])) == (['auditor'], ['Team'])
    assert names(get(site, '/host/groups/%s/members' % group['id'])['data'], 'email') == ['Nora@host.example']
    assert post(site, path + '/suspend')['state'] == 'suspended'
    assert post(site, path + '/resume')['state'] == 'pending'
    assert site.api('DELETE', path).status == 204
    assert names(site.everything('/host/users', role='partner_manager'), 'email') == ['manager@host.example']


def test_a_sponsor_takes_access_along(site):
    world = site.world
    sponsor = post(site, '/host/users', 201, email='Sponsor@host.example', roles=['user'])
    path = '/host/users/' + sponsor['id']
    assert get(site, path + '/impact?act=suspend')['members'] == 0
    bob = ACME + '/members/' + world.bob
    site.api('PATCH', bob, {'sponsor': sponsor['id']}, status=200)
    impact = get(site, path + '/impact?act=delete')
    assert (impact['act'], impact['members'], impact['portals']) == ('delete', 1, 1) and '1 member ' in impact['sentence']
    member = site.sign_in('bob', 'acme')
    assert site.api('GET', '/session', by=member, portal='acme').status == 200
    post(site, path + '/suspend')
    assert site.api('GET', '/session', by=member, portal='acme').status == 403
    assert member.get(site.url('acme', '/member/a.txt')).status == 403
    assert get(site, bob)['sponsor'] == {'id': sponsor['id'], 'name': 'Sponsor@host.example', 'state': 'suspended'}
    assert get(site, bob)['state'] == 'active'
    told = get(site, bob + '/access')
    assert told['portal']['reason']['id'] == 'sponsor-not-active' and not told['portal']['allowed']
    refused = [e for e in site.everything(ACME + '/audit') if e['actor']['id'] == world.bob and e['outcome'] == 'refused']
    assert refused and {e['reason'] for e in refused} == {'sponsor-not-active'}
    assert site.api('DELETE', path).status == 204
    assert get(site, bob)['sponsor']['state'] == 'removed'
    # The rest of a member stays changeable; nobody new is given a sponsor who is gone.
    site.api('PATCH', bob, {'last_name': 'Baker'}, status=200)
    assert site.api('GET', '/session', by=member, portal='acme').status == 403
    assert site.api('PATCH', ACME + '/members/' + world.alice, {'sponsor': sponsor['id']}).status == 400
    site.api('PATCH', bob, {'sponsor': None}, status=200)
    assert site.api('GET', '/session', by=member, portal='acme').status == 200


def test_the_last_administrator_stays(site):
    path = '/host/users/' + site.world.admin
    for answer in (site.api('PATCH', path, {'roles': ['user']}), site.api('POST', path + '/suspend'),
                   site.api('DELETE', path)):
        assert answer.status == 409 and answer.json()['type'] == 'urn:b2bportal:last-administrator', answer
    assert get(site, '/session')['user']['roles'] == ['administrator']


def test_every_act_is_in_the_trail(site):
    group = post(site, ACME + '/groups', 201, name='Traced')
    path = ACME + '/groups/' + group['id']
    site.api('PATCH', path, {'name': 'Traced 2'}, status=200)
    site.api('PATCH', path, {'name': 'Traced 2'}, status=200)       # changes nothing, so nothing is told
    site.api('DELETE', path, status=204)
    events = site.everything(ACME + '/audit', object=group['id'])
    assert names(events, 'action') == ['group.delete', 'group.update', 'group.create']
    assert events[1]['changes'] == [{'field': 'name', 'old': 'Traced', 'new': 'Traced 2'}]
    for event in events:
        assert event['actor'] == {'kind': 'host_user', 'id': site.world.admin, 'name': event['actor']['name']}
        assert event['portal'] == 'acme' and event['request_id'] and event['outcome'] == 'done'
    assert names(site.everything('/audit', action='group.', object=group['id'], limit=1), 'id') == names(events, 'id')
    # Refused by its state: no act, no event.
    before = len(site.everything('/audit'))
    assert site.api('POST', ACME + '/resume').status == 409
    assert len(site.everything('/audit')) == before
    assert site.everything('/audit', portal='globex', until=events[-1]['at']) is not None
    assert site.api('GET', '/audit?portal=unheard-of').status == 400


def test_search(site):
    hits = get(site, '/search?q=alice')['data']
    assert hits[0]['kind'] == 'member' and hits[0]['href'] == '/portals/acme/members/' + site.world.alice
    kinds = {hit['kind'] for hit in get(site, '/search?q=a&limit=50')['data']}
    assert kinds >= {'portal', 'member', 'dashboard'}
    designer = get(site, '/search?q=a&limit=50', by=browser_of(site, 'console', 'designer'))['data']
    assert {hit['kind'] for hit in designer} == {'dashboard'}
    assert get(site, '/search?q=%25')['data'] == []


def test_previews(site):
    session = get(site, '/preview/session?technical_name=acme&name=Unsaved&color=%23010203')
    assert (session['portal']['name'], session['portal']['color']) == ('Unsaved', '#010203')
    assert session['portal']['technical_name'] == 'acme'
    listed = get(site, '/preview/dashboards?technical_name=acme')['data']
    assert 'South only' in names(listed)
    assert len(get(site, '/preview/dashboards?name=New')['data']) == 3
    assert get(site, ACME)['name'] == 'Acme'


def test_mail(site):
    member = post(site, ACME + '/members', 201, email='mailed@north.example', role='viewer', partner_id=site.world.north)
    mail = site.everything('/mail', q='mailed@', portal='acme')[0]
    assert mail['kind'] == 'invitation' and mail['portal'] == 'acme' and 'Acme' in mail['subject']
    assert get(site, '/mail/' + mail['id'])['to'] == 'mailed@north.example'
    assert site.everything('/mail', portal='globex') == []
    path = ACME + '/invitations/' + member['invitation']['id']
    assert get(site, path)['delivery']['mail_id'] == mail['id']

# SPDX-License-Identifier: Apache-2.0
"""Invitations (S13), from the mail to the home page, and everything that must not work."""

import hashlib
import re
import threading
import urllib.parse

import pytest

import sites
from harness import openidc
from harness.client import Client, Page
from harness.scratch import wait_until

pytestmark = sites.needs_module


@pytest.fixture(scope='module', params=sites.KINDS)
def site(folder, issuers, mail, request, servers):
    made = sites.make(request.param, folder, 'invitations-' + request.param, issuers, request, servers,
                      portals=sites.PLACES, mail=mail, children=2)
    made.httpd.file('www/portals/member/a.txt', 'S3CRET')
    made.north = {'id': made.world.north}
    made.mailbox = mail
    return made


_count = iter(range(10000))


@pytest.fixture
def guest(site, issuers):
    """A new person of the first issuer whom nobody has invited yet."""
    name = 'guest%d' % next(_count)
    issuers[0].people[name] = {'sub': name, 'email': name + '@north.example', 'email_verified': True,
                               'given_name': 'Gus', 'family_name': name}
    yield name
    for issuer in issuers:
        issuer.people.pop(name, None)


def email_of(guest):
    return guest + '@north.example'


def token_of(link):
    return urllib.parse.parse_qs(urllib.parse.urlsplit(link).query)['token'][0]


def invited(site, guest, **kw):
    member, invitation = site.invite('acme', site.north, email_of(guest), **kw)
    return member, invitation, site.invitation_link('acme', invitation)


def state_of(site, member):
    """(member state, state of the newest invitation) as the API shows them."""
    now = site.api('GET', '/portals/acme/members/' + member['id'], status=200).json()
    return now['state'], now['invitation']['state']


def rows_of(site, guest):
    """Everything about the person, for 'nothing has changed'."""
    return (site.database.query("SELECT * FROM members WHERE email_folded = '%s'" % email_of(guest)),
            site.database.query("SELECT i.* FROM invitations i WHERE i.email = '%s'" % email_of(guest)))


# -- the way it should go ---------------------------------------------------------------------------------


def test_two_acts_from_mail_to_home(site, guest):
    member, invitation = site.invite('acme', site.north, email_of(guest), role='editor',
                                     groups=[{'id': site.world.sales}])
    assert member['state'] == 'invited' and invitation['state'] == 'pending'
    message = site.mailbox.wait_for(email_of(guest))
    assert message.recipients == [email_of(guest)]
    assert 'Acme' in message.subject
    for part in (message.text, message.html):
        assert 'Acme' in part and 'Host User' in part
    assert re.match(r'<[^<>@\s]+@[^<>@\s]+>$', message.message_id)
    link = [l for l in message.links() if '/invitation?token=' in l][0]
    assert link.startswith(site.url('acme', '/invitation?token='))
    assert link.replace('&', '&amp;') in message.html

    browser = site.browser(guest)
    page = browser.get(link)
    assert page.status == 200
    assert email_of(guest) in page.text and 'North' in page.text
    assert page.header('Referrer-Policy') == 'strict-origin'
    assert 'no-store' in page.header('Cache-Control')
    response = browser.submit(page, button=('act', 'accept'))                   # the first act
    assert response.status == 303
    cookie = browser.jar.get(site.netloc('acme'), 'b2b_invitation')
    assert cookie and 'httponly' in cookie.attributes and cookie.attributes['samesite'] == 'Lax'
    at_login = browser.follow(response, until=lambda u: urllib.parse.urlsplit(u).path == '/login')
    response = openidc.choose_issuer(browser, at_login, site.issuers[0])        # the second
    answer = browser.follow(site.issuers[0].pick(browser, browser.follow(response), guest))
    assert answer.status == 200 and urllib.parse.urlsplit(answer.url).path == '/'
    assert browser.jar.get(site.netloc('acme'), 'b2b_invitation') is None
    assert browser.get(site.url('acme', '/member/a.txt')).text == 'S3CRET'

    now = site.api('GET', '/portals/acme/members/' + member['id'], status=200).json()
    assert (now['state'], now['invitation']['state'], now['role']) == ('active', 'accepted', 'editor')
    assert [g['id'] for g in now['groups'] if not g.get('automatic')] == [site.world.sales]
    # The inviter is told, and the trail has it.
    notice = wait_until(lambda: [m for m in site.mailbox.to('admin@host.example')
                                 if email_of(guest) in m.text or 'Gus' in m.text], 20, 'the notice to the inviter')
    assert notice
    events = site.api('GET', '/portals/acme/audit?limit=50', status=200).json()['data']
    assert any('accept' in e['action'] and e['object']['id'] in (member['id'], invitation['id']) for e in events)


def test_only_a_hash_is_stored(site, guest):
    member, invitation, link = invited(site, guest)
    token = token_of(link)
    assert len(token) >= 22                     # 128 bits in base64url
    hashes = site.database.query("SELECT token_hash FROM invitation_tokens WHERE invitation_id = '%s'"
                                 % invitation['id'])
    digests = {hashlib.sha256(token.encode()).hexdigest()}
    assert digests & {h[0] for h in hashes}
    site.mailbox.wait_for(email_of(guest))
    mailed = token_of([l for l in site.mailbox.to(email_of(guest))[0].links() if 'token=' in l][0])
    site.browser().get(link)
    if site.database.kind == 'sqlite3':
        with open(site.database.path, 'rb') as f:
            content = f.read()
    else:
        content = repr([site.database.query('SELECT * FROM ' + table) for table in
                        ('invitations', 'invitation_tokens', 'outbox', 'audit_events', 'idempotency_keys')]).encode()
    for secret in (token, mailed):
        assert secret.encode() not in content
        assert secret not in site.log.all()


def test_declining(site, guest):
    member, _, link = invited(site, guest)
    browser = site.answer(link, guest, act='decline')
    assert state_of(site, member) == ('invited', 'declined')
    assert browser.get(site.url('acme', '/member/a.txt')).status == 403
    assert 'declined' in Page(site.browser().get(link)).text.lower()


def test_sent_again_and_copied_links(site, guest):
    member, invitation, first = invited(site, guest)
    site.mailbox.wait_for(email_of(guest))
    mailed = [l for l in site.mailbox.to(email_of(guest))[0].links() if 'token=' in l][0]
    second = site.invitation_link('acme', invitation)
    assert len({first, second, mailed}) == 3
    assert Page(site.browser().get(second)).forms
    site.api('POST', '/portals/acme/invitations/%s/resend' % invitation['id'], status=200)
    message = site.mailbox.wait_for(email_of(guest), 2)
    third = [l for l in message.links() if 'token=' in l][0]
    for link in (first, second, mailed):        # sending again ends the earlier links
        assert not Page(site.browser().get(link)).forms
    assert site.answer(third, guest).landed.status == 200
    assert state_of(site, member) == ('active', 'accepted')


def test_invited_again_after_removal(site, guest):
    member, _, link = invited(site, guest)
    browser = site.answer(link, guest)
    assert browser.get(site.url('acme', '/member/a.txt')).status == 200
    site.api('DELETE', '/portals/acme/members/' + member['id'], status=204)
    assert browser.get(site.url('acme', '/member/a.txt')).status == 403
    again, _, link = invited(site, guest)
    assert again['id'] == member['id']
    assert browser.get(site.url('acme', '/member/a.txt')).status == 403
    assert site.answer(link, guest).landed.status == 200


# -- who may not ------------------------------------------------------------------------------------------


def test_a_scanner_changes_nothing(site, guest):
    member, _, link = invited(site, guest)
    site.mailbox.wait_for(email_of(guest))
    wait_until(lambda: site.database.query(
        "SELECT count(*) FROM outbox WHERE recipient_folded = '%s' AND state = 'waiting'" % email_of(guest))
        == [['0']], 10, 'the mail to be booked')
    before = rows_of(site, guest)
    token = token_of(link)
    scanner = Client('scanner')
    for _ in range(3):
        assert scanner.get(link).status == 200
        scanner.request('HEAD', link)
        scanner.request('OPTIONS', link)
        for act in ('accept', 'decline'):
            scanner.post(site.url('acme', '/invitation'), form={'token': token, 'act': act})
            scanner.get(site.url('acme', '/invitation/accept'))
    assert rows_of(site, guest) == before
    assert state_of(site, member) == ('invited', 'pending')
    assert site.answer(link, guest).landed.status == 200


def test_another_person_cannot_take_it(site, guest):
    member, _, link = invited(site, guest)
    before = rows_of(site, guest)
    for name, issuer in (('mallory', site.issuers[0]), ('nobody', site.issuers[0]), ('admin', site.issuers[0])):
        browser = site.answer(link, name, issuer)
        assert browser.landed.status in (200, 403)
        assert browser.get(site.url('acme', '/member/a.txt')).status == 403
    assert rows_of(site, guest) == before


@pytest.mark.parametrize('claim', [False, 'true', 1, None, 'absent', 'True', [], {'a': 1}])
def test_only_a_verified_address_counts(site, guest, claim):
    member, _, link = invited(site, guest)
    site.log.allow(r'oidc_util_set_app_infos: unhandled JSON object type')
    claims = site.issuers[0].people[guest]
    if claim == 'absent':
        del claims['email_verified']
    else:
        claims['email_verified'] = claim
    browser = site.answer(link, guest)
    assert browser.get(site.url('acme', '/member/a.txt')).status == 403
    assert state_of(site, member) == ('invited', 'pending')
    claims['email_verified'] = True
    assert site.answer(link, guest).landed.status == 200


def test_an_issuer_may_vouch(site, guest):
    portal = site.api('POST', '/portals', {
        'technical_name': 'vouched-' + guest, 'name': 'Vouched',
        'issuers': [{'issuer': site.issuers[0].url, 'label': 'Trusted', 'vouches_for_email': True}]},
        status=201).json()
    partner = site.make_partner(portal['technical_name'], 'North')
    member, invitation = site.invite(portal['technical_name'], partner, email_of(guest))
    del site.issuers[0].people[guest]['email_verified']
    link = site.invitation_link(portal['technical_name'], invitation)
    assert site.answer(link, guest).landed.status == 200
    path = '/portals/%s/members/%s' % (portal['technical_name'], member['id'])
    assert site.api('GET', path, status=200).json()['state'] == 'active'


def test_an_issuer_that_the_portal_does_not_list(site, guest):
    member, _, link = invited(site, guest)
    site.issuers[1].people[guest] = dict(site.issuers[0].people[guest])
    browser = site.answer(link, guest, site.issuers[1])
    assert browser.get(site.url('acme', '/member/a.txt')).status == 403
    assert state_of(site, member) == ('invited', 'pending')


def test_same_address_other_subject_after_acceptance(site, guest, issuers):
    member, _, link = invited(site, guest)
    site.answer(link, guest)
    twin = guest + '-twin'
    issuers[0].people[twin] = dict(issuers[0].people[guest], sub=twin)
    try:
        browser = site.answer(link, twin) if Page(site.browser().get(link)).forms else \
            site.sign_in(twin, 'acme', path='/member/a.txt')
        assert browser.get(site.url('acme', '/member/a.txt')).status == 403
        assert site.database.query("SELECT subject FROM members WHERE id = '%s'" % member['id']) == [[guest]]
    finally:
        del issuers[0].people[twin]


def test_invited_without_the_link_is_no_member(site, guest):
    member, _, _ = invited(site, guest)
    browser = site.sign_in(guest, 'acme', path='/member/a.txt')
    assert browser.landed.status == 403
    assert state_of(site, member) == ('invited', 'pending')


@pytest.mark.parametrize('change', ['flip', 'cut', 'longer', 'empty', 'case', 'sql', 'nul'])
def test_wrong_tokens(site, guest, change):
    member, _, link = invited(site, guest)
    token = token_of(link)
    wrong = {'flip': token[:-3] + ('A' if token[-3] != 'A' else 'B') + token[-2:], 'cut': token[:-1],
             'longer': token + 'A', 'empty': '', 'case': token.swapcase(), 'sql': "' OR '1'='1",
             'nul': token + '\x00'}[change]
    browser = site.browser()
    page = browser.get(site.url('acme', '/invitation?token=' + urllib.parse.quote(wrong)))
    assert page.status in (200, 400, 404, 410)
    assert email_of(guest) not in page.text and not Page(page).forms
    answer = browser.post(site.url('acme', '/invitation'), form={'token': wrong, 'act': 'accept'})
    browser.follow(answer, until=lambda u: urllib.parse.urlsplit(u).path == '/login') \
        if answer.status == 303 else None
    assert state_of(site, member) == ('invited', 'pending')


def test_a_token_belongs_to_its_portal(site, guest):
    member, _, link = invited(site, guest)
    other = link.replace('//acme.', '//globex.')
    page = site.browser().get(other)
    assert email_of(guest) not in page.text and not Page(page).forms
    browser = site.browser()
    answer = browser.post(site.url('globex', '/invitation'), form={'token': token_of(link), 'act': 'accept'})
    if answer.status == 303 and urllib.parse.urlsplit(answer.location).path == '/invitation/accept':
        response = browser.follow(answer, until=lambda u: urllib.parse.urlsplit(u).path == '/login')
        response = openidc.choose_issuer(browser, response, site.issuers[0])
        browser.follow(site.issuers[0].pick(browser, browser.follow(response), guest))
    assert state_of(site, member) == ('invited', 'pending')
    assert site.database.query("SELECT count(*) FROM members WHERE portal_id = '%s' AND email_folded = '%s'"
                               % (site.world.globex, email_of(guest))) == [['0']]


@pytest.mark.parametrize('headers', [
    {'Origin': 'http://globex.portals.example'}, {'Origin': 'null'}, {'Origin': 'http://evil.example'},
    {'Origin': None, 'Sec-Fetch-Site': 'same-site'}, {'Origin': None, 'Sec-Fetch-Site': 'cross-site'},
    {'Origin': None},
])
def test_the_button_is_pressed_on_our_own_page(site, guest, headers):
    _, _, link = invited(site, guest)
    answer = site.browser().post(site.url('acme', '/invitation'), form={'token': token_of(link), 'act': 'accept'},
                                 headers=headers)
    assert answer.status == 403 and 'b2b_invitation' not in str(answer.all('Set-Cookie'))


@pytest.mark.parametrize('state', ['expired', 'revoked', 'used', 'declined'])
def test_links_that_are_over(site, guest, state):
    member, invitation, link = invited(site, guest)
    ready = site.browser()                      # pressed the button in time, comes back too late
    response = ready.submit(ready.get(link), button=('act', 'accept'))
    assert response.status == 303
    if state == 'expired':
        site.database.run(["UPDATE invitations SET expires_at = 1 WHERE id = '%s'" % invitation['id']])
    elif state == 'revoked':
        site.api('POST', '/portals/acme/invitations/%s/revoke' % invitation['id'], status=200)
    elif state == 'used':
        site.answer(link, guest)
    else:
        site.answer(link, guest, act='decline')
    page = site.browser().get(link)
    assert not Page(page).forms and page.status in (200, 404, 410)
    before = rows_of(site, guest)
    response = ready.follow(response, until=lambda u: urllib.parse.urlsplit(u).path == '/login')
    response = openidc.choose_issuer(ready, response, site.issuers[0])
    ready.follow(site.issuers[0].pick(ready, ready.follow(response), guest))
    if state != 'used':
        assert ready.get(site.url('acme', '/member/a.txt')).status == 403
        assert rows_of(site, guest) == before
    shown = [i for i in site.everything('/portals/acme/invitations') if i['id'] == invitation['id']][0]
    assert shown['state'] == {'expired': 'expired', 'revoked': 'revoked', 'used': 'accepted',
                              'declined': 'declined'}[state]


def test_who_is_invited_cannot_revive_what_has_expired(site, guest):
    member, invitation, _ = invited(site, guest)
    site.mailbox.wait_for(email_of(guest))
    browser = site.sign_in(guest, 'acme', path='/member/a.txt')
    longago = "UPDATE outbox SET sent_at = 1, last_attempt_at = 1 WHERE subject_id = '%s'" % invitation['id']
    wait_until(lambda: site.database.query("SELECT 1 FROM outbox WHERE state = 'sent' AND subject_id = '%s'"
                                           % invitation['id']), 10, 'the mail to be noted as sent')
    site.database.run([longago, "UPDATE invitations SET created_at = 1, expires_at = 1 WHERE id = '%s'"
                       % invitation['id']])
    before = rows_of(site, guest)
    assert browser.post(site.url('acme', '/invitation'), form={'act': 'resend'}).status == 303
    assert rows_of(site, guest) == before and state_of(site, member) == ('invited', 'expired')
    # The same request while it is open does send it again, so it was the expiry that refused.
    site.database.run(["UPDATE invitations SET expires_at = 9000000000000000 WHERE id = '%s'" % invitation['id']])
    assert browser.post(site.url('acme', '/invitation'), form={'act': 'resend'}).status == 303
    assert rows_of(site, guest) != before
    site.mailbox.wait_for(email_of(guest), 2)


def test_who_left_the_host_is_told_nothing(site, guest):
    inviter = guest + '-inviter@host.example'
    user = site.api('POST', '/host/users', {'email': inviter, 'roles': ['partner_manager']}, status=201).json()
    member, invitation, link = invited(site, guest)
    site.database.run(["UPDATE invitations SET invited_by = '%s' WHERE id = '%s'" % (user['id'], invitation['id'])])
    site.api('DELETE', '/host/users/' + user['id'], status=204)
    assert site.answer(link, guest).landed.status == 200
    assert state_of(site, member) == ('active', 'accepted')
    assert not site.database.query("SELECT id FROM outbox WHERE recipient = '%s'" % inviter)


def test_a_suspended_partner_ends_it(site, guest):
    partner = site.make_partner('acme', 'Partner of ' + guest)
    member, invitation = site.invite('acme', partner, email_of(guest))
    link = site.invitation_link('acme', invitation)
    site.api('POST', '/portals/acme/partners/%s/suspend' % partner['id'], status=200)
    browser = site.answer(link, guest) if Page(site.browser().get(link)).forms else \
        site.sign_in(guest, 'acme', path='/member/a.txt')
    assert browser.get(site.url('acme', '/member/a.txt')).status == 403


# -- races ------------------------------------------------------------------------------------------------


def at_once(count, act):
    """Run act(n) on many threads that start together; return what they returned."""
    barrier, results, errors = threading.Barrier(count), [None] * count, []

    def one(n):
        barrier.wait(30)
        try:
            results[n] = act(n)
        except Exception as error:
            errors.append(repr(error))
    threads = [threading.Thread(target=one, args=(n,)) for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(90)
    assert not errors, errors[:3]
    return results


def test_fifty_parallel_acceptances_one_success(site, guest, issuers):
    """Two identities with the same verified address, both signed in, 25 requests each."""
    site.log.allow(r'The server is busy')  # a slow machine's answer to some of them, a 503
    member, _, link = invited(site, guest)
    twin = guest + '-twin'
    issuers[0].people[twin] = dict(issuers[0].people[guest], sub=twin)
    try:
        browsers = []
        for name in (guest, twin):
            browser = site.sign_in(name, 'acme', path='/member/a.txt')
            assert browser.landed.status == 403
            assert browser.submit(browser.get(link), button=('act', 'accept')).status == 303
            browsers.append(browser)

        def accept(n):
            one = Client()
            cookie = browsers[n % 2].jar.header(site.netloc('acme'), '/invitation/accept')
            return one.get(site.url('acme', '/invitation/accept'), headers={'Cookie': cookie}, cookies=False)
        answers = at_once(50, accept)
        assert all(a.status in (200, 303, 403, 409, 410, 503) for a in answers), [a.status for a in answers]
        accepted = site.database.query(
            "SELECT count(*) FROM audit_events WHERE outcome = 'done' AND action LIKE '%%accept%%' AND "
            "(object_id = '%s' OR object_id IN (SELECT id FROM invitations WHERE member_id = '%s'))"
            % (member['id'], member['id']))
        assert accepted == [['1']]
        winner = site.database.query("SELECT subject FROM members WHERE id = '%s'" % member['id'])[0][0]
        assert winner in (guest, twin)
        statuses = [b.get(site.url('acme', '/member/a.txt')).status for b in browsers]
        assert sorted(statuses) == [200, 403]
        assert statuses[(guest, twin).index(winner)] == 200
    finally:
        del issuers[0].people[twin]


# -- bad input --------------------------------------------------------------------------------------------


@pytest.mark.parametrize('field, value', [
    ('email', 'a@b.example\r\nBcc: everybody@evil.example'), ('email', 'no-address'), ('email', '@north.example'),
    ('email', 'a@'), ('email', 'a b@north.example'), ('email', 'a@north.example\x00'), ('email', 'x' * 250 + '@a.example'),
    ('first_name', 'Gus\r\nSubject: hello'), ('last_name', 'a\x00b'), ('role', 'administrator'), ('role', ''),
    ('role', None), ('partner_id', 'no-such-partner'), ('partner_id', '../..'), ('first_name', 'x' * 300),
    ('state', 'active'), ('issuer', 'http://evil.example'), ('subject', 'me'),
])
def test_invitations_that_are_refused(site, field, value):
    before = site.database.query('SELECT count(*) FROM members')
    body = {'email': 'fresh@north.example', 'role': 'viewer', 'partner_id': site.world.north, field: value}
    answer = site.api('POST', '/portals/acme/members', body)
    assert answer.status in (400, 404, 422), answer
    if '\0' not in str(value):      # with a NUL it is no JSON at all, so there is no member to name
        assert answer.json()['field'].endswith(field) or answer.status == 404
    assert site.database.query('SELECT count(*) FROM members') == before


def test_a_partner_of_another_portal_is_refused(site):
    body = {'email': 'fresh@north.example', 'role': 'viewer', 'partner_id': site.world.globex_south}
    assert site.api('POST', '/portals/acme/members', body).status in (400, 404, 422)
    body = {'email': 'fresh@north.example', 'role': 'viewer', 'partner_id': site.world.north,
            'groups': [site.world.globex_sales]}
    assert site.api('POST', '/portals/acme/members', body).status in (400, 404, 422)
    assert site.database.query("SELECT count(*) FROM members WHERE email_folded = 'fresh@north.example'") == [['0']]


def test_pasting_many_addresses(site):
    good = ['many%d@north.example' % n for n in range(3)]
    answer = site.api('POST', '/portals/acme/invitations', {
        'addresses': [{'email': e} for e in good + ['broken', good[0].upper()]], 'role': 'viewer',
        'partner_id': site.world.north}, status=200).json()
    assert len(answer['data']) == 5
    for address in good:
        assert site.mailbox.wait_for(address)
    assert len(site.mailbox.to(good[0])) == 1
    rows = site.database.query("SELECT email_folded FROM members WHERE email_folded LIKE 'many%' ORDER BY 1")
    assert [r[0] for r in rows] == good

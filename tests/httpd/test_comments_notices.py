# SPDX-License-Identifier: Apache-2.0
"""What is said about an instance and done with it, as each side may see it; whom a form waits for, on the page and by mail."""

import pytest

import sites
from harness.processes import Case, Shared, share_entry
from harness.scratch import wait_until
from harness.smtp import MailServer

pytestmark = sites.needs_module

UNKNOWN = '01900000-0000-7000-8000-000000000000'
HOST = 'Maker Works'


@pytest.fixture(scope='module')
def mailbox():
    server = MailServer()
    yield server
    server.stop()


@pytest.fixture(scope='module', params=sites.KINDS)
def site(folder, issuers, request, servers, mailbox):
    made = sites.make(request.param, folder, 'comments-' + request.param, issuers, request, servers, mail=mailbox)
    world = made.world
    made.api('PATCH', '/settings', {'name': HOST}, status=200)
    for name in ('alice', 'bob', 'carol'):
        setattr(made, name, made.sign_in(name, portal='acme'))
    for name in ('manager', 'auditor', 'designer'):
        setattr(made, name, made.sign_in(name))
    made.count = 0
    mailbox.reset()
    made.mailbox = mailbox
    made.complaint = shared(made)
    return made


def forms(site):
    """The creator's, then the manager's, then the partner's."""
    return [
        {'name': 'report', 'title': 'Report', 'owners': {'creator': True}, 'fields': [
            {'name': 'subject', 'title': 'Subject', 'type': 'text'}, {'name': 'photos', 'title': 'Photos', 'type': 'file'}]},
        {'name': 'review', 'title': 'Review', 'owners': {'host_users': [site.world.manager]}, 'fields': [
            {'name': 'verdict', 'title': 'Verdict', 'type': 'text'}]},
        {'name': 'closing', 'title': 'Closing', 'owners': {'partner': True}, 'fields': [
            {'name': 'thanks', 'title': 'Thanks', 'type': 'text'}]}]


def shared(site, **entry):
    site.count += 1
    return Shared(site, 'case-%d' % site.count, forms(site), partners=[('acme', site.world.north), ('acme', site.world.south)],
                  **entry)


def get(site, path, by, portal='acme', status=200):
    return site.api('GET', path, by=by, portal=portal, status=status).json()


def post(site, path, body, by, portal='acme', status=201, **kw):
    return site.api('POST', path, body, by=by, portal=portal, status=status, **kw).json()


def paths(made):
    return '/instances/' + made['id'], '/portals/acme/instances/' + made['id']


def told_apart(answer):
    answer = dict(answer)
    answer.pop('request_id')
    return answer


# -- comments -----------------------------------------------------------------------------------------------------

def test_comments_of_both_sides(site):
    made = site.complaint.start(site.alice, subject='A', submit=True)
    own, host = paths(made)
    first = post(site, own + '/comments', {'text': 'It broke\nagain <b>'}, site.alice)
    assert first['mine'] and first['text'] == 'It broke\nagain <b>'
    assert first['author'] == {'kind': 'member', 'id': site.world.alice, 'name': 'Alice Example'}
    second = post(site, host + '/comments', {'text': 'We look into it'}, site.manager, portal=None)
    assert second['mine'] and second['author'] == {'kind': 'host_user', 'id': site.world.manager, 'name': 'Host User'}
    # Oldest first. On a portal who is of the host has the host's name, and no id.
    seen = get(site, own + '/comments', site.alice)['data']
    assert [c['id'] for c in seen] == [first['id'], second['id']]
    assert [c['mine'] for c in seen] == [True, False]
    assert seen[1]['author'] == {'kind': 'host_user', 'id': None, 'name': HOST}
    on_console = get(site, host + '/comments', site.admin, portal=None)['data']
    assert [c['author']['name'] for c in on_console] == ['Alice Example', 'Host User']
    assert get(site, own, site.alice)['comment_count'] == 2
    page = get(site, own + '/comments?limit=1', site.alice)
    assert [c['id'] for c in page['data']] == [first['id']]
    page = get(site, own + '/comments?limit=1&after=' + page['paging']['next']['after'], site.alice)
    assert [c['id'] for c in page['data']] == [second['id']] and 'next' not in page['paging']


def test_who_may_comment(site):
    made = site.complaint.start(site.alice, subject='A', submit=True)
    own, host = paths(made)
    before = site.database.digest(['instance_comments'])
    for method, body in (('GET', None), ('POST', {'text': 'x'})):
        foreign = site.api(method, own + '/comments', body, by=site.carol, portal='acme', status=404).json()
        nothing = site.api(method, '/instances/%s/comments' % UNKNOWN, body, by=site.carol, portal='acme', status=404).json()
        assert told_apart(foreign) == told_apart(nothing)
        site.api(method, host + '/comments', body, by=site.designer, status=404)
        site.api(method, host.replace('acme', 'globex') + '/comments', body, status=404)
    assert get(site, host + '/comments', site.auditor, portal=None)['data'] == []
    site.api('POST', host + '/comments', {'text': 'x'}, by=site.auditor, status=403)
    for text in ('', '   \n ', 'x' * 10001, 'a\x07b', 'a\u202eb', 1, None):
        problem = site.api('POST', own + '/comments', {'text': text}, by=site.alice, portal='acme', status=400).json()
        assert problem['field'] == 'text'
    assert site.database.digest(['instance_comments']) == before


def test_a_comment_sent_twice_is_one(site):
    own, _ = paths(site.complaint.start(site.alice, subject='A'))
    headers = {'Idempotency-Key': 'comment-1'}
    first = post(site, own + '/comments', {'text': 'once'}, site.alice, headers=headers)
    assert post(site, own + '/comments', {'text': 'once'}, site.alice, headers=headers)['id'] == first['id']
    assert len(get(site, own + '/comments', site.alice)['data']) == 1


# -- history ------------------------------------------------------------------------------------------------------

def test_history_of_visible_forms_only(site):
    flow = shared(site, form_visibility='assigned')
    made = flow.start(site.alice, subject='Broken')
    case = Case(site, made, site.alice)
    case.save('report', subject='Broken twice')
    case.submit('report')
    host = Case(site, made, site.manager, console=True)
    host.submit('review', verdict='Secret words')
    own, console = paths(made)
    bob = get(site, own + '/history', site.bob)['data']         # owns the last form only
    assert [c['act'] for c in bob] == ['submit', 'submit', 'save', 'create']
    assert all(c['changes'] == [] and c['form'] is None for c in bob)
    assert 'Secret' not in str(bob) and 'Broken' not in str(bob)
    alice = get(site, own + '/history', site.alice)['data']     # and the creator the first one
    assert 'Secret' not in str(alice)
    assert alice[2]['changes'] == [{'field': 'subject', 'title': 'Subject', 'old': 'Broken', 'new': 'Broken twice'}]
    assert alice[2]['form'] == 'Report' and alice[0]['form'] is None
    assert alice[0]['actor'] == {'kind': 'host_user', 'id': None, 'name': HOST}
    whole = get(site, console + '/history', site.auditor, portal=None)['data']
    assert whole[0]['changes'] == [{'field': 'verdict', 'title': 'Verdict', 'old': None, 'new': 'Secret words'}]
    assert whole[0]['actor'] == {'kind': 'host_user', 'id': site.world.manager, 'name': 'Host User'}
    page = get(site, own + '/history?limit=3', site.alice)
    rest = get(site, own + '/history?limit=3&after=' + page['paging']['next']['after'], site.alice)
    assert [c['id'] for c in page['data'] + rest['data']] == [c['id'] for c in alice]
    foreign = get(site, own + '/history', site.carol, status=404)
    assert told_apart(foreign) == told_apart(get(site, '/instances/%s/history' % UNKNOWN, site.carol, status=404))


# -- notices ------------------------------------------------------------------------------------------------------

def notices(site, by, portal='acme'):
    found, after = [], ''
    while True:
        page = get(site, '/notices?limit=2' + after, by, portal)
        found += page['data']
        if 'next' not in page['paging']:
            return found, page['unseen']
        after = '&after=' + page['paging']['next']['after']


def of(found, made):
    return [n for n in found if n['instance_id'] == made['id']]


def test_notices_follow_the_form(site):
    flow = shared(site)
    made = [flow.start(site.alice, subject=str(n), submit=True) for n in range(3)]
    waiting, unseen = notices(site, site.manager, None)
    mine = [n for n in waiting if n['title'] == flow.name.capitalize()]
    assert [n['instance_id'] for n in mine] == [m['id'] for m in reversed(made)]        # newest first
    assert mine[0]['status_title'] == 'Review' and mine[0]['portal'] == 'acme' and mine[0]['partner_name'] == 'North'
    assert mine[0]['reference'] == made[2]['reference'] and not mine[0]['seen'] and unseen['value'] >= 3
    site.api('POST', '/notices/seen', by=site.manager, status=204)
    waiting, unseen = notices(site, site.manager, None)
    assert unseen == {'value': 0, 'at_least': False} and all(n['seen'] for n in waiting)
    bob_before = notices(site, site.bob)
    Case(site, made[0], site.manager, console=True).submit('review', verdict='x')
    assert of(notices(site, site.manager, None)[0], made[0]) == []
    found, unseen = notices(site, site.bob)
    mine, = of(found, made[0])
    assert mine['status_title'] == 'Closing' and mine['portal'] is None and mine['partner_name'] is None
    assert unseen['value'] == bob_before[1]['value'] + 1
    assert of(notices(site, site.carol)[0], made[0]) == []
    # Done, deleted, or no longer shared: nothing waits.
    Case(site, made[0], site.alice).submit('closing', thanks='y')
    assert of(notices(site, site.bob)[0], made[0]) == []
    Case(site, made[1], site.manager, console=True).submit('review', verdict='x')
    assert of(notices(site, site.bob)[0], made[1])
    Case(site, made[1], site.admin, console=True).delete()
    assert of(notices(site, site.bob)[0], made[1]) == []
    Case(site, made[2], site.manager, console=True).submit('review', verdict='x')
    assert of(notices(site, site.bob)[0], made[2])
    site.api('DELETE', '/shared-processes/%s/partners/acme/%s' % (flow.share, site.world.north), status=204)
    assert of(notices(site, site.bob)[0], made[2]) == []
    assert notices(site, site.bob)[1]['value'] == bob_before[1]['value']


def test_ones_own_act_is_no_news(site):
    """It waits, but nobody is told what they did themselves; as soon as somebody else changes it, it is news."""
    forms = [{'name': 'report', 'title': 'Report', 'owners': {'creator': True, 'partner': True}, 'fields': [
        {'name': 'subject', 'title': 'Subject', 'type': 'text'}]},
             {'name': 'closing', 'title': 'Closing', 'owners': {'creator': True}, 'fields': []}]
    site.count += 1
    flow = Shared(site, 'own-%d' % site.count, forms, partners=[('acme', site.world.north)])
    before = notices(site, site.alice)[1]
    made = flow.start(site.alice, subject='mine')

    def told(by):
        return bool(of(notices(site, by)[0], made))

    def waits(by):
        return made['id'] in {i['id'] for i in get(site, '/instances?waiting=true&limit=500', by)['data']}
    assert waits(site.alice) and not told(site.alice) and notices(site, site.alice)[1] == before
    assert waits(site.bob) and told(site.bob)
    Case(site, made, site.alice).save('report', subject='still mine')
    assert not told(site.alice)
    Case(site, made, site.bob).save('report', subject='ours')
    assert told(site.alice) and not told(site.bob) and notices(site, site.alice)[1]['value'] == before['value'] + 1
    Case(site, made, site.alice).submit('report')
    assert waits(site.alice) and not told(site.alice), 'nor is it news that one submitted to oneself'
    Case(site, made, site.bob).read()
    assert not waits(site.bob) and not told(site.bob)


def test_more_than_a_hundred_are_many(site):
    made = site.complaint.start(site.alice, subject='many', submit=True)
    Case(site, made, site.manager, console=True).submit('review', verdict='x')
    site.api('POST', '/notices/seen', by=site.bob, portal='acme', status=204)
    before = len(notices(site, site.bob)[0])
    row, = site.database.query("SELECT MAX(since) FROM instance_owners WHERE instance_id = '%s'" % made['id'])
    columns = [c for c in ('portal_id', 'partner_id', 'share_id', 'process_id', 'process_version', 'number', 'reference',
                           'reference_folded', 'search_folded', 'state', 'status', 'current_form', 'values_json', 'created_by_kind',
                           'created_by', 'created_by_name', 'modified_by_kind', 'modified_by', 'modified_by_name', 'version',
                           'created_at', 'modified_at')]
    statements = []
    for n in range(120):
        key = '01900000-0000-7000-8000-%012d' % n
        statements.append("INSERT INTO instances (id, %s) SELECT '%s', %s FROM instances WHERE id = '%s'" % (
            ', '.join(columns), key, ', '.join(columns), made['id']))
        statements.append(
            "INSERT INTO instance_owners (portal_id, instance_id, form, kind, principal_id, partner_id, share_id, process_id, "
            "is_current, since) SELECT portal_id, '%s', form, kind, principal_id, partner_id, share_id, process_id, is_current, "
            "since + 60000000 + %d FROM instance_owners WHERE instance_id = '%s' AND is_current = 1" % (key, n // 7, made['id']))
    site.database.run(statements)
    try:
        found, unseen = notices(site, site.bob)
        assert unseen == {'value': 100, 'at_least': True}
        assert len(found) == before + 120 == len({n['instance_id'] for n in found})
        assert [n['since'] for n in found] == sorted((n['since'] for n in found), reverse=True)
    finally:
        site.database.run(["DELETE FROM instance_owners WHERE instance_id LIKE '01900000-0000-7000-8000-%'",
                           "DELETE FROM instances WHERE id LIKE '01900000-0000-7000-8000-%'"])


@pytest.mark.parametrize('after', ['x', 'WyItc2luY2UiLCItMSIsIngiXQ', 'WyItc2luY2UiLCJhYmMiLCJ4Il0'])
def test_made_up_cursors(site, after):
    assert site.api('GET', '/notices?after=' + after, by=site.alice, portal='acme').status == 400


# -- settings -----------------------------------------------------------------------------------------------------

def test_each_persons_own_setting(site):
    for by, portal in ((site.alice, 'acme'), (site.manager, None)):
        me = get(site, '/me', by, portal)
        assert me['mail_assignments'] is True
        changed = site.api('PATCH', '/me', {'mail_assignments': False, 'locale': 'de'}, by=by, portal=portal, status=200).json()
        assert changed['mail_assignments'] is False and changed['locale'] == 'de' and changed['etag'] != me['etag']
        assert get(site, '/me', by, portal) == changed
        stale = site.api('PATCH', '/me', {'mail_assignments': True}, by=by, portal=portal, headers={'If-Match': me['etag']})
        assert stale.status == 412
        site.api('PATCH', '/me', {'mail_assignments': 'false'}, by=by, portal=portal, status=400)
        site.api('PATCH', '/me', {'mail_assignments': True, 'locale': 'en'}, by=by, portal=portal, status=200)
    site.api('PATCH', '/me', {'first_name': 'X'}, by=site.manager, status=400)
    assert get(site, '/me', site.bob)['mail_assignments'] is True


# -- mail ---------------------------------------------------------------------------------------------------------

def mails_of(site, reference):
    return [m for m in site.everything('/mail') if m['kind'] == 'assignment' and reference in m['subject']]


def test_mail_to_whom_the_form_waits_for(site):
    made = site.complaint.start(site.alice, subject='Pump', submit=True)
    reference = made['reference']
    wait_until(lambda: [m for m in site.mailbox.to('manager@host.example') if reference in m.subject], 20, 'the mail')
    mail, = [m for m in site.mailbox.to('manager@host.example') if reference in m.subject]
    assert mail.subject == reference + ' is waiting for you: Review'
    assert site.url(None, '/portals/acme/instances/' + made['id']) in mail.text
    assert HOST in mail.text and 'Pump' not in mail.text        # values stay on the server
    site.api('PATCH', '/me', {'locale': 'de'}, by=site.bob, portal='acme', status=200)
    Case(site, made, site.manager, console=True).submit('review', verdict='x')
    wait_until(lambda: [m for m in site.mailbox.to('bob@north.example') if reference in m.subject], 20, 'the mail')
    mail, = [m for m in site.mailbox.to('bob@north.example') if reference in m.subject]
    assert mail.subject == reference + ' wartet auf Sie: Closing'
    assert site.url('acme', '/instances/' + made['id']) in mail.text
    wait_until(lambda: [m for m in site.mailbox.to('alice@north.example') if reference in m.subject], 20, 'the mail')
    # Nobody of another partner, nobody who is suspended, and the link is right.
    assert {m['to'] for m in mails_of(site, reference)} == {'manager@host.example', 'bob@north.example', 'alice@north.example'}
    assert get(site, '/instances/' + mail.text.split('/instances/')[1].split()[0], site.bob)['reference'] == reference
    site.api('PATCH', '/me', {'locale': 'en'}, by=site.bob, portal='acme', status=200)


def test_no_mail_to_who_does_not_want_it(site):
    site.api('PATCH', '/me', {'mail_assignments': False}, by=site.bob, portal='acme', status=200)
    try:
        made = site.complaint.start(site.alice, subject='A', submit=True)
        Case(site, made, site.manager, console=True).submit('review', verdict='x')
        assert 'bob@north.example' not in {m['to'] for m in mails_of(site, made['reference'])}
        assert of(notices(site, site.bob)[0], made)         # the notice stays
    finally:
        site.api('PATCH', '/me', {'mail_assignments': True}, by=site.bob, portal='acme', status=200)


def test_no_mail_where_the_process_says_so(site):
    flow = shared(site, document={'notify_assignment': False})
    made = flow.start(site.alice, subject='A', submit=True)
    assert mails_of(site, made['reference']) == []
    assert of(notices(site, site.manager, None)[0], made)


def test_what_moved_on_is_not_mailed(site):
    """The mail server is away while the form moves on, a person is suspended and a process is taken out of its share."""
    other = shared(site)
    site.mailbox.stop()
    try:
        gone = other.start(site.alice, subject='gone', submit=True)
        Case(site, gone, site.manager, console=True).submit('review', verdict='x')
        assert {m['to'] for m in mails_of(site, gone['reference'])} == {'alice@north.example', 'bob@north.example'}
        site.api('PATCH', '/shared-processes/' + other.share, {'processes': [share_entry(site.complaint.process)]}, status=200)
        other.send()
        site.api('GET', '/instances/' + gone['id'], by=site.alice, portal='acme', status=404)
        moved = site.complaint.start(site.alice, subject='moved', submit=True)
        Case(site, moved, site.manager, console=True).submit('review', verdict='x')
        kept = site.complaint.start(site.alice, subject='kept', submit=True)
        assert 'manager@host.example' not in {m['to'] for m in mails_of(site, moved['reference'])}
        assert {m['to'] for m in mails_of(site, moved['reference'])} == {'alice@north.example', 'bob@north.example'}
        site.api('POST', '/portals/acme/members/%s/suspend' % site.world.bob, status=200)
    finally:
        site.mailbox.start()
    try:
        site.database.run(["UPDATE outbox SET next_at = 0, claimed_until = 0 WHERE state = 'waiting'"])
        wait_until(lambda: [m for m in site.mailbox.to('manager@host.example') if kept['reference'] in m.subject], 30, 'the mail')
        wait_until(lambda: {m['to'] for m in mails_of(site, moved['reference'])} == {'alice@north.example'}, 30,
                   'the mail to who is suspended to be cancelled')
        wait_until(lambda: mails_of(site, gone['reference']) == [], 30, 'the mail about what is not shared any more to be cancelled')
        assert not [m for m in site.mailbox.to('alice@north.example') if gone['reference'] in m.subject]
        assert not [m for m in site.mailbox.to('bob@north.example') if moved['reference'] in m.subject]
        assert not [m for m in site.mailbox.to('manager@host.example') if moved['reference'] in m.subject]
    finally:
        site.api('POST', '/portals/acme/members/%s/resume' % site.world.bob, status=200)


# -- files through a form's life ----------------------------------------------------------------------------------

def test_a_file_is_saved_with_the_form(site):
    made = site.complaint.start(site.alice, subject='A')
    own, console = paths(made)

    def upload(name):
        answer = site.alice.request('POST', site.url('acme', '/api/v1%s/files?form=report&field=photos&name=%s' % (own, name)),
                                    body=b'text of ' + name.encode())
        assert answer.status == 201, answer
        return answer.json()
    first, second = upload('a.txt'), upload('b.txt')
    case = Case(site, made, site.alice)
    problem = case.save('report', photos=[first['id'], UNKNOWN], status=400)
    assert problem['field'] == 'values/photos'
    case.save('report', photos=[first['id']])
    assert site.alice.delete(site.url('acme', first['url'])).status == 409
    case.save('report', photos=[second['id']])
    assert site.alice.delete(site.url('acme', first['url'])).status == 204      # no longer named
    case.submit('report')
    assert [f['name'] for f in case.now['files']] == ['b.txt']
    sent = site.manager.get(site.url(None, '/api/v1%s/files/%s' % (console, second['id'])), headers={'Accept': '*/*'})
    assert sent.status == 200 and sent.body == b'text of b.txt'
    assert site.alice.delete(site.url('acme', second['url'])).status == 409

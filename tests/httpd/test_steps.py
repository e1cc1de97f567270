# SPDX-License-Identifier: Apache-2.0
"""Forms that are current together: a step is left when its last form is submitted, by whoever, in whatever order."""

import copy
import json
import threading

import pytest

import sites
from harness.people import person
from harness.processes import Case, Shared
from harness.seed import Seed
from test_instances import TABLES, listed, refused

pytestmark = sites.needs_module

TEXT = {'type': 'text', 'max_length': 60}
FORMS = [
    {'name': 'report', 'title': 'Report', 'owners': {'creator': True}, 'fields': [
        dict(TEXT, name='subject', title='Subject', required=True)]},
    {'name': 'quality', 'title': 'Quality check', 'owners': {'host_users': []}, 'fields': [
        dict(TEXT, name='verdict', title='Verdict', required=True),
        {'name': 'helper', 'title': 'Helper', 'type': 'person', 'from_partner': True}]},
    {'name': 'costs', 'title': 'Costs', 'opens_with_previous': True, 'owners': {'creator': True}, 'fields': [
        {'name': 'amount', 'title': 'Amount', 'type': 'number', 'required': True},
        {'name': 'note', 'title': 'Note', 'default': 'none', **TEXT},
        {'name': 'receipt', 'title': 'Receipt', 'type': 'file'}]},
    {'name': 'closing', 'title': 'Closing', 'owners': {'field': 'helper', 'creator': True}, 'fields': [
        {'name': 'thanks', 'title': 'Thanks', 'type': 'toggle', 'shown_when': {'field': 'amount', 'is': 'more', 'value': 5}}]}]


@pytest.fixture(scope='module', params=sites.KINDS)
def site(folder, issuers, request, servers):
    home = issuers[0]
    home.people.setdefault('clara', person('clara', 'clara@host.example'))
    made = sites.make(request.param, folder, 'steps-' + request.param, issuers, request, servers)
    seed = Seed(made.database)
    made.world.clara = seed.host_user('clara@host.example', ['user'], home.url, 'clara', name='Clara Clerk')
    seed.commit()
    made.forms = copy.deepcopy(FORMS)
    made.forms[1]['owners']['host_users'] = [made.world.clara]
    made.count = 0
    for name in ('alice', 'bob'):
        setattr(made, name, made.sign_in(name, portal='acme'))
    made.clara = made.sign_in('clara')
    made.process = shared(made)
    return made


def shared(site, forms=None, **document):
    site.count += 1
    return Shared(site, 'steps-%d' % site.count, forms or site.forms, partners=[('acme', site.world.north)],
                  document=dict({'notify_assignment': False}, **document))


def in_step(site, process=None):
    """An instance whose report is submitted: as Alice sees it, and as Clara does."""
    made = (process or site.process).start(site.alice, submit=True, subject='Broken')
    return Case(site, made, site.alice), Case(site, made, site.clara, console=True)


def statuses(case):
    case.read()
    return [form['status'] for form in case.now['forms']]


def waits(site, case, browser, at):
    return any(item['id'] == case.path.rsplit('/', 1)[1] for item in listed(site, browser, at, waiting='true'))


def history(site, case):
    return sorted(tuple(map(str, row)) for row in site.database.query(
        "SELECT act, form FROM instance_changes WHERE instance_id = '%s'" % case.path.rsplit('/', 1)[1]))


@pytest.fixture
def unchanged(site):
    """What is refused after `unchanged()` leaves everything as it is."""
    before = []
    yield lambda: before.append(site.database.digest(TABLES))
    assert before and site.database.digest(TABLES) == before[-1], 'a refused request changed something'


@pytest.mark.parametrize('order', [('quality', 'costs'), ('costs', 'quality')])
def test_a_step_is_left_with_its_last_form(site, order):
    case, host = in_step(site)
    assert statuses(case) == ['done', 'current', 'current', 'ahead']
    assert case.now['status'] == 'quality' and case.now['status_title'] == 'Quality check, Costs' and case.now['state'] == 'open'
    assert case.now['submit'] == 'form' and case.now['values']['note'] == 'none'
    assert [form['editable'] for form in case.now['forms']] == [False, False, True, False]
    assert [form['reassignable'] for form in case.now['forms']] == [False, False, True, False]
    host.read()
    assert [form['editable'] for form in host.now['forms']] == [False, True, False, False]
    assert waits(site, case, site.alice, 'acme') and waits(site, case, site.clara, None)
    person_of = {'quality': (host, {'verdict': 'good', 'helper': [{'kind': 'member', 'id': site.world.bob}]}),
                 'costs': (case, {'amount': 7})}
    first, values = person_of[order[0]]
    first.submit(order[0], **values)
    assert first.form(order[0])['status'] == 'done' and first.form(order[1])['status'] == 'current'
    assert first.now['status'] == order[1] and first.now['status_title'] == first.form(order[1])['title']
    assert not first.now['may']['edit'] and first.form('closing')['status'] == 'ahead'
    assert waits(site, case, site.alice, 'acme') == (order[0] == 'quality')
    assert waits(site, case, site.clara, None) == (order[0] == 'costs')
    refused(first.save(order[0], status=409, **values), 'not-the-current-form')
    second, values = person_of[order[1]]
    second.submit(order[1], **values)
    assert statuses(case) == ['done', 'done', 'done', 'current'] and case.now['status'] == 'closing'
    # Whom the first of them named owns what comes now, whichever was submitted last.
    assert sorted(owner['id'] for owner in case.form('closing')['owners']) == sorted([site.world.alice, site.world.bob])
    assert waits(site, case, site.bob, 'acme') and not waits(site, case, site.clara, None)
    case.submit('closing', thanks=True)
    assert case.now['state'] == 'completed'
    assert history(site, case) == [('create', '0')] + [('submit', str(form)) for form in range(4)]


def test_what_is_not_current_is_refused(site, unchanged):
    case, host = in_step(site)
    case.submit('costs', amount=1)
    host.read()
    unchanged()
    for form in ('report', 'costs', 'closing'):
        refused(case.save(form, status=409, submit=True), 'not-the-current-form')
        refused(host.save(form, status=409), 'not-the-current-form')
    refused(case.save('quality', status=403, verdict='mine'), 'forbidden')
    refused(case.save('nothing', status=400), 'invalid', 'form')
    refused(host.save('quality', status=400, amount=5, verdict='good'), 'invalid', 'values/amount')
    upload = site.api('POST', case.path + '/files?form=costs&field=receipt&name=a.txt', by=site.alice, portal='acme',
                      headers={'Content-Type': 'text/plain'}, body=None)
    assert upload.status == 409
    for form in ('costs', 'closing', 'report'):
        refused(host.post('/reassign', {'form': form, 'owners': [{'kind': 'partner'}]}, status=409), 'not-the-current-form')


def test_each_form_is_given_to_others_by_itself(site):
    case, host = in_step(site)
    admin = Case(site, case.path.rsplit('/', 1)[1], None, console=True)
    everybody = [{'kind': 'partner'}]
    refused(admin.post('/reassign', {'owners': everybody}, status=400), 'invalid', 'form')
    refused(admin.post('/reassign', {'form': 'nothing', 'owners': everybody}, status=400), 'invalid', 'form')
    refused(host.post('/reassign', {'form': 'costs', 'owners': everybody}, status=403), 'forbidden')
    # Who may give away one only does not have to name it.
    case.post('/reassign', {'owners': [{'kind': 'member', 'id': site.world.bob}]})
    bob = Case(site, case.path.rsplit('/', 1)[1], site.bob)
    assert statuses(bob) == ['done', 'current', 'current', 'ahead']
    assert [form['editable'] for form in bob.now['forms']] == [False, False, True, False]
    assert not waits(site, case, site.alice, 'acme') and waits(site, case, site.clara, None)
    admin.post('/reassign', {'form': 'quality', 'owners': [{'kind': 'member', 'id': site.world.bob}], 'mode': 'append'})
    bob.read()
    assert [form['editable'] for form in bob.now['forms']] == [False, True, True, False]
    assert len(bob.form('quality')['owners']) == 2 and len(bob.form('costs')['owners']) == 1
    bob.submit('costs', amount=2)
    bob.post('/reassign', {'owners': everybody})        # only one is left
    assert waits(site, case, site.alice, 'acme')


def own_both(site):
    forms = copy.deepcopy(site.forms)
    forms[1]['owners'] = {'creator': True}
    return forms


def test_one_submit_for_all_open_forms(site, unchanged):
    process = shared(site, own_both(site), submit='open_forms')
    case, _ = in_step(site, process)
    assert case.read()['submit'] == 'open_forms'
    unchanged()
    refused(case.save('quality', submit=True, status=400), 'invalid', 'values/verdict', 'forms/costs/values/amount')
    refused(case.save('costs', submit=True, status=400, amount=3), 'invalid', 'forms/quality/values/verdict')
    refused(case.save('costs', submit=True, status=400, verdict='good', amount=3), 'invalid', 'values/verdict',
            'forms/quality/values/verdict')
    case.save('costs', amount=3)        # saving is of one form, as always
    assert statuses(case) == ['done', 'current', 'current', 'ahead']
    case.submit('quality', verdict='good', helper=[{'kind': 'member', 'id': site.world.bob}])
    assert statuses(case) == ['done', 'done', 'done', 'current'] and waits(site, case, site.bob, 'acme')
    assert case.now['values']['verdict'] == 'good' and case.now['values']['amount'] == 3
    assert history(site, case) == [('create', '0'), ('save', '2')] + [('submit', str(form)) for form in range(3)]
    unchanged()


def test_one_submit_leaves_the_forms_of_others(site):
    process = shared(site, submit='open_forms')
    case, host = in_step(site, process)
    case.submit('costs', amount=3)
    assert statuses(case) == ['done', 'current', 'done', 'ahead']
    host.submit('quality', verdict='good')
    assert statuses(case) == ['done', 'done', 'done', 'current']


def first_step(site):
    forms = own_both(site)
    forms[1]['opens_with_previous'] = True
    forms[1]['owners'] = {'creator': True, 'host_users': [site.world.clara]}
    return forms


def test_the_first_step_has_several_forms(site):
    process = shared(site, first_step(site))
    start = site.api('GET', '/shared-processes/%s/processes/%s' % (process.share, process.process), by=site.alice,
                     portal='acme', status=200).json()
    assert start['form']['name'] == 'report' and start['save_first'] is False
    case = Case(site, process.start(site.alice, subject='Saved'), site.alice)
    assert statuses(case) == ['current', 'current', 'current', 'ahead'] and case.now['state'] == 'draft'
    assert case.now['values']['note'] == 'none' and case.now['status_title'] == 'Report, Quality check, Costs'
    assert waits(site, case, site.clara, None)
    case.submit('costs', amount=1)
    assert case.now['state'] == 'open' and case.now['status'] == 'report'
    case.submit('report')
    assert statuses(case) == ['done', 'current', 'done', 'ahead']
    at_once_submitted = Case(site, process.start(site.alice, submit=True, subject='At once'), site.alice)
    assert statuses(at_once_submitted) == ['done', 'current', 'current', 'ahead']


def test_starting_submits_all_of_the_first_step(site, unchanged):
    process = shared(site, first_step(site), submit='open_forms')
    path = '/shared-processes/%s/processes/%s' % (process.share, process.process)
    assert site.api('GET', path, by=site.alice, portal='acme', status=200).json()['save_first'] is True
    unchanged()
    refused(process.start(site.alice, submit=True, status=400, subject='At once'), 'invalid', 'forms/quality/values/verdict',
            'forms/costs/values/amount')
    refused(process.start(site.alice, submit=True, status=400), 'invalid', 'values/subject', 'forms/quality/values/verdict',
            'forms/costs/values/amount')


def test_starting_submits_what_needs_nothing(site):
    forms = first_step(site)
    for form in forms:
        for field in form['fields']:
            field.pop('required', None)
    case = Case(site, shared(site, forms, submit='open_forms').start(site.alice, submit=True, subject='At once'), site.alice)
    assert statuses(case) == ['done', 'done', 'done', 'current'] and case.now['values']['note'] == 'none'
    assert history(site, case) == [('create', '0')] + [('submit', str(form)) for form in range(3)]


def test_two_people_submit_two_forms_at_once(site):
    """Neither loses anything, and the step is left once: who comes second reads the version and sends the same again."""
    cases = [in_step(site) for _ in range(8)]
    tries, failures = [], []

    def work(which, form, values):
        try:
            for pair in cases:
                case = pair[which]
                while True:
                    case.read()
                    answer = case.site.api('PATCH', case.path, {'form': form, 'values': values, 'submit': True}, by=case.by,
                                           portal=case.portal, headers={'If-Match': case.now['etag']})
                    tries.append(answer.status)
                    if answer.status == 200:
                        break
                    assert answer.status in (412, 503), answer
        except Exception as failure:        # pylint: disable=broad-except
            failures.append(failure)
    threads = [threading.Thread(target=work, args=args) for args in (
        (0, 'costs', {'amount': 6, 'note': 'Alice'}),
        (1, 'quality', {'verdict': 'Clara', 'helper': [{'kind': 'member', 'id': site.world.bob}]}))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures, failures
    for case, _ in cases:
        assert statuses(case) == ['done', 'done', 'done', 'current']
        assert (case.now['values']['verdict'], case.now['values']['note']) == ('Clara', 'Alice')
        assert sorted(owner['id'] for owner in case.form('closing')['owners']) == sorted([site.world.alice, site.world.bob])
        assert history(site, case) == [('create', '0')] + [('submit', str(form)) for form in range(3)]
        assert site.database.query("SELECT form, kind FROM instance_owners WHERE instance_id = '%s' AND is_current = 1 AND form <> 3"
                                   % case.path.rsplit('/', 1)[1]) == []


def test_who_is_told(site):
    """Mail about each form to its own owners when the step begins; none again while it goes on."""
    forms = copy.deepcopy(site.forms)
    forms[2]['owners'] = {'partner': True}
    process = shared(site, forms, notify_assignment=True)
    case, host = in_step(site, process)

    def mails():
        return sorted((recipient, json.loads(document)['form']) for recipient, document in site.database.query(
            "SELECT recipient, document FROM outbox WHERE kind = 'assignment' AND subject_id = '%s'" % case.path.rsplit('/', 1)[1]))
    told = mails()
    assert ('clara@host.example', 1) in told and ('bob@north.example', 2) in told
    assert not any('alice' in recipient for recipient, _ in told)
    case.submit('costs', amount=1)
    assert mails() == told
    host.submit('quality', verdict='good')
    assert [mail for mail in mails() if mail[1] == 3] == [('alice@north.example', 3)]


def test_the_difference_says_it(site):
    process = shared(site)
    forms = copy.deepcopy(site.forms)
    del forms[2]['opens_with_previous']
    process.save(forms, submit='open_forms')
    path = '/processes/%s/difference' % process.process
    sentences = [entry['sentence'] for entry in site.api('GET', path, status=200).json()['data']]
    assert sentences == ['The process: Submit sends all open forms now.',
                         'The form "Costs" no longer opens together with the form before it.']
    process.publish()
    process.save(site.forms, submit='form')
    sentences = [entry['sentence'] for entry in site.api('GET', path, status=200).json()['data']]
    assert sentences == ['The process: Submit sends only the one form now.',
                         'The form "Costs" opens together with the form before it now.']
    exported = site.api('GET', '/processes/%s/export' % process.process, status=200).json()
    assert exported['document']['submit'] == 'form' and [form['opens_with_previous'] for form in exported['document']['forms']] == [
        False, False, True, False]
    exported['name'] = process.name + '-copy'
    again = site.api('POST', '/processes/import', exported, status=201).json()
    assert again['document']['forms'] == exported['document']['forms']


@pytest.mark.parametrize('change, place', [
    (lambda forms: forms[0].update(opens_with_previous=True), 'forms/0/opens_with_previous'),
    (lambda forms: forms[1].update(opens_with_previous='yes'), 'forms/1/opens_with_previous'),
    (lambda forms: forms[3].update(opens_with_previous=True, fields=[]), 'forms/3/owners/field'),
    (lambda forms: forms[3].update(opens_with_previous=True, owners={'creator': True}), 'forms/3/fields/0/shown_when/field')])
def test_documents_that_are_refused(site, change, place):
    forms = copy.deepcopy(site.forms)
    change(forms)
    answer = site.api('POST', '/processes', {'name': 'refused', 'title': 'R', 'document': {'title': 'R', 'forms': forms}}, status=400)
    assert [e['field'] for e in answer.json().get('errors') or [answer.json()]] == ['document/' + place]

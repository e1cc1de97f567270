# SPDX-License-Identifier: Apache-2.0
"""Processes of the host (K60): drafts, versions, what a document may say, export and import, who may."""

import copy
import json

import pytest

import sites
from harness.people import person
from harness.seed import Seed
from test_authorization import JSON, image_thing
from test_files import png
from test_races import at_once

pytestmark = sites.needs_module

UNKNOWN = '01900000-0000-7000-8000-000000000000'
TABLES = ['processes', 'process_versions', 'process_administrators', 'process_images']


@pytest.fixture(scope='module', params=sites.KINDS)
def site(folder, issuers, request, servers):
    home = issuers[0]
    for name in ('ursula', 'rosa'):
        home.people.setdefault(name, person(name, name + '@host.example'))
    made = sites.make(request.param, folder, 'processes-' + request.param, issuers, request, servers)
    seed = Seed(made.database)
    made.world.ursula = seed.host_user('ursula@host.example', ['user'], home.url, 'ursula')
    seed.host_user('rosa@host.example', ['designer'], home.url, 'rosa')
    seed.commit()
    made.count = 0
    made.group = made.api('POST', '/host/groups', {'name': 'Quality'}, status=201).json()['id']
    return made


def document(site, title='Complaint', **more):
    """Two forms with a field of many types, as a designer sends it: without defaults."""
    return dict({
        'title': title,
        'reference_pattern': 'C-[number:4]',
        'forms': [
            {'name': 'report', 'title': 'Report', 'fields': [
                {'name': 'subject', 'title': 'Subject', 'type': 'text', 'required': True, 'indexed': True},
                {'name': 'kind', 'title': 'Kind', 'type': 'choice', 'appearance': 'radio',
                 'options': [{'value': 'late', 'label': 'Late'}, {'value': 'broken', 'label': 'Broken'}]},
                {'name': 'amount', 'title': 'Amount', 'type': 'number', 'format': 'currency', 'currency': 'EUR',
                 'shown_when': {'field': 'kind', 'is': 'equals', 'value': 'broken'}}]},
            {'name': 'decision', 'title': 'Decision', 'owners': {'host_groups': [site.group]}, 'fields': [
                {'name': 'accepted', 'title': 'Accepted', 'type': 'toggle'}]}]}, **more)


def make(site, **more):
    site.count += 1
    body = dict({'name': 'process-%d' % site.count, 'title': 'Process %d' % site.count}, **more)
    return site.api('POST', '/processes', body, status=201).json()


def save(site, process, status=200, **changes):
    return site.api('PATCH', '/processes/' + process['id'], changes, headers={'If-Match': process['etag']},
                    status=status).json()


def publish(site, process, status=200):
    return site.api('POST', '/processes/%s/publish' % process['id'], headers={'If-Match': process['etag']},
                    status=status).json()


def labels(site, process, **kw):
    return [v['version'] for v in site.everything('/processes/%s/versions' % process['id'], **kw)]


def errors_of(answer):
    problem = answer.json()
    return {e['field']: e['detail'] for e in problem.get('errors') or [problem]}


# -- versions ---------------------------------------------------------------------------------------------

def test_versions_count_as_they_should(site):
    process = make(site)
    assert (process['version'], process['published_version'], process['draft_changed']) == ('0.1', None, True)
    process = save(site, process, document=document(site))
    assert (process['version'], process['title']) == ('0.2', 'Complaint')
    process = save(site, process, category='Quality')
    assert process['version'] == '0.2', 'only another document is another version'
    process = publish(site, process)
    assert (process['version'], process['published_version'], process['draft_changed']) == ('1.0', '1.0', False)
    assert publish(site, process, status=409)['type'] == 'urn:b2bportal:nothing-to-publish'
    process = save(site, process, title='Complaints')
    assert (process['version'], process['document']['title'], process['draft_changed']) == ('1.1', 'Complaints', True)
    process = save(site, process, document=dict(process['document'], description='About complaints'))
    assert process['version'] == '1.2'
    process = publish(site, process)
    assert process['version'] == process['published_version'] == '2.0'
    assert labels(site, process, limit=2) == ['2.0', '1.2', '1.1', '1.0', '0.2', '0.1']
    assert labels(site, process, published='true') == ['2.0', '1.0']
    first = site.api('GET', '/processes/%s/versions/1.0' % process['id'], status=200).json()
    assert (first['published'], first['document']['title'], first['saved_by']['id']) == (True, 'Complaint', site.world.admin)

    restored = site.api('POST', '/processes/%s/versions/1.0/restore' % process['id'],
                        headers={'If-Match': process['etag']}, status=200).json()
    assert restored['version'] == '2.1' and restored['document'] == first['document'] and restored['draft_changed']
    again = site.api('POST', '/processes/%s/versions/1.0/restore' % process['id'],
                     headers={'If-Match': restored['etag']}, status=200).json()
    assert again['version'] == '2.1', 'it is the draft already'
    for label in ('7.0', '0.99'):
        site.api('POST', '/processes/%s/versions/%s/restore' % (process['id'], label),
                 headers={'If-Match': again['etag']}, status=404)
    events = site.everything('/audit', object=process['id'])
    assert [e['action'] for e in events] == ['process.restore', 'process.publish', 'process.update', 'process.update',
                                             'process.publish', 'process.update', 'process.update', 'process.create']


def test_difference_in_sentences(site):
    process = publish(site, make(site, document=document(site), title='Complaint'))
    changed = copy.deepcopy(process['document'])
    changed['forms'][0]['fields'][0]['required'] = False
    changed['forms'][0]['fields'].append({'name': 'note', 'title': 'A "note"', 'type': 'text'})
    del changed['forms'][1]['fields'][0]
    changed['delete_rule'] = 'security_users' if changed['delete_rule'] == 'creator' else 'creator'
    process = save(site, process, document=changed)
    path = '/processes/%s/difference' % process['id']
    answer = site.api('GET', path, status=200).json()
    assert (answer['from'], answer['to']) == ('1.0', '1.1')
    by_place = {(e['place'], e['change']): e for e in answer['data']}
    required = by_place['forms/report/fields/subject', 'changed']
    assert (required['what'], required['old'], required['new']) == ('required', True, False)
    assert required['sentence'] == 'The field "Subject" of the form "Report": required changed from yes to no.'
    assert [e['sentence'] for e in answer['data'] if e.get('what') == 'delete_rule'] == [
        'The process: who may delete instances changed from "who started it" to "security users".']
    assert by_place['forms/report/fields/note', 'added']['sentence'] == \
        'The field "A "note"" of the form "Report" was added.'
    assert by_place['forms/decision/fields/accepted', 'removed']['sentence'] == \
        'The field "Accepted" of the form "Decision" was removed.'
    assert site.api('GET', path + '?from=1.1&to=1.1', status=200).json()['data'] == []
    back = site.api('GET', path + '?from=1.1&to=1.0', status=200).json()
    assert {(e['place'], e['change']) for e in back['data']} >= {('forms/report/fields/note', 'removed')}
    fresh = make(site, document=document(site))
    first = site.api('GET', '/processes/%s/difference' % fresh['id'], status=200).json()
    assert first['from'] is None and {e['change'] for e in first['data']} <= {'added', 'changed'} and first['data']
    site.api('GET', path + '?from=9.9', status=404)
    site.api('GET', path + '?from=x', status=400)


def test_no_more_drafts_than_are_kept(site):
    process = publish(site, make(site))
    for number in range(1, 104):
        process = save(site, process, title='Draft %d' % number)
    assert process['version'] == '1.103'
    kept = labels(site, process)
    assert kept[0] == '1.103' and kept[-3:] == ['1.4', '1.0', '0.1'] and len(kept) == 102
    site.api('GET', '/processes/%s/versions/1.3' % process['id'], status=404)


# -- two at once ------------------------------------------------------------------------------------------

def test_stale_writes_change_nothing(site):
    process = make(site)
    path = '/processes/' + process['id']
    current = save(site, process, title='Newer')
    before = site.database.digest(TABLES)
    for method, where, body in (('PATCH', path, {'title': 'Older'}), ('POST', path + '/publish', None),
                                ('POST', path + '/versions/0.1/restore', None), ('DELETE', path, None)):
        site.api(method, where, body, headers={'If-Match': process['etag']}, status=412)
        answer = site.admin.request(method, site.url(None, '/api/v1' + where), json=body, headers=JSON)
        assert answer.status == 428, answer
    assert site.database.digest(TABLES) == before
    assert site.api('GET', path, status=200).json() == current


def test_two_who_write_at_once(site):
    people = [site.sign_in(name) for name in ('admin', 'designer', 'rosa')]
    process = make(site)
    path = '/processes/' + process['id']

    def ask(who, method, where, body=None):
        return lambda: who.request(method, site.url(None, '/api/v1' + where), json=body,
                                   headers=dict(JSON, **{'If-Match': process['etag']}))
    for number in range(5):
        base = int(float(process['published_version'] or 0))
        answers = at_once(*[ask(who, 'POST', path + '/publish') for who in people])
        assert sorted(a.status for a in answers) == [200, 412, 412], answers
        process = next(a for a in answers if a.status == 200).json()
        assert process['version'] == '%d.0' % (base + 1)
        answers = at_once(*[ask(who, 'PATCH', path, {'title': 'By %d in round %d' % (at, number)})
                            for at, who in enumerate(people)])
        assert sorted(a.status for a in answers) == [200, 412, 412], answers
        process = next(a for a in answers if a.status == 200).json()
        assert process['version'] == '%d.1' % (base + 1)
        answers = at_once(ask(people[0], 'POST', path + '/publish'), ask(people[1], 'PATCH', path, {'title': 'Late'}),
                          ask(people[2], 'POST', path + '/versions/0.1/restore'))
        assert sorted(a.status for a in answers) == [200, 412, 412], answers
        process = next(a for a in answers if a.status == 200).json()
        assert process['version'] in ('%d.0' % (base + 2), '%d.2' % (base + 1))
        process = save(site, process, title='Round %d' % number)
    versions = labels(site, process)
    assert len(versions) == len(set(versions)), versions


def test_one_process_of_a_name(site):
    people = [site.sign_in(name) for name in ('admin', 'designer', 'rosa')]
    for number in range(3):
        body = {'name': 'race-%d' % number, 'title': 'Race'}
        answers = at_once(*[lambda who=who: who.request('POST', site.url(None, '/api/v1/processes'), json=body,
                                                        headers=JSON) for who in people])
        assert sorted(a.status for a in answers) == [201, 409, 409], answers
    process = make(site)
    taken = site.api('PATCH', '/processes/' + process['id'], {'name': 'race-0'}, headers={'If-Match': process['etag']},
                     status=409).json()
    assert taken['type'] == 'urn:b2bportal:name-taken' and taken['field'] == 'name'


# -- bad input --------------------------------------------------------------------------------------------

def change(site, path, value):
    """The document with what stands at PATH replaced."""
    made = copy.deepcopy(document(site))
    at = made
    steps = path.split('/')
    for step in steps[:-1]:
        at = at[int(step)] if isinstance(at, list) else at.setdefault(step, {})
    if isinstance(at, list) and int(steps[-1]) == len(at):
        at.append(value)
    else:
        at[int(steps[-1]) if isinstance(at, list) else steps[-1]] = value
    return made


@pytest.mark.parametrize('path, value, field', [
    ('title', '', 'document/title'),
    ('colour', 'red', 'document/colour'),
    ('forms', [], 'document/forms'),
    ('forms', {}, 'document/forms'),
    ('delete_rule', 'everybody', 'document/delete_rule'),
    ('reference_pattern', 'no number', 'document/reference_pattern'),
    ('forms/0/fields/0/colour', 1, 'document/forms/0/fields/0/colour'),
    ('forms/0/fields/0/type', 'signature', 'document/forms/0/fields/0/type'),
    ('forms/0/fields/0/name', 'status', 'document/forms/0/fields/0/name'),
    ('forms/1/fields/0/name', 'subject', 'document/forms/1/fields/0/name'),
    ('forms/0/fields/0/pattern', '(a+', 'document/forms/0/fields/0/pattern'),
    ('forms/0/fields/0/pattern', r'(a)\1', 'document/forms/0/fields/0/pattern'),
    ('forms/0/fields/0/pattern', '(?=a)', 'document/forms/0/fields/0/pattern'),
    ('forms/0/fields/0/pattern', '((a{200}){200}){200}', 'document/forms/0/fields/0/pattern'),
    ('forms/0/fields/1/shown_when', {'field': 'amount', 'is': 'more', 'value': 1}, 'document/forms/0/fields/'),
    ('forms/0/fields/0/shown_when', {'field': 'subject', 'is': 'empty'}, 'document/forms/0/fields/0/shown_when'),
    ('forms/0/fields/0/shown_when', {'field': 'nothing', 'is': 'empty'}, 'document/forms/0/fields/0/shown_when'),
    ('forms/0/fields/0/shown_when', {'field': 'accepted', 'is': 'empty'}, 'document/forms/0/fields/0/shown_when'),
    ('forms/1/owners', {}, 'document/forms/1/owners'),
    ('forms/1/owners', {'host_users': [UNKNOWN]}, 'document/forms/1/owners/host_users/0'),
    ('forms/1/owners', {'host_groups': [UNKNOWN]}, 'document/forms/1/owners/host_groups/0'),
    ('forms/0/fields/3', {'type': 'image', 'name': 'pic', 'file': 'f' * 64, 'alt': ''}, 'document/forms/0/fields/3/file'),
    ('forms/0/fields/3', {'type': 'person', 'name': 'who', 'title': 'Who', 'host_groups': [UNKNOWN]},
     'document/forms/0/fields/3/host_groups/0'),
])
def test_documents_that_are_refused(site, path, value, field):
    before = site.database.digest(TABLES)
    answer = site.api('POST', '/processes', {'name': 'bad', 'title': 'Bad', 'document': change(site, path, value)}
                      if path != 'title' else {'name': 'bad', 'title': ' ', 'document': document(site)}, status=400)
    expected = 'title' if path == 'title' else field
    assert any(name.startswith(expected) for name in errors_of(answer)), answer
    if path != 'title':
        site.api('POST', '/processes/import', {'format': 'b2bportal-process', 'format_version': 1, 'name': 'bad',
                                               'document': change(site, path, value)}, status=400)
    assert site.database.digest(TABLES) == before


def test_documents_that_are_too_much(site):
    before = site.database.digest(TABLES)
    field = {'title': 'F', 'type': 'text'}

    def refused(forms, field):
        body = json.dumps({'name': 'much', 'title': 'Much', 'document': {'forms': forms}})
        answer = site.admin.request('POST', site.url(None, '/api/v1/processes'), body=body.encode(),
                                    headers=dict(JSON, **{'Content-Type': 'application/json'}))
        assert answer.status == 400 and any(name.startswith(field) for name in errors_of(answer)), answer
    refused([{'name': 'a', 'title': 'A', 'fields': [dict(field, name='f%d' % n) for n in range(10000)]}],
            'document/forms/0/fields')
    refused([{'name': 'f%d' % f, 'title': 'A', 'owners': {'creator': True},
              'fields': [dict(field, name='f%d_%d' % (f, n)) for n in range(200)]} for f in range(3)],
            'document/forms/2/fields')
    refused([{'name': 'f%d' % f, 'title': 'A', 'owners': {'creator': True}} for f in range(21)], 'document/forms')
    condition = {'field': 'a', 'is': 'empty'}
    for _ in range(30):
        condition = {'not': condition}
    refused([{'name': 'a', 'title': 'A', 'fields': [dict(field, name='a'),
                                                    dict(field, name='b', shown_when=condition)]}],
            'document/forms/0/fields/1/shown_when')
    # under every limit of its parts, and too long altogether
    refused([{'name': 'a', 'title': 'A', 'fields': [
        {'name': 'f%d' % n, 'title': 'F', 'type': 'choice', 'appearance': 'dropdown',
         'options': [{'value': str(v), 'label': 'x' * 100} for v in range(50)]} for n in range(120)]}], 'document')
    big = b'{"name": "big", "title": "' + b'x' * (1 << 20) + b'"}'
    answer = site.admin.request('POST', site.url(None, '/api/v1/processes'), body=big,
                                headers=dict(JSON, **{'Content-Type': 'application/json'}))
    assert answer.status == 413
    assert site.database.digest(TABLES) == before


# -- export, import ---------------------------------------------------------------------------------------

def test_out_in_and_out_again(site):
    picture = image_thing(site)
    made = document(site)
    made['forms'][0]['fields'].append({'type': 'image', 'name': 'pic', 'file': picture, 'alt': 'A picture'})
    process = make(site, document=made, title='Round trip', category='Quality')
    out = site.api('GET', '/processes/%s/export' % process['id'], status=200).json()
    assert out['document'] == process['document'] and out['category'] == 'Quality'
    back = site.api('POST', '/processes/import', out, status=201).json()
    assert back['name'] == process['name'] + '-2' and back['version'] == '0.1' and 'dropped' not in back
    again = site.api('GET', '/processes/%s/export' % back['id'], status=200)
    assert again.json() == dict(out, name=back['name'])
    third = site.api('POST', '/processes/import', out, status=201).json()
    assert third['name'] == process['name'] + '-3'
    old = publish(site, back)
    save(site, old, title='Something else')
    assert site.api('GET', '/processes/%s/export?version=1.0' % back['id'], status=200).json() == again.json()
    site.api('GET', '/processes/%s/export?version=3.0' % back['id'], status=404)
    files = [int(row[0]) for row in site.database.query(
        "SELECT minor FROM process_images WHERE process_id = '%s' AND file = '%s' ORDER BY major, minor"
        % (back['id'], picture))]
    assert files == [1, 0, 1], 'the picture of 0.1, 1.0 and 1.1 is not tidied away'
    site.api('POST', '/processes/import', dict(out, format_version=2), status=400)
    site.api('POST', '/processes/import', dict(out, administrators=[]), status=400)


def test_import_of_another_host(site):
    made = document(site)
    made['forms'][0]['owners'] = {'creator': True, 'host_users': [UNKNOWN]}
    made['forms'][1]['owners'] = {'host_users': [UNKNOWN], 'host_groups': [UNKNOWN]}
    made['forms'][1]['fields'] += [{'type': 'image', 'name': 'pic', 'file': 'f' * 64, 'alt': ''},
                                   {'type': 'person', 'name': 'who', 'title': 'Who', 'host_groups': [site.group, UNKNOWN]}]
    out = {'format': 'b2bportal-process', 'format_version': 1, 'name': 'abroad', 'document': made}
    before = site.database.digest(TABLES)
    strict = errors_of(site.api('POST', '/processes/import', out, status=400))
    assert set(strict) == {'document/forms/0/owners/host_users/0', 'document/forms/1/owners/host_users/0',
                           'document/forms/1/owners/host_groups/0', 'document/forms/1/fields/1/file',
                           'document/forms/1/fields/2/host_groups/1'}
    assert site.database.digest(TABLES) == before
    back = site.api('POST', '/processes/import?lenient=true', out, status=201).json()
    assert len(back['dropped']) == 6 and any('you own this form now' in text for text in back['dropped'])
    forms = back['document']['forms']
    assert forms[0]['owners']['host_users'] == [] and forms[0]['owners']['creator']
    assert forms[1]['owners']['host_users'] == [site.world.admin] and not forms[1]['owners']['creator']
    assert [f['name'] for f in forms[1]['fields']] == ['accepted', 'who']
    assert forms[1]['fields'][1]['host_groups'] == [site.group]


# -- who --------------------------------------------------------------------------------------------------

def test_process_administrators(site):
    ursula, dora = site.sign_in('ursula'), site.sign_in('auditor')
    process = make(site, document=document(site))
    path = '/processes/' + process['id']

    def ask(who, method, where, body=None, etag=None):
        headers = dict(JSON, **({'If-Match': etag} if etag else {}))
        return who.request(method, site.url(None, '/api/v1' + where), json=body, headers=headers)

    def told_apart(answer):
        problem = answer.json()
        problem.pop('request_id')
        return answer.status, problem
    nothing = ask(ursula, 'GET', '/processes/' + UNKNOWN)
    for method, tail, body, etag in (('GET', '', None, None), ('GET', '/versions', None, None), ('GET', '/export', None, None),
                                     ('GET', '/versions/0.1', None, None), ('GET', '/difference', None, None),
                                     ('GET', '/impact?act=delete', None, None), ('PATCH', '', {'title': 'X'}, process['etag']),
                                     ('POST', '/publish', None, process['etag']), ('DELETE', '', None, process['etag'])):
        answer = ask(ursula, method, path + tail, body, etag)
        assert told_apart(answer) == told_apart(nothing), (method, tail, answer)
    assert ask(ursula, 'GET', '/processes').json()['data'] == []
    assert ask(ursula, 'GET', '/session').json()['administers_processes'] is False

    def bring(who, where):
        return who.request('POST', site.url(None, '/api/v1' + where), body=png(3, 2), headers=dict(
            JSON, **{'Content-Type': 'image/png'}))
    assert told_apart(bring(ursula, path + '/images')) == told_apart(nothing)
    assert bring(dora, path + '/images').status == 403
    assert ask(dora, 'GET', path).json()['may_edit'] is False
    assert ask(dora, 'PATCH', path, {'title': 'X'}, process['etag']).status == 403

    process = save(site, process, administrators=[{'kind': 'host_user', 'id': site.world.ursula}])
    assert process['administrators'][0]['name'] == 'Host User'
    seen = ask(ursula, 'GET', path)
    assert seen.status == 200 and seen.json()['may_edit'] is True
    assert [p['id'] for p in ask(ursula, 'GET', '/processes').json()['data']] == [process['id']]
    hits = ask(ursula, 'GET', '/search?q=' + process['name']).json()['data']
    assert [h['id'] for h in hits if h['kind'] == 'process'] == [process['id']]
    changed = ask(ursula, 'PATCH', path, {'title': 'Ours'}, process['etag']).json()
    published = ask(ursula, 'POST', path + '/publish', None, changed['etag'])
    assert published.status == 200 and published.json()['published_version'] == '1.0'
    assert ask(ursula, 'POST', '/processes', {'name': 'mine', 'title': 'Mine'}).status == 403
    # Pictures, but only for this process, and nothing else that is uploaded.
    assert ask(ursula, 'GET', '/session').json()['administers_processes'] is True
    picture = bring(ursula, path + '/images')
    assert picture.status == 201 and site.api('GET', '/images/' + picture.json()['file'], by=ursula).status == 200
    assert bring(ursula, '/images').status == 403
    assert told_apart(bring(ursula, '/processes/%s/images' % make(site)['id'])) == told_apart(nothing)
    assert told_apart(bring(ursula, '/processes/%s/images' % UNKNOWN)) == told_apart(nothing)
    for wrong, field in (([{'kind': 'host_user', 'id': UNKNOWN}], 'administrators/0'),
                         ([{'kind': 'host_group', 'id': site.world.ursula}], 'administrators/0')):
        assert field in errors_of(ask(ursula, 'PATCH', path, {'administrators': wrong}, published.etag))

    # through a group, and no longer when the group is gone
    save(site, published.json(), administrators=[{'kind': 'host_group', 'id': site.group}])
    assert ask(ursula, 'GET', path).status == 404
    site.api('PUT', '/host/groups/%s/members/%s' % (site.group, site.world.ursula), status=204)
    assert ask(ursula, 'GET', path).status == 200
    assert bring(ursula, path + '/images').status == 201
    site.api('DELETE', '/host/groups/%s/members/%s' % (site.group, site.world.ursula), status=204)
    assert ask(ursula, 'GET', path).status == 404
    assert told_apart(bring(ursula, path + '/images')) == told_apart(nothing)


def test_principals_that_a_process_can_name(site):
    """Who may change the process learns what host users and groups are called, and nothing else of them."""
    rosa, ursula, auditor = (site.sign_in(who) for who in ('rosa', 'ursula', 'auditor'))
    process = make(site)
    path = site.url(None, '/api/v1/processes/%s/principals' % process['id'])

    def ask(who, query):
        return who.get(path + query)
    assert rosa.get(site.url(None, '/api/v1/host/users')).status == 403
    users = ask(rosa, '?kind=host_user&limit=500').json()['data']
    found = next(u for u in users if u['id'] == site.world.ursula)
    assert found == {'kind': 'host_user', 'id': site.world.ursula, 'name': 'Host User', 'email': 'ursula@host.example'}
    groups = ask(rosa, '?kind=host_group&q=qual').json()['data']
    assert groups == [{'kind': 'host_group', 'id': site.group, 'name': 'Quality'}]
    assert ask(rosa, '?kind=host_group&id=' + site.group).json()['data'] == groups
    assert ask(rosa, '?kind=host_user&id=' + site.group).json()['data'] == []
    first = ask(rosa, '?kind=host_user&limit=1').json()
    second = ask(rosa, '?kind=host_user&limit=1&after=' + first['paging']['next']['after']).json()
    assert first['data'][0]['id'] != second['data'][0]['id']
    assert ask(auditor, '?kind=host_user').status == 403
    assert ask(ursula, '?kind=host_user').status == 404
    for wrong in ('', '?kind=member', '?kind=host_user&id=x', '?kind=host_user&role=user'):
        assert ask(rosa, wrong).status == 400, wrong
    save(site, process, administrators=[{'kind': 'host_user', 'id': site.world.ursula}])
    assert ask(ursula, '?kind=host_group').status == 200


def test_lists(site):
    for number, category in enumerate(('Listed', 'listed', 'Other')):
        make(site, title='Listing %d' % number, category=category)
    found = site.everything('/processes', q='LISTING', limit=1)
    assert [p['title'] for p in found] == ['Listing 0', 'Listing 1', 'Listing 2'] and found[0]['form_count'] == 1
    assert [p['title'] for p in site.everything('/processes', q='listing', sort='-title', limit=2)] == \
        ['Listing 2', 'Listing 1', 'Listing 0']
    assert len(site.everything('/processes', q='listing', category='LISTED')) == 2
    assert site.everything('/processes', q='listing', published='true') == []
    assert len([c for c in site.api('GET', '/processes/categories').json()['data'] if c.lower() == 'listed']) == 1
    hits = site.api('GET', '/search?q=listing', status=200).json()['data']
    assert {h['href'] for h in hits if h['kind'] == 'process'} == {'/processes/' + p['id'] for p in found}


def test_deleting(site):
    process = make(site)
    impact = site.api('GET', '/processes/%s/impact?act=delete' % process['id'], status=200).json()
    assert (impact['shares'], impact['instances'], impact['sentence']) == (0, 0, "Nobody's access changes now.")
    seed = Seed(site.database)
    seed.insert('shares', id=UNKNOWN[:-1] + str(site.count % 10), title='Shared', title_folded='shared', document='{}',
                draft_changed=1, revision=0, version=1, created_at=1, modified_at=1)
    seed.insert('share_processes', share_id=UNKNOWN[:-1] + str(site.count % 10), number=0, process_id=process['id'],
                process_version=0)
    seed.commit()
    refused = site.api('DELETE', '/processes/' + process['id'], headers={'If-Match': process['etag']}, status=409).json()
    assert refused['type'] == 'urn:b2bportal:process-shared'
    assert site.api('GET', '/processes/' + process['id'], status=200).json()['share_count'] == 1
    seed.sql('UPDATE shares SET deleted_at = 1')
    seed.commit()
    site.api('DELETE', '/processes/' + process['id'], headers={'If-Match': process['etag']}, status=204)
    site.api('GET', '/processes/' + process['id'], status=404)
    make(site, name=process['name'])

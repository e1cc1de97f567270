# SPDX-License-Identifier: Apache-2.0
"""Lists of instances on a portal and on the console: against a model, wrong questions, cursors, CSV that cannot run."""

import base64
import csv
import io
import json
import random
from urllib.parse import urlencode

import pytest

import sites
from harness.people import person
from harness.processes import Case
from test_instances import UNKNOWN, listed, refused, shared, site

pytestmark = sites.needs_module
assert site

SUBJECTS = ['apple', 'Banana', 'cherry', 'äpfel', 'Zebra', '=cmd', 'apple pie']


@pytest.fixture(scope='module')
def many(site):
    """A share with some dozens of instances of North's Alice and Bob, in every state."""
    chance = random.Random(7)
    other = shared(site)
    site.count += 1
    for number in range(36):
        browser = chance.choice([site.alice, site.bob])
        high = chance.random() < 0.4
        values = dict({'subject': chance.choice(SUBJECTS), 'severity': 'high' if high else 'low'},
                      **({'amount': chance.randrange(-50, 900)} if high and chance.random() < 0.8 else {}))
        made = other.start(browser, submit=chance.random() < 0.6, **values)
        if made['state'] == 'open' and chance.random() < 0.6:
            host = Case(site, made, site.clara, console=True)
            host.submit('review', verdict=chance.choice(['accepted', 'refused']), why='x')
            if chance.random() < 0.5:
                Case(site, made, site.alice).submit('closing')
    return other


def folded(text):
    return ''.join(c.lower() if c.isascii() else c for c in text)


@pytest.mark.parametrize('number', range(30))
def test_lists_against_a_model(site, many, number):
    chance = random.Random(1000 + number)
    held = {'shared_process_id': many.share, 'process_id': many.process}
    details = {i['id']: Case(site, i, site.manager, console=True).read() for i in
               listed(site, site.manager, at=None, limit=50, **held)} if not hasattr(site, 'details') else site.details
    site.details = details
    query = dict(held, limit=chance.randrange(1, 20))
    query['sort'] = chance.choice(['', '-']) + chance.choice(
        ['modified_at', 'created_at', 'reference', 'field:subject', 'field:amount', 'field:severity', 'field:verdict'])
    items = list(details.values())
    if chance.random() < 0.5:
        query['state'] = chance.choice(['draft', 'open', 'completed'])
        items = [i for i in items if i['state'] == query['state']]
    if chance.random() < 0.3:
        query['status'] = chance.choice(['report', 'review', 'closing', 'completed'])
        items = [i for i in items if i['status'] == query['status']]
    if chance.random() < 0.3:
        query['q'] = chance.choice(['ALICE', 'bob', '-001', '2'])
        items = [i for i in items if folded(query['q']) in folded(i['reference'] + '\n' + i['created_by']['name'])]
    if chance.random() < 0.6:
        query['field'] = chance.choice(['subject', 'severity', 'amount', 'verdict'])
        if query['field'] == 'amount':
            query['from'], query['until'] = sorted([chance.randrange(-60, 900), chance.randrange(-60, 900)])
            items = [i for i in items if 'amount' in i['values'] and query['from'] <= i['values']['amount'] <= query['until']]
        else:
            query['value'] = {'subject': chance.choice(SUBJECTS).upper(), 'severity': 'high', 'verdict': 'accepted'}[query['field']]
            items = [i for i in items if folded(str(i['values'].get(query['field'], ''))) == folded(query['value'])]

    def key(item):
        field = query['sort'].lstrip('-')
        if field.startswith('field:'):
            value = item['values'].get(field[6:])
            if field == 'field:amount':
                value = '' if value is None else '%012d' % (value + 10 ** 6)
            first = folded(str(value or '')).encode()
        elif field == 'created_at':
            first = b''
        else:
            first = folded(item[field]).encode()
        return first, item['id']
    items.sort(key=key, reverse=query['sort'].startswith('-'))
    for browser, portal in ((site.alice, 'acme'), (site.manager, None)):
        assert [i['id'] for i in listed(site, browser, at=portal, **query)] == [i['id'] for i in items], query
        answer = site.api('GET', '/instances?' + urlencode(dict(query, count='true')), by=browser, portal=portal, status=200).json()
        assert answer['paging']['count'] == {'value': len(items), 'at_least': False}


@pytest.mark.parametrize('query, field', [
    ({'sort': 'title'}, 'sort'), ({'sort': 'field:subject'}, 'sort'), ({'sort': '--modified_at'}, 'sort'),
    ({'field': 'subject', 'value': 'x'}, 'field'), ({'value': 'x'}, 'field'), ({'from': 'x'}, 'field'),
    ({'state': 'stuck'}, 'state'), ({'limit': '501'}, 'limit'), ({'after': 'abc'}, 'after'), ({'stuck': 'true'}, 'stuck'),
    ({'portal': 'acme'}, 'portal'), ({'partner_id': UNKNOWN}, 'partner_id'), ({'offset': '5'}, 'offset'),
    ({'field': 'nonsense', 'value': 'x', 'held': 1}, 'field'), ({'field': 'internal', 'value': 'x', 'held': 1}, 'field'),
    ({'field': 'amount', 'value': 'x', 'held': 1}, 'value'), ({'field': 'amount', 'from': 'x', 'held': 1}, 'from'),
    ({'field': 'amount', 'held': 1}, 'value'), ({'field': 'subject', 'value': 'x', 'from': 'x', 'held': 1}, 'value'),
    ({'sort': 'field:internal', 'held': 1}, 'sort'),
])
def test_wrong_lists(site, query, field):
    query = dict(query)
    if query.pop('held', None):
        query.update(shared_process_id=site.complaint.share, process_id=site.complaint.process)
    refused(listed(site, site.alice, expect=400, **query), 'invalid', field)


def test_those_that_i_began(site, many):
    held = {'shared_process_id': many.share, 'process_id': many.process}
    everything = listed(site, site.alice, limit=50, **held)
    for browser, name in ((site.alice, 'Alice Example'), (site.bob, 'Bob Example')):
        mine = [i['id'] for i in everything if i['created_by']['name'] == name]
        assert mine and [i['id'] for i in listed(site, browser, limit=50, created='true', **held)] == mine
        answer = site.api('GET', '/instances?' + urlencode(dict(held, created='true', count='true')), by=browser, portal='acme', status=200)
        assert answer.json()['paging']['count']['value'] == len(mine)
    assert len(everything) > len(mine)
    assert listed(site, site.manager, at=None, created='true') == []


def test_cursors_are_not_made_up(site, many):
    page = site.api('GET', '/instances?limit=2', by=site.alice, portal='acme', status=200).json()
    after = page['paging']['next']['after']
    refused(listed(site, site.alice, expect=400, sort='reference', after=after), 'invalid', 'after')
    for cursor in (['-modified_at', 'x', UNKNOWN], ['-modified_at', '1' + '9' * 19, UNKNOWN], ['-modified_at', '', ''],
                   ['-modified_at', '1-000000000000000001', UNKNOWN], ['-modified_at', '3' + '0' * 19, UNKNOWN]):
        text = base64.urlsafe_b64encode(json.dumps(cursor).encode()).decode().rstrip('=')
        refused(listed(site, site.alice, expect=400, after=text), 'invalid', 'after')


def test_a_partner_without_shares(site):
    site.count += 1
    partner = site.make_partner('globex', 'Bare %d' % site.count)
    issuer = site.issuers[0]
    issuer.people.setdefault('bea', person('bea', 'bea@bare.example'))
    _, browser = site.join('bea', 'globex', partner)
    answer = site.api('GET', '/instances?count=true', by=browser, portal='globex', status=200).json()
    assert answer == {'data': [], 'paging': {'count': {'value': 0, 'at_least': False}}}
    assert site.api('GET', '/instances/export', by=browser, portal='globex', status=200).body.startswith(b'\xef\xbb\xbfReference,')


# -- CSV ---------------------------------------------------------------------------------------------------------

def test_csv(site):
    other = shared(site)
    nasty = ['=cmd|\'/c calc\'!A0', '@SUM(1)', '+1+1', '-1+1', '＝1', 'a "quoted", one', '-5', 'plain',
             'a;=cmd|\'/c calc\'!A0;b', 'two; +49;-5;- 5']
    for subject in nasty:
        other.start(site.alice, subject=subject, severity='high', amount=-5)
    held = {'shared_process_id': other.share, 'process_id': other.process}
    answer = site.api('GET', '/instances/export?' + urlencode(dict(held, sort='created_at', columns='reference,field:subject,field:amount,created_by')),
                      by=site.alice, portal='acme', status=200)
    assert answer.header('Content-Type') == 'text/csv; charset=utf-8'
    assert answer.header('Content-Disposition') == 'attachment; filename="instances.csv"'
    assert answer.body.startswith(b'\xef\xbb\xbf') and answer.body.count(b'\r\n') == len(nasty) + 1
    rows = list(csv.reader(io.StringIO(answer.body.decode('utf-8-sig'))))
    assert rows[0] == ['Reference', 'Subject', 'Amount', 'Created by']
    assert [row[1] for row in rows[1:]] == ["'=cmd|'/c calc'!A0", "'@SUM(1)", "'+1+1", "'-1+1", "'＝1", 'a "quoted", one', '-5', 'plain',
                                             "a;'=cmd|'/c calc'!A0;b", "two; '+49;-5;'- 5"]
    # Where lists are separated by semicolons a spreadsheet splits the lines there, and sees no quotes after the first cell.
    split = [cell.strip() for line in answer.body.decode('utf-8-sig').split('\r\n') for cell in line.split(';')]
    assert not [cell for cell in split if cell[:1] in tuple('=+@-') and cell != '-5']
    assert {row[2] for row in rows[1:]} == {"'-5.00 EUR"} and {row[3] for row in rows[1:]} == {'Alice Example'}
    answer = site.api('GET', '/instances/export?' + urlencode(held), by=site.manager, status=200)
    head = next(csv.reader(io.StringIO(answer.body.decode('utf-8-sig'))))
    assert head[:9] == ['Reference', 'Status', 'Created', 'Created by', 'Modified', 'Modified by', 'Partner', 'Portal', 'Process']
    assert head[9:] == ['Subject', 'Severity', 'Amount', 'Verdict']
    for columns in ('nonsense', 'field:nonsense', 'reference,,field:', 'field:../../x'):
        answer = site.api('GET', '/instances/export?' + urlencode(dict(held, columns=columns)), by=site.alice, portal='acme')
        assert answer.status == (400 if columns != 'reference,,field:' else 400), columns
    site.api('GET', '/instances/export?columns=field:subject', by=site.alice, portal='acme', status=400)   # of no process

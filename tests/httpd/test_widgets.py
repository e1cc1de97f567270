# SPDX-License-Identifier: Apache-2.0
"""Widgets that read from instances: against a model of them, who sees what, withdrawal, versions, bounds, wrong ones."""

import copy
import json
import random
import time
from urllib.parse import quote

import pytest

import sites
from harness.processes import Case, Shared
from harness.seed import new_id
from test_instance_lists import folded
from test_instances import UNKNOWN, listed, refused, shared, site

pytestmark = sites.needs_module
assert site

DAY = 24 * 3600


def widget(kind, process, **more):
    usual = {'list': {'columns': ['reference', 'status'], 'sort': '-modified_at', 'limit': 50},
             'tile': {'measure': {'function': 'count'}},
             'chart': {'look': 'bar', 'group_by': 'status', 'measure': {'function': 'count'}}}[kind]
    return {'type': kind, 'width': 6, 'title': 'A ' + kind, 'source': {'kind': 'process', 'process_id': process},
            'show': 'matching', 'conditions': [], **usual, **more}


def condition(field, op, value):
    return {'field': field, 'op': op, 'value': value}


class Board:
    """A dashboard with widgets, placed in acme."""

    def __init__(self, site, widgets, security=None, partner=None):
        site.count += 1
        self.site = site
        self.id = site.api('POST', '/dashboards', {'kind': 'page', 'title': 'Board %d' % site.count, 'widgets': widgets},
                           status=201).json()['id']
        site.api('POST', '/dashboards/%s/publish' % self.id, status=200)
        self.placement = self.place(security, partner)

    def place(self, security=None, partner=None):
        self.site.count += 1
        return self.site.api('POST', '/portals/acme/placements', dict({
            'dashboard_id': self.id, 'name': 'Board %d' % self.site.count,
            'security': security or {'everyone': True, 'groups': []}}, **({'partner_id': partner} if partner else {})), status=201).json()['id']

    def data(self, browser, place=0, status=200, portal='acme'):
        return self.site.api('GET', '/dashboards/%s/widgets/%s/data' % (self.placement, place), by=browser, portal=portal,
                             status=status).json()

    def value(self, browser, place=0):
        return self.data(browser, place)['tile']['value']


def preview(site, asked, browser=None, status=200, query=''):
    return site.api('GET', '/widget-preview?widget=%s%s' % (quote(json.dumps(asked)), query), by=browser or site.designer,
                    status=status).json()


# -- against a model ---------------------------------------------------------------------------------------------

@pytest.fixture(scope='module')
def many(site):
    """Some dozens of instances of two partners in every state; ITEMS as the console has them, whole."""
    chance = random.Random(11)
    other = shared(site)
    for _ in range(44):
        name = chance.choice(['alice', 'bob', 'bob', 'carol'])
        high = chance.random() < 0.5
        values = dict({'subject': chance.choice(['apple', 'Banana', 'cherry']), 'severity': 'high' if high else 'low'},
                      **({'amount': chance.randrange(-50, 900) / 4} if high and chance.random() < 0.7 else {}))
        if name != 'carol' and chance.random() < 0.3:
            values['expert'] = [{'kind': 'member', 'id': site.world.bob}]
        made = other.start(getattr(site, name), submit=chance.random() < 0.7, **values)
        if made['state'] == 'open' and chance.random() < 0.6:
            Case(site, made, site.clara, console=True).submit('review', verdict=chance.choice(['accepted', 'refused']), why='x')
            if name != 'carol' and chance.random() < 0.5:
                Case(site, made, site.alice).submit('closing')
    ids = [i['id'] for i in listed(site, site.manager, at=None, limit=50, process_id=other.process)]
    other.items = [Case(site, i, site.manager, console=True).read() for i in ids]
    return other


FORM_OF = {'subject': 'report', 'severity': 'report', 'amount': 'report', 'expert': 'report', 'verdict': 'review', 'internal': 'review', 'why': 'review'}
ME = {'alice': 'Alice Example', 'bob': 'Bob Example', 'carol': 'Carol Example'}


def is_expert(site, who, item):
    return getattr(site.world, who) in [p['id'] for p in item['values'].get('expert', [])]


def turns_of(item):
    """The forms that have had their turn: whom a field names owns its form from when that was submitted."""
    return ['report', 'review', 'closing'].index(item['status']) if item['status'] != 'completed' else 3


def owns(site, who, item, form):
    if form == 'report':
        return item['created_by']['name'] == ME[who]
    return form == 'closing' and (who == 'alice' or is_expert(site, who, item) and turns_of(item) > 0)


def sees(site, who, item, assigned):
    if item['partner_id'] != (site.world.south if who == 'carol' else site.world.north):
        return False
    return not assigned or item['created_by']['name'] == ME[who] or owns(site, who, item, 'closing')


def value_of(site, who, item, name, assigned):
    """The value of a field as WHO may see it; Ellipsis where they may not."""
    if assigned and not owns(site, who, item, FORM_OF[name]):
        return ...
    return item['values'].get(name)


def holds(site, who, item, asked, assigned):
    field, op, value = asked['field'], asked['op'], asked['value']
    if field in ('status', 'state'):
        return (item[field] == value) == (op == 'is')
    if field == 'reference':
        return folded(value) in folded(item['reference'])
    if not field.startswith('field:'):
        stamp = item[field][:10]
        return stamp >= value if op == 'from' else stamp <= value
    held = value_of(site, who, item, field[6:], assigned)
    if held is ...:
        return False
    if field == 'field:amount':
        value = float(value)
    elif isinstance(held, str):
        held, value = folded(held), folded(value)
    if op == 'is_not':
        return held != value
    return held is not None and (held == value if op == 'is' else held >= value if op == 'from' else held <= value)


def random_condition(chance):
    return condition(*chance.choice([
        ('status', chance.choice(['is', 'is_not']), chance.choice(['report', 'review', 'closing', 'completed'])),
        ('state', chance.choice(['is', 'is_not']), chance.choice(['draft', 'open', 'completed'])),
        ('reference', 'contains', chance.choice(['COMPLAINT', '-001', '2', 'nothing'])),
        ('created_at', 'from', '2020-01-01'), ('modified_at', 'until', '2020-01-01'), ('created_at', 'until', '2199-01-31'),
        ('field:subject', chance.choice(['is', 'is_not']), chance.choice(['APPLE', 'banana', 'x'])),
        ('field:severity', chance.choice(['is', 'is_not']), chance.choice(['high', 'low'])),
        ('field:verdict', chance.choice(['is', 'is_not']), chance.choice(['accepted', 'refused'])),
        ('field:amount', chance.choice(['from', 'until']), str(chance.randrange(-20, 200)))]))


def random_widget(chance, process):
    kind = chance.choice(['list', 'tile', 'chart'])
    more = {'show': chance.choice(['matching', 'matching', 'assigned', 'created']),
            'conditions': [random_condition(chance) for _ in range(chance.choice([0, 0, 1, 1, 2, 3]))]}
    if kind == 'list':
        more['sort'] = chance.choice(['-modified_at', 'created_at', '-reference'])
        more['limit'] = chance.choice([3, 50])
        more['columns'] = chance.sample(['reference', 'status', 'created_by', 'field:subject', 'field:verdict', 'field:internal', 'field:amount'], 4)
    elif kind == 'tile':
        function = chance.choice(['count', 'count', 'sum', 'average', 'minimum', 'maximum'])
        more['measure'] = {'function': function} if function == 'count' else {'function': function, 'field': 'amount'}
    else:
        more['group_by'] = chance.choice(['status', 'created_month', 'field:severity', 'field:verdict'])
        more['measure'] = chance.choice([{'function': 'count'}, {'function': 'sum', 'field': 'amount'}])
    return widget(kind, process, **more)


def expected_rows(site, who, many, asked, assigned):
    rows = [i for i in many.items if sees(site, who, i, assigned) and all(holds(site, who, i, c, assigned) for c in asked['conditions'])]
    if asked['show'] == 'created':
        rows = [i for i in rows if i['created_by']['name'] == ME[who]]
    if asked['show'] == 'assigned':
        rows = [i for i in rows if i['state'] != 'completed' and owns(site, who, i, i['status'])]
    return rows


def check_list(site, who, rows, asked, answer, assigned):
    key = asked['sort'].lstrip('-')
    rows = sorted(rows, key=lambda i: (i['id'] if key == 'created_at' else i[key], i['id']), reverse=asked['sort'].startswith('-'))
    assert [r['id'] for r in answer['rows']] == [i['id'] for i in rows][:asked['limit']]
    assert answer['more'] == (len(rows) > asked['limit'])
    for row, item in zip(answer['rows'], rows):
        for column, cell in zip(asked['columns'], row['cells']):
            if column in ('reference', 'status', 'created_by'):
                assert cell == {'reference': item['reference'], 'status': item['status_title'], 'created_by': item['created_by']['name']}[column]
                continue
            value = value_of(site, who, item, column[6:], assigned)
            text = '' if value is ... or value is None else str(value)
            assert cell == (('%.2f EUR' % value if text else '') if column == 'field:amount' else
                            text.capitalize() if column == 'field:verdict' else text)


def measured(site, who, rows, measure, assigned):
    if measure['function'] == 'count':
        return len(rows)
    values = [v for v in (value_of(site, who, i, measure['field'], assigned) for i in rows) if v is not None and v is not ...]
    if not values:
        return 0 if measure['function'] == 'sum' else None
    return {'sum': sum, 'average': lambda v: round(sum(v) / len(v) + 1e-9, 2), 'minimum': min, 'maximum': max}[measure['function']](values)


def check_chart(site, who, rows, asked, answer, assigned):
    groups = {}
    for item in rows:
        if asked['group_by'] == 'status':
            key = item['status']
        elif asked['group_by'] == 'created_month':
            key = item['created_at'][:7]
        else:
            key = value_of(site, who, item, asked['group_by'][6:], assigned)
            if key is ...:
                continue
        groups.setdefault(key or '', []).append(item)
    assert {g['key']: g['value'] for g in answer['groups']} == {
        key: pytest.approx(measured(site, who, some, asked['measure'], assigned)) for key, some in groups.items()}
    order = ['report', 'review', 'closing', 'completed', 'low', 'high', 'accepted', 'refused', '']
    assert [g['key'] for g in answer['groups']] == sorted(groups, key=lambda k: order.index(k) if k in order else 0)
    assert answer['rest'] is None


@pytest.mark.parametrize('assigned', [False, True], ids=['all', 'assigned'])
def test_against_a_model(site, many, assigned):
    chance = random.Random(5)
    asked = [random_widget(chance, many.process) for _ in range(70)]
    board = Board(site, asked)
    shown = 0
    with many.with_entry(form_visibility='assigned' if assigned else 'all'):
        for who in ME:
            for place, one in enumerate(asked):
                answer = board.data(getattr(site, who), place)
                where = (who, place, one, answer)
                assert answer['problem'] is None and answer['bounded'] is None and answer['version'] == 1, where
                rows = expected_rows(site, who, many, one, assigned)
                shown += len(rows)
                if one['type'] == 'list':
                    check_list(site, who, rows, one, answer['list'], assigned)
                elif one['type'] == 'tile':
                    wanted = measured(site, who, rows, one['measure'], assigned)
                    assert answer['tile']['value'] == (wanted if wanted is None else pytest.approx(wanted, abs=0.0051)), where
                else:
                    check_chart(site, who, rows, one, answer['chart'], assigned)
    assert shown > 300


def test_the_list_behind_it_shows_the_same(site, many):
    """Where a widget says that a list can say it, that list has as many."""
    chance = random.Random(23)
    asked = [widget('tile', many.process, show=chance.choice(['matching', 'assigned', 'created']),
                    conditions=[random_condition(chance) for _ in range(chance.choice([0, 1, 1, 2]))]) for _ in range(60)]
    board, exact = Board(site, asked), 0
    for place, one in enumerate(asked):
        answer = board.data(site.bob, place)
        link = answer['link']
        query = {k: 'true' if v is True else v for k, v in link.items() if v and k != 'exact'}
        found = listed(site, site.bob, limit=50, **query)
        assert len(found) == answer['tile']['value'] if link['exact'] else len(found) >= answer['tile']['value'], (one, link)
        exact += link['exact']
    assert exact > 20


# -- who ---------------------------------------------------------------------------------------------------------

def test_other_partners_are_not_counted(site):
    other = shared(site)
    board = Board(site, [widget('tile', other.process), widget('chart', other.process), widget('list', other.process),
                         widget('tile', other.process, measure={'function': 'maximum', 'field': 'amount'})])
    for browser, count in ((site.alice, 2), (site.carol, 1)):
        for n in range(count):
            other.start(browser, subject='S', severity='high', amount=10 * count + n)
    for browser, count, most in ((site.alice, 2, 21), (site.bob, 2, 21), (site.carol, 1, 10)):
        assert board.value(browser) == count
        assert [g['value'] for g in board.data(browser, 1)['chart']['groups']] == [count]
        assert len(board.data(browser, 2)['list']['rows']) == count
        assert board.value(browser, 3) == most
    # The console counts all of them, or one partner's.
    assert preview(site, widget('tile', other.process))['tile']['value'] == 0      # a designer sees no instances of others
    assert preview(site, widget('tile', other.process), site.manager)['tile']['value'] == 3
    assert preview(site, widget('tile', other.process), site.manager, query='&portal=acme&partner_id=' + site.world.south)['tile']['value'] == 1
    assert preview(site, widget('tile', other.process), site.manager, query='&portal=globex')['tile']['value'] == 0
    assert preview(site, widget('tile', other.process), site.manager, query='&portal=nowhere')['problem'] == 'not-shared'
    refused(preview(site, widget('tile', other.process), site.manager, status=400, query='&partner_id=' + site.world.south), 'invalid', 'partner_id')
    rows = preview(site, widget('list', other.process), site.manager)['list']['rows']
    assert {r['portal'] for r in rows} == {'acme'} and len(rows) == 3


def test_the_dashboards_security_decides_first(site):
    other = shared(site)
    board = Board(site, [widget('tile', other.process), {'type': 'link', 'width': 3, 'label': 'L', 'url': '/x/'}],
                  security={'everyone': False, 'groups': [site.world.sales]})
    assert board.value(site.alice) == 0
    nothing = site.api('GET', '/dashboards/%s/widgets/0/data' % UNKNOWN, by=site.bob, portal='acme', status=404).json()
    for browser, portal in ((site.bob, 'acme'), (site.carol, 'acme'), (site.carol_globex, 'globex')):
        answer = board.data(browser, status=404, portal=portal)
        assert {**answer, 'request_id': 0} == {**nothing, 'request_id': 0}
    for place in ('1', '2', '99', '100', '00', '-1', 'x', UNKNOWN):
        board.data(site.alice, place, status=404)
    # The dashboard's id is the host's; a portal knows placements.
    site.api('GET', '/dashboards/%s/widgets/0/data' % board.id, by=site.alice, portal='acme', status=404)


def test_what_a_portal_learns_of_a_widget(site):
    """What it asks for stays with the host: conditions may name what members do not see."""
    other = shared(site)
    board = Board(site, [widget('chart', other.process, conditions=[condition('field:verdict', 'is', 'refused')], look='donut'),
                         {'type': 'link', 'width': 3, 'label': 'L', 'url': '/x/'}])
    answer = site.api('GET', '/dashboards/' + board.placement, by=site.alice, portal='acme', status=200)
    assert answer.json()['widgets'] == [{'type': 'chart', 'width': 6, 'title': 'A chart', 'look': 'donut'},
                                        {'type': 'link', 'width': 3, 'label': 'L', 'url': '/x/'}]
    assert answer.json()['version'] == 1 and other.process not in answer.text and 'verdict' not in answer.text


def test_withdrawal_holds_at_the_next_request(site):
    other = shared(site)
    other.start(site.alice, subject='S')
    board = Board(site, [widget('tile', other.process), widget('list', other.process), widget('chart', other.process)])
    path = '/shared-processes/%s/partners/acme/%s' % (other.share, site.world.north)
    assert board.value(site.alice) == 1

    def nothing(browser):
        for place in range(3):
            answer = board.data(browser, place)
            assert answer == {'type': answer['type'], 'version': 1, 'problem': 'not-shared', 'detail': None, 'bounded': None,
                              'link': None, 'list': None, 'tile': None, 'chart': None}
    site.api('DELETE', path, match=False, status=204)
    nothing(site.alice)
    assert board.value(site.carol) == 0                                 # South holds it still
    site.api('PUT', path, match=False, status=200)
    other.send()
    assert board.value(site.alice) == 1
    with other.with_entry(creators={'everyone': False, 'groups': ['Sales']}, creators_only_open=True):
        assert board.value(site.bob) == 0                               # may not open it, and owns nothing
        assert board.value(site.alice) == 1
    site.api('DELETE', '/shared-processes/' + other.share, match=True, status=204)
    for browser in (site.alice, site.carol):
        nothing(browser)


def test_process_security(site):
    """Whom the process keeps out counts nothing; for whom it only lets look nothing waits."""
    forms = copy.deepcopy(site.forms)
    forms[1]['owners'] = {'partner': True}
    forms[1]['fields'] = forms[1]['fields'][:1]
    nobody = {'partner': False, 'partner_groups': [], 'host_users': [], 'host_groups': []}
    site.count += 1
    other = Shared(site, 'secured-%d' % site.count, forms, groups=['Sales'], partners=[('acme', site.world.north)],
                   document={'security': {'mode': 'off', 'users': nobody}})
    other.start(site.alice, subject='S', submit=True, severity='high')
    board = Board(site, [widget('tile', other.process), widget('tile', other.process, show='assigned'),
                         widget('tile', other.process, show='assigned', conditions=[condition('field:severity', 'is', 'high')]),
                         widget('chart', other.process), widget('list', other.process, show='assigned')])

    def values(browser):
        answers = [board.data(browser, place) for place in range(5)]
        assert all(a['problem'] is None for a in answers), answers
        return [a['tile']['value'] for a in answers[:3]] + [sum(g['value'] for g in answers[3]['chart']['groups']), len(answers[4]['list']['rows'])]
    assert values(site.alice) == values(site.bob) == [1, 1, 1, 1, 1]
    for mode, bob in (('others_view', [1, 0, 0, 1, 0]), ('only', None)):
        process = site.api('GET', '/processes/' + other.process, status=200).json()
        security = {'mode': mode, 'users': dict(nobody, partner_groups=['Sales'])}
        site.api('PATCH', '/processes/' + other.process, {'document': dict(process['document'], security=security)}, status=200)
        other.publish()
        other.send()
        assert values(site.alice) == [1, 1, 1, 1, 1]
        found = [i['id'] for i in listed(site, site.bob, process_id=other.process)]
        if bob:
            assert len(found) == 1 and values(site.bob) == bob
        else:
            assert not found and [board.data(site.bob, place)['problem'] for place in range(5)] == ['not-shared'] * 5


def test_a_deleted_process(site):
    other = shared(site)
    other.start(site.alice, subject='S')
    board = Board(site, [widget('tile', other.process), widget('tile', site.complaint.process)])
    assert board.value(site.alice) == 1
    site.api('DELETE', '/shared-processes/' + other.share, match=True, status=204)
    site.api('DELETE', '/processes/' + other.process, match=True, status=204)
    assert board.data(site.alice)['problem'] == 'not-shared'
    assert board.data(site.alice, 1)['problem'] is None                 # the rest of the dashboard works
    answer = preview(site, widget('tile', other.process), site.manager)
    assert answer['problem'] == 'process-missing' and answer['detail']
    assert preview(site, widget('tile', UNKNOWN), site.manager)['problem'] == 'process-missing'


def test_the_version_placed_and_the_draft(site):
    other = shared(site)
    other.start(site.alice, subject='S')
    board = Board(site, [widget('tile', other.process)])
    path = '/dashboards/' + board.id
    site.api('PATCH', path, {'widgets': [widget('tile', other.process, conditions=[condition('state', 'is', 'completed')])]}, status=200)
    assert board.value(site.alice) == 1
    site.api('POST', path + '/publish', status=200)
    assert board.value(site.alice) == 1                                 # placements keep theirs
    board.placement = board.place()
    answer = board.data(site.alice)
    assert answer['tile']['value'] == 0 and answer['version'] == 2


def test_fields_of_versions(site):
    """A field that no version of the partner's has is told; a column without field is left out."""
    other = shared(site)
    other.start(site.alice, subject='Old', severity='high', amount=5)
    board = Board(site, [
        widget('list', other.process, columns=['reference', 'field:extra', 'field:subject'], sort='field:extra'),
        widget('tile', other.process, conditions=[condition('field:extra', 'is', 'x')]),
        widget('tile', other.process, measure={'function': 'sum', 'field': 'extra'}),
        widget('chart', other.process, group_by='field:extra'), widget('tile', other.process, conditions=[condition('field:amount', 'is', 'x')]),
        widget('chart', other.process, group_by='field:subject'), widget('tile', other.process, measure={'function': 'sum', 'field': 'amount'}),
        widget('tile', other.process, conditions=[condition('field:internal', 'is', 'x')])])
    assert [c['name'] for c in board.data(site.alice)['list']['columns']] == ['reference', 'field:subject']
    for place in (1, 2, 3, 4, 5, 7):
        assert board.data(site.alice, place)['problem'] == 'field-missing', place
    forms = copy.deepcopy(site.forms)
    forms[0]['fields'].append({'name': 'extra', 'title': 'Extra', 'type': 'choice', 'appearance': 'dropdown', 'indexed': True,
                               'options': [{'value': 'x', 'label': 'Ex'}]})
    del forms[0]['fields'][2]
    other.save(forms)
    other.publish()
    assert board.data(site.alice, 1)['problem'] == 'field-missing'      # not sent yet
    assert preview(site, widget('chart', other.process, group_by='field:extra'), site.manager)['problem'] is None
    other.send()
    other.start(site.alice, subject='New', extra='x')
    assert board.value(site.alice, 1) == 1
    assert board.data(site.alice, 3)['chart']['groups'] == [{'key': 'x', 'label': 'Ex', 'value': 1}]    # of the old one nothing is known
    assert board.data(site.alice, 3)['chart']['group_title'] == 'Extra'
    assert board.value(site.alice, 6) == 5                              # old instances keep their fields


def test_two_shares_of_one_process(site):
    """A widget is about a process, by whichever share the partner has it; and then there is no one list behind it."""
    other = shared(site)
    other.start(site.alice, subject='One', severity='high')
    entry = site.api('GET', '/shared-processes/' + other.share, status=200).json()['processes'][0]
    second = copy.copy(other)
    second.share = site.api('POST', '/shared-processes', {'title': 'Again %d' % site.count, 'processes': [
        {k: entry[k] for k in ('process_id', 'allow_create', 'creators_only_open', 'allow_delete')} | {
            'form_visibility': 'assigned', 'creators': {'everyone': True, 'groups': []}}]}, status=201).json()['id']
    site.api('PUT', '/shared-processes/%s/partners/acme/%s' % (second.share, site.world.north), match=False, status=200)
    second.send()
    second.start(site.alice, subject='Two', severity='high')
    board = Board(site, [widget('tile', other.process), widget('tile', other.process, conditions=[condition('field:severity', 'is', 'high')]),
                         widget('tile', other.process, show='assigned', conditions=[condition('field:severity', 'is', 'high')])])
    assert [board.value(site.alice, n) for n in range(3)] == [2, 2, 2]
    assert [board.value(site.bob, n) for n in range(3)] == [1, 1, 0]    # of the second he owns nothing
    assert board.data(site.alice)['link'] is None


# -- bounds ------------------------------------------------------------------------------------------------------

def copies(site, share, count, first):
    """COUNT more instances like the one that there is, made past the API, one a minute back from the first."""
    source = site.database.query("SELECT id FROM instances WHERE share_id = '%s'" % share)[0][0]
    columns = [c for c in ('portal_id partner_id share_id process_id process_version state status current_form values_json '
                           'created_by_kind created_by created_by_name modified_by_kind modified_by modified_by_name version').split()]
    statements = []
    for start in range(0, count, 500):
        rows = ', '.join("('%s', %d)" % (new_id(), start + n) for n in range(min(500, count - start)))
        statements.append(
            'WITH more (id, n) AS (VALUES %s) INSERT INTO instances (id, number, reference, reference_folded, search_folded, created_at, '
            'modified_at, %s) SELECT m.id, 1000 + m.n, %s, %s, %s, %d, %d, %s FROM more m JOIN instances i ON i.id = \'%s\'' % (
                rows, ', '.join(columns), *["'copy-' || m.n"] * 3, first, first, ', '.join('i.' + c for c in columns), source))
    for statement in statements + ['ANALYZE instances']:       # as autovacuum does a minute later
        site.database.run([statement])                          # one by one: the server must not wait for long


def test_what_is_bounded(site):
    other = shared(site)
    other.start(site.alice, subject='First', severity='high', amount=1)
    first = int(time.time() * 1e6)
    board = Board(site, [widget('tile', other.process), widget('tile', other.process, conditions=[condition('reference', 'contains', 'copy')]),
                         widget('tile', other.process, measure={'function': 'sum', 'field': 'amount'}), widget('chart', other.process),
                         widget('list', other.process, limit=5, conditions=[condition('reference', 'contains', 'nothing')]),
                         widget('tile', other.process, conditions=[condition('created_at', 'from', '2200-01-01')]),
                         widget('list', other.process, limit=5)])
    copies(site, other.share, 1000, first)
    for place in (0, 1):
        assert board.data(site.alice, place)['tile'] == {'value': 1000, 'at_least': place == 0, 'decimals': 0, 'currency': None, 'percent': False}
    assert board.value(site.alice, 2) == 1001
    copies(site, other.share, 9100, first)
    assert board.data(site.alice, 1)['tile']['at_least']
    answer = board.data(site.alice, 2)
    assert answer['tile'] == {'value': 10000, 'at_least': False, 'decimals': 2, 'currency': 'EUR', 'percent': False}
    assert answer['bounded'] == {'looked_at': 10000, 'order': 'created_at'}
    answer = board.data(site.alice, 3)
    assert [g['value'] for g in answer['chart']['groups']] == [10000] and answer['bounded']
    answer = board.data(site.alice, 4)
    assert answer['list']['rows'] == [] and answer['bounded'] == {'looked_at': 10000, 'order': 'modified_at'}
    assert board.value(site.alice, 5) == 0 and board.data(site.alice, 5)['bounded'] is None    # the first row ended it
    assert board.data(site.alice, 6)['bounded'] is None and board.data(site.alice, 6)['list']['more']


def test_many_groups(site):
    forms = copy.deepcopy(site.forms)
    forms[0]['fields'][1] = {'name': 'severity', 'title': 'Kinds', 'type': 'choice', 'appearance': 'checkboxes', 'indexed': True,
                             'options': [{'value': 'v%02d' % n, 'label': 'L%d' % n} for n in range(40)]}
    for form in forms:
        for field in form['fields']:
            field.pop('shown_when', None), field.pop('required_when', None)
    other = shared(site, forms)
    other.start(site.alice, subject='S', severity=['v%02d' % n for n in range(30)])
    other.start(site.alice, subject='S', severity=['v29', 'v28'])
    other.start(site.alice, subject='S')
    board = Board(site, [widget('chart', other.process, group_by='field:severity'),
                         widget('chart', other.process, group_by='created_month')])
    chart = board.data(site.alice)['chart']
    assert len(chart['groups']) == 24 and chart['rest'] == 7
    keys = [g['key'] for g in chart['groups']]
    assert keys == sorted(keys) and {'v28', 'v29'} <= set(keys) and chart['group_title'] == 'Kinds'
    now = time.gmtime()
    copies(site, other.share, 3, int((time.time() - 3 * 365 * DAY) * 1e6))
    chart = board.data(site.alice, 1)['chart']
    months = [g['key'] for g in chart['groups']]
    assert len(months) == 24 and months[-1] == time.strftime('%Y-%m', now) and chart['rest'] == 3
    assert [g['value'] for g in chart['groups']] == [0] * 23 + [3]


# -- wrong ones --------------------------------------------------------------------------------------------------

@pytest.mark.parametrize('kind, more, field', [
    ('list', {'columns': ['nonsense']}, 'columns/0'), ('list', {'columns': []}, 'columns'), ('list', {'columns': ['field:']}, 'columns/0'),
    ('list', {'columns': ['partner']}, 'columns/0'), ('list', {'sort': '--modified_at'}, 'sort'), ('list', {'sort': 'status'}, 'sort'),
    ('list', {'limit': 51}, 'limit'), ('list', {'limit': 0}, 'limit'), ('list', {'measure': {'function': 'count'}}, 'measure'),
    ('tile', {'measure': {'function': 'count', 'field': 'x'}}, 'measure/field'), ('tile', {'measure': {'function': 'sum'}}, 'measure/field'),
    ('tile', {'measure': {'function': 'median', 'field': 'x'}}, 'measure/function'), ('tile', {'show': 'all'}, 'show'),
    ('tile', {'source': {'kind': 'data_set', 'process_id': UNKNOWN}}, 'source/kind'), ('tile', {'source': {'kind': 'process'}}, 'source/process_id'),
    ('chart', {'look': 'pie'}, 'look'), ('chart', {'group_by': 'reference'}, 'group_by'),
    ('chart', {'measure': {'function': 'average', 'field': 'x'}}, 'measure/function'),
    ('tile', {'conditions': [condition('nonsense', 'is', 'x')]}, 'conditions/0/field'),
    ('tile', {'conditions': [condition('status', 'from', 'x')]}, 'conditions/0/op'),
    ('tile', {'conditions': [condition('status', 'is', 'x'), condition('state', 'is', 'stuck')]}, 'conditions/1/value'),
    ('tile', {'conditions': [condition('created_at', 'from', 'x')]}, 'conditions/0/value'),
    ('tile', {'conditions': [condition('created_at', 'from', '2026-02-30')]}, 'conditions/0/value'),
    ('tile', {'conditions': [condition('created_at', 'within_days', '0')]}, 'conditions/0/value'),
    ('tile', {'conditions': [condition('created_at', 'within_days', '-1')]}, 'conditions/0/value'),
    ('tile', {'conditions': [condition('field:x', 'within_days', '1')]}, 'conditions/0/op'),
    ('tile', {'conditions': [condition('field:x', 'contains', '1')]}, 'conditions/0/op'),
    ('tile', {'conditions': [condition('reference', 'is', '1')]}, 'conditions/0/op'),
    ('tile', {'conditions': [condition('status', 'is', '')]}, 'conditions/0/value'),
    ('tile', {'conditions': [condition('status', 'is', 'x')] * 6}, 'conditions'),
])
def test_wrong_widgets(site, kind, more, field):
    asked = widget(kind, UNKNOWN, **more)
    body = {'kind': 'page', 'title': 'Wrong', 'widgets': [{'type': 'link', 'width': 3, 'label': 'L', 'url': '/x/'}, asked]}
    refused(site.api('POST', '/dashboards', body, status=400).json(), 'invalid', 'widgets/1/' + field)
    refused(preview(site, asked, status=400), 'invalid', 'widget/' + field)


@pytest.mark.parametrize('text', ['nonsense', '[]', '{}', '1', '{"type":"rich_text","width":1,"blocks":[]}', '{"type":"list"}', '{"type":"nonsense"}'])
def test_wrong_previews(site, text):
    answer = site.api('GET', '/widget-preview?widget=' + quote(text), by=site.designer)
    assert answer.status == (404 if 'rich_text' in text else 400), answer


def test_an_older_dashboard(site):
    """What a version asks for that is not known any more is told; nothing else of the dashboard fails."""
    other = shared(site)
    other.start(site.alice, subject='S')
    board = Board(site, [widget('tile', other.process), widget('tile', other.process)])
    right = json.dumps(widget('tile', other.process))
    for change in ({'conditions': [condition('status', 'resembles', 'x')]}, {'conditions': [condition('colour', 'is', 'x')]}, {'show': 'everything'},
                   {'source': {'kind': 'data_set', 'process_id': other.process}}, {'measure': {'function': 'median', 'field': 'amount'}},
                   {'measure': None}, {'source': None}, {'conditions': [{}]}, {'conditions': [None]}):
        text = '[%s,%s]' % (json.dumps(dict(json.loads(right), **change)), right)
        site.database.run(["UPDATE dashboard_versions SET widgets = '%s' WHERE dashboard_id = '%s'" % (text.replace("'", "''"), board.id)])
        assert board.data(site.alice)['problem'] == 'unsupported', change
        assert board.value(site.alice, 1) == 1
        site.api('GET', '/dashboards/' + board.placement, by=site.alice, portal='acme', status=200)


def test_what_a_host_user_began(site):
    answer = preview(site, widget('tile', site.complaint.process, show='created'), site.manager)
    assert answer['problem'] == 'host-begins-none' and answer['tile'] is None
    assert preview(site, widget('tile', site.complaint.process, show='assigned'), site.clara, status=403)['status'] == 403
    assert preview(site, widget('tile', site.complaint.process, show='assigned'), site.manager)['tile']['value'] == 0

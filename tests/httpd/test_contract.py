# SPDX-License-Identifier: Apache-2.0
"""The contract and the server say the same of parameters and bodies: what is taken, what is missing, what is wrong."""

import re

import jsonschema
import pytest

import sites
from harness.site import contract
from test_authorization import JSON, ROWS, allowed, browser_of, name_of, query_of, site, variables_of   # noqa: F401

pytestmark = sites.needs_module

STRAY = 'zzzzzzzzzzzzzzzzzzzz'
WRONG = [7, -1, 1.5, True, None, '', ' ', 'x\u0007y', 'x\ny', 'x' * 300, 'x' * 6000, 'nonsense', '#12345', 'en_US',
         'javascript:alert(1)', '//evil.example/', 'http://evil.example/', '2026-13-45', 'not-an-id', [], [7], [[]],
         ['x', 'x'], {}, {'zzz': 1}, ['x'] * 600]


def operation_of(row):
    return contract().document['paths'][row['path']][row['method'].lower()]


def follow(node):
    while isinstance(node, dict) and '$ref' in node:
        node = contract().resolver.resolve(node['$ref'])[1]
    return node


def schema_of(row):
    body = operation_of(row).get('requestBody', {}).get('content', {}).get('application/json')
    schema = follow(body['schema']) if body else None
    if schema and 'anyOf' in schema:        # of the portal's side, and of the console's
        return follow(schema['anyOf'][row['side'] == 'console'])
    return schema


def send(site, row, values, json=None, query=''):
    """As somebody who may; what is wrong with a request is said before its If-Match is looked at."""
    actor = 'administrator' if row['side'] == 'console' else allowed(row)
    return browser_of(site, row['side'], actor).request(
        row['method'], site.url('acme' if row['side'] == 'portal' else None, '/api/v1' + row['path'].format(**values) + query),
        json=json, headers=JSON)


def names_in(sentence):
    """The names that a refusal of an unknown one lists."""
    found = re.search(r'there are: (.*)\.$', sentence)
    return set(found.group(1).split(', ')) if found else set()


def errors_of(answer):
    problem = answer.json()
    return {e['field']: e['detail'] for e in problem.get('errors') or [problem] if 'field' in e}


@pytest.fixture(scope='module')
def values(site):
    """One thing of each kind for every row: nothing here changes any."""
    kept = {}

    def get(row):
        variables = tuple(re.findall(r'\{(\w+)\}', row['path']))
        key = (variables, row['side'], row['path'].startswith('/host'), '/versions' in row['path'])
        if key not in kept:
            kept[key] = variables_of(site, dict(row, method='GET', path=re.sub('/(suspend|resume|issuers)$', '', row['path'])))
        return kept[key]
    return get


@pytest.mark.parametrize('row', [row for row in ROWS if row['method'] == 'GET'], ids=name_of)
def test_query_parameters(site, values, row):
    answer = send(site, row, values(row), query='?%s=1' % STRAY)
    assert answer.status == 400, answer
    errors = errors_of(answer)
    named = {follow(p)['name'] for p in operation_of(row).get('parameters', []) if follow(p)['in'] == 'query'}
    if len(operation_of(row)['x-side']) == 2:
        elsewhere = 'Console only' if row['side'] == 'portal' else 'Portal only'
        named -= {p['name'] for p in map(follow, operation_of(row).get('parameters', [])) if p.get('description', '').startswith(elsewhere)}
    assert names_in(errors[STRAY]) == named
    for parameter in map(follow, operation_of(row).get('parameters', [])):
        if parameter['in'] == 'query' and parameter['name'] in named:
            right = query_of(row, values(row)).lstrip('?')
            twice = '?%s&%s=1&%s=1' % (right, parameter['name'], parameter['name'])
            assert send(site, row, values(row), query=twice).status == 400, twice
            schema = follow(parameter['schema'])
            for wrong in ('nonsense', '0', '501', '', 'x' * 7000, '%00', '%ff', '%0d%0a'):
                value = int(wrong) if schema.get('type') == 'integer' and wrong.isdigit() else wrong
                if '%' not in wrong and jsonschema.Draft202012Validator(
                        schema, format_checker=jsonschema.FormatChecker()).is_valid(value) or schema.get('format'):
                    continue
                answer = send(site, row, values(row), query='?%s=%s' % (parameter['name'], wrong))
                assert answer.status == 400, (parameter['name'], wrong, answer)
                assert parameter['name'] in errors_of(answer), answer


@pytest.mark.parametrize('row', [row for row in ROWS if row['method'] == 'GET' and 'Limit' in str(operation_of(row))],
                         ids=name_of)
def test_cursors(site, values, row):
    for after in ('x', 'e30', 'WyJuYW1lIiwieCIsInkiXQ', '%22', '=', 'a' * 1000):
        right = query_of(row, values(row)).lstrip('?')
        answer = send(site, row, values(row), query='?' + '&'.join(filter(None, (right, 'after=' + after))))
        assert answer.status in (200, 400), answer
        if after != 'WyJuYW1lIiwieCIsInkiXQ':       # ["name","x","y"], which some lists take
            assert answer.status == 400 and 'after' in errors_of(answer), (after, answer)


@pytest.mark.parametrize('row', [row for row in ROWS if schema_of(row)], ids=name_of)
def test_bodies(site, values, row):
    schema = schema_of(row)
    answer = send(site, row, values(row), json={STRAY: 1})
    assert answer.status == 400, answer
    errors = errors_of(answer)
    assert names_in(errors.pop(STRAY)) == set(schema['properties'])
    assert set(errors) == set(schema.get('required', []))


@pytest.mark.parametrize('row', [row for row in ROWS if schema_of(row)], ids=name_of)
def test_members_of_bodies(site, values, row):
    """Whatever breaks the contract is a 400 that names the member, and nothing is looked at beyond it."""
    schema = schema_of(row)
    for name, member in schema['properties'].items():
        validator = jsonschema.Draft202012Validator(follow(member), resolver=contract().resolver)
        for value in WRONG:
            if validator.is_valid(value):
                continue
            answer = send(site, row, values(row), json={name: value})
            assert answer.status == 400, (name, value, answer)
            assert any(field == name or field.startswith(name + '/') for field in errors_of(answer)), (name, value, answer)


def test_a_served_contract_is_the_documented_one(site):
    for portal in (None, 'acme'):
        answer = site.browser().get(site.url(portal, '/api/v1/openapi.json'))
        assert answer.status == 200 and answer.json() == contract().document
        again = site.browser().get(site.url(portal, '/api/v1/openapi.json'), headers={'If-None-Match': answer.etag})
        assert again.status == 304 and not again.body

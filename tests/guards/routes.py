# SPDX-License-Identifier: Apache-2.0
"""Routes, the contract and the authorization matrix name the same addresses, and agree on what they say of them."""
import re

import yaml

import guard

ROUTES = 'mod_b2bportal/api/routes.c'
CONTRACT = 'docs/openapi.yaml'
MATRIX = 'tests/authorization-matrix.yaml'

ROUTE = re.compile(r'\{"(?P<method>[A-Z]+)", "(?P<path>/[^"]*)", "(?P<operation>\w+)", (?P<side>CONSOLE|PORTAL), '
                   r'(?P<may>\w+), (?P<how>\w+),\s*(?P<action>"[\w.]+"|NULL),')
RIGHTS = {
    'B2B_MAY_ANYBODY': 'anybody', 'B2B_MAY_MEMBER': 'member', 'B2B_MAY_EDITOR': 'bringing_images',
    'B2B_RIGHT_CONSOLE': 'console',
    'B2B_MAY_READ_PROCESS': 'reading_a_process', 'B2B_MAY_CHANGE_PROCESS': 'changing_a_process',
    'B2B_RIGHT_PROCESSES_WRITE': 'making_processes',
    'B2B_MAY_SEE_INSTANCE': 'seeing_an_instance', 'B2B_MAY_COMMENT_INSTANCE': 'commenting_an_instance',
    'B2B_MAY_WORK_ON_INSTANCE': 'working_on_an_instance', 'B2B_MAY_TAKE_BACK': 'taking_back_a_file',
    'B2B_MAY_ACT_ON_INSTANCE': 'acting_on_an_instance',
    'B2B_RIGHT_BIN_READ': 'reading_the_bin', 'B2B_RIGHT_BIN_WRITE': 'changing_the_bin',
    'B2B_MAY_DELETE_INSTANCE': 'deleting_an_instance', 'B2B_MAY_START_INSTANCE': 'starting_an_instance', 'B2B_MAY_FIND_PEOPLE': 'finding_people',
    'B2B_RIGHT_SETTINGS_READ': 'reading_settings', 'B2B_RIGHT_SETTINGS_WRITE': 'changing_settings',
    'B2B_RIGHT_HOST_USERS_READ': 'reading_host_users', 'B2B_RIGHT_HOST_USERS_WRITE': 'changing_host_users',
    'B2B_RIGHT_PORTALS_READ': 'reading_portals', 'B2B_RIGHT_PORTALS_WRITE': 'changing_portals',
    'B2B_RIGHT_DASHBOARDS_READ': 'reading_dashboards', 'B2B_RIGHT_DASHBOARDS_WRITE': 'changing_dashboards',
    'B2B_RIGHT_SHARES_READ': 'reading_shares', 'B2B_RIGHT_SHARES_WRITE': 'changing_shares',
    'B2B_RIGHT_MAIL_READ': 'reading_mail', 'B2B_RIGHT_MAIL_WRITE': 'changing_mail',
    'B2B_RIGHT_AUDIT_READ': 'reading_all_audit', 'B2B_RIGHT_PORTAL_AUDIT_READ': 'reading_portal_audit',
}


def routes_of(text):
    return {(m['method'], m['path'], m['side'].lower()): m.groupdict() for m in ROUTE.finditer(text)}


def operations_of(document):
    found = {}
    for path, methods in document.get('paths', {}).items():
        for method, operation in methods.items():
            for side in operation.get('x-side', []):
                found[(method.upper(), path, side)] = operation
    return found


def header_names(document, operation):
    names = set()
    for parameter in operation.get('parameters', []):
        if '$ref' in parameter:
            parameter = document['components']['parameters'][parameter['$ref'].rsplit('/', 1)[1]]
        if parameter['in'] == 'header':
            names.add(parameter['name'])
    return names


def compare(complaints, left, right, what, where):
    for key in sorted(set(left) - set(right)):
        complaints.append(f'{" ".join(key)}: {what} it, {where} does not')


def check_matrix(matrix):
    for name, sides in matrix['may'].items():
        for side, cells in sides.items():
            for actor in sorted(set(matrix['actors'][side]) ^ set(cells)):
                yield f'{MATRIX}: {name} and the actors of {side} differ in {actor}'
    seen = set()
    for row in matrix['rows']:
        key = (row['method'], row['path'], row['side'])
        if key in seen:
            yield f'{MATRIX}: {" ".join(key)} is there twice'
        seen.add(key)
        if row['side'] not in matrix['may'].get(row['may'], {}):
            yield f'{MATRIX}: {" ".join(key)}: there is no {row["may"]} on this side'
        if '{' in row['path'] and 'unknown' not in row:
            yield f'{MATRIX}: {" ".join(key)}: what of a thing that does not exist?'


def check(tree):
    complaints = []
    routes = routes_of(tree[ROUTES])
    document = yaml.safe_load(tree[CONTRACT])
    operations = operations_of(document)
    matrix = yaml.safe_load(tree[MATRIX])
    rows = {(row['method'], row['path'], row['side']): row for row in matrix['rows']}
    declared = len(re.findall(r'^\s*\{"[A-Z]+", "', tree[ROUTES], re.M))
    if len(routes) != declared or not routes:
        complaints.append(f'{ROUTES}: {declared} rows, of which {len(routes)} can be read')
    compare(complaints, routes, operations, 'routes.c has', CONTRACT)
    compare(complaints, operations, routes, CONTRACT + ' has', 'routes.c')
    compare(complaints, routes, rows, 'routes.c has', MATRIX)
    compare(complaints, rows, routes, MATRIX + ' has', 'routes.c')
    complaints += check_matrix(matrix)
    for key, route in sorted(routes.items()):
        place = ' '.join(key)
        if (route['action'] == 'NULL') != (route['how'] in ('READ', 'NO_DB')):
            complaints.append(f'{place}: what writes has a word in the audit trail, what reads has none')
        if (key[0] == 'GET') != (route['how'] in ('READ', 'NO_DB')):
            complaints.append(f'{place}: a GET changes nothing, any other method may')
        if key in operations:
            headers = header_names(document, operations[key])
            if operations[key].get('operationId') != route['operation']:
                complaints.append(f'{place}: the contract calls it {operations[key].get("operationId")}')
            if ('If-Match' in headers) != (route['how'] in ('CHANGE', 'SEND')):
                complaints.append(f'{place}: code and contract differ about If-Match')
            if ('Idempotency-Key' in headers) != (route['how'] in ('MAKE', 'SEND')):
                complaints.append(f'{place}: code and contract differ about Idempotency-Key')
        if key in rows:
            if rows[key]['may'] != RIGHTS.get(route['may']):
                complaints.append(f'{place}: the matrix says {rows[key]["may"]}, the code {route["may"]}')
            if key in operations and str(rows[key]['ok']) not in operations[key]['responses']:
                complaints.append(f'{place}: {rows[key]["ok"]} is not in the contract')
    return complaints


SAMPLE = {
    ROUTES: '    {"GET", "/things/{thing}", "getThing", CONSOLE, B2B_RIGHT_PORTALS_READ, READ,\n     NULL, x, NULL, NULL},\n'
            '    {"PUT", "/things/{thing}", "putThing", CONSOLE, B2B_RIGHT_PORTALS_WRITE, CHANGE,\n'
            '     "thing.update", x, NULL, y},\n',
    CONTRACT: '''
paths:
  /things/{thing}:
    get: {operationId: getThing, x-side: [console], responses: {"200": {}}}
    put:
      operationId: putThing
      x-side: [console]
      parameters: [{name: If-Match, in: header}]
      responses: {"200": {}}
''',
    MATRIX: '''
actors: {console: {administrator: x}}
may: {reading_portals: {console: {administrator: ok}}, changing_portals: {console: {administrator: ok}}}
rows:
  - {method: GET, path: "/things/{thing}", side: console, may: reading_portals, ok: 200, unknown: 404}
  - {method: PUT, path: "/things/{thing}", side: console, may: changing_portals, ok: 200, unknown: 404}
''',
}


def changed(path, old, new):
    assert old in SAMPLE[path], old
    return {**SAMPLE, path: SAMPLE[path].replace(old, new)}


LAST = '  - {method: PUT, path: "/things/{thing}", side: console, may: changing_portals, ok: 200, unknown: 404}\n'

guard.run(
    'routes', check, guard.read_tree(lambda path: path in (ROUTES, CONTRACT, MATRIX)),
    bad={
        'a route without a row': changed(MATRIX, LAST, ''),
        'a row without a route': changed(MATRIX, 'method: PUT', 'method: POST'),
        'a route that the contract lacks': changed(CONTRACT, '    put:', '    patch:'),
        'another side': changed(CONTRACT, 'getThing, x-side: [console]', 'getThing, x-side: [portal]'),
        'another operationId': changed(CONTRACT, 'operationId: putThing', 'operationId: setThing'),
        'another right': changed(ROUTES, 'B2B_RIGHT_PORTALS_WRITE', 'B2B_RIGHT_PORTALS_READ'),
        'a write without a word in the trail': changed(ROUTES, '"thing.update"', 'NULL'),
        'a GET that writes': changed(ROUTES, '_READ, READ,\n     NULL', '_READ, CHANGE,\n     "x"'),
        'If-Match in the code only': changed(CONTRACT, '      parameters: [{name: If-Match, in: header}]\n', ''),
        'a status that the contract lacks': changed(MATRIX, 'may: changing_portals, ok: 200', 'may: changing_portals, ok: 204'),
        'an actor without a cell': changed(MATRIX, '{administrator: x}', '{administrator: x, auditor: x}'),
        'a row that cannot be read': changed(ROUTES, '"thing.update", x', 'thing_update, x'),
        'a row twice': changed(MATRIX, LAST, LAST + LAST),
    },
    good={'routes that agree': SAMPLE})

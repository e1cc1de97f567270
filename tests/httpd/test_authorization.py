# SPDX-License-Identifier: Apache-2.0
"""Every cell of tests/authorization-matrix.yaml, asked of a real server: who, method, address, whose thing."""

import json
import os
import re
from urllib.parse import quote

import pytest
import yaml

import sites
from harness import build
from harness.people import person
from harness.scratch import wait_until
from harness.seed import Seed, new_id, now
from harness.work import Work

pytestmark = sites.needs_module

with open(os.path.join(build.SOURCE, 'tests', 'authorization-matrix.yaml'), encoding='utf-8') as file:
    MATRIX = yaml.safe_load(file)
ROWS = MATRIX['rows']
JSON = {'Accept': 'application/json'}
TABLES = ['portals', 'portal_issuers', 'partners', 'members', 'groups', 'group_members', 'invitations', 'dashboards',
          'dashboard_versions', 'placements', 'placement_groups', 'host_user_roles', 'host_groups', 'host_group_users',
          'settings', 'images', 'outbox', 'generations', 'processes', 'process_versions', 'process_administrators',
          'shares', 'share_revisions', 'grants', 'grant_groups', 'instance_comments', 'instance_files', 'instance_changes',
          'stored_files']
# Rows that a job removes some time after their thing has ended in the bin (and then gives back what its files took).
ENDED = {table: '(SELECT id FROM %s WHERE deleted_at = 1)' % table for table in ('processes', 'shares', 'instances', 'dashboards')}
STILL = {
    **{table: 'deleted_at IS NULL OR deleted_at > 1' for table in ENDED},
    **{table: 'process_id NOT IN ' + ENDED['processes'] for table in ('process_versions', 'process_administrators')},
    **{table: 'share_id NOT IN ' + ENDED['shares'] for table in ('share_revisions', 'grants', 'grant_groups')},
    **{table: 'instance_id NOT IN ' + ENDED['instances'] for table in ('instance_comments', 'instance_files', 'instance_changes')},
    'dashboard_versions': 'dashboard_id NOT IN ' + ENDED['dashboards'],
    'placements': '(share_id IS NULL OR share_id NOT IN %s) AND dashboard_id NOT IN %s' % (ENDED['shares'], ENDED['dashboards']),
    'placement_groups': 'placement_id NOT IN (SELECT id FROM placements WHERE share_id IN %s OR dashboard_id IN %s)' % (
        ENDED['shares'], ENDED['dashboards']),
}
UNKNOWN = '01900000-0000-7000-8000-000000000000'

# actor of the matrix -> person of the issuer
CONSOLE = {'stranger': 'nobody', 'member': 'alice', 'pending': 'penny', 'suspended': 'sue', 'administrator': 'admin',
           'partner_manager': 'manager', 'designer': 'designer', 'data_source_manager': 'dan', 'auditor': 'auditor',
           'user': 'ursula'}
PORTAL = {'stranger': 'nobody', 'host': 'admin', 'other_portal': 'gina', 'suspended': 'erin', 'expired': 'ernie',
          'partner_suspended': 'dave', 'viewer': 'bob', 'editor': 'alice', 'partner_administrator': 'carol'}


def png(green=0):
    import struct
    import zlib

    def chunk(kind, data):
        return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))
    return (b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', 1, 1, 8, 2, 0, 0, 0)) +
            chunk(b'IDAT', zlib.compress(b'\0\0' + bytes([green]) + b'\0')) + chunk(b'IEND', b''))


@pytest.fixture(scope='module', params=sites.KINDS)
def site(folder, issuers, request, servers):
    home = issuers[0]
    for name, verified in (('penny', False), ('sue', True), ('dan', True), ('ursula', True), ('gina', True),
                           ('ernie', True)):
        home.people.setdefault(name, person(name, name + '@host.example', verified=verified))
    made = sites.make(request.param, folder, 'authorization-' + request.param, issuers, request, servers)
    world = made.world
    seed = Seed(made.database)
    seed.host_user('sue@host.example', ['administrator'], home.url, 'sue', state='suspended')
    seed.host_user('penny@host.example', ['administrator'], state='pending')
    seed.host_user('dan@host.example', ['data_source_manager'], home.url, 'dan')
    seed.host_user('ursula@host.example', ['user'], home.url, 'ursula')
    seed.member(world.globex, world.globex_south, 'gina@host.example', home.url, 'gina')
    seed.member(world.acme, world.north, 'ernie@host.example', home.url, 'ernie', role='editor',
                valid_until=now() - 1000000)
    world.globex_placement = seed.placement(world.globex, world.figures, 'Figures', everyone=True)
    world.north_only = seed.placement(world.acme, world.figures, 'North only', everyone=True, partner=world.north,
                                      position=9)
    seed.commit()
    made.work = Work(made, 'authorized')
    made.share = made.work.share(('acme', world.north), ('globex', world.globex_south))
    made.browsers = {}
    made.count = 0
    return made


def browser_of(site, side, actor):
    """The signed-in browser of an actor; anonymous has none."""
    key = (side, actor)
    if key not in site.browsers:
        name = (CONSOLE if side == 'console' else PORTAL).get(actor)
        portal = 'acme' if side == 'portal' else None
        site.browsers[key] = site.sign_in(name, portal=portal) if name else site.browser('anonymous')
    return site.browsers[key]


# -- things to act on -------------------------------------------------------------------------------------

def fresh(site):
    site.count += 1
    return site.count


def make(site, path, **body):
    return site.api('POST', path, body, status=201).json()


def portal_thing(site):
    return site.make_portal('p%d' % fresh(site))['technical_name']


def partner_thing(site, portal='acme'):
    return make(site, '/portals/%s/partners' % portal, name='Partner %d' % fresh(site))['id']


def member_thing(site, portal='acme'):
    partner = site.world.north if portal == 'acme' else site.world.globex_south
    return make(site, '/portals/%s/members' % portal, email='m%d@north.example' % fresh(site), role='viewer',
                partner_id=partner)


def suspended_member(site, portal='acme'):
    member = member_thing(site, portal)['id']
    site.api('POST', '/portals/%s/members/%s/suspend' % (portal, member), status=200)
    return member


def group_thing(site, portal='acme'):
    return make(site, '/portals/%s/groups' % portal, name='Group %d' % fresh(site))['id']


def placement_thing(site, portal='acme'):
    return make(site, '/portals/%s/placements' % portal, dashboard_id=site.world.figures,
                name='Placed %d' % fresh(site), security={'everyone': False, 'groups': []})['id']


def dashboard_thing(site):
    return make(site, '/dashboards', kind='page', title='Dashboard %d' % fresh(site))['id']


def published_thing(site):
    dashboard = dashboard_thing(site)
    site.api('POST', '/dashboards/%s/publish' % dashboard, status=200)
    return dashboard


def process_thing(site):
    return make(site, '/processes', name='process-%d' % fresh(site), title='Process')['id']


def published_process(site):
    process = process_thing(site)
    etag = site.api('GET', '/processes/' + process, status=200).etag
    site.api('POST', '/processes/%s/publish' % process, headers={'If-Match': etag}, status=200)
    return process


def share_thing(site):
    """A shared process that North and South of acme hold at its revision 1, and the process in it."""
    process = published_process(site)
    share = make(site, '/shared-processes', title='Share %d' % fresh(site), processes=[
        {'process_id': process, 'allow_create': True, 'creators': {'everyone': True, 'groups': []},
         'creators_only_open': False, 'allow_delete': False, 'form_visibility': 'assigned'}])
    for partner in (site.world.north, site.world.south):
        give(site, share['id'], 'acme', partner)
    site.api('POST', '/shared-processes/%s/send-update' % share['id'], {'all': True}, headers={'If-Match': share['etag']},
             status=200)
    return share['id'], process


def give(site, share, portal, partner):
    site.api('PUT', '/shared-processes/%s/partners/%s/%s' % (share, portal, partner), status=200, match=False)


def instance_thing(site, portal='acme', form=0):
    """At a form that the partner owns and, of the host, the administrator."""
    world = site.world
    partner, creator = (world.north, world.alice) if portal == 'acme' else (world.globex_south, world.carol_globex)
    return site.work.instance(site.share, getattr(world, portal), partner, creator,
                              form=form,
                              owners=[(form, 'partner', partner), (form, 'host_user', world.admin)])


def upload_thing(site, row, instance, portal='acme'):
    """A file of the instance: what is to be read is saved, what is to be taken back is not."""
    world = site.world
    partner = world.north if portal == 'acme' else world.globex_south
    kind, who = ('member', world.alice) if row['side'] == 'portal' else ('host_user', world.admin)
    seed = Seed(site.database)
    key, name = new_id(), 'e' * 64
    with open(os.path.join(site.files, name), 'w') as out:
        out.write('text')
    os.chmod(os.path.join(site.files, name), 0o644)
    seed.insert('instance_files', portal_id=getattr(world, portal), instance_id=instance, id=key, partner_id=partner, form=0,
                field='papers', name='a.txt', type='text/plain; charset=utf-8', bytes=4, file=name,
                is_attached=int(row['method'] == 'GET'), uploaded_by_kind=kind, uploaded_by=who, uploaded_by_name='Somebody',
                created_at=now())
    seed.commit(bump=False)
    return key


def deleted_thing(site):
    process = process_thing(site)
    etag = site.api('GET', '/processes/' + process, status=200).etag
    site.api('DELETE', '/processes/' + process, headers={'If-Match': etag}, status=204)
    return process


def host_user_thing(site):
    return make(site, '/host/users', email='h%d@host.example' % fresh(site), roles=['user'])['id']


def host_group_thing(site):
    return make(site, '/host/groups', name='Host group %d' % fresh(site))['id']


def mail_thing(site):
    member_thing(site)
    mail = site.api('GET', '/mail?limit=1', status=200).json()['data'][0]['id']
    Seed(site.database).sql("UPDATE outbox SET state = 'failed' WHERE id = '%s'" % mail)
    site.database.run(["UPDATE outbox SET state = 'failed' WHERE id = '%s'" % mail])
    return mail


def image_thing(site, green=0):
    answer = site.admin.request('POST', site.url(None, '/api/v1/images'), body=png(green),
                                headers=dict(JSON, **{'Content-Type': 'image/png'}))
    assert answer.status == 201, answer
    return answer.json()['file']


def shown_image(site):
    """A picture, not image_thing()'s, that every member of acme sees on a dashboard."""
    picture = image_thing(site, green=255)
    dashboard = make(site, '/dashboards', kind='page', title='Shown %d' % fresh(site),
                     widgets=[{'type': 'image', 'width': 12, 'file': picture, 'alt': 'x'}])['id']
    site.api('POST', '/dashboards/%s/publish' % dashboard, status=200)
    make(site, '/portals/acme/placements', dashboard_id=dashboard, name='Shown %d' % fresh(site),
         security={'everyone': True, 'groups': []})
    return picture


def suspended(site, path):
    site.api('POST', path + '/suspend', status=200)


def variables_of(site, row, portal='acme'):
    """A value for every variable of the row's path: things that the request may be about and that exist."""
    path, values = row['path'], {}
    for name in re.findall(r'\{(\w+)\}', path):
        if name == 'portal':
            own = path.endswith(('/suspend', '/resume')) and path.count('/') == 3 or row['method'] == 'DELETE' and \
                path == '/portals/{portal}' or path.endswith('/issuers')
            values[name] = portal_thing(site) if own else portal
        elif name == 'share':
            values[name], shared = share_thing(site)
        elif name == 'partner':
            values[name] = partner_thing(site, portal)
            if 'share' in values:
                give(site, values['share'], values['portal'], values[name])
        elif name == 'member':
            values[name] = suspended_member(site, portal) if path.endswith('/resume') else member_thing(site, portal)['id']
        elif name == 'group':
            values[name] = host_group_thing(site) if path.startswith('/host') else group_thing(site, portal)
        elif name == 'invitation':
            values[name] = member_thing(site, portal)['invitation']['id']
        elif name == 'placement':
            values[name] = placement_thing(site, portal)
        elif name == 'dashboard':
            values[name] = widget_thing(site) if '{widget}' in path else \
                site.world.placed_manuals if row['side'] == 'portal' else \
                published_thing(site) if '/versions' in path else dashboard_thing(site)
        elif name == 'process':
            values[name] = shared if 'share' in values else process_thing(site)
        elif name == 'label':
            values[name] = '0.1'
        elif name == 'instance':
            values[name] = instance_thing(site, portal, int('{action}' in path))
        elif name == 'action':
            values[name] = 'back'
        elif name == 'upload':
            values[name] = upload_thing(site, row, values['instance'], portal)
        elif name == 'kind':
            values.update(kind='process', id=deleted_thing(site))
        elif name == 'user':
            values[name] = host_user_thing(site)
        elif name == 'message':
            values[name] = mail_thing(site)
        elif name == 'file':
            values[name] = image_thing(site) if row['side'] == 'console' else shown_image(site)
        elif name in ('version', 'revision'):
            values[name] = '1'
        elif name == 'widget':
            values[name] = '0'
    if path.endswith('/resume') and 'member' not in values:
        suspended(site, path.format(**values).removesuffix('/resume'))
    return values


def tile_of(process):
    return {'type': 'tile', 'width': 3, 'title': 'Complaints', 'source': {'kind': 'process', 'process_id': process},
            'show': 'matching', 'conditions': [], 'measure': {'function': 'count'}}


def widget_thing(site):
    """A placement of a dashboard with a widget that counts."""
    dashboard = make(site, '/dashboards', kind='page', title='Counting %d' % fresh(site), widgets=[tile_of(site.work.process)])['id']
    site.api('POST', '/dashboards/%s/publish' % dashboard, status=200)
    return make(site, '/portals/acme/placements', dashboard_id=dashboard, name='Counting %d' % fresh(site),
                security={'everyone': True, 'groups': []})['id']


def query_of(row, values):
    path = row['path']
    if path.endswith('/impact'):
        return '?act=' + ('save' if 'portal}/placements' in path else 'remove' if '{share}/partners' in path else 'delete')
    if path.endswith('/principals'):
        return '?kind=host_user'
    if path == '/technical-name':
        return '?name=Acme'
    if path == '/bin' and row['method'] == 'DELETE':
        return '?confirm=empty'
    if path == '/search':
        return '?q=acme'
    if path == '/widget-preview':
        return '?widget=' + quote(json.dumps(tile_of(UNKNOWN)))
    if row['method'] == 'POST' and path.endswith('/instances/{instance}/files'):
        return '?form=report&field=papers&name=a.txt'
    if row['method'] == 'DELETE' and path == '/portals/{portal}':
        return '?confirm=' + values['portal']
    return ''


def body_of(site, row, values):
    number = fresh(site)
    key = (row['method'], row['path'].split('/portals/{portal}')[-1])
    return {
        ('PATCH', '/me'): {'locale': 'en' if number % 2 else 'de'},
        ('POST', '/instances'): {'shared_process_id': site.share, 'process_id': site.work.process, 'values': {},
                                 **({'partner_id': site.world.north} if row['side'] == 'console' else {})},
        ('PATCH', '/instances/{instance}'): {'form': 'report', 'values': {'subject': 'Subject %d' % number}},
        ('POST', '/instances/{instance}/reassign'): {'owners': [{'kind': 'partner'}], 'mode': 'append'},
        ('POST', '/instances/{instance}/actions/{action}'): {'comment': 'Comment %d' % number},
        ('POST', '/instances/{instance}/comments'): {'text': 'Comment %d' % number},
        ('PATCH', '/settings'): {'name': 'Host %d' % number},
        ('POST', '/portals'): {'technical_name': 'q%d' % number, 'name': 'Q'},
        ('PATCH', ''): {'name': 'Portal %d' % number},
        ('PUT', '/issuers'): {'data': [{'issuer': site.issuers[0].url, 'label': 'L%d' % number}]},
        ('POST', '/partners'): {'name': 'New %d' % number},
        ('PATCH', '/partners/{partner}'): {'city': 'City %d' % number},
        ('POST', '/members'): {'email': 'n%d@north.example' % number, 'role': 'viewer', 'partner_id': site.world.north},
        ('POST', '/members/bulk'): {'act': 'set_role', 'role': 'editor', 'ids': [UNKNOWN]},
        ('PATCH', '/members/{member}'): {'last_name': 'Name %d' % number},
        ('POST', '/groups'): {'name': 'New %d' % number},
        ('PATCH', '/groups/{group}'): {'name': 'Renamed %d' % number},
        ('POST', '/invitations'): {'addresses': [{'email': 'i%d@north.example' % number}], 'role': 'viewer',
                                   'partner_id': site.world.north},
        ('POST', '/placements'): {'dashboard_id': site.world.figures, 'name': 'P%d' % number,
                                  'security': {'everyone': False, 'groups': []}},
        ('PATCH', '/placements/{placement}'): {'name': 'P%d' % number},
        ('POST', '/dashboards'): {'kind': 'link', 'title': 'D%d' % number, 'target': '/x/'},
        ('PATCH', '/dashboards/{dashboard}'): {'description': 'D%d' % number},
        ('POST', '/processes'): {'name': 'made-%d' % number, 'title': 'Made'},
        ('PATCH', '/processes/{process}'): {'title': 'Changed %d' % number},
        ('POST', '/processes/import'): {'format': 'b2bportal-process', 'format_version': 1, 'name': 'brought',
                                        'document': {'title': 'Brought', 'forms': [{'name': 'a', 'title': 'A'}]}},
        ('POST', '/shared-processes'): {'title': 'Made %d' % number},
        ('PATCH', '/shared-processes/{share}'): {'instructions': 'Changed %d' % number},
        ('POST', '/shared-processes/{share}/preview-update'): {'all': True},
        ('POST', '/shared-processes/{share}/send-update'): {'all': True},
        ('POST', '/host/users'): {'email': 'u%d@host.example' % number, 'roles': ['user']},
        ('PATCH', '/host/users/{user}'): {'first_name': 'N%d' % number},
        ('POST', '/host/groups'): {'name': 'H%d' % number},
        ('PATCH', '/host/groups/{group}'): {'name': 'H%d' % number},
    }.get(key)


def etag_of(site, row, path, actor):
    """What If-Match needs, as somebody who may read it sees it."""
    if row['side'] == 'portal':
        if actor not in ('viewer', 'editor', 'partner_administrator'):
            return '"1"'
        answer = browser_of(site, 'portal', actor).get(site.url('acme', '/api/v1' + path), headers=JSON)
    elif path == '/me':
        answer = browser_of(site, 'console', actor).get(site.url(None, '/api/v1/me'), headers=JSON)
    else:
        answer = site.admin.get(site.url(None, '/api/v1' + path), headers=JSON)
    return answer.etag


def ask(site, row, actor, values, body):
    path = row['path'].format(**values)
    portal = 'acme' if row['side'] == 'portal' else None
    headers = dict(JSON)
    if row['path'].startswith('/shared-processes/{share}') and row['method'] in ('PATCH', 'DELETE', 'POST'):
        headers['If-Match'] = etag_of(site, row, re.sub('^(/shared-processes/[^/]*).*', r'\1', path), actor) or '"1"'
    elif row['method'] in ('PATCH', 'DELETE') or row['path'].endswith('/issuers') and row['method'] == 'PUT' or \
            row['path'].startswith('/processes/{process}/') and row['method'] == 'POST' or \
            row['path'].endswith(('/reassign', '/actions/{action}')):
        about = re.sub('^(/processes/[^/]*).*', r'\1', path).removesuffix('/reassign').split('/actions/')[0]
        headers['If-Match'] = etag_of(site, row, about, actor) or '"1"'
    extra = {'json': body}
    if row['path'] in ('/images', '/processes/{process}/images'):
        extra = {'body': png()}
        headers['Content-Type'] = 'image/png'
    if row['method'] == 'POST' and row['path'].endswith('/instances/{instance}/files'):
        extra = {'body': b'text'}
        headers['Content-Type'] = 'application/octet-stream'
    if row['path'].endswith(('/images/{file}', '/files/{upload}')):
        headers['Accept'] = '*/*'
    return browser_of(site, row['side'], actor).request(
        row['method'], site.url(portal, '/api/v1' + path + query_of(row, values)), headers=headers, **extra)


def tables(site):
    # The last sign-in is noted after the answer.
    columns = {'members': 'portal_id, id, partner_id, email, first_name, last_name, role, state, issuer, subject, valid_until, '
                          'sponsor_id, locale, mail_assignments, version, modified_at, deleted_at',
               'host_users': 'id, email, first_name, last_name, state, issuer, subject, locale, mail_assignments, version, '
                             'modified_at, deleted_at'}
    return {table: sorted(map(tuple, site.database.query('SELECT %s FROM %s WHERE %s' % (
        columns.get(table, '*'), table, STILL.get(table, '1 = 1')))), key=repr) for table in TABLES}


def name_of(row):
    return '%s %s %s' % (row['side'], row['method'], row['path'])


# -- the cells --------------------------------------------------------------------------------------------

@pytest.mark.parametrize('row', ROWS, ids=name_of)
def test_who(site, row):
    cells = MATRIX['may'][row['may']][row['side']]
    for actor in cells:
        browser_of(site, row['side'], actor)        # signing in is a write of its own
    values = variables_of(site, row)
    body = body_of(site, row, values)
    before = tables(site)
    for actor, expected in cells.items():
        if expected != 'ok':
            answer = ask(site, row, actor, values, body)
            assert answer.status == expected, (actor, answer)
            assert answer.header('Content-Type') in ('application/problem+json', 'text/html; charset=iso-8859-1') or \
                expected == 401, (actor, answer)
    assert tables(site) == before, 'a refused request changed something'
    for actor, expected in cells.items():
        if expected == 'ok':
            if row['method'] != 'GET':
                values = variables_of(site, row)
                body = body_of(site, row, values)
            answer = ask(site, row, actor, values, body)
            assert answer.status == row['ok'], (actor, answer)


def allowed(row):
    return next(actor for actor, cell in MATRIX['may'][row['may']][row['side']].items() if cell == 'ok')


def told_apart(answer):
    """What of an answer may differ: the request id."""
    problem = answer.json()
    problem.pop('request_id')
    return answer.status, problem


@pytest.mark.parametrize('row', [row for row in ROWS if 'unknown' in row], ids=name_of)
def test_things_that_do_not_exist(site, row):
    values = variables_of(site, row)
    body = body_of(site, row, values)
    for name in values:
        if name in ('version', 'label'):
            wrong = dict(values, **{name: '999' if name == 'version' else '9.9'})
        else:
            wrong = dict(values, **{name: {'portal': 'unheard-of', 'file': 'f' * 64, 'kind': 'dashboard'}.get(
                name, UNKNOWN)})
        answer = ask(site, row, allowed(row), wrong, body)
        assert answer.status == row['unknown'], (name, answer)


@pytest.mark.parametrize('row', [row for row in ROWS if 'other' in row and row['side'] == 'console'], ids=name_of)
def test_things_of_another_portal(site, row):
    """The other portal's things, asked for through this portal: the very answer of what does not exist."""
    theirs = dict(variables_of(site, row, portal='globex'))
    ours = variables_of(site, row)
    body = body_of(site, row, ours)
    before = tables(site)
    for name in [name for name in theirs if name not in ('portal', 'action')]:    # an action has a name in its form
        foreign = ask(site, row, allowed(row), dict(ours, **{name: theirs[name]}), body)
        nothing = ask(site, row, allowed(row), dict(ours, **{name: UNKNOWN}), body)
        assert foreign.status == row['other'], (name, foreign)
        assert told_apart(foreign) == told_apart(nothing), name
    assert tables(site) == before


@pytest.mark.parametrize('whose, placement, who, expected', [
    ('own partner', 'north_only', 'viewer', 200),
    ('own partner', 'north_only', 'partner_administrator', 404),     # of South
    ('other partner', 'placed_south', 'viewer', 404),
    ('other partner', 'placed_south', 'partner_administrator', 200),
    ('own group', 'placed_figures', 'editor', 200),
    ('another group', 'placed_figures', 'viewer', 404),
    ('nobody', 'placed_nobody', 'editor', 404),
    ('other portal', 'globex_placement', 'editor', 404),
])
def test_dashboards_on_a_portal(site, whose, placement, who, expected):
    browser = browser_of(site, 'portal', who)
    key = getattr(site.world, placement)
    answer = browser.get(site.url('acme', '/api/v1/dashboards/' + key), headers=JSON)
    assert answer.status == expected, answer
    listed = browser.get(site.url('acme', '/api/v1/dashboards'), headers=JSON).json()['data']
    assert (key in [item['id'] for item in listed]) == (expected == 200), whose
    if expected == 404:
        nothing = browser.get(site.url('acme', '/api/v1/dashboards/' + UNKNOWN), headers=JSON)
        assert told_apart(answer) == told_apart(nothing)


def test_images_of_dashboards(site):
    """A picture is seen by those who may open a dashboard that shows it, and by no other member."""
    picture = image_thing(site)
    dashboard = make(site, '/dashboards', kind='page', title='Picture %d' % fresh(site),
                     widgets=[{'type': 'image', 'width': 12, 'file': picture, 'alt': 'x'}])['id']
    path = '/api/v1/images/' + picture
    assert browser_of(site, 'portal', 'editor').get(site.url('acme', path)).status == 404
    site.api('POST', '/dashboards/%s/publish' % dashboard, status=200)
    make(site, '/portals/acme/placements', dashboard_id=dashboard, name='Picture %d' % fresh(site),
         security={'everyone': False, 'groups': [site.world.sales]})
    assert browser_of(site, 'portal', 'editor').get(site.url('acme', path)).status == 200
    assert browser_of(site, 'portal', 'viewer').get(site.url('acme', path)).status == 404
    for actor, cell in MATRIX['may']['member']['portal'].items():
        if cell != 'ok':
            answer = browser_of(site, 'portal', actor).get(site.url('acme', path), headers=JSON)
            assert answer.status == cell, (actor, answer)


def test_the_other_side_has_no_such_address(site):
    sides = {}
    for row in ROWS:
        sides.setdefault((row['method'], row['path']), set()).add(row['side'])
    taken = {(side, path) for (method, path), found in sides.items() for side in found}
    for (method, path), found in sides.items():
        for side, actor in (('console', 'administrator'), ('portal', 'editor')):
            if side not in found:
                values = {name: {'portal': 'acme', 'file': 'f' * 64, 'version': '1', 'label': '0.1', 'revision': '1',
                                 'kind': 'process'}.get(name, UNKNOWN)
                          for name in re.findall(r'\{(\w+)\}', path)}
                answer = ask(site, {'method': method, 'path': path, 'side': side}, actor, values, None)
                assert answer.status == (405 if (side, path) in taken else 404), (side, method, path, answer)


def test_refusals_are_in_the_trail(site):
    for actor in ('auditor', 'partner_manager', 'designer'):
        browser_of(site, 'console', actor).request('PATCH', site.url(None, '/api/v1/settings'), json={'name': 'X'},
                                                   headers=dict(JSON, **{'If-Match': '"1"'}))
    events = site.everything('/audit', action='settings.update', outcome='refused')
    assert {event['actor']['name'] for event in events} >= {'Host User'}
    assert all(event['reason'] and event['object']['name'] == '/settings' and event['request_id'] for event in events)
    new = new_id()

    def seen():
        # One refusal a second and person is written down: ask until it is this one.
        browser_of(site, 'portal', 'editor').get(site.url('acme', '/api/v1/dashboards/' + new), headers=JSON)
        events = site.everything('/portals/acme/audit', outcome='refused')
        return any(event['object']['name'] == '/dashboards/' + new for event in events)
    wait_until(seen, 10)

# SPDX-License-Identifier: Apache-2.0
"""At least 10,000 decisions of the real server, on each database, against the model in model.py."""

import time

import pytest

import model
import sites
from harness.load import Line, prepared
from harness.scratch import wait_until
from harness.seed import Seed

pytestmark = sites.needs_module

PEOPLE = [(0, n) for n in ('alice', 'bob', 'carol', 'dave', 'erin', 'frank')] + [(1, n) for n in ('alice', 'olga', 'mallory')]
RULES = model.rules(44, 2)
SEED = 20261122


class Mirror:
    """Keeps the database what the model says, row for row."""

    def __init__(self, site, world):
        self.site = site
        self.world = world
        self.ids = {}
        seed = Seed(site.database)
        dashboard = seed.dashboard('Any dashboard')
        self.sponsors = {name: seed.host_user(name.lower() + '@host.example', []) for name in world.sponsors}
        for name, portal in world.portals.items():
            key = seed.portal(name, site.issuers)
            self.ids[name] = {'id': key, 'partners': {}, 'groups': {}, 'members': {}, 'placements': {}}
            ids = self.ids[name]
            for partner in portal['partners']:
                ids['partners'][partner] = seed.partner(key, partner)
            for group in portal['groups']:
                ids['groups'][group] = seed.group(key, group)
            for person in portal['members']:
                issuer = site.issuers[person[0]]
                email = '%d-%s' % (person[0], issuer.people[person[1]]['email'])
                ids['members'][person] = seed.member(key, ids['partners'][portal['members'][person]['partner']], email,
                                                     issuer.url, issuer.people[person[1]]['sub'])
            for placement in portal['placements']:
                ids['placements'][placement] = seed.placement(key, dashboard, placement)
        self.write(seed)

    def write(self, seed=None):
        """Bring all states over, in one transaction that raises the generations."""
        seed = seed or Seed(self.site.database)
        now = int(time.time() * 1000000)
        for sponsor, state in self.world.sponsors.items():
            seed.sql("UPDATE host_users SET state = '%s', deleted_at = %s WHERE id = '%s'" % (
                state['state'], now if state['deleted'] else 'NULL', self.sponsors[sponsor]))
        for name, portal in self.world.portals.items():
            ids = self.ids[name]
            key = ids['id']

            def update(table, row, **values):
                seed.sql('UPDATE %s SET %s WHERE %s = \'%s\'%s' % (
                    table, ', '.join('%s = %s' % (k, 'NULL' if v is None else repr(v)) for k, v in values.items()), 'id',
                    row, '' if table == 'portals' else " AND portal_id = '%s'" % key))
            update('portals', key, state=portal['state'], deleted_at=now if portal['deleted'] else None)
            seed.sql("DELETE FROM portal_issuers WHERE portal_id = '%s'" % key)
            for index in sorted(portal['issuers']):
                seed.insert('portal_issuers', portal_id=key, position=index, issuer=self.site.issuers[index].url,
                            label='Issuer', vouches_for_email=0)
            for partner, state in portal['partners'].items():
                update('partners', ids['partners'][partner], state=state['state'], deleted_at=now if state['deleted'] else None)
            for person, state in portal['members'].items():
                update('members', ids['members'][person], state=state['state'], role=state['role'],
                       partner_id=ids['partners'][state['partner']], deleted_at=now if state['deleted'] else None,
                       valid_until=None if state['valid'] is None else now + state['valid'] * 1000000,
                       sponsor_id=self.sponsors[state['sponsor']] if state['sponsor'] else None)
            seed.sql("DELETE FROM group_members WHERE portal_id = '%s'" % key)
            for group, state in portal['groups'].items():
                update('groups', ids['groups'][group], deleted_at=now if state['deleted'] else None)
                for person in sorted(state['members']):
                    seed.insert('group_members', portal_id=key, group_id=ids['groups'][group],
                                member_id=ids['members'][person], source='console')
            seed.sql("DELETE FROM placement_groups WHERE portal_id = '%s'" % key)
            for placement, state in portal['placements'].items():
                update('placements', ids['placements'][placement], everyone=int(state['everyone']),
                       partner_id=ids['partners'][state['partner']] if state['partner'] else None,
                       deleted_at=now if state['deleted'] else None)
                for group in sorted(state['groups']):
                    seed.insert('placement_groups', portal_id=key, placement_id=ids['placements'][placement],
                                group_id=ids['groups'][group])
        seed.commit()


@pytest.mark.parametrize('kind', sites.KINDS)
def test_ten_thousand_decisions(kind, folder, issuers, request, servers, capsys):
    places = ''.join('<Location "/r%d/">\n%s\n</Location>\n' % (n, model.written(rule)) for n, rule in enumerate(RULES))
    site = sites.make(kind, folder, 'model-' + kind, issuers, request, servers, filled=False, portals=places,
                      administrators=())
    for n in range(len(RULES)):
        site.httpd.file('www/portals/r%d/a.txt' % n, 'content')
    site.log.allow(r'No such group', r'Not placed', r'b2bportal')
    world = model.World(PEOPLE, SEED)
    mirror = Mirror(site, world)
    requests = {}
    watch = site.browser()
    wait_until(lambda: watch.get(site.url('blue', '/login')).status != 404, 5, 'the portals')
    for person in PEOPLE:
        for portal in world.PORTALS:
            browser = site.sign_in(person[1], portal, site.issuers[person[0]], path='/r0/a.txt')
            for n in range(len(RULES)):
                requests[person, portal, n] = prepared(browser, site, portal, '/r%d/a.txt' % n)
    site.log.allow(r'No such group', r'Not placed', r'b2bportal')
    line = Line(site.port, b'')
    asked, granted, wrong = 0, 0, []
    for turn in range(9):
        if turn:
            world.shake(30)
            mirror.write()
            time.sleep(0.6)     # S14 gives other nodes a second; the sweep below says whether this one kept it
        for (person, portal, n), request_bytes in requests.items():
            line.request = request_bytes
            status = line.ask()
            if status is None:
                status = line.ask()
            wanted = world.status(RULES[n], person, portal)
            asked += 1
            granted += wanted == 200
            if status != wanted:
                wrong.append((turn, person, portal, RULES[n], 'is %s, must be %s' % (status, wanted)))
    line.close()
    with capsys.disabled():
        print('\n%s: %d decisions, %d of them grants, %d wrong' % (kind, asked, granted, len(wrong)))
    assert wrong == [], wrong[:10]
    assert asked >= 10000 and granted >= 1000 and granted <= asked - 1000

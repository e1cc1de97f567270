# SPDX-License-Identifier: Apache-2.0
"""Forms that wait for nobody: no owner is left, or none of them can sign in."""

import copy

import sites
from harness.processes import Case, Shared
from test_instances import listed, site  # noqa: F401 (the fixture)

pytestmark = sites.needs_module


def test_a_form_that_nobody_can_work_on(site):
    """South's name Sales is bound to the portal's group, in which it has nobody; without the group it is stuck."""
    forms = copy.deepcopy(site.forms)
    forms[2]['owners'] = {'partner_groups': ['Absent']}
    site.count += 1
    other = Shared(site, 'stuck-%d' % site.count, forms, partners=[('acme', site.world.north)])
    made = other.start(site.alice, submit=True, subject='Waits')
    host = Case(site, made, site.clara, console=True)
    host.submit('review', verdict='accepted')
    assert host.read()['forms'][2]['owners'] == []
    for browser, there in ((site.manager, True), (site.admin, True), (site.clara, False), (site.cyril, False)):
        assert (made['id'] in [i['id'] for i in listed(site, browser, at=None, stuck='true')]) == there
    admin = Case(site, made, site.admin, console=True)
    admin.post('/reassign', {'owners': [{'kind': 'partner'}]})
    assert made['id'] not in [i['id'] for i in listed(site, site.admin, at=None, stuck='true')]
    Case(site, made, site.bob).submit('closing', thanks=True)


def test_a_form_whose_owners_have_no_access(site):
    """Nobody can work on it while they are suspended, removed or not valid; somebody else who owns it, too, can."""
    world = site.world
    made = site.complaint.start(site.alice, subject='Away')
    case, admin = Case(site, made, site.alice), Case(site, made, site.admin, console=True)
    alice, bob = ('/portals/acme/members/%s/' % m for m in (world.alice, world.bob))

    def stuck(form=0):
        now = admin.read()['forms']
        assert not any(f['stuck'] for f in now if f['name'] != now[form]['name'])
        return now[form]['stuck']

    def while_away(path, form=0, away='suspend', back='resume'):
        site.api('POST', path + away, status=200)
        found = stuck(form)
        site.api('POST', path + back, status=200)
        return found

    def with_member(column, value):
        site.database.run(["UPDATE members SET %s = %s WHERE id = '%s'" % (column, value, world.alice)])
        found = stuck()
        site.database.run(["UPDATE members SET %s = NULL WHERE id = '%s'" % (column, world.alice)])
        return found

    assert not stuck() and 'stuck' not in case.read()['forms'][0]
    assert while_away(alice) and not while_away(bob)
    assert while_away('/portals/acme/partners/%s/' % world.north)
    assert with_member('valid_until', 1) and not with_member('valid_until', 9 * 10 ** 15)
    assert with_member('sponsor_id', "'%s'" % world.cecil) and not with_member('sponsor_id', "'%s'" % world.clara)
    assert not stuck()
    admin.post('/reassign', {'owners': [{'kind': 'group', 'id': world.sales}]})
    assert while_away(alice)            # Erin of Sales is suspended, Carol is of another partner
    admin.post('/reassign', {'owners': [{'kind': 'partner'}]})
    assert not while_away(alice) and not while_away(bob)
    assert while_away('/portals/acme/partners/%s/' % world.north)
    case.submit('report')
    assert not stuck(1) and while_away('/host/users/%s/' % world.clara, 1)
    admin.post('/reassign', {'owners': [{'kind': 'host_group', 'id': world.experts}]})
    assert not while_away('/host/users/%s/' % world.clara, 1) and while_away('/host/users/%s/' % world.cyril, 1)

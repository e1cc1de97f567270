# SPDX-License-Identifier: Apache-2.0
"""The site that most test files start from, filled past the API: two portals and their people."""

import os

import pytest

from harness import build, database
from harness.seed import Seed
from harness.site import Site

KINDS = ['sqlite3', 'pgsql']

needs_module = pytest.mark.skipif(not (build.MODULE and build.CTL),
                                  reason='B2B_BUILD is not set or has no module and b2bportalctl')

needs_ctl = pytest.mark.skipif(not build.CTL, reason='B2B_BUILD is not set or has no b2bportalctl')

# Guarded places of the sysadmin's own, beside the portal's pages. {secret} holds no braces.
PLACES = '''
<Directory "{root}/www/portals">
    Options +Includes
    AddOutputFilter INCLUDES .shtml
    AddType text/html .shtml
    AddHandler cgi-script .cgi
    Options +ExecCGI
</Directory>
<Location "/open">
    AuthType None
    Require all granted
</Location>
<Location "/member">
    AuthType openid-connect
    Require b2b-member
</Location>
'''


class World:
    """What the seed made, by name."""


def fill(site_database, issuers):
    """acme (partners North, South) and globex (partner South), with people of the first issuer."""
    home = issuers[0]
    seed = Seed(site_database)
    world = World()
    world.admin = seed.host_user('admin@host.example', ['administrator'], home.url, 'admin')
    world.manager = seed.host_user('manager@host.example', ['partner_manager'], home.url, 'manager')
    world.designer = seed.host_user('designer@host.example', ['designer'], home.url, 'designer')
    world.auditor = seed.host_user('auditor@host.example', ['auditor'], home.url, 'auditor')
    world.acme = seed.portal('acme', [home])
    world.globex = seed.portal('globex', [home])
    seed.portal('closed', [home], state='suspended')
    seed.portal('gone', [home], deleted=True)
    seed.portal('a' * 63, [home])
    world.north = seed.partner(world.acme, 'North')
    world.south = seed.partner(world.acme, 'South')
    world.resting = seed.partner(world.acme, 'Resting', state='suspended')
    world.globex_south = seed.partner(world.globex, 'South')
    world.sales = seed.group(world.acme, 'Sales')
    world.empty = seed.group(world.acme, 'Empty')
    world.globex_sales = seed.group(world.globex, 'Sales')

    def member(portal, partner, name, **kw):
        return seed.member(portal, partner, home.people[name]['email'], home.url,
                           home.people[name]['sub'], **kw)
    world.alice = member(world.acme, world.north, 'alice', role='editor', groups=[world.sales])
    world.bob = member(world.acme, world.north, 'bob', role='viewer')
    world.carol = member(world.acme, world.south, 'carol', role='partner_administrator')
    world.dave = member(world.acme, world.resting, 'dave', groups=[world.sales])
    world.erin = member(world.acme, world.north, 'erin', state='suspended', groups=[world.sales])
    world.carol_globex = member(world.globex, world.globex_south, 'carol', groups=[world.globex_sales])
    world.manuals = seed.dashboard('Manuals', kind='link', target='/member/')
    world.figures = seed.dashboard('Figures')
    world.placed_manuals = seed.placement(world.acme, world.manuals, 'Manuals', everyone=True)
    world.placed_figures = seed.placement(world.acme, world.figures, 'Figures', groups=[world.sales], position=1)
    world.placed_nobody = seed.placement(world.acme, world.figures, 'Nobody', position=2)
    world.placed_south = seed.placement(world.acme, world.figures, 'South only', everyone=True,
                                        partner=world.south, position=3)
    seed.commit()
    return world


def make(kind, folder, name, issuers, request, servers, filled=True, **options):
    """Build, fill and start a site; it is stopped with the fixture that asks for it."""
    root = os.path.join(folder, name)
    os.makedirs(root)
    store = database.make(kind, root, name, lambda: request.getfixturevalue('postgres'))
    for key in ('portals', 'console', 'server'):
        if key in options:
            options[key] = options[key].replace('{root}', root)
    site = Site(root, store, issuers, **options)
    site.migrate()
    site.world = fill(store, issuers) if filled else None
    site.start()
    servers.append(site)

    def end():
        if site in servers:
            servers.remove(site)
        site.stop()
        store.drop()
    request.addfinalizer(end)
    return site

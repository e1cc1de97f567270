# SPDX-License-Identifier: Apache-2.0
"""What is taken away of shared processes holds from the next request on, on every child, and within a second on another
node (S14); what is given back works again."""

import os
import time

import pytest

import sites
from harness.processes import Shared, share_entry
from harness.scratch import wait_until
from harness.site import Site

pytestmark = sites.needs_module

FORMS = [
    {'name': 'report', 'title': 'Report', 'owners': {'partner_groups': ['Sales']}, 'fields': [
        {'name': 'subject', 'title': 'Subject', 'type': 'text'}]},
    {'name': 'answer', 'title': 'Answer', 'owners': {'creator': True}, 'fields': [
        {'name': 'thanks', 'title': 'Thanks', 'type': 'text'}]}]


class Scene:
    """Alice (in Sales) owns the first form of an instance that Bob, of the same partner, began."""

    def __init__(self, site, second=None):
        self.site, self.world = site, site.world
        self.shared = Shared(site, 'complaint', forms=FORMS, partners=[('acme', self.world.north)], groups=['Sales'],
                             creators={'everyone': False, 'groups': ['Sales']}, form_visibility='assigned',
                             allow_create=True)
        self.bare = share_entry(self.shared.process, form_visibility='assigned',
                                creators={'everyone': False, 'groups': ['Sales']})
        self.other = share_entry(Shared(
            site, 'training', forms=FORMS, partners=[('globex', self.world.globex_south)], groups=['Sales']).process)
        site.api('PUT', self.in_sales(self.world.bob), status=204, match=False)
        bob = site.sign_in('bob', 'acme')
        self.instance = '/instances/' + self.shared.start(bob, subject='Broken')['id']
        site.api('DELETE', self.in_sales(self.world.bob), status=204, match=False)
        site.api('PATCH', '/portals/acme/members/' + self.world.alice, {'sponsor': self.world.designer}, status=200)
        self.asked = second or site
        self.alice = self.asked.sign_in('alice', 'acme')

    def in_sales(self, member):
        return '/portals/acme/groups/%s/members/%s' % (self.world.sales, member)

    @property
    def share(self):
        return '/shared-processes/' + self.shared.share

    def entries(self, entries):
        self.site.api('PATCH', self.share, {'processes': entries}, status=200)
        self.shared.send()

    def post(self, path):
        self.site.api('POST', path, status=200)

    def member(self, member, on):
        self.site.api('PUT' if on else 'DELETE', self.in_sales(member), status=204, match=False)

    def grant(self, on):
        path = '%s/partners/acme/%s' % (self.share, self.world.north)
        self.site.api('PUT' if on else 'DELETE', path, status=200 if on else 204, match=False)
        if on:
            self.shared.send()

    def changes(self):
        """(what, act, what the instance is answered with while it is off). Each is done, asked about, and undone."""
        world = self.world
        return [
            ('group membership', lambda on: self.member(world.alice, on), 404),
            ('partner', lambda on: self.post('/portals/acme/partners/%s/%s' % (world.north, 'resume' if on else 'suspend')),
             403),
            ('member', lambda on: self.post('/portals/acme/members/%s/%s' % (world.alice, 'resume' if on else 'suspend')),
             403),
            ('sponsor', lambda on: self.post('/host/users/%s/%s' % (world.designer, 'resume' if on else 'suspend')), 403),
            ('grant', self.grant, 404),
            ('process of the revision', lambda on: self.entries([self.bare] if on else [self.other]), 404),
        ]

    # -- what alice gets ---------------------------------------------------------------------

    def get(self, path):
        self.alice.close()      # a fresh connection may reach another child
        return self.asked.api('GET', path, by=self.alice, portal='acme')

    def everything(self, what):
        """Instance, list, share's page, saving, starting: all that one may ask about it."""
        share = self.get(self.share).status
        listed = self.get('/instances')
        seen = listed.status == 200 and len(listed.json()['data'])
        saved = self.asked.api('PATCH', self.instance, {'form': 'report', 'values': {}}, by=self.alice, portal='acme',
                               headers={'If-Match': '"999999"'}).status
        started = self.asked.api('POST', '/instances', {
            'shared_process_id': self.shared.share, 'process_id': self.shared.process, 'values': {'no_such': 'x'}},
            by=self.alice, portal='acme').status
        return {'what': what, 'instance': self.get(self.instance).status, 'share': share, 'listed': seen, 'saved': saved,
                'started': started}


def explained(scene):
    """What the console says that Alice can open and start: {process: (open, its reason, create, its reason)}."""
    answer = scene.site.api('GET', '/portals/acme/members/%s/access' % scene.world.alice, status=200).json()
    return {item['process_id']: (item['open']['allowed'], item['open']['reason']['id'], item['create']['allowed'],
                                 item['create']['reason']['id']) for item in answer['shared_processes']}


@pytest.mark.parametrize('kind', sites.KINDS)
def test_the_console_explains_it(kind, folder, issuers, request, servers):
    site = sites.make(kind, folder, 'explained-' + kind, issuers, request, servers)
    scene = Scene(site)
    process = scene.shared.process
    said = site.api('GET', '/portals/acme/members/%s/access' % scene.world.alice, status=200).json()['shared_processes']
    assert [(i['shared_process_id'], i['title'], i['process_title']) for i in said] == [
        (scene.shared.share, 'Share of complaint', 'Complaint')]
    assert explained(scene) == {process: (True, 'shared', True, 'in-group')}
    scene.member(scene.world.alice, False)
    assert explained(scene) == {process: (True, 'shared', False, 'not-a-creator')}
    scene.entries([dict(scene.bare, creators_only_open=True)])
    assert explained(scene) == {process: (False, 'not-a-creator', False, 'not-a-creator')}
    scene.entries([dict(scene.bare, allow_create=False)])
    assert explained(scene) == {process: (True, 'shared', False, 'creation-not-allowed')}
    site.api('POST', '/portals/acme/members/%s/suspend' % scene.world.alice, status=200)
    assert explained(scene) == {process: (False, 'suspended', False, 'suspended')}
    scene.grant(False)
    assert explained(scene) == {}


def off(what, status):
    """What everything() says while it is off. Out of the group, the partner still holds the share: its page is there."""
    if status == 403:
        return {'what': what, 'instance': 403, 'share': 403, 'listed': False, 'saved': 403, 'started': 403}
    kept = what in ('group membership', 'process of the revision')
    return {'what': what, 'instance': 404, 'share': 200 if kept else 404, 'listed': 0, 'saved': 404,
            'started': 403 if what == 'group membership' else 404}


@pytest.mark.parametrize('kind', sites.KINDS)
def test_the_next_request_on_any_child(kind, folder, issuers, request, servers):
    site = sites.make(kind, folder, 'withdrawal-' + kind, issuers, request, servers, children=3)
    scene = Scene(site)
    on = {'instance': 200, 'share': 200, 'listed': 1, 'saved': 412, 'started': 400}
    for what, act, status in scene.changes():
        assert scene.everything(what) == dict(on, what=what)
        for _ in range(3):
            act(False)
            for _ in range(6):
                assert scene.get(scene.instance).status == status, what
            assert scene.everything(what) == off(what, status)
            act(True)
            for _ in range(6):
                assert scene.get(scene.instance).status == 200, what
    # The end of the share, and of the group: there is no way back here.
    site.api('DELETE', '/portals/acme/groups/' + scene.world.sales, status=204)
    assert scene.everything('group') == dict(off('group membership', 404), what='group')
    site.api('DELETE', scene.share, status=204)
    for _ in range(6):
        assert scene.get(scene.share).status == 404
    assert scene.everything('share') == off('share', 404)
    # The host keeps the instance (S16).
    site.api('GET', '/portals/acme' + scene.instance, status=200)


@pytest.mark.parametrize('kind', sites.KINDS)
def test_another_node_within_a_second(kind, folder, issuers, request, servers, capsys):
    first = sites.make(kind, folder, 'first-' + kind, issuers, request, servers, children=2)
    root = os.path.join(folder, 'second-' + kind)
    os.makedirs(root)
    second = Site(root, first.database, issuers, files=first.files, children=2)
    second.start()
    servers.append(second)
    delays = []
    try:
        scene = Scene(first, second)
        wait_until(lambda: scene.get(scene.instance).status == 200, 5, 'the other node')
        for what, act, status in scene.changes():
            for wanted in (status, 200) * 2:
                act(wanted == 200)
                acknowledged = last_wrong = time.monotonic()
                right = 0
                while right < 6:        # six fresh connections in a row: both children know
                    began = time.monotonic()
                    is_right = scene.get(scene.instance).status == wanted
                    right = right + 1 if is_right else 0
                    last_wrong = last_wrong if is_right else began
                    assert began - acknowledged < 10, 'the other node never learnt of the ' + what
                delays.append(last_wrong - acknowledged)
        with capsys.disabled():
            print('\n%s, other node, %d changes: at most %.0f ms' % (kind, len(delays), 1000 * max(delays)))
        assert max(delays) <= 1.0
    finally:
        servers.remove(second)
        second.stop()

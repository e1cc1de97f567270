# SPDX-License-Identifier: Apache-2.0
"""At least 10,000 decisions on shared processes and instances through the API, on each database, against the model that
tests/policy/ holds policy/ to: who sees, lists, saves, deletes, reassigns and starts what, on portals and console."""

import json
import time

import pytest

import sharing_world
import sites
from harness.scratch import wait_until
from harness.seed import Seed, new_id, now
from sharing_world import PROCESSES, World, model

pytestmark = sites.needs_module

SEED = 20261124
TURNS = 9
STALE = '"999999999"'   # a version that nothing has: what is allowed is answered with 412, and nothing changes


def document(process, rule, security, actions):
    """A process document whose owners do not matter: each instance's owners are rows of its own."""
    return {'title': process.capitalize(), 'delete_rule': rule, 'notify_assignment': False, 'security': security, 'forms': [
        {'name': 'form%d' % form, 'title': 'Form %d' % form, 'owners': {'creator': True}, 'actions': actions[form],
         'opens_with_previous': not any(form == step[0] for step in sharing_world.STEPS[process]), 'fields': [
            {'name': 'field%d' % form, 'title': 'Field', 'type': 'text'}]} for form in range(PROCESSES[process][0])]}


class Mirror:
    """Keeps the database what the world says, as another node would."""

    def __init__(self, site, world):
        self.site, self.world, self.ids = site, world, {}
        issuer = site.issuers[0]
        seed = Seed(site.database)
        self.hosts = {name: seed.host_user('%s@host.example' % name, ['user'], issuer.url, name) for name in world.HOSTS}
        self.host_groups = {group: new_id() for group in world.HOST_GROUPS}
        for group, key in self.host_groups.items():
            seed.insert('host_groups', id=key, name=group, name_folded=group.lower(), version=1, created_at=now(),
                        modified_at=now())
        for name, portal in world.portals.items():
            key = seed.portal(name, [issuer])
            ids = self.ids[name] = {'id': key, 'groups': {g: seed.group(key, g) for g in portal['groups']},
                                    'partners': {p: seed.partner(key, p) for p in portal['partners']}, 'members': {},
                                    'instances': {n: new_id() for n in portal['instances']}}
            for person, member in portal['members'].items():
                ids['members'][person] = seed.member(key, ids['partners'][member['partner']], '%s@x.example' % person,
                                                     issuer.url, person)
        seed.sql("UPDATE host_user_roles SET role = 'administrator' WHERE user_id = '%s'" % self.hosts['admin'])
        seed.commit()
        wait_until(lambda: site.api('GET', '/session').status == 200, 5, 'the administrator')
        self.processes = {process: self.make_process(process) for process in PROCESSES}
        self.shares = {share: new_id() for share in world.shares}
        seed = Seed(site.database)
        for share, key in self.shares.items():
            seed.insert('shares', id=key, title=share, title_folded=share, document=self.text(share, None), draft_changed=0,
                        revision=3, version=1, created_at=now(), modified_at=now())
            for number in world.shares[share]['revisions']:
                seed.insert('share_revisions', share_id=key, number=number, document='{}', made_at=now())
        self.write(seed)

    def make_process(self, process):
        """Through the API, one published version for each rule of deletion."""
        made = None
        for number, rule in enumerate(PROCESSES[process][1], 1):
            security, strange = self.security(process, number)
            actions = self.actions(process, number)
            if made is None:
                made = self.site.api('POST', '/processes', {
                    'name': process, 'title': process.capitalize(), 'document': document(process, rule, security, actions)},
                    status=201).json()
            else:
                self.site.api('PATCH', '/processes/' + made['id'], {'document': document(process, rule, security, actions)},
                              status=200)
            etag = self.site.api('GET', '/processes/' + made['id'], status=200).etag
            self.site.api('POST', '/processes/%s/publish' % made['id'], status=200, headers={'If-Match': etag})
            if strange:
                seed = Seed(self.site.database)
                seed.sql("UPDATE process_versions SET security = '%s' WHERE process_id = '%s' AND major = %d AND minor = 0" % (
                    json.dumps({**security, 'mode': strange}, separators=(',', ':')), made['id'], number))
                seed.commit()
        return made['id']

    def security(self, process, number):
        """As documents have it; and the mode that stands in its place in the database."""
        said = self.world.processes[process]['security'][number]
        strange = said['mode'] == 'strange'
        return {'mode': 'off' if strange else said['mode'], 'users': {
            'partner': said['partner'], 'partner_groups': said['names'], 'host_users': [self.hosts[h] for h in said['users']],
            'host_groups': [self.host_groups[g] for g in said['groups']]}}, said['mode'] if strange else None

    def actions(self, process, number):
        """By form, as documents have them."""
        forms = [[] for _ in range(PROCESSES[process][0])]
        for action in self.world.processes[process]['actions'][number]:
            forms[action['form']].append({
                'name': action['name'], 'title': action['name'].capitalize(), 'kind': action['kind'],
                'form': 'form%d' % action['to'] if action['kind'] == 'go_to' else None, 'form_owners': action['form_owners'],
                'granted_to': {'partner': action['partner'], 'partner_groups': action['names'],
                               'host_users': [self.hosts[h] for h in action['users']],
                               'host_groups': [self.host_groups[g] for g in action['groups']]}})
        return forms

    def text(self, share, number):
        revision = self.world.shares[share]['revisions'].get(number, {})
        return json.dumps({'title': share, 'instructions': '', 'partner_groups': self.world.GROUPS, 'dashboards': [],
                           'processes': [{
                               'process_id': self.processes[process], 'process_version': p['version'],
                               'process_name': process, 'process_title': process.capitalize(), 'allow_create': p['create'],
                               'creators': {'everyone': p['everyone'], 'groups': p['names']},
                               'creators_only_open': p['creators_only'], 'allow_delete': p['delete'],
                               'form_visibility': p['visibility']} for process, p in revision.items()]})

    # -- writing -----------------------------------------------------------------------------

    def write(self, seed=None):
        """Bring the whole world over, in one transaction that raises the generations."""
        seed = seed or Seed(self.site.database)
        for table in ('instance_owners', 'instance_changes', 'instances', 'instance_numbers', 'grant_groups', 'grants',
                      'share_processes', 'process_administrators', 'group_members', 'host_group_users', 'host_user_roles'):
            seed.sql('DELETE FROM ' + table)
        self.write_host(seed)
        for name, portal in self.world.portals.items():
            self.write_portal(seed, self.ids[name], portal)
        seed.commit()

    @staticmethod
    def gone(is_deleted):
        return str(now()) if is_deleted else 'NULL'

    def write_host(self, seed):
        world = self.world
        for name, host in world.hosts.items():
            seed.sql("UPDATE host_users SET state = '%s' WHERE id = '%s'" % (host['state'], self.hosts[name]))
            for role in host['roles']:
                seed.insert('host_user_roles', user_id=self.hosts[name], role=role)
        for name, group in world.host_groups.items():
            seed.sql("UPDATE host_groups SET deleted_at = %s WHERE id = '%s'" % (
                self.gone(group['deleted']), self.host_groups[name]))
            for member in sorted(group['members']):
                seed.insert('host_group_users', group_id=self.host_groups[name], user_id=self.hosts[member])
        for name, process in world.processes.items():
            seed.sql("UPDATE processes SET deleted_at = %s WHERE id = '%s'" % (
                self.gone(process['deleted']), self.processes[name]))
            for kind, who in sorted(set(process['administrators'])):
                seed.insert('process_administrators', process_id=self.processes[name], kind=kind,
                            principal_id=(self.hosts if kind == 'host_user' else self.host_groups)[who])
        for name, share in world.shares.items():
            seed.sql("UPDATE shares SET deleted_at = %s WHERE id = '%s'" % (self.gone(share['deleted']), self.shares[name]))
            for number, revision in share['revisions'].items():
                seed.sql("UPDATE share_revisions SET document = '%s' WHERE share_id = '%s' AND number = %d" % (
                    self.text(name, number), self.shares[name], number))
                for process, properties in revision.items():
                    seed.insert('share_processes', share_id=self.shares[name], number=number,
                                process_id=self.processes[process], process_version=properties['version'])

    def write_portal(self, seed, ids, portal):
        key = ids['id']
        seed.sql("UPDATE portals SET state = '%s', deleted_at = %s WHERE id = '%s'" % (
            portal['state'], self.gone(portal['deleted']), key))
        for name, partner in portal['partners'].items():
            seed.sql("UPDATE partners SET state = '%s', deleted_at = %s WHERE portal_id = '%s' AND id = '%s'" % (
                partner['state'], self.gone(partner['deleted']), key, ids['partners'][name]))
        for name, group in portal['groups'].items():
            seed.sql("UPDATE groups SET deleted_at = %s WHERE portal_id = '%s' AND id = '%s'" % (
                self.gone(group['deleted']), key, ids['groups'][name]))
            for person in sorted(group['members']):
                seed.insert('group_members', portal_id=key, group_id=ids['groups'][name], member_id=ids['members'][person],
                            source='console')
        for person, member in portal['members'].items():
            valid = 'NULL' if member['valid'] is None else str(now() + member['valid'] * 1000000)
            seed.sql("UPDATE members SET state = '%s', partner_id = '%s', deleted_at = %s, valid_until = %s "
                     "WHERE portal_id = '%s' AND id = '%s'" % (
                         member['state'], ids['partners'][member['partner']], self.gone(member['deleted']), valid, key,
                         ids['members'][person]))
        for (partner, share), number in portal['grants'].items():
            if number is not None:
                seed.insert('grants', portal_id=key, partner_id=ids['partners'][partner], share_id=self.shares[share],
                            revision=number, created_at=now())
        for (partner, share, name), group in portal['bound'].items():
            if portal['grants'].get((partner, share)) is not None:
                seed.insert('grant_groups', portal_id=key, partner_id=ids['partners'][partner], share_id=self.shares[share],
                            name_folded=name.lower(), group_id=ids['groups'][group])
        for number, instance in portal['instances'].items():
            self.write_instance(seed, ids, number, instance)

    def write_instance(self, seed, ids, number, i):
        first = i['forms'] if i['completed'] else i['current'][0]
        status = 'completed' if i['completed'] else 'form%d' % first
        step = next((step for step in sharing_world.STEPS[i['process']] if first in step), [])
        ahead = sum(1 << form for form in step if form > first and form not in i['current'])
        made_as, name = i['creator']
        creator = self.owner_id(ids, made_as, name)
        common = {'partner_id': ids['partners'][i['partner']], 'share_id': self.shares[i['share']],
                  'process_id': self.processes[i['process']]}
        reference = '%s-%d' % (i['process'], number + 1)
        seed.insert('instances', portal_id=ids['id'], id=ids['instances'][number], process_version=i['version'],
                    number=number + 1, reference=reference, reference_folded=reference, search_folded=reference,
                    state='completed' if i['completed'] else 'draft' if first == 0 else 'open', status=status,
                    current_form=first, submitted_ahead=ahead, values_json='{}', created_by_kind=made_as, created_by=creator,
                    created_by_name=name, modified_by_kind=made_as, modified_by=creator, modified_by_name=name, version=1,
                    created_at=now(), modified_at=now(), deleted_at=now() if i['deleted'] else None, **common)
        mark = 'creator' if made_as == 'member' else 'host_creator'
        rows = {(0, mark, creator)} | {(form, kind, self.owner_id(ids, kind, who)) for form, kind, who in i['owners']}
        rows |= {(current, 'nobody', 'nobody') for current in i['current'] if not any(form == current for form, _, _ in i['owners'])}
        for form, kind, who in sorted(rows):
            seed.insert('instance_owners', portal_id=ids['id'], instance_id=ids['instances'][number], form=form, kind=kind,
                        principal_id=who, since=now(),
                        is_current=int(kind != mark and form in i['current']), **common)

    def owner_id(self, ids, kind, who):
        return {'member': ids['members'], 'group': ids['groups'], 'partner': ids['partners'], 'host_user': self.hosts,
                'host_group': self.host_groups}[kind][who]


class Asker:
    """Asks the server and the model, and counts."""

    def __init__(self, site, world, mirror):
        self.site, self.world, self.mirror = site, world, mirror
        self.asked, self.granted, self.wrong, self.acts = 0, 0, [], {}

    def check(self, what, is_so, must_be):
        self.asked += 1
        act = what[-1]
        self.granted += bool(must_be)
        self.acts[act, bool(must_be)] = self.acts.get((act, bool(must_be)), 0) + 1
        if bool(is_so) != bool(must_be):
            self.wrong.append(what + ('is %s, must be %s' % (is_so, must_be),))

    def number(self, portal, key):
        return next(n for n, i in self.mirror.ids[portal]['instances'].items() if i == key)

    # -- members -----------------------------------------------------------------------------

    def member(self, browser, person, portal):
        """All that one person may be asked of one portal. What is not theirs to see at all: 403, or 404."""
        world = self.world
        scene = world.member_scene(portal, person)
        ids = self.mirror.ids[portal]['instances']
        is_open, counts = world.is_open(portal), model.member(scene)[0]
        if not is_open:
            self.closed(browser, person, portal, ids)
            return
        listed = self.api(browser, portal, 'GET', '/instances?limit=500')
        self.check((portal, person, 'portal'), listed.status == 200, counts)
        if not counts:
            answers = [listed, self.api(browser, portal, 'GET', '/shared-processes')] + [
                self.api(browser, portal, 'GET', '/instances/' + ids[n]) for n in (0, 1)]
            for answer in answers:
                self.check((portal, person, answer.url, answer.status, 'outside'), answer.status != 403, False)
            return
        waiting = self.api(browser, portal, 'GET', '/instances?limit=500&waiting=true', 200).json()['data']
        seen = {item['id'] for item in listed.json()['data']}
        waits = {item['id'] for item in waiting}
        began = {item['id'] for item in self.api(browser, portal, 'GET', '/instances?limit=500&created=true', 200).json()['data']}
        for number, key in ids.items():
            here = world.at(scene, number)
            may = model.reading(here)[0]
            self.check((portal, person, number, 'list'), key in seen, may)
            self.check((portal, person, number, 'waiting'), key in waits,
                       may and model.commenting(here)[0] and self.owns_current(here))
            self.check((portal, person, number, 'created'), key in began, may and model.created(here))
            self.member_instance(browser, person, portal, here, number, may)
        assert len(seen) == len(listed.json()['data']) and seen <= set(ids.values())
        self.shares(browser, person, portal, scene)
        other = next(name for name in world.PORTALS if name != portal)
        self.check((portal, person, 'other portal'), self.api(
            browser, portal, 'GET', '/instances/' + self.mirror.ids[other]['instances'][0]).status != 404, False)

    def closed(self, browser, person, portal, ids):
        """A portal that is not there for anybody: nothing that the contract knows, for everything the same."""
        browser.observers, observers = [], browser.observers
        for path in ('/instances', '/shared-processes', '/instances/' + ids[0], '/instances/' + ids[1]):
            status = self.api(browser, portal, 'GET', path).status
            self.check((portal, person, path, status, 'closed'), status != 404, False)
        browser.observers = observers

    @staticmethod
    def owns_current(here):
        return bool(set(here['instance']['current']) & model.owned(here))

    def member_instance(self, browser, person, portal, here, number, may):
        path = '/instances/' + self.mirror.ids[portal]['instances'][number]
        answer = self.api(browser, portal, 'GET', path)
        self.check((portal, person, number, answer.status, 'read'), answer.status == 200, may)
        stale = self.changes(browser, portal, path, here, STALE)
        if not may:
            for act, status in stale.items():
                self.check((portal, person, number, act, status, 'hidden'), status != 404, False)
            return
        if answer.status != 200:
            return
        body = answer.json()
        decisions = {'delete': model.deleting(here)[0], 'comment': model.commenting(here)[0]}
        for form, said in enumerate(body['forms']):
            decisions['edit', form], decisions['reassign', form] = model.form_editing(here, form)[0], model.reassigning(here, form)[0]
            self.check((portal, person, number, form, 'form'), said['visible'], model.form_reading(here, form)[0])
            self.check((portal, person, number, form, 'current'), said['status'] == 'current', model.current(here, form))
        self.judge_forms((portal, person, number), body, decisions, '')
        self.judge_changes((portal, person, number), stale, decisions, here)
        self.actions(browser, portal, path, here, body, (portal, person, number), model.acting)
        for form in here['instance']['current']:
            saved = self.api(browser, portal, 'PATCH', path, None, {'form': 'form%d' % form, 'values': {}},
                             {'If-Match': body['etag']})
            self.check((portal, person, number, form, saved.status, 'save'), saved.status == 200, decisions['edit', form])

    def judge_forms(self, what, body, decisions, side):
        """What the answer says of each form, and of all together."""
        for form, said in enumerate(body['forms']):
            self.check(what + (form, side + 'edit'), said['editable'], decisions['edit', form])
            self.check(what + (form, side + 'give'), said['reassignable'], decisions['reassign', form])
        for act in ('edit', 'reassign'):
            self.check(what + (side + 'may ' + act,), body['may'][act],
                       any(granted for key, granted in decisions.items() if key[0] == act))
        for act in ('delete', 'comment'):
            self.check(what + (side + 'may ' + act,), body['may'][act], decisions[act])

    def actions(self, browser, portal, path, here, body, what, acting):
        """Each action of the current form: is it offered, and what is it answered with, for a version that is out of date?"""
        offered = {(action['form'], action['name']) for action in body['actions']}
        known = here['instance']['actions']
        side = 'host ' if portal is None else ''
        self.check(what + (sorted(offered), 'strange'), offered <= {('form%d' % a['form'], a['name']) for a in known}, True)
        for number, action in enumerate(known):
            may = acting(here, number)[0]
            form = 'form%d' % action['form']
            self.check(what + (action['name'], side + 'offer action'), (form, action['name']) in offered, may)
            if action['kind'] == 'go_to':
                status = self.api(browser, portal, 'POST', '%s/actions/%s' % (path, action['name']), None, {'form': form},
                                  {'If-Match': STALE}).status
                if status == 412 and not model.current(here, action['form']):
                    continue        # which of the two is said first does not matter: nothing is written
                self.check(what + (action['name'], status, side + 'do action'), status == 412, may)
                if status not in (403, 404, 412):
                    self.wrong.append(what + ('action', status))

    def changes(self, browser, portal, path, here, etag):
        """What each change is answered with, asked with a version that is out of date: allowed is 412."""
        match = {'If-Match': etag}
        owners = {'owners': [{'kind': 'member', 'id': new_id()}]}
        found = {'delete': self.api(browser, portal, 'DELETE', path, None, None, match).status}
        for form in range(here['instance']['forms']):
            name = {'form': 'form%d' % form}
            found['edit', form] = self.api(browser, portal, 'PATCH', path, None, {**name, 'values': {}}, match).status
            found['reassign', form] = self.api(browser, portal, 'POST', path + '/reassign', None, {**name, **owners}, match).status
        return found

    def judge_changes(self, what, stale, decisions, here):
        for act, status in stale.items():
            if status == 412 and act != 'delete' and not model.current(here, act[1]):
                continue        # which of the two is said first does not matter: nothing is written
            self.check(what + (act, status, 'do ' + (act if act == 'delete' else act[0])), status == 412, decisions[act])
            if status not in (403, 409, 412):
                self.wrong.append(what + (act, status))

    def shares(self, browser, person, portal, scene):
        """The share's page, and starting: with a field that no form has, so that allowed is 400."""
        held = {item['id']: {p['process_id']: p for p in item['processes']}
                for item in self.api(browser, portal, 'GET', '/shared-processes?limit=100', 200).json()['data']}
        for share, key in self.mirror.shares.items():
            answer = self.api(browser, portal, 'GET', '/shared-processes/' + key)
            must = model.share(scene, share)[0]
            self.check((portal, person, share, answer.status, 'share'), answer.status == 200, must)
            self.check((portal, person, share, 'shares'), key in held, must)
            for process, process_key in self.mirror.processes.items():
                said = held.get(key, {}).get(process_key, {})
                opens, creates = model.opening(scene, share, process)[0], model.creating(scene, share, process)[0]
                self.check((portal, person, share, process, 'open'), said.get('may_open'), opens)
                self.check((portal, person, share, process, 'create'), said.get('may_create'), creates)
                made = self.api(browser, portal, 'POST', '/instances', None, {
                    'shared_process_id': key, 'process_id': process_key, 'values': {'no_such_field': 'x'}})
                self.check((portal, person, share, process, made.status, 'start'), made.status == 400, creates)

    # -- host users --------------------------------------------------------------------------

    def host(self, browser, host):
        world = self.world
        scenes = {portal: world.host_scene(portal, host) for portal in world.PORTALS}
        first = self.api(browser, None, 'GET', '/instances?limit=500')
        counts = model.host_user(scenes[world.PORTALS[0]])[0]
        self.check((host, first.status, 'console'), first.status == 200, counts)
        if not counts or first.status != 200:
            return
        seen = {item['id'] for item in first.json()['data']}
        waits, began = ({item['id'] for item in self.api(browser, None, 'GET', '/instances?limit=500&%s=true' % which, 200).json()['data']}
                        for which in ('waiting', 'created'))
        for portal in world.PORTALS:
            for number, key in self.mirror.ids[portal]['instances'].items():
                here = world.at(scenes[portal], number)
                is_there = not world.portals[portal]['deleted']
                may = is_there and model.hosting(here, 0)[0]
                partner = world.portals[portal]['partners'][here['instance']['partner']]
                if is_there and not partner['deleted']:
                    self.check((host, portal, number, 'host list'), key in seen, may)
                    self.check((host, portal, number, 'host waiting'), key in waits, may and self.owns_current(here)
                               and not model.kept(here, 'work', here['asked_security']))
                    self.check((host, portal, number, 'host created'), key in began, may and model.created(here))
                self.host_instance(browser, host, portal, here, number, may)
            self.host_starts(browser, host, portal, scenes[portal])

    def host_starts(self, browser, host, portal, scene):
        """Starting for the portal's partners, with a field that no form has, so that allowed is 400; and what is offered."""
        world, there = self.world, self.world.portals[portal]
        if there['deleted']:
            return
        keys = self.mirror.ids[portal]['partners']
        offered = {p['id'] for p in self.api(browser, None, 'GET', '/portals/%s/startable?limit=500' % portal, 200).json()['data']}
        any_of = set()
        for partner, key in keys.items():
            path = '/portals/%s/partners/%s/startable?limit=500' % (portal, key)
            listed = self.api(browser, None, 'GET', path)
            self.check((host, portal, partner, listed.status, 'host offers'), listed.status == 200, not there['partners'][partner]['deleted'])
            items = listed.json()['data'] if listed.status == 200 else []
            pairs = {(p['shared_process_id'], p['process_id']) for p in items}
            for share, share_key in self.mirror.shares.items():
                for process, process_key in self.mirror.processes.items():
                    may = self.may_start(scene, portal, partner, share, process)
                    any_of |= {key} if may[0] else set()
                    self.check((host, portal, partner, share, process, 'host offer'), (share_key, process_key) in pairs, may[0])
                    made = self.api(browser, None, 'POST', '/portals/%s/instances' % portal, None, {
                        'partner_id': key, 'shared_process_id': share_key, 'process_id': process_key,
                        'values': {'no_such_field': 'x'}})
                    self.check((host, portal, partner, share, process, made.status, 'host start'), made.status == 400, may[0])
                    if not may[0] and made.status != (404 if may[1] == {'not-shared'} else 403):
                        self.wrong.append((host, portal, partner, share, process, made.status, may))
        self.check((host, portal, 'host partners'), offered == any_of, True)

    def may_start(self, scene, portal, partner, share, process):
        world, there = self.world, self.world.portals[portal]
        held = None if there['partners'][partner]['deleted'] else model.shared(scene, partner, share, process)
        asked = {**scene, 'instance': None, 'asked_administrators': world.processes[process]['administrators'],
                 'asked_security': world.processes[process]['security'][held['version']] if held else None}
        return model.starting(asked, there['state'] == 'active', there['partners'][partner]['state'] != 'suspended', held is not None, [])

    def host_instance(self, browser, host, portal, here, number, may):
        path = '/portals/%s/instances/%s' % (portal, self.mirror.ids[portal]['instances'][number])
        answer = self.api(browser, None, 'GET', path)
        self.check((host, portal, number, answer.status, 'host read'), answer.status == 200, may)
        stale = self.changes(browser, None, path, here, STALE)
        if not may:
            for act, status in stale.items():
                self.check((host, portal, number, act, status, 'host hidden'), status != 404, False)
            return
        if answer.status != 200:
            return
        body = answer.json()
        decisions = {act: model.hosting(here, code)[0] for act, code in sharing_world.HOST_ACTS}
        for form, said in enumerate(body['forms']):
            decisions['edit', form], decisions['reassign', form] = (model.hosting(here, act, form)[0] for act in (1, 3))
            self.check((host, portal, number, form, 'host form'), said['visible'], True)
        self.judge_forms((host, portal, number), body, decisions, 'host ')
        self.judge_changes((host, portal, number), stale, decisions, here)
        self.actions(browser, None, path, here, body, (host, portal, number), model.host_acting)

    def api(self, browser, portal, method, path, status=None, body=None, headers=None):
        return self.site.api(method, path, body, by=browser, portal=portal, status=status, headers=headers)


@pytest.mark.parametrize('kind', sites.KINDS)
def test_ten_thousand_decisions(kind, folder, issuers, request, servers, capsys):
    site = sites.make(kind, folder, 'instances-' + kind, issuers, request, servers, filled=False, administrators=())
    world = World(SEED)
    mirror = Mirror(site, world)
    people = {(person, portal): site.sign_in(person, portal) for person in world.PEOPLE for portal in world.PORTALS}
    hosts = {host: site.sign_in(host) for host in world.HOSTS}
    asker = Asker(site, world, mirror)
    for turn in range(TURNS):
        if turn:
            world.shake(25)
            mirror.write()
            time.sleep(0.6)     # S14 gives other nodes a second
        for (person, portal), browser in people.items():
            asker.member(browser, person, portal)
        for host, browser in hosts.items():
            asker.host(browser, host)
    with capsys.disabled():
        print('\n%s: %d decisions, %d of them grants, %d wrong' % (kind, asker.asked, asker.granted, len(asker.wrong)))
    assert asker.wrong == [], '\n'.join(map(str, asker.wrong[:20]))
    assert asker.asked >= 10000 and 1000 <= asker.granted <= asker.asked - 1000
    # Everything is asked about, and answered both ways where there are two.
    for act in ('read', 'list', 'waiting', 'form', 'current', 'edit', 'give', 'save', 'may delete', 'do delete', 'may reassign', 'do reassign',
                'may comment', 'share', 'open', 'create', 'start', 'host start', 'host offer', 'created', 'host created', 'host read', 'host list', 'host waiting', 'host may edit',
                'host may delete', 'host may reassign', 'host may comment', 'offer action', 'do action', 'host offer action', 'host do action'):
        assert asker.acts.get((act, True), 0) >= 10 and asker.acts.get((act, False), 0) >= 10, (act, asker.acts)

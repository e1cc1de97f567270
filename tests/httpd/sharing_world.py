# SPDX-License-Identifier: Apache-2.0
"""A world of shared processes and instances that a test changes at random; what each person may do in it is asked of
tests/policy/, which is written from product.md (S5 to S9) and not from the C code."""

import os
import random
import sys

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'policy'))

import instance_model as model                                          # noqa: E402

ISSUER = 'home'
# Forms of the processes, and the rules of deletion of their versions: an instance stays on the version it began with.
PROCESSES = {'claim': (3, ['creator', 'anyone', 'form_owner', 'security_users', 'anyone', 'anyone', 'security_users']),
             'training': (2, ['administrators', 'form_owner', 'anyone', 'security_users'])}
# Which forms open together, from the first on: those of a step.
STEPS = {'claim': [[0], [1, 2]], 'training': [[0], [1]]}
# The security of the same versions: that which a partner's revision names holds for all its instances. "strange" is a mode
# that there is not, as if another program had written it.
MODES = {'claim': ['off', 'off', 'others_view', 'assigned', 'only', 'strange', 'off'],
         'training': ['off', 'others_view', 'assigned', 'only']}
HOST_ACTS = (('delete', 2), ('comment', 4))


class World:
    PORTALS = ['red', 'green']
    PARTNERS = ['Nord', 'Ost']
    GROUPS = ['Sales', 'Service', 'Board']
    PEOPLE = ['alice', 'bob', 'carol', 'dave', 'erin', 'frank']
    HOSTS = {'admin': 'administrator', 'manager': 'partner_manager', 'designer': 'designer', 'auditor': 'auditor',
             'mallory': 'user', 'nobody': 'user'}
    HOST_GROUPS = ['Staff', 'Desk']
    SHARES = ['s1', 's2']
    INSTANCES = 12      # of each portal

    def __init__(self, seed):
        self.random = random.Random(seed)
        chance = self.random.random
        self.hosts = {name: {'state': 'active', 'roles': [role]} for name, role in self.HOSTS.items()}
        self.host_groups = {group: {'deleted': False, 'members': {h for h in self.HOSTS if chance() < 0.3}}
                            for group in self.HOST_GROUPS}
        self.processes = {process: {'deleted': False, 'administrators': self.refs(), 'security': {
            number: self.security(mode) for number, mode in enumerate(MODES[process], 1)}} for process in PROCESSES}
        for process in PROCESSES:
            self.processes[process]['actions'] = {number: self.actions(process) for number, _ in enumerate(MODES[process], 1)}
        self.shares = {share: {'deleted': False, 'revisions': {n: self.revision() for n in (1, 2, 3)}}
                       for share in self.SHARES}
        self.portals = {}
        for name in self.PORTALS:
            portal = self.portals[name] = {
                'state': 'active', 'deleted': False,
                'partners': {partner: {'state': 'active', 'deleted': False} for partner in self.PARTNERS},
                'groups': {group: {'deleted': False, 'members': {p for p in self.PEOPLE if chance() < 0.4}}
                           for group in self.GROUPS},
                'members': {person: {'state': 'active', 'deleted': False, 'valid': None, 'partner': self.PARTNERS[n % 2]}
                            for n, person in enumerate(self.PEOPLE)},
                'grants': {(partner, share): self.random.choice([None, 0, 1, 1, 2, 2, 3, 3]) for partner in self.PARTNERS
                           for share in self.SHARES},
                'bound': {(partner, share, group): group for partner in self.PARTNERS for share in self.SHARES
                          for group in self.GROUPS if chance() < 0.8}}
            portal['instances'] = {n: self.instance(portal) for n in range(self.INSTANCES)}

    # -- parts -------------------------------------------------------------------------------

    def some(self, items, chance):
        return [item for item in items if self.random.random() < chance]

    def security(self, mode):
        """Whom a version names; nobody of theirs is a member and a host user at once."""
        return {'mode': mode, 'partner': self.random.random() < 0.1, 'names': self.some(self.GROUPS, 0.5),
                'users': self.some(sorted(self.HOSTS), 0.3), 'groups': self.some(self.HOST_GROUPS, 0.4)}

    def actions(self, process):
        """Of the forms of one version, with their names: at most two a form."""
        pick, chance = self.random.choice, self.random.random
        made = []
        for form in range(PROCESSES[process][0]):
            before = next(step[0] for step in STEPS[process] if form in step)      # forms that are done before it opens
            for number in range(pick([1, 2])):
                kind = pick(['go_to', 'go_to', 'edit', 'reassign'] if before else ['edit', 'reassign'])
                made.append({'form': form, 'name': 'action%d' % number, 'kind': kind,
                             'to': self.random.randrange(before) if kind == 'go_to' else -1, 'form_owners': chance() < 0.5,
                             'partner': chance() < 0.3, 'names': self.some(self.GROUPS, 0.4),
                             'users': self.some(sorted(self.HOSTS), 0.2), 'groups': self.some(self.HOST_GROUPS, 0.3)})
        return made

    def refs(self):
        pick = self.random.choice
        return [(kind, pick(sorted(self.HOSTS) if kind == 'host_user' else self.HOST_GROUPS))
                for kind in self.some(['host_user', 'host_group'], 0.5)]

    def revision(self):
        chance = self.random.random
        return {process: {'version': self.random.randrange(len(PROCESSES[process][1])) + 1, 'create': chance() < 0.7,
                          'everyone': chance() < 0.4, 'names': self.some(self.GROUPS, 0.5),
                          'creators_only': chance() < 0.35, 'delete': chance() < 0.7,
                          'visibility': self.random.choice(['assigned', 'all'])}
                for process in self.some(PROCESSES, 0.9)}

    def owner(self, partner):
        pick = self.random.choice
        kind = pick(['member', 'group', 'group', 'partner', 'host_user', 'host_group'])
        return kind, {'member': self.PEOPLE, 'group': self.GROUPS, 'partner': [partner], 'host_user': sorted(self.HOSTS),
                      'host_group': self.HOST_GROUPS}[kind][self.random.randrange(
                          {'member': 6, 'group': 3, 'partner': 1, 'host_user': 6, 'host_group': 2}[kind])]

    def instance(self, portal):
        pick, chance = self.random.choice, self.random.random
        process = pick(sorted(PROCESSES))
        forms, rules = PROCESSES[process]
        partner = pick(self.PARTNERS)
        owners = {(form,) + self.owner(partner) for form in range(forms) for _ in range(pick([0, 1, 1, 2]))}
        creator = 'member', pick([p for p, m in portal['members'].items() if m['partner'] == partner] or self.PEOPLE)
        if chance() < 0.3:
            creator = 'host_user', pick(sorted(self.HOSTS))
        if not any(owner[0] == 0 for owner in owners):
            owners.add((0, *creator))
        completed = chance() < 0.15
        step = pick(STEPS[process])
        current = set() if completed else {form for form in step if chance() < 0.6} or {pick(step)}
        return {'partner': partner, 'share': pick(self.SHARES), 'process': process, 'version': pick(range(len(rules))) + 1,
                'creator': creator, 'current': sorted(current), 'forms': forms,
                'completed': completed, 'deleted': chance() < 0.1, 'owners': sorted(owners)}

    # -- change ------------------------------------------------------------------------------

    def shake(self, changes):
        """Change CHANGES things at random, so that most of the world stays as it should be."""
        for _ in range(changes):
            act = self.random.choice(['portal', 'partner', 'partner', 'member', 'member', 'in', 'in', 'in', 'group', 'grant',
                                      'grant', 'grant', 'bound', 'share', 'revision', 'process', 'host', 'host group', 'instance',
                                      'instance', 'instance', 'instance'])
            getattr(self, 'shake_' + act.replace(' ', '_'))(self.portals[self.random.choice(self.PORTALS)])

    def mostly(self, word='suspended', chance=0.25):
        return word if self.random.random() < chance else 'active'

    def shake_portal(self, portal):
        portal['state'] = self.mostly(chance=0.15)
        portal['deleted'] = self.random.random() < 0.05

    def shake_partner(self, portal):
        partner = portal['partners'][self.random.choice(self.PARTNERS)]
        partner['state'] = self.mostly()
        partner['deleted'] = self.random.random() < 0.1

    def shake_member(self, portal):
        pick = self.random.choice
        member = portal['members'][pick(self.PEOPLE)]
        member.update(pick([{'state': self.mostly()}, {'state': self.mostly('invited')}, {'partner': pick(self.PARTNERS)},
                            {'deleted': self.random.random() < 0.2}, {'valid': pick([None, None, -3600, 3600])}]))

    def shake_in(self, portal):
        portal['groups'][self.random.choice(self.GROUPS)]['members'] ^= {self.random.choice(self.PEOPLE)}

    def shake_group(self, portal):
        portal['groups'][self.random.choice(self.GROUPS)]['deleted'] = self.random.random() < 0.3

    def shake_grant(self, portal):
        """Sent again, sent for the first time, taken away, never sent."""
        key = self.random.choice(self.PARTNERS), self.random.choice(self.SHARES)
        portal['grants'][key] = self.random.choice([None, 0, 1, 1, 2, 2, 3, 3])

    def shake_bound(self, portal):
        group = self.random.choice(self.GROUPS)
        key = self.random.choice(self.PARTNERS), self.random.choice(self.SHARES), group
        if portal['bound'].pop(key, None) is None:
            portal['bound'][key] = group

    def shake_share(self, _):
        self.shares[self.random.choice(self.SHARES)]['deleted'] = self.random.random() < 0.2

    def shake_revision(self, _):
        """(No revision ever changes; another one stands in its place here, so that there are many kinds.)"""
        self.shares[self.random.choice(self.SHARES)]['revisions'][self.random.choice([1, 2, 3])] = self.revision()

    def shake_process(self, _):
        process = self.processes[self.random.choice(sorted(PROCESSES))]
        process['administrators'] = self.refs()
        process['deleted'] = self.random.random() < 0.15

    def shake_host(self, _):
        host = self.hosts[self.random.choice(sorted(self.HOSTS))]
        host['state'] = self.mostly(chance=0.15)
        host['roles'] = self.some(sorted(set(self.HOSTS.values())), 0.25) or ['user']

    def shake_host_group(self, _):
        group = self.host_groups[self.random.choice(self.HOST_GROUPS)]
        group['members'] ^= {self.random.choice(sorted(self.HOSTS))}
        group['deleted'] = self.random.random() < 0.15

    def shake_instance(self, portal):
        portal['instances'][self.random.randrange(self.INSTANCES)] = self.instance(portal)

    # -- decisions ---------------------------------------------------------------------------

    def scene(self, portal_name, principal, groups):
        portal = self.portals[portal_name]
        return {'portal': {'id': portal_name, 'state': 'deleted' if portal['deleted'] else portal['state']},
                'issuers': [(ISSUER, False)], 'identity': {'issuer': ISSUER, 'subject': 'x', 'email': None, 'verified': 'a'},
                'partners': {name: p['state'] for name, p in portal['partners'].items() if not p['deleted']},
                'now': 0, 'principal': principal, 'shares': self.shares, 'processes': {}, 'instance': None,
                'grants': {key: n for key, n in portal['grants'].items() if n is not None}, 'bound': portal['bound'],
                'groups': {name: group['deleted'] for name, group in groups.items()}}

    def member_scene(self, portal_name, person):
        """The scene of the person in the portal, without an instance."""
        portal = self.portals[portal_name]
        member = portal['members'][person]
        principal = {'kind': 'member', 'id': person, 'portal': portal_name, 'partner': member['partner'], 'role': 'viewer',
                     'state': member['state'], 'valid_until': 0 if member['valid'] is None else member['valid'], 'roles': [], 'sponsor': None,
                     'memberships': [g for g, group in portal['groups'].items() if person in group['members']]}
        scene = self.scene(portal_name, None if member['deleted'] else principal, portal['groups'])
        scene['processes'] = {name: {**process, 'rule': ''} for name, process in self.processes.items()}
        return scene

    def host_scene(self, portal_name, host):
        principal = {'kind': 'host', 'id': host, 'portal': None, 'partner': None, 'role': '', 'valid_until': 0,
                     'memberships': [g for g, group in self.host_groups.items() if host in group['members']], 'sponsor': None,
                     **self.hosts[host]}
        scene = self.scene(portal_name, principal, self.host_groups)
        scene['processes'] = {name: {**process, 'rule': ''} for name, process in self.processes.items()}
        return scene

    def at(self, scene, number):
        """SCENE with the portal's instance NUMBER, whose process has the rule of its version. For host users the security is
        that of the version which the partner's revision names, or, where it names none, of the newest."""
        portal = scene['portal']['id']
        instance = {**self.portals[portal]['instances'][number], 'portal': portal, 'fits': True}
        process = instance['process']
        instance['actions'] = self.processes[process]['actions'][instance['version']]
        rule = PROCESSES[process][1][instance['version'] - 1]
        sent = self.portals[portal]['grants'].get((instance['partner'], instance['share']))
        held = self.shares[instance['share']]['revisions'].get(sent, {}).get(process)
        version = held['version'] if held else len(PROCESSES[process][1])
        return {**scene, 'instance': instance, 'asked_security': self.processes[process]['security'][version],
                'processes': {**scene['processes'], process: {**scene['processes'][process], 'rule': rule}}}

    def is_open(self, portal_name):
        portal = self.portals[portal_name]
        return portal['state'] == 'active' and not portal['deleted']

# SPDX-License-Identifier: Apache-2.0
"""Random scenes about shared processes and instances, and the line that tells the C program of each."""
import instance_model as model
from scenes import GROUPS, PARTNERS, PORTALS, Scenes, line_of, null

SHARES = ['s1', 's2', 's10']
PROCESSES = ['c1', 'c2', 'c']
PEOPLE = ['x1', 'x2', 'x']
NAMES = ['Quality', 'Sales', 'Board']
MODES = ['off', 'off', 'others_view', 'assigned', 'only', 'only', 'Only', '']
RULES = ['security_users', 'security_users', 'anyone', 'creator', 'creator', 'form_owner', 'administrators', 'Anyone', 'owner', '']
KINDS = ['member', 'group', 'partner', 'member', 'group', 'partner', 'host_user', 'host_group', 'everyone', 'Member']


class InstanceScenes(Scenes):
    """Most things in a scene are as they should be, so that each of the others decides now and then alone."""

    kept = None
    kind = 'member'

    def properties(self):
        pick, chance = self.random.choice, self.random.random
        return {'create': chance() < 0.7, 'everyone': chance() < 0.4, 'names': self.some(NAMES, 0.5),
                'creators_only': chance() < 0.35, 'delete': chance() < 0.7, 'visibility': pick(['assigned', 'all']),
                'version': self.random.randrange(1, 4)}

    def world(self):
        """Shares, revisions, grants, groups: what is not about one person or one instance. Made anew now and then."""
        chance = self.random.random
        if self.kept is None or chance() < 0.2:
            self.kept = self.new_world()
            self.kept['text'] = grants_text(self.kept)
        return self.kept

    def new_world(self):
        chance = self.random.random
        shares = {share: {'deleted': chance() < 0.07, 'revisions': {
            number: {process: self.properties() for process in self.some(PROCESSES, 0.85)} for number in (1, 2)}}
            for share in SHARES}
        grants = {(partner, share): self.random.choice([0, 1, 1, 1, 1, 2, 2, 2, 2, 3])
                  for partner in PARTNERS for share in SHARES
                  if chance() < 0.85}
        return {'shares': shares, 'grants': grants,
                'bound': {(partner, share, name): self.random.choice(GROUPS)
                          for partner, share in grants for name in self.some(NAMES, 0.8)},
                'groups': {group: chance() < 0.15 for group in GROUPS},
                'processes': {process: {'deleted': chance() < 0.07, 'rule': self.random.choice(RULES),
                                        'security': {version: self.security() for version in (1, 2, 3)},
                                        'administrators': self.administrators()} for process in PROCESSES}}

    def security(self):
        pick, chance = self.random.choice, self.random.random
        return {'mode': pick(MODES), 'partner': chance() < 0.15, 'names': self.some(NAMES, 0.4),
                'users': self.some(PEOPLE, 0.25), 'groups': self.some(GROUPS, 0.25)}

    def administrators(self):
        pick = self.random.choice
        return [(pick(['host_user', 'host_group', 'host_user', 'host_group', 'member', 'group', None]),
                 pick(PEOPLE + GROUPS[:3] + [None])) for _ in range(pick([0, 0, 1, 2]))]

    def owner(self, form, principal):
        kind = self.random.choice(KINDS)
        who = {'member': PEOPLE, 'host_user': PEOPLE, 'group': GROUPS, 'host_group': GROUPS,
               'partner': PARTNERS}.get(kind, PEOPLE)
        if kind == 'partner' and principal and self.random.random() < 0.3:
            return form, kind, principal['partner']
        return form, self.odd(kind, [None], 0.01), self.odd(self.random.choice(who), PEOPLE + GROUPS + PARTNERS + [None])

    def action(self, forms, current):
        pick, chance, odd = self.random.choice, self.random.random, self.odd
        form = odd(pick(sorted(current) or [0]), [-1, 0, 1, forms], 0.2)
        return {'form': form, 'kind': pick(['go_to', 'go_to', 'edit', 'edit', 'reassign', 'reassign', 'Edit', '']),
                'to': odd(self.random.randrange(max(form, 1)), [-1, 0, 1, 2], 0.2), 'form_owners': chance() < 0.5,
                'partner': chance() < 0.45, 'names': self.some(NAMES, 0.4), 'users': self.some(PEOPLE, 0.3),
                'groups': self.some(GROUPS, 0.3)}

    def instance(self, principal, portal):
        pick, chance, odd = self.random.choice, self.random.random, self.odd
        forms = pick([1, 2, 3, 3])
        completed = chance() < 0.15
        owners = [self.owner(form, principal) for form in range(forms) for _ in range(pick([0, 1, 1, 2]))]
        creator = self.odd(pick(['member', 'member', 'host_user']), [None, 'members'], 0.02), pick(PEOPLE)
        current = self.current(forms, completed)
        if not any(form == 0 for form, _, _ in owners) and chance() < 0.7:
            owners.append((0, *creator))      # the first form names nobody: its creator (S9)
        if chance() < 0.16:
            owners.append((pick([-1, forms, forms + 1, forms + 1]), 'member', pick(PEOPLE)))
        return {'portal': odd(portal['id'] if portal else 'p1', PORTALS),
                'partner': odd(principal['partner'] if principal and principal['kind'] == 'member' else 'n1', PARTNERS, 0.12),
                'share': pick(SHARES), 'process': odd(pick(PROCESSES[:2]), PROCESSES), 'creator': creator,
                'current': current, 'forms': forms,
                'completed': completed, 'deleted': chance() < 0.08, 'owners': owners,
                'actions': [self.action(forms, current) for _ in range(pick([0, 0, 1, 2, 3]))], 'fits': True}

    def current(self, forms, completed):
        """One, or several that open together; also what cannot be: none, some that there are not, some of what is completed."""
        if completed:
            return self.odd(set(), [{0}, {0, forms}], 0.1)
        first = self.random.randrange(forms)
        together = {first} | {form for form in range(first, forms) if self.random.random() < 0.4}
        return self.odd(together, [set(), {forms}, {0, forms + 1, 60}], 0.05)

    def people(self):
        """A scene of people. Mostly somebody who counts: who does not is people_model.py's subject."""
        scene = super().scene()
        if self.random.random() < 0.2:
            return scene
        scene['portal'] = scene['portal'] or {'id': 'p1'}
        scene['portal']['state'] = 'active'
        scene['identity'] = {'issuer': 'https://a.example', 'subject': '7', 'email': None, 'verified': 'a'}
        scene['issuers'] = [('https://a.example', False)]
        principal = scene['principal'] or {'kind': 'member', 'partner': 'n1', 'role': 'viewer', 'groups': GROUPS[:2],
                                           'roles': []}
        principal.update(state='active', valid_until=0, sponsor=None,
                         portal=scene['portal']['id'] if principal['kind'] == 'member' else None)
        scene['principal'] = principal
        scene['partners'][principal['partner']] = 'active'
        return scene

    def scene(self):
        scene = self.people()
        self.kind = scene['principal']['kind'] if scene['principal'] else 'member'
        principal, chance = scene['principal'], self.random.random
        if principal:
            principal['id'] = self.random.choice(PEOPLE)
        scene.update(self.world())
        if principal:
            principal['memberships'] = principal['groups']
            principal['groups'] = sorted(model.mine(scene))
        scene['instance'] = None if chance() < 0.02 else self.instance(principal, scene['portal'])
        scene['asked_administrators'] = self.administrators()
        scene['asked_security'] = self.security()
        scene['look_up'] = None
        instance = scene['instance']
        is_strange = instance and principal and instance['partner'] != principal['partner']
        if instance and chance() < (0.6 if is_strange else 0.06):
            # A caller that looked up what somebody else holds, or another process: nothing may come of it.
            odd = self.odd
            scene['look_up'] = (odd(instance['partner'], PARTNERS, 0.3), odd(instance['share'], SHARES, 0.4),
                                odd(instance['process'], PROCESSES, 0.2))
            instance['fits'] = scene['look_up'] == (instance['partner'], instance['share'], instance['process'])
        return scene

    def questions(self):
        """Of everything something; most of it on the side to which the person belongs."""
        pick, chance = self.random.choice, self.random.random
        asked = []
        if self.kind == 'member' or chance() < 0.15:
            share, process = pick(SHARES + ['s']), pick(PROCESSES)
            what = (share, process) if chance() < 0.9 else (share, process, pick(PARTNERS))
            asked += [('S' + share, model.share, (share,)), ('O' + ':'.join(what), model.opening, what),
                      ('C' + ':'.join(what), model.creating, what), ('I' + ':'.join(what), model.listing, what),
                      ('W' + ':'.join(what), model.waits, what), ('t', model.commenting, ()),
                      ('i', model.reading, ()), ('d', model.deleting, ())]
            for form in [0, 1, pick([-1, 2, 3])]:
                asked += [('f%d' % form, model.form_reading, (form,)), ('e%d' % form, model.form_editing, (form,)),
                          ('a%d' % form, model.reassigning, (form,))]
            asked += [('g%d' % number, model.acting, (number,)) for number in ([0] if chance() < 0.8 else [pick([1, 2])])]
        form = pick([-1, 0, 1, 2, 3])
        asked.append(('w%d' % form, model.owning, (form,)))
        if self.kind != 'member' or chance() < 0.15:
            asked += [('p%d' % write, model.process, (write,)) for write in (0, 1)]
            asked += [('h%d:%d' % (act, form), model.hosting, (act, form)) for act in range(6) for form in
                      ([0, 1, pick([-1, 2, 3])] if act in (1, 3) else [0])]
            there = [chance() < 0.9 for _ in range(3)]
            openers = self.administrators()
            asked.append(('B%d%d%d' % tuple(there) + ';'.join('%s:%s' % (null(kind), null(who)) for kind, who in openers),
                          model.starting, (*there, openers)))
            asked += [('k%d' % number, model.host_acting, (number,)) for number in ([0] if chance() < 0.8 else [pick([1, 2])])]
        return asked

    def line(self, scene, questions):
        return line_of(scene, questions, fields_of(scene))


def flags(properties):
    return ''.join(str(int(flag)) for flag in (properties['create'], properties['everyone'], properties['creators_only'],
                                               properties['delete'], properties['visibility'] == 'all'))


def letter(security):
    return {'off': 'f', 'others_view': 'v', 'assigned': 'a', 'only': 'o'}.get(security['mode'], '?')


def bound_text(scene, partner, share, names):
    groups = {scene['bound'].get((partner, share, name)) for name in names}
    return ';'.join(sorted(group for group in groups if group is not None and not scene['groups'][group]))


def process_text(scene, partner, share, process, properties):
    security = scene['processes'][process]['security'][properties['version']]
    known = letter(security) != '?'     # what is no mode is read as having no users
    return '%s:%d:%s:%s:%s:%d:%s' % (
        process, properties['version'], flags(properties), bound_text(scene, partner, share, properties['names']),
        letter(security), security['partner'] and known,
        bound_text(scene, partner, share, security['names']) if known else '')


def host_security_text(security):
    known = letter(security) != '?'
    return '%s:%s:%s' % (letter(security), ';'.join(security['users'] if known else []),
                         ';'.join(sorted(security['groups']) if known else []))


def grants_text(scene):
    """As the snapshot has them: sent, not deleted, the names as the groups that are there. (That the snapshot is
    loaded so is what the tests of model/ and of the API hold it to.)"""
    held = []
    for partner, share in sorted(scene['grants']):
        number, there = scene['grants'][partner, share], scene['shares'][share]
        if number in there['revisions'] and not there['deleted']:
            held.append(','.join([share, partner, str(number)] + [
                process_text(scene, partner, share, process, properties)
                for process, properties in there['revisions'][number].items()
                if not scene['processes'][process]['deleted']]))
    return '|'.join(held)


def action_text(scene, action):
    instance = scene['instance']
    return ':'.join([str(action['form']), action['kind'], str(action['to']), str(int(action['form_owners'])),
                     str(int(action['partner'])), bound_text(scene, instance['partner'], instance['share'], action['names']),
                     ';'.join(action['users']), ';'.join(sorted(action['groups']))])


def fields_of(scene):
    instance = scene['instance']
    if instance is None:
        administrators = scene['asked_administrators']
        text = '-'
    else:
        process = scene['processes'][instance['process']]
        administrators = process['administrators']
        text = '|'.join([null(instance['portal']), instance['partner'], instance['share'], instance['process'],
                         '%s:%s' % (null(instance['creator'][0]), instance['creator'][1]), str(sum(1 << form for form in instance['current'])), str(instance['forms']),
                         str(int(instance['completed'])), str(int(instance['deleted'])), process['rule'],
                         ','.join('%d:%s:%s' % (form, null(kind), null(who)) for form, kind, who in instance['owners']),
                         ','.join(action_text(scene, action) for action in instance['actions'])])
    return [scene['text'], text, ':'.join(scene['look_up']) if scene['look_up'] else '-',
            ','.join('%s:%s' % (null(kind), null(who)) for kind, who in administrators),
            host_security_text(scene['asked_security'])]

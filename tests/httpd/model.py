# SPDX-License-Identifier: Apache-2.0
"""Who may open what, written from product.md (S2 to S6, S10) and not from the C code.

A world is plain data that a test changes at random; `status` says what a request must be answered with.
"""

import random


class World:
    """Portals, partners, groups, people and placements, and their states."""

    PORTALS = ['red', 'green', 'blue']
    PARTNERS = ['Nord', 'Ost', 'Süd', 'West']
    GROUPS = ['Sales', 'Service', 'Buyers', 'Auditors', 'Trial', 'Board']
    PLACEMENTS = ['Figures', 'Manuals', 'Prices', 'Orders', 'News', 'Board papers']
    SPONSORS = ['Eva', 'Max', 'Ina']
    ROLES = ['viewer', 'editor', 'partner_administrator']

    def __init__(self, people, seed):
        self.random = random.Random(seed)
        self.people = people                    # (issuer index, name)
        self.sponsors = {name: {'state': 'active', 'deleted': False} for name in self.SPONSORS}
        self.portals = {}
        for name in self.PORTALS:
            self.portals[name] = {
                'state': 'active', 'deleted': False, 'issuers': {0, 1},
                'partners': {p: {'state': 'active', 'deleted': False} for p in self.PARTNERS},
                'groups': {g: {'deleted': False, 'members': set()} for g in self.GROUPS},
                'members': {}, 'placements': {}}
            portal = self.portals[name]
            for person in people:
                if self.random.random() < 0.8:
                    portal['members'][person] = {
                        'state': 'active', 'deleted': False, 'role': self.random.choice(self.ROLES),
                        'partner': self.random.choice(self.PARTNERS), 'valid': None,
                        'sponsor': self.random.choice([None] * 5 + self.SPONSORS)}
                    for group in self.GROUPS:
                        if self.random.random() < 0.35:
                            portal['groups'][group]['members'].add(person)
            for placement in self.PLACEMENTS:
                portal['placements'][placement] = {
                    'deleted': False, 'everyone': self.random.random() < 0.3,
                    'groups': {g for g in self.GROUPS if self.random.random() < 0.3},
                    'partner': self.random.choice(self.PARTNERS) if self.random.random() < 0.3 else None}

    def shake(self, changes):
        """Change states at random; returns what was changed as (kind, portal, key, field, value)."""
        done = []
        for _ in range(changes):
            name = self.random.choice(self.PORTALS)
            portal = self.portals[name]
            kind = self.random.choice(['portal', 'issuers', 'partner', 'member', 'member', 'member', 'group', 'in', 'in',
                                       'in', 'placement', 'placement', 'placement', 'sponsor'])
            pick = self.random.choice
            if kind == 'portal':
                portal['state'] = pick(['active', 'active', 'active', 'suspended'])
                portal['deleted'] = self.random.random() < 0.1
            elif kind == 'issuers':
                portal['issuers'] = pick([{0}, {1}, {0, 1}, {0, 1}])
            elif kind == 'partner':
                partner = portal['partners'][pick(self.PARTNERS)]
                partner['state'] = pick(['active', 'active', 'suspended'])
                partner['deleted'] = self.random.random() < 0.1
            elif kind == 'member' and portal['members']:
                member = portal['members'][pick(sorted(portal['members']))]
                field = pick(['state', 'deleted', 'role', 'partner', 'valid', 'sponsor'])
                member[field] = {'state': lambda: pick(['active', 'active', 'invited', 'suspended']),
                                 'deleted': lambda: self.random.random() < 0.2,
                                 'role': lambda: pick(self.ROLES),
                                 'partner': lambda: pick(self.PARTNERS),
                                 'valid': lambda: pick([None, -3600, 3600]),
                                 'sponsor': lambda: pick([None] * 4 + self.SPONSORS)}[field]()
            elif kind == 'sponsor':
                sponsor = self.sponsors[pick(self.SPONSORS)]
                sponsor['state'] = pick(['active', 'active', 'active', 'pending', 'suspended'])
                sponsor['deleted'] = self.random.random() < 0.1
            elif kind == 'group':
                portal['groups'][pick(self.GROUPS)]['deleted'] = self.random.random() < 0.3
            elif kind == 'in' and portal['members']:
                members = portal['groups'][pick(self.GROUPS)]['members']
                members ^= {pick(sorted(portal['members']))}
            elif kind == 'placement':
                placement = portal['placements'][pick(self.PLACEMENTS)]
                field = pick(['deleted', 'everyone', 'groups', 'partner'])
                placement[field] = {'deleted': lambda: self.random.random() < 0.2,
                                    'everyone': lambda: self.random.random() < 0.4,
                                    'groups': lambda: set(self.random.sample(self.GROUPS, pick([0, 1, 2, 3]))),
                                    'partner': lambda: pick([None, None] + self.PARTNERS)}[field]()
            done.append((kind, name))
        return done

    # -- decisions ---------------------------------------------------------------------------

    def member(self, person, portal):
        """The member whom a session of this person is in this portal, or None."""
        where = self.portals[portal]
        found = where['members'].get(person)
        if found is None or found['deleted'] or found['state'] != 'active':
            return None
        if person[0] not in where['issuers']:
            return None
        partner = where['partners'][found['partner']]
        if partner['deleted'] or partner['state'] == 'suspended':
            return None
        if found['valid'] is not None and found['valid'] < 0:
            return None
        sponsor = self.sponsors[found['sponsor']] if found['sponsor'] else None
        if sponsor and (sponsor['deleted'] or sponsor['state'] == 'suspended'):
            return None
        return found

    def holds(self, rule, person, portal):
        """Does one `Require` hold? rule = (word, names…) or ('all'|'any'|'none', [rules])."""
        where = self.portals[portal]
        member = self.member(person, portal)
        word = rule[0]
        if word == 'all':
            return all(self.holds(r, person, portal) for r in rule[1] if r[0] != 'none') and \
                not any(self.holds(r, person, portal) for n in rule[1] if n[0] == 'none' for r in n[1])
        if word == 'any':
            return any(self.holds(r, person, portal) for r in rule[1])
        if member is None:
            return False
        if word == 'member':
            return True
        if word == 'role':
            return member['role'] in rule[1]
        if word == 'partner':
            return member['partner'] in rule[1]
        if word == 'group':
            return any(name == 'All %s users' % portal.capitalize() or
                       (name in where['groups'] and not where['groups'][name]['deleted']
                        and person in where['groups'][name]['members']) for name in rule[1])
        if word == 'dashboard':
            placement = where['placements'].get(rule[1][0])
            if placement is None or placement['deleted']:
                return False
            if placement['partner'] is not None and placement['partner'] != member['partner']:
                return False
            return placement['everyone'] or any(
                not where['groups'][g]['deleted'] and person in where['groups'][g]['members']
                for g in placement['groups'])
        raise AssertionError(word)

    def status(self, rule, person, portal):
        where = self.portals[portal]
        if where['deleted'] or where['state'] != 'active':
            return 404
        return 200 if self.holds(rule, person, portal) else 403


def rules(count, seed):
    """Return rules: each simple one, and random combinations."""
    chance = random.Random(seed)
    simple = [('member',)]
    simple += [('role', [r]) for r in World.ROLES] + [('role', World.ROLES[:2])]
    simple += [('partner', [p]) for p in World.PARTNERS] + [('partner', World.PARTNERS[1:3])]
    simple += [('group', [g]) for g in World.GROUPS] + [('group', ['All Red users']), ('group', ['No such group'])]
    simple += [('dashboard', [d]) for d in World.PLACEMENTS] + [('dashboard', ['Not placed'])]
    combined = []
    while len(combined) < count - len(simple):
        parts = chance.sample(simple, chance.choice([2, 2, 3]))
        if chance.random() < 0.5:
            combined.append(('any', parts))
        elif chance.random() < 0.5:
            combined.append(('all', parts))
        else:
            combined.append(('all', [('member',), parts[0], ('none', parts[1:])]))
    return simple + combined


def written(rule):
    """Return the configuration lines of a rule."""
    word = rule[0]
    if word in ('all', 'any', 'none'):
        name = {'all': 'RequireAll', 'any': 'RequireAny', 'none': 'RequireNone'}[word]
        return '<%s>\n%s\n</%s>' % (name, '\n'.join(written(r) for r in rule[1]), name)
    return 'Require b2b-%s %s' % (word, ' '.join('"%s"' % n for n in (rule[1] if len(rule) > 1 else [])))

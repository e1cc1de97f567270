# SPDX-License-Identifier: Apache-2.0
"""Random scenes of people in portals and at the host, and the line that tells the C program of each."""
import random

import people_model as model

ISSUERS = ['https://a.example', 'https://b.example', 'https://A.example', 'https://a.example/', '']
PORTALS = ['p1', 'p2', 'p']
PARTNERS = ['n1', 'n2', 'n3', 'n']
GROUPS = ['g1', 'g10', 'g2', 'g3', 'g4', 'h']
STATES = ['active', 'suspended', 'suspended', 'invited', 'pending', 'Active', 'deleted', '', 'activee', 'actif']
MEMBER_ROLES = list(model.MEMBER_ROLES) + ['partner-administrator', 'Viewer', 'owner', '', 'administrator']
HOST_ROLES = list(model.HOST_ROLES) * 2 + ['partner-manager', 'Administrator', 'root', 'viewer']
EMAILS = ['anna@nord.example', 'Anna@Nord.Example', 'anna@nord.example.', 'ÄNNA@nord.example', 'änna@nord.example', '']
TIMES = [0] * 10 + [999, 1000, 1001, 5000]


class Scenes:
    """Random scenes, and the line that tells the C program of each. Most things in a scene are as they should be,
    so that each of the others decides now and then alone."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def some(self, items, chance):
        return [item for item in items if self.random.random() < chance]

    def odd(self, usual, others, chance=0.06):
        return self.random.choice(others) if self.random.random() < chance else usual

    def scene(self):
        pick, chance, odd = self.random.choice, self.random.random, self.odd
        kind = pick(['host', 'member', 'member'])
        issuer = odd(pick(ISSUERS[:2]), ISSUERS)
        listed = self.some(ISSUERS[:4], 0.4) if chance() < 0.2 else [issuer or ISSUERS[0]] + self.some(
            [i for i in ISSUERS[:4] if i != issuer], 0.3)
        portal = odd({'id': pick(PORTALS[:2]), 'state': odd('active', STATES)}, [None], 0.03)
        identity = odd({'issuer': issuer, 'subject': odd('7', ['8', ' ', '']), 'email': pick(EMAILS[:2] * 3 + EMAILS),
                        'verified': pick('yyyna')}, [None], 0.03)
        principal = odd({
            'kind': kind, 'portal': odd(portal['id'] if portal else 'p1', PORTALS), 'partner': pick(PARTNERS),
            'id': 'x', 'role': odd(pick(model.MEMBER_ROLES), MEMBER_ROLES, 0.2), 'state': odd('active', STATES, 0.12),
            'sponsor': None if chance() < 0.6 else odd('active', STATES + ['removed'], 0.3),
            'valid_until': pick(TIMES), 'groups': sorted(self.some(GROUPS, 0.4)),
            'roles': self.some(model.HOST_ROLES, 0.3) if chance() < 0.6 else [pick(HOST_ROLES)]}, [None], 0.03)
        if principal and kind == 'host' and chance() < 0.8:
            principal['portal'] = None
        return {'portal': portal, 'issuers': [(i, chance() < 0.3) for i in listed],
                'partners': {partner: odd('active', STATES, 0.15) for partner in self.some(PARTNERS, 0.95)},
                'identity': identity, 'principal': principal, 'now': 1000}

    def questions(self):
        """(text for the C program, function of the model, its arguments)."""
        pick, chance = self.random.choice, self.random.random
        asked = [('M', model.member, ()), ('U', model.host_user, ()), ('V', model.email_verified, ())]
        for _ in range(2):
            roles = self.some(MEMBER_ROLES[-8:], 0.4)
            asked.append(('R' + ','.join(roles), model.member_role, (roles,)))
            roles = self.some(HOST_ROLES[-10:], 0.4)
            asked.append(('H' + ','.join(roles), model.host_role, (roles,)))
            group = pick(GROUPS + [None])
            asked.append(('G' + (group or '-'), model.member_group, (group,)))
            partner = pick(PARTNERS + [None])
            asked.append(('P' + (partner or '-'), model.member_partner, (partner,)))
        for _ in range(4):
            number = self.random.randrange(-1, len(model.RIGHTS) + 1)
            asked.append(('T%d' % number, model.right, (number,)))
            placed = {'partner': None if chance() < 0.6 else pick(PARTNERS), 'everyone': chance() < 0.3,
                      'groups': self.some(GROUPS, 0.25)}
            asked.append(('L%s:%d:%s' % (placed['partner'] or '-', placed['everyone'], ';'.join(placed['groups'])),
                          model.placement, (placed,)))
        if chance() < 0.1:
            asked.append(('L-', model.placement, (None,)))
        email = pick(['anna@nord.example', 'anna@nord.example', 'Anna@nord.example', 'Änna@nord.example',
                      'änna@nord.example', '', None])
        asked.append(('A' + ('-' if email is None else email), model.may_answer, (email,)))
        return asked

    def line(self, scene, questions):
        return line_of(scene, questions)


def null(text):
    return '-' if text is None else text


NOTHING = ['', '-', '-', '', '']   # of grants, instance, look-up, administrators and security


def line_of(scene, questions, more=None):
    portal, identity, principal = scene['portal'], scene['identity'], scene['principal']
    fields = [
        '%s|%s' % (portal['id'], portal['state']) if portal else '-',
        ','.join('%s%s%d' % (issuer.replace(':', '%'), ':', vouches) for issuer, vouches in scene['issuers']),
        ','.join('%s:%s' % item for item in scene['partners'].items()),
        '|'.join([identity['issuer'].replace(':', '%'), identity['subject'], null(identity['email']),
                  identity['verified']]) if identity else '-',
        '|'.join([principal['kind'][0], null(principal['portal']), principal['partner'], principal['role'],
                  principal['state'], str(principal['valid_until']), ','.join(principal['groups']),
                  ','.join(principal['roles']), principal['id'], null(principal['sponsor'])]) if principal else '-',
        str(scene['now'])]
    return '\t'.join(fields + (more or NOTHING) + [question[0] for question in questions]) + '\n'

# SPDX-License-Identifier: Apache-2.0
"""policy/ against the independent model: a million random decisions, and proof that a broken line is found.

B2B_SEED repeats a run; B2B_DECISIONS asks for more or fewer. Prints TAP.
"""
import os
import pathlib
import random
import re
import shlex
import subprocess
import sys
import tempfile
import time

import model

SRCDIR = pathlib.Path(os.environ.get('B2B_SRCDIR', pathlib.Path(__file__).resolve().parents[2]))
BUILDDIR = pathlib.Path(os.environ.get('B2B_BUILDDIR', SRCDIR))
DECIDE = BUILDDIR / 'tests' / 'policy' / 'decide'
DECISIONS = int(os.environ.get('B2B_DECISIONS', '1000000'))
SEED = int(os.environ.get('B2B_SEED', '20261122'))

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
            'role': odd(pick(model.MEMBER_ROLES), MEMBER_ROLES, 0.2), 'state': odd('active', STATES, 0.12),
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


def null(text):
    return '-' if text is None else text


def line_of(scene, questions):
    portal, identity, principal = scene['portal'], scene['identity'], scene['principal']
    fields = [
        '%s|%s' % (portal['id'], portal['state']) if portal else '-',
        ','.join('%s%s%d' % (issuer.replace(':', '%'), ':', vouches) for issuer, vouches in scene['issuers']),
        ','.join('%s:%s' % item for item in scene['partners'].items()),
        '|'.join([identity['issuer'].replace(':', '%'), identity['subject'], null(identity['email']),
                  identity['verified']]) if identity else '-',
        '|'.join([principal['kind'][0], null(principal['portal']), principal['partner'], principal['role'],
                  principal['state'], str(principal['valid_until']), ','.join(principal['groups']),
                  ','.join(principal['roles'])]) if principal else '-',
        str(scene['now'])]
    return '\t'.join(fields + [question[0] for question in questions]) + '\n'


def make(seed, wanted):
    """Lines for the C program, the model's answers, and what was asked, for at least WANTED decisions."""
    scenes = Scenes(seed)
    lines, answers, count = [], [], 0
    while count < wanted:
        scene, questions = scenes.scene(), scenes.questions()
        lines.append(line_of(scene, questions))
        answers.append([(question[0], function(scene, *args)) for question, function, args
                        in ((q, q[1], q[2]) for q in questions)])
        count += len(questions)
    return lines, answers, count


def differences(program, lines, answers, limit=5):
    """Run PROGRAM; a list of what differs, at most LIMIT. A crash is a difference."""
    done = subprocess.run([str(program)], input=''.join(lines), capture_output=True, text=True, check=False, timeout=300)
    if done.returncode != 0:
        return ['the program ended with %d: %s' % (done.returncode, done.stderr[-300:])]
    found = []
    told = done.stdout.splitlines()
    if len(told) != len(lines):
        return ['%d lines were answered, of %d' % (len(told), len(lines))]
    for line, expected, said in zip(lines, answers, told):
        words = said.split()
        for (question, (granted, reasons)), word in zip(expected, words):
            if (word[0] == '1') != bool(granted) or word[1:] not in reasons:
                found.append('%s in %s: the model says %s %s, the program %s' % (
                    question, line.rstrip(), 'yes' if granted else 'no', sorted(reasons), word))
                if len(found) >= limit:
                    return found
        if len(words) != len(expected):
            return ['%d answers of %d: %s' % (len(words), len(expected), said)]
    return found


def makefile_variable(text, name):
    match = re.search(r'^%s = (.*)$' % name, text, re.M)
    return shlex.split(match.group(1)) if match else []


def breaks():
    """(file, line, text of the file with this one line broken), each of which must be found."""
    for file in ('member.c', 'host.c', 'invitation.c'):
        text = (SRCDIR / 'mod_b2bportal' / 'policy' / file).read_text()
        spots = [(match.start(), match.end(), 'granted(') for match in re.finditer(r'(?<![\w])denied\((?=B2B_)', text)]
        spots += [(match.start(1), match.end(1), '>') for match in re.finditer(r'now (>=) principal', text)]
        spots += [(match.start(1), match.end(1), 'ALL') for match in
                  re.finditer(r'\[B2B_RIGHT_\w+\] =\s*(B2B_HOST[^,]*),', text)]
        spots += [(match.start(1), match.end(1), '== 0') for match in re.finditer(r'vouches_for_email (!= 0)', text)]
        spots += [(match.start(1), match.end(1), '==') for match in re.finditer(r'strcmp\([^;{]*?\) (!=) 0', text)]
        for start, end, new in spots:
            yield file, text.count('\n', 0, start) + 1, text[:start] + new + text[end:]


def build(folder, number, file, text):
    """A program with TEXT in place of policy/FILE."""
    makefile = (BUILDDIR / 'Makefile').read_text()
    flags = [flag for name in ('CFLAGS', 'SANITIZE_CFLAGS', 'APR_CPPFLAGS', 'CPPFLAGS')
             for flag in makefile_variable(makefile, name)]
    libs = [flag for name in ('LDFLAGS', 'SANITIZE_CFLAGS', 'APR_LIBS', 'SQLITE_LIBS', 'JANSSON_LIBS', 'CURL_LIBS',
                              'CRYPTO_LIBS', 'LIBS') for flag in makefile_variable(makefile, name)]
    cc = makefile_variable(makefile, 'CC') or ['cc']
    source = folder / ('%d-%s' % (number, file))
    source.write_text(text)
    program = folder / ('decide-%d' % number)
    subprocess.run(cc + flags + ['-w', '-I', str(BUILDDIR / 'mod_b2bportal'), '-I', str(SRCDIR / 'mod_b2bportal'),
                                 '-I', str(SRCDIR / 'mod_b2bportal' / 'policy'), '-o', str(program), str(source),
                                 str(BUILDDIR / 'tests/policy/decide.o'), str(BUILDDIR / '.libs/libb2bcore.a')] + libs,
                   check=True)
    return program


def main():
    number = failures = 0

    def case(is_ok, title, notes=()):
        nonlocal number, failures
        number += 1
        failures += not is_ok
        print('%sok %d - policy: %s' % ('' if is_ok else 'not ', number, title))
        for note in notes:
            print('# ' + note)
        sys.stdout.flush()

    start = time.monotonic()
    count = granted = 0
    found = []
    for batch in range(10):
        lines, answers, asked = make(SEED + batch, DECISIONS // 10)
        found += differences(DECIDE, lines, answers)
        count += asked
        granted += sum(bool(answer[0]) for line in answers for _, answer in line)
    case(not found, '%d random decisions (%d granted) in %d s, seed %d: no difference from the model' % (
        count, granted, time.monotonic() - start, SEED), found[:10])
    case(count >= DECISIONS and count // 10 < granted < count * 9 // 10, 'the decisions are of both kinds')

    lines, answers, _ = make(SEED, 40000)
    missed, tried = [], 0
    with tempfile.TemporaryDirectory(prefix='b2b-policy-') as folder:
        for file, line, text in breaks():
            tried += 1
            program = build(pathlib.Path(folder), tried, file, text)
            if not differences(program, lines, answers, 1):
                missed.append('%s:%d broken, and nobody noticed' % (file, line))
    case(tried >= 25 and not missed, '%d broken lines, each found' % tried, missed)
    print('1..%d' % number)
    return 1 if failures else 0


if __name__ == '__main__':
    sys.exit(main())

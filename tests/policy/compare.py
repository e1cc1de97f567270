# SPDX-License-Identifier: Apache-2.0
"""policy/ against the independent models: a million random decisions each, and proof that a broken line is found.

B2B_SEED repeats a run; B2B_DECISIONS asks each for more or fewer. Prints TAP.
"""
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile
import time

import instance_scenes
import scenes

SRCDIR = pathlib.Path(os.environ.get('B2B_SRCDIR', pathlib.Path(__file__).resolve().parents[2]))
BUILDDIR = pathlib.Path(os.environ.get('B2B_BUILDDIR', SRCDIR))
DECIDE = BUILDDIR / 'tests' / 'policy' / 'decide'
DECISIONS = int(os.environ.get('B2B_DECISIONS', '1000000'))
SEED = int(os.environ.get('B2B_SEED', '20261122'))


# What is compared: the scenes, and the files of policy/ that decide in them.
SUBJECTS = (
    ('people, roles, groups, placements, rights', scenes.Scenes, ('member.c', 'host.c', 'invitation.c')),
    ('shared processes and instances', instance_scenes.InstanceScenes, ('action.c', 'process.c', 'instance.c', 'host_instance.c',
                                                                    'security.c', 'start.c')),
)


def make(kind, seed, wanted):
    """Lines for the C program, the model's answers, and what was asked, for at least WANTED decisions on scenes of KIND."""
    world = kind(seed)
    lines, answers, count = [], [], 0
    while count < wanted:
        scene, questions = world.scene(), world.questions()
        lines.append(world.line(scene, questions))
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


# What a line is broken by: a pattern, and what its first group (or the whole) becomes.
BREAKS = (
    (r'(?<![\w])denied(?=\(B2B_)', 'granted'),
    (r'now (>=) principal', '>'),
    (r'\[B2B_RIGHT_\w+\] =\s*(B2B_HOST[^,]*),', 'ALL'),
    (r'vouches_for_email (!= 0)', '== 0'),
    (r'strcmp\([^;{]*?\) (!=) 0', '=='),
)
BREAKS_OF_INSTANCES = BREAKS + (
    (r'(?<![\w])granted(?=\(B2B_)', 'denied'),
    (r'strcmp\([^;{]*?\) (==) 0', '!='),
    (r' (&&)\s', '||'),
    (r' (\|\|)\s', '&&'),
    (r'(?<!int )b2b_policy_same\([^()]*\)', '1'),
    (r'return ([01]);', '!\\1'),
    (r'if \(!?(\w[^;{]*)\) \{', '!(\\1)'),
    (r'return (!?\w[^;?]*?)\s*\?', '!(\\1)'),
    (r'= (act == [^;?]*?)\s*\?', '!(\\1)'),
    (r'(>=|<) (?:0|facts->form_count)', '!='),
    (r'(B2B_RIGHT_\w+|B2B_HOST_[A-Z_]+)(?=[ ,)])', '0'),
    (r'any_of\((has\([^()]*\)|b2b_policy_right\([^()]*\)\.granted)', '0'),
    (r'(?<!int )(by_process)(?=[,)])', '!\\1'),
    (r'(?<!b2b_decision_t )(by_form)(?=[,)])', 'denied(B2B_REASON_DENIED_NOT_OWNER)'),
    (r'= ((?:shared->|b2b_policy_owns|owns)[^;?]*?)\s*\?', '!(\\1)'),
)


def breaks(file, patterns):
    """(line, text of FILE with this one spot broken), each of which must be found."""
    text = (SRCDIR / 'mod_b2bportal' / 'policy' / file).read_text()
    for pattern, new in patterns:
        for match in re.finditer(pattern, text):
            group = 1 if match.re.groups else 0
            start, end = match.span(group)
            yield text.count('\n', 0, start) + 1, text[:start] + new.replace('\\1', match.group(group)) + text[end:]


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
                                 str(BUILDDIR / 'tests/policy/decide.o'), str(BUILDDIR / 'tests/policy/instances.o'), str(BUILDDIR / '.libs/libb2bcore.a')] + libs,
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

    for title, kind, files in SUBJECTS:
        start = time.monotonic()
        count = granted = 0
        found = []
        for batch in range(10):
            lines, answers, asked = make(kind, SEED + batch, DECISIONS // 10)
            found += differences(DECIDE, lines, answers)
            count += asked
            granted += sum(bool(answer[0]) for line in answers for _, answer in line)
        case(not found, '%s: %d random decisions (%d granted) in %d s, seed %d: no difference from the model' % (
            title, count, granted, time.monotonic() - start, SEED), found[:10])
        case(count >= DECISIONS and count // 10 < granted < count * 9 // 10, '%s: the decisions are of both kinds' % title)

        lines, answers, _ = make(kind, SEED, 60000)
        missed, tried = [], 0
        with tempfile.TemporaryDirectory(prefix='b2b-policy-') as folder:
            for file in files:
                for line, text in breaks(file, BREAKS if kind is scenes.Scenes else BREAKS_OF_INSTANCES):
                    tried += 1
                    try:
                        program = build(pathlib.Path(folder), tried, file, text)
                    except subprocess.CalledProcessError:
                        missed.append('%s:%d does not compile when it is broken: mend the pattern' % (file, line))
                        continue
                    if not differences(program, lines, answers, 1):
                        missed.append('%s:%d broken, and nobody noticed' % (file, line))
                    program.unlink()
        case(tried >= 25 and not missed, '%s: %d broken lines, each found' % (title, tried), missed)
    print('1..%d' % number)
    return 1 if failures else 0


if __name__ == '__main__':
    sys.exit(main())

# SPDX-License-Identifier: Apache-2.0
"""What every guard shares: the tree as a dictionary, TAP, and the proof that the guard can fail.

A guard is a function from a tree {path: text} to a list of complaints. run() applies it to the real
tree, which must give none, and to each bad sample, which must give at least one.
"""
import os
import pathlib
import subprocess
import sys

SRCDIR = pathlib.Path(os.environ.get('B2B_SRCDIR', pathlib.Path(__file__).resolve().parents[2]))
BUILDDIR = pathlib.Path(os.environ.get('B2B_BUILDDIR', SRCDIR))

TEXT = {'.c', '.h', '.py', '.sh', '.am', '.ac', '.sql', '.conf', '.md', '.in', '.mjs', '.js', '.ts', '.svelte',
        '.css', '.html', '.json', '.yaml', '.yml', '.txt', '.example', ''}
SKIP = {'.git', 'node_modules', 'build', 'autom4te.cache', '__pycache__', '.demo', '.deps', '.libs'}
# What autogen.sh makes; a release archive carries it, git does not.
GENERATED = {'configure', 'aclocal.m4', 'config.h.in', 'Makefile.in'} | {
    f'build-aux/{name}' for name in ('ar-lib', 'compile', 'config.guess', 'config.sub', 'depcomp', 'install-sh', 'ltmain.sh',
                                     'missing', 'tap-driver.sh', 'test-driver')}


def source_paths():
    """Every file of the project: what git knows, or, in an unpacked archive, what lies there."""
    if (SRCDIR / '.git').exists():
        out = subprocess.run(['git', '-c', f'safe.directory={SRCDIR}', 'ls-files', '-z', '--cached', '--others',
                              '--exclude-standard'], cwd=SRCDIR, capture_output=True, check=False)
        if out.returncode == 0:
            return sorted(path for path in out.stdout.decode().split('\0') if path)
    found = []
    for folder, folders, files in os.walk(SRCDIR):
        folders[:] = [name for name in folders if name not in SKIP]
        found += [os.path.relpath(os.path.join(folder, name), SRCDIR) for name in files]
    return sorted(path for path in found if path not in GENERATED and not path.startswith('m4/'))


def read_tree(wanted=lambda path: True):
    """The text files of the project for which WANTED says yes, as {path: text}."""
    tree = {}
    for path in source_paths():
        file = SRCDIR / path
        if pathlib.PurePath(path).suffix in TEXT and wanted(path) and file.is_file():
            try:
                tree[path] = file.read_text(encoding='utf-8')
            except UnicodeDecodeError:
                continue
    return tree


def run(name, check, tree, bad, good=None):
    """Print TAP: CHECK finds nothing in TREE and in the GOOD samples, and something in each of BAD."""
    failures = 0
    number = 0

    def case(is_ok, title, complaints=()):
        nonlocal failures, number
        number += 1
        print(f'{"ok" if is_ok else "not ok"} {number} - {name}: {title}')
        if not is_ok:
            failures += 1
            for complaint in complaints:
                print(f'# {complaint}')

    complaints = check(tree)
    case(not complaints, 'the tree', complaints)
    for title, sample in (good or {}).items():
        complaints = check(sample)
        case(not complaints, f'accepts {title}', complaints)
    for title, sample in bad.items():
        case(bool(check(sample)), f'notices {title}', ['the sample went unnoticed'])
    print(f'1..{number}')
    sys.exit(1 if failures else 0)

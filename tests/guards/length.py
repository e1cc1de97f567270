# SPDX-License-Identifier: Apache-2.0
"""No file is longer than 650 lines unless tests/guards/long_files.txt names it with a reason."""
import re

import guard

LIMIT = 650
LIST = 'tests/guards/long_files.txt'
NOT_OURS = re.compile(r'(^|/)(package-lock\.json|LICENSE)$|^docs/.*\.(yaml|json)$|\.svg$')
CODE = re.compile(r'(\.(c|h|py|sh|sql|mjs|js|ts|svelte|css|html|am|ac|conf|md)$)|^\.ci/run$')


def check(tree):
    complaints = []
    excused = {}
    for line in tree.get(LIST, '').splitlines():
        if line.strip() and not line.startswith('#'):
            path, _, reason = line.partition(' ')
            excused[path] = reason.strip()
    for path, text in tree.items():
        if NOT_OURS.search(path) or not CODE.search(path):
            continue
        lines = text.count('\n')
        if lines > LIMIT and path not in excused:
            complaints.append(f'{path}: {lines} lines; split it by its nouns')
    for path, reason in excused.items():
        if not reason:
            complaints.append(f'{LIST}: {path} has no reason')
        elif path not in tree or tree[path].count('\n') <= LIMIT:
            complaints.append(f'{LIST}: {path} is no longer long; take it off')
    return complaints


LONG = 'x\n' * (LIMIT + 1)

guard.run(
    'length', check, guard.read_tree(),
    bad={
        'a long file': {'mod_b2bportal/model/all.c': LONG},
        'a long file excused without a reason': {'a.c': LONG, LIST: 'a.c\n'},
        'an excuse that is no longer needed': {'a.c': 'x\n', LIST: 'a.c a table\n'},
    },
    good={'an excused file': {'a.c': LONG, LIST: 'a.c one table of facts\n'}})

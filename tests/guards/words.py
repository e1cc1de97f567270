# SPDX-License-Identifier: Apache-2.0
"""Words that must not be committed: registries, this machine's paths, things left for later, wrong names."""
import re

import guard

EVERYWHERE = [
    (r'registry\.npmjs|registry\.yarnpkg|pypi\.org|pythonhosted|crates\.io|proxy\.golang', 'a registry\'s host'),
    (r'"resolved"\s*:', 'a registry\'s address in a lock file'),
    (r'(?<![\w./-])/(work|home|root|Users)/\w', 'a path of one machine'),
    (r'\b(TO' r'DO|FIX' r'ME|X' r'XX)\b', 'something left for later'),
    (r'^(<{7}|>{7}) ', 'a conflict'),
]
# product.md: one word per thing.
OURS = [(r'(?i)\btenants?\b', 'a "tenant": the word is portal'), (r'(?i)\bcustomers?\b', 'a "customer": the word is partner')]
OURS_IN = re.compile(r'^(mod_b2bportal|docs|conf|htdocs)/')
NOT_HERE = re.compile(r'^(tests/guards/words\.py|LICENSE)$')


def check(tree):
    complaints = []
    for path, text in tree.items():
        if NOT_HERE.search(path):
            continue
        rules = EVERYWHERE + (OURS if OURS_IN.search(path) and not path.endswith('package-lock.json') else [])
        for pattern, meaning in rules:
            for match in re.finditer(pattern, text, re.M):
                line = text.count('\n', 0, match.start()) + 1
                complaints.append(f'{path}:{line}: {meaning}: {match.group(0)}')
    return complaints


guard.run(
    'words', check, guard.read_tree(),
    bad={
        'a registry': {'demo.sh': 'npm --registry https://registry.npmjs.org\n'},
        'a lock file with addresses': {'htdocs/package-lock.json': ' "resolved": "https://x"\n'},
        'a machine\'s path': {'README.md': 'cd /home/anna/src\n'},
        'something left for later': {'mod_b2bportal/base/json.c': '/* TO' 'DO: check */\n'},
        'a conflict': {'a.c': '<<<<<<< HEAD\n'},
        'a tenant': {'mod_b2bportal/model/portal.c': '/* the tenant */\n'},
        'a customer': {'docs/a.md': 'Your customers\n'},
    },
    good={'plain words': {'docs/a.md': 'The partner opens /portals/acme.\n', 'a.sh': 'cd "$work/home/x"\n'}})

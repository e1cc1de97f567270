# SPDX-License-Identifier: Apache-2.0
"""Directives: the table in httpd/, conf/ and the documents name the same ones, in both directions."""
import re

import guard

TABLE = re.compile(r'\bAP_INIT_\w+\(\s*"(\w+)"')
WORD = re.compile(r'\bB2BPortal[A-Z]\w*\b')
REFERENCE = 'conf/b2bportal.conf'


def is_document(path):
    return path.endswith('.md') and not path.startswith(('tests/', 'CHANGELOG'))


def check(tree):
    complaints = []
    known = set()
    for path, text in tree.items():
        if path.startswith('mod_b2bportal/httpd/') and path.endswith('.c'):
            known |= set(TABLE.findall(text))
    reference = tree.get(REFERENCE, '')
    documents = '\n'.join(text for path, text in tree.items() if is_document(path))
    for name in sorted(known):
        if not name.startswith('B2BPortal'):
            complaints.append(f'{name}: a directive of this module begins with B2BPortal')
        if not re.search(rf'^\s*#?\s*{name}\s+\S', reference, re.M):
            complaints.append(f'{name}: {REFERENCE} does not show it')
        if not re.search(rf'\b{name}\b', documents):
            complaints.append(f'{name}: no document explains it')
    for path, text in tree.items():
        if path.startswith('conf/') or is_document(path) or path == 'demo.sh' or path.startswith('demo/'):
            for name in sorted(set(WORD.findall(text)) - known):
                complaints.append(f'{path}: there is no directive {name}')
    return complaints


CODE = {'mod_b2bportal/httpd/config.c': 'AP_INIT_TAKE1("B2BPortalDomain", cmd_domain, NULL, RSRC_CONF, "x"),'}
CONF = {REFERENCE: '# What it does\n#B2BPortalDomain portals.example\n'}
DOC = {'docs/install.md': 'Set `B2BPortalDomain` first.\n'}

guard.run(
    'directives', check,
    guard.read_tree(lambda path: path.startswith(('mod_b2bportal/', 'conf/', 'docs/', 'demo')) or path.endswith('.md')),
    bad={
        'a directive missing in conf/': {**CODE, **DOC, REFERENCE: '# B2BPortalDomain\n'},
        'a directive that no document explains': {**CODE, **CONF},
        'a directive in conf/ that does not exist': {**CODE, **DOC, REFERENCE: CONF[REFERENCE] + 'B2BPortalDomian x\n'},
        'a directive in a document that does not exist': {**CODE, **CONF, 'README.md': 'B2BPortalDomain, B2BPortalTenant\n'},
        'a directive of another prefix': {'mod_b2bportal/httpd/config.c': 'AP_INIT_FLAG("PortalDomain", x'},
    },
    good={'a directive that is everywhere': {**CODE, **CONF, **DOC}})

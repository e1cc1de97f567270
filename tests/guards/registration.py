# SPDX-License-Identifier: Apache-2.0
"""Nothing lies in the tree that no list names: sources, unit tests, their cases, guards, pytest functions."""
import posixpath
import re

import guard


def check(tree):
    complaints = []
    lists = {path: text for path, text in tree.items() if path.endswith('.am')}
    sources = '\n'.join(re.sub(r'^#.*', '', text, flags=re.M) for text in lists.values())

    for path, text in tree.items():
        name = posixpath.basename(path)
        folder = posixpath.dirname(path)
        if path.startswith('mod_b2bportal/') and path.endswith('.c'):
            if not re.search(rf'(^|[\s/]){re.escape(name)}(\s|$)', lists.get(f'{folder}/sources.am', ''), re.M):
                complaints.append(f'{path}: {folder}/sources.am does not name it')
        if folder == 'tests/unit' and re.fullmatch(r'test_\w+\.c', name):
            if not re.search(rf'tests/unit/{name[:-2]}(\s|$)|%D%/{name[:-2]}(\s|$)', sources, re.M):
                complaints.append(f'{path}: tests/unit/tests.am does not name it')
            for test in re.findall(r'^(?:START|WORLD)_TEST\((\w+)\)', text, re.M):
                # tcase_add_test(tc, NAME), or a macro of the file's own that does it.
                if not re.search(rf'^\s+\w+\(\w+,\s*{test}\b', text, re.M):
                    complaints.append(f'{path}: {test} is added to no case')
        if folder == 'tests/guards' and path.endswith('.py') and name != 'guard.py':
            if not re.search(rf'(tests/guards|%D%)/{re.escape(name)}(\s|$)', sources, re.M):
                complaints.append(f'{path}: tests/guards/guards.am does not name it')
        if path.startswith('tests/') and re.fullmatch(r'test_\w+\.py', name):
            tests = re.findall(r'^def (test_\w+)\(', text, re.M)
            for test in sorted({test for test in tests if tests.count(test) > 1}):
                complaints.append(f'{path}: {test} is defined twice, only the last one runs')
            if not tests and not re.search(r'^class Test\w*', text, re.M):
                complaints.append(f'{path}: has no test')
    return complaints


UNIT = 'START_TEST(finds)\n{\n}\nEND_TEST\nSuite *unit_suite(void)\n{\n    tcase_add_test(tc, finds);\n}\n'
LIST = {'tests/unit/tests.am': 'base_tests = tests/unit/test_error\n', 'mod_b2bportal/base/sources.am': 'x = %D%/error.c\n',
        'tests/guards/guards.am': 'guards = tests/guards/layers.py\n'}

guard.run(
    'registration', check,
    guard.read_tree(lambda path: path.startswith(('tests/', 'mod_b2bportal/')) or path == 'Makefile.am'),
    bad={
        'a source in no list': {**LIST, 'mod_b2bportal/base/json.c': ''},
        'a unit test in no list': {**LIST, 'tests/unit/test_json.c': UNIT},
        'a case in no suite': {**LIST, 'tests/unit/test_error.c': UNIT.replace('tc, finds', 'tc, loses')},
        'a guard in no list': {**LIST, 'tests/guards/words.py': ''},
        'a pytest function defined twice': {'tests/httpd/test_a.py': 'def test_x():\n    pass\ndef test_x():\n    pass\n'},
        'a pytest file without a test': {'tests/httpd/test_a.py': 'def check_x():\n    pass\n'},
    },
    good={
        'what is listed': {**LIST, 'mod_b2bportal/base/error.c': '', 'tests/unit/test_error.c': UNIT,
                           'tests/guards/layers.py': '', 'tests/httpd/test_a.py': 'def test_x():\n    pass\n'},
    })

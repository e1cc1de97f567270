# SPDX-License-Identifier: Apache-2.0
"""The module exports one symbol and lacks none of ours; every global symbol of the core begins with b2b_."""
import re
import subprocess

import guard

MODULE = guard.BUILDDIR / '.libs/mod_b2bportal.so'
CORE = guard.BUILDDIR / '.libs/libb2bcore.a'


def symbols(file, *options):
    """What nm says, as text; empty where the file is not built."""
    if not file.exists():
        return ''
    return subprocess.run(['nm', *options, str(file)], capture_output=True, text=True, check=True).stdout


def check(tree):
    complaints = []
    if not tree['built']:
        complaints.append(f'{MODULE} is not built')
    exported = re.findall(r'^[0-9a-f]+ [A-Za-z] (\S+)$', tree['module'], re.M)
    if tree['built'] and exported != ['b2bportal_module']:
        complaints.append(f'the module exports {exported}, not just b2bportal_module')
    for name in re.findall(r'^ +U (b2b_\S+)$', tree['module'], re.M):
        complaints.append(f'the module does not load: nothing defines {name}')
    for name in re.findall(r'^[0-9a-f]+ [A-TV-Z] (\S+)$', tree['core'], re.M):
        if not name.startswith(('b2b_', '__odr_asan')):
            complaints.append(f'the core has a global {name}: make it static or call it b2b_…')
    return complaints


def sample(module='0000 D b2bportal_module\n', core='0000 T b2b_portal_create\n', built=True):
    return {'module': module, 'core': core, 'built': built}


guard.run(
    'exports', check,
    {'module': symbols(MODULE, '-D'), 'core': symbols(CORE, '--defined-only', '-g'),
     'built': MODULE.exists()},
    bad={
        'a second exported symbol': sample(module='0000 D b2bportal_module\n0010 T b2b_portal_create\n'),
        'no exported symbol': sample(module=''),
        'a symbol that nothing defines': sample(module='0000 D b2bportal_module\n                 U b2b_portal_create\n'),
        'a module that is not there': sample(built=False),
        'a global without the prefix': sample(core='0000 T portal_create\n'),
    },
    good={'one symbol': sample(module='0000 D b2bportal_module\n                 U ap_log_rerror_\n')})

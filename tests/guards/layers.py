# SPDX-License-Identifier: Apache-2.0
"""Includes point downward only, and each foreign library has its one room."""
import posixpath
import re

import guard

ROOT = 'mod_b2bportal/'
LEVEL = {'base': 0, 'forms': 1, 'db': 1, 'model': 2, 'policy': 3, 'api': 4, 'jobs': 4, 'httpd': 5, 'ctl': 5}
# Headers of these rooms may be taken one by one; of the others only ROOM/ROOM.h.
MANY_HEADERS = {'base', 'db'}
# forms/ and policy/ are pure: they know JSON, and the model's types, and nothing that can do I/O.
ONLY = {'forms': {'base', 'forms'}, 'db': {'base', 'db'}, 'policy': {'base', 'model', 'policy'}}
FOREIGN = [
    (r'(httpd|ap_\w+|http_\w+|mod_\w+|util_\w+|scoreboard|mpm_common)\.h$', {'httpd'}),
    (r'jansson\.h$', {'base'}),
    (r'openssl/', {'base'}),
    (r'(apr_dbd\w*|apu_dbd|sqlite3\w*)\.h$', {'db'}),
    (r'(libpq\S*|postgresql/\S*|pg_config\S*)\.h$', {'db'}),
    (r'curl/', {'jobs'}),
]
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.M)


def check(tree):
    complaints = []
    for path, text in tree.items():
        if not path.startswith(ROOT) or not path.endswith(('.c', '.h')):
            continue
        room = path[len(ROOT):].split('/')[0]
        if room not in LEVEL:
            complaints.append(f'{path}: {room}/ is not a room')
            continue
        for quote, name in INCLUDE.findall(text):
            if quote == '"':
                target = name
                if not re.match(r'(%s)/' % '|'.join(LEVEL), name):
                    target = posixpath.normpath(posixpath.join(posixpath.dirname(path[len(ROOT):]), name))
                other = target.split('/')[0]
                if other in LEVEL and '/' in target and not (
                        target == f'{room}/{name}' and any(re.match(pattern, name) for pattern, _ in FOREIGN)):
                    if other != room and (LEVEL[other] > LEVEL[room] or {room, other} == {'httpd', 'ctl'}):
                        complaints.append(f'{path}: {room}/ is below {other}/ and must not include {name}')
                    elif room in ONLY and other not in ONLY[room]:
                        complaints.append(f'{path}: {room}/ may include only {", ".join(sorted(ONLY[room]))}')
                    elif other != room and other not in MANY_HEADERS and target != f'{other}/{other}.h':
                        complaints.append(f'{path}: take {other}/{other}.h; {name} is {other}/\'s own')
                    continue
            for pattern, rooms in FOREIGN:
                if re.match(pattern, name) and room not in rooms:
                    complaints.append(f'{path}: {name} belongs to {", ".join(sorted(rooms))}/ only')
        if room == 'httpd' and re.search(r'#\s*include\s*"config\.h"', text):
            complaints.append(f'{path}: config.h collides with httpd\'s own; httpd/ does without')
    return complaints


def sample(path, line):
    return {ROOT + path: f'/* x */\n#include {line}\n'}


guard.run(
    'layers', check, guard.read_tree(lambda path: path.startswith(ROOT)),
    bad={
        'an upward include': sample('model/portal.c', '"api/api.h"'),
        'an upward include by a relative path': sample('model/portal.c', '"../api/api.h"'),
        'forms with a database': sample('forms/fill.c', '"db/db.h"'),
        'policy with a database': sample('policy/decide.c', '"db/db.h"'),
        'httpd.h in the core': sample('api/router.c', '<httpd.h>'),
        'http_log.h in the core': sample('jobs/mail.c', '"http_log.h"'),
        'jansson outside base': sample('api/router.c', '<jansson.h>'),
        'openssl outside base': sample('httpd/identity.c', '<openssl/sha.h>'),
        'apr_dbd outside db': sample('model/portal.c', '<apr_dbd.h>'),
        'sqlite3 outside db': sample('ctl/backup.c', '<sqlite3.h>'),
        'libpq outside db': sample('model/portal.c', '<libpq-fe.h>'),
        'curl outside jobs': sample('api/mail.c', '<curl/curl.h>'),
        'a private header of another room': sample('httpd/handler.c', '"api/private.h"'),
        'config.h in httpd': sample('httpd/handler.c', '"config.h"'),
        'a room that is none': sample('util/list.c', '<apr.h>'),
        'the command using the server': sample('ctl/main.c', '"httpd/httpd.h"'),
    },
    good={
        'downward includes': {
            ROOT + 'httpd/handler.c': '#include <httpd.h>\n#include "api/api.h"\n#include "base/error.h"\n',
            ROOT + 'model/model.h': '#include "../db/db.h"\n',
            ROOT + 'db/db.c': '#include <apr_dbd.h>\n#include "db.h"\n#include "queries.h"\n',
            ROOT + 'jobs/smtp.c': '#include <curl/curl.h>\n#include "jobs/private.h"\n',
        },
    })

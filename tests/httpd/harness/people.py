# SPDX-License-Identifier: Apache-2.0
"""Who exists at the two issuers of the tests."""


def person(sub, email, verified=True, **more):
    claims = {'sub': sub, 'email': email, 'given_name': sub.capitalize(), 'family_name': 'Example'}
    if verified is not None:
        claims['email_verified'] = verified
    claims.update(more)
    return claims


HOME = {
    'admin': person('admin', 'admin@host.example'),
    'manager': person('manager', 'manager@host.example'),
    'designer': person('designer', 'designer@host.example'),
    'auditor': person('auditor', 'auditor@host.example'),
    'alice': person('alice', 'alice@north.example'),
    'bob': person('bob', 'bob@north.example'),
    'carol': person('carol', 'carol@south.example'),
    'dave': person('dave', 'dave@south.example'),
    'erin': person('erin', 'erin@north.example'),
    'frank': person('frank', 'frank@north.example'),
    'grace': person('grace', 'grace@north.example'),
    'mallory': person('mallory', 'mallory@evil.example'),
    'nobody': person('nobody', 'nobody@nowhere.example'),
}

OTHER = {
    'alice': person('alice', 'alice@north.example'),
    'admin': person('admin', 'admin@host.example'),
    'mallory': person('mallory', 'mallory@evil.example'),
    'olga': person('olga', 'olga@south.example'),
}

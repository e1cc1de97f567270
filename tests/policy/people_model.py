# SPDX-License-Identifier: Apache-2.0
"""Who may what, written from product.md (S2 to S6, S10, S13) and not from the C code.

An answer is (granted, reasons): the reasons that may be given. Where several things stand in the way, any of them is
a true reason; a grant has exactly the ones that hold.
"""

MEMBER_ROLES = ('viewer', 'editor', 'partner_administrator')
HOST_ROLES = ('administrator', 'partner_manager', 'designer', 'data_source_manager', 'auditor', 'user')

# What a role of the host may do (product.md, People), in the order of the questions' numbers.
ADMINISTRATOR, MANAGER, DESIGNER, SOURCES, AUDITOR, USER = HOST_ROLES
RIGHTS = (
    ('console', set(HOST_ROLES)),
    ('settings read', {ADMINISTRATOR, AUDITOR}),
    ('settings write', {ADMINISTRATOR}),
    ('host users read', {ADMINISTRATOR, AUDITOR}),
    ('host users write', {ADMINISTRATOR}),
    ('portals read', {ADMINISTRATOR, MANAGER, AUDITOR}),
    ('portals write', {ADMINISTRATOR, MANAGER}),
    ('dashboards read', {ADMINISTRATOR, DESIGNER, MANAGER, AUDITOR}),
    ('dashboards write', {ADMINISTRATOR, DESIGNER}),
    ('processes read', {ADMINISTRATOR, DESIGNER, MANAGER, AUDITOR}),
    ('processes write', {ADMINISTRATOR, DESIGNER}),
    ('shares read', {ADMINISTRATOR, MANAGER, AUDITOR}),
    ('shares write', {ADMINISTRATOR, MANAGER}),
    ('instances read', {ADMINISTRATOR, MANAGER, AUDITOR}),
    ('bin read', {ADMINISTRATOR, AUDITOR}),
    ('bin write', {ADMINISTRATOR}),
    ('mail read', {ADMINISTRATOR, MANAGER, AUDITOR}),
    ('mail write', {ADMINISTRATOR, MANAGER}),
    ('audit read', {ADMINISTRATOR, AUDITOR}),
    ('portal audit read', {ADMINISTRATOR, MANAGER, AUDITOR}),
)


def spelled(word):
    """A role or state as it counts: '-' reads as '_', anything else that is not the word is another word."""
    return word.replace('-', '_')


def known(words, table):
    return {spelled(word) for word in words} & set(table)


def signed_in(identity):
    return identity is not None and bool(identity['issuer']) and bool(identity['subject'])


def listed(scene):
    identity = scene['identity']
    return identity is not None and identity['issuer'] in {issuer for issuer, _ in scene['issuers']}


def person(principal):
    """Why the person counts nowhere at this time, if so."""
    state = spelled(principal['state'])
    if state == 'active':
        return set()
    return {'invited'} if state in ('pending', 'invited') else {'suspended'}


def member(scene):
    """S2, S3: does this session count in this portal at this time?"""
    portal, identity, principal = scene['portal'], scene['identity'], scene['principal']
    why = set()
    if not signed_in(identity):
        why.add('not-signed-in')
    if portal is None or spelled(portal['state']) != 'active':
        why.add('portal-not-active')
    if portal is not None and not listed(scene):
        why.add('wrong-issuer')
    if principal is None:
        why.add('not-known')
    elif principal['kind'] != 'member':
        why.add('wrong-kind')
    else:
        if portal is None or principal['portal'] != portal['id']:
            why.add('portal-not-active')
        partner = scene['partners'].get(principal['partner']) if portal is not None else None
        if partner is None or spelled(partner) not in ('pending', 'invited', 'active'):
            why.add('partner-not-active')
        why |= person(principal)
        if principal['valid_until'] and scene['now'] >= principal['valid_until']:
            why.add('expired')
        if principal['sponsor'] is not None and spelled(principal['sponsor']) not in ('pending', 'invited', 'active'):
            why.add('sponsor-not-active')
    if not signed_in(identity) and identity is not None and identity['issuer'] == '':
        why.add('wrong-issuer')
    return (not why, why or {'member'})


def after(first, granted, yes, no):
    """A question about somebody who counts; otherwise the reason is why they do not."""
    if not first[0]:
        return first
    return (True, {yes}) if granted else (False, {no})


def member_role(scene, roles):
    principal = scene['principal']
    return after(member(scene), principal and spelled(principal['role']) in known(roles, MEMBER_ROLES), 'has-role',
                 'no-role')


def member_group(scene, group):
    """S5: the automatic group (None) is exactly the active members."""
    principal = scene['principal']
    return after(member(scene), group is None or (principal and group in principal['groups']), 'in-group',
                 'not-in-group')


def member_partner(scene, partner):
    principal = scene['principal']
    return after(member(scene), partner is not None and principal and principal['partner'] == partner, 'of-partner',
                 'other-partner')


def placement(scene, placed):
    """S6, S10: everyone is a flag; named groups with none left mean nobody."""
    first = member(scene)
    if not first[0]:
        return first
    principal = scene['principal']
    if placed is None or (placed['partner'] is not None and placed['partner'] != principal['partner']):
        return False, {'not-placed'}
    if placed['everyone']:
        return True, {'everyone'}
    if not placed['groups']:
        return False, {'no-group-left'}
    if set(placed['groups']) & set(principal['groups']):
        return True, {'in-group'}
    return False, {'not-in-group'}


def host_user(scene):
    """S3: members have no access to the console, and only the console's issuers count there."""
    identity, principal = scene['identity'], scene['principal']
    why = set()
    if not signed_in(identity):
        why.add('not-signed-in')
    if not listed(scene):
        why.add('wrong-issuer')
    if principal is None:
        why.add('not-known')
    elif principal['kind'] != 'host':
        why.add('wrong-kind')
    else:
        why |= person(principal)
        if not known(principal['roles'], HOST_ROLES):
            why.add('no-role')
    return (not why, why or {'host-role'})


def host_role(scene, roles):
    principal = scene['principal']
    return after(host_user(scene),
                 principal and known(principal['roles'], HOST_ROLES) & known(roles, HOST_ROLES), 'host-role', 'no-role')


def right(scene, number):
    principal = scene['principal']
    return after(host_user(scene), principal and 0 <= number < len(RIGHTS)
                 and known(principal['roles'], RIGHTS[number][1]), 'host-role', 'no-right')


def email_verified(scene):
    """S2: the boolean true, or no claim from an issuer that vouches for its addresses."""
    identity = scene['identity']
    if identity is None or not identity['email'] or not listed(scene):
        return False, {''}
    vouches = dict(reversed(scene['issuers']))[identity['issuer']]
    return identity['verified'] == 'y' or (identity['verified'] == 'a' and vouches), {''}


def may_answer(scene, invited):
    """S13: as the invited address, in this portal, verified."""
    portal, identity = scene['portal'], scene['identity']
    if (portal is None or spelled(portal['state']) != 'active' or not signed_in(identity) or not listed(scene)
            or not identity['email'] or invited is None
            or ''.join(chr(ord(c) + 32) if 'A' <= c <= 'Z' else c for c in identity['email']) != invited):
        return False, {''}
    if email_verified(scene)[0]:
        return True, {''}
    return False, {'unverified'}

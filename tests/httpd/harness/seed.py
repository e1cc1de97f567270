# SPDX-License-Identifier: Apache-2.0
"""Rows written past the module: many portals at once, states the API does not make, and what
another node would commit. Where the API is the subject, tests use the API."""

import json
import time
import uuid

from .database import quoted


def now():
    return int(time.time() * 1000000)


def new_id():
    """Return an id that sorts by time, as UUIDv7 does."""
    milliseconds = int(time.time() * 1000)
    value = (milliseconds << 80) | (uuid.uuid4().int & ((1 << 80) - 1))
    value = (value & ~(0xf << 76)) | (0x7 << 76)
    value = (value & ~(0x3 << 62)) | (0x2 << 62)
    return str(uuid.UUID(int=value))


class Seed:
    """Collects rows; commit() writes them in one transaction and raises every generation."""

    def __init__(self, database):
        self.database = database
        self.statements = []

    def insert(self, table, **values):
        self.statements.append('INSERT INTO %s (%s) VALUES (%s)' % (
            table, ', '.join(values), ', '.join(quoted(v) for v in values.values())))

    def sql(self, statement):
        self.statements.append(statement)

    def commit(self, bump=True):
        if bump:
            self.sql('UPDATE generations SET value = value + 1')
        self.database.run(self.statements)
        self.statements = []

    # -- nouns -------------------------------------------------------------------------------

    def host_user(self, email, roles, issuer=None, subject=None, state='active', name='Host User'):
        key = new_id()
        self.insert('host_users', id=key, email=email, email_folded=email.lower(), first_name=name.split()[0],
                    last_name=name.split()[-1], name_folded=name.lower(), state=state, issuer=issuer, subject=subject, version=1,
                    created_at=now(), modified_at=now())
        for role in roles:
            self.insert('host_user_roles', user_id=key, role=role)
        return key

    def portal(self, name, issuers, state='active', deleted=False, display=None):
        key = new_id()
        display = display or name.capitalize()
        self.insert('portals', id=key, technical_name=name, name=display, name_folded=display.lower(),
                    color='#336699', contact_name='Petra Portal', contact_email='petra@host.example',
                    locale='en', state=state, version=1, created_at=now(), modified_at=now(),
                    deleted_at=now() if deleted else None)
        for position, issuer in enumerate(issuers):
            self.insert('portal_issuers', portal_id=key, position=position, issuer=issuer.url,
                        label=issuer.label, vouches_for_email=0)
        return key

    def partner(self, portal, name, state='active'):
        key = new_id()
        self.insert('partners', portal_id=portal, id=key, name=name, name_folded=name.lower(),
                    contact_first_name='', contact_last_name='', contact_email='', country='', city='',
                    state=state, version=1, created_at=now(), modified_at=now())
        return key

    def member(self, portal, partner, email, issuer=None, subject=None, role='viewer', state='active',
               valid_until=None, groups=(), name=None):
        key = new_id()
        first, last = (name or email.split('@')[0].capitalize() + ' Example').split(' ', 1)
        self.insert('members', portal_id=portal, id=key, partner_id=partner, email=email,
                    email_folded=email.lower(), first_name=first, last_name=last,
                    name_folded=('%s %s' % (last, first)).lower(), role=role, state=state,
                    issuer=issuer, subject=subject, valid_until=valid_until, version=1,
                    created_at=now(), modified_at=now())
        for group in groups:
            self.insert('group_members', portal_id=portal, group_id=group, member_id=key, source='console')
        return key

    def group(self, portal, name):
        key = new_id()
        self.insert('groups', portal_id=portal, id=key, name=name, name_folded=name.lower(), version=1,
                    created_at=now(), modified_at=now())
        return key

    def dashboard(self, name, kind='page', target=None, widgets=()):
        key = new_id()
        draft = {'title': name, 'description': '', 'target': target, 'widgets': json.dumps(list(widgets))}
        self.insert('dashboards', id=key, kind=kind, title_folded=name.lower(), draft_changed=0, published_version=1,
                    version=1, created_at=now(), modified_at=now(), **draft)
        self.insert('dashboard_versions', dashboard_id=key, number=1, published_at=now(), **draft)
        return key

    def placement(self, portal, dashboard, name, everyone=False, groups=(), partner=None, position=0):
        key = new_id()
        self.insert('placements', portal_id=portal, id=key, dashboard_id=dashboard, dashboard_version=1,
                    partner_id=partner, name=name, name_folded=name.lower(), position=position,
                    welcome_page=0, everyone=int(everyone), source='manual', version=1, created_at=now(),
                    modified_at=now())
        for group in groups:
            self.insert('placement_groups', portal_id=portal, placement_id=key, group_id=group)
        return key

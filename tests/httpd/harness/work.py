# SPDX-License-Identifier: Apache-2.0
"""A process that is shared with partners, and instances of it at any form, which are written past the module."""

import json

from .seed import Seed, new_id, now

# The first form belongs to the partner, the second to whoever is named, the third to the creator.
FORMS = [
    {'name': 'report', 'title': 'Report', 'owners': {'partner': True}, 'fields': [
        {'name': 'subject', 'title': 'Subject', 'type': 'text', 'indexed': True},
        {'name': 'photos', 'title': 'Photos', 'type': 'file', 'max_files': 3},
        {'name': 'papers', 'title': 'Papers', 'type': 'file', 'max_files': 20, 'accept': ['pdf', 'text']},
        {'name': 'fixed', 'title': 'Fixed', 'type': 'file', 'read_only': True}]},
    {'name': 'review', 'title': 'Review', 'owners': {'creator': True}, 'actions': [
        {'name': 'back', 'title': 'Send back', 'kind': 'go_to', 'form': 'report', 'form_owners': True,
         'comment': 'optional'}], 'fields': [
        {'name': 'verdict', 'title': 'Verdict', 'type': 'text'},
        {'name': 'proof', 'title': 'Proof', 'type': 'file'}]},
    {'name': 'answer', 'title': 'Answer', 'owners': {'creator': True}, 'fields': [
        {'name': 'thanks', 'title': 'Thanks', 'type': 'text'}]}]


class Work:
    """Shares one process with partners and makes instances; each call commits."""

    def __init__(self, site, name='complaint', forms=None, **document):
        self.site = site
        self.forms = forms or FORMS
        process = site.api('POST', '/processes', {
            'name': name, 'title': name.capitalize(), 'document': dict({'title': name.capitalize(), 'forms': self.forms}, **document)}, status=201).json()
        site.api('POST', '/processes/%s/publish' % process['id'], status=200, headers={'If-Match': process['etag']})
        self.process = process['id']
        self.numbers = self.shares = 0

    def share(self, *partners, visibility='all'):
        """Let PARTNERS, pairs of a portal's technical name and a partner's id, hold a share of the process; return its id."""
        self.shares += 1
        share = self.site.api('POST', '/shared-processes', {'title': 'Share %d of %s' % (self.shares, self.process), 'processes': [
            {'process_id': self.process, 'allow_create': True, 'creators': {'everyone': True, 'groups': []},
             'creators_only_open': False, 'allow_delete': True, 'form_visibility': visibility}]}, status=201).json()
        for portal, partner in partners:
            self.site.api('PUT', '/shared-processes/%s/partners/%s/%s' % (share['id'], portal, partner), status=200, match=False)
        self.site.api('POST', '/shared-processes/%s/send-update' % share['id'], {'all': True},
                      headers={'If-Match': share['etag']}, status=200)
        return share['id']

    def instance(self, share, portal, partner, creator, form=0, owners=(), values=None):
        """Make an instance at FORM; OWNERS are (form, kind, id). Return its id."""
        seed = Seed(self.site.database)
        key = new_id()
        self.numbers += 1
        name = self.forms[form]['name'] if form < len(self.forms) else 'completed'
        reference = 'Case-%04d' % self.numbers
        seed.insert('instances', portal_id=portal, id=key, partner_id=partner, share_id=share, process_id=self.process,
                    process_version=1, number=self.numbers, reference=reference, reference_folded=reference.lower(),
                    search_folded=reference.lower(), state='draft' if form == 0 else 'open' if name != 'completed' else
                    'completed', status=name, current_form=form, values_json=json.dumps(values or {}), created_by_kind='member', created_by=creator,
                    created_by_name='Somebody', modified_by_kind='member', modified_by=creator,
                    modified_by_name='Somebody', version=1, created_at=now(), modified_at=now())
        for index, kind, owner in owners:
            seed.insert('instance_owners', portal_id=portal, instance_id=key, form=index, kind=kind, principal_id=owner,
                        partner_id=partner, share_id=share, process_id=self.process, is_current=int(index == form),
                        since=now())
        seed.commit(bump=False)
        return key

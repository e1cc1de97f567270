# SPDX-License-Identifier: Apache-2.0
"""Shared processes made through the API, as a designer and a partner manager make them."""

import contextlib

FORMS = [
    {'name': 'report', 'title': 'Report', 'owners': {'creator': True}, 'fields': [
        {'name': 'subject', 'title': 'Subject', 'type': 'text', 'required': True, 'indexed': True, 'max_length': 60},
        {'name': 'severity', 'title': 'Severity', 'type': 'choice', 'appearance': 'radio', 'indexed': True,
         'default': 'low', 'options': [{'value': 'low', 'label': 'Low'}, {'value': 'high', 'label': 'High'}]},
        {'name': 'amount', 'title': 'Amount', 'type': 'number', 'format': 'currency', 'currency': 'EUR', 'indexed': True,
         'max': 1000, 'shown_when': {'field': 'severity', 'is': 'equals', 'value': 'high'}},
        {'name': 'fixed', 'title': 'Fixed', 'type': 'text', 'read_only': True, 'default': 'as it is'},
        {'name': 'expert', 'title': 'Expert', 'type': 'person', 'from_partner': True, 'host_groups': [], 'multiple': True}]},
    {'name': 'review', 'title': 'Review', 'owners': {'host_users': []}, 'fields': [
        {'name': 'verdict', 'title': 'Verdict', 'type': 'choice', 'appearance': 'dropdown', 'required': True, 'indexed': True,
         'options': [{'value': 'accepted', 'label': 'Accepted'}, {'value': 'refused', 'label': 'Refused'}]},
        {'name': 'internal', 'title': 'Internal note', 'type': 'text', 'multiline': True},
        {'name': 'why', 'title': 'Why', 'type': 'text',
         'required_when': {'field': 'severity', 'is': 'equals', 'value': 'high'}}]},
    {'name': 'closing', 'title': 'Closing', 'owners': {'partner_groups': ['Sales'], 'field': 'expert'}, 'fields': [
        {'name': 'thanks', 'title': 'Thanks', 'type': 'toggle'}]}]


def share_entry(process, **more):
    return dict({'process_id': process, 'allow_create': True, 'creators': {'everyone': True, 'groups': []},
                 'creators_only_open': False, 'allow_delete': True, 'form_visibility': 'all'}, **more)


class Shared:
    """One process, shared with partners."""

    def __init__(self, site, name, forms=None, partners=(), groups=(), **entry):
        self.site = site
        self.name = name
        process = site.api('POST', '/processes', {'name': name, 'title': name.capitalize(), 'document': dict(
            {'title': name.capitalize(), 'forms': forms or FORMS, 'reference_pattern': '[name]-[number:4]'},
            **entry.pop('document', {}))}, status=201).json()
        self.process = process['id']
        self.publish()
        self.groups = list(groups)
        self.share = site.api('POST', '/shared-processes', {
            'title': 'Share of ' + name, 'partner_groups': self.groups,
            'processes': [share_entry(self.process, **entry)]}, status=201).json()['id']
        for portal, partner in partners:
            site.api('PUT', '/shared-processes/%s/partners/%s/%s' % (self.share, portal, partner), match=False, status=200)
        self.send()

    def publish(self):
        self.site.api('POST', '/processes/%s/publish' % self.process, status=200, headers={
            'If-Match': self.site.api('GET', '/processes/' + self.process, status=200).etag})

    def save(self, forms=None, **members):
        process = self.site.api('GET', '/processes/' + self.process, status=200).json()
        document = dict(process['document'], **members)
        if forms:
            document['forms'] = forms
        self.site.api('PATCH', '/processes/' + self.process, {'document': document}, status=200)

    def set(self, **entry):
        """Change the share's entry of the process, and send it."""
        self.site.api('PATCH', '/shared-processes/' + self.share,
                      {'processes': [share_entry(self.process, **entry)]}, status=200)
        self.send()

    def send(self):
        path = '/shared-processes/' + self.share
        self.site.api('POST', path + '/send-update', {'all': True}, status=200,
                      headers={'If-Match': self.site.api('GET', path, status=200).etag})

    def start(self, browser, portal='acme', submit=False, status=201, headers=None, **values):
        return self.site.api('POST', '/instances', {
            'shared_process_id': self.share, 'process_id': self.process, 'values': values, 'submit': submit},
            by=browser, portal=portal, status=status, headers=headers).json()

    @contextlib.contextmanager
    def with_entry(self, **entry):
        self.set(**entry)
        try:
            yield
        finally:
            self.set()


class Case:
    """An instance as one person reads it; refreshed by every write."""

    def __init__(self, site, instance, browser, portal='acme', console=False):
        self.site, self.by, self.portal = site, browser, None if console else portal
        self.path = ('/portals/%s' % portal if console else '') + '/instances/' + (
            instance if isinstance(instance, str) else instance['id'])
        self.now = None

    def read(self, status=200):
        answer = self.site.api('GET', self.path, by=self.by, portal=self.portal, status=status)
        if status == 200:
            self.now = answer.json()
        return answer.json()

    def save(self, form, submit=False, status=200, etag=None, **values):
        if self.now is None or etag is None:
            self.read()
        answer = self.site.api('PATCH', self.path, {'form': form, 'values': values, 'submit': submit}, by=self.by,
                               portal=self.portal, headers={'If-Match': etag or self.now['etag']}, status=status)
        if status == 200:
            self.now = answer.json()
            assert answer.etag == self.now['etag']
        return answer.json()

    def submit(self, form, **values):
        return self.save(form, submit=True, **values)

    def post(self, what, body, status=200):
        self.read()
        return self.site.api('POST', self.path + what, body, by=self.by, portal=self.portal, status=status,
                             headers={'If-Match': self.now['etag']}).json()

    def delete(self, status=204):
        self.read()
        return self.site.api('DELETE', self.path, by=self.by, portal=self.portal, status=status,
                             headers={'If-Match': self.now['etag']})

    def form(self, name):
        return next(form for form in self.now['forms'] if form['name'] == name)

# SPDX-License-Identifier: Apache-2.0
"""Pictures in forms: who sees them on a portal."""

import copy

import pytest

import sites
from harness.processes import FORMS, Case, Shared
from test_files import png

pytestmark = sites.needs_module

JSON = {'Accept': 'application/json'}


@pytest.fixture(scope='module', params=sites.KINDS)
def site(folder, issuers, request, servers):
    made = sites.make(request.param, folder, 'pictures-' + request.param, issuers, request, servers)
    for name in ('alice', 'bob', 'carol'):
        setattr(made, name, made.sign_in(name, portal='acme'))
    made.carol_globex = made.sign_in('carol', portal='globex')
    return made


def told_apart(answer):
    return {key: value for key, value in answer.json().items() if key != 'request_id'}


class Picture:
    """A picture, and who sees it: Alice and Bob of North, Carol of South, Carol of another portal."""

    def __init__(self, site, shade):
        self.site = site
        self.file = site.admin.request('POST', site.url(None, '/api/v1/images'), body=png(9, shade), headers=dict(
            JSON, **{'Content-Type': 'image/png'})).json()['file']
        self.nothing = told_apart(self.get(site.alice, 'acme', 'e' * 64))

    def get(self, browser, portal, file=None, query=''):
        return browser.get(self.site.url(portal, '/api/v1/images/' + (file or self.file) + query), headers=JSON)

    def seen(self, query=''):
        site = self.site
        answers = [self.get(browser, portal, None, query) for browser, portal in (
            (site.alice, 'acme'), (site.bob, 'acme'), (site.carol, 'acme'), (site.carol_globex, 'globex'))]
        for answer in answers:
            # What is not for them is what is not there.
            assert answer.status == 200 or told_apart(answer) == self.nothing, answer
        return [answer.status == 200 for answer in answers]

    def field(self, name):
        return {'name': name, 'type': 'image', 'file': self.file, 'alt': 'A picture'}


NOBODY = [False] * 4
ALICE = [True, False, False, False]
NORTH = [True, True, False, False]


def forms_of(site):
    forms = copy.deepcopy(FORMS)
    forms[1]['owners']['host_users'] = [site.world.manager]
    return forms


def test_before_there_is_an_instance(site):
    """Who may start one sees the pictures of the first form of what their partner holds."""
    first, second = Picture(site, 7), Picture(site, 8)
    plain = forms_of(site)
    forms = copy.deepcopy(plain)
    forms[0]['fields'].append(first.field('pic'))
    forms[2]['fields'].append(second.field('late'))
    process = Shared(site, 'start-picture', plain, groups=['Sales'], partners=[('acme', site.world.north)])
    start = '?shared_process_id=%s&process_id=%s' % (process.share, process.process)
    assert first.seen(start) == NOBODY
    process.save(forms)
    assert first.seen(start) == NOBODY, 'a draft is not for partners'
    process.publish()
    assert first.seen(start) == NOBODY, 'a version that was not sent is not for partners'
    process.send()
    assert first.seen(start) == NORTH
    assert second.seen(start) == NOBODY, 'it stands on a form that nobody begins with'
    assert first.seen() == NOBODY, 'it is not asked for by the form'
    for query in ('?process_id=' + process.process, '?shared_process_id=' + process.share,
                  '?shared_process_id=%s&process_id=%s' % (process.process, process.share)):
        assert first.seen(query) == NOBODY
    process.set(allow_create=False)
    assert first.seen(start) == NOBODY, 'nobody begins'
    process.set(creators={'everyone': False, 'groups': ['Sales']})
    assert first.seen(start) == ALICE, 'who may not start one does not see the form'
    process.set()
    process.save(plain)
    process.publish()
    process.send()
    assert first.seen(start) == NOBODY, 'the version held shows it no more'
    path = '/shared-processes/' + process.share
    process.save(forms)
    process.publish()
    process.send()
    assert first.seen(start) == NORTH
    site.api('DELETE', path, status=204, headers={'If-Match': site.api('GET', path, status=200).etag})
    assert first.seen(start) == NOBODY, 'a deleted share shows nothing'


def test_form_by_form_of_an_instance(site):
    """Of an instance each picture is seen by whom one of the forms on which it stands is open to."""
    first, second, both = Picture(site, 9), Picture(site, 10), Picture(site, 11)
    plain = forms_of(site)
    forms = copy.deepcopy(plain)
    forms[0]['fields'] += [first.field('pic'), both.field('here')]
    forms[1]['fields'] += [second.field('late'), both.field('there')]
    process = Shared(site, 'form-picture', forms, groups=['Sales'], partners=[('acme', site.world.north)])
    case = Case(site, process.start(site.alice, subject='A'), site.alice)
    other = Case(site, process.start(site.bob, subject='B'), site.bob)
    query = '?instance_id=' + case.path.rsplit('/', 1)[1]

    def seen():
        return [picture.seen(query) for picture in (first, second, both)]
    assert seen() == [NORTH, NORTH, NORTH], 'all forms'
    assert first.seen() == NOBODY
    process.set(form_visibility='assigned')
    assert seen() == [ALICE, NOBODY, ALICE], 'the second form is the host\'s'
    assert first.seen('?instance_id=' + other.path.rsplit('/', 1)[1]) == [False, True, False, False]
    nobody = {'everyone': False, 'groups': []}
    process.set(form_visibility='assigned', creators=nobody, creators_only_open=True)
    assert seen() == [ALICE, NOBODY, ALICE], 'own instances are open where the process is not'
    process.set()
    process.save(plain)
    process.publish()
    process.send()
    assert seen() == [NORTH, NORTH, NORTH], 'it stays on the version that shows them'
    later = Case(site, process.start(site.alice, subject='C'), site.alice)
    assert first.seen('?instance_id=' + later.path.rsplit('/', 1)[1]) == NOBODY
    process.save(security={'mode': 'only', 'users': {'partner_groups': ['Sales']}})
    process.publish()
    process.send()
    assert seen() == [ALICE] * 3, 'security'
    process.save(security={'mode': 'off', 'users': {}})
    process.publish()
    process.send()
    case.delete()
    assert seen() == [NOBODY] * 3, 'a deleted instance shows nothing'
    site.api('GET', '/images/%s?instance_id=x' % first.file, by=site.alice, portal='acme', status=400)
    assert site.api('GET', '/images/' + first.file).status == 200, 'the host sees all pictures'

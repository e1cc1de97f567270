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


def test_pictures_of_forms(site):
    """A picture in a form is seen by whom the process, or an instance on the version that shows it, is open to."""
    def see(browser, at='acme'):
        return browser.get(site.url(at, '/api/v1/images/' + picture), headers=JSON)

    def seen():
        answers = [see(site.alice), see(site.bob), see(site.carol), see(site.carol_globex, 'globex')]
        nothing = told_apart(see_unknown())
        for answer in answers:
            # What is not for them is what is not there.
            assert answer.status == 200 or told_apart(answer) == nothing, answer
        return [answer.status == 200 for answer in answers]

    def see_unknown():
        return site.alice.get(site.url('acme', '/api/v1/images/' + 'e' * 64), headers=JSON)
    picture = site.admin.request('POST', site.url(None, '/api/v1/images'), body=png(9, 7), headers=dict(
        JSON, **{'Content-Type': 'image/png'})).json()['file']
    forms = copy.deepcopy(FORMS)
    forms[1]['owners']['host_users'] = [site.world.manager]
    plain = copy.deepcopy(forms)
    forms[0]['fields'].append({'name': 'pic', 'type': 'image', 'file': picture, 'alt': 'A picture'})
    process = Shared(site, 'picture', plain, groups=['Sales'], partners=[('acme', site.world.north)])
    assert seen() == [False] * 4
    process.save(forms)
    assert seen() == [False] * 4, 'a draft is not for partners'
    process.publish()
    assert seen() == [False] * 4, 'a version that was not sent is not for partners'
    process.send()
    north = [True, True, False, False]
    assert seen() == north
    nobody = {'everyone': False, 'groups': []}
    process.set(creators=nobody, creators_only_open=True)
    assert seen() == [False] * 4, 'who may not open the process sees none of it'
    process.set()
    case = Case(site, process.start(site.alice), site.alice)
    process.save(plain)
    process.publish()
    process.send()
    # The version held shows it no more; a running instance does, to whom it is open.
    assert seen() == north
    process.set(form_visibility='assigned')
    assert seen() == [True, False, False, False]
    process.set(form_visibility='assigned', creators=nobody, creators_only_open=True)
    assert seen() == [True, False, False, False], 'own instances are open where the process is not'
    process.set()
    case.delete()
    assert seen() == [False] * 4, 'a deleted instance shows nothing'
    process.start(site.alice)
    assert seen() == [False] * 4, 'nor does one on a version without it'
    process.save(forms)
    process.publish()
    process.send()
    assert seen() == north
    path = '/shared-processes/' + process.share
    site.api('DELETE', path, status=204, headers={'If-Match': site.api('GET', path, status=200).etag})
    assert seen() == [False] * 4, 'a deleted share shows nothing'

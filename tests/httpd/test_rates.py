# SPDX-License-Identifier: Apache-2.0
"""What one person may ask for in a while: mails."""

import pytest

import sites
from harness.seed import Seed

pytestmark = sites.needs_module

ACME = '/portals/acme'


@pytest.fixture(scope='module', params=sites.KINDS)
def site(folder, issuers, request, servers):
    return sites.make(request.param, folder, 'rates-' + request.param, issuers, request, servers, server='B2BPortalMailLimit 4')


def addresses(name, count):
    return [{'email': '%s%d@north.example' % (name, n)} for n in range(count)]


def invite(site, name, count, by=None):
    return site.api('POST', ACME + '/invitations', {'addresses': addresses(name, count), 'role': 'viewer',
                                                    'partner_id': site.world.north}, by=by)


def mails(site):
    return site.database.query('SELECT COUNT(*) FROM outbox')[0][0]


def forget(site):
    """The minute is over: what was done is of before it."""
    seed = Seed(site.database)
    seed.sql("UPDATE audit_events SET id = '0' || substr(id, 2), at = at - 61000000")
    seed.commit(bump=False)


def test_mails_of_one_host_user(site):
    member = site.api('POST', ACME + '/members', {'email': 'one@north.example', 'role': 'viewer', 'partner_id': site.world.north},
                      status=201).json()
    invitation = ACME + '/invitations/' + member['invitation']['id']
    site.api('POST', invitation + '/resend', status=200)
    # An act that begins below the limit is done whole.
    assert [i['result'] for i in invite(site, 'first', 5).json()['data']] == ['invited'] * 5
    mail = site.api('GET', '/mail?limit=1', status=200).json()['data'][0]['id']
    before, trail = mails(site), len(site.everything('/audit'))
    for method, path, body in (
            ('POST', ACME + '/members', {'email': 'two@north.example', 'role': 'viewer', 'partner_id': site.world.north}),
            ('POST', ACME + '/invitations', {'addresses': addresses('second', 1), 'role': 'viewer', 'partner_id': site.world.north}),
            ('POST', invitation + '/resend', None),
            ('POST', ACME + '/members/bulk', {'act': 'resend_invitation', 'ids': [member['id']]}),
            ('POST', '/mail/%s/send-again' % mail, None)):
        answer = site.api(method, path, body)
        assert answer.status == 429 and answer.json()['type'] == 'urn:b2bportal:too-many', answer
        assert 1 <= int(answer.header('Retry-After')) <= 61
    assert mails(site) == before and len(site.everything('/audit')) == trail
    # Others go on, and what mails nobody.
    assert invite(site, 'other', 1, by=site.sign_in('manager')).status == 200
    site.api('POST', ACME + '/members/bulk', {'act': 'set_role', 'role': 'editor', 'ids': [member['id']]}, status=200)
    forget(site)
    assert invite(site, 'third', 1).status == 200

# SPDX-License-Identifier: Apache-2.0
"""Two who write at once: one is first, the other is told, and no rule is broken in between."""

import threading

import pytest

import sites
from harness.people import person
from harness.seed import Seed
from test_authorization import JSON

pytestmark = sites.needs_module

ADMINISTRATORS = ['admin', 'rosa', 'rudi', 'ruth']


@pytest.fixture(scope='module', params=sites.KINDS)
def site(folder, issuers, request, servers):
    home = issuers[0]
    for name in ADMINISTRATORS[1:]:
        home.people.setdefault(name, person(name, name + '@host.example'))
    made = sites.make(request.param, folder, 'races-' + request.param, issuers, request, servers)
    seed = Seed(made.database)
    made.ids = {'admin': made.world.admin}
    for name in ADMINISTRATORS[1:]:
        made.ids[name] = seed.host_user(name + '@host.example', ['administrator'], home.url, name)
    seed.commit()
    made.browsers = {name: made.sign_in(name) for name in ADMINISTRATORS}
    return made


def at_once(*calls):
    """Run the calls on threads of their own, let go together; return their answers."""
    gate = threading.Barrier(len(calls))
    answers = [None] * len(calls)

    def run(index, call):
        gate.wait()
        answers[index] = call()
    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def call(site, name, method, path, body=None, **headers):
    return lambda: site.browsers[name].request(method, site.url(None, '/api/v1' + path), json=body,
                                               headers=dict(JSON, **headers))


def test_one_change_of_a_version(site):
    for number in range(5):
        etag = site.api('GET', '/portals/acme', status=200).etag
        answers = at_once(*[call(site, name, 'PATCH', '/portals/acme', {'name': 'By %s, %d' % (name, number)}, **{'If-Match': etag})
                            for name in ADMINISTRATORS])
        assert sorted(a.status for a in answers) == [200, 412, 412, 412]
        winner = next(a for a in answers if a.status == 200).json()
        now = site.api('GET', '/portals/acme', status=200).json()
        assert (now['name'], now['etag']) == (winner['name'], winner['etag'])


def test_one_thing_of_a_name(site):
    for number in range(3):
        for path, body in (('/portals', {'technical_name': 'race%d' % number, 'name': 'Race'}),
                           ('/portals/acme/partners', {'name': 'Race %d' % number}),
                           ('/portals/acme/groups', {'name': 'Race %d' % number}),
                           ('/dashboards', {'kind': 'page', 'title': 'Race %d' % number}),
                           ('/portals/acme/members', {'email': 'race%d@north.example' % number, 'role': 'viewer',
                                                      'partner_id': site.world.north})):
            answers = at_once(*[call(site, name, 'POST', path, body) for name in ADMINISTRATORS])
            assert sorted(a.status for a in answers) == [201, 409, 409, 409], (path, answers)


def test_one_answer_of_an_idempotency_key(site):
    """The same person twice at once, on two connections: done once; the later one gets the answer or is told to wait."""
    twin = site.sign_in('admin')
    for number in range(5):
        body, key = {'name': 'Once %d' % number}, {'Idempotency-Key': 'race-%d' % number}
        answers = at_once(*[lambda who=who: who.request('POST', site.url(None, '/api/v1/portals/acme/groups'), json=body,
                                                        headers=dict(JSON, **key)) for who in (site.admin, twin)])
        made = [a.json()['id'] for a in answers if a.status == 201]
        assert made and len(set(made)) == 1 and all(a.status in (201, 409) for a in answers), answers
        again = site.api('POST', '/portals/acme/groups', body, headers=key, status=201)
        assert again.json()['id'] == made[0]


def test_an_administrator_is_left(site):
    """Each suspends another one at the same moment; somebody stays, whatever the order."""
    for _ in range(5):
        ring = list(zip(ADMINISTRATORS, ADMINISTRATORS[1:] + ADMINISTRATORS[:1]))
        answers = at_once(*[call(site, name, 'POST', '/host/users/%s/suspend' % site.ids[victim])
                            for name, victim in ring])
        left = [row[0] for row in site.database.query(
            "SELECT u.id FROM host_users u JOIN host_user_roles r ON r.user_id = u.id "
            "WHERE r.role = 'administrator' AND u.state = 'active'")]
        assert left, answers
        assert all(a.status in (200, 403, 409) for a in answers), answers
        # By the API, since its answer holds for the next request on every child; what is written past it waits for a poll.
        stays = next(name for name in ADMINISTRATORS if site.ids[name] in left)
        for name in ADMINISTRATORS:
            if site.ids[name] not in left:
                site.api('POST', '/host/users/%s/resume' % site.ids[name], by=site.browsers[stays], status=200)


def test_invited_once(site):
    body = {'addresses': [{'email': 'crowd%d@north.example' % n} for n in range(5)], 'role': 'viewer',
            'partner_id': site.world.north}
    answers = at_once(*[call(site, name, 'POST', '/portals/acme/invitations', body) for name in ADMINISTRATORS])
    assert all(a.status in (200, 409, 503) for a in answers), answers
    results = [r['result'] for a in answers if a.status == 200 for r in a.json()['data']]
    assert results.count('invited') == 5
    members = site.everything('/portals/acme/members', q='crowd')
    assert len(members) == 5 and all(m['invitation']['state'] == 'pending' for m in members)


def test_no_placement_outlives_its_dashboard(site):
    """While a dashboard is deleted it is placed three times; whatever comes first, nothing of it is left."""
    for number in range(20):
        title = 'Race placed %d' % number
        made = site.api('POST', '/dashboards', {'kind': 'page', 'title': title}, status=201).json()
        etag = site.api('POST', '/dashboards/%s/publish' % made['id'], status=200).etag
        answers = at_once(
            call(site, ADMINISTRATORS[0], 'DELETE', '/dashboards/' + made['id'], **{'If-Match': etag}),
            *[call(site, name, 'POST', '/portals/acme/placements',
                   {'dashboard_id': made['id'], 'name': '%s by %s' % (title, name),
                    'security': {'everyone': True, 'groups': []}}) for name in ADMINISTRATORS[1:]])
        assert answers[0].status == 204 and all(a.status in (201, 400) for a in answers[1:]), answers
        left = site.database.query("SELECT id FROM placements WHERE dashboard_id = '%s' AND deleted_at IS NULL" % made['id'])
        assert not left, answers

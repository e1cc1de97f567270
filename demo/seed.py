#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Fill the demo through the doors that everybody uses: sign-in, the console's API, invitations.

    seed.py --url http://portals.localhost:8080 --issuer http://127.0.0.1:8081 --mail http://127.0.0.1:8082
"""
import argparse
import concurrent.futures
import sys
import time
import urllib.parse
import urllib.request

import pictures
import work
import world
from browser import Browser, Refused


def paragraph(*texts):
    return {'type': 'paragraph', 'content': [text if isinstance(text, dict) else {'text': text} for text in texts]}


def heading(text):
    return {'type': 'heading', 'level': 2, 'content': [{'text': text}]}


def bullets(*items):
    return {'type': 'list', 'ordered': False, 'items': [[{'text': item}] for item in items]}


def rich(width, *blocks):
    return {'type': 'rich_text', 'width': width, 'blocks': list(blocks)}


def link(width, label, url, description):
    return {'type': 'link', 'width': width, 'label': label, 'url': url, 'description': description}


# name: what POST /dashboards takes; {picture} becomes an uploaded image.
DASHBOARDS = {
    'welcome': {'kind': 'page', 'title': 'Welcome', 'description': 'What is new, and where to find it', 'widgets': [
        rich(8, heading('Good to have you here'),
             paragraph('This portal is where we work together: orders, price lists and manuals are ', {'text': 'always', 'bold': True},
                       ' the current ones.'),
             bullets('Orders: where each of your orders stands right now', 'Price lists: for the people of your purchasing',
                     'Manuals: for everybody who installs and repairs')),
        {'type': 'image', 'width': 4, 'file': '{picture}', 'alt': 'A new flange with its eight bolts'},
        link(6, 'Orders', '/orders/', 'Where is my order?'),
        link(6, 'Manuals', '/manuals/', 'Installation and service of all series'),
    ]},
    'news': {'kind': 'page', 'title': 'Product news', 'description': 'Series PK: what changed in autumn', 'widgets': [
        rich(12, heading('Series PK, model year 2027'),
             paragraph('The new seal material doubles the service interval to ', {'text': '16,000 hours', 'bold': True}, '.'),
             bullets('PK-40 and PK-60: from January', 'PK-80: from March', 'Older pumps: seal kit S2 fits all of them')),
        rich(12, heading('Questions?'), paragraph('Write to ', {'text': 'portals@falkenberg.example',
                                                              'link': 'mailto:portals@falkenberg.example'}, '.')),
    ]},
    'service': {'kind': 'page', 'title': 'Service bulletins', 'description': 'For service engineers', 'widgets': [
        rich(12, heading('Bulletin 26-11: bearing set B-62'),
             paragraph('Check the torque of the four flange bolts at each visit: 48 Nm, crosswise.'),
             bullets('Affected: pumps built from May to August 2026', 'Parts are free of charge until June 2027')),
        link(6, 'Manuals', '/manuals/', 'With the torque table'),
    ]},
    'orders': {'kind': 'link', 'title': 'Orders', 'description': 'Where each order stands', 'target': '/orders/'},
    'manuals': {'kind': 'link', 'title': 'Manuals', 'description': 'Installation and service', 'target': '/manuals/'},
    'prices': {'kind': 'link', 'title': 'Price lists', 'description': 'Net prices of this quarter', 'target': '/price-lists/'},
}

# dashboard, name in the portal, who may open it: None everyone, else a group; is it the welcome page.
PLACEMENTS = (
    ('welcome', 'Welcome', None, True),
    ('orders', 'Orders', None, False),
    ('manuals', 'Manuals', None, False),
    ('news', 'Product news', None, False),
    ('prices', 'Price lists', 'Price lists', False),
    ('service', 'Service bulletins', 'Service engineers', False),
)


class Seeder:
    """What is needed to fill one server."""

    def __init__(self, url, issuer):
        self.url = url.rstrip('/')
        self.issuer = issuer
        self.admin = Browser(issuer)

    def call(self, method, path, value=None, **more):
        return self.admin.api(method, f'{self.url}/api/v1/{path}', value, **more)

    def upload(self, data):
        return self.call('POST', 'images', data=data, kind='image/png')['file']

    def sign_in_admin(self):
        who = world.HOST_USERS[0][1]
        self.admin.sign_in(self.url + '/', who.sub)
        session = self.call('GET', 'session')
        if session['user']['email'] != who.email:
            raise Refused(f'signed in as {who.email}, but the session is {session}')

    def is_empty(self):
        return not self.call('GET', 'portals')['data']

    def settings(self):
        now = self.call('GET', 'settings')
        self.call('PATCH', 'settings', {'name': world.HOST_NAME, 'contact': world.CONTACT, 'locale': 'en',
                                        'logo': self.upload(pictures.logo('#1d4ed8', 'impeller'))}, etag=now['etag'])

    def host_users(self):
        for roles, person in world.HOST_USERS[1:]:
            self.call('POST', 'host/users', {'email': person.email, 'first_name': person.first, 'last_name': person.last,
                                             'roles': list(roles)})

    def dashboards(self):
        """Make and publish the dashboards; return their ids by name."""
        picture = self.upload(pictures.photograph('#1d4ed8', 480, 300, wet=False))
        ids = {}
        for name, dashboard in DASHBOARDS.items():
            wanted = dict(dashboard)
            if 'widgets' in wanted:
                wanted['widgets'] = [{**widget, 'file': picture} if widget['type'] == 'image' else widget
                                     for widget in wanted['widgets']]
            made = self.call('POST', 'dashboards', wanted)
            self.call('POST', f'dashboards/{made["id"]}/publish')
            ids[name] = made['id']
        return ids

    def portal(self, portal, dashboards):
        """Make one portal with everything in it; return [(person, invitation link)] of those who will accept."""
        path = f'portals/{portal.technical_name}'
        self.call('POST', 'portals', {
            'technical_name': portal.technical_name, 'name': portal.name, 'color': portal.color,
            'logo': self.upload(pictures.logo(portal.color, portal.picture)),
            'home_cover': self.upload(pictures.cover(portal.color, portal.picture)), 'contact': world.CONTACT})
        groups = {name: self.call('POST', f'{path}/groups', {'name': name})['id'] for name in portal.groups}
        partners = {}
        accepting = []
        for partner, person, role, names, state in world.members(portal):
            if partner not in partners:
                partners[partner] = self.call('POST', f'{path}/partners', {
                    'name': partner.name, 'country': partner.country, 'city': partner.city,
                    'contact_first_name': person.first, 'contact_last_name': person.last, 'contact_email': person.email})['id']
            member = self.call('POST', f'{path}/members', {
                'email': person.email, 'first_name': person.first, 'last_name': person.last, 'role': role,
                'partner_id': partners[partner], 'groups': [groups[name] for name in names]})
            if state != 'invited':
                accepting.append((person, member, state))
        for name, title, group, welcome in PLACEMENTS:
            if group is None or group in groups:
                self.call('POST', f'{path}/placements', {
                    'dashboard_id': dashboards[name], 'name': title, 'welcome_page': welcome,
                    'security': {'everyone': group is None, 'groups': [] if group is None else [groups[group]]}})
        # One dashboard for one partner alone.
        first = portal.partners[0]
        self.call('POST', f'{path}/placements', {
            'dashboard_id': dashboards['news'], 'name': f'For {first.name}', 'partner_id': partners[first],
            'security': {'everyone': True, 'groups': []}})
        return accepting

    def accept(self, portal, person, member):
        """Be PERSON: open the invitation, press its button, sign in."""
        invitations = f'portals/{portal.technical_name}/invitations'
        link_to = self.call('POST', f'{invitations}/{member["invitation"]["id"]}/link')['url']
        parts = urllib.parse.urlsplit(link_to)
        token = dict(urllib.parse.parse_qsl(parts.query))['token']
        browser = Browser(self.issuer)
        browser.follow(link_to)
        page = f'{parts.scheme}://{parts.netloc}/invitation'
        found, status, text = browser.sign_in(
            page, person.sub, 'POST', urllib.parse.urlencode({'token': token, 'act': 'accept'}),
            {'Content-Type': 'application/x-www-form-urlencoded', 'Sec-Fetch-Site': 'same-origin',
             'Origin': f'{parts.scheme}://{parts.netloc}'})
        session = browser.api('GET', f'{parts.scheme}://{parts.netloc}/api/v1/session')
        if session['member']['email'] != person.email:
            raise Refused(f'{person.email} did not get in: {status} at {found}: {text[:200]}')

    def fill(self):
        self.settings()
        self.host_users()
        dashboards = self.dashboards()
        for portal in world.PORTALS:
            began = time.monotonic()
            accepting = self.portal(portal, dashboards)
            with concurrent.futures.ThreadPoolExecutor(4) as pool:
                for job in [pool.submit(self.accept, portal, person, member) for person, member, _ in accepting]:
                    job.result()
            for person, member, state in accepting:
                if state == 'suspended':
                    path = f'portals/{portal.technical_name}/members/{member["id"]}'
                    self.call('POST', f'{path}/suspend')
            print(f'  {portal.name}: {len(portal.partners)} partners, {len(accepting)} people accepted their invitation '
                  f'({time.monotonic() - began:.0f} s)', flush=True)
        work.Worker(self).fill()

    def tidy_mail(self, catcher):
        """Wait until the queue is empty, then leave only mail that somebody may still want to answer."""
        for _ in range(120):
            if not any(self.call('GET', f'mail?state={state}&limit=1')['data'] for state in ('queued', 'sending')):
                break
            time.sleep(0.25)
        pending = [person.email for portal in world.PORTALS for _, person, _, _, state in world.members(portal)
                   if state == 'invited']
        request = urllib.request.Request(f'{catcher}/api/messages?keep={",".join(pending)}', method='DELETE')
        urllib.request.urlopen(request, timeout=30).close()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--url', required=True)
    parser.add_argument('--issuer', required=True)
    parser.add_argument('--mail', help='the mail catcher')
    options = parser.parse_args()
    seeder = Seeder(options.url, options.issuer)
    try:
        seeder.sign_in_admin()
        if seeder.is_empty():
            seeder.fill()
            if options.mail:
                seeder.tidy_mail(options.mail)
        else:
            print('  there are portals already; nothing is added')
    except (Refused, OSError) as error:
        sys.exit(f'seed.py: {error}')


if __name__ == '__main__':
    main()

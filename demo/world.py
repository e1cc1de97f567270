# SPDX-License-Identifier: Apache-2.0
"""The demo's invented world: a maker of pumps, three portals, their partners and people.

Everything is derived from lists, so that each start from nothing gives the same world. Run as a program it
writes the people as demo/provider wants them, or says who can sign in where:

    world.py people FILE
    world.py who http://portals.localhost:8080
"""
import dataclasses
import json
import re
import sys
import unicodedata

HOST_NAME = 'Falkenberg Pumps'
HOST_DOMAIN = 'falkenberg.example'
CONTACT = {'name': 'Portal support', 'email': f'portals@{HOST_DOMAIN}'}


@dataclasses.dataclass(frozen=True)
class Person:
    first: str
    last: str
    domain: str

    @property
    def sub(self):
        return fold(f'{self.first}.{self.last}')

    @property
    def email(self):
        return f'{self.sub}@{self.domain}'

    @property
    def name(self):
        return f'{self.first} {self.last}'


@dataclasses.dataclass(frozen=True)
class Partner:
    name: str
    domain: str
    country: str
    city: str
    size: int


@dataclasses.dataclass(frozen=True)
class Portal:
    technical_name: str
    name: str
    color: str
    picture: str
    logout_url: str | None
    partners: tuple
    groups: tuple
    names: int  # where in the lists of names its people begin


# (roles, person): the first one is the administrator that the server's configuration names.
HOST_USERS = (
    (('administrator',), Person('Ada', 'Falkenberg', HOST_DOMAIN)),
    (('partner_manager',), Person('Marek', 'Lindt', HOST_DOMAIN)),
    (('designer',), Person('Sofia', 'Brandl', HOST_DOMAIN)),
    (('auditor',), Person('Henrik', 'Aas', HOST_DOMAIN)),
    (('user',), Person('Jonas', 'Weber', HOST_DOMAIN)),
)

PORTALS = (
    Portal('acme', 'Acme Dealer Portal', '#0f766e', 'waves', None, (
        Partner('Acme Fluid Systems', 'acme.example', 'US', 'Cleveland', 11),
        Partner('Northline Pumps & Valves', 'northline.example', 'CA', 'Hamilton', 8),
        Partner('Prairie Water Supply', 'prairiewater.example', 'US', 'Omaha', 7),
        Partner('Bayou Marine Service', 'bayoumarine.example', 'US', 'New Orleans', 4),
    ), ('Price lists', 'Service engineers', 'Purchasing'), 0),
    Portal('service', 'Falkenberg Service Partners', '#b4540a', 'rings', None, (
        Partner('Rhein-Main Pumpendienst', 'rmpd.example', 'DE', 'Mainz', 10),
        Partner('Atelier Hydraulique Lyon', 'ahl.example', 'FR', 'Lyon', 9),
        Partner('Nordhavn Teknik', 'nordhavn.example', 'DK', 'Aarhus', 6),
        Partner('Iberia Bombas', 'iberiabombas.example', 'ES', 'Zaragoza', 6),
    ), ('Service engineers', 'Price lists', 'Spare parts desk'), 31),
    Portal('suppliers', 'Supplier Portal', '#6d28d9', 'tiles', None, (
        Partner('Castor Foundry', 'castorfoundry.example', 'PL', 'Katowice', 12),
        Partner('Sealtech Brno', 'sealtech.example', 'CZ', 'Brno', 9),
        Partner('Kaiser Motoren', 'kaisermotoren.example', 'AT', 'Linz', 9),
    ), ('Purchasing', 'Price lists', 'Quality'), 62),
)

FIRST = ('Emma Liam Nora Paul Clara Felix Ida Oscar Lena Hugo Mila Anton Elin Jakob Greta Emil Frida Leon Alma Theo Vera Noah '
         'Edith Max Ella Karl Ines Bruno Maja Adam Julia').split()
LAST = ('Berg Carter Novak Silva Keller Dubois Hansen Moreno Kowalski Fischer Larsen Martin Rossi Wagner Jensen Garcia Horvat '
        'Meyer Olsen Petit Schmid Costa Dvorak Ellis Fournier Gruber Holm Ivers Janda Kramer Lopez Marek Nielsen Ortiz Palmer '
        'Quist Reiter Santos Toth Urban Vidal Winter').split()


def fold(text):
    """TEXT as it stands in an address: lower case, no accents."""
    plain = unicodedata.normalize('NFKD', text).encode('ascii', 'ignore').decode()
    return re.sub(r'[^a-z.]', '', plain.lower())


def members(portal):
    """Yield (partner, person, role, groups, state) for each member of PORTAL; state as it is in the end."""
    number = portal.names
    for partner in portal.partners:
        for index in range(partner.size):
            person = Person(FIRST[number % len(FIRST)], LAST[(number * 5 + number // len(FIRST)) % len(LAST)], partner.domain)
            role = 'partner_administrator' if index == 0 else 'editor' if index % 4 == 1 else 'viewer'
            groups = [group for step, group in enumerate(portal.groups) if (index + step) % 3 == 0]
            state = 'active'
            if partner is portal.partners[0] and index == partner.size - 1:
                state = 'suspended'
            elif partner is portal.partners[1] and index == partner.size - 1:
                state = 'invited'
            yield partner, person, role, groups, state
            number += 1


def people():
    """Everybody, as the development identity provider wants them."""
    words = {'partner_administrator': 'partner administrator', 'editor': 'editor', 'viewer': 'viewer'}
    for roles, person in HOST_USERS:
        yield person, HOST_NAME + ' (the host: console)', ', '.join(roles).replace('_', ' ')
    for portal in PORTALS:
        for partner, person, role, groups, state in members(portal):
            notes = [words[role], *groups]
            if state != 'active':
                notes.append(state)
            yield person, f'{portal.name} · {partner.name}', ' · '.join(notes)


def people_json():
    found = []
    for person, group, note in people():
        found.append({'sub': person.sub, 'email': person.email, 'email_verified': True, 'name': person.name,
                      'given_name': person.first, 'family_name': person.last, 'group': group, 'note': note})
    subs = [person['sub'] for person in found]
    assert len(set(subs)) == len(subs), 'two people of one name'
    return found


def who(url):
    """Say who can sign in where."""
    scheme, _, rest = url.partition('://')
    print(f'  {HOST_NAME}, the console\n      {url}/')
    print('      ' + ', '.join(f'{person.name} ({roles[0].replace("_", " ")})' for roles, person in HOST_USERS))
    for portal in PORTALS:
        print(f'  {portal.name}\n      {scheme}://{portal.technical_name}.{rest}/')
        shown = {}
        for _, person, role, groups, state in members(portal):
            kind = role if state == 'active' else state
            if kind == 'viewer' and 'Price lists' in groups:
                kind = 'viewer, sees price lists'
            shown.setdefault(kind, person)
        print('      ' + ', '.join(f'{person.name} ({kind.replace("_", " ")})' for kind, person in shown.items()))


if __name__ == '__main__':
    if len(sys.argv) == 3 and sys.argv[1] == 'who':
        who(sys.argv[2])
    elif len(sys.argv) == 3 and sys.argv[1] == 'people':
        with open(sys.argv[2], 'w', encoding='utf-8') as file:
            json.dump(people_json(), file, indent=1, ensure_ascii=False)
    else:
        sys.exit(__doc__)

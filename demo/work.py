# SPDX-License-Identifier: Apache-2.0
"""The demo's shared processes: three designs, who holds which revision, and the work that people did with them.

A complaint with photographs, and a request for a training. Acme Fluid Systems holds the newest revision of the
complaint, in which the partner ships the parts while the host inspects; Northline holds the one before; a partner of
another portal was given the training and nothing was sent to it yet. A supplier is asked for a corrective action, which the host begins. Everything goes through the API, as the people who would do it.
"""
import time

import pictures
import world
from browser import Browser

EVERYONE = {'everyone': True, 'groups': []}


def options(*words):
    return [{'value': value, 'label': label} for value, label in words]


def is_(field, value):
    return {'field': field, 'is': 'equals', 'value': value}


def shipping():
    """Beside the inspection: what the partner sends of the goods, so that the host need not ask for it."""
    sent = {'field': 'sent_with', 'is': 'one_of', 'value': ['parcel', 'forwarder']}
    return {
        'name': 'shipping', 'title': 'Shipping',
        'description': 'Send us the parts that are to be looked at. The inspection begins meanwhile.',
        'owners': {'creator': True, 'partner_groups': ['Service engineers']}, 'opens_with_previous': True, 'fields': [
            {'name': 'sent_with', 'title': 'How do they come to us?', 'type': 'choice', 'appearance': 'dropdown', 'required': True,
             'options': options(('parcel', 'Parcel service'), ('forwarder', 'Forwarder'), ('nothing', 'Nothing is sent'))},
            {'name': 'sent_on', 'title': 'Sent on', 'type': 'date', 'width': 6, 'shown_when': sent, 'required_when': sent},
            {'name': 'consignment', 'title': 'Consignment number', 'type': 'text', 'width': 6, 'max_length': 40,
             'shown_when': sent}]}


def complaint(quality, newer):
    """The design of a complaint; its second version asks for the serial number and for what is sent, too."""
    report = [
        {'name': 'intro', 'type': 'rich_text', 'content': [{'type': 'paragraph', 'content': [
            {'text': 'Tell us what is wrong. '}, {'text': 'Two or three photographs', 'bold': True},
            {'text': ' save most questions.'}]}]},
        {'name': 'subject', 'title': 'Subject', 'type': 'text', 'required': True, 'indexed': True, 'width': 8,
         'help': 'A few words that you will recognise in the list.'},
        {'name': 'order_number', 'title': 'Order number', 'type': 'text', 'required': True, 'indexed': True, 'width': 4,
         'pattern': r'FP-\d{6}', 'pattern_hint': 'FP- and six digits, as on the delivery note.'},
        {'name': 'kind', 'title': 'What is wrong?', 'type': 'choice', 'appearance': 'radio', 'required': True, 'indexed': True,
         'options': options(('leaking', 'It leaks'), ('noise', 'It is loud'), ('damaged', 'Damaged on arrival'),
                            ('missing', 'Something is missing'))},
        {'name': 'series', 'title': 'Series', 'type': 'choice', 'appearance': 'dropdown', 'required': True, 'width': 4,
         'options': options(('pk40', 'PK-40'), ('pk60', 'PK-60'), ('pk80', 'PK-80'), ('nx', 'NX'))},
        {'name': 'quantity', 'title': 'Pumps concerned', 'type': 'number', 'min': 1, 'max': 500, 'default': 1, 'width': 4},
        {'name': 'found_on', 'title': 'Found on', 'type': 'date', 'required': True, 'indexed': True, 'width': 4},
        {'name': 'missing_parts', 'title': 'Missing parts', 'type': 'table', 'max_rows': 20,
         'shown_when': is_('kind', 'missing'), 'required_when': is_('kind', 'missing'), 'columns': [
             {'name': 'part', 'title': 'Part', 'type': 'text', 'required': True},
             {'name': 'count', 'title': 'Pieces', 'type': 'number', 'min': 1}]},
        {'name': 'details', 'title': 'What happened?', 'type': 'text', 'multiline': True, 'required': True},
        {'name': 'photographs', 'title': 'Photographs', 'type': 'file', 'accept': ['image'], 'max_files': 5,
         'required_when': {'field': 'kind', 'is': 'one_of', 'value': ['leaking', 'damaged']}},
        {'name': 'standing_still', 'title': 'The plant stands still', 'type': 'toggle', 'indexed': True},
    ]
    if newer:
        report.insert(6, {'name': 'serial_number', 'title': 'Serial number', 'type': 'text', 'width': 4, 'max_length': 20,
                          'help': 'On the plate beside the motor. It tells us the batch of the seals.'})
    return {
        'title': 'Complaint', 'description': 'Something is wrong with a delivery or a pump.',
        'reference_pattern': 'C-[number:4]', 'delete_rule': 'creator',
        'forms': [
            {'name': 'report', 'title': 'Report', 'description': 'What is wrong, and with which pump.', 'fields': report},
            {'name': 'inspection', 'title': 'Inspection', 'description': 'Falkenberg looks into it.',
             'owners': {'host_groups': [quality]}, 'actions': [
                 {'name': 'send_back', 'title': 'Send back', 'kind': 'go_to', 'form': 'report', 'form_owners': True,
                  'comment': 'required'}], 'fields': [
                 {'name': 'cause', 'title': 'Cause', 'type': 'choice', 'appearance': 'dropdown', 'required': True,
                  'options': options(('seal', 'Seal'), ('bearing', 'Bearing'), ('transport', 'Transport'), ('use', 'Use'),
                                     ('none', 'None found'))},
                 {'name': 'accepted', 'title': 'We accept the complaint', 'type': 'toggle'},
                 {'name': 'credit', 'title': 'Credit note', 'type': 'number', 'format': 'currency', 'currency': 'EUR', 'min': 0,
                  'shown_when': is_('accepted', True), 'width': 6},
                 {'name': 'part_by', 'title': 'Replacement arrives on', 'type': 'date', 'width': 6,
                  'shown_when': is_('accepted', True)},
                 {'name': 'finding', 'title': 'Our finding', 'type': 'text', 'multiline': True, 'required': True}]},
            *([shipping()] if newer else []),
            {'name': 'confirmation', 'title': 'Confirmation', 'description': 'Is it settled?',
             'owners': {'creator': True, 'partner_groups': ['Service engineers']}, 'fields': [
                 {'name': 'settled', 'title': 'Is it settled?', 'type': 'choice', 'appearance': 'radio', 'required': True,
                  'options': options(('yes', 'Yes'), ('no', 'No, please call'))},
                 {'name': 'remark', 'title': 'Remark', 'type': 'text', 'multiline': True,
                  'required_when': is_('settled', 'no')}]},
        ]}


def complaint_widgets(process):
    """What a partner sees of the own complaints: how it works, how many, what they are about, the last ones."""
    def widget(kind, width, title, conditions=(), show='matching', **more):
        return {'type': kind, 'width': width, 'title': title, 'source': {'kind': 'process', 'process_id': process},
                'show': show, 'conditions': [dict(zip(('field', 'op', 'value'), c)) for c in conditions], **more}
    count, credit = {'function': 'count'}, {'function': 'sum', 'field': 'credit'}
    return [
        {'type': 'rich_text', 'width': 6, 'blocks': [{'type': 'list', 'ordered': True, 'items': [
            [{'text': 'You report, with photographs.'}], [{'text': 'We inspect, within five working days.'}],
            [{'text': 'You confirm that it is settled.'}]]}]},
        widget('tile', 3, 'Open complaints', [('state', 'is', 'open')], measure=count),
        widget('tile', 3, 'Credit notes', measure=credit),
        widget('chart', 6, 'What is wrong', look='donut', group_by='field:kind', measure=count),
        widget('chart', 6, 'Where they are', look='column', group_by='status', measure=count),
        widget('list', 12, 'Last complaints', [('state', 'is_not', 'draft')], sort='-modified_at', limit=5,
               columns=['reference', 'field:subject', 'field:kind', 'status', 'modified_at']),
        widget('list', 12, 'Begun by you', show='created', sort='-created_at', limit=5,
               columns=['reference', 'field:subject', 'field:order_number', 'status']),
    ]


def training(desk):
    return {
        'title': 'Training request', 'description': 'A place in one of our courses, or a course at your site.',
        'reference_pattern': 'T-[number:3]', 'delete_rule': 'creator',
        'forms': [
            {'name': 'request', 'title': 'Request', 'fields': [
                {'name': 'course', 'title': 'Course', 'type': 'choice', 'appearance': 'dropdown', 'required': True,
                 'indexed': True, 'options': options(('basic', 'Pump service, basics'), ('seals', 'Mechanical seals'),
                                                     ('drives', 'Variable drives'))},
                {'name': 'people', 'title': 'People', 'type': 'number', 'required': True, 'min': 1, 'max': 20, 'default': 1,
                 'indexed': True, 'width': 6},
                {'name': 'from_date', 'title': 'Not before', 'type': 'date', 'width': 6},
                {'name': 'at_site', 'title': 'At our site', 'type': 'toggle'},
                {'name': 'address', 'title': 'Address', 'type': 'text', 'multiline': True,
                 'shown_when': is_('at_site', True), 'required_when': is_('at_site', True)}]},
            {'name': 'planning', 'title': 'Planning', 'owners': {'host_groups': [desk]}, 'fields': [
                {'name': 'date', 'title': 'Date', 'type': 'date', 'required': True},
                {'name': 'trainer', 'title': 'Trainer', 'type': 'text', 'required': True}]},
        ]}


def corrective_action():
    """What the host asks of a supplier: its own people begin one, whoever of the supplier answers."""
    return {
        'title': 'Corrective action', 'description': 'A fault of a delivery: its cause, and what is done about it.',
        'reference_pattern': 'CA-[number:3]', 'delete_rule': 'administrators',
        'forms': [
            {'name': 'request', 'title': 'Request', 'fields': [
                {'name': 'subject', 'title': 'Subject', 'type': 'text', 'required': True, 'indexed': True, 'width': 8},
                {'name': 'batch', 'title': 'Batch', 'type': 'text', 'required': True, 'indexed': True, 'width': 4},
                {'name': 'fault', 'title': 'What we found', 'type': 'text', 'multiline': True, 'required': True},
                {'name': 'answer_by', 'title': 'Answer by', 'type': 'date', 'required': True, 'indexed': True, 'width': 4}]},
            {'name': 'answer', 'title': 'Answer', 'owners': {'partner': True}, 'fields': [
                {'name': 'cause', 'title': 'Cause', 'type': 'text', 'multiline': True, 'required': True},
                {'name': 'measures', 'title': 'Measures', 'type': 'text', 'multiline': True, 'required': True},
                {'name': 'done_by', 'title': 'Done by', 'type': 'date', 'required': True, 'width': 4}]},
            {'name': 'review', 'title': 'Review', 'owners': {'creator': True}, 'fields': [
                {'name': 'effective', 'title': 'It works', 'type': 'toggle'},
                {'name': 'remark', 'title': 'Remark', 'type': 'text', 'multiline': True}]},
        ]}


class Worker:
    """Fills one server that SEEDER has given its portals and people."""

    def __init__(self, seeder):
        self.seeder = seeder
        self.call = seeder.call
        self.browsers = {}
        self.partners = {}

    # -- who ---------------------------------------------------------------------------------------------

    def host(self, portal=None):
        scheme, _, rest = self.seeder.url.partition('://')
        return f'{scheme}://{portal.technical_name}.{rest}' if portal else self.seeder.url

    def as_person(self, person, portal=None):
        """The API as PERSON uses it: on PORTAL, or on the console."""
        base = self.host(portal)
        if person.sub not in self.browsers:
            self.browsers[person.sub] = Browser(self.seeder.issuer)
            self.browsers[person.sub].sign_in(base + '/', person.sub)
        browser = self.browsers[person.sub]
        return lambda method, path, value=None, **more: browser.api(method, f'{base}/api/v1/{path}', value, **more)

    @staticmethod
    def people_of(partner, portal):
        """The active people of PARTNER: all of them, and those who are service engineers."""
        found = [(person, groups) for of, person, _, groups, state in world.members(portal)
                 if of is partner and state == 'active']
        return [person for person, _ in found], [person for person, groups in found if 'Service engineers' in groups]

    def host_group(self, name, *subs):
        made = self.call('POST', 'host/groups', {'name': name})['id']
        users = {user['email']: user['id'] for user in self.call('GET', 'host/users')['data']}
        for _, person in world.HOST_USERS:
            if person.sub in subs:
                self.call('PUT', f'host/groups/{made}/members/{users[person.email]}')
        return made

    # -- designs and shares ------------------------------------------------------------------------------

    def process(self, name, document, administrators):
        made = self.call('POST', 'processes', {
            'name': name, 'title': document['title'], 'category': 'Service', 'document': document,
            'administrators': [{'kind': 'host_group', 'id': administrators}]})
        self.publish(made)
        return made['id']

    def publish(self, process):
        self.call('POST', f'processes/{process["id"]}/publish', etag=process['etag'])

    def change(self, path, **members):
        return self.call('PATCH', path, members, etag=self.call('GET', path)['etag'])

    def give(self, share, portal, partner):
        path = f'portals/{portal.technical_name}/partners'
        if portal not in self.partners:
            self.partners[portal] = {found['name']: found['id'] for found in self.call('GET', path)['data']}
        key = self.partners[portal][partner.name]
        self.call('PUT', f'shared-processes/{share}/partners/{portal.technical_name}/{key}')
        return {'portal': portal.technical_name, 'partner_id': key}

    def send(self, share, *keys):
        etag = self.call('GET', f'shared-processes/{share}')['etag']
        self.call('POST', f'shared-processes/{share}/send-update', {'partners': list(keys)}, etag=etag)

    # -- instances ---------------------------------------------------------------------------------------

    def photograph(self, api, instance, color):
        made = api('POST', f'instances/{instance["id"]}/files?form=report&field=photographs&name=seal-{color[1:3]}.png',
                   data=pictures.photograph(color), kind='image/png')
        return made['id']

    def report(self, person, portal, share, process, submit=True, photographs=(), **values):
        api = self.as_person(person, portal)
        values = {name: value for name, value in values.items() if value is not None}
        made = api('POST', 'instances', {'shared_process_id': share, 'process_id': process, 'values': values})
        change = {}
        if photographs:
            change['photographs'] = [self.photograph(api, made, color) for color in photographs]
        if change or submit:
            made = api('PATCH', f'instances/{made["id"]}', {'form': made['status'], 'values': change, 'submit': submit},
                       etag=made['etag'])
        return made

    def comment(self, person, portal, instance, text, on_console=False):
        api = self.as_person(person, None if on_console else portal)
        place = f'portals/{portal.technical_name}/' if on_console else ''
        api('POST', f'{place}instances/{instance["id"]}/comments', {'text': text})

    def host_form(self, person, portal, instance, form, **values):
        api = self.as_person(person)
        path = f'portals/{portal.technical_name}/instances/{instance["id"]}'
        api('PATCH', path, {'form': form, 'values': values, 'submit': True}, etag=api('GET', path)['etag'])

    def send_back(self, person, portal, instance, why):
        api = self.as_person(person)
        path = f'portals/{portal.technical_name}/instances/{instance["id"]}'
        api('POST', f'{path}/actions/send_back', {'comment': why}, etag=api('GET', path)['etag'])

    def own_form(self, person, portal, instance, form, **values):
        api = self.as_person(person, portal)
        path = f'instances/{instance["id"]}'
        api('PATCH', path, {'form': form, 'values': values, 'submit': True}, etag=api('GET', path)['etag'])

    # -- everything --------------------------------------------------------------------------------------

    def fill(self):
        began = time.monotonic()
        quality = self.host_group('Quality assurance', 'jonas.weber', 'sofia.brandl')
        desk = self.host_group('Training desk', 'marek.lindt')
        self.complaints(quality)
        self.trainings(desk)
        self.corrective_actions(quality)
        print(f'  Shared processes: a complaint, a training request and a corrective action, with the work that was done '
              f'({time.monotonic() - began:.0f} s)', flush=True)

    def complaints(self, quality):
        portal = world.PORTALS[0]
        acme, north = portal.partners[0], portal.partners[1]
        process = self.process('complaint', complaint(quality, False), quality)
        dashboard = self.call('POST', 'dashboards', {
            'kind': 'page', 'title': 'How complaints work', 'description': 'Three steps, two weeks',
            'widgets': complaint_widgets(process)})['id']
        self.call('POST', f'dashboards/{dashboard}/publish')
        share = self.call('POST', 'shared-processes', {
            'title': 'Complaints about pumps',
            'instructions': 'Report what is wrong as soon as you see it.\nPlease keep the parts until we have looked into it.',
            'partner_groups': ['Service engineers', 'Purchasing'],
            'processes': [{'process_id': process, 'allow_create': True,
                           'creators': {'everyone': False, 'groups': ['Service engineers', 'Purchasing']},
                           'creators_only_open': False, 'allow_delete': True, 'form_visibility': 'all'}],
            'dashboards': [{'dashboard_id': dashboard, 'name_in_partner': 'same', 'welcome_page': False,
                            'security': EVERYONE}]})['id']
        keys = [self.give(share, portal, partner) for partner in (acme, north)]
        self.send(share, *keys)
        _, engineers = self.people_of(acme, portal)
        _, northern = self.people_of(north, portal)
        jonas = world.HOST_USERS[4][1]
        first = self.report(engineers[0], portal, share, process, subject='Seal leaks after 300 hours',
                            order_number='FP-204417', kind='leaking', series='pk60', quantity=2, found_on='2026-10-12',
                            details='Drips from the drive side since Monday. Both pumps of the same delivery.',
                            photographs=('#8a5a2b', '#5b6470'))
        self.host_form(jonas, portal, first, 'inspection', cause='seal', accepted=True, credit=184.5, part_by='2026-10-28',
                       finding='Seals of batch 26-31, too hard. A kit of the new material is on its way.')
        self.own_form(engineers[0], portal, first, 'confirmation', settled='yes', remark='Dry since the new kit. Thank you!')
        self.northern(portal, northern, share, process, jonas)

        # The second version asks for the serial number and for what is sent; one of the two has it already.
        self.publish(self.change(f'processes/{process}', document=complaint(quality, True)))
        self.change(f'shared-processes/{share}', instructions='Report what is wrong as soon as you see it, with the serial '
                    'number.\nPlease keep the parts until we have looked into it.')
        self.send(share, keys[0])
        self.acme(portal, engineers, share, process, jonas)

    def northern(self, portal, people, share, process, jonas):
        """Northline's work, on the first version."""
        missing = self.report(people[0], portal, share, process, subject='Coupling guards missing', order_number='FP-204502',
                              kind='missing', series='pk40', quantity=4, found_on='2026-11-03',
                              missing_parts=[{'part': 'Coupling guard K-40', 'count': 4}, {'part': 'Bolt M8', 'count': 16}],
                              details='Four pallets without the bag of small parts.')
        self.comment(people[0], portal, missing, 'The fitters come on Thursday; an answer before that would help.')
        loud = self.report(people[-1], portal, share, process, subject='NX is loud at 2,900 rpm', order_number='FP-203988',
                           kind='noise', series='nx', found_on='2026-10-29', details='Above 82 dB(A), one metre away.')
        self.host_form(jonas, portal, loud, 'inspection', cause='use', accepted=False,
                       finding='The suction pipe is too narrow for this flow: the pump cavitates. See the manual, page 14.')

    def acme(self, portal, people, share, process, jonas):
        """Acme's work since the second version, one in each state."""
        waiting = self.report(people[-1], portal, share, process, subject='Housing cracked in transit', order_number='FP-204990',
                              kind='damaged', series='pk80', serial_number='PK80-26-1187', found_on='2026-11-18',
                              standing_still=True, details='The crate was wet and open on one side.',
                              photographs=('#4b6b8a', '#7a3b2e', '#3f5f46'))
        self.comment(people[-1], portal, waiting, 'The carrier has the report; the plant runs on the old pump until Friday.')
        self.comment(jonas, portal, waiting, 'Thank you, I have what I need. You hear from us tomorrow.', on_console=True)
        answered = self.report(people[0], portal, share, process, subject='Bearing warm after start', order_number='FP-204871',
                               kind='noise', series='pk60', serial_number='PK60-26-0442', found_on='2026-11-10',
                               details='75 °C after twenty minutes, the other one has 52 °C.')
        self.own_form(people[0], portal, answered, 'shipping', sent_with='parcel', sent_on='2026-11-12', consignment='48 2210 7719')
        self.host_form(jonas, portal, answered, 'inspection', cause='bearing', accepted=True, credit=95, part_by='2026-11-26',
                       finding='Bearing set B-62 of August: see bulletin 26-11. A new set is on its way.')
        vague = self.report(people[0], portal, share, process, subject='Wrong pump delivered', order_number='FP-204960',
                            kind='missing', series='nx', quantity=1, found_on='2026-11-19',
                            missing_parts=[{'part': 'NX-32', 'count': 1}], details='Not the one that we ordered.')
        self.send_back(jonas, portal, vague, 'Which pump came instead? Please add the serial number on its plate, and a '
                       'photograph of it.')
        self.report(people[0], portal, share, process, submit=False, subject='Paint comes off the base plate',
                    order_number='FP-204903', kind='damaged', series='pk40', found_on='2026-11-20')

    def trainings(self, desk):
        portal, service = world.PORTALS[0], world.PORTALS[1]
        acme, north = portal.partners[0], portal.partners[1]
        process = self.process('training', training(desk), desk)
        share = self.call('POST', 'shared-processes', {
            'title': 'Trainings', 'instructions': 'Six weeks ahead is enough for most courses.',
            'partner_groups': ['Purchasing'],
            'processes': [{'process_id': process, 'allow_create': True, 'creators': EVERYONE, 'creators_only_open': False,
                           'allow_delete': False, 'form_visibility': 'assigned'}]})['id']
        self.send(share, *[self.give(share, portal, partner) for partner in (acme, north)])
        self.give(share, service, service.partners[0])      # and nothing sent to it yet
        everybody, _ = self.people_of(acme, portal)
        others, _ = self.people_of(north, portal)
        marek = world.HOST_USERS[1][1]
        planned = self.report(everybody[0], portal, share, process, course='seals', people=3, from_date='2027-01-11')
        self.host_form(marek, portal, planned, 'planning', date='2027-01-19', trainer='H. Lorenz')
        self.report(everybody[1], portal, share, process, course='basic', people=6, at_site=True,
                    address='Acme Fluid Systems\n4400 Lakeside Avenue\nCleveland, Ohio')
        self.report(everybody[0], portal, share, process, submit=False, course='drives', people=2)
        self.report(others[1], portal, share, process, course='basic', people=1, from_date='2027-02-01')
        self.change(f'shared-processes/{share}', instructions='Six weeks ahead is enough for most courses. Travel is on you, '
                    'lunch is on us.')     # not sent yet

    def corrective_actions(self, quality):
        """What leaked at Acme came from a supplier: quality assurance asks it for the cause, and waits for its answer."""
        portal = world.PORTALS[2]
        sealtech = portal.partners[1]
        process = self.process('corrective-action', corrective_action(), quality)
        share = self.call('POST', 'shared-processes', {
            'title': 'Corrective actions', 'instructions': 'We ask for one where a delivery was not as agreed.',
            'partner_groups': ['Quality'],
            'processes': [{'process_id': process, 'allow_create': False, 'creators': EVERYONE, 'creators_only_open': False,
                           'allow_delete': False, 'form_visibility': 'all'}]})['id']
        key = self.give(share, portal, sealtech)
        self.send(share, key)
        jonas = world.HOST_USERS[4][1]
        made = self.as_person(jonas)('POST', f'portals/{portal.technical_name}/instances', {
            'partner_id': key['partner_id'], 'shared_process_id': share, 'process_id': process, 'submit': True, 'values': {
                'subject': 'Seals too hard', 'batch': '26-31', 'answer_by': '2026-12-04',
                'fault': 'Shore A 92 instead of 80. Two pumps leaked after 300 hours; the rest of the batch is blocked here.'}})
        people, _ = self.people_of(sealtech, portal)
        self.comment(people[0], portal, made, 'Thank you, we have our samples of this batch in the laboratory.')

# SPDX-License-Identifier: Apache-2.0
"""docs/process.schema.json takes every document that the server takes, and refuses what it can refuse.

Documents with a field of each type are changed at every place in many ways, and judged by both. Prints TAP.
"""
import copy
import json
import os
import pathlib
import subprocess
import sys

import jsonschema

SRCDIR = pathlib.Path(os.environ.get('B2B_SRCDIR', pathlib.Path(__file__).resolve().parents[2]))
BUILDDIR = pathlib.Path(os.environ.get('B2B_BUILDDIR', SRCDIR))
CHECK = BUILDDIR / 'tests' / 'forms' / 'check'
SCHEMA = json.loads((SRCDIR / 'docs' / 'process.schema.json').read_text())
ID = '0193a1b2-c3d4-7e5f-8a6b-7c8d9e0f1a2b'
OPTIONS = [{'value': 'a', 'label': 'A'}, {'value': 'b', 'label': 'B'}]

FIELDS = [
    {'type': 'text', 'pattern': '[a-z]+', 'pattern_hint': 'Letters', 'default': 'x', 'indexed': True},
    {'type': 'text', 'multiline': True, 'min_length': 1, 'max_length': 20},
    {'type': 'choice', 'options': OPTIONS, 'default': 'a'},
    {'type': 'choice', 'appearance': 'checkboxes', 'options': OPTIONS, 'default': ['a'], 'min_choices': 1,
     'max_choices': 2},
    {'type': 'number', 'format': 'currency', 'currency': 'EUR', 'min': 0.5, 'max': 100, 'default': 5},
    {'type': 'number', 'format': 'integer'},
    {'type': 'date', 'min': '2026-01-01', 'max': '2026-12-31', 'default': '2026-02-28'},
    {'type': 'date_time', 'min': '2026-01-01T00:00:00Z', 'default': '2026-02-28T12:00:00Z'},
    {'type': 'toggle', 'label_on': 'Yes', 'default': True},
    {'type': 'file', 'accept': ['image', 'pdf']},
    {'type': 'table', 'default': [{'a': 'x'}], 'columns': [
        {'name': 'a', 'title': 'A', 'type': 'text', 'pattern': 'x+'},
        {'name': 'b', 'title': 'B', 'type': 'choice', 'options': OPTIONS},
        {'name': 'c', 'title': 'C', 'type': 'number', 'min': 1},
        {'name': 'd', 'title': 'D', 'type': 'date', 'max': '2026-12-31'},
        {'name': 'e', 'title': 'E', 'type': 'toggle'}]},
    {'type': 'person', 'from_partner': True, 'host_groups': [ID], 'multiple': True, 'max_people': 3},
    {'type': 'heading', 'text': 'Hello'},
    {'type': 'rich_text', 'content': [
        {'type': 'paragraph', 'content': [{'text': 'Hi', 'bold': True, 'link': 'mailto:ann@acme.example'}]},
        {'type': 'heading', 'level': 2, 'content': []},
        {'type': 'list', 'ordered': True, 'items': [[{'text': 'One'}]]}]},
    {'type': 'image', 'file': '0' * 64, 'alt': 'A picture'},
    {'type': 'link', 'label': 'Manuals', 'url': '/manuals/'},
]
CONDITIONS = [
    {'field': 'on', 'is': 'equals', 'value': True},
    {'all': [{'field': 'word', 'is': 'one_of', 'value': ['x', 'y']}, {'not': {'field': 'word', 'is': 'empty'}}]},
    {'any': [{'field': 'size', 'is': 'at_least', 'value': 2.5}, {'always': False}]},
    {'field': 'day', 'is': 'less', 'value': '2026-02-28'},
]
# What a member is changed to, beside being taken away and joined by an unknown one.
VALUES = [None, True, False, 0, 1, 2, -1, 0.5, 5.0, 13, 201, 501, 20001, 10 ** 13, '', ' ', 'x', 'X', 'a b', 'Ä', 'a\nb', 'a\u0007',
          '\u202e', 'x' * 41, 'x' * 101, 'x' * 201, 'ü' * 101, 'x' * 501, 'x' * 2001, '(', '[number]', 'EUR', 'USD1', '2026-02-30',
          '2026-03-01', '2026-03-01T12:00:00Z', 'https://acme.example/x', '//acme.example', 'javascript:x', ID, '0' * 64, [], [None],
          ['x'], ['x', 'x'], [ID], [ID, ID], ['a', 'b'], ['image'], {}, {'x': 1}, {'always': True},
          {'field': 'on', 'is': 'empty'}, {'field': 'nothing', 'is': 'empty'}, {'field': 'on', 'is': 'empty', 'value': 1},
          {'all': []}, {'not': {'not': {'always': True}}}, 'text', 'number', 'radio', 'percent', 'field_of']


def document(field):
    """The field, with conditions, on a second form; what they ask on the first."""
    number = FIELDS.index(field)
    field = dict({'name': 'field_of', 'title': 'Field'}, **field, shown_when=CONDITIONS[number % 4])
    if number < 12:
        field['required_when'] = CONDITIONS[(number + 1) % 4]
        field['locked_when'] = CONDITIONS[(number + 2) % 4]
    first = [{'name': 'on', 'title': 'On', 'type': 'toggle'},
             {'name': 'word', 'title': 'Word', 'type': 'text', 'indexed': True},
             {'name': 'size', 'title': 'Size', 'type': 'number'}, {'name': 'day', 'title': 'Day', 'type': 'date'},
             {'name': 'who', 'title': 'Who', 'type': 'person', 'from_partner': True}]
    return {'title': 'Process', 'reference_pattern': '[word]-[number]', 'forms': [
        {'name': 'first', 'title': 'First', 'fields': first},
        {'name': 'second', 'title': 'Second', 'owners': {'partner_groups': ['Quality'], 'field': 'who'}, 'actions': [
            {'name': 'back', 'title': 'Send back', 'kind': 'go_to', 'form': 'first', 'form_owners': True, 'comment': 'required',
             'granted_to': {'partner_groups': ['Quality']}}, {'name': 'edit', 'title': 'Edit', 'kind': 'edit'}], 'fields': [field]}]}


def places(value, path=()):
    """Every place in a value, as a path of keys, but those of the first form's fields, which are the same in all."""
    if path[:4] in {('forms', 0, 'fields', number) for number in range(1, 5)}:
        return
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in list(items):
        yield path + (key,)
        yield from places(inner, path + (key,))


def changed(value, path, change):
    value = copy.deepcopy(value)
    inner = value
    for key in path[:-1]:
        inner = inner[key]
    change(inner, path[-1])
    return value


def put(new):
    return lambda inner, key: inner.__setitem__(key, copy.deepcopy(new))


def remove(inner, key):
    del inner[key]


def join(inner, key):
    if isinstance(inner, dict):
        inner['unknown'] = 1
    else:
        inner.append(copy.deepcopy(inner[key]))


def judged(documents):
    """What the server says of each: (taken, normal form or place)."""
    text = ''.join(json.dumps(document) + '\n' for document in documents)
    run = subprocess.run([CHECK], input=text, capture_output=True, text=True, check=True)
    answers = [line.partition('\t') for line in run.stdout.splitlines()]
    assert len(answers) == len(documents), run.stderr
    return [(word == 'ok', rest) for word, _, rest in answers]


def export(document, **more):
    return dict({'format': 'b2bportal-process', 'format_version': 1, 'name': 'complaint', 'category': '',
                 'document': document}, **more)


class Tap:
    def __init__(self):
        self.count = self.failed = 0

    def ok(self, good, name, *why):
        self.count += 1
        self.failed += not good
        print(f'{"ok" if good else "not ok"} {self.count} - {name}')
        for line in [] if good else why:
            print(f'# {line}')


def main():
    tap = Tap()
    try:
        jsonschema.Draft202012Validator.check_schema(SCHEMA)
        tap.ok(True, 'the schema is one')
    except jsonschema.SchemaError as error:
        tap.ok(False, 'the schema is one', error.message)
    takes = jsonschema.Draft202012Validator(SCHEMA).is_valid

    plain = [document(field) for field in FIELDS]
    normal = []
    for field, source, (taken, rest) in zip(FIELDS, plain, judged(plain)):
        tap.ok(taken and takes(export(source)) and takes(export(json.loads(rest))),
               f'{field["type"]}: both take it, as written and in its normal form', rest)
        normal.append(dict(json.loads(rest), forms=[source['forms'][0], json.loads(rest)['forms'][1]])
                      if taken else source)

    # A field is looked at by itself, which is what its document would say of it; the rest of a document once.
    takes_field = jsonschema.Draft202012Validator({'$ref': '#/$defs/field', '$defs': SCHEMA['$defs']}).is_valid
    for field, source in [(None, normal[0])] + list(zip(FIELDS, normal)):
        within = 'forms', 1, 'fields', 0
        paths = [path for path in places(source) if (path[:4] == within and len(path) > 4) == bool(field)]
        documents = [changed(source, path, change) for path in paths
                     for change in [remove, join] + [put(value) for value in VALUES]]
        answers = judged(documents)
        taken = [one for one, (good, _) in zip(documents, answers) if good]
        wrong = [json.dumps(one)[:2000] for one in taken
                 if not (takes_field(one['forms'][1]['fields'][0]) if field else takes(export(one)))]
        tap.ok(len(taken) > 20 and len(documents) - len(taken) > 100 and not wrong,
               f'{field["type"] if field else "document"}: of {len(documents)} changed ones the schema takes each of '
               f'the {len(taken)} that the server takes', *wrong[:5])

    # Bad ones that a schema can see; both refuse.
    first = normal[0]
    bad = {
        'an unknown member': (('colour',), put('red')),
        'no title': (('title',), remove),
        'no forms': (('forms',), put([])),
        'too many forms': (('forms',), put([first['forms'][0]] * 21)),
        'too many fields': (('forms', 1, 'fields'), put(first['forms'][1]['fields'] * 201)),
        'a name in capitals': (('forms', 0, 'name'), put('First')),
        'a reserved name': (('forms', 1, 'fields', 0, 'name'), put('status')),
        'an unknown type': (('forms', 1, 'fields', 0, 'type'), put('time')),
        'a width of 13': (('forms', 1, 'fields', 0, 'width'), put(13)),
        'a security mode that is none': (('security', 'mode'), put('all')),
        'a security user that is no id': (('security', 'users', 'host_users'), put(['anna'])),
        'a creator as a security user': (('security', 'users', 'creator'), put(True)),
        'a delete rule that is none': (('delete_rule',), put('nobody')),
        'a condition without its field': (('forms', 1, 'fields', 0, 'shown_when'), put({'is': 'empty'})),
        'a condition with two kinds': (('forms', 1, 'fields', 0, 'shown_when'), put({'always': True, 'all': []})),
        'an action of no kind': (('forms', 1, 'actions', 0, 'kind'), put('fly')),
        'an action given to no id': (('forms', 1, 'actions', 0, 'granted_to', 'host_users'), put(['anna'])),
        'eleven actions': (('forms', 1, 'actions'), put([{'name': 'a%d' % n, 'title': 'A', 'kind': 'edit'} for n in range(11)])),
        'an owner that is no id': (('forms', 1, 'owners', 'host_users'), put(['anna'])),
    }
    for name, (path, change) in bad.items():
        one = changed(first, path, change)
        tap.ok(not judged([one])[0][0] and not takes(export(one)), f'both refuse {name}')
    for name, more in {'another format': {'format': 'x'}, 'a later version': {'format_version': 2},
                       'a name that is none': {'name': 'A b'}, 'an unknown member': {'extra': 1}}.items():
        tap.ok(not takes(export(first, **more)), f'the schema refuses an export with {name}')
    print(f'1..{tap.count}')
    return tap.failed > 0


sys.exit(main())

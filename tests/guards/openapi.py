# SPDX-License-Identifier: Apache-2.0
"""The contract docs/openapi.yaml: whole, strict, and the same from one operation to the next."""
import re

import jsonschema
import yaml

import guard

CONTRACT = 'docs/openapi.yaml'
METHODS = {'get', 'post', 'put', 'patch', 'delete'}
SIDES = {'console', 'portal'}


class Strict(yaml.SafeLoader):
    """YAML in which no key of a mapping is there twice: PyYAML takes the last one and says nothing."""


def unique_mapping(loader, node, deep=False):
    seen = set()
    for key, _ in node.value:
        name = loader.construct_object(key, deep=True)
        if name in seen:
            raise yaml.YAMLError(f'{name} is there twice, again in line {key.start_mark.line + 1}')
        seen.add(name)
    return yaml.SafeLoader.construct_mapping(loader, node, deep)


Strict.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, unique_mapping)


def resolve(document, pointer):
    node = document
    for part in pointer.removeprefix('#/').split('/'):
        if not isinstance(node, dict) or part not in node:
            return None
        node = node[part]
    return node


def walk(node, path=''):
    yield path, node
    if isinstance(node, dict):
        for key, value in node.items():
            yield from walk(value, f'{path}/{key}')
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from walk(value, f'{path}/{index}')


def check_refs(document):
    used = set()
    for path, node in walk(document):
        if isinstance(node, dict) and '$ref' in node:
            used.add(node['$ref'])
            if resolve(document, node['$ref']) is None:
                yield f'{path}: {node["$ref"]} leads nowhere'
    used |= {target for _, node in walk(document) if isinstance(node, dict)
             for target in (node.get('mapping') or {}).values() if isinstance(target, str)}
    for kind in ('parameters', 'headers', 'responses', 'schemas'):
        for name in document.get('components', {}).get(kind, {}):
            if f'#/components/{kind}/{name}' not in used:
                yield f'components/{kind}/{name} is used nowhere'


def check_schema(path, schema):
    types = schema.get('type', [])
    types = [types] if isinstance(types, str) else types
    if 'string' in types and not {'maxLength', 'enum', 'const'} & set(schema):
        yield f'{path}: a text without maxLength'
    if 'array' in types and 'maxItems' not in schema:
        yield f'{path}: a list without maxItems'
    if 'object' in types and 'properties' in schema:
        if schema.get('additionalProperties') is not False:
            yield f'{path}: an object that takes any member'
        for name in schema['properties']:
            if not re.fullmatch(r'[a-z][a-z0-9_]*', name):
                yield f'{path}: {name} is not snake_case'
        for name in schema.get('required', []):
            if name not in schema['properties']:
                yield f'{path}: requires {name}, which it does not have'
    if 'example' in schema or 'examples' in schema:
        for example in schema.get('examples', [schema.get('example')]):
            try:
                jsonschema.Draft202012Validator(schema).validate(example)
            except jsonschema.ValidationError as error:
                yield f'{path}: the example is wrong: {error.message}'


def check_schemas(document):
    schemas = document.get('components', {}).get('schemas', {})
    for name, schema in schemas.items():
        try:
            jsonschema.Draft202012Validator.check_schema(schema)
        except jsonschema.SchemaError as error:
            yield f'{name}: not a JSON Schema: {error.message}'
    for path, node in walk(document):
        if isinstance(node, dict) and re.search(r'/(schema|schemas/\w+|properties/\w+|items|oneOf/\d+)$', path) and \
                not path.endswith('/properties/properties'):
            yield from check_schema(path, node)


def check_operation(document, place, path, operation):
    if not re.fullmatch(r'[a-z]+([A-Z][a-zA-Z]*)?', operation.get('operationId', '')):
        yield f'{place}: operationId must be verbNoun'
    sides = set(operation.get('x-side', []))
    if not sides or sides - SIDES or not sides <= set(operation.get('tags', [])):
        yield f'{place}: x-side must name console or portal, and the tags too'
    parameters = [resolve(document, parameter['$ref']) if '$ref' in parameter else parameter
                  for parameter in operation.get('parameters', [])]
    parameters = [parameter for parameter in parameters if parameter]
    named = {parameter['name'] for parameter in parameters if parameter['in'] == 'path'}
    if named != set(re.findall(r'\{(\w+)\}', path)):
        yield f'{place}: the path\'s variables and its parameters differ'
    names = [(parameter['in'], parameter['name']) for parameter in parameters]
    if len(names) != len(set(names)):
        yield f'{place}: a parameter is there twice'
    responses = operation.get('responses', {})
    if not any(code.startswith('2') for code in responses):
        yield f'{place}: no success'
    if any(parameter['name'] == 'If-Match' for parameter in parameters) and not {'412', '428'} <= set(responses):
        yield f'{place}: takes If-Match without 412 and 428'
    if 'requestBody' in operation and not {'400', '413', '415'} <= set(responses):
        yield f'{place}: takes a body without 400, 413 and 415'
    for code, response in responses.items():
        whole = resolve(document, response['$ref']) if '$ref' in response else response
        if code[0] in '45' and (whole or {}).get('content', {}).get('application/problem+json', {}).get(
                'schema', {}).get('$ref') != '#/components/schemas/Problem':
            yield f'{place}: {code} is not a problem'


def check(tree):
    try:
        document = yaml.load(tree.get(CONTRACT, ''), Strict)
    except yaml.YAMLError as error:
        return [f'{CONTRACT}: {error}']
    if not isinstance(document, dict) or document.get('openapi') != '3.1.0':
        return [f'{CONTRACT}: not OpenAPI 3.1.0']
    complaints = list(check_refs(document)) + list(check_schemas(document))
    seen = set()
    for path, methods in document.get('paths', {}).items():
        for method, operation in methods.items():
            place = f'{method.upper()} {path}'
            if method not in METHODS:
                complaints.append(f'{place}: not a method that this API uses')
                continue
            complaints += check_operation(document, place, path, operation)
            if operation.get('operationId') in seen:
                complaints.append(f'{place}: its operationId is another\'s too')
            seen.add(operation.get('operationId'))
    return complaints


SAMPLE = '''
openapi: 3.1.0
paths:
  /things/{thing}:
    get:
      operationId: getThing
      x-side: [console]
      tags: [console]
      parameters: [{name: thing, in: path, required: true, schema: {type: string, maxLength: 36}}]
      responses:
        "200": {description: x, content: {application/json: {schema: {$ref: '#/components/schemas/Thing'}}}}
        "404": {$ref: '#/components/responses/NotFound'}
components:
  responses:
    NotFound: {description: x, content: {application/problem+json: {schema: {$ref: '#/components/schemas/Problem'}}}}
  schemas:
    Problem: {type: object, additionalProperties: false, properties: {type: {type: string, maxLength: 9}}}
    Thing:
      type: object
      additionalProperties: false
      required: [name]
      properties: {name: {type: string, maxLength: 9, example: x}}
'''


def changed(old, new):
    assert old in SAMPLE, old
    return {CONTRACT: SAMPLE.replace(old, new)}


guard.run(
    'openapi', check, guard.read_tree(lambda path: path == CONTRACT),
    bad={
        'a reference that leads nowhere': changed("schemas/Thing'", "schemas/Thin'"),
        'no operationId': changed('operationId: getThing', 'summary: x'),
        'no side': changed('x-side: [console]', 'x-side: []'),
        'a variable without a parameter': changed('/things/{thing}', '/things/{other}'),
        'a refusal that is not a problem': changed("problem+json: {schema: {$ref: '#/components/schemas/Problem'}}",
                                                   "json: {schema: {$ref: '#/components/schemas/Problem'}}"),
        'a text without a limit': changed('{name: {type: string, maxLength: 9,', '{name: {type: string,'),
        'an object that takes any member': changed('additionalProperties: false\n      required', 'required'),
        'a wrong example': changed('example: x', 'example: 7'),
        'a member that is not snake_case': changed('required: [name]\n      properties: {name',
                                                   'properties: {theName'),
        'a component that is used nowhere': changed('    Thing:', '    Other: {type: boolean}\n    Thing:'),
        'a required member that is not there': changed('required: [name]', 'required: [nmae]'),
        'a schema that is there twice': changed('    Thing:', '    Thing: {type: boolean}\n    Thing:'),
        'no YAML': {CONTRACT: '{'},
    },
    good={'a small contract': {CONTRACT: SAMPLE}})

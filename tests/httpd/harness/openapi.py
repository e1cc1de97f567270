# SPDX-License-Identifier: Apache-2.0
"""Every response under /api/v1 that a test sees is held against docs/openapi.yaml."""

import os
import re
import urllib.parse

import jsonschema
import yaml

SOURCE = os.path.abspath(os.path.join(os.path.dirname(__file__), '..', '..', '..'))
CONTRACT = os.path.join(SOURCE, 'docs', 'openapi.yaml')
METHODS = {'get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'}


class Contract:
    """The contract, with its paths turned into patterns once."""

    def __init__(self, path=CONTRACT):
        with open(path, encoding='utf-8') as f:
            self.document = yaml.load(f, Loader=getattr(yaml, 'CSafeLoader', yaml.SafeLoader))
        self.resolver = jsonschema.RefResolver.from_schema(self.document)
        self.validators = {}
        self.seen = set()
        servers = self.document.get('servers') or [{'url': '/api/v1'}]
        self.base = urllib.parse.urlsplit(servers[0]['url']).path.rstrip('/')
        self.paths = []
        for template, item in self.document['paths'].items():
            full = template if template.startswith(self.base + '/') else self.base + template
            pattern = re.sub(r'\\\{[^}]*\\\}', '[^/]+', re.escape(full))
            self.paths.append((template.count('{'), re.compile('^%s$' % pattern), template, item))
        self.paths.sort(key=lambda p: (p[0], p[2]))     # /a/b before /a/{id}

    def operations(self):
        """Return every (METHOD, path template) of the contract."""
        return sorted((method.upper(), template) for _, _, template, item in self.paths
                      for method in item if method in METHODS)

    def _follow(self, node):
        while isinstance(node, dict) and '$ref' in node:
            node = self.resolver.resolve(node['$ref'])[1]
        return node

    def find(self, method, path):
        """Return (template, path item, operation or None) of a request, or None."""
        for _, pattern, template, item in self.paths:
            if pattern.match(path):
                operation = item.get(method.lower())
                if operation is None and method == 'HEAD':
                    operation = item.get('get')
                return template, item, operation
        return None

    def _check(self, schema, value, what):
        key = id(schema)
        if key not in self.validators:
            self.validators[key] = jsonschema.Draft202012Validator(schema, resolver=self.resolver)
        errors = sorted(self.validators[key].iter_errors(value), key=lambda e: list(e.path))
        if errors:
            raise AssertionError('%s breaks the contract:\n%s' % (what, '\n'.join(
                '  at %s: %s' % ('/'.join(map(str, e.path)) or '(top)', e.message[:300])
                for e in errors[:5])))

    def observe(self, response):
        """Hold one response against the contract; responses elsewhere are not looked at."""
        path = urllib.parse.urlsplit(response.url).path
        if not path.startswith(self.base + '/'):
            return
        what = '%s %s -> %d' % (response.method, path, response.status)
        if response.status in (302, 401) and not (response.header('Content-Type') or '').startswith(
                'application/'):
            return          # mod_auth_openidc's own answer to somebody without a session
        if response.status == 400 and response.method not in ('GET', 'HEAD') \
                and (response.header('Content-Type') or '').startswith('text/html'):
            return          # httpd's own answer to bytes that are not HTTP
        if response.status == 404 and re.search('%(00|2f)', path, re.I):
            return          # a path that httpd itself refuses
        kind = (response.header('Content-Type') or '').split(';')[0].strip()
        if response.status not in (204, 304):
            for name, wanted in (('X-Content-Type-Options', 'nosniff'), ):
                assert response.header(name) == wanted, '%s lacks %s: %s' % (what, name, wanted)
            assert 'no-store' in (response.header('Cache-Control') or '') or response.etag, \
                '%s may be stored by caches' % what
        found = self.find(response.method, path)
        if found is None or found[2] is None:
            assert response.status in (403, 404, 405, 413, 501), '%s: not in the contract' % what
            return
        template, _, operation = found
        self.seen.add((response.method, template, response.status))
        answers = operation['responses']
        answer = answers.get(str(response.status)) or answers.get(response.status) \
            or answers.get('%dXX' % (response.status // 100)) or answers.get('default')
        assert answer, '%s: the contract of %s has no such status' % (what, template)
        content = self._follow(answer).get('content')
        if not content:
            assert not response.body, '%s: the contract has no body, the answer has %r' % (
                what, response.body[:200])
            return
        if response.method == 'HEAD':
            return
        assert kind in content, '%s: %r is not one of %s' % (what, kind, sorted(content))
        if kind.endswith('json'):
            schema = content[kind].get('schema')
            value = response.json()
            if schema:
                self._check(schema, value, what)
            if kind == 'application/problem+json':
                assert value.get('status') in (None, response.status), what

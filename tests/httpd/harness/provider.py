# SPDX-License-Identifier: Apache-2.0
"""The demo's OpenID provider (oidc-provider on Node), for sign-ins as they really are."""

import json
import os
import urllib.request

from . import build
from .scratch import Process, answers, free_port


class Provider:
    """The same face as issuer.Issuer: url, label, people, metadata(), pick(), stop()."""

    def __init__(self, root, people, label='Example Identity', domain='portals.example'):
        build.prepare_provider()
        os.makedirs(root, exist_ok=True)
        self.people = dict(people)
        self.label = label
        self.port = free_port()
        self.url = 'http://127.0.0.1:%d' % self.port
        file = os.path.join(root, 'people.json')
        with open(file, 'w') as f:
            json.dump(list(self.people.values()), f)
        self.process = Process([os.path.join(build.SOURCE, 'demo', 'provider', 'run.sh'), build.BUILD,
                                '--port', str(self.port), '--people', file, '--domain', domain],
                               os.path.join(root, 'provider.log'), ready=lambda: answers(self.port))

    def stop(self):
        self.process.stop()

    def metadata(self):
        with urllib.request.urlopen(self.url + '/.well-known/openid-configuration', timeout=10) as f:
            discovery = json.load(f)
        return {'provider': discovery,
                'client': {'client_id': 'b2bportal', 'client_secret': 'b2bportal-development-secret'},
                'conf': {'scope': 'openid email profile', 'response_type': 'code'}}

    def pick(self, client, response, name):
        """On the provider's page, one click on that person; return the redirect back."""
        assert response.status == 200, response
        response = client.submit(response, button=('sub', self.people[name]['sub']))
        return client.follow(response, until=lambda url: '/oidc/callback' in url)

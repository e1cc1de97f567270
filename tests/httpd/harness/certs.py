# SPDX-License-Identifier: Apache-2.0
"""A certificate authority for an afternoon, made with openssl."""

import ipaddress
import os

from .scratch import run


class Certificates:
    """One authority and one server certificate for some names; wildcards are fine."""

    def __init__(self, folder, names):
        os.makedirs(folder, exist_ok=True)
        self.ca = os.path.join(folder, 'ca.pem')
        self.certificate = os.path.join(folder, 'server.pem')
        self.key = os.path.join(folder, 'server.key')
        ca_key = os.path.join(folder, 'ca.key')
        request = os.path.join(folder, 'server.csr')
        extensions = os.path.join(folder, 'server.ext')
        run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2',
             '-subj', '/CN=Authority of the tests', '-addext', 'keyUsage=critical,keyCertSign',
             '-keyout', ca_key, '-out', self.ca])
        run(['openssl', 'req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes',
             '-subj', '/CN=' + names[0], '-keyout', self.key, '-out', request])

        def kind(name):
            try:
                ipaddress.ip_address(name)
                return 'IP:' + name
            except ValueError:
                return 'DNS:' + name
        with open(extensions, 'w') as f:
            f.write('subjectAltName=%s\nextendedKeyUsage=serverAuth\n' % ','.join(kind(n) for n in names))
        run(['openssl', 'x509', '-req', '-in', request, '-CA', self.ca, '-CAkey', ca_key, '-CAcreateserial', '-days', '2',
             '-extfile', extensions, '-out', self.certificate])
        os.chmod(self.key, 0o644)

    @property
    def pair(self):
        return self.certificate, self.key

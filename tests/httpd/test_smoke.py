# SPDX-License-Identifier: Apache-2.0
"""The ground under all other tests, without the module: httpd, mod_auth_openidc, two issuers."""

import os
import smtplib
import socket

import pytest

from harness import openidc
from harness.client import Client, raw, status_of
from harness.httpd import Httpd
from harness.scratch import alive, wait_until

CONFIG = openidc.SERVER + '''
DocumentRoot "{root}/www"
<Directory "{root}/www">
    Require all granted
</Directory>
<Location "/">
    AuthType openid-connect
    Require valid-user
</Location>
<Location "/login">
    AuthType None
    Require all granted
</Location>
Header always set X-Subject "expr=%{{reqenv:OIDC_CLAIM_sub}}"
Header always set X-Issuer "expr=%{{reqenv:OIDC_CLAIM_iss}}"
'''


@pytest.fixture(scope='module')
def httpd(folder, issuers, servers):
    root = os.path.join(folder, 'smoke')
    server = Httpd(root, CONFIG.format(root=root), modules=['auth_openidc'])
    server.file('www/login', 'Sign in')
    server.file('www/page.txt', 'behind the sign-in')
    openidc.write_metadata(server, issuers)
    servers.append(server.start())
    yield server
    servers.remove(server)
    server.stop()


def url(server, path, name='acme.portals.example'):
    return 'http://%s:%d%s' % (name, server.port, path)


@pytest.mark.parametrize('which', [0, 1])
def test_sign_in_at_each_issuer(httpd, issuers, which):
    browser = Client()
    answer = openidc.sign_in(browser, url(httpd, '/page.txt'), issuers[which], 'alice')
    assert (answer.status, answer.text) == (200, 'behind the sign-in')
    assert answer.header('X-Subject') == 'alice'
    assert answer.header('X-Issuer') == issuers[which].url
    assert browser.get(url(httpd, '/page.txt')).status == 200
    assert browser.get(url(httpd, '/page.txt'), cookies=False).status == 302


def test_sign_in_at_the_provider_of_the_demo(httpd, provider):
    openidc.write_metadata(httpd, [provider])
    browser = Client()
    answer = openidc.sign_in(browser, url(httpd, '/page.txt'), provider, 'alice')
    assert (answer.status, answer.text) == (200, 'behind the sign-in')
    assert answer.header('X-Subject') == 'alice'
    assert answer.header('X-Issuer') == provider.url


def test_two_people_do_not_share_a_session(httpd, issuers):
    alice, bob = Client(), Client()
    openidc.sign_in(alice, url(httpd, '/page.txt'), issuers[0], 'alice')
    openidc.sign_in(bob, url(httpd, '/page.txt'), issuers[0], 'bob')
    assert alice.get(url(httpd, '/page.txt')).header('X-Subject') == 'alice'
    assert bob.get(url(httpd, '/page.txt')).header('X-Subject') == 'bob'


def test_raw_bytes_reach_the_server(httpd):
    assert status_of(raw(httpd.port, b'GET /login HTTP/1.0\r\n\r\n')) == 200
    assert status_of(raw(httpd.port, b'GET /login HTTP/1.1\r\n\r\n')) == 400


def test_killed_child_is_replaced_and_graceful_replaces_all(httpd):
    killed = httpd.kill_child()
    wait_until(lambda: len(set(httpd.worker_pids()) - {killed}) >= 2, 10, 'a new child')
    before = set(httpd.worker_pids())
    httpd.graceful()
    wait_until(lambda: not any(alive(p) for p in before), 10, 'the old children to leave')
    assert Client().get(url(httpd, '/login')).status == 200


def test_an_unexpected_warning_is_noticed(httpd):
    with open(os.path.join(httpd.root, 'error.log'), 'a') as f:
        f.write('[Sun Nov 22 00:00:00.0 2026] [core:error] [pid 1:tid 2] a line nobody expects\n')
    assert len(httpd.log.unexpected()) == 1


def test_postgres_answers_and_can_vanish(postgres):
    name = postgres.create_database('smoke')
    assert postgres.psql('SELECT 1', name) == [['1']]
    assert postgres.psql('SHOW fsync') == [['on']]
    postgres.stop()
    with pytest.raises(AssertionError):
        postgres.psql('SELECT 1', name)
    postgres.start()
    assert postgres.psql('SELECT 1', name) == [['1']]
    postgres.drop_database(name)


def test_mail_server_takes_and_refuses(mail):
    mail.refuse['gone@north.example'] = '550 5.1.1 Nobody of that name works here'
    with smtplib.SMTP('127.0.0.1', mail.port) as smtp:
        smtp.sendmail('a@host.example', ['alice@north.example'], 'Subject: hello\r\n\r\nbody\r\n')
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            smtp.sendmail('a@host.example', ['gone@north.example'], 'Subject: x\r\n\r\nbody\r\n')
    assert mail.wait_for('alice@north.example').subject == 'hello'
    mail.reset()


def test_ports_are_not_picked_twice(httpd, postgres, mail, issuers):
    ports = [httpd.port, postgres.port, mail.port] + [i.port for i in issuers]
    assert len(set(ports)) == len(ports)
    for port in ports:
        socket.create_connection(('127.0.0.1', port), 2).close()

# SPDX-License-Identifier: Apache-2.0
"""Everything the server tests need around them: an httpd of their own, a database,
OpenID providers, a mail server and people who click."""

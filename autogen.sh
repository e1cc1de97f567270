#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Make ./configure in a fresh clone (a release archive already carries it).
set -eu
cd "$(dirname "$0")"
command -v autoreconf >/dev/null || {
    echo "autogen.sh: autoreconf is missing: apt-get install autoconf automake libtool pkg-config" >&2
    exit 1
}
mkdir -p m4
exec autoreconf --install --force --warnings=all,no-obsolete

#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# browser.sh SRC BUILD: what "make check-browser" does: start a demo of its own out of the build folder,
# drive Debian's Chromium over it, stop it. ARGS= goes to the runner (words of the tests' names).
# The demo lies in B2B_BROWSER_DATA (default a new folder in /var/tmp, removed afterwards) at port
# B2B_BROWSER_PORT (default 18080). B2B_BROWSER_SCRIPT: something else to run over it (make bench-form-page).
set -eu
src=$1
build=$2
port=${B2B_BROWSER_PORT:-18080}
cd "$src"

remove=
if [ -n "${B2B_BROWSER_DATA:-}" ]; then
    data=$B2B_BROWSER_DATA
else
    data=$(mktemp -d /var/tmp/b2bportal-browser.XXXXXX)
    chmod 755 "$data"
    remove=$data
fi
finish() {
    B2B_DEMO_BUILD=$build ./demo.sh --stop --data "$data" >/dev/null || true
    [ -z "$remove" ] || rm -rf "$remove"
}
trap finish EXIT
trap 'exit 1' INT TERM HUP

B2B_DEMO_BUILD=$build ./demo.sh --detach --port "$port" --data "$data"

B2B_BROWSER_PACKAGES=$(build-aux/pages.sh prepare "$src" "$build")
B2B_BROWSER_URL=http://portals.localhost:$port
B2B_BROWSER_MAIL=http://127.0.0.1:$((port + 2))
B2B_BROWSER_SHOTS=${B2B_BROWSER_SHOTS:-$build/build/browser}
PATH=$(build-aux/node.sh "$build/build/node"):$PATH
export B2B_BROWSER_PACKAGES B2B_BROWSER_URL B2B_BROWSER_MAIL B2B_BROWSER_SHOTS PATH
# shellcheck disable=SC2086
node "${B2B_BROWSER_SCRIPT:-tests/browser/run.mjs}" ${ARGS:-}

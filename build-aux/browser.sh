#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# browser.sh SRC BUILD: what "make check-browser" does: start demos of its own out of the build folder
# (tests/browser/servers.py), drive Debian's Chromium over them, stop them. ARGS= goes to the runner (words of the
# tests' names). B2B_BROWSER_DATA=DIR keeps the demos' data and logs there; else they leave nothing behind.
# B2B_BROWSER_SCRIPT: something else to run, over one demo alone (make bench-form-page).
set -eu
src=$1
build=$2
cd "$src"

# Before two demos need them at a time.
build-aux/packages.sh run build pages demo pgsql
B2B_BROWSER_PACKAGES=$(build-aux/pages.sh prepare "$src" "$build")
B2B_BROWSER_SHOTS=${B2B_BROWSER_SHOTS:-$build/build/browser}
PATH=$(build-aux/node.sh "$build/build/node"):$PATH
demo/provider/run.sh "$build" --prepare
export B2B_BROWSER_PACKAGES B2B_BROWSER_SHOTS PATH
one=
[ -z "${B2B_BROWSER_SCRIPT:-}" ] || one=--one
# shellcheck disable=SC2086
exec tests/browser/servers.py $one "$build" node "${B2B_BROWSER_SCRIPT:-tests/browser/run.mjs}" ${ARGS:-}

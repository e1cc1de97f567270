#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# List what goes into a release archive: what git tracks, or, inside an unpacked archive, everything.
set -eu
if [ -e .git ] && command -v git >/dev/null; then
    git ls-files
else
    find . -type f ! -path './build/*' ! -path '*/node_modules/*' ! -name '*.pyc' | sed 's,^\./,,'
fi

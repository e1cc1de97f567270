#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# format.sh SRC BUILD: what "make format" does: lay out the C files as .clang-format says and, when
# their tools are unpacked, the pages' sources.
set -eu
src=$1
cd "$src"
command -v clang-format >/dev/null || {
    echo "make format needs clang-format: apt-get install clang-format" >&2
    exit 1
}
find mod_b2bportal tests -name '*.[ch]' -print0 | xargs -0 -r clang-format -i --style=file

#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# lint.sh SRC BUILD: what "make lint" does. Every tool runs, each prints a line, and the exit status
# says whether all were content. LINT_SINCE=<commit> limits clang-tidy to C files changed since.
set -u
src=$1
build=$2
cd "$src" || exit 1
failed=0
passed=0

report() { # name status [remedy]
    if [ "$2" -eq 0 ]; then
        echo "ok - lint $1"
        passed=$((passed + 1))
    else
        echo "not ok - lint $1${3:+: $3}"
        failed=$((failed + 1))
    fi
}

need() { # program package
    command -v "$1" >/dev/null && return 0
    report "$1" 1 "not installed: apt-get install $2"
    return 1
}

# The tests' own files use Check's macros, which satisfy no checker.
c_files=$(find mod_b2bportal -name '*.c' | LC_ALL=C sort)
ch_files=$(find mod_b2bportal tests -name '*.[ch]' | LC_ALL=C sort)

if need clang-format clang-format; then
    # shellcheck disable=SC2086,SC2016
    clang-format --style=file --dry-run --Werror $ch_files
    report clang-format $? "make format repairs it"
fi

if need clang-tidy clang-tidy; then
    tidy_files=$c_files
    if [ -n "${LINT_SINCE:-}" ]; then
        tidy_files=$(git diff --name-only --diff-filter=d "$LINT_SINCE" -- 'mod_b2bportal/*.c')
    fi
    flags="-std=gnu11 -I$build -I$build/mod_b2bportal -Imod_b2bportal $(
        sed -n 's/^\(APR_CPPFLAGS\|HTTPD_CPPFLAGS\|JANSSON_CFLAGS\|CHECK_CFLAGS\|SQLITE_CFLAGS\|PQ_CFLAGS\|CURL_CFLAGS\|CRYPTO_CFLAGS\) = //p' "$build/Makefile" |
            tr '\n' ' '
    )"
    if [ -n "$tidy_files" ]; then
        # shellcheck disable=SC2086,SC2016
        printf '%s\n' $tidy_files | xargs -P 2 -n 4 sh -c '
            flags=$1; shift; clang-tidy --quiet "$@" -- $flags 2>/dev/null; exit $?' sh "$flags"
    fi
    report clang-tidy $?
fi

if need cppcheck cppcheck; then
    cppcheck --quiet --std=c11 --language=c --error-exitcode=1 --inline-suppr -j 2 \
        --enable=warning,performance,portability --suppressions-list=build-aux/cppcheck.suppress \
        -I mod_b2bportal -I "$build/mod_b2bportal" mod_b2bportal
    report cppcheck $?
fi

if need shellcheck shellcheck; then
    sh_files=$(git ls-files '*.sh' 2>/dev/null || find . -name '*.sh')
    [ -f .ci/run ] && sh_files="$sh_files .ci/run"
    # shellcheck disable=SC2086,SC2016
    shellcheck $sh_files
    report shellcheck $?
fi

# check.sh leaves the pages out here, since it checks them in a step of its own.
if [ "${LINT_PAGES:-yes}" = yes ] && grep -q '^BUILD_PAGES_TRUE = *$' "$build/Makefile"; then
    work=$("$src/build-aux/pages.sh" prepare "$src" "$build")
    PATH=$("$src/build-aux/node.sh" "$build/build/node"):$PATH
    export PATH
    (cd "$work" && npm run --silent lint)
    report eslint $?
    (cd "$work" && npm run --silent types && node_modules/.bin/svelte-check --tsconfig ./tsconfig.json --fail-on-warnings)
    report svelte-check $?
fi

echo "lint: $passed passed, $failed failed"
[ "$failed" -eq 0 ]

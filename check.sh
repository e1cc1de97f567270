#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Build everything and run every test. Ends with "N passed, N failed"; anything red, or a test runner
# that is missing or ran nothing, makes it exit 1.
#
#   ./check.sh                  all steps
#   ./check.sh STEP…            only these (the build is always made): clang unit sanitizers pages
#                               httpd browser lint dist
#   B2B_CHECK_BUILD=DIR         where to build (default build/check, or a folder in /var/tmp where the
#                               server's worker user cannot reach this one)
set -u
cd "$(dirname "$0")" || exit 1
here=$PWD
# shellcheck source=build-aux/lib.sh
. build-aux/lib.sh

for step in "$@"; do
    case $step in
        clang | unit | sanitizers | pages | httpd | browser | lint | dist) ;;
        *)
            sed -n '3,10s/^# \{0,1\}//p' "$0"
            exit 2
            ;;
    esac
done
wanted=" ${*:-clang unit sanitizers pages httpd browser lint dist} "
PYTHON=${PYTHON:-/usr/bin/python3}
export PYTHON PYTHONDONTWRITEBYTECODE=1 LC_ALL=C.UTF-8
passed=0
failed=0
began=$SECONDS
summary=()

if [ -n "${B2B_CHECK_BUILD:-}" ]; then
    build=$B2B_CHECK_BUILD
elif worker_reaches "$here"; then
    build=$here/build/check
else
    build=/var/tmp/b2bportal-check-$(id -u)
fi
mkdir -p "$build/check-logs" || exit 1
build=$(cd "$build" && pwd)
logs=$build/check-logs

say() { printf '==> %s\n' "$*"; }

count() { # step passed failed: add to the totals
    passed=$((passed + $2))
    failed=$((failed + $3))
    summary+=("$(printf '%-12s %5d passed %4d failed  (%d s)' "$1" "$2" "$3" $((SECONDS - step_began)))")
}

# run STEP SECONDS COMMAND…: run it with its output in a log; the tail of the log is shown when it fails.
run() {
    local step=$1 limit=$2
    shift 2
    step_began=$SECONDS
    say "$step"
    timeout --kill-after=20 "$limit" "$@" >"$logs/$step.log" 2>&1 </dev/null
    local status=$?
    if [ $status -ne 0 ]; then
        [ $status -ne 124 ] || echo "$step took longer than $limit s and was stopped" >>"$logs/$step.log"
        # Of a runner that names each failure these are shown, of any other command its end.
        grep -E '^(FAIL|ERROR|not ok|# .*failed)|^(FAILED|E  ) ' "$logs/$step.log" | head -n 60 || true
        tail -n "${tail_lines:-60}" "$logs/$step.log"
        echo "    $step failed; the whole log: $logs/$step.log"
    fi
    return $status
}

# one STEP SECONDS COMMAND…: a step that counts as one test.
one() {
    if run "$@"; then count "$1" 1 0; else count "$1" 0 1; fi
}

# counted STEP STATUS PASSED FAILED: a runner that ran nothing, or failed without saying where, is a failure.
counted() {
    local step=$1 status=$2 ok=${3:-0} bad=${4:-0}
    if [ "$ok" -eq 0 ] && [ "$bad" -eq 0 ]; then
        echo "    $step: no test ran"
        bad=1
    elif [ "$status" -ne 0 ] && [ "$bad" -eq 0 ]; then
        bad=1
    fi
    count "$step" "$ok" "$bad"
}

automake_step() { # step folder [variable=value…]: make check, counted by what its TAP driver says
    local status=0 folder=$2
    rm -f "$folder/test-suite.log"
    tail_lines=1 run "$1" 1200 make -s -C "$folder" -j2 check "${@:3}" || status=$?
    counted "$1" $status "$(sed -n 's/^# PASS: *//p' "$folder/test-suite.log" 2>/dev/null)" \
        "$(awk '/^# (FAIL|ERROR|XPASS):/ { n += $3 } END { print n + 0 }' "$folder/test-suite.log" 2>/dev/null)"
}

listed_step() { # step seconds command…: a runner that prints "ok - …" and "not ok - …"
    local step=$1 status=0
    run "$@" || status=$?
    counted "$step" $status "$(grep -c '^ok - ' "$logs/$step.log")" "$(grep -c '^not ok - ' "$logs/$step.log")"
}

junit_step() { # step seconds junit-file command…
    local step=$1 limit=$2 junit=$3 status=0 counts
    shift 3
    rm -f "$junit"
    run "$step" "$limit" "$@" || status=$?
    counts=$("$PYTHON" - "$junit" <<'PY'
import sys, xml.etree.ElementTree as tree
passed = failed = 0
try:
    for case in tree.parse(sys.argv[1]).iter('testcase'):
        words = {child.tag: child for child in case}
        if words.keys() & {'failure', 'error'}:
            failed += 1
            print('    FAILED', case.get('classname'), case.get('name'), file=sys.stderr)
            fault = words.get('failure', words.get('error'))
            print('       ', ' '.join((fault.get('message') or '').split())[:400], file=sys.stderr)
        elif 'skipped' in words:
            print('    skipped', case.get('classname'), case.get('name'), file=sys.stderr)
        else:
            passed += 1
except (OSError, tree.ParseError):
    pass
print(passed, failed)
PY
    )
    # shellcheck disable=SC2086
    counted "$step" $status $counts
}

wants() { case $wanted in *" $1 "*) return 0 ;; *) return 1 ;; esac; }

# ---- what is needed, and the build -----------------------------------------------------------
say "packages"
groups="run build pages demo tests"
! wants httpd || groups="$groups pgsql"
! wants lint && ! wants clang || groups="$groups lint"
# shellcheck disable=SC2086
build-aux/packages.sh $groups || exit 1

step_began=$SECONDS
# shellcheck disable=SC2016
one configure 300 bash -c './autogen.sh && mkdir -p "$1" && cd "$1" && "$2/configure" -q --enable-werror' - "$build" "$here"
one build 900 make -s -C "$build" -j2
if [ $failed -ne 0 ]; then
    echo "$passed passed, $failed failed"
    exit 1
fi

# ---- the steps ---------------------------------------------------------------------------------
build_with() { # step folder configure-arguments…: a second build beside the first
    local step=$1 folder=$2
    shift 2
    # shellcheck disable=SC2016
    run "$step" 900 bash -c 'folder=$1 here=$2; shift 2; mkdir -p "$folder" && cd "$folder" &&
        "$here/configure" -q --enable-werror --without-pages "$@" && make -s -j2' - "$folder" "$here" "$@"
}

if wants unit; then
    automake_step unit "$build"
fi

if wants clang; then
    if build_with clang "$build/clang" CC=clang; then count clang 1 0; else count clang 0 1; fi
fi

if wants sanitizers; then
    if build_with sanitizers "$build/sanitizers" --enable-sanitizers CFLAGS='-g -O1'; then
        # shellcheck disable=SC2016
        automake_step sanitizers "$build/sanitizers" 'TESTS=$(unit_tests)'
    else
        count sanitizers 0 1
    fi
fi

if wants httpd; then
    export B2B_BUILD=$build
    junit_step httpd 2400 "$logs/httpd.xml" "$PYTHON" -m pytest -q -p no:cacheprovider tests/httpd -n 2 \
        --dist loadfile --junitxml "$logs/httpd.xml"
fi

if wants browser && [ -d tests/browser ]; then
    export B2B_BROWSER_JUNIT=$logs/browser.xml
    junit_step browser 2400 "$logs/browser.xml" make -s -C "$build" check-browser
fi

if wants pages; then
    listed_step pages 900 build-aux/pages.sh check "$here" "$build"
fi

if wants lint; then
    export LINT_PAGES=no
    listed_step lint 1200 make -s -C "$build" lint
fi

if wants dist; then
    # The archive configures, builds, installs and uninstalls; its tests are the ones that ran above.
    one dist 1200 make -s -C "$build" distcheck AM_MAKEFLAGS='TESTS= check_PROGRAMS='
fi

echo
printf '    %s\n' "${summary[@]}"
echo "    in $((SECONDS - began)) s; logs in $logs"
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]

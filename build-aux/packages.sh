#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# packages.sh GROUP…: see to it that the packages of these groups are installed, with apt, as root or
# through sudo. It asks apt for nothing when nothing is missing, and elsewhere than on Debian it says
# what is needed. The groups:
#   run      what the server needs            build   to compile it
#   pages    Node and npm                     demo    the mail catcher
#   pgsql    PostgreSQL and its driver        tests   Check, pytest, Chromium
#   lint     compilers and checkers
set -eu

packages_of() {
    case $1 in
        # apache2-bin and not apache2: no second server starts on port 80.
        run) echo apache2-bin libapache2-mod-auth-openidc libaprutil1-dbd-sqlite3 media-types \
            ca-certificates curl python3 ;;
        build) echo gcc libc6-dev make autoconf automake libtool pkg-config apache2-dev \
            libsqlite3-dev libpq-dev libjansson-dev libcurl4-openssl-dev libssl-dev python3-yaml xz-utils ;;
        pages) echo nodejs npm ca-certificates ;;
        demo) echo python3-aiosmtpd ;;
        pgsql) echo postgresql postgresql-client libaprutil1-dbd-pgsql ;;
        tests) echo check git python3-pytest python3-pytest-xdist python3-yaml python3-jsonschema \
            python3-requests python3-aiosmtpd chromium openssl curl nghttp2-client ;;
        lint) echo clang clang-tidy clang-format cppcheck shellcheck ;;
        *)
            echo "packages.sh: there is no group $1" >&2
            exit 2
            ;;
    esac
}

installed() {
    case $(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null) in
        installed) return 0 ;;
    esac
    # Node may come from elsewhere than apt; then Debian's packages would only be in its way.
    case $1 in
        nodejs) command -v node >/dev/null ;;
        npm) command -v npm >/dev/null ;;
        *) return 1 ;;
    esac
}

wanted=
for group in "$@"; do
    wanted="$wanted $(packages_of "$group")"
done

command -v dpkg-query >/dev/null || {
    echo "This is not Debian: install the equivalents of$wanted yourself." >&2
    exit 0
}

missing=
for package in $wanted; do
    installed "$package" || case " $missing " in
        *" $package "*) ;;
        *) missing="$missing $package" ;;
    esac
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" -eq 0 ]; then
    as_root=
elif command -v sudo >/dev/null; then
    as_root=sudo
else
    echo "These packages are missing and only root can install them (sudo is not there):" >&2
    echo "    apt-get install --no-install-recommends$missing" >&2
    exit 1
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
echo "  APT     $missing"
apt() {
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o Dpkg::Use-Pty=0 "$@" >"$log" 2>&1 </dev/null
}
# The lists of packages may be old, or missing in a container.
# shellcheck disable=SC2086
apt install --no-install-recommends $missing || { apt update && apt install --no-install-recommends $missing; } || {
    tail -n 15 "$log" >&2
    echo "apt-get could not install$missing: see above; then run this again." >&2
    exit 1
}

# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# What demo.sh and check.sh share.

worker_user=www-data

# worker_reaches DIR: can the user that the server's workers run as go into DIR?
worker_reaches() {
    if [ "$(id -u)" -ne 0 ]; then
        [ -x "$1" ] # the server then runs as we do
    else
        setpriv --reuid "$worker_user" --regid "$worker_user" --clear-groups test -x "$1" 2>/dev/null
    fi
}

#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# run.sh BUILD [argument of provider.mjs …]: unpack the provider's packages below the build folder BUILD
# (once) and become the provider. "run.sh BUILD --prepare" only unpacks.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
build=${1:?usage: run.sh BUILD [--prepare | argument of provider.mjs …]}
shift
PATH=$("$here/../../build-aux/node.sh" "$build/build/node"):$PATH
export PATH
# The packaged Node has certificates of its own; a company's proxy is known only to the system's.
system_certificates=/etc/ssl/certs/ca-certificates.crt
if [ -z "${NODE_EXTRA_CA_CERTS:-}" ] && [ -r $system_certificates ]; then
    export NODE_EXTRA_CA_CERTS=$system_certificates
fi

work=$build/build/provider
lock=$(cat "$here/package.json" "$here/package-lock.json" | sha256sum)
if [ "$(cat "$work/.packages" 2>/dev/null)" != "$lock" ]; then
    mkdir -p "$work"
    rm -f "$work/.packages"
    cp "$here/package.json" "$here/package-lock.json" "$here/.npmrc" "$work/"
    (cd "$work" && npm ci --loglevel=error --engine-strict=false --no-audit --no-fund --ignore-scripts) >&2 || {
        echo "run.sh: npm could not unpack the provider's packages: check the network and npm's settings" >&2
        exit 1
    }
    echo "$lock" > "$work/.packages"
fi
[ "${1:-}" != --prepare ] || exit 0
# Modules are found from where the program lies, so it runs as a copy beside its packages; another one may be reading it.
for file in provider.mjs pages.mjs; do
    cmp -s "$here/$file" "$work/$file" || { cp -f "$here/$file" "$work/$file.$$" && mv -f "$work/$file.$$" "$work/$file"; }
done
exec node "$work/provider.mjs" "$@"

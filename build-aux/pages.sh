#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# pages.sh build SRC BUILD        build the pages of SRC/htdocs into BUILD/build/htdocs
# pages.sh dist SRC BUILD DIST    put the built pages into the release archive DIST
# pages.sh prepare SRC BUILD      only make the working copy with all tools, print its folder
# pages.sh check SRC BUILD        types, lint, unit tests, budgets (npm run check)
#
# The build runs in a copy below the build folder: the sources stay clean and may be read-only.
# A release archive carries built pages; they are taken as they are, without Node.
set -eu

act=${1:?usage: pages.sh build|dist|prepare|check SRC BUILD [DIST]}
src=$2
build=$3
out=$build/build/htdocs
work=$build/build/pages/htdocs

stamp() { # what the built pages depend on, as one line
    (
        cd "$src"
        find htdocs docs/openapi.yaml build-aux/pages.sh -type f ! -path '*/node_modules/*' 2>/dev/null |
            LC_ALL=C sort | while read -r f; do sha256sum "$f"; done
    ) | sha256sum
}

prepare() {
    node_dir=$("$src/build-aux/node.sh" "$build/build/node")
    PATH=$node_dir:$PATH
    export PATH
    # The packaged Node has certificates of its own; a company's proxy is known only to the system's.
    system_certificates=/etc/ssl/certs/ca-certificates.crt
    if [ -z "${NODE_EXTRA_CA_CERTS:-}" ] && [ -r $system_certificates ]; then
        export NODE_EXTRA_CA_CERTS=$system_certificates
    fi
    mkdir -p "$work" "$build/build/pages/docs"
    # Everything but the packages is replaced; those only when the lock file changed.
    find "$work" -mindepth 1 -maxdepth 1 ! -name node_modules ! -name .packages -exec rm -rf {} +
    (cd "$src/htdocs" && tar cf - --exclude=./node_modules .) | (cd "$work" && tar xf - --no-same-owner)
    chmod -R u+w "$work"
    if [ -f "$src/docs/openapi.yaml" ]; then cp -f "$src/docs/openapi.yaml" "$build/build/pages/docs/"; fi
    # The cases that the pages' forms and the server's share.
    rm -rf "$build/build/pages/tests"
    mkdir -p "$build/build/pages/tests"
    if [ -d "$src/tests/vectors" ]; then cp -R "$src/tests/vectors" "$build/build/pages/tests/"; fi
    lock=$(cat "$work/package.json" "$work/package-lock.json" | sha256sum)
    if [ "$(cat "$work/.packages" 2>/dev/null)" != "$lock" ]; then
        echo "  NPM      htdocs" >&2
        rm -f "$work/.packages"
        # Node is the right one by now; a package that wants a newer npm than Debian's does not need it.
        (cd "$work" && npm ci --loglevel=error --engine-strict=false --no-audit --no-fund --ignore-scripts) >&2 || {
            echo "pages.sh: npm ci failed; see above. Without pages: ./configure --without-pages" >&2
            exit 1
        }
        echo "$lock" > "$work/.packages"
    fi
}

case $act in
    prepare)
        prepare
        echo "$work"
        ;;
    check)
        prepare
        cd "$work" && exec npm run --silent check
        ;;
    build)
        if [ -d "$src/build/htdocs" ] && [ -f "$src/build/htdocs/.release" ]; then
            if [ ! -f "$out/.release" ]; then
                echo "  PAGES    as released"
                mkdir -p "$out"
                (cd "$src/build/htdocs" && tar cf - .) | (cd "$out" && tar xf - --no-same-owner)
                chmod -R u+w "$out"
            fi
            exit 0
        fi
        [ -f "$src/htdocs/package.json" ] || exit 0
        now=$(stamp)
        if [ "$(cat "$build/build/pages/.stamp" 2>/dev/null)" = "$now" ] && [ -d "$out" ]; then
            exit 0
        fi
        prepare
        echo "  PAGES    build/htdocs"
        rm -rf "$out.new"
        # The pages' own build is told where to write; it must not know this tree.
        (cd "$work" && B2B_PAGES_OUT="$out.new" npm run --silent build -- --logLevel warn) || {
            echo "pages.sh: the build of the pages failed; see above" >&2
            exit 1
        }
        [ -d "$out.new" ] || {
            echo "pages.sh: npm run build wrote nothing to \$B2B_PAGES_OUT" >&2
            exit 1
        }
        rm -rf "$out"
        mv "$out.new" "$out"
        echo "$now" > "$build/build/pages/.stamp"
        ;;
    dist)
        dist=$4
        sh "$0" build "$src" "$build"
        [ -d "$out" ] || exit 0
        mkdir -p "$dist/build/htdocs"
        (cd "$out" && tar cf - .) | (cd "$dist/build/htdocs" && tar xf -)
        : > "$dist/build/htdocs/.release"
        ;;
    *)
        echo "pages.sh: unknown act $act" >&2
        exit 1
        ;;
esac

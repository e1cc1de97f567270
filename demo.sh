#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A whole portal server on this machine: installs what is missing, builds, starts httpd with
# mod_b2bportal and mod_auth_openidc, a development identity provider and a mail catcher, all on loopback,
# and fills in an invented manufacturer with three portals. Run again it takes seconds and keeps the data.
#
#   ./demo.sh                    run until Ctrl-C
#   ./demo.sh --detach           run in the background
#   ./demo.sh --stop             stop it
#   ./demo.sh --fresh            forget the data first
#   ./demo.sh --port N           portals at port N (default 8080; the helpers take the four ports after it)
#   ./demo.sh --data DIR         keep the data in DIR (default .demo here, or a folder in /var/tmp where the
#                                server's workers cannot reach this one)
#   ./demo.sh --database "pgsql host=… dbname=… user=…"    an empty PostgreSQL database instead of SQLite
set -eu
cd "$(dirname "$0")"
here=$PWD
# shellcheck source=build-aux/lib.sh
. build-aux/lib.sh

say() { printf '%s\n' "$*"; }
step() { printf '\033[1m==>\033[0m %s\n' "$*"; }
die() {
    printf 'demo.sh: %s\n' "$*" >&2
    exit 1
}
usage() {
    sed -n '3,/^set -eu/{/^set/d;s/^# \{0,1\}//p}' "$0"
    exit "$1"
}

port=8080 data='' fresh=no detach=no stop=no database=''
while [ $# -gt 0 ]; do
    case $1 in
        --port | --data | --database) [ $# -ge 2 ] || die "$1 needs a value; see ./demo.sh --help" ;;
    esac
    case $1 in
        --port) port=$2 && shift ;;
        --data) data=$2 && shift ;;
        --database) database=$2 && shift ;;
        --fresh) fresh=yes ;;
        --detach) detach=yes ;;
        --stop) stop=yes ;;
        -h | --help) usage 0 ;;
        *)
            echo "demo.sh: unknown argument $1" >&2
            usage 2 >&2
            ;;
    esac
    shift
done
if ! [[ $port =~ ^[0-9]{1,5}$ ]] || [ "$port" -lt 1 ] || [ "$port" -gt 65531 ]; then die "--port $port is not a port number"; fi
case $database in
    '' | 'pgsql '*) ;;
    *) die "--database begins with pgsql, such as: --database \"pgsql host=127.0.0.1 dbname=portals user=portals\"" ;;
esac

if [ -z "$data" ]; then
    if worker_reaches "$here"; then data=$here/.demo; else data=/var/tmp/b2bportal-demo-$(id -u); fi
fi
mkdir -p "$data" 2>/dev/null || die "cannot make the folder $data: choose another one with --data DIR"
data=$(cd "$data" && pwd)
worker_reaches "$data" || die "the server's user $worker_user cannot go into $data: choose another one with --data DIR"
build=${B2B_DEMO_BUILD:-$here/build/demo} # B2B_DEMO_BUILD: a configured build folder to take instead
domain=portals.localhost
url=http://$domain:$port
provider_port=$((port + 1)) mail_port=$((port + 2)) smtp_port=$((port + 3)) app_port=$((port + 4))
issuer=http://127.0.0.1:$provider_port
PYTHON=/usr/bin/python3
export PYTHONDONTWRITEBYTECODE=1

# ---- stopping ----------------------------------------------------------------------------------
# A process is ours if its command line or environment names our data folder; ids are used again.
ours() {
    [ -n "${1:-}" ] && kill -0 "$1" 2>/dev/null &&
        { tr '\0' ' ' </proc/"$1"/cmdline; tr '\0' ' ' </proc/"$1"/environ; } 2>/dev/null | grep -qF "$data"
}

stop_all() { # ask all of them, then wait; true if any ran
    local file pid pids=()
    for file in "$data"/run/*.pid; do
        [ -f "$file" ] || continue
        pid=$(cat "$file")
        if ours "$pid"; then
            kill -TERM "$pid" 2>/dev/null || true
            pids+=("$pid")
        fi
    done
    for pid in "${pids[@]}"; do
        for _ in $(seq 100); do
            kill -0 "$pid" 2>/dev/null || continue 2
            sleep 0.1
        done
        kill -KILL "$pid" 2>/dev/null || true
    done
    rm -f "$data"/run/*.pid
    [ ${#pids[@]} -gt 0 ]
}

if [ $stop = yes ]; then
    if stop_all; then say "The demo in $data is stopped; its data is kept."; else say "No demo runs in $data."; fi
    exit 0
fi

# ---- installing and building ---------------------------------------------------------------------
step "What is needed"
if [ -n "$database" ]; then build-aux/packages.sh run build pages demo pgsql; else build-aux/packages.sh run build pages demo; fi

if ! mkdir -p "$build" || [ ! -w "$build" ]; then
    die "cannot write to $build: run with sudo once more, or remove that folder"
fi
log=$build/demo-build.log
quietly() { # what: run the command; show its end if it fails
    local what=$1
    shift
    "$@" >"$log" 2>&1 </dev/null || {
        tail -n 40 "$log" >&2
        die "$what failed; the whole output is in $log"
    }
}
newer() { # is any of the files newer than the first?
    local file target=$1
    shift
    [ -e "$target" ] || return 0
    for file in "$@"; do
        if [ "$file" -nt "$target" ]; then return 0; fi
    done
    return 1
}
step "Build (in ${build#"$here"/})"
if [ -z "${B2B_DEMO_BUILD:-}" ] && newer configure configure.ac Makefile.am mod_b2bportal/*/sources.am tests/*/*.am; then
    quietly "autogen.sh" ./autogen.sh
fi
if [ ! -e "$build/config.status" ] || { [ -z "${B2B_DEMO_BUILD:-}" ] && [ configure -nt "$build/config.status" ]; }; then
    quietly "configure" bash -c "cd '$build' && '$here/configure' -q PYTHON=$PYTHON"
fi
build-aux/node.sh "$build/build/node" >/dev/null # before two need it at a time
demo/provider/run.sh "$build" --prepare &
provider_packages=$!
quietly "make" make -s -C "$build" -j"$(nproc)"
wait $provider_packages || die "the identity provider's packages could not be unpacked; see above"

# ---- the data folder -----------------------------------------------------------------------------
if stop_all; then say "    (stopped the one that ran)"; fi
if [ $fresh = yes ]; then
    step "Forget the data in $data"
    for name in bin conf db files logs mail metadata pages provider run sessions site; do
        rm -rf "${data:?}/$name"
    done
fi
free() { ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
for number in "$port" $provider_port $mail_port $smtp_port $app_port; do
    free "$number" || die "port $number on 127.0.0.1 is taken by another program: try ./demo.sh --port $((port + 1000))"
done

if [ -e "$data/db" ] && { [ ! -w "$data/db" ] || [ ! -w "$data/conf" ]; }; then
    die "the data in $data belongs to somebody else ($(stat -c %U "$data/db")): run with sudo, or choose another folder with --data DIR"
fi
mkdir -p "$data"/{bin,conf,db,files,logs,mail,metadata,pages,provider,run,sessions,site}
cp -f "$build/.libs/mod_b2bportal.so" "$build/b2bportalctl" "$data/bin/"
rm -rf "$data/pages" "$data/site"
cp -R "$build/build/htdocs" "$data/pages"
cp -R demo/site "$data/site"
chmod -R a+rX "$data/bin" "$data/pages" "$data/site"
[ -s "$data/conf/passphrase" ] || (umask 077 && head -c 32 /dev/urandom | sha256sum | cut -d' ' -f1 >"$data/conf/passphrase")

as_worker() {
    if [ "$(id -u)" -eq 0 ]; then
        setpriv --reuid "$worker_user" --regid "$worker_user" --init-groups "$@"
    else
        "$@"
    fi
}
if [ "$(id -u)" -eq 0 ]; then
    chown "$worker_user:$worker_user" "$data/db" "$data/files" "$data/metadata" "$data/sessions"
fi
chmod 750 "$data/db" "$data/files" "$data/metadata"
chmod 700 "$data/sessions"
if [ -n "$database" ]; then database_is=$database; else database_is="sqlite3 $data/db/portals.db"; fi

step "Database (${database_is%% *})"
as_worker "$data/bin/b2bportalctl" --database "$database_is" migrate >"$data/logs/migrate.log" 2>&1 || {
    cat "$data/logs/migrate.log" >&2
    die "the database could not be made or upgraded: ${database_is}"
}

# ---- starting --------------------------------------------------------------------------------------
start() { # name ready-word command…: in the background, until its log says that it is ready
    local name=$1 ready=$2
    shift 2
    : >"$data/logs/$name.log"
    # shellcheck disable=SC2016
    B2B_DEMO=$data setsid bash -c 'echo $$ >"$1"; shift; exec "$@"' - "$data/run/$name.pid" "$@" \
        >>"$data/logs/$name.log" 2>&1 </dev/null &
    for _ in $(seq 300); do
        ! grep -q "^$ready" "$data/logs/$name.log" || return 0
        if [ -s "$data/run/$name.pid" ] && ! kill -0 "$(cat "$data/run/$name.pid")" 2>/dev/null; then break; fi
        sleep 0.1
    done
    tail -n 20 "$data/logs/$name.log" >&2
    stop_all || true
    die "the $name did not start; see above and $data/logs/$name.log"
}

step "Identity provider, mail catcher, application"
$PYTHON demo/world.py people "$data/provider/people.json"
start provider ready demo/provider/run.sh "$build" --port $provider_port --people "$data/provider/people.json" \
    --guests "$data/provider/guests.json" --keys "$data/provider/keys.json" --domain $domain --name "Falkenberg ID"
start mail ready $PYTHON demo/mail/catcher.py --smtp $smtp_port --web $mail_port --folder "$data/mail"
start app ready $PYTHON demo/app/app.py --port $app_port

step "httpd"
metadata=$data/metadata/127.0.0.1%3A$provider_port
curl -fsS "$issuer/.well-known/openid-configuration" >"$metadata.provider" || die "the provider does not answer at $issuer"
echo '{"client_id": "b2bportal", "client_secret": "b2bportal-development-secret"}' >"$metadata.client"
echo '{"scope": "openid email profile"}' >"$metadata.conf"
[ "$(id -u)" -ne 0 ] || chown -R "$worker_user:$worker_user" "$data/metadata"
cp -f conf/b2bportal-vhost.conf conf/openidc.conf "$data/conf/"

modules=$(sed -n 's/^HTTPD_MODULES = //p' "$build/Makefile")
httpd=$(sed -n 's/^HTTPD = //p' "$build/Makefile")
load_modules=
for module in mpm_event authn_core authz_core authz_user alias dir mime env headers setenvif include filter \
    deflate proxy proxy_http watchdog auth_openidc; do
    [ ! -e "$modules/mod_$module.so" ] || load_modules+="LoadModule ${module}_module $modules/mod_$module.so"$'\n'
done
identity=
[ "$(id -u)" -ne 0 ] || identity="User $worker_user"$'\n'"Group $worker_user"
if [ -n "$database" ]; then database_line="pgsql \"${database#pgsql }\""; else database_line="sqlite3 \"$data/db/portals.db\""; fi
conf=$(<demo/httpd.conf.in)
conf=${conf//@LOAD_MODULES@/"$load_modules"}
conf=${conf//@IDENTITY@/"$identity"}
conf=${conf//@DATA@/"$data"}
conf=${conf//@DATABASE@/"$database_line"}
conf=${conf//@DOMAIN@/"$domain"}
conf=${conf//@PORT@/"$port"}
conf=${conf//@ISSUER@/"$issuer"}
conf=${conf//@SMTP_PORT@/"$smtp_port"}
conf=${conf//@APP_PORT@/"$app_port"}
conf=${conf//@ADMINISTRATOR@/"$($PYTHON -c 'import sys; sys.path.insert(0, "demo"); import world; print(world.HOST_USERS[0][1].email)')"}
printf '%s\n' "$conf" >"$data/conf/httpd.conf"

: >"$data/logs/httpd-start.log"
B2B_DEMO=$data "$httpd" -d "$data" -f "$data/conf/httpd.conf" -k start >"$data/logs/httpd-start.log" 2>&1 </dev/null || {
    cat "$data/logs/httpd-start.log" >&2
    tail -n 5 "$data/logs/error.log" >&2 2>/dev/null || true
    stop_all || true
    die "httpd did not start; see above"
}
answers=no
for _ in $(seq 100); do
    if [ "$(curl -s -o /dev/null -w '%{http_code}' --resolve "$domain:$port:127.0.0.1" "$url/api/v1/openapi.json")" = 200 ]; then
        answers=yes
        break
    fi
    sleep 0.1
done
if [ $answers = no ]; then
    tail -n 20 "$data/logs/error.log" >&2
    stop_all || true
    die "httpd started, but $url/ does not answer as it should; see $data/logs/error.log"
fi

if [ ! -e "$data/db/seeded" ]; then
    step "Invented manufacturer, portals, partners and people"
    $PYTHON demo/seed.py --url "$url" --issuer "$issuer" --mail "http://127.0.0.1:$mail_port" || {
        tail -n 10 "$data/logs/error.log" >&2
        stop_all || true
        die "the demo's data could not be filled in; see above. Try again with --fresh"
    }
    : >"$data/db/seeded"
fi

say ""
say "The demo runs. Nobody has a password: the provider's page asks who you are."
say ""
$PYTHON demo/world.py who "$url"
say "  Mail that the portals sent (the pending invitations, for example)"
say "      http://127.0.0.1:$mail_port/"
say ""
say "  Data and logs: $data"
if [ $detach = yes ]; then
    say "  Stop it with:  ./demo.sh --stop$([ "$data" = "$here/.demo" ] || printf ' --data %s' "$data")"
    exit 0
fi
say "  Ctrl-C stops it; the data is kept."
trap 'echo; stop_all || true; say "Stopped."; exit 0' INT TERM HUP
while ours "$(cat "$data/run/httpd.pid" 2>/dev/null)"; do
    sleep 1 &
    wait $! || true
done
stop_all || true
die "httpd ended by itself; see $data/logs/error.log"

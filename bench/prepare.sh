#!/bin/sh
# Installs nginx, which the bench measures against, where it is missing. Says nothing when all is
# well; exit status 1 with the reason when it cannot. nginx is not started as a service.
set -eu

PATH=$PATH:/usr/sbin:/usr/local/sbin

if command -v nginx >/dev/null 2>&1; then
    exit 0
fi
if ! command -v apt-get >/dev/null 2>&1; then
    echo "bench: nginx is missing, and there is no apt-get to install it with" >&2
    exit 1
fi
as_root=
if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null 2>&1 || ! sudo -n true 2>/dev/null; then
        echo "bench: nginx is missing; run: sudo apt-get install nginx" >&2
        exit 1
    fi
    as_root=sudo
fi

log=$(mktemp)
policy=/usr/sbin/policy-rc.d
made_policy=
finish() {
    rm -f "$log"
    if [ -n "$made_policy" ]; then
        $as_root rm -f "$policy"
    fi
}
trap finish EXIT
trap 'exit 1' HUP INT TERM

# Debian asks this file before it starts the service of a package it has just installed.
if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' | $as_root tee "$policy" >/dev/null
    made_policy=yes
    $as_root chmod 755 "$policy"
fi

install_nginx() {
    $as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -q --no-install-recommends nginx >>"$log" 2>&1
}
if ! install_nginx; then
    $as_root apt-get update -q >>"$log" 2>&1 || true
    if ! install_nginx; then
        echo "bench: nginx cannot be installed:" >&2
        tail -n 5 "$log" >&2
        exit 1
    fi
fi

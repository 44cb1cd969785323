#!/bin/sh
# Fetches what tests need beside the JDK and Maven, where it is missing: Debian's packages, and the
# official client SDKs into server/target/sdk. Quiet, and done at once when all is there.
#
# What cannot be had (no network, no rights) is no failure here: server/target/sdk/LANGUAGE.missing
# says why, and the tests of that SDK report themselves as not run with these words.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
sdk=$here/../../target/sdk
mkdir -p "$sdk"
sdk=$(cd "$sdk" && pwd)
log=$sdk/prepare.log
: >"$log"

has() { command -v "$1" >/dev/null 2>&1; }

# ------------------------------------------------------------------ Debian's packages

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif has sudo && sudo -n true 2>/dev/null; then
        sudo "$@"
    else
        return 1
    fi
}

apt_install() {
    as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -q --no-install-recommends "$@" >>"$log" 2>&1
}

debian() {
    missing=
    has curl || missing="$missing curl"
    has python3 || missing="$missing python3"
    python3 -c 'import ensurepip, venv' >/dev/null 2>&1 || missing="$missing python3-venv"
    has node || missing="$missing nodejs"
    has npm || missing="$missing npm"
    if [ -z "$missing" ] || ! has apt-get; then
        return 0
    fi
    # shellcheck disable=SC2086
    if ! apt_install $missing; then
        as_root apt-get update -q >>"$log" 2>&1 || true
        # shellcheck disable=SC2086
        apt_install $missing || true
    fi
}

# ------------------------------------------------------------------ SDKs

# The last line of the log that says something, as the reason.
reason() { grep -E '[[:alnum:]]' "$log" | tail -n 1 | cut -c 1-200; }

# sdk LANGUAGE STAMP INSTALL: runs INSTALL unless it was done for the same STAMP.
sdk() {
    if [ "$(cat "$sdk/$1/.stamp" 2>/dev/null)" = "$2" ]; then
        return 0
    fi
    rm -rf "${sdk:?}/$1" "$sdk/$1.missing"
    if "$3"; then
        printf '%s\n' "$2" >"$sdk/$1/.stamp"
    else
        rm -rf "${sdk:?}/$1"
        printf '%s\n' "$(reason)" >"$sdk/$1.missing"
    fi
}

# A try must not hold up everything else where nothing answers.
patiently() {
    if has timeout; then timeout 240 "$@"; else "$@"; fi >>"$log" 2>&1
}

install_python() {
    if ! has python3; then
        echo "python3 is not installed" >>"$log"
        return 1
    fi
    python3 -m venv "$sdk/python" >>"$log" 2>&1 &&
        patiently "$sdk/python/bin/pip" install -q --disable-pip-version-check \
            --retries 1 --timeout 15 -r "$here/sdk/requirements.txt"
}

install_node() {
    if ! has npm; then
        echo "npm is not installed" >>"$log"
        return 1
    fi
    mkdir -p "$sdk/node"
    cp "$here/sdk/package.json" "$here/sdk/package-lock.json" "$sdk/node/"
    patiently npm ci --prefix "$sdk/node" --ignore-scripts --no-audit --no-fund \
        --no-update-notifier --fetch-retries=1 --fetch-timeout=15000
}

stamp() { { "$1" --version 2>&1 || true; cat "$2"; } | cksum; }

debian
sdk python "$(stamp python3 "$here/sdk/requirements.txt")" install_python
sdk node "$(stamp node "$here/sdk/package-lock.json")" install_node

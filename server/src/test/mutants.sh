#!/bin/sh
# Applies each mutant of docs/invariants.md to a copy of the sources and runs the test that the same
# row names: the test must fail, and for no other reason than the mutant (so it must compile).
#
#   mutants.sh [NAME ...]     all, or the named ones
set -eu
cd "$(dirname "$0")/../../.."
copy=server/target/mutants
failed=0
count=0

# Rows look like: | I-11 What it says | `tollgate.money.RaceTest#i11…` | `purse-takes-more` |
rows() {
    sed -nE 's/^\| *(I-[0-9]+)[^|]*\| *`([^`|]+)` *\| *`([a-z0-9-]+)` *\|$/\1\t\2\t\3/p' docs/invariants.md
}

wanted() { [ -z "$names" ] || printf '%s\n' $names | grep -qx "$1"; }

maven() { (cd "$copy" && mvn -B -o -ntp -q -Pquick -pl protocol,server "$@"); }

# Compiled once; after each mutant the sources are as they were, with a later time, so that only what
# a mutant touched is compiled again.
lay_out() {
    rm -rf "$copy"
    mkdir -p "$copy"
    git ls-files -z pom.xml .mvn protocol server bench/pom.xml | xargs -0 cp --parents -t "$copy"
    maven test-compile
}

run() {
    invariant=$1 test=$2 mutant=$3
    patch="server/src/test/mutants/$mutant.patch"
    log="server/target/mutant-$mutant.log"
    if ! patch -s -p1 --dry-run -d "$copy" <"$patch" >"$log" 2>&1; then
        echo "STALE    $invariant $mutant: the patch does not apply"
        return 1
    fi
    patch -s -p1 -d "$copy" <"$patch"
    status=0
    maven test -Dtest="$test" -Dsurefire.failIfNoSpecifiedTests=false >"$log" 2>&1 || status=$?
    patch -s -R -p1 -d "$copy" <"$patch"
    if [ "$status" -eq 0 ]; then
        echo "SURVIVED $invariant $mutant: $test passes"
        return 1
    fi
    if ! grep -Eq '<<< (FAILURE|ERROR)!' "$log"; then
        echo "BROKEN   $invariant $mutant: see $log"
        return 1
    fi
    echo "killed   $invariant $mutant"
}

names=$*
mkdir -p server/target
rows >server/target/mutants.tsv
lay_out
while IFS="$(printf '\t')" read -r invariant test mutant; do
    wanted "$mutant" || continue
    count=$((count + 1))
    run "$invariant" "$test" "$mutant" </dev/null || failed=$((failed + 1))
done <server/target/mutants.tsv
echo "mutants: $((count - failed)) of $count killed"
[ "$count" -gt 0 ] && [ "$failed" -eq 0 ]

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

# Rows look like: | I-11 | tollgate.money.RaceTest#i11… | `purse-takes-more` |
rows() {
    grep -E '^\| *I-[0-9]+.*`[a-z0-9-]+` *\|$' docs/invariants.md |
        sed -E 's/^\| *([^|]*[^ |]) *\| *`?([^|`]*[^ |`])`? *\| *`([a-z0-9-]+)` *\|$/\1\t\2\t\3/'
}

wanted() { [ -z "$names" ] || printf '%s\n' $names | grep -qx "$1"; }

run() {
    invariant=$1 test=$2 mutant=$3
    rm -rf "$copy"
    mkdir -p "$copy"
    git ls-files -z pom.xml .mvn protocol server | xargs -0 cp --parents -t "$copy"
    if ! patch -s -p1 -d "$copy" <"server/src/test/mutants/$mutant.patch"; then
        echo "STALE    $invariant $mutant: the patch does not apply"
        return 1
    fi
    log="server/target/mutant-$mutant.log"
    if (cd "$copy" && mvn -B -o -ntp -q -Pquick -pl protocol,server test -Dtest="$test" \
        -Dsurefire.failIfNoSpecifiedTests=false >"$OLDPWD/$log" 2>&1); then
        echo "SURVIVED $invariant $mutant: $test passes"
        return 1
    fi
    if ! grep -q 'There are test failures' "$log"; then
        echo "BROKEN   $invariant $mutant: see $log"
        return 1
    fi
    echo "killed   $invariant $mutant"
}

names=$*
rows >server/target/mutants.tsv
while IFS="$(printf '\t')" read -r invariant test mutant; do
    wanted "$mutant" || continue
    count=$((count + 1))
    run "$invariant" "$test" "$mutant" </dev/null || failed=$((failed + 1))
done <server/target/mutants.tsv
echo "mutants: $((count - failed)) of $count killed"
[ "$count" -gt 0 ] && [ "$failed" -eq 0 ]

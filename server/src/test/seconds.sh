#!/bin/sh
# What the tests took and how many passed, by kind, from Surefire's reports.
#
#   seconds.sh MODULE...      such as: seconds.sh protocol server bench
#
# A kind is the package of its tests (money, contract, recorded, sdk, fuzz …), `fuzz` and `golden`
# also by the name of the class, `bench` by its module; all others are unit tests beside the code.
set -eu

kinds='BEGIN { split("unit golden contract money recorded sdk browser fuzz bench", order, " ") }

function attribute(name,    from, rest) {
    from = index($0, " " name "=\"")
    if (from == 0) return ""
    rest = substr($0, from + length(name) + 3)
    return substr(rest, 1, index(rest, "\"") - 1)
}

function kind(class, file,    part) {
    if (file ~ /^bench\//) return "bench"
    if (class ~ /Fuzz[A-Za-z0-9]*Test$/) return "fuzz"
    if (class ~ /Golden[A-Za-z0-9]*Test$/) return "golden"
    split(class, part, ".")
    return part[2] ~ /^(golden|contract|money|recorded|sdk|browser|fuzz)$/ ? part[2] : "unit"
}

/<testsuite / && FILENAME != seen {
    seen = FILENAME
    k = kind(attribute("name"), FILENAME)
    seconds[k] += attribute("time")
    run[k] += attribute("tests")
    tests += attribute("tests")
    failures += attribute("failures")
    errors += attribute("errors")
    skipped += attribute("skipped")
}

END {
    for (i = 1; i in order; i++) {
        if (order[i] in run) {
            printf "%-9s %7.1f s %6d tests\n", order[i], seconds[order[i]], run[order[i]]
        }
    }
    printf "Tests run: %d, Failures: %d, Errors: %d, Skipped: %d\n", tests, failures, errors, skipped
    printf "%d passed, %d failed\n", tests - failures - errors - skipped, failures + errors
}'

set -- $(for module; do
    find "$module/target/surefire-reports" -name 'TEST-*.xml' 2>/dev/null || true
done)
[ $# -gt 0 ] || exit 0

# What the kinds that need something from outside said about themselves.
sed -n 's/^\(<system-out><!\[CDATA\[\)\{0,1\}\(recorded .*\)$/\2/p; s/^\(<system-out><!\[CDATA\[\)\{0,1\}\(sdk [a-z].*\)$/\2/p' \
    "$@" | sed 's/]]>.*//' | sort -u
awk "$kinds" "$@"

# Directories on a network file system are other machines: an election there needs a store that is declared, a
# publication there a cache of public data, an auditor's report a store; undeclared or abroad: refused, nothing written.
. "$ROOT/tests/cases/lib.bash"
far=$(dirname "$REKAP")/tests/crash/libjauh.so
[ -e "$far" ] || { echo "$far is not built"; exit 77; }
case $(ldd "$REKAP" 2>/dev/null) in *asan*) echo "nothing can be preloaded under ASan"; exit 77 ;; esac
small_tree
small_contest
small_forms
new_election p
expect 0 "$REKAP" import p --kontes ppwp forms.csv
mkdir jauh
jauh=$(realpath jauh)
r() { env LD_PRELOAD="$far" REKAP_JAUH="$jauh" "$REKAP" "$@"; }
cal="--kalender $ROOT/data/kalender/holidays-2024-2026.csv"
mkdir reg && cp "$ROOT/data/ppid/register-2024.jsonl" reg/register.jsonl

declare_path() { # KIND COUNTRY HOLDS PATH
    printf '{"format":"rekap-residency-1","name":"u","operator":"K","date":"2026-11-24","targets":[{"id":"t","kind":"%s","operator":"X","country":"%s","holds":"%s","public_abroad":%s,"path":"%s"}]}\n' \
        "$1" "$2" "$3" "$([ "$2" = ID ] && echo false || echo true)" "$4" >declared.json
    export REKAP_RESIDENCY=$PWD/declared.json
}
empty() { [ -z "$(ls -A jauh)" ] || { ls -R jauh; fail "something was written: $*"; }; }
refused() { # RULE COMMAND...
    local rule=$1
    shift
    expect 1 r "$@"
    grep -q "rule $rule" out.txt || { cat out.txt; fail "not by $rule: $*"; }
    empty "$@"
}
# nothing is declared
refused S01 init jauh/baru --nama X --id x
refused S01 publish p jauh/a/b/terbit
refused S01 release p jauh/rilis --quiet
refused S01 ppid terbit reg jauh/permohonan $cal
refused S01 disclose "$ROOT/infra" jauh/ungkap --tanpa-diagram
refused S01 disclose "$ROOT/infra" jauh/ungkap --tanpa-diagram --restricted --for auditor-1
# declared for something else, for other data, somewhere else, abroad
declare_path cdn ID public "$jauh"
refused S06 init jauh/baru --nama X --id x
refused S06 disclose "$ROOT/infra" jauh/ungkap --tanpa-diagram --restricted --for auditor-1
declare_path store ID public "$jauh"
refused S02 init jauh/baru --nama X --id x
refused S06 publish p jauh/terbit
declare_path cdn ID public "$jauh/lain"
refused S01 publish p jauh/terbit
declare_path store SG non-public "$jauh"
refused S02 init jauh/baru --nama X --id x
declare_path store SG public "$jauh"
refused S04 publish p jauh/terbit

# declared as it is used
declare_path cdn SG public "$jauh" # a cache of public data may be abroad
expect 0 r publish p jauh/terbit
expect 0 r release p jauh/rilis --quiet
expect 0 r ppid terbit reg jauh/permohonan $cal
expect 0 r disclose "$ROOT/infra" jauh/ungkap --tanpa-diagram
rm -rf jauh/*
declare_path store ID non-public "$jauh"
expect 0 r init jauh/baru --nama X --id x
expect 0 r wilayah jauh/baru wilayah.csv
expect 0 r disclose "$ROOT/infra" jauh/ungkap --tanpa-diagram --restricted --for auditor-1
unset REKAP_RESIDENCY
expect 1 r wilayah jauh/baru wilayah.csv
grep -q 'rule S01' out.txt
# and everything else is here, and needs no word
expect 0 r publish p terbit

# rekap mirror killed at any moment, again and again: under final names there is never anything that is not proven, and
# the next run goes on from where the last one was.
. "$ROOT/tests/cases/lib.bash"

pids=()
trap 'for p in "${pids[@]}"; do kill "$p" 2>/dev/null || true; done' EXIT
proven() {
    local r
    for r in m/rilis-*/; do
        [ -e "$r" ] || continue
        (cd "$r" && sha256sum -c --quiet manifest/index && cat manifest/[0-9a-f][0-9a-f] | sha256sum -c --quiet) ||
            fail "$r has its name and is not what its manifest says"
        [ "$(find "$r" -type f | wc -l)" = "$(find "out/$(basename "$r")" -type f | wc -l)" ] || fail "$r is not whole"
    done
    [ ! -e m/log/checkpoint ] || "$(dirname "$REKAP")/rekap-verify" m/log --no-state --key "$key" >v.txt ||
        { grep -v "is no part of the log" v.txt | grep -q '^FAIL' && { cat v.txt; fail "the log has a checkpoint and does not verify"; }; }
    [ ! -e m/terbaru.json ] || [ -e "m/$(python3 -c 'import json; print(json.load(open("m/terbaru.json"))["rilis"])')/manifest/note" ] ||
        fail "terbaru.json names what is not there"
}

small_tree
small_contest
python3 - >forms.csv <<'PY'
print("tps,pemilih_dpt_l,pemilih_dpt_p,suara_01,suara_02,suara_sah,suara_tidak_sah,suara_total")
for t in ("1101012001001", "1101012001002", "1101012002001", "1101012001901"):
    print(f"{t},140,150,30,200,230,5,235")
PY
new_election p
expect 0 "$REKAP" import p --kontes ppwp forms.csv
for i in $(seq 1 70); do # a log of more than one tile
    sed "s/,30,200,230,5,235/,$((100 + i)),$((130 - i)),230,5,235/" forms.csv >again.csv
    expect 0 "$REKAP" import p --kontes ppwp --alasan "ulang $i" again.csv
done
expect 0 "$REKAP" release p out --quiet
key=$("$REKAP" kunci p | awk '/checkpoint/{print $NF}')
echo '[["*", {"slow": 3}]]' >mode.json
python3 "$ROOT/tests/mirror_server.py" out mode.json all.log >url.txt 2>errors.txt &
pids+=($!)
for _ in $(seq 100); do [ -s url.txt ] && break; sleep 0.1; done
url=$(cat url.txt)

rounds() { # how often killed before it was done; at most N kills
    local kills=0 ms
    while [ "$kills" -lt "$1" ]; do
        ms=$((RANDOM % 350 + 5))
        "$REKAP" mirror "$url" m --key "$key" --quiet >run.txt 2>&1 &
        local run=$!
        sleep "0.$(printf %03d "$ms")"
        if kill -9 "$run" 2>/dev/null; then
            wait "$run" 2>/dev/null || true
            kills=$((kills + 1))
        else
            wait "$run" && return 0
            cat run.txt
            fail "a run failed by itself"
        fi
        proven
    done
}
rounds 25
expect 0 "$REKAP" mirror "$url" m --key "$key" --quiet
proven
diff -r --exclude=.rilis.lock --exclude=.cermin out m || fail "the mirror is not the source"
# each file of the release was sent whole once; what a kill cut off went on
sent=$(awk -v r="$(readlink out/terbaru)/" 'index($1, r) == 1 {n += $4} END {print n}' all.log)
all=$(find "out/$(readlink out/terbaru)/" -type f -printf '%s\n' | awk '{n += $1} END {print n}')
[ "$sent" -lt $((all * 3)) ] || fail "$sent bytes were sent for a release of $all: nothing was gone on with"

# the same over a change, with a mirror that is already served
for i in 1 2 3; do
    sed "s/,30,200,230,5,235/,$((10 + i)),$((220 - i)),230,5,235/" forms.csv | head -n 3 >again.csv
    expect 0 "$REKAP" import p --kontes ppwp --alasan "lagi $i" again.csv
    expect 0 "$REKAP" release p out --quiet
    touch -d '2 minutes ago' m/.cermin/terbaru.json
    rounds 6
    expect 0 "$REKAP" mirror "$url" m --key "$key" --quiet
    proven
    expect 0 "$REKAP" verify-release m/terbaru --key "$key" --quiet
done
diff -r --exclude=.rilis.lock --exclude=.cermin --exclude='*.p' out m || fail "the mirror is not the source"

# Witnesses of a served log: asked in the background, shown, their cosignatures handed out; one that is away
# stops nothing; one that has seen more than the store stops signing until it is resolved.
. "$ROOT/tests/cases/lib.bash"
WITNESS=$(dirname "$REKAP")/rekap-witness
small_tree
small_contest
small_forms
new_election p
expect 0 "$REKAP" import p --kontes ppwp forms.csv
log_key=$("$REKAP" kunci p --json | python3 -c 'import json,sys; print([k["kunci"] for k in json.load(sys.stdin) if k["guna"] == "checkpoint"][0])')

expect 1 "$REKAP" saksi p # no policy
grep -q "policy is not there" out.txt || fail "no word that there is no policy"

pids=""
trap 'for x in $pids; do kill "$x" 2>/dev/null || true; done' EXIT
start_witness() { # NAME [ADDRESS]: its address in NAME.url, its process in NAME.pid
    "$WITNESS" serve "$1" --listen "${2:-127.0.0.1:0}" >"$1.said" 2>&1 &
    echo $! >"$1.pid"
    pids="$pids $!"
    for _ in $(seq 100); do grep -q 'http://' "$1.said" && break; sleep 0.1; done
    grep -o 'http://[^ ]*' "$1.said" | head -n 1 | sed 's,/*$,,' >"$1.url"
    [ -s "$1.url" ] || { cat "$1.said"; fail "the witness $1 does not start"; }
}
: >witnesses.txt
for w in satu dua tiga; do
    "$WITNESS" init $w --name "$w.example/w" >$w.key
    "$WITNESS" log $w --add "$log_key" >/dev/null
    start_witness $w
    echo "witness $w $(cat $w.key) $(cat $w.url)/" >>witnesses.txt
done
{ echo "log $log_key"; cat witnesses.txt; echo "group saksi 2 satu dua tiga"; echo "quorum saksi"; } >policy
cp policy p/policy

# once, by hand
expect 0 "$REKAP" saksi p
[ "$(grep -c '^ok ' out.txt)" = 3 ] && grep -q "cosigned by a quorum" out.txt || { cat out.txt; fail "three witnesses do not cosign"; }
[ "$(grep -c '^— ' p/cosigned)" = 4 ] || fail "the cosigned checkpoint has not four signatures"
expect 0 "$REKAP" publish p out
cmp out/log/checkpoint p/cosigned || fail "not the cosigned checkpoint is published"
cmp out/policy policy || fail "the policy is not published"
cp -r p older

# served: new entries are cosigned in the background
"$REKAP" serve p --listen 127.0.0.1:0 --quiet >said.txt 2>errors.txt &
server=$!
pids="$pids $server"
for _ in $(seq 100); do grep -q 'http://' said.txt && break; sleep 0.1; done
url=$(grep -o 'http://[^ ]*' said.txt | head -n 1)
url=${url%/}
until_log() { # PYTHON-EXPRESSION over d, within 20 seconds
    for _ in $(seq 100); do
        curl -sS --max-time 10 "$url/api/v1/log" >log.json
        python3 -c "import json, sys; d = json.load(open('log.json')); sys.exit(0 if ($1) else 1)" && return 0
        sleep 0.2
    done
    cat log.json errors.txt
    fail "not within 20 seconds: $1"
}
until_log 'd["ukuran"] == 8 and d["kuorum"] is True and all(w["keadaan"] == "ok" for w in d["saksi"])'
sed -n '1p;s/,30,200,230/,31,199,230/p' forms.csv >one.csv
expect 0 "$REKAP" import p --kontes ppwp --alasan koreksi one.csv
until_log 'd["ukuran"] == 10 and d["kuorum"] is True and d["bahaya"] == []'
[ "$(curl -sS "$url/log/checkpoint" | grep -c '^— ')" = 4 ] || fail "the cosignatures are not handed out"
curl -sS "$url/log/checkpoint" | cmp - <(python3 -c 'import json; print(json.load(open("log.json"))["checkpoint"], end="")')

# one away: said, and two of three are enough
kill "$(cat tiga.pid)"
sed -n '1p;s/,30,200,230/,32,198,230/p' forms.csv >one.csv
expect 0 "$REKAP" import p --kontes ppwp --alasan koreksi one.csv
until_log 'd["ukuran"] == 12 and d["kuorum"] is True and d["saksi"][2]["keadaan"] == "away" and d["saksi"][2]["sejak"]'
# two away: the last checkpoint with a quorum stays for a while, the newest is known
kill "$(cat dua.pid)"
sed -n '1p;s/,30,200,230/,33,197,230/p' forms.csv >one.csv
expect 0 "$REKAP" import p --kontes ppwp --alasan koreksi one.csv
until_log 'd["ukuran_terbaru"] == 14 and d["ukuran"] == 12 and d["kuorum"] is True and d["saksi"][1]["keadaan"] == "away"'
expect 3 "$REKAP" saksi p
grep -q "NOT cosigned by a quorum" out.txt
curl -sS "$url/api/v1/log/bukti/13" | grep -q '^14$' || fail "an entry after the checkpoint shown is not proven by the newest one"
kill "$server"
wait "$server" || fail "the server does not end orderly"
sleep 0.3
pgrep -P "$server" >/dev/null && fail "the rounds go on without the server"

# an older copy put back: the witness that is there has seen more. Nothing is signed, the server says so.
start_witness dua "$(sed 's,http://,,' dua.url)"
rm -f older/log.lock older/cosigned older/saksi older/tally.cache # as if nothing but the store had been kept
expect 1 "$REKAP" saksi older
grep -q '^ahead' out.txt || { cat out.txt; fail "no witness is ahead"; }
expect 1 "$REKAP" import older --kontes ppwp --alasan lagi one.csv
grep -q "alarm" out.txt && grep -q "Nothing is signed" out.txt || { cat out.txt; fail "intake goes on signing"; }
"$REKAP" serve older --listen 127.0.0.1:0 --quiet >said.txt 2>errors.txt &
server=$!
pids="$pids $server"
for _ in $(seq 100); do grep -q 'http://' said.txt && break; sleep 0.1; done
url=$(grep -o 'http://[^ ]*' said.txt | head -n 1)
url=${url%/}
until_log 'len(d["bahaya"]) >= 1 and d["bahaya"][0].startswith("ahead 1")'
grep -q "ALARM" errors.txt || { cat errors.txt; fail "the server is not loud"; }
kill "$server"
wait "$server" || fail "the server does not end orderly"
# the newer store put back: the witnesses cosign again and the alarm goes
rm -f older/rekap.db* older/tally.cache && cp p/rekap.db* older/
expect 0 "$REKAP" saksi older
[ ! -e older/alarm ] || fail "the alarm stays"
sed -n '1p;s/,30,200,230/,34,196,230/p' forms.csv >one.csv
expect 0 "$REKAP" import older --kontes ppwp --alasan lagi one.csv

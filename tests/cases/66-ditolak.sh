# Refused connections are seen: a server whose policy names witnesses that nobody declared. Its metrics, its
# log's page and its standard error say so, whichever process was refused; no IP address is shown to the public.
. "$ROOT/tests/cases/lib.bash"
small_tree
small_contest
small_forms
new_election p
expect 0 "$REKAP" import p --kontes ppwp forms.csv
key=$("$REKAP" kunci p --json | python3 -c 'import json,sys; print([k["kunci"] for k in json.load(sys.stdin) if k["guna"] == "checkpoint"][0])')
WITNESS=$(dirname "$REKAP")/rekap-witness
{
    echo "log $key"
    echo "witness satu $("$WITNESS" init w1 --name satu.example/w) https://saksi-yang-tidak-dinyatakan.contoh.example/"
    echo "witness dua $("$WITNESS" init w2 --name dua.example/w) http://192.0.2.77:8080/"
    echo "group g any satu dua"
    echo "quorum g"
} >p/policy
"$REKAP" serve p --listen 127.0.0.1:0 --quiet >said.txt 2>errors.txt &
server=$!
trap 'kill "$server" 2>/dev/null || true' EXIT
for _ in $(seq 100); do grep -q 'http://' said.txt && break; sleep 0.1; done
url=$(grep -o 'http://[^ ]*' said.txt | head -n 1)
url=${url%/}
seen() {
    curl -sSf "$url/api/v1/metrik" >metrik.txt
    python3 - <<'PY'
import re, sys
m = open("metrik.txt").read()
def v(name, by):
    return int(re.search(rf'^rekap_{name}{{oleh="{by}"}} (\d+)$', m, re.M).group(1))
last = re.findall(r'^rekap_outbound_refusals{oleh="uji",aturan="(S\d\d)",jenis="(\w+)",host="([^"]*)",porta="(\d+)"} (\d+)$', m, re.M)
ok = v("outbound_refused_total", "uji") >= 4 and v("outbound_asked_total", "uji") >= 4 and v("outbound_refused_total", "server") == 0
sys.exit(0 if ok and sorted(r[:4] for r in last) == [("S01", "witness", "alamat-ip", "8080"),
    ("S01", "witness", "saksi-yang-tidak-dinyatakan.contoh.example", "443")] else 1)
PY
}
for _ in $(seq 100); do seen && break; sleep 0.3; done
seen || { cat metrik.txt errors.txt; fail "the metrics do not show what was refused"; }
curl -sSf "$url/api/v1/log" >log.json
python3 - <<'PY'
import json
d = json.load(open("log.json"))["keluar"]
assert d["ditolak"] >= 4 and d["diminta"] >= d["ditolak"], d
assert {r["host"] for r in d["terakhir"]} == {"alamat-ip", "saksi-yang-tidak-dinyatakan.contoh.example"}, d
assert all(r["aturan"] == "S01" and r["waktu"] and r["kali"] >= 2 for r in d["terakhir"]), d
assert "192.0.2.77" not in json.dumps(d)
PY
! grep -q '192\.0\.2' metrik.txt || fail "an address is in the metrics"
grep -q 'outbound refused: rule S01: .*witness saksi-yang-tidak-dinyatakan' errors.txt || { cat errors.txt; fail "the refusal is not in the log"; }
rounds=$(python3 -c 'import json; print(max(r["kali"] for r in json.load(open("log.json"))["keluar"]["terakhir"]))')
[ "$(grep -c 'witness saksi-yang' errors.txt)" -le "$rounds" ] || fail "said more often than refused"
grep -q '192.0.2.77' p/keluar || fail "the operator is not told which address it was"
kill "$server"
wait "$server" || fail "the server does not end orderly"

# by hand, in another process: added up
before=$(sed -n '2s/ .*//p' p/keluar)
expect 3 "$REKAP" saksi p
after=$(sed -n '2s/ .*//p' p/keluar)
[ "$after" -eq $((before + 2)) ] || fail "$before and two more are not $after"

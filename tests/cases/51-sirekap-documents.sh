# The 500 real Sirekap documents through the commands: in as one file, contradictions found, and
# every published body the same as it was served.
. "$ROOT/tests/cases/lib.bash"
expect 0 "$REKAP" init jakarta --nama "Sirekap" --id sirekap
zstd -qdc "$ROOT/data/pemilu2024/wilayah.csv.zst" | awk -F, 'NR == 1 || $1 ~ /^31/' >wilayah.csv
expect 0 "$REKAP" wilayah jakarta wilayah.csv
expect 0 "$REKAP" kontes jakarta "$ROOT/data/pemilu2024/kontes-ppwp.json"
expect 0 "$REKAP" import jakarta --kontes ppwp "$ROOT/tests/golden/sirekap/tps-500.ndjson.zst"
grep -q "500 forms (500 new" out.txt
expect 0 "$REKAP" import jakarta --kontes ppwp "$ROOT/tests/golden/sirekap/tps-500.ndjson.zst"
grep -q "500 unchanged" out.txt

"$REKAP" recap jakarta --kontes ppwp --tingkat 0 --format csv >nation.csv
test "$(cell nation.csv kode=0 tps_diterima)" = 500
test "$(cell nation.csv kode=0 tps_masuk)" = 232
"$REKAP" check jakarta --kontes ppwp --format csv >found.csv
stations() { grep -cE "$1" <(cut -d, -f1,2 found.csv | sort -u) || true; }
test "$(stations ',R08$')" = "$(zstd -qdc "$ROOT/tests/golden/sirekap/tps-500.ndjson.zst" | python3 -c '
import json, sys
n = 0
for line in sys.stdin:
    d = json.loads(line)["raw"]
    if d["chart"] and d["administrasi"]:
        n += sum(v for k, v in d["chart"].items() if k != "null" and v is not None) != d["administrasi"]["suara_sah"]
print(n)')" || fail "R08 is not found where the documents break it"

expect 0 "$REKAP" publish jakarta out --tanpa-gzip
zstd -qdc "$ROOT/tests/golden/sirekap/tps-500.ndjson.zst" | python3 -c '
import json, sys
for line in sys.stdin:
    d = json.loads(line)
    c = d["code"]
    with open("out/pemilu/hhcw/ppwp/%s/%s/%s/%s/%s.json" % (c[:2], c[:4], c[:6], c[:10], c)) as f:
        body = json.load(f, object_pairs_hook=list)
    want = json.loads(json.dumps(d["raw"]), object_pairs_hook=list)
    assert body == want, c
'
# A bare document takes its station from the file name.
zstd -qdc "$ROOT/tests/golden/sirekap/tps-500.ndjson.zst" | sed -n 1p | python3 -c 'import json, sys; print(json.dumps(json.load(sys.stdin)["raw"]))' >3101011001002.json
expect 0 "$REKAP" import jakarta --kontes ppwp 3101011001002.json
grep -q "1 unchanged" out.txt

# Photos into an election: of which TPS they are, what enters the log and what does not, states and
# tables, stopping and going on; and that two independent verifiers agree with all of it.
. "$ROOT/tests/cases/lib.bash"
bin="$(dirname "$(readlink -f "$REKAP")")/../.."
photograph="$bin/tests/photograph"
V=${REKAP%/*}/rekap-verify
small_tree; small_contest; small_forms
python3 - <<'PY'
import json
names = ["suara_01", "suara_02", "suara_sah", "suara_tidak_sah", "suara_total"]
fields = [{"nama": n, "kotak": [[70 + 18 * k, 25 + 22 * i, 15, 15] for k in range(3)]} for i, n in enumerate(names)]
tags = [{"id": 40 + 2 * (x > 100) + (y > 70), "x": x, "y": y, "sisi": 14} for x in (8, 188) for y in (8, 126)]
json.dump({"format": "rekap-formulir-1", "kode": "uji-1", "nama": "Uji", "kontes": "ppwp", "ukuran": [210, 148],
           "keluarga_tag": "tag36h11", "bingkai": 0.6, "cek": ["suara_01 + suara_02 = suara_sah", "suara_sah + suara_tidak_sah = suara_total"],
           "halaman": [{"nomor": 1, "tag": tags, "qr": {"x": 150, "y": 40, "sisi": 28}, "medan": fields}]}, open("form.json", "w"))
form = json.load(open("form.json"))
del form["halaman"][0]["qr"]
json.dump(form, open("tanpa-kode.json", "w"))
PY
# photo TPS|- OUT SEED 01 02 SAH TIDAK TOTAL: a filled form, photographed; '-' = without a QR code
photo() {
    local of=()
    [ "$1" = - ] || of=(--pemilu "${ID:-uji}" --wilayah wilayah.csv --tps "$1")
    "$REKAP" form draw form.json "${of[@]}" --halaman 1 --dpi 200 -o blank.png 2>drawn.txt || fail "$(cat drawn.txt)"
    printf 'suara_01,%s\nsuara_02,%s\nsuara_sah,%s\nsuara_tidak_sah,%s\nsuara_total,%s\n' "${@:4}" >figures.csv
    "$photograph" form.json 1 blank.png figures.csv "$2" "$3"
}
into() { "$REKAP" read --into pemilu --kontes ppwp --form form.json "$@"; } # OPTION|PHOTO...
entries() { "$REKAP" recap pemilu --kontes ppwp --format json | python3 -c 'import json, sys; print(json.load(sys.stdin)["entri"])'; }
state() { "$REKAP" recap pemilu --kontes ppwp --format csv >recap.csv; cell recap.csv kode=0 "tps_$1"; } # COLUMN

new_election pemilu
sed -n '1p;/2002001/p' forms.csv >satu.csv # people's figures of one TPS stand already: 25, 75, 100, 2, 103
expect 0 "$REKAP" import pemilu --kontes ppwp satu.csv
P=110101200
mkdir -p foto/${P}1002
photo ${P}1001 foto/A.png 11 30 200 230 5 235
photo ${P}1002 foto/${P}1002/x.png 0 40 160 230 3 233      # plain ink that does not add up
photo ${P}2001 foto/${P}2001_p1.png 0 25 75 100 2 102      # not what people typed
photo ${P}1001 lain.png 13 30 200 230 5 235                # a second photo of the first
ID=lain photo ${P}1001 lain-pemilu.png 0 1 2 3 4 7
echo 'bukan foto' >foto/${P}1901_p1.jpg
echo x >foto/catatan.txt
printf 'RAHASIA GPS' >>foto/A.png

# ----- a dry run reads and writes nothing
before=$(entries)
into --dry-run --json foto >kering.json 2>said.txt
grep -q 'nothing was written' said.txt || fail "a dry run does not say so"
[ "$(entries)" = "$before" ] && [ ! -e pemilu/blobs ] && [ ! -e pemilu/asli ] || fail "a dry run wrote"

# ----- what is taken, and as what
into --json foto >masuk.json 2>said.txt
python3 - $P <<'PY'
import json, sys
p = sys.argv[1]
got = {x["tps"]: x for x in map(json.loads, open("masuk.json"))}
want = {p + "1001": "sesuai", p + "1002": "tidak-sesuai", p + "2001": "sesuai", p + "1901": "ditolak"}
assert {k: v["keadaan"] for k, v in got.items()} == want, got
dry = {x["tps"]: x["keadaan"] for x in map(json.loads, open("kering.json"))}
assert dry == want, dry
assert got[p + "1001"]["entri_formulir"] and all(got[p + t]["entri_formulir"] is None for t in ("1002", "2001", "1901"))
assert got[p + "1901"]["foto"][0]["hasil"] == "file"
PY
[ "$(state foto)$(state dibaca)$(state ditolak)$(state sesuai)$(state tidak_sesuai)$(state beda)" = 431211 ] || { cat recap.csv; fail "counts"; }
[ "$(cell recap.csv kode=0 suara_01)" = 55 ] || fail "not the machine's 30 and people's 25"
grep -rlq RAHASIA pemilu/asli || fail "the original bytes are not kept"
if grep -rq RAHASIA pemilu/blobs pemilu/rekap.db; then fail "what was planted is in the public copy or in the log"; fi
[ "$(stat -c %a pemilu/asli)" = 700 ] || fail "originals are open to others"
for f in pemilu/blobs/*/*; do
    [ "$(sha256sum <"$f" | cut -c1-64)" = "$(echo "$f" | tail -c 66 | tr -d /)" ] || fail "$f is not its hash"
done

# ----- nothing twice; what contradicts or says nothing is left where it is
before=$(entries)
into foto >again.txt 2>said.txt
[ "$(entries)" = "$before" ] || fail "the same photos entered twice"
cp lain.png ${P}1901.png
expect 3 into ${P}1901.png
grep -q "QR code says TPS ${P}1001" out.txt || fail "a QR code of another TPS"
expect 3 into --tps ${P}1002 lain.png
expect 3 into lain-pemilu.png
grep -q 'QR code is of lain/ppwp' out.txt || fail "a QR code of another election"
cp foto/A.png ${P}1002.png
expect 3 into ${P}1002.png
grep -q "came in for TPS ${P}1001" out.txt || fail "one photo for two TPS"
photo - tanpa.png 0 1 2 3 4 7
expect 3 into tanpa.png
grep -q 'give --tps' out.txt || fail "a photo of nowhere"
expect 1 into --tps ${P}1009 tanpa.png
[ "$(entries)" = "$before" ] || fail "a photo that was refused entered"

# ----- a second photo of a TPS: both are read together, the form stands
expect 0 into --tanpa-asli lain.png
[ "$(state sesuai)" = 2 ] || fail "a second photo"
[ "$(find pemilu/asli -type f | wc -l)" = 4 ] || fail "an original was kept in spite of --tanpa-asli"

# ----- received only, read later
expect 0 into --terima-saja --tps ${P}2002 tanpa.png
[ "$(state foto)$(state dibaca)" = 53 ] || fail "received and not read"
expect 0 into
[ "$(state dibaca)" = 4 ] || fail "what was received is not read by the next run"
[ "$(state dirujuk)" = 1 ] || fail "a page without the code that its form prints was accepted"
"$REKAP" recap pemilu --kontes ppwp >table.txt
grep -q 'Foto: 5 TPS diterima, 4 dibaca: 2 sesuai, 1 dirujuk, 1 tidak sesuai' table.txt || { cat table.txt; fail "table"; }

# ----- what waits for people: the worst first, without what was read; pictures cut from the public copies
"$REKAP" antrean pemilu --kontes ppwp --csv --crops potong >antrean.csv
"$REKAP" antrean pemilu --kontes ppwp --json --dengan-bacaan >antrean.json
python3 - $P <<'PY'
import csv, json, os, sys
p = sys.argv[1]
rows = list(csv.DictReader(open("antrean.csv")))
doubts = [float(r["ragu"]) for r in rows]
assert doubts == sorted(doubts, reverse=True) and {r["tps"] for r in rows} == {p + "1002", p + "2002"}, rows
assert "nilai" not in rows[0] and len({(r["tps"], r["medan"], r["kotak"]) for r in rows}) == len(rows) == 30
for r in rows:
    x = list(map(float, r["sudut"].split()))
    assert len(x) == 8 and x[0] < x[2] and x[1] < x[7], r
    assert open("potong/" + r["potongan"], "rb").read(8) == b"\x89PNG\r\n\x1a\n"
    assert os.path.exists("pemilu/blobs/" + r["foto"][5:7] + "/" + r["foto"][7:69])
assert len(os.listdir("potong")) == 10
shown = json.load(open("antrean.json"))
assert {(r["tps"], r["medan"]): r["nilai"] for r in shown}[p + "1002", "suara_sah"] == 230
PY
"$REKAP" antrean pemilu --kontes ppwp --wilayah ${P}2 --banyak 3 >antrean.txt
grep -q '^3 boxes of 1 TPS' antrean.txt || { cat antrean.txt; fail "queue of a region"; }
printf 'tps,suara_01,suara_02,suara_sah,suara_tidak_sah,suara_total\n%s2002,1,2,3,4,7\n' $P >diketik.csv
expect 0 "$REKAP" import pemilu --kontes ppwp --alasan 'diketik dua orang' diketik.csv
"$REKAP" antrean pemilu --kontes ppwp >antrean.txt
grep -q '^15 boxes of 1 TPS' antrean.txt || { cat antrean.txt; fail "what people typed still waits"; }

# ----- people who type what the machine read: an entry of its own, once
printf 'tps,suara_01,suara_02,suara_sah,suara_tidak_sah,suara_total\n%s1001,30,200,230,5,235\n' $P >sama.csv
expect 0 "$REKAP" import pemilu --kontes ppwp --alasan 'diperiksa orang' sama.csv
grep -q '1 corrected' out.txt || { cat out.txt; fail "people's figures were passed over"; }
expect 0 "$REKAP" import pemilu --kontes ppwp --alasan 'diperiksa orang' sama.csv
grep -q '1 unchanged' out.txt || { cat out.txt; fail "the same twice"; }

# ----- the verifiers, and what is published of a photo
expect 0 "$REKAP" publish pemilu keluar --quiet --foto
[ "$(find keluar/foto -type f | wc -l)" = 5 ] || fail "public copies"
for f in keluar/foto/*; do
    [ "$(sha256sum <"$f" | cut -c1-64)" = "$(basename "${f%.*}")" ] || fail "$f is not its name"
done
expect 0 "$REKAP" publish pemilu keluar --quiet --foto
"$REKAP" recap pemilu --kontes ppwp --format csv >recap.csv
expect 0 "$V" --no-state keluar recap.csv
grep -q '5 photos have the hashes' out.txt || { cat out.txt; fail "photos are not verified"; }
one=$(ls keluar/foto | head -1)
mv "keluar/foto/$one" disimpan; (cat disimpan; echo x) >"keluar/foto/$one"
expect 1 "$V" --no-state keluar
grep -q 'does not have the hash that it is named by' out.txt || { cat out.txt; fail "a photo that was changed"; }
mv disimpan "keluar/foto/$one"
cp lain-pemilu.png "keluar/foto/$(sha256sum <lain-pemilu.png | cut -c1-64).png"
expect 1 "$V" --no-state keluar
grep -q 'no entry of the log names this photo' out.txt || { cat out.txt; fail "a photo of nowhere"; }
rm "keluar/foto/$(sha256sum <lain-pemilu.png | cut -c1-64).png"
if python3 -c 'import cryptography' 2>/dev/null; then
    python3 "$ROOT/tests/verify.py" keluar/log ppwp | cmp - recap.csv
fi
expect 0 "$REKAP" release pemilu rilis
[ "$(cell rilis/terbaru/ppwp/tps.csv tps=${P}2001 banding)" = beda ] || fail "tps.csv"
[ "$(cell rilis/terbaru/ppwp/tps.csv tps=${P}1002 baca)" = tidak-sesuai ] || fail "tps.csv"
expect 0 "$REKAP" verify-release rilis/terbaru
grep -q tps_tidak_sesuai rilis/terbaru/datapackage.json || fail "datapackage.json"

# ----- served: the public copy for ever, never the original
"$REKAP" serve pemilu --listen 127.0.0.1:0 >serve.txt 2>&1 & server=$!
trap 'kill $server 2>/dev/null || true' EXIT
for _ in $(seq 100); do grep -qE 'http://[0-9.]+:[0-9]+' serve.txt && break; sleep 0.1; done
url=$(grep -oE 'http://[0-9.]+:[0-9]+' serve.txt | head -1)
one=$(cd keluar && ls foto/*.png | head -1)
curl -sfD head.txt "$url/uji/$one" | cmp - "keluar/$one"
grep -qi '^content-type: image/png' head.txt && grep -qi 'immutable' head.txt && grep -qi nosniff head.txt || { cat head.txt; fail "headers"; }
for f in pemilu/asli/*/*; do
    name=$(echo "$f" | tail -c 66 | tr -d /)
    for path in "foto/$name.png" "foto/$name.jpg" "asli/$name"; do
        [ "$(curl -s -o x.txt -w '%{http_code}' "$url/$path")" = 404 ] || fail "an original is served: $path"
    done
done
for path in "foto/../asli" "foto/x.png" "${one%.png}.jpg"; do
    [ "$(curl -s --path-as-is -o x.txt -w '%{http_code}' "$url/$path")" = 404 ] || fail "$path"
done
curl -sf "$url/api/v1/kontes/ppwp/tps/${P}1001/baca" >baca.json
curl -sf "$url/api/v1/kontes/ppwp/tps/${P}1001" >tps.json
curl -sf "$url/api/v1/kontes/ppwp/wilayah/0" >wilayah.json
python3 - <<'PY'
import json
r, t, w = (json.load(open(n + ".json")) for n in ("baca", "tps", "wilayah"))
assert r["keadaan"] == t["baca"]["keadaan"] == "sesuai" and len(r["foto"]) == 2 == len(t["baca"]["foto"])
assert sum(f["dipakai"] for f in r["foto"]) == 1
figures = {f["medan"]: f for f in r["bacaan"]["angka"]}
assert figures["suara_02"]["nilai"] == 200 == [c["suara"] for c in t["pilihan"] if c["kode"] == "02"][0]
assert [b["digit"] for b in figures["suara_02"]["kotak"]] == [2, 0, 0]
assert r["banding"] == "sama" and w["foto"]["diterima"] == 5 and w["foto"]["beda"] == 1, w["foto"]
text = open("baca.json").read()
assert "after_blind" not in text and "candidates" not in text
PY
kill $server

# ----- cut short anywhere, then simply run again: as if never stopped
cat >wilayah.csv <<'CSV'
kode,induk,nama,tingkat,nomor_tps
11,,ACEH,1,
1101,11,ACEH SELATAN,2,
110101,1101,BAKONGAN,3,
1101012001,110101,KEUDE BAKONGAN,4,1-50
CSV
mkdir banyak
for n in $(seq -w 50); do { cat tanpa.png; echo "$n"; } >banyak/${P}10${n}_p1.png; done
for d in utuh putus; do
    expect 0 "$REKAP" init $d --nama "Pemilu Uji" --id $d
    expect 0 "$REKAP" wilayah $d wilayah.csv
    expect 0 "$REKAP" kontes $d kontes.json
done
expect 0 "$REKAP" read --into utuh --kontes ppwp --form tanpa-kode.json --jobs 2 banyak
("$REKAP" read --into putus --kontes ppwp --form tanpa-kode.json --jobs 2 banyak 2>/dev/null || true) | head -1 >first.txt
[ -s first.txt ] || fail "nothing was said before it was stopped"
"$REKAP" recap putus --kontes ppwp --format csv >putus.csv
[ "$(cell putus.csv kode=0 tps_foto)" -lt 50 ] || fail "it was not stopped"
expect 0 "$REKAP" read --into putus --kontes ppwp --form tanpa-kode.json banyak
for d in utuh putus; do "$REKAP" recap $d --kontes ppwp --tingkat 5 --format csv >$d.csv; done
cmp utuh.csv putus.csv
[ "$(grep -c ',1,1,1,0,1,1,0,0,1,0,0,' utuh.csv)" = 50 ] || { head -3 utuh.csv; fail "not all of them counted"; }

# Forms are drawn, filled, photographed at a slant, and read: every figure as it was written.
. "$ROOT/tests/cases/lib.bash"
photograph="$(dirname "$(readlink -f "$REKAP")")/../../tests/photograph"

# photos FORM NAME SEED DPI DRAW-OPTION...: draws each page of FORM, fills it by NAME.csv, takes photos NAME_pN.png
photos() {
    local form=$1 name=$2 seed=$3 dpi=$4 n pages
    shift 4
    pages=$(python3 -c "import json,sys; print(len(json.load(open(sys.argv[1]))['halaman']))" "$form")
    for n in $(seq "$pages"); do
        "$REKAP" form draw "$form" "$@" --halaman "$n" --dpi "$dpi" -o blank.png 2>drawn.txt
        "$photograph" "$form" "$n" blank.png "$name.csv" "${name}_p$n.png" $((seed ? seed * 100 + n : 0))
    done
}

# matches READ.csv FORM-ID FIGURES.csv: the form's figures are those written
matches() {
    python3 - "$@" <<'PY'
import csv, sys
read, form, figures = sys.argv[1:]
want = dict(line.strip().split(",") for line in open(figures))
rows = [r for r in csv.DictReader(open(read)) if r["form"] == form]
got = {r["field"]: r["value"] for r in rows}
wrong = {k: (got.get(k), v) for k, v in want.items() if got.get(k) != v}
if wrong or len(rows) != len(want):
    sys.exit(f"{form}: {len(rows)} figures of {len(want)}; read, written: {wrong}")
PY
}

# ----- the official form: as plain as its description, but the reader reads it
python3 - "$ROOT/tests/golden/read/truth.csv" >resmi.csv <<'PY'
import csv, sys
for r in csv.DictReader(open(sys.argv[1])):
    print(f"{r['field']},{r['value']}")
PY
cp "$ROOT/forms/ppwp-2024.json" .
photos ppwp-2024.json resmi 7 100
"$REKAP" read --csv resmi_p?.png >read.csv
matches read.csv resmi resmi.csv

# the same bytes each time, vector, with its fonts in it
"$REKAP" form draw ppwp-2024 -o a.pdf 2>said.txt
grep -q 'a.pdf: drew 1 form of 3 pages, blank' said.txt || fail "it is not said what was drawn"
"$REKAP" form draw ppwp-2024 -o - >b.pdf 2>said.txt
cmp a.pdf b.pdf || fail "two drawings of one form differ"
head -c 8 a.pdf | grep -q '^%PDF-1\.5' || fail "no PDF"
if grep -q '/Subtype /Image' a.pdf; then fail "something was drawn as a picture"; fi
grep -q '/FontFile2' a.pdf || fail "the fonts are not embedded"

# ----- forms laid out from contests; those shipped are what comes out of their contests today
for form in ppwp-a3:data/pemilu2024/kontes-ppwp contoh-pdpr-a3:contests/contoh-pdpr contoh-pdpd-a3:contests/contoh-pdpd; do
    expect 0 "$REKAP" form make "$ROOT/${form#*:}.json" -o "${form%%:*}.json"
    cmp "${form%%:*}.json" "$ROOT/forms/${form%%:*}.json" || fail "forms/${form%%:*}.json is not what 'form make' makes"
done
"$REKAP" form make --ukuran A4 --luar-negeri --tanpa-bulatan --tanpa-turus "$ROOT/contests/contoh-pdpd.json" >a4.json
python3 - <<'PY'
import json
f = json.load(open("a4.json"))
assert f["kode"] == "pdpd-ln-A4" and f["ukuran"] == [210, 297], f["kode"]
fields = [m for p in f["halaman"] for m in p["medan"]]
assert all(len(m["kotak"]) == 5 and "bulatan" not in m for m in fields)
assert not any("kisi" in x for p in f["halaman"] for x in p["gambar"])
assert "suara_total <= 300" not in f["cek"] and "suara_total = suara_sah + suara_tidak_sah" in f["cek"]
PY
expect 2 "$REKAP" form make --ukuran A9 "$ROOT/contests/contoh-pdpd.json"
expect 2 "$REKAP" form make
expect 1 "$REKAP" form make --dapil 7 "$ROOT/contests/contoh-pdpd.json"
expect 1 "$REKAP" form make "$ROOT/forms/ppwp-a3.json"

# ----- two stations in one run, photos named as if they were the other's: the QR code decides
small_tree
cat >satu.csv <<'CSV'
pemilih_dpt_l,140
pemilih_dpt_p,150
pemilih_dpt_j,290
pengguna_dpt_l,111
pengguna_dpt_p,125
pengguna_dpt_j,236
pengguna_dptb_l,1
pengguna_dptb_p,0
pengguna_dptb_j,1
pengguna_non_dpt_l,2
pengguna_non_dpt_p,7
pengguna_non_dpt_j,9
pengguna_total_l,114
pengguna_total_p,132
pengguna_total_j,246
surat_suara_diterima,296
surat_suara_digunakan,246
surat_suara_dikembalikan,3
surat_suara_tidak_digunakan,47
disabilitas_l,0
disabilitas_p,2
disabilitas_j,2
suara_100025,68
suara_100026,129
suara_100027,45
suara_sah,242
suara_tidak_sah,4
suara_total,246
CSV
sed 's/^suara_100025,68$/suara_100025,70/; s/^suara_100026,129$/suara_100026,127/' satu.csv >dua.csv
station=(--pemilu uji --wilayah wilayah.csv --tps)
photos ppwp-a3.json satu 11 150 "${station[@]}" 1101012001001
photos ppwp-a3.json dua 12 150 "${station[@]}" 1101012002002
mv satu_p2.png x.png && mv dua_p2.png satu_p2.png && mv x.png dua_p2.png
"$REKAP" read --form ppwp-a3.json --csv satu_p?.png dua_p?.png >read.csv
matches read.csv uji/ppwp/1101012001001 satu.csv
matches read.csv uji/ppwp/1101012002002 dua.csv
[ "$(grep -c ,accept read.csv)" -eq 56 ] || fail "forms that add up are not accepted"

# ----- a form without a station's code is read, but nobody can say whose it is
cp satu.csv kosong.csv
photos ppwp-a3.json kosong 13 150
"$REKAP" read --form ppwp-a3.json kosong_p?.png >text.txt
grep -q 'page 2: its QR code cannot be read' text.txt || { cat text.txt; fail "an unread code is not said"; }
if grep -q ' accept ' text.txt; then fail "figures of a page without its code are accepted"; fi

# ----- pages of another contest: told by their tags, and where those are the same by the code
"$REKAP" form draw contoh-pdpd-a3.json "${station[@]}" 1101012001001 --dpi 120 -o lain_p1.png 2>said.txt
"$REKAP" read --form ppwp-a3.json --json lain_p1.png >read.json
grep -q '"other-form"' read.json || { cat read.json; fail "a page of another contest is not refused as such"; }
for code in bupati walikota; do
    sed "s/\"kode\": \"pdpd\"/\"kode\": \"$code\"/" "$ROOT/contests/contoh-pdpd.json" >"$code.json"
    "$REKAP" form make "$code.json" -o "form-$code.json" 2>said.txt
done
"$REKAP" form draw form-bupati.json "${station[@]}" 1101012001001 --dpi 120 -o lain_p1.png 2>said.txt
"$REKAP" read --form form-walikota.json --json lain_p1.png >read.json
grep -q '"other-form"' read.json || { cat read.json; fail "a page whose QR code names another contest is not refused"; }

# ----- eighteen parties of ten candidates on eleven pages: every figure
python3 - contoh-pdpr-a3.json >partai.csv <<'PY'
import json, random, sys
rnd = random.Random(5)
names = [m["nama"] for p in json.load(open(sys.argv[1]))["halaman"] for m in p["medan"]]
v = {n: 0 for n in names}
for line in open("satu.csv"):
    name, value = line.strip().split(",")
    if name in v:
        v[name] = int(value)
cells = [n for n in names if n.startswith("suara_") and not v[n]]
for _ in range(v["suara_sah"]):
    cell = rnd.choice(cells[: 1 + rnd.randrange(len(cells))])
    v[cell] += 1
    v["jumlah_" + cell.split(".")[0]] += 1
print("\n".join(f"{n},{v[n]}" for n in names))
PY
photos contoh-pdpr-a3.json partai 21 150 "${station[@]}" 1101012001901
"$REKAP" read --form contoh-pdpr-a3.json --csv partai_p*.png >read.csv
matches read.csv uji/pdpr/1101012001901 partai.csv

# ----- one PDF for the stations of a desa, of a kecamatan
pages() { grep -ac '/Type /Page ' "$1"; }
expect 0 "$REKAP" form draw ppwp-a3.json --pemilu uji --wilayah wilayah.csv --semua-desa 1101012001 -o desa.pdf
grep -q 'drew 3 forms of 2 pages' out.txt || fail "it is not said how many forms were drawn"
[ "$(pages desa.pdf)" -eq 6 ] || fail "not six pages for three stations"
expect 0 "$REKAP" form draw ppwp-a3.json --pemilu uji --wilayah wilayah.csv --semua-desa 110101 -o kecamatan.pdf
[ "$(pages kecamatan.pdf)" -eq 10 ] || fail "not ten pages for five stations"
expect 1 "$REKAP" form draw ppwp-a3.json --pemilu uji --wilayah wilayah.csv --semua-desa 1101 -o x.pdf
expect 1 "$REKAP" form draw ppwp-a3.json --pemilu uji --wilayah wilayah.csv --tps 1101012001777 -o x.pdf
expect 1 "$REKAP" form draw ppwp-a3.json --pemilu "pemilu uji" --wilayah wilayah.csv --tps 1101012001001 -o x.pdf
grep -q 'make no QR code' out.txt || fail "an id that no QR code takes is not refused"
expect 2 "$REKAP" form draw ppwp-a3.json --pemilu uji --wilayah wilayah.csv --tps 1101012001001 --semua-desa 110101 -o x.pdf

# what is written goes out at once: 150 stations take hardly more memory than one
python3 - "$REKAP" <<'PY'
import resource, subprocess, sys
def peak(stations):
    with open("banyak.csv", "w") as f:
        f.write("kode,induk,nama,tingkat,jumlah_tps\n11,,A,1,\n1101,11,B,2,\n110101,1101,C,3,\n"
                f"1101012001,110101,D,4,{stations}\n")
    subprocess.run([sys.argv[1], "form", "draw", "ppwp-a3.json", "--pemilu", "uji", "--wilayah", "banyak.csv",
                    "--semua-desa", "1101012001", "-o", "banyak.pdf"], check=True, stderr=subprocess.DEVNULL)
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
few, many = peak(1), peak(150)
assert many < few + 4096, (few, many)
PY
[ "$(pages banyak.pdf)" -eq 300 ] || fail "not 300 pages for 150 stations"

# the program that draws lies beside rekap; without it, it is said so
mkdir sendiri && cp "$(readlink -f "$REKAP")" sendiri/rekap
expect 1 sendiri/rekap form draw ppwp-a3.json -o x.pdf
grep -q 'cannot start the program that draws' out.txt || fail "it is not said that rekap-form is missing"

# ----- what is refused
expect 1 "$REKAP" form draw ppwp-2024 --pemilu uji --wilayah wilayah.csv --tps 1101012001001 -o x.pdf
grep -q 'no place for a QR code' out.txt || fail "a form without QR place is not refused for a station"
expect 2 "$REKAP" form draw ppwp-2024 --pemilu uji -o x.pdf
expect 2 "$REKAP" form draw ppwp-2024 --tps 1101012001001 -o x.pdf
expect 2 "$REKAP" form draw ppwp-2024
expect 2 "$REKAP" form draw -o x.pdf
expect 2 "$REKAP" form
expect 1 "$REKAP" form draw tidak-ada -o x.pdf
expect 1 "$REKAP" form draw ppwp-2024 --halaman 4 -o x.png
expect 1 "$REKAP" form draw ppwp-2024 --dpi 600 -o x.png
expect 0 "$REKAP" form draw ppwp-2024 --dry-run -o x.pdf
[ ! -e x.pdf ] && [ ! -e x.png ] || fail "something was written although nothing was drawn"

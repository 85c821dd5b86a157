# Sourced by the cases. A tiny election: 1 provinsi, 1 kabupaten, 1 kecamatan, 2 desa, 4 stations
# in the frame, of which one form contradicts itself.

fail() { echo "FAILED: $*" >&2; exit 1; }

# expect CODE COMMAND...: the command exits with CODE (its output goes to out.txt)
expect() {
    local want=$1 got=0
    shift
    "$@" >out.txt 2>&1 || got=$?
    [ "$got" -eq "$want" ] || { cat out.txt >&2; fail "exit $got, not $want: $*"; }
}

# cell FILE KEY=VALUE... COLUMN: the value of COLUMN in the CSV's one row where each KEY is VALUE
cell() {
    python3 - "$@" <<'PY'
import csv, sys
file, *where, column = sys.argv[1:]
where = dict(w.split("=", 1) for w in where)
rows = [r for r in csv.DictReader(open(file, encoding="utf-8-sig")) if all(r[k] == v for k, v in where.items())]
if len(rows) != 1:
    sys.exit(f"{file}: {len(rows)} rows where {where}")
print(rows[0][column])
PY
}

small_tree() {
    cat >wilayah.csv <<'CSV'
kode,induk,nama,tingkat,jumlah_tps,nomor_tps
11,,ACEH,1,,
1101,11,ACEH SELATAN,2,,
110101,1101,BAKONGAN,3,,
1101012001,110101,KEUDE BAKONGAN,4,3,1-2;901
1101012002,110101,UJUNG MANGKI,4,2,1-2
CSV
}

small_contest() {
    cat >kontes.json <<'JSON'
{"format": "rekap-kontes-1", "kode": "ppwp", "nama": "Pemilihan uji", "bentuk": "paslon",
 "medan": ["pemilih_dpt_l", "pemilih_dpt_p", "suara_sah", "suara_tidak_sah", "suara_total"],
 "pilihan": [{"kode": "01", "nomor": 1, "nama": "Pasangan Satu", "warna": "#B5651D"},
             {"kode": "02", "nomor": 2, "nama": "Pasangan Dua", "warna": "#2F6DB5"}],
 "aturan": "standar"}
JSON
}

# Four forms: the third breaks R09 (100 + 2 is not 103); the fourth has blanks, which are not zeros.
small_forms() {
    cat >forms.csv <<'CSV'
tps,pemilih_dpt_l,pemilih_dpt_p,suara_01,suara_02,suara_sah,suara_tidak_sah,suara_total
1101012001001,140,150,30,200,230,5,235
1101012001002,120,130,40,160,200,3,203
1101012002001,60,70,25,75,100,2,103
1101012001901,,,7,,,,
CSV
}

new_election() { # DIR
    expect 0 "$REKAP" init "$1" --nama "Pemilu Uji" --id uji
    expect 0 "$REKAP" wilayah "$1" wilayah.csv
    expect 0 "$REKAP" kontes "$1" kontes.json
}

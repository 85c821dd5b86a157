# An election whose forms were drawn, filled in, photographed and read, for reading.test.mjs: run by bash in an empty
# directory with REKAP and ROOT set, as the cases are. Leaves ./pemilu; one station for each state.
set -eu -o pipefail
. "$ROOT/tests/cases/lib.bash"
photograph="$(dirname "$(readlink -f "$REKAP")")/../../tests/photograph"
small_tree; small_contest
sed -i 's/,4,3,1-2;901/,4,4,1-3;901/' wilayah.csv
python3 - <<'PY'
import json
names = ["suara_01", "suara_02", "suara_sah", "suara_tidak_sah", "suara_total"]
def field(i, n):
    f = {"nama": n, "kotak": [[70 + 18 * k, 25 + 40 * i, 15, 15] for k in range(3)]}
    if i < 2: # the choices have bubbles
        f["bulatan"] = [{"x": 130 + 22 * k, "y": 27 + 40 * i, "dx": 2.4 * 0, "dy": 3.6, "diameter": 3} for k in range(3)]
    return f
tags = [{"id": 40 + 2 * (x > 100) + (y > 70), "x": x, "y": y, "sisi": 14} for x in (8, 188) for y in (8, 226)]
json.dump({"format": "rekap-formulir-1", "kode": "uji-2", "nama": "Uji", "kontes": "ppwp", "ukuran": [210, 248], "keluarga_tag": "tag36h11",
           "bingkai": 0.6, "cek": ["suara_01 + suara_02 = suara_sah", "suara_sah + suara_tidak_sah = suara_total"],
           "halaman": [{"nomor": 1, "tag": tags, "qr": {"x": 150, "y": 120, "sisi": 28}, "medan": [field(i, n) for i, n in enumerate(names)]}]},
          open("form.json", "w"))
PY
photo() { # TPS SEED LINE...: a form filled in, photographed
    "$REKAP" form draw form.json --pemilu uji --wilayah wilayah.csv --tps "$1" --halaman 1 --dpi 200 -o blank.png 2>drawn.txt || fail "$(cat drawn.txt)"
    printf '%s\n' "${@:3}" >figures.csv
    "$photograph" form.json 1 blank.png figures.csv "foto/$1_p1.png" "$2"
}
new_election pemilu
printf 'tps,suara_01,suara_02,suara_sah,suara_tidak_sah,suara_total\n1101012001003,25,75,100,2,103\n' >orang.csv # what people entered
expect 0 "$REKAP" import pemilu --kontes ppwp orang.csv
mkdir foto
P=110101200
photo ${P}1001 11 suara_01,30 suara_02,200 suara_sah,230 suara_tidak_sah,5 suara_total,235
photo ${P}1002 0 suara_01,40 suara_02,160 suara_sah,230 suara_tidak_sah,3 suara_total,233 # plain ink that does not add up
photo ${P}2001 0 suara_01,25 suara_02,75 suara_sah,100 suara_tidak_sah,2                 # the total is blank
photo ${P}1003 0 suara_01,25 suara_02,75 suara_sah,100 suara_tidak_sah,2 suara_total,102 # people typed 103
echo 'bukan foto' >foto/${P}1901_p1.jpg
"$REKAP" read --into pemilu --kontes ppwp --form form.json --json foto >baca.json 2>said.txt || { cat said.txt >&2; exit 1; }
photo ${P}2002 0 suara_01,1 suara_02,2 suara_sah,3 suara_tidak_sah,4 suara_total,7
"$REKAP" read --into pemilu --kontes ppwp --form form.json --terima-saja foto/${P}2002_p1.png >terima.txt 2>&1

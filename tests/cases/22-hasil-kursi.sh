# Who is elected, and which party has which seats: from real votes files, and from a small parliament.
. "$ROOT/tests/cases/lib.bash"
D=$ROOT/data

# 2024 and 2014: every cell of the list of elected members, through the program
for year in 2014 2024; do
    "$REKAP" kursi --suara "$D/dpr$year/suara.csv" --kursi "$D/dpr$year/kursi.csv" --partai "$D/dpr$year/partai.csv" \
        --tahun "$year" --format csv >kursi.csv
    python3 - kursi.csv "$D/dpr$year/terpilih.csv" "$ROOT/tests/golden/kursi-$year.csv" <<'PY'
import csv, sys
read = lambda f: list(csv.DictReader(open(f, encoding="utf-8")))
got, want, golden = map(read, sys.argv[1:])
elected = {(r["dapil"], r["partai"]): r["kursi"] for r in want}
cells = [r for r in got if r["lolos_ambang"] == "ya"]
bad = [r for r in got if r["kursi"] != elected.get((r["dapil"], r["partai"]), "0")]
assert not bad, bad[:3]
lose = {(r["dapil"], r["partai"]): r["terakhir_boleh_hilang"] for r in got if r["terakhir_boleh_hilang"]}
lack = {(r["dapil"], r["partai"]): r["berikut_kurang"] for r in got if r["berikut_kurang"]}
assert lose == {(g["dapil"], g["terakhir"]): g["boleh_hilang"] for g in golden}
assert lack == {(g["dapil"], g["berikut"]): g["kurang"] for g in golden}
print(len(cells), "cells,", sum(int(r["kursi"]) for r in got), "seats")
PY
done | tee cells.txt
printf '770 cells, 560 seats\n672 cells, 580 seats\n' | cmp - cells.txt

# presidents
"$REKAP" hasil --suara "$D/pemilu2019/resmi-ppwp.csv" --provinsi 34 --luar-negeri -99 --format csv >h.csv
[ "$(cell h.csv pilihan=01 kedudukan)" = terpilih ]
[ "$(cell h.csv pilihan=01 bp)" = 5550 ]
[ "$(cell h.csv pilihan=01 provinsi_seperlima)" = 32 ]
"$REKAP" hasil --suara "$D/presiden/ppwp-2024.csv" --provinsi 38 --luar-negeri 99 --format csv >h.csv
[ "$(cell h.csv pilihan=02 kedudukan)" = terpilih ]
[ "$(cell h.csv pilihan=02 provinsi_diketahui)" = 36 ]
"$REKAP" hasil --suara "$D/presiden/ppwp-2004-1.csv" --provinsi 32 --format csv >h.csv
[ "$(cell h.csv pilihan=04 kedudukan)$(cell h.csv pilihan=02 kedudukan)" = putaran-keduaputaran-kedua ]
"$REKAP" hasil --suara "$D/presiden/ppwp-2009.csv" --provinsi 33 >h.txt
grep -q 'belum: Belum dapat diputuskan: angka provinsi kurang' h.txt

# a parliament of two dapil, 3 and 2 seats; party 3 is under the threshold, dapil 2 ends in a tie
cat >wilayah.csv <<'CSV'
kode,induk,nama,tingkat,jumlah_tps,nomor_tps
11,,A,1,,
1101,11,A SATU,2,,
110101,1101,A SATU SATU,3,,
1101011001,110101,DESA,4,2,1-2
1102,11,A DUA,2,,
110201,1102,A DUA SATU,3,,
1102012001,110201,DESA,4,1,1
CSV
cat >kontes.json <<'JSON'
{"format": "rekap-kontes-1", "kode": "pdpr", "nama": "DPR uji", "bentuk": "partai", "medan": ["suara_sah"],
 "pilihan": [{"kode": "1", "nomor": 1, "nama": "Satu"}, {"kode": "2", "nomor": 2, "nama": "Dua"},
             {"kode": "3", "nomor": 3, "nama": "Tiga"}],
 "dapil": [{"kode": "D1", "nama": "DAPIL 1", "wilayah": ["1101"], "kursi": 3,
            "calon": {"1": [{"nama": "Calon"}]}},
           {"kode": "D2", "nama": "DAPIL 2", "wilayah": ["1102"], "kursi": 2}]}
JSON
cat >forms.csv <<'CSV'
tps,suara_1,suara_1.1,suara_2,suara_3,suara_sah
1101011001001,100,150,100,20,370
1101011001002,50,0,100,0,150
1102012001001,300,,100,0,400
CSV
expect 0 "$REKAP" init p --id p --nama P --tanggal 2024-02-14
expect 0 "$REKAP" wilayah p wilayah.csv
expect 0 "$REKAP" kontes p kontes.json
expect 0 "$REKAP" import p --kontes pdpr forms.csv
"$REKAP" kursi p --kontes pdpr --format csv >k.csv
[ "$(cell k.csv dapil=D1 partai=1 suara)" = 300 ] # the party's and its candidate's
[ "$(cell k.csv dapil=D1 partai=1 kursi)$(cell k.csv dapil=D1 partai=2 kursi)" = 21 ]
[ "$(cell k.csv dapil=D1 partai=3 lolos_ambang)" = tidak ] # 20 of 920 is 2.17 %
[ "$(cell k.csv dapil=D2 partai=1 kursi)$(cell k.csv dapil=D2 partai=2 kursi)" = 10 ] # 300/3 = 100/1
[ "$(cell k.csv dapil=D2 partai=1 seri)$(cell k.csv dapil=D2 partai=2 seri)" = yaya ]
[ "$(cell k.csv dapil=D1 partai=1 terakhir_boleh_hilang)" = 99 ] # 201/3 > 200/3
[ "$(cell k.csv dapil=D1 partai=2 berikut_kurang)" = 101 ]      # 301/3 > 300/3
"$REKAP" kursi p --kontes pdpr --tahun 2014 --format json >k.json
"$REKAP" kursi p --kontes pdpr --as-of 5 >k.txt
grep -q 'bukan pembagian kursi' k.txt
python3 - <<'PY'
import json
k = json.load(open("k.json"))
assert k["metode"] == "kuota" and k["ambang_bp"] == 350 and k["lengkap"] and k["terbuka"] == 1, k
assert [[p["kursi"] for p in d["partai"]] for d in k["dapil"]] == [[2, 1, 0], [1, 0, 0]], k["dapil"]
PY
"$REKAP" hasil p --kontes pdpr --format json | python3 -c 'import json,sys; d = json.load(sys.stdin); assert d["seri"] == [], d'

# the server says the same
"$REKAP" serve p --listen 127.0.0.1:0 --quiet >said.txt 2>errors.txt &
server=$!
trap 'kill "$server" 2>/dev/null || true' EXIT
for _ in $(seq 100); do grep -q 'http://' said.txt && break; sleep 0.1; done
url=$(grep -o 'http://[^ ]*' said.txt | head -n 1)
"$REKAP" kursi p --kontes pdpr --format json | tr -d '\n' >want.json
curl -sSf "${url%/}/api/v1/kontes/pdpr/kursi" | cmp - want.json

# refusals name the file and what to do
expect 2 "$REKAP" kursi p --kontes pdpr --metode dhondt
expect 2 "$REKAP" kursi --suara forms.csv
expect 2 "$REKAP" hasil p
expect 1 "$REKAP" kursi p --kontes pdpr --tahun 2009
grep -q 'no method' out.txt
expect 1 "$REKAP" kursi --suara forms.csv --kursi "$D/dpr2024/kursi.csv" --tahun 2024
grep -q 'forms.csv:1:1: column .tps. is not known' out.txt || { cat out.txt; fail "the file is not named"; }

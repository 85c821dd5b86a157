# Somebody's CSV becomes a series of its own, all or nothing; a by-name roll leaves counts and nothing else.
. "$ROOT/tests/cases/lib.bash"
# A small archive: the shipped tables without the large figure files.
mkdir -p arsip pemilu2019 pemilu2024
cp "$ROOT"/data/arsip/*.csv "$ROOT"/data/arsip/pilihan.csv.zst "$ROOT"/data/arsip/selisih.csv.zst \
    "$ROOT"/data/arsip/pohon-2014.csv.zst "$ROOT"/data/arsip/angka-umum.csv.zst arsip/
cp "$ROOT/data/pemilu2019/wilayah.csv.zst" pemilu2019/
cp "$ROOT/data/pemilu2024/wilayah.csv.zst" pemilu2024/
export REKAP_ARSIP=arsip

cat >spec.json <<'JSON'
{"format": "rekap-arsip-impor-1", "pemilu": "pemilu2019", "kontes": "ppwp", "seri": "uji-pleno",
 "kedudukan": "pleno", "nama": "Uji", "sumber": "https://example.org/uji", "lisensi": "fakta",
 "pemisah": ";", "ribuan": ".", "kosong": ["-"],
 "wilayah": {"kolom": "Provinsi", "sebagai": "nama"},
 "angka": [{"kolom": "Paslon 1", "butir": "suara", "pilihan": "1"},
           {"kolom": "Paslon 2", "butir": "suara", "pilihan": "2"}]}
JSON
printf 'Provinsi;Paslon 1;Paslon 2\r\nAceh;404.188;2.400.746\r\n"Bali";2.351.057;213.416\r\nBanten;-;4059514\r\n' >plenary.csv
expect 0 "$REKAP" archive import --spec spec.json --dry-run --format csv plenary.csv
test ! -e arsip/impor
grep -q 'banding,,,pemilu2019-ppwp-keputusan,4,angka sama' out.txt
grep -q 'banding,,,pemilu2019-ppwp-keputusan,1,angka berbeda' out.txt
expect 0 "$REKAP" archive import --spec spec.json plenary.csv
"$REKAP" archive show pemilu2019 ppwp --seri uji-pleno --tingkat 1 --format csv >show.csv
test "$(cell show.csv nama_wilayah=ACEH pilihan=2 nilai)" = 2400746
test "$(wc -l <show.csv)" -eq 6
test "$(ls -A arsip/impor)" = uji-pleno
# Not twice, and with a bad row not at all.
expect 1 "$REKAP" archive import --spec spec.json plenary.csv
grep -q 'has a series uji-pleno already' out.txt
sed -i 's/uji-pleno/uji-lain/' spec.json
printf 'Provinsi;Paslon 1;Paslon 2\nAceh;1;2\nAtlantis;1;2\nBali;1,5;3\nBanten;1\n' >bad.csv
expect 1 "$REKAP" archive import --spec spec.json --format csv bad.csv
grep -q 'masalah,3,1,Atlantis,,is no region' out.txt
grep -q 'masalah,4,2,"1,5",,is no whole number' out.txt
grep -q 'masalah,5,,,,the row has another number of fields' out.txt
test "$(ls -A arsip/impor)" = uji-pleno
printf 'Provinsi;Paslon 1;Paslon 2\nAceh;1;2\nACEH;1;3\n' >twice.csv
expect 1 "$REKAP" archive import --spec spec.json twice.csv
grep -q 'two figures for the same region' out.txt
expect 1 "$REKAP" archive import --spec <(sed 's/"kosong"/"kosnog"/' spec.json) plenary.csv
grep -q 'unknown key "kosnog"' out.txt

# ---- a roll: 300 marked voters of two stations ----
cat >roll.json <<'JSON'
{"format": "rekap-arsip-impor-1", "pemilu": "pemilu2024", "kontes": "dpt", "seri": "uji-dpt",
 "kedudukan": "daftar", "nama": "DPT uji", "sumber": "uji", "lisensi": "hitungan",
 "daftar_pemilih": {"tps": "tps", "jenis_kelamin": {"kolom": "jk", "arti": {"L": "L", "P": "P"}},
  "umur": {"tanggal_lahir": "lahir", "bentuk": "DD-MM-YYYY"},
  "disabilitas": {"kolom": "dis", "arti": {"0": "", "1": "fisik", "2": "netra"}}}}
JSON
python3 - <<'PY'
import csv
w = csv.writer(open("roll.csv", "w", newline=""))
w.writerow(["nkk", "nik", "nama", "alamat", "lahir", "jk", "dis", "tps"])
for i in range(300):
    born = 1950 if i < 3 else 1960 + i % 45  # three of 74 years in a band of their own, and too few
    w.writerow(["NKKRAHASIA%06d" % i, "31710%011d" % (77700000 + i), 'NAMARAHASIA "%d", H.' % i, "JALANRAHASIA, no %d" % i,
                "17-08-%d" % born, "LP"[i % 3 == 0], "1" if i < 8 else "2" if i < 10 else "0",
                "1101012001001" if i < 200 else "1101012001002"])
PY
expect 0 "$REKAP" archive import --spec roll.json --format csv roll.csv
cp out.txt report.txt
grep -q 'ringkasan,,,,300,pemilih dihitung' report.txt
"$REKAP" archive show pemilu2024 dpt --seri uji-dpt --tingkat 5 --format csv >dpt.csv
test "$(cell dpt.csv wilayah=1101012001-001 butir=pemilih_dpt nilai)" = 200
test "$(cell dpt.csv wilayah=1101012001-001 butir=pemilih_dpt_l nilai)" = 133
test "$(cell dpt.csv wilayah=1101012001-002 butir=pemilih_dpt_p nilai)" = 33
python3 - <<'PY'
import csv
rows = list(csv.DictReader(open("dpt.csv")))
for tps, n in (("1101012001-001", 200), ("1101012001-002", 100)):
    for butir in ("pemilih_umur", "pemilih_disabilitas"):
        cells = [int(r["nilai"]) for r in rows if r["wilayah"] == tps and r["butir"] == butir]
        assert not cells or sum(cells) == n and min(cells) >= 5 and len(cells) > 1, (tps, butir, cells)
dis = {r["pilihan"]: r["nilai"] for r in rows if r["wilayah"] == "1101012001-001" and r["butir"] == "pemilih_disabilitas"}
assert dis == {"tanpa": "190", "fisik+netra": "10"}, dis
assert not [r for r in rows if r["wilayah"] == "1101012001-002" and r["butir"] == "pemilih_disabilitas"]
PY
# Databases of the archive with the roll in it: their pages are searched too.
rm roll.csv
for f in sqlite csv postgres; do expect 0 "$REKAP" export-db --archive --format "$f" "db-$f"; done
grep -aq 'pemilih_disabilitas' db-sqlite
marks='RAHASIA|17-08-19|31710000777|7770000'
for f in arsip/impor/uji-dpt/*.zst; do zstd -qdc "$f" >"$f.open"; done
! grep -rEla "$marks" . || fail "something of a voter was written"
# Rows that are wrong are named by place, never by what stands in them.
printf 'nkk,nik,nama,lahir,jk,dis,tps\nNKKRAHASIA,1,NAMARAHASIA,17-08-1980,X,0,1101012001001\nNKKRAHASIA,1,NAMARAHASIA,17-08-1980,L,0,RAHASIATPS\nNKKRAHASIA,1,NAMARAHASIA,RAHASIA80,L,9,1101012001001\n"NKKRAHASIA,1\n' >bad-roll.csv
sed -i 's/uji-dpt/uji-dua/' roll.json
expect 1 "$REKAP" archive import --spec roll.json --format csv bad-roll.csv
rm bad-roll.csv
grep -q 'masalah,2,5,' out.txt
! grep -rEla "$marks" . || fail "a message quotes a voter"
test ! -e arsip/impor/uji-dua

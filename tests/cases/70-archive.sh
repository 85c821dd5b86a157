# The shipped archive: what it holds adds up or is listed, what is missing is said, a kabupaten can be
# followed over real splits, and a changed figure is noticed.
. "$ROOT/tests/cases/lib.bash"
export REKAP_ARSIP="$ROOT/data/arsip"
A="$REKAP archive"

(cd "$ROOT" && sha256sum --quiet -c data/arsip/SHA256SUMS)
for f in "$ROOT"/data/arsip/*.csv.zst; do # the content too, whatever zstd wrote it
    echo "$(zstd -qdc "$f" | sha256sum | cut -d' ' -f1)  data/arsip/$(basename "$f" .zst)"
done | sort >content.txt
grep -F -f content.txt "$ROOT/data/arsip/SHA256SUMS.terurai" | sort | diff - content.txt
# The licence travels with the data it is for; no picture is among them.
test -s "$ROOT/data/arsip/ODbL-1.0.md"
! find "$ROOT/data/arsip" -type f ! -name '*.csv' ! -name '*.zst' ! -name '*.md' ! -name 'SHA256SUMS*' | grep .

# Two programs found the same differences.
$A check --format csv >check.csv 2>said.txt
test "$(wc -l <check.csv)" -eq 1
grep -q "0 of them not listed, 0 listed that are not there" said.txt

# Published totals, and the differences the sources state.
value() { # PEMILU KONTES SERI BUTIR PILIHAN
    [ -e "$1-$2.csv" ] || $A show "$1" "$2" --format csv >"$1-$2.csv"
    cell "$1-$2.csv" wilayah=0 "seri=$3" "butir=$4" "pilihan=$5" nilai
}
test "$(value pemilu2024 ppwp pemilu2024-ppwp-keputusan suara_sah '')" = 164227475
test "$(value ppwp2004-2 ppwp ppwp2004-2-ppwp-keputusan suara 4)" = 69266350
test "$(value pemilu1999 dpr pemilu1999-dpr-kpu suara PDIP)" = 35689073
$A show pemilu2024 dpr --banding --format csv >two.csv
test "$(cell two.csv seri_a=pemilu2024-dpr-keputusan-360 seri_b=pemilu2024-dpr-keputusan-1050 butir=suara_sah selisih)" = 3338
test "$(cell two.csv seri_a=pemilu2024-dpr-caleg seri_b=pemilu2024-dpr-keputusan-360 butir=suara pilihan=PKN selisih)" = -92
$A show ppwp2014 ppwp --format json >show.json
python3 -c 'import json; rows = json.load(open("show.json")); assert any(r["nilai"] == 70997833 or r["nilai"] == 70997851 for r in rows), rows'

# Coverage says what is there and what is not.
$A coverage --format csv >coverage.csv
python3 - <<'PY'
import csv
have = {(r["pemilu"], r["kontes"], r["tingkat"]): r["keadaan"] for r in csv.DictReader(open("coverage.csv"))}
want = """pemilu1999 dpr nasional=lengkap; pemilu1999 dpr provinsi=tidak ada; pileg2014 dpr dapil=lengkap;
    pemilu2024 dpr dapil=lengkap; pemilu2024 dpd provinsi=tidak ada; pemilu2019 ppwp provinsi=lengkap;
    pemilu2019 ppwp tps=sebagian; pilkada2015 pkwkp provinsi=tidak ada; pemilu2019 dpt desa=sebagian;
    ppwp2014 dpt tps=ada; pemilu2024 pkwkp provinsi=; pilkada2024 pkwkp kecamatan=ada"""
for w in want.split(";"):
    key, state = w.strip().split("=")
    assert have.get(tuple(key.split()), "") == state, (w, have.get(tuple(key.split())))
PY

# Pangandaran (from Ciamis, 2012), Pasangkayu (from Mamuju, renamed), Ciamis itself, Cirebon.
$A follow 3218 3207 7601 1811 --format csv >follow.csv
python3 - <<'PY'
import csv
rows = list(csv.DictReader(open("follow.csv")))
def fit(code, election, name, how):
    got = {(r["nama_wilayah"].title(), r["kesesuaian"]) for r in rows if (r["kode"], r["pemilu"]) == (code, election)}
    assert got == {(name, how)}, (code, election, got)
fit("3218", "ppwp2014", "Ciamis", "perkiraan: induk")
fit("3218", "pemilu2019", "Pangandaran", "tepat")
fit("3207", "pileg2009", "Ciamis", "perkiraan: lebih luas")
fit("3207", "pemilu2024", "Ciamis", "tepat")
fit("7601", "pemilu1999", "Mamuju", "perkiraan: induk")
fit("7601", "pemilu2019", "Mamuju Utara", "tepat")
fit("1811", "pileg2004", "Tulang Bawang", "perkiraan: induk")  # Mesuji split off in 2008
PY
grep -q "Kabupaten Mamuju Utara dibentuk dari Kabupaten Mamuju" follow.csv
expect 1 "$REKAP" archive follow 9999
grep -q "9999" out.txt

# A figure that was changed is noticed, and so is a row that means nothing.
cp -r "$ROOT/data/arsip" mine
mkdir pemilu2019 pemilu2024
cp "$ROOT/data/pemilu2019/wilayah.csv.zst" pemilu2019/
cp "$ROOT/data/pemilu2024/wilayah.csv.zst" pemilu2024/
zstd -qd --rm mine/angka-umum.csv.zst
sed -i 's/^\(pemilu1999-dpr-kpu,0,suara,PDIP\),35689073,/\1,35689074,/' mine/angka-umum.csv
expect 1 "$REKAP" archive check --arsip mine --format csv
grep -q '"\?belum terdaftar"\?,pilihan-sah,pemilu1999-dpr-kpu' out.txt
grep -q 'tidak ditemukan lagi' out.txt
sed -i '5s/,suara,/,suaro,/' mine/angka-umum.csv
expect 1 "$REKAP" archive check --arsip mine
grep -q "angka-umum.csv:5:3: 'suaro' is no row of butir.csv" out.txt
expect 1 "$REKAP" archive list --arsip /nowhere
grep -q "is missing: is /nowhere an archive directory" out.txt
expect 2 "$REKAP" archive dance

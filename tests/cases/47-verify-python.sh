# tests/verify.py, written from docs/format/ alone, agrees with the program byte for byte: on the small
# election in every form, on a whole province of the 2024 count from import to publication, and it
# refuses what was changed. (The whole of 2019: make verify-2019.)
source "$ROOT/tests/cases/lib.bash"
python3 -c 'import cryptography' 2>/dev/null || { echo "python3-cryptography is not installed"; exit 77; }
V=${REKAP%/*}/rekap-verify
MAKE=${REKAP%/*}/tests/published/published
PY="python3 $ROOT/tests/verify.py"
[ "$(wc -l <"$ROOT/tests/verify.py")" -le 400 ] || fail "tests/verify.py has more than 400 lines"

small_tree; small_contest; small_forms
for how in satu berkas polos; do
    key=$("$MAKE" $how uji wilayah.csv kontes.json forms.csv $how dokumen)
    $PY $how/log ppwp "$key" >out.csv || fail "$how"
    cmp out.csv $how/api/v1/kontes/ppwp/rekap.csv
done
# Photos: two stations of the machine's, one where people's figures stand, one of each other state.
P=110101200
key=$("$MAKE" foto uji wilayah.csv kontes.json forms.csv satu dokumen ${P}2002 ${P}1001 ${P}1901 ${P}1002 ${P}2001 ${P}2002)
$PY foto/log ppwp "$key" >out.csv || fail "photos"
cmp out.csv foto/api/v1/kontes/ppwp/rekap.csv
[ "$(cell out.csv kode=0 tps_foto)$(cell out.csv kode=0 tps_sesuai)$(cell out.csv kode=0 tps_beda)" = 522 ] || { cat out.csv; fail "photos"; }
expect 0 "$V" --no-state foto
grep -q 'tps/1101012001001/baca' <(cd foto && find . -name 'baca.json') || fail "no reading was published"
refused() { # WORDS
    if $PY salinan/log ppwp "$key" >out.txt 2>&1; then fail "not refused: $1"; fi
    grep -q -- "$1" out.txt || { cat out.txt; fail "not said: $1"; }
    rm -rf salinan; cp -r satu salinan
}
cp -r satu salinan
printf '\1' | dd of=salinan/log/tile/0/000.p/8 bs=1 seek=40 conv=notrunc status=none; refused 'tile/0/000.p/8 is not what'
printf '\1' | dd of=salinan/log/tile/entries/000.p/8 bs=1 seek=300 conv=notrunc status=none; refused entr
sed -i 's/^8$/7/' salinan/log/checkpoint; refused ''
sed -i 's/^— uji ..../— uji AAAA/' salinan/log/checkpoint; refused 'not signed'

# ---- what the program itself signs and publishes ----
new_election pemilu
expect 0 "$REKAP" import pemilu --kontes ppwp forms.csv
sed '2s/,140,/,141,/' forms.csv | head -2 >koreksi.csv
expect 0 "$REKAP" import pemilu --kontes ppwp --alasan 'salah baca' koreksi.csv
expect 0 "$REKAP" publish pemilu keluar --quiet
"$REKAP" recap pemilu --kontes ppwp --format csv >rekap.csv
$PY keluar/log ppwp >python.csv
cmp rekap.csv python.csv
expect 0 "$V" --no-state keluar rekap.csv

# ---- one province of 2024, all the way ----
zstd -dqc "$ROOT/data/pemilu2024/ppwp.csv.zst" | grep -E '^(tps|11)' >aceh.csv
expect 0 "$REKAP" init aceh --nama 'Pemilu 2024, Aceh' --id pemilu2024
expect 0 "$REKAP" wilayah aceh "$ROOT/data/pemilu2024/wilayah.csv.zst"
expect 0 "$REKAP" kontes aceh "$ROOT/data/pemilu2024/kontes-ppwp.json"
expect 0 "$REKAP" import aceh --kontes ppwp aceh.csv
"$MAKE" terbit pemilu2024 "$ROOT/data/pemilu2024/wilayah.csv.zst" "$ROOT/data/pemilu2024/kontes-ppwp.json" aceh.csv berkas >/dev/null
"$REKAP" recap aceh --kontes ppwp --format csv >rekap.csv
$PY terbit/log ppwp >python.csv
cmp rekap.csv python.csv
[ "$(wc -l <python.csv)" -gt 80000 ] || fail "regions are missing"
expect 0 "$V" --no-state terbit rekap.csv
grep -q 'figures in 1 documents' out.txt || { cat out.txt; fail "the table was not compared"; }

# Requests for information: receiving, deadlines, overdue in red, standing answers, who asked stays
# private, the worked example of 2024.
. "$ROOT/tests/cases/lib.bash"
cal="--kalender $ROOT/data/kalender/holidays-2024-2026.csv"

# registers 001, 002, 003 of 2024
mkdir kip && cp "$ROOT/data/ppid/register-2024.jsonl" kip/register.jsonl
expect 0 "$REKAP" ppid terbit kip out $cal --hari-ini 2024-05-03
grep -q '3 requests, 22 events' out.txt
[ "$(cell out/permohonan.csv no=KIP-002 register)" = 002/KIP-PSIP/II/2024 ]
[ "$(cell out/permohonan.csv no=KIP-002 hasil)" = dikabulkan ]
grep -q '002/KIP-PSIP/II/2024' out/index.html
(cd out && sha256sum -c --quiet SHA256SUMS)

# who asks is kept apart
expect 0 "$REKAP" ppid terima reg P-1 $cal --tanggal 2024-02-13 --hari-ini 2024-02-13 --perihal "hasil per TPS" \
    --pemohon-dir orang --nama "Nama Rahasia" --kontak "08-rahasia"
grep -q 'tenggat / due 2024-02-19' out.txt
[ "$(stat -c %a orang/pemohon-0001.json)" = 600 ]
expect 0 "$REKAP" ppid terima reg P-2 $cal --tanggal 2024-02-13 --hari-ini 2024-02-13 --perihal "anggaran" --jenis umum --alias pemohon-0001
grep -q 'due 2024-02-28' out.txt
expect 0 "$REKAP" ppid perpanjangan reg P-2 $cal --tanggal 2024-02-20 --hari-ini 2024-02-20 --alasan "banyak berkas"
grep -q 'due 2024-03-08' out.txt

# answered at once by what is published: a release and a disclosure that are really there
small_tree
small_contest
small_forms
new_election p
expect 0 "$REKAP" import p --kontes ppwp forms.csv
standing() { # NO WHAT OPTION...
    "$REKAP" ppid terima reg "$1" $cal --tanggal 2024-03-01 --hari-ini 2024-03-01 --perihal "$2" --alias pemohon-0001 --tetap "$2" "${@:3}"
}
expect 1 standing P-0 hasil --rilis rilis
expect 1 standing P-0 hasil
expect 1 standing P-0 anggaran --rilis rilis
expect 0 "$REKAP" release p rilis --quiet
expect 0 standing P-3 hasil --rilis rilis --dasar https://hitung.example
grep -q 'dijawab' out.txt
release=$(readlink rilis/terbaru)
"$REKAP" ppid terbit reg pub0 $cal --hari-ini 2024-03-01 >/dev/null
[ "$(cell pub0/permohonan.csv no=P-3 tautan)" = "https://hitung.example/rilis/$release/index.html" ] || fail "not the newest release"
[ -f "rilis/$release/index.html" ] || fail "the link leads nowhere"
grep -q "$(sha256sum <rilis/terbaru/manifest/index | cut -c1-64)" reg/register.jsonl || fail "the answer does not name the release's hash"
expect 0 standing P-5 dpt --rilis rilis
"$REKAP" ppid terbit reg pub0 $cal --hari-ini 2024-03-01 >/dev/null
link=$(cell pub0/permohonan.csv no=P-5 tautan)
[ "$link" = "/rilis/$release/ppwp/rekap.csv" ] && head -n 1 ".$link" | grep -q pemilih_dpt || fail "no DPT at '$link'"
grep -q "href=\"$link\"" pub0/index.html
# a release that came later is the one; one of another contest has no voters
sed 's/"kode": "ppwp"/"kode": "kecil"/; s/"pemilih_dpt_l", "pemilih_dpt_p", //; s/"aturan": "standar"/"aturan": []/' kontes.json >kecil.json
expect 0 "$REKAP" kontes p kecil.json
expect 0 "$REKAP" release p rilis --quiet
expect 0 standing P-6 dpt --rilis rilis
expect 0 standing P-7 hasil --rilis rilis
"$REKAP" ppid terbit reg pub0 $cal --hari-ini 2024-03-01 >/dev/null
[ "$(readlink rilis/terbaru)" != "$release" ] && [ "$(cell pub0/permohonan.csv no=P-7 tautan)" = "/rilis/$(readlink rilis/terbaru)/index.html" ] || fail "not the newest release"
cell pub0/permohonan.csv no=P-6 tautan | grep -q 'ppwp/rekap.csv$' || fail "a contest without voters counts voters"
[ "$(cell pub0/permohonan.csv no=P-3 tautan)" = "https://hitung.example/rilis/$release/index.html" ] || fail "an old answer changed"
# not in the log yet, or not what its manifest says: no answer, and no request is taken in
cp -rL rilis kelak && rm "kelak/$(readlink rilis/terbaru).json"
expect 1 standing P-4 hasil --rilis kelak
grep -q 'no entry in the log' out.txt
cp -rL rilis rusak && echo x >>"rusak/$(readlink rilis/terbaru)/datapackage.json"
expect 1 standing P-4 dpt --rilis rusak
grep -q "manifest" out.txt
if command -v dot >/dev/null; then
    expect 0 "$REKAP" disclose "$ROOT/infra" ungkap --hari-ini 2026-11-24
    expect 0 standing P-8 infrastruktur --ungkap ungkap --dasar https://hitung.example
    grep -q "$(sha256sum <ungkap/SHA256SUMS | cut -c1-64)" reg/register.jsonl || fail "the answer does not name the disclosure's hash"
fi
expect 1 standing P-4 infrastruktur --rilis rilis
# links written by hand are taken where there are any
mkdir hand && printf 'hasil,/unduh/hasil-terbaru.csv\ninfrastruktur,/infrastruktur/\n' >hand/tautan.csv
expect 0 standing P-9 infrastruktur --rilis hand
expect 1 standing P-4 dpt --rilis hand
! grep -q 'P-4' reg/register.jsonl || fail "a refused request is in the register"
expect 0 "$REKAP" ppid langganan reg P-3 $cal --tanggal 2024-03-01 --perihal hasil --ke pelanggan-1
python3 -c 'import json; print(json.loads(open("reg/langganan.jsonl").read()))' | grep -q "'tiap': 'hari'"
cp reg/langganan.jsonl langganan
expect 1 "$REKAP" ppid langganan reg P-3 $cal --tanggal 2024-03-01 --perihal semua --ke pelanggan-1
expect 1 "$REKAP" ppid langganan reg P-3 $cal --tanggal 2024-03-01 --perihal hasil --ke orang@contoh.example
cmp langganan reg/langganan.jsonl || fail "a subscription that delivery cannot read was written"

# overdue is red; nothing of the person is anywhere in what is published or in the register
expect 0 "$REKAP" ppid terbit reg pub $cal --hari-ini 2024-03-01
grep -q '1 overdue' out.txt
grep -q 'class="merah">2024-02-19<br>LEWAT TENGGAT' pub/index.html
[ "$(cell pub/statistik.csv bulan=2024-02 lewat_tenggat)" = 1 ]
! grep -rqi 'rahasia' pub reg || fail "the person is public"

# an event that cannot be is refused and leaves the register as it was
cp reg/register.jsonl before
expect 1 "$REKAP" ppid tanggapan reg P-1 $cal --hasil ditolak --alasan x
cmp before reg/register.jsonl

# a year without a published calendar says so
expect 0 "$REKAP" ppid tenggat --tanggal 2026-12-30 --hari 3 $cal
grep -q 'kalender 2027 belum dimuat' out.txt
expect 1 "$REKAP" ppid terbit reg pub

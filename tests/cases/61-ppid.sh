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

# answered at once by what is published
mkdir rilis && printf 'hasil,/unduh/hasil-terbaru.csv\ninfrastruktur,/infrastruktur/\n' >rilis/tautan.csv
expect 0 "$REKAP" ppid terima reg P-3 $cal --tanggal 2024-03-01 --hari-ini 2024-03-01 --perihal "topologi" --alias pemohon-0001 \
    --tetap infrastruktur --rilis rilis
grep -q 'dijawab' out.txt
expect 1 "$REKAP" ppid terima reg P-4 $cal --perihal x --alias a --tetap dpt --rilis rilis
! grep -q 'P-4' reg/register.jsonl || fail "a refused request is in the register"
expect 0 "$REKAP" ppid langganan reg P-3 $cal --tanggal 2024-03-01 --perihal hasil --ke pelanggan-1
python3 -c 'import json; print(json.loads(open("reg/langganan.jsonl").read()))' | grep -q "'tiap': 'hari'"

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

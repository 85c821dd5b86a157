# The disclosure of infrastructure from outside: the shipped example, what is withheld, what the
# guard keeps back, expiry, differences, the restricted view, the entry in the log.
. "$ROOT/tests/cases/lib.bash"
if ! command -v dot >/dev/null; then echo "graphviz is not installed"; exit 77; fi
day='--hari-ini 2026-11-24'

# the published schema is the program's own, and the example keeps to it
"$REKAP" disclose --schema | cmp - "$ROOT/infra/schema.json"
if python3 -c 'import jsonschema' 2>/dev/null; then
    for f in "$ROOT"/infra/[0-9]*.json; do
        python3 -c 'import json,sys,jsonschema; jsonschema.validate(json.load(open(sys.argv[1])), json.load(open(sys.argv[2])))' "$f" "$ROOT/infra/schema.json"
    done
fi
expect 0 "$REKAP" disclose "$ROOT/infra" out $day
grep -q ' 0 warnings' out.txt || fail "the example warns"
(cd out && sha256sum -c --quiet SHA256SUMS)
! grep -rqE '198\.51|192\.0\.2|Rekaan 1|18500000000|Rak 12|443 masuk' out || fail "an exempt value is in the report"
grep -q 'Jakarta Pusat' out/index.html
python3 -c 'import json; d=json.load(open("out/infrastruktur.json")); assert d["contracts"][0]["value"] == {"withheld": "exempt", "exemption": "harga-negosiasi"}, d["contracts"][0]'
! grep -qiE 'graphviz|<!--|metadata' out/*.svg || fail "metadata in an SVG"
expect 0 "$REKAP" disclose "$ROOT/infra" again $day
diff -r out again

# the day after: one exemption opens, and it is said aloud
expect 0 "$REKAP" disclose "$ROOT/infra" later --hari-ini 2027-07-01
grep -q 'WARNING: EXEMPTION "harga-negosiasi" EXPIRED' out.txt
grep -q 18500000000 later/csv/contracts.csv
expect 0 "$REKAP" disclose "$ROOT/infra" shut --hari-ini 2030-01-01
grep -q 'class="merah"' shut/index.html || fail "an expired exemption is not red"
! grep -rqE '198\.51' shut || fail "an expired but closed exemption was opened"

# a later version: differences, addresses that were classed open by mistake
cp -r "$ROOT/infra" next
sed -i 's/"version": "2026-11-24"/"version": "2026-12-01"/' next/10-umum.json
sed -i 's/"Server penulis"}/"Server penulis (203.0.113.9)"}/; s/"seri 4000"/"seri 5000"/; s/{"exempt": \["198.51.100.10", "198.51.100.11"\], "by": "alamat"}/{"open": ["198.51.100.10"]}/' next/20-fisik.json
expect 0 "$REKAP" disclose next mistake $day --since "$ROOT/infra"
[ "$(grep -c 'WARNING' out.txt)" -eq 2 ] || fail "two mistakes, not two warnings: $(cat out.txt)"
! grep -rqE '203\.0\.113|198\.51' mistake || fail "an address that was classed open went out"
grep -q 'seri 5000' mistake/csv/perubahan.csv
expect 0 "$REKAP" disclose --diff "$ROOT/infra" next $day
grep -q '~ firewalls f-tepi model: seri 4000 -> seri 5000' out.txt
! grep -qE '203\.0\.113|198\.51' out.txt

# for auditors: everything, marked, not for others, not for the log
expect 0 "$REKAP" disclose "$ROOT/infra" secret $day --restricted --for auditor-7
grep -q '198.51.100.10' secret/csv/servers.csv
for f in secret/index.html secret/infrastruktur.json secret/topologi.svg secret/csv/servers.csv; do
    grep -q 'RESTRICTED - hanya untuk auditor-7' "$f" || fail "$f is not marked"
done
[ "$(stat -c %a secret)" = 700 ]
if command -v pdftotext >/dev/null; then
    pages=$(pdftotext secret/laporan.pdf - | tr -cd '\f' | wc -c)
    marks=0
    for p in $(seq "$pages"); do
        ! pdftotext -f "$p" -l "$p" -raw secret/laporan.pdf - | grep -q 'hanya untuk auditor-7' || marks=$((marks + 1))
    done
    [ "$marks" -eq "$pages" ] || fail "$marks of $pages pages carry the watermark"
fi
expect 2 "$REKAP" disclose "$ROOT/infra" x --restricted
expect 2 "$REKAP" disclose "$ROOT/infra" x --restricted --for a --into log

# in the log
"$REKAP" init log --id uji --nama Uji >/dev/null
expect 0 "$REKAP" disclose "$ROOT/infra" out2 $day --into log
grep -qE 'log: entry [0-9]+' out.txt

# what is refused, and where
mkdir bad
echo '{"format":"rekap-infra-1","inventory":{"name":"a","body":"b","version":"1"},"data":[{"id":"d","name":"tanpa kelas","class":{"open":"x"}}]}' >bad/a.json
expect 1 "$REKAP" disclose bad x
grep -q 'bad/a.json: data\[0\].name has no class' out.txt
mkdir none
expect 1 "$REKAP" disclose none x
[ ! -e x ] || fail "a refused report left files"

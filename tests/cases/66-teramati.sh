# Declared against observed, from outside: nodes describe themselves, the report lays that beside the inventory.
. "$ROOT/tests/cases/lib.bash"
expect 0 "$REKAP" init pemilu --id uji --nama Uji
expect 0 "$REKAP" kunci buat --peran v-portal --berkas portal.key
portal=$(cat out.txt)
expect 0 "$REKAP" kunci buat --peran v-pembaca --berkas reader.key
reader=$(cat out.txt)
expect 0 "$REKAP" kunci buat --peran v-gelap --berkas dark.key
dark=$(cat out.txt)
build=$(sha256sum <"$REKAP" | cut -d' ' -f1)
cp -r "$ROOT/infra" infra
python3 - "$portal" "$reader" "$build" <<'PY'
import json, sys
portal, reader, build = sys.argv[1:]
p = "infra/30-virtual-aliran.json"
d = json.load(open(p))
v = {x["id"]: x for x in d["vms"]}
v["v-portal"] |= {"node_key": {"exempt": portal, "by": "alamat"}, "build": {"open": build}, "node_version": {"open": "0.1.0"}}
v["v-pembaca"] |= {"node_key": {"open": reader}}
json.dump(d, open(p, "w"))
PY
report() { expect 0 "$REKAP" disclose infra "$@" --tanpa-diagram; }
codes() { tail -n +2 "$1/csv/temuan-simpul.csv" | cut -d, -f1 | sort | tr '\n' ' '; }

# all as declared but one that has not been seen
mkdir seen
expect 0 "$REKAP" node describe pemilu --key portal.key --role serve --output seen/v-portal.simpul
report one --observed seen
[ "$(codes one)" = "N03 " ] || fail "findings: $(codes one)"
grep -q '^v-portal,as declared,inventory,serve,serve,0.1.0,0.1.0,' one/csv/simpul.csv
grep -q '^v-pembaca,not seen,' one/csv/simpul.csv
! grep -rqF "${portal#*+}" one || fail "a withheld key is in the report"
(cd one && sha256sum -c --quiet SHA256SUMS)
python3 - <<'PY'
import json
o = json.load(open("one/infrastruktur.json"))["observed"]
assert [n["id"] for n in o["nodes"]] == ["v-pembaca", "v-portal"] or [n["id"] for n in o["nodes"]] == ["v-portal", "v-pembaca"], o
assert o["findings"] == [{"code": "N03", "what": "declared, not seen", "node": "v-pembaca"}], o["findings"]
assert json.load(open("one/sbom.spdx.json"))["spdxVersion"] == "SPDX-2.3"
PY
"$REKAP" sbom | cmp - one/sbom.spdx.json
grep -q 'Dinyatakan dan teramati' one/index.html

# a role that was not declared, a node that nobody declared, a key that nobody knows, a file that is none
expect 0 "$REKAP" node describe pemilu --key portal.key --role writer --output seen/v-portal.simpul
expect 0 "$REKAP" node describe pemilu --key dark.key --role mirror --output seen/v-gelap.simpul
expect 0 "$REKAP" node describe pemilu --key dark.key --id v-pembaca --role serve --output seen/v-pembaca.simpul
echo '{}' >seen/x.simpul
report two --observed seen
[ "$(codes two)" = "N01 N03 N06 N06 N09 N13 " ] || fail "findings: $(codes two)"
# the log knows the key: now the one is only undeclared, and the other counts
expect 0 "$REKAP" kunci pemilu tambah "$dark" --peran simpul --alasan uji
report three --observed seen --kunci-dari pemilu
[ "$(codes three)" = "N01 N09 N13 " ] || fail "findings: $(codes three)"
grep -q '^v-gelap,not declared,log,' three/csv/simpul.csv
rm seen/x.simpul seen/v-gelap.simpul
expect 0 "$REKAP" node describe pemilu --key portal.key --role serve --output seen/v-portal.simpul

# another executable than released, a changed byte, an old description
report four --observed seen --kunci-dari pemilu --build "$(printf '0%.0s' $(seq 64))" --versi 9.9
[ "$(codes four)" = "N07 N08 " ] || fail "findings: $(codes four)"
sed -i 's/"uptime": /"uptime": 1/' seen/v-portal.simpul
report five --observed seen --kunci-dari pemilu
[ "$(codes five)" = "N03 N06 " ] || fail "findings: $(codes five)"
grep -q 'salah / wrong' five/csv/temuan-simpul.csv
day=$(date -u -d '+3 days' +%F)
report six --observed seen/v-pembaca.simpul --kunci-dari pemilu --hari-ini "$day"
[ "$(codes six)" = "N03 N04 " ] || fail "findings: $(codes six)"
report seven --observed seen/v-pembaca.simpul --kunci-dari pemilu --hari-ini "$day" --usia 200
[ "$(codes seven)" = "N03 " ] || fail "findings: $(codes seven)"

# collected from the nodes themselves: through the gate, all or nothing, what cannot be had stays as it was
cp portal.key pemilu/keys/simpul.key
"$REKAP" serve pemilu --listen 127.0.0.1:0 >serve.txt 2>serve.err &
server=$!
trap 'kill $server 2>/dev/null || true' EXIT
for _ in $(seq 100); do grep -q serving serve.txt && break; sleep 0.1; done
url=$(sed -n 's/^rekap: serving \(.*\)\/$/\1/p' serve.txt)
python3 - "$url" <<'PY'
import json, sys
p = "infra/30-virtual-aliran.json"
d = json.load(open(p))
v = {x["id"]: x for x in d["vms"]}
v["v-portal"]["node_url"] = {"exempt": sys.argv[1] + "/", "by": "alamat"}
v["v-pembaca"]["node_url"] = {"open": "https://pembaca.contoh.example"}
v["v-penerima"]["node_url"] = {"open": sys.argv[1]}
json.dump(d, open(p, "w"))
PY
mkdir kept && echo lama >kept/v-pembaca.simpul
expect 3 "$REKAP" node collect --inventory infra --output kept
grep -q '^ok *v-portal' out.txt
grep -q '^failed *v-pembaca: .*S01' out.txt || { cat out.txt; fail "an undeclared host was not refused"; }
grep -q '^failed *v-penerima: it says that it is "v-portal"' out.txt || { cat out.txt; fail "another node's description was taken"; }
grep -q '^3 nodes asked, 2 failed' out.txt
[ "$(cat kept/v-pembaca.simpul)" = lama ] && [ ! -e kept/v-penerima.simpul ]
report eight --observed kept
[ "$(codes eight)" = "N03 N13 " ] || fail "findings: $(codes eight)"
grep -q '^v-portal,as declared,inventory,serve,serve,' eight/csv/simpul.csv
! grep -rqF "${url#http://}" eight || fail "a node's address is in the report"
kill $server
wait $server || true
expect 2 "$REKAP" node collect --inventory infra

expect 2 "$REKAP" disclose infra x --usia 3
expect 1 "$REKAP" disclose infra x --observed seen --usia viel
expect 1 "$REKAP" disclose infra x --observed tidak-ada
[ ! -e x ] || fail "a refused report left files"

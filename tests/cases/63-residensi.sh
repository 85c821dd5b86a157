# Residency from outside: the declaration by itself, beside a registry's file, the certificate a target
# shows (on loopback), the signed statement in log, server and publication.
. "$ROOT/tests/cases/lib.bash"
small_tree
small_contest
small_forms
new_election p
expect 0 "$REKAP" import p --kontes ppwp forms.csv

cat >registry.txt <<'R'
2.3|apnic|20261128|6|19830613|20261127|+1000
apnic|*|asn|*|1|summary
apnic|*|ipv4|*|4|summary
apnic|*|ipv6|*|1|summary
apnic|ID|asn|4787|1|19950101|allocated|A91000
apnic|ID|ipv4|103.10.64.0|768|20111014|allocated|A91A
apnic|ID|ipv4|103.10.67.0|256|20111014|assigned|A91B
apnic|SG|ipv4|103.10.68.0|1024|20111014|allocated|A91C
apnic||ipv4|103.10.72.0|1024||available|
apnic|ID|ipv6|2400:9800::|32|20111014|allocated|A91A
R
declaration() { # COUNTRY-OF-BACKUP
    cat <<J
{"format":"rekap-residency-1","name":"Contoh","operator":"KPU (contoh)","date":"2026-11-24","targets":[
{"id":"log","kind":"store","operator":"KPU","country":"ID","holds":"non-public","path":"/srv/rekap"},
{"id":"cadangan","kind":"backup","operator":"PT A","country":"$1","holds":"non-public","host":"cadangan.contoh.example","port":443},
{"id":"tembolok","kind":"cdn","operator":"PT B","country":"SG","holds":"public","public_abroad":true,"host":"cdn.contoh.example","port":443,"addresses":["103.10.68.0/23"]},
{"id":"saksi","kind":"witness","operator":"Kampus","country":"ID","holds":"public","host":"saksi.contoh.example","port":443,"addresses":["103.10.64.0/22","2400:9800::7"]},
{"id":"kirim","kind":"delivery","operator":"PT C","country":"ID","holds":"public","host":"10.1.2.3","port":22}]}
J
}
declaration ID >p/residency.json

# by itself
expect 0 "$REKAP" residency check p
grep -q '5 targets, 0 break a rule' out.txt
declaration SG >bad.json
expect 1 "$REKAP" residency check bad.json
grep -q '^S02 *cadangan' out.txt
[ "$(grep -c '^ok' out.txt)" = 4 ] || fail "not only one target breaks a rule"
expect 1 "$REKAP" residency check bad.json --json
python3 -c 'import json; d=json.load(open("out.txt")); assert [t["aturan"] for t in d["tujuan"]] == [None,"S02",None,None,None] and d["melanggar_aturan"] == 1'
expect 1 "$REKAP" residency check tidak-ada.json

# beside the registry
verdict() { cell out.csv id="$1" putusan; }
expect 0 "$REKAP" residency verify p --registry registry.txt --csv && cp out.txt out.csv
for t in log=setempat cadangan=tidak-dikenal tembolok=luar-negeri saksi=id kirim=tidak-dikenal; do
    [ "$(verdict "${t%=*}")" = "${t#*=}" ] || fail "${t%=*} is $(verdict "${t%=*}")"
done
cell out.csv id=kirim sebab | grep -q 'RFC 1918' || fail "a private address is not called private"
echo 'cadangan.contoh.example,103.10.66.255' >addresses.csv
gzip -k registry.txt
expect 0 "$REKAP" residency verify p --registry registry.txt.gz --addresses addresses.csv --csv && cp out.txt out.csv
[ "$(verdict cadangan)" = id ] || fail "a run that is no prefix is not found"
echo 'cadangan.contoh.example,103.10.71.1' >>addresses.csv
expect 3 "$REKAP" residency verify p --registry registry.txt --addresses addresses.csv
grep -q 'WARNING: registered elsewhere than declared' out.txt
expect 3 "$REKAP" residency verify bad.json --registry registry.txt
echo 'saksi.contoh.example,103.10.69.9' >undeclared.csv
expect 3 "$REKAP" residency verify p --registry registry.txt --addresses undeclared.csv
grep -q 'not among the declared ones' out.txt
sed '/2400/d' registry.txt >cut.txt
expect 1 "$REKAP" residency verify p --registry cut.txt
grep -q 'cut short' out.txt
expect 1 "$REKAP" residency verify p --registry addresses.csv
grep -q 'addresses.csv:1:' out.txt || fail "the line is not named"
expect 2 "$REKAP" residency verify p
expect 2 "$REKAP" residency verify p --registry registry.txt --resolve --addresses addresses.csv

# a name is looked up by declared resolvers only: here none is, so nobody is asked
if grep -q '^nameserver' /etc/resolv.conf 2>/dev/null && ! grep -qE '^nameserver[[:space:]]+(127\.|::1)' /etc/resolv.conf; then
    expect 0 "$REKAP" residency verify p --registry registry.txt --resolve
    grep -q 'outbound refused: rule S01: .* resolver' out.txt || fail "an undeclared resolver is not refused"
fi

# a certificate, from a server on loopback
if command -v openssl >/dev/null; then
    openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 -subj "/C=SG/O=Contoh Cloud/CN=x" \
        -addext "subjectAltName=DNS:cadangan.contoh.example" 2>/dev/null
    port=$(python3 -c 'import socket; s=socket.socket(); s.bind(("127.0.0.1",0)); print(s.getsockname()[1])')
    openssl s_server -accept "127.0.0.1:$port" -key key.pem -cert cert.pem -quiet >/dev/null 2>&1 &
    server=$!
    trap 'kill "$server" 2>/dev/null || true' EXIT
    for _ in $(seq 100); do (: <>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && break; sleep 0.1; done
    # every target but this one is elsewhere: only loopback may be reached by a test
    python3 - "$port" <<'PY'
import json, sys
d = json.load(open("p/residency.json"))
d["targets"] = [t for t in d["targets"] if t["id"] == "cadangan"]
d["targets"][0]["port"] = int(sys.argv[1])
json.dump(d, open("one.json", "w"))
PY
    echo 'cadangan.contoh.example,127.0.0.1' >loopback.csv
    expect 0 "$REKAP" residency verify one.json --registry registry.txt --addresses loopback.csv --certs --json
    python3 - <<'PY'
import json
s = json.load(open("out.txt"))["tujuan"][0]["sertifikat"]
assert s["ada"] and s["negara_subjek"] == "SG" and s["subjek"] == "Contoh Cloud", s
assert s["nama"] == "cadangan.contoh.example" and s["nama_cocok"] and not s["dipercaya"], s
PY
    kill "$server"
    wait "$server" 2>/dev/null || true
    # nobody there; one that hangs up at once, that says nothing of TLS
    expect 0 "$REKAP" residency verify one.json --registry registry.txt --addresses loopback.csv --certs
    grep -q 'certificate: no connection' out.txt
    for how in reset talk; do
        python3 - "$port" $how <<'PY' &
import socket, struct, sys
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("127.0.0.1", int(sys.argv[1])))
s.listen(8)
while True:
    c, _ = s.accept()
    if sys.argv[2] == "reset":
        c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    else:
        c.sendall(b"220 not TLS\r\n")
    c.close()
PY
        server=$!
        for _ in $(seq 100); do (: <>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && break; sleep 0.1; done
        for _ in 1 2 3; do
            expect 0 "$REKAP" residency verify one.json --registry registry.txt --addresses loopback.csv --certs
            grep -qE 'certificate: no (TLS|connection)' out.txt || { cat out.txt; fail "$how: no word of it"; }
        done
        kill "$server"
        wait "$server" 2>/dev/null || true
    done
fi

# the statement: kept once a day, signed into the log, served, published, without an address
expect 3 "$REKAP" residency verify p --registry registry.txt --addresses addresses.csv --into p --hari-ini 2026-11-29
expect 3 "$REKAP" residency verify p --registry registry.txt --addresses addresses.csv --into p --hari-ini 2026-11-29
grep -q 'there already' out.txt
expect 0 "$REKAP" residency verify p --registry registry.txt --into p --hari-ini 2026-11-29
! grep -rqE '103\.10|10\.1\.2|2400:' p/residensi || fail "an address is in a statement"
python3 - <<'PY'
import hashlib, json
l = json.load(open("p/residensi/daftar.json"))["pernyataan"]
assert [s["nama"] for s in l] == ["2026-11-29", "2026-11-29-2"], l
for s in l:
    assert hashlib.sha256(open(f"p/residensi/{s['nama']}.json", "rb").read()).hexdigest() == s["sha256"]
# The fingerprint tells the declaration, and no address to whoever tries them all: it is without them.
d = json.load(open("p/residency.json"))
lines = "rekap-node-residency/v1\n"
for t in d["targets"]:
    host = t.get("host", "")
    host = "(address)" if host.replace(".", "").isdigit() or ":" in host else host
    lines += "\t".join([t["id"], t["kind"], t.get("country", ""), str(int(t["holds"] == "non-public")), str(int(t.get("public_abroad", False))),
                        str(t.get("port", 0)), host, t.get("path", ""), t.get("operator", "")]) + "\n"
assert json.load(open("p/residensi/2026-11-29.json"))["sidik_pernyataan"] == hashlib.sha256(lines.encode()).hexdigest(), lines
PY
expect 0 "$REKAP" publish p out
cmp out/residensi/daftar.json p/residensi/daftar.json
[ -f out/residensi/2026-11-29-2.csv ]
key=$("$REKAP" kunci p --json | python3 -c 'import json,sys; print([k["kunci"] for k in json.load(sys.stdin) if k["guna"] == "checkpoint"][0])')
expect 0 "$(dirname "$REKAP")/rekap-verify" --no-state --key "$key" out
sed -i 's/"tempat-lain":1/"tempat-lain":0/' out/residensi/2026-11-29.json
expect 1 "$(dirname "$REKAP")/rekap-verify" --no-state --key "$key" out
grep -q 'residensi/2026-11-29.json' out.txt || fail "a changed statement is not named"

"$REKAP" serve p --listen 127.0.0.1:0 --quiet >said.txt 2>errors.txt &
server=$!
trap 'kill "$server" 2>/dev/null || true' EXIT
for _ in $(seq 100); do grep -q 'http://' said.txt && break; sleep 0.1; done
url=$(grep -o 'http://[^ ]*' said.txt | head -n 1)
url=${url%/}
curl -sSf "$url/api/v1/residensi" | cmp - p/residensi/daftar.json
curl -sSf "$url/uji/api/v1/residensi/2026-11-29" | cmp - p/residensi/2026-11-29.json
curl -sSf "$url/api/v1/residensi/2026-11-29-2.csv" | cmp - p/residensi/2026-11-29-2.csv
for no in 2026-11-28 daftar ../keys/pengelola.key 2026-11-29-2.key ..%2Frekap.db; do
    [ "$(curl -s -o /dev/null -w '%{http_code}' --path-as-is "$url/api/v1/residensi/$no")" = 404 ] || fail "$no is served"
done
entry=$(python3 -c 'import json; print(json.load(open("p/residensi/daftar.json"))["pernyataan"][0]["entri"])')
curl -sSf "$url/api/v1/log/entri/$entry" >entry.json
python3 - <<'PY'
import json
e, s = json.load(open("entry.json")), json.load(open("p/residensi/daftar.json"))["pernyataan"][0]
text = json.dumps(e)
assert '"residensi"' in text and s["sha256"] in text and s["nama"] in text, e
PY
expect 3 "$REKAP" residency verify p --registry registry.txt --addresses addresses.csv --into p --hari-ini 2026-11-30
for _ in $(seq 50); do curl -sS "$url/api/v1/residensi" | grep -q 2026-11-30 && break; sleep 0.2; done
curl -sS "$url/api/v1/residensi" | cmp - p/residensi/daftar.json

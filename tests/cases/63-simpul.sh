# What a node says of itself: signed, without addresses, served, and its hashes can be computed by anyone.
. "$ROOT/tests/cases/lib.bash"
new() { expect 0 "$REKAP" init "$1" --id uji --nama Uji; }
new pemilu

# unsigned: a dry look; the hashes are those that anybody computes
expect 2 "$REKAP" node describe pemilu
"$REKAP" node describe pemilu --id v-portal >bare.json 2>note.txt
grep -q 'not signed' note.txt
exe=$(sha256sum <"$REKAP" | cut -d' ' -f1) source=$("$ROOT/scripts/source-hash") sbom=$("$REKAP" sbom | sha256sum | cut -d' ' -f1)
python3 - "$exe" "$source" "$sbom" <<'PY'
import json, sys
d = json.load(open("bare.json"))
assert d["build"] == dict(zip(("sha256", "source", "sbom"), sys.argv[1:])), d["build"]
assert d["id"] == "v-portal" and d["role"] == "writer" and d["configuration"].keys() == {"options"}
assert any(l["name"].startswith("libsqlite3.so") for l in d["libraries"])
assert d["stores"][0]["kind"] == "store" and len(d["stores"][0]["path"]) == 64
PY
! grep -q "$PWD" bare.json || fail "a path is in the description"

# signed, with a declaration, a policy and certificates: ids and fingerprints, no address
expect 0 "$REKAP" kunci buat --peran v-portal --berkas pemilu/keys/simpul.key
key=$(cat out.txt)
expect 0 "$REKAP" kunci pemilu tambah "$key" --peran simpul --alasan "simpul portal"
cat >pemilu/residency.json <<JSON
{"format": "rekap-residency-1", "name": "uji", "operator": "o", "date": "2026-11-29", "targets": [
 {"id": "log", "kind": "store", "operator": "o", "country": "ID", "holds": "non-public", "path": "$PWD/pemilu"},
 {"id": "b-harian", "kind": "backup", "operator": "o", "country": "ID", "holds": "non-public", "host": "cadangan.example"},
 {"id": "saksi", "kind": "witness", "operator": "o", "country": "ID", "holds": "public", "host": "198.51.100.7", "port": 443, "addresses": ["198.51.100.7"]}]}
JSON
log=$("$REKAP" kunci pemilu --json | python3 -c 'import json,sys; print([k for k in json.load(sys.stdin) if k["guna"] == "checkpoint"][0]["kunci"])')
seen=example.com/w1+530d903a+BAekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k
python3 - "$log" >policy.try <<'PY'
import base64, hashlib, sys
name, key = "contoh.example/w1", bytes(range(32))
kid = hashlib.sha256(name.encode() + b"\n" + b"\x04" + key).hexdigest()[:8]
print(f"log {sys.argv[1]}\nwitness w1 {name}+{kid}+{base64.b64encode(bytes([4]) + key).decode()} https://198.51.100.7/\nquorum w1")
PY
cp policy.try pemilu/policy
if command -v openssl >/dev/null; then
    openssl req -x509 -newkey ed25519 -nodes -keyout /dev/null -out cert.pem -days 30 -subj /C=ID/CN=contoh.example 2>/dev/null
    certs=(--sertifikat cert.pem)
else
    certs=()
fi
expect 0 "$REKAP" node describe pemilu --key pemilu/keys/simpul.key --role serve --output v-portal.simpul "${certs[@]}"
! grep -qE '198\.51|cadangan|saksi\.|'"$PWD" v-portal.simpul || fail "an address, host or path is in the description"
python3 - ${#certs[@]} <<'PY'
import json, sys
text, signature = open("v-portal.simpul", encoding="utf-8").read().split("\n\n")
d = json.loads(text)
s = {x["target"]: x for x in d["stores"]}
assert s["log"] == {"kind": "store", "target": "log", "country": "ID"}, s
assert s["saksi"] == {"kind": "witness", "target": "saksi", "country": "ID"}, s
assert s["b-harian"]["may"] is True
assert d["configuration"].keys() == {"options", "residency", "policy"}
assert signature.startswith("— v-portal ")
if sys.argv[1] != "0":
    assert d["certificates"][0]["use"] == "presents" and "contoh.example" in d["certificates"][0]["issuer"], d["certificates"]
PY
expect 1 "$REKAP" node describe pemilu --key pemilu/keys/simpul.key --sertifikat "$ROOT/README.md"
grep -q 'no certificate' out.txt

# served: the same, of the server; signed by the key of the log
rm pemilu/policy
"$REKAP" serve pemilu --listen 127.0.0.1:0 >serve.txt 2>serve.err &
server=$!
trap 'kill $server 2>/dev/null || true' EXIT
for _ in $(seq 100); do grep -q serving serve.txt && break; sleep 0.1; done
url=$(sed -n 's/^rekap: serving \(.*\)\/$/\1/p' serve.txt)
curl -sSf -D head.txt "$url/api/v1/simpul" >served.simpul
grep -qi 'content-type: text/plain' head.txt
python3 - "$exe" "$key" <<'PY'
import base64, hashlib, json, sys
raw = open("served.simpul", "rb").read()
text, line = raw.split("\n\n".encode())
text += b"\n"
d = json.loads(text)
assert d["role"] == "serve" and d["id"] == "v-portal" and d["build"]["sha256"] == sys.argv[1]
try:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
except ImportError:
    sys.exit()
public = base64.b64decode(sys.argv[2].split("+", 2)[2])
blob = base64.b64decode(line.split()[2])
Ed25519PublicKey.from_public_bytes(public[1:]).verify(blob[4:], text)
PY
kill $server
wait $server || true

# a witness, with a key of its own; the one that cosigns is not taken
W=$(dirname "$REKAP")/rekap-witness
expect 0 "$W" init saksi --name contoh.example/w1
expect 0 "$REKAP" kunci buat --peran saksi-1 --berkas saksi-1.key
expect 1 "$W" serve saksi --listen 127.0.0.1:0 --simpul saksi/key
grep -q "witness's key" out.txt
expect 2 "$W" show saksi --simpul saksi-1.key
"$W" serve saksi --listen 127.0.0.1:0 --simpul saksi-1.key >w.txt 2>w.err &
server=$!
for _ in $(seq 100); do grep -q listening w.txt && break; sleep 0.1; done
w=$(sed -n 's/^rekap-witness: listening on //p' w.txt)
curl -sSf "${w%/}/api/v1/simpul" >w.simpul
[ "$(curl -sS -o w2 -w '%{http_code}' -X POST -d x=1 "${w%/}/api/v1/simpul")" = 404 ] || fail "a POST to the description is taken"
python3 - "$(sha256sum <"$W" | cut -d' ' -f1)" "$source" <<'PY'
import json, sys
d = json.loads(open("w.simpul", encoding="utf-8").read().split("\n\n")[0])
assert (d["id"], d["role"]) == ("saksi-1", "witness") and d["build"] == {"sha256": sys.argv[1], "source": sys.argv[2]}, d
PY
kill $server
wait $server || true

# without a key it says nothing, and says so
rm pemilu/keys/simpul.key
expect 1 "$REKAP" serve pemilu --listen 127.0.0.1:0 --simpul v-portal
grep -q 'kunci buat' out.txt

# the bill of materials: valid by its required fields, and nothing that is linked is missing
"$REKAP" sbom >sbom.json
python3 - "$REKAP" "$(dirname "$REKAP")/rekap-verify" "$(dirname "$REKAP")/rekap-witness" "$(dirname "$REKAP")/src/cli/rekap-form" <<'PY'
import json, re, subprocess, sys
d = json.load(open("sbom.json"))
assert set(d) == {"spdxVersion", "dataLicense", "SPDXID", "name", "documentNamespace", "creationInfo", "packages",
                  "relationships", "hasExtractedLicensingInfos"}, set(d)
assert (d["spdxVersion"], d["dataLicense"], d["SPDXID"]) == ("SPDX-2.3", "CC0-1.0", "SPDXRef-DOCUMENT")
assert re.fullmatch(r"https://[^#\s]+", d["documentNamespace"])
assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", d["creationInfo"]["created"])
assert all(re.fullmatch(r"(Tool|Person|Organization): .+", c) for c in d["creationInfo"]["creators"])
ids = [p["SPDXID"] for p in d["packages"]] + ["SPDXRef-DOCUMENT"]
assert len(ids) == len(set(ids)) and all(re.fullmatch(r"SPDXRef-[A-Za-z0-9.-]+", i) for i in ids)
own = {x["licenseId"] for x in d["hasExtractedLicensingInfos"]}
known = {"MIT", "curl", "Zlib", "BSD-3-Clause", "GPL-2.0-only", "Apache-2.0", "ISC", "blessing", "IJG", "libpng-2.0", "LGPL-2.1-only",
         "BSD-2-Clause", "LGPL-2.1-or-later", "LGPL-2.0-or-later", "MPL-1.1", "GPL-3.0-or-later", "GCC-exception-3.1"}
for p in d["packages"]:
    assert p["name"] and p["downloadLocation"] and p["filesAnalyzed"] is False and p["copyrightText"], p
    for licence in (p["licenseConcluded"], p["licenseDeclared"]):
        for word in re.split(r" (?:AND|OR|WITH) ", licence):
            assert word in known or word in own, word
    for ref in p.get("externalRefs", []):
        assert ref["referenceCategory"] == "PACKAGE-MANAGER" and ref["referenceType"] == "purl"
        assert re.fullmatch(r"pkg:deb/debian/[a-z0-9.+-]+@[A-Za-z0-9.%-]+\?arch=\w+", ref["referenceLocator"]), ref
for r in d["relationships"]:
    assert r["spdxElementId"] in ids and r["relatedSpdxElement"] in ids, r
    assert r["relationshipType"] in ("DESCRIBES", "DYNAMIC_LINK", "BUILD_TOOL_OF"), r
names = {p["name"] for p in d["packages"]}
for program in sys.argv[1:]:
    done = subprocess.run(["readelf", "-d", program], capture_output=True, text=True, check=True).stdout
    for lib in re.findall(r"NEEDED.*\[(.+?)\]", done):
        name = re.sub(r"(-[0-9.]+)?\.so.*", "", lib)
        assert name in names or name == "ld-linux-x86-64", f"{program} is linked with {lib}, which the bill of materials lacks"
PY

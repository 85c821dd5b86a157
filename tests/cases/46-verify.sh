# rekap-verify from outside: a published election on disk and over HTTP, what is remembered, what is
# wrong and where, keys, exit codes, JSON.
source "$ROOT/tests/cases/lib.bash"
V=${REKAP%/*}/rekap-verify
MAKE=${REKAP%/*}/tests/published/published
[ -x "$V" ] || fail "there is no $V"
export XDG_STATE_HOME=$PWD/keadaan

# ---- the program explains itself, and links what it may ----
expect 0 "$V" --help
cp out.txt help.txt
for option in $(grep -oE '^ +--[a-z-]+|, --[a-z-]+' help.txt | grep -oE -- '--[a-z-]+' | sort -u); do
    [ "$option" = --help ] || grep -qE "Fl -${option#--}( |$)" "$ROOT/docs/man/rekap-verify.1" ||
        fail "docs/man/rekap-verify.1 does not name $option"
done
expect 2 "$V"
expect 2 "$V" --nonsense x
expect 2 "$V" --policy a --key b x
expect 3 "$V" /nonexistent
if ldd "$V" | grep -E 'sqlite|microhttpd'; then fail "it links what it must not"; fi

small_tree; small_contest; small_forms
key=$("$MAKE" satu uji wilayah.csv kontes.json forms.csv satu dokumen)
"$MAKE" berkas uji wilayah.csv kontes.json forms.csv berkas dokumen >/dev/null
"$MAKE" polos uji wilayah.csv kontes.json forms.csv polos dokumen >/dev/null

# ---- all right: each kind of log, each kind of trust ----
expect 0 "$V" --no-state satu
grep -q 'NO KEY WAS GIVEN' out.txt || fail "trust on first use is not loud"
grep -qF "$key" out.txt || fail "the key is not shown"
expect 0 "$V" --no-state --key "$key" satu
if grep -q 'NO KEY' out.txt; then fail "a key was given"; fi
expect 0 "$V" --no-state --policy satu.policy satu
grep -q 'cosigned by 2 of 3' out.txt || fail "the policy"
expect 0 "$V" --no-state berkas
grep -q '4 forms covered by the signatures of 1 batches' out.txt || fail "the batch"
expect 0 "$V" --no-state polos
grep -q 'not signed' out.txt || fail "an unsigned log is not named as that"
sed 's/ 2 w0 w1 w2/ 3 w0 w1 w2/' satu.policy >tiga.policy
expect 1 "$V" --no-state --policy tiga.policy satu
grep -q 'not the quorum' out.txt || fail "3 of 3 are not there"
expect 2 "$V" --no-state --key "lain+${key#*+}" satu # mistyped

# ---- JSON ----
expect 0 "$V" --no-state --json --key "$key" satu
python3 - out.txt <<'PY'
import json, sys
d = json.load(open(sys.argv[1]))
assert d["format"] == "rekap-verify-1" and d["exit"] == 0 and d["fail"] == 0, d
assert {c["check"] for c in d["checks"]} >= {"tree", "signature", "recount", "figures", "manifest", "checkpoint"}, d
PY

# ---- what is remembered ----
expect 0 "$V" --key "$key" satu
grep -q 'first time' out.txt || fail "the first time is not named"
expect 0 "$V" satu
grep -q 'signed by the key that was seen last time' out.txt || fail "the key is not remembered"
grep -q 'were not read again' out.txt || fail "everything was read again"
state=$(ls keadaan/rekap-verify/uji-* | grep -v hitung)
printf x >>"$state.hitung"; dd if=/dev/zero of="$state.hitung" bs=1 seek=9000 count=64 conv=notrunc status=none
expect 0 "$V" satu
grep -q 'damaged: everything is read again' out.txt || { cat out.txt; fail "a damaged recount"; }
cp "$state" state.good
sed -i 's/^size 8/size 7/' "$state"
expect 1 "$V" satu
grep -q 'changed' out.txt || fail "a changed state"
cp state.good "$state"
# another history of the same key
expect 1 "$V" berkas
grep -q 'is not the beginning' out.txt || { cat out.txt; fail "a fork"; }
[ "$(grep -c '^— uji' "$state.bukti")" = 2 ] || fail "no evidence"
# more entries: only they are read
{ cat forms.csv; echo 1101012002002,10,10,5,5,10,0,10; } >lebih.csv
"$MAKE" satu2 uji wilayah.csv kontes.json lebih.csv satu dokumen >/dev/null
expect 0 "$V" satu2
grep -q '1 entries signed' out.txt || { cat out.txt; fail "not only the new entry was read"; }
grep -q 'is its beginning' out.txt || fail "the old log is not named as the beginning"
expect 1 "$V" satu
grep -q 'never shrinks' out.txt || fail "an older log"

# ---- what is wrong is named with its place ----
wrong() { # FILE EXPECTED-WORDS: after the change in the copy
    expect 1 "$V" --no-state --key "$key" salinan
    grep -E '^FAIL' out.txt | grep -q -- "$1" || { cat out.txt; fail "not named: $1"; }
    rm -rf salinan; cp -r satu salinan
}
flip() { python3 - "$1" "$2" <<'PY'
import sys
name, at = sys.argv[1], int(sys.argv[2])
b = bytearray(open(name, "rb").read()); b[at] ^= 1; open(name, "wb").write(b)
PY
}
cp -r satu salinan
at=$(grep -abo 1101012002001 salinan/log/tile/entries/000.p/8 | tail -1 | cut -d: -f1)
flip salinan/log/tile/entries/000.p/8 $((at + 20)); wrong 'log/tile/entries/000.p/8: entry 6 of the bundle (entry 6 of the log, TPS 1101012002001)'
flip salinan/log/tile/0/000.p/8 100; wrong 'log/tile/0/000.p/8: hash 3'
rm salinan/log/tile/entries/000.p/8; wrong 'log/tile/entries/000.p/8: the file is not there'
flip salinan/log/checkpoint 5; wrong 'checkpoint'
sed -i 's/"suara_sah":530/"suara_sah":531/' salinan/api/v1/kontes/ppwp/wilayah/11.json
wrong 'api/v1/kontes/ppwp/wilayah/11.json: its hash'
sed -i 's/1101012001001,140/1101012001001,141/' salinan/api/v1/kontes/ppwp/tps.csv; rm -r salinan/manifest
wrong "tps.csv: line 2, 1101012001001, column pemilih_dpt_l: '141' is published, the entries give '140'"
sed -i 's/"persen":[0-9.]*/"persen":1.5/' salinan/pemilu/hhcw/ppwp.json; rm -r salinan/manifest
wrong 'pemilu/hhcw/ppwp.json: /chart/persen: 1.5 is published, the entries give'
echo hai >salinan/tambahan.txt; wrong 'tambahan.txt: no manifest lists this file'
echo hai >salinan/log/tile/0/001; wrong 'log/tile/0/001: this file is no part of the log'
rm salinan/pemilu/ppwp.json; wrong 'pemilu/ppwp.json'

# ---- a table by itself, against the log of the source before it ----
expect 0 "$V" --no-state --key "$key" satu satu/api/v1/kontes/ppwp/rekap.csv
sed 's/,302,/,303,/' satu/api/v1/kontes/ppwp/rekap.csv >lain.csv
cmp -s lain.csv satu/api/v1/kontes/ppwp/rekap.csv || expect 1 "$V" --no-state --key "$key" satu lain.csv
expect 3 "$V" --no-state lain.csv
mkdir rilis; cp -r satu/manifest satu/api satu/pemilu satu/wilayah rilis/
expect 0 "$V" --no-state --key "$key" satu rilis
expect 0 "$V" --no-state --key "$key" rilis
grep -q 'not recounted' out.txt || fail "a release alone"

# ---- over HTTP: a tree with a manifest, one without, a redirect, nobody there ----
cat >server.py <<'PY'
import http.server, sys
class H(http.server.SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        if self.path.startswith("/pindah/"):
            self.send_response(302); self.send_header("Location", "http://127.0.0.9:1" + self.path[7:])
            self.send_header("Content-Length", "0"); self.end_headers(); return
        super().do_GET()
    def log_message(self, *a): pass
s = http.server.ThreadingHTTPServer(("127.0.0.1", 0), H)
print(s.server_address[1], flush=True)
s.serve_forever()
PY
python3 server.py >port.txt & server=$!
trap 'kill $server' EXIT
for _ in $(seq 50); do [ -s port.txt ] && break; sleep 0.1; done
url=http://127.0.0.1:$(cat port.txt)
expect 0 "$V" --no-state --key "$key" "$url/satu/"
grep -q '39 files' out.txt || { cat out.txt; fail "files over HTTP"; }
cp -r satu tanpa; rm -r tanpa/manifest
expect 0 "$V" --no-state --key "$key" "$url/tanpa"
grep -q 'figures in' out.txt || fail "figures over HTTP"
expect 3 "$V" --no-state --key "$key" "$url/pindah"
grep -q 'sends on to' out.txt || { cat out.txt; fail "a redirect to another host"; }
expect 3 "$V" --no-state --key "$key" http://127.0.0.1:1/

# ---- the program itself: a live server, then what it publishes, before and after a correction ----
new_election pemilu
expect 0 "$REKAP" import pemilu --kontes ppwp forms.csv
"$REKAP" serve pemilu --listen 127.0.0.1:0 >alamat.txt 2>&1 & live=$!
trap 'kill $server $live 2>/dev/null' EXIT
for _ in $(seq 100); do grep -q '^rekap: serving' alamat.txt && break; sleep 0.1; done
expect 0 "$V" --no-state "$(sed -n 's/^rekap: serving \(http[^ ]*\).*/\1/p' alamat.txt)"
grep -q 'figures in' out.txt || { cat out.txt; fail "a live server"; }
kill $live
expect 0 "$REKAP" publish pemilu terbit --quiet
expect 0 "$V" --state milik terbit
sed '2s/,140,/,141,/' forms.csv | head -2 >koreksi.csv
expect 0 "$REKAP" import pemilu --kontes ppwp --alasan 'salah baca' koreksi.csv
expect 0 "$REKAP" publish pemilu terbit --quiet
expect 0 "$V" --state milik terbit
grep -q 'is its beginning' out.txt || { cat out.txt; fail "the log did not go on"; }

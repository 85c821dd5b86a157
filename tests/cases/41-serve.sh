# The server, as a client sees it: every path template, conditional requests, gzip, HEAD, refusals,
# a kept connection, entries that arrive meanwhile, an orderly end.
. "$ROOT/tests/cases/lib.bash"
small_tree
small_contest
small_forms
new_election pemilu
expect 0 "$REKAP" import pemilu --kontes ppwp forms.csv

"$REKAP" serve pemilu --listen 127.0.0.1:0 --quiet >said.txt 2>errors.txt &
server=$!
trap 'kill "$server" 2>/dev/null || true' EXIT
for _ in $(seq 100); do grep -q 'http://' said.txt && break; sleep 0.1; done
url=$(grep -o 'http://[^ ]*' said.txt | head -n 1)
url=${url%/}
[ -n "$url" ] || { cat errors.txt; fail "the server does not say where it listens"; }

get() { : >body.txt; curl -sS --max-time 20 -D head.txt -o body.txt -w '%{http_code}' "$@" >code.txt; }
is() { # CODE curl-arguments...
    local want=$1
    shift
    get "$@"
    [ "$(cat code.txt)" = "$want" ] || { cat head.txt body.txt; fail "$* answers $(cat code.txt), not $want"; }
}
header() { tr -d '\r' <head.txt | sed -n "s/^$1: //Ip" | head -n 1; }
json() { python3 -m json.tool <body.txt >/dev/null || fail "no JSON: $(head -c 200 body.txt)"; }

# every document, of the first election and under its id
for path in /api/v1/pemilu /api/v1/openapi.json /api/v1/kesehatan; do is 200 "$url$path"; json; done
for base in "" /uji; do
    for path in /api/v1/ /api/v1/kontes/ppwp /api/v1/kontes/ppwp/wilayah/0 /api/v1/kontes/ppwp/wilayah/1101012001 \
        "/api/v1/kontes/ppwp/wilayah/0?as_of=1000000" /api/v1/kontes/ppwp/tps/1101012002001 /api/v1/kontes/ppwp/temuan \
        "/api/v1/kontes/ppwp/temuan?aturan=R09&wilayah=11&mulai=0&banyak=5" /api/v1/kontes/ppwp/banding /api/v1/kontes/ppwp/hasil \
        "/api/v1/cari?q=bakongan&banyak=5" /pemilu/hhcw/ppwp.json /wilayah/pemilu/ppwp/0.json; do
        case $path in *as_of=1000000) is 400 "$url$base$path" ;; *) is 200 "$url$base$path" ;; esac
        json
        [ "$(header Access-Control-Allow-Origin)" = "*" ] || fail "$path: no CORS"
        [ "$(header X-Content-Type-Options)" = nosniff ] || fail "$path: no nosniff"
    done
    for path in wilayah.csv kontes/ppwp/rekap.csv "kontes/ppwp/rekap.csv?tingkat=provinsi&wilayah=11" kontes/ppwp/tps.csv \
        kontes/ppwp/temuan.csv kontes/ppwp/banding.csv; do
        is 200 "$url$base/api/v1/$path"
        header Content-Type | grep -q text/csv || fail "$path is not CSV"
    done
done
is 200 "$url/api/v1/metrik"
grep -q '^rekap_entries{pemilu="uji"}' body.txt
is 200 "$url/api/v1/kontes/ppwp/tps/1101012002001"
python3 - <<'PY'
import json
d = json.load(open("body.txt"))
assert list(d) == "kode nama leluhur dapil keadaan periksa ts psu generasi entri medan pilihan temuan foto riwayat".split(), list(d)
assert d["temuan"][0]["aturan"] == "R09" and d["periksa"] is True
assert list(d["riwayat"][0]) == "entri waktu peran sumber alasan kunci bukti perubahan".split() and d["riwayat"][0]["sumber"] == "forms.csv"
PY
if [ -f "$ROOT/web/index.html" ]; then
    for path in / /uji /uji/ /hasil/ppwp/11 /uji/temuan/ppwp /banding/ppwp /unduh/ppwp /catatan/ppwp; do
        is 200 "$url$path"
        header Content-Type | grep -q text/html
        header Content-Security-Policy | grep -q "default-src 'self'"
        ! grep -q '{{' body.txt || fail "$path: a mark is left in the page"
    done
fi

# what is downloaded counts to the same totals
is 200 "$url/api/v1/kontes/ppwp/tps.csv"
mv body.txt tps.csv
is 200 "$url/api/v1/wilayah.csv"
mv body.txt regions.csv
"$REKAP" recount --wilayah regions.csv --kontes ppwp tps.csv >served.csv
"$REKAP" export pemilu --kontes ppwp export.csv
cmp tps.csv export.csv
[ "$(cell served.csv kode=0 suara_01)" = 102 ] || fail "the downloaded stations do not count to the same"
is 200 --compressed "$url/api/v1/kontes/ppwp/tps.csv"
cmp body.txt tps.csv

# conditional requests, encodings, HEAD
region=$url/api/v1/kontes/ppwp/wilayah/0
is 200 "$region"
tag=$(header ETag) modified=$(header Last-Modified) plain=$(wc -c <body.txt)
cp body.txt plain.json
header Cache-Control | grep -q max-age
header Vary | grep -qi accept-encoding
for condition in "$tag" "W/$tag" "\"x\", $tag" "*"; do
    is 304 -H "If-None-Match: $condition" "$region"
    [ ! -s body.txt ] && [ "$(header ETag)" = "$tag" ] || fail "304 for $condition"
done
is 200 -H 'If-None-Match: "x"' "$region"
is 304 -H "If-Modified-Since: $modified" "$region"
is 200 -H "If-Modified-Since: Wed, 14 Feb 2001 11:44:00 GMT" "$region"
is 200 -H 'Accept-Encoding: gzip' "$region"
[ "$(header Content-Encoding)" = gzip ] && gzip -dc <body.txt | cmp - plain.json
[ "$(header ETag)" = "${tag%\"}-gz\"" ] || fail "the gzip variant has the tag $(header ETag)"
is 304 -H 'Accept-Encoding: gzip' -H "If-None-Match: $(header ETag)" "$region"
is 200 -H 'Accept-Encoding: gzip;q=0' "$region"
[ -z "$(header Content-Encoding)" ] || fail "gzip was refused and sent"
is 200 -I "$region"
[ "$(header Content-Length)" = "$plain" ] || fail "HEAD says $(header Content-Length) bytes, not $plain"

# an earlier state: before the forms nothing is counted
entries=$(curl -sS "$url/api/v1/" | python3 -c 'import json,sys; print(json.load(sys.stdin)["entri"])')
is 200 "$region?as_of=$((entries - 1))"
python3 -c 'import json; d = json.load(open("body.txt")); assert d["tps"]["diterima"] == 3, d["tps"]'
is 400 "$region?as_of=$((entries + 1))"

# refusals
for path in /tidak-ada /api/v1/tidak-ada /api/v1/kontes/x /api/v1/kontes/ppwp/wilayah/99 /api/v1/kontes/ppwp/tps/1 /aset/x.js \
    /aset/../index.html /../../etc/passwd /%2e%2e/%2e%2e/etc/passwd /aset/..%2f..%2fetc%2fpasswd /..%5c..%5cx //etc/passwd '/a%00b' '/a%0d%0aX:y'; do
    is 404 --path-as-is "$url$path"
    json
    ! grep -qi '^x:' head.txt || fail "$path puts a header in"
done
for method in POST PUT DELETE OPTIONS TRACE PATCH; do
    is 405 -X "$method" "$region"
    [ "$(header Allow)" = "GET, HEAD" ] || fail "$method: no Allow"
done
is 405 -X POST -d x=1 "$region"
is 413 -X GET -d x=1 "$region"
is 413 -X GET -H 'Transfer-Encoding: chunked' -d x=1 "$region"
is 414 "$url/$(head -c 3000 /dev/zero | tr '\0' a)"
is 200 "$region"

# the connection is kept
curl -sS -v -o /dev/null "$url/api/v1/" -o /dev/null "$url/api/v1/pemilu" 2>trace.txt
grep -qi 'Re-using existing connection' trace.txt || { cat trace.txt; fail "the connection is not kept"; }

# what is taken in meanwhile shows, and nobody else can have the port
printf 'tps,suara_01,suara_02,suara_sah,suara_tidak_sah,suara_total\n1101012002002,1,2,3,0,3\n' >more.csv
expect 0 "$REKAP" import pemilu --kontes ppwp more.csv
for _ in $(seq 50); do
    is 200 "$region"
    [ "$(header ETag)" = "$tag" ] || break
    sleep 0.1
done
python3 -c 'import json; d = json.load(open("body.txt")); assert d["tps"]["diterima"] == 5, d["tps"]'
is 200 "$url/api/v1/kontes/ppwp/tps.csv"
[ "$(wc -l <body.txt)" = 6 ] || fail "tps.csv does not follow the log"
expect 1 "$REKAP" serve pemilu --listen "${url#http://}"
grep -q 'in use' out.txt || { cat out.txt; fail "a port in use is not said"; }

kill "$server"
wait "$server" || fail "it does not end orderly on SIGTERM: exit $?"

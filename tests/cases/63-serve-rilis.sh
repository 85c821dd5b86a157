# Releases over HTTP: types, tags, ranges, resumed downloads, how long things may be kept; nothing else is served.
. "$ROOT/tests/cases/lib.bash"

small_tree
small_contest
small_forms
new_election p
expect 0 "$REKAP" import p --kontes ppwp forms.csv
expect 0 "$REKAP" release p out --quiet
"$REKAP" serve p --listen 127.0.0.1:0 --quiet --tanpa-saksi >said.txt 2>errors.txt &
server=$!
trap 'kill "$server" 2>/dev/null || true' EXIT
for _ in $(seq 100); do grep -q 'http://' said.txt && break; sleep 0.1; done
url=$(grep -o 'http://[^ ]*' said.txt | head -n 1)
url=${url%/}

is() { # CODE curl-arguments...
    local want=$1
    shift
    : >body.txt
    curl -sS --max-time 20 --path-as-is -D head.txt -o body.txt -w '%{http_code}' "$@" >code.txt
    [ "$(cat code.txt)" = "$want" ] || { cat head.txt body.txt; fail "$* answers $(cat code.txt), not $want"; }
}
header() { tr -d '\r' <head.txt | sed -n "s/^$1: //Ip" | head -n 1; }
has() { case $(header "$1") in *"$2"*) ;; *) cat head.txt; fail "$1 is not $2" ;; esac; }

# no releases, then a link to them: found without a new start
is 404 "$url/rilis/terbaru.json"
is 404 "$url/rilis/"
ln -s ../out p/rilis
newest=$(readlink out/terbaru)
for base in "$url" "$url/uji"; do
    is 200 "$base/rilis/terbaru.json"
    cmp body.txt out/terbaru.json
    has Content-Type application/json
    has Cache-Control max-age=15
    is 301 "$base/rilis"
    [ "$(header Location)" = rilis/ ] || fail "rilis leads to $(header Location)"
    is 200 -L "$base/rilis"
    cmp body.txt out/index.html
    is 200 -L "$base/rilis/terbaru"
    cmp body.txt "out/$newest/index.html"
    has Content-Type text/html
    has Content-Security-Policy none
    is 200 "$base/rilis/feed.xml"
    has Content-Type application/atom+xml
    is 200 "$base/rilis/terbaru/ppwp/tps.csv"
    cmp body.txt "out/$newest/ppwp/tps.csv"
    has Cache-Control max-age=15
    is 200 "$base/rilis/$newest/ppwp/tps.csv"
    has Content-Type text/csv
    has Cache-Control immutable
    [ -z "$(header Content-Encoding)" ] || fail "a file is sent in another coding"
done
is 200 -H 'Accept-Encoding: gzip' "$url/rilis/$newest/ppwp/tps.csv.gz"
cmp body.txt "out/$newest/ppwp/tps.csv.gz"
has Content-Type application/gzip
[ -z "$(header Content-Encoding)" ] || fail "a .gz is unpacked on the way"
is 200 "$url/rilis/$newest/ppwp/tps.csv.zst"
has Content-Type application/zstd
is 200 "$url/rilis/$newest.json"
has Cache-Control immutable
for f in manifest/index manifest/note checkpoint.note; do
    is 200 "$url/rilis/$newest/$f"
    has Content-Type text/plain
done
is 200 "$url/rilis/log/checkpoint"
has Cache-Control max-age=2
tile=$(cd out && find log/tile -type f | head -n 1)
is 200 "$url/rilis/$tile"
cmp body.txt "out/$tile"
has Content-Type application/octet-stream

# conditional requests and ranges
file=$url/rilis/$newest/ppwp/tps.csv plain=out/$newest/ppwp/tps.csv
is 200 -I "$file"
bytes=$(wc -c <"$plain")
[ "$(header Content-Length)" = "$bytes" ] || fail "HEAD says $(header Content-Length) bytes, not $bytes"
has Accept-Ranges bytes
tag=$(header ETag) date=$(header Last-Modified)
is 304 -H "If-None-Match: $tag" "$file"
is 304 -H "If-Modified-Since: $date" "$file"
is 200 -H 'If-None-Match: "x"' "$file"
is 206 -H 'Range: bytes=10-19' "$file"
[ "$(header Content-Range)" = "bytes 10-19/$bytes" ] || fail "Content-Range: $(header Content-Range)"
cmp body.txt <(tail -c +11 "$plain" | head -c 10)
is 206 -H 'Range: bytes=-5' "$file"
cmp body.txt <(tail -c 5 "$plain")
is 206 -H "Range: bytes=100-" -H "If-Range: $tag" "$file"
cmp body.txt <(tail -c +101 "$plain")
is 206 -H "Range: bytes=100-" -H "If-Range: $date" "$file"
is 200 -H "Range: bytes=100-" -H 'If-Range: "other"' "$file"
cmp body.txt "$plain"
is 200 -H 'Range: bytes=0-1,3-4' "$file"
is 416 -H "Range: bytes=$bytes-" "$file"
[ "$(header Content-Range)" = "bytes */$bytes" ] || fail "416 says $(header Content-Range)"
head -c 50 "$plain" >cut.csv
curl -sS -C - -o cut.csv "$file"
cmp cut.csv "$plain" || fail "a resumed download is another file"

# a large file is not read into memory; ranges beyond 4 GiB are right
truncate -s 6G "out/$newest/besar.csv"
printf 'akhir' | dd of="out/$newest/besar.csv" bs=1 seek=5000000000 conv=notrunc status=none
curl -sS --max-time 60 -r 5000000000-5000000004 -o body.txt "$url/rilis/$newest/besar.csv"
[ "$(cat body.txt)" = akhir ] || fail "a range beyond 4 GiB is wrong"
for _ in 1 2 3 4; do curl -sS --max-time 60 -r 0-299999999 -o /dev/null "$url/rilis/$newest/besar.csv" & loads="${loads-} $!"; done
wait $loads
peak=$(awk '/VmHWM/{print $2}' "/proc/$server/status")
[ "$peak" -lt 200000 ] || fail "$peak kB of memory for files that are only sent"
rm "out/$newest/besar.csv"

# nothing but the releases
echo rahasia >secret.txt
ln -s "$PWD/secret.txt" "out/$newest/link.csv"
ln -s / "out/akar"
ln -s "$PWD" out/rilis-999
mkdir -p out/.rilis.tmp && echo x >out/.rilis.tmp/x.csv
for path in /rilis/../rekap.db /rilis/%2e%2e/rekap.db /rilis/..%2frekap.db "/rilis/$newest/link.csv" /rilis/akar/etc/passwd /rilis/rilis-999/secret.txt \
    /rilis/.rilis.tmp/x.csv /rilis/.rilis.lock "/rilis/$newest/" "/rilis/$newest//index.html" "/rilis/$newest/index.html/" /rilis/rilis-1/ \
    /rilis/tidak-ada "/rilis/$newest/ppwp/" "/rilis/%00" '/rilis/a%0d%0aX:y' "/rilis/terbaru.json/x"; do
    [ "$path" = "/rilis/$newest/" ] && { is 200 "$url$path"; continue; }
    is 404 "$url$path"
    ! grep -q rahasia body.txt || fail "$path leads out of the releases"
done
ln -sfn ../../etc out/terbaru # only the name of a release is followed
is 404 "$url/rilis/terbaru/passwd"
ln -sfn "$newest" out/terbaru

# a newer release takes over at once; who has begun with the old one keeps it
sed 's/,30,200,230,5,235/,31,199,230,5,235/' forms.csv | head -n 2 >one.csv
expect 0 "$REKAP" import p --kontes ppwp --alasan "salah tulis" one.csv
expect 0 "$REKAP" release p out --quiet
is 200 "$url/rilis/terbaru.json"
grep -q "$(readlink out/terbaru)" body.txt || fail "terbaru.json is the old one"
is 200 "$url/rilis/$newest/ppwp/tps.csv"
[ "$(header ETag)" = "$tag" ] || fail "an old release's file has another tag"
kill "$server"
wait "$server" || fail "it does not end orderly"

# rekap-witness from outside: init, log, serve, show; every status of add-checkpoint by curl; two
# witnesses and one away under 2 of 3; a second process; damage; kill -9 (short), race, split view.
. "$ROOT/tests/cases/lib.bash"
W=${REKAP%/*}/rekap-witness
HARD=${REKAP%/*}/tests/crash/witness_crash
unset http_proxy all_proxy ALL_PROXY
doc=$ROOT/docs/format/checkpoint.md
logkey=$(grep -om1 'pemilu2024+5bebc137+[A-Za-z0-9+/=]*' "$doc")

# ---- the command line ----
expect 0 "$W" --help
for verb in init log serve show; do grep -q "rekap-witness $verb" out.txt || fail "--help does not name $verb"; done
for option in $(grep -oE -- '--[a-z]+' out.txt | sort -u); do
    [ "$option" = --help ] || grep -qE "Fl -${option#--}( |$)" "$ROOT/docs/man/rekap-witness.1" ||
        fail "docs/man/rekap-witness.1 does not name $option"
done
expect 0 "$W" --version
expect 2 "$W"
expect 2 "$W" init w1
expect 2 "$W" show w1 --name x
expect 2 "$W" log w1 --add x --remove x
expect 2 "$W" tidak-ada w1
expect 1 "$W" show w1
expect 1 "$W" init w1 --name 'two words'
[ ! -e w1/key ] || fail "a wrong name leaves a key"
expect 0 "$W" init w1 --name bawaslu.example/w1
key=$(cat out.txt)
[ "$(stat -c %a w1/key)" = 600 ] || fail "the key can be read by others"
cp w1/key key.before
expect 1 "$W" init w1 --name bawaslu.example/w1
cmp w1/key key.before || fail "init has replaced the key"
expect 1 "$W" log w1 --add "$key" # of type 4: no log's
expect 1 "$W" log w1 --add "${logkey%?}A"
expect 0 "$W" log w1 --add "$logkey"
expect 1 "$W" log w1 --add "$logkey"
expect 0 "$W" log w1
[ "$(cat out.txt)" = "$logkey" ] || fail "log does not list the key"
expect 0 "$W" show w1
grep -q '^none yet$' out.txt || fail "show"

# ---- odd and slow senders, beside the rest ----
python3 "$ROOT/tests/crash/witness_odd.py" "$W" odd >odd.txt 2>&1 &
odd=$!

# ---- one witness, by curl ----
up() { # DIR: starts it; $url, $pid
    "$W" serve "$1" --listen 127.0.0.1:0 >said.txt 2>errors.txt &
    pid=$!
    for _ in $(seq 100); do grep -q 'http://' said.txt && break; sleep 0.05; done
    url=$(grep -o 'http://[^ ]*' said.txt) || { cat errors.txt; fail "$1 does not start"; }
}
trap 'kill $(jobs -p) 2>/dev/null || true' EXIT
ask() { # CODE FILE [curl arguments]
    local want=$1 file=$2
    shift 2
    code=$(curl -sS --max-time 20 -D head.txt -o body.txt -w '%{http_code}' --data-binary @"$file" "$@" "$url/add-checkpoint")
    [ "$code" = "$want" ] || { cat head.txt body.txt; fail "$file: $code, not $want"; }
}
header() { tr -d '\r' <head.txt | sed -n "s/^$1: //Ip"; }
up w1
sed -n '/^pemilu2024$/,/^— lsm/p' "$doc" >note.txt
{ printf 'old 0\n\n'; cat note.txt; } >first.txt
{ printf 'old 3\n\n'; cat note.txt; } >again.txt
{ printf 'old 4\n\n'; cat note.txt; } >above.txt
{ printf 'old 0\n\n'; sed 's/^3$/4/' note.txt; } >unsigned.txt
{ printf 'old 0\n\n'; sed 's/pemilu2024/pemilu2029/' note.txt; } >unknown.txt
printf 'old 0\n' >cut.txt
head -c 200000 /dev/zero >long.txt
ask 400 cut.txt
ask 404 unknown.txt
ask 403 unsigned.txt
ask 413 long.txt
ask 413 long.txt -H 'Transfer-Encoding: chunked'
ask 200 first.txt
grep -q '^— bawaslu.example/w1 ' body.txt || fail "no cosignature"
ask 409 first.txt
[ "$(header Content-Type)" = text/x.tlog.size ] && [ "$(cat body.txt)" = 3 ] || { cat head.txt; fail "409 without its size"; }
ask 200 again.txt -H 'Transfer-Encoding: chunked'
ask 400 above.txt
[ "$(curl -s -o body.txt -w '%{http_code}' "$url/add-checkpoint")" = 405 ] || fail "GET"
[ "$(curl -s -o body.txt -w '%{http_code}' --data-binary @first.txt "$url/other")" = 404 ] || fail "another path"
[ "$(curl -s -o page.txt -w '%{http_code}' "$url/")" = 200 ] || fail "/"
grep -qxF "witness $key" page.txt && grep -q '^— bawaslu.example/w1 ' page.txt || { cat page.txt; fail "the page"; }
curl -sS -v --data-binary @again.txt -o body.txt "$url/add-checkpoint" --next --data-binary @again.txt -o body2.txt \
    "$url/add-checkpoint" 2>trace.txt
grep -qi 'Re-using existing connection' trace.txt || { cat trace.txt; fail "the connection is not kept"; }

# one process a directory; show works meanwhile and says the same as the page
expect 1 "$W" serve w1 --listen 127.0.0.1:0
grep -q 'another process' out.txt || { cat out.txt; fail "two processes"; }
expect 1 "$W" log w1 --remove "$logkey"
expect 0 "$W" show w1
head -n 3 page.txt | cmp - <(head -n 3 out.txt) || fail "show says something else"

# orderly end; it remembers; killed it remembers too
kill "$pid"
wait "$pid" || fail "it ends with $?"
up w1
ask 409 first.txt
kill -9 "$pid"
wait "$pid" || true
up w1
ask 409 first.txt
[ "$(cat body.txt)" = 3 ] || fail "it has forgotten"
kill "$pid"
wait "$pid" || fail "it ends with $?"

# what it remembers is damaged or gone: it does not start, and says what to do
state=$(echo w1/state/*)
cp "$state" kept
sed -i 's/^3$/2/' "$state"
expect 1 "$W" serve w1 --listen 127.0.0.1:0
grep -q 'new witness' out.txt || { cat out.txt; fail "damage"; }
rm "$state"
expect 1 "$W" serve w1 --listen 127.0.0.1:0
grep -q 'new witness' out.txt || { cat out.txt; fail "a missing state"; }
cp kept "$state"

# a disk that cannot flush: no cosignature, and none after it (where strace may trace)
if command -v strace >/dev/null && strace -o /dev/null true 2>/dev/null; then
    strace -f -o trace.txt -e trace=fsync -e inject=fsync:error=EIO:when=3+ "$W" serve w1 --listen 127.0.0.1:0 >said.txt 2>errors.txt &
    pid=$!
    for _ in $(seq 100); do grep -q 'http://' said.txt && break; sleep 0.05; done
    url=$(grep -o 'http://[^ ]*' said.txt)
    ask 500 again.txt
    ! grep -q bawaslu body.txt || fail "cosigned without a flush"
    ask 500 again.txt
    grep -q 'has stopped cosigning' errors.txt || { cat errors.txt; fail "it does not say that it stopped"; }
    [ "$(grep -c 'EIO' trace.txt)" = 1 ] || { cat trace.txt; fail "a flush was tried again"; }
    kill "$(pgrep -P "$pid" rekap-witness || echo "$pid")"
    wait "$pid" || true
    up w1
    ask 200 again.txt
    kill "$pid"
fi

# ---- the hard runs, short ----
expect 0 "$HARD" kill "$W" 20
cat out.txt
expect 0 "$HARD" race "$W" 200
cat out.txt
expect 0 "$HARD" split "$W" 20
cat out.txt
wait "$odd" || { cat odd.txt; fail "odd and slow senders"; }

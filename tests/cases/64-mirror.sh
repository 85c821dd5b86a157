# A mirror takes in what is proven, only what is new, goes on after a kill; a server that lies is refused.
. "$ROOT/tests/cases/lib.bash"

fail() { echo "FAILED: $* ($(cat lie.txt 2>/dev/null))" >&2; exit 1; }
pids=()
trap 'for p in "${pids[@]}"; do kill "$p" 2>/dev/null || true; done' EXIT
serve_files() { # DIR NAME: sets url; NAME.json says what it lies about, NAME.log what it was asked
    python3 "$ROOT/tests/mirror_server.py" "$1" "$2.json" "$2.log" >"$2.txt" 2>>server-errors.txt &
    pids+=($!)
    for _ in $(seq 100); do [ -s "$2.txt" ] && break; sleep 0.1; done
    url=$(cat "$2.txt")
}
lie() { printf '%s' "$1" >mode.json; }
later() { touch -d '2 minutes ago' "$1/.cermin/terbaru.json"; } # the next run may poll again
mirror() { # CODE DIR options...
    local want=$1 dir=$2
    shift 2
    : >mode.log
    expect "$want" "$REKAP" mirror "$url" "$dir" --key "$key" "$@"
}
# Everything under a final name is proven: a release by its hashes, the log by rekap-verify.
proven() { # DIR
    for r in "$1"/rilis-*/; do
        [ -e "$r" ] || continue
        (cd "$r" && [ -e manifest/index ] && sha256sum -c --quiet manifest/index &&
            cat manifest/[0-9a-f][0-9a-f] | sha256sum -c --quiet) || fail "$r is not what its manifest says"
    done
    [ ! -e "$1/terbaru.json" ] || "$REKAP" verify-release "$1/terbaru" --key "$key" --quiet || fail "$1 does not verify"
    [ ! -e "$1/log/checkpoint" ] || "$(dirname "$REKAP")/rekap-verify" "$1/log" --no-state --key "$key" >v.txt || { cat v.txt; fail "$1/log does not verify"; }
}
same() { diff -r --exclude=.rilis.lock --exclude=.cermin --exclude='*.p' "$1" "$2" || fail "$2 is not $1"; }

small_tree
small_contest
small_forms
new_election p
expect 0 "$REKAP" import p --kontes ppwp forms.csv
expect 0 "$REKAP" release p out --quiet
cp -r p fork # goes another way later
cp -r out before
key=$("$REKAP" kunci p | awk '/checkpoint/{print $NF}')
serve_files out mode
honest=$url

# --- a dry run writes nothing; then the first copy, the same bytes, and nothing left over
mirror 0 m --dry-run
grep -q "would take in rilis-8" out.txt && [ ! -e m ] || fail "a dry run is no dry run"
mirror 0 m
same out m
proven m
[ -z "$(find m/.cermin -name 'rilis-*' -o -name bagian -o -name log)" ] || fail "something is left staged"
mirror 0 m --json # at once: nobody is asked
[ ! -s mode.log ] || fail "asked again within the minute"
python3 -c 'import json; d = json.load(open("out.txt")); assert d["nothing_new"] and d["requests"] == 0 and d["code"] == 0, d'
later m
mirror 0 m
[ "$(wc -l <mode.log)" = 1 ] || fail "nothing new costs more than one request"

# --- a new release: only what changed is fetched
sed 's/,30,200,230,5,235/,31,199,230,5,235/' forms.csv | head -n 2 >one.csv
expect 0 "$REKAP" import p --kontes ppwp --alasan "salah tulis" one.csv
expect 0 "$REKAP" release p out --quiet
old=rilis-8 new=$(readlink out/terbaru)
later m
mirror 0 m
same out m
proven m
[ m/$old/wilayah.csv -ef "m/$new/wilayah.csv" ] || fail "an unchanged file is no link"
grep -q "^$new/ppwp/tps.csv " mode.log || fail "the changed table was not fetched"
! grep -q "^$new/wilayah" mode.log || fail "an unchanged file was fetched"
changed=$(cd "out/$new" && find . -type f | while read -r f; do cmp -s "$f" "../$old/$f" || echo "$f"; done | wc -l)
fetched=$(grep -c "^$new/" mode.log)
[ "$fetched" -le "$((changed + 2))" ] || { cat mode.log; fail "$fetched requests for $changed files that changed"; }
sent=$(awk '{n += $4} END {print n}' mode.log) all=$(find "out/$new" -type f -printf '%s\n' | awk '{n += $1} END {print n}')
[ "$sent" -lt "$((all + 4000))" ] || fail "$sent bytes for a release of $all"

expect 0 "$REKAP" verify-release "$url/terbaru" --key "$key" --quiet # finds the log beside the address

# --- what a mirror holds is a source for the next one; --keep fetches earlier ones and removes older ones
expect 0 "$REKAP" mirror "$url" m2 --key "$key" --keep 2 --quiet
same out m2
proven m2
later m2
expect 0 "$REKAP" mirror "$url" m2 --key "$key" --keep 1
[ ! -e m2/rilis-8 ] && [ ! -e m2/rilis-8.json ] && ! grep -q 'rilis-8/' m2/index.html m2/feed.xml || fail "rilis-8 is still there"
proven m2

# --- other servers: rekap serve, nginx with the sample of deploy/
ln -s ../out p/rilis
"$REKAP" serve p --listen 127.0.0.1:0 --quiet --tanpa-saksi >said.txt &
pids+=($!)
for _ in $(seq 100); do grep -q http said.txt && break; sleep 0.1; done
url=$(grep -o 'http://[^ ]*' said.txt)uji/rilis
mirror 0 m3
rm -rf m3/rilis-8
[ "$(readlink m3/terbaru)" = "$new" ] && proven m3
if command -v nginx >/dev/null; then
    port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    sed -e "s#/srv/cermin#$PWD/m#; s#listen 443 ssl;#listen 127.0.0.1:$port;#; /ssl_certificate/d; /listen \[::\]/d" \
        "$ROOT/deploy/nginx-cermin.conf" >site.conf
    cat >nginx.conf <<CONF
$([ "$(id -u)" != 0 ] || echo "user root;") daemon off; pid $PWD/nginx.pid; error_log $PWD/nginx-errors.txt; worker_processes 1;
events { worker_connections 64; }
http { access_log off; client_body_temp_path $PWD/n1; proxy_temp_path $PWD/n2; fastcgi_temp_path $PWD/n3;
 uwsgi_temp_path $PWD/n4; scgi_temp_path $PWD/n5; include $PWD/site.conf; }
CONF
    nginx -c "$PWD/nginx.conf" -p "$PWD" 2>nginx-start.txt &
    pids+=($!)
    url=http://127.0.0.1:$port
    for _ in $(seq 50); do curl -sf -o /dev/null "$url/terbaru.json" && break; sleep 0.1; done
    mirror 0 m4
    proven m4
    for path in /.cermin/keadaan /.cermin/sumber; do
        [ "$(curl -s -o /dev/null -w '%{http_code}' "$url$path")" != 200 ] || fail "nginx serves $path"
    done
    curl -sI "$url/$new/ppwp/tps.csv.zst" | grep -qi immutable || fail "nginx does not say that a release never changes"
    curl -sI "$url/terbaru/" | grep -qi 'text/html' || fail "nginx does not serve terbaru/"
fi
url=$honest

# --- a server that lies: refused, told, kept as evidence; the mirror stays as it was
refused() { # CODE WHAT: from nothing, and from the mirror of the release before
    for from in nothing older; do
        echo "$2, from $from" >lie.txt
        rm -rf bad
        if [ "$from" = older ]; then
            cp -r "$earlier" bad
            later bad
            cp -r bad bad.before
        fi
        mirror "$1" bad
        [ ! -e bad/rilis-8/ppwp ] || [ "$from" = older ] || fail "$2: taken in"
        if [ "$from" = older ]; then
            diff -r --exclude=.cermin bad.before bad >diff.txt || { proven bad; grep -q "Only in bad: " diff.txt && ls bad | grep -q "^$new\$" && fail "$2: $new was taken in"; }
        elif ls bad | grep -q '^rilis-'; then
            fail "$2: a release has its name"
        fi
        proven bad
        [ "$1" != 1 ] || [ -n "$(find bad/.cermin/bukti -name '*.txt' 2>/dev/null)" ] || fail "$2: no evidence"
        rm -rf bad.before
    done
    lie '[]'
    later bad
    mirror 0 bad # an honest answer afterwards mends it
    proven bad
    [ "$(readlink bad/terbaru)" = "$new" ] || fail "$2: not mended"
}
lie '[]'
# the mirror of the release before
serve_files before one
earlier=early elsewhere=$url url=$honest
expect 0 "$REKAP" mirror "$elsewhere" early --key "$key" --quiet

list=manifest/$(printf ppwp/tps.csv | sha256sum | head -c 2)
for path in ppwp/tps.csv ppwp/tps.csv.zst datapackage.json checkpoint.note manifest/index "$list" manifest/note; do
    lie "[[\"$new/$path\", {\"flip\": 40}]]"
    refused 1 "a changed bit in $path"
done
for path in log/checkpoint 'log/tile/entries/*' 'log/tile/0/*'; do
    lie "[[\"$path\", {\"flip\": 40}]]"
    refused 1 "a changed bit in $path"
done
lie "[[\"terbaru.json\", {\"flip\": 200}]]"
refused 1 "a changed terbaru.json"
lie "[[\"$new/ppwp/rekap.csv\", {\"short\": 20}]]"
refused 1 "half a file"
lie "[[\"$new/ppwp/rekap.csv\", {\"endless\": 1}]]"
refused 1 "a table without end"
lie "[[\"$new/index.html\", {\"endless\": 1}]]"
refused 1 "a page without end"
lie '[["terbaru.json", {"endless": 1}]]'
later early && mirror 1 early
lie '[["log/checkpoint", {"endless": 1}]]'
later early && mirror 1 early
lie "[[\"$new/ppwp/tps.csv\", {\"file\": \"$old/ppwp/tps.csv\"}]]"
refused 1 "the table of the release before"
lie "[[\"$new/ppwp/tps.csv\", {\"status\": 404}]]"
refused 1 "a file that is listed and not there"
lie "[[\"$new/manifest/*\", {\"file\": \"$old/manifest/note\"}]]"
refused 1 "another manifest"

# a redirect within the server is followed, one to elsewhere not, and nobody there is asked
lie "[[\"$new/ppwp/tps.csv\", {\"to\": \"$url/$new/ppwp/../ppwp/rekap.csv\", \"times\": 0}], [\"$new/wilayah.csv\", {\"to\": \"/$new/./wilayah.csv\", \"times\": 1}]]"
rm -rf r && mirror 0 r
same "out/$new" "r/$new"
: >one.log
lie "[[\"$new/ppwp/tps.csv\", {\"to\": \"$elsewhere/$new/ppwp/tps.csv\"}]]"
rm -rf r && mirror 1 r
grep -q "sends on to" out.txt || fail "a redirect elsewhere is not told"
[ ! -s one.log ] || fail "a redirect elsewhere was followed"

# paths that lead out, in lists whose hashes are right (a dry run takes terbaru.json's word)
tricks() { # LINE-PATH
    python3 - "$1" "$new" <<'PY'
import hashlib, json, sys
path, new = sys.argv[1:]
h = lambda b: hashlib.sha256(b).hexdigest()
lst = f"{h(b'x')}  {path}\n".encode()
number = h(path.encode())[:2]
index = f"{h(lst)}  manifest/{number}\n".encode()
note = json.load(open("out/terbaru.json"))
note["manifes"] = h(index)
json.dump([["terbaru.json", {"body": json.dumps(note)}], [f"{new}/manifest/index", {"body": index.decode()}],
           [f"{new}/manifest/{number}", {"body": lst.decode()}]], open("mode.json", "w"))
PY
}
for path in ../keluar /etc/passwd a/../../b a//b ./a . log/checkpoint manifest/note ppwp/.rahasia "a
b"; do
    tricks "$path"
    rm -rf r && mirror 1 r --dry-run
    grep -Eq "manifest/(index|[0-9a-f]{2})" out.txt || { cat out.txt; fail "$path is not refused by its list"; }
done
tricks ppwp/baik.csv
mirror 0 r --dry-run
mirror 1 r # not what the log names

# --- the log: older, another key, forked
lie "$(python3 -c "import json; print(json.dumps([['log/*', {'status': 404, 'times': 0}], ['terbaru.json', {'body': open('before/terbaru.json').read()}]]))")"
later m && mirror 1 m
grep -q "older copy" out.txt || { cat out.txt; fail "an older newest is not told"; }
lie "$(python3 -c "import json; print(json.dumps([['log/checkpoint', {'body': open('before/log/checkpoint').read()}]]))")"
refused 1 "an older log"
lie '[]'
other=$("$REKAP" kunci buat --peran uji --berkas lain.key)
rm -rf r && expect 1 "$REKAP" mirror "$url" r --key "$other" --quiet
sed 's/,40,160,200,3,203/,41,159,200,3,203/' forms.csv | sed -n '1p;3p' >two.csv
expect 0 "$REKAP" import fork --kontes ppwp --alasan "lain" two.csv
expect 0 "$REKAP" release fork forked --quiet
for n in 1 2 3; do # longer than the honest one
    sed -i 's/,41,159,/,40,160,/; t; s/,40,160,/,41,159,/' two.csv
    expect 0 "$REKAP" import fork --kontes ppwp --alasan "lain $n" two.csv
done
expect 0 "$REKAP" release fork forked --quiet
serve_files forked other
other=$url url=$honest
later m
cp -r m m.before
expect 1 "$REKAP" mirror "$other" m --key "$key"
grep -q "forked" out.txt || { cat out.txt; fail "a forked log is not told"; }
diff -r --exclude=.cermin m.before m || fail "something of a forked log was taken in"
both=$(grep -l forked m/.cermin/bukti/*.txt | head -n 1)
[ "$(grep -c '^uji$' "$both")" = 2 ] || fail "the evidence does not hold both checkpoints"
proven m

# --- a server in trouble: waited for as it asks, given up when it asks too much, gone on with where it was cut
lie '[["*tps.csv", {"status": 503, "retry": 1, "times": 2}], ["log/checkpoint", {"status": 429, "retry": 1, "times": 1}]]'
rm -rf r
start=$(date +%s)
mirror 0 r
same "out/$new" "r/$new"
[ "$(($(date +%s) - start))" -ge 2 ] || fail "Retry-After was not kept"
lie '[["log/checkpoint", {"status": 503, "retry": 100000}]]'
rm -rf r && mirror 3 r
grep -q "100000 seconds" out.txt || fail "a long pause is not told"
lie "[[\"$new/ppwp/kontes.json\", {\"cut\": 200, \"times\": 1}]]"
rm -rf r && mirror 0 r
same "out/$new" "r/$new"
grep -q "^$new/ppwp/kontes.json bytes=200- 206" mode.log || { cat mode.log; fail "a transfer that was cut began anew"; }
lie "[[\"$new/ppwp/kontes.json\", {\"cut\": 200, \"times\": 1}], [\"$new/ppwp/kontes.json\", {\"norange\": 1}]]"
rm -rf r && mirror 0 r
same "out/$new" "r/$new"
kill "${pids[0]}"
rm -rf r && mirror 3 r # nobody answers
wait "${pids[0]}" 2>/dev/null || true

# --- what is not a mirror is left alone
mkdir mine && echo x >mine/file
expect 1 "$REKAP" mirror "$url" mine --key "$key"
[ "$(ls -A mine)" = file ] || fail "a directory of somebody's was touched"
expect 2 "$REKAP" mirror "$url" m --rate 0
expect 2 "$REKAP" mirror "$url" m --keep x
expect 1 "$REKAP" mirror ftp://127.0.0.1/x m

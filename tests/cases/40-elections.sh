# What `make run` prepares: interrupted half-way it leaves nothing half-made, a second time it does nothing.
. "$ROOT/tests/cases/lib.bash"
cat >slow <<'SH'
#!/bin/sh
[ "$1" != import ] || sleep 60
exec "$REAL" "$@"
SH
chmod +x slow
REAL=$REKAP REKAP=$PWD/slow setsid "$ROOT/scripts/elections" "$PWD/var" >/dev/null 2>&1 &
pid=$!
for _ in $(seq 100); do [ -d var/.pemilu2019.new ] && break; sleep 0.1; done
sleep 0.5
kill -9 -- "-$pid" 2>/dev/null || fail "it ended too soon"
wait "$pid" 2>/dev/null || true
test ! -e var/pemilu2019
"$ROOT/scripts/elections" "$PWD/var" >/dev/null
test -d var/pemilu2019
test -d var/pemilu2024
test ! -e var/.pemilu2019.new
"$REKAP" recap var/pemilu2019 --kontes ppwp --tingkat 0 --format csv >n.csv
test "$(cell n.csv kode=0 suara_01)" = 84143641
test "$(cell n.csv kode=0 suara_02)" = 67777917
"$ROOT/scripts/elections" "$PWD/var" >again.txt
test ! -s again.txt

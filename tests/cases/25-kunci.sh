# Keys: made, listed, added, replaced, revoked; who may not sign is refused; secrets stay secret.
. "$ROOT/tests/cases/lib.bash"

small_tree
small_contest
small_forms
new_election p
expect 0 "$REKAP" import p --kontes ppwp forms.csv
[ "$(stat -c %a p/keys/log.key) $(stat -c %a p/keys/pengelola.key)" = "600 600" ] || fail "keys are readable by others"
expect 0 "$REKAP" kunci p --json
python3 - <<'PY' || fail "the list of keys is not as expected"
import json
k = json.load(open("out.txt"))
assert [x["guna"] for x in k] == ["checkpoint", "entri"] and k[1]["peran"] == "pengelola", k
PY
expect 0 "$REKAP" kunci buat --peran ppk --berkas ppk.key
cp out.txt ppk.pub
sed 's/,30,200,230,5,235/,31,199,230,5,235/' forms.csv | head -n 3 >two.csv
expect 1 "$REKAP" import p --kontes ppwp --kunci ppk.key two.csv # not known to the log
grep -q "never added" out.txt || fail "no word that the key is unknown"
expect 2 "$REKAP" kunci p tambah "$(cat ppk.pub)" --peran ppk # no reason
expect 0 "$REKAP" kunci p tambah "$(cat ppk.pub)" --peran ppk --alasan "kecamatan baru"
sed 's/,31,199,/,32,198,/' two.csv >changed.csv
expect 0 "$REKAP" import p --kontes ppwp --kunci ppk.key --alasan "salah tulis" two.csv
expect 1 "$REKAP" kunci p tambah "$(cat ppk.pub)" --peran ppk --alasan "lagi"
expect 1 "$REKAP" kunci p ganti-log --alasan x --kunci ppk.key # only a pengelola
id=$("$REKAP" kunci p --json | python3 -c 'import json,sys; print([k["id"] for k in json.load(sys.stdin) if k["peran"]=="ppk"][0])')
expect 0 "$REKAP" kunci p cabut --id "$id" --alasan "petugas berhenti"
expect 1 "$REKAP" import p --kontes ppwp --kunci ppk.key changed.csv
grep -q "replaced or revoked" out.txt || fail "no word that the key was revoked"
expect 1 "$REKAP" kunci p cabut --id "$("$REKAP" kunci p | awk '/pengelola/{print $1}')" --alasan x
expect 0 "$REKAP" kunci p ganti-log --alasan "ganti berkala"
[ -e p/keys/log.key ] && [ -e p/keys/log-*.key ] || fail "the new and the old log key should be there"
expect 0 "$REKAP" import p --kontes ppwp --alasan "koreksi" changed.csv
# An older copy of the store is refused, and it says why.
cp p/rekap.db old.db
expect 0 "$REKAP" kunci p tambah "$("$REKAP" kunci buat --peran kpu --berkas kpu.key)" --peran kpu --alasan x
cp old.db p/rekap.db && rm -f p/rekap.db-wal p/rekap.db-shm p/tally.cache
expect 1 "$REKAP" import p --kontes ppwp two.csv
grep -q "older copy" out.txt || fail "restoring an older copy was not noticed"
expect 0 "$REKAP" recap p --kontes ppwp # reading goes on
chmod 644 p/keys/log.key
expect 1 "$REKAP" import p --kontes ppwp two.csv
grep -q "others may read" out.txt || fail "a readable secret was taken"
! grep -rq "PRIVATE" p/rekap.db p/log.lock || fail "a secret key is in the log"

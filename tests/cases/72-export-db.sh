# One election and the archive as SQLite, PostgreSQL, CSV and Parquet: the shipped questions have the same
# answers in each, and the sums are those the archive was made with.
. "$ROOT/tests/cases/lib.bash"
command -v sqlite3 >/dev/null || { [ -z "${CI:-}" ] || fail "no sqlite3"; echo "sqlite3 is not there"; exit 77; }

# ---- an election ----
small_tree
small_contest
small_forms
new_election pemilu
expect 0 "$REKAP" import pemilu --kontes ppwp forms.csv
printf 'kode,suara_01,suara_02\n11,102,436\n' >resmi.csv
expect 0 "$REKAP" resmi pemilu --kontes ppwp --nama Uji resmi.csv
# ---- a small archive ----
mkdir -p arsip pemilu2019 pemilu2024
cp "$ROOT"/data/arsip/*.csv "$ROOT"/data/arsip/*.zst arsip/
cp "$ROOT/data/pemilu2019/wilayah.csv.zst" pemilu2019/
cp "$ROOT/data/pemilu2024/wilayah.csv.zst" pemilu2024/
rm arsip/angka-pemilu2019-*.zst arsip/angka-pilkada.csv.zst # the big ones but one: time
export REKAP_ARSIP=$PWD/arsip

duck=${REKAP_DUCKDB:-$ROOT/bench/node_modules/@duckdb/node-bindings-linux-x64/libduckdb.so}
if [ ! -e "$duck" ] && [ -n "${CI:-}" ] && command -v npm >/dev/null; then
    (cd "$ROOT/bench" && npm ci --ignore-scripts --no-audit --no-fund >/dev/null 2>&1) || true
fi
[ -e "$duck" ] || duck=
formats="sqlite csv postgres${duck:+ parquet}"
for f in $formats; do
    expect 0 "$REKAP" export-db pemilu --format "$f" ${duck:+--duckdb "$duck"} "e-$f"
    expect 0 "$REKAP" export-db --archive --format "$f" ${duck:+--duckdb "$duck"} "a-$f"
    expect 1 "$REKAP" export-db pemilu --format "$f" "e-$f" # never over something
done
expect 1 "$REKAP" export-db pemilu --format parquet --duckdb /nowhere/libduckdb.so none
grep -q "libduckdb.so" out.txt
test ! -e none && test ! -e none.baru
expect 2 "$REKAP" export-db pemilu --format xml none
test -s e-sqlite.kamus.html && test -s a-postgres.kamus.csv && test -s a-csv/kamus.html
sqlite3 e-sqlite .schema >schema.txt
grep -q -- '-- Suara sebagaimana tertulis \[suara\]' schema.txt # comments travel with it
grep -q 'CREATE INDEX suara_tps_id_idx' schema.txt

answers_sqlite() { # QUESTIONS DATABASE
    sqlite3 -batch -readonly -csv -newline $'\n' "$2" ".read $1"
}
answers_csv() { # what Python's csv reads, loaded by the shipped statements
    python3 - "$1" "$2" <<'PY'
import csv, json, sqlite3, sys
questions, folder = sys.argv[1:]
csv.field_size_limit(1 << 20)
db = sqlite3.connect(":memory:")
db.executescript(open(f"{folder}/skema.sql").read())
for r in json.load(open(f"{folder}/datapackage.json"))["resources"]:
    integer = [f["type"] == "integer" for f in r["schema"]["fields"]]
    with open(f"{folder}/{r['path']}", newline="") as f:
        rows = csv.reader(f)
        assert next(rows) == [x["name"] for x in r["schema"]["fields"]], r["name"]
        db.executemany(f"INSERT INTO {r['name']} VALUES({','.join('?' * len(integer))})",
                       ([None if c == "" else int(c) if i else c for c, i in zip(row, integer)] for row in rows))
w = csv.writer(sys.stdout, lineterminator="\n")
for line in open(questions):
    if not line.startswith("--"):
        w.writerows(db.execute(line))
PY
}
answers_postgres() {
    createdb -T template0 "db$3"
    psql -qX -v ON_ERROR_STOP=1 -f "$2" "db$3" >/dev/null
    psql -qX -A -t -F , --csv -f "$1" "db$3"
}
answers_parquet() {
    (cd "$2" && python3 - "$1" "$duck" <<'PY'
# DuckDB through the same library, by ctypes: its CSV output of each question.
import ctypes, os, sys
lib = ctypes.CDLL(sys.argv[2])
class Result(ctypes.Structure):
    _fields_ = [("a", ctypes.c_uint64), ("b", ctypes.c_uint64), ("c", ctypes.c_uint64), ("d", ctypes.c_void_p),
                ("e", ctypes.c_char_p), ("f", ctypes.c_void_p)]
lib.duckdb_result_error.restype = ctypes.c_char_p
db, con = ctypes.c_void_p(), ctypes.c_void_p()
assert lib.duckdb_open(None, ctypes.byref(db)) == 0 and lib.duckdb_connect(db, ctypes.byref(con)) == 0
def run(sql):
    r = Result()
    if lib.duckdb_query(con, sql.encode(), ctypes.byref(r)) != 0:
        sys.exit(f"{sql}: {lib.duckdb_result_error(ctypes.byref(r)).decode()}")
    lib.duckdb_destroy_result(ctypes.byref(r))
run(open("baca.sql").read())
for i, line in enumerate(l for l in open(sys.argv[1]) if not l.startswith("--")):
    run(f"COPY ({line.strip().rstrip(';')}) TO '{os.getcwd()}/jawab.tmp' (HEADER false, FORMAT csv)")
    sys.stdout.write(open("jawab.tmp").read())
    os.remove("jawab.tmp")
PY
    )
}
plain() { tr -d '"\r'; } # each program quotes as it likes

# A PostgreSQL of our own: a socket in this directory, no network.
pg=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | tail -n 1)
if [ -n "$pg" ]; then
    mkdir -m 700 pg && export PGHOST=$PWD/pg PGUSER=postgres
    as=(); [ "$(id -u)" -ne 0 ] || { as=(setpriv --reuid=postgres --regid=postgres --clear-groups); chown postgres pg; chmod 711 .; }
    "${as[@]}" "$pg/initdb" -D "$PWD/pg/data" -A trust -U postgres -E UTF8 --locale=C >/dev/null
    "${as[@]}" "$pg/pg_ctl" -s -w -D "$PWD/pg/data" -l "$PWD/pg/log" -o "-k $PWD/pg -c listen_addresses='' -c fsync=off" start
    trap '"${as[@]}" "$pg/pg_ctl" -s -m immediate -D "$PWD/pg/data" stop || true' EXIT
elif [ -n "${CI:-}" ]; then
    fail "no PostgreSQL"
else
    formats=${formats/postgres/}
    echo "without PostgreSQL: not installed"
fi

for k in e:pemilu a:arsip; do
    for f in $formats; do
        "answers_$f" "$ROOT/docs/db/pertanyaan-${k#*:}.sql" "$PWD/${k%:*}-$f" "${k%:*}" | plain >"${k%:*}-$f.txt"
        test -s "${k%:*}-$f.txt"
        cmp "${k%:*}-sqlite.txt" "${k%:*}-$f.txt" || { diff "${k%:*}-sqlite.txt" "${k%:*}-$f.txt" | head; fail "$f answers otherwise"; }
    done
done
echo "same answers: $formats"
grep -qx 'ppwp,01,Pasangan Satu,102' e-sqlite.txt
grep -qx 'ppwp,R09,E,1' e-sqlite.txt
grep -qx 'ppwp,Uji,11,suara_02,436,435,1' e-sqlite.txt
# The first answer about the archive: number and sum of every series, as the script that made it counted them.
python3 - "$ROOT/tests/golden/arsip-jumlah.csv" <<'PY'
import csv, sys
want = {tuple(r[:3]): (r[3], r[4]) for r in list(csv.reader(open(sys.argv[1])))[1:]
        if not r[0].startswith(("pemilu2019-dpt-wilayah", "pemilu2019-ppwp-kawalpemilu", "pilkada"))}
got = {tuple(r[:3]): (r[3], r[4]) for r in csv.reader(open("a-sqlite.txt")) if len(r) == 5 and tuple(r[:3]) in want}
assert got == want, {k: (got.get(k), want[k]) for k in want if got.get(k) != want[k]}
PY
if [ -n "$duck" ]; then exit 0; fi
[ -z "${CI:-}" ] || echo "without Parquet: DuckDB's library is not there (bench installs it)"

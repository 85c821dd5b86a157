#!/usr/bin/env python3
"""make bench-export: what exports cost at the size of a nation (2019: 813,336 stations), beside the own
exports of SQLite, PostgreSQL and DuckDB of the same rows, in one run, interleaved; medians of ROUNDS (3).
rekap, sqlite3 and pg_dump are whole processes (rekap opens the log first, and flushes to disk); peaks below
some 15 MiB are this program's own. The forms CSV from an open store is in bench/RESULTS.md.
Prints a table; needs sqlite3, and PostgreSQL and DuckDB's library for their rows (else they are left out)."""
import glob
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), ".."))
REKAP = os.path.join(ROOT, os.environ.get("BUILD", "build"), "rekap")
ROUNDS = int(os.environ.get("ROUNDS", "3"))
DUCK = os.environ.get("REKAP_DUCKDB") or os.path.join(
    ROOT, "bench/node_modules/@duckdb/node-bindings-linux-x64/libduckdb.so")


def sh(*args, **more):
    done = subprocess.run(args, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **more)
    if done.returncode:
        raise SystemExit("%s\n%s" % (" ".join(args), done.stdout))
    return done.stdout


def timed(*args, **more):
    """Seconds and the child's peak memory in MiB."""
    out = tempfile.TemporaryFile()
    start = time.perf_counter()
    p = subprocess.Popen(args, stdout=out, stderr=out, **more)
    _, status, usage = os.wait4(p.pid, 0)
    took = time.perf_counter() - start
    p.returncode = os.waitstatus_to_exitcode(status)
    if p.returncode:
        out.seek(0)
        raise SystemExit("%s\n%s" % (" ".join(args), out.read().decode()))
    return took, usage.ru_maxrss / 1024


class Duck:
    """DuckDB through its library, in a process of its own: a child's peak memory begins with that of the
    process it was forked from, so this one must stay small."""

    WORKER = """
import ctypes, sys, time
lib = ctypes.CDLL(sys.argv[1])
db, con = ctypes.c_void_p(), ctypes.c_void_p()
lib.duckdb_open(None, ctypes.byref(db))
lib.duckdb_connect(db, ctypes.byref(con))
for sql in sys.stdin:
    start = time.perf_counter()
    ok = lib.duckdb_query(con, sql.encode(), None) == 0
    print(time.perf_counter() - start if ok else -1, flush=True)
"""

    def __init__(self):
        self.p = subprocess.Popen([sys.executable, "-c", self.WORKER, DUCK], stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE, text=True)

    def run(self, sql):
        self.p.stdin.write(sql + "\n")
        self.p.stdin.flush()
        took = float(self.p.stdout.readline())
        if took < 0:
            raise SystemExit("DuckDB: " + sql)
        return took

    def close(self):
        self.p.stdin.close()
        self.p.wait()


def postgres(work):
    """Environment of a server on a socket in `work`, or None."""
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin"))
    if not found or os.geteuid() != 0:
        return None, None
    data, user = os.path.join(work, "pg"), ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    os.mkdir(data, 0o700)
    shutil.chown(data, "postgres")
    os.chmod(work, 0o711)
    sh(*user, found[-1] + "/initdb", "-D", data + "/d", "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C", cwd="/")
    subprocess.run(user + [found[-1] + "/pg_ctl", "-s", "-w", "-D", data + "/d", "-l", data + "/log", "-o",
                           "-k %s -c listen_addresses='' -c max_wal_size=4GB" % data, "start"], check=True, cwd="/")
    stop = user + [found[-1] + "/pg_ctl", "-s", "-m", "immediate", "-D", data + "/d", "stop"]
    return dict(os.environ, PGHOST=data, PGUSER="postgres"), stop


def main():
    work = tempfile.mkdtemp(prefix="rekap-bench-export-")
    stop = duck = None
    try:
        sh(os.path.join(ROOT, "scripts/elections"), os.path.join(work, "e"), env=dict(os.environ, REKAP=REKAP))
        e, at = os.path.join(work, "e/pemilu2019"), lambda n: os.path.join(work, n)
        sh(REKAP, "export", e, "--kontes", "ppwp", at("forms.csv"))
        sh(REKAP, "export-db", e, "--format", "sqlite", "--quiet", at("base.db"))
        sh(REKAP, "export-db", e, "--format", "postgres", "--quiet", at("base.sql"))
        env, stop = postgres(work)
        if env:
            sh("createdb", "-T", "template0", "nation", env=env)
            sh("psql", "-qX", "-v", "ON_ERROR_STOP=1", "-f", at("base.sql"), "nation", env=env)
        duck = Duck() if os.path.exists(DUCK) else None
        if duck:
            duck.run("CREATE TABLE forms AS SELECT * FROM read_csv('%s')" % at("forms.csv"))
            duck.run("SET threads=1")
        forms = "SELECT t.kode, pemilih_dpt_l, pemilih_dpt_p, a.suara, b.suara, suara_sah, suara_tidak_sah, suara_total " \
                "FROM formulir f JOIN tps t ON t.id = f.tps_id LEFT JOIN suara a ON a.tps_id = t.id AND a.pilihan_id = 1 " \
                "LEFT JOIN suara b ON b.tps_id = t.id AND b.pilihan_id = 2 ORDER BY f.tps_id"
        jobs = [("forms CSV: rekap export", lambda: timed(REKAP, "export", e, "--kontes", "ppwp", at("x")))]
        if duck:
            jobs.append(("forms CSV: DuckDB COPY (its table in memory, 1 thread; no start, no flush)",
                         lambda: (duck.run("COPY forms TO '%s' (HEADER)" % at("x")), 0)))
        jobs += [("forms CSV: sqlite3 -csv (join of 3 tables)", lambda: timed("sqlite3", "-csv", at("base.db"), forms)),
                 ("SQLite: rekap export-db", lambda: timed(REKAP, "export-db", e, "--format", "sqlite", "--quiet", at("x.db"))),
                 ("SQLite: VACUUM INTO (its own copy)", lambda: timed("sqlite3", at("base.db"), "VACUUM INTO '%s'" % at("x.db"))),
                 ("SQLite: .dump (text)", lambda: timed("sqlite3", at("base.db"), ".output %s" % at("x"), ".dump")),
                 ("PostgreSQL: rekap export-db (dump)", lambda: timed(REKAP, "export-db", e, "--format", "postgres", "--quiet", at("x.sql")))]
        if env:
            jobs.append(("PostgreSQL: pg_dump of the same database", lambda: timed("pg_dump", "-f", at("x"), "nation", env=env)))
        jobs.append(("CSV directory: rekap export-db", lambda: timed(REKAP, "export-db", e, "--format", "csv", "--quiet", at("x.d"))))
        if duck:
            jobs.append(("Parquet directory: rekap export-db (through DuckDB)", lambda: timed(
                REKAP, "export-db", e, "--format", "parquet", "--duckdb", DUCK, "--quiet", at("x.d"))))
        took = {name: [] for name, _ in jobs}
        for _ in range(ROUNDS):
            for name, job in jobs:
                took[name].append(job())
                for n in ("x", "x.db", "x.sql", "x.d"):
                    p = at(n)
                    shutil.rmtree(p, ignore_errors=True) if os.path.isdir(p) else os.path.exists(p) and os.remove(p)
        print("| what | seconds (median of %d, min - max) | peak MiB |\n|---|---|---|" % ROUNDS)
        for name, _ in jobs:
            s = [t[0] for t in took[name]]
            print("| %s | %.2f (%.2f - %.2f) | %s |" % (name, statistics.median(s), min(s), max(s),
                                                      "%.0f" % max(t[1] for t in took[name]) if took[name][0][1] else "-"))
    finally:
        if duck:
            duck.close()
        if stop:
            subprocess.run(stop, check=False, cwd="/")
        shutil.rmtree(work, ignore_errors=True)


main()

#!/usr/bin/env python3
"""make bench-release: what a release costs at the size of a nation: five contests, 823,236 stations each.

The nation is synthetic (SHARED_BENCH's generator, default ../shared/bench; without it this says so and ends):
ppwp and pdpd have the presidential form (20 figures), pdpr, pdprdp and pdprdk the parliamentary one (215).
Measured: `rekap release` the first time, with nothing new, after one correction; `rekap verify-release`;
`rekap mirror` from `rekap serve`, the first time and after a correction; the tables by themselves
(bench/releasetables.c), beside SQLite's, DuckDB's and PostgreSQL's own export of the same rows and the bound
program's, taking turns. Everything lies under build/bench/. A full run writes bench/RELEASE.md, one with
--quick (20,000 stations) build/bench/RELEASE.md.

Peaks are maximum resident sets of whole processes (wait4). The load of the machine is noted; ratios are of
figures of the same round."""
import argparse
import csv
import ctypes
import datetime
import importlib.machinery
import importlib.util
import json
import os
import platform
import re
import shutil
import sqlite3
import statistics
import subprocess
import sys
import time
from pathlib import Path

sys.dont_write_bytecode = True
HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import rig  # noqa: E402
import rivals  # noqa: E402
from rig import Skip, Wrong, say  # noqa: E402

loader = importlib.machinery.SourceFileLoader("bench_run", str(HERE / "run"))
spec = importlib.util.spec_from_loader("bench_run", loader)
bench_run = importlib.util.module_from_spec(spec)
loader.exec_module(bench_run)
REKAP, BENCH, WORK, BUILD = bench_run.REKAP, bench_run.BENCH, bench_run.WORK, bench_run.BUILD
TABLES = BENCH / "releasetables"
CONTESTS = (("ppwp", "ppwp"), ("pdpd", "ppwp"), ("pdpr", "dpr"), ("pdprdp", "dpr"), ("pdprdk", "dpr"))
LIMIT = 7200


def contest_file(folder, code, kind):
    with open(folder / f"{kind}.csv", encoding="ascii") as f:
        names = f.readline().strip().split(",")
    if kind == "ppwp":
        shape = {"bentuk": "paslon" if code == "ppwp" else "calon", "medan": [n for n in names[1:] if n not in bench_run.CHOICES],
                 "pilihan": [{"kode": f"0{i}", "nomor": i, "nama": n} for i, n in ((1, "A"), (2, "B"), (3, "C"))]}
    else:
        shape = {"bentuk": "partai", "medan": [n for n in names[2:] if not re.match(r"suara_\d", n)],
                 "pilihan": [{"kode": str(i), "nomor": i, "nama": f"Partai {i}", "calon": 10} for i in range(1, 19)]}
    path = folder / f"kontes-{code}.json"
    path.write_text(json.dumps({"format": "rekap-kontes-1", "kode": code, "nama": f"Sintetis {code}", "aturan": "standar", **shape}))
    return path


def prepare(options):
    WORK.mkdir(parents=True, exist_ok=True)
    if not bench_run.YARDSTICKS.is_dir():
        say(f"bench-release: skipped: the generator is not there (SHARED_BENCH={bench_run.YARDSTICKS})")
        sys.exit(77)
    have = rivals.compile_yardsticks(bench_run.YARDSTICKS, BENCH)
    if "gen" not in have:
        say("bench-release: skipped: the generator does not compile")
        sys.exit(77)
    p = rivals.quiet(["ninja", "-C", BUILD, "bench/releasetables"])
    if p.returncode:
        raise SystemExit("bench-release: releasetables does not build:\n" + p.stdout)
    if options.quick:
        return have, bench_run.generate(have["gen"], "small", "-n", bench_run.SMALL, "-c", "ppwp,dpr", "-k", 10000)
    return have, bench_run.generate(have["gen"], "full", "-c", "ppwp,dpr")


def nation(data, folder):
    """The election with five contests; what importing cost."""
    shutil.rmtree(folder, ignore_errors=True)
    rig.run([REKAP, "init", folder, "--id", "sintetis"])
    rig.run([REKAP, "wilayah", folder, data.regions])
    took = []
    for code, kind in CONTESTS:
        rig.run([REKAP, "kontes", folder, contest_file(data.folder, code, kind)])
        say(f"bench-release: importing {code}")
        took.append((code, rig.run([REKAP, "import", folder, "--kontes", code, data.folder / f"{kind}.csv"],
                                   err=WORK / "import.err", limit=LIMIT)))
    return took


def correct(data, folder, number):
    """One corrected form of the presidential contest."""
    path = WORK / "satu.csv"
    with open(data.corrections(number), encoding="ascii") as f:
        lines = f.readlines()
    path.write_text(lines[0] + lines[number])
    rig.run([REKAP, "import", folder, "--kontes", "ppwp", "--alasan", "koreksi", path], err=WORK / "import.err", limit=LIMIT)


class Measured:
    def __init__(self):
        self.rows, self.load = [], []

    def run(self, name, command, **more):
        before = os.getloadavg()[0]
        say(f"bench-release: {name}")
        s = rig.run(command, out=WORK / "release.out", err=WORK / "release.err", limit=LIMIT, **more)
        self.rows.append((name, s, max(before, os.getloadavg()[0]), rig.read_tail(WORK / "release.out")))
        return s


def served(folder):
    """`rekap serve` of the election; (process, address of its releases)."""
    out = open(WORK / "serve.out", "wb")
    p = rig.start([REKAP, "serve", folder, "--listen", "127.0.0.1:0", "--quiet", "--tanpa-saksi"], stdout=out, stderr=subprocess.DEVNULL)
    for _ in range(3000):
        m = re.search(r"http://\S+", rig.read(WORK / "serve.out"))
        if m:
            return p, m[0] + "rilis"
        if p.poll() is not None:
            break
        time.sleep(0.1)
    raise Wrong("rekap serve does not start")


def peak_of(process):
    m = re.search(r"VmHWM:\s+(\d+)", rig.read(f"/proc/{process.pid}/status"))
    return int(m[1]) / 1024


# ===== the same rows from others =====

def columns(package, contest):
    r = next(x for x in package["resources"] if x["path"] == f"{contest}/tps.csv")
    return [(f["name"], f["type"]) for f in r["schema"]["fields"]]


class Duck:
    def __init__(self, node):
        lib = node / "node_modules/@duckdb/node-bindings-linux-x64/libduckdb.so"
        if not lib.exists():
            raise Skip("DuckDB: its library is not in the npm package")
        self.lib = ctypes.CDLL(str(lib))
        self.db, self.con = ctypes.c_void_p(), ctypes.c_void_p()
        if self.lib.duckdb_open(None, ctypes.byref(self.db)) or self.lib.duckdb_connect(self.db, ctypes.byref(self.con)):
            raise Skip("DuckDB does not open")
        self.run("SET threads=1")

    def run(self, sql):
        start = time.perf_counter()
        if self.lib.duckdb_query(self.con, sql.encode(), None):
            raise Wrong("DuckDB: " + sql[:200])
        return (time.perf_counter() - start) * 1e3


def exporters(release, contest, node, pg):
    """name -> function giving milliseconds; each holds the rows of CONTEST/tps.csv in a table of its own."""
    package = json.loads((release / "datapackage.json").read_text())
    cols, source, out = columns(package, contest), release / contest / "tps.csv", WORK / "rival.csv"
    with open(source, encoding="utf-8", newline="") as f:
        assert next(csv.reader(f)) == [n for n, _ in cols]
    jobs = {}
    kind = {"integer": "INTEGER", "string": "TEXT", "datetime": "TEXT"}
    declared = ", ".join(f'"{n}" {kind[t]}' for n, t in cols)
    if node:
        try:
            duck = Duck(node)
            types = ", ".join("'%s': '%s'" % (n, "INTEGER" if t == "integer" else "VARCHAR") for n, t in cols)
            duck.run(f"CREATE TABLE t AS SELECT * FROM read_csv('{source}', header=true, columns={{{types}}}, nullstr='')")
            jobs["DuckDB COPY (table in memory, 1 thread)"] = lambda: duck.run(f"COPY t TO '{out}' (HEADER)")
        except (Skip, Wrong) as e:
            say(f"bench-release: left out: {e}")
    db = WORK / "rival.db"
    db.unlink(missing_ok=True)
    con = sqlite3.connect(db, isolation_level=None)
    con.execute("PRAGMA journal_mode=OFF")
    con.execute("PRAGMA synchronous=OFF")
    con.execute(f"CREATE TABLE t ({declared})")
    with open(source, encoding="utf-8", newline="") as f:
        rows = csv.reader(f)
        next(rows)
        con.execute("BEGIN")
        con.executemany(f"INSERT INTO t VALUES ({','.join('?' * len(cols))})", ([x or None for x in r] for r in rows))
        con.execute("COMMIT")
    con.close()
    jobs["sqlite3 -csv"] = lambda: rig.run(["sqlite3", "-csv", "-header", db, "SELECT * FROM t"], out=out, limit=LIMIT).wall
    if pg:
        def psql(sql, **more):
            return rig.run(["psql", "-qX", "-v", "ON_ERROR_STOP=1", "-c", sql], env=pg.env, err=WORK / "pg.err", limit=LIMIT, **more)
        psql(f"DROP TABLE IF EXISTS t; CREATE UNLOGGED TABLE t ({declared})")
        psql("COPY t FROM STDIN (FORMAT csv, HEADER)", stdin=source)
        jobs["PostgreSQL COPY"] = lambda: psql("COPY t TO STDOUT (FORMAT csv, HEADER)", out=out).wall
    return jobs, out


def ours(folder, contest):
    """name -> (least wall ms, least CPU ms, bytes) of releasetables, one repetition."""
    out = WORK / "tables.out"
    rig.run([TABLES, folder, contest, WORK, 1], out=out, err=WORK / "tables.err", limit=LIMIT)
    found = re.findall(r"^(.{28}) +([\d.]+) +[\d.]+ +([\d.]+) (\d+)$", rig.read(out), re.M)
    return {n.strip(): (float(w), float(c), int(b)) for n, w, c, b in found}


def compare(folder, release, contest, have, data, node, pg, rounds):
    """Rounds of everybody; name -> list of ms, and ours' details."""
    took, details = {}, []
    jobs, out = exporters(release, contest, node, pg)
    checked = set()
    for i in range(rounds):
        say(f"bench-release: exports of {contest} {i + 1}/{rounds}")
        mine = ours(folder, contest)
        details.append(mine)
        for n in ("tps, bare", "tps, file", "tps, file and hash", "forms, file", "forms, bare"):
            took.setdefault("rekap: " + n, []).append(mine[n][0])
        for name, job in jobs.items():
            took.setdefault(name, []).append(job())
            if name not in checked:  # the same rows, as many and as long
                checked.add(name)
                lines = [sum(1 for _ in open(p, "rb")) for p in (out, release / contest / "tps.csv")]
                if lines[0] != lines[1]:
                    raise Wrong(f"{name} exports {lines[0]} lines, not {lines[1]}")
            out.unlink(missing_ok=True)
        if "lb" in have and contest == "ppwp":
            s = rivals.bound_export(have["lb"], data.folder, WORK)
            took.setdefault("bound program: the 20 figures' CSV, format + write", []).append(s["bound export"].wall)
    return took, details


# ===== telling =====

def megabytes(n):
    return f"{n / 1e6:,.0f}"


def ratio(took, ours_name, theirs):
    """Median of the rounds' theirs / ours."""
    if theirs not in took:
        return None
    return statistics.median(b / a for a, b in zip(took[ours_name], took[theirs]))


def markdown(o, data, imports, m, mirror, exports, sizes, machine, stations):
    lines = ["# What a release costs at the size of a nation", "",
             f"`make bench-release`{' --quick' if o.quick else ''}, {datetime.date.today()}, {machine}. Synthetic nation of {stations:,} stations, "
             "five contests: ppwp and pdpd of 20 figures, pdpr, pdprdp and pdprdk of 215; "
             f"{5 * stations:,} forms. Load averages stand beside the figures: above the number of processors the machine was shared "
             "and wall times mean little, CPU times and ratios of one round more.", ""]
    if o.quick:
        lines += ["**A quick run of 20,000 stations: not the size of a nation.**", ""]
    lines += ["## Whole commands", "", "| command | wall s | CPU s | peak MB | load |", "|---|---|---|---|---|"]
    for name, s, load, _ in m.rows:
        lines.append(f"| {name} | {s.wall / 1e3:.1f} | {s.cpu / 1e3:.1f} | {s.rss:.0f} | {load:.1f} |")
    lines += ["", f"The release: {sizes['files']} files, {megabytes(sizes['plain'])} MB plain, {megabytes(sizes['zst'])} MB .zst, "
              f"{megabytes(sizes['gz'])} MB .gz.", ""]
    release = [s for n, s, _, _ in m.rows if n.startswith("`rekap release`")]
    peak = max(s.rss for s in release)
    lines += [f"Target: peak of a release < 512 MB: **{peak:.0f} MB, {'met' if peak < 512 else 'missed'}**.", ""]
    lines += ["Compressing is nearly all of the first release's CPU (.gz at level 6 about 23 MB/s, .zst at level 3 about 250 MB/s of table): "
              "one thread a file beside the tables, so the wall time is that of the largest .gz on each processor. `verify-release` "
              "folds the whole count anew (3 GB) and holds one table at a time; a mirror counts nothing.", ""]
    if mirror:
        lines += ["Mirror: " + mirror, ""]
    lines += ["Before it, importing: " + ", ".join(f"{c} {s.wall / 1e3:.0f} s wall, {s.cpu / 1e3:.0f} s CPU" for c, s in imports) + ".", ""]
    for contest, (took, details) in exports.items():
        d = {k: (min(x[k][0] for x in details), min(x[k][1] for x in details), details[0][k][2]) for k in details[0]}
        lines += [f"## {contest}/tps.csv beside others' export of the same rows", "",
                  f"{len(details)} rounds, taking turns; milliseconds, least (median). rekap: an open election, as in a release.", "",
                  "| what | ms | MB/s | rekap is faster by (median of rounds) |", "|---|---|---|---|"]
        for name, v in took.items():
            b = d["forms, file"][2] if "forms" in name or "bound" in name else d["tps, file"][2]
            mine = "rekap: forms, file" if "bound" in name else "rekap: tps, file"
            r = "" if name.startswith("rekap") else f"{ratio(took, mine, name):.1f} ×"
            lines.append(f"| {name} | {min(v):.0f} ({statistics.median(v):.0f}) | {b / min(v) / 1e3:.0f} | {r} |")
        duck = ratio(took, "rekap: tps, file", "DuckDB COPY (table in memory, 1 thread)")
        bound = ratio(took, "rekap: forms, file", "bound program: the 20 figures' CSV, format + write")
        if duck:
            lines += ["", f"Target: ≥ 8 × DuckDB: **{duck:.1f} ×, {'met' if duck >= 8 else 'missed'}**."]
        if bound:
            lines += ["", f"Target: ≤ 1.3 × the bound program, the same rows (forms) by both: **{1 / bound:.2f} ×, {'met' if bound >= 1 / 1.3 else 'missed'}**."]
        lines += ["", "Where the time goes, CPU ms: " + ", ".join(f"{k} {d[k][1]:.0f}" for k in d) + ".", ""]
    lines += ["## Commands", "", "    make bench-release            # all of it (a quarter of an hour, 15 GB of disk)",
              "    bench/release.py --quick      # 20,000 stations", "    bench/release.py --keep       # leaves the nation for the next run", ""]
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="20,000 stations")
    parser.add_argument("--keep", action="store_true", help="use and leave build/bench/release-*")
    parser.add_argument("--rounds", type=int, default=3, help="of exports (3)")
    o = parser.parse_args()
    rig.on_signals()
    have, data = prepare(o)
    folder, out, mirror_dir = (BENCH / f"release-{n}" for n in ("election", "out", "mirror"))
    imports = []
    if not (o.keep and (folder / "rekap.db").exists()):
        imports = nation(data, folder)
    for d in (out, mirror_dir):
        shutil.rmtree(d, ignore_errors=True)
    stations = sum(1 for _ in open(data.csv, "rb")) - 1
    m = Measured()
    key = json.loads(subprocess.run([REKAP, "kunci", folder, "--json"], capture_output=True, text=True, check=True).stdout)
    key = [k["kunci"] for k in key if k["guna"] == "checkpoint" and k["sampai"] is None][0]
    m.run("`rekap release` first", [REKAP, "release", folder, out, "--quiet"])
    first = (out / "terbaru").resolve()
    m.run("`rekap release` nothing new", [REKAP, "release", folder, out, "--quiet"])
    rilis = folder / "rilis"
    if not rilis.exists():
        rilis.symlink_to(out.resolve())
    server, url = served(folder)
    told = []
    m.run("`rekap mirror` first, from `rekap serve`", [REKAP, "mirror", url, mirror_dir, "--key", key, "--quiet"])
    told.append(m.rows[-1][3].split("log from")[-1])
    correct(data, folder, 1)
    m.run("`rekap release` after one correction", [REKAP, "release", folder, out, "--quiet"])
    said = m.rows[-1][3]
    os.utime(mirror_dir / ".cermin/terbaru.json", (0, 0))
    m.run("`rekap mirror` after one correction", [REKAP, "mirror", url, mirror_dir, "--key", key, "--quiet"])
    told.append(m.rows[-1][3].split("log from")[-1])
    mirror = f"first log from{told[0]}; then log from{told[1]}. Peak of `rekap serve` with all of it: {peak_of(server):.0f} MB. " \
             f"The release after the correction: {said.split(': ', 1)[-1]}."
    rig.stop(server)
    m.run("`rekap verify-release`", [REKAP, "verify-release", mirror_dir / "terbaru", "--key", key, "--quiet"])
    sizes = {"files": 0, "plain": 0, "zst": 0, "gz": 0}
    for f in first.rglob("*"):
        if f.is_file():
            sizes["files"] += 1
            sizes[f.suffix[1:] if f.suffix in (".zst", ".gz") else "plain"] += f.stat().st_size
    shutil.rmtree(mirror_dir, ignore_errors=True)
    node = pg = None
    try:
        node = rivals.duck_install(BENCH / "node")
    except Skip as s:
        say(f"bench-release: left out: {s}")
    try:
        pg = rivals.Postgres(BENCH, data.folder)
    except Skip as s:
        say(f"bench-release: left out: {s}")
    exports = {}
    for contest in ("ppwp", "pdpr"):
        exports[contest] = compare(folder, first, contest, have, data, node, pg, o.rounds)
    if pg:
        pg.stop()
    machine = f"{os.cpu_count()} processors, {platform.machine()}, Linux {platform.release().split('-')[0]}"
    text = markdown(o, data, imports, m, mirror, exports, sizes, machine, stations)
    target = (BENCH if o.quick else HERE) / "RELEASE.md"
    target.write_text(text, encoding="utf-8")
    say(text)
    say(f"bench-release: written to {target.relative_to(HERE.parent)}")
    if not o.keep:
        for d in (folder, out):
            shutil.rmtree(d, ignore_errors=True)
    for name in ("rival.csv", "rival.db", "tabel.csv", "tabel.csv.gz", "tabel.csv.zst", "satu.csv"):
        (WORK / name).unlink(missing_ok=True)


if __name__ == "__main__":
    try:
        main()
    except Wrong as e:
        raise SystemExit(f"bench-release: {e}") from None

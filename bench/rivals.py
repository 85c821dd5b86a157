"""The systems that bench/run compares with: the yardstick programs, DuckDB, SQLite, PostgreSQL, nginx."""
import atexit
import json
import os
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import rig
from rig import Sample, Skip, Wrong, say

HERE = Path(__file__).resolve().parent


def quiet(command, **options):
    return subprocess.run([str(c) for c in command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, **options)


# ===== the yardstick programs =====

def compile_yardsticks(source, into):
    """Those that compile; a message for the others."""
    made = {}
    for name in ("gen", "lb", "lb2", "lb3", "sq"):
        c, program = source / f"{name}.c", into / name
        if not c.exists():
            say(f"bench: there is no yardstick {name}.c")
            continue
        if not program.exists() or program.stat().st_mtime < c.stat().st_mtime:
            p = quiet(["gcc", "-O3", "-march=native", "-w", "-o", program, c, "-lm", "-lcrypto", "-lsqlite3"])
            if p.returncode:
                say(f"bench: {name}.c does not compile: {p.stdout.strip().splitlines()[-1]}")
                continue
        made[name] = program
    return made


def bound(program, contest, data, work, nation):
    """lb3 or lb2, one repetition: the whole process, and the time it prints of itself."""
    out = work / "lb.out"
    whole = rig.run([program, contest, data / f"{contest}.csv", data / "wilayah.csv", 1], out=out)
    m = re.search(r"N (\d+) bad (\d+) last (\d+) .* wall med [\d.]+ min ([\d.]+) cpu med [\d.]+ min ([\d.]+)", rig.read(out))
    if not m or m[2] != "0" or int(m[1]) != nation["jumlah_tps"] or int(m[3]) != nation["last"]:
        raise Wrong(f"{program.name}: wrong sums: {rig.read_tail(out)}")
    return {"bound": whole, "bound, by its own clock": Sample(float(m[4]), float(m[5]), whole.rss)}


def bound_export(program, data, work):
    lines = rig.run_until([program, data, work], "EXPORT: format + write()")
    m = re.search(r"\(min ([\d.]+) ", lines[-1])
    return {"bound export": Sample(float(m[1]))}


# ===== SQLite =====

def sqlite(program, data, work, nation, failing):
    db, out, err = work / "sq.db", work / "sq.out", work / "sq.err"
    whole = rig.run([program, data, db, 0], out=out, err=err)
    t = {k: float(v) for k, v in re.findall(r"^(\w+) ([\d.]+)", rig.read(out), re.M)}
    said = rig.read(err)
    if f"failing {failing}\n" not in said or " ".join(str(nation[k]) for k in nation["five"]) not in said:
        raise Wrong(f"sq: wrong sums: {said.strip()}")
    rss = whole.rss
    return {"SQLite load": Sample(t["load"], None, rss), "SQLite recap": Sample(t["recap"], None, rss),
            "SQLite load+recap": Sample(t["load"] + t["recap"], None, rss), "SQLite checks": Sample(t["checks"]),
            "SQLite export": Sample(t["export"])}


def sqlite_range(work, nation):
    """The recap of the database that sqlite() left, with a range join in place of the sorting GROUP BY."""
    db, out, script = work / "sq.db", work / "range.out", work / "range.sql"
    cols = "dpt_l dpt_p guna_dpt_l guna_dpt_p guna_dptb_l guna_dptb_p guna_dpk_l guna_dpk_p ss_terima ss_pakai " \
           "ss_rusak ss_sisa difabel_l difabel_p c01 c02 c03 sah tidak_sah total".split()
    sums = ",".join(f"sum(t.{c})" for c in cols)
    up = "".join(f"INSERT INTO r2 SELECT t.kode/{cut} g,{level},sum(t.n),{sums} FROM r2 t WHERE tingkat={level + 1} GROUP BY g;\n"
                 for level, cut in ((3, 10000), (2, 100), (1, 100)))
    script.write_text(
        "PRAGMA journal_mode=OFF;\nPRAGMA synchronous=OFF;\nPRAGMA cache_size=-1000000;\nPRAGMA temp_store=memory;\n"
        "PRAGMA mmap_size=2000000000;\nPRAGMA locking_mode=EXCLUSIVE;\n"
        "DROP TABLE IF EXISTS desa;\nCREATE TABLE desa AS SELECT kode FROM rekap WHERE tingkat=4 ORDER BY kode;\n"
        "SELECT sum(total) FROM tps;\n"  # the pages are read, as they are for the GROUP BY right after its load
        f"DROP TABLE IF EXISTS r2;\n.timer on\nBEGIN;\nCREATE TABLE r2(kode INTEGER PRIMARY KEY,tingkat,n,{','.join(cols)});\n"
        f"INSERT INTO r2 SELECT d.kode,4,count(*),{sums} FROM desa d CROSS JOIN tps t ON t.kode BETWEEN d.kode*1000 "
        f"AND d.kode*1000+999 GROUP BY d.rowid;\n{up}"
        f"INSERT INTO r2 SELECT 0,0,sum(t.n),{sums} FROM r2 t WHERE tingkat=1;\nCOMMIT;\n.timer off\n"
        "SELECT 'nation',c01,c02,c03,sah,total FROM r2 WHERE kode=0;\n")
    rig.run(["sqlite3", "-batch", "-bail", "-separator", " ", db], stdin=script, out=out, err=work / "range.err")
    text = rig.read(out)
    if "nation " + " ".join(str(nation[k]) for k in nation["five"]) not in text:
        raise Wrong("sqlite3: the range join gives wrong sums")
    t = re.findall(r"Run Time: real ([\d.]+) user ([\d.]+) sys ([\d.]+)", text)
    return {"SQLite recap, range join": Sample(1e3 * sum(float(x[0]) for x in t), 1e3 * sum(float(x[1]) + float(x[2]) for x in t))}


# ===== DuckDB =====

def duck_install(into):
    """@duckdb/node-api of the lockfile."""
    if not shutil.which("node") or not shutil.which("npm"):
        raise Skip("DuckDB: node or npm is not installed")
    into.mkdir(parents=True, exist_ok=True)
    installed = into / "node_modules/@duckdb/node-api/package.json"
    wanted = json.loads((HERE / "package.json").read_text())["dependencies"]["@duckdb/node-api"]
    if not installed.exists() or json.loads(installed.read_text())["version"] != wanted:
        for f in ("package.json", "package-lock.json"):
            shutil.copyfile(HERE / f, into / f)
        # not "npm ci": it refuses a lockfile that lacks the bindings of other systems
        try:
            p = quiet(["npm", "install", "--no-audit", "--no-fund"], cwd=into, timeout=180)
        except subprocess.TimeoutExpired:
            raise Skip("DuckDB: npm did not end within 180 seconds") from None
        if p.returncode:
            raise Skip("DuckDB: npm could not install it: " + p.stdout.strip().splitlines()[-1])
    return into


def _duck(node, script, arguments, work):
    # from stdin, so that the package is looked for in the folder where it is installed
    out = work / "duck.out"
    whole = rig.run(["node", "--input-type=module", "-", *arguments], stdin=script, out=out, err=work / "duck.err", cwd=node)
    text = rig.read(out)
    t = {m[0]: (float(m[1]), float(m[2])) for m in
         re.findall(r"^mem th +\d+ +(\w+) +wall med [\d.]+ min ([\d.]+) cpu med [\d.]+ min ([\d.]+)", text, re.M)}
    return t, text, whole.rss


def duck(node, script, data, work, reps, in_order):
    csv = work / "duck.csv"
    t, _, rss = _duck(node, script, [data, ":memory:", "1", reps, csv], work)
    if in_order and not rig.same_files(csv, data / "ppwp.csv", skip=1):
        raise Wrong("DuckDB: its export is not the rows it was given")
    csv.unlink()
    s = {f"DuckDB {k}": Sample(*v) for k, v in t.items()}
    s["DuckDB load+recap"] = Sample(t["load"][0] + t["recap"][0], t["load"][1] + t["recap"][1], rss)
    return s


def duck_dpr(node, data, work):
    t, text, rss = _duck(node, HERE / "duck-dpr.mjs", [data, "1", "1"], work)
    with open(data / "dpr_kunci.csv", encoding="ascii") as f:
        f.readline()
        if text.splitlines()[-1] != "nation " + f.readline().strip().removeprefix("0,0,"):
            raise Wrong("DuckDB: wrong sums for DPR")
    return {"DuckDB DPR load+recap": Sample(t["load"][0] + t["recap"][0], t["load"][1] + t["recap"][1], rss)}


# ===== PostgreSQL =====

class Postgres:
    def __init__(self, into, data):
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]))
        if not found or not shutil.which("psql"):
            raise Skip("PostgreSQL: it is not installed (Debian package: postgresql)")
        self.bin, self.work = found[-1].parent, into / "pg-work"
        self.version = quiet([self.bin / "postgres", "--version"]).stdout.split()[2]
        account = {}
        if os.geteuid() == 0:
            try:
                who = pwd.getpwnam("postgres")
            except KeyError:
                raise Skip("PostgreSQL: it does not run as root, and there is no user postgres") from None
            account = {"user": who.pw_uid, "group": who.pw_gid, "extra_groups": []}
            if quiet(["test", "-r", data / "ppwp.csv"], **account).returncode:
                raise Skip("PostgreSQL: its user may not read this folder")
        folder, self.socket = into / "pg", tempfile.mkdtemp(prefix="rekap-pg-")
        atexit.register(shutil.rmtree, self.socket, ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        self.work.mkdir(exist_ok=True)
        if account:
            os.chown(folder, who.pw_uid, who.pw_gid)
            os.chown(self.socket, who.pw_uid, who.pw_gid)
        p = quiet([self.bin / "initdb", "-D", folder, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C"], cwd="/", **account)
        if p.returncode:
            raise Skip("PostgreSQL: initdb failed: " + p.stdout.strip().splitlines()[-1])
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 20
        buffers = min(2048, memory // 4)
        with open(folder / "postgresql.conf", "a", encoding="ascii") as f:
            f.write(f"listen_addresses = ''\nunix_socket_directories = '{self.socket}'\nwal_level = minimal\n"
                    f"max_wal_senders = 0\nshared_buffers = {buffers}MB\nfsync = on\n")
        with open(into / "pg.log", "wb") as log:
            self.server = rig.start([self.bin / "postgres", "-D", folder], how=signal.SIGINT, cwd="/", stdout=log, stderr=log, **account)
        self.env = dict(os.environ, PGHOST=self.socket, PGUSER="postgres", PGDATABASE="postgres", PGPORT="5432")
        for _ in range(300):
            if quiet(["psql", "-X", "-c", "select 1"], env=self.env).returncode == 0:
                return
            if self.server.poll() is not None:
                break
            time.sleep(0.1)
        self.stop()
        raise Skip("PostgreSQL: the server does not start: " + rig.read_tail(into / "pg.log"))

    def measure(self, script, data, nation):
        out = self.work / "pg.out"
        rig.run(["bash", script, data, 0, self.work], out=out, err=self.work / "pg.err", env=self.env)
        text = rig.read(out)
        t = {k: float(v) for k, v in re.findall(r"^(LOAD|RECAP|EXPORT|CHECKS) ([\d.]+)", text, re.M)}
        if "# " + "|".join(str(nation[k]) for k in nation["five"]) not in text or len(t) != 4:
            raise Wrong("PostgreSQL: wrong sums: " + rig.read_tail(out))
        return {"PostgreSQL load+recap": Sample(t["LOAD"] + t["RECAP"]), "PostgreSQL recap": Sample(t["RECAP"]),
                "PostgreSQL checks": Sample(t["CHECKS"]), "PostgreSQL export": Sample(t["EXPORT"])}

    def stop(self):
        rig.stop(self.server)
        shutil.rmtree(self.socket, ignore_errors=True)


# ===== nginx =====

def nginx(root, work, port, pin):
    if not shutil.which("nginx"):
        raise Skip("nginx is not installed (Debian package: nginx-light)")
    user = "user root;\n" if os.geteuid() == 0 else ""
    config = work / "nginx.conf"
    config.write_text(f"""{user}worker_processes 1;
daemon off;
pid {work}/nginx.pid;
error_log {work}/nginx.log;
events {{ worker_connections 1024; }}
http {{
  access_log off;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 1000000000;
  open_file_cache max=1000 inactive=60s;
  default_type application/json;
  client_body_temp_path {work}/nginx-body;
  proxy_temp_path {work}/nginx-proxy;
  fastcgi_temp_path {work}/nginx-fastcgi;
  uwsgi_temp_path {work}/nginx-uwsgi;
  scgi_temp_path {work}/nginx-scgi;
  server {{ listen 127.0.0.1:{port}; root {root}; }}
}}
""")
    return rig.start([*pin, "nginx", "-c", config, "-e", work / "nginx.log"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

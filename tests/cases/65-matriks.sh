# The matrix of residency: each kind of component abroad in turn, for each command that writes, publishes or
# serves: refused at once with the rule's name, and not one byte written. The kinds come from the program's own
# message, the commands from its own list: a new one must be classed here before this test passes.
. "$ROOT/tests/cases/lib.bash"
small_tree
small_contest
small_forms
new_election p
expect 0 "$REKAP" import p --kontes ppwp forms.csv
printf 'kode,01,02\n11,100,200\n' >resmi.csv
expect 0 "$REKAP" release p rilis --quiet
mkdir -p p/kirim reg
printf 'rahasia\n' >p/kirim/sandi
cat >p/kirim/tujuan.json <<'J'
{"format": "rekap-tujuan-1", "tujuan": [{"alias": "a", "ke": "t", "protokol": "put", "url": "https://t.contoh.example/masuk", "pengguna": "rekap", "sandi": "sandi", "tanda_tangan": "kirim.key"}]}
J
expect 0 "$REKAP" kunci buat --peran kirim --berkas p/kirim/kirim.key
chmod 600 p/kirim/*
cal="--kalender $ROOT/data/kalender/holidays-2024-2026.csv --tanggal 2024-03-01 --hari-ini 2024-03-01"
expect 0 "$REKAP" ppid terima reg P-1 $cal --perihal hasil --alias a
expect 0 "$REKAP" ppid langganan reg P-1 $cal --perihal hasil --ke t
cat >registry.txt <<'R'
2|apnic|20261128|0|19830613|20261127|+1000
R
python3 - "$REKAP" "$ROOT" <<'PY'
import hashlib, json, os, re, subprocess, sys
rekap, root = sys.argv[1:]
base = {"format": "rekap-residency-1", "name": "uji", "operator": "KPU", "date": "2026-11-24"}

def run(args, declaration=None, seconds=20):
    env = dict(os.environ)
    env.pop("REKAP_RESIDENCY", None)
    if declaration is not None:
        with open("declared.json", "w") as f:
            json.dump(dict(base, targets=declaration), f)
        env["REKAP_RESIDENCY"] = "declared.json"
    try:
        p = subprocess.run([rekap] + args, env=env, capture_output=True, text=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired as e:
        sys.exit(f"rekap {' '.join(args)} goes on running with {declaration}: {e.stdout} {e.stderr}")
    return p.returncode, p.stdout + p.stderr

# ----- commands -----
WRITES = {  # what a start of each looks like; p is an election with forms
    "init": ["init", "baru", "--nama", "X", "--id", "x"],
    "wilayah": ["wilayah", "p", "wilayah.csv"],
    "kontes": ["kontes", "p", "kontes.json"],
    "import": ["import", "p", "--kontes", "ppwp", "forms.csv"],
    "resmi": ["resmi", "p", "--kontes", "ppwp", "--nama", "X", "resmi.csv"],
    "kunci": ["kunci", "p", "ganti-log", "--alasan", "uji"],
    "publish": ["publish", "p", "terbit"],
    "release": ["release", "p", "rilis-baru", "--quiet"],
    "mirror": ["mirror", "http://127.0.0.1:1", "cermin", "--quiet"],
    "serve": ["serve", "p", "--listen", "127.0.0.1:0", "--quiet"],
    "saksi": ["saksi", "p"],
    "node": ["node", "collect", "--inventory", f"{root}/infra", "--output", "simpul"],
    "kirim": ["kirim", "rilis", "--ppid", "reg", "--tujuan", "p/kirim/tujuan.json", "--sekali"],
    "disclose": ["disclose", f"{root}/infra", "ungkap", "--tanpa-diagram", "--into", "p"],
}
# read, compute, or write a local file for whoever runs them; nothing leaves and no log grows
READS = set("archive export-db recap check export recount banding ppid limits read antrean hasil kursi verify-release form sbom".split())
# judges declarations, and must run with one that breaks a rule: what it keeps is judged below
JUDGES = {"residency": ["residency", "verify", "p", "--registry", "registry.txt", "--into", "p"]}
listed = set(re.findall(r"^  ([a-z-]+)  ?", run(["--help"])[1].split("commands:")[1].split("A first count")[0], re.M))
unclassed = listed - set(WRITES) - READS - set(JUDGES)
# a command that later parts of the program bring: whoever adds one says here what it does
assert not unclassed, f"class these commands in tests/cases/65-matriks.sh: {sorted(unclassed)}"
assert set(WRITES) <= listed, set(WRITES) - listed

# ----- kinds and declarations (every combination of their keys: tests/unit/terbuka) -----
said = run(["residency", "check", "declared.json"],
           [{"id": "t", "kind": "?", "holds": "public", "host": "t.example"}])[1]
kinds = re.findall(r"[a-z]+", said.split("kind must be")[1])
kinds = [k for k in kinds if k != "or"]
assert len(kinds) == 9 and "resolver" in kinds, said

def target(kind, **more):
    t = {"id": "t", "kind": kind, "operator": "PT Contoh", "country": "ID", "holds": "non-public", "host": "t.contoh.example",
         "port": 443}
    t.update(more)
    return {k: v for k, v in t.items() if v is not None}

HOME = {"store", "replica", "blob", "backup", "mail"}
matrix = []
for k in kinds:
    matrix += [(k, "abroad, non-public", "S02", target(k, country="SG")),
               (k, "abroad, public", "S04" if k in HOME else "S03", target(k, country="SG", holds="public")),
               (k, "no country", "S05", target(k, country=None))]
    if k in HOME:
        matrix.append((k, "abroad, public, as a cache", "S04", target(k, country="SG", holds="public", public_abroad=True)))

def tree():
    h = hashlib.sha256()
    for folder, folders, names in os.walk("."):
        folders.sort()
        for n in sorted(names):
            path = os.path.join(folder, n)
            if n in ("declared.json", "out.txt"):
                continue
            h.update(path.encode() + b"\0")
            with open(path, "rb") as f:
                h.update(f.read())
        h.update("".join(folders).encode())
    return h.hexdigest()

before, n = tree(), 0
for kind, what, rule, t in matrix:
    for name, args in WRITES.items():
        code, out = run(args, [t])
        if code != 1 or f"rule {rule}:" not in out or '"t"' not in out:
            sys.exit(f"rekap {name} with a {kind} {what}: exit {code}, not refused by {rule}: {out}")
        n += 1
    if tree() != before:
        sys.exit(f"something was written with a {kind} {what}")
    # beside a target that is in order, and judged by itself
    good = dict(target("witness", holds="public"), id="baik", host="saksi.contoh.example")
    code, out = run(["residency", "check", "declared.json"], [good, t])
    assert code == 1 and re.search(rf"^{rule} +t \(", out, re.M) and re.search(r"^ok +baik", out, re.M), out
print(f"{len(matrix)} declarations x {len(WRITES)} commands: {n} starts, all refused by the named rule, nothing written")

# the same commands start with the same component at home: the test can fail
code, out = run(["residency", "check", "declared.json"], [target(k, id=k) for k in kinds])
assert code == 0, out
for name, args in WRITES.items():
    if name in ("serve", "saksi", "kirim", "mirror", "node"):
        continue
    code, out = run(args, [target(k, id=k) for k in kinds])
    if code not in (0, 1) or "rule S0" in out:
        sys.exit(f"rekap {name} is refused with everything at home: {out}")
assert tree() != before

# undeclared use (S01): a witness that no target names, a resolver that none names, whatever else is declared
with open("p/policy", "w") as f:
    key = json.loads(run(["kunci", "p", "--json"])[1])
    log = [k["kunci"] for k in key if k["guna"] == "checkpoint" and k["sampai"] is None][0]
    made = subprocess.run([os.path.join(os.path.dirname(rekap), "rekap-witness"), "init", "w", "--name", "w.example/w"],
                          capture_output=True, text=True, check=True).stdout.strip()
    f.write(f"log {log}\nwitness w {made} http://t.contoh.example:443/\nquorum w\n")
for kind in kinds:
    t = target(kind, holds="public", addresses=["127.0.0.1"])
    code, out = run(["saksi", "p"], [t])
    want = None if kind == "witness" else "S06"
    if want and f"rule {want}" not in out or not want and "rule S0" in out:
        sys.exit(f"a witness at a {kind}: {out}")
for t in ([], [target("witness", holds="public", host="lain.example")], [target("witness", holds="public", port=80)]):
    code, out = run(["saksi", "p"], t)
    assert code != 0 and "rule S01" in out, out
for kind in kinds: # a delivery goes to a target of its kind only, and only where it is declared
    if kind == "delivery":
        continue
    code, out = run(WRITES["kirim"], [target(kind, holds="public", addresses=["127.0.0.1"])])
    log = open("p/kirim/kirim.jsonl").read() if os.path.exists("p/kirim/kirim.jsonl") else ""
    assert code == 3 and "S06" in out + log, (kind, code, out, log)
PY

#!/usr/bin/env python3
"""Re-tabulates public election data into the files shipped with rekap.

    python3 data/retabulate.py SHARED_DATA_DIR OUT_DIR [--luar-negeri sirekap|kp24]

SHARED_DATA_DIR holds the collected source files (pemilu2019/, pemilu2024/,
wilayah/, sirekap2024/); OUT_DIR is the root of the rekap repository. Python 3
standard library and the `zstd` command only; the result does not depend on
the time or the machine (compressed bytes depend on the zstd version).

The sums and rule counts under tests/golden are computed here in plain Python,
independently of rekap's own code. The run ends with a list of checks; a check
that fails makes the exit status 1.
"""
import csv
import gzip
import hashlib
import io
import json
import os
import subprocess
import sys

CHECKS = []


def check(name, got, want):
    ok = got == want
    CHECKS.append(ok)
    print("%s  %s: %s%s" % ("ok  " if ok else "FAIL", name, got,
                            "" if ok else " (expected %s)" % (want,)))


class Out:
    """Writes files below OUT_DIR; remembers the hash of the uncompressed bytes."""

    def __init__(self, root):
        self.root = root
        self.raw = {}

    def path(self, rel):
        p = os.path.join(self.root, rel)
        os.makedirs(os.path.dirname(p), exist_ok=True)
        return p

    def plain(self, rel, data):
        with open(self.path(rel), "wb") as f:
            f.write(data)

    def zst(self, rel, data):
        self.raw[rel[:-len(".zst")]] = (hashlib.sha256(data).hexdigest(), len(data))
        with open(self.path(rel), "wb") as f:
            subprocess.run(["zstd", "-19", "-T1", "-q", "-c"], input=data, stdout=f, check=True)


def unzst(path):
    p = subprocess.Popen(["zstd", "-dc", path], stdout=subprocess.PIPE)
    yield from csv.DictReader(io.TextIOWrapper(p.stdout, encoding="utf-8", newline=""))
    if p.wait() != 0:
        raise SystemExit("zstd failed on " + path)


def read_csv(path):
    with open(path, encoding="utf-8", newline="") as f:
        yield from csv.DictReader(f)


def to_csv(header, rows):
    s = io.StringIO()
    w = csv.writer(s, lineterminator="\n")
    w.writerow(header)
    w.writerows(rows)
    return s.getvalue().encode("utf-8")


def ranges(numbers):
    """[1,2,3,7] -> '1-3;7-7' (numbers sorted, unique)."""
    numbers = sorted(numbers)
    if len(set(numbers)) != len(numbers):
        raise SystemExit("station number twice: %s" % numbers)
    out = []
    for n in numbers:
        if out and n == out[-1][1] + 1:
            out[-1][1] = n
        else:
            out.append([n, n])
    return ";".join("%d-%d" % (a, b) for a, b in out)


# ---------------------------------------------------------------- golden data

class Golden:
    """Sums per province and rule counts, from the rows as written."""

    def __init__(self, cols, choices, roll, overseas, extra):
        self.cols = cols
        self.choices = choices
        self.roll = roll
        self.overseas = overseas
        self.n = {}
        self.sum = {}
        rules = ["R08", "R09", "R08|R09", "R20"] + ["R20:" + c for c in choices] + \
                ["R19:suara_total", "R27", "K01", "K02"] + extra
        self.hit = dict.fromkeys(rules, 0)
        self.stat = {}

    def stat_add(self, k):
        self.stat[k] = self.stat.get(k, 0) + 1

    def add(self, prov, rec):
        """rec: column -> int or None."""
        for area in (("0", "0"), ("1", prov)):
            self.n[area] = self.n.get(area, 0) + 1
            s = self.sum.setdefault(area, dict.fromkeys(self.cols, 0))
            for c in self.cols:
                if rec[c] is not None:
                    s[c] += rec[c]
        hit = self.hit
        votes = [rec[c] for c in self.choices]
        have = [v for v in votes if v is not None]
        sah, tidak, total = rec["suara_sah"], rec["suara_tidak_sah"], rec["suara_total"]
        ln = prov == self.overseas
        roll = self.roll(rec)
        r08 = bool(have) and sah is not None and sum(have) != sah
        r09 = None not in (sah, tidak, total) and sah + tidak != total
        hit["R08"] += r08
        hit["R09"] += r09
        if len(have) == len(votes) and None not in (sah, tidak, total):
            self.stat_add("lengkap")
            hit["R08|R09"] += r08 or r09
        if sah is not None:
            over = [c for c in self.choices if rec[c] is not None and rec[c] > sah]
            hit["R20"] += bool(over)
            for c in over:
                hit["R20:" + c] += 1
            if sah > 300:
                self.stat_add("sah>300 ln" if ln else "sah>300 dn")
                if not ln and roll is not None:
                    self.stat_add("sah>300 dn, roll known")
                hit["K02"] += not ln
        if total is not None:
            hit["R19:suara_total"] += not ln and total > 300
            if roll is not None:
                hit["R27"] += 100 * total > 102 * roll
                hit["K01"] += total > roll
        if have:
            self.stat_add("dengan suara")
        if len(have) == len(votes):
            self.stat_add("semua suara")
        if "R10" in hit:
            pt = rec["pengguna_total_j"]
            parts = [rec["pengguna_dpt_j"], rec["pengguna_dptb_j"], rec["pengguna_non_dpt_j"]]
            r10 = None not in (total, pt) and total != pt
            hit["R10"] += r10
            hit["R07"] += pt is not None and None not in parts and pt != sum(parts)
            hit["R15"] += None not in (parts[0], rec["pemilih_dpt_j"]) and parts[0] > rec["pemilih_dpt_j"]
            if votes[0] is not None:
                # the source counts a row as "with votes" if its first cell is filled
                self.stat_add("pertama")
                self.third = getattr(self, "third", 0) + (votes[2] or 0)
                if sah is not None:
                    self.stat_add("pertama dan sah")
                for k, bad in (("R08", r08), ("R09", r09), ("R10", r10)):
                    if bad:
                        self.stat_add("pertama, " + k)
            if have and any(v > 300 for v in have):
                self.stat_add("satu paslon > 300")

    def write(self, out, name):
        rows = [[lvl, code, self.n[lvl, code]] + [self.sum[lvl, code][c] for c in self.cols]
                for lvl, code in sorted(self.n, key=lambda k: (k[0], k[1].encode()))]
        out.plain("tests/golden/%s-provinsi.csv" % name,
                  to_csv(["tingkat", "kode", "jumlah_tps"] + self.cols, rows))
        out.plain("tests/golden/%s-temuan.csv" % name.replace("-ppwp", ""),
                  to_csv(["aturan", "jumlah_tps"], sorted(self.hit.items())))

    def nat(self, *cols):
        return tuple(self.sum["0", "0"][c] for c in cols)


def ints(row, mapping):
    return {new: (int(row[old]) if row[old] != "" else None) for new, old in mapping}


def text(rec, cols):
    return ["" if rec[c] is None else rec[c] for c in cols]


# ----------------------------------------------------------------------- 2019

def year2019(src, out):
    cols = ["pemilih_dpt_l", "pemilih_dpt_p", "suara_01", "suara_02",
            "suara_sah", "suara_tidak_sah", "suara_total"]
    mapping = list(zip(cols, ["dpt_l", "dpt_p", "situng_pas1", "situng_pas2",
                              "situng_sah", "situng_tidak_sah", "situng_jumlah"]))

    def roll(r):
        p = r["pemilih_dpt_l"], r["pemilih_dpt_p"]
        return None if None in p else sum(p)

    g = Golden(cols, ["suara_01", "suara_02"], roll, "-99", [])
    numbers = {}
    rows = []
    seen = set()
    empty_roll = 0
    for r in unzst(os.path.join(src, "pemilu2019/ppwp-tps.csv.zst")):
        kel, no = r["kode_tps"].rsplit("-", 1)
        if kel != r["kel_id"] or "%03d" % int(r["tps_no"]) != no or r["kode_tps"] in seen:
            raise SystemExit("bad or repeated kode_tps " + r["kode_tps"])
        seen.add(r["kode_tps"])
        numbers.setdefault(kel, []).append(int(no))
        rec = ints(r, mapping)
        empty_roll += roll(rec) is None
        rows.append([r["kode_tps"]] + text(rec, cols))
        g.add(r["prov_id"], rec)
    out.zst("data/pemilu2019/ppwp.csv.zst", to_csv(["tps"] + cols, rows))
    g.write(out, "pemilu2019-ppwp")

    wil, levels, listed = [], {}, set()
    for r in read_csv(os.path.join(src, "pemilu2019/wilayah-2019.csv")):
        levels[r["level"]] = levels.get(r["level"], 0) + 1
        induk = "" if r["level"] == "1" else r["parent"]
        n = numbers.get(r["id"], []) if r["level"] == "4" else None
        if n is not None:
            listed.add(r["id"])
            if len(n) != int(r["n_tps"]):
                raise SystemExit("n_tps differs at " + r["id"])
        wil.append([r["id"], induk, r["name"], r["level"],
                    "" if n is None else len(n), "" if n is None else ranges(n), "-"])
    codes = {w[0] for w in wil}
    check("2019 desa of stations not in the tree", len(set(numbers) - listed), 0)
    check("2019 rows whose parent is missing", sum(1 for w in wil if w[1] and w[1] not in codes), 0)
    out.zst("data/pemilu2019/wilayah.csv.zst",
            to_csv(["kode", "induk", "nama", "tingkat", "jumlah_tps", "nomor_tps", "pemisah_tps"], wil))

    official = [[r["prov_id"], r["official_pas1"], r["official_pas2"]]
                for r in read_csv(os.path.join(src, "pemilu2019/official-provinces.csv")) if r["prov_id"]]
    out.plain("data/pemilu2019/resmi-ppwp.csv", to_csv(["kode", "suara_01", "suara_02"], official))

    # figures stated with the collected source files
    check("2019 units per level", [levels[k] for k in "1234"], [35, 644, 7331, 83529])
    check("2019 rows", len(rows), 813336)
    check("2019 sum of jumlah_tps", sum(w[4] for w in wil if w[4] != ""), 813336)
    check("2019 rows filled (all five cells) / with any vote",
          (g.stat["lengkap"], g.stat["dengan suara"]), (803012, 803012))
    check("2019 rows without known roll", empty_roll, 4340)
    check("2019 votes 01, 02", g.nat("suara_01", "suara_02"), (84143641, 67777917))
    check("2019 sah, tidak_sah, total", g.nat("suara_sah", "suara_tidak_sah", "suara_total"),
          (151353426, 4174559, 155010109))
    check("2019 roll l, p", g.nat("pemilih_dpt_l", "pemilih_dpt_p"), (95303871, 95357645))
    check("2019 decree 01, 02, areas",
          (sum(int(o[1]) for o in official), sum(int(o[2]) for o in official), len(official)),
          (85607362, 68650239, 35))
    h = g.hit
    check("2019 R08", h["R08"], 13778)
    check("2019 R09", h["R09"], 39484)
    check("2019 R08|R09", h["R08|R09"], 46810)
    check("2019 K01", h["K01"], 20446)
    check("2019 R27", h["R27"], 11292)
    check("2019 K02 / with known roll / overseas",
          (h["K02"], g.stat["sah>300 dn, roll known"], g.stat["sah>300 ln"]), (359, 296, 674))
    check("2019 R19:suara_total", h["R19:suara_total"], 1076)
    check("2019 R20 per cell", (h["R20:suara_01"], h["R20:suara_02"]), (3350, 3311))


# ----------------------------------------------------------------------- 2024

def year2024(src, out, overseas_tree):
    roll_cols = ["pemilih_dpt_j", "pengguna_dpt_j", "pengguna_dptb_j", "pengguna_non_dpt_j",
                 "pengguna_total_j"]
    choices = ["suara_100025", "suara_100026", "suara_100027"]
    cols = roll_cols + choices + ["suara_sah", "suara_tidak_sah", "suara_total"]
    mapping = [(c, c) for c in cols]
    g = Golden(cols, choices, lambda r: r["pemilih_dpt_j"], "99", ["R10", "R07", "R15"])

    rows, seen, offices = [], set(), {}
    for r in unzst(os.path.join(src, "pemilu2024/ppwp-tps-sirekap.csv.zst")):
        if r["tps"] in seen:
            raise SystemExit("station twice: " + r["tps"])
        seen.add(r["tps"])
        if r["tps"].startswith("99"):
            offices[r["tps"][:10]] = (r["kab"], r["kec"], r["desa"])
        rec = ints(r, mapping)
        rows.append([r["tps"], r["ts"]] + text(rec, cols))
        g.add(r["tps"][:2], rec)
    out.zst("data/pemilu2024/ppwp.csv.zst", to_csv(["tps", "ts"] + cols, rows))
    g.write(out, "pemilu2024-ppwp")

    header = ["kode", "induk", "nama", "tingkat", "jumlah_tps", "nomor_tps"]
    wil, abroad, stations = [], [], set()
    levels = {}
    regular = special = 0
    for r in read_csv(os.path.join(src, "wilayah/wilayah-kpu-2024.csv")):
        count = numbers = ""
        if r["code"].startswith("99"):
            if r["code"] == "99":
                count = 3075      # Sirekap's denominator 823,236 - 820,161 domestic
            abroad.append([r["code"], r["parent"], r["name"], r["level"], count, ""])
            continue
        levels[r["level"]] = levels.get(r["level"], 0) + 1
        if r["level"] == "4":
            n = list(range(1, int(r["tps_regular"]) + 1))
            regular += len(n)
            parts = ["1-%s" % r["tps_regular"]]
            if r["tps_special_from"]:
                a, b = int(r["tps_special_from"]), int(r["tps_special_to"])
                parts.append("%d-%d" % (a, b))
                special += b - a + 1
                n += range(a, b + 1)
            if len(set(n)) != len(n):
                raise SystemExit("special numbers overlap at " + r["code"])
            stations.update("%s%03d" % (r["code"], k) for k in n)
            count, numbers = len(n), ";".join(parts)
        wil.append([r["code"], r["parent"], r["name"], r["level"], count, numbers])

    # The published tree numbers the overseas branch in another way than
    # Sirekap does: 9903 is Cambodia there and Addis Ababa in Sirekap. Stations
    # of the count carry Sirekap's codes, so the branch shipped in the tree is
    # made of the offices that the Sirekap rows name; the other one is a
    # separate list.
    names = {a[0]: a[2] for a in abroad}
    same = 0
    branch = [a for a in abroad if a[0] == "99"]
    for level, cut in (("2", 4), ("3", 6), ("4", 10)):
        units = {}
        for desa, slugs in sorted(offices.items()):
            units.setdefault(desa[:cut], slugs[int(level) - 2].replace("-", " ").upper())
        parent = {"2": 2, "3": 4, "4": 6}[level]
        branch += [[u, u[:parent], n, level, "", ""] for u, n in sorted(units.items())]
    for desa, slugs in offices.items():
        city = slugs[0].upper().split("-")[0]
        same += city in names.get(desa[:6], "")
    tree = wil + (branch if overseas_tree == "sirekap" else abroad)
    tree.sort(key=lambda w: (w[3], w[0][:2] == "99"))        # stable: source order within a level
    out.zst("data/pemilu2024/wilayah.csv.zst", to_csv(header, tree))
    out.plain("data/pemilu2024/wilayah-luar-negeri-kp24.csv", to_csv(header, abroad))

    codes = {w[0] for w in tree}
    check("2024 domestic units per level", [levels[k] for k in "1234"], [38, 514, 7277, 83731])
    check("2024 domestic stations regular + special", (regular, special, len(stations)),
          (818339, 1822, 820161))
    check("2024 rows whose parent is missing", sum(1 for w in tree if w[1] and w[1] not in codes), 0)
    st, h = g.stat, g.hit
    check("2024 rows", len(rows), 423984)
    check("2024 rows with any / the first / all vote cells",
          (st["dengan suara"], st["pertama"], st["semua suara"]), (314211, 314209, 314198))
    check("2024 domestic rows not in the tree",
          sum(1 for t in seen if not t.startswith("99") and t not in stations), 0)
    check("2024 overseas rows", g.n["1", "99"], 87)
    check("2024 overseas offices in Sirekap codes / of these with the same city in the other tree",
          (len(offices), same), (19, 0))
    check("2024 votes 100025, 100026", g.nat(*choices[:2]), (17801629, 35640641))
    check("2024 votes 100027: rows with the first vote cell / all rows",
          (g.third, g.nat(choices[2])[0]), (7633023, 7633053))
    check("2024 rows with the first vote cell and suara_sah", st["pertama dan sah"], 248016)
    check("2024 R08: rows with the first vote cell / all", (st["pertama, R08"], h["R08"]), (12483, 12483))
    check("2024 R09: rows with the first vote cell / all", (st["pertama, R09"], h["R09"]), (2977, 3260))
    check("2024 R10: rows with the first vote cell / all", (st["pertama, R10"], h["R10"]), (18972, 19793))
    check("2024 rows with a pair > 300", st["satu paslon > 300"], 10)


# -------------------------------------------------------------- contest files

def contests(src, out):
    def write(rel, doc):
        out.plain(rel, (json.dumps(doc, ensure_ascii=False, indent=1) + "\n").encode("utf-8"))

    base = {"format": "rekap-kontes-1", "kode": "ppwp"}
    write("data/pemilu2019/kontes-ppwp.json", dict(base, **{
        "nama": "Pemilu Presiden dan Wakil Presiden 2019",
        "bentuk": "paslon",
        "medan": ["pemilih_dpt_l", "pemilih_dpt_p", "suara_sah", "suara_tidak_sah", "suara_total"],
        "maks": 999999,
        "luar_negeri": ["-99"],
        "pilihan": [
            {"kode": "01", "nomor": 1,
             "nama": "Ir. H. JOKO WIDODO - Prof. Dr. (H.C.) KH. MA'RUF AMIN", "warna": "#B5651D"},
            {"kode": "02", "nomor": 2,
             "nama": "H. PRABOWO SUBIANTO - H. SANDIAGA SALAHUDDIN UNO", "warna": "#2F6DB5"},
        ],
        "aturan": "standar",
        "aturan_tambahan": [
            {"id": "K01", "berat": "W", "cek": ["suara_total <= pemilih_dpt"],
             "nama": {"id": "Suara total tidak melebihi DPT", "en": "Total votes do not exceed the roll"}},
            {"id": "K02", "berat": "W", "lingkup": "dn", "cek": ["suara_sah <= 300"],
             "nama": {"id": "Suara sah tidak melebihi 300", "en": "Valid votes do not exceed 300"}},
        ],
    }))
    with open(os.path.join(src, "sirekap2024/examples/pemilu-ppwp.json"), encoding="utf-8") as f:
        pairs = json.load(f)
    lpj = ["pemilih_dpt", "pengguna_dpt", "pengguna_dptb", "pengguna_non_dpt", "pengguna_total"]
    write("data/pemilu2024/kontes-ppwp.json", dict(base, **{
        "nama": "Pemilu Presiden dan Wakil Presiden 2024",
        "bentuk": "paslon",
        "medan": [f + s for f in lpj for s in ("_l", "_p", "_j")] +
                 ["surat_suara_diterima", "surat_suara_digunakan", "surat_suara_dikembalikan",
                  "surat_suara_tidak_digunakan", "disabilitas_l", "disabilitas_p", "disabilitas_j",
                  "suara_sah", "suara_tidak_sah", "suara_total"],
        "maks": 999999,
        "luar_negeri": ["99"],
        "pilihan": [{"kode": k, "nomor": p["nomor_urut"], "nama": p["nama"],
                     "warna": p["warna"], "ts": p["ts"]} for k, p in pairs.items()],
        "aturan": "standar",
        "aturan_tambahan": [],
    }))


# ---------------------------------------------------------- Sirekap documents

def documents(src, out):
    with gzip.open(os.path.join(src, "sirekap2024/ppwp-tps-raw-500.ndjson.gz")) as f:
        data = f.read()
    out.zst("tests/golden/sirekap/tps-500.ndjson.zst", data)
    docs = {}
    for line in data.splitlines():
        prefix = line.index(b'"raw":') + 6
        docs[json.loads(line)["code"]] = line[prefix:-1]
    check("Sirekap documents", len(docs), 500)
    folder = os.path.join(src, "sirekap2024/examples")
    names = sorted(n for n in os.listdir(folder) if n.endswith(".json"))
    equal = tps = 0
    for n in names:
        with open(os.path.join(folder, n), "rb") as f:
            body = f.read()
        if n.startswith("pilkada-"):
            # re-indented at its origin: written again in the compact form
            body = json.dumps(json.loads(body), ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
        if "-tps-" in n:
            tps += 1
            equal += body.rstrip(b"\n") == docs[n[:-5].rsplit("-", 1)[1]]
        out.plain("tests/golden/sirekap/contoh/" + n, body)
    check("example bodies", len(names), 14)
    check("station examples equal to one of the 500, byte for byte", (equal, tps), (5, 5))


def main(argv):
    tree = "sirekap"
    if "--luar-negeri" in argv:
        i = argv.index("--luar-negeri")
        tree = argv[i + 1]
        del argv[i:i + 2]
    if len(argv) != 3 or tree not in ("sirekap", "kp24"):
        raise SystemExit(__doc__)
    src, out = argv[1], Out(argv[2])
    contests(src, out)
    documents(src, out)
    year2019(src, out)
    year2024(src, out, tree)

    shipped = []
    for base in ("data/pemilu2019", "data/pemilu2024", "tests/golden/sirekap"):
        for d, _, files in os.walk(os.path.join(out.root, base)):
            shipped += [os.path.relpath(os.path.join(d, f), out.root) for f in files
                        if not f.endswith(".md") and not f.startswith("LICENSE")]
    shipped += ["tests/golden/pemilu%s.csv" % n for n in
                ("2019-ppwp-provinsi", "2019-temuan", "2024-ppwp-provinsi", "2024-temuan")]

    def digest(rel):
        with open(os.path.join(out.root, rel), "rb") as f:
            return hashlib.sha256(f.read()).hexdigest()

    lines = ["%s  %s\n" % (digest(r), r.replace(os.sep, "/")) for r in sorted(shipped)]
    out.plain("data/SHA256SUMS", "".join(lines).encode())
    lines = ["%s  %s\n" % (h, r) for r, (h, _) in sorted(out.raw.items())]
    out.plain("data/SHA256SUMS.terurai", "".join(lines).encode())
    for r, (h, n) in sorted(out.raw.items()):
        print("uncompressed  %s  %d bytes  %s" % (h, n, r))
    print("%d of %d checks agree" % (sum(CHECKS), len(CHECKS)))
    return 0 if all(CHECKS) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv))

#!/usr/bin/env python3
"""Re-tabulates what the outcome functions are tested on: votes and seats of the DPR per dapil, votes of the
presidential elections per province, and the keys that join region codes to a map.

    python3 data/retabulate_kursi.py SHARED_DATA_DIR OUT_DIR

OUT_DIR is the root of the rekap repository. Writes data/dpr2014, data/dpr2024, data/presiden, data/peta,
data/SHA256SUMS.lain and
tests/golden/kursi-{2014,2024}.csv. The golden files hold the seats of the list of elected members, and what
the last seat hangs on, counted here vote by vote in plain Python, apart from rekap's own code. Standard
library and the `zstd` command only. Ends with a list of checks; one that fails makes the exit status 1."""
import csv
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
from collections import OrderedDict
from fractions import Fraction

CHECKS = []


def check(name, got, want):
    CHECKS.append(got == want)
    print("%s  %s: %s%s" % ("ok  " if got == want else "FAIL", name, got, "" if got == want else " (expected %s)" % (want,)))


def rows_of(path):
    if path.endswith(".zst"):
        text = subprocess.run(["zstd", "-qdc", path], capture_output=True, check=True).stdout.decode("utf-8")
        return list(csv.DictReader(io.StringIO(text)))
    with open(path, encoding="utf-8-sig", newline="") as f:
        return list(csv.DictReader(f))


class Out:
    def __init__(self, root):
        self.root = root

    def table(self, name, head, rows):
        path = os.path.join(self.root, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8", newline="") as f:
            w = csv.writer(f, lineterminator="\n")
            w.writerow(head)
            w.writerows(rows)


SHORT_2024 = {"1": "PKB", "2": "Gerindra", "3": "PDIP", "4": "Golkar", "5": "NasDem", "6": "Buruh", "7": "Gelora", "8": "PKS",
              "9": "PKN", "10": "Hanura", "11": "Garuda", "12": "PAN", "13": "PBB", "14": "Demokrat", "15": "PSI",
              "16": "Perindo", "17": "PPP", "24": "Ummat"}
NUMBER_2014 = {"NasDem": "1", "PKB": "2", "PKS": "3", "PDIP": "4", "Golkar": "5", "Gerindra": "6", "Demokrat": "7", "PAN": "8",
               "PPP": "9", "Hanura": "10", "PBB": "14", "PKPI": "15"}


# ---- seats, in exact fractions ----

def sainte_lague(votes, seats):
    q = sorted(((-Fraction(v, 2 * k + 1), p) for p, v in votes.items() for k in range(seats)))
    if len(q) > seats and q[seats - 1][0] == q[seats][0]:
        return None
    out = dict.fromkeys(votes, 0)
    for _, p in q[:seats]:
        out[p] += 1
    return out


def quota(votes, seats):
    total = sum(votes.values())
    out = {p: v * seats // total for p, v in votes.items()}
    rest = sorted(((-(v * seats % total), p) for p, v in votes.items()))
    left = seats - sum(out.values())
    if left and left < len(rest) and rest[left - 1][0] == rest[left][0]:
        return None
    for _, p in rest[:left]:
        out[p] += 1
    return out


def last_seat(method, votes, seats):
    """(winner of the last seat, next in line, votes the winner can lose, votes the next one lacks)."""
    won = method(votes, seats)
    if method is sainte_lague:
        last = min((Fraction(votes[p], 2 * n - 1), p) for p, n in won.items() if n)[1]
        after = max((Fraction(votes[p], 2 * n + 1), p) for p, n in won.items() if p != last)[1]
    else:
        total = sum(votes.values())
        rest = {p: v * seats % total for p, v in votes.items()}
        extra = [p for p in votes if won[p] > votes[p] * seats // total]
        last = min(extra, key=lambda p: rest[p])
        after = max((p for p in votes if p not in extra), key=lambda p: rest[p])

    def first(party, sign, test):  # the first change that makes test true, by halving, then one by one around it
        lo, hi = 0, votes[party] if sign < 0 else 4 * sum(votes.values())
        while hi - lo > 1:
            mid = (lo + hi) // 2
            lo, hi = (lo, mid) if test(method({**votes, party: votes[party] + sign * mid}, seats)) else (mid, hi)
        return hi
    lose = first(last, -1, lambda w: w is None or w[last] < won[last]) - 1
    lack = first(after, 1, lambda w: w is not None and w[after] > won[after])
    return last, after, lose, lack


def dpr(year, out, votes, names, dapil, elected, method, threshold):
    """votes: {(dapil, party): n}; names {party: (number, name)}; dapil {code: (name, seats)}; elected {(dapil, party): n}."""
    parties = sorted(names, key=lambda p: int(names[p][0]))
    total = sum(votes.values())
    national = {p: sum(votes[d, p] for d in dapil) for p in parties}
    through = [p for p in parties if national[p] * 10000 >= threshold * total]
    out.table("data/dpr%s/suara.csv" % year, ["dapil", "partai", "suara"], [[d, names[p][0], votes[d, p]] for d in dapil for p in parties])
    out.table("data/dpr%s/partai.csv" % year, ["partai", "singkatan", "nama"], [[names[p][0], p, names[p][1]] for p in parties])
    out.table("data/dpr%s/kursi.csv" % year, ["dapil", "nama", "kursi"], [[d, n, s] for d, (n, s) in dapil.items()])
    out.table("data/dpr%s/terpilih.csv" % year, ["dapil", "partai", "kursi"],
              [[d, names[p][0], elected[d, p]] for d in dapil for p in parties if elected.get((d, p))])
    golden, same, cells = [], 0, 0
    for d, (_, seats) in dapil.items():
        here = {p: votes[d, p] for p in through}
        got = method(here, seats)
        for p in parties:
            cells += p in through
            same += p in through and got[p] == elected.get((d, p), 0)
            if elected.get((d, p)) and p not in through:
                check("%s %s: a party under the threshold is elected" % (d, p), True, False)
        last, after, lose, lack = last_seat(method, here, seats)
        golden.append([d, seats, ";".join("%s=%d" % (names[p][0], elected[d, p]) for p in parties if elected.get((d, p))),
                       names[last][0], names[after][0], lose, lack])
    out.table("tests/golden/kursi-%s.csv" % year, ["dapil", "kursi", "terpilih", "terakhir", "berikut", "boleh_hilang", "kurang"], golden)
    check("DPR %s: dapil, parties, votes" % year, (len(dapil), len(parties), total), {"2024": (84, 18, 151796539), "2014": (77, 12, 124972491)}[year])
    check("DPR %s: cells equal to the elected list" % year, (same, cells), (len(dapil) * len(through),) * 2)
    check("DPR %s: seats" % year, (sum(elected.values()), sum(s for _, s in dapil.values())), ({"2024": 580, "2014": 560}[year],) * 2)


def elected_of(src, year):
    return {(r["scope"][6:].split(" ")[0], r["party"]): int(r["seats"]) for r in rows_of(src + "/arsip/seats.csv")
            if r["year"] == year and r["scope"].startswith("DAPIL:")}


def dapil_of(src, year):
    return OrderedDict((r["kode"], (r["nama"], int(r["seats"]))) for r in rows_of(src + "/arsip/dapil-%s.csv" % year))


def dpr_2024(src, out):
    votes, names = {}, {}
    for r in rows_of(src + "/dpr2024/dpr-2024-dapil-caleg.csv"):
        d = "9101" if r["dapil_kode"] == "#N/A" else r["dapil_kode"]  # the origin's own slip: P A P U A
        p = SHORT_2024[r["partai_no"]]
        names[p] = (r["partai_no"], r["partai"])
        votes[d, p] = votes.get((d, p), 0) + int(r["suara"])
    dpr("2024", out, votes, names, dapil_of(src, "2024"), elected_of(src, "2024"), sainte_lague, 400)


def dpr_2014(src, out):
    votes, names = {}, {p: (n, p) for p, n in NUMBER_2014.items()}
    for r in rows_of(src + "/arsip/legislative.csv"):
        if r["year"] == "2014" and r["kind"] == "choice" and r["scope"].startswith("DAPIL:"):
            votes[r["scope"][6:].split(" ")[0], r["choice"]] = int(r["value"])
    dpr("2014", out, votes, names, dapil_of(src, "2014"), elected_of(src, "2014"), quota, 350)


# ---- presidential votes per province ----

def presidents(src, out):
    codes = {r["nama"].upper(): r["kode"] for r in rows_of(os.path.join(out.root, "data/pemilu2024/wilayah.csv.zst")) if r["tingkat"] == "1"}
    codes.update({"DI YOGYAKARTA": "34", "DAERAH ISTIMEWA YOGYAKARTA": "34", "BANGKA BELITUNG": "19", "LUAR NEGERI": "99"})
    rows = rows_of(src + "/resmi/official-totals-1999-2024.csv")
    rows += [r for r in rows_of(src + "/arsip/presidential-areas.csv.zst") if "provinsi" not in r["scope"]]
    for year, election, order in (("2004", "PPWP-1", ["Wiranto-Salahuddin", "Mega-Hasyim", "Amien-Siswono", "SBY-JK", "Hamzah-Agum"]),
                                  ("2009", "PPWP", ["Mega-Prabowo", "SBY-Boediono", "JK-Wiranto"]),
                                  ("2014", "PPWP", ["Prabowo-Hatta", "Jokowi-JK"]),
                                  ("2024", "PPWP", ["Anies-Muhaimin", "Prabowo-Gibran", "Ganjar-Mahfud"])):
        table = OrderedDict([("0", {})])
        for r in rows:
            if (r["year"], r["election"], r["kind"]) != (year, election, "choice"):
                continue
            code = "0" if r["scope"] == "nasional" else codes.get(r["scope"].upper())
            if code and (code == "0" or year == "2024"):
                table.setdefault(code, {})[r["choice"]] = r["value"]
        whole = [[k] + [v[c] for c in order] for k, v in sorted(table.items(), key=lambda x: int(x[0])) if len(v) == len(order)]
        out.table("data/presiden/ppwp-%s.csv" % (year + ("-1" if year == "2004" else "")),
                  ["kode"] + ["suara_%02d" % (i + 1) for i in range(len(order))], whole)
        if year == "2024":
            check("PPWP 2024: the nation and its areas with a figure", len(whole), 1 + 37)


# ---- keys to the map ----

def keys(src, out):
    topo = os.path.join(src, "map/idn-prov-38.topo.json")
    os.makedirs(os.path.join(out.root, "data/peta"), exist_ok=True)
    shutil.copyfile(topo, os.path.join(out.root, "data/peta/idn-prov-38.topo.json"))
    shutil.copyfile(os.path.join(src, "map/idn-prov-38-LICENSE-CC-BY-4.0.md"), os.path.join(out.root, "data/peta/idn-prov-38-LICENSE-CC-BY-4.0.md"))
    with open(topo, encoding="utf-8") as f:
        ids = {g["properties"]["PROVINSI"].upper(): g["id"] for g in json.load(f)["objects"]["indonesia-38-prov-topo"]["geometries"]}
    old = {r["kode"]: r for r in rows_of(os.path.join(out.root, "data/pemilu2019/wilayah.csv.zst")) if r["tingkat"] in "12"}
    kab = rows_of(src + "/arsip/codes-kabkota.csv")
    out.table("data/peta/kunci-kabkota.csv", ["kode_kpu_2024", "nama", "kode_kpu_2019", "kode_kemendagri_2025", "kode_bps_2020", "kode_kpu_2024_provinsi"],
              [[r["kode_kpu_2024"], r["nama_kpu_2024"], r["kode_kpu_2019"], r["kode_kemendagri_2025"], r["kode_bps_2020"], r["kode_kpu_2024"][:2]] for r in kab])
    alias = {"DAERAH ISTIMEWA YOGYAKARTA": "DAERAH ISTIMEWA YOGYAKARTA", "P A P U A": "PAPUA"}
    rows = []
    for r in rows_of(os.path.join(out.root, "data/pemilu2024/wilayah.csv.zst")):
        if r["tingkat"] != "1" or r["kode"] == "99":
            continue
        name = alias.get(r["nama"].upper(), r["nama"].upper())
        inside = [k for k in kab if k["kode_kpu_2024"].startswith(r["kode"])]
        was = {old[k["kode_kpu_2019"]]["induk"] for k in inside}
        bps = {k["kode_bps_2020"][:2] for k in inside}
        kem = {k["kode_kemendagri_2025"][:2] for k in inside}
        check("province %s: one code of 2019, BPS, Kemendagri" % r["kode"], (len(was), len(bps), len(kem)), (1, 1, 1))
        (was,), (bps,), (kem,) = was, bps, kem
        same = old[was]["nama"].upper().replace("P A P U A", "PAPUA") == name
        rows.append([r["kode"], r["nama"], was if same else "", was, kem, bps if same else "", bps, ids[name]])
    out.table("data/peta/kunci-provinsi.csv", ["kode_kpu_2024", "nama", "kode_kpu_2019", "asal_kpu_2019", "kode_kemendagri_2025", "kode_bps_2020", "asal_bps_2020", "id_peta"], rows)
    check("provinces with a shape; kabupaten with keys", (len({r[-1] for r in rows}), len(kab)), (38, 514))


def sums(root):
    """data/SHA256SUMS.lain: every shipped data file that no other list names."""
    lines = []
    for folder in ("dpr2014", "dpr2024", "kalender", "peta", "ppid", "presiden"):
        for name in sorted(os.listdir(os.path.join(root, "data", folder))):
            if not name.endswith(".md"):
                with open(os.path.join(root, "data", folder, name), "rb") as f:
                    lines.append("%s  data/%s/%s\n" % (hashlib.sha256(f.read()).hexdigest(), folder, name))
    with open(os.path.join(root, "data/SHA256SUMS.lain"), "w") as f:
        f.writelines(lines)


def main(argv):
    if len(argv) != 3:
        sys.exit(__doc__)
    src, out = argv[1], Out(argv[2])
    dpr_2024(src, out)
    dpr_2014(src, out)
    presidents(src, out)
    keys(src, out)
    sums(out.root)
    print("%d checks, %d failed" % (len(CHECKS), CHECKS.count(False)))
    return 1 if False in CHECKS else 0


sys.exit(main(sys.argv))

"""Known differences of the archive: sums that do not agree, and series that differ.

Used by retabulate_arsip.py; src/arsip/check.c does the same work apart from it. The kinds:

  pilihan-sah   a = votes of all choices, b = suara_sah, same series and region
                (for the nation, provinces, kabupaten/kota and dapil; also the next two)
  sah-total     a = suara_sah + suara_tidak_sah, b = pengguna (or suara_total)
  bagian-dpt    a = men + women (or at home + abroad), b = the whole
  anak-induk    a = sum over all children (or all dapil), b = the region's own figure
  seri          a and b = two series of one contest, for the nation, a province or a dapil
"""
from collections import defaultdict

RANK = {"keputusan": 5, "pleno": 4, "pers": 3, "sistem": 2, "masyarakat": 1, "daftar": 0}
PARTS = [("pemilih_dpt_l", "pemilih_dpt_p", "pemilih_dpt"), ("pemilih_dpt_dn", "pemilih_dpt_ln", "pemilih_dpt"),
         ("pemilih_terdaftar_l", "pemilih_terdaftar_p", "pemilih_terdaftar")]


def extra(code):
    return code.startswith("X-") or code.startswith("LN-")


class Series:
    """Figures of one series, with what they add up to."""

    def __init__(self, rows, tree, scope, additive, dapils):
        self.value = {k: int(v) for k, v in rows.items()}
        self.tree, self.scope, self.additive, self.dapils = tree, scope, additive, dapils
        self.party = defaultdict(int)  # votes of a party's candidates together
        for (region, butir, choice), v in self.value.items():
            if "." in choice:
                self.party[(region, butir, choice.rsplit(".", 1)[0])] += v

    def own(self, key):
        return self.value.get(key, self.party.get(key))

    def below(self, key):
        """Sum over all children, None when one has no figure."""
        region, butir, choice = key
        if butir not in self.additive:
            return None
        if region == "0" and self.dapils:
            parts = [self.own((d, butir, choice)) for d in self.dapils]
            if None not in parts:
                return sum(parts)
        node = self.tree.node.get(region)
        if node is None or node[2] < self.scope and choice:
            return None
        children = self.tree.children.get(region, ())
        total = 0
        for c in children:
            v = self.whole((c, butir, choice))
            if v is None:
                return None
            total += v
        return total if children else None

    def whole(self, key):
        v = self.own(key)
        return self.below(key) if v is None else v


def differences(a, contests, tree_of, additive, standing):
    additive, out = set(additive), []
    for t in a.trees.values():
        t.children = defaultdict(list)
        for code, (parent, _, level) in t.node.items():
            if level and not extra(code):
                t.children[parent].append(code)
    rows = defaultdict(dict)
    for seri, region, butir, choice, value, _, _ in a.figures:
        rows[seri][(region, butir, choice)] = value
    series, dapils = {}, defaultdict(set)
    for name, s in a.series.items():
        for region, _, _ in rows[name]:
            if region.startswith("dapil:"):
                dapils[s["pemilu"]].add(region)
    for name, s in a.series.items():
        tree = a.trees[tree_of[s["pemilu"]]]
        series[name] = Series(rows[name], tree, contests[s["kontes"]][2], additive, sorted(dapils[s["pemilu"]]) if s["kontes"] == "dpr" else [])
    for name, s in a.series.items():
        out += within(name, s, series[name])
    names = list(a.series)
    for i, x in enumerate(names):
        for y in names[i + 1:]:
            sx, sy = a.series[x], a.series[y]
            if (sx["pemilu"], sx["kontes"]) != (sy["pemilu"], sy["kontes"]) or sx["bagian"] or sy["bagian"]:
                continue
            if RANK[sx["kedudukan"]] > RANK[sy["kedudukan"]]:
                out += between(sx, sy, series[y], series[x], y, x)
            else:
                out += between(sx, sy, series[x], series[y], x, y)
    return sorted(out)


def within(name, s, x):
    head, out = (s["pemilu"], s["kontes"], name, ""), []
    regions = defaultdict(dict)
    for (region, butir, choice), v in x.value.items():
        regions[region].setdefault(butir, {})[choice] = v

    def say(kind, region, butir, choice, got, want):
        if got != want:
            out.append((kind, *head, region, butir, choice, got, want, got - want))
    for region, b in regions.items():
        if not region.startswith("dapil:") and x.tree.node.get(region, ("", "", 9))[2] > 2:
            continue  # listed down to the kabupaten
        if "suara" in b and "suara_sah" in b:
            votes = [v for c, v in b["suara"].items() if "." not in c]
            if votes:
                say("pilihan-sah", region, "suara_sah", "", sum(votes), b["suara_sah"][""])
        for whole in ("pengguna", "suara_total"):
            if "suara_sah" in b and "suara_tidak_sah" in b and whole in b:
                say("sah-total", region, whole, "", b["suara_sah"][""] + b["suara_tidak_sah"][""], b[whole][""])
        for one, two, whole in PARTS:
            if one in b and two in b and whole in b:
                say("bagian-dpt", region, whole, one.rsplit("_", 1)[1], b[one][""] + b[two][""], b[whole][""])
    for (region, butir, choice), v in x.value.items():
        if "." not in choice and not region.startswith("dapil:"):
            got = x.below((region, butir, choice))
            if got is not None:
                say("anak-induk", region, butir, choice, got, v)
    return out


def between(s, _, a, b, name_a, name_b):
    out = []
    keys = {k for k in list(a.value) + list(b.value) + list(a.party) + list(b.party) if "." not in k[2]}
    for k in keys:
        level = None if k[0].startswith("dapil:") else a.tree.node.get(k[0], ("", "", 9))[2]
        if level is not None and level > 1:
            continue
        va, vb = a.whole(k), b.whole(k)
        if va is not None and vb is not None and va != vb:
            out.append(("seri", s["pemilu"], s["kontes"], name_a, name_b, *k, va, vb, va - vb))
    return out


def stated(found, check):
    """The differences that the README of the sources states."""
    def one(kind, a, b, region, butir, choice=""):
        hits = [d[10] for d in found if (d[0], d[3], d[4], d[5], d[6], d[7]) == (kind, a, b, region, butir, choice)]
        return hits[0] if len(hits) == 1 else hits
    check("DPR 1999, choices minus valid", one("pilihan-sah", "pemilu1999-dpr-kpu", "", "0", "suara_sah"), -55551)
    check("PPWP 2004 I, choices minus valid", one("pilihan-sah", "ppwp2004-1-ppwp-tempo", "", "0", "suara_sah"), -1000000)
    check("DPR 2009, choices minus valid", one("pilihan-sah", "pileg2009-dpr-pers", "", "0", "suara_sah"), -3938)
    check("DPR 2024, PKN: candidates' file minus decree",
          one("seri", "pemilu2024-dpr-caleg", "pemilu2024-dpr-keputusan-360", "0", "suara", "PKN"), -92)
    check("DPR 2024, parties that differ from the decree", len([1 for d in found if d[:5] == (
        "seri", "pemilu2024", "dpr", "pemilu2024-dpr-caleg", "pemilu2024-dpr-keputusan-360") and d[6] == "suara"]), 1)
    cells = [d for d in found if d[3] == "pileg2014-dpr-caleg" and d[4] == "pileg2014-dpr-dapil" or
             d[4] == "pileg2014-dpr-caleg" and d[3] == "pileg2014-dpr-dapil"]
    cells = [d for d in cells if d[5].startswith("dapil:") and d[6] == "suara"]
    check("DPR 2014, cells of the candidates' file that differ", len(cells), 18)
    for pair, want in (("1", -1463721), ("2", -872322)):
        check("PPWP 2019, Situng minus decree, pair " + pair, [sum(
            d[10] for d in found if d[0] == "seri" and d[3] == "pemilu2019-ppwp-situng" and d[4] == "pemilu2019-ppwp-keputusan" and
            d[7] == pair and d[5] != "0")], [want])
    check("decrees 2014 and 2024 add up", [d for d in found if d[0] == "pilihan-sah" and d[3].endswith("-keputusan")], [])

#!/usr/bin/env python3
"""How well photos of forms drawn by rekap are read.

    bench/readown.py --form FORM.json --photos DIR [--rekap build/rekap]

DIR is what train/ownforms.py wrote. Reads all photos in one run, so that pages are told apart by their QR codes
(a page whose code is not read goes with photos of its name), and prints Markdown."""
import argparse
import collections
import csv
import glob
import json
import os
import subprocess
import time


def share(right, n):
    return f"{100 * right / n:.2f} % ({right}/{n})" if n else "-"


def rows(path):
    with open(path, newline="", encoding="utf-8") as f:
        return list(csv.DictReader(f))


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--form", required=True)
    p.add_argument("--photos", required=True)
    p.add_argument("--rekap", default="build/rekap")
    a = p.parse_args()
    with open(a.form, encoding="utf-8") as f:
        spec = json.load(f)
    files = sorted(glob.glob(os.path.join(a.photos, "photos", "*.jpg")))
    started = time.monotonic()
    out = subprocess.run([a.rekap, "read", "--form", a.form, "--json"] + files, check=True, stdout=subprocess.PIPE, text=True,
                         stderr=subprocess.DEVNULL).stdout
    took = time.monotonic() - started
    forms = rows(os.path.join(a.photos, "forms.csv"))
    by_id = {f"latihan/{spec['kontes']}/{f['tps']}": f["form"] for f in forms}
    own = {f["form"]: f["tps"] for f in forms}
    got, code = collections.defaultdict(dict), collections.Counter()
    for form in json.loads(out)["forms"]:
        for p in form["photos"]:
            name = os.path.basename(p["photo"]).rsplit("_p", 1)[0]
            code["none" if "tps" not in p else "right" if p["tps"] == own[name] else "wrong"] += 1
            code["refused"] += p["result"] != "read"
        if form["form"] in by_id:
            got[by_id[form["form"]]] = {f["field"]: {"value": "" if f["value"] is None else str(f["value"]),
                                                     "status": f["status"]} for f in form["fields"]}
    truth = collections.defaultdict(dict)
    for t in rows(os.path.join(a.photos, "truth.csv")):
        truth[t["form"]][t["field"]] = t
    figure, level, n = collections.Counter(), collections.Counter(), collections.Counter()
    for f in forms:
        exact = accepted = True
        for name, t in truth[f["form"]].items():
            r = got[f["form"]].get(name, {"value": "", "status": "refuse"})
            right = r["value"] == t["value"]
            figure["all"] += 1
            figure["right"] += right
            figure[r["status"]] += 1
            figure["wrong accepted"] += r["status"] == "accept" and not right
            level[t["level"]] += 1
            level[t["level"], "right"] += right
            exact &= right
            accepted &= r["status"] == "accept"
        n["exact"] += exact
        n["consistent"] += not f["wrong_field"]
        n["straight"] += accepted and not f["wrong_field"]
        n["wrong accepted"] += accepted and not exact
        n["contradictory accepted"] += accepted and bool(f["wrong_field"])
        n["any wrong"] += any(r["status"] == "accept" and r["value"] != truth[f["form"]][k]["value"]
                              for k, r in got[f["form"]].items())
    print(f"{len(forms)} forms of `{os.path.basename(a.form)}`, {len(files)} photos, {took / len(files):.2f} s a photo here.\n")
    print("| what | |\n|---|---|")
    print(f"| QR codes read; wrong among them | {share(code['right'] + code['wrong'], len(files))}; {code['wrong']} |")
    print(f"| photos refused | {code['refused']} |")
    print(f"| figures read as written | {share(figure['right'], figure['all'])} |")
    for k in ("easy", "medium", "hard"):
        if level[k]:
            print(f"| ... of pages photographed {k} | {share(level[k, 'right'], level[k])} |")
    print(f"| figures accepted; wrong among them | {share(figure['accept'], figure['all'])}; {figure['wrong accepted']} |")
    print(f"| figures of refused photos | {figure['refuse']} |")
    print(f"| whole forms without any error | {share(n['exact'], len(forms))} |")
    print(f"| straight through, of consistent forms | {share(n['straight'], n['consistent'])} |")
    print(f"| forms accepted whole with an error; contradictory ones accepted | {n['wrong accepted']}; {n['contradictory accepted']} |")
    print(f"| forms with any wrong accepted figure | {n['any wrong']} of {len(forms)} |")


main()

#!/usr/bin/env python3
"""make bench-read: how well photos are read, and what each gate lets through.

    bench/read.py [--forms 300] [--seed 20240214] [--photos DIR] [--truth FILE] [--tesseract N] [--jobs N]

Makes photos with train/photos.py (Debian's python3-opencv; REKAP_DATA, see train/README.md) in batches, reads
each batch with bench/readgates and forgets the photos again. With --photos and --truth it reads those that
are there (for instance the sample photos). Prints Markdown."""
import argparse
import collections
import concurrent.futures
import csv
import glob
import math
import os
import shutil
import subprocess
import sys
import tempfile

ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), ".."))
BUILD = os.path.join(ROOT, os.environ.get("BUILD", "build"))
READGATES = os.environ.get('READGATES') or os.path.join(BUILD, 'bench', 'readgates')
UNREADABLE = {"crop", "dark", "blur", "small", "wrong", "tag"}
CHECKS = None
MISMARKED = set()


def upper(wrong, n):
    """95 % upper bound of a rate after `wrong` in n (Clopper-Pearson, by bisection)."""
    if n == 0:
        return 1.0
    lo, hi = wrong / n, 1.0
    for _ in range(60):
        p = (lo + hi) / 2
        if p >= 1:
            break
        tail = sum(math.exp(math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
                            + k * math.log(p) + (n - k) * math.log1p(-p)) for k in range(wrong + 1))
        lo, hi = (p, hi) if tail > 0.05 else (lo, p)
    return hi


class Score:
    def __init__(self):
        self.photos = collections.Counter()
        self.reasons = collections.Counter()
        self.ms = [[], [], [], [], []]
        self.rss = 0
        self.digit = collections.defaultdict(lambda: [0, 0])
        self.field = collections.defaultdict(lambda: [0, 0])
        self.form = collections.defaultdict(lambda: [0, 0])
        self.bubble = collections.Counter()
        self.gate = {}
        self.wrong = []


def holds(check, v):
    op = "<=" if "<=" in check else "="
    side = [sum(int(t) if t.strip().isdigit() else v[t.strip()] for t in s.split("+")) for s in check.split(op)]
    return side[0] <= side[1] if op == "<=" else side[0] == side[1]


def read_sections(out):
    sections, rows = collections.OrderedDict(), None
    for line in out.splitlines():
        if line.startswith("# "):
            rows = sections.setdefault(line[2:], [])
        else:
            rows.append(line.split(","))
    return sections


def written_class(written, i):
    c = written[i] if i < len(written) else " "
    return {"X": 10, " ": 11, "-": 11, "_": 11}.get(c, int(c) if c.isdigit() else 11)


def score_photos(s, rows, truth):
    pages = {(t["form"], t["page"]): t for t in truth}
    for name, refusal, *rest in rows:
        form, page = name.rsplit(".", 1)[0].rsplit("_p", 1)
        t = pages[form, page]
        bad = t["refuse"] in UNREADABLE
        s.photos["unreadable" if bad else "readable"] += 1
        read = refusal == "read"
        s.photos["unreadable refused" if bad and not read else "readable read" if read and not bad else "other"] += 1
        s.reasons[t["refuse"] or "readable", refusal] += 1
        for k in range(4):
            s.ms[k].append(float(rest[k]))
        s.ms[4].append(float(rest[4]))
        s.rss = max(s.rss, int(rest[5]))


def score_boxes(s, rows, truth):
    by = {(t["form"], t["page"], t["field"]): t for t in truth}
    for form, page, field, box, read, _, bubble, *_ in rows:
        t = by[form, page, field]
        if t["refuse"] in UNREADABLE:
            continue
        want, read, bubble = written_class(t["written"], int(box)), int(read), int(bubble)
        kind = "digit" if want < 10 else "X, blank"
        for key in ((kind, "all", "all"), (kind, t["style"], t["level"])):
            s.digit[key][0] += 1
            s.digit[key][1] += read == want
        if bubble != -1:
            digit = want if want < 10 else 0
            s.bubble["said" if bubble >= 0 else "silent or unclear"] += 1
            if bubble >= 0:
                s.bubble["says the digit" if bubble == digit else "says another"] += 1


def mismarked(truth_file):
    """Forms whose bubbles, as they were filled, contradict the digits (photos.py's bubbles.csv, if there is one)."""
    name = os.path.join(os.path.dirname(truth_file), "bubbles.csv")
    if not os.path.exists(name):
        return set()
    with open(name, newline="") as f:
        return {b["form"] for b in csv.DictReader(f) if b["kind"] in ("wrong", "double")}


def score_gate(s, name, rows, truth):
    global CHECKS
    g = s.gate.setdefault(name, collections.Counter())
    by = collections.defaultdict(dict)
    for t in truth:
        by[t["form"]][t["field"]] = t
    got = collections.defaultdict(dict)
    for form, _, field, value, status in rows[1:]:
        got[form][field] = (value, status)
    for form, fields in by.items():
        values = {k: int(t["value"]) for k, t in fields.items()}
        readable = not any(t["refuse"] in UNREADABLE for t in fields.values())
        consistent = all(holds(c, values) for c in CHECKS)
        all_accept = all(got[form].get(k, ("", ""))[1] == "accept" for k in fields)
        wrong = [k for k, t in fields.items() if got[form].get(k, ("", ""))[1] == "accept"
                 and got[form][k][0] != t["value"]]
        g["forms"] += 1
        g["readable and consistent"] += readable and consistent
        g["straight through"] += all_accept and readable and consistent
        agree = readable and consistent and form not in MISMARKED
        g["and bubbles agree"] += agree
        g["straight through, bubbles agree"] += all_accept and agree
        g["accepted whole"] += all_accept
        g["accepted whole, wrong"] += all_accept and bool(wrong)
        g["with a wrong accepted figure"] += bool(wrong)
        g["figures accepted"] += sum(got[form].get(k, ("", ""))[1] == "accept" for k in fields)
        g["figures wrong"] += len(wrong)
        if name == "as shipped":
            s.wrong += [(form, k, fields[k]["written"], got[form][k][0]) for k in wrong]
            for k, t in fields.items():
                value, status = got[form].get(k, ("", "refuse"))
                if t["refuse"] in UNREADABLE or status == "refuse":
                    continue
                for key in (("all", "all"), (t["style"], t["level"])):
                    s.field[key][0] += 1
                    s.field[key][1] += value == t["value"]
            if readable:
                t = next(iter(fields.values()))
                right = all(got[form].get(k, ("", ""))[0] == t["value"] for k, t in fields.items())
                for key in (("all", "all"), (t["style"], t["level"])):
                    s.form[key][0] += 1
                    s.form[key][1] += right


def form_of(photo):
    return os.path.basename(photo).rsplit(".", 1)[0].rsplit("_p", 1)[0]


def take(s, photos, truth, crops="-", jobs=1):
    """Reads the photos, all of a form by one program, and scores what it says."""
    forms = sorted({form_of(p) for p in photos})
    parts = [set(forms[k::jobs]) for k in range(jobs)]
    running = [subprocess.Popen([READGATES, "-", crops] + sorted(p for p in photos if form_of(p) in part),
                                stdout=subprocess.PIPE, text=True, start_new_session=True) for part in parts]
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        outs = list(pool.map(lambda r: r.communicate()[0], running))
    for part, program, out in zip(parts, running, outs):
        if program.returncode != 0:
            raise SystemExit(f"readgates ended with {program.returncode}")
        own = [t for t in truth if t["form"] in part]
        sections = read_sections(out)
        score_photos(s, sections["photo"], own)
        score_boxes(s, sections["box"], own)
        for name, rows in sections.items():
            if name.startswith("gate "):
                score_gate(s, name[5:], rows, own)


def rate(a, b):
    return f"{100 * a / b:.2f} % ({a}/{b})" if b else "-"


def percentile(v, q):
    return sorted(v)[min(len(v) - 1, int(q * len(v)))] if v else 0


def print_tables(s):
    p = s.photos
    print(f"Pages found and read: {rate(p['readable read'], p['readable'])} of readable photos; "
          f"refused: {rate(p['unreadable refused'], p['unreadable'])} of unreadable ones.\n")
    print("| photo | result | count |\n|---|---|---|")
    for (want, got), n in sorted(s.reasons.items()):
        print(f"| {want} | {got} | {n} |")
    print("\n| boxes | style | level | right |\n|---|---|---|---|")
    for (kind, style, level), (n, right) in sorted(s.digit.items()):
        print(f"| {kind} | {style} | {level} | {rate(right, n)} |")
    print("\n| figures | style | level | right |\n|---|---|---|---|")
    for (style, level), (n, right) in sorted(s.field.items()):
        print(f"| figure | {style} | {level} | {rate(right, n)} |")
    for (style, level), (n, right) in sorted(s.form.items()):
        print(f"| whole form | {style} | {level} | {rate(right, n)} |")
    b = s.bubble
    print(f"\nBubbles: {rate(b['said'], b['said'] + b['silent or unclear'])} of columns say a digit, "
          f"{rate(b['says the digit'], b['said'])} of these the one written above (the others are mostly "
          "wrong on purpose).")
    print("\n| gate | straight through, of readable forms whose sums hold as written | and whose bubbles say what the digits say | "
          "forms accepted whole | wrong among them | 95 % bound per 10,000 | forms with any wrong accepted figure |\n"
          "|---|---|---|---|---|---|---|")
    for name, g in s.gate.items():
        print(f"| {name} | {rate(g['straight through'], g['readable and consistent'])} | "
              f"{rate(g['straight through, bubbles agree'], g['and bubbles agree'])} | {g['accepted whole']} | "
              f"{g['accepted whole, wrong']} | {1e4 * upper(g['accepted whole, wrong'], g['accepted whole']):.1f} | "
              f"{g['with a wrong accepted figure']} of {g['forms']} |")
    for w in s.wrong:
        print("wrong and accepted by the shipped gate:", w)
    total = [sum(x) for x in zip(*s.ms[:4])]
    print("\n| computing a page, ms | median | 95 % |\n|---|---|---|")
    for name, v in zip(("decode", "find", "cut and bubbles", "net"), s.ms):
        print(f"| {name} | {percentile(v, .5):.1f} | {percentile(v, .95):.1f} |")
    print(f"| the four | {percentile(total, .5):.1f} | {percentile(total, .95):.1f} |")
    print(f"| child, all | {percentile(s.ms[4], .5):.1f} | {percentile(s.ms[4], .95):.1f} |")
    if sum(s.ms[4]):
        print(f"\n{1000 * len(s.ms[4]) / sum(s.ms[4]):.1f} pages a second and core; most memory of a child "
              f"{s.rss / 1024:.0f} MB.")


def tesseract(crops, truth, most):
    """The same cut boxes, frame cut off, three times as large, to Tesseract: digits only."""
    by = {(t["form"], t["field"]): t for t in truth}
    right = empty = n = 0
    for path in sorted(glob.glob(os.path.join(crops, "*.pgm"))):
        form, field, box = os.path.basename(path)[:-4].split("-")
        t = by[form, field]
        want = written_class(t["written"], int(box))
        if want > 9 or t["refuse"] in UNREADABLE:
            continue
        out = subprocess.run(f"pnmcut 5 5 22 22 '{path}' | pnmscale 3 | tesseract - - --psm 10 "
                             "-c tessedit_char_whitelist=0123456789", shell=True, capture_output=True, text=True,
                             env=dict(os.environ, OMP_THREAD_LIMIT="1"), check=False).stdout.strip()
        n += 1
        empty += out == ""
        right += out == str(want)
        if n >= most:
            break
    print(f"\nTesseract on the same boxes: {rate(right, n)} right, {rate(empty, n)} empty.")


def main():
    global CHECKS, MISMARKED
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--forms", type=int, default=300)
    p.add_argument("--batch", type=int, default=50)
    p.add_argument("--first", type=int, default=0)
    p.add_argument("--seed", type=int, default=20240214)
    p.add_argument("--size", default="2000-2900")
    p.add_argument("--jobs", type=int, default=1, help="programs at once, for --photos")
    p.add_argument("--photos")
    p.add_argument("--truth")
    p.add_argument("--tesseract", type=int, default=0, metavar="N", help="compare on N boxes")
    a = p.parse_args()
    import json
    CHECKS = json.load(open(os.path.join(ROOT, "forms", "ppwp-2024.json")))["cek"]
    s = Score()
    with tempfile.TemporaryDirectory(prefix="bench-read-") as tmp:
        crops = os.path.join(tmp, "crops") if a.tesseract else "-"
        if a.tesseract:
            os.mkdir(crops)
        if a.photos:
            truth = list(csv.DictReader(open(a.truth)))
            MISMARKED = mismarked(a.truth)
            take(s, glob.glob(os.path.join(a.photos, "*.jpg")), truth, crops, a.jobs)
            if a.tesseract:
                tesseract(crops, truth, a.tesseract)
        for first in range(a.first, a.first + a.forms if not a.photos else a.first, a.batch):
            out = os.path.join(tmp, "batch")
            subprocess.run(["/usr/bin/python3", os.path.join(ROOT, "train", "photos.py"), "--out", out, "--count",
                            str(min(a.batch, a.first + a.forms - first)), "--first", str(first), "--seed", str(a.seed),
                            "--size", a.size, "--split", "test"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            truth = list(csv.DictReader(open(os.path.join(out, "truth.csv"))))
            MISMARKED = mismarked(os.path.join(out, "truth.csv"))
            take(s, glob.glob(os.path.join(out, "photos", "*.jpg")), truth, crops if first == a.first else "-")
            if a.tesseract and first == a.first:
                tesseract(crops, truth, a.tesseract)
            shutil.rmtree(out)
            print(f"{first + a.batch - a.first} forms", file=sys.stderr)
    print_tables(s)


main()

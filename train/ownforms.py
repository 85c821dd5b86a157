#!/usr/bin/env python3
"""Synthetic photos of filled forms that 'rekap form draw' drew, with the truth.

    REKAP_DATA=... train/ownforms.py --form forms/contoh-pdpr-a3.json --out DIR --count 50 [--seed 1]
                    [--rekap build/rekap] [--split test] [--size 2000-2900] [--level easy,medium,medium,hard]
                    [--style hand,segment,real] [--inconsistent 0.1]

Each form is drawn for a station of its own (QR code), filled with figures that add up by hand or stamp of
train/forms.py, and photographed by the camera of train/photos.py, one page a photo, on a bare wall. Lengths are
taken as if the page were 600 wide, so perspective, curl and blur are those of the official form's photos, in
parts of the page. Writes DIR/photos/FORM_pN.jpg, DIR/truth.csv (form,page,field,value,written,style,level),
DIR/forms.csv (form,tps,style,wrong_field). Tallies, words and signatures are left out."""
import argparse
import csv
import json
import os
import re
import subprocess
import sys

import cv2
import numpy as np

import forms
import ink
import photos

UNITS = 600.0
DPI = 160


def figures(rng, names):
    """Figures that keep the sums of a form with these fields."""
    v = {}

    def three(name, l, p):
        v[name + "_l"], v[name + "_p"], v[name + "_j"] = l, p, l + p

    official = forms.figures(rng)
    for k in ("pemilih_dpt", "pengguna_dpt", "pengguna_dptb", "pengguna_non_dpt", "pengguna_total", "disabilitas"):
        three(k, official[k + "_l"], official[k + "_p"])
    for k in ("surat_suara_diterima", "surat_suara_digunakan", "surat_suara_dikembalikan", "surat_suara_tidak_digunakan",
              "suara_sah", "suara_tidak_sah", "suara_total"):
        v[k] = official[k]
    cells = [n for n in names if n.startswith("suara_") and n not in v]
    # Few choices have most of the votes, as on real ballots.
    share = rng.dirichlet(np.full(len(cells), 0.25 if len(cells) > 20 else 2.0))
    for n, x in zip(cells, rng.multinomial(v["suara_sah"], share)):
        v[n] = int(x)
    for n in names:
        if n.startswith("jumlah_suara_"):
            party = n.removeprefix("jumlah_")
            v[n] = sum(v[c] for c in cells if c == party or c.startswith(party + "."))
    return {n: v.get(n, 0) for n in names}


class Written:
    """What forms.Filler asks of a form: pen, colour, style, the boxes of each field, bubbles."""

    def __init__(self, rng, spec, style, consistent):
        fields = [m for p in spec["halaman"] for m in p["medan"]]
        self.style, self.pen = style, ink.Pen(rng)
        self.colour = np.array(forms.PENS[rng.integers(len(forms.PENS))], np.float32)
        self.value = figures(rng, [m["nama"] for m in fields])
        self.wrong_field = "" if consistent else forms.contradict(rng, self.value)
        fill = str(rng.choice(["X", "0", " ", "-"], p=[0.68, 0.14, 0.13, 0.05]))
        zeros = rng.random() < 0.6
        good = rng.random() < 0.82
        self.written, self.bubbles = {}, {}
        for m in fields:
            v, n = self.value[m["nama"]], len(m["kotak"])
            self.written[m["nama"]] = "0" * n if v == 0 and zeros else str(v).rjust(n, fill)
            if "bulatan" in m:
                self.bubbles[m["nama"]] = forms.Form._bubbles(rng, self.written[m["nama"]], good)


class Filler(forms.Filler):
    """Writes into pages drawn by rekap."""

    def __init__(self, inks, spec, px):
        self.inks, self.spec, self.px = inks, spec, px
        self.scale = UNITS / spec["ukuran"][0]

    def fill(self, rng, blank, page, form, tint):
        out = cv2.multiply(blank, (*[float(t) for t in tint], 0.0), scale=1 / 255)
        for m in page["medan"]:
            for box, what in zip(m["kotak"], form.written[m["nama"]]):
                self.stamp(out, self.inks.draw(rng, form.pen, form.style, what), *[v * self.scale for v in box], form.colour)
            for b, (kind, filled) in zip(m.get("bulatan", ()), form.bubbles.get(m["nama"], ())):
                for d in filled:
                    c = {"cx": (b["x"] + d * b.get("dx", 0)) * self.scale, "cy": (b["y"] + d * b.get("dy", 0)) * self.scale,
                         "d": b["diameter"] * self.scale}
                    self._fill(rng, out, form, c, kind == "sloppy")
        return out


def draw(args, where, tps, page):
    path = os.path.join(where, "blank.png")
    subprocess.run([args.rekap, "form", "draw", args.form, "--pemilu", "latihan", "--wilayah", os.path.join(where, "wilayah.csv"),
                    "--tps", tps, "--halaman", str(page), "--dpi", str(DPI), "-o", path], check=True, stderr=subprocess.DEVNULL)
    return cv2.imread(path)


def corners(page, scale):
    out = [[(x, y), (x + w, y), (x + w, y + h), (x, y + h)] for m in page["medan"] for x, y, w, h in m["kotak"]]
    return np.array(out, float).reshape(-1, 4, 2) * scale


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--form", required=True)
    p.add_argument("--out", required=True)
    p.add_argument("--count", type=int, default=50)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--rekap", default="build/rekap")
    p.add_argument("--split", choices=("train", "calibrate", "test"), default="test")
    p.add_argument("--size", default="2000-2900")
    p.add_argument("--level", default="easy,medium,medium,hard")
    p.add_argument("--style", default="hand,segment,real")
    p.add_argument("--inconsistent", type=float, default=0.1)
    args = p.parse_args()
    size = [float(v) for v in args.size.split("-")]
    with open(args.form, encoding="utf-8") as f:
        spec = json.load(f)
    photos.PAGE = (UNITS, UNITS * spec["ukuran"][1] / spec["ukuran"][0])
    os.makedirs(os.path.join(args.out, "photos"), exist_ok=True)
    with open(os.path.join(args.out, "wilayah.csv"), "w", encoding="utf-8") as f:
        f.write("kode,induk,nama,tingkat,jumlah_tps\n11,,LATIHAN,1,\n1101,11,LATIHAN,2,\n110101,1101,LATIHAN,3,\n"
                f"1101012001,110101,SUKAMAJU,4,{args.count}\n")
    px = DPI / 25.4 * spec["ukuran"][0] / UNITS
    filler, camera = Filler(forms.Inks(args.split), spec, px), photos.Camera()
    cv2.setNumThreads(1)
    with open(os.path.join(args.out, "truth.csv"), "w", newline="", encoding="utf-8") as t, \
            open(os.path.join(args.out, "forms.csv"), "w", newline="", encoding="utf-8") as g:
        truth, list_of = csv.writer(t, lineterminator="\n"), csv.writer(g, lineterminator="\n")
        truth.writerow("form,page,field,value,written,style,level".split(","))
        list_of.writerow("form,tps,style,wrong_field".split(","))
        for i in range(args.count):
            rng = np.random.default_rng([args.seed, i])
            form = Written(rng, spec, str(rng.choice(args.style.split(","))), rng.random() >= args.inconsistent)
            tps = f"1101012001{i + 1:03d}"
            name = f"{re.sub('[^a-z0-9]', '', spec['kode'])}{i:03d}"
            list_of.writerow((name, tps, form.style, form.wrong_field))
            tint = np.clip(rng.uniform(225, 255) + rng.normal(0, 2.5, 3), 200, 255)
            for page in spec["halaman"]:
                level = str(rng.choice(args.level.split(",")))
                sheet = filler.fill(rng, draw(args, args.out, tps, page["nomor"]), page, form, tint)
                img, _, quality = camera.shoot(rng, sheet, [], px, level, rng.uniform(size[0], size[-1]), "",
                                               corners(page, filler.scale))
                path = os.path.join(args.out, "photos", f"{name}_p{page['nomor']}.jpg")
                if not cv2.imwrite(path, img, [cv2.IMWRITE_JPEG_QUALITY, quality]):
                    raise SystemExit(f"ownforms: cannot write {path}")
                for m in page["medan"]:
                    k = m["nama"]
                    truth.writerow((name, page["nomor"], k, form.value[k], form.written[k], form.style, level))
            print(f"\rownforms: {i + 1} of {args.count} forms", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Digit boxes cut from synthetic photos: what the net is trained, calibrated and tested on beside real boxes.

    REKAP_DATA=... train/crops.py --out FILE.npz --count 900 --split train --balanced [--seed 11]

Takes photos.py's forms (seed, split) without keeping the photos: each page is compressed to JPEG, read back in grey
and cut at the true corners, which are moved a little as an imperfect registration would.
--balanced writes random digits, X, dash and blank into the boxes instead of a form's figures, and adds free
drawn digits to the styles. The file holds x (n,32,32 uint8), y, style, level, form."""
import argparse
import sys

import cv2
import numpy as np

import common
import forms
import photos

STYLES = ("hand", "segment", "real", "free")
LEVELS = ("easy", "medium", "hard")
OVER = 3  # a box is first cut at three times the size, then averaged


def target():
    a, b = common.FRAME
    return (np.array([[a, a], [b, a], [b, b], [a, b]]) * OVER - 0.5).astype(np.float32)


def cut(grey, corners):
    """The box at four corners (clockwise from its top left, pixel centres) as 32 x 32 grey."""
    m = cv2.getPerspectiveTransform(corners.astype(np.float32), target())
    side = common.SIDE * OVER
    big = cv2.warpPerspective(grey, m, (side, side), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return cv2.resize(big, (common.SIDE, common.SIDE), interpolation=cv2.INTER_AREA)


def jitter(rng, corners):
    """Registration errors, in shares of the box edge: a common shift and one of each corner."""
    edge = np.linalg.norm(corners[1] - corners[0])
    return corners + edge * (rng.normal(0, 0.018, 2) + rng.normal(0, 0.012, (4, 2)))


def random_boxes(rng):
    kinds = list("0123456789") + ["X", "-", " "]
    return "".join(rng.choice(kinds, 3, p=[0.078] * 10 + [0.12, 0.04, 0.06]))


def label(c):
    return int(c) if c.isdigit() else common.X if c == "X" else common.BLANK


class Cutter:
    def __init__(self, args):
        args.px = 2.8
        self.args = args
        self.filler = forms.Filler(args.cache, forms.Inks(args.split), args.px)
        self.camera = photos.Camera()

    def form(self, i):
        a, rng = self.args, np.random.default_rng([self.args.seed, i])
        styles = STYLES if a.balanced else STYLES[:3]
        style = str(rng.choice(styles))
        form = forms.Form(rng, "", style, True, rng.random() < 0.8)
        if a.balanced:
            form.written = {k: random_boxes(rng) for k in form.written}
        pages = self.filler.pages(rng, form, np.clip(rng.uniform(225, 255) + rng.normal(0, 2.5, 3), 200, 255))
        for page, spec in zip(pages, self.filler.geometry["pages"]):
            level = str(rng.choice(LEVELS, p=(0.25, 0.4, 0.35)))
            img, corners, quality = self.camera.shoot(rng, page, None, a.px, level, rng.uniform(1300, 2300), "",
                                                      photos.box_corners(spec))
            _, jpeg = cv2.imencode(".jpg", img, [cv2.IMWRITE_JPEG_QUALITY, quality])
            grey = cv2.imdecode(jpeg, cv2.IMREAD_GRAYSCALE)
            for what, c in zip((w for f in spec["fields"] for w in form.written[f["field"]]), corners):
                yield cut(grey, jitter(rng, c)), label(what), STYLES.index(style), LEVELS.index(level), i


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--out", required=True)
    p.add_argument("--count", type=int, default=900, help="forms; each has 84 boxes")
    p.add_argument("--seed", type=int, default=11)
    p.add_argument("--split", choices=("train", "calibrate", "test"), required=True)
    p.add_argument("--balanced", action="store_true")
    p.add_argument("--cache", default="/tmp/rekap-train", help="where the rendered blank form is kept")
    args = p.parse_args()
    cv2.setNumThreads(1)
    cutter = Cutter(args)
    rows = []
    for i in range(args.count):
        rows += cutter.form(i)
        if (i + 1) % 25 == 0:
            print(f"\rcrops: {i + 1} of {args.count} forms", end="", file=sys.stderr, flush=True)
    x, y, style, level, form = zip(*rows)
    np.savez(args.out, x=np.stack(x), y=np.array(y, np.uint8), style=np.array(style, np.uint8),
             level=np.array(level, np.uint8), form=np.array(form, np.uint32))
    print(f"\ncrops: {len(y)} boxes in {args.out}", file=sys.stderr)


if __name__ == "__main__":
    main()

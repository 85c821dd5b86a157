#!/usr/bin/env python3
"""Digit boxes drawn and photographed one by one: endless training boxes at a tenth of the cost of whole pages.

    REKAP_DATA=... train/boxes.py --out DIR --shards 40 [--first 0] [--seed 21] [--snap snap.npz]

Each box is a piece of the blank form with ink in it, seen by photos.py's camera: the same tilt, pixels a millimetre,
light, blur, noise and JPEG, but without curl (over one box that is a tilt). It is cut where the reader would: at its
true corners moved by an error that the reader made on other photos (snap.npz of readercrops.py), or, without that
file, by a guess. Shards of 8,192 boxes (x, y, style, level) are written one after another; all comes from
(seed, number of the shard). Ink is that of the training split only."""
import argparse
import os

import cv2
import numpy as np

import common
import crops as cropping
import forms
import ink
import photos

SHARD = 8192
VIEW = 6  # boxes that share one photo: its geometry, light, blur, noise and pen
MARGIN = 7.0  # mm of the form around a box
KINDS = list("0123456789") + ["X", "-", " "]
#        zeros and ones are the commonest digits on forms and the rarest among the real boxes
WEIGHT = np.array([0.095, 0.095] + [0.075] * 8 + [0.11, 0.045, 0.055])
STYLE_WEIGHT = (0.42, 0.18, 0.25, 0.15)  # hand, segment, real, free
PX = 3.2


def grey(bgr):
    return 0.114 * bgr[..., 0] + 0.587 * bgr[..., 1] + 0.299 * bgr[..., 2]


def elastic(rng, a):
    """Bends the ink smoothly, by up to some hundredths of the box: other writers' ways with the same digit."""
    move = rng.normal(0, rng.uniform(0.0, 0.03) * ink.S, (2, 5, 5)).astype(np.float32)
    dx, dy = (cv2.resize(m, (ink.S, ink.S), interpolation=cv2.INTER_CUBIC) for m in move)
    y, x = np.mgrid[0:ink.S, 0:ink.S].astype(np.float32)
    return cv2.remap(a, x + dx, y + dy, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)


class Boxes:
    def __init__(self, cache, split, snap):
        self.inks = forms.Inks(split)
        blank = forms.blank_pages(cache, PX)
        self.piece = []  # (page piece, its origin in mm, box)
        for spec, page in zip(common.geometry()["pages"], blank):
            for f in spec["fields"]:
                for b in f["boxes"]:
                    x0, y0 = round((b["x"] - MARGIN) * PX), round((b["y"] - MARGIN) * PX)
                    x1, y1 = round((b["x"] + b["w"] + MARGIN) * PX), round((b["y"] + b["h"] + MARGIN) * PX)
                    self.piece.append((page[y0:y1, x0:x1].astype(np.float32), (x0, y0), b))
        rng = np.random.default_rng(7)
        n = rng.normal(0, 30, (900, 900)).astype(np.float32)
        n += cv2.GaussianBlur(rng.normal(0, 90, n.shape).astype(np.float32), (0, 0), 1.0)
        self.noise = n / n.std()
        self.snap = None
        if snap:
            e = np.load(snap)["error"]  # (n,4,2) in shares of the box edge
            self.snap = e[np.abs(e).max((1, 2)) < 0.2]  # beyond that the digit itself is cut

    def shard(self, seed, number):
        rng = np.random.default_rng([seed, number])
        rows = []
        while len(rows) < SHARD:
            rows += self.view(rng)
        x, y, s, l = zip(*rows[:SHARD])
        return np.stack(x), np.array(y, np.uint8), np.array(s, np.uint8), np.array(l, np.uint8)

    def view(self, rng):
        """Some boxes of one photo by one writer."""
        level = str(rng.choice(cropping.LEVELS, p=(0.25, 0.4, 0.35)))
        k = photos.LEVELS[level]
        side = rng.uniform(1500, 2900) * rng.uniform(0.9, 1.0) * k["size"] ** rng.uniform(0, 1)
        width = side * (3 / 4, 9 / 16)[int(rng.random() < 0.25)]
        cam = dict(h=photos.homography(rng, level, width, side, 180 if rng.random() < 0.04 else 0), level=level,
                   sigma=rng.uniform(*k["blur"]) * side / 2600 + 0.15, noise=rng.uniform(*k["noise"]),
                   jpeg=int(rng.uniform(*k["jpeg"])), kernel=None, tint=np.clip(rng.uniform(225, 255) + rng.normal(0, 1.5), 200, 255),
                   light=rng.uniform(0.72, 1.02), shadow=k["shadow"])
        if level == "hard" and rng.random() < 0.35:
            n = int(rng.integers(3, 6))
            cam["kernel"] = np.zeros((n, n), np.float32)
            cv2.line(cam["kernel"], (0, int(rng.integers(n))), (n - 1, int(rng.integers(n))), 1.0)
            cam["kernel"] /= cam["kernel"].sum()
        pen, style = ink.Pen(rng), int(rng.choice(4, p=STYLE_WEIGHT))
        colour = float(grey(np.array(forms.PENS[rng.integers(len(forms.PENS))], np.float32)))
        out = []
        for _ in range(VIEW):
            what = str(rng.choice(KINDS, p=WEIGHT))
            out.append((self.box(rng, cam, pen, colour, style, what), cropping.label(what), style, cropping.LEVELS.index(level)))
        return out

    def written(self, rng, pen, colour, style, what, tint):
        piece, origin, b = self.piece[rng.integers(len(self.piece))]
        page = piece * np.float32(tint / 255)
        a = self.inks.draw(rng, pen, cropping.STYLES[style], what) if what != " " else None if rng.random() < 0.6 else ink.blank(rng)
        if a is not None:
            if rng.random() < 0.6:
                a = elastic(rng, a)
            if rng.random() < 0.15:
                a = a * np.float32(rng.uniform(0.45, 0.95))  # a pen that hardly writes
            x0, y0 = round(b["x"] * PX) - origin[0], round(b["y"] * PX) - origin[1]
            w, h = round((b["x"] + b["w"]) * PX) - round(b["x"] * PX), round((b["y"] + b["h"]) * PX) - round(b["y"] * PX)
            a = cv2.resize(a, (w, h), interpolation=cv2.INTER_AREA)
            part = page[y0:y0 + h, x0:x0 + w]
            part[:] = part * (1 - a) + np.minimum(part, colour) * a
        return page, origin, b

    def box(self, rng, cam, pen, colour, style, what):
        page, origin, b = self.written(rng, pen, colour, style, what, cam["tint"])
        h = cam["h"]
        mm = np.array([[b["x"], b["y"]], [b["x"] + b["w"], b["y"]], [b["x"] + b["w"], b["y"] + b["h"]], [b["x"], b["y"] + b["h"]]])
        q = photos.apply(h, mm)  # corners in the photo
        here = np.linalg.norm(np.diff(photos.apply(h, np.array([[300, 450], [310, 450]], float)), axis=0)) / 10
        per = 1.0
        if here < PX * 0.7:
            per = max(here * 1.15, 0.4) / PX
            page = cv2.resize(page, None, fx=per, fy=per, interpolation=cv2.INTER_AREA)
        corner = np.floor(q.min(0)) - 8 - rng.integers(0, 8, 2)
        size = np.ceil(q.max(0) - corner).astype(int) + 8
        # from pixels of this piece to pixels of the page piece
        to_mm = np.linalg.inv(np.array([[1, 0, -corner[0]], [0, 1, -corner[1]], [0, 0, 1]]) @ h)
        px = np.array([[PX * per, 0, -origin[0] * per - 0.5], [0, PX * per, -origin[1] * per - 0.5], [0, 0, 1]])
        img = cv2.warpPerspective(page, px @ to_mm, tuple(int(v) for v in size), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
                                  borderMode=cv2.BORDER_REPLICATE)
        img = self.seen(rng, cam, img)
        _, jpeg = cv2.imencode(".jpg", img, [cv2.IMWRITE_JPEG_QUALITY, cam["jpeg"]])
        img = cv2.imdecode(jpeg, cv2.IMREAD_GRAYSCALE)
        return cut(img, self.moved(rng, q - corner))

    def seen(self, rng, cam, img):
        rows, cols = img.shape
        y, x = np.linspace(-0.5, 0.5, rows, dtype=np.float32)[:, None], np.linspace(-0.5, 0.5, cols, dtype=np.float32)[None, :]
        t = rng.uniform(0, 2 * np.pi)
        slope = rng.uniform(0, 0.5) * cam["shadow"] * (0.15 if rng.random() < 0.8 else 1)
        g = cam["light"] * (1 - rng.uniform(0, 1) * cam["shadow"] * (rng.random() < 0.5)) * (1 + slope * (x * np.cos(t) + y * np.sin(t)))
        if rng.random() < 0.08:  # the edge of a shadow falls through the box
            d = x * np.cos(t) + y * np.sin(t) - rng.uniform(-0.5, 0.5)
            g = g * (1 - rng.uniform(0.2, 0.9) * cam["shadow"] / (1 + np.exp(-d * rng.uniform(5, 60))))
        img = cv2.GaussianBlur(np.clip(img * np.clip(g, 0.25, 1.25), 0, 255).astype(np.float32), (0, 0), cam["sigma"])
        if cam["kernel"] is not None:
            img = cv2.filter2D(img, -1, cam["kernel"])
        u, v = rng.integers(0, 900 - rows), rng.integers(0, 900 - cols)
        # three channels of one noise: grey has all of it
        return np.clip(img + self.noise[u:u + rows, v:v + cols] * np.float32(cam["noise"]), 0, 255).astype(np.uint8)

    def moved(self, rng, q):
        if self.snap is None or rng.random() < 0.15:
            return cropping.jitter(rng, q)
        edge = np.linalg.norm(q[1] - q[0])
        return q + self.snap[rng.integers(len(self.snap))] * edge + rng.normal(0, 0.004, (4, 2)) * edge


def cut(img, corners):
    """As rk_cut: k x k samples a pixel."""
    per = np.linalg.norm(corners[1] - corners[0]) / (common.FRAME[1] - common.FRAME[0])
    k = int(np.clip(np.ceil(per), 2, 6))
    a, b = common.FRAME
    to = (np.array([[a, a], [b, a], [b, b], [a, b]]) * k - 0.5).astype(np.float32)
    # pixel (i, j) covers (i, i + 1), OpenCV's centre is at i
    m = cv2.getPerspectiveTransform((corners - 0.5).astype(np.float32), to)
    big = cv2.warpPerspective(img, m, (common.SIDE * k, common.SIDE * k), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return cv2.resize(big, (common.SIDE, common.SIDE), interpolation=cv2.INTER_AREA)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--out", required=True)
    p.add_argument("--shards", type=int, default=40)
    p.add_argument("--first", type=int, default=0)
    p.add_argument("--step", type=int, default=1, help="every so manieth shard: for several processes at once")
    p.add_argument("--seed", type=int, default=21)
    p.add_argument("--snap")
    p.add_argument("--cache", default="/tmp/rekap-train")
    a = p.parse_args()
    cv2.setNumThreads(1)
    os.makedirs(a.out, exist_ok=True)
    maker = Boxes(a.cache, "train", a.snap)
    for n in range(a.first, a.shards, a.step):
        x, y, s, l = maker.shard(a.seed, n)
        tmp = os.path.join(a.out, f"tmp{n}.npz")
        np.savez(tmp, x=x, y=y, style=s, level=l)
        os.replace(tmp, os.path.join(a.out, f"{n:05d}.npz"))
        print(f"boxes: shard {n}", flush=True)


if __name__ == "__main__":
    main()

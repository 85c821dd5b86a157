#!/usr/bin/env python3
"""Synthetic photos of filled C.HASIL-PPWP forms, with the truth.

    REKAP_DATA=... train/photos.py --out DIR --count 100 [--seed 1] [--split test] [--size 2000-2900]
                    [--level easy,medium,hard] [--style hand,segment,real] [--inconsistent 0.1]
                    [--unreadable 0.05] [--upside 0.05] [--first 0] [--jobs 1]

Writes DIR/photos/FORM_pN.jpg and, beside them,
  truth.csv    form,page,field,value,written,style,level,refuse   one row per number field
  boxes.csv    form,page,field,box,x0,y0..x3,y3   corners of each box frame in the photo, pixels,
               clockwise from the form's top left (box 0 = hundreds)
  bubbles.csv  form,field,box,kind,filled         good, missing, sloppy, wrong or double
  forms.csv    form,style,wrong_field             wrong_field: the field that contradicts the others
refuse: upside (turned round: refuse or turn and read), crop (cut through a digit box), dark, blur, small
(too few pixels), wrong (no page of this form), tag (the page's tag covered). Form number i of a seed is the
same whatever --count and --jobs are; ink of real boxes comes only from the blocks of --split."""
import argparse
import csv
import multiprocessing
import os
import sys

import cv2
import numpy as np

import common
import forms

PAGE = (600.0, 900.0)
LEVELS = {  # degrees of pitch/yaw, roll; mm of curl; share of shadow; blur and noise sigma; JPEG quality; long side
    "easy": dict(tilt=5, roll=2, curl=0.8, shadow=0.15, blur=(0.45, 0.8), noise=(1.5, 4), jpeg=(84, 95), size=1.0, far=1.0),
    "medium": dict(tilt=13, roll=5, curl=2.5, shadow=0.35, blur=(0.6, 1.15), noise=(3, 7), jpeg=(72, 90), size=0.9, far=0.92),
    "hard": dict(tilt=22, roll=9, curl=6.0, shadow=0.55, blur=(0.8, 1.6), noise=(5, 11), jpeg=(55, 80), size=0.75, far=0.85),
}


class Bend:
    """How the paper lies: a displacement in mm over page coordinates, and the shade it makes."""

    def __init__(self, rng, amount):
        self.waves = [(rng.uniform(0.2, 1.0) * amount, rng.uniform(0, 2 * np.pi), rng.uniform(0, 2 * np.pi),
                       rng.uniform(250, 700), rng.uniform(0, 2 * np.pi)) for _ in range(3)]
        self.creases = []
        if rng.random() < 0.25 + amount * 0.1:
            for axis in (0, 1):
                if rng.random() < 0.8:
                    self.creases.append((axis, PAGE[axis] * rng.uniform(0.4, 0.6), rng.normal(0, 0.25 * amount), rng.normal(0, 0.06)))

    def shift(self, p):
        d = np.zeros_like(p)
        for a, turn, phase, length, way in self.waves:
            s = a * np.sin((p[..., 0] * np.cos(turn) + p[..., 1] * np.sin(turn)) * 2 * np.pi / length + phase)
            d[..., 0] += s * np.cos(way)
            d[..., 1] += s * np.sin(way)
        for axis, at, kink, _ in self.creases:
            d[..., axis] += kink * np.maximum(0, 1 - np.abs(p[..., axis] - at) / 150)
        return d

    def shade(self, p):
        g = np.ones(p.shape[:2], np.float32)
        for a, turn, phase, length, _ in self.waves:
            g += 0.02 * a * np.cos((p[..., 0] * np.cos(turn) + p[..., 1] * np.sin(turn)) * 2 * np.pi / length + phase)
        for axis, at, _, dark in self.creases:
            u = p[..., axis] - at
            g += np.where(u > 0, dark, -dark) * np.exp(-np.abs(u) / 60)
        return g


def homography(rng, level, width, height, turn):
    """From page mm to photo pixels: a camera before the tilted page, the page well inside."""
    k = LEVELS[level]
    a, b = np.radians(rng.uniform(-k["tilt"], k["tilt"], 2))
    c = np.radians(rng.uniform(-k["roll"], k["roll"]) + turn)
    rx = np.array([[1, 0, 0], [0, np.cos(a), -np.sin(a)], [0, np.sin(a), np.cos(a)]])
    ry = np.array([[np.cos(b), 0, np.sin(b)], [0, 1, 0], [-np.sin(b), 0, np.cos(b)]])
    rz = np.array([[np.cos(c), -np.sin(c), 0], [np.sin(c), np.cos(c), 0], [0, 0, 1]])
    r = rx @ ry @ rz
    centre = np.array([[1, 0, -PAGE[0] / 2], [0, 1, -PAGE[1] / 2], [0, 0, 1]])
    plane = np.stack([r[:, 0], r[:, 1], [0, 0, rng.uniform(950, 1500)]], 1)
    h = plane @ centre
    corners = apply(h, np.array([[0, 0], [PAGE[0], 0], PAGE, [0, PAGE[1]]], float))
    lo, hi = corners.min(0), corners.max(0)
    scale = min(width / (hi[0] - lo[0]), height / (hi[1] - lo[1])) * rng.uniform(0.9, 0.985) * rng.uniform(k["far"], 1.0)
    room = np.array([width, height]) - (hi - lo) * scale
    off = room * rng.uniform(0.2, 0.8, 2) - lo * scale
    return np.array([[scale, 0, off[0]], [0, scale, off[1]], [0, 0, 1]]) @ h


def apply(h, p):
    q = p @ h[:2, :2].T + h[:2, 2]
    return q / (p @ h[2, :2] + h[2, 2])[..., None]


WALL = 1.25  # pixels per mm of the wall behind
WALL_BOX = (-900, -350, 2400, 1600)


def wall(rng, neighbours):
    """What is behind the page, in page mm: a painted or boarded wall, pages taped beside."""
    w, h = int(WALL_BOX[2] * WALL), int(WALL_BOX[3] * WALL)
    base = rng.integers(60, 215) + rng.normal(0, 14, 3)
    img = np.empty((h, w, 3), np.uint8)
    img[:] = np.clip(base, 20, 235).astype(np.uint8)
    if rng.random() < 0.4:
        step = int(rng.uniform(90, 200) * WALL)
        for x in range(int(rng.integers(step)), w, step):
            cv2.line(img, (x, 0), (x, h), np.clip(base * 0.7, 0, 255).tolist(), int(rng.integers(1, 4)))
    for side, page in neighbours:
        small = cv2.resize(page, (int(PAGE[0] * WALL), int(PAGE[1] * WALL)), interpolation=cv2.INTER_AREA)
        gap = rng.uniform(12, 60)
        x0 = int(((-PAGE[0] - gap if side < 0 else PAGE[0] + gap) - WALL_BOX[0]) * WALL)
        y0 = int((rng.normal(0, 12) - WALL_BOX[1]) * WALL)
        x1, xs = max(x0, 0), max(0, -x0)
        part = small[:, xs:xs + w - x1]
        img[y0:y0 + part.shape[0], x1:x1 + part.shape[1]] = part
    return img


def light(rng, level, rows, cols, strength=1.0):
    """Gain over the photo at low resolution: lamp, shadows (a head, an arm), tint. BGR, 1 = as is."""
    k = LEVELS[level]
    y, x = np.mgrid[0:rows, 0:cols].astype(np.float32)
    x, y = x / cols, y / rows
    t = rng.uniform(0, 2 * np.pi)
    g = 1 + rng.uniform(0, 0.3) * k["shadow"] / 0.35 * ((x - 0.5) * np.cos(t) + (y - 0.5) * np.sin(t))
    for _ in range(rng.integers(0, 3) if level != "hard" else rng.integers(1, 4)):
        cx, cy, rx, ry = rng.uniform(0, 1), rng.uniform(0, 1), rng.uniform(0.1, 0.5), rng.uniform(0.1, 0.5)
        d = np.sqrt(((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2)
        g *= 1 - rng.uniform(0.2, 1.0) * k["shadow"] / (1 + np.exp(np.minimum((d - 1) * rng.uniform(4, 25), 60)))
    g = np.maximum(g, 0.35) * rng.uniform(0.72, 1.02) * strength  # what a person could still read
    warm = rng.normal(0.03, 0.06)
    tint = np.array([1 - max(0, warm) * 1.6, 1.0, 1 + min(0, warm) * 1.2], np.float32)
    return np.clip(g[..., None] * tint, 0, 1.25)


def tape_and_fingers(rng, img, h, level):
    scale = np.linalg.norm(np.diff(apply(h, np.array([[300, 450], [310, 450]], float)), axis=0)) / 10
    for corner in ((0, 0), (600, 0), (600, 900), (0, 900)):
        if rng.random() < 0.6:
            c = apply(h, np.array([corner], float))[0]
            box = cv2.boxPoints(((float(c[0]), float(c[1])), (45 * scale, 20 * scale), float(rng.choice([45, -45, 0, 90]) + rng.normal(0, 8))))
            colour = ((150, 170, 185), (60, 50, 190), (190, 190, 190))[rng.integers(3)]
            cv2.fillConvexPoly(img, box.astype(np.int32), colour, cv2.LINE_AA)
    if level == "hard" and rng.random() < 0.3:  # a finger holds the lower edge
        c = apply(h, np.array([[rng.uniform(100, 500), 905.0]]))[0]
        cv2.ellipse(img, (int(c[0]), int(c[1])), (int(11 * scale), int(26 * scale)), 0, 0, 360, (110, 140, 190), -1, cv2.LINE_AA)


class Camera:
    def __init__(self):
        rng = np.random.default_rng(7)
        n = rng.normal(0, 30, (3400, 4300)).astype(np.float32)
        n += cv2.GaussianBlur(rng.normal(0, 90, n.shape).astype(np.float32), (0, 0), 1.0)
        self.noise = np.clip(128 + n, 0, 255).astype(np.uint8)  # sigma about 40
        self.sigma = float(self.noise.std())

    def shoot(self, rng, page, neighbours, px, level, long_side, refuse, boxes):
        """The photo, and the corners of boxes ((n,4,2) mm -> pixels). neighbours None: no wall, which is quicker."""
        k = LEVELS[level]
        long_side = int(long_side * rng.uniform(0.9, 1.0) * k["size"] ** rng.uniform(0, 1))
        if refuse == "small":
            long_side = int(rng.integers(380, 560))
        ratio = (3 / 4, 9 / 16)[int(rng.random() < 0.25)]
        width, height = int(long_side * ratio), long_side
        turn = 180 if refuse == "upside" else 0
        h = homography(rng, level, width, height, turn)
        bend = Bend(rng, rng.uniform(0.3, 1.0) * k["curl"])
        if refuse == "crop":
            h = self._cut(rng, h, boxes, width, height)
        img = self._project(rng, page, neighbours, px, h, bend, width, height)
        tape_and_fingers(rng, img, h, level)
        img = self._light(rng, img, h, bend, level, 0.13 if refuse == "dark" else 1.0)
        sigma = rng.uniform(*k["blur"]) * long_side / 2600 + 0.15
        if refuse == "blur":
            sigma = long_side / 2600 * rng.uniform(9, 16)
        img = cv2.GaussianBlur(img, (0, 0), sigma)
        if level == "hard" and rng.random() < 0.35:
            n = int(rng.integers(3, 6))
            kernel = np.zeros((n, n), np.float32)
            cv2.line(kernel, (0, int(rng.integers(n))), (n - 1, int(rng.integers(n))), 1.0)
            img = cv2.filter2D(img, -1, kernel / kernel.sum())
        beta = rng.uniform(*k["noise"]) / self.sigma
        y, x = rng.integers(0, self.noise.shape[0] - 64), rng.integers(0, self.noise.shape[1] - 64)
        tile = np.roll(self.noise, (-y, -x), (0, 1)) if max(height, width) > 2900 else None
        noise = self._tile(y, x, height, width) if tile is None else np.tile(tile, (2, 2))[:height, :width]
        img = cv2.addWeighted(img, 1.0, cv2.merge([noise] * 3), beta, -128 * beta)
        p = boxes.reshape(-1, 2)
        q = p.copy()
        for _ in range(6):  # photo = h(q) with q + shift(q) = p
            q = p - bend.shift(q)
        return img, apply(h, q).reshape(-1, 4, 2), int(rng.uniform(*k["jpeg"]))

    def _tile(self, y, x, height, width):
        y, x = y % max(1, self.noise.shape[0] - height), x % max(1, self.noise.shape[1] - width)
        return self.noise[y:y + height, x:x + width]

    @staticmethod
    def _cut(rng, h, boxes, width, height):
        """Moves the view so that its edge goes through a digit box."""
        c = apply(h, boxes[rng.integers(len(boxes))].mean(0)[None])[0]
        to_edge = [(c[0], (-c[0], 0)), (width - c[0], (width - c[0], 0)), (c[1], (0, -c[1])), (height - c[1], (0, height - c[1]))]
        shift = min(to_edge)[1]
        return np.array([[1, 0, shift[0]], [0, 1, shift[1]], [0, 0, 1]]) @ h

    @staticmethod
    def _project(rng, page, neighbours, px, h, bend, width, height):
        if neighbours is None:
            img = np.full((height, width, 3), rng.integers(60, 215), np.uint8)
        else:
            to_wall = np.array([[WALL, 0, -WALL_BOX[0] * WALL], [0, WALL, -WALL_BOX[1] * WALL], [0, 0, 1]])
            img = cv2.warpPerspective(wall(rng, neighbours), h @ np.linalg.inv(to_wall), (width, height),
                                      flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        here = np.linalg.norm(np.diff(apply(h, np.array([[300, 450], [310, 450]], float)), axis=0)) / 10
        if here < px * 0.7:
            small = max(here * 1.15, 0.4) / px
            page = cv2.resize(page, None, fx=small, fy=small, interpolation=cv2.INTER_AREA)
        p, cols, rows = coarse(h, width, height)
        p = (p + bend.shift(p)) * (page.shape[1] / PAGE[0]) - 0.5
        full = cv2.resize(p.astype(np.float32), (cols * STEP, rows * STEP), interpolation=cv2.INTER_LINEAR)
        full = np.ascontiguousarray(full[STEP:STEP + height, STEP:STEP + width])
        return cv2.remap(page, full, None, cv2.INTER_LINEAR, dst=img, borderMode=cv2.BORDER_TRANSPARENT)

    @staticmethod
    def _light(rng, img, h, bend, level, strength):
        height, width = img.shape[:2]
        p, cols, rows = coarse(h, width, height)
        g = light(rng, level, rows, cols, strength) * bend.shade(p)[..., None]
        g = np.clip(g * 200, 0, 255)
        full = cv2.resize(g.astype(np.uint8), (cols * STEP, rows * STEP), interpolation=cv2.INTER_LINEAR)
        return cv2.multiply(img, np.ascontiguousarray(full[STEP:STEP + height, STEP:STEP + width]), scale=1 / 200)


STEP = 16


def coarse(h, width, height):
    """Page mm under every STEP-th photo pixel, one cell more on each side."""
    cols, rows = width // STEP + 3, height // STEP + 3
    u = (np.arange(cols) + 0.5) * STEP - 0.5 - STEP
    v = (np.arange(rows) + 0.5) * STEP - 0.5 - STEP
    grid = np.stack(np.meshgrid(u, v), -1)
    return apply(np.linalg.inv(h), grid), cols, rows


def box_corners(spec):
    out = [[(b["x"], b["y"]), (b["x"] + b["w"], b["y"]), (b["x"] + b["w"], b["y"] + b["h"]), (b["x"], b["y"] + b["h"])]
           for f in spec["fields"] for b in f["boxes"]]
    return np.array(out, float)


def wrong_page(rng, page, px):
    """A page that is none of this form: its tag names another one, or there is no form at all."""
    page = page.copy()
    if rng.random() < 0.5:
        p = [round(v * px) for v in (494.1, 107.3, 526.1, 139.3)]
        page[p[1]:p[3], p[0]:p[2]] = np.rot90(page[p[1]:p[3], p[0]:p[2]]).transpose(1, 0, 2)[:p[3] - p[1], :p[2] - p[0]]
        return page  # mirrored: no valid tag of the family
    page[:] = 240
    for y in range(60, 860, 14):
        cv2.putText(page, "".join(rng.choice(list("abcdefghij klmnop "), 46)), (round(60 * px), round(y * px)),
                    cv2.FONT_HERSHEY_SIMPLEX, px * 0.3, (40, 40, 40), 2, cv2.LINE_AA)
    return page


class Maker:
    def __init__(self, args):
        self.args = args
        self.filler = forms.Filler(os.path.join(args.out, "cache"), forms.Inks(args.split), args.px)
        self.camera = Camera()
        cv2.setNumThreads(1)

    def make(self, i):
        a = self.args
        rng = np.random.default_rng([a.seed, i])
        name = f"{a.prefix}{i:05d}"
        form = forms.Form(rng, name, str(rng.choice(a.style)), rng.random() >= a.inconsistent, rng.random() < 0.82)
        base = rng.uniform(225, 255)
        pages = self.filler.pages(rng, form, np.clip(base + rng.normal(0, 2.5, 3), 200, 255))
        rows = {"truth": [], "boxes": [], "bubbles": [], "forms": [(name, form.style, form.wrong_field)]}
        for field, marks in form.bubbles.items():
            for b, (kind, filled) in enumerate(marks):
                rows["bubbles"].append((name, field, b, kind, "".join(map(str, filled))))
        for n, spec in enumerate(self.filler.geometry["pages"]):
            self._photo(rng, form, pages, n, spec, rows)
        return rows

    def _photo(self, rng, form, pages, n, spec, rows):
        a = self.args
        level = str(rng.choice(a.level))
        refuse = ""
        if rng.random() < a.unreadable:
            refuse = str(rng.choice(["crop", "crop", "dark", "blur", "small", "wrong", "tag"]))
        elif rng.random() < a.upside:
            refuse = "upside"
        page = pages[n]
        if refuse == "wrong":
            page = wrong_page(rng, page, self.filler.px)
        elif refuse == "tag":
            page = page.copy()
            p = [round(v * self.filler.px) for v in (488, 101, 530 - rng.uniform(0, 12), 145)]
            page[p[1]:p[3], p[0]:p[2]] = (120, 140, 160)
        neighbours = [(side, pages[(n + side) % 3]) for side in (-1, 1) if rng.random() < 0.45]
        size = a.size[0] if len(a.size) == 1 else rng.uniform(*a.size)
        img, corners, quality = self.camera.shoot(rng, page, neighbours, self.filler.px, level, size, refuse, box_corners(spec))
        name = os.path.join(a.out, "photos", f"{form.name}_p{n + 1}.jpg")
        if not cv2.imwrite(name, img, [cv2.IMWRITE_JPEG_QUALITY, quality]):
            raise SystemExit(f"photos: cannot write {name}")
        k = 0
        for f in spec["fields"]:
            rows["truth"].append((form.name, n + 1, f["field"], form.value[f["field"]], form.written[f["field"]], form.style,
                                  level, refuse))
            for b in range(3):
                rows["boxes"].append((form.name, n + 1, f["field"], b, *[f"{v:.2f}" for v in corners[k].ravel()]))
                k += 1


HEADS = {
    "truth": "form,page,field,value,written,style,level,refuse",
    "boxes": "form,page,field,box,x0,y0,x1,y1,x2,y2,x3,y3",
    "bubbles": "form,field,box,kind,filled",
    "forms": "form,style,wrong_field",
}
MAKER = None


def start(args):
    global MAKER
    MAKER = Maker(args)


def make(i):
    return MAKER.make(i)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--out", required=True)
    p.add_argument("--count", type=int, default=100)
    p.add_argument("--first", type=int, default=0, help="number of the first form")
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--split", choices=("train", "calibrate", "test"), default="test")
    p.add_argument("--size", default="2000-2900", help="long side in pixels, one number or a range; 12 MP is 4000")
    p.add_argument("--level", default="easy,medium,medium,hard")
    p.add_argument("--style", default="hand,segment,real")
    p.add_argument("--inconsistent", type=float, default=0.1)
    p.add_argument("--unreadable", type=float, default=0.05)
    p.add_argument("--upside", type=float, default=0.05)
    p.add_argument("--prefix", default="G")
    p.add_argument("--px", type=float, default=3.2, help="pixels per mm of the drawn page")
    p.add_argument("--jobs", type=int, default=1)
    args = p.parse_args()
    args.size = [float(v) for v in args.size.split("-")]
    args.level, args.style = args.level.split(","), args.style.split(",")
    os.makedirs(os.path.join(args.out, "photos"), exist_ok=True)
    files = {k: open(os.path.join(args.out, k + ".csv"), "w", newline="") for k in HEADS}
    out = {k: csv.writer(f, lineterminator="\n") for k, f in files.items()}
    for k, head in HEADS.items():
        out[k].writerow(head.split(","))
    forms.blank_pages(os.path.join(args.out, "cache"), args.px)  # once, before workers ask for them
    with multiprocessing.Pool(args.jobs, start, (args,)) as pool:
        todo = range(args.first, args.first + args.count)
        for n, rows in enumerate(pool.imap(make, todo), 1):
            for k in HEADS:
                out[k].writerows(rows[k])
            if n % 25 == 0 or n == args.count:
                print(f"\rphotos: {n} of {args.count} forms", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)


if __name__ == "__main__":
    main()

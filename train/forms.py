"""A station's form: invented figures, then the three pages filled in with a pen.

The blank pages are the official PDF rendered once (poppler's pdftoppm) and kept beside the output.
Figures, names and signatures are invented; nothing here is a person's."""
import math
import os
import subprocess

import cv2
import numpy as np

import common
import ink

FIELD_ERRORS = ("off by one", "off by ten", "digits swapped", "another digit")
PLACES = ("SUKAMAJU MEKARSARI WONOSARI TANJUNG SAMBAS KARANGANYAR PADANGSARI CIBEUREUM BANJARSARI RAWABADAK "
          "LABUHAN TELUKDALAM MARGAHAYU SIDOMULYO KOTABARU PULOGADUNG").split()
NAMES = "JOKO SITI BUDI RINA AGUS TRI ANDI DEWI YANTI EKO".split()
UNITS = "NOL SATU DUA TIGA EMPAT LIMA ENAM TUJUH DELAPAN SEMBILAN SEPULUH SEBELAS".split()


def words(n):
    if n < 12:
        return UNITS[n]
    if n < 20:
        return UNITS[n - 10] + " BELAS"
    if n < 100:
        return UNITS[n // 10] + " PULUH" + (" " + UNITS[n % 10] if n % 10 else "")
    head = "SERATUS" if n < 200 else UNITS[n // 100] + " RATUS"
    return head + (" " + words(n % 100) if n % 100 else "")


def blank_pages(cache, px):
    """The three official pages as grey images at px pixels per mm."""
    pages = []
    for p in (1, 2, 3):
        name = os.path.join(cache, f"blank-{px:g}-{p}.png")
        if not os.path.exists(name):
            os.makedirs(cache, exist_ok=True)
            pdf = os.path.join(common.DATA, "forms", "C.HASIL-PPWP.pdf")
            tmp = os.path.join(cache, f"tmp{os.getpid()}")
            subprocess.run(["pdftoppm", "-r", str(px * 25.4), "-gray", "-png", "-f", str(p), "-l", str(p), "-singlefile",
                            pdf, tmp], check=True)
            os.replace(tmp + ".png", name)
        pages.append(cv2.imread(name, cv2.IMREAD_GRAYSCALE))
    return pages


def figures(rng):
    """A form that adds up."""
    v = {}
    def three(name, l, p):
        v[name + "_l"], v[name + "_p"], v[name + "_j"] = l, p, l + p
    dpt = int(rng.integers(120, 301))
    l = int(rng.binomial(dpt, 0.5))
    three("pemilih_dpt", l, dpt - l)
    turnout = rng.uniform(0.6, 0.95)
    ul, up = int(rng.binomial(l, turnout)), int(rng.binomial(dpt - l, turnout))
    three("pengguna_dpt", ul, up)
    few = lambda most: 0 if rng.random() < 0.35 else int(rng.integers(0, most))
    three("pengguna_dptb", few(6), few(6))
    three("pengguna_non_dpt", few(12), few(12))
    for s in "lpj":
        v["pengguna_total_" + s] = sum(v[f"{k}_{s}"] for k in ("pengguna_dpt", "pengguna_dptb", "pengguna_non_dpt"))
    used = v["pengguna_total_j"]
    received = max(math.ceil(dpt * 1.02), used)
    spoilt = min(received - used, 0 if rng.random() < 0.7 else int(rng.integers(1, 4)))
    v.update(surat_suara_diterima=received, surat_suara_digunakan=used, surat_suara_dikembalikan=spoilt,
             surat_suara_tidak_digunakan=received - used - spoilt)
    three("disabilitas", few(4), few(4))
    invalid = int(rng.integers(0, 12))
    share = rng.dirichlet((2.0, 4.0, 1.5))
    s = rng.multinomial(used - invalid, share)
    v.update(suara_1=int(s[0]), suara_2=int(s[1]), suara_3=int(s[2]), suara_sah=used - invalid, suara_tidak_sah=invalid,
             suara_total=used)
    return v


def contradict(rng, v):
    """One field is written other than it should be; returns its name."""
    summed = [k for k in v if not k.startswith("disabilitas")]
    while True:
        k = str(rng.choice(summed))
        old, d = v[k], list(f"{v[k]:03d}")
        kind = rng.integers(4)
        if kind == 0:
            new = old + int(rng.choice([-1, 1]))
        elif kind == 1:
            new = old + int(rng.choice([-10, 10]))
        elif kind == 2:
            i = int(rng.integers(2))
            d[i], d[i + 1] = d[i + 1], d[i]
            new = int("".join(d))
        else:
            d[rng.integers(3)] = str(rng.integers(10))
            new = int("".join(d))
        if new != old and 0 <= new <= 999:
            v[k] = new
            return k


class Inks:
    """Where digits come from: the sources of one split."""

    def __init__(self, split):
        images, labels = common.mnist(split)
        self.mnist = [images[labels == d] for d in range(10)]
        boxes = common.Boxes()
        self.real = [[] for _ in range(11)]
        for i in boxes.of(split):
            if boxes.label[i] < 11:
                a = ink.real_ink(boxes.images[i])
                side = None if a is None else max(a[12:-12, k].mean() for k in (*range(9, 22), *range(-22, -9)))
                if a is not None and side < 0.5:  # else a piece of the frame was left in
                    self.real[boxes.label[i]].append(a)

    def draw(self, rng, pen, style, what):
        """what: 0-9, 'X', '-' or ' '. Returns an alpha patch, or None for nothing."""
        if what == " ":
            return None
        if what == "-":
            return ink.dash(rng, pen)
        if style == "real":
            pool = self.real[10 if what == "X" else int(what)]
            return pool[rng.integers(len(pool))] * pen.flow
        if what == "X":
            return ink.cross(rng, pen)
        d = int(what)
        if style == "hand":
            return ink.mnist_ink(rng, pen, self.mnist[d][rng.integers(len(self.mnist[d]))])
        return ink.segment(rng, pen, d) if style == "segment" else ink.free(rng, pen, d)


PENS = ((30, 30, 30), (20, 20, 24), (120, 50, 20), (150, 60, 25), (110, 30, 40), (60, 50, 50))  # BGR


class Form:
    """What a station wrote: figures, the three boxes of each field, pen, style, bubbles."""

    def __init__(self, rng, name, style, consistent, good_bubbles):
        self.name, self.style = name, style
        self.value = figures(rng)
        self.wrong_field = "" if consistent else contradict(rng, self.value)
        self.pen = ink.Pen(rng)
        self.colour = np.array(PENS[rng.integers(len(PENS))], np.float32)
        fill = str(rng.choice(["X", "0", " ", "-"], p=[0.68, 0.14, 0.13, 0.05]))
        zeros = rng.random() < 0.6  # a zero is written 000, else with the fill
        self.written = {}
        for k, v in self.value.items():
            self.written[k] = "000" if v == 0 and zeros else str(v).rjust(3, fill)
        self.bubbles = {k: self._bubbles(rng, w, good_bubbles) for k, w in self.written.items()
                        if k in ("suara_1", "suara_2", "suara_3")}

    @staticmethod
    def _bubbles(rng, written, good):
        """For each box (kind, digits filled): good, missing, sloppy, wrong or double."""
        out = []
        for c in written:
            d = int(c) if c.isdigit() else 0
            kind = "good" if good or rng.random() < 0.80 else str(rng.choice(["missing", "sloppy", "wrong", "double"]))
            other = int((d + rng.integers(1, 10)) % 10)
            filled = {"good": [d], "sloppy": [d], "missing": [], "wrong": [other], "double": [d, other]}[kind]
            if kind == "good" and c in "X -" and rng.random() < 0.5:
                filled = []  # an unused box: the 0 is filled or not, both are seen
            out.append((kind, filled))
        return out


class Filler:
    """Writes forms into copies of the blank pages."""

    def __init__(self, cache, inks, px=3.2):
        self.px, self.inks = px, inks
        self.geometry = common.geometry()
        self.blank = [cv2.cvtColor(p, cv2.COLOR_GRAY2BGR) for p in blank_pages(cache, px)]

    def pages(self, rng, form, tint):
        """The three pages, BGR, on paper of the given tint."""
        out = []
        for spec, blank in zip(self.geometry["pages"], self.blank):
            page = cv2.multiply(blank, (*[float(t) for t in tint], 0.0), scale=1 / 255)
            self._header(rng, page, form, spec["page"])
            for f in spec["fields"]:
                self._field(rng, page, form, f)
            self._signatures(rng, page, form, spec["signatures"])
            out.append(page)
        return out

    def stamp(self, page, alpha, x, y, w, h, colour):
        """Blends an alpha patch over the rectangle (mm)."""
        if alpha is None:
            return
        p = self.px
        x0, y0, x1, y1 = round(x * p), round(y * p), round((x + w) * p), round((y + h) * p)
        a = cv2.resize(alpha, (x1 - x0, y1 - y0), interpolation=cv2.INTER_AREA)[:, :, None]
        view = page[y0:y1, x0:x1]
        view[:] = (view * (1 - a) + np.minimum(view, colour) * a).astype(np.uint8)

    def _field(self, rng, page, form, f):
        for box, what in zip(f["boxes"], form.written[f["field"]]):
            self.stamp(page, self.inks.draw(rng, form.pen, form.style, what), box["x"], box["y"], box["w"], box["h"],
                       form.colour)
        if "bubbles" in f:
            for b, (kind, filled) in zip(f["boxes"], form.bubbles[f["field"]]):
                for c in f["bubbles"]:
                    if c["place"] == b["place"] and c["digit"] in filled:
                        self._fill(rng, page, form, c, kind == "sloppy")
        if "tally" in f:
            self._tally(rng, page, form, f["tally"], form.value[f["field"]])
        if "words" in f:
            w = f["words"]
            lines, text = [], words(form.value[f["field"]]).split()
            while text:
                line = text.pop(0)
                while text and len(line) + len(text[0]) < w["w"] / 13:
                    line += " " + text.pop(0)
                lines.append(line)
            for i, line in enumerate(lines[:3]):
                self.text(rng, page, form, line, w["x"] + 6, w["y"] + 14 + 14 * i, 9.0)

    def _fill(self, rng, page, form, c, sloppy):
        side = 40
        a = np.zeros((side, side), np.uint8)
        if sloppy and rng.random() < 0.5:  # a tick or a few strokes
            p = rng.uniform(6, side - 6, (int(rng.integers(3, 6)), 2))
            cv2.polylines(a, [p.astype(np.int32)], False, 255, int(rng.integers(3, 7)), cv2.LINE_AA)
        else:
            r = side * (rng.uniform(0.22, 0.32) if sloppy else rng.uniform(0.37, 0.47))
            t = np.linspace(0, 2 * np.pi, 14, endpoint=False)
            p = np.stack([np.cos(t), np.sin(t)], 1) * r * rng.normal(1, 0.07, (14, 1)) + side / 2 + rng.normal(0, 2.0, 2)
            cv2.fillPoly(a, [p.astype(np.int32)], 255, cv2.LINE_AA)
        alpha = a.astype(np.float32) / 255 * form.pen.flow
        if rng.random() < 0.4:  # hatched rather than filled
            alpha *= np.clip(0.45 + rng.random((side, 1)) * 0.8, 0, 1)
        d = c["d"] * 1.15
        self.stamp(page, alpha, c["cx"] - d / 2, c["cy"] - d / 2, d, d, form.colour)

    def line(self, rng, page, form, points, width, wobble=0.3):
        p = (np.asarray(points, float) + rng.normal(0, wobble, (len(points), 2))) * self.px
        cv2.polylines(page, [np.round(p * 16).astype(np.int32)], False, form.colour.tolist(), max(1, round(width * self.px)),
                      cv2.LINE_AA, 4)

    def text(self, rng, page, form, text, x, y, size):
        """Capitals about size mm high; the baseline is y."""
        k = size * self.px / 21.0
        at = (round(x * self.px), round((y + rng.normal(0, 0.5)) * self.px))
        cv2.putText(page, text, at, cv2.FONT_HERSHEY_SIMPLEX, k * rng.uniform(0.9, 1.05), form.colour.tolist(),
                    max(1, round(0.75 * self.px)), cv2.LINE_AA)

    def _tally(self, rng, page, form, t, value):
        xs, ys = t["column_edges"], t["row_edges"]
        left, row = value, 0
        while left > 0 and row < 5:
            for col in range(12):
                n = min(5, left)
                left -= n
                x0, w, y0, h = xs[col], xs[col + 1] - xs[col], ys[row], ys[row + 1] - ys[row]
                for k in range(min(4, n)):
                    x = x0 + w * (0.25 + 0.15 * k)
                    self.line(rng, page, form, [(x + 0.6, y0 + h * 0.15), (x - 0.6, y0 + h * 0.85)], 0.8)
                if n == 5:
                    self.line(rng, page, form, [(x0 + w * 0.12, y0 + h * 0.7), (x0 + w * 0.88, y0 + h * 0.3)], 0.8)
            self._row_sum(rng, page, form, t["row_sum_boxes"][row], min(60, value - 60 * row))
            row += 1
        if row < 5 and rng.random() < 0.7:  # unused rows are struck with a Z
            self.line(rng, page, form, [(xs[0] + 2, ys[row] + 2), (xs[-1] - 2, ys[row] + 2), (xs[0] + 2, ys[5] - 2),
                                        (xs[-1] - 2, ys[5] - 2)], 0.8, 1.5)

    def _row_sum(self, rng, page, form, b, n):
        for i, c in enumerate(f"{n:2d}"):
            if c != " ":
                e = b["column_edges"]
                self.stamp(page, ink.free(rng, form.pen, int(c)), e[i] - 1, b["y"] + b["h"] / 2 - 7, 14, 14, form.colour)

    def _header(self, rng, page, form, number):
        p = lambda: str(rng.choice(PLACES))
        if number == 1:
            for t, x in (("RABU", 112), ("EMPAT BELAS", 186), ("FEBRUARI", 278), ("DUA RIBU DUA PULUH EMPAT", 372)):
                self.text(rng, page, form, t, x, 165, 5)
            at = ((131, 209), (131, 221), (327, 209), (327, 221), (326, 234), (352, 234))
        else:
            at = ((164, 88), (164, 100), (359, 88), (359, 100), (356, 112), (384, 112))
        tps = int(rng.integers(1, 60))
        for t, (x, y) in zip((p(), p(), p(), p(), f"{tps:03d}", words(tps)), at):
            self.text(rng, page, form, t, x, y, 5)
        if number == 3:
            self.text(rng, page, form, p(), 180, 367, 6)

    def _signatures(self, rng, page, form, s):
        for k in range(10):
            x = s["x"] + (s["w"] / 7 * (k + 0.5) if k < 7 else s["w"] / 3 * (k - 6.5))
            y = s["y"] + s["h"] * (0.24 if k < 7 else 0.78)
            if k >= 7 and rng.random() < 0.3:
                continue
            n = int(rng.integers(5, 9))
            pts = np.stack([np.linspace(-11, 11, n), rng.normal(0, 5, n)], 1)
            self.line(rng, page, form, ink._spline(pts) + (x, y), 0.7, 0.0)
            self.text(rng, page, form, str(rng.choice(NAMES)), x - 8, y + s["h"] * 0.14, 3.5)

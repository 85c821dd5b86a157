"""Ink for one digit box: an alpha patch (0 paper, 1 ink) of S x S pixels, the box with its frame.

Styles: segment (along the dotted guide, as the officers are taught), pen (free hand, drawn by
splines), hand (MNIST), real (ink lifted from real boxes); X, dash and blank in each of them.
Everything comes from the numpy Generator that is handed in."""
import cv2
import numpy as np

S = 96  # pixels of a box edge, frame included
GUIDE = (0.285, 0.50, 0.715, 0.175, 0.505, 0.835)  # x left, centre, right; y top, middle, bottom

# Strokes along the guide: letters name its nodes, rows T M B, columns L C R.
SEGMENT = {
    0: [["TL TR BR BL TL"], ["TL BL BR TR TL"], ["TR TL BL BR", "TR BR"]],
    1: [["TC MC BC"], ["TC BC"], ["TC BC"], ["TC BC"], ["TR BR"]],
    2: [["TL TR MR ML BL BR"], ["TL TR MR ML BL BR"], ["TL TR MR", "MR ML BL BR"]],
    3: [["TL TR BR BL", "ML MR"], ["TL TR MR ML", "MR BR BL"], ["TL TR MR BR BL", "MC MR"]],
    4: [["TL ML MR", "TR BR"], ["TL ML MR", "TR MR BR"], ["TL ML MR", "TC BC"], ["TR ML MR", "TR BR"]],
    5: [["TR TL ML MR BR BL"], ["TL ML MR BR BL", "TL TR"]],
    6: [["TR TL BL BR MR ML"], ["TL BL BR MR ML"], ["TR TL ML BL BR MR ML"]],
    7: [["TL TR BR"], ["TL TR BR"], ["ML TL TR BR"], ["TL TR BC"]],
    8: [["TL TR BR BL TL", "ML MR"], ["MR TR TL ML MR BR BL ML"], ["TL TR MR ML TL", "ML BL BR MR"]],
    9: [["MR ML TL TR BR BL"], ["MR ML TL TR BR"], ["TR TL ML MR", "TR BR BL"]],
}

# Free hand: control points of splines in a 0..1 box (x right, y down).
PEN = {
    0: ["55 2 20 8 3 45 12 88 50 98 88 85 97 45 80 10 50 3 40 5", "60 5 25 5 5 40 8 85 45 99 85 85 95 40 70 5"],
    1: ["50 0 50 50 50 100", "58 0 50 50 43 100", "30 18 52 0 52 50 52 100", "28 20 50 0 50 100|22 99 80 99",
        "47 0 50 50 55 100"],
    2: ["8 25 25 4 60 0 85 18 80 42 45 70 5 98 50 96 97 97", "10 18 45 0 82 12 78 45 40 72 12 96 28 84 55 96 95 92"],
    3: ["10 10 50 0 85 15 75 40 40 47 80 55 92 78 65 98 8 92", "8 4 50 3 90 3 55 40 88 58 88 85 50 100 6 90"],
    4: ["30 2 18 35 5 60 50 60 97 58|70 25 70 60 68 100", "62 0 35 32 3 66 50 66 98 66|64 3 64 50 63 100",
        "20 5 15 50 50 55 92 50|85 0 82 50 80 100"],
    5: ["85 3 50 4 22 4 18 40 55 36 90 60 75 95 35 100 5 88", "20 5 16 42 60 38 90 68 65 98 5 92|20 5 55 4 92 2"],
    6: ["75 2 35 20 8 60 15 92 55 99 88 75 65 52 25 60 12 75", "60 0 25 35 8 70 30 99 75 95 85 65 50 52 15 72"],
    7: ["5 6 50 4 92 5 65 45 40 100", "5 20 8 4 50 4 92 5 60 50 45 100", "5 5 50 5 93 4 65 45 42 100|25 50 55 48 88 46",
        "8 8 50 6 88 8 85 50 84 100"],
    8: ["75 12 45 0 15 18 40 45 78 68 70 95 35 99 12 78 45 50 78 25 70 8", "50 48 15 28 35 2 72 8 75 32 50 50 15 75 40 100 82 85 70 60 48 48"],
    9: ["82 15 45 0 10 22 20 48 60 50 85 18 82 60 78 100", "85 20 50 0 10 25 35 52 80 35 88 10 82 55 60 92 15 98",
        "78 10 40 2 12 28 40 50 78 30 80 8 78 60 74 100"],
}


def _chaikin(p, times, closed=False):
    for _ in range(times):
        q = np.empty((2 * len(p) - 2, 2))
        q[0::2] = 0.75 * p[:-1] + 0.25 * p[1:]
        q[1::2] = 0.25 * p[:-1] + 0.75 * p[1:]
        p = np.vstack([p[:1], q, p[-1:]])
    return p


def _spline(p, steps=8):
    """Catmull-Rom through the points."""
    p = np.vstack([2 * p[0] - p[1], p, 2 * p[-1] - p[-2]])
    t = np.linspace(0, 1, steps, endpoint=False)[:, None]
    out = [0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
           for a, b, c, d in zip(p[:-3], p[1:-2], p[2:-1], p[3:])]
    return np.vstack(out + [p[-2:-1]])


def _dense(p, step=0.03):
    out = []
    for a, b in zip(p[:-1], p[1:]):
        n = max(1, int(np.hypot(*(b - a)) / step))
        out.append(a + (b - a) * np.linspace(0, 1, n, endpoint=False)[:, None])
    return np.vstack(out + [p[-1:]])


def _wobble(rng, p, size):
    n = max(2, len(p) // 6 + 2)
    coarse = rng.normal(0, size, (n, 2))
    at = np.linspace(0, n - 1, len(p))
    return p + np.stack([np.interp(at, np.arange(n), coarse[:, k]) for k in (0, 1)], 1)


class Pen:
    """One writer's pen and habits: width (share of the box), wobble, how faithful to the guide."""

    def __init__(self, rng):
        self.width = float(np.exp(rng.normal(np.log(0.052), 0.38)).clip(0.022, 0.14))
        self.wobble = float(rng.uniform(0.002, 0.016))
        self.loose = float(rng.choice([0.010, 0.022, 0.035]))
        self.scale = float(rng.normal(1.0, 0.08))
        self.aspect = float(np.exp(rng.normal(0, 0.10)))
        self.slant = float(rng.normal(0.0, 0.10))
        self.round = int(rng.choice([0, 0, 1, 2, 3]))
        self.flow = float(rng.uniform(0.75, 1.0))  # how black the ink is
        self.dry = float(rng.choice([0.0, 0.0, 0.15, 0.35]))  # streaks of a dry marker
        self.habit = int(rng.integers(1 << 30))  # which variant of a digit this writer uses

    def strokes(self, rng, strokes, shift=0.03):
        """Draws polylines given in box shares (0..1, frame included)."""
        k = 4
        img = np.zeros((S * k // 2, S * k // 2), np.uint8)
        side = S * k // 2
        rot = rng.normal(0, 0.05)
        sc = self.scale * np.exp(rng.normal(0, 0.05))
        m = np.array([[sc * self.aspect, 0], [0, sc / self.aspect]])
        m = np.array([[np.cos(rot), -np.sin(rot)], [np.sin(rot), np.cos(rot)]]) @ np.array([[1, -self.slant], [0, 1]]) @ m
        off = rng.normal(0, shift, 2)
        for p in strokes:
            p = (_wobble(rng, _dense(np.asarray(p, float)), self.wobble) - 0.5) @ m.T + 0.5 + off
            w = max(1, int(round(self.width * side * np.exp(rng.normal(0, 0.08)))))
            cv2.polylines(img, [np.round(p * side * 16).astype(np.int32)], False, 255, w, cv2.LINE_AA, 4)
        return self.finish(rng, cv2.resize(img, (S, S), interpolation=cv2.INTER_AREA).astype(np.float32) / 255)

    def finish(self, rng, alpha):
        if self.dry > 0:
            n = cv2.resize(rng.random((12, 12)).astype(np.float32), (S, S), interpolation=cv2.INTER_CUBIC)
            alpha = alpha * np.clip(1.15 - self.dry * 1.6 * n, 0, 1)
        return alpha * self.flow

    def pick(self, rng, options):
        """A writer mostly keeps one variant."""
        return options[self.habit % len(options) if rng.random() < 0.8 else rng.integers(len(options))]


def segment(rng, pen, digit):
    xs, ys = dict(zip("LCR", GUIDE[:3])), dict(zip("TMB", GUIDE[3:]))
    strokes = []
    for s in pen.pick(rng, SEGMENT[digit]):
        p = np.array([(xs[n[1]], ys[n[0]]) for n in s.split()])
        p = p + rng.normal(0, pen.loose, p.shape)
        if rng.random() < 0.15:  # begins late or ends early
            p[-1] += (p[-2] - p[-1]) * rng.uniform(0, 0.25)
        strokes.append(_chaikin(p, pen.round) if len(p) > 2 else p)
    return pen.strokes(rng, strokes, 0.02)


def free(rng, pen, digit):
    w, h = rng.uniform(0.26, 0.48), rng.uniform(0.45, 0.72)
    if digit == 1:
        w *= 0.7
    strokes = []
    for s in pen.pick(rng, PEN[digit]).split("|"):
        p = np.array(s.split(), float).reshape(-1, 2) / 100 + rng.normal(0, 0.035, (len(s.split()) // 2, 2))
        strokes.append(_spline((p - 0.5) * (w, h) + 0.5) if len(p) > 2 else (p - 0.5) * (w, h) + 0.5)
    return pen.strokes(rng, strokes, 0.04)


def cross(rng, pen):
    w, h = rng.choice([rng.uniform(0.25, 0.6), 0.43, 0.84], p=[0.6, 0.15, 0.25]), 0
    h = min(0.9, w * rng.uniform(0.9, 1.7))
    ends = np.array([(-w, -h), (w, h), (w, -h), (-w, h)]) / 2 + 0.5 + rng.normal(0, 0.025, (4, 2))
    strokes = []
    for a, b in ((0, 1), (2, 3)):
        mid = (ends[a] + ends[b]) / 2 + rng.normal(0, 0.02, 2)
        strokes.append(_spline(np.array([ends[a], mid, ends[b]])))
    return pen.strokes(rng, strokes)


def dash(rng, pen):
    w, y = rng.uniform(0.2, 0.6), 0.5 + rng.normal(0, 0.05)
    return pen.strokes(rng, [np.array([(0.5 - w / 2, y + rng.normal(0, 0.02)), (0.5 + w / 2, y + rng.normal(0, 0.02))])])


def blank(rng):
    """Nothing, sometimes a touch of the pen or a speck."""
    a = np.zeros((S, S), np.float32)
    if rng.random() < 0.15:
        x, y = rng.integers(12, S - 12, 2)
        cv2.circle(a, (int(x), int(y)), int(rng.integers(1, 4)), float(rng.uniform(0.3, 0.9)), -1, cv2.LINE_AA)
    return a


def place(rng, alpha, height, dx=0.0, dy=0.0, turn=0.0):
    """Puts a square alpha image into the box so that it takes `height` of the edge."""
    n = alpha.shape[0]
    k = height * S / n
    c, s = np.cos(turn) * k, np.sin(turn) * k
    m = np.array([[c, -s, 0], [s, c, 0]])
    m[:, 2] = np.array([S * (0.5 + dx), S * (0.5 + dy)]) - m[:, :2] @ [n / 2, n / 2]
    return cv2.warpAffine(alpha, m, (S, S), flags=cv2.INTER_CUBIC).clip(0, 1)


def mnist_ink(rng, pen, image):
    a = cv2.resize(image.astype(np.float32) / 255, (84, 84), interpolation=cv2.INTER_CUBIC)
    thin = rng.uniform(0.25, 0.55)
    a = np.clip((a - thin) / (0.95 - thin) * 1.6, 0, 1)
    # the digit fills 20 of MNIST's 28 pixels
    a = place(rng, a, rng.uniform(0.42, 0.78) * 1.4, rng.normal(0, 0.03), rng.normal(0, 0.03), rng.normal(0, 0.05))
    return pen.finish(rng, a)


def real_ink(image):
    """Ink lifted from a real box, frame left out, or None when there is too little contrast."""
    p = image.astype(np.float32)
    def edge(profile, reverse):
        q = profile[::-1][:8] if reverse else profile[:8]
        return int(np.argmin(q[:6]))
    l, r = edge(p.mean(0), False), edge(p.mean(0), True)
    t, b = edge(p.mean(1), False), edge(p.mean(1), True)
    inner = p[t + 2:28 - b - 2, l + 2:28 - r - 2]
    if min(inner.shape) < 12:
        return None
    paper, ink = np.percentile(inner, 75), np.percentile(inner, 1.5)
    if paper - ink < 35:
        return None
    a = cv2.resize(inner, (S - 18, S - 18), interpolation=cv2.INTER_CUBIC)
    a = np.clip((paper - a) / (paper - ink), 0, 1)
    a = np.clip((a - 0.22) / 0.62, 0, 1)
    ramp = np.minimum(np.arange(S - 18), np.arange(S - 18)[::-1])  # what is left of the frame fades
    fade = np.clip(ramp / 5.0, 0, 1)
    a *= np.minimum(fade[:, None], fade[None, :])
    return np.pad(a, 9).astype(np.float32)

#!/usr/bin/env python3
"""Boxes as the reader itself cuts them from photos of photos.py: its finding, snapping and errors included.

    REKAP_DATA=... train/readercrops.py --photos DIR --out FILE.npz [--snap SNAP.npz] [--readgates build/bench/readgates]

DIR is photos.py's --out. Photos that the reader refuses give no boxes. The file holds x, y, style, level, form as that of
crops.py; --snap writes how far the reader's corners lay from the true ones, in shares of the box edge (boxes.py uses it).
The reader's net plays no part in it."""
import argparse
import csv
import glob
import os
import subprocess
import tempfile

import numpy as np

import common
import crops as cropping

BATCH = 300


def read(readgates, photos):
    """(form, field, box) -> (pixels, corners)."""
    got = {}
    with tempfile.TemporaryDirectory(prefix="readercrops-") as tmp:
        out = subprocess.run([readgates, "-", tmp, *photos], capture_output=True, text=True, check=True).stdout
        for row in out[out.index("# box\n") + 6:out.index("# photo\n")].splitlines():
            form, _, field, box, *_, = row.split(",")
            corners = np.array(row.split(",")[7:], float).reshape(4, 2)
            with open(os.path.join(tmp, f"{form}-{field}-{box}.pgm"), "rb") as f:
                grey = np.frombuffer(f.read()[-1024:], np.uint8).reshape(32, 32)
            got[form, field, int(box)] = (grey, corners)
    return got


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--photos", required=True)
    p.add_argument("--out", required=True)
    p.add_argument("--snap")
    p.add_argument("--readgates", default=os.path.join(common.HERE, "..", "build", "bench", "readgates"))
    a = p.parse_args()
    def rows(name):
        with open(os.path.join(a.photos, name), newline="") as f:
            return list(csv.DictReader(f))
    truth = {(t["form"], t["field"]): t for t in rows("truth.csv")}
    true = {(b["form"], b["field"], int(b["box"])): np.array([[b[f"x{i}"], b[f"y{i}"]] for i in range(4)], float)
            for b in rows("boxes.csv")}
    photos = sorted(glob.glob(os.path.join(a.photos, "photos", "*.jpg")))
    x, y, style, level, form, error = [], [], [], [], [], []
    for i in range(0, len(photos), BATCH):
        for key, (grey, corners) in read(a.readgates, photos[i:i + BATCH]).items():
            t = truth[key[:2]]
            if t["refuse"] in ("crop", "dark", "blur", "small", "wrong", "tag"):
                continue
            written = t["written"].rjust(3)[key[2]]
            x.append(grey)
            y.append(cropping.label(written))
            style.append(cropping.STYLES.index(t["style"]))
            level.append(cropping.LEVELS.index(t["level"]))
            form.append(int(t["form"].lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")))
            q = true[key]
            error.append((corners - q) / np.linalg.norm(q[1] - q[0]))
    error = np.stack(error)
    np.savez_compressed(a.out, x=np.stack(x), y=np.array(y, np.uint8), style=np.array(style, np.uint8),
                        level=np.array(level, np.uint8), form=np.array(form, np.uint32))
    if a.snap:
        np.savez_compressed(a.snap, error=error.astype(np.float32))
    far = np.abs(error).max((1, 2))
    print(f"{len(y)} boxes in {a.out}; corners off by (shares of the edge) median {np.median(far):.3f}, 95 % {np.quantile(far, .95):.3f}, "
          f"99 % {np.quantile(far, .99):.3f}, over 0.25: {(far > .25).mean():.4f}")


if __name__ == "__main__":
    main()

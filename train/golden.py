#!/usr/bin/env python3
"""Makes what the C code is compared with: drawn boxes (no real ink) and the logits PyTorch gives them.

    REKAP_DATA=... train/golden.py --net net.pt --out tests/golden/digit [--count 512] [--seed 5]

boxes.bin: 512 bytes a box, two pixels a byte, first the high half, grey = 17 * value. Made when it is not
there; a new net gives new logits only. logits.bin: 12 f32 a box, little endian."""
import argparse
import os

import cv2
import numpy as np
import torch

import crops as cropping
import net as nets


def boxes(count, seed):
    """Segment and free digits on photographed pages."""
    cv2.setNumThreads(1)
    args = argparse.Namespace(cache="/tmp/rekap-train", split="train", balanced=True, seed=seed)
    keep, cropping.STYLES = cropping.STYLES, ("segment", "free")
    cutter, out, i = cropping.Cutter(args), [], 0
    while len(out) < count:
        rows = list(cutter.form(i))
        out += [rows[k][0] for k in range(0, 84, 2)]
        i += 1
    cropping.STYLES = keep
    return np.round(np.stack(out[:count]) / 17).astype(np.uint8)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--net", required=True)
    p.add_argument("--out", required=True)
    p.add_argument("--count", type=int, default=512)
    p.add_argument("--seed", type=int, default=5)
    a = p.parse_args()
    torch.set_num_threads(1)
    name = os.path.join(a.out, "boxes.bin")
    if not os.path.exists(name):
        x = boxes(a.count, a.seed).reshape(a.count, -1)
        (x[:, 0::2] << 4 | x[:, 1::2]).tofile(name)
    two = np.fromfile(name, np.uint8).reshape(-1, 512)
    x = np.stack([two >> 4, two & 15], -1).reshape(-1, 32, 32) * 17
    nets.logits(nets.trained(a.net), x).astype("<f4").tofile(os.path.join(a.out, "logits.bin"))


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Makes tests/golden/digit/logits.bin: drawn boxes (no real ink) with the logits PyTorch gives them.

    REKAP_DATA=... train/golden.py --net net.pt --out tests/golden/digit/logits.bin [--count 512] [--seed 5]

Layout: "rekapDG" 0x01, u32 count, count boxes of 512 bytes (two pixels a byte, first the high half;
grey = 17 * value), count * 12 logits as f32; little endian."""
import argparse
import struct

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
    net = nets.Net()
    net.load_state_dict(torch.load(a.net))
    x = boxes(a.count, a.seed).reshape(a.count, -1)
    z = nets.logits(nets.rounded(net), (x * 17).reshape(-1, 32, 32))
    with open(a.out, "wb") as f:
        f.write(b"rekapDG\x01" + struct.pack("<I", a.count))
        f.write((x[:, 0::2] << 4 | x[:, 1::2]).tobytes() + z.astype("<f4").tobytes())


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Malformed images through the sandbox: bench/malformed.py [--count 5000] [--seed 1]

Each must end as a refusal (or, when the damage left a whole picture, as a reading), in under 2 s of computing and
256 MB, and the program must go on to the next."""
import argparse
import collections
import glob
import os
import subprocess
import tempfile
import time

ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), ".."))
READGATES = os.environ.get("READGATES") or os.path.join(ROOT, os.environ.get("BUILD", "build"), "bench", "readgates")


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--count", type=int, default=5000)
    p.add_argument("--seed", default="1")
    a = p.parse_args()
    whole = sorted(glob.glob(os.path.join(ROOT, "tests/golden/read/*.jpg")) + glob.glob(os.path.join(ROOT, "tests/fuzz/corpus/fuzz_photo/*.[jp]*g")))
    result = collections.defaultdict(collections.Counter)
    cpu = rss = done = 0
    start = time.monotonic()
    for first in range(0, a.count, 250):
        with tempfile.TemporaryDirectory(prefix="malformed-") as tmp:
            n = min(250, a.count - first)
            subprocess.run([os.path.join(ROOT, "tests/malformed.py"), tmp, str(n), f"{a.seed}.{first}"] + whole, check=True)
            out = subprocess.run([READGATES, "-", "-"] + sorted(glob.glob(tmp + "/*")), capture_output=True, text=True, check=True).stdout
        rows = out.split("# photo\n")[1].split("\n# ")[0].strip().split("\n")
        assert len(rows) == n, "the reader lost photos"
        for name, refusal, _, _, _, _, ms, kb, *_ in (row.split(",") for row in rows):
            result[name.split("-")[1].split(".")[0]][refusal] += 1
            cpu, rss, done = max(cpu, int(ms)), max(rss, int(kb)), done + 1
    print("| damage | result |\n|---|---|")
    for way, c in sorted(result.items()):
        print(f"| {way} | {', '.join(f'{k} {v}' for k, v in c.most_common())} |")
    print(f"\n{done} images in {time.monotonic() - start:.0f} s; most computing on one {cpu} ms, most memory {rss / 1024:.0f} MB.")
    return 0 if cpu < 2000 and rss < 256 * 1024 else 1


raise SystemExit(main())

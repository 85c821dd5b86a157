#!/usr/bin/env python3
"""Malformed images from a few whole ones, the same for the same seed.

    tests/malformed.py OUT COUNT SEED WHOLE...

Truncated, bits flipped, bytes overwritten, pieces repeated or cut out, headers that promise 65,535 x 65,535
pixels, four-component JPEG, progressive JPEG with hundreds of scans over a huge picture, PNG whose data or text
unfolds a thousandfold, one format inside another."""
import os
import random
import struct
import sys
import zlib


def truncated(r, b):
    return b[:r.randrange(len(b))]


def flipped(r, b):
    b = bytearray(b)
    for _ in range(r.choice((1, 3, 20, 300))):
        b[r.randrange(len(b))] ^= 1 << r.randrange(8)
    return bytes(b)


def overwritten(r, b):
    at, n = r.randrange(len(b)), r.randrange(1, 2000)
    return b[:at] + r.randbytes(n) + b[at + n:]


def spliced(r, b):
    i, j = sorted(r.randrange(len(b)) for _ in range(2))
    return r.choice((b[:i] + b[j:], b[:j] + b[i:], b + b[i:j], b[i:j] + b))


def frame(b):
    """Where the frame header of a JPEG begins, or -1."""
    at = 2
    while at + 9 < len(b) and b[at] == 0xff:
        if b[at + 1] in (0xc0, 0xc1, 0xc2):
            return at
        at += 2 + struct.unpack(">H", b[at + 2:at + 4])[0]
    return -1


def huge(r, b):
    at = frame(b)
    if at < 0:
        return png(r.choice((65535, 2 ** 31 - 1, 20001)), 65535, b"")
    h, w = r.choice(((65535, 65535), (65500, 65500), (65500, 900), (8000, 8000), (7999, 7999), (1, 65500), (0, 100)))
    return b[:at + 5] + struct.pack(">HH", h, w) + b[at + 9:]


def four_parts(r, b):
    at = frame(b)
    if at < 0:
        return flipped(r, b)
    parts = b"".join(bytes((i + 1, 0x11, 0)) for i in range(4))
    sof = b"\xff\xc0" + struct.pack(">HBHHB", 8 + 12, 8, 600, 800, 4) + parts
    adobe = b"\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00" + bytes((r.choice((0, 2)),))
    end = at + 2 + struct.unpack(">H", b[at + 2:at + 4])[0]
    return b[:2] + adobe + b[2:at] + sof + b[end:]


def progressive_bomb(r, b):
    at = frame(b)
    if at < 0:
        return flipped(r, b)
    side = r.choice((2000, 5000, 7990))
    n = b[at + 9]
    head = b[:at] + b"\xff\xc2" + b[at + 2:at + 5] + struct.pack(">HH", side, side) + b[at + 9:at + 10 + 3 * n]
    scan = b"".join(b"\xff\xda" + struct.pack(">HB", 8, 1) + bytes((b[at + 10], 0, k % 63 + 1, k % 63 + 1, 0))
                    + bytes((0x55,)) * r.randrange(2, 40) for k in range(r.choice((20, 70, 900))))
    return head + scan + b"\xff\xd9"


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(w, h, data, extra=b"", kind=0, depth=8, interlace=0):
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", w, h, depth, kind, 0, 0, interlace)) + extra
            + chunk(b"IDAT", data) + chunk(b"IEND", b""))


def png_bomb(r, b):
    del b
    choice = r.randrange(5)
    if choice == 0:  # text of 200 MB
        return png(64, 64, zlib.compress(bytes(65 * 64)), chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(50_000_000))))
    if choice == 1:  # more data than pixels
        return png(64, 64, zlib.compress(bytes(20_000_000)))
    if choice == 2:  # many pixels, little data
        return png(7000, 9000, zlib.compress(bytes(7001 * 2000)))
    if choice == 3:
        return png(4000, 4000, zlib.compress(bytes(4001 * 4000)), kind=r.randrange(8), depth=r.choice((1, 4, 8, 16)), interlace=1)
    return png(7000, 9000, zlib.compress(bytes(7001 * 9000)))  # whole, and black


def polyglot(r, b):
    other = r.choice((b"PK\x03\x04" + b, b"%PDF-1.4\n" + b, b"<svg>" + b, b"GIF89a" + b, b"\x89PNG\r\n\x1a\n" + b,
                      b"\xff\xd8\xff\xe0" + b, b"RIFF\0\0\0\0WEBPVP8 " + b))
    return other


WAYS = [truncated, flipped, overwritten, spliced, huge, four_parts, progressive_bomb, png_bomb, polyglot]


def main():
    out, count, seed, *whole = sys.argv[1:]
    blobs = [open(w, "rb").read() for w in whole]
    os.makedirs(out, exist_ok=True)
    for i in range(int(count)):
        r = random.Random(f"{seed}-{i}")
        way = WAYS[i % len(WAYS)]
        with open(os.path.join(out, f"m{i:05}-{way.__name__}.bin"), "wb") as f:
            f.write(way(r, r.choice(blobs)))


main()

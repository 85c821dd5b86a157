#!/usr/bin/env python3
"""A second verifier, written from docs/format/ alone: reads a published log, checks it, recounts it.

    tests/verify.py LOGDIR CONTEST [VERIFIER-KEY]
Checks the checkpoint's signature (by the given key, and by the one that the entries name), every tile and bundle,
every entry's signature and its key's right, the root of every batch; then counts the contest from its
forms and prints the totals of every region as CSV, as `rekap recap --format csv` does. Exit 1 with one
line when something is wrong. Contests with one ballot for the whole nation (log.md, entry.md,
checkpoint.md, kontes.md, wilayah.md say everything that is needed). Python 3 and python3-cryptography."""
import csv, hashlib, io, json, os, re, struct, sys
from base64 import b64decode
from operator import eq, ge, le
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

def sha(*parts):
    return hashlib.sha256(b"".join(parts)).digest()

def need(ok, what):
    if not ok:
        sys.exit(f"verify.py: {what}")

def ed25519(key, message, signature):
    try:
        return Ed25519PublicKey.from_public_bytes(key).verify(signature, message) is None
    except (InvalidSignature, ValueError):
        return False
# ---- the tree (log.md) ----
def level_up(hashes):
    return [sha(b"\1", hashes[i], hashes[i + 1]) for i in range(0, len(hashes) - 1, 2)]

def root_of(leaves):
    """The root over any number of leaves: pairs level by level, a last odd one goes up as it is."""
    while len(leaves) > 1:
        leaves = level_up(leaves) + (leaves[-1:] if len(leaves) % 2 else [])
    return leaves[0] if leaves else sha()

def tile_path(kind, index, width):
    parts = [f"{index % 1000:03}"]
    while index >= 1000:
        index //= 1000
        parts.insert(0, f"x{index % 1000:03}")
    return f"tile/{kind}/" + "/".join(parts) + ("" if width == 256 else f".p/{width}")

class Log:
    def __init__(self, where):
        self.where = where
    def read(self, path):
        need(os.path.isfile(os.path.join(self.where, path)), f"{path} is not there")
        with open(os.path.join(self.where, path), "rb") as f:
            return f.read()
    def entries(self, size):
        for first in range(0, size, 256):
            path, at = tile_path("entries", first // 256, min(256, size - first)), 0
            b = self.read(path)
            for _ in range(min(256, size - first)):
                n = int.from_bytes(b[at:at + 2], "big")
                need(n and len(b) >= at + 2 + n, f"{path} does not hold its entries")
                yield b[at + 2:at + 2 + n]
                at += 2 + n
            need(at == len(b), f"{path} is longer than its entries")
    def check_tiles(self, leaves):
        level, hashes = 0, leaves
        while hashes:
            for i in range(0, len(hashes), 256):
                part = hashes[i:i + 256]
                path = tile_path(level, i // 256, len(part))
                need(self.read(path) == b"".join(part), f"{path} is not what the entries give")
            full = hashes[:len(hashes) // 256 * 256]
            for _ in range(8):
                full = level_up(full)
            hashes, level = full, level + 1
# ---- the checkpoint (checkpoint.md) ----
def checkpoint(note):
    text, _, rest = note.rpartition(b"\n\n")
    text += b"\n"
    lines = text.split(b"\n")
    need(len(lines) >= 4 and re.fullmatch(rb"0|[1-9][0-9]*", lines[1]), "no checkpoint")
    signatures = re.findall(rb"\xe2\x80\x94 (\S+) (\S+)\n", rest)
    need(1 <= len(signatures) <= 16 and rest.count(b"\n") == len(signatures), "no signature lines")
    return text, lines[0], int(lines[1]), b64decode(lines[2], validate=True), signatures

def check_checkpoint(text, origin, signatures, key):
    right = [ed25519(key, text, raw[4:]) for name, raw in ((n, b64decode(s)) for n, s in signatures)
             if name == origin and raw[:4] == sha(origin, b"\n\1", key)[:4]]
    need(right and all(right), "the checkpoint is not signed by the log's key")
# ---- entries (entry.md) ----
class Reader:
    def __init__(self, b):
        self.b, self.at = b, 0
    def take(self, n):
        need(self.at + n <= len(self.b), "an entry is cut short")
        self.at += n
        return self.b[self.at - n:self.at]
    def byte(self):
        return self.take(1)[0]
    def varint(self):
        v, shift, c = 0, 0, 128
        while c >= 128:
            c = self.byte()
            v, shift = v | (c & 127) << shift, shift + 7
        need(c or shift == 7, "a number is not in its shortest form")
        return v
    def text(self):
        return self.take(self.varint())
    def actor(self):
        return self.text(), self.take(8)

def cells(r):
    width = r.byte()
    n, size = r.varint(), width & 127
    written = None if width & 128 else r.take((n + 7) // 8)
    have = n if written is None else sum(bin(x).count("1") for x in written)
    values = iter(struct.unpack("<" + str(have) + {1: "B", 2: "H", 4: "I"}[size], r.take(have * size)))
    return [next(values) if written is None or written[i // 8] >> (i % 8) & 1 else None for i in range(n)]

def form(r, version):
    flags = r.byte()
    f = {"contest": r.text(), "tps": r.text()}
    if version == 1:
        f["back"] = r.varint() if flags & 1 else None
        _ = r.actor() if flags & 2 else None
        _ = r.text() if flags & 4 else None
    r.take((2 if flags & 8 else 0) + (1 if flags & 16 else 0))  # generation, psu, layer
    f["cells"] = cells(r)
    more = dict((r.byte(), r.text()) for _ in range(r.byte() if flags & 32 else 0))
    f["desa"], f["reading"] = more.get(2, b""), None
    if version == 2 and 5 in more:
        f["reading"] = int.from_bytes(more[5], "little")
    return f

def photos(r, evidence):
    p = {"contest": r.text(), "tps": r.text(), "form": r.text(), "photos": r.varint()}
    need(1 <= p["photos"] <= 64, "a number of photos that cannot be")
    public = 0
    for _ in range(p["photos"]):
        r.varint()
        kind, _ = r.byte(), r.take(32)
        need(kind <= 2 and (kind == 0 or r.varint() > 0), "a photo of an unknown kind")
        public += kind > 0
    need(public * 32 == len(evidence), "the evidence is not the public copies")
    return p

def reading(r, evidence):
    x = {"contest": r.text(), "tps": r.text(), "sources": [r.varint() for _ in range(r.varint())]}
    need(not evidence and x["sources"] and x["sources"] == sorted(set(x["sources"])), "a reading of nothing")
    r.text(), r.take(64)
    x["state"], x["photos"] = r.byte(), [(r.byte(), r.varint()) for _ in range(r.varint())]
    figures, referred, boxes = [], set(), 0
    for _ in range(r.varint()):
        column = r.varint() - 1
        _ = r.text() if column < 0 else None
        photo, value, status = r.varint() - 1, None, 2
        if photo >= 0:
            need(photo < len(x["photos"]) and x["photos"][photo][0] & 0x5f == 64, "a figure of a photo that was not read")
            value, bits = r.varint() - 1, r.byte()
            status = bits & 3
            need(status < 2 and bits >> 3 <= 4 and r.varint() <= 10000, "a figure that cannot be")
            here = range(boxes, boxes + r.byte())
            boxes += len(here)
            referred.update(here if status == 1 else ())
            for _ in here:
                r.take(16)
                box = r.byte()
                need(box & 15 <= 11 and box >> 4 <= 12 and r.varint() <= 10000, "a box that cannot be")
        figures.append((column, photo, None if value == -1 else value, status))
    last = 10000
    for _ in range(r.varint()):
        box, doubt = r.varint(), r.varint()
        need(box in referred and doubt <= last, "doubts are out of order, or of no referred box")
        referred.discard(box)
        last = doubt
    statuses = [f[3] for f in figures]
    need({1: all(f[1] < 0 for f in figures), 2: any(statuses), 4: any(statuses), 3: figures and not any(statuses)}
         .get(x["state"]), "a reading whose state its figures contradict")
    need(x["state"] in (1, 3) or statuses, "a reading without figures")
    x["row"] = [(f[0], f[2]) for f in figures if f[0] >= 0 and f[1] >= 0]
    need(len(dict(x["row"])) == len(x["row"]), "a column that is read twice")
    return x

class Keys:
    """Which key may sign what: [public key, use, role, first entry or size, last]."""
    def __init__(self):
        self.all = {}
    def add(self, key, use, role, first):
        need(sha(key)[:8] not in self.all, "a key is added twice")
        self.all[sha(key)[:8]] = [key, use, role, first, float("inf")]
    def may(self, key_id8, role, index):
        k = self.all.get(key_id8)
        return k[0] if k and k[1] == 2 and k[2] == role and k[3] <= index <= k[4] else None
    def of_log(self, size):
        return next((k[0] for k in self.all.values() if k[1] == 1 and k[3] <= size <= k[4]), None)
    def apply(self, r, index):
        action, use, role, key, old = r.byte(), r.byte(), r.text(), r.take(32), r.take(8)
        if action > 1:
            ends = self.all.get(sha(key)[:8] if action == 3 else old)
            need(ends and ends[4] > index and ends[1:3] == [use, role], f"entry {index} ends a key not in force")
            ends[4] = index
        _ = self.add(key, use, role, index + 1) if action < 3 else None

class Count:
    """The fold: documents and forms of one contest in, totals of every region out."""
    def __init__(self, contest):
        self.code, self.parts, self.region, self.contest = contest.encode(), [], None, None
        self.station, self.home = {}, {}  # code: cells in force; code: desa
        self.machine = set()  # stations whose figures in force are a reading's
        self.received, self.read = {}, {}  # code: {photos entry: photos}; code: (entry, state, {column: value})
    def document(self, r):
        kind, _, _, digest, part, parts, piece = r.byte(), r.text(), r.text(), r.take(32), r.varint(), r.varint(), r.text()
        self.parts = self.parts + [piece] if part else [piece]
        if part + 1 < parts:
            return
        whole = b"".join(self.parts)
        need(sha(whole) == digest, "a document does not have its hash")
        if kind == 1:
            self.regions(whole.decode("utf-8-sig"))
        elif kind == 2 and json.loads(whole)["kode"].encode() == self.code:
            self.contest = json.loads(whole)
            need("dapil" not in self.contest, "this contest has several ballots: not for this program")
    def regions(self, text):
        self.region = {b"0": {"nama": "INDONESIA", "tingkat": 0, "induk": None, "declared": 0}}
        for row in csv.DictReader(io.StringIO(text)):
            code = row["kode"].encode()
            level, n, ranges = int(row["tingkat"]), int(row.get("jumlah_tps") or 0), row.get("nomor_tps")
            need(not row.get("tps_khusus_dari"), "special stations: not for this program")
            self.region[code] = {"nama": row["nama"], "tingkat": level, "declared": n,
                                 "induk": (row["induk"] or "0").encode()}
            if level == 4 and (ranges or n):
                for first, last in re.findall(r"(\d+)(?:-(\d+))?", ranges or f"1-{n}"):
                    for k in range(int(first), int(last or first) + 1):
                        self.home[code + (row.get("pemisah_tps") or "").encode() + b"%03d" % k] = code
        self.lengths = sorted({len(c) for c in self.region}, reverse=True)
    def put(self, f):
        if f["contest"] != self.code:
            return
        need(len(f["cells"]) == len(self.contest["medan"]) + len(self.contest["pilihan"]), "a form of another width")
        self.place(f["tps"], f["desa"])
        self.station[f["tps"]] = f["cells"]
    def place(self, tps, desa):
        if tps not in self.home:  # the region whose code is the longest prefix
            self.home[tps] = desa or next(tps[:n] for n in self.lengths if tps[:n] in self.region)
    def own(self, f, role):
        """Whether a form may stand: a machine's is its newest reading, accepted, over nobody else's."""
        tps, mine = f["tps"], f["reading"] is not None
        need(mine == (role == b"pembaca"), "a form of the machine that is no reading's, or of another")
        if f["contest"] != self.code:
            return
        if mine:
            entry, state, row = self.read.get(tps, (None, 0, {}))
            need(entry == f["reading"] and state == 3 and f["cells"] == [row.get(i) for i in range(len(f["cells"]))],
                 "a machine's form that is not its reading")
            need(tps not in self.station or tps in self.machine, "a machine's form in the place of people's figures")
        (self.machine.add if mine else self.machine.discard)(tps)
    def photos(self, index, p):
        if p["contest"] == self.code:
            self.place(p["tps"], b"")
            self.received.setdefault(p["tps"], {})[index] = p["photos"]
            need(sum(self.received[p["tps"]].values()) <= 64, "more photos of a station than may be")
    def reading(self, index, x):
        if x["contest"] == self.code:
            have = self.received.get(x["tps"], {})
            need(all(s in have for s in x["sources"]) and sum(have[s] for s in x["sources"]) == len(x["photos"]),
                 "a reading of photos that are not its station's")
            need(all(c < len(self.contest["medan"]) + len(self.contest["pilihan"]) for c, _ in x["row"]), "no such column")
            self.read[x["tps"]] = (index, x["state"], dict(x["row"]))
    def photo_counts(self, tps):
        _, state, row = self.read.get(tps, (None, 0, {}))
        form = self.station.get(tps)
        differs = (form is not None and tps not in self.machine and state in (3, 4)
                   and any(form[c] != v for c, v in row.items()))
        return [int(x) for x in (tps in self.received, state >= 2, state == 1, state == 2, state == 3, state == 4, differs)]
    def abroad(self, code):
        return code is not None and (code.decode() in self.contest.get("luar_negeri", [])
                                     or self.abroad(self.region[code]["induk"]))
    def totals(self, rules):
        extra = 7 if self.received else 0
        width = 4 + extra + len(self.contest["medan"]) + len(self.contest["pilihan"])
        fields, known = len(self.contest["medan"]), {c: [0] * width for c in self.region}
        for tps, desa in self.home.items():
            sums, row = known[desa], self.station.get(tps)
            here, cells_ = [1, 0, 0, 0], [0] * (width - 4 - extra)
            if row is not None:
                here = [1, 1, any(c is not None for c in row[fields:]), rules.broken(row, self.abroad(desa))]
                cells_ = [c or 0 for c in row]
            known[desa] = [a + b for a, b in zip(sums, here + (self.photo_counts(tps) if extra else []) + cells_)]
        order = sorted(self.region, key=lambda c: (self.region[c]["tingkat"], c))
        for code in reversed(order):
            sums, up = known[code], self.region[code]["induk"]
            if self.region[code]["tingkat"] < 4:  # a desa's declared number is a frame, above it a total
                sums[0] = max(sums[0], self.region[code]["declared"])
            if up is not None:
                known[up] = [a + b for a, b in zip(known[up], sums)]
        for code in order:
            yield [self.region[code]["tingkat"], code.decode(), self.region[code]["nama"]] + known[code]

class Rules:
    """kontes.md, "A rule": whether a form needs review (breaks a rule of severity E or W)."""
    def __init__(self, contest, standard):
        self.c, self.checks = contest, []
        self.column = {m: i for i, m in enumerate(contest["medan"])}
        self.column.update({"suara_" + p["kode"]: len(self.column) + i for i, p in enumerate(contest["pilihan"])})
        rules = (standard["aturan"] if contest.get("aturan") == "standar" else []) + contest.get("aturan_tambahan", [])
        for r in rules:
            if r["berat"] in "EW" and contest["bentuk"] in r.get("bentuk", [contest["bentuk"]]) and \
                    contest["kode"] not in r.get("kecuali", []):
                for left, op, right in (re.split(r" (<=|>=|=) ", c) for c in r["cek"] if c != "tiap(jumlah_partai)"):
                    self.checks.append((r.get("lingkup"), self.side(left), {"=": eq, "<=": le, ">=": ge}[op], self.side(right)))
    def side(self, text):  # "100 a + b + 3" is [(100, "a"), (1, "b"), (3, "")]
        terms = [re.fullmatch(r"(\d*) ?(.*)", t) for t in text.split(" + ")]
        return [(int(t[1] or 1), t[2]) for t in terms]
    def value(self, name, row):
        if name == "":
            return 1
        if name == "jumlah(pilihan)":
            written = [c for c in row[len(self.c["medan"]):] if c is not None]
            return sum(written) if written else None
        if name in self.column:
            return row[self.column[name]]
        j, l, p = (row[self.column[name + s]] if name + s in self.column else None for s in ("_j", "_l", "_p"))
        return j if j is not None else l + p if l is not None and p is not None else None
    def sum(self, terms, row):
        values = [(k, self.value(n, row)) for k, n in terms]
        return None if any(v is None for _, v in values) else sum(k * v for k, v in values)
    def broken(self, row, abroad):
        for scope, left, op, right in self.checks:
            every = {"tiap(pilihan)": row[len(self.c["medan"]):], "tiap(semua)": row}.get(left[0][1])
            b = self.sum(right, row) if not scope or (scope == "ln") == abroad else None
            for a in (every if every is not None else [self.sum(left, row)]) if b is not None else []:
                if a is not None and not op(a, b):
                    return True
        return False
# ---- all of it ----
def main(where, contest, key=None):
    log = Log(where)
    text, origin, size, root, signatures = checkpoint(log.read("checkpoint"))
    leaves, keys, count = [], Keys(), Count(contest)
    batch, left, expected, signed = -1, 0, None, False
    for index, entry in enumerate(log.entries(size)):
        leaves.append(sha(b"\0", entry))
        version, kind, r = entry[0], entry[1], Reader(entry if entry[0] == 1 else entry[:-64])
        r.take(2), r.varint()
        signed = version == 2 if index == 0 else signed
        need(version in (1, 2) and (version == 2 or not signed or (kind == 4 and left)), f"entry {index} is not signed")
        role, key_id = r.actor() if version == 2 or kind < 4 else (None, None)
        if version == 2:
            need(signed and left == 0, f"entry {index} may not stand there")
            _, evidence = r.text(), r.take(32 * r.varint())
        if kind == 1:
            need(index == 0 and r.text() == origin, "entry 0 is not of this log")
            r.text(), r.text()
            for use, of in ((1, b""), (2, b"pengelola")) if signed else ():
                keys.add(r.take(32), use, of, 0)
        if version == 2:
            public = keys.may(key_id, role, index)
            machine = role == b"pembaca"  # reads photos, and only that; nobody else does
            need(public and (kind != 5 or role == b"pengelola") and machine in ((True,) if kind == 8 else
                 (True, False) if kind in (4, 7) else (False,)), f"entry {index}: its key may not sign this")
            need(ed25519(public, b"rekap-entry/v1\n" + origin + b"\n" + entry[:-64], entry[-64:]),
                 f"entry {index}: its signature is wrong")
        if kind == 2:
            count.document(r)
        elif kind == 3:
            r.text(), r.text(), (r.text() if version == 1 else None), r.take(32)
            left, batch = (r.varint(), index) if signed else (r.varint() and 0, index)
            expected = r.take(32) if signed else None
        elif kind == 4:
            f = form(r, version)
            need(r.at == len(r.b), f"entry {index} has bytes left over")
            count.own(f, role)
            count.put(f)
            if signed and version == 1:
                need(f["back"] is not None and index - f["back"] == batch, f"entry {index} names another batch")
                left -= 1
                need(left or root_of(leaves[batch + 1:]) == expected, f"entry {batch}: the batch has another root")
        elif kind == 5:
            keys.apply(r, index)
        elif kind in (7, 8):
            need(version == 2, f"entry {index} is of a kind that must be signed")
            (count.photos if kind == 7 else count.reading)(index, (photos if kind == 7 else reading)(r, evidence))
            need(r.at == len(r.b), f"entry {index} has bytes left over")
        else:
            need(kind in (1, 6), f"entry {index} is of an unknown kind")
    need(root_of(leaves) == root, "the entries do not lead to the checkpoint's root")
    log.check_tiles(leaves)
    for public in ([b64decode(key.split("+", 2)[2])[1:]] if key else []) + ([keys.of_log(size)] if signed else []):
        check_checkpoint(text, origin, signatures, public)
    with open(os.path.join(os.path.dirname(__file__), "..", "contests", "standar.json"), "rb") as f:
        rules = Rules(count.contest, json.load(f))
    names = ["tingkat", "kode", "nama", "tps_jumlah", "tps_diterima", "tps_masuk", "tps_periksa"]
    if count.received:
        names += ["tps_" + n for n in ("foto", "dibaca", "ditolak", "dirujuk", "sesuai", "tidak_sesuai", "beda")]
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(names + count.contest["medan"] + ["suara_" + p["kode"] for p in count.contest["pilihan"]])
    out.writerows(count.totals(rules))

if len(sys.argv) not in (3, 4):
    sys.exit(__doc__)
main(*sys.argv[1:])

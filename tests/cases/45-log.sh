# The published log: what publish writes is verified from outside with openssl and a few lines of
# Python; it grows without rewriting, and never goes back.
. "$ROOT/tests/cases/lib.bash"
small_tree
small_contest
small_forms
new_election p
expect 0 "$REKAP" import p --kontes ppwp forms.csv
cp p/rekap.db old.db
expect 0 "$REKAP" publish p out

cat >check.py <<'PY'
import base64, glob, hashlib, json, os, subprocess, sys
out = sys.argv[1]
h = lambda b: hashlib.sha256(b).digest()
read = lambda p: open(os.path.join(out, p), "rb").read()
def root(leaves):
    if len(leaves) < 2:
        return leaves[0] if leaves else h(b"")
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    return h(b"\x01" + root(leaves[:k]) + root(leaves[k:]))
def signed(note, vkey):
    """The text of a signed note, its Ed25519 signature by vkey checked by openssl."""
    name, key_id, raw = vkey.split("+", 2)
    key = base64.b64decode(raw)
    assert key[0] == 1 and h(name.encode() + b"\n" + key)[:4].hex() == key_id
    text, lines = note.rsplit(b"\n\n", 1)
    text += b"\n"
    sig = [base64.b64decode(l.split(" ")[2]) for l in lines.decode().splitlines() if l.split(" ")[1] == name][0]
    open("m", "wb").write(text)
    open("s", "wb").write(sig[4:])
    open("k", "wb").write(bytes.fromhex("302a300506032b6570032100") + key[1:])
    subprocess.run("openssl pkeyutl -verify -pubin -inkey k -keyform DER -rawin -in m -sigfile s".split(),
                   check=True, stdout=subprocess.DEVNULL)
    return text.decode().splitlines()
keys = json.loads(read("kunci.json"))
log = [k for k in keys["kunci"] if k["guna"] == "checkpoint" and k["sampai"] is None][0]["kunci"]
origin, size, tree = signed(read("log/checkpoint"), log)
n = int(size)
path = lambda kind: f"log/tile/{kind}/000" + ("" if n == 256 else f".p/{n}")
bundle, entries = read(path("entries")), []
while bundle:
    k = int.from_bytes(bundle[:2], "big")
    entries.append(bundle[2:2 + k])
    bundle = bundle[2 + k:]
leaves = [h(b"\0" + e) for e in entries]
assert origin == keys["asal"] == "uji" and len(entries) == n and b"".join(leaves) == read(path("0"))
assert base64.b64encode(root(leaves)).decode() == tree, "the entries do not lead to the checkpoint"
m = signed(read("manifest/note"), log)
assert m[:4] == ["rekap-manifest/v1", origin, size, tree], m
assert base64.b64decode(m[4]) == h(read("manifest/index"))
listed = {}
for line in read("manifest/index").decode().splitlines():
    want, name = line.split("  ")
    assert h(read(name)).hex() == want, name
    before = ""
    for l in read(name).decode().splitlines():
        want, file = l.split("  ")
        assert before < file and h(file.encode()).hex()[:2] == name[-2:], file
        before = file
        assert h(read(file)).hex() == want, file
        listed[file] = want
there = {os.path.relpath(os.path.join(d, f), out) for d, _, fs in os.walk(out) for f in fs if f[0] != "."}
assert {f for f in there if f.split("/")[0] not in ("log", "manifest")} == set(listed)
print(n)
PY
[ "$(python3 check.py out)" = 8 ] || fail "the log has not 8 entries"

# nothing new: nothing written; one correction: only what it touches
find out -type f -printf '%p %T@\n' | sort >before.txt
expect 0 "$REKAP" publish p out
find out -type f -printf '%p %T@\n' | sort | cmp - before.txt || fail "a run without news writes"
sed -n '1p;s/,30,200,230/,31,199,230/p' forms.csv >one.csv
expect 0 "$REKAP" import p --kontes ppwp --alasan koreksi one.csv
expect 0 "$REKAP" publish p out
[ "$(python3 check.py out)" = 10 ] || fail "the log has not 10 entries"
find out -type f -printf '%p %T@\n' | sort >after.txt
[ -f out/log/tile/0/000.p/8 ] || fail "the partial tile of an older checkpoint is gone at once"
comm -12 before.txt after.txt | grep -q tile/0/000.p/8 || fail "a tile was rewritten"
changed=$(comm -13 before.txt after.txt | wc -l)
[ "$changed" -lt 40 ] || fail "one correction rewrote $changed files"
# a run that looks at everything mends what is damaged, and writes nothing else
cp -r out mended
f=$(find mended/pemilu -name 1101012001001.json) && cp "$f" good.json && printf x | dd of="$f" bs=1 seek=9 conv=notrunc status=none
! python3 check.py mended >/dev/null 2>&1 || fail "a flipped byte is not noticed"
expect 0 "$REKAP" publish p mended --full
cmp "$f" good.json && python3 check.py mended >/dev/null

# full tiles take the place of partial ones
python3 - <<'PY'
rows = ["tps,suara_01,suara_02,suara_sah,suara_tidak_sah,suara_total"]
tree = ["kode,induk,nama,tingkat,jumlah_tps,nomor_tps", "11,,ACEH,1,,", "1101,11,A,2,,", "110101,1101,B,3,,", "1101012001,110101,C,4,300,1-300"]
open("big-tree.csv", "w").write("\n".join(tree) + "\n")
for i in range(1, 301):
    rows.append(f"1101012001{i:03},{i},{i},{2*i},0,{2*i}")
open("big-1.csv", "w").write("\n".join(rows[:201]) + "\n")
open("big-2.csv", "w").write("\n".join(rows[:1] + rows[201:]) + "\n")
PY
expect 0 "$REKAP" init q --nama "Pemilu Uji" --id uji
expect 0 "$REKAP" wilayah q big-tree.csv
expect 0 "$REKAP" kontes q kontes.json
expect 0 "$REKAP" import q --kontes ppwp big-1.csv
expect 0 "$REKAP" publish q big --tanpa-gzip --quiet
[ -d big/log/tile/0/000.p ] || fail "no partial tile"
expect 0 "$REKAP" import q --kontes ppwp big-2.csv
expect 0 "$REKAP" publish q big --tanpa-gzip --quiet
[ "$(cd big/log/tile && find . -type f | sort | tr '\n' ' ')" = "./0/000 ./0/001.p/49 ./1/000.p/1 ./entries/000 ./entries/001.p/49 " ] ||
    { find big/log; fail "not the tiles of 305 entries"; }

# never back: an older store, another history, another log
cp -r p older && cp old.db older/rekap.db && rm -f older/rekap.db-* older/tally.cache older/log.lock
expect 1 "$REKAP" publish older out
grep -q "older copy" out.txt || { cat out.txt; fail "no word about the older copy"; }
python3 check.py out >/dev/null
expect 1 "$REKAP" import older --kontes ppwp one.csv # what publish saw keeps intake from signing
grep -q "older/seen" out.txt || { cat out.txt; fail "no word about what was seen"; }
rm older/seen
expect 0 "$REKAP" import older --kontes ppwp --alasan lain one.csv # with the lock file gone nobody here knows better
expect 1 "$REKAP" publish older out
grep -q "forked" out.txt || { cat out.txt; fail "no word about the fork"; }
expect 1 "$REKAP" publish q out
grep -q "not those of this log" out.txt || fail "no word about another log"
printf x >>out/log/checkpoint
expect 1 "$REKAP" publish p out
grep -q "damaged" out.txt || { cat out.txt; fail "no word about the damaged checkpoint"; }

# without the key the tree is published, its manifest not signed, and it says so
mv p/keys keys
expect 0 "$REKAP" publish p mirror
grep -q "manifest is not signed" out.txt || { cat out.txt; fail "no word about the missing key"; }
[ -f mirror/log/checkpoint ] && [ -f mirror/manifest/index ] && [ ! -e mirror/manifest/note ]
mv keys p/keys
expect 0 "$REKAP" publish p mirror
python3 check.py mirror >/dev/null

# Diagrams of inventories with 5, 50 and 500 components: every component is in a picture, no picture is too large
# to be read, boxes do not lie on each other, texts fit their boxes. (Also looked at: docs/format/infra.md.)
. "$ROOT/tests/cases/lib.bash"
if ! command -v dot >/dev/null; then echo "graphviz is not installed"; exit 77; fi
for n in 5 50 500; do
    python3 "$ROOT/tests/inventory.py" $n in/$n
    expect 0 "$REKAP" disclose in/$n out/$n --hari-ini 2026-11-24
    python3 - $n <<'PY'
import glob, json, re, sys
import xml.etree.ElementTree as ET
n = int(sys.argv[1])
S = "{http://www.w3.org/2000/svg}"
inventory = json.load(open(f"in/{n}/inventaris.json"))
drawn = "servers vms services networks cdns ddos firewalls backups".split()
names = [r["name"]["open"] for k in drawn for r in inventory[k]]
assert len(names) == n and len(set(names)) > n * 0.9, len(set(names))
seen, files, most, longest = "", sorted(glob.glob(f"out/{n}/*.svg")), 0, 0
assert files
for f in files:
    root = ET.parse(f).getroot()
    w, h = (float(x) for x in root.get("viewBox").split()[2:])
    longest = max(longest, w, h)
    rects = [r for r in root.iter(S + "rect") if r.get("rx") in ("3", "6")]
    boxes = [tuple(float(r.get(k)) for k in ("x", "y", "width", "height")) for r in rects if r.get("rx") == "3"]
    sites = [tuple(float(r.get(k)) for k in ("x", "y", "width", "height")) for r in rects if r.get("rx") == "6"]
    most = max(most, len(boxes))
    for kind in (boxes, sites):
        for i, (x, y, a, b) in enumerate(kind):
            assert x >= -1 and y >= -1 and x + a <= w and y + b <= h, (f, x, y, a, b, w, h)
            for u, v, c, d in kind[:i]:
                assert x + a <= u + 0.5 or u + c <= x + 0.5 or y + b <= v + 0.5 or v + d <= y + 0.5, (f, "boxes overlap")
    texts = [(float(t.get("x")), float(t.get("y")), t.text, t.get("text-anchor")) for t in root.iter(S + "text") if t.text]
    for x, y, text, anchor in texts:
        at = [q for q in boxes if q[0] <= x <= q[0] + q[2] and q[1] <= y <= q[1] + q[3]]
        if anchor == "middle" and at and len(text) > 1:
            assert len(text) * 11 * 0.48 <= at[0][2], (f, text)  # a narrow sans-serif's mean
    seen += "\n".join(t.text or "" for t in root.iter(S + "text")) + "\n"
    # each site's name stands after the lines, so that none crosses it out
    body = open(f).read()
    if sites:
        assert body.rfind("<path d=") < body.find('font-weight="bold" stroke="#fafafa"'), f
flat = re.sub(r"\s+", " ", seen.replace("\n", " "))
missing = [x for x in names if x not in flat]
assert not missing, (n, missing[:5])
assert most <= 60, most
assert longest <= 2000, longest
print(f"{n} components: {len(files)} pictures, at most {most} boxes, longest side {longest:.0f} pt")
if n == 500:
    overview = open(f"out/{n}/topologi.svg").read()
    assert len(re.findall(r"\d+ komponen", overview)) >= 20 and "di lokasi lain" in seen
PY
done

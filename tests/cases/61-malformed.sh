# Damaged images of every kind, one after the other: the reader goes on, and says something of each.
. "$ROOT/tests/cases/lib.bash"

"$ROOT/tests/malformed.py" images 54 61 "$ROOT"/tests/golden/read/*.jpg "$ROOT"/tests/fuzz/corpus/fuzz_photo/page.*
"$REKAP" read --json images/* "$ROOT/tests/golden/read/contoh_p3.jpg" >read.json
python3 - <<'PY'
import json
forms = json.load(open("read.json"))["forms"]
photos = [p for f in forms for p in f["photos"]]
assert len(photos) == 55, len(photos)
bad = [p for p in photos if "images/" in p["photo"]]
assert all(p["result"] != "read" or "flipped" in p["photo"] or "overwritten" in p["photo"] or "spliced" in p["photo"]
           for p in bad), [p["photo"] for p in bad if p["result"] == "read"]
assert all(p["result"] == "read" or p["retake_en"] for p in bad)
assert sum(p["result"] == "file" for p in bad) > 30, [p["result"] for p in bad]
good, = [p for p in photos if "contoh" in p["photo"]]
assert good["result"] == "read", good
PY

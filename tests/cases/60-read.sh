# Three photos of one form, two of them lying on their side or head: every figure as written, CSV and JSON;
# then what is refused, and that a bad file harms nothing.
. "$ROOT/tests/cases/lib.bash"
photos="$ROOT/tests/golden/read"

"$REKAP" read --csv "$photos"/contoh_p3.jpg "$photos"/contoh_p1.jpg "$photos"/contoh_p2.jpg >read.csv
"$REKAP" read --json --debug-dir debug "$photos"/contoh_p?.jpg >read.json
python3 - "$photos/truth.csv" <<'PY'
import csv, json, sys
truth = {(r["form"], r["page"], r["field"]): r["value"] for r in csv.DictReader(open(sys.argv[1]))}
rows = list(csv.DictReader(open("read.csv")))
assert list(rows[0]) == ["form", "page", "field", "value", "status"], rows[0]
assert len(rows) == len(truth) == 28
for r in rows:
    want = truth[r["form"], r["page"], r["field"]]
    assert r["value"] == want, (r, want)
    assert r["status"] in ("accept", "refer"), r
assert sum(r["status"] == "accept" for r in rows) >= 6, rows
got = json.load(open("read.json"))
assert got["format"] == "rekap-baca-1" and len(got["model_sha256"]) == 64
form, = got["forms"]
assert form["form"] == "contoh" and [p["result"] for p in form["photos"]] == ["read"] * 3
assert {f["field"]: str(f["value"]) for f in form["fields"]} == {k[2]: v for k, v in truth.items()}
assert all(c["state"] == "holds" for c in form["checks"])
one = next(f for f in form["fields"] if f["field"] == "suara_1")
assert one["bubbles"] == "agree" and len(one["boxes"]) == 3
for b in one["boxes"]:
    assert abs(sum(b["p"]) - 1) < 0.01 and len(b["quad"]) == 4 and len(b["bubbles"]["fill"]) == 10
PY
for n in 1 2 3; do
    for what in found boxes; do
        head -c 4 "debug/contoh_p$n-$what.png" | grep -q PNG || fail "no picture contoh_p$n-$what.png"
    done
done

# A damaged photo, no photo at all, an empty file: refused with a reason, the rest is read as before.
head -c 40000 "$photos/contoh_p2.jpg" >rusak_p2.jpg
echo "bukan foto" >teks.jpg
: >kosong.png
"$REKAP" read --csv rusak_p2.jpg teks.jpg kosong.png "$photos/contoh_p3.jpg" >mixed.csv
grep -q '^rusak,2,suara_1,,refuse$' mixed.csv || fail "a cut-off JPEG is not refused"
grep -q '^teks,,,,refuse$' mixed.csv || fail "a text file is not refused"
grep -q '^kosong,,,,refuse$' mixed.csv || fail "an empty file is not refused"
[ "$(grep -c '^contoh,3,' mixed.csv)" -eq 3 ] || fail "the good photo beside them is not read"
"$REKAP" read rusak_p2.jpg >text.txt
grep -q 'send the original photo again' text.txt || fail "it is not said what to do"

expect 1 "$REKAP" read tidak-ada.jpg
expect 1 "$REKAP" read --form tidak-ada "$photos/contoh_p1.jpg"
grep -q 'ppwp-2024' out.txt || fail "the known forms are not named"
expect 2 "$REKAP" read --csv --json "$photos/contoh_p1.jpg"
expect 2 "$REKAP" read

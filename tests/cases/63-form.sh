# Forms are drawn, filled, photographed at a slant, and read: every figure as it was written.
. "$ROOT/tests/cases/lib.bash"
photograph="$(dirname "$(readlink -f "$REKAP")")/../../tests/photograph"

# photos FORM NAME SEED DRAW-OPTION...: draws each page of FORM, fills it by NAME.csv, takes photos NAME_pN.png
photos() {
    local form=$1 name=$2 seed=$3 n pages
    shift 3
    pages=$(python3 -c "import json,sys; print(len(json.load(open(sys.argv[1]))['halaman']))" "$form")
    for n in $(seq "$pages"); do
        "$REKAP" form draw "$form" "$@" --halaman "$n" --dpi 200 -o blank.png 2>drawn.txt
        "$photograph" "$form" "$n" blank.png "$name.csv" "${name}_p$n.png" $((seed ? seed * 100 + n : 0))
    done
}

# matches READ.csv FORM-ID FIGURES.csv: the form's figures are those written
matches() {
    python3 - "$@" <<'PY'
import csv, sys
read, form, figures = sys.argv[1:]
want = dict(line.strip().split(",") for line in open(figures))
rows = [r for r in csv.DictReader(open(read)) if r["form"] == form]
got = {r["field"]: r["value"] for r in rows}
wrong = {k: (got.get(k), v) for k, v in want.items() if got.get(k) != v}
if wrong or len(rows) != len(want):
    sys.exit(f"{form}: {len(rows)} figures of {len(want)}; read, written: {wrong}")
PY
}

# ----- the official form: as plain as its description, but the reader reads it
python3 - "$ROOT/tests/golden/read/truth.csv" >resmi.csv <<'PY'
import csv, sys
for r in csv.DictReader(open(sys.argv[1])):
    print(f"{r['field']},{r['value']}")
PY
cp "$ROOT/forms/ppwp-2024.json" .
photos ppwp-2024.json resmi 7
"$REKAP" read --csv resmi_p?.png >read.csv
matches read.csv resmi resmi.csv

# the same bytes each time, vector, with its fonts in it
"$REKAP" form draw ppwp-2024 -o a.pdf 2>said.txt
grep -q 'a.pdf: drew 1 form of 3 pages, blank' said.txt || fail "it is not said what was drawn"
"$REKAP" form draw ppwp-2024 -o - >b.pdf 2>said.txt
cmp a.pdf b.pdf || fail "two drawings of one form differ"
head -c 8 a.pdf | grep -q '^%PDF-1\.5' || fail "no PDF"
if grep -q '/Subtype /Image' a.pdf; then fail "something was drawn as a picture"; fi
grep -q '/FontFile2' a.pdf || fail "the fonts are not embedded"

# ----- what is refused
small_tree
expect 1 "$REKAP" form draw ppwp-2024 --pemilu uji --wilayah wilayah.csv --tps 1101012001001 -o x.pdf
grep -q 'no place for a QR code' out.txt || fail "a form without QR place is not refused for a station"
expect 2 "$REKAP" form draw ppwp-2024 --pemilu uji -o x.pdf
expect 2 "$REKAP" form draw ppwp-2024 --tps 1101012001001 -o x.pdf
expect 2 "$REKAP" form draw ppwp-2024
expect 2 "$REKAP" form draw -o x.pdf
expect 2 "$REKAP" form
expect 1 "$REKAP" form draw tidak-ada -o x.pdf
expect 1 "$REKAP" form draw ppwp-2024 --halaman 4 -o x.png
expect 1 "$REKAP" form draw ppwp-2024 --dpi 600 -o x.png
expect 0 "$REKAP" form draw ppwp-2024 --dry-run -o x.pdf
[ ! -e x.pdf ] && [ ! -e x.png ] || fail "something was written although nothing was drawn"

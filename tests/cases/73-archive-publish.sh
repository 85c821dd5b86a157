# The archive as plain files: everything listed is there, a series' file adds up to what the archive says, a
# place's page says where another region stands for it, nothing is fetched from elsewhere.
. "$ROOT/tests/cases/lib.bash"
export REKAP_ARSIP="$ROOT/data/arsip"

$REKAP archive publish --dry-run OUT >said.txt
grep -q "would be written" said.txt
test ! -e OUT
$REKAP archive publish OUT >said.txt
grep -q "87 series, 514 kabupaten/kota" said.txt
(cd OUT && sha256sum --quiet -c SHA256SUMS)
test "$(find OUT -type f | wc -l)" -eq "$(($(wc -l <OUT/SHA256SUMS) + 1))"

python3 - <<'PY'
import csv, glob, gzip, html.parser, json, os, urllib.parse
rows = list(csv.DictReader(open("OUT/seri.csv")))
total = 0
for r in rows:
    path = f"OUT/seri/{r['seri']}.csv"
    f = open(path) if os.path.exists(path) else gzip.open(path + ".gz", "rt")
    figures = sum(1 for _ in csv.DictReader(f))
    assert figures == int(r["angka"]), (r["seri"], figures, r["angka"])
    total += figures
assert len(rows) == 87 and total == 945868, (len(rows), total)
pdip = [r for r in csv.DictReader(open("OUT/seri/pemilu1999-dpr-kpu.csv"))
        if (r["wilayah"], r["butir"], r["pilihan"]) == ("0", "suara", "PDIP")]
assert [r["nilai"] for r in pdip] == ["35689073"], pdip
cover = list(csv.DictReader(open("OUT/cakupan.csv")))
assert json.load(open("OUT/cakupan.json"))[0]["keadaan"] == cover[0]["keadaan"]
assert {"lengkap", "sebagian", "tidak ada", "ada"} == {r["keadaan"] for r in cover}
class Links(html.parser.HTMLParser):
    def handle_starttag(self, tag, attrs):
        for k, v in attrs:
            if k in ("href", "src"): self.found.append(v)
for page in ["OUT/index.html"] + glob.glob("OUT/ikuti/*.html"):
    p = Links(); p.found = []; p.feed(open(page).read())
    assert p.found
    for link in p.found:
        u = urllib.parse.urlsplit(link)
        assert not u.scheme and not u.netloc, (page, link)
        if u.path: assert os.path.exists(os.path.join(os.path.dirname(page), u.path)), (page, link)
ciamis = open("OUT/ikuti/3218.html").read()
assert "perkiraan: induk" in ciamis and "Kabupaten Pangandaran dibentuk dari Kabupaten Ciamis" in ciamis
PY
tidak=$(grep -c 'class="merah">tidak ada' OUT/index.html)
test "$tidak" -gt 20

# The same archive gives the same bytes.
cp OUT/SHA256SUMS before.txt
$REKAP archive publish OUT >/dev/null
cmp before.txt OUT/SHA256SUMS
expect 2 "$REKAP" archive publish
expect 1 "$REKAP" archive publish --arsip /nowhere OUT

# Releases: whole, immutable, proven; only what changed is new; a changed byte is found; a run cut short is finished.
. "$ROOT/tests/cases/lib.bash"

small_tree
small_contest
small_forms
new_election p
expect 0 "$REKAP" import p --kontes ppwp forms.csv
expect 0 "$REKAP" release p out --quiet
key=$("$REKAP" kunci p | awk '/checkpoint/{print $NF}')
expect 0 "$REKAP" verify-release out/terbaru --key "$key"
grep -q "names this release" out.txt || fail "the log does not name the release"
[ "$(cell out/terbaru/ppwp/tps.csv tps=1101012002002 status)" = belum ] || fail "a station without a form is missing"
[ "$(cell out/terbaru/ppwp/tps.csv tps=1101012002001 temuan)" = R09 ] || fail "no finding beside the station"
[ "$(cell out/terbaru/ppwp/tps.csv tps=1101012001901 suara_02)" = "" ] || fail "a blank became a figure"
python3 - <<'PY' || fail "datapackage.json, terbaru.json or feed.xml is not as described"
import csv, hashlib, json, os, xml.dom.minidom
d = os.path.realpath("out/terbaru")
p = json.load(open(d + "/datapackage.json"))
for r in p["resources"]:
    with open(d + "/" + r["path"], newline="") as f:
        assert next(csv.reader(f)) == [x["name"] for x in r["schema"]["fields"]], r["path"]
    assert all(x.get("type") and x.get("description") for x in r["schema"]["fields"]), r["path"]
t = json.load(open("out/terbaru.json"))
assert t["rilis"] == os.path.basename(d)
assert t["manifes"] == hashlib.sha256(open(d + "/manifest/index", "rb").read()).hexdigest()
assert xml.dom.minidom.parse("out/feed.xml").getElementsByTagName("entry").length == 1
PY
(cd out/terbaru && cat manifest/[0-9a-f][0-9a-f] | sha256sum -c --quiet) || fail "sha256sum finds other hashes"
for f in out/terbaru/ppwp/*.csv; do
    zstd -dcq "$f.zst" | cmp - "$f" && gzip -dc "$f.gz" | cmp - "$f" || fail "$f.zst or .gz is another file"
done

# Nothing new: no release. A correction: one new release; what did not change is the same file.
expect 0 "$REKAP" release p out --quiet
grep -q "nothing new" out.txt || fail "a release without anything new"
first=$(readlink out/terbaru)
sed 's/,30,200,230,5,235/,31,199,230,5,235/' forms.csv | head -n 2 >one.csv
expect 0 "$REKAP" import p --kontes ppwp --alasan "salah tulis" one.csv
cp -r "out/$first" before
expect 0 "$REKAP" release p out --quiet
[ "$(readlink out/terbaru)" != "$first" ] || fail "no new release"
diff -r before "out/$first" || fail "a release changed after it was made"
[ out/terbaru/wilayah.csv -ef "out/$first/wilayah.csv" ] || fail "an unchanged file was written again"
[ "$(cell out/terbaru/ppwp/perubahan.csv tps=1101012001001 kolom=suara_01 sesudah)" = 31 ] || fail "the difference is not listed"
expect 0 "$REKAP" verify-release out/terbaru --key "$key" --quiet
expect 0 "$REKAP" verify-release "out/$first" --key "$key" --quiet

# A changed byte, a wrong key, a release that the log does not name.
cp -rL out copy
sed -i 's/,31,/,41,/' copy/terbaru/ppwp/tps.csv
expect 1 "$REKAP" verify-release copy/terbaru --key "$key"
grep -q "ppwp/tps.csv" out.txt || fail "the changed file is not named"
other=$("$REKAP" kunci buat --peran uji --berkas lain.key) # a key of the same name
expect 1 "$REKAP" verify-release out/terbaru --key "$other"
grep -q "^FAIL  checkpoint" out.txt || fail "a wrong key was not refused at the checkpoint"
# Killed before its entry: the next run finishes it, and does not cut another.
cp -r p p2 && cp -r out out2
rm -f "out2/$(readlink out2/terbaru).json"
expect 0 "$REKAP" release p2 out2 --quiet
[ -e "out2/$(readlink out2/terbaru).json" ] || fail "a run cut short was not finished"
expect 2 "$REKAP" release p out --daily 25:00

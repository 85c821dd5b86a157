# Formats of others: NIST's schema accepts the export and its sums are the recap's; OpenElections' rows
# add up to the recap; all provinces and kabupaten join the map's keys.
. "$ROOT/tests/cases/lib.bash"

# the map's keys: standard library only
python3 - "$ROOT" <<'PY'
import csv, io, json, subprocess, sys
root = sys.argv[1]
def rows(name):
    data = subprocess.run(["zstd", "-qdcf", f"{root}/data/{name}"], capture_output=True, check=True).stdout
    return list(csv.DictReader(io.StringIO(data.decode())))
prov, kab = rows("peta/kunci-provinsi.csv"), rows("peta/kunci-kabkota.csv")
shapes = [g["id"] for g in json.load(open(f"{root}/data/peta/idn-prov-38.topo.json"))["objects"]["indonesia-38-prov-topo"]["geometries"]]
assert len(shapes) == len(set(shapes)) == 38 and sorted(r["id_peta"] for r in prov) == sorted(shapes)
for year, abroad in (("2024", "99"), ("2019", "-99")):
    tree = rows(f"pemilu{year}/wilayah.csv.zst")
    parent = {r["kode"]: r["induk"] for r in tree}
    want = sorted(r["kode"] for r in tree if r["tingkat"] == "1" and r["kode"] != abroad)
    assert sorted(r[f"kode_kpu_{year}"] for r in prov if r[f"kode_kpu_{year}"]) == want, year
    home = sorted(r["kode"] for r in tree if r["tingkat"] == "2" and r["induk"] != abroad)
    assert sorted(r[f"kode_kpu_{year}"] for r in kab) == home and len(home) == 514, year
    top = {r["kode_kpu_2024"]: r["kode_kpu_2024"] if year == "2024" else r["asal_kpu_2019"] for r in prov}
    assert all(parent[r[f"kode_kpu_{year}"]] == top[r["kode_kpu_2024_provinsi"]] for r in kab)
for column in ("kode_kemendagri_2025", "kode_bps_2020"):
    assert len({r[column] for r in kab}) == 514
print("38 provinces, 514 kabupaten join")
PY

# a small election with blanks, to its full depth
small_tree
small_contest
small_forms
expect 0 "$REKAP" init pemilu --nama "Pemilu Uji" --id uji --tanggal 2024-02-14
expect 0 "$REKAP" wilayah pemilu wilayah.csv
expect 0 "$REKAP" kontes pemilu kontes.json
expect 0 "$REKAP" import pemilu --kontes ppwp forms.csv
# a parliament of two dapil with parties and candidates
cat >k2.json <<'JSON'
{"format": "rekap-kontes-1", "kode": "pdpr", "nama": "DPR uji", "bentuk": "partai", "medan": ["suara_sah", "suara_tidak_sah", "suara_total"],
 "pilihan": [{"kode": "1", "nomor": 1, "nama": "Satu", "warna": "#AB12CD"}, {"kode": "2", "nomor": 2, "nama": "Dua"}],
 "dapil": [{"kode": "D1", "nama": "DAPIL 1", "wilayah": ["1101012001"], "kursi": 3, "calon": {"1": [{"nama": "Calon"}]}},
           {"kode": "D2", "nama": "DAPIL 2", "wilayah": ["1101012002"], "kursi": 2}]}
JSON
cat >f2.csv <<'CSV'
tps,suara_1,suara_1.1,suara_2,suara_sah,suara_tidak_sah,suara_total
1101012001001,100,150,100,350,1,351
1101012002001,30,,10,40,0,40
CSV
expect 0 "$REKAP" kontes pemilu k2.json
expect 0 "$REKAP" import pemilu --kontes pdpr f2.csv
for k in ppwp pdpr; do
    for level in 0 1 2 3 4 5; do
        expect 0 "$REKAP" export pemilu --kontes $k --format nist --tingkat $level nist-$k-$level.json
        expect 0 "$REKAP" export pemilu --kontes $k --format openelections --tingkat $level oe-$k-$level.csv
        "$REKAP" recap pemilu --kontes $k --tingkat $level --format csv >recap-$k-$level.csv
    done
done
expect 0 "$REKAP" init n --nama 2019 --id n --tanggal 2019-04-17
expect 0 "$REKAP" wilayah n "$ROOT/data/pemilu2019/wilayah.csv.zst"
expect 0 "$REKAP" kontes n "$ROOT/data/pemilu2019/kontes-ppwp.json"
expect 0 "$REKAP" import n --kontes ppwp --quiet "$ROOT/data/pemilu2019/ppwp.csv.zst"
expect 0 "$REKAP" export n --kontes ppwp --format nist nist-2019-1.json
"$REKAP" recap n --kontes ppwp --tingkat 1 --format csv >recap-2019-1.csv
expect 0 "$REKAP" export n --kontes ppwp --format openelections --tingkat 2 oe-2019-2.csv
"$REKAP" recap n --kontes ppwp --tingkat 2 --format csv >recap-2019-2.csv
expect 2 "$REKAP" export pemilu --kontes ppwp --format eml x
expect 2 "$REKAP" export pemilu --kontes ppwp --tingkat 1 x
expect 0 "$REKAP" init kosong --nama Kosong --id kosong
expect 0 "$REKAP" wilayah kosong wilayah.csv
expect 0 "$REKAP" kontes kosong kontes.json
expect 1 "$REKAP" export kosong --kontes ppwp --format nist x
grep -q -- --tanggal out.txt

python3 - <<'PY'
import csv, glob, json
def recap(name):
    return {r["kode"]: r for r in csv.DictReader(open(name, encoding="utf-8"))}
def check_nist(name, level_rows):
    d = json.load(open(name, encoding="utf-8"))
    units = {u["@id"]: u for u in d["GpUnit"]}
    assert len(units) == len(d["GpUnit"]), "an id twice"
    for u in d["GpUnit"]:
        assert all(x in units for x in u.get("ComposingGpUnitIds", [])), u
    names = {c["@id"] for e in d["Election"] for c in e["Candidate"]} | {p["@id"] for p in d.get("Party", [])}
    seen = got = dapil = 0
    for c in d["Election"][0]["Contest"]:
        assert c["ElectionDistrictId"] in units
        for s in c["ContestSelection"]:
            assert all(x in names for x in s.get("CandidateIds", []) + s.get("PartyIds", []))
            choice = "suara_" + s["@id"].split("-", 2)[2]
            for v in s["VoteCounts"]:
                kind, code = v["GpUnitId"].split("-", 1)
                assert v["GpUnitId"] in units
                dapil += v["Count"] if kind == "dapil" else 0
                if kind == "dapil" or code not in level_rows:
                    continue
                assert str(v["Count"]) == level_rows[code][choice], (name, code, choice)
                got += v["Count"]
                seen += 1
    assert (got or dapil) == sum(int(r[c] or 0) for r in level_rows.values() for c in r if c.startswith("suara_")
                      and c not in ("suara_sah", "suara_tidak_sah", "suara_total")), name
    for b in d["Election"][0].get("BallotCounts", []):
        row = level_rows.get(b["GpUnitId"].split("-", 1)[1])
        if row:
            assert row["suara_total"] == str(b.get("BallotsCast", "")) and row["suara_tidak_sah"] == str(b.get("BallotsRejected", ""))
    return seen
def check_oe(name, rows):
    got = {}
    for r in csv.DictReader(open(name, encoding="utf-8")):
        column = "suara_" + r["choice"] if r["choice"] else {"Ballots Cast": "suara_total", "Invalid Votes": "suara_tidak_sah"}.get(r["office"])
        if column:
            assert (r["code"], column) not in got
            got[r["code"], column] = r["votes"]
    several = name.startswith("oe-pdpr") and name[8] in "0123"  # above the dapil: no rows of choices
    for code, r in rows.items():
        for c, v in r.items():
            if c.startswith("suara_") and c != "suara_sah" and not (several and c not in ("suara_total", "suara_tidak_sah")):
                assert got.get((code, c), "") == v or (v == "0" and (code, c) not in got), (name, code, c, v)
    return len(got)
n = m = 0
for name in sorted(glob.glob("nist-*.json")):
    n += check_nist(name, recap("recap" + name[4:-5] + ".csv"))
for name in sorted(glob.glob("oe-*.csv")):
    m += check_oe(name, recap("recap" + name[2:]))
print(n, "NIST counts and", m, "OpenElections rows equal the recap")
PY

# NIST's schema
python3 -c 'import jsonschema' 2>/dev/null || { echo "python3-jsonschema is not installed: the schema was not tried"; exit 77; }
python3 - "$ROOT/tests/schemas/nist-1500-100-v2.schema.json" nist-*.json <<'PY'
import json, sys, jsonschema
schema = json.load(open(sys.argv[1]))
jsonschema.Draft4Validator.check_schema(schema)
v = jsonschema.Draft4Validator(schema)
for name in sys.argv[2:]:
    bad = [f"{name}: {list(e.path)}: {e.message[:200]}" for e in v.iter_errors(json.load(open(name)))]
    assert not bad, "\n".join(bad[:3])
wrong = json.load(open(sys.argv[2]))
wrong["Status"] = "final"
assert list(v.iter_errors(wrong)), "the validator accepts anything"
print(len(sys.argv) - 2, "reports are valid")
PY

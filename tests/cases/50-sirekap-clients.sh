# Programs written against KPU's service in 2024, in short: the crawler that derives every address from
# the first by replacing a string, the strict schema, the one that cuts rows by position. They run
# against the live tree; the published files hold the same bytes.
. "$ROOT/tests/cases/lib.bash"
small_tree
small_contest
small_forms
new_election pemilu
expect 0 "$REKAP" import pemilu --kontes ppwp forms.csv
cat >1101012002002.json <<'JSON'
{"mode":"hhcw","chart":{"null":null,"01":83,"02":107},"images":["https://example.org/1.jpg",null,null],"administrasi":null,"psu":null,"ts":"2024-02-16 16:25:10","status_suara":true,"status_adm":false}
JSON
expect 0 "$REKAP" import pemilu --kontes ppwp 1101012002002.json
expect 0 "$REKAP" publish pemilu out

"$REKAP" serve pemilu --listen 127.0.0.1:0 >serve.txt 2>&1 &
server=$!
trap 'kill $server 2>/dev/null || true' EXIT
for _ in $(seq 100); do grep -q 'http://' serve.txt && break; sleep 0.1; done
base=$(grep -o 'http://[0-9.:]*' serve.txt | head -n 1)
test -n "$base" || { cat serve.txt >&2; fail "the server does not say where it is"; }

cat >client.py <<'PY'
import json, os, re, sys, urllib.error, urllib.request

base, out = sys.argv[1], sys.argv[2]
ROW = {"psu", "persen", "status_progress"}
ADM = set("suara_sah suara_total pemilih_dpt_j pemilih_dpt_l pemilih_dpt_p pengguna_dpt_j pengguna_dpt_l pengguna_dpt_p "
          "pengguna_dptb_j pengguna_dptb_l pengguna_dptb_p suara_tidak_sah pengguna_total_j pengguna_total_l pengguna_total_p "
          "pengguna_non_dpt_j pengguna_non_dpt_l pengguna_non_dpt_p".split())
seen = 0


def fetch(url):
    global seen
    request = urllib.request.Request(url, headers={"Referer": "https://pemilu2024.kpu.go.id/"})
    with urllib.request.urlopen(request, timeout=10) as r:
        assert r.headers["Content-Type"].startswith("application/json"), url
        assert r.headers["Access-Control-Allow-Origin"] == "*", url
        body = r.read()
    path = os.path.join(out, url[len(base) + 1:])
    if os.path.exists(path): # a station's empty wilayah document is served, not written
        assert open(path, "rb").read() == body, f"{path} is not what {url} serves"
    else:
        assert body == b"[]", f"{url} is not published"
    seen += 1
    return json.loads(body)


def is_number(v):
    return isinstance(v, (int, float)) and not isinstance(v, bool)


def aggregate(doc, children):
    assert list(doc) == ["ts", "psu", "mode", "chart", "table", "progres"], list(doc)
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", doc["ts"])
    assert list(doc["chart"]) == ["01", "02", "persen"] and set(doc["progres"]) == {"total", "progres"}
    assert set(doc["table"]) == {c["kode"] for c in children}
    for row in doc["table"].values():
        assert set(list(row)[-3:]) == ROW and is_number(row["persen"]) and isinstance(row["status_progress"], bool)
        if len(row) > 3: # by position: what is before the last three are the choices in their order
            assert list(row)[:-3] == ["01", "02"]
    for k in ("01", "02"):
        assert doc["chart"][k] == sum(row.get(k) or 0 for row in doc["table"].values())


def station(doc):
    keys = {"chart", "images", "administrasi", "psu", "ts", "status_suara", "status_adm"}
    assert keys <= set(doc) <= keys | {"mode"}, set(doc)
    assert len(doc["images"]) == 3 and doc["psu"] is None
    assert doc["chart"] is None or next(iter(doc["chart"])) == "null"
    assert doc["administrasi"] is None or set(doc["administrasi"]) == ADM
    return sum(v or 0 for v in (doc["chart"] or {}).values())


def walk(url):
    rows = fetch(url)
    assert all(set(r) == {"nama", "id", "kode", "tingkat"} for r in rows)
    aggregate(fetch(url.replace("wilayah/pemilu", "pemilu/hhcw")), rows)
    total = 0
    for r in rows:
        below = (url[:-len("/0.json")] if url.endswith("/0.json") else url[:-len(".json")]) + f"/{r['kode']}.json"
        if r["tingkat"] < 5:
            total += walk(below)
        else:
            assert fetch(below) == []
            total += station(fetch(below.replace("wilayah/pemilu", "pemilu/hhcw")))
    return total


total = walk(base + "/wilayah/pemilu/ppwp/0.json")
pairs, nation = fetch(base + "/pemilu/ppwp.json"), fetch(base + "/pemilu/hhcw/ppwp.json")
assert all(set(p) == {"ts", "nama", "warna", "nomor_urut"} for p in pairs.values())
assert total == sum(nation["chart"][k] for k in pairs) == 102 + 435 + 83 + 107, total
assert nation["progres"] == {"total": 5, "progres": 5}
for absent in ("pemilu/hhcw/ppwp/12.json", "pemilu/hr/ppwp.json", "pemilu/hhcw/ppwp/11/110101.json"):
    try:
        fetch(f"{base}/{absent}")
        sys.exit(f"{absent} is there")
    except urllib.error.HTTPError as e:
        assert e.code == 404
files = sum(n.endswith(".json") and not n.startswith(".") for _, _, names in os.walk(out) for n in names)
print(seen, "documents,", files, "files")
PY
python3 client.py "$base" out

# What comes in later is rewritten alone.
sed 's/^1101012001001,140,150,30,200,230,5,235/1101012001001,140,150,31,199,230,5,235/' forms.csv >later.csv
expect 0 "$REKAP" import pemilu --kontes ppwp later.csv
cp -a out before
expect 0 "$REKAP" publish pemilu out
changed=$(cd out && find . -name '*.json' ! -name '.*' -exec sh -c 'cmp -s "$1" "../before/$1" || echo "$1"' sh {} \; | wc -l)
test "$changed" -eq 7 || fail "$changed files changed, not the station's and its ancestors' 7"
sleep 1.5
python3 client.py "$base" out

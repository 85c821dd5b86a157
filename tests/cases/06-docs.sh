# The documents say what is there: every standard rule and field, and no link leads nowhere.
python3 - "$ROOT" <<'PY'
import glob, hashlib, json, os, re, sys
root = sys.argv[1]
bad = []
standard = json.load(open(f"{root}/contests/standar.json"))
rules = open(f"{root}/docs/rules.md").read()
for r in standard["aturan"]:
    if f"| {r['id']} | {r['berat']} |" not in rules:
        bad.append(f"docs/rules.md has no {r['id']} of severity {r['berat']}")
    bad += [f"docs/rules.md: {r['id']} lacks `{c}`" for c in r["cek"] if f"`{c}`" not in rules]
form = open(f"{root}/docs/format/formulir.md").read() + open(f"{root}/docs/man/rekap-formulir.5").read()
for m in standard["medan"]:
    if m not in form and re.sub("_[lpj]$", "_", m) not in form:
        bad.append(f"the forms' documents do not name {m}")
for md in glob.glob(f"{root}/*.md") + glob.glob(f"{root}/docs/**/*.md", recursive=True):
    for target in re.findall(r"\]\(([^)#\s]+)", open(md).read()):
        if "://" not in target and not os.path.exists(os.path.join(os.path.dirname(md), target)):
            bad.append(f"{os.path.relpath(md, root)}: no such file: {target}")
# What is shipped is what was re-tabulated: each data file stands in one list of hashes, which holds.
lists = [os.path.join(root, "data", x) for x in ("SHA256SUMS", "SHA256SUMS.lain", "arsip/SHA256SUMS")]
sums = dict(reversed(line.split()) for x in lists for line in open(x))
for path in glob.glob(f"{root}/data/**/*", recursive=True):
    name = os.path.relpath(path, root)
    if os.path.isfile(path) and not re.search(r"\.(md|py|rejects\.csv)$|SHA256SUMS", name) and name not in sums:
        bad.append(f"{name}: in no data/SHA256SUMS*")
for name, want in sums.items():
    if hashlib.sha256(open(os.path.join(root, name), "rb").read()).hexdigest() != want:
        bad.append(f"{name}: is not what its SHA256SUMS says")
print("\n".join(bad))
sys.exit(1 if bad else 0)
PY
if command -v mandoc >/dev/null; then
    for m in "$ROOT"/docs/man/*.[1-9]; do mandoc -T lint -W warning "$m"; done
fi

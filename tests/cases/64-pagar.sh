# The firewall and the unit that ship are what the sample declaration gives, and the tools they are for
# take them. A declaration that breaks a rule gives none; its texts cannot become rules.
. "$ROOT/tests/cases/lib.bash"
d="$ROOT/deploy"
expect 0 "$REKAP" residency check "$d/residency.json"
"$REKAP" residency nft "$d/residency.json" | cmp - "$d/rekap.nft"
"$REKAP" residency systemd "$d/residency.json" | cmp - "$d/rekap.service.d/residensi.conf"

# what is declared is in both, once for each address
python3 - "$d" <<'PY'
import ipaddress, json, re, sys
d = sys.argv[1]
nft, unit = open(d + "/rekap.nft").read(), open(d + "/rekap.service.d/residensi.conf").read()
want = set()
for t in json.load(open(d + "/residency.json"))["targets"]:
    for a in t.get("addresses", [t.get("host", "")]):
        try:
            want.add((str(ipaddress.ip_network(a)), t["port"]))
        except ValueError:
            pass
allowed = {str(ipaddress.ip_network(a)) for a in re.findall(r"^IPAddressAllow=([0-9a-f.:/]+)$", unit, re.M)}
assert allowed == {a for a, _ in want}, allowed ^ {a for a, _ in want}
rules = set()
for addresses, port in re.findall(r"^ +ip6? daddr \{ ([^}]*) \} \w+ dport (\d+) counter accept", nft, re.M):
    rules |= {(str(ipaddress.ip_network(a.strip())), int(port)) for a in addresses.split(",")}
assert rules == want, rules ^ want
assert unit.count("IPAddressDeny=any") == 1 and nft.count("reject") == 1
PY

sed 's/"country": "ID", "holds": "non-public",/"country": "SG", "holds": "non-public",/' "$d/residency.json" >abroad.json
for word in nft systemd; do
    expect 1 "$REKAP" residency $word abroad.json
    grep -q 'rule S02' out.txt && ! grep -q accept out.txt || fail "rules from a declaration that breaks one"
done
cat >evil.json <<'J'
{"format":"rekap-residency-1","name":"a\u000a accept","operator":"b","date":"x\u000aIPAddressAllow=any","targets":[
{"id":"t","kind":"cdn","operator":"o\u000aIPAddressAllow=any","country":"ID","holds":"public","host":"h","port":1,"addresses":["::ffff:192.0.2.0/120","192.0.2.77/24"]},
{"id":"u","kind":"store","operator":"o","country":"ID","holds":"public","path":"/srv/a b\u000a/etc"}]}
J
if "$REKAP" residency systemd evil.json >evil.conf 2>/dev/null; then
    ! grep -qE '^IPAddressAllow=any|^ReadWritePaths|^/etc' evil.conf || fail "a text became a rule"
    [ "$(grep -c '^IPAddressAllow=192.0.2.0/24$' evil.conf)" = 2 ] || fail "not the range that is meant"
    "$REKAP" residency nft evil.json | grep -q '^ accept' && fail "a text became a rule"
fi
expect 1 "$REKAP" residency nft "$d/residency.json" --user 'a" accept'

checked=""
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else unshare -rn "$@"; fi; }
if PATH="$PATH:/usr/sbin" command -v nft >/dev/null && unshare -rn true 2>/dev/null; then
    for f in "$d/residency.json" evil.json; do
        "$REKAP" residency nft "$f" --user 0 >check.nft 2>/dev/null || continue
        PATH="$PATH:/usr/sbin" unshare -rn nft -c -f check.nft || fail "nft does not take the ruleset of $f"
    done
    checked="nft"
fi
if command -v systemd-analyze >/dev/null; then
    mkdir -p unit/rekap.service.d
    for u in rekap.service rekap-rilis.service rekap-residensi.service; do
        sed "s,/usr/local/bin/rekap,$REKAP,; s/^User=.*/User=root/; s/^Group=.*/Group=root/; /^Documentation=/d" "$d/$u" >"unit/$u"
    done
    cp "$d/rekap.service.d/residensi.conf" unit/rekap.service.d/
    cp "$d"/*.timer unit/
    for u in unit/*.service unit/*.timer; do
        systemd-analyze verify "./$u" >said.txt 2>&1 && [ ! -s said.txt ] || { cat said.txt; fail "systemd does not take $u"; }
    done
    exposure=$(systemd-analyze security --offline=yes ./unit/rekap.service 2>/dev/null | sed -n 's/.*exposure level.*: \([0-9.]*\) .*/\1/p')
    [ -z "$exposure" ] || awk "BEGIN { exit !($exposure <= 2.0) }" || fail "the unit's exposure is $exposure"
    checked="$checked systemd-analyze"
fi
[ -n "$checked" ] || { echo "compared; neither nft (in a namespace) nor systemd-analyze is here to check the syntax"; exit 77; }

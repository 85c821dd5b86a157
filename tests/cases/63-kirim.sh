# Deliveries to whoever asked: by SFTP (a real sshd), HTTP and mail; once each; residency before anything;
# what fails is put off with its reason; a run that is killed is gone on with; no address is ever said.
. "$ROOT/tests/cases/lib.bash"
. "$ROOT/tests/cases/kirim.bash"
cal="--kalender $ROOT/data/kalender/holidays-2024-2026.csv"
small_tree && small_contest && small_forms && new_election p
expect 0 "$REKAP" import p --kontes ppwp forms.csv
expect 0 "$REKAP" release p out --quiet
release=$(readlink out/terbaru)
mkdir -p p/kirim reg
for no in P-1 P-2; do
    expect 0 "$REKAP" ppid terima reg $no $cal --tanggal 2024-02-13 --hari-ini 2024-03-01 --perihal "hasil per TPS" --alias pemohon-0001
done
subscribe() { expect 0 "$REKAP" ppid langganan reg "$1" $cal --tanggal 2024-03-01 --perihal "$2" --ke "$3"; }
deliver() {
    local code=0
    "$REKAP" kirim out --ppid reg --tujuan p/kirim/tujuan.json --sekali "$@" >out.txt 2>&1 || code=$?
    cat out.txt >>said.txt
    return $code
}
state() { # ALIAS: how it stands, from the log
    "$REKAP" kirim status --tujuan p/kirim/tujuan.json --json | python3 -c '
import json, sys
for k in json.load(sys.stdin)["kiriman"]:
    if k["alias"] == sys.argv[1] and k["apa"] == "hasil": print(k["keadaan"], k.get("sebab", "-"), k["percobaan"])' "$1"
}

receiver web http
receiver mailbox odd-smtp
expect 0 "$REKAP" kunci buat --peran kirim --berkas p/kirim/kirim.key
"$REKAP" kunci buat --peran kirim --berkas lain.key >/dev/null
grep -v '^$' out.txt | grep '+' | tail -n 1 >web/key
printf 'rahasia\n' >p/kirim/sandi && chmod 600 p/kirim/sandi
put='"alias": "koran-put", "ke": "koran-1", "protokol": "put", "url": "http://127.0.0.1:'$(port web)'/masuk", "pengguna": "rekap",
     "sandi": "sandi", "tanda_tangan": "kirim.key", "bentuk": "polos"'
mail='"alias": "warga", "ke": "surel-1", "protokol": "smtp", "url": "smtp://127.0.0.1:'$(port mailbox)'", "dari": "data@kpu.example",
     "kepada": "rahasia-pribadi@warga.example", "bentuk": "gz", "maks_lampiran": 2000'
destinations "$put" "$mail"
subscribe P-1 hasil koran-1
subscribe P-2 hasil surel-1

# The file is its owner's alone.
chmod 640 p/kirim/tujuan.json
expect 1 "$REKAP" kirim out --ppid reg --tujuan p/kirim/tujuan.json
grep -q "others may read" out.txt || fail "a readable file of destinations was taken"
chmod 600 p/kirim/tujuan.json

# A rehearsal sends and writes nothing.
deliver --dry-run
grep -q "menunggu *koran-put: $release" out.txt || { cat out.txt; fail "nothing planned"; }
[ ! -e p/kirim/kirim.jsonl ] && [ ! -e web/requests.log ] || fail "a rehearsal did something"

# Brought, once; signatures fit (the receiver refuses others).
deliver || { cat out.txt p/kirim/kirim-pribadi.log; fail "not delivered"; }
(cd "out/$release" && find . -type f ! -name '*.zst' ! -name '*.gz' ! -name index.html | sort) >want
(cd "web/got/masuk/$release" && find . -type f | sort) >have
cmp want have || { diff want have || true; fail "other files came than belong to it"; }
diff -r -x '*.zst' -x '*.gz' -x index.html "out/$release" "web/got/masuk/$release" || fail "a file came changed"
cmp "out/$release.json" web/got/masuk/terbaru.json
python3 - "$release" <<'PY' || fail "the list or the mail is not as described"
import email, hashlib, json, os, sys
r = sys.argv[1]
k = json.load(open(f"web/got/masuk/{r}.hasil.kiriman.json"))
assert k["format"] == "rekap-kiriman-1" and k["berkas"]
for f in k["berkas"]:
    b = open("web/got/masuk/" + f["nama"], "rb").read()
    assert len(b) == f["bytes"] and hashlib.sha256(b).hexdigest() == f["sha256"], f
mails = os.listdir("mailbox/got")
assert len(mails) == 1, mails
m = email.message_from_bytes(open("mailbox/got/" + mails[0], "rb").read())
assert m["To"] == "rahasia-pribadi@warga.example" and r in m["Message-ID"], m.items()
parts = [p for p in m.walk() if p.get_filename()]
text = [p for p in m.walk() if p.get_content_type() == "text/plain"][0].get_payload(decode=True).decode()
assert "Rilis data mentah" in text and "Release of the raw data" in text
small = [f for f in os.listdir(f"out/{r}/ppwp") if f.endswith(".gz")]
assert parts and all(len(p.get_payload(decode=True)) <= 2000 for p in parts)
for p in parts:
    name = p.get_filename().replace(r + "_", "").replace("ppwp_", "ppwp/").replace("manifest_", "manifest/")
    assert p.get_payload(decode=True) == open(f"out/{r}/{name}", "rb").read(), name
for f in small:
    assert f"{r}/ppwp/{f}" in text and hashlib.sha256(open(f"out/{r}/ppwp/{f}", "rb").read()).hexdigest() in text
PY
n=$(wc -l <web/requests.log)
deliver || { cat out.txt; fail "the second run fails"; }
[ "$(wc -l <web/requests.log)" = "$n" ] && [ "$(ls mailbox/got | wc -l)" = 1 ] || fail "delivered twice"
[ "$(state koran-put)" = "terkirim - 1" ] || fail "status: $(state koran-put)"

# A new release is delivered, and one that nobody could take is put off with the reason.
sed 's/,30,200,230,5,235/,31,199,230,5,235/' forms.csv | head -n 2 >one.csv
expect 0 "$REKAP" import p --kontes ppwp --alasan "salah tulis" one.csv
expect 0 "$REKAP" release p out --quiet
release=$(readlink out/terbaru)
echo "status 507" >web/mode
echo "silent" >mailbox/mode
destinations "$put, \"diam\": 1" "$mail, \"diam\": 1"
! deliver || fail "a full receiver took it"
[ "$(state koran-put)" = "ditunda penuh 1" ] || fail "status: $(state koran-put)"
[ "$(state warga)" = "ditunda waktu-habis 1" ] || fail "status: $(state warga)"
destinations "$put" "$mail"
echo "status 403" >web/mode
echo "rcpt 550" >mailbox/mode
! deliver || fail "a refusal was taken for a success"
[ "$(state koran-put)" = "ditunda masuk-ditolak 2" ] || fail "status: $(state koran-put)"
[ "$(state warga)" = "ditunda ditolak 2" ] || fail "status: $(state warga)"
echo pass >web/mode
echo drop >mailbox/mode # says 250 and hangs up: it has the mail
deliver || { cat out.txt p/kirim/kirim-pribadi.log; fail "not delivered when the receivers are back"; }
[ "$(ls mailbox/got | wc -l)" = 2 ] || fail "a mail too many"
deliver && [ "$(ls mailbox/got | wc -l)" = 2 ] || fail "the mail was sent again after its 250"
diff -r -x '*.zst' -x '*.gz' -x index.html "out/$release" "web/got/masuk/$release" || fail "a file came changed"

# While a run lasts, what failed is tried again in it; a second run does not disturb.
expect 0 "$REKAP" import p --kontes ppwp --alasan "salah tulis" one.csv
expect 0 "$REKAP" import p --kontes ppwp --alasan "kembali" <(head -n 2 forms.csv)
expect 0 "$REKAP" release p out --quiet
release=$(readlink out/terbaru)
destinations "$put" "$mail"
sed -i 's/"jeda": 0/"jeda": 1, "percobaan": 50/' p/kirim/tujuan.json
echo "status 503" >web/mode
"$REKAP" kirim out --ppid reg --tujuan p/kirim/tujuan.json >run.txt 2>&1 &
run=$!
for _ in $(seq 100); do [ "$(state koran-put)" = "ditunda sibuk 2" ] && break; sleep 0.1; done
! deliver || fail "two runs at a time"
grep -q "another process is at work" out.txt || { cat out.txt; fail "not told that another run is at work"; }
echo pass >web/mode
wait $run || { cat run.txt; fail "a receiver that came back got nothing"; }
grep -q "^terkirim *koran-put: $release" run.txt && [ "$(state koran-put)" != "terkirim - 1" ] || { cat run.txt; fail "not delivered by the same run"; }

# A release that could not be delivered gives way to the next, and the log says so.
echo "status 503" >web/mode
expect 0 "$REKAP" import p --kontes ppwp --alasan "salah tulis" one.csv
expect 0 "$REKAP" release p out --quiet
missed=$(readlink out/terbaru)
! deliver || fail "delivered to a server that says 503"
expect 0 "$REKAP" import p --kontes ppwp --alasan "kembali" <(head -n 2 forms.csv)
expect 0 "$REKAP" release p out --quiet
release=$(readlink out/terbaru)
echo pass >web/mode
deliver || { cat out.txt; fail "the newer release is not delivered"; }
grep '"ganti"' p/kirim/kirim.jsonl | grep -q "\"$missed\"" || fail "the log does not say that $missed gave way"
[ ! -e "web/got/masuk/$missed/checkpoint.note" ] && [ -e "web/got/masuk/$release/checkpoint.note" ] || fail "another release was delivered"

# What was disclosed of the infrastructure, to who asked for that.
expect 0 "$REKAP" disclose "$ROOT/infra" infra-out
subscribe P-3 infrastruktur koran-1
expect 3 "$REKAP" kirim out --ppid reg --tujuan p/kirim/tujuan.json
grep -q "needs --infra" out.txt || fail "not told what infrastruktur needs"
deliver --infra infra-out || { cat out.txt; fail "the disclosure is not delivered"; }
(cd web/got/masuk/infra-*/ && sha256sum -c --quiet SHA256SUMS) || fail "the disclosure came changed"
expect 0 "$REKAP" ppid langganan reg P-3 $cal --tanggal 2024-03-01 --perihal infrastruktur --ke koran-1 --tiap berhenti

# Residency: another machine is refused by its rule before its name is looked up; non-public data stay in Indonesia.
cp p/kirim/tujuan.json here.json
destinations "${put/127.0.0.1/pelanggan.invalid}" && sed -i 's,http:,https:,' p/kirim/tujuan.json
expect 0 "$REKAP" import p --kontes ppwp --alasan "salah tulis" one.csv
expect 0 "$REKAP" import p --kontes ppwp --alasan "kembali" <(head -n 2 forms.csv)
expect 0 "$REKAP" release p out --quiet
! deliver || fail "an undeclared target was reached"
grep -q "tata-tempat: rule S01" out.txt || { cat out.txt; fail "the rule is not named"; }
target() { # COUNTRY HOLDS KIND MORE
    printf '{"format":"rekap-residency-1","name":"uji","operator":"KPU","date":"2026-11-24","targets":[{"id":"koran-1","kind":"%s",
      "operator":"PT","country":"%s","holds":"%s","host":"pelanggan.invalid",
      "addresses":["192.0.2.1"]%s}]}' "$3" "$1" "$2" "$4" >p/residency.json
}
refused() { # RULE
    ! deliver --dry-run || fail "not refused"
    grep -q "$1" out.txt || { cat out.txt; fail "rule $1 is not named"; }
}
dry() { deliver --dry-run || true; ! grep -q "rule S" out.txt || { cat out.txt; fail "refused"; }; }
target ID public delivery '' && dry
target ID public witness '' && refused S06
target SG public delivery '' && refused S03
target SG public delivery ',"public_abroad":true' && dry
sed -i 's/koran-1/lain-1/' p/residency.json && refused S06 # the address of another target
sed -i 's/"bentuk": "polos"/"bentuk": "polos", "maks_byte": 10/' p/kirim/tujuan.json
target ID public delivery '' && refused terlalu-besar
sed -i 's/"maks_byte": 10/"tertutup": true/' p/kirim/tujuan.json
refused S02
target ID public delivery '' && refused S02
target ID non-public delivery '' && dry
target SG non-public delivery '' && refused S02
rm p/residency.json
cp here.json p/kirim/tujuan.json

# A test delivery, and one that cannot be.
expect 0 "$REKAP" kirim uji koran-put --tujuan p/kirim/tujuan.json
grep -q '"rekap-uji-1"' web/got/masuk/rekap-uji.json
expect 1 "$REKAP" kirim uji tidak-ada --tujuan p/kirim/tujuan.json
cp lain.key p/kirim/kirim.key
expect 1 "$REKAP" kirim uji koran-put --tujuan p/kirim/tujuan.json
grep -q "masuk-ditolak" out.txt || { cat out.txt; fail "a wrong signing key is not told"; }

# Attempts are bounded; what was given up is asked for again with --ulang.
echo "status 503" >web/mode
destinations "$put" "$mail"
sed -i 's/"jeda": 0/"jeda": 0, "percobaan": 3/' p/kirim/tujuan.json
for _ in 1 2 3 4; do deliver || true; done
[ "$(state koran-put)" = "gagal sibuk 3" ] || { state koran-put; fail "not given up after three"; }
echo pass >web/mode
! deliver || fail "what was given up was tried again by itself"
expect 0 "$REKAP" kunci buat --peran kirim --berkas p/kirim/baru.key
grep '+' out.txt | tail -n 1 >web/key
cp p/kirim/baru.key p/kirim/kirim.key
deliver --ulang || { cat out.txt p/kirim/kirim-pribadi.log; fail "not delivered again"; }

# No address in anything public: the log, what was printed, what is published.
! grep -rqE '127\.0\.0\.1|warga\.example|kpu\.example|invalid' p/kirim/kirim.jsonl out said.txt run.txt || fail "an address is public"
[ "$(stat -c %a p/kirim/kirim-pribadi.log)" = 600 ] || fail "the private log is readable"
[ -z "$(ls p/kirim/antrean 2>/dev/null)" ] || fail "the queue was left behind"
mkdir -p out/kirim && cp p/kirim/tujuan.json out/kirim/ && chmod 600 out/kirim/tujuan.json
expect 1 "$REKAP" kirim out --ppid reg --tujuan out/kirim/tujuan.json
grep -q "is published" out.txt || fail "destinations in a published directory were taken"

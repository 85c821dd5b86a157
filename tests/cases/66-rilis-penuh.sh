# The same log gives the same release, byte for byte; a disk that is full at any moment of a release leaves the one before
# as it was and announces nothing that is not whole, and the next run finishes.
. "$ROOT/tests/cases/lib.bash"

small_tree
small_contest
small_forms
new_election p
expect 0 "$REKAP" import p --kontes ppwp forms.csv
expect 0 "$REKAP" release p "$PWD/out" --quiet
sed 's/,30,200,230,5,235/,31,199,230,5,235/' forms.csv | head -n 2 >one.csv
expect 0 "$REKAP" import p --kontes ppwp --alasan "salah tulis" one.csv
old=$(readlink out/terbaru)

# --- twice the same
for n in 1 2; do
    rm -rf "p$n" "out$n"
    cp -a p "p$n" && cp -a out "out$n"
    expect 0 "$REKAP" release "p$n" "out$n" --quiet
done
new=$(readlink out1/terbaru)
[ "$new" != "$old" ] && [ "$new" = "$(readlink out2/terbaru)" ] || fail "other releases of one log"
diff -r "out1/$new" "out2/$new" || fail "the same log gives another release"
rm -rf out3 && cp -a p p3 # with no release before it only the differences are others
expect 0 "$REKAP" release p3 out3 --quiet
for f in wilayah.csv kunci.json checkpoint.note ppwp/tps.csv ppwp/tps.csv.zst ppwp/tps.csv.gz ppwp/rekap.csv.gz ppwp/temuan.csv.zst; do
    cmp "out1/$new/$f" "out3/$new/$f" || fail "$f depends on the releases before"
done

# --- a full disk, from the K-th write on
failing=$(dirname "$REKAP")/tests/crash/libfailing.so
[ -e "$failing" ] || { echo "there is no $failing"; exit 77; }
key=$("$REKAP" kunci p | awk '/checkpoint/{print $NF}')
cp -a out before
k=${FROM:-1} failed=0
while :; do
    rm -rf q full
    cp -a p q && cp -a out full
    code=0
    LD_PRELOAD=$failing REKAP_FAULT_NOW=1 REKAP_FAULT_DIR="$PWD/full" REKAP_FAULT_AT=$k REKAP_FAULT_MANY=1000000 REKAP_FAULT_ERRNO=28 \
        "$REKAP" release q "$PWD/full" --quiet >out.txt 2>&1 || code=$?
    diff -r "before/$old" "full/$old" || fail "write $k: the release before is another"
    if [ "$code" = 0 ]; then
        [ "$(readlink full/terbaru)" = "$new" ] || fail "write $k: done, and no release"
        break
    fi
    failed=$((failed + 1))
    grep -qi "no space" out.txt || { cat out.txt; fail "write $k: why it failed is not said"; }
    [ "$(readlink full/terbaru)" = "$old" ] || [ -e "full/$new.json" ] || fail "write $k: it is announced and not noted"
    if [ -e "full/$new" ]; then
        (cd "full/$new" && cat manifest/[0-9a-f][0-9a-f] | sha256sum -c --quiet) || fail "write $k: half a release has its name"
    fi
    # tiles come before the checkpoint that vouches for them: until the next run they are strays, and nothing else is wrong
    "$REKAP" verify-release "full/$old" --key "$key" --quiet >v.txt || ! grep -v 'is no part of the log' v.txt | grep -q '^FAIL' ||
        { cat v.txt; fail "write $k: the release before does not verify"; }
    expect 0 "$REKAP" release q "$PWD/full" --quiet
    [ "$(readlink full/terbaru)" = "$new" ] || { cat out.txt; ls full; fail "write $k: the next run does not finish it"; }
    for f in ppwp/tps.csv ppwp/perubahan.csv manifest/index; do cmp "full/$new/$f" "out1/$new/$f" || fail "write $k: $f"; done
    [ -z "$(find full -name '*.tmp' -newer before/terbaru.json -o -name .rilis.tmp)" ] || fail "write $k: something is left: $(find full -name '*.tmp')"
    k=$((k + 1 + k / 12))
done
[ "$failed" -ge 20 ] || fail "only $failed writes were tried"
echo "$failed places of a full disk"

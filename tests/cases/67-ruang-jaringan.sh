# The whole program in a network namespace that counts what leaves: scripts/residency-netns says what is done.
code=0
BUILD=$(dirname "$REKAP") "$ROOT/scripts/residency-netns" >out.txt 2>&1 || code=$?
[ "$code" = 0 ] || [ "$code" = 77 ] || { cat out.txt; exit "$code"; }
tail -n 1 out.txt
[ "$code" != 77 ] || exit 77
[ "$(grep -c '^[1-4]\. ' out.txt)" = 4 ] || { cat out.txt; echo "not all four parts were run"; exit 1; }

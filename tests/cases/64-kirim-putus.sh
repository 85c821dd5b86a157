# Deliveries cut short: killed at random moments, and calls on their own files failing; nothing is lost, nothing
# comes again after the log has it. make deliver-test does 300 kills and every call.
. "$ROOT/tests/cases/lib.bash"
. "$ROOT/tests/cases/kirim.bash"
receiver probe http # skips where receivers cannot run
expect 0 python3 "$ROOT/tests/crash/kirim_crash.py" kill "$REKAP" 6
grep -q "^kill: [0-9]* kills" out.txt || fail "no kills"
library=$(dirname "$REKAP")/tests/crash/libfailing.so
[ -e "$library" ] || { echo "kills done; tests/crash/libfailing.so is not built"; exit 77; }
REKAP_FAULT_STEP=53 expect 0 python3 "$ROOT/tests/crash/kirim_crash.py" faults "$REKAP" "$library"
grep -q "^faults: of" out.txt || fail "no faults"

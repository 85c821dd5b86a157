# What was built holds no trace of where and when: no path of the source or the building machine, no date. `make
# reproducible` builds twice and compares; this looks at the programs at hand.
. "$ROOT/tests/cases/lib.bash"
built=$(realpath "$(dirname "$REKAP")")
for p in "$REKAP" "$built/src/cli/rekap-form" "$built/rekap-verify" "$built/rekap-witness"; do
    for trace in "$(realpath "$ROOT")" "$built" "$HOME/"; do
        [ ${#trace} -gt 6 ] || continue # "/" or "/root/" stand in any program
        ! grep -qaF "$trace" "$p" || fail "$p holds the path $trace"
    done
    ! grep -qaE '(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ 0-9][0-9] 20[2-9][0-9]' "$p" || fail "$p holds a date"
done
! grep -rnE '__(DATE|TIME|TIMESTAMP)__' "$ROOT/src" || fail "a date would be compiled in"
# the source's hash can be had without the script
hash=$(cd "$ROOT" && find contests docs/api forms models scripts src web meson.build meson_options.txt -type f ! -path '*/.*' \
    ! -path '*/__pycache__/*' -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -d' ' -f1)
[ "$hash" = "$("$ROOT/scripts/source-hash")" ] || fail "find and scripts/source-hash disagree"
"$REKAP" --version | grep -q "$hash" || fail "rekap --version does not say the source's hash"

# Every command explains itself; a wrong command is a usage error; the man page names every option.
. "$ROOT/tests/cases/lib.bash"

expect 0 "$REKAP" --help
expect 0 "$REKAP" --version
expect 2 "$REKAP"
expect 2 "$REKAP" tidak-ada
for verb in residency archive export-db init wilayah kontes import recap check export publish serve recount resmi banding kunci read form release verify-release mirror kirim disclose node sbom; do
    "$REKAP" --help | grep -qw "$verb" || fail "rekap --help does not name $verb"
    expect 0 "$REKAP" "$verb" --help
    grep -q "rekap $verb" out.txt || { cat out.txt; fail "rekap $verb --help shows no usage line"; }
    for option in $(grep -oE -- '--[a-z][a-z-]+' out.txt | sort -u); do
        [ "$option" = --help ] || grep -qE "Fl -${option#--}( |$)" "$ROOT/docs/man/rekap.1" ||
            fail "docs/man/rekap.1 does not name $option of rekap $verb"
    done
    expect 2 "$REKAP" "$verb" --tidak-ada
done

# The layers hold, and the script that says so fails where it should.
"$ROOT/scripts/check-layers"
bad="$ROOT/tests/cases/layers-bad"
code=0
"$ROOT/scripts/check-layers" "$bad/src" >said.txt || code=$?
test "$code" -eq 1
sed "s|^.*/layers-bad/src/||" said.txt | LC_ALL=C sort >got.txt
LC_ALL=C sort "$bad/expected.txt" >want.txt
diff want.txt got.txt

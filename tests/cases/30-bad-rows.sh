# One bad row refuses the whole file and every bad row is listed; --keep-going takes the good rows.
# Exit codes: 0 all taken, 1 refused, 2 usage, 3 taken with rows left out.
. "$ROOT/tests/cases/lib.bash"
small_tree
small_contest
small_forms
new_election pemilu

header=$(head -n 1 forms.csv)
{
    echo "$header"
    echo "1101012001001,140,150,30,200,230,5,235"
    echo "1101012001002,120,130,-4,160,200,3,203"
    echo "1101012001777,1,1,1,1,2,0,2"
    echo "1101012002001,60,70,25,7x,100,2,103"
    echo "1101012001001,140,150,30,200,230,5,235"
    echo "1101012002002,60,70,25,9999999,100,2,103"
    echo "1101012001901,1,1,1,1"
} >bad.csv

count_of() { "$REKAP" recap "$1" --kontes ppwp --tingkat 0 --format csv >n.csv && cell n.csv kode=0 suara_02; }
empty=$(count_of pemilu)

expect 1 "$REKAP" import pemilu --kontes ppwp bad.csv
test -f bad.csv.rejects.csv || fail "there is no bad.csv.rejects.csv"
test "$(head -n 1 bad.csv.rejects.csv)" = "line,column,value,reason"
for line in 3 4 5 6 7 8; do
    grep -q "^$line," bad.csv.rejects.csv || { cat bad.csv.rejects.csv; fail "line $line is not listed"; }
done
! grep -q "^2," bad.csv.rejects.csv || fail "a good row is listed as bad"
test "$(count_of pemilu)" = "$empty" || fail "something was taken from a refused file"

expect 3 "$REKAP" import pemilu --kontes ppwp --keep-going bad.csv
grep -q 6 out.txt || { cat out.txt; fail "it does not say that 6 rows were left out"; }
test "$(count_of pemilu)" = 200

# An unknown column refuses the file even so: a misspelt name is not a value to leave out.
sed '1s/suara_02/suara_09/' forms.csv >column.csv
expect 1 "$REKAP" import pemilu --kontes ppwp --keep-going column.csv
grep -q suara_09 out.txt
expect 1 "$REKAP" import pemilu --kontes ppwp tidak-ada.csv
expect 1 "$REKAP" import pemilu --kontes pdpr forms.csv
expect 2 "$REKAP" import pemilu forms.csv
expect 2 "$REKAP" import pemilu --kontes ppwp

# The mended file goes in.
expect 0 "$REKAP" import pemilu --kontes ppwp forms.csv
test "$(count_of pemilu)" = 435

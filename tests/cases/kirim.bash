# Sourced by the cases of deliveries: receivers (tests/receivers.py) and files of destinations.
receivers=""
trap 'for x in $receivers; do kill "$x" 2>/dev/null || true; done' EXIT

# receiver DIR KIND [ARGUMENT]: started, ready in DIR/ready.json; skips the case when it cannot run here
receiver() {
    local dir=$1 kind=$2 code=0
    shift 2
    rm -f "$dir/ready.json"
    python3 "$ROOT/tests/receivers.py" "$kind" "$dir" "$@" >"$dir.said" 2>&1 &
    local pid=$!
    receivers="$receivers $pid"
    for _ in $(seq 1800); do
        [ -e "$dir/ready.json" ] && return 0
        kill -0 "$pid" 2>/dev/null || break
        sleep 0.1
    done
    wait "$pid" || code=$?
    cat "$dir.said" >&2
    [ "$code" = 77 ] && { tail -n 1 "$dir.said"; exit 77; }
    fail "the receiver $kind does not start"
}
fact() { python3 -c 'import json, sys; print(json.load(open(sys.argv[1] + "/ready.json"))[sys.argv[2]])' "$1" "$2"; }
port() { fact "$1" port; }

# destinations MEMBERS...: p/kirim/tujuan.json with one destination for each text of members
destinations() {
    local first=1
    rm -f p/kirim/tujuan.json
    (umask 077 && {
        printf '{"format": "rekap-tujuan-1", "alamat_publik": "https://data.example/rilis", "jeda": 0, "tujuan": ['
        for members in "$@"; do
            [ "$first" = 1 ] || printf ','
            printf '\n{%s}' "$members"
            first=0
        done
        printf ']}\n'
    } >p/kirim/tujuan.json)
}

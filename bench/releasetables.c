/* Where the time of a release goes, timed inside one process on an open election:
 *   releasetables DIR CONTEST WORKDIR [REPS]
 * One line a job: name, wall ms (min, median), CPU ms (min), bytes. The tables are written as
 * `rekap release` writes them (to a file, hashed on the way, not flushed); "bare" leaves out
 * hash and file, which is what formatting costs. "forms" are the same stations' figures alone,
 * the rows that the bound program's export has. Used by bench/release.py. */
#include "base/mem.h"
#include "base/sha256_stream.h"
#include "files/files.h"
#include "files/stream.h"
#include "intake/dir.h"
#include "publish/tables.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { MAX_REPS = 31 };

struct bench {
    rk_dir d;
    uint32_t contest;
    char plain[4096], packed[4096];
    rk_sha256_stream sha;
    rk_out *out;
    bool hash;
    uint64_t bytes;
};

static double now(clockid_t c) {
    struct timespec t;
    clock_gettime(c, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void must(rk_status s, const rk_err *err) {
    if (s == RK_OK) return;
    fprintf(stderr, "releasetables: %s\n", err->text);
    exit(1);
}

static void timed(const char *name, int reps, void (*run)(struct bench *b), struct bench *b,
                  bool fresh) {
    double wall[MAX_REPS], cpu[MAX_REPS];
    for (int i = 0; i < reps; i++) {
        if (fresh) (void)rk_file_drop(b->plain, NULL); /* a release replaces no file */
        double w = now(CLOCK_MONOTONIC), c = now(CLOCK_PROCESS_CPUTIME_ID);
        b->bytes = 0;
        run(b);
        wall[i] = now(CLOCK_MONOTONIC) - w;
        cpu[i] = now(CLOCK_PROCESS_CPUTIME_ID) - c;
    }
    qsort(wall, (size_t)reps, sizeof *wall, ascending);
    qsort(cpu, (size_t)reps, sizeof *cpu, ascending);
    printf("%-28s %10.3f %10.3f %10.3f %llu\n", name, wall[0], wall[reps / 2], cpu[0],
           (unsigned long long)b->bytes);
    fflush(stdout);
}

static rk_status take(void *ctx, rk_slice s, rk_err *err) {
    struct bench *b = ctx;
    b->bytes += s.len;
    if (b->hash) rk_sha256_add(&b->sha, s);
    return b->out ? rk_out_write(b->out, s, err) : RK_OK;
}

typedef rk_status table_fn(struct bench *b, const rk_sink *out, rk_err *err);

static rk_status every_station(struct bench *b, const rk_sink *out, rk_err *err) {
    return rk_table_every_station(b->d.election, b->contest, out, err);
}
static rk_status forms(struct bench *b, const rk_sink *out, rk_err *err) {
    return rk_table_stations(b->d.election, b->contest, out, err);
}
static rk_status recap(struct bench *b, const rk_sink *out, rk_err *err) {
    const rk_recap_query q = {.contest = b->contest, .level = -1};
    return rk_table_recap(b->d.election, &q, RK_FORMAT_CSV, out, err);
}
static rk_status findings(struct bench *b, const rk_sink *out, rk_err *err) {
    return rk_table_findings(b->d.election, b->contest, 0, (rk_slice){0}, RK_FORMAT_CSV, out,
                             err);
}

static void table(struct bench *b, table_fn *fn, bool file, bool hash) {
    rk_err err = RK_ERR_INIT;
    rk_sink sink = {take, b};
    b->hash = hash;
    b->out = NULL;
    if (file) must(rk_out_open(b->plain, &b->out, &err), &err);
    if (hash) rk_sha256_begin(&b->sha);
    must(fn(b, &sink, &err), &err);
    if (hash) (void)rk_sha256_end(&b->sha);
    if (file) must(rk_out_close_fast(&b->out, &err), &err);
}

static void tps_bare(struct bench *b) { table(b, every_station, false, false); }
static void tps_file(struct bench *b) { table(b, every_station, true, false); }
static void tps_hashed(struct bench *b) { table(b, every_station, true, true); }
static void forms_bare(struct bench *b) { table(b, forms, false, false); }
static void forms_file(struct bench *b) { table(b, forms, true, false); }
static void recap_file(struct bench *b) { table(b, recap, true, true); }
static void findings_file(struct bench *b) { table(b, findings, true, true); }

static void pack(struct bench *b, const char *suffix) {
    rk_err err = RK_ERR_INIT;
    snprintf(b->packed, sizeof b->packed, "%.4000s%s", b->plain, suffix);
    must(rk_file_pack(b->plain, b->packed, &err), &err);
    rk_sha256 h;
    must(rk_file_hash(b->packed, &h, &b->bytes, &err), &err);
}
static void zst(struct bench *b) { pack(b, ".zst"); }
static void gz(struct bench *b) { pack(b, ".gz"); }

int main(int argc, char **argv) {
    rk_err err = RK_ERR_INIT;
    struct bench b = {.bytes = 0};
    if (argc < 4)
        return fprintf(stderr, "usage: releasetables DIR CONTEST WORKDIR [REPS]\n"), 2;
    int reps = argc > 4 ? atoi(argv[4]) : 3;
    if (reps < 1 || reps > MAX_REPS) reps = 3;
    must(rk_dir_open(argv[1], RK_STORE_READ, UINT64_MAX, &b.d, &err), &err);
    b.contest = rk_election_contest(b.d.election, rk_slice_str(argv[2]));
    if (b.contest == RK_NONE) return fprintf(stderr, "releasetables: no such contest\n"), 1;
    rk_election_settle(b.d.election);
    snprintf(b.plain, sizeof b.plain, "%s/tabel.csv", argv[3]);
    timed("forms, bare", reps, forms_bare, &b, true);
    timed("forms, file", reps, forms_file, &b, true);
    timed("recap", reps, recap_file, &b, true);
    timed("findings", reps, findings_file, &b, true);
    timed("tps, bare", reps, tps_bare, &b, true);
    timed("tps, file", reps, tps_file, &b, true);
    timed("tps, file and hash", reps, tps_hashed, &b, true);
    timed("tps.csv.zst", 1, zst, &b, false);
    timed("tps.csv.gz", 1, gz, &b, false);
    rk_dir_close(&b.d);
    return 0;
}

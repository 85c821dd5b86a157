/* What an open store does, timed inside one process: recap, checks, export, corrections.
 *   openstore DIR CONTEST WORKDIR CORRECTIONS.csv [REPS [ROUNDS]]
 * ROUNDS: how often durable corrections and their bound take turns (0 = memory only, DIR stays
 * as it is); prints one line a job: name, wall ms (min, median), CPU ms (min). Used by
 * bench/run. */
#include "base/mem.h"
#include "core/formcsv.h"
#include "files/files.h"
#include "intake/dir.h"
#include "publish/tables.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { MAX_REPS = 31 };

static double now(clockid_t c) {
    struct timespec t;
    clock_gettime(c, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

typedef void job(void *ctx);

static void timed(const char *name, int reps, job *run, void *ctx) {
    double wall[MAX_REPS], cpu[MAX_REPS];
    for (int i = 0; i < reps; i++) {
        double w = now(CLOCK_MONOTONIC), c = now(CLOCK_PROCESS_CPUTIME_ID);
        run(ctx);
        wall[i] = now(CLOCK_MONOTONIC) - w;
        cpu[i] = now(CLOCK_PROCESS_CPUTIME_ID) - c;
    }
    qsort(wall, (size_t)reps, sizeof *wall, ascending);
    qsort(cpu, (size_t)reps, sizeof *cpu, ascending);
    printf("%-28s %10.3f %10.3f %10.3f\n", name, wall[0], wall[reps / 2], cpu[0]);
    fflush(stdout);
}

static void must(rk_status s, const rk_err *err) {
    if (s == RK_OK) return;
    fprintf(stderr, "openstore: %s\n", err->text);
    exit(1);
}

struct bench {
    rk_dir d;
    rk_tally *t;
    uint32_t contest;
    char path[4096];
    uint64_t bytes;
    uint64_t failing;
};

static rk_status count_bytes(void *ctx, rk_slice b, rk_err *err) {
    (void)err;
    ((struct bench *)ctx)->bytes += b.len;
    return RK_OK;
}

static void refold(void *ctx) {
    struct bench *b = ctx;
    rk_tally_rebuild(b->t, b->d.election->tree);
}

static void recap_csv(void *ctx) {
    struct bench *b = ctx;
    rk_err err = RK_ERR_INIT;
    rk_sink out = {count_bytes, b};
    rk_recap_query q = {b->contest, 0, -1};
    must(rk_table_recap(b->d.election, &q, RK_FORMAT_CSV, &out, &err), &err);
}

static void check_all(void *ctx) { /* every rule on every form, from the figures */
    struct bench *b = ctx;
    const rk_tree *tree = b->d.election->tree;
    uint8_t abroad[RK_BLOCK];
    uint64_t broken[RK_BLOCK];
    b->failing = 0;
    for (uint32_t at = 0; at < tree->n_tps; at += RK_BLOCK) {
        uint32_t n = tree->n_tps - at < RK_BLOCK ? tree->n_tps - at : RK_BLOCK;
        for (uint32_t i = 0; i < n; i++) abroad[i] = b->t->abroad[tree->tps[at + i].desa];
        rk_checker_block(b->t->checker, b->t->cell + (size_t)at * b->t->contest->n_col,
                         b->t->contest->n_col, abroad, n, broken);
        for (uint32_t i = 0; i < n; i++) b->failing += broken[i] != 0;
    }
}

static void list_findings(void *ctx) { /* the failing stations, from the marks kept */
    struct bench *b = ctx;
    b->failing = 0;
    for (uint32_t i = 0; i < b->d.election->tree->n_tps; i++)
        b->failing += b->t->state[i].broken != 0;
}

static void findings_csv(void *ctx) {
    struct bench *b = ctx;
    rk_err err = RK_ERR_INIT;
    rk_sink out = {count_bytes, b};
    must(rk_table_findings(b->d.election, b->contest, 0, (rk_slice){0}, RK_FORMAT_CSV, &out,
                           &err),
         &err);
}

static rk_status write_fd(void *ctx, rk_slice b, rk_err *err) {
    ssize_t n = write(*(int *)ctx, b.ptr, b.len);
    return n == (ssize_t)b.len ? RK_OK : rk_fail(err, RK_IO, "write failed");
}

static void export_file(void *ctx) {
    struct bench *b = ctx;
    rk_err err = RK_ERR_INIT;
    char path[4200];
    (void)snprintf(path, sizeof path, "%s/export.csv", b->path);
    unlink(path);
    int fd = open(path, O_CREAT | O_WRONLY | O_TRUNC, 0644);
    rk_sink out = {write_fd, &fd};
    must(rk_table_stations(b->d.election, b->contest, &out, &err), &err);
    close(fd);
}

/* ===== corrections ===== */

struct corrections {
    rk_file file;
    uint32_t n, cols;
    rk_code *tps;
    uint32_t *cell;
};

static void read_corrections(const struct bench *b, const char *path, struct corrections *k) {
    rk_err err = RK_ERR_INIT;
    rk_formcsv f;
    const rk_contest *c = b->t->contest;
    must(rk_file_read(path, RK_FILE_BYTES_MAX, &k->file, &err), &err);
    must(rk_formcsv_open(&f, k->file.bytes, RK_VALUE_MAX, RK_ABSENT, NULL, NULL, &err), &err);
    k->cols = c->n_col;
    k->tps = rk_calloc(200000, sizeof *k->tps);
    k->cell = rk_calloc(200000ul * c->n_col, sizeof *k->cell);
    while (rk_formcsv_next(&f))
        for (size_t r = 0; r < f.rows; r++) {
            (void)rk_code_of(rk_formcsv_text(&f, r, f.tps), &k->tps[k->n]);
            for (uint32_t i = 0; i < f.n_figure; i++) {
                rk_slice name = f.name[f.figure[i]];
                uint32_t col = rk_contest_field(c, name);
                if (col == RK_NONE && rk_slice_starts(name, RK_LIT("suara_")))
                    col = rk_contest_choice(c, 0, rk_slice_from(name, 6));
                if (col != RK_NONE)
                    k->cell[(size_t)k->n * k->cols + col] = f.value[r * f.stride + f.figure[i]];
            }
            k->n++;
        }
    rk_formcsv_close(&f);
}

static rk_slice encode(const struct bench *b, const struct corrections *k, uint32_t i,
                       uint64_t index, rk_buf *out) {
    rk_err err = RK_ERR_INIT;
    rk_form form = {.batch = RK_NO_BATCH,
                    .contest = rk_code_slice(&b->t->contest->code),
                    .tps = rk_code_slice(&k->tps[i]),
                    .cell = k->cell + (size_t)i * k->cols,
                    .n_cell = k->cols};
    static const char unsigned_[RK_ENTRY_SIGNATURE]; /* the senders' work, not the log's */
    must(rk_dir_head(&b->d, (rk_slice){0}, (rk_slice){0}, &form.head, &err), &err);
    rk_buf_clear(out);
    must(rk_entry_put_form(&form, index, out, &err), &err);
    rk_buf_add(out, (rk_slice){unsigned_, sizeof unsigned_});
    return rk_buf_slice(out);
}

/* n corrections applied, `group` a transaction (0 = in memory only), the nation's total read
 * after each. A transaction is integrated in the tree and covered by a signed checkpoint. */
static void correct(struct bench *b, const struct corrections *k, uint32_t n, uint32_t group,
                    const char *name) {
    rk_err err = RK_ERR_INIT;
    rk_buf buf;
    rk_buf_init(&buf, RK_ENTRY_MAX);
    rk_election *e = b->d.election;
    volatile uint64_t sink = 0;
    double w = now(CLOCK_MONOTONIC), c = now(CLOCK_PROCESS_CPUTIME_ID);
    for (uint32_t i = 0; i < n; i++) {
        if (group && i % group == 0) must(rk_log_begin(b->d.log, &err), &err);
        rk_slice entry = encode(b, k, i % k->n, e->size, &buf);
        if (group) must(rk_log_append(b->d.log, entry, NULL, &err), &err);
        if (group && (i % group == group - 1 || i + 1 == n))
            must(rk_log_commit(b->d.log, &err), &err);
        must(rk_election_apply(e, &entry, 1, &err), &err);
        sink = sink + rk_tally_sum(b->t, 0)[b->t->contest->n_field];
    }
    double ms = now(CLOCK_MONOTONIC) - w;
    printf("%-28s %10.3f us each %10.0f /s  cpu %.3f us each (n %u)\n", name, ms * 1e3 / n,
           n / ms * 1e3, (now(CLOCK_PROCESS_CPUTIME_ID) - c) * 1e3 / n, n);
    fflush(stdout);
    rk_buf_free(&buf);
}

/* The bound: as many bytes appended to a preallocated file, fdatasync after each group. */
static void bound(const struct bench *b, uint32_t n, uint32_t group, const char *name) {
    char path[4200], zero[1 << 16] = {0}, rec[64] = {1};
    (void)snprintf(path, sizeof path, "%s/bound.wal", b->path);
    int fd = open(path, O_CREAT | O_RDWR | O_TRUNC, 0644);
    for (int i = 0; i < 64; i++)
        if (write(fd, zero, sizeof zero) < 0) exit(1);
    fsync(fd);
    double w = now(CLOCK_MONOTONIC);
    for (uint32_t i = 0; i < n; i++) {
        if (pwrite(fd, rec, sizeof rec, (off_t)(i % 60000) * 64) < 0) exit(1);
        if (i % group == group - 1 || i + 1 == n) fdatasync(fd);
    }
    double ms = now(CLOCK_MONOTONIC) - w;
    printf("%-28s %10.3f us each %10.0f /s (n %u)\n", name, ms * 1e3 / n, n / ms * 1e3, n);
    fflush(stdout);
    close(fd);
    unlink(path);
}

int main(int argc, char **argv) {
    struct bench b = {0};
    struct corrections k = {0};
    rk_err err = RK_ERR_INIT;
    if (argc < 5) {
        fprintf(stderr,
                "usage: openstore DIR CONTEST WORKDIR CORRECTIONS.csv [REPS [ROUNDS]]\n");
        return 2;
    }
    int reps = argc > 5 ? atoi(argv[5]) : 7;
    if (reps < 1 || reps > MAX_REPS) reps = 7;
    int rounds = argc > 6 ? atoi(argv[6]) : 3;
    double w = now(CLOCK_MONOTONIC), c = now(CLOCK_PROCESS_CPUTIME_ID);
    must(rk_dir_open(argv[1], RK_STORE_WRITE, UINT64_MAX, &b.d, &err), &err);
    printf("%-28s %10.3f %10.3f %10.3f\n", "reopen", now(CLOCK_MONOTONIC) - w,
           now(CLOCK_MONOTONIC) - w, now(CLOCK_PROCESS_CPUTIME_ID) - c);
    b.contest = rk_election_contest(b.d.election, rk_slice_str(argv[2]));
    if (b.contest == RK_NONE) return 1;
    b.t = &b.d.election->tally[b.contest];
    (void)snprintf(b.path, sizeof b.path, "%s", argv[3]);
    printf("forms %u, regions %u\n", b.t->count[0].forms, b.d.election->tree->n);
    timed("recap: sum all levels", reps, refold, &b);
    timed("recap: CSV of all regions", reps, recap_csv, &b);
    timed("checks: every rule", reps, check_all, &b);
    timed("checks: list failing", reps, list_findings, &b);
    timed("checks: findings CSV", reps, findings_csv, &b);
    timed("export: CSV to page cache", reps, export_file, &b);
    read_corrections(&b, argv[4], &k);
    correct(&b, &k, k.n, 0, "correction in memory");
    correct(&b, &k, k.n, 0, "correction in memory again");
    for (int i = 0; i < rounds; i++) {
        correct(&b, &k, 2000, 1, "correction, durable each");
        bound(&b, 2000, 1, "bound: fdatasync each");
        correct(&b, &k, 50000, 256, "correction, groups of 256");
        correct(&b, &k, 50000, 64, "correction, groups of 64");
        bound(&b, 50000, 64, "bound: groups of 64");
    }
    rk_file_free(&k.file);
    rk_free(k.tps);
    rk_free(k.cell);
    rk_dir_close(&b.d);
    return 0;
}

/* make tamper: a small published election is changed in every way that is easy to think of, and
 * the verifier must notice each time and name the file. tamper [STEP]    every STEP-th bit (1 =
 * all of them); all other changes always Prints what was tried and noticed; exit 1 when
 * anything was not. The policy asks for all of the log's signature lines, so that none is of a
 * key unknown to the reader. */
#include "tree.h"

#include "base/mem.h"
#include "core/manifest.h"
#include "core/tile.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct count {
    const char *what;
    uint64_t tried, noticed, named;
};

struct run {
    bool batch;
    published p;
    tree good;
    rk_policy *policy;
    rk_verify_options o;
    bool failed;
};

static void try_it(struct run *r, struct count *c, tree *t, const char *named) {
    verdict v = {.named = named};
    tree_verify(t, &r->o, &v);
    c->tried++;
    c->noticed += v.code == 1;
    c->named += v.code == 1 && (!named || v.is_named);
    if (v.code == 1 && (!named || v.is_named)) return;
    if (!r->failed) {
        printf("NOT NOTICED OR NOT NAMED (%s, %s): code %d, %s: %s\n", c->what,
               named ? named : "-", v.code, v.where, v.text);
        v.print = true;
        tree_verify(t, &r->o, &v);
    }
    r->failed = true;
}

static void tell(struct count *c) {
    printf("%-66s %9llu tried %9llu noticed %9llu named\n", c->what,
           (unsigned long long)c->tried, (unsigned long long)c->noticed,
           (unsigned long long)c->named);
    fflush(stdout);
}

/* ===== one bit ===== */

/* The place that must be in a line: the file itself. A changed signature or size in a note may
 * show elsewhere too, but the note is always named. */
static void every_bit(struct run *r, const char *what, const char *prefix, uint64_t step) {
    struct count c = {.what = what};
    uint64_t at = 0;
    for (size_t i = 0; i < r->good.n; i++) {
        tree_file *f = &r->good.file[i];
        if (strncmp(f->path, prefix, strlen(prefix)) != 0) continue;
        for (size_t bit = 0; bit < f->bytes.len * 8; bit++) {
            if (at++ % step) continue;
            f->bytes.ptr[bit / 8] ^= (char)(1 << (bit % 8));
            try_it(r, &c, &r->good, f->path);
            f->bytes.ptr[bit / 8] ^= (char)(1 << (bit % 8));
        }
    }
    tell(&c);
}

/* Without a manifest only the recount can notice: each digit of each figure, to each other. */
static void every_digit(struct run *r, uint64_t step) {
    struct count c = {.what = "digits of JSON and CSV, no manifest: each to the next one"};
    static const char *const kinds[] = {"api/v1/kontes/ppwp/wilayah/",
                                        "api/v1/kontes/ppwp/tps/",
                                        "api/v1/kontes/ppwp/temuan",
                                        "api/v1/kontes/ppwp/banding",
                                        "api/v1/kontes/ppwp/rekap.csv",
                                        "api/v1/kontes/ppwp/tps.csv",
                                        "api/v1/wilayah.csv",
                                        "pemilu/hhcw",
                                        "wilayah/pemilu"};
    tree t;
    uint64_t at = 0;
    tree_copy(&r->good, &t);
    tree_drop(&t, "manifest/");
    for (size_t i = 0; i < t.n; i++) {
        tree_file *f = &t.file[i];
        bool figures = false;
        for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
            figures |= strncmp(f->path, kinds[k], strlen(kinds[k])) == 0;
        for (size_t j = 0; figures && j < f->bytes.len; j++) {
            char was = f->bytes.ptr[j];
            if (was < '0' || was > '9' || at++ % step) continue;
            f->bytes.ptr[j] = was == '9' ? '8' : (char)(was + 1);
            try_it(r, &c, &t, f->path);
            f->bytes.ptr[j] = was;
        }
    }
    tree_free(&t);
    tell(&c);
}

/* ===== whole files ===== */

static void swap_bytes(tree_file *a, tree_file *b) {
    rk_buf x = a->bytes;
    a->bytes = b->bytes;
    b->bytes = x;
}

static bool same_bytes(const tree_file *a, const tree_file *b) {
    return rk_slice_eq(rk_buf_slice(&a->bytes), rk_buf_slice(&b->bytes));
}

static void whole_files(struct run *r, uint64_t step) {
    struct count del = {.what = "files deleted"}, cut = {.what = "files truncated"},
                 more = {.what = "files with a byte more"},
                 swap = {.what = "two files swapped"}, add = {.what = "files added"};
    for (size_t i = 0; i < r->good.n; i++) {
        tree_file *f = &r->good.file[i];
        size_t len = f->bytes.len;
        f->gone = true;
        bool note = strcmp(f->path, "manifest/note") == 0,
             log = !strcmp(f->path, "log/checkpoint");
        if (!note && !log) try_it(r, &del, &r->good, f->path);
        f->gone = false;
        const size_t lengths[] = {0, 1, len / 2, len - 1};
        for (int k = 0; k < 4; k++) {
            if (lengths[k] >= len) continue;
            f->bytes.len = lengths[k];
            try_it(r, &cut, &r->good, f->path);
        }
        f->bytes.len = len;
        rk_buf_byte(&f->bytes, '0');
        try_it(r, &more, &r->good, f->path);
        f->bytes.len = len;
        for (size_t j = 0; j < i; j++) {
            if ((i + j) % (step > 1 ? 17 : 1) || same_bytes(f, &r->good.file[j])) continue;
            swap_bytes(f, &r->good.file[j]);
            try_it(r, &swap, &r->good, NULL);
            swap_bytes(f, &r->good.file[j]);
        }
    }
    static const char *const names[] = {"baru.json",
                                        "pemilu/hhcw/ppwp/12.json",
                                        "log/tile/0/001",
                                        "log/tile/entries/x001/000",
                                        "log/apa",
                                        "manifest/zz",
                                        "log/tile/0/000.p/3",
                                        "log/tile/entries/000.p/3"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        tree t;
        tree_copy(&r->good, &t);
        tree_put(&t, rk_slice_str(names[i]), RK_LIT("{\"a\":1}"));
        try_it(r, &add, &t, names[i]);
        tree_free(&t);
    }
    tell(&del), tell(&cut), tell(&more), tell(&swap), tell(&add);
}

/* ===== entries ===== */

enum how { BUNDLE_ONLY, NEW_TREE, WRONG_KEY, HOWS };

/* The log of these entries, with the old checkpoint or one by another key of the same name. */
static void rebuilt(struct run *r, struct count *c, const rk_slice *entry, size_t n,
                    enum how how) {
    published q = r->p;
    tree t, log;
    tree_copy(&r->good, &t);
    q.at = rk_calloc(n, sizeof *q.at), q.len = rk_calloc(n, sizeof *q.len);
    q.n = 0, q.cap = n;
    rk_buf_init(&q.all, 1 << 20);
    for (size_t i = 0; i < n; i++) published_add(&q, entry[i]);
    if (how == WRONG_KEY) {
        rk_ed25519_seed s = {{99}};
        rk_err err = RK_ERR_INIT;
        RK_ASSERT(rk_signer_new(q.id, RK_KEY_ED25519, &s, &q.log, &err) == RK_OK);
    }
    tree_init(&log);
    published_log(&q, how == WRONG_KEY ? 0 : PUBLISHED_WITNESSES, tree_put, &log);
    if (how != BUNDLE_ONLY) tree_drop(&t, "log/tile");
    for (size_t i = 0; i < log.n; i++) {
        bool bundle = strstr(log.file[i].path, "entries") != NULL,
             checkpoint = strcmp(log.file[i].path, "log/checkpoint") == 0;
        if (how == BUNDLE_ONLY ? bundle && n == r->p.n : how == WRONG_KEY || !checkpoint)
            tree_put(&t, rk_slice_str(log.file[i].path), rk_buf_slice(&log.file[i].bytes));
        else if (how == BUNDLE_ONLY && bundle) { /* fewer or more entries below the old name */
            char old[64];
            snprintf(old, sizeof old, "log/tile/entries/000.p/%llu",
                     (unsigned long long)r->p.n);
            tree_put(&t, rk_slice_str(old), rk_buf_slice(&log.file[i].bytes));
        }
    }
    try_it(r, c, &t, "log/");
    tree_free(&t), tree_free(&log);
    rk_buf_free(&q.all);
    rk_free(q.at), rk_free(q.len);
}

static void every_entry(struct run *r) {
    static const char *const names[HOWS] = {"in the bundle",
                                            "with a new tree, the old checkpoint",
                                            "with a new tree, signed by another key"};
    size_t n = (size_t)r->p.n;
    rk_slice *is = rk_calloc(n, sizeof *is), *e = rk_calloc(n + 1, sizeof *e);
    for (size_t i = 0; i < n; i++) is[i] = published_entry(&r->p, i);
    for (enum how how = 0; how < HOWS; how++) {
        char text[4][100];
        static const char *const verbs[] = {"two entries swapped", "an entry left out",
                                            "an entry repeated",
                                            "an entry of another log put in"};
        struct count c[4];
        for (int k = 0; k < 4; k++) {
            snprintf(text[k], sizeof text[k], "%s, %s", verbs[k], names[how]);
            c[k] = (struct count){.what = text[k]};
        }
        for (size_t i = 0; i < n; i++) {
            for (size_t j = 0; j < i; j++) {
                if (rk_slice_eq(is[i], is[j])) continue;
                memcpy(e, is, n * sizeof *e);
                e[i] = is[j], e[j] = is[i];
                rebuilt(r, &c[0], e, n, how);
            }
            memcpy(e, is, i * sizeof *e);
            memcpy(e + i, is + i + 1, (n - i - 1) * sizeof *e);
            rebuilt(r, &c[1], e, n - 1, how);
            memcpy(e, is, (i + 1) * sizeof *e);
            memcpy(e + i + 1, is + i, (n - i) * sizeof *e);
            rebuilt(r, &c[2], e, n + 1, how);
            memcpy(e, is, n * sizeof *e);
            e[i] = RK_LIT("\1\4tamu");
            rebuilt(r, &c[3], e, n, how);
        }
        for (int k = 0; k < 4; k++) tell(&c[k]);
    }
    rk_free(is), rk_free(e);
}

/* ===== who publishes lies ===== */

/* A figure changed and the manifest made and signed anew by the log's own key: only the recount
 * can notice. */
static void lying_documents(struct run *r) {
    struct count c = {.what = "a figure changed, the manifest signed anew by the right key"};
    struct count w = {.what = "the same, signed by another key"};
    for (uint32_t i = 0; i < r->p.n_file; i++) {
        const char *path = r->p.path[i];
        tree_file *f = tree_find(&r->good, path);
        const char *mark = strstr(path, ".csv")   ? ""
                           : strstr(path, "hhcw") ? "\"02\":"
                                                  : "\"suara_sah\":";
        char *at = NULL;
        if (strstr(path, "rekap.csv") || strstr(path, "tps.csv"))
            at = memchr(f->bytes.ptr + f->bytes.len - 12, ',', 12);
        else if (*mark)
            at = memmem(f->bytes.ptr, f->bytes.len, mark, strlen(mark));
        if (!at) continue;
        while (at < f->bytes.ptr + f->bytes.len &&
               (*at < '1' || *at > '8' || at[1] < '0' || at[1] > '9'))
            at++;
        if (at >= f->bytes.ptr + f->bytes.len) continue;
        published q = r->p;
        tree t;
        rk_sha256 was = q.sha256[i];
        char digit = *at;
        *at = (char)(digit + 1);
        tree_copy(&r->good, &t);
        q.sha256[i] = rk_sha256_of(rk_buf_slice(&f->bytes));
        published_manifest(&q, tree_put, &t);
        try_it(r, &c, &t, path);
        rk_ed25519_seed s = {{98}};
        RK_ASSERT(rk_signer_new(q.id, RK_KEY_ED25519, &s, &q.log, NULL) == RK_OK);
        published_manifest(&q, tree_put, &t);
        try_it(r, &w, &t, "manifest/note");
        q.sha256[i] = was;
        tree_free(&t);
        *at = digit;
    }
    tell(&c), tell(&w);
}

/* What was there before is put in place of what is there now. */
static void replays(struct run *r, struct run *before) {
    struct count doc = {.what = "documents of an earlier time"},
                 log = {
                     .what =
                         "checkpoint, log or all of an earlier time, after the newer was seen"};
    char state[] = "/tmp/rekap-tamper-XXXXXX", name[200];
    RK_ASSERT(mkdtemp(state));
    for (size_t i = 0; i < before->good.n; i++) {
        tree_file *old = &before->good.file[i], *now = tree_find(&r->good, old->path);
        if (!now || same_bytes(old, now)) continue;
        if (strcmp(old->path, "log/checkpoint") == 0) continue;
        swap_bytes(old, now);
        try_it(r, &doc, &r->good, NULL);
        swap_bytes(old, now);
    }
    rk_verify_options with = r->o, without = r->o;
    snprintf(name, sizeof name, "%s/state", state);
    with.no_state = false, with.state = name;
    verdict v = {0};
    tree_verify(&r->good, &with, &v);
    RK_ASSERT(v.code == 0);
    r->o = with;
    tree t;
    tree_copy(&r->good, &t);
    tree_put(&t, RK_LIT("log/checkpoint"),
             rk_buf_slice(&tree_find(&before->good, "log/checkpoint")->bytes));
    try_it(r, &log, &t, "log/checkpoint");
    tree_free(&t);
    try_it(r, &log, &before->good, "log/checkpoint"); /* all of it, sound in itself */
    published other; /* another history of the same length, by the right key */
    small_published(&other, true, !r->batch, 2 + SMALL_PHOTOS);
    tree fork;
    small_tree(&other, &fork);
    try_it(r, &log, &fork, "log/checkpoint");
    published_free(&other);
    tree_free(&fork);
    r->o = without;
    for (int i = 0; i < 3; i++) {
        static const char *const end[] = {"", ".hitung", ".bukti"};
        char file[240];
        snprintf(file, sizeof file, "%s%s", name, end[i]);
        unlink(file);
    }
    rmdir(state);
    tell(&doc), tell(&log);
}

/* ===== */

static void start(struct run *r, bool batch, unsigned extra) {
    rk_buf policy;
    verdict v = {0};
    *r = (struct run){.o = {.no_state = true, .jobs = 1}};
    r->batch = batch;
    small_published(&r->p, true, batch, extra + SMALL_PHOTOS);
    small_tree(&r->p, &r->good);
    rk_buf_init(&policy, RK_POLICY_MAX);
    published_policy(&r->p, PUBLISHED_WITNESSES, &policy);
    rk_err err = RK_ERR_INIT;
    RK_ASSERT(rk_policy_parse(rk_buf_slice(&policy), &r->policy, &err) == RK_OK);
    rk_buf_free(&policy);
    r->o.policy = r->policy;
    tree_verify(&r->good, &r->o, &v);
    if (v.code == 0) return;
    v.print = true;
    tree_verify(&r->good, &r->o, &v);
    abort();
}

static void finish(struct run *r) {
    tree_free(&r->good);
    published_free(&r->p);
    rk_policy_free(&r->policy);
}

static bool all(bool batch, uint64_t step) {
    struct run r, before;
    start(&r, batch, 2);
    start(&before, batch, 1);
    size_t bytes = 0;
    for (size_t i = 0; i < r.good.n; i++) bytes += r.good.file[i].bytes.len;
    printf("\n%s: %llu entries, %zu files, %zu bytes\n",
           batch ? "forms in batches" : "each entry signed", (unsigned long long)r.p.n,
           r.good.n, bytes);
    every_bit(&r, "bits of log/", "log/", step);
    every_bit(&r, "bits of manifest/", "manifest/", step);
    every_bit(&r, "bits of pemilu/ (JSON)", "pemilu/", step);
    every_bit(&r, "bits of wilayah/ (JSON)", "wilayah/", step);
    every_bit(&r, "bits of api/ (JSON, CSV)", "api/", step);
    every_digit(&r, step > 8 ? step / 8 : 1);
    whole_files(&r, step);
    every_entry(&r);
    replays(&r, &before);
    lying_documents(&r);
    bool bad = r.failed;
    finish(&r), finish(&before);
    return !bad;
}

int main(int argc, char **argv) {
    uint64_t step = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
    if (step == 0) return fprintf(stderr, "tamper [STEP]\n"), 2;
    mallopt(M_MMAP_THRESHOLD, 64 << 20); /* a million runs: no page is asked for twice */
    mallopt(M_TRIM_THRESHOLD, 512 << 20);
    bool good = all(false, step) & all(true, step);
    printf("%s\n", good ? "everything was noticed and named" : "SOMETHING WAS NOT NOTICED");
    return good ? 0 : 1;
}

/* Loading and reading, by many threads, each with its own sandboxed children. */
#include "cli/into.h"

#include "base/mem.h"
#include "read/strip.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

struct pass {
    struct into_run *r;
    struct into_window *w;
    atomic_uint next;
};

rk_slice into_bytes(const struct into_photo *p) { return rk_buf_slice(&p->copy); }

static void load_new(struct into_run *r, struct into_photo *p) {
    enum rk_photo_type type;
    rk_err why = RK_ERR_INIT;
    p->failed = rk_file_read_raw(p->path, RK_PHOTO_BYTES_MAX, &p->file, &p->err);
    if (p->failed != RK_OK) return;
    p->ref.item.original = rk_sha256_of(p->file.bytes);
    p->known = rk_photo_known(r->in, &p->ref.item.original) != NULL;
    if (p->known) return;
    rk_buf_init(&p->copy, RK_PHOTO_BYTES_MAX);
    if (rk_photo_strip(p->file.bytes, &p->copy, &type, &why) != RK_OK) {
        snprintf(p->why, sizeof p->why, "%.199s", why.text);
        return;
    }
    p->ref.item.type = (uint8_t)type;
    p->ref.item.bytes = (uint32_t)p->copy.len;
    p->ref.item.copy = rk_sha256_of(into_bytes(p));
}

static void load_stored(struct into_run *r, struct into_photo *p) {
    rk_buf_init(&p->copy, RK_PHOTO_BYTES_MAX);
    if (p->ref.item.type)
        p->failed = rk_photo_bytes(r->in, &p->ref.item.copy, &p->copy, &p->err);
}

/* What was read of a file that has no public copy. */
static rk_page_reading *no_photo(void) {
    rk_page_reading *none = rk_alloc(sizeof *none), *kept;
    none->refusal = RK_REFUSE_FILE;
    none->page = UINT32_MAX;
    kept = rk_page_keep(none);
    rk_free(none);
    return kept;
}

static void read_one(struct into_run *r, rk_scan *scan, struct into_photo *p) {
    const rk_scanned *s;
    if (p->stored)
        load_stored(r, p);
    else
        load_new(r, p);
    if (p->failed != RK_OK || p->known || r->q->receive_only) return;
    if (!p->ref.item.type) {
        p->reading = no_photo();
        return;
    }
    p->failed = rk_scan_photo(scan, into_bytes(p), false, &s, NULL, &p->err);
    p->no_reader = p->failed != RK_OK;
    if (p->no_reader) return;
    p->reading = rk_page_keep(&s->page);
    snprintf(p->why, sizeof p->why, "%s", s->why);
}

struct worker {
    struct pass *pass;
    rk_scan *scan;
};

static void *work(void *ctx) {
    struct worker *x = ctx;
    struct pass *pass = x->pass;
    for (;;) {
        unsigned i = atomic_fetch_add(&pass->next, 1);
        if (i >= pass->w->n) return NULL;
        read_one(pass->r, x->scan, &pass->w->photo[i]);
    }
}

rk_status into_read_all(struct into_run *r, struct into_window *w, rk_err *err) {
    struct pass pass = {.r = r, .w = w};
    struct worker worker[RK_READ_JOBS_MAX];
    pthread_t thread[RK_READ_JOBS_MAX];
    uint32_t n = 0;
    atomic_init(&pass.next, 0);
    for (; n + 1 < r->jobs && n + 1 < w->n; n++) {
        worker[n] = (struct worker){&pass, r->scan[n + 1]};
        if (pthread_create(&thread[n], NULL, work, &worker[n]) != 0) break;
    }
    work(&(struct worker){&pass, r->scan[0]});
    for (uint32_t i = 0; i < n; i++) pthread_join(thread[i], NULL);
    for (uint32_t i = 0; i < w->n; i++) { /* a photo of ours that is gone stops the run, too */
        struct into_photo *p = &w->photo[i];
        if (p->failed != RK_OK && (p->stored || p->no_reader))
            return rk_fail(err, p->failed, "%s: %s", p->path, p->err.text);
    }
    return RK_OK;
}

struct into_photo *into_window_add(struct into_window *w) {
    RK_PUSH_ROOM(w->photo, w->n, w->cap);
    struct into_photo *p = &w->photo[w->n++];
    memset(p, 0, sizeof *p);
    return p;
}

void into_window_free(struct into_window *w) {
    for (uint32_t i = 0; i < w->n; i++) {
        rk_file_free(&w->photo[i].file);
        rk_buf_free(&w->photo[i].copy);
        rk_free(w->photo[i].reading);
    }
    rk_free(w->photo);
    *w = (struct into_window){0};
}

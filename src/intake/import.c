#include "intake/import.h"

#include "base/mem.h"
#include "files/files.h"
#include "intake/import_internal.h"

#include <stdlib.h>

const char *rk_importer_find(struct rk_importer *im, rk_slice tps_code, rk_slice desa_code,
                             uint32_t *tps, uint32_t *desa, rk_err *text) {
    const rk_election *e = im->dir->election;
    *text = RK_ERR_INIT;
    if (rk_election_place(e, tps_code, desa_code, tps, desa, text) != RK_OK && *desa == RK_NONE)
        return text->text;
    if (e->tally[im->contest].ballot_of[*desa] == RK_NONE)
        return "the contest is not held at this TPS: its desa is in none of the contest's "
               "dapil";
    return NULL;
}

const char *rk_importer_add(struct rk_importer *im, rk_slice tps_code, uint32_t desa,
                            uint32_t *tps, rk_err *text) {
    rk_code code;
    (void)rk_code_of(tps_code, &code);
    return rk_tree_add_tps(im->dir->election->tree, &code, desa, tps, text) == RK_OK
               ? NULL
               : text->text;
}

const char *rk_importer_place(struct rk_importer *im, rk_slice tps_code, rk_slice desa_code,
                              uint32_t *tps, rk_err *text) {
    uint32_t desa;
    const char *why = rk_importer_find(im, tps_code, desa_code, tps, &desa, text);
    return why || *tps != RK_NONE ? why : rk_importer_add(im, tps_code, desa, tps, text);
}

bool rk_importer_seen(const struct rk_importer *im, uint32_t tps) {
    return tps < im->cap_seen && im->seen[tps];
}

static void note_seen(struct rk_importer *im, uint32_t tps) {
    if (tps >= im->cap_seen) {
        uint32_t cap = im->dir->election->tree->cap_tps;
        im->seen = rk_realloc(im->seen, cap, 1);
        memset(im->seen + im->cap_seen, 0, cap - im->cap_seen);
        im->cap_seen = cap;
    }
    im->seen[tps] = 1;
}

static bool same_images(const rk_tally *t, const rk_form_state *s, rk_slice images) {
    rk_slice had = s->images1 ? t->images[s->images1 - 1] : (rk_slice){0};
    return rk_slice_eq(had, images);
}

/* The form in force says exactly the same. */
static bool in_force(const rk_tally *t, uint32_t tps, const rk_form *f) {
    const uint32_t *row = rk_tally_row(t, tps);
    if (!row || memcmp(row, f->cell, f->n_cell * sizeof *row) != 0) return false;
    const rk_form_state *s = &t->state[tps];
    if (s->by_machine) return false; /* that people say the same is a fact of its own */
    return s->own_ts == (f->ts != 0) && (!s->own_ts || s->ts == f->ts) && s->psu == f->psu &&
           s->generation == f->generation && s->layer == f->layer && s->sirekap == f->sirekap &&
           same_images(t, s, f->images);
}

rk_status rk_importer_take(struct rk_importer *im, uint32_t tps, rk_form *form, rk_err *err) {
    const rk_tally *t = &im->dir->election->tally[im->contest];
    note_seen(im, tps);
    im->report->rows++;
    if (in_force(t, tps, form)) {
        im->report->unchanged++;
        return RK_OK;
    }
    if (rk_tally_row(t, tps))
        im->report->corrected++;
    else
        im->report->added++;
    form->contest = rk_code_slice(&im->c->code);
    form->batch = im->base;
    size_t at = im->entries.len;
    rk_buf_u16(&im->entries, 0);
    RK_TRY(rk_entry_put_form(form, im->base + 1 + im->n_entries, &im->entries, err));
    size_t n = im->entries.len - at - 2;
    im->entries.ptr[at] = (char)(n & 255);
    im->entries.ptr[at + 1] = (char)(n >> 8);
    RK_PUSH_ROOM(im->leaf, im->n_entries, im->cap_leaf);
    im->leaf[im->n_entries++] = rk_merkle_leaf((rk_slice){im->entries.ptr + at + 2, n});
    return RK_OK;
}

/* The batch entry, signed: by its root the signature covers every form. */
static rk_status append_batch(struct rk_importer *im, rk_slice source, rk_err *err) {
    rk_buf b;
    rk_frontier f = {0};
    for (uint64_t i = 0; i < im->n_entries; i++) (void)rk_frontier_append(&f, &im->leaf[i]);
    rk_batch_entry x = {.contest = rk_code_slice(&im->c->code),
                        .source = source,
                        .sha256 = rk_sha256_of(im->bytes),
                        .forms = im->n_entries,
                        .root = rk_frontier_root(&f)};
    RK_TRY(rk_dir_head(im->dir, im->o->reason, (rk_slice){0}, &x.head, err));
    rk_buf_init(&b, RK_ENTRY_MAX + 1024);
    rk_status s = rk_entry_put_batch(&x, &b, err);
    if (s == RK_OK) s = rk_dir_put(im->dir, &b, err);
    rk_buf_free(&b);
    return s;
}

/* Appends the batch entry and the forms to the open transaction. */
static rk_status append_all(struct rk_importer *im, rk_slice source, rk_err *err) {
    rk_status s = append_batch(im, source, err);
    const uint8_t *p = (const uint8_t *)im->entries.ptr;
    for (uint64_t i = 0; s == RK_OK && i < im->n_entries; i++) {
        size_t n = (size_t)p[0] | (size_t)p[1] << 8;
        s = rk_log_append(im->dir->log, (rk_slice){(const char *)p + 2, n}, &im->leaf[i], err);
        p += 2 + n;
    }
    return s;
}

static bool looks_like_json(rk_slice s) {
    if (rk_slice_starts(s, RK_LIT("\xef\xbb\xbf"))) s = rk_slice_from(s, 3);
    while (s.len && strchr(" \t\r\n", s.ptr[0])) s = rk_slice_from(s, 1);
    return s.len && s.ptr[0] == '{';
}

static rk_status read_all(struct rk_importer *im, rk_err *err) {
    RK_TRY(looks_like_json(im->bytes) ? rk_import_json(im, err) : rk_import_csv(im, err));
    if (im->entries.failed)
        return rk_fail(err, RK_LIMIT, "the file's entries do not fit the memory allowed");
    if (im->report->bad && !im->o->keep_going)
        return rk_fail(err, RK_BAD_INPUT,
                       "%llu bad rows: nothing of this file was taken (mend them, or take the "
                       "good rows with --keep-going)",
                       (unsigned long long)im->report->bad);
    return RK_OK;
}

static rk_status import_locked(struct rk_importer *im, rk_slice source, rk_err *err) {
    rk_dir *d = im->dir;
    im->contest = rk_election_contest(d->election, im->o->contest);
    if (im->contest == RK_NONE)
        return rk_fail(
            err, RK_NOT_FOUND,
            "contest '%.*s' is not declared in %s: declare it with 'rekap kontes %s FILE'",
            RK_FMT(im->o->contest), d->path, d->path);
    im->c = d->election->tally[im->contest].contest;
    im->base = d->election->size;
    RK_TRY(read_all(im, err));
    if (im->o->dry_run || im->n_entries == 0) return RK_OK;
    RK_TRY(append_all(im, source, err));
    RK_TRY(rk_dir_commit(d, err));
    im->report->first_entry = im->base;
    return rk_dir_refresh(d, err);
}

rk_status rk_import(rk_dir *d, rk_slice source, rk_slice bytes, const rk_import_options *o,
                    rk_import_report *r, rk_err *err) {
    struct rk_importer im = {.dir = d, .o = o, .report = r, .bytes = bytes};
    *r = (rk_import_report){.first_entry = UINT64_MAX};
    rk_buf_init(&im.entries, (size_t)RK_FILE_BYTES_MAX);
    rk_status s = rk_dir_begin(d, err);
    if (s == RK_OK) s = import_locked(&im, source, err);
    rk_dir_abort(d);
    d->sound = s == RK_OK && !o->dry_run;
    rk_buf_free(&im.entries);
    rk_free(im.leaf);
    rk_free(im.seen);
    return s;
}

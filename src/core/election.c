/* The fold. Forms are applied in blocks (decode, find the stations with the cache lines on
 * their way, check the rules column by column, then add); everything else one entry at a time.
 * Within a block the forms are added in log order, so a correction and what it corrects may
 * share a block. */
#include "core/election.h"

#include "base/mem.h"
#include "core/official.h"
#include "core/tally.h"

struct rk_fold {
    /* the document being received */
    rk_buf document;
    rk_document_entry doc;
    uint32_t next_part;
    rk_slice label, doc_contest;
    /* the block of forms being gathered */
    uint32_t contest; /* whose forms */
    size_t n;
    rk_form form[RK_BLOCK];
    rk_code code[RK_BLOCK];
    uint64_t hash[RK_BLOCK];
    uint32_t tps[RK_BLOCK];
    uint8_t abroad[RK_BLOCK];
    uint64_t broken[RK_BLOCK];
    uint64_t first_index;
    uint32_t *cells; /* RK_BLOCK rows of the contest's n_col */
    uint32_t cells_cols;
    uint64_t last_batch; /* forms come in runs of one batch */
    uint32_t last_batch_time;
};

rk_election *rk_election_new(void) {
    rk_election *e = rk_alloc(sizeof *e);
    e->fold = rk_alloc(sizeof *e->fold);
    rk_buf_init(&e->fold->document, RK_DOCUMENT_MAX);
    e->fold->contest = RK_NONE;
    e->fold->last_batch = RK_NO_BATCH;
    e->tally = rk_calloc(RK_CONTESTS_MAX, sizeof *e->tally);
    return e;
}

static rk_slice copy(rk_slice s) { return (rk_slice){rk_dup(s.ptr, s.len), s.len}; }
static void drop(rk_slice s) { rk_free((void *)(uintptr_t)s.ptr); }

void rk_election_free(rk_election **ep) {
    rk_election *e = *ep;
    if (!e) return;
    for (uint32_t i = 0; i < e->n_contest; i++) rk_tally_drop(&e->tally[i], e->tree);
    for (uint32_t i = 0; i < e->n_official; i++)
        drop(e->official[i].label), drop(e->official[i].csv);
    rk_free(e->official);
    rk_free(e->tally);
    rk_free(e->batch);
    rk_tree_free(&e->tree);
    drop(e->id), drop(e->name), drop(e->date);
    rk_keyring_free(&e->keys);
    rk_buf_free(&e->fold->document);
    drop(e->fold->label), drop(e->fold->doc_contest);
    rk_free(e->fold->cells);
    rk_free(e->fold);
    rk_free(e);
    *ep = NULL;
}

void rk_election_forget(rk_election *e) {
    for (uint32_t i = 0; i < e->n_contest; i++) {
        rk_tally *t = &e->tally[i];
        t->sum = NULL, t->cell = NULL, t->state = NULL, t->count = NULL, t->rule_count = NULL;
        t->photo_state = NULL, t->read_cell = NULL;
    }
    if (!e->tree) return;
    rk_tree *t = e->tree;
    t->node = NULL, t->code = NULL, t->tps = NULL, t->tps_code = NULL, t->index.slot = NULL,
    t->tps_index.slot = NULL;
}

uint32_t rk_election_contest(const rk_election *e, rk_slice code) {
    for (uint32_t i = 0; i < e->n_contest; i++)
        if (rk_slice_eq(rk_code_slice(&e->tally[i].contest->code), code)) return i;
    return RK_NONE;
}

/* ===== declarations ===== */

static rk_status apply_election(rk_election *e, rk_slice entry, rk_err *err) {
    rk_election_entry x;
    RK_TRY(rk_entry_get_election(entry, &x, err));
    if (e->id.ptr) return rk_fail(err, RK_CONFLICT, "the election is declared twice");
    e->id = copy(x.id);
    e->name = copy(x.name);
    e->date = copy(x.date);
    e->last_time = x.head.time;
    return RK_OK;
}

static rk_status declare_tree(rk_election *e, rk_slice csv, rk_err *err) {
    rk_tree *t;
    if (e->n_contest)
        return rk_fail(err, RK_CONFLICT,
                       "the region tree is in use by a contest: start a new election directory "
                       "for another tree");
    RK_TRY(rk_tree_parse(csv, &t, err));
    rk_tree_free(&e->tree);
    e->tree = t;
    return RK_OK;
}

static bool has_forms(const rk_tally *t) {
    return t->sum &&
           t->n_history + t->count[0].forms + (uint32_t)t->unsettled + t->n_received > 0;
}

static rk_status declare_contest(rk_election *e, rk_slice json, rk_err *err) {
    rk_contest *c;
    if (!e->tree)
        return rk_fail(err, RK_CONFLICT, "declare the region tree first (rekap wilayah)");
    RK_TRY(rk_contest_parse(json, rk_standard_rules(), &c, err));
    uint32_t at = rk_election_contest(e, rk_code_slice(&c->code));
    rk_status s = RK_OK;
    if (at != RK_NONE && has_forms(&e->tally[at]))
        s = rk_fail(err, RK_CONFLICT,
                    "contest %.*s already has forms: it can no longer be declared anew",
                    RK_FMT(rk_code_slice(&c->code)));
    else if (at == RK_NONE && e->n_contest == RK_CONTESTS_MAX)
        s = rk_fail(err, RK_LIMIT, "more than %u contests", RK_CONTESTS_MAX);
    if (s != RK_OK) {
        rk_contest_free(&c);
        return s;
    }
    rk_tally t;
    s = rk_tally_make(&t, c, e->tree, err);
    if (s != RK_OK) { /* what was declared before stays as it is */
        rk_tally_drop(&t, e->tree);
        return s;
    }
    if (at == RK_NONE)
        at = e->n_contest++;
    else
        rk_tally_drop(&e->tally[at], e->tree);
    t.document = copy(json);
    e->tally[at] = t;
    return RK_OK;
}

static rk_status declare_official(rk_election *e, rk_slice csv, rk_err *err) {
    uint32_t c = rk_election_contest(e, e->fold->doc_contest);
    if (c == RK_NONE)
        return rk_fail(err, RK_CONFLICT, "official figures for the unknown contest %.*s",
                       RK_FMT(e->fold->doc_contest));
    rk_official_table table;
    RK_TRY(rk_official_parse(e->tree, e->tally[c].contest, csv, &table, err));
    rk_official_free(&table);
    e->official = rk_realloc(e->official, e->n_official + 1, sizeof *e->official);
    e->official[e->n_official++] = (rk_official){c, copy(e->fold->label), copy(csv), e->size};
    return RK_OK;
}

static rk_status document_complete(rk_election *e, rk_err *err) {
    struct rk_fold *f = e->fold;
    rk_slice bytes = rk_buf_slice(&f->document);
    rk_sha256 h = rk_sha256_of(bytes);
    if (memcmp(&h, &f->doc.sha256, sizeof h) != 0)
        return rk_fail(err, RK_CORRUPT,
                       "a declared document does not have the hash it was declared with");
    f->next_part = 0;
    if (f->doc.type != RK_DOC_RESMI) e->declared = e->size + 1;
    if (f->doc.type == RK_DOC_WILAYAH) return declare_tree(e, bytes, err);
    if (f->doc.type == RK_DOC_KONTES) return declare_contest(e, bytes, err);
    return declare_official(e, bytes, err);
}

static rk_status apply_document(rk_election *e, rk_slice entry, rk_err *err) {
    struct rk_fold *f = e->fold;
    rk_document_entry x;
    RK_TRY(rk_entry_get_document(entry, &x, err));
    bool first = x.part == 0;
    if (!first && (x.part != f->next_part || x.parts != f->doc.parts || x.type != f->doc.type ||
                   memcmp(&x.sha256, &f->doc.sha256, sizeof x.sha256) != 0))
        return rk_fail(err, RK_CORRUPT, "the parts of a declared document are out of order");
    if (first) {
        rk_buf_clear(&f->document);
        drop(f->label), drop(f->doc_contest);
        f->label = copy(x.label);
        f->doc_contest = copy(x.contest);
        f->doc = x;
    }
    rk_buf_add(&f->document, x.bytes);
    f->next_part = x.part + 1;
    if (x.head.time > e->last_time) e->last_time = x.head.time;
    if (f->document.failed)
        return rk_fail(err, RK_LIMIT, "a declared document is over %u bytes", RK_DOCUMENT_MAX);
    return f->next_part == x.parts ? document_complete(e, err) : RK_OK;
}

/* Every station that counts in the totals is in the tree already. */
static bool stations_known(const rk_tree *t) {
    return t->n_tps > 0 && t->node[0].known == t->node[0].total;
}

static rk_status apply_batch(rk_election *e, rk_slice entry, rk_err *err) {
    rk_batch_entry x;
    RK_TRY(rk_entry_get_batch(entry, &x, err));
    /* at most so many stations will be new: room for them once instead of growing on the way */
    if (e->tree && x.forms <= RK_TPS_MAX && !stations_known(e->tree))
        rk_tree_reserve_tps(e->tree, e->tree->n_tps + x.forms);
    RK_PUSH_ROOM(e->batch, e->n_batch, e->cap_batch);
    e->batch[e->n_batch++] = (rk_batch_info){e->size, x.head.time};
    if (x.head.time > e->last_time) e->last_time = x.head.time;
    return RK_OK;
}

uint32_t rk_election_batch_time(const rk_election *e, uint64_t batch_entry) {
    for (uint32_t lo = 0, hi = e->n_batch; lo < hi;) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (e->batch[mid].entry == batch_entry) return e->batch[mid].time;
        if (e->batch[mid].entry < batch_entry)
            lo = mid + 1;
        else
            hi = mid;
    }
    return 0;
}

/* ===== placing a form ===== */

static uint32_t desa_of(const rk_election *e, const rk_code *code, rk_slice desa_code,
                        rk_err *err) {
    const rk_tree *t = e->tree;
    uint32_t d = desa_code.len ? rk_tree_find(t, desa_code) : rk_tree_by_prefix(t, code);
    if (d != RK_NONE && t->node[d].level == RK_DESA) return d;
    if (desa_code.len)
        rk_fail(err, RK_NOT_FOUND, "'%.*s' is not a desa of the region tree",
                RK_FMT(desa_code));
    else if (d == RK_NONE)
        rk_fail(err, RK_NOT_FOUND, "unknown TPS '%.*s': no region's code begins it",
                RK_FMT(rk_code_slice(code)));
    else
        rk_fail(err, RK_NOT_FOUND,
                "unknown TPS '%.*s': it begins with the %s '%.*s' but with none of its desa",
                RK_FMT(rk_code_slice(code)), d ? rk_level_name(t->node[d].level) : "nation",
                RK_FMT(rk_tree_code(t, d)));
    return RK_NONE;
}

/* The desa a station not known yet may be added to; RK_NONE with err otherwise. */
static uint32_t home_of(const rk_election *e, const rk_code *code, rk_slice desa_code,
                        rk_err *err) {
    if (!rk_tree_code_ok(rk_code_slice(code))) {
        rk_fail(err, RK_NOT_FOUND,
                "the TPS code is not plain text: no control character, comma, quote or leading "
                "= + @");
        return RK_NONE;
    }
    uint32_t d = desa_of(e, code, desa_code, err);
    if (d != RK_NONE && e->tree->node[d].has_frame) {
        rk_fail(err, RK_NOT_FOUND,
                "unknown TPS '%.*s': desa '%.*s' (%.*s) lists its %u stations and this is none "
                "of them",
                RK_FMT(rk_code_slice(code)), RK_FMT(rk_tree_code(e->tree, d)),
                RK_FMT(e->tree->node[d].name), e->tree->node[d].known);
        return RK_NONE;
    }
    return d;
}

rk_status rk_election_place(const rk_election *e, rk_slice tps_code, rk_slice desa_code,
                            uint32_t *tps, uint32_t *desa, rk_err *err) {
    rk_code code;
    *tps = *desa = RK_NONE;
    if (!e->tree)
        return rk_fail(err, RK_NOT_FOUND, "no region tree is declared yet (rekap wilayah)");
    if (!rk_code_of(tps_code, &code))
        return rk_fail(err, RK_NOT_FOUND, "a TPS code has 1 to %u bytes", RK_CODE_MAX);
    *tps = rk_tree_find_tps(e->tree, &code, rk_code_hash(&code));
    if (*tps == RK_NONE) {
        *desa = home_of(e, &code, desa_code, err);
        return RK_NOT_FOUND;
    }
    *desa = e->tree->tps[*tps].desa;
    if (desa_code.len && !rk_slice_eq(rk_tree_code(e->tree, *desa), desa_code)) {
        rk_fail(err, RK_NOT_FOUND, "TPS '%.*s' belongs to desa '%.*s', not '%.*s'",
                RK_FMT(tps_code), RK_FMT(rk_tree_code(e->tree, *desa)), RK_FMT(desa_code));
        *tps = *desa = RK_NONE;
        return RK_NOT_FOUND;
    }
    return RK_OK;
}

/* ===== forms ===== */

static rk_status find_stations(rk_election *e, rk_tally *t, rk_err *err) {
    struct rk_fold *f = e->fold;
    for (size_t i = 0; i < f->n; i++) {
        uint32_t tps = rk_tree_find_tps(e->tree, &f->code[i], f->hash[i]);
        if (tps == RK_NONE) {
            uint32_t desa = home_of(e, &f->code[i], f->form[i].desa, err);
            if (desa == RK_NONE) return err ? err->code : RK_NOT_FOUND;
            RK_TRY(rk_tree_add_tps(e->tree, &f->code[i], desa, &tps, err));
        }
        f->tps[i] = tps;
        uint32_t desa = e->tree->tps[tps].desa;
        if (t->ballot_of[desa] == RK_NONE)
            return rk_fail(err, RK_CONFLICT, "contest %.*s is not held at TPS '%.*s'",
                           RK_FMT(rk_code_slice(&t->contest->code)),
                           RK_FMT(rk_code_slice(&f->code[i])));
        f->abroad[i] = t->abroad[desa];
        rk_tally_prefetch(t, e->tree, tps, desa);
    }
    return RK_OK;
}

static uint32_t form_time(rk_election *e, const rk_form *form) {
    struct rk_fold *f = e->fold;
    if (form->batch == RK_NO_BATCH) return form->head.time;
    if (form->batch != f->last_batch) {
        f->last_batch = form->batch;
        f->last_batch_time = rk_election_batch_time(e, form->batch);
    }
    return f->last_batch_time;
}

/* Applies the gathered block. */
static rk_status flush(rk_election *e, rk_err *err) {
    struct rk_fold *f = e->fold;
    if (f->n == 0) return RK_OK;
    rk_tally *t = &e->tally[f->contest];
    uint32_t cols = t->contest->n_col;
    RK_TRY(find_stations(e, t, err));
    rk_tally_room(t, e->tree);
    rk_checker_block(t->checker, f->cells, cols, f->abroad, f->n, f->broken);
    if (e->bulk) t->unsettled = true;
    for (size_t i = 0; i < f->n; i++) {
        uint32_t time = form_time(e, &f->form[i]);
        if (time > e->last_time) e->last_time = time;
        RK_TRY(rk_tally_machine_ok(t, f->tps[i], &f->form[i], err));
        rk_tally_put(t, e->tree,
                     &(rk_tally_form){f->tps[i], f->cells + i * cols, &f->form[i], f->broken[i],
                                      f->first_index + i, time});
    }
    f->n = 0;
    return RK_OK;
}

static rk_status block_contest(rk_election *e, rk_slice code, rk_err *err) {
    struct rk_fold *f = e->fold;
    if (f->contest != RK_NONE &&
        rk_slice_eq(rk_code_slice(&e->tally[f->contest].contest->code), code))
        return RK_OK;
    RK_TRY(flush(e, err));
    uint32_t c = rk_election_contest(e, code);
    if (c == RK_NONE)
        return rk_fail(err, RK_NOT_FOUND, "a form of the unknown contest '%.*s'", RK_FMT(code));
    f->contest = c;
    if (e->tally[c].contest->n_col > f->cells_cols) {
        f->cells_cols = e->tally[c].contest->n_col;
        rk_free(f->cells);
        f->cells = rk_calloc((size_t)RK_BLOCK * f->cells_cols, sizeof *f->cells);
    }
    return RK_OK;
}

static bool over_max(const uint32_t *cell, uint32_t n, uint32_t max) {
    uint32_t over = 0;
    for (uint32_t i = 0; i < n; i++)
        over |= (uint32_t)(cell[i] > max) & (uint32_t)(cell[i] != RK_ABSENT);
    return over != 0;
}

static rk_status accepts_form(const rk_election *e, const rk_form *f, rk_err *err) {
    uint32_t c = rk_election_contest(e, f->contest), tps, desa;
    rk_code code;
    if (c == RK_NONE)
        return rk_fail(err, RK_NOT_FOUND, "a form of the unknown contest '%.*s'",
                       RK_FMT(f->contest));
    const rk_tally *t = &e->tally[c];
    if (f->n_cell != t->contest->n_col)
        return rk_fail(err, RK_CORRUPT, "a form has %u figures, its contest %u", f->n_cell,
                       t->contest->n_col);
    if (over_max(f->cell, f->n_cell, t->contest->max_value))
        return rk_fail(err, RK_CORRUPT, "a figure is over the contest's maximum");
    if (!rk_code_of(f->tps, &code)) return rk_fail(err, RK_CORRUPT, "no TPS code");
    rk_status s = rk_election_place(e, f->tps, f->desa, &tps, &desa, err);
    if (s != RK_OK && desa == RK_NONE) return s;
    RK_TRY(rk_tally_machine_ok(t, tps, f, err));
    return t->ballot_of[desa] == RK_NONE
               ? rk_fail(err, RK_CONFLICT, "the contest is not held at this TPS")
               : RK_OK;
}

rk_status rk_election_accepts(const rk_election *e, rk_slice entry, rk_err *err) {
    rk_form f;
    RK_ASSERT(e->fold->n == 0 && e->keys.left == 0);
    uint32_t *cells = rk_calloc(RK_COLUMNS_MAX, sizeof *cells);
    rk_status s = rk_entry_get_form(entry, e->size, cells, RK_COLUMNS_MAX, &f, err);
    if (s == RK_OK && (f.head.version != 2 || !e->keys.is_signed ||
                       !rk_keyring_signer(&e->keys, f.head.actor.key_id, f.head.actor.role)))
        s = rk_fail(err, RK_CONFLICT, "the key %016llx may not sign in the role '%.*s'",
                    (unsigned long long)f.head.actor.key_id, RK_FMT(f.head.actor.role));
    if (s == RK_OK) s = accepts_form(e, &f, err);
    rk_free(cells);
    return s;
}

/* Adds a form to the block. */
static rk_status gather(rk_election *e, rk_slice entry, rk_err *err) {
    struct rk_fold *f = e->fold;
    if (f->n == RK_BLOCK) RK_TRY(flush(e, err));
    uint32_t cols = f->contest == RK_NONE ? 0 : e->tally[f->contest].contest->n_col;
    rk_form *form = &f->form[f->n];
    uint32_t *cells = cols ? f->cells + f->n * cols : NULL;
    rk_status s =
        cols ? rk_entry_get_form(entry, e->size, cells, cols, form, NULL) : RK_CORRUPT;
    if (s != RK_OK ||
        !rk_slice_eq(form->contest, rk_code_slice(&e->tally[f->contest].contest->code))) {
        uint32_t *scratch =
            rk_calloc(RK_COLUMNS_MAX, sizeof *scratch); /* another contest begins */
        s = rk_entry_get_form(entry, e->size, scratch, RK_COLUMNS_MAX, form, err);
        rk_slice contest = form->contest;
        rk_free(scratch);
        RK_TRY(s);
        RK_TRY(block_contest(e, contest, err));
        cols = e->tally[f->contest].contest->n_col;
        cells = f->cells + f->n * cols;
        form = &f->form[f->n];
        RK_TRY(rk_entry_get_form(entry, e->size, cells, cols, form, err));
    }
    if (!rk_keyring_in_batch(&e->keys, form->batch))
        return rk_fail(err, RK_CORRUPT, "a form names the batch %llu, but stands in %llu",
                       (unsigned long long)form->batch, (unsigned long long)e->keys.batch);
    if (form->n_cell != cols)
        return rk_fail(err, RK_CORRUPT, "a form has %u figures, its contest %u", form->n_cell,
                       cols);
    if (over_max(cells, cols,
                 e->tally[f->contest].contest->max_value)) /* the checker's 31 bits and the
                                                              64-bit totals rely on it */
        return rk_fail(err, RK_CORRUPT,
                       "a form of TPS '%.*s' has a figure over the contest's maximum",
                       RK_FMT(form->tps));
    if (!rk_code_of(form->tps, &f->code[f->n]))
        return rk_fail(err, RK_CORRUPT, "a form's TPS code is empty or too long");
    if (f->n == 0) f->first_index = e->size;
    f->hash[f->n] = rk_code_hash(&f->code[f->n]);
    rk_codemap_prefetch(&e->tree->tps_index, f->hash[f->n]);
    f->n++;
    return RK_OK;
}

/* ===== photos ===== */

/* The contest and station that photos are of; a station not known yet is added as for a form.
 */
static rk_status photo_station(rk_election *e, rk_slice contest, rk_slice tps_code,
                               rk_tally **t, uint32_t *tps, rk_err *err) {
    uint32_t c = rk_election_contest(e, contest), desa;
    if (c == RK_NONE)
        return rk_fail(err, RK_NOT_FOUND, "photos of the unknown contest '%.*s'",
                       RK_FMT(contest));
    rk_status s = rk_election_place(e, tps_code, (rk_slice){0}, tps, &desa, err);
    if (desa == RK_NONE) return s;
    *t = &e->tally[c];
    if ((*t)->ballot_of[desa] == RK_NONE)
        return rk_fail(err, RK_CONFLICT, "contest %.*s is not held at TPS '%.*s'",
                       RK_FMT(contest), RK_FMT(tps_code));
    if (s != RK_OK) {
        rk_code code;
        RK_ASSERT(rk_code_of(tps_code, &code));
        RK_TRY(rk_tree_add_tps(e->tree, &code, desa, tps, err));
    }
    rk_tally_room(*t, e->tree);
    if (e->bulk) (*t)->unsettled = true;
    return RK_OK;
}

static rk_status apply_photos(rk_election *e, rk_slice entry, rk_err *err) {
    rk_tally *t = NULL;
    uint32_t tps = 0;
    rk_photos_entry *x = rk_alloc(sizeof *x);
    rk_status s = rk_entry_get_photos(entry, x, err);
    if (s == RK_OK) s = photo_station(e, x->contest, x->tps, &t, &tps, err);
    if (s == RK_OK) s = rk_tally_receive(t, e->tree, tps, x, e->size, err);
    if (s == RK_OK && x->head.time > e->last_time) e->last_time = x->head.time;
    rk_free(x);
    return s;
}

static rk_status apply_reading(rk_election *e, rk_slice entry, rk_err *err) {
    rk_tally *t = NULL;
    uint32_t tps = 0;
    rk_reading_entry *x = rk_alloc(sizeof *x);
    rk_status s = rk_entry_get_reading(entry, x, err);
    if (s == RK_OK) s = photo_station(e, x->contest, x->tps, &t, &tps, err);
    if (s == RK_OK) s = rk_tally_read(t, e->tree, tps, x, e->size, err);
    if (s == RK_OK && x->head.time > e->last_time) e->last_time = x->head.time;
    rk_free(x);
    return s;
}

/* Keys are applied already; a publication changes no figure. */
static rk_status apply_rest(rk_election *e, rk_slice entry, enum rk_entry_kind kind,
                            rk_err *err) {
    rk_publication_entry p;
    rk_entry_head h;
    if (kind == RK_ENTRY_PUBLICATION) RK_TRY(rk_entry_get_publication(entry, &p, err));
    RK_TRY(rk_entry_get_head(entry, &h, err));
    if (h.time > e->last_time) e->last_time = h.time;
    return RK_OK;
}

static rk_status apply_one(rk_election *e, rk_slice entry, rk_err *err) {
    enum rk_entry_kind kind;
    RK_TRY(rk_keyring_admit(&e->keys, entry, NULL, err));
    RK_TRY(rk_entry_kind_of(entry, &kind, err));
    if (kind == RK_ENTRY_FORM) return gather(e, entry, err);
    RK_TRY(flush(e, err));
    if (kind == RK_ENTRY_ELECTION) return apply_election(e, entry, err);
    if (kind == RK_ENTRY_DOCUMENT) {
        e->fold->contest = RK_NONE; /* a contest may be declared anew */
        return apply_document(e, entry, err);
    }
    if (kind == RK_ENTRY_BATCH) return apply_batch(e, entry, err);
    if (kind == RK_ENTRY_PHOTOS) return apply_photos(e, entry, err);
    if (kind == RK_ENTRY_READING) return apply_reading(e, entry, err);
    return apply_rest(e, entry, kind, err);
}

rk_status rk_election_apply(rk_election *e, const rk_slice *entry, size_t n, rk_err *err) {
    for (size_t i = 0; i < n; i++) {
        rk_status s = apply_one(e, entry[i], err);
        if (s != RK_OK) {
            e->fold->n = 0;
            return s;
        }
        e->size++;
    }
    return flush(e, err);
}

void rk_election_settle(rk_election *e) {
    e->bulk = false;
    for (uint32_t i = 0; i < e->n_contest; i++) rk_tally_settle(&e->tally[i], e->tree);
}

void rk_election_cool(const rk_election *e, uint32_t contest) {
    const rk_tally *t = &e->tally[contest];
    size_t nodes = e->tree->n, tps = t->cap_tps, cols = t->contest->n_col;
    rk_map_cool(t->sum, nodes * cols * sizeof *t->sum);
    rk_map_cool(t->count, nodes * sizeof *t->count);
    rk_map_cool(t->rule_count, nodes * t->contest->n_rule * sizeof *t->rule_count);
    rk_map_cool(t->cell, tps * cols * sizeof *t->cell);
    rk_map_cool(t->state, tps * sizeof *t->state);
    if (t->photo_state) rk_map_cool(t->photo_state, tps * sizeof *t->photo_state);
    if (t->read_cell) rk_map_cool(t->read_cell, tps * cols * sizeof *t->read_cell);
}

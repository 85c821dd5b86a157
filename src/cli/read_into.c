/* One run goes through the photos in windows of some dozens. In a window: photos are loaded,
 * hashed, stripped and read by several threads, each with its own sandboxed children; then this
 * thread decides which station each is of, keeps the bytes, and writes what came in and what
 * was read in one transaction. A run that is cut short leaves whole windows: the next one
 * passes over the photos that the log knows, and reads those that came in without being read.
 */
#include "cli/read_into.h"

#include "base/mem.h"
#include "base/num.h"
#include "cli/photo_paths.h"
#include "files/files.h"
#include "intake/photos.h"
#include "read/record.h"
#include "read/strip.h"
#include "scan/scan.h"

#include <malloc.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { WINDOW = 24 }; /* photos in memory at a time */

struct photo {
    const char *path; /* as given; of one that is in already a name that says its page */
    char stored_name[24];
    bool stored, known; /* in the log before this run; a new file with known bytes */
    rk_photo_ref ref;   /* entry only when stored */
    rk_file file;
    rk_buf copy;
    rk_page_reading *reading;
    char why[200];
    rk_status failed; /* it could not even be loaded */
    bool no_reader;   /* no child could be made to read it: nothing can go on */
    rk_err err;
    bool claimed, placed;
    rk_code claim, station;
};

struct window {
    struct photo *photo;
    uint32_t n, cap;
};

struct run {
    const cli_into *q;
    rk_dir d;
    uint32_t contest;
    rk_photo_intake *in;
    rk_reading_entry *reading;
    rk_photos_entry *photos;
    rk_scan *scan[RK_READ_JOBS_MAX];
    uint32_t jobs;
    rk_progress progress;
    uint64_t received, known, left_out, stations, state[RK_READ_INCONSISTENT + 1], forms;
};

/* ===== loading and reading, by many threads ===== */

struct pass {
    struct run *r;
    struct window *w;
    atomic_uint next;
};

static rk_slice bytes_of(const struct photo *p) { return rk_buf_slice(&p->copy); }

static void load_new(struct run *r, struct photo *p) {
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
    p->ref.item.copy = rk_sha256_of(bytes_of(p));
}

static void load_stored(struct run *r, struct photo *p) {
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

static void read_one(struct run *r, rk_scan *scan, struct photo *p) {
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
    p->failed = rk_scan_photo(scan, bytes_of(p), false, &s, NULL, &p->err);
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

static rk_status read_all(struct run *r, struct window *w, rk_err *err) {
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
        struct photo *p = &w->photo[i];
        if (p->failed != RK_OK && (p->stored || p->no_reader))
            return rk_fail(err, p->failed, "%s: %s", p->path, p->err.text);
    }
    return RK_OK;
}

static struct photo *window_add(struct window *w) {
    RK_PUSH_ROOM(w->photo, w->n, w->cap);
    struct photo *p = &w->photo[w->n++];
    memset(p, 0, sizeof *p);
    return p;
}

static void window_free(struct window *w) {
    for (uint32_t i = 0; i < w->n; i++) {
        rk_file_free(&w->photo[i].file);
        rk_buf_free(&w->photo[i].copy);
        rk_free(w->photo[i].reading);
    }
    rk_free(w->photo);
    *w = (struct window){0};
}

/* ===== which station ===== */

/* A name that is the code of a station of the tree, or could be one of a desa whose stations
 * are not listed: the desa's code and three digits. */
static bool names_station(const struct run *r, rk_slice name, rk_code *out) {
    const rk_election *e = r->d.election;
    uint32_t tps, desa;
    rk_code code;
    if (!rk_code_of(name, &code)) return false;
    rk_status s = rk_election_place(e, name, (rk_slice){0}, &tps, &desa, NULL);
    if (desa == RK_NONE) return false;
    if (s != RK_OK) {
        rk_slice own = rk_slice_from(name, rk_tree_code(e->tree, desa).len);
        uint64_t n;
        if (own.len != 3 || !rk_num_parse(own, 999, &n)) return false;
    }
    *out = code;
    return true;
}

/* From the file's name, else from the folders', the innermost first. */
static bool claim_of(const struct run *r, const char *path, rk_code *out) {
    uint32_t page;
    rk_slice rest = rk_slice_str(path);
    if (r->q->tps) return rk_code_of(rk_slice_str(r->q->tps), out);
    if (names_station(r, rk_photo_stem(rest, &page), out)) return true;
    for (;;) {
        while (rest.len && rest.ptr[rest.len - 1] != '/') rest.len--;
        if (rest.len == 0) return false;
        rest.len--;
        size_t from = rest.len;
        while (from && rest.ptr[from - 1] != '/') from--;
        if (names_station(r, rk_slice_from(rest, from), out)) return true;
    }
}

/* Photos of one name (A_p1.jpg, A_p2.jpg in one folder) are of one form. */
static bool same_name(const struct photo *a, const struct photo *b) {
    uint32_t page;
    rk_slice x = rk_photo_stem(rk_slice_str(a->path), &page),
             y = rk_photo_stem(rk_slice_str(b->path), &page);
    return rk_slice_eq((rk_slice){a->path, (size_t)(x.ptr + x.len - a->path)},
                       (rk_slice){b->path, (size_t)(y.ptr + y.len - b->path)});
}

static const rk_page_id *code_of(const struct photo *p) {
    return p->reading && p->reading->has_id ? &p->reading->id : NULL;
}

/* The station that codes of photos of its name say, when they say one. */
static bool by_its_name(const struct window *w, const struct photo *p, rk_code *out) {
    bool found = false;
    for (uint32_t i = 0; i < w->n; i++) {
        const rk_page_id *id = code_of(&w->photo[i]);
        if (!id || !same_name(p, &w->photo[i])) continue;
        if (found && !rk_code_eq(out, &id->tps)) return false;
        *out = id->tps;
        found = true;
    }
    return found;
}

static rk_status code_fits(const struct run *r, const struct photo *p, rk_err *err) {
    const rk_page_id *id = code_of(p);
    if (!id) return RK_OK;
    if (!rk_slice_eq(rk_code_slice(&id->election), r->d.election->id) ||
        !rk_slice_is(rk_code_slice(&id->contest), r->q->contest))
        return rk_fail(err, RK_CONFLICT,
                       "its QR code is of %.*s/%.*s, this is %.*s/%s: give it to the right "
                       "election",
                       RK_FMT(rk_code_slice(&id->election)),
                       RK_FMT(rk_code_slice(&id->contest)), RK_FMT(r->d.election->id),
                       r->q->contest);
    if (p->claimed && !rk_code_eq(&id->tps, &p->claim))
        return rk_fail(
            err, RK_CONFLICT,
            "its QR code says TPS %.*s, but it was given as TPS %.*s: give it as what "
            "it is",
            RK_FMT(rk_code_slice(&id->tps)), RK_FMT(rk_code_slice(&p->claim)));
    return RK_OK;
}

static rk_status station_of(struct run *r, const struct window *w, struct photo *p,
                            rk_err *err) {
    const rk_page_id *id = code_of(p);
    const rk_election *e = r->d.election;
    uint32_t tps, desa;
    if (p->failed != RK_OK) return rk_fail(err, p->failed, "%s", p->err.text);
    RK_TRY(code_fits(r, p, err));
    if (id)
        p->station = id->tps;
    else if (p->claimed)
        p->station = p->claim;
    else if (!by_its_name(w, p, &p->station))
        return rk_fail(err, RK_NOT_FOUND,
                       "which TPS it is of is not known: no QR code was read (%s), and neither "
                       "its name nor its folder's is a TPS code: give --tps",
                       p->reading ? rk_refusal_name(p->reading->refusal) : "not read");
    rk_status s =
        rk_election_place(e, rk_code_slice(&p->station), (rk_slice){0}, &tps, &desa, err);
    if (desa == RK_NONE) return s;
    if (e->tally[r->contest].ballot_of[desa] == RK_NONE)
        return rk_fail(err, RK_CONFLICT, "contest %s is not held at TPS %.*s", r->q->contest,
                       RK_FMT(rk_code_slice(&p->station)));
    p->placed = true;
    return RK_OK;
}

static void leave_out(struct run *r, const struct photo *p, const char *why) {
    r->left_out++;
    if (!r->q->json) {
        fprintf(stderr, "%s: not taken: %s\n", p->path, why);
        return;
    }
    rk_buf b;
    rk_buf_init(&b, 1u << 16);
    rk_buf_lit(&b, "{\"berkas\":");
    rk_buf_json(&b, rk_slice_str(p->path));
    rk_buf_lit(&b, ",\"ditinggal\":");
    rk_buf_json(&b, rk_slice_str(why));
    rk_buf_lit(&b, "}");
    printf("%.*s\n", RK_FMT(rk_buf_slice(&b)));
    rk_buf_free(&b);
}

/* ===== one station ===== */

struct station {
    rk_code code;
    uint32_t tps; /* RK_NONE: not known yet */
    struct photo *photo[RK_FORM_PHOTOS_MAX];
    uint32_t n, stored;
    uint64_t entry, read, form; /* UINT64_MAX = none */
    uint8_t state;
};

static uint32_t tps_of(const struct run *r, const rk_code *code) {
    return rk_tree_find_tps(r->d.election->tree, code, rk_code_hash(code));
}

static rk_status list_stored(struct run *r, const rk_code *code, struct window *w,
                             rk_err *err) {
    uint32_t tps = tps_of(r, code), n = 0;
    if (tps == RK_NONE) return RK_OK;
    rk_photo_ref *ref = rk_calloc(RK_FORM_PHOTOS_MAX, sizeof *ref);
    rk_status s = rk_photo_list(&r->d, r->contest, tps, ref, RK_FORM_PHOTOS_MAX, &n, err);
    for (uint32_t i = 0; i < n && s == RK_OK; i++) {
        struct photo *p = window_add(w);
        p->stored = p->placed = true;
        p->station = *code;
        p->ref = ref[i];
    }
    rk_free(ref);
    return s;
}

static void receive_items(const struct run *r, const struct station *s, rk_photos_entry *x) {
    uint32_t page;
    *x = (rk_photos_entry){.contest = rk_slice_str(r->q->contest),
                           .tps = rk_code_slice(&s->code),
                           .form = r->q->form->code};
    for (uint32_t i = s->stored; i < s->n; i++) {
        rk_photo_stem(rk_slice_str(s->photo[i]->path), &page);
        s->photo[i]->ref.item.page = page;
        x->photo[x->n++] = s->photo[i]->ref.item;
    }
}

/* The verdict over all photos of the station. A page whose code names another station is none
 * of this form, however it came here. */
static void judge(struct run *r, struct station *s, rk_reading_entry *x) {
    rk_taken *taken = rk_calloc(s->n + 1, sizeof *taken);
    rk_joined joined;
    const rk_tally *t = &r->d.election->tally[r->contest];
    uint32_t tps, desa;
    for (uint32_t i = 0; i < s->n; i++) {
        struct photo *p = s->photo[i];
        const rk_page_id *id = code_of(p);
        if (id && p->reading->refusal == RK_PAGE_READ && !rk_code_eq(&id->tps, &s->code))
            p->reading->refusal = RK_REFUSE_OTHER_FORM;
        taken[i] = (rk_taken){rk_slice_str(p->path), p->reading, {NULL, 0}};
    }
    memset(x, 0, sizeof *x);
    (void)rk_election_place(r->d.election, rk_code_slice(&s->code), (rk_slice){0}, &tps, &desa,
                            NULL);
    RK_ASSERT(desa != RK_NONE);
    rk_join_one(r->q->form, taken, s->n, &RK_GATE, &joined);
    rk_record(r->q->form, t->contest, t->ballot_of[desa], taken, s->n, &joined, x);
    rk_joined_one_free(&joined);
    rk_free(taken);
    x->contest = rk_slice_str(r->q->contest);
    x->tps = rk_code_slice(&s->code);
    x->reader = rk_slice_str(RK_VERSION);
    x->model = rk_digit_net_hash(r->q->net);
    x->form = r->q->form_hash;
    s->state = x->state;
}

static void sources_of(const struct station *s, rk_reading_entry *x) {
    for (uint32_t i = 0; i < s->n; i++) {
        uint64_t entry = i < s->stored ? s->photo[i]->ref.entry : s->entry;
        if (x->n_source == 0 || x->source[x->n_source - 1] != entry)
            x->source[x->n_source++] = entry;
    }
}

static rk_status write_station(struct run *r, struct station *s, rk_err *err) {
    rk_slice reason = rk_slice_str(r->q->reason ? r->q->reason : "");
    rk_photo_item item[RK_FORM_PHOTOS_MAX];
    if (s->n > s->stored) {
        receive_items(r, s, r->photos);
        RK_TRY(rk_photo_receive(r->in, r->photos, reason, &s->entry, err));
    }
    if (r->q->receive_only) return RK_OK;
    judge(r, s, r->reading);
    sources_of(s, r->reading);
    for (uint32_t i = 0; i < s->n; i++) item[i] = s->photo[i]->ref.item;
    return rk_photo_read(r->in, r->reading, item, reason, &s->read, &s->form, err);
}

/* ===== saying it ===== */

static void put_number(rk_buf *b, const char *key, uint64_t v) {
    rk_buf_printf(b, ",\"%s\":", key);
    if (v == UINT64_MAX)
        rk_buf_lit(b, "null");
    else
        rk_buf_num(b, v);
}

static void say_json(const struct run *r, const struct station *s) {
    rk_buf b;
    rk_buf_init(&b, 1u << 20);
    rk_buf_lit(&b, "{\"tps\":");
    rk_buf_json(&b, rk_code_slice(&s->code));
    rk_buf_lit(&b, ",\"keadaan\":");
    rk_buf_json(&b, rk_read_state_name(s->state));
    put_number(&b, "entri_foto", s->entry);
    put_number(&b, "entri_baca", s->read);
    put_number(&b, "entri_formulir", s->form);
    rk_buf_lit(&b, ",\"foto\":[");
    for (uint32_t i = 0; i < s->n; i++) {
        const struct photo *p = s->photo[i];
        char hex[64];
        rk_sha256_put(hex, &p->ref.item.original);
        rk_buf_add(&b, i ? RK_LIT(",{\"berkas\":") : RK_LIT("{\"berkas\":"));
        if (p->stored)
            rk_buf_lit(&b, "null");
        else
            rk_buf_json(&b, rk_slice_str(p->path));
        rk_buf_lit(&b, ",\"asli\":");
        rk_buf_json(&b, (rk_slice){hex, sizeof hex});
        rk_buf_printf(&b, ",\"hasil\":\"%s\"}",
                      p->reading ? rk_refusal_name(p->reading->refusal) : "");
    }
    rk_buf_lit(&b, "]}");
    printf("%.*s\n", RK_FMT(rk_buf_slice(&b)));
    rk_buf_free(&b);
    (void)r;
}

static void say_text(const struct station *s) {
    printf("%.*s: %.*s, %u photos (%u new)", RK_FMT(rk_code_slice(&s->code)),
           RK_FMT(rk_read_state_name(s->state)), s->n, s->n - s->stored);
    if (s->form != UINT64_MAX) printf(", form in entry %llu", (unsigned long long)s->form);
    printf("\n");
    for (uint32_t i = 0; i < s->n; i++) {
        const struct photo *p = s->photo[i];
        if (!p->reading || p->reading->refusal == RK_PAGE_READ) continue;
        printf("  %s: %s: %s%s%s\n", p->stored ? "(earlier)" : p->path,
               rk_refusal_name(p->reading->refusal),
               rk_refusal_text((enum rk_refusal)p->reading->refusal, true),
               p->why[0] ? " - " : "", p->why);
    }
}

static void say(struct run *r, const struct station *s) {
    r->stations++;
    r->received += s->n - s->stored;
    r->state[s->state]++;
    r->forms += s->form != UINT64_MAX;
    if (r->q->json)
        say_json(r, s);
    else
        say_text(s);
}

/* ===== a window ===== */

static struct station *station_in(struct station *list, uint32_t *n, const rk_code *code) {
    for (uint32_t i = 0; i < *n; i++)
        if (rk_code_eq(&list[i].code, code)) return &list[i];
    list[*n] = (struct station){
        .code = *code, .entry = UINT64_MAX, .read = UINT64_MAX, .form = UINT64_MAX};
    return &list[(*n)++];
}

/* The same photo again is passed over; for another station it is told. */
static bool already_there(struct run *r, struct photo *p) {
    const rk_code *tps =
        p->failed == RK_OK ? rk_photo_known(r->in, &p->ref.item.original) : NULL;
    if (!tps) return false;
    p->known = true;
    if (p->claimed && !rk_code_eq(&p->claim, tps)) {
        char why[120];
        snprintf(why, sizeof why, "the same photo came in for TPS %.*s",
                 RK_FMT(rk_code_slice(tps)));
        leave_out(r, p, why);
    } else
        r->known++;
    return true;
}

/* Decides for each new photo; what cannot be taken is told and stays where it lies. */
static void place_all(struct run *r, struct window *w) {
    for (uint32_t i = 0; i < w->n; i++) {
        struct photo *p = &w->photo[i];
        rk_err why = RK_ERR_INIT;
        if (p->stored) continue;
        if (already_there(r, p)) continue;
        if (station_of(r, w, p, &why) != RK_OK)
            leave_out(r, p, why.text);
        else
            rk_photo_remember(r->in, &p->ref.item.original, &p->station);
    }
}

static void collect(struct run *r, struct window *w, bool stored, struct station *list,
                    uint32_t *n) {
    for (uint32_t i = 0; i < w->n; i++) {
        struct photo *p = &w->photo[i];
        if (!p->placed || p->stored != stored) continue;
        struct station *s = station_in(list, n, &p->station);
        if (s->n == RK_FORM_PHOTOS_MAX) {
            leave_out(r, p, "its TPS has as many photos as it may have");
            continue;
        }
        if (stored) {
            uint32_t page = p->ref.item.page;
            snprintf(p->stored_name, sizeof p->stored_name, page ? "foto_p%u" : "foto", page);
            p->path = p->stored_name;
            s->stored++;
        }
        s->photo[s->n++] = p;
    }
}

static rk_status write_all(struct run *r, struct station *s, uint32_t n, rk_err *err) {
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t k = s[i].stored; k < s[i].n; k++)
            RK_TRY(
                rk_photo_keep(r->in, s[i].photo[k]->file.bytes, bytes_of(s[i].photo[k]), err));
    RK_TRY(rk_dir_begin(&r->d, err));
    for (uint32_t i = 0; i < n; i++) RK_TRY(write_station(r, &s[i], err));
    return rk_dir_commit(&r->d, err);
}

static rk_status dry_run(struct run *r, struct station *s, uint32_t n) {
    for (uint32_t i = 0; i < n; i++)
        if (!r->q->receive_only) judge(r, &s[i], r->reading);
    return RK_OK;
}

/* w: new photos that were read, or photos of waiting stations. */
static rk_status finish_window(struct run *r, struct window *w, rk_err *err) {
    struct window old = {0};
    struct station *list = rk_calloc(w->n + 1, sizeof *list);
    uint32_t n = 0;
    rk_status s = RK_OK;
    place_all(r, w);
    for (uint32_t i = 0; i < w->n; i++)
        if (w->photo[i].placed) (void)station_in(list, &n, &w->photo[i].station);
    for (uint32_t i = 0; i < n && s == RK_OK; i++) s = list_stored(r, &list[i].code, &old, err);
    if (s == RK_OK && !r->q->receive_only) s = read_all(r, &old, err);
    collect(r, &old, true, list, &n);
    collect(r, w, false, list, &n);
    if (s == RK_OK && n) s = r->q->dry_run ? dry_run(r, list, n) : write_all(r, list, n, err);
    for (uint32_t i = 0; i < n && s == RK_OK; i++) say(r, &list[i]);
    (void)fflush(stdout);
    if (s != RK_OK && !r->q->dry_run) rk_dir_abort(&r->d);
    rk_free(list);
    window_free(&old);
    return s;
}

/* ===== the run ===== */

/* Stations whose photos came in without being read: they are read first. */
static rk_status read_waiting(struct run *r, rk_err *err) {
    const rk_tally *t = &r->d.election->tally[r->contest];
    for (uint32_t i = 0; i < r->d.election->tree->n_tps; i++) {
        const rk_photo_state *p = rk_tally_photos(t, i);
        if (!p || !p->waiting) continue;
        struct window none = {0};
        struct photo *mark = window_add(&none); /* only says which station */
        mark->stored = mark->placed = true;
        mark->station = r->d.election->tree->tps_code[i];
        rk_status s = finish_window(r, &none, err);
        window_free(&none);
        RK_TRY(s);
    }
    return RK_OK;
}

static rk_status read_new(struct run *r, const cli_photo_paths *paths, rk_err *err) {
    rk_progress_start(&r->progress, "photos", paths->n, r->q->quiet || r->q->json);
    for (uint32_t i = 0; i < paths->n;) {
        struct window w = {0};
        for (; i < paths->n; i++) {
            struct photo next = {.path = paths->path[i]};
            if (w.n >= 4 * WINDOW || (w.n >= WINDOW && !same_name(&w.photo[w.n - 1], &next)))
                break;
            struct photo *p = window_add(&w);
            p->path = paths->path[i];
            p->claimed = claim_of(r, p->path, &p->claim);
        }
        rk_status s = read_all(r, &w, err);
        if (s == RK_OK) s = finish_window(r, &w, err);
        window_free(&w);
        RK_TRY(s);
        rk_progress_at(&r->progress, i);
    }
    rk_progress_end(&r->progress, paths->n);
    return RK_OK;
}

static rk_status open_scans(struct run *r, rk_err *err) {
    uint64_t n = (uint64_t)sysconf(_SC_NPROCESSORS_ONLN);
    if (r->q->jobs && (!rk_num_parse(rk_slice_str(r->q->jobs), RK_READ_JOBS_MAX, &n) || n == 0))
        return rk_fail(err, RK_BAD_INPUT, "--jobs is a number from 1 to %u, not '%s'",
                       RK_READ_JOBS_MAX, r->q->jobs);
    if (n > RK_READ_JOBS_MAX) n = RK_READ_JOBS_MAX;
    /* One arena: a child of a thread then lives in the memory that its limit was made for. */
    (void)mallopt(M_ARENA_MAX, 1);
    for (; r->jobs < n; r->jobs++)
        RK_TRY(rk_scan_new(r->q->form, r->q->net, &r->scan[r->jobs], err));
    return RK_OK;
}

static rk_status open_run(struct run *r, rk_err *err) {
    const cli_into *q = r->q;
    uint32_t tps, desa;
    RK_TRY(rk_dir_open(q->dir, q->dry_run ? RK_STORE_READ : RK_STORE_WRITE, UINT64_MAX, &r->d,
                       err));
    r->contest = rk_election_contest(r->d.election, rk_slice_str(q->contest));
    if (r->contest == RK_NONE)
        return rk_fail(
            err, RK_NOT_FOUND,
            "contest '%s' is not declared in %s: declare it with 'rekap kontes %s FILE'",
            q->contest, q->dir, q->dir);
    RK_TRY(rk_record_form_ok(q->form, r->d.election->tally[r->contest].contest, err));
    if (q->tps &&
        rk_election_place(r->d.election, rk_slice_str(q->tps), (rk_slice){0}, &tps, &desa,
                          err) != RK_OK &&
        desa == RK_NONE)
        return RK_NOT_FOUND;
    if (q->key)
        RK_TRY(rk_dir_use_key(&r->d, q->key, err));
    else if (!q->dry_run)
        RK_TRY(rk_photo_intake_key(&r->d, err));
    r->reading = rk_alloc(sizeof *r->reading);
    r->photos = rk_alloc(sizeof *r->photos);
    RK_TRY(rk_photo_intake_open(&r->d, r->contest,
                                q->dry_run        ? RK_PHOTO_LOOK
                                : q->no_originals ? RK_PHOTO_KEEP_COPY
                                                  : RK_PHOTO_KEEP_ALL,
                                &r->in, err));
    return open_scans(r, err);
}

static void close_run(struct run *r) {
    for (uint32_t i = 0; i < r->jobs; i++) rk_scan_free(&r->scan[i]);
    rk_photo_intake_close(&r->in);
    rk_free(r->reading);
    rk_free(r->photos);
    rk_dir_close(&r->d);
}

static void summary(const struct run *r, const cli_photo_paths *paths) {
    fprintf(
        stderr,
        "%s%llu photos taken for %llu TPS: %llu consistent (%llu forms entered), %llu "
        "referred, %llu inconsistent as written, %llu refused; %llu known already, %llu not "
        "taken",
        r->q->dry_run ? "dry run, nothing was written: " : "", (unsigned long long)r->received,
        (unsigned long long)r->stations, (unsigned long long)r->state[RK_READ_ACCEPTED],
        (unsigned long long)r->forms, (unsigned long long)r->state[RK_READ_REFERRED],
        (unsigned long long)r->state[RK_READ_INCONSISTENT],
        (unsigned long long)r->state[RK_READ_REFUSED], (unsigned long long)r->known,
        (unsigned long long)r->left_out);
    if (paths->passed_over)
        fprintf(stderr, "; %u files passed over that are no photos by their name",
                paths->passed_over);
    fprintf(stderr, "\n");
}

int cli_read_into(const cli_into *q, char **given, int n) {
    struct run r = {.q = q};
    cli_photo_paths paths = {0};
    rk_err err = RK_ERR_INIT;
    rk_status s = cli_photo_paths_find(given, n, &paths, &err);
    if (s == RK_OK) s = open_run(&r, &err);
    if (s == RK_OK && !q->receive_only) s = read_waiting(&r, &err);
    if (s == RK_OK) s = read_new(&r, &paths, &err);
    if (s == RK_OK) summary(&r, &paths);
    close_run(&r);
    cli_photo_paths_free(&paths);
    if (s != RK_OK) return cli_failed(NULL, &err);
    return r.left_out ? CLI_LEFT_OUT : CLI_OK;
}

/* One run goes through the photos in windows of some dozens. In a window: photos are loaded,
 * hashed, stripped and read by several threads, each with its own sandboxed children; then this
 * thread decides which station each is of, keeps the bytes, and writes what came in and what
 * was read in one transaction. A run that is cut short leaves whole windows: the next one
 * passes over the photos that the log knows, and reads those that came in without being read.
 */
#include "cli/into.h"

#include "base/mem.h"
#include "base/num.h"
#include "cli/photo_paths.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { WINDOW = 24 }; /* photos in memory at a time */

static void leave_out(struct into_run *r, const struct into_photo *p, const char *why) {
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
    struct into_photo *photo[RK_FORM_PHOTOS_MAX];
    uint32_t n, stored;
    uint64_t entry, read, form; /* UINT64_MAX = none */
    uint8_t state;
};

static uint32_t tps_of(const struct into_run *r, const rk_code *code) {
    return rk_tree_find_tps(r->d.election->tree, code, rk_code_hash(code));
}

static rk_status list_stored(struct into_run *r, const rk_code *code, struct into_window *w,
                             rk_err *err) {
    uint32_t tps = tps_of(r, code), n = 0;
    if (tps == RK_NONE) return RK_OK;
    rk_photo_ref *ref = rk_calloc(RK_FORM_PHOTOS_MAX, sizeof *ref);
    rk_status s = rk_photo_list(&r->d, r->contest, tps, ref, RK_FORM_PHOTOS_MAX, &n, err);
    for (uint32_t i = 0; i < n && s == RK_OK; i++) {
        struct into_photo *p = into_window_add(w);
        p->stored = p->placed = true;
        p->station = *code;
        p->ref = ref[i];
    }
    rk_free(ref);
    return s;
}

static void receive_items(const struct into_run *r, const struct station *s,
                          rk_photos_entry *x) {
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
static void judge(struct into_run *r, struct station *s, rk_reading_entry *x) {
    rk_taken *taken = rk_calloc(s->n + 1, sizeof *taken);
    rk_joined joined;
    const rk_tally *t = &r->d.election->tally[r->contest];
    uint32_t tps, desa;
    for (uint32_t i = 0; i < s->n; i++) {
        struct into_photo *p = s->photo[i];
        const rk_page_id *id = into_code(p);
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

static rk_status write_station(struct into_run *r, struct station *s, rk_err *err) {
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

static void say_json(const struct into_run *r, const struct station *s) {
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
        const struct into_photo *p = s->photo[i];
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
        const struct into_photo *p = s->photo[i];
        if (!p->reading || p->reading->refusal == RK_PAGE_READ) continue;
        printf("  %s: %s: %s%s%s\n", p->stored ? "(earlier)" : p->path,
               rk_refusal_name(p->reading->refusal),
               rk_refusal_text((enum rk_refusal)p->reading->refusal, true),
               p->why[0] ? " - " : "", p->why);
    }
}

static void say(struct into_run *r, const struct station *s) {
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
static bool already_there(struct into_run *r, struct into_photo *p) {
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
static void place_all(struct into_run *r, struct into_window *w) {
    for (uint32_t i = 0; i < w->n; i++) {
        struct into_photo *p = &w->photo[i];
        rk_err why = RK_ERR_INIT;
        if (p->stored) continue;
        if (already_there(r, p)) continue;
        if (into_station(r, w, p, &why) != RK_OK)
            leave_out(r, p, why.text);
        else
            rk_photo_remember(r->in, &p->ref.item.original, &p->station);
    }
}

static void collect(struct into_run *r, struct into_window *w, bool stored,
                    struct station *list, uint32_t *n) {
    for (uint32_t i = 0; i < w->n; i++) {
        struct into_photo *p = &w->photo[i];
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

static rk_status write_all(struct into_run *r, struct station *s, uint32_t n, rk_err *err) {
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t k = s[i].stored; k < s[i].n; k++)
            RK_TRY(rk_photo_keep(r->in, s[i].photo[k]->file.bytes, into_bytes(s[i].photo[k]),
                                 err));
    RK_TRY(rk_dir_begin(&r->d, err));
    for (uint32_t i = 0; i < n; i++) RK_TRY(write_station(r, &s[i], err));
    return rk_dir_commit(&r->d, err);
}

static rk_status dry_run(struct into_run *r, struct station *s, uint32_t n) {
    for (uint32_t i = 0; i < n; i++)
        if (!r->q->receive_only) judge(r, &s[i], r->reading);
    return RK_OK;
}

/* w: new photos that were read, or photos of waiting stations. */
static rk_status finish_window(struct into_run *r, struct into_window *w, rk_err *err) {
    struct into_window old = {0};
    struct station *list = rk_calloc(w->n + 1, sizeof *list);
    uint32_t n = 0;
    rk_status s = RK_OK;
    place_all(r, w);
    for (uint32_t i = 0; i < w->n; i++)
        if (w->photo[i].placed) (void)station_in(list, &n, &w->photo[i].station);
    for (uint32_t i = 0; i < n && s == RK_OK; i++) s = list_stored(r, &list[i].code, &old, err);
    if (s == RK_OK && !r->q->receive_only) s = into_read_all(r, &old, err);
    collect(r, &old, true, list, &n);
    collect(r, w, false, list, &n);
    if (s == RK_OK && n) s = r->q->dry_run ? dry_run(r, list, n) : write_all(r, list, n, err);
    for (uint32_t i = 0; i < n && s == RK_OK; i++) say(r, &list[i]);
    (void)fflush(stdout);
    if (s != RK_OK && !r->q->dry_run) rk_dir_abort(&r->d);
    rk_free(list);
    into_window_free(&old);
    return s;
}

/* ===== the run ===== */

/* Stations whose photos came in without being read: they are read first. */
static rk_status read_waiting(struct into_run *r, rk_err *err) {
    const rk_tally *t = &r->d.election->tally[r->contest];
    for (uint32_t i = 0; i < r->d.election->tree->n_tps; i++) {
        const rk_photo_state *p = rk_tally_photos(t, i);
        if (!p || !p->waiting) continue;
        struct into_window none = {0};
        struct into_photo *mark = into_window_add(&none); /* only says which station */
        mark->stored = mark->placed = true;
        mark->station = r->d.election->tree->tps_code[i];
        rk_status s = finish_window(r, &none, err);
        into_window_free(&none);
        RK_TRY(s);
    }
    return RK_OK;
}

static rk_status read_new(struct into_run *r, const cli_photo_paths *paths, rk_err *err) {
    rk_progress_start(&r->progress, "photos", paths->n, r->q->quiet || r->q->json);
    for (uint32_t i = 0; i < paths->n;) {
        struct into_window w = {0};
        for (; i < paths->n; i++) {
            struct into_photo next = {.path = paths->path[i]};
            if (w.n >= 4 * WINDOW ||
                (w.n >= WINDOW && !into_same_name(&w.photo[w.n - 1], &next)))
                break;
            struct into_photo *p = into_window_add(&w);
            p->path = paths->path[i];
            p->claimed = into_claim(r, p->path, &p->claim);
        }
        rk_status s = into_read_all(r, &w, err);
        if (s == RK_OK) s = finish_window(r, &w, err);
        into_window_free(&w);
        RK_TRY(s);
        rk_progress_at(&r->progress, i);
    }
    rk_progress_end(&r->progress, paths->n);
    return RK_OK;
}

static rk_status open_scans(struct into_run *r, rk_err *err) {
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

static rk_status open_run(struct into_run *r, rk_err *err) {
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

static void close_run(struct into_run *r) {
    for (uint32_t i = 0; i < r->jobs; i++) rk_scan_free(&r->scan[i]);
    rk_photo_intake_close(&r->in);
    rk_free(r->reading);
    rk_free(r->photos);
    rk_dir_close(&r->d);
}

static void summary(const struct into_run *r, const cli_photo_paths *paths) {
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
    struct into_run r = {.q = q};
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

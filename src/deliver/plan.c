#include "deliver/plan.h"

#include "base/mem.h"
#include "core/mail.h"
#include "files/files.h"
#include "files/stream.h"

#include <limits.h>
#include <stdio.h>

enum { PATHS = 4096, MAIL_MAX = 32 << 20, LIST_MAX = 4 << 20 };

/* ===== which deliveries ===== */

/* Texts live in one block with room for all of them, so that slices stay where they are. */
static rk_slice keep(char **at, const char *a, const char *b, const char *c) {
    const char *const part[] = {a, b, c};
    const char *start = *at;
    for (int i = 0; i < 3; i++) {
        size_t n = strlen(part[i]);
        memcpy(*at, part[i], n);
        *at += n;
    }
    *(*at)++ = 0;
    return (rk_slice){start, (size_t)(*at - start) - 1};
}

static void choose(rk_planned *p) {
    const rk_source *s = p->source;
    size_t room = 0;
    for (uint32_t i = 0; i < s->n; i++)
        room += strlen(s->dir) + 2 * strlen(s->file[i].path) + sizeof s->name + 4;
    p->text = rk_alloc(room + PATHS);
    p->file = rk_calloc(s->n + 1u, sizeof *p->file);
    char *at = p->text;
    for (uint32_t i = 0; i < s->n; i++) {
        const rk_source_file *f = &s->file[i];
        if (!rk_delivery_wants(p->d.to, p->d.subject, rk_slice_str(f->path), f->copies))
            continue;
        p->file[p->n_file++] = (rk_parcel){.name = keep(&at, s->name, "/", f->path),
                                           .path = keep(&at, s->dir, "/", f->path),
                                           .bytes = f->bytes,
                                           .sha256 = f->sha256};
    }
    RK_ASSERT((size_t)(at - p->text) <= room + PATHS);
}

/* Two requests for the same by the same receiver are one delivery. */
static bool taken(const rk_plan *plan, const rk_destination *to, enum rk_subject subject) {
    for (uint32_t i = 0; i < plan->n; i++)
        if (plan->p[i].d.to == to && plan->p[i].d.subject == subject) return true;
    return false;
}

static rk_status take(rk_plan *plan, const rk_subscription *sub, const rk_destination *to,
                      const rk_source *source, rk_err *err) {
    if (plan->n == RK_DELIVERIES_MAX)
        return rk_fail(err, RK_LIMIT, "more than %u deliveries of a release",
                       RK_DELIVERIES_MAX);
    RK_PUSH_ROOM(plan->p, plan->n, plan->cap);
    rk_planned *p = &plan->p[plan->n++];
    *p = (rk_planned){.source = source};
    p->d = (rk_delivery){.to = to,
                         .no = sub->no,
                         .release = rk_slice_str(source->name),
                         .subject = sub->subject};
    choose(p);
    return RK_OK;
}

rk_status rk_plan_make(const rk_destinations *to, const rk_subscriptions *subs, rk_day today,
                       const rk_source *release, const rk_source *infra, rk_plan *out,
                       rk_err *err) {
    *out = (rk_plan){0};
    for (uint32_t i = 0; i < subs->n; i++) {
        const rk_subscription *sub = &subs->s[i];
        const rk_source *source = sub->subject == RK_SUBJECT_INFRA ? infra : release;
        bool home = false;
        if (sub->ended || sub->from > today) continue;
        for (uint32_t k = 0; source && k < to->n; k++) {
            const rk_destination *d = &to->d[k];
            if (!rk_slice_eq(d->target, sub->target) ||
                (d->no.len && !rk_slice_eq(d->no, sub->no)))
                continue;
            home = true;
            if (taken(out, d, sub->subject)) continue;
            rk_status s = take(out, sub, d, source, err);
            if (s != RK_OK) {
                rk_plan_free(out);
                return s;
            }
        }
        out->homeless += !home;
    }
    return RK_OK;
}

void rk_plan_free(rk_plan *plan) {
    for (uint32_t i = 0; i < plan->n; i++) {
        rk_free(plan->p[i].text);
        rk_free(plan->p[i].file);
        rk_free(plan->p[i].d.parcel);
    }
    rk_free(plan->p);
    *plan = (rk_plan){0};
}

uint64_t rk_planned_bytes(const rk_planned *p) {
    uint64_t sum = 0;
    for (uint32_t i = 0; i < p->d.n; i++) sum += p->d.parcel[i].bytes;
    return sum;
}

/* ===== what has to be made ===== */

/* One delivery's place in antrean/: no two have the same. */
static void spool_name(rk_planned *p, const char *suffix) {
    char hex[65] = {0};
    rk_buf b;
    rk_buf_init(&b, PATHS);
    rk_buf_printf(&b, "%.*s\n%.*s\n%s\n%s", RK_FMT(p->d.to->alias), RK_FMT(p->d.no),
                  rk_subject_name(p->d.subject), p->source->name);
    rk_sha256 h = rk_sha256_of(rk_buf_slice(&b));
    rk_sha256_put(hex, &h);
    snprintf(p->spool, sizeof p->spool, "%.40s%s", hex, suffix);
    rk_buf_free(&b);
}

static rk_status spool(rk_planned *p, const char *dir, rk_buf *content, rk_slice name,
                       const char *suffix, char **at, rk_err *err) {
    if (content->failed)
        return rk_fail(err, RK_LIMIT, "%.*s: the mail or list is too large",
                       RK_FMT(p->d.to->alias));
    spool_name(p, suffix);
    rk_parcel *x = &p->d.parcel[p->d.n++];
    *x = (rk_parcel){.name = name,
                     .path = keep(at, dir ? dir : "", "/", p->spool),
                     .bytes = content->len,
                     .sha256 = rk_sha256_of(rk_buf_slice(content))};
    if (!dir) return RK_OK;
    char path[PATH_MAX];
    int n = snprintf(path, sizeof path, "%.*s", RK_FMT(x->path));
    return n > 0 && n < PATH_MAX ? rk_file_write(path, rk_buf_slice(content), false, err)
                                 : rk_fail(err, RK_LIMIT, "a path is too long");
}

/* ===== mail ===== */

static rk_status attach(const rk_planned *p, rk_mail_file *file, rk_buf *held, rk_err *err) {
    uint64_t left = p->d.to->attach_max;
    for (uint32_t i = 0; i < p->n_file; i++) {
        const rk_parcel *x = &p->file[i];
        file[i] = (rk_mail_file){x->name, x->bytes, x->sha256, {NULL, 0}};
        if (x->bytes > left || x->path.len >= PATH_MAX) continue;
        char path[PATH_MAX];
        rk_file f;
        snprintf(path, sizeof path, "%.*s", RK_FMT(x->path));
        RK_TRY(rk_file_read_raw(path, x->bytes, &f, err));
        rk_sha256 h = rk_sha256_of(f.bytes);
        bool right = memcmp(&h, &x->sha256, sizeof h) == 0;
        file[i].content = (rk_slice){held->ptr + held->len, f.bytes.len};
        rk_buf_add(held, f.bytes);
        rk_file_free(&f);
        if (!right || held->failed)
            return rk_fail(err, RK_CORRUPT, "%s: is not as its manifest says", path);
        left -= x->bytes;
    }
    return RK_OK;
}

static rk_status make_mail(const rk_planned *p, rk_slice public_url, rk_buf *out, rk_err *err) {
    rk_buf held;
    rk_mail_file *file = rk_calloc(p->n_file + 1u, sizeof *file);
    rk_buf_init(&held, (size_t)RK_MAIL_ATTACHED_MAX + 1);
    (void)rk_buf_room(&held, (size_t)p->d.to->attach_max + 1); /* it does not move any more */
    rk_status s = attach(p, file, &held, err);
    const rk_mail m = {.from = p->d.to->from,
                       .to = p->d.to->to,
                       .alias = p->d.to->alias,
                       .no = p->d.no,
                       .release = p->d.release,
                       .election = rk_slice_str(p->source->election),
                       .public_url = public_url,
                       .manifest = p->source->manifest,
                       .time = p->source->time,
                       .tongue = p->d.to->tongue,
                       .file = file,
                       .n = p->n_file};
    if (s == RK_OK) rk_mail_put(&m, out);
    rk_buf_free(&held);
    rk_free(file);
    return s;
}

/* ===== packing ===== */

static bool only_latest(const rk_planned *p) {
    return p->d.to->parts == RK_PART_LATEST && p->source->latest;
}

/* What a mail or webhook says of "terbaru" is that one file; others get it last, as a mark that
 * everything is there. */
static void add_latest(rk_planned *p, rk_parcel *to, uint32_t *n) {
    if (!p->source->latest) return;
    to[(*n)++] = (rk_parcel){.name = RK_LIT("terbaru.json"),
                             .path = rk_slice_str(p->source->latest),
                             .bytes = p->source->latest_bytes,
                             .sha256 = p->source->latest_hash};
}

static rk_status pack(rk_planned *p, const char *dir, rk_slice url, rk_buf *b, char **at,
                      rk_err *err) {
    rk_delivery *d = &p->d;
    bool mail = d->to->carry == RK_CARRY_SMTP, hook = d->to->carry == RK_CARRY_WEBHOOK;
    if (only_latest(p) && (mail || hook) && p->n_file == 0) add_latest(p, p->file, &p->n_file);
    if (mail) {
        RK_TRY(make_mail(p, url, b, err));
        return spool(p, dir, b, keep(at, p->source->name, ".eml", ""), ".eml", at, err);
    }
    if (!hook)
        for (uint32_t i = 0; i < p->n_file; i++) d->parcel[d->n++] = p->file[i];
    if (!only_latest(p) || hook) {
        char name[100];
        snprintf(name, sizeof name, "%s.%s.kiriman.json", p->source->name,
                 rk_subject_name(d->subject));
        rk_delivery_list(d, p->file, p->n_file, &p->source->manifest, url, b);
        RK_TRY(spool(p, dir, b, keep(at, name, "", ""), ".json", at, err));
    }
    if (!hook) add_latest(p, d->parcel, &d->n);
    return RK_OK;
}

rk_status rk_plan_pack(rk_planned *p, const char *spool_dir, rk_slice public_url, rk_err *err) {
    rk_buf b;
    RK_ASSERT(!p->d.parcel && (!spool_dir || strlen(spool_dir) < PATHS / 2));
    p->d.parcel = rk_calloc(p->n_file + 2u, sizeof *p->d.parcel);
    char *at = p->text; /* behind what is there: PATHS bytes were left for this */
    for (uint32_t i = 0; i < p->n_file; i++) {
        const char *end = p->file[i].path.ptr + p->file[i].path.len + 1;
        if (end > at) at = p->text + (end - p->text);
    }
    rk_buf_init(&b, p->d.to->carry == RK_CARRY_SMTP ? MAIL_MAX : LIST_MAX);
    rk_status s = pack(p, spool_dir, public_url, &b, &at, err);
    rk_buf_free(&b);
    return s;
}

/* Threads take deliveries one by one; all that they share is the list (under the lock) and the
 * log. A delivery is one thread's from begin to end of an attempt. */
#include "deliver/deliver.h"

#include "base/mem.h"
#include "core/mail.h"
#include "deliver/carrier.h"
#include "files/files.h"
#include "files/stream.h"

#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

struct run {
    rk_plan *plan;
    const rk_deliver_options *o;
    rk_outbox *outbox;
    uint32_t end; /* no attempt begins after */
    pthread_mutex_t lock;
    bool fatal;
    rk_err err; /* with fatal */
};

static void take_lock(struct run *r) { RK_ASSERT(pthread_mutex_lock(&r->lock) == 0); }
static void give_lock(struct run *r) { RK_ASSERT(pthread_mutex_unlock(&r->lock) == 0); }

/* ===== the log ===== */

static rk_delivery_line line_of(const rk_delivery *d, enum rk_delivery_event e) {
    return (rk_delivery_line){.event = e,
                              .time = rk_now(),
                              .alias = d->to->alias,
                              .no = d->no,
                              .subject = d->subject,
                              .release = d->release};
}

/* A line, and what it changes: state and log go together. */
static rk_status note(struct run *r, rk_delivery *d, const rk_delivery_line *l, rk_err *err) {
    RK_TRY(rk_outbox_append(r->outbox, l, err));
    rk_delivery_apply(d, l);
    return RK_OK;
}

/* ===== one attempt ===== */

struct attempt {
    struct run *r;
    rk_planned *p;
    rk_carry_why why;
    rk_err text; /* for the private log */
};

static rk_status begin(struct attempt *a, rk_err *err) {
    rk_delivery *d = &a->p->d;
    if (d->unfinished[0]) {
        rk_delivery_line l = line_of(d, RK_DELIVERY_REPLACED);
        char name[sizeof d->unfinished];
        memcpy(name, d->unfinished, sizeof name);
        l.release = rk_slice_str(name);
        RK_TRY(note(a->r, d, &l, err));
    }
    if (d->begun && !d->gave_up) return RK_OK;
    rk_delivery_line l = line_of(d, RK_DELIVERY_BEGAN);
    l.files = d->n, l.bytes = rk_planned_bytes(a->p);
    return note(a->r, d, &l, err);
}

/* The file is as the release's manifest says; what was changed on this machine does not go out.
 */
static rk_status look_at(struct attempt *a, const rk_parcel *p) {
    char path[PATH_MAX];
    rk_sha256 h;
    uint64_t bytes;
    snprintf(path, sizeof path, "%.*s", RK_FMT(p->path));
    a->why.cause = RK_CAUSE_LOCAL;
    RK_TRY(rk_file_hash(path, &h, &bytes, &a->text));
    if (bytes != p->bytes || memcmp(&h, &p->sha256, sizeof h) != 0)
        return rk_fail(&a->text, RK_CORRUPT, "%s: is not as its manifest says", path);
    a->why.cause = RK_CAUSE_NONE;
    return RK_OK;
}

/* *err: the log failed. Otherwise RK_OK and a->why says how it went. */
static rk_status bring_all(struct attempt *a, rk_carrier *c, rk_err *err) {
    rk_delivery *d = &a->p->d;
    for (uint32_t i = 0; i < d->n; i++) {
        const rk_parcel *p = &d->parcel[i];
        if (p->done) continue;
        RK_TRY(rk_outbox_ready(a->r->outbox, err)); /* nothing goes out that cannot be noted */
        if (look_at(a, p) != RK_OK || rk_carrier_put(c, p, &a->why, &a->text) != RK_OK)
            return RK_OK;
        rk_delivery_line l = line_of(d, RK_DELIVERY_FILE);
        l.file = p->name, l.bytes = p->bytes, l.sha256 = p->sha256;
        RK_TRY(note(a->r, d, &l, err));
    }
    return RK_OK;
}

static rk_status bring(struct attempt *a, rk_err *err) {
    const rk_destination *to = a->p->d.to;
    rk_carrier *c = NULL;
    if (rk_planned_bytes(a->p) > to->bytes_max) {
        a->why.cause = RK_CAUSE_SIZE;
        rk_fail(&a->text, RK_LIMIT, "%llu bytes, maks_byte is %u",
                (unsigned long long)rk_planned_bytes(a->p), to->bytes_max);
        return RK_OK;
    }
    if (rk_carrier_open(to, a->r->o->state_dir, &c, &a->why, &a->text) != RK_OK) return RK_OK;
    rk_status s = bring_all(a, c, err);
    rk_carrier_close(&c);
    return s;
}

static rk_status end(struct attempt *a, rk_err *err) {
    struct run *r = a->r;
    rk_delivery *d = &a->p->d;
    rk_delivery_line l = line_of(d, RK_DELIVERY_DONE);
    l.attempt = d->attempts + 1;
    if (a->why.cause == RK_CAUSE_NONE) {
        l.files = d->n, l.bytes = rk_planned_bytes(a->p);
        return note(r, d, &l, err);
    }
    bool last = l.attempt >= r->o->to->tries;
    l.event = last ? RK_DELIVERY_GAVE_UP : RK_DELIVERY_PUT_OFF;
    l.cause = a->why.cause, l.rule = a->why.rule;
    if (!last && rk_delivery_cause_passes(l.cause))
        l.next = l.time + rk_delivery_wait(rk_outbox_seed(r->outbox), d->to->alias, d->release,
                                           l.attempt, r->o->to->wait);
    else
        a->p->blocked = true;
    rk_outbox_whisper(r->outbox, &l, a->text.text);
    return note(r, d, &l, err);
}

static rk_status attempt(struct run *r, rk_planned *p, rk_err *err) {
    struct attempt a = {.r = r, .p = p};
    RK_TRY(begin(&a, err));
    RK_TRY(bring(&a, err));
    RK_TRY(end(&a, err));
    p->blocked |= r->o->once;
    return RK_OK;
}

/* ===== many ===== */

/* The next one that is due; *wait: there are some that will be. */
static rk_planned *choose(struct run *r, bool *wait) {
    uint32_t now = rk_now();
    *wait = false;
    for (uint32_t i = 0; !r->fatal && i < r->plan->n; i++) {
        rk_planned *p = &r->plan->p[i];
        if (p->running) continue; /* its thread's alone, all of it */
        bool open = !p->blocked && !p->d.done && p->d.parcel;
        if (!open || now > r->end || p->d.next > r->end) continue;
        if (p->d.next <= now) return p;
        *wait = true;
    }
    return NULL;
}

static void *work(void *ctx) {
    struct run *r = ctx;
    take_lock(r);
    for (bool wait = true; wait;) {
        rk_planned *p = choose(r, &wait);
        rk_err err = RK_ERR_INIT;
        if (p) p->running = true;
        give_lock(r);
        rk_status s = p ? attempt(r, p, &err) : RK_OK;
        if (!p && wait) (void)sleep(1);
        take_lock(r);
        if (p) p->running = false, wait = true;
        if (s != RK_OK && !r->fatal) r->fatal = true, r->err = err;
    }
    give_lock(r);
    return NULL;
}

static void work_together(struct run *r) {
    pthread_t thread[RK_DELIVERY_AT_ONCE_MAX];
    uint32_t n = r->o->to->at_once < r->plan->n ? r->o->to->at_once : r->plan->n, made = 0;
    while (made + 1 < n && pthread_create(&thread[made], NULL, work, r) == 0) made++;
    (void)work(r); /* this thread too: with no other, one by one */
    for (uint32_t i = 0; i < made; i++) RK_ASSERT(pthread_join(thread[i], NULL) == 0);
}

/* ===== a run ===== */

static void apply(void *ctx, const rk_delivery_line *l) {
    rk_plan *plan = ctx;
    for (uint32_t i = 0; i < plan->n; i++) rk_delivery_apply(&plan->p[i].d, l);
}

static void forget(rk_delivery *d) {
    d->begun = d->done = d->gave_up = false;
    d->attempts = d->next = 0;
    d->cause = RK_CAUSE_NONE, d->rule = RK_S_OK;
    d->unfinished[0] = 0;
}

/* First what is done already: nothing is made for that. Then, with the parcels known, which of
 * them have come. */
static rk_status read_state(rk_plan *plan, const char *dir, bool whole, const char *spool,
                            rk_slice public_url, rk_err *err) {
    RK_TRY(rk_outbox_replay(dir, whole, apply, plan, err));
    for (uint32_t i = 0; i < plan->n; i++) {
        rk_planned *p = &plan->p[i];
        if (!p->d.done) RK_TRY(rk_plan_pack(p, spool, public_url, err));
        forget(&p->d);
    }
    return rk_outbox_replay(dir, whole, apply, plan, err);
}

/* antrean/, empty: what lies there of a run that was cut short is made again, the same. Mails
 * in it show addresses: only the owner gets in. */
static rk_status make_spool(const char *state_dir, char out[PATH_MAX], rk_err *err) {
    RK_TRY(rk_outbox_path(state_dir, "antrean", out, err));
    RK_TRY(rk_tree_drop(out, err));
    RK_TRY(rk_dir_make(out, err));
    return chmod(out, 0700) == 0 ? RK_OK : rk_fail(err, RK_IO, "%s: cannot make private", out);
}

static rk_status with_log(struct run *r, rk_err *err) {
    char spool[PATH_MAX];
    const rk_deliver_options *o = r->o;
    RK_TRY(make_spool(o->state_dir, spool, err));
    RK_TRY(read_state(r->plan, o->state_dir, true, spool, o->to->public_url, err));
    for (uint32_t i = 0; i < r->plan->n; i++)
        r->plan->p[i].blocked = r->plan->p[i].d.gave_up && !o->again;
    r->end = rk_now() + o->seconds;
    RK_TRY(rk_carrier_begin(err));
    work_together(r);
    rk_carrier_end();
    if (r->fatal) return rk_fail(err, RK_IO, "%s", r->err.text);
    return rk_tree_drop(spool, err);
}

rk_status rk_deliver_run(rk_plan *plan, const rk_deliver_options *o, rk_err *err) {
    struct run r = {.plan = plan, .o = o};
    RK_TRY(rk_outbox_open(o->state_dir, &r.outbox, err));
    RK_ASSERT(pthread_mutex_init(&r.lock, NULL) == 0);
    rk_status s = with_log(&r, err);
    (void)pthread_mutex_destroy(&r.lock);
    rk_outbox_close(&r.outbox);
    return s;
}

rk_status rk_deliver_look(rk_plan *plan, const char *state_dir, rk_slice public_url,
                          rk_err *err) {
    return read_state(plan, state_dir, false, NULL, public_url, err);
}

/* ===== a trial ===== */

static void trial_content(const rk_destination *d, rk_buf *b) {
    const rk_mail m = {.from = d->from,
                       .to = d->to,
                       .alias = d->alias,
                       .release = RK_LIT("uji"),
                       .election = d->alias,
                       .time = rk_now(),
                       .tongue = d->tongue,
                       .trial = true};
    if (d->carry == RK_CARRY_SMTP)
        rk_mail_put(&m, b);
    else
        rk_buf_lit(b, "{\"format\": \"rekap-uji-1\"}\n");
}

static rk_status try_it(rk_outbox *o, const char *dir, const rk_destination *d,
                        rk_carry_why *why, rk_err *err) {
    char spool[PATH_MAX], path[PATH_MAX];
    rk_buf b;
    rk_carrier *c = NULL;
    rk_err text = RK_ERR_INIT;
    RK_TRY(make_spool(dir, spool, err));
    RK_TRY(rk_outbox_path(spool, "uji", path, err));
    rk_buf_init(&b, 1 << 16);
    trial_content(d, &b);
    const rk_parcel p = {.name = RK_LIT("rekap-uji.json"),
                         .path = rk_slice_str(path),
                         .bytes = b.len,
                         .sha256 = rk_sha256_of(rk_buf_slice(&b))};
    rk_status s = rk_file_write(path, rk_buf_slice(&b), false, err);
    rk_buf_free(&b);
    if (s != RK_OK) return s;
    if (rk_carrier_open(d, dir, &c, why, &text) == RK_OK)
        (void)rk_carrier_put(c, &p, why, &text);
    rk_carrier_close(&c);
    (void)rk_tree_drop(spool, NULL);
    const rk_delivery_line l = {.event = RK_DELIVERY_TRIAL,
                                .time = rk_now(),
                                .alias = d->alias,
                                .no = d->no,
                                .release = RK_LIT("uji"),
                                .cause = why->cause,
                                .rule = why->rule};
    if (why->cause) rk_outbox_whisper(o, &l, text.text);
    return rk_outbox_append(o, &l, err);
}

rk_status rk_deliver_trial(const char *state_dir, const rk_destination *d,
                           enum rk_delivery_cause *cause, enum rk_residency_rule *rule,
                           rk_err *err) {
    rk_outbox *o;
    rk_carry_why why = {RK_CAUSE_NONE, RK_S_OK};
    RK_TRY(rk_outbox_open(state_dir, &o, err));
    rk_status s = rk_carrier_begin(err);
    if (s == RK_OK) {
        s = try_it(o, state_dir, d, &why, err);
        rk_carrier_end();
    }
    rk_outbox_close(&o);
    *cause = why.cause, *rule = why.rule;
    return s;
}

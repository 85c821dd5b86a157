/* rekap kirim: releases to whoever asked. Addresses are in one private file; what is printed
 * here and what is logged names aliases only. */
#include "deliver/deliver.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/wib.h"
#include "cli/cli.h"
#include "deliver/carrier.h"
#include "files/files.h"
#include "intake/guard.h"
#include "intake/keluar.h"
#include "publish/release.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

enum { MINUTES = 120 };

typedef struct options {
    const char *reg, *to, *infra, *minutes;
    bool dry, json, once, again;
} options;

struct job {
    const options *o;
    char state_dir[PATH_MAX];
    rk_destinations *to;
    rk_subscriptions subs;
    rk_source release, infra;
    bool has_infra;
    rk_plan plan;
};

/* ===== reading ===== */

static rk_status read_destinations(struct job *j, rk_err *err) {
    rk_buf b;
    rk_err why = RK_ERR_INIT;
    const char *slash = strrchr(j->o->to, '/');
    size_t n = slash ? (size_t)(slash - j->o->to) : 0;
    if (n >= sizeof j->state_dir) return rk_fail(err, RK_LIMIT, "--tujuan is too long");
    snprintf(j->state_dir, sizeof j->state_dir, "%.*s", n ? (int)n : 1,
             n       ? j->o->to
             : slash ? "/"
                     : ".");
    rk_buf_init(&b, RK_DESTINATIONS_BYTES_MAX + 1);
    rk_status s = rk_file_read_private(j->o->to, RK_DESTINATIONS_BYTES_MAX, &b, err);
    if (s == RK_OK) {
        s = rk_destinations_parse(rk_buf_slice(&b), &j->to, &why);
        if (s != RK_OK && why.line)
            (void)rk_fail(err, s, "%s:%zu: %.300s", j->o->to, why.line, why.text);
        else if (s != RK_OK)
            (void)rk_fail(err, s, "%s: %.300s", j->o->to, why.text);
    }
    rk_buf_free(&b);
    return s;
}

static rk_status read_subscriptions(struct job *j, rk_err *err) {
    char path[PATH_MAX];
    rk_file f;
    rk_err why = RK_ERR_INIT;
    RK_TRY(rk_outbox_path(j->o->reg, "langganan.jsonl", path, err));
    rk_status s = rk_file_read_raw(path, RK_PPID_BYTES_MAX, &f, &why);
    if (s == RK_NOT_FOUND) return RK_OK; /* nobody has asked */
    if (s != RK_OK) return rk_fail(err, s, "%s", why.text);
    s = rk_subscriptions_parse(f.bytes, &j->subs, &why);
    rk_file_free(&f);
    return s == RK_OK ? RK_OK : rk_fail(err, s, "%s:%zu: %.300s", path, why.line, why.text);
}

/* The newest release that is announced: its entry is in the log. */
static rk_status read_release(struct job *j, const char *out, rk_err *err) {
    rk_release r[RK_RELEASES_SHOWN];
    uint32_t n, i = 0;
    RK_TRY(rk_release_list(out, r, RK_RELEASES_SHOWN, &n, err));
    while (i < n && !r[i].noted) i++;
    if (i == n)
        return rk_fail(err, RK_NOT_FOUND, "%s has no release: 'rekap release' makes one", out);
    return rk_source_release(out, r[i].size, &j->release, err);
}

/* Where releases lie is published: nothing private may lie there. */
static rk_status keep_apart(const struct job *j, const char *out, rk_err *err) {
    char a[PATH_MAX], b[PATH_MAX];
    if (!realpath(j->state_dir, a) || !realpath(out, b)) return RK_OK;
    size_t n = strlen(b);
    if (strncmp(a, b, n) != 0 || (a[n] != '/' && a[n] != 0)) return RK_OK;
    return rk_fail(err, RK_BAD_INPUT,
                   "%s lies in %s, which is published: keep it in the election directory",
                   j->o->to, out);
}

/* The declaration of residency is the election's: DIR/residency.json for DIR/kirim/tujuan.json.
 */
static rk_status guard(const struct job *j, rk_err *err) {
    char dir[PATH_MAX];
    RK_TRY(rk_outbox_path(j->state_dir, "..", dir, err));
    return rk_guard_start(dir, NULL, err);
}

/* What was refused is shown with what other processes of the election were refused. */
static void count_refusals(const struct job *j) {
    char dir[PATH_MAX];
    if (j->state_dir[0] && rk_outbox_path(j->state_dir, "..", dir, NULL) == RK_OK)
        (void)rk_keluar_add(dir, NULL);
}

static rk_status prepare(struct job *j, const char *out, rk_err *err) {
    rk_day today = (rk_day)(((int64_t)rk_now() + 7 * 3600) / 86400); /* the day in WIB */
    RK_TRY(read_destinations(j, err));
    RK_TRY(keep_apart(j, out, err));
    RK_TRY(guard(j, err));
    RK_TRY(read_subscriptions(j, err));
    RK_TRY(read_release(j, out, err));
    if (j->o->infra) {
        RK_TRY(rk_source_disclosure(j->o->infra, &j->infra, err));
        j->has_infra = true;
    }
    return rk_plan_make(j->to, &j->subs, today, &j->release, j->has_infra ? &j->infra : NULL,
                        &j->plan, err);
}

static void forget(struct job *j) {
    rk_plan_free(&j->plan);
    rk_source_free(&j->release);
    rk_source_free(&j->infra);
    rk_subscriptions_free(&j->subs);
    rk_destinations_free(&j->to);
}

/* ===== how each stands ===== */

static const char *standing(const rk_delivery *d) {
    if (d->done) return "terkirim";
    if (d->gave_up) return "gagal";
    return d->attempts ? "ditunda" : "menunggu";
}

static void json_text(rk_buf *b, const char *key, rk_slice v) {
    rk_buf_printf(b, ",\"%s\":", key);
    rk_buf_json(b, v);
}

static void json_time(rk_buf *b, const char *key, uint32_t t) {
    char text[RK_WIB_LEN];
    rk_wib_put(text, t);
    json_text(b, key, (rk_slice){text, sizeof text});
}

/* One delivery, from a plan or from the log. */
struct shown {
    rk_slice alias, no, release;
    const char *subject, *standing;
    enum rk_delivery_cause cause;
    enum rk_residency_rule rule;
    uint32_t files, attempts, next, time;
    uint64_t bytes;
};

static void show_json(const struct shown *s, bool first, rk_buf *b) {
    rk_buf_printf(b, "%s\n {\"alias\":", first ? "" : ",");
    rk_buf_json(b, s->alias);
    json_text(b, "no", s->no);
    json_text(b, "apa", rk_slice_str(s->subject));
    json_text(b, "rilis", s->release);
    json_text(b, "keadaan", rk_slice_str(s->standing));
    rk_buf_printf(b, ",\"berkas\":%u,\"bytes\":%llu,\"percobaan\":%u", s->files,
                  (unsigned long long)s->bytes, s->attempts);
    if (s->cause) json_text(b, "sebab", rk_slice_str(rk_delivery_cause_name(s->cause)));
    if (s->rule) json_text(b, "aturan", rk_slice_str(rk_residency_rule_name(s->rule)));
    if (s->next) json_time(b, "lagi", s->next);
    if (s->time) json_time(b, "waktu", s->time);
    rk_buf_byte(b, '}');
}

static void show_text(const struct shown *s) {
    char when[RK_WIB_LEN + 1] = {0};
    printf("%-9s %.*s: %.*s (%s), %u files, %llu bytes, %u attempts", s->standing,
           RK_FMT(s->alias), RK_FMT(s->release), s->subject, s->files,
           (unsigned long long)s->bytes, s->attempts);
    if (s->cause)
        printf("; %s: %s%s%s", rk_delivery_cause_name(s->cause), s->rule ? "rule " : "",
               s->rule ? rk_residency_rule_name(s->rule) : "", s->rule ? ": " : "");
    if (s->cause) printf("%s", rk_delivery_cause_text(s->cause));
    if (s->next) {
        rk_wib_put(when, s->next);
        printf("; again after %s WIB", when);
    }
    printf("\n");
}

static struct shown of_plan(const rk_planned *p) {
    const rk_delivery *d = &p->d;
    bool open = !d->done;
    return (struct shown){.alias = d->to->alias,
                          .no = d->no,
                          .release = d->release,
                          .subject = rk_subject_name(d->subject),
                          .standing = standing(d),
                          .cause = open ? d->cause : RK_CAUSE_NONE,
                          .rule = open ? d->rule : RK_S_OK,
                          .files = d->parcel ? d->n : p->n_file,
                          .bytes = rk_planned_bytes(p),
                          .attempts = d->attempts,
                          .next = open ? d->next : 0};
}

static void show(const struct job *j) {
    rk_buf b;
    rk_buf_init(&b, 8u << 20);
    rk_buf_lit(&b, "{\"kiriman\":[");
    for (uint32_t i = 0; i < j->plan.n; i++) {
        const struct shown s = of_plan(&j->plan.p[i]);
        if (j->o->json)
            show_json(&s, i == 0, &b);
        else
            show_text(&s);
    }
    rk_buf_printf(&b, "\n],\"tanpa_tujuan\":%u}", j->plan.homeless);
    if (j->o->json) printf("%.*s\n", RK_FMT(rk_buf_slice(&b)));
    rk_buf_free(&b);
    if (j->plan.n == 0 && !j->o->json) printf("nobody is due\n");
    if (j->plan.homeless)
        fprintf(stderr, "rekap kirim: %u subscriptions have no destination in --tujuan%s\n",
                j->plan.homeless, j->has_infra ? "" : " (infrastruktur needs --infra DIR)");
}

/* ===== rekap kirim OUT ===== */

/* What would stop it is seen without connecting: credentials, residency, size. */
static rk_status rehearse(struct job *j, rk_err *err) {
    RK_ASSERT(j->to);
    RK_TRY(rk_deliver_look(&j->plan, j->state_dir, j->to->public_url, err));
    RK_TRY(rk_carrier_begin(err));
    for (uint32_t i = 0; i < j->plan.n; i++) {
        rk_delivery *d = &j->plan.p[i].d;
        rk_carrier *c = NULL;
        rk_carry_why why;
        rk_err text = RK_ERR_INIT;
        if (d->done) continue;
        d->cause = RK_CAUSE_NONE, d->rule = RK_S_OK; /* not what stopped it before */
        rk_status s = rk_carrier_open(d->to, j->state_dir, &c, &why, &text);
        rk_carrier_close(&c);
        if (s != RK_OK) {
            d->cause = why.cause, d->rule = why.rule;
        } else if (rk_planned_bytes(&j->plan.p[i]) > d->to->bytes_max) {
            d->cause = RK_CAUSE_SIZE;
        }
    }
    rk_carrier_end();
    return RK_OK;
}

static int deliver(const options *o, const char *out) {
    struct job j = {.o = o};
    rk_err err = RK_ERR_INIT;
    uint64_t minutes = MINUTES;
    int code = CLI_OK;
    if (o->minutes && (!rk_num_parse(rk_slice_str(o->minutes), 1440, &minutes) || !minutes))
        return cli_usage(&cli_kirim, "--menit is a number from 1 to 1440");
    rk_status s = prepare(&j, out, &err);
    const rk_deliver_options run = {.state_dir = j.state_dir,
                                    .to = j.to,
                                    .once = o->once,
                                    .again = o->again,
                                    .seconds = (uint32_t)minutes * 60};
    if (s == RK_OK) s = o->dry ? rehearse(&j, &err) : rk_deliver_run(&j.plan, &run, &err);
    if (s == RK_OK) show(&j);
    if (!o->dry) count_refusals(&j);
    for (uint32_t i = 0; s == RK_OK && !o->dry && i < j.plan.n; i++)
        if (!j.plan.p[i].d.done) code = CLI_LEFT_OUT;
    if (s == RK_OK && j.plan.homeless) code = CLI_LEFT_OUT;
    if (s != RK_OK) code = cli_failed(NULL, &err);
    forget(&j);
    return code;
}

/* ===== rekap kirim status ===== */

struct row {
    char *alias, *no, *release;
    struct shown s;
};
struct rows {
    struct row *row;
    uint32_t n, cap, passed_over;
};

static char *text_of(rk_slice s) {
    char *p = rk_alloc(s.len + 1);
    if (s.len) memcpy(p, s.ptr, s.len);
    return p;
}

static struct row *row_of(struct rows *all, const rk_delivery_line *l) {
    for (uint32_t i = 0; i < all->n; i++) {
        struct row *r = &all->row[i];
        if (rk_slice_is(l->alias, r->alias) && rk_slice_is(l->no, r->no) &&
            strcmp(r->s.subject, rk_subject_name(l->subject)) == 0)
            return r;
    }
    if (all->n == RK_DELIVERIES_MAX) return all->passed_over++, NULL;
    RK_PUSH_ROOM(all->row, all->n, all->cap);
    struct row *r = &all->row[all->n++];
    *r = (struct row){
        .alias = text_of(l->alias), .no = text_of(l->no), .release = text_of(l->release)};
    r->s.subject = rk_subject_name(l->subject);
    r->s.standing = "?";
    return r;
}

static void take_line(void *ctx, const rk_delivery_line *l) {
    if (l->event == RK_DELIVERY_TRIAL || l->event == RK_DELIVERY_REPLACED) return;
    struct row *r = row_of(ctx, l);
    if (!r) return;
    struct shown *s = &r->s;
    if (l->event == RK_DELIVERY_BEGAN) {
        rk_free(r->release);
        r->release = text_of(l->release);
        s->files = l->files, s->bytes = l->bytes, s->attempts = 0;
        s->standing = "berjalan";
        s->cause = RK_CAUSE_NONE, s->rule = RK_S_OK;
    }
    if (l->event == RK_DELIVERY_DONE) s->standing = "terkirim", s->cause = RK_CAUSE_NONE;
    if (l->event == RK_DELIVERY_DONE) s->rule = RK_S_OK;
    if (l->event == RK_DELIVERY_PUT_OFF) s->standing = "ditunda";
    if (l->event == RK_DELIVERY_GAVE_UP) s->standing = "gagal";
    if (l->cause) s->cause = l->cause, s->rule = l->rule;
    if (l->attempt) s->attempts = l->attempt;
    s->next = l->next, s->time = l->time;
}

static int status(const options *o) {
    struct job j = {.o = o};
    struct rows all = {0};
    rk_err err = RK_ERR_INIT;
    rk_buf b;
    rk_status s = read_destinations(&j, &err);
    if (s == RK_OK) s = rk_outbox_replay(j.state_dir, false, take_line, &all, &err);
    rk_buf_init(&b, 8u << 20);
    rk_buf_lit(&b, "{\"kiriman\":[");
    for (uint32_t i = 0; i < all.n; i++) {
        struct row *r = &all.row[i];
        r->s.alias = rk_slice_str(r->alias);
        r->s.no = rk_slice_str(r->no), r->s.release = rk_slice_str(r->release);
        if (s == RK_OK && o->json) show_json(&r->s, i == 0, &b);
        if (s == RK_OK && !o->json) show_text(&r->s);
        rk_free(r->alias);
        rk_free(r->no);
        rk_free(r->release);
    }
    rk_buf_lit(&b, "\n]}");
    if (s == RK_OK && o->json) printf("%.*s\n", RK_FMT(rk_buf_slice(&b)));
    if (s == RK_OK && !o->json && all.n == 0) printf("nothing was delivered yet\n");
    if (all.passed_over)
        fprintf(stderr, "rekap kirim: more than %u deliveries: the others are not shown\n",
                RK_DELIVERIES_MAX);
    rk_buf_free(&b);
    rk_free(all.row);
    forget(&j);
    return s == RK_OK ? CLI_OK : cli_failed(NULL, &err);
}

/* ===== rekap kirim uji ===== */

static int trial(const options *o, const char *alias) {
    struct job j = {.o = o};
    rk_err err = RK_ERR_INIT;
    enum rk_delivery_cause cause = RK_CAUSE_NONE;
    enum rk_residency_rule rule = RK_S_OK;
    rk_status s = read_destinations(&j, &err);
    if (s == RK_OK) s = guard(&j, &err);
    uint32_t i = s == RK_OK ? rk_destinations_find(j.to, rk_slice_str(alias)) : RK_NONE;
    if (s == RK_OK && i == RK_NONE)
        s = rk_fail(&err, RK_NOT_FOUND, "--tujuan has no alias '%.40s'", alias);
    if (s == RK_OK) s = rk_deliver_trial(j.state_dir, &j.to->d[i], &cause, &rule, &err);
    count_refusals(&j);
    if (s == RK_OK && cause)
        printf("%s: %s: %s%s%s (what was said is in kirim-pribadi.log)\n", alias,
               rk_delivery_cause_name(cause), rk_residency_rule_name(rule), rule ? ": " : "",
               rk_delivery_cause_text(cause));
    if (s == RK_OK && !cause) printf("%s: a test was delivered\n", alias);
    forget(&j);
    if (s != RK_OK) return cli_failed(NULL, &err);
    return cause ? CLI_FAILED : CLI_OK;
}

static int run_kirim(int argc, char **argv) {
    options o = {0};
    const cli_option opt[] = {
        {"ppid", &o.reg, NULL},      {"tujuan", &o.to, NULL},   {"infra", &o.infra, NULL},
        {"menit", &o.minutes, NULL}, {"dry-run", NULL, &o.dry}, {"json", NULL, &o.json},
        {"sekali", NULL, &o.once},   {"ulang", NULL, &o.again}, {0}};
    if (!cli_parse(&cli_kirim, &argc, argv, opt)) return CLI_USAGE;
    if (!o.to) return cli_usage(&cli_kirim, "give --tujuan FILE");
    if (argc == 1 && strcmp(argv[0], "status") == 0) return status(&o);
    if (argc == 2 && strcmp(argv[0], "uji") == 0) return trial(&o, argv[1]);
    if (argc != 1) return cli_usage(&cli_kirim, "give the directory of releases");
    if (!o.reg)
        return cli_usage(&cli_kirim, "give --ppid REG, the register with langganan.jsonl");
    return deliver(&o, argv[0]);
}

const cli_verb cli_kirim = {
    "kirim", "deliver the newest release to whoever asked",
    "usage: rekap kirim OUT --ppid REG --tujuan FILE [--infra DIR] [--menit N] [--sekali] "
    "[--ulang]\n"
    "                   [--dry-run] [--json]\n"
    "       rekap kirim status --tujuan FILE [--json]\n"
    "       rekap kirim uji ALIAS --tujuan FILE\n\n"
    "Brings the newest release of OUT ('rekap release') to every subscription of\n"
    "REG/langganan.jsonl ('rekap ppid langganan'), once, by SFTP, HTTP PUT, webhook, S3 or\n"
    "mail. FILE says where: alias by alias the address, credentials, and what; only its owner\n"
    "may read it (0600). It lies in the election directory, DIR/kirim/tujuan.json; DIR's\n"
    "residency.json decides whether a target may be reached at all. Beside FILE are kept\n"
    "kirim.jsonl, the log of every file brought, which names aliases and causes but no "
    "address\n"
    "(it may be published), and kirim-pribadi.log, what receivers said.\n\n"
    "What fails is tried again, at doubled intervals, as long as the run lasts and the "
    "attempts\n"
    "suffice; a wrong key or a refusal waits for the next run. A run that was killed is gone "
    "on\n"
    "with by the next: what the log has is not brought again.\n\n"
    "  --ppid REG     the register of requests, with langganan.jsonl\n"
    "  --tujuan FILE  destinations (docs/format/kirim.md)\n"
    "  --infra DIR    what 'rekap disclose' wrote, for subscriptions of infrastruktur\n"
    "  --menit N      begin no attempt after so many minutes (120)\n"
    "  --sekali       one attempt each, no waiting\n"
    "  --ulang        also what was given up\n"
    "  --dry-run      say what would be brought; nothing is sent or written\n"
    "  --json         machine-readable\n\n"
    "'status' tells from the log how each delivery stands; 'uji' brings a small test.\n"
    "Exit codes: 0 everything was brought, 3 some not (yet), 1 failed.\n",
    run_kirim};

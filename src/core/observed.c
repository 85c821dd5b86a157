/* First every file is opened and put to a record, then each record that is a node is judged,
 * then what belongs to no record. Nothing of a node whose record is withheld is copied. */
#include "core/observed.h"

#include "base/mem.h"
#include "base/num.h"
#include "core/disclosure_inner.h"

#include <stdio.h>
#include <stdlib.h>

enum { KEYS_OF_RECORD_MAX = 16, FUTURE_S = 600, SHORT_HASH = 16 };

static const struct {
    const char *code, *id, *en;
} KIND[RK_PROBLEM_KINDS] = {
    {"N01", "simpul tidak dinyatakan", "node not declared"},
    {"N02", "tujuan tidak dinyatakan", "target not declared"},
    {"N03", "dinyatakan, tidak teramati", "declared, not seen"},
    {"N04", "uraian terlalu lama", "description too old"},
    {"N05", "uraian dari masa depan", "description from the future"},
    {"N06", "tanda tangan salah atau tidak dikenal", "signature wrong or unknown"},
    {"N07", "sidik program berbeda", "other executable"},
    {"N08", "versi berbeda", "other version"},
    {"N09", "peran berbeda", "other role"},
    {"N10", "sertifikat lewat masa", "certificate expired"},
    {"N11", "negara berbeda", "other country"},
    {"N12", "sambungan yang tidak dinyatakan ditolak", "undeclared connections refused"},
    {"N13", "uraian tidak terbaca", "description unreadable"},
};

const char *rk_problem_code(enum rk_problem_kind k) { return KIND[k].code; }
const char *rk_problem_text(enum rk_problem_kind k, bool indonesian) {
    return indonesian ? KIND[k].id : KIND[k].en;
}

void rk_observed_free(rk_observed **op) {
    rk_observed *o = *op;
    if (!o) return;
    rk_free(o->node);
    rk_free(o->problem);
    rk_free(o);
    *op = NULL;
}

/* ===== what was collected ===== */

struct file { /* one description */
    rk_slice name;
    rk_node *node;        /* NULL: unreadable */
    uint32_t record, key; /* RK_NONE; which of the keys that count */
    bool by_log, believed, wrong, older;
};

struct look {
    rk_sieve s;
    rk_disclosure *d;
    rk_observed *out;
    const rk_observation *o;
    struct file *file;
    bool hidden; /* of the record being judged */
    uint32_t problems;
};

/* The text, if it may be shown; what stands in its place otherwise. */
static rk_slice show(struct look *l, rk_slice text) {
    bool open = l->d->restricted || !rk_sieve_tells(&l->s, text);
    return rk_sieve_keep(l->d, open ? text : RK_LIT("(ditahan / kept back)"));
}

static rk_slice show_hash(struct look *l, const rk_sha256 *h) {
    static const rk_sha256 none;
    char hex[64];
    if (memcmp(h, &none, sizeof none) == 0) return (rk_slice){NULL, 0};
    rk_sha256_put(hex, h);
    return show(l, (rk_slice){hex, sizeof hex});
}

static void problem(struct look *l, enum rk_problem_kind kind, rk_slice node, rk_slice declared,
                    rk_slice seen) {
    l->problems++;
    if (l->hidden) {
        l->out->hidden_problems++;
        return;
    }
    RK_PUSH_ROOM(l->out->problem, l->out->n_problem, l->out->cap_problem);
    l->out->problem[l->out->n_problem++] =
        (rk_problem){kind, show(l, node), show(l, declared), show(l, seen)};
}

static const rk_infra_value *value_of(const rk_infra_record *r, const char *field) {
    static const rk_infra_value absent = {.exemption = RK_NONE};
    uint32_t f = rk_infra_field_of(r->kind, field);
    return f == RK_NONE ? &absent : &r->value[f];
}

/* The first item, whatever its class. */
static rk_slice said(const rk_infra_record *r, const char *field) {
    const rk_infra_value *v = value_of(r, field);
    return v->n ? v->item[0] : (rk_slice){NULL, 0};
}

/* The same for the report: empty when it is withheld. */
static rk_slice said_openly(const struct look *l, const rk_infra_record *r, const char *field) {
    bool shut = rk_sieve_shut(&l->s, value_of(r, field)->exemption) && !l->d->restricted;
    return shut ? (rk_slice){NULL, 0} : said(r, field);
}

/* The keys that a record names, in the order they stand there, separated by spaces. */
static uint32_t keys_of(const rk_infra_record *r, rk_ed25519_public key[KEYS_OF_RECORD_MAX]) {
    rk_slice rest = said(r, "node_key"), one;
    uint32_t n = 0;
    while (n < KEYS_OF_RECORD_MAX && rk_slice_cut(&rest, ' ', &one)) {
        rk_verifier v;
        if (rk_verifier_parse(one, &v, NULL) == RK_OK && v.type == RK_KEY_ED25519)
            key[n++] = v.key;
    }
    return n;
}

static void who_signed(struct look *l, struct file *f, const rk_note *note) {
    rk_ed25519_public key[KEYS_OF_RECORD_MAX];
    uint32_t n = f->record == RK_NONE ? 0 : keys_of(&l->s.in->record[f->record], key);
    rk_status s = rk_node_signer(note, key, n, &f->key, NULL);
    if (s == RK_NOT_FOUND) {
        s = rk_node_signer(note, l->o->log_key, l->o->n_log_key, &f->key, NULL);
        f->by_log = s == RK_OK;
    }
    f->believed = s == RK_OK;
    f->wrong = s == RK_CONFLICT;
}

static void open_file(struct look *l, uint32_t i) {
    struct file *f = &l->file[i];
    rk_note note;
    *f = (struct file){.name = l->o->name[i], .record = RK_NONE, .key = RK_NONE};
    if (rk_node_open(l->o->bytes[i], &note, &f->node, NULL) != RK_OK) return;
    f->record = rk_infra_find(l->s.in, f->node->id);
    who_signed(l, f, &note);
}

static bool same_node(const struct file *a, const struct file *b) {
    return a->believed && b->believed && a->by_log == b->by_log && a->key == b->key &&
           rk_slice_eq(a->node->id, b->node->id) && rk_slice_eq(a->node->role, b->node->role);
}

/* Of one node, role and key only the newest counts. */
static void drop_older(struct look *l) {
    for (uint32_t i = 0; i < l->o->n; i++)
        for (uint32_t k = 0; k < l->o->n && !l->file[i].older; k++) {
            const struct file *a = &l->file[i], *b = &l->file[k];
            if (i == k || b->older || !same_node(a, b)) continue;
            bool newer =
                b->node->time > a->node->time || (b->node->time == a->node->time && k > i);
            l->file[i].older = newer;
        }
}

/* ===== one node ===== */

/* Where the inventory says that a record is: its own country, its site's, its host's site's. */
static rk_slice country_of(const rk_infra *i, uint32_t r, unsigned depth) {
    const rk_infra_record *x = &i->record[r];
    static const char *const up[] = {"site", "host"};
    rk_slice c = said(x, "country");
    for (int k = 0; k < 2 && !c.len && depth < 4; k++) {
        rk_slice id = said(x, up[k]);
        uint32_t to = id.len ? rk_infra_find(i, id) : RK_NONE;
        if (to != RK_NONE) c = country_of(i, to, depth + 1);
    }
    return c;
}

static bool record_hidden(const struct look *l, uint32_t r) {
    return rk_sieve_shut(&l->s, l->s.in->record[r].exemption) && !l->d->restricted;
}

/* A target's country against the inventory's; what the inventory withholds is not repeated. */
static void judge_country(struct look *l, const rk_node *n, const rk_node_store *s,
                          uint32_t r) {
    rk_slice want = country_of(l->s.in, r, 0), have = rk_slice_str(s->country);
    char text[64];
    if (!want.len || !have.len || rk_slice_eq(want, have)) return;
    bool shut = record_hidden(l, r) ||
                rk_sieve_shut(&l->s, value_of(&l->s.in->record[r], "country")->exemption);
    bool closed = shut && !l->d->restricted;
    snprintf(text, sizeof text, "%.*s: %s", closed ? 0 : (int)s->target.len,
             s->target.ptr ? s->target.ptr : "", s->country);
    problem(l, RK_PROBLEM_COUNTRY, n->id, closed ? (rk_slice){NULL, 0} : want,
            closed ? (rk_slice){NULL, 0} : rk_slice_str(text));
}

static void judge_stores(struct look *l, const rk_node *n) {
    for (uint32_t i = 0; i < n->n_store; i++) {
        const rk_node_store *s = &n->store[i];
        uint32_t r = s->target.len ? rk_infra_find(l->s.in, s->target) : RK_NONE;
        if (!s->target.len) continue;
        if (r == RK_NONE)
            problem(l, RK_PROBLEM_TARGET, n->id, (rk_slice){NULL, 0}, s->target);
        else
            judge_country(l, n, s, r);
    }
}

static rk_slice day_text(uint32_t seconds, char out[RK_DAY_LEN + 1]) {
    rk_day_put(out, (rk_day)(((int64_t)seconds + 7 * 3600) / 86400)); /* in WIB */
    out[RK_DAY_LEN] = 0;
    return (rk_slice){out, RK_DAY_LEN};
}

static void judge_certs(struct look *l, const rk_node *n) {
    char day[RK_DAY_LEN + 1];
    for (uint32_t i = 0; i < n->n_cert; i++)
        if (n->cert[i].until < l->o->now)
            problem(l, RK_PROBLEM_CERT, n->id, (rk_slice){NULL, 0},
                    day_text(n->cert[i].until, day));
}

static void judge_time(struct look *l, const rk_node *n) {
    char age[64];
    if (n->time > l->o->now && n->time - l->o->now > FUTURE_S) {
        snprintf(age, sizeof age, "%u menit / min", (n->time - l->o->now) / 60);
        problem(l, RK_PROBLEM_FUTURE, n->id, (rk_slice){NULL, 0}, rk_slice_str(age));
    } else if (n->time < l->o->now && l->o->now - n->time > l->o->max_age_s) {
        snprintf(age, sizeof age, "%u jam / h", (l->o->now - n->time) / 3600);
        problem(l, RK_PROBLEM_STALE, n->id, (rk_slice){NULL, 0}, rk_slice_str(age));
    }
}

/* `want` is what is compared, `shown` what of it may be repeated. */
static void judge_text(struct look *l, enum rk_problem_kind kind, const rk_node *n,
                       rk_slice want, rk_slice shown, rk_slice have) {
    if (want.len && !rk_slice_eq(want, have)) problem(l, kind, n->id, shown, have);
}

static void judge_build(struct look *l, const rk_node *n, const rk_infra_record *r) {
    rk_slice want = r ? said(r, "build") : (rk_slice){NULL, 0};
    rk_slice shown = r ? said_openly(l, r, "build") : want;
    char hex[64];
    if (!want.len) want = shown = l->o->build;
    rk_sha256_put(hex, &n->build);
    judge_text(l, RK_PROBLEM_BUILD, n, want, shown, (rk_slice){hex, sizeof hex});
}

static void judge(struct look *l, const rk_node *n, const rk_infra_record *r) {
    rk_slice version = r ? said(r, "node_version") : (rk_slice){NULL, 0};
    rk_slice shown = r ? said_openly(l, r, "node_version") : version;
    char count[16];
    if (!version.len) version = shown = l->o->version;
    judge_time(l, n);
    judge_build(l, n, r);
    judge_text(l, RK_PROBLEM_VERSION, n, version, shown, n->version);
    if (r)
        judge_text(l, RK_PROBLEM_ROLE, n, said(r, "node_role"), said_openly(l, r, "node_role"),
                   n->role);
    judge_stores(l, n);
    judge_certs(l, n);
    snprintf(count, sizeof count, "%u", n->refused);
    if (n->refused)
        problem(l, RK_PROBLEM_REFUSED, n->id, (rk_slice){NULL, 0}, rk_slice_str(count));
}

/* ===== showing ===== */

static void put_store(const struct look *l, const rk_node_store *s, rk_buf *b) {
    uint32_t r = s->target.len ? rk_infra_find(l->s.in, s->target) : RK_NONE;
    if (b->len) rk_buf_lit(b, "; ");
    rk_buf_printf(b, "%s ", rk_target_kind_name(s->kind));
    if (r != RK_NONE && record_hidden(l, r)) {
        rk_buf_lit(b, "(dikecualikan / exempt)");
        return;
    }
    bool closed = !l->d->restricted && s->target.len && rk_sieve_tells(&l->s, s->target);
    if (closed)
        rk_buf_lit(b, "(ditahan / kept back)");
    else if (s->target.len)
        rk_buf_add(b, s->target);
    else
        rk_buf_lit(b, "(setempat / this machine)");
    if (s->country[0] && !closed) rk_buf_printf(b, " (%s)", s->country);
    if (s->may) rk_buf_lit(b, " [boleh / may]");
}

static void put_cert(const rk_node_cert *c, rk_buf *b) {
    char hex[64], day[RK_DAY_LEN + 1];
    rk_sha256_put(hex, &c->hash);
    if (b->len) rk_buf_lit(b, "; ");
    rk_buf_printf(b, "%s %.*s... ", c->pinned ? "pin" : "sertifikat", SHORT_HASH, hex);
    rk_buf_add(b, day_text(c->until, day));
}

static void show_lists(struct look *l, const rk_node *n, rk_seen_node *x) {
    rk_buf b;
    rk_buf_init(&b, 1u << 20);
    for (uint32_t i = 0; i < n->n_store; i++) put_store(l, &n->store[i], &b);
    x->stores = rk_sieve_keep(l->d, rk_buf_slice(&b));
    rk_buf_clear(&b);
    for (uint32_t i = 0; i < n->n_cert; i++) put_cert(&n->cert[i], &b);
    bool closed = !l->d->restricted && rk_sieve_secret(&l->s, rk_buf_slice(&b));
    x->certs = closed ? (rk_slice){NULL, 0} : rk_sieve_keep(l->d, rk_buf_slice(&b));
    rk_buf_free(&b);
}

static rk_seen_node *new_row(struct look *l, rk_slice id) {
    RK_PUSH_ROOM(l->out->node, l->out->n, l->out->cap);
    rk_seen_node *x = &l->out->node[l->out->n++];
    *x = (rk_seen_node){.id = show(l, id)};
    return x;
}

static void show_declared(struct look *l, const rk_infra_record *r, rk_seen_node *x) {
    x->declared = true;
    x->said_role = show(l, said_openly(l, r, "node_role"));
    x->said_version = show(l, said_openly(l, r, "node_version"));
    x->said_build = show(l, said_openly(l, r, "build"));
}

static void show_seen(struct look *l, const struct file *f, rk_seen_node *x) {
    const rk_node *n = f->node;
    x->seen = true;
    x->by_log = f->by_log;
    x->role = show(l, n->role);
    x->version = show(l, n->version);
    x->build = show_hash(l, &n->build);
    x->source = show_hash(l, &n->source);
    x->sbom = show_hash(l, &n->sbom);
    x->options = show_hash(l, &n->options);
    x->residency = show_hash(l, &n->residency);
    x->policy = show_hash(l, &n->policy);
    x->time = n->time, x->started = n->started, x->uptime = n->uptime;
    x->refused = n->refused, x->n_library = n->n_library;
    show_lists(l, n, x);
}

/* ===== records, then the rest ===== */

/* One that counts: judged, and shown unless its record is withheld. */
static void seen_of(struct look *l, const struct file *f, const rk_infra_record *r) {
    l->problems = 0;
    judge(l, f->node, r);
    if (l->hidden) {
        l->out->hidden_seen++;
        return;
    }
    rk_seen_node *x = new_row(l, f->node->id);
    if (r) show_declared(l, r, x);
    show_seen(l, f, x);
    x->n_problem = l->problems;
}

static void missing(struct look *l, const rk_infra_record *r) {
    l->problems = 0;
    problem(l, RK_PROBLEM_MISSING, r->id, (rk_slice){NULL, 0}, (rk_slice){NULL, 0});
    if (l->hidden) {
        l->out->hidden_missing++;
        return;
    }
    rk_seen_node *x = new_row(l, r->id);
    show_declared(l, r, x);
    x->n_problem = 1;
}

static void one_record(struct look *l, uint32_t r) {
    const rk_infra_record *x = &l->s.in->record[r];
    bool any = false;
    l->hidden = record_hidden(l, r);
    for (uint32_t i = 0; i < l->o->n; i++) {
        const struct file *f = &l->file[i];
        if (f->record != r || !f->node) continue;
        if (!f->believed)
            problem(l, RK_PROBLEM_SIGNATURE, x->id, (rk_slice){NULL, 0},
                    f->wrong ? RK_LIT("salah / wrong") : RK_LIT("tidak dikenal / unknown"));
        if (!f->believed || f->older) continue;
        any = true;
        seen_of(l, f, x);
    }
    if (!any && said(x, "node_key").len) missing(l, x);
    l->hidden = false;
}

static void undeclared(struct look *l, const struct file *f) {
    l->problems = 0;
    if (!f->node) {
        problem(l, RK_PROBLEM_UNREADABLE, f->name, (rk_slice){NULL, 0}, (rk_slice){NULL, 0});
        return;
    }
    if (f->older) return;
    if (!f->believed) { /* named by its file: what it says is anybody's word */
        problem(l, RK_PROBLEM_SIGNATURE, f->name, (rk_slice){NULL, 0},
                f->wrong ? RK_LIT("salah / wrong") : RK_LIT("tidak dikenal / unknown"));
        problem(l, RK_PROBLEM_UNDECLARED, f->name, (rk_slice){NULL, 0}, (rk_slice){NULL, 0});
        return;
    }
    problem(l, RK_PROBLEM_UNDECLARED, f->node->id, (rk_slice){NULL, 0}, f->node->role);
    uint32_t before = l->problems;
    seen_of(l, f, NULL);
    l->out->node[l->out->n - 1].n_problem += before;
}

void rk_disclosure_observe(rk_disclosure *d, const rk_infra *i, const rk_observation *o) {
    struct look l = {.d = d, .o = o};
    RK_ASSERT(!d->observed && o->n <= RK_NODES_MAX);
    rk_sieve_begin(&l.s, i, d);
    l.out = d->observed = rk_alloc(sizeof *d->observed);
    *l.out = (rk_observed){.now = o->now, .max_age_s = o->max_age_s, .files = o->n};
    l.file = rk_calloc(o->n ? o->n : 1, sizeof *l.file);
    for (uint32_t k = 0; k < o->n; k++) open_file(&l, k);
    drop_older(&l);
    for (uint32_t r = 0; r < i->n; r++) one_record(&l, r);
    for (uint32_t k = 0; k < o->n; k++)
        if (l.file[k].record == RK_NONE) undeclared(&l, &l.file[k]);
    for (uint32_t k = 0; k < o->n; k++) rk_node_free(&l.file[k].node);
    rk_free(l.file);
    rk_sieve_end(&l.s);
}

/* rekap-witness against kill -9, races and two histories, over HTTP.
 *
 *   witness_crash kill PROGRAM N   kills it N times under load. In each round two histories
 * part where the last one ended, and four clients push both as fast as they can. The ledger
 * holds what they were given; after each new start everything in it must still be true: the
 * witness stands at its largest size or beyond, refuses every smaller one, and what it cosigned
 * is one history. witness_crash race PROGRAM N   N requests at once, each with another history:
 * one is cosigned; then N at once of one history in growing sizes: never back. witness_crash
 * split PROGRAM N  two histories, three witnesses, 2 of 3: never both. witness_crash rate
 * PROGRAM N   cosignatures a second, of one client and of eight. REKAP_SEED replays the random
 * choices. */
#include "witness_load.h"

#include "core/policy.h"
#include "files/files.h"
#include "random.h"

#include <errno.h>
#include <ftw.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#define STEP 8u /* entries that a history gets in a round */
#define CLIENTS 4
#define KILL_MS                                                                                \
    20u /* killed at most so long after the start or the first cosignature of a round */

static rk_signer log_key;
static char where[] = "/tmp/rekap-witness-XXXXXX";

static int drop(const char *path, const struct stat *s, int kind, struct FTW *f) {
    (void)s, (void)kind, (void)f;
    return remove(path);
}

/* ---- kill ---- */

struct kill_round {
    load_witness *w;
    load_ledger *ledger;
    forked_log *history[2];
    uint64_t from; /* where they part */
    volatile bool end;
};

struct kill_client {
    struct kill_round *r;
    uint64_t random;
    int which;
};

static void *push(void *arg) {
    struct kill_client *k = arg;
    struct kill_round *r = k->r;
    const forked_log *log = r->history[k->which];
    load_client c = {.fd = -1};
    uint64_t old = r->from;
    snprintf(c.address, sizeof c.address, "%s", r->w->address);
    while (!r->end) {
        k->random = k->random * 6364136223846793005ull + 1442695040888963407ull;
        uint64_t size = old + (k->random >> 33) % 3, told = old;
        if (size > log->size) size = log->size;
        unsigned status = load_submit(&c, r->w, r->ledger, log, old, size, &log_key, &told);
        if (status == 0) break;
        if (status == 500) load_fail("the witness stopped");
        old = status == 200 ? size : told <= log->size ? told : r->from;
    }
    load_client_close(&c);
    return NULL;
}

/* The history that this root is of; both where they have not parted yet. */
static bool is_of(const forked_log *log, const load_cosigned *c) {
    rk_sha256 root = forked_log_root(log, c->size);
    return c->size <= log->size && rk_merkle_eq(&root, &c->root);
}

/* After the new start: where it stands, on which history, and that nothing goes back. */
static int judge(struct kill_round *r, uint64_t ledger_from, uint64_t *refused) {
    load_client c = {.fd = -1};
    uint64_t stands = 0, most = r->from, told;
    int on = -1;
    snprintf(c.address, sizeof c.address, "%s", r->w->address);
    for (uint64_t i = ledger_from; i < r->ledger->n; i++) {
        const load_cosigned *x = &r->ledger->item[i];
        if (x->size > most) most = x->size;
        if (x->size <= r->from) continue;
        int of = is_of(r->history[0], x) ? 0 : 1;
        if (!is_of(r->history[of], x)) load_fail("cosigned what nobody sent");
        if (on >= 0 && on != of)
            load_fail("two histories cosigned at %llu", (unsigned long long)r->from);
        on = of;
    }
    /* it has cosigned something: an old size of 0 is wrong, and the answer is the size */
    if (load_submit(&c, r->w, r->ledger, r->history[0], 0, r->history[0]->size, &log_key,
                    &stands) != 409)
        load_fail("no 409 to a wrong old size");
    if (stands < most)
        load_fail("stands at %llu after cosigning %llu", (unsigned long long)stands,
                  (unsigned long long)most);
    for (int h = 0; h < 2; h++) {
        unsigned s =
            load_submit(&c, r->w, r->ledger, r->history[h], stands, stands, &log_key, &told);
        if (stands == r->from ? s != 200 : s != 200 && s != 409) load_fail("status %u", s);
        if (s == 200 && stands > r->from) {
            if (on >= 0 && on != h) load_fail("has changed sides");
            on = h;
        }
    }
    if (stands > r->from && on < 0) load_fail("stands on no history");
    if (stands == r->from) on = 0;
    for (uint64_t size = r->from; size < stands; size++) { /* back, with every old size */
        for (uint64_t old = r->from; old <= stands; old += stands - r->from > 2 ? 2 : 1) {
            unsigned s =
                load_submit(&c, r->w, r->ledger, r->history[on], old, size, &log_key, &told);
            if (s == 200)
                load_fail("cosigned %llu after %llu", (unsigned long long)size,
                          (unsigned long long)stands);
            ++*refused;
        }
    }
    for (uint64_t size = stands > r->from ? stands : stands + 1; /* the other history */
         stands > r->from && size <= r->history[!on]->size; size++) {
        unsigned s =
            load_submit(&c, r->w, r->ledger, r->history[!on], stands, size, &log_key, &told);
        if (s != 409 && s != 422) load_fail("status %u for the other history", s);
        ++*refused;
    }
    load_client_close(&c);
    r->from = stands;
    return on;
}

static void load_and_kill(struct kill_round *r) {
    pthread_t thread[CLIENTS];
    struct kill_client client[CLIENTS];
    r->end = false;
    for (int i = 0; i < CLIENTS; i++) {
        client[i] = (struct kill_client){r, rnd64(), i % 2};
        RK_ASSERT(pthread_create(&thread[i], NULL, push, &client[i]) == 0);
    }
    uint64_t before = r->ledger->n; /* read without the lock: only to wait for */
    for (int i = rnd_one_in(4) ? 0 : 5000; i && __atomic_load_n(&r->ledger->n, 0) == before;
         i--)
        usleep(200);
    usleep(1000 * rnd(KILL_MS) + rnd(1000));
    load_witness_kill(r->w, SIGKILL);
    r->end = true;
    for (int i = 0; i < CLIENTS; i++) pthread_join(thread[i], NULL);
}

/* One entry that both histories have. */
static void begin(struct kill_round *r) {
    load_client c = {.fd = -1};
    uint64_t told;
    snprintf(c.address, sizeof c.address, "%s", r->w->address);
    forked_log_grow(r->history[0], 1, 0);
    forked_log_copy(r->history[1], r->history[0], 1);
    if (load_submit(&c, r->w, r->ledger, r->history[0], 0, 1, &log_key, &told) != 200)
        load_fail("the first entry is not cosigned");
    load_client_close(&c);
    r->from = 1;
}

static void run_kill(const char *program, unsigned n) {
    load_witness w;
    load_ledger ledger = {.lock = PTHREAD_MUTEX_INITIALIZER};
    struct kill_round r = {.w = &w, .ledger = &ledger};
    uint64_t refused = 0, busy = 0;
    double began = load_seconds(), slowest = 0;
    load_witness_new(&w, program, where, "w", &log_key);
    for (int h = 0; h < 2; h++) r.history[h] = forked_log_new((uint64_t)(n + 2) * STEP);
    load_witness_start(&w);
    begin(&r);
    for (unsigned i = 0; i < n; i++) {
        uint64_t before = ledger.n;
        for (int h = 0; h < 2; h++)
            forked_log_grow(r.history[h], r.from + STEP, 2 * (uint64_t)i + (uint64_t)h);
        load_and_kill(&r);
        double t = load_seconds();
        load_witness_start(&w);
        t = load_seconds() - t;
        if (t > slowest) slowest = t;
        busy += ledger.n > before;
        int on = judge(&r, before, &refused);
        /* both histories begin anew where the witness stands */
        forked_log_copy(r.history[!on], r.history[on], r.from);
        r.history[on]->size = r.from;
        forked_log_copy(r.history[on], r.history[!on], r.from);
    }
    for (uint64_t i = 0; i < ledger.n; i++) /* all of it is one history */
        if (!is_of(r.history[0], &ledger.item[i]))
            load_fail("cosignature %llu is of no one history", (unsigned long long)i);
    load_witness_kill(&w, SIGTERM);
    printf("kill: %u kills under %d clients in %.1f s, %llu cosignatures (in %llu rounds), "
           "%llu refusals "
           "after new starts, 0 back, 0 forked; slowest start %.0f ms\n",
           n, CLIENTS, load_seconds() - began, (unsigned long long)ledger.n,
           (unsigned long long)busy, (unsigned long long)refused, slowest * 1000);
    if (busy < n / 4) load_fail("the load did not get through: nothing was tested");
    for (int h = 0; h < 2; h++) forked_log_free(r.history[h]);
    rk_free(ledger.item);
}

/* ---- race ---- */

struct race {
    load_witness *w;
    load_ledger *ledger;
    pthread_barrier_t at_once;
    forked_log **log;
    uint64_t old, *size;
    unsigned *status;
};

struct racer {
    struct race *r;
    unsigned i;
};

static void *race_one(void *arg) {
    struct racer *me = arg;
    struct race *r = me->r;
    load_client c = {.fd = -1};
    uint64_t told;
    snprintf(c.address, sizeof c.address, "%s", r->w->address);
    pthread_barrier_wait(&r->at_once);
    r->status[me->i] = load_submit(&c, r->w, r->ledger, r->log[me->i], r->old, r->size[me->i],
                                   &log_key, &told);
    load_client_close(&c);
    return NULL;
}

static void race_all(struct race *r, unsigned n) {
    pthread_t *thread = rk_calloc(n, sizeof *thread);
    struct racer *racer = rk_calloc(n, sizeof *racer);
    pthread_attr_t small;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, 128 << 10);
    pthread_barrier_init(&r->at_once, NULL, n);
    for (unsigned i = 0; i < n; i++) {
        racer[i] = (struct racer){r, i};
        RK_ASSERT(pthread_create(&thread[i], &small, race_one, &racer[i]) == 0);
    }
    for (unsigned i = 0; i < n; i++) pthread_join(thread[i], NULL);
    pthread_barrier_destroy(&r->at_once);
    rk_free(thread);
    rk_free(racer);
}

/* A few at a time, so that connections are not refused; all of a wave at once. */
#define WAVE 200u

static unsigned waves(struct race *all, unsigned n) {
    unsigned got = 0;
    for (unsigned from = 0; from < n; from += WAVE) {
        struct race r = *all;
        unsigned k = n - from < WAVE ? n - from : WAVE;
        r.log += from, r.size += from, r.status += from;
        race_all(&r, k);
        for (unsigned i = 0; i < k; i++) {
            if (r.status[i] != 200 && r.status[i] != 409 && r.status[i] != 422)
                load_fail("status %u in a race", r.status[i]);
            got += r.status[i] == 200;
        }
    }
    return got;
}

static void run_race(const char *program, unsigned n) {
    load_witness w;
    load_ledger ledger = {.lock = PTHREAD_MUTEX_INITIALIZER};
    struct race r = {.w = &w, .ledger = &ledger};
    load_witness_new(&w, program, where, "r", &log_key);
    load_witness_start(&w);
    r.log = rk_calloc(n, sizeof *r.log);
    r.size = rk_calloc(n, sizeof *r.size);
    r.status = rk_calloc(n, sizeof *r.status);
    forked_log *common = forked_log_new(2 * (uint64_t)n + 64), *one = NULL;
    uint64_t told = 0;
    load_client c = {.fd = -1};
    snprintf(c.address, sizeof c.address, "%s", w.address);
    forked_log_grow(common, 20, 1);
    if (load_submit(&c, &w, &ledger, common, 0, 20, &log_key, &told) != 200) load_fail("begin");
    for (unsigned i = 0; i < n; i++) { /* N histories from the same place */
        r.log[i] = forked_log_new(32);
        forked_log_copy(r.log[i], common, 20);
        forked_log_grow(r.log[i], 21 + i % 3, 1000 + i);
        r.size[i] = r.log[i]->size;
    }
    r.old = 20;
    unsigned got = waves(&r, n);
    if (got != 1) load_fail("%u of %u forks were cosigned", got, n);
    for (unsigned i = 0; i < n; i++)
        if (r.status[i] == 200) one = r.log[i];
    forked_log_copy(common, one, one->size);
    forked_log_grow(common, one->size + n, 7);
    uint64_t at = one->size, most = 0;
    for (unsigned i = 0; i < n; i++) { /* N sizes of one history from the same place */
        forked_log_free(r.log[i]);
        r.log[i] = common;
        r.size[i] = at + 1 + rnd(n);
        if (r.size[i] > common->size) r.size[i] = common->size;
    }
    r.old = at;
    uint64_t before = ledger.n;
    unsigned grown = waves(&r, n);
    for (uint64_t i = before; i < ledger.n; i++)
        if (ledger.item[i].size > most) most = ledger.item[i].size;
    if (load_submit(&c, &w, &ledger, common, 0, common->size, &log_key, &told) != 409 ||
        told != most || grown != 1)
        load_fail("%u cosigned from one old size, stands at %llu, not %llu", grown,
                  (unsigned long long)told, (unsigned long long)most);
    load_client_close(&c);
    load_witness_kill(&w, SIGTERM);
    printf(
        "race: %u forks at once: 1 cosigned; %u sizes at once from one old size: 1 cosigned, "
        "never back\n",
        n, n);
    forked_log_free(common);
    rk_free(r.log), rk_free(r.size), rk_free(r.status), rk_free(ledger.item);
}

/* ---- split view ---- */

static rk_policy *two_of_three(const load_witness w[3]) {
    rk_policy *p;
    rk_buf b;
    rk_buf_init(&b, RK_POLICY_MAX);
    rk_buf_lit(&b, "log ");
    rk_verifier_put(&log_key.verifier, &b);
    for (int i = 0; i < 3; i++) {
        rk_buf_printf(&b, "\nwitness w%d ", i);
        rk_verifier_put(&w[i].key, &b);
    }
    rk_buf_lit(&b, "\ngroup g 2 w0 w1 w2\nquorum g\n");
    RK_ASSERT(rk_policy_parse(rk_buf_slice(&b), &p, NULL) == RK_OK);
    rk_buf_free(&b);
    return p;
}

/* One history's checkpoint to some witnesses in a random order; accepted by the policy? */
static bool push_history(load_client c[3], const forked_log *log, uint64_t size, uint64_t old,
                         const rk_policy *policy) {
    rk_buf note, body;
    rk_checkpoint out;
    forked_log_note(log, size, &log_key, &note);
    rk_buf_init(&body, 8192);
    for (int k = 0; k < 4; k++) {
        rk_buf request;
        forked_log_request(log, old, size, &log_key, &request);
        unsigned s = load_post(&c[rnd(3)], rk_buf_slice(&request), &body);
        if (s == 200) rk_buf_add(&note, rk_buf_slice(&body));
        if (s != 200 && s != 409 && s != 422) load_fail("status %u", s);
        rk_buf_free(&request);
    }
    bool ok = rk_policy_check(policy, rk_buf_slice(&note), &out, NULL, NULL) == RK_OK;
    rk_buf_free(&note);
    rk_buf_free(&body);
    return ok;
}

static void run_split(const char *program, unsigned n) {
    load_witness w[3];
    load_client c[3];
    forked_log *log[2];
    unsigned accepted = 0, both = 0;
    uint64_t from = 0;
    for (int i = 0; i < 3; i++) {
        char name[8];
        snprintf(name, sizeof name, "s%d", i);
        load_witness_new(&w[i], program, where, name, &log_key);
        load_witness_start(&w[i]);
        c[i].fd = -1;
        snprintf(c[i].address, sizeof c[i].address, "%s", w[i].address);
    }
    rk_policy *policy = two_of_three(w);
    for (int h = 0; h < 2; h++) log[h] = forked_log_new((uint64_t)n + 8);
    for (unsigned i = 0; i < n; i++) {
        bool got[2] = {false, false};
        for (int h = 0; h < 2; h++)
            forked_log_grow(log[h], from + 1, 2 * (uint64_t)i + (uint64_t)h);
        for (int k = 0; k < 6; k++) {
            int h = (int)rnd(2);
            got[h] |= push_history(c, log[h], from + 1, rnd(4) ? from : from + 1, policy);
        }
        both += got[0] && got[1];
        accepted += got[0] || got[1];
        int on =
            got[1] ? 1 : 0; /* the log goes on with what was accepted, and mends the third */
        uint64_t told;
        load_ledger none = {.lock = PTHREAD_MUTEX_INITIALIZER};
        unsigned there = 0;
        for (int x = 0; x < 3; x++) {
            unsigned s =
                load_submit(&c[x], &w[x], &none, log[on], from, from + 1, &log_key, &told);
            if (s == 409 && told == from + 1)
                s = load_submit(&c[x], &w[x], &none, log[on], from + 1, from + 1, &log_key,
                                &told);
            there += s == 200;
        }
        rk_free(none.item);
        if (there == 3) {
            from++;
            forked_log_copy(log[!on], log[on], from);
        } else { /* one witness took the other history: nothing mends that but a new set */
            for (int x = 0; x < 3; x++) {
                char name[32];
                load_client_close(&c[x]);
                load_witness_kill(&w[x], SIGTERM);
                snprintf(name, sizeof name, "s%d-%u", x, i);
                load_witness_new(&w[x], program, where, name, &log_key);
                load_witness_start(&w[x]);
                snprintf(c[x].address, sizeof c[x].address, "%s", w[x].address);
            }
            rk_policy_free(&policy);
            policy = two_of_three(w);
            from = 0;
            for (int h = 0; h < 2; h++) {
                forked_log_free(log[h]);
                log[h] = forked_log_new((uint64_t)n + 8);
            }
        }
    }
    for (int i = 0; i < 3; i++) {
        load_client_close(&c[i]);
        load_witness_kill(&w[i], SIGTERM);
    }
    printf("split: %u attempts at two histories under 2 of 3: one accepted %u times, both %u\n",
           n, accepted, both);
    if (both) load_fail("a split view");
    if (accepted == 0) load_fail("nothing was accepted: nothing was tested");
    for (int h = 0; h < 2; h++) forked_log_free(log[h]);
    rk_policy_free(&policy);
}

/* ---- rate ---- */

struct rate {
    load_witness *w;
    rk_signer key;
    unsigned n;
};

static void *rate_one(void *arg) {
    struct rate *r = arg;
    load_client c = {.fd = -1};
    load_ledger ledger = {.lock = PTHREAD_MUTEX_INITIALIZER};
    uint64_t told;
    forked_log *log = forked_log_new(r->n);
    snprintf(c.address, sizeof c.address, "%s", r->w->address);
    forked_log_grow(log, r->n, 1);
    for (unsigned i = 0; i < r->n; i++)
        if (load_submit(&c, r->w, &ledger, log, i, i + 1, &r->key, &told) != 200)
            load_fail("rate: not cosigned");
    load_client_close(&c);
    forked_log_free(log);
    rk_free(ledger.item);
    return NULL;
}

/* What the disk can do: a small file replaced durably, once a cosignature. */
static double disk_bound(unsigned n) {
    char path[100], text[400] = {0};
    snprintf(path, sizeof path, "%s/bound", where);
    double t = load_seconds();
    for (unsigned i = 0; i < n; i++)
        RK_ASSERT(rk_file_write(path, (rk_slice){text, sizeof text}, false, NULL) == RK_OK);
    return n / (load_seconds() - t);
}

/* Each client has a log of its own, since one log cosigns one size after the other. */
static void run_rate(const char *program, unsigned n) {
    enum { MOST = 8 };
    printf("rate: the disk replaces a file durably %.0f times a second\n",
           disk_bound(n / 4 + 1));
    for (unsigned clients = 1; clients <= MOST; clients *= MOST) {
        load_witness w;
        struct rate r[MOST];
        pthread_t thread[MOST];
        char name[16];
        snprintf(name, sizeof name, "rate%u", clients);
        load_witness_new(&w, program, where, name, &log_key);
        for (unsigned i = 0; i < clients; i++) {
            char origin[16], cmd[600];
            snprintf(origin, sizeof origin, "log%u", i);
            r[i] = (struct rate){&w, forked_log_key(origin, RK_KEY_ED25519, (uint8_t)(50 + i)),
                                 n / clients};
            rk_buf key;
            rk_buf_init(&key, 500);
            rk_verifier_put(&r[i].key.verifier, &key);
            snprintf(cmd, sizeof cmd, "%.*s", RK_FMT(rk_buf_slice(&key)));
            rk_buf_free(&key);
            load_witness_add(&w, cmd);
        }
        load_witness_start(&w);
        double t = load_seconds();
        for (unsigned i = 0; i < clients; i++)
            RK_ASSERT(pthread_create(&thread[i], NULL, rate_one, &r[i]) == 0);
        for (unsigned i = 0; i < clients; i++) pthread_join(thread[i], NULL);
        t = load_seconds() - t;
        load_witness_kill(&w, SIGTERM);
        printf("rate: %u client%s: %.0f cosignatures a second (%u)\n", clients,
               clients > 1 ? "s" : "", n / clients * clients / t, n / clients * clients);
        fflush(stdout);
    }
}

int main(int argc, char **argv) {
    unsigned long n = argc == 4 ? strtoul(argv[3], NULL, 10) : 0;
    if (n == 0 || n > 1000000) load_fail("usage: witness_crash kill|race|split|rate PROGRAM N");
    signal(SIGPIPE, SIG_IGN);
    rnd_start(argv[1]);
    log_key = forked_log_key(LOAD_ORIGIN, RK_KEY_ED25519, 1);
    if (!mkdtemp(where)) load_fail("mkdtemp: %s", strerror(errno));
    if (strcmp(argv[1], "kill") == 0)
        run_kill(argv[2], (unsigned)n);
    else if (strcmp(argv[1], "race") == 0)
        run_race(argv[2], (unsigned)n);
    else if (strcmp(argv[1], "split") == 0)
        run_split(argv[2], (unsigned)n);
    else if (strcmp(argv[1], "rate") == 0)
        run_rate(argv[2], (unsigned)n);
    else
        load_fail("usage: witness_crash kill|race|split|rate PROGRAM N");
    return nftw(where, drop, 16, FTW_DEPTH | FTW_PHYS);
}

/* Everybody is asked at once, and whoever names another size once more, at once too. All share
 * one end in time. A witness that has not answered when the quorum is there gets a little
 * longer and is then left: it can only have moved forward, and tells its size next time.
 *
 *   asked -> 200, right ............ OK
 *         -> 409, size s: s > ours . AHEAD
 *                 s = old = ours ... FORK (same size, another root)
 *                 else, once ....... asked again with old = s
 *         -> 422 ................... FORK: our proof is right, so its root at `old` is not ours
 *         -> nothing, 5xx, 429 ..... AWAY
 *         -> anything else ......... REFUSED */
#include "gather/gather.h"

#include "base/mem.h"
#include "base/num.h"
#include "core/witness.h"
#include "outbound/resolve.h"

#include <curl/curl.h>
#include <stdio.h>
#include <time.h>

#define ADD "/add-checkpoint"
#define WAIT_MS 50

struct ask { /* one witness */
    CURL *easy;
    struct curl_slist *headers;
    struct curl_slist *known; /* "host:port:address,...": what is declared is not looked up */
    bool running, again;      /* again: to be asked with what it said */
    unsigned tries;
    char host[256];
    uint16_t port;
    rk_outbound_pass pass;
    uint64_t old;
    rk_buf request, body;
};

struct rk_gatherer {
    const rk_policy *policy;
    CURLM *multi;
    uint64_t known[RK_POLICY_LOGS_MAX]; /* what each has cosigned last */
    struct ask ask[RK_POLICY_LOGS_MAX];
};

/* One call of rk_gather. */
struct round {
    rk_gatherer *g;
    rk_slice note, text;
    rk_checkpoint checkpoint;
    const rk_hash_reader *reader;
    rk_gather_result *out;
    rk_buf line[RK_POLICY_LOGS_MAX];
    uint64_t end_ms;
    uint32_t running, cosigned;
};

static uint64_t now_ms(void) {
    struct timespec t;
    RK_ASSERT(clock_gettime(CLOCK_MONOTONIC, &t) == 0);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

const char *rk_gather_state_name(enum rk_gather_state s) {
    static const char *const names[] = {"unasked", "ok", "away", "refused", "ahead", "fork"};
    return (size_t)s < sizeof names / sizeof *names ? names[s] : "unknown";
}

void rk_gather_result_free(rk_gather_result *r) { rk_buf_free(&r->note); }

/* ---- the gatherer ---- */

static size_t take_body(char *p, size_t size, size_t n, void *ctx) {
    rk_buf *b = ctx;
    rk_buf_add(b, (rk_slice){p, size * n});
    return b->failed ? 0 : size * n; /* 0 ends the transfer */
}

static rk_status make_url(rk_slice prefix, char out[RK_URL_MAX], rk_err *err) {
    if (!rk_slice_starts(prefix, RK_LIT("http://")) &&
        !rk_slice_starts(prefix, RK_LIT("https://")))
        return rk_fail(
            err, RK_BAD_INPUT,
            "the policy's witness URL '%.*s' begins with neither http:// nor https://",
            (int)(prefix.len < 100 ? prefix.len : 100), prefix.ptr);
    if (prefix.len + sizeof ADD > RK_URL_MAX)
        return rk_fail(err, RK_LIMIT, "a witness URL has at most %u bytes", RK_URL_MAX);
    if (prefix.ptr[prefix.len - 1] == '/') prefix.len--;
    (void)snprintf(out, RK_URL_MAX, "%.*s%s", RK_FMT(prefix), ADD);
    return RK_OK;
}

/* Every connection of this program goes through the gate of src/outbound. */
static curl_socket_t open_socket(void *ctx, curlsocktype what, struct curl_sockaddr *a) {
    const struct ask *ask = ctx;
    (void)what;
    int fd = rk_outbound_socket(&ask->pass, a->family, a->socktype, a->protocol, &a->addr,
                                a->addrlen);
    return fd < 0 ? CURL_SOCKET_BAD : fd;
}

/* Host and port of a URL, as the gate wants them. */
static bool take_host(struct ask *a, const char *url) {
    CURLU *u = curl_url();
    char *host = NULL, *port = NULL;
    bool ok = u && curl_url_set(u, CURLUPART_URL, url, 0) == CURLUE_OK &&
              curl_url_get(u, CURLUPART_HOST, &host, 0) == CURLUE_OK &&
              curl_url_get(u, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) == CURLUE_OK;
    uint64_t number = 0;
    rk_slice h = rk_slice_str(host);
    if (h.len > 2 && h.ptr[0] == '[') h = (rk_slice){h.ptr + 1, h.len - 2};
    ok = ok && h.len && h.len < sizeof a->host &&
         rk_num_parse(rk_slice_str(port), UINT16_MAX, &number);
    if (ok) memcpy(a->host, h.ptr, h.len);
    a->port = (uint16_t)number;
    curl_free(host);
    curl_free(port);
    curl_url_cleanup(u);
    return ok;
}

static rk_status prepare(struct ask *a, rk_slice prefix, rk_err *err) {
    char url[RK_URL_MAX];
    RK_TRY(make_url(prefix, url, err));
    if (!take_host(a, url))
        return rk_fail(err, RK_BAD_INPUT, "the policy's witness URL '%.100s' is malformed",
                       url);
    a->easy = curl_easy_init();
    a->headers = curl_slist_append(NULL, "Content-Type: text/plain; charset=utf-8");
    struct curl_slist *both = curl_slist_append(a->headers, "Expect:"); /* no 100-continue */
    RK_ASSERT(a->easy && a->headers && both);
    rk_buf_init(&a->request, RK_WITNESS_REQUEST_MAX);
    rk_buf_init(&a->body, RK_WITNESS_ANSWER_MAX);
    CURL *e = a->easy;
    bool ok =
        curl_easy_setopt(e, CURLOPT_URL, url) == CURLE_OK &&
        curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK &&
        curl_easy_setopt(e, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
        curl_easy_setopt(e, CURLOPT_PROXY, "") == CURLE_OK &&
        curl_easy_setopt(e, CURLOPT_OPENSOCKETFUNCTION, open_socket) == CURLE_OK &&
        curl_easy_setopt(e, CURLOPT_OPENSOCKETDATA, a) == CURLE_OK &&
        curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
        /* giving up on a name that does not resolve must not wait for it */
        curl_easy_setopt(e, CURLOPT_QUICK_EXIT, 1L) == CURLE_OK &&
        curl_easy_setopt(e, CURLOPT_HTTPHEADER, both) == CURLE_OK &&
        curl_easy_setopt(e, CURLOPT_USERAGENT, "rekap") == CURLE_OK &&
        curl_easy_setopt(e, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1) == CURLE_OK &&
        curl_easy_setopt(e, CURLOPT_CONNECTTIMEOUT_MS, (long)RK_GATHER_CONNECT_MS) ==
            CURLE_OK &&
        curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, take_body) == CURLE_OK &&
        curl_easy_setopt(e, CURLOPT_WRITEDATA, &a->body) == CURLE_OK;
    return ok ? RK_OK : rk_fail(err, RK_IO, "the system's libcurl lacks what gathering needs");
}

rk_status rk_gatherer_new(const rk_policy *policy, rk_gatherer **out, rk_err *err) {
    *out = NULL;
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return rk_fail(err, RK_IO, "libcurl cannot be started");
    rk_gatherer *g = rk_alloc(sizeof *g);
    g->policy = policy;
    g->multi = curl_multi_init();
    RK_ASSERT(g->multi);
    rk_status s = RK_OK;
    for (uint32_t i = 0; s == RK_OK && i < policy->n_witness; i++)
        if (policy->witness_url[i].len) s = prepare(&g->ask[i], policy->witness_url[i], err);
    if (s == RK_OK)
        *out = g;
    else
        rk_gatherer_free(&g);
    return s;
}

void rk_gatherer_free(rk_gatherer **gp) {
    rk_gatherer *g = *gp;
    if (!g) return;
    for (uint32_t i = 0; i < RK_POLICY_LOGS_MAX; i++) {
        if (g->ask[i].easy) curl_easy_cleanup(g->ask[i].easy);
        curl_slist_free_all(g->ask[i].headers);
        curl_slist_free_all(g->ask[i].known);
        rk_buf_free(&g->ask[i].request);
        rk_buf_free(&g->ask[i].body);
    }
    (void)curl_multi_cleanup(g->multi);
    rk_free(g);
    curl_global_cleanup();
    *gp = NULL;
}

/* ---- asking ---- */

/* The proof is made from the reader and checked against its own old root: a wrong one would
 * make an honest witness look like a fork. */
static rk_status proof_from(const struct round *r, uint64_t old, rk_merkle_proof *p,
                            rk_err *err) {
    const rk_checkpoint *c = &r->checkpoint;
    rk_sha256 root;
    RK_TRY(rk_merkle_root(old, r->reader, &root, err));
    RK_TRY(rk_merkle_consistency(old, c->size, r->reader, p, err));
    if (rk_merkle_check_consistency(old, &root, c->size, &c->root, p->hash, p->n, NULL) ==
        RK_OK)
        return RK_OK;
    return rk_fail(err, RK_CORRUPT, "the log's hashes do not lead from %llu to %llu entries",
                   (unsigned long long)old, (unsigned long long)c->size);
}

static void say(rk_gather_witness *w, enum rk_gather_state state, const char *text) {
    w->state = state;
    (void)snprintf(w->text, sizeof w->text, "%.*s", (int)sizeof w->text - 1, text);
}

/* What is declared is not looked up. */
static bool from_declaration(struct ask *a, const rk_target *t) {
    rk_buf b;
    rk_buf_init(&b, 4096);
    bool known = rk_outbound_known(t, rk_slice_str(a->host), a->port, &b);
    curl_slist_free_all(a->known);
    a->known = known ? curl_slist_append(NULL, b.ptr) : NULL;
    rk_buf_free(&b);
    return a->known && curl_easy_setopt(a->easy, CURLOPT_RESOLVE, a->known) == CURLE_OK;
}

/* Only checkpoints go to a witness, which are public. */
static bool may_go(struct round *r, uint32_t i) {
    struct ask *a = &r->g->ask[i];
    rk_err why = RK_ERR_INIT;
    rk_use use = {.kind = RK_TARGET_WITNESS, .host = rk_slice_str(a->host), .port = a->port};
    if (rk_outbound_allow(&use, &a->pass, &why) == RK_OK) {
        if (from_declaration(a, a->pass.target) ||
            rk_outbound_may_resolve(use.host, NULL, NULL) == RK_OK)
            return true;
        /* what is said here is shown to all: not which server it would have asked */
        rk_fail(&why, RK_CONFLICT,
                "the name is not looked up: a resolver of this system is not declared; declare "
                "it, or the witness's addresses (docs/format/residency.md)");
    }
    say(&r->out->witness[i], RK_GATHER_REFUSED, why.text);
    return false;
}

static rk_status ask(struct round *r, uint32_t i, rk_err *err) {
    struct ask *a = &r->g->ask[i];
    rk_merkle_proof p;
    a->again = false;
    if (!may_go(r, i)) return RK_OK;
    uint64_t now = now_ms(), left = r->end_ms > now ? r->end_ms - now : 1;
    a->old = r->g->known[i] <= r->checkpoint.size ? r->g->known[i] : 0;
    RK_TRY(proof_from(r, a->old, &p, err));
    rk_buf_clear(&a->request);
    rk_buf_clear(&a->body);
    RK_TRY(rk_witness_request_put(a->old, &p, r->note, &a->request, err));
    (void)curl_easy_setopt(a->easy, CURLOPT_POSTFIELDS, a->request.ptr);
    (void)curl_easy_setopt(a->easy, CURLOPT_POSTFIELDSIZE, (long)a->request.len);
    (void)curl_easy_setopt(a->easy, CURLOPT_TIMEOUT_MS, (long)left);
    RK_ASSERT(curl_multi_add_handle(r->g->multi, a->easy) == CURLM_OK);
    a->running = true;
    a->tries++;
    r->running++;
    return RK_OK;
}

static void stop_asking(struct round *r, uint32_t i) {
    struct ask *a = &r->g->ask[i];
    if (!a->running) return;
    (void)curl_multi_remove_handle(r->g->multi, a->easy);
    a->running = false;
    r->running--;
}

/* ---- answers ---- */

/* 409 with a size: asked once more from there, unless that can lead nowhere. */
static void other_size(struct round *r, uint32_t i, uint64_t size) {
    rk_gather_witness *w = &r->out->witness[i];
    const struct ask *a = &r->g->ask[i];
    char text[sizeof w->text];
    w->size = size;
    r->g->known[i] = size;
    if (size > r->checkpoint.size) {
        (void)snprintf(text, sizeof text,
                       "has cosigned %llu entries of this log, here are %llu",
                       (unsigned long long)size, (unsigned long long)r->checkpoint.size);
        say(w, RK_GATHER_AHEAD, text);
    } else if (size == a->old && size == r->checkpoint.size) {
        (void)snprintf(text, sizeof text, "has cosigned another tree of %llu entries",
                       (unsigned long long)size);
        say(w, RK_GATHER_FORK, text);
    } else if (a->tries == 1 && size != a->old) {
        r->g->ask[i].again = true;
    } else {
        say(w, RK_GATHER_REFUSED, "contradicts itself about what it has cosigned");
    }
}

static void bad_proof(struct round *r, uint32_t i) {
    char text[200];
    uint64_t old = r->g->ask[i].old;
    (void)snprintf(text, sizeof text, "has cosigned %llu entries that do not begin this tree",
                   (unsigned long long)old);
    r->out->witness[i].size = old;
    if (old == 0) /* from nothing there is no proof that could be wrong */
        say(&r->out->witness[i], RK_GATHER_REFUSED, "refuses the empty proof");
    else
        say(&r->out->witness[i], RK_GATHER_FORK, text);
}

static void cosigned(struct round *r, uint32_t i, const rk_witness_answer *a) {
    rk_gather_witness *w = &r->out->witness[i];
    rk_buf_add(&r->line[i], a->line);
    r->g->known[i] = w->size = r->checkpoint.size;
    w->time = a->time;
    w->state = RK_GATHER_OK;
    r->cosigned |= (uint32_t)1 << i;
}

static void answered(struct round *r, uint32_t i) {
    struct ask *a = &r->g->ask[i];
    rk_gather_witness *w = &r->out->witness[i];
    rk_witness_answer answer;
    rk_err why = RK_ERR_INIT;
    const char *type = NULL;
    long status = 0;
    (void)curl_easy_getinfo(a->easy, CURLINFO_RESPONSE_CODE, &status);
    (void)curl_easy_getinfo(a->easy, CURLINFO_CONTENT_TYPE, &type);
    w->status = (unsigned)status;
    rk_status s = rk_witness_answer_read(w->status, rk_slice_str(type), rk_buf_slice(&a->body),
                                         r->text, &r->g->policy->witness[i], &answer, &why);
    if (s == RK_OK)
        cosigned(r, i, &answer);
    else if (s == RK_CONFLICT)
        other_size(r, i, answer.size);
    else if (status == RK_WITNESS_BAD_PROOF)
        bad_proof(r, i);
    else
        say(w, status >= 500 || status == 429 ? RK_GATHER_AWAY : RK_GATHER_REFUSED, why.text);
}

static uint32_t whose(const rk_gatherer *g, const CURL *easy) {
    uint32_t i = 0;
    while (g->ask[i].easy != easy) RK_ASSERT(++i < RK_POLICY_LOGS_MAX);
    return i;
}

static void collect(struct round *r) {
    int left;
    for (CURLMsg *m; (m = curl_multi_info_read(r->g->multi, &left)) != NULL;) {
        if (m->msg != CURLMSG_DONE) continue;
        uint32_t i = whose(r->g, m->easy_handle);
        CURLcode code = m->data.result; /* m is gone after the handle is */
        stop_asking(r, i);
        if (code == CURLE_OK)
            answered(r, i);
        else
            say(&r->out->witness[i],
                r->g->ask[i].body.failed ? RK_GATHER_REFUSED : RK_GATHER_AWAY,
                r->g->ask[i].body.failed ? "answers without end" : curl_easy_strerror(code));
    }
}

static rk_status ask_again(struct round *r, rk_err *err) {
    for (uint32_t i = 0; i < r->out->n; i++)
        if (r->g->ask[i].again) RK_TRY(ask(r, i, err));
    return RK_OK;
}

/* Until everybody has answered, the time is over, or the quorum has been there for a while. */
static rk_status listen_to_all(struct round *r, rk_err *err) {
    uint64_t quorum_ms = 0;
    while (r->running) {
        int still;
        RK_ASSERT(curl_multi_perform(r->g->multi, &still) == CURLM_OK);
        collect(r);
        RK_TRY(ask_again(r, err));
        uint64_t now = now_ms();
        if (!quorum_ms && rk_policy_quorum(r->g->policy, r->cosigned)) quorum_ms = now;
        bool enough = quorum_ms && now - quorum_ms >= RK_GATHER_PATIENCE_MS;
        if (r->running == 0 || enough || now >= r->end_ms) break;
        (void)curl_multi_poll(r->g->multi, NULL, 0, WAIT_MS, NULL);
    }
    return RK_OK;
}

static rk_status ask_everybody(struct round *r, rk_err *err) {
    rk_status s = RK_OK;
    for (uint32_t i = 0; s == RK_OK && i < r->out->n; i++) {
        r->g->ask[i].tries = 0;
        if (r->g->ask[i].easy) s = ask(r, i, err);
    }
    if (s == RK_OK) s = listen_to_all(r, err);
    for (uint32_t i = 0; i < r->out->n; i++) {
        r->g->ask[i].again = false;
        if (!r->g->ask[i].running) continue;
        stop_asking(r, i);
        say(&r->out->witness[i], RK_GATHER_AWAY, "has not answered in time");
    }
    return s;
}

/* ---- the result ---- */

static uint32_t witness_of(const rk_policy *p, const rk_note_sig *s) {
    uint32_t i = 0;
    while (i < p->n_witness && (p->witness[i].id != s->id ||
                                !rk_slice_eq(rk_verifier_name(&p->witness[i]), s->name)))
        i++;
    return i;
}

/* The note with new cosignatures in place of old ones of the same witness. */
static rk_status write_note(struct round *r, const rk_note *note, rk_err *err) {
    rk_gather_result *out = r->out;
    uint32_t n = 0, old = 0;
    rk_note_begin(note->text, &out->note);
    for (uint32_t k = 0; k < note->n_sig; k++) {
        uint32_t i = witness_of(r->g->policy, &note->sig[k]);
        if (i < out->n && (r->cosigned >> i & 1)) continue;
        rk_buf_add(&out->note, note->sig[k].line);
        if (i < out->n) old |= (uint32_t)1 << i;
        n++;
    }
    for (uint32_t i = 0; i < out->n; i++) {
        if (!(r->cosigned >> i & 1)) continue;
        if (n == RK_NOTE_SIGNATURES_MAX) {
            say(&out->witness[i], RK_GATHER_REFUSED, "no room for its cosignature on the note");
            r->cosigned &= ~((uint32_t)1 << i);
            continue;
        }
        rk_buf_add(&out->note, rk_buf_slice(&r->line[i]));
        n++;
    }
    out->cosigned = r->cosigned | old;
    out->quorum = rk_policy_quorum(r->g->policy, out->cosigned);
    return out->note.failed ? rk_fail(err, RK_LIMIT, "the cosigned checkpoint is too long")
                            : RK_OK;
}

static rk_status judge(const struct round *r, rk_err *err) {
    for (uint32_t i = 0; i < r->out->n; i++) {
        const rk_gather_witness *w = &r->out->witness[i];
        if (w->state == RK_GATHER_AHEAD || w->state == RK_GATHER_FORK)
            return rk_fail(err, RK_CONFLICT,
                           "witness %.*s %s: sign nothing more before it is known why (an old "
                           "backup put back? two writers?)",
                           RK_FMT(rk_verifier_name(&r->g->policy->witness[i])), w->text);
    }
    return RK_OK;
}

/* Is this the log's checkpoint, and are these its hashes? */
static rk_status check(struct round *r, rk_note *note, rk_err *err) {
    rk_policy_verdict v;
    rk_sha256 root;
    rk_err why = RK_ERR_INIT;
    rk_status s = rk_policy_check(r->g->policy, r->note, &r->checkpoint, &v, &why);
    if (s != RK_OK && !(s == RK_NOT_FOUND && v.logs))
        return rk_fail(err, why.code, "%s", why.text);
    RK_TRY(rk_note_parse(r->note, note, err));
    r->text = note->text;
    RK_TRY(rk_merkle_root(r->checkpoint.size, r->reader, &root, err));
    if (rk_merkle_eq(&root, &r->checkpoint.root)) return RK_OK;
    return rk_fail(err, RK_CORRUPT,
                   "the log's hashes do not lead to the root of its checkpoint");
}

rk_status rk_gather(rk_gatherer *g, rk_slice checkpoint, const rk_hash_reader *reader,
                    rk_gather_result *out, rk_err *err) {
    struct round r = {.g = g, .note = checkpoint, .reader = reader, .out = out};
    rk_note note;
    *out = (rk_gather_result){.n = g->policy->n_witness};
    rk_buf_init(&out->note, RK_NOTE_MAX);
    for (uint32_t i = 0; i < out->n; i++) rk_buf_init(&r.line[i], RK_WITNESS_ANSWER_MAX);
    r.end_ms = now_ms() + RK_GATHER_TOTAL_MS;
    rk_status s = check(&r, &note, err);
    if (s == RK_OK) s = ask_everybody(&r, err);
    if (s == RK_OK) s = write_note(&r, &note, err);
    for (uint32_t i = 0; i < out->n; i++) rk_buf_free(&r.line[i]);
    return s == RK_OK ? judge(&r, err) : s;
}

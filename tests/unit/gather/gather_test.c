/* Gathering from witnesses that behave in every way there is. Each is a thread with a socket
 * that speaks just enough HTTP; honest ones decide as the real one does. */
#include "forked_log.h"

#include "gather/gather.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define ORIGIN "pemilu2024"

enum kind {
    HONEST,
    SILENT,     /* takes the connection, says nothing */
    CLOSED,     /* nobody listens */
    BROKEN,     /* status 500 */
    GARBAGE,    /* no HTTP */
    ENDLESS,    /* an answer without end */
    REDIRECT,   /* points elsewhere */
    WRONG_KEY,  /* cosigns with a key that is not its own */
    WRONG_TEXT, /* cosigns something else */
    LOOPING,    /* another size each time */
    STUBBORN,   /* 409 with the very size that was said */
    NOT_HERE,   /* 404 */
};

struct witness {
    enum kind kind;
    rk_signer signer;
    rk_verifier log_key;
    rk_witness_log log;
    int fd;
    unsigned port, asked;
    volatile bool end;
    pthread_t thread;
};

static rk_signer log_key;
static const char *const NAMES[3] = {"a.example", "b.example", "c.example"};

/* ---- a witness ---- */

static void put(int fd, const char *p, size_t n) {
    while (n) {
        ssize_t k = send(fd, p, n, MSG_NOSIGNAL);
        if (k <= 0) return;
        p += k, n -= (size_t)k;
    }
}

static void answer(int fd, unsigned status, const char *type, rk_slice body) {
    char head[300];
    int n = snprintf(
        head, sizeof head, "HTTP/1.1 %u x\r\nContent-Type: %s\r\nContent-Length: %zu\r\n%s\r\n",
        status, type, body.len, status == 302 ? "Location: http://127.0.0.1:1/\r\n" : "");
    put(fd, head, (size_t)n);
    put(fd, body.ptr, body.len);
}

static void answer_size(int fd, uint64_t size) {
    char text[32];
    int n = snprintf(text, sizeof text, "%llu\n", (unsigned long long)size);
    answer(fd, 409, RK_WITNESS_SIZE_TYPE, (rk_slice){text, (size_t)n});
}

static void honest(struct witness *w, int fd, rk_slice request) {
    rk_witness_verdict v;
    rk_signer other = forked_log_key("other.example", RK_KEY_COSIGN, 99);
    rk_buf line;
    w->log.key = &w->log_key;
    rk_witness_decide(&w->log, 1, request, &v, NULL);
    if (v.status == RK_WITNESS_STALE) {
        answer_size(fd, v.size);
        return;
    }
    if (v.status != RK_WITNESS_COSIGNED) {
        answer(fd, v.status, "text/plain", RK_LIT("no\n"));
        return;
    }
    w->log.size = v.checkpoint.size;
    w->log.root = v.checkpoint.root;
    rk_buf_init(&line, 4000);
    rk_slice text = w->kind == WRONG_TEXT ? RK_LIT("else\n") : v.note.text;
    RK_ASSERT(rk_note_sign(text, w->kind == WRONG_KEY ? &other : &w->signer, 1707912000, &line,
                           NULL) == RK_OK);
    answer(fd, 200, "text/plain", rk_buf_slice(&line));
    rk_buf_free(&line);
}

static void reply(struct witness *w, int fd, rk_slice request) {
    rk_witness_request r;
    static char filler[4096];
    w->asked++;
    switch (w->kind) {
    case SILENT:
        while (!w->end) usleep(10000);
        return;
    case BROKEN:
        answer(fd, 500, "text/plain", RK_LIT("sorry\n"));
        return;
    case NOT_HERE:
        answer(fd, 404, "text/plain", RK_LIT("who?\n"));
        return;
    case REDIRECT:
        answer(fd, 302, "text/plain", RK_LIT(""));
        return;
    case GARBAGE:
        put(fd, "\x01\x02garbage\n\n", 11);
        return;
    case ENDLESS:
        memset(filler, 'x', sizeof filler);
        put(fd, "HTTP/1.1 200 x\r\n\r\n", 18);
        for (int i = 0; i < 2000; i++) put(fd, filler, sizeof filler);
        return;
    case LOOPING:
        answer_size(fd, 1 + w->asked % 3);
        return;
    case STUBBORN:
        RK_ASSERT(rk_witness_request_parse(request, &r, NULL) == RK_OK);
        answer_size(fd, r.old);
        return;
    default:
        honest(w, fd, request);
    }
}

/* One request a connection: reads until the announced length is there. */
static void serve_one(struct witness *w, int fd) {
    static _Thread_local char in[1 << 16];
    size_t n = 0;
    for (;;) {
        ssize_t k = recv(fd, in + n, sizeof in - 1 - n, 0);
        if (k <= 0) return;
        n += (size_t)k;
        in[n] = '\0';
        char *body = strstr(in, "\r\n\r\n"), *length = strcasestr(in, "content-length:");
        if (!body || !length) continue;
        size_t want = strtoul(length + 15, NULL, 10), have = n - (size_t)(body + 4 - in);
        if (have < want) continue;
        reply(w, fd, (rk_slice){body + 4, want});
        return;
    }
}

static void *run(void *arg) {
    struct witness *w = arg;
    while (!w->end) {
        int fd = accept(w->fd, NULL, NULL);
        if (fd < 0) break;
        serve_one(w, fd);
        close(fd);
    }
    return NULL;
}

static void start(struct witness *w, enum kind kind, int i) {
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t n = sizeof a;
    *w = (struct witness){.kind = kind, .log_key = log_key.verifier};
    w->signer = forked_log_key(NAMES[i], RK_KEY_COSIGN, (uint8_t)(20 + i));
    w->log = (rk_witness_log){.origin = RK_LIT(ORIGIN), .n_key = 1};
    w->fd = socket(AF_INET, SOCK_STREAM, 0);
    RK_ASSERT(bind(w->fd, (struct sockaddr *)&a, sizeof a) == 0 && listen(w->fd, 16) == 0);
    RK_ASSERT(getsockname(w->fd, (struct sockaddr *)&a, &n) == 0);
    w->port = ntohs(a.sin_port);
    if (kind == CLOSED)
        close(w->fd);
    else
        RK_ASSERT(pthread_create(&w->thread, NULL, run, w) == 0);
}

static void stop(struct witness *w) {
    w->end = true;
    if (w->kind == CLOSED) return;
    shutdown(w->fd, SHUT_RDWR);
    pthread_join(w->thread, NULL);
    close(w->fd);
}

/* ---- a log with three of them ---- */

struct scene {
    struct witness w[3];
    forked_log *log;
    rk_policy *policy;
    rk_gatherer *g;
    rk_gather_result r;
    double seconds;
};

static struct scene *scene(enum kind a, enum kind b, enum kind c) {
    struct scene *s = rk_alloc(sizeof *s);
    const enum kind kind[3] = {a, b, c};
    rk_buf file;
    rk_buf_init(&file, RK_POLICY_MAX);
    rk_buf_lit(&file, "log ");
    rk_verifier_put(&log_key.verifier, &file);
    for (int i = 0; i < 3; i++) {
        start(&s->w[i], kind[i], i);
        rk_buf_printf(&file, "\nwitness w%d ", i);
        rk_verifier_put(&s->w[i].signer.verifier, &file);
        rk_buf_printf(&file, " http://127.0.0.1:%u/%s", s->w[i].port, i == 1 ? "x/" : "");
    }
    rk_buf_lit(&file, "\ngroup g 2 w0 w1 w2\nquorum g\n");
    assert_int_equal(rk_policy_parse(rk_buf_slice(&file), &s->policy, NULL), RK_OK);
    assert_int_equal(rk_gatherer_new(s->policy, &s->g, NULL), RK_OK);
    s->log = forked_log_new(256);
    rk_buf_free(&file);
    return s;
}

static void scene_end(struct scene *s) {
    rk_gather_result_free(&s->r);
    rk_gatherer_free(&s->g);
    for (int i = 0; i < 3; i++) stop(&s->w[i]);
    rk_policy_free(&s->policy);
    forked_log_free(s->log);
    rk_free(s);
}

static rk_status gather(struct scene *s, uint64_t size) {
    rk_buf note;
    rk_err err = RK_ERR_INIT;
    struct timespec a, b;
    rk_hash_reader r = forked_log_reader(s->log);
    forked_log_note(s->log, size, &log_key, &note);
    rk_gather_result_free(&s->r);
    clock_gettime(CLOCK_MONOTONIC, &a);
    rk_status st = rk_gather(s->g, rk_buf_slice(&note), &r, &s->r, &err);
    clock_gettime(CLOCK_MONOTONIC, &b);
    s->seconds = (double)(b.tv_sec - a.tv_sec) + (double)(b.tv_nsec - a.tv_nsec) / 1e9;
    assert_true((st == RK_OK) == (err.text[0] == '\0'));
    if (st != RK_CONFLICT && st != RK_OK) fail_msg("%s", err.text);
    /* whatever they answered: what comes out is a note that the policy can judge */
    rk_checkpoint c;
    rk_policy_verdict v;
    rk_status judged = rk_policy_check(s->policy, rk_buf_slice(&s->r.note), &c, &v, NULL);
    assert_int_equal(judged, s->r.quorum ? RK_OK : RK_NOT_FOUND);
    assert_int_equal(v.witnesses, s->r.cosigned);
    rk_buf_free(&note);
    return st;
}

static void states(const struct scene *s, enum rk_gather_state a, enum rk_gather_state b,
                   enum rk_gather_state c) {
    const enum rk_gather_state want[3] = {a, b, c};
    for (int i = 0; i < 3; i++) {
        const rk_gather_witness *w = &s->r.witness[i];
        if (w->state != want[i])
            fail_msg("witness %d: %s (%s), not %s", i, rk_gather_state_name(w->state), w->text,
                     rk_gather_state_name(want[i]));
        assert_true((w->state == RK_GATHER_OK) == (w->text[0] == '\0'));
    }
}

/* ---- tests ---- */

static void all_there(void **state) {
    (void)state;
    struct scene *s = scene(HONEST, HONEST, HONEST);
    for (uint64_t size = 0; size <= 100; size += 20) {
        forked_log_grow(s->log, size, 1);
        assert_int_equal(gather(s, size), RK_OK);
        states(s, RK_GATHER_OK, RK_GATHER_OK, RK_GATHER_OK);
        assert_int_equal(s->r.cosigned, 7);
        assert_true(s->r.quorum && s->r.witness[0].time == 1707912000);
    }
    assert_int_equal(s->w[0].asked, 6); /* what they know is remembered: one request each */
    rk_gatherer_free(&s->g);            /* forgotten: one round more, nothing else */
    assert_int_equal(rk_gatherer_new(s->policy, &s->g, NULL), RK_OK);
    forked_log_grow(s->log, 130, 1);
    assert_int_equal(gather(s, 130), RK_OK);
    states(s, RK_GATHER_OK, RK_GATHER_OK, RK_GATHER_OK);
    assert_int_equal(s->w[0].asked, 8);
    scene_end(s);
}

/* One is away in some way: the other two are enough, and nobody waits long. */
static void one_away(void **state) {
    (void)state;
    static const struct {
        enum kind kind;
        enum rk_gather_state state;
    } t[] = {{SILENT, RK_GATHER_AWAY},       {CLOSED, RK_GATHER_AWAY},
             {BROKEN, RK_GATHER_AWAY},       {GARBAGE, RK_GATHER_AWAY},
             {ENDLESS, RK_GATHER_REFUSED},   {REDIRECT, RK_GATHER_REFUSED},
             {WRONG_KEY, RK_GATHER_REFUSED}, {WRONG_TEXT, RK_GATHER_REFUSED},
             {LOOPING, RK_GATHER_REFUSED},   {STUBBORN, RK_GATHER_REFUSED},
             {NOT_HERE, RK_GATHER_REFUSED}};
    for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
        struct scene *s = scene(HONEST, t[i].kind, HONEST);
        forked_log_grow(s->log, 50, 1);
        assert_int_equal(gather(s, 50), RK_OK);
        states(s, RK_GATHER_OK, t[i].state, RK_GATHER_OK);
        assert_true(s->r.quorum && s->r.cosigned == 5);
        assert_true(s->seconds < 1.5);
        scene_end(s);
    }
}

/* No quorum: the time is bounded, the checkpoint comes back with what there is. */
static void two_away(void **state) {
    (void)state;
    struct scene *s = scene(HONEST, SILENT, CLOSED);
    forked_log_grow(s->log, 50, 1);
    assert_int_equal(gather(s, 50), RK_OK);
    states(s, RK_GATHER_OK, RK_GATHER_AWAY, RK_GATHER_AWAY);
    assert_true(!s->r.quorum && s->r.cosigned == 1);
    assert_true(s->seconds > 4.5 && s->seconds < 6.5);
    scene_end(s);
}

/* A log that lost its newest entries, and one that has another history: both must be noticed,
 * and told apart. */
static void ahead_and_fork(void **state) {
    (void)state;
    struct scene *s = scene(HONEST, HONEST, CLOSED);
    forked_log *other = forked_log_new(256);
    forked_log_grow(s->log, 80, 1);
    assert_int_equal(gather(s, 80), RK_OK);
    assert_int_equal(gather(s, 70), RK_CONFLICT); /* an old backup */
    states(s, RK_GATHER_AHEAD, RK_GATHER_AHEAD, RK_GATHER_AWAY);
    assert_int_equal(s->r.witness[0].size, 80);
    assert_true(!s->r.quorum && s->r.cosigned == 0);
    assert_int_equal(gather(s, 80), RK_OK); /* all is well again */

    forked_log_copy(other, s->log, 60);
    forked_log_grow(other, 120, 2);
    forked_log *mine = s->log;
    s->log = other;
    static const uint64_t size[] = {80, 81, 120};
    for (int fresh = 0; fresh < 2; fresh++)
        for (size_t i = 0; i < 3; i++) {
            if (fresh) rk_gatherer_free(&s->g); /* also without knowing what they have */
            if (fresh) assert_int_equal(rk_gatherer_new(s->policy, &s->g, NULL), RK_OK);
            assert_int_equal(gather(s, size[i]), RK_CONFLICT);
            states(s, RK_GATHER_FORK, RK_GATHER_FORK, RK_GATHER_AWAY);
            assert_true(!s->r.quorum && s->r.cosigned == 0);
        }
    s->log = mine;
    forked_log_grow(s->log, 90, 1);
    assert_int_equal(gather(s, 90), RK_OK);
    forked_log_free(other);
    scene_end(s);
}

/* Cosignatures that are there already: kept where their witness is away, renewed where not. */
static void again(void **state) {
    (void)state;
    struct scene *s = scene(HONEST, HONEST, HONEST);
    rk_hash_reader r = forked_log_reader(s->log);
    rk_buf note;
    forked_log_grow(s->log, 40, 1);
    assert_int_equal(gather(s, 40), RK_OK);
    rk_buf_init(&note, RK_NOTE_MAX);
    rk_buf_add(&note, rk_buf_slice(&s->r.note));
    s->w[1].kind = BROKEN;
    rk_gather_result_free(&s->r);
    assert_int_equal(rk_gather(s->g, rk_buf_slice(&note), &r, &s->r, NULL), RK_OK);
    states(s, RK_GATHER_OK, RK_GATHER_AWAY, RK_GATHER_OK);
    assert_true(s->r.cosigned == 7 && s->r.quorum && s->r.note.len == note.len);
    rk_buf_free(&note);
    scene_end(s);
}

/* What is no checkpoint of the log, or not that of these hashes, is not sent to anybody. */
static void not_sent(void **state) {
    (void)state;
    struct scene *s = scene(HONEST, HONEST, HONEST);
    rk_signer stranger = forked_log_key(ORIGIN, RK_KEY_ED25519, 77);
    rk_hash_reader r = forked_log_reader(s->log);
    rk_buf note;
    forked_log_grow(s->log, 40, 1);
    forked_log_note(s->log, 40, &stranger, &note);
    assert_int_equal(rk_gather(s->g, rk_buf_slice(&note), &r, &s->r, NULL), RK_NOT_FOUND);
    rk_buf_free(&note);
    rk_gather_result_free(&s->r);
    assert_int_equal(rk_gather(s->g, RK_LIT("x\n"), &r, &s->r, NULL), RK_BAD_INPUT);
    rk_gather_result_free(&s->r);
    forked_log *other = forked_log_new(64);
    forked_log_grow(other, 40, 2);
    forked_log_note(other, 40, &log_key, &note);
    assert_int_equal(rk_gather(s->g, rk_buf_slice(&note), &r, &s->r, NULL), RK_CORRUPT);
    for (int i = 0; i < 3; i++) assert_int_equal(s->w[i].asked, 0);
    rk_buf_free(&note);
    forked_log_free(other);
    scene_end(s);
}

static void urls(void **state) {
    (void)state;
    static const char *const bad[] = {"file:///etc/passwd", "ftp://x/", "gopher://x/", "x",
                                      "//127.0.0.1/",       "HTTP://x/"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        rk_signer w = forked_log_key("a.example", RK_KEY_COSIGN, 5);
        rk_policy *p;
        rk_gatherer *g;
        rk_buf b;
        rk_err err = RK_ERR_INIT;
        rk_buf_init(&b, 4000);
        rk_buf_lit(&b, "witness w ");
        rk_verifier_put(&w.verifier, &b);
        rk_buf_printf(&b, " %s\nquorum w\n", bad[i]);
        assert_int_equal(rk_policy_parse(rk_buf_slice(&b), &p, NULL), RK_OK);
        assert_int_equal(rk_gatherer_new(p, &g, &err), RK_BAD_INPUT);
        assert_true(strstr(err.text, "https://") && !g);
        rk_policy_free(&p);
        rk_buf_free(&b);
    }
}

/* A witness on another machine that no declaration of residency names is not asked. */
static void undeclared(void **state) {
    (void)state;
    rk_signer w = forked_log_key("a.example", RK_KEY_COSIGN, 5);
    forked_log *l = forked_log_new(8);
    rk_hash_reader r = forked_log_reader(l);
    rk_policy *p;
    rk_gatherer *g;
    rk_gather_result out;
    rk_buf b, note;
    forked_log_grow(l, 5, 1);
    forked_log_note(l, 5, &log_key, &note);
    rk_buf_init(&b, 4000);
    rk_buf_lit(&b, "log ");
    rk_verifier_put(&log_key.verifier, &b);
    rk_buf_lit(&b, "\nwitness w ");
    rk_verifier_put(&w.verifier, &b);
    rk_buf_lit(&b, " http://192.0.2.1:8090\nquorum w\n");
    assert_int_equal(rk_policy_parse(rk_buf_slice(&b), &p, NULL), RK_OK);
    assert_int_equal(rk_gatherer_new(p, &g, NULL), RK_OK);
    assert_int_equal(rk_gather(g, rk_buf_slice(&note), &r, &out, NULL), RK_OK);
    assert_int_equal(out.witness[0].state, RK_GATHER_REFUSED);
    assert_non_null(strstr(out.witness[0].text, "S01"));
    assert_false(out.quorum);
    rk_gather_result_free(&out);
    rk_gatherer_free(&g);
    rk_policy_free(&p);
    rk_buf_free(&b), rk_buf_free(&note);
    forked_log_free(l);
}

int main(void) {
    unsetenv("http_proxy"), unsetenv("all_proxy"), unsetenv("ALL_PROXY");
    log_key = forked_log_key(ORIGIN, RK_KEY_ED25519, 1);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_there), cmocka_unit_test(one_away),
        cmocka_unit_test(two_away),  cmocka_unit_test(ahead_and_fork),
        cmocka_unit_test(again),     cmocka_unit_test(not_sent),
        cmocka_unit_test(urls),      cmocka_unit_test(undeclared)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

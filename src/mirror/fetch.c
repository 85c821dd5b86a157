/* One slot a transfer. A transfer has a sink, either memory or a file, and a number of tries
 * that is set back whenever bytes came: a line that breaks every megabyte still brings the file
 * home, a server that says nothing is given up.
 *
 *   start -> 200: from the beginning; 206 at the right place: going on; 416: anew
 *         -> cut off, 408, 429, 5xx: waits, then start again
 *         -> 3xx within the server: start there
 *         -> anything else: over */
#include "mirror/fetch.h"

#include "base/limits.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/sha256_stream.h"
#include "outbound/resolve.h"

#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    URL_MAX = 8192, /* every byte of a path may become three */
    REDIRECTS_MAX = 3,
    CONNECT_SECONDS = 30,
    STILL_SECONDS = 60, /* a transfer below STILL_BYTES a second for so long is cut off */
    STILL_BYTES = 100,
    ALL_TRIES_MAX = 200,
    PIECE = 1 << 18
};

enum slot_state { FREE, WAITING, RUNNING, DONE };

struct slot {
    enum slot_state state;
    rk_fetcher *f;
    CURL *easy;
    rk_fetch_file file;
    char path[RK_URL_MAX + 1]; /* copy of file.path, for messages */
    rk_buf *memory;            /* NULL: a file */
    int fd;
    rk_sha256_stream sha;
    uint64_t have, asked_from; /* bytes there; where this request goes on */
    uint64_t wait_until_ms;
    unsigned tries, all_tries, redirects;
    bool anew; /* begun from nothing in this run: a wrong hash is final */
    bool too_long, wrong_part, began;
    int disk_failed; /* errno */
    char url[URL_MAX];
    rk_status result;
    rk_err err;
};

struct rk_fetcher {
    rk_fetch_options o;
    char base[2048];
    size_t base_len, origin_len;
    rk_outbound_pass pass;
    struct curl_slist *known; /* addresses that are declared: nobody is asked for them */
    CURLM *multi;
    struct slot slot[RK_MIRROR_PARALLEL_MAX];
    uint64_t end_ms, pause_until_ms;
    rk_fetch_counts counts;
};

static uint64_t now_ms(void) {
    struct timespec t;
    RK_ASSERT(clock_gettime(CLOCK_MONOTONIC, &t) == 0);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* ===== addresses ===== */

bool rk_fetch_host(const char *url, char host[256], uint16_t *port) {
    CURLU *u = curl_url();
    char *h = NULL, *p = NULL;
    uint64_t number = 0;
    bool ok = u && curl_url_set(u, CURLUPART_URL, url, 0) == CURLUE_OK &&
              curl_url_get(u, CURLUPART_HOST, &h, 0) == CURLUE_OK &&
              curl_url_get(u, CURLUPART_PORT, &p, CURLU_DEFAULT_PORT) == CURLUE_OK;
    rk_slice s = rk_slice_str(h ? h : "");
    if (s.len > 2 && s.ptr[0] == '[') s = (rk_slice){s.ptr + 1, s.len - 2};
    ok = ok && s.len && s.len < 256 && rk_num_parse(rk_slice_str(p), UINT16_MAX, &number);
    if (ok) memcpy(host, s.ptr, s.len), host[s.len] = 0, *port = (uint16_t)number;
    curl_free(h);
    curl_free(p);
    curl_url_cleanup(u);
    return ok;
}

/* ===== where bytes go ===== */

static bool write_all(int fd, const char *p, size_t n) {
    while (n) {
        ssize_t k = write(fd, p, n);
        if (k < 0 && errno == EINTR) continue;
        if (k < 0) return false;
        p += k, n -= (size_t)k;
    }
    return true;
}

/* Begins the file again. */
static bool empty(struct slot *s) {
    s->have = 0;
    rk_sha256_begin(&s->sha);
    if (s->memory) {
        rk_buf_clear(s->memory);
        return true;
    }
    return ftruncate(s->fd, 0) == 0 && lseek(s->fd, 0, SEEK_SET) == 0;
}

/* What a run before this one left of it. */
static bool take_part(struct slot *s) {
    char *piece = rk_alloc(PIECE);
    ssize_t n;
    s->have = 0;
    rk_sha256_begin(&s->sha);
    while ((n = read(s->fd, piece, PIECE)) != 0) {
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) break;
        rk_sha256_add(&s->sha, (rk_slice){piece, (size_t)n});
        s->have += (uint64_t)n;
        if (s->have > s->file.max) break;
    }
    rk_free(piece);
    s->anew = s->have == 0;
    if (n == 0) return true;
    s->anew = true;
    return empty(s);
}

static bool is_whole(const struct slot *s) {
    rk_sha256_stream copy = s->sha;
    rk_sha256 h = rk_sha256_end(&copy);
    return s->file.want && memcmp(&h, s->file.want, sizeof h) == 0;
}

/* The first bytes of an answer: do they go on where we stopped? */
static bool begins_right(struct slot *s, long status) {
    if (status == 200 && s->have) {
        s->anew = true;
        if (!empty(s)) return s->disk_failed = errno, false;
    }
    if (status == 206) {
        struct curl_header *h = NULL;
        char want[40];
        int n = snprintf(want, sizeof want, "bytes %llu-", (unsigned long long)s->have);
        if (curl_easy_header(s->easy, "Content-Range", 0, CURLH_HEADER, -1, &h) != CURLHE_OK ||
            strncmp(h->value, want, (size_t)n) != 0)
            return s->wrong_part = true, false;
    }
    return true;
}

static size_t take(char *p, size_t size, size_t n, void *ctx) {
    struct slot *s = ctx;
    long status = 0;
    n *= size;
    s->f->counts.bytes += n;
    curl_easy_getinfo(s->easy, CURLINFO_RESPONSE_CODE, &status);
    if (status != 200 && status != 206) return n; /* the text of an error: not wanted */
    if (!s->began && !begins_right(s, status)) return 0;
    s->began = true;
    if (n > s->file.max - s->have) return s->too_long = true, 0;
    if (s->memory) {
        rk_buf_add(s->memory, (rk_slice){p, n});
    } else {
        rk_sha256_add(&s->sha, (rk_slice){p, n});
        if (!write_all(s->fd, p, n)) return s->disk_failed = errno, 0;
    }
    s->have += n;
    s->tries = 0; /* it goes on */
    return n;
}

/* An error's text without end is no reason to listen to it. */
static int watch(void *ctx, curl_off_t total, curl_off_t got, curl_off_t a, curl_off_t b) {
    struct slot *s = ctx;
    (void)total, (void)a, (void)b;
    return !s->began && got > (curl_off_t)RK_RELEASE_NOTE_MAX;
}

/* ===== one transfer ===== */

static curl_socket_t open_socket(void *ctx, curlsocktype what, struct curl_sockaddr *a) {
    const rk_fetcher *f = ctx;
    (void)what;
    int fd =
        rk_outbound_socket(&f->pass, a->family, a->socktype, a->protocol, &a->addr, a->addrlen);
    return fd < 0 ? CURL_SOCKET_BAD : fd;
}

static void over(struct slot *s, rk_status result) {
    s->state = DONE;
    s->result = result;
    if (s->fd >= 0) (void)close(s->fd);
    s->fd = -1;
}

static void start(struct slot *s) {
    char range[32];
    if (s->have && !s->file.want && !empty(s)) { /* nothing says that it is the same file */
        over(s, rk_fail(&s->err, RK_IO, "%s: %s", s->file.part, strerror(errno)));
        return;
    }
    s->too_long = s->wrong_part = s->began = false;
    s->disk_failed = 0;
    s->asked_from = s->have;
    snprintf(range, sizeof range, "%llu-", (unsigned long long)s->have);
    CURL *e = s->easy;
    curl_easy_reset(e);
    bool ok =
        curl_easy_setopt(e, CURLOPT_URL, s->url) == CURLE_OK &&
        curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK &&
        curl_easy_setopt(e, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
        curl_easy_setopt(e, CURLOPT_PROXY, "") == CURLE_OK &&
        curl_easy_setopt(e, CURLOPT_OPENSOCKETFUNCTION, open_socket) == CURLE_OK &&
        curl_easy_setopt(e, CURLOPT_OPENSOCKETDATA, s->f) == CURLE_OK &&
        curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, take) == CURLE_OK &&
        curl_easy_setopt(e, CURLOPT_WRITEDATA, s) == CURLE_OK &&
        curl_easy_setopt(e, CURLOPT_XFERINFOFUNCTION, watch) == CURLE_OK &&
        curl_easy_setopt(e, CURLOPT_XFERINFODATA, s) == CURLE_OK &&
        curl_easy_setopt(e, CURLOPT_NOPROGRESS, 0L) == CURLE_OK &&
        curl_easy_setopt(e, CURLOPT_PRIVATE, s) == CURLE_OK &&
        curl_easy_setopt(e, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS) == CURLE_OK &&
        curl_easy_setopt(e, CURLOPT_LOW_SPEED_LIMIT, (long)STILL_BYTES) == CURLE_OK &&
        curl_easy_setopt(e, CURLOPT_LOW_SPEED_TIME, (long)STILL_SECONDS) == CURLE_OK &&
        curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
        curl_easy_setopt(e, CURLOPT_USERAGENT, "rekap-mirror") == CURLE_OK &&
        curl_easy_setopt(e, CURLOPT_MAX_RECV_SPEED_LARGE, (curl_off_t)s->f->o.rate) == CURLE_OK;
    if (s->f->known) ok = ok && curl_easy_setopt(e, CURLOPT_RESOLVE, s->f->known) == CURLE_OK;
    if (s->have) ok = ok && curl_easy_setopt(e, CURLOPT_RANGE, range) == CURLE_OK;
    if (!ok || curl_multi_add_handle(s->f->multi, e) != CURLM_OK) {
        over(s, rk_fail(&s->err, RK_IO, "the system's libcurl lacks what mirroring needs"));
        return;
    }
    s->state = RUNNING;
    s->f->counts.requests++;
}

/* Once more after a while: as long as the server asks for, else longer each time. */
static void again(struct slot *s, long status, const char *why) {
    curl_off_t asked = 0;
    rk_fetcher *f = s->f;
    (void)curl_easy_getinfo(s->easy, CURLINFO_RETRY_AFTER, &asked);
    if (asked > (curl_off_t)RK_MIRROR_WAIT_SECONDS_MAX) {
        over(s, rk_fail(&s->err, RK_BUSY, "%s: the server asks to come back in %lld seconds",
                        s->path, (long long)asked));
        return;
    }
    if (++s->tries >= RK_MIRROR_TRIES_MAX || ++s->all_tries >= ALL_TRIES_MAX) {
        over(s, rk_fail(&s->err, RK_IO, "%s: %s, %u times", s->path, why, s->tries));
        return;
    }
    uint64_t pause = asked > 0 ? (uint64_t)asked * 1000 : (uint64_t)500 << s->tries;
    f->counts.retries++;
    s->wait_until_ms = now_ms() + pause;
    if (status == 429 || status == 503) f->pause_until_ms = s->wait_until_ms; /* all of us */
    s->state = WAITING;
}

/* A redirect within the server is followed; to another one it is told. */
static void redirected(struct slot *s) {
    const rk_fetcher *f = s->f;
    char *to = NULL;
    (void)curl_easy_getinfo(s->easy, CURLINFO_REDIRECT_URL, &to);
    bool same = to && strncmp(to, f->base, f->origin_len) == 0 &&
                (to[f->origin_len] == '/' || to[f->origin_len] == 0) && strlen(to) < URL_MAX;
    if (same && s->redirects++ < REDIRECTS_MAX) {
        memcpy(s->url, to, strlen(to) + 1);
        start(s);
        return;
    }
    over(s, rk_fail(&s->err, RK_CONFLICT,
                    "%s: the server sends on to %.150s; if that is where you want to mirror "
                    "from, name it",
                    s->path, to ? to : "?"));
}

/* All bytes came; are they the right ones? */
static void arrived(struct slot *s) {
    if (!s->file.want || is_whole(s)) {
        over(s, RK_OK);
    } else if (!s->anew) { /* perhaps the part on disk was bad */
        s->anew = true;
        if (empty(s))
            start(s);
        else
            over(s, rk_fail(&s->err, RK_IO, "%s: %s", s->file.part, strerror(errno)));
    } else {
        over(s, rk_fail(&s->err, RK_CORRUPT, "%s: its hash is not the one in the manifest",
                        s->path));
    }
}

static void from_the_start(struct slot *s) {
    s->anew = true;
    if (++s->tries < RK_MIRROR_TRIES_MAX && ++s->all_tries < ALL_TRIES_MAX && empty(s))
        start(s);
    else
        over(s,
             rk_fail(&s->err, RK_IO, "%s: the server does not give the rest of it", s->path));
}

static void answered(struct slot *s, long status) {
    char text[40];
    snprintf(text, sizeof text, "the server answers %ld", status);
    if (status == 200 || status == 206) {
        if (!s->began && !begins_right(s, status)) /* an empty body */
            from_the_start(s);
        else
            arrived(s);
    } else if (status == 416 && s->asked_from) {
        from_the_start(s);
    } else if (status >= 300 && status < 400) {
        redirected(s);
    } else if (status == 404 || status == 410) {
        over(s, rk_fail(&s->err, RK_NOT_FOUND, "%s is not there", s->path));
    } else if (status == 408 || status == 429 || status >= 500) {
        again(s, status, text);
    } else {
        over(s, rk_fail(&s->err, RK_IO, "%s: %s", s->path, text));
    }
}

static void finished(struct slot *s, CURLcode code) {
    long status = 0;
    (void)curl_easy_getinfo(s->easy, CURLINFO_RESPONSE_CODE, &status);
    (void)curl_multi_remove_handle(s->f->multi, s->easy);
    if (s->too_long)
        over(s, rk_fail(&s->err, RK_LIMIT, "%s is over %llu bytes", s->path,
                        (unsigned long long)s->file.max));
    else if (s->disk_failed)
        over(s, rk_fail(&s->err, RK_IO, "%s cannot be written: %s", s->file.part,
                        strerror(s->disk_failed)));
    else if (s->wrong_part)
        from_the_start(s);
    else if (code == CURLE_OK || (code == CURLE_ABORTED_BY_CALLBACK && status >= 300))
        answered(s, status);
    else
        again(s, status, curl_easy_strerror(code));
}

static void turn(rk_fetcher *f, int wait_ms) {
    int running, left;
    uint64_t now = now_ms();
    for (unsigned i = 0; i < f->o.parallel; i++) {
        struct slot *s = &f->slot[i];
        if (s->state == WAITING && now >= s->wait_until_ms && now >= f->pause_until_ms)
            start(s);
        if (now >= f->end_ms && (s->state == WAITING || s->state == RUNNING)) {
            if (s->state == RUNNING) (void)curl_multi_remove_handle(f->multi, s->easy);
            over(s, rk_fail(&s->err, RK_BUSY,
                            "the time of one run is over: the next goes on from here"));
        }
    }
    (void)curl_multi_perform(f->multi, &running);
    for (CURLMsg *m; (m = curl_multi_info_read(f->multi, &left)) != NULL;) {
        struct slot *s = NULL;
        if (m->msg != CURLMSG_DONE) continue;
        CURLcode code = m->data.result;
        (void)curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &s);
        finished(s, code);
        wait_ms = 0;
    }
    if (wait_ms) (void)curl_multi_poll(f->multi, NULL, 0, wait_ms, NULL);
}

/* ===== asking ===== */

/* Fills a free slot; false (with s->err) when it cannot even begin: it is DONE then. */
static void ask(struct slot *s, const rk_fetch_file *file, rk_buf *memory) {
    s->file = *file;
    s->memory = memory;
    s->fd = -1;
    s->err = RK_ERR_INIT;
    s->have = s->wait_until_ms = 0;
    s->tries = s->all_tries = s->redirects = 0;
    s->anew = true;
    rk_sha256_begin(&s->sha);
    snprintf(s->path, sizeof s->path, "%.*s", RK_FMT(file->path));
    if (!rk_url_of((rk_slice){s->f->base, s->f->base_len}, file->path, s->url, URL_MAX)) {
        over(s, rk_fail(&s->err, RK_LIMIT, "%s: the path is too long", s->path));
        return;
    }
    if (!memory) {
        s->fd = open(file->part, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
        bool ok = s->fd >= 0 && (file->want ? take_part(s) : empty(s));
        if (!ok) {
            over(s, rk_fail(&s->err, RK_IO, "%s: %s", file->part, strerror(errno)));
            return;
        }
        if (s->have && is_whole(s)) { /* only its new name was lacking */
            over(s, RK_OK);
            return;
        }
    }
    s->state = WAITING; /* the next turn starts it */
}

rk_status rk_fetch_get(rk_fetcher *f, rk_slice path, size_t max, rk_buf *out, rk_err *err) {
    struct slot *s = &f->slot[0];
    rk_buf body;
    rk_buf_init(&body, max);
    ask(s, &(rk_fetch_file){.path = path, .max = max}, &body);
    while (s->state != DONE) turn(f, 200);
    s->state = FREE;
    rk_status st = s->result;
    if (st == RK_OK) rk_buf_add(out, rk_buf_slice(&body));
    rk_buf_free(&body);
    if (st == RK_OK && out->failed) return rk_fail(err, RK_LIMIT, "%s is too long", s->path);
    return st == RK_OK ? RK_OK : rk_fail(err, st, "%s", s->err.text);
}

static void stop_all(rk_fetcher *f) {
    for (unsigned i = 0; i < RK_MIRROR_PARALLEL_MAX; i++) {
        struct slot *s = &f->slot[i];
        if (s->state == RUNNING) (void)curl_multi_remove_handle(f->multi, s->easy);
        if (s->state == RUNNING || s->state == WAITING) over(s, RK_BUSY);
        s->state = FREE;
    }
}

rk_status rk_fetch_files(rk_fetcher *f, const rk_fetch_work *w, rk_err *err) {
    bool more = true;
    for (unsigned busy = 1; busy;) {
        busy = 0;
        for (unsigned i = 0; i < f->o.parallel; i++) {
            struct slot *s = &f->slot[i];
            rk_fetch_file file;
            if (s->state == DONE) {
                s->state = FREE;
                rk_status st = w->done(w->ctx, &s->file, s->result, &s->err);
                if (st != RK_OK) {
                    stop_all(f);
                    return rk_fail(err, st, "%s", s->err.text);
                }
            }
            if (s->state == FREE && more) {
                rk_status st = w->next(w->ctx, &file, err);
                more = st != RK_NOT_FOUND;
                if (st == RK_OK) ask(s, &file, NULL);
                if (st != RK_OK && st != RK_NOT_FOUND && st != RK_BUSY) {
                    stop_all(f);
                    return st;
                }
            }
            busy += s->state != FREE;
        }
        bool waits = busy > 0;
        for (unsigned i = 0; i < f->o.parallel; i++) waits &= f->slot[i].state != DONE;
        if (waits) turn(f, 200);
    }
    return RK_OK;
}

/* ===== the fetcher ===== */

static rk_status admit(rk_fetcher *f, rk_err *err) {
    char host[256];
    rk_use use = {.kind = RK_TARGET_CDN};
    if (!rk_fetch_host(f->base, host, &use.port))
        return rk_fail(err, RK_BAD_INPUT, "%.300s is no address", f->base);
    use.host = rk_slice_str(host);
    RK_TRY(rk_outbound_allow(&use, &f->pass, err));
    rk_buf b;
    rk_buf_init(&b, 4096);
    bool known = rk_outbound_known(f->pass.target, use.host, use.port, &b);
    if (known) f->known = curl_slist_append(NULL, b.ptr);
    rk_buf_free(&b);
    return f->known || f->o.named ? RK_OK : rk_outbound_may_resolve(use.host, NULL, err);
}

rk_status rk_fetcher_new(const char *base, const rk_fetch_options *o, rk_fetcher **out,
                         rk_err *err) {
    *out = NULL;
    size_t n = strlen(base);
    while (n && base[n - 1] == '/') n--;
    bool http = strncmp(base, "http://", 7) == 0 || strncmp(base, "https://", 8) == 0;
    if (!http || n >= sizeof((rk_fetcher *)0)->base || strpbrk(base, "?#@"))
        return rk_fail(
            err, RK_BAD_INPUT,
            "%.200s: the address of releases begins with http:// or https://, has no "
            "'?', '#' or '@' and at most 2,000 bytes",
            base);
    RK_ASSERT(o->parallel >= 1 && o->parallel <= RK_MIRROR_PARALLEL_MAX);
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return rk_fail(err, RK_IO, "libcurl does not start");
    rk_fetcher *f = rk_alloc(sizeof *f);
    f->o = *o;
    memcpy(f->base, base, n);
    f->base_len = n;
    const char *slash = strchr(strstr(f->base, "://") + 3, '/');
    f->origin_len = slash ? (size_t)(slash - f->base) : n;
    f->end_ms = now_ms() + o->seconds * 1000ull;
    f->multi = curl_multi_init();
    RK_ASSERT(f->multi);
    for (unsigned i = 0; i < RK_MIRROR_PARALLEL_MAX; i++) {
        f->slot[i].f = f;
        f->slot[i].fd = -1;
        f->slot[i].easy = curl_easy_init();
        RK_ASSERT(f->slot[i].easy);
    }
    rk_status s = admit(f, err);
    *out = f;
    if (s != RK_OK) rk_fetcher_free(out);
    return s;
}

const rk_fetch_counts *rk_fetcher_counts(const rk_fetcher *f) { return &f->counts; }

void rk_fetcher_free(rk_fetcher **fp) {
    rk_fetcher *f = *fp;
    if (!f) return;
    stop_all(f);
    for (unsigned i = 0; i < RK_MIRROR_PARALLEL_MAX; i++) curl_easy_cleanup(f->slot[i].easy);
    (void)curl_multi_cleanup(f->multi);
    curl_slist_free_all(f->known);
    rk_free(f);
    curl_global_cleanup();
    *fp = NULL;
}

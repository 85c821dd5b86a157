/* Files of a server, over libcurl's multi interface: what is asked for soon is fetched while
 * something else is looked at, at most AHEAD_MAX requests at a time. Every body has the maximum
 * it was asked with; nothing follows a redirect to another host; only http and https. What
 * could not be fetched after RETRIES tries is RK_IO: not checked, not wrong. */
#include "verify/source.h"

#include "base/mem.h"

#include <curl/curl.h>

enum { AHEAD_MAX = 16, RETRIES = 2, REDIRECTS_MAX = 3, URL_MAX = 4096 };

enum slot_state { FREE, RUNNING, DONE };

struct slot {
    enum slot_state state;
    char path[1024];
    size_t path_len;
    rk_buf body;
    CURL *easy;
    unsigned tries, redirects;
    rk_status result;
    rk_err err;
};

struct http_source {
    rk_source s;
    char base[URL_MAX];          /* without the last '/' */
    size_t base_len, origin_len; /* origin: scheme://host:port */
    CURLM *multi;
    struct slot slot[AHEAD_MAX];
};

static size_t take(char *p, size_t size, size_t n, void *ctx) {
    struct slot *s = ctx;
    rk_buf_add(&s->body, (rk_slice){p, size * n});
    return s->body.failed ? 0 : size * n; /* over the maximum: the transfer ends */
}

static void start(struct http_source *h, struct slot *s, const char *url) {
    rk_buf_clear(&s->body);
    s->state = RUNNING;
    s->err = RK_ERR_INIT;
    curl_easy_setopt(s->easy, CURLOPT_URL, url);
    curl_easy_setopt(s->easy, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(s->easy, CURLOPT_WRITEDATA, s);
    curl_easy_setopt(s->easy, CURLOPT_PRIVATE, s);
    curl_easy_setopt(s->easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(s->easy, CURLOPT_ACCEPT_ENCODING, "");
    curl_easy_setopt(s->easy, CURLOPT_CONNECTTIMEOUT, 15L);
    curl_easy_setopt(s->easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(s->easy, CURLOPT_LOW_SPEED_TIME, 30L);
    curl_easy_setopt(s->easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(s->easy, CURLOPT_USERAGENT, "rekap-verify");
    curl_multi_add_handle(h->multi, s->easy);
}

static rk_slice base_of(const struct http_source *h) {
    return (rk_slice){h->base, h->base_len};
}

static struct slot *find(struct http_source *h, rk_slice path) {
    for (int i = 0; i < AHEAD_MAX; i++)
        if (h->slot[i].state != FREE &&
            rk_slice_eq((rk_slice){h->slot[i].path, h->slot[i].path_len}, path))
            return &h->slot[i];
    return NULL;
}

/* A free slot, or (for what is needed now) one whose answer nobody has asked for. */
static struct slot *place(struct http_source *h, bool now) {
    struct slot *done = NULL;
    for (int i = 0; i < AHEAD_MAX; i++) {
        if (h->slot[i].state == FREE) return &h->slot[i];
        if (h->slot[i].state == DONE) done = &h->slot[i];
    }
    return now ? done : NULL;
}

static struct slot *ask(struct http_source *h, rk_slice path, size_t max, bool now) {
    char url[URL_MAX];
    struct slot *s = place(h, now);
    if (!s || path.len > sizeof s->path || !rk_url_of(base_of(h), path, url, URL_MAX))
        return NULL;
    memcpy(s->path, path.ptr, path.len);
    s->path_len = path.len;
    s->tries = s->redirects = 0;
    rk_buf_free(&s->body);
    rk_buf_init(&s->body, max);
    start(h, s, url);
    return s;
}

static void done(struct slot *s, rk_status result) {
    s->state = DONE;
    s->result = result;
}

/* A redirect within the server is followed; to another one it is told. */
static void redirected(struct http_source *h, struct slot *s, const char *to) {
    bool same = to && strncmp(to, h->base, h->origin_len) == 0 &&
                (to[h->origin_len] == '/' || to[h->origin_len] == 0);
    if (same && s->redirects++ < REDIRECTS_MAX) {
        char url[URL_MAX];
        if (strlen(to) < sizeof url) {
            snprintf(url, sizeof url, "%s", to);
            start(h, s, url);
            return;
        }
    }
    done(s, rk_fail(&s->err, RK_IO,
                    "%.*s: the server sends on to %.200s; if that is where you want to look, "
                    "name it as the source",
                    (int)s->path_len, s->path, to ? to : "?"));
}

static void finished(struct http_source *h, struct slot *s, CURLcode code) {
    long status = 0;
    char *to = NULL;
    curl_easy_getinfo(s->easy, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(s->easy, CURLINFO_REDIRECT_URL, &to);
    curl_multi_remove_handle(h->multi, s->easy);
    if (s->body.failed) {
        done(s, rk_fail(&s->err, RK_LIMIT, "%.*s is over %zu bytes", (int)s->path_len, s->path,
                        s->body.max));
    } else if (code == CURLE_OK && status >= 300 && status < 400) {
        redirected(h, s, to);
    } else if (code == CURLE_OK && status == 200) {
        done(s, RK_OK);
    } else if (code == CURLE_OK && (status == 404 || status == 410)) {
        done(s, rk_fail(&s->err, RK_NOT_FOUND, "%.*s is not there", (int)s->path_len, s->path));
    } else if (s->tries++ < RETRIES && (code != CURLE_OK || status >= 500)) {
        char url[URL_MAX];
        if (rk_url_of(base_of(h), (rk_slice){s->path, s->path_len}, url, URL_MAX))
            start(h, s, url);
    } else {
        done(s, code != CURLE_OK ? rk_fail(&s->err, RK_IO, "%.*s: %s", (int)s->path_len,
                                           s->path, curl_easy_strerror(code))
                                 : rk_fail(&s->err, RK_IO, "%.*s: the server answered %ld",
                                           (int)s->path_len, s->path, status));
    }
}

static void turn(struct http_source *h, int wait_ms) {
    int running, left;
    curl_multi_perform(h->multi, &running);
    for (CURLMsg *m; (m = curl_multi_info_read(h->multi, &left)) != NULL;) {
        struct slot *s = NULL;
        if (m->msg != CURLMSG_DONE) continue;
        CURLcode code = m->data.result;
        curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &s);
        finished(h, s, code);
        wait_ms = 0;
    }
    if (wait_ms) curl_multi_poll(h->multi, NULL, 0, wait_ms, NULL);
}

static rk_status http_get(rk_source *src, rk_slice path, size_t max, rk_buf *out, rk_err *err) {
    struct http_source *h = (struct http_source *)src;
    struct slot *s = find(h, path);
    if (s && s->body.max < max) s = NULL; /* asked for with less room: once more */
    while (!s && !(s = ask(h, path, max, true))) {
        char url[URL_MAX];
        if (path.len > sizeof h->slot[0].path || !rk_url_of(base_of(h), path, url, URL_MAX))
            return rk_fail(err, RK_NOT_FOUND, "a path is too long");
        turn(h, 100);
    }
    while (s->state == RUNNING) turn(h, 100);
    s->state = FREE;
    if (s->result != RK_OK) return rk_fail(err, s->result, "%s", s->err.text);
    if (s->body.len > max) return rk_fail(err, RK_LIMIT, "a file is over %zu bytes", max);
    rk_buf_add(out, rk_buf_slice(&s->body));
    return out->failed ? rk_fail(err, RK_LIMIT, "a file is over its maximum") : RK_OK;
}

static void http_ahead(rk_source *src, rk_slice path, size_t max) {
    struct http_source *h = (struct http_source *)src;
    if (!find(h, path)) (void)ask(h, path, max, false);
    turn(h, 0);
}

static void http_close(rk_source *src) {
    struct http_source *h = (struct http_source *)src;
    for (int i = 0; i < AHEAD_MAX; i++) {
        if (h->slot[i].state == RUNNING) curl_multi_remove_handle(h->multi, h->slot[i].easy);
        curl_easy_cleanup(h->slot[i].easy);
        rk_buf_free(&h->slot[i].body);
    }
    curl_multi_cleanup(h->multi);
    rk_free(h);
}

static const struct rk_source_ops HTTP_OPS = {http_get, http_ahead, NULL, http_close};

rk_status rk_source_http(const char *url, rk_source **out, rk_err *err) {
    size_t n = strlen(url);
    *out = NULL;
    while (n && url[n - 1] == '/') n--;
    const char *host = strstr(url, "://") + 3, *slash = strchr(host, '/');
    if (n >= URL_MAX / 2 || strchr(url, '?') || strchr(url, '#') || *host == 0)
        return rk_fail(err, RK_BAD_INPUT,
                       "%s: the address of a tree has no '?' or '#' and at most 2,000 bytes",
                       url);
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return rk_fail(err, RK_IO, "libcurl does not start");
    struct http_source *h = rk_alloc(sizeof *h);
    h->s = (rk_source){.ops = &HTTP_OPS, .name = url, .remote = true};
    memcpy(h->base, url, n);
    h->base_len = n;
    h->origin_len = slash && (size_t)(slash - url) < n ? (size_t)(slash - url) : n;
    h->multi = curl_multi_init();
    RK_ASSERT(h->multi);
    curl_multi_setopt(h->multi, CURLMOPT_MAX_HOST_CONNECTIONS, (long)AHEAD_MAX);
    for (int i = 0; i < AHEAD_MAX; i++) {
        h->slot[i].easy = curl_easy_init();
        RK_ASSERT(h->slot[i].easy);
    }
    *out = &h->s;
    return RK_OK;
}

#include "serve/serve.h"

#include "base/mem.h"
#include "files/files.h"
#include "intake/guard.h"
#include "serve/pages.h"

#include <errno.h>
#include <stdio.h>
#include <sys/random.h>

static rk_status run(rk_http *http, rk_site *site, rk_rounds *rounds, rk_self_signed *node,
                     rk_err *err) {
    uint64_t seed = 0;
    if (getrandom(&seed, sizeof seed, 0) != (ssize_t)sizeof seed)
        return rk_fail(err, RK_IO, "the system gives no random bytes: %s", strerror(errno));
    rk_pages *pages = rk_alloc(sizeof *pages);
    rk_pages_init(pages, site, seed, rk_now());
    pages->http = http;
    pages->node = node;
    pages->rounds = *rounds;
    rk_http_service service = rk_pages_service(pages);
    printf("rekap: serving %s%s/\n", rk_http_url(http), site->prefix);
    (void)fflush(stdout);
    rk_status s = rk_http_run(http, &service, err);
    *rounds = pages->rounds;
    rk_pages_free(pages);
    rk_free(pages);
    return s;
}

/* Says at each start what governs the connections that leave: nothing is left to be assumed. */
static rk_status guard(const rk_serve_options *o, rk_err *err) {
    for (uint32_t i = 0; i < o->n_dir; i++) {
        bool declared = false;
        RK_TRY(rk_guard_start(o->dir[i], &declared, err));
        if (!declared && !o->quiet)
            fprintf(stderr,
                    "rekap: %s: no residency declaration (residency.json): its data stay on "
                    "this machine, every remote target is refused\n",
                    o->dir[i]);
    }
    return RK_OK;
}

/* What the fingerprint of the configuration is made of. Where it listens is an address, and
 * left out. */
static rk_status describe(const rk_serve_options *o, rk_self_signed *node, rk_err *err) {
    char prefix[300], dirs[40];
    const char *const line[] = {"command=serve", prefix, dirs,
                                o->no_witness ? "witnesses=no" : "witnesses=yes"};
    rk_serve_node_options n = o->node;
    snprintf(prefix, sizeof prefix, "base-path=%.256s", o->base_path ? o->base_path : "");
    snprintf(dirs, sizeof dirs, "elections=%u", o->n_dir);
    n.option = line;
    n.n_option = 4;
    return rk_serve_node_open(node, &n, o->dir, o->n_dir, err);
}

rk_status rk_serve_run(const rk_serve_options *o, rk_err *err) {
    rk_http *http = NULL;
    rk_rounds rounds = {0};
    rk_self_signed node = {.node = NULL};
    RK_TRY(guard(o, err));
    RK_TRY(rk_http_listen(o->listen, &http,
                          err)); /* before the long folding: a port in use is said at once */
    if (!o->no_witness) rk_rounds_start(&rounds, o->dir, o->n_dir); /* while this is small */
    rk_site *site = rk_alloc(sizeof *site);
    rk_status s = rk_site_open(site, o->dir, o->n_dir, o->base_path, err);
    for (uint32_t i = 0; s == RK_OK && !o->quiet && i < site->n; i++)
        if (site->served[i].election)
            fprintf(stderr, "rekap: %s: %s%s/ (%llu entries)\n", o->dir[i], rk_http_url(http),
                    site->served[i].base, (unsigned long long)site->served[i].size);
    if (s == RK_OK) s = describe(o, &node, err);
    if (s == RK_OK) s = run(http, site, &rounds, &node, err);
    rk_self_signed_end(&node);
    rk_rounds_stop(&rounds);
    rk_site_close(site);
    rk_free(site);
    rk_http_free(&http);
    return s;
}

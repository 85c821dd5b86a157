/* node collect: the descriptions of all nodes that an inventory says can be asked. */
#include "cli/node.h"
#include "core/node.h"
#include "files/files.h"
#include "intake/guard.h"
#include "intake/inventory.h"
#include "mirror/fetch.h"

#include <stdio.h>

enum { SECONDS = 20 }; /* for one node, tries included */

static rk_slice url_of(const rk_infra_record *r) {
    uint32_t f = rk_infra_field_of(r->kind, "node_url");
    return f == RK_NONE || r->value[f].n == 0 ? (rk_slice){NULL, 0} : r->value[f].item[0];
}

/* Who signed it is the report's question; here it only has to be this node's. */
static rk_status check(rk_slice bytes, rk_slice id, rk_err *err) {
    rk_note note;
    rk_node *n = NULL;
    RK_TRY(rk_node_open(bytes, &note, &n, err));
    bool same = rk_slice_eq(n->id, id);
    rk_status s =
        same ? RK_OK : rk_fail(err, RK_CONFLICT, "it says that it is \"%.*s\"", RK_FMT(n->id));
    rk_node_free(&n);
    return s;
}

static rk_status fetch(rk_slice url, rk_buf *out, rk_err *err) {
    char base[2048];
    rk_fetcher *f = NULL;
    const rk_fetch_options o = {.parallel = 1, .seconds = SECONDS};
    if (url.len >= sizeof base)
        return rk_fail(err, RK_LIMIT, "node_url has over %zu bytes", sizeof base - 1);
    if (url.len) memcpy(base, url.ptr, url.len);
    base[url.len] = '\0';
    RK_TRY(rk_fetcher_new(base, &o, &f, err));
    rk_status s = rk_fetch_get(f, RK_LIT("api/v1/simpul"), RK_NOTE_MAX, out, err);
    rk_fetcher_free(&f);
    return s;
}

static rk_status one(const rk_infra_record *r, const char *dir, rk_err *err) {
    char path[4096];
    rk_buf b;
    int len = snprintf(path, sizeof path, "%s/%.*s.simpul", dir, RK_FMT(r->id));
    if (len < 0 || (size_t)len >= sizeof path)
        return rk_fail(err, RK_LIMIT, "the path '%.200s' is too long", dir);
    rk_buf_init(&b, RK_NOTE_MAX);
    rk_status s = fetch(url_of(r), &b, err);
    if (s == RK_OK) s = check(rk_buf_slice(&b), r->id, err);
    if (s == RK_OK) s = rk_file_write(path, rk_buf_slice(&b), true, err);
    rk_buf_free(&b);
    return s;
}

static int all(const rk_infra *i, const char *dir) {
    uint32_t asked = 0, failed = 0;
    for (uint32_t r = 0; r < i->n; r++) {
        rk_err err = RK_ERR_INIT;
        if (!url_of(&i->record[r]).len) continue;
        asked++;
        rk_status s = one(&i->record[r], dir, &err);
        failed += s != RK_OK;
        printf("%-7s %.*s%s%s\n", s == RK_OK ? "ok" : "failed", RK_FMT(i->record[r].id),
               s == RK_OK ? "" : ": ", s == RK_OK ? "" : err.text);
    }
    printf("%u nodes asked, %u failed\n", asked, failed);
    return failed ? CLI_LEFT_OUT : CLI_OK;
}

int cli_node_collect(const char *inventory, const char *dir) {
    rk_infra *i = NULL;
    rk_err err = RK_ERR_INIT;
    if (rk_guard_start(inventory, NULL, &err) != RK_OK ||
        rk_inventory_read(inventory, &i, &err) != RK_OK)
        return cli_failed(NULL, &err);
    int code = all(i, dir);
    rk_infra_free(&i);
    return code;
}

#include "intake/collected.h"

#include "base/mem.h"
#include "files/files.h"
#include "files/list.h"
#include "intake/dir.h"

#include <stdio.h>
#include <sys/stat.h>

static rk_status add_file(rk_collected *c, const char *path, const char *name, rk_err *err) {
    rk_file f;
    rk_err why = RK_ERR_INIT;
    rk_buf *b = &c->bytes[c->n];
    rk_status s = rk_file_read_raw(path, RK_NOTE_MAX, &f, &why);
    if (s != RK_OK && s != RK_LIMIT) return rk_fail(err, s, "%s", why.text);
    rk_buf_init(b, RK_NOTE_MAX);
    if (s == RK_OK) {
        rk_buf_add(b, f.bytes);
        rk_file_free(&f);
    }
    c->name[c->n] = rk_dup(name, strlen(name) + 1);
    c->n++;
    return RK_OK;
}

static void room(rk_collected *c, uint32_t n) {
    c->name = rk_calloc(n ? n : 1, sizeof *c->name);
    c->bytes = rk_calloc(n ? n : 1, sizeof *c->bytes);
    c->name_slice = rk_calloc(n ? n : 1, sizeof *c->name_slice);
    c->byte_slice = rk_calloc(n ? n : 1, sizeof *c->byte_slice);
}

static rk_status add_dir(rk_collected *c, const char *dir, rk_err *err) {
    char **names = NULL, path[4096];
    uint32_t n = 0;
    RK_TRY(rk_dir_list(dir, ".simpul", RK_NODES_MAX, &names, &n, err));
    rk_status s = RK_OK;
    room(c, n);
    for (uint32_t i = 0; s == RK_OK && i < n; i++) {
        int len = snprintf(path, sizeof path, "%s/%s", dir, names[i]);
        s = len < 0 || (size_t)len >= sizeof path
                ? rk_fail(err, RK_LIMIT, "the path '%.200s' is too long", dir)
                : add_file(c, path, names[i], err);
    }
    rk_dir_list_free(&names, n);
    return s;
}

rk_status rk_collected_read(const char *path, rk_collected *c, rk_err *err) {
    struct stat st;
    const char *slash = strrchr(path, '/');
    rk_status s;
    *c = (rk_collected){.n = 0};
    if (stat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
        s = add_dir(c, path, err);
    } else {
        room(c, 1);
        s = add_file(c, path, slash ? slash + 1 : path, err);
    }
    for (uint32_t i = 0; i < c->n; i++) {
        c->name_slice[i] = rk_slice_str(c->name[i]);
        c->byte_slice[i] = rk_buf_slice(&c->bytes[i]);
    }
    if (s != RK_OK) rk_collected_free(c);
    return s;
}

rk_status rk_collected_keys(rk_collected *c, const char *election, rk_err *err) {
    rk_dir d;
    RK_TRY(rk_dir_open(election, RK_STORE_READ, UINT64_MAX, &d, err));
    const rk_keyring *r = &d.election->keys;
    c->key = rk_realloc(c->key, c->n_key + r->n + 1, sizeof *c->key);
    for (uint32_t i = 0; i < r->n; i++) {
        const rk_signing_key *k = &r->key[i];
        if (k->use == RK_KEY_ENTRIES && k->until == UINT64_MAX &&
            rk_slice_eq(rk_signing_key_role(k), RK_ROLE_NODE))
            c->key[c->n_key++] = k->key;
    }
    rk_dir_close(&d);
    return RK_OK;
}

void rk_collected_free(rk_collected *c) {
    for (uint32_t i = 0; i < c->n; i++) {
        rk_buf_free(&c->bytes[i]);
        rk_free(c->name[i]);
    }
    rk_free(c->name);
    rk_free(c->bytes);
    rk_free(c->name_slice);
    rk_free(c->byte_slice);
    rk_free(c->key);
    *c = (rk_collected){.n = 0};
}

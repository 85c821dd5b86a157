#include "serve/node.h"

#include "files/files.h"
#include "intake/keys.h"

#include <limits.h>

static rk_status read_key(rk_self_signed *s, const char *given, const char *dir, bool *there,
                          rk_err *err) {
    char path[PATH_MAX];
    if (given) {
        *there = true;
        return rk_key_read(given, &s->key, err);
    }
    RK_TRY(rk_key_path(dir, "simpul", path, sizeof path, err));
    *there = rk_file_there(path);
    return *there ? rk_key_read(path, &s->key, err) : RK_OK;
}

static rk_status fill(rk_self_signed *s, const rk_serve_node_options *o, const char *const *dir,
                      uint32_t n_dir, rk_err *err) {
    rk_slice id = o->id ? rk_slice_str(o->id) : rk_verifier_name(&s->key.verifier);
    s->node->id = rk_node_keep(s->node, id);
    s->node->role = RK_LIT("serve");
    RK_TRY(rk_self_program(s->node, &o->build, err));
    RK_TRY(rk_describe_dirs(s->node, dir, n_dir, err));
    s->node->options = rk_node_options_print(o->option, o->n_option);
    return o->certificates ? rk_self_certificates(s->node, o->certificates, false, err) : RK_OK;
}

rk_status rk_serve_node_open(rk_self_signed *s, const rk_serve_node_options *o,
                             const char *const *dir, uint32_t n_dir, rk_err *err) {
    bool there = false;
    *s = (rk_self_signed){.node = NULL};
    RK_TRY(read_key(s, o->key, dir[0], &there, err));
    if (!there && (o->id || o->certificates))
        return rk_fail(
            err, RK_NOT_FOUND,
            "there is no key to sign the description of this node with: 'rekap kunci "
            "buat --peran ID --berkas %.200s/keys/simpul.key' makes one",
            dir[0]);
    if (!there) return RK_OK;
    s->node = rk_node_new();
    rk_status st = fill(s, o, dir, n_dir, err);
    if (st == RK_OK) st = rk_self_signed_begin(s, err);
    if (st != RK_OK) rk_self_signed_end(s);
    return st;
}

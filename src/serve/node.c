#include "serve/node.h"

#include "files/files.h"
#include "intake/keys.h"

#include <limits.h>

static rk_status read_key(rk_serve_node *s, const char *given, const char *dir, bool *there,
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

static rk_status fill(rk_serve_node *s, const rk_serve_node_options *o, rk_err *err) {
    rk_slice id = o->id ? rk_slice_str(o->id) : rk_verifier_name(&s->key.verifier);
    s->node->id = rk_node_keep(s->node, id);
    s->node->role = RK_LIT("serve");
    RK_TRY(rk_self_program(s->node, &o->build, err));
    RK_TRY(rk_describe_dirs(s->node, s->dir, s->n_dir, err));
    rk_describe_options(s->node, o->option, o->n_option);
    return o->certificates ? rk_self_certificates(s->node, o->certificates, false, err) : RK_OK;
}

rk_status rk_serve_node_open(rk_serve_node *s, const rk_serve_node_options *o,
                             const char *const *dir, uint32_t n_dir, rk_err *err) {
    bool there = false;
    *s = (rk_serve_node){.dir = dir, .n_dir = n_dir};
    RK_TRY(read_key(s, o->key, dir[0], &there, err));
    if (!there && (o->id || o->certificates))
        return rk_fail(
            err, RK_NOT_FOUND,
            "there is no key to sign the description of this node with: 'rekap kunci "
            "buat --peran ID --berkas %.200s/keys/simpul.key' makes one",
            dir[0]);
    if (!there) return RK_OK;
    s->node = rk_node_new();
    rk_status st = fill(s, o, err);
    rk_node *again =
        NULL; /* said at the start, not at the first request: what nobody can read */
    rk_note note;
    rk_slice text = {NULL, 0};
    rk_buf_init(&s->signed_text, RK_NOTE_MAX);
    if (st == RK_OK) st = rk_serve_node_text(s, &text, err);
    if (st == RK_OK) st = rk_node_open(text, &note, &again, err);
    rk_node_free(&again);
    if (st != RK_OK) rk_serve_node_close(s);
    return st;
}

void rk_serve_node_close(rk_serve_node *s) {
    rk_node_free(&s->node);
    rk_buf_free(&s->signed_text);
    rk_signer_wipe(&s->key);
}

rk_status rk_serve_node_text(rk_serve_node *s, rk_slice *out, rk_err *err) {
    if (!s->node)
        return rk_fail(err, RK_NOT_FOUND,
                       "this server has no node key (keys/simpul.key) and so says nothing of "
                       "itself");
    uint64_t minute = rk_now() / 60;
    if (minute != s->minute || !s->signed_text.len) {
        rk_buf_clear(&s->signed_text);
        rk_self_clock(s->node);
        rk_describe_refused(s->node);
        RK_TRY(rk_node_sign(s->node, &s->key, &s->signed_text, err));
        s->minute = minute;
    }
    *out = rk_buf_slice(&s->signed_text);
    return s->signed_text.failed ? rk_fail(err, RK_LIMIT, "the description is too long")
                                 : RK_OK;
}

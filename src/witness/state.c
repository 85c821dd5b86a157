/* What is remembered of one log. The bytes that are about to be stored are read back by the
 * same function that will read them after a restart, before they go to the disk: a state that
 * could not be read again is never written. */
#include "witness/book_inner.h"

#include "core/line.h"
#include "files/files.h"

#include <stdio.h>
#include <sys/stat.h>

#define NONE "none yet\n"

/* Takes a state's bytes: the checkpoint is this log's and cosigned by this witness. */
static rk_status take(const rk_book *b, uint32_t i, rk_slice bytes, rk_checkpoint *c,
                      uint64_t *time, rk_err *err) {
    rk_note note;
    uint64_t by;
    *c = (rk_checkpoint){.root = rk_merkle_empty()};
    *time = 0;
    if (rk_slice_is(bytes, NONE)) return RK_OK;
    RK_TRY(rk_note_parse(bytes, &note, err));
    RK_TRY(rk_note_verify(&note, &b->signer.verifier, 1, &by, time, err));
    RK_TRY(rk_checkpoint_parse(note.text, c, err));
    if (!rk_slice_eq(c->origin, b->log[i].origin))
        return rk_fail(err, RK_CORRUPT, "this is the checkpoint of %.*s", RK_FMT(c->origin));
    return RK_OK;
}

rk_status rk_state_load(rk_book *b, uint32_t i, rk_err *err) {
    struct watched *w = &b->watched[i];
    char path[PATH_MAX];
    rk_file f = {0};
    rk_checkpoint c;
    rk_err why = RK_ERR_INIT;
    rk_book_path(b, "state", w->hash, path);
    rk_status s = rk_file_read_raw(path, RK_NOTE_MAX, &f, &why);
    if (s == RK_OK) s = take(b, i, f.bytes, &c, &w->time, &why);
    if (s != RK_OK) {
        rk_file_free(&f);
        return rk_fail(
            err, RK_CORRUPT,
            "%.150s: %.120s; what was cosigned of this log is not known: put no older "
            "copy back, make a new witness under another name (rekap-witness init)",
            path, why.text);
    }
    b->log[i].size = c.size;
    b->log[i].root = c.root;
    rk_buf_init(&w->note, RK_NOTE_MAX);
    if (!rk_slice_is(f.bytes, NONE)) rk_buf_add(&w->note, f.bytes);
    rk_file_free(&f);
    return RK_OK;
}

rk_status rk_state_write(const rk_book *b, uint32_t i, rk_err *err) {
    char path[PATH_MAX];
    rk_slice note = rk_buf_slice(&b->watched[i].note);
    rk_book_path(b, "state", b->watched[i].hash, path);
    return rk_file_write(path, note.len ? note : RK_LIT(NONE), false, err);
}

/* The checkpoint with the signatures of the log's keys and `mine`; those of others are left
 * out, so that nobody can fill it up. */
static void compose(const rk_witness_log *log, const rk_note *note, rk_slice mine,
                    rk_buf *out) {
    rk_note_begin(note->text, out);
    for (uint32_t i = 0; i < note->n_sig; i++)
        for (uint32_t k = 0; k < log->n_key; k++)
            if (note->sig[i].id == log->key[k].id &&
                rk_slice_eq(note->sig[i].name, rk_verifier_name(&log->key[k])))
                rk_buf_add(out, note->sig[i].line);
    rk_buf_add(out, mine);
}

/* The note that is to be stored, read back. */
static rk_status composed(const rk_book *b, const rk_witness_verdict *v, rk_slice mine,
                          rk_buf *out, rk_err *err) {
    rk_checkpoint c;
    uint64_t time;
    rk_err why = RK_ERR_INIT;
    compose(&b->log[v->log], &v->note, mine, out);
    if (out->failed || take(b, v->log, rk_buf_slice(out), &c, &time, &why) != RK_OK)
        return rk_fail(err, RK_LIMIT, "this checkpoint has no room for a cosignature");
    RK_ASSERT(c.size == v->checkpoint.size && rk_merkle_eq(&c.root, &v->checkpoint.root));
    return RK_OK;
}

rk_status rk_state_advance(rk_book *b, const rk_witness_verdict *v, uint64_t now, rk_buf *line,
                           rk_err *err) {
    struct watched *w = &b->watched[v->log];
    rk_witness_log *log = &b->log[v->log];
    rk_buf mine, next, before = w->note;
    uint64_t time = now > w->time ? now : w->time;
    RK_ASSERT(v->status == RK_WITNESS_COSIGNED && v->checkpoint.size >= log->size);
    rk_buf_init(&mine, 1024);
    rk_buf_init(&next, RK_NOTE_MAX);
    rk_status s = rk_note_sign(v->note.text, &b->signer, time, &mine, err);
    if (s == RK_OK) s = composed(b, v, rk_buf_slice(&mine), &next, err);
    if (s == RK_OK) {
        w->note = next;
        s = rk_state_write(b, v->log, err);
    }
    if (s == RK_OK) {
        log->size = v->checkpoint.size;
        log->root = v->checkpoint.root;
        w->time = time;
        rk_buf_add(line, rk_buf_slice(&mine));
        rk_buf_free(&before);
    } else {
        w->note = before;
        rk_buf_free(&next);
    }
    rk_buf_free(&mine);
    return s;
}

rk_status rk_state_keep_fork(rk_book *b, const rk_witness_verdict *v, bool *fresh,
                             rk_err *err) {
    const struct watched *w = &b->watched[v->log];
    char hex[65] = {0}, name[128], path[PATH_MAX];
    struct stat st;
    rk_sha256_put(hex, &v->checkpoint.root);
    (void)snprintf(name, sizeof name, "%.16s-%llu-%.16s", w->hash,
                   (unsigned long long)v->checkpoint.size, hex);
    rk_book_path(b, "fork", name, path);
    *fresh = stat(path, &st) != 0;
    if (!*fresh) return RK_OK;
    if (b->n_fork >= RK_WITNESS_EVIDENCE_MAX)
        return rk_fail(err, RK_LIMIT, "fork/ holds %u proofs already: this one is not kept",
                       RK_WITNESS_EVIDENCE_MAX);
    b->n_fork++;
    (void)snprintf(name + strlen(name), sizeof name - strlen(name), "/cosigned");
    rk_book_path(b, "fork", name, path);
    RK_TRY(rk_file_write(path, rk_buf_slice(&w->note), true, err));
    (void)snprintf(strrchr(path, '/'), 16, "/submitted");
    return rk_file_write(path, v->note.all, false, err);
}

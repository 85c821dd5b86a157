/* The order of writing: the alarm first (what it stops must not go on), then the cosigned
 * checkpoint, then the report. */
#include "intake/saksi.h"

#include "base/mem.h"
#include "files/files.h"
#include "intake/cosigned.h"
#include "intake/dir.h"
#include "intake/keluar.h"

#include <stdio.h>

struct rk_saksi {
    char *dir;
    rk_store *store;
    rk_policy *policy;
    rk_gatherer *gatherer;
    rk_gather_report report;
};

static rk_status open_parts(rk_saksi *s, rk_err *err) {
    char file[4096];
    rk_buf b;
    rk_err why = RK_ERR_INIT;
    rk_buf_init(&b, RK_POLICY_MAX);
    rk_status st = rk_policy_bytes(s->dir, &b, err);
    if (st == RK_OK && !b.len)
        st = rk_fail(err, RK_NOT_FOUND,
                     "%s/policy is not there: it says which witnesses to ask "
                     "(docs/format/policy.md)",
                     s->dir);
    if (st == RK_OK) st = rk_policy_parse(rk_buf_slice(&b), &s->policy, &why);
    rk_buf_free(&b);
    if (why.text[0])
        return rk_fail(err, st, "%s/policy:%zu: %.300s", s->dir, why.line, why.text);
    RK_TRY(st);
    RK_TRY(rk_dir_store_path(s->dir, file, sizeof file, err));
    RK_TRY(rk_store_sqlite_open(file, RK_STORE_READ, &s->store, err));
    return rk_gatherer_new(s->policy, &s->gatherer, err);
}

rk_status rk_saksi_open(const char *dir, rk_saksi **out, rk_err *err) {
    rk_saksi *s = rk_alloc(sizeof *s);
    s->dir = rk_dup(dir, strlen(dir) + 1);
    rk_gather_report_init(&s->report);
    (void)rk_saksi_read(dir, &s->report, NULL);
    *out = s;
    rk_status st = open_parts(s, err);
    if (st != RK_OK) rk_saksi_close(out);
    return st;
}

void rk_saksi_close(rk_saksi **sp) {
    rk_saksi *s = *sp;
    if (!s) return;
    rk_gatherer_free(&s->gatherer);
    rk_policy_free(&s->policy);
    rk_store_close(&s->store);
    rk_gather_report_free(&s->report);
    rk_free(s->dir);
    rk_free(s);
    *sp = NULL;
}

const rk_policy *rk_saksi_policy(const rk_saksi *s) { return s->policy; }

rk_status rk_saksi_read(const char *dir, rk_gather_report *report, rk_err *err) {
    rk_buf b;
    rk_buf_init(&b, RK_REPORT_MAX);
    rk_status s = rk_dir_file(dir, "saksi", RK_REPORT_MAX, &b, err);
    if (s == RK_OK) s = rk_gather_report_parse(rk_buf_slice(&b), report, err);
    rk_buf_free(&b);
    return s;
}

bool rk_saksi_content(rk_saksi *s) {
    uint64_t size = 0;
    if (rk_store_size(s->store, &size, NULL) != RK_OK || size != s->report.size ||
        s->report.problem[0])
        return false;
    for (uint32_t i = 0; i < s->report.n; i++)
        if (s->report.witness[i].state != RK_GATHER_OK &&
            s->report.witness[i].state != RK_GATHER_UNASKED)
            return false;
    return true;
}

/* ===== a round ===== */

/* The last round's note when it is of this checkpoint: its cosignatures stay. */
static rk_slice to_cosign(const rk_saksi *s, const rk_log_head *h) {
    rk_note old, now;
    rk_slice kept = rk_buf_slice(&s->report.note), fresh = rk_buf_slice(&h->note);
    bool same = kept.len && rk_note_parse(kept, &old, NULL) == RK_OK &&
                rk_note_parse(fresh, &now, NULL) == RK_OK && rk_slice_eq(old.text, now.text);
    return same ? kept : fresh;
}

static rk_status keep(rk_saksi *s, rk_err *err) {
    rk_buf b;
    const rk_gather_report *r = &s->report;
    RK_TRY(rk_alarm_update(s->dir, r, err));
    if (r->quorum && !r->problem[0])
        RK_TRY(rk_dir_file_put(s->dir, "cosigned", rk_buf_slice(&r->note), err));
    rk_buf_init(&b, RK_REPORT_MAX);
    rk_gather_report_put(r, &b);
    rk_status st = b.failed ? rk_fail(err, RK_LIMIT, "the report of the round is too long")
                            : rk_dir_file_put(s->dir, "saksi", rk_buf_slice(&b), err);
    rk_buf_free(&b);
    return st;
}

static rk_status gather(rk_saksi *s, const rk_log_head *h, rk_err *err) {
    rk_log_reader r;
    rk_gather_result g = {0};
    rk_buf_init(&g.note, RK_NOTE_MAX);
    rk_log_reader_init(&r, s->store, h->size);
    rk_hash_reader hashes = rk_log_reader_hashes(&r);
    rk_status st = rk_gather(s->gatherer, to_cosign(s, h), &hashes, &g, err);
    if (st == RK_OK || st == RK_CONFLICT) {
        bool filled = g.note.len > 0;
        if (filled) rk_gather_report_take(&s->report, s->policy, &g, h->size, rk_now());
        if (!filled) st = RK_CORRUPT;
    }
    rk_log_reader_free(&r);
    rk_gather_result_free(&g);
    return st;
}

rk_status rk_saksi_round(rk_saksi *s, const rk_gather_report **report, rk_err *err) {
    rk_log_head h;
    rk_err why = RK_ERR_INIT;
    *report = &s->report;
    rk_status st = rk_log_head_read(s->store, &h, &why);
    if (st == RK_OK) st = gather(s, &h, &why);
    rk_log_head_free(&h);
    if (st == RK_NOT_FOUND && !why.text[0])
        (void)rk_fail(&why, st, "the log is not signed: there is nothing to cosign");
    if (st != RK_OK && st != RK_CONFLICT) {
        s->report.time = rk_now();
        (void)snprintf(s->report.problem, sizeof s->report.problem, "%s", why.text);
    }
    rk_err io = RK_ERR_INIT;
    rk_status kept = keep(s, &io);
    (void)rk_keluar_add(s->dir, NULL); /* a count that is late or lost stops nothing */
    if (st != RK_OK) return rk_fail(err, st, "%s", why.text);
    return kept == RK_OK ? RK_OK : rk_fail(err, kept, "%s", io.text);
}

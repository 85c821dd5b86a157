#include "serve/served_log.h"

#include "base/mem.h"
#include "intake/cosigned.h"
#include "intake/keluar.h"
#include "intake/saksi.h"
#include "intake/statement.h"

#include <stdio.h>
#include <sys/stat.h>

enum { POLICY, ALARM, SEEN, COSIGNED, SAKSI, STATEMENTS, OUTFLOW };
static const char *const FILES[] = {"policy", "alarm",           "seen",         "cosigned",
                                    "saksi",  RK_STATEMENT_LIST, RK_OUTFLOW_FILE};

void rk_served_log_init(rk_served_log *l) {
    *l = (rk_served_log){.version = 1};
    rk_gather_report_init(&l->report);
    rk_buf_init(&l->policy, RK_POLICY_MAX);
    rk_buf_init(&l->alarm, RK_NOTE_MAX);
    rk_buf_init(&l->seen, RK_NOTE_MAX);
    rk_buf_init(&l->cosigned, RK_NOTE_MAX);
    rk_buf_init(&l->shown, RK_NOTE_MAX);
}

void rk_served_log_free(rk_served_log *l) {
    rk_log_head_free(&l->head);
    rk_gather_report_free(&l->report);
    rk_buf_free(&l->policy);
    rk_buf_free(&l->alarm);
    rk_buf_free(&l->seen);
    rk_buf_free(&l->cosigned);
    rk_buf_free(&l->shown);
    rk_batch_tree_free(&l->batch);
}

/* ===== the files ===== */

static struct rk_file_stamp stamp_of(const char *dir, const char *file) {
    char path[4096];
    struct stat st;
    int n = snprintf(path, sizeof path, "%s/%s", dir, file);
    if (n < 0 || n >= (int)sizeof path || stat(path, &st) != 0)
        return (struct rk_file_stamp){0};
    return (struct rk_file_stamp){(uint64_t)st.st_ino, (uint64_t)st.st_size, st.st_mtim.tv_sec,
                                  st.st_mtim.tv_nsec};
}

static void read_file(rk_served_log *l, const char *dir, int which) {
    rk_buf *into[] = {&l->policy, &l->alarm, &l->seen, &l->cosigned};
    if (which == STATEMENTS || which == OUTFLOW) return; /* read when asked for */
    if (which == SAKSI) {
        l->has_report = rk_saksi_read(dir, &l->report, NULL) == RK_OK;
        return;
    }
    rk_buf_clear(into[which]);
    (void)rk_dir_file(dir, FILES[which], into[which]->max, into[which], NULL);
    if (into[which]->failed) rk_buf_clear(into[which]);
}

static bool read_files(rk_served_log *l, const char *dir, bool loud) {
    bool any = false;
    for (int i = 0; i <= OUTFLOW; i++) {
        struct rk_file_stamp now = stamp_of(dir, FILES[i]);
        if (memcmp(&now, &l->stamp[i], sizeof now) == 0) continue;
        l->stamp[i] = now;
        read_file(l, dir, i);
        any = true;
        if (loud && i == ALARM && l->alarm.len)
            fprintf(stderr,
                    "rekap: %s: ALARM: %.*s (a witness has cosigned entries that this log has "
                    "not; nothing more is signed)\n",
                    dir, (int)(l->alarm.len - 1), l->alarm.ptr);
        if (loud && i == SEEN && l->seen.len)
            fprintf(stderr,
                    "rekap: %s: a checkpoint was seen that this log may not extend "
                    "(%s/seen)\n",
                    dir, dir);
    }
    return any;
}

/* ===== the checkpoint shown ===== */

/* Entries that a note covers when it is of this log; 0 otherwise. */
static uint64_t size_of(const rk_served_log *l, rk_store *s, rk_slice bytes) {
    rk_note note;
    rk_checkpoint c;
    rk_sha256 root;
    if (!bytes.len || rk_note_parse(bytes, &note, NULL) != RK_OK ||
        rk_checkpoint_parse(note.text, &c, NULL) != RK_OK || !c.size || c.size > l->head.size)
        return 0;
    if (c.size == l->head.size) return rk_merkle_eq(&c.root, &l->head.root) ? c.size : 0;
    rk_log_reader r;
    rk_log_reader_init(&r, s, l->head.size);
    rk_hash_reader hashes = rk_log_reader_hashes(&r);
    rk_status st = rk_merkle_root(c.size, &hashes, &root, NULL);
    rk_log_reader_free(&r);
    return st == RK_OK && rk_merkle_eq(&root, &c.root) ? c.size : 0;
}

static void choose(rk_served_log *l, rk_store *s, uint64_t now_ms) {
    if (l->cosigned_size == l->head.size)
        l->behind_ms = 0;
    else if (!l->behind_ms)
        l->behind_ms = now_ms ? now_ms : 1;
    bool late = l->behind_ms && now_ms - l->behind_ms >= RK_COSIGNED_LAG_S * 1000ull;
    rk_slice note = rk_buf_slice(&l->head.note);
    uint64_t size = l->head.size;
    if (l->cosigned_size && !late)
        note = rk_buf_slice(&l->cosigned), size = l->cosigned_size;
    else if (l->has_report && l->report.size == size &&
             size_of(l, s, rk_buf_slice(&l->report.note)) == size)
        note = rk_buf_slice(&l->report.note);
    if (l->shown_size == size && rk_slice_eq(note, rk_buf_slice(&l->shown))) return;
    rk_buf_clear(&l->shown);
    rk_buf_add(&l->shown, note);
    l->shown_size = size;
    l->version++;
}

/* The head, when the store has grown; true when it is another one. */
static bool read_head(rk_served_log *l, rk_store *s) {
    uint64_t size = 0;
    rk_log_head h;
    if (rk_store_size(s, &size, NULL) != RK_OK || (l->is_signed && size == l->head.size))
        return false;
    bool got = rk_log_head_read(s, &h, NULL) == RK_OK;
    if (!got) return rk_log_head_free(&h), false;
    rk_log_head_free(&l->head);
    l->head = h;
    l->is_signed = true;
    return true;
}

void rk_served_log_refresh(rk_served_log *l, const char *dir, rk_store *s, uint64_t now_ms,
                           bool loud) {
    bool grown = read_head(l, s), files = read_files(l, dir, loud);
    if (!l->is_signed) return;
    if (grown || files) {
        l->cosigned_size = size_of(l, s, rk_buf_slice(&l->cosigned));
        l->version++;
    }
    choose(l, s, now_ms);
}

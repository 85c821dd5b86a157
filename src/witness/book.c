#include "witness/book_inner.h"

#include "base/mem.h"
#include "core/line.h"
#include "files/files.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#define LOGS_BYTES_MAX (256u << 10)
#define KEY_BYTES_MAX 1024u

void rk_book_path(const rk_book *b, const char *a, const char *c, char out[PATH_MAX]) {
    int n = snprintf(out, PATH_MAX, "%s/%s%s%s", b->dir, a, c ? "/" : "", c ? c : "");
    RK_ASSERT(n > 0 && n < PATH_MAX);
}

const rk_verifier *rk_book_key(const rk_book *b) { return &b->signer.verifier; }
uint32_t rk_book_logs(const rk_book *b) { return b->n; }
const rk_witness_log *rk_book_log(const rk_book *b, uint32_t i) { return &b->log[i]; }
rk_slice rk_book_note(const rk_book *b, uint32_t i) {
    return rk_buf_slice(&b->watched[i].note);
}
const char *rk_book_stopped(const rk_book *b) { return b->stopped[0] ? b->stopped : NULL; }

/* ---- the key ---- */

static rk_status new_signer(rk_slice name, rk_signer *out, rk_err *err) {
    rk_ed25519_seed seed;
    if (getrandom(seed.b, sizeof seed.b, 0) != (ssize_t)sizeof seed.b)
        return rk_fail(err, RK_IO, "the system gives no random bytes: %s", strerror(errno));
    rk_status s = rk_signer_new(name, RK_KEY_COSIGN, &seed, out, err);
    rk_ed25519_wipe(&seed, sizeof seed);
    return s;
}

static rk_status write_key(const rk_book *b, rk_err *err) {
    char path[PATH_MAX];
    rk_buf text;
    rk_book_path(b, "key", NULL, path);
    rk_buf_init(&text, KEY_BYTES_MAX);
    rk_signer_put(&b->signer, &text);
    rk_buf_byte(&text, '\n');
    rk_status s = rk_file_create_private(path, rk_buf_slice(&text), err);
    rk_ed25519_wipe(text.ptr, text.len);
    rk_buf_free(&text);
    return s;
}

static rk_status read_key(rk_book *b, rk_err *err) {
    char path[PATH_MAX];
    rk_file f;
    rk_err why = RK_ERR_INIT;
    struct stat st;
    rk_book_path(b, "key", NULL, path);
    if (rk_file_read_raw(path, KEY_BYTES_MAX, &f, &why) != RK_OK)
        return rk_fail(err, why.code,
                       "%.200s (no witness here? 'rekap-witness init' makes one)", why.text);
    rk_slice text = f.bytes;
    if (text.len && text.ptr[text.len - 1] == '\n') text.len--;
    rk_status s = rk_signer_parse(text, &b->signer, &why);
    rk_ed25519_wipe(f.map, f.map_bytes ? 0 : f.bytes.len);
    rk_file_free(&f);
    if (s != RK_OK) return rk_fail(err, RK_CORRUPT, "%.150s: %.200s", path, why.text);
    if (b->signer.verifier.type != RK_KEY_COSIGN)
        return rk_fail(err, RK_CORRUPT, "%.150s: a witness signs with a key of type 4", path);
    if (stat(path, &st) == 0 && (st.st_mode & 077))
        return rk_fail(err, RK_CORRUPT, "%.150s: others can read it; run: chmod 600 on it",
                       path);
    return RK_OK;
}

static rk_status set_dir(rk_book *b, const char *dir, rk_err *err) {
    int n = snprintf(b->dir, sizeof b->dir, "%s", dir);
    if (n <= 0 || (size_t)n >= sizeof b->dir)
        return rk_fail(err, RK_BAD_INPUT, "the name of the directory is empty or too long");
    b->lock = -1;
    return RK_OK;
}

static rk_status make(rk_book *b, rk_slice name, rk_err *err) {
    char path[PATH_MAX];
    struct stat st;
    RK_TRY(new_signer(name, &b->signer, err));
    rk_book_path(b, "key", NULL, path);
    if (lstat(path, &st) == 0)
        return rk_fail(err, RK_CONFLICT, "%.200s: is already there, and is not replaced", path);
    rk_book_path(b, "state", NULL, path);
    RK_TRY(rk_dir_make(path, err));
    rk_book_path(b, "logs", NULL, path);
    RK_TRY(
        rk_file_write(path, RK_LIT("# logs watched: one verifier key a line\n"), false, err));
    return write_key(b, err);
}

rk_status rk_book_init(const char *dir, rk_slice name, rk_err *err) {
    rk_book *b = rk_alloc(sizeof *b);
    rk_status s = set_dir(b, dir, err);
    if (s == RK_OK) s = make(b, name, err);
    rk_book_free(&b);
    return s;
}

/* ---- the logs ---- */

static uint32_t find_log(const rk_book *b, rk_slice origin) {
    uint32_t i = 0;
    while (i < b->n && !rk_slice_eq(b->log[i].origin, origin)) i++;
    return i;
}

static rk_status place_of(rk_book *b, rk_slice origin, uint32_t *at, rk_err *err) {
    *at = find_log(b, origin);
    if (*at < b->n) return RK_OK;
    if (b->n == RK_WITNESS_LOGS_MAX)
        return rk_fail(err, RK_LIMIT, "more than %u logs", RK_WITNESS_LOGS_MAX);
    rk_sha256 h = rk_sha256_of(origin);
    rk_sha256_put(b->watched[b->n].hash, &h);
    b->n++;
    return RK_OK;
}

/* Adds a key in memory. *fresh = its log was not there. */
static rk_status add_key(rk_book *b, rk_slice text, bool *fresh, uint32_t *at, rk_err *err) {
    rk_verifier v;
    RK_TRY(rk_verifier_parse(text, &v, err));
    if (v.type != RK_KEY_ED25519)
        return rk_fail(err, RK_BAD_INPUT, "a log has a key of type 1, this one is of type %u",
                       (unsigned)v.type);
    uint32_t before = b->n;
    RK_TRY(place_of(b, rk_verifier_name(&v), at, err));
    rk_witness_log *log = &b->log[*at];
    struct watched *w = &b->watched[*at];
    *fresh = b->n > before;
    for (uint32_t k = 0; k < log->n_key; k++)
        if (w->key[k].id == v.id || memcmp(&w->key[k].key, &v.key, sizeof v.key) == 0)
            return rk_fail(err, RK_CONFLICT, "this key is already there");
    if (log->n_key == RK_WITNESS_KEYS_MAX)
        return rk_fail(err, RK_LIMIT, "a log has at most %u keys", RK_WITNESS_KEYS_MAX);
    w->key[log->n_key++] = v;
    log->key = w->key;
    log->origin = rk_verifier_name(&w->key[0]);
    return RK_OK;
}

static rk_status parse_logs(rk_book *b, rk_slice text, rk_err *err) {
    rk_slice line, rest = text;
    for (size_t no = 1; rk_line_next(&rest, &line); no++) {
        bool fresh;
        uint32_t at;
        rk_err why = RK_ERR_INIT;
        if (line.len == 0 || line.ptr[0] == '#') continue;
        if (add_key(b, line, &fresh, &at, &why) != RK_OK)
            return rk_fail_at(err, RK_CORRUPT, no, 0, "%s/logs: line %zu: %s", b->dir, no,
                              why.text);
    }
    if (rest.len)
        return rk_fail(err, RK_CORRUPT, "%s/logs: the last line has no newline", b->dir);
    return RK_OK;
}

static rk_status read_logs(rk_book *b, rk_file *f, rk_err *err) {
    char path[PATH_MAX];
    rk_book_path(b, "logs", NULL, path);
    RK_TRY(rk_file_read_raw(path, LOGS_BYTES_MAX, f, err));
    return parse_logs(b, f->bytes, err);
}

static rk_status write_logs(const rk_book *b, rk_slice text, rk_err *err) {
    char path[PATH_MAX];
    rk_book_path(b, "logs", NULL, path);
    return rk_file_write(path, text, false, err);
}

/* A log that is watched anew goes on where it was left, if it ever was watched before. */
static rk_status begin_state(rk_book *b, uint32_t at, rk_err *err) {
    char path[PATH_MAX];
    struct stat st;
    rk_book_path(b, "state", b->watched[at].hash, path);
    if (lstat(path, &st) == 0) return rk_state_load(b, at, err);
    rk_buf_init(&b->watched[at].note, RK_NOTE_MAX);
    return rk_state_write(b, at, err);
}

static rk_status rewrite_logs(const rk_book *b, rk_slice add, rk_slice without, rk_err *err) {
    char path[PATH_MAX];
    rk_file f;
    rk_buf out;
    rk_slice line, rest;
    rk_book_path(b, "logs", NULL, path);
    RK_TRY(rk_file_read_raw(path, LOGS_BYTES_MAX, &f, err));
    rk_buf_init(&out, LOGS_BYTES_MAX);
    for (rest = f.bytes; rk_line_next(&rest, &line);) {
        if (without.len && rk_slice_eq(line, without)) continue;
        rk_buf_add(&out, line);
        rk_buf_byte(&out, '\n');
    }
    rk_buf_add(&out, add);
    if (add.len) rk_buf_byte(&out, '\n');
    rk_status s = out.failed ? rk_fail(err, RK_LIMIT, "%.200s: is too long", path)
                             : write_logs(b, rk_buf_slice(&out), err);
    rk_buf_free(&out);
    rk_file_free(&f);
    return s;
}

rk_status rk_book_add(rk_book *b, rk_slice key, rk_err *err) {
    bool fresh;
    uint32_t at;
    RK_ASSERT(b->lock >= 0);
    RK_TRY(add_key(b, key, &fresh, &at, err));
    if (fresh)
        RK_TRY(begin_state(b, at, err)); /* before the log is named: it never lacks one */
    return rewrite_logs(b, key, (rk_slice){0}, err);
}

rk_status rk_book_remove(rk_book *b, rk_slice key, rk_err *err) {
    rk_verifier v;
    RK_ASSERT(b->lock >= 0);
    RK_TRY(rk_verifier_parse(key, &v, err));
    uint32_t at = find_log(b, rk_verifier_name(&v)), k = 0;
    while (at < b->n && k < b->log[at].n_key && b->watched[at].key[k].id != v.id) k++;
    if (at == b->n || k == b->log[at].n_key)
        return rk_fail(err, RK_NOT_FOUND, "this key is not among the logs' keys");
    return rewrite_logs(b, (rk_slice){0}, key, err);
}

/* ---- opening ---- */

/* Removes what a killed process left half-written, and counts the entries otherwise. */
static rk_status sweep(const rk_book *b, const char *sub, bool remove_tmp, uint32_t *n,
                       rk_err *err) {
    char path[PATH_MAX];
    rk_book_path(b, sub, NULL, path);
    *n = 0;
    DIR *d = opendir(path);
    if (!d && errno == ENOENT && !remove_tmp) return RK_OK;
    if (!d) return rk_fail(err, RK_CORRUPT, "%.200s: %s", path, strerror(errno));
    for (struct dirent *e; (e = readdir(d)) != NULL;) {
        if (e->d_name[0] == '.') continue;
        bool tmp = rk_slice_ends(rk_slice_str(e->d_name), RK_LIT(".tmp"));
        if (remove_tmp && tmp) {
            rk_book_path(b, sub, e->d_name, path);
            (void)unlink(path);
        } else if (*n < RK_WITNESS_EVIDENCE_MAX) {
            ++*n;
        }
    }
    (void)closedir(d);
    return RK_OK;
}

static rk_status take_lock(rk_book *b, rk_err *err) {
    char path[PATH_MAX];
    uint32_t n;
    rk_err why = RK_ERR_INIT;
    rk_book_path(b, "lock", NULL, path);
    if (rk_lock_take(path, &b->lock, &why) != RK_OK)
        return rk_fail(err, why.code, "%.200s%s", why.text,
                       why.code == RK_BUSY ? " (stop 'rekap-witness serve' first)" : "");
    RK_TRY(sweep(b, "state", true, &n, err));
    return sweep(b, "fork", false, &b->n_fork, err);
}

/* What is read may be in memory only, after a flush that failed or a power cut that did not
 * come: it is written once more, so that what is answered from it is on the disk. */
static rk_status load_states(rk_book *b, bool write, rk_err *err) {
    for (uint32_t i = 0; i < b->n; i++) {
        RK_TRY(rk_state_load(b, i, err));
        if (write) RK_TRY(rk_state_write(b, i, err));
    }
    return RK_OK;
}

static rk_status open_into(rk_book *b, const char *dir, bool write, rk_err *err) {
    rk_file f = {0};
    RK_TRY(set_dir(b, dir, err));
    RK_TRY(read_key(b, err));
    if (write) RK_TRY(take_lock(b, err));
    rk_status s = read_logs(b, &f, err);
    rk_file_free(&f);
    return s == RK_OK ? load_states(b, write, err) : s;
}

rk_status rk_book_open(const char *dir, bool write, rk_book **out, rk_err *err) {
    rk_book *b = rk_alloc(sizeof *b);
    *out = NULL;
    b->lock = -1;
    rk_status s = open_into(b, dir, write, err);
    if (s == RK_OK)
        *out = b;
    else
        rk_book_free(&b);
    return s;
}

void rk_book_free(rk_book **bp) {
    rk_book *b = *bp;
    if (!b) return;
    for (uint32_t i = 0; i < b->n; i++) rk_buf_free(&b->watched[i].note);
    if (b->lock >= 0) (void)close(b->lock);
    rk_signer_wipe(&b->signer);
    rk_free(b);
    *bp = NULL;
}

/* ---- cosigning ---- */

static unsigned say(unsigned status, const char *text, rk_buf *answer) {
    rk_buf_add(answer, rk_slice_str(text));
    rk_buf_byte(answer, '\n');
    return status;
}

unsigned rk_book_cosign(rk_book *b, rk_slice request, uint64_t now, rk_buf *answer,
                        bool *fork) {
    rk_witness_verdict v;
    rk_err why = RK_ERR_INIT;
    RK_ASSERT(b->lock >= 0);
    *fork = false;
    if (b->stopped[0]) return say(500, "this witness has stopped cosigning", answer);
    rk_witness_decide(b->log, b->n, request, &v, &why);
    if (v.fork) {
        rk_err lost = RK_ERR_INIT;
        if (rk_state_keep_fork(b, &v, fork, &lost) != RK_OK)
            (void)fprintf(stderr, "rekap-witness: %s\n", lost.text);
    }
    if (v.status == RK_WITNESS_STALE) {
        rk_witness_size_put(v.size, answer);
        return v.status;
    }
    if (v.status != RK_WITNESS_COSIGNED) return say(v.status, why.text, answer);
    rk_status s = rk_state_advance(b, &v, now, answer, &why);
    if (s == RK_OK) return v.status;
    if (s == RK_LIMIT) return say(RK_WITNESS_MALFORMED, why.text, answer);
    memcpy(b->stopped, why.text, sizeof b->stopped);
    return say(500, "this witness has stopped cosigning", answer);
}

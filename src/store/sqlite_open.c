/* Making and opening the SQLite store. A new store is made whole under another name and then
 * put in place, so no crash leaves half a one; an old one is only taken when its header, its
 * format and its tables are exactly ours, since a foreign schema could hold triggers and views.
 */
#include "store/sqlite_inner.h"

#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUSY_MS 2000
#define WAL_PAGES_MAX 1000
#define MMAP_BYTES                                                                             \
    "268435456" /* beyond it pages are copied: a pass over a log of 1 GB shall not keep it in  \
                   memory */
#define JOURNAL_KEEP_BYTES                                                                     \
    "8388608" /* a longer write-ahead log is cut back after a big batch */

#define T_BUNDLE "CREATE TABLE bundle(id INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT"
#define T_HEAD "CREATE TABLE head(id INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT"
#define T_META                                                                                 \
    "CREATE TABLE meta(key TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID"
#define T_TAIL "CREATE TABLE tail(idx INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT"
#define T_TILE "CREATE TABLE tile(id INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT"
#define TEXT_OF_(x) #x
#define TEXT_OF(x) TEXT_OF_(x)

static rk_status errno_fail(const char *path, const char *doing, rk_err *err) {
    rk_status code = errno == ENOENT ? RK_NOT_FOUND : RK_IO;
    return rk_fail(err, code, "%s: cannot %s: %s", path, doing, strerror(errno));
}

/* SQLite takes some names ("file:...", ":memory:", "") for something else than a file. */
static char *plain_name(const char *path) {
    size_t n = strlen(path) + 3;
    char *p = rk_alloc(n);
    (void)snprintf(p, n, "%s%s", path[0] == '/' ? "" : "./", path);
    return p;
}

static char *with_suffix(const char *path, const char *suffix) {
    size_t n = strlen(path) + strlen(suffix) + 1;
    char *p = rk_alloc(n);
    (void)snprintf(p, n, "%s%s", path, suffix);
    return p;
}

static void remove_with(const char *path, const char *suffix) {
    char *p = with_suffix(path, suffix);
    (void)unlink(p);
    rk_free(p);
}

static bool exists_with(const char *path, const char *suffix) {
    struct stat st;
    char *p = with_suffix(path, suffix);
    bool there = lstat(p, &st) == 0;
    rk_free(p);
    return there;
}

static rk_status sync_dir_of(const char *path, rk_err *err) {
    char *dir = rk_dup(path, strlen(path) + 1);
    char *slash = strrchr(dir, '/');
    RK_ASSERT(slash); /* plain_name */
    slash[slash == dir ? 1 : 0] = 0;
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    rk_status st =
        fd >= 0 && fsync(fd) == 0 ? RK_OK : errno_fail(dir, "flush the directory", err);
    if (fd >= 0) (void)close(fd);
    rk_free(dir);
    return st;
}

static const char make_sql[] =
    "PRAGMA page_size=4096;"
    "PRAGMA synchronous=FULL;"
    "PRAGMA application_id=" TEXT_OF(
        RK_SQLITE_APPLICATION) ";"
                               "PRAGMA user_version=" TEXT_OF(
                                   RK_SQLITE_FORMAT) ";"
                                                     "BEGIN;" T_BUNDLE ";" T_HEAD ";" T_META
                                                     ";" T_TAIL ";" T_TILE ";"
                                                     "INSERT INTO meta VALUES('format', "
                                                     "CAST('" TEXT_OF(
                                                         RK_SQLITE_FORMAT) "' AS BLOB));"
                                                                           "COMMIT;"
                                                                           "PRAGMA "
                                                                           "journal_mode=WAL;";

static rk_status make_tables(const char *tmp, rk_err *err) {
    struct rk_sqlite s = {.path = (char *)(uintptr_t)tmp};
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX |
                SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_EXRESCODE;
    rk_status st = RK_OK;
    int rc = sqlite3_open_v2(tmp, &s.db, flags, NULL);
    if (rc == SQLITE_OK) rc = sqlite3_exec(s.db, make_sql, NULL, NULL, NULL);
    if (rc != SQLITE_OK) st = rk_sqlite_fail(&s, rc, "make the store", false, err);
    (void)sqlite3_close(s.db);
    return st;
}

static rk_status put_in_place(const char *tmp, const char *path, rk_err *err) {
    if (renameat2(AT_FDCWD, tmp, AT_FDCWD, path, RENAME_NOREPLACE) == 0)
        return sync_dir_of(path, err);
    if (errno == EEXIST) return rk_fail(err, RK_CONFLICT, "%s: is already there", path);
    if (errno != EINVAL && errno != ENOSYS) return errno_fail(path, "put in place", err);
    /* A file system without that call: a hard link refuses as well. */
    if (link(tmp, path) != 0)
        return errno == EEXIST ? rk_fail(err, RK_CONFLICT, "%s: is already there", path)
                               : errno_fail(path, "put in place", err);
    (void)unlink(tmp);
    return sync_dir_of(path, err);
}

static rk_status create(const char *path, rk_err *err) {
    if (exists_with(path, "")) return rk_fail(err, RK_CONFLICT, "%s: is already there", path);
    /* SQLite would play an old write-ahead log into the new file. */
    if (exists_with(path, "-wal") || exists_with(path, "-shm"))
        return rk_fail(err, RK_CONFLICT,
                       "%s: %s-wal or -shm of an earlier store is there; move it away", path,
                       path);
    char suffix[40];
    (void)snprintf(suffix, sizeof suffix, ".%ld.tmp", (long)getpid());
    char *tmp = with_suffix(path, suffix);
    (void)unlink(tmp);
    rk_status st = make_tables(tmp, err);
    if (st == RK_OK) st = put_in_place(tmp, path, err);
    if (st != RK_OK) {
        (void)unlink(tmp);
        remove_with(tmp, "-wal");
        remove_with(tmp, "-shm");
        remove_with(tmp, "-journal");
    }
    rk_free(tmp);
    return st;
}

/* One number of one statement. */
static int number(struct rk_sqlite *s, const char *text, sqlite3_int64 *out) {
    sqlite3_stmt *st = NULL;
    int rc = sqlite3_prepare_v2(s->db, text, -1, &st, NULL);
    if (rc == SQLITE_OK) rc = sqlite3_step(st);
    if (rc == SQLITE_ROW) *out = sqlite3_column_int64(st, 0);
    (void)sqlite3_finalize(st);
    return rc == SQLITE_ROW ? SQLITE_OK : rc;
}

static rk_status check_format(struct rk_sqlite *s, rk_err *err) {
    sqlite3_int64 application = 0, format = 0, same = 0;
    int rc = number(s, "PRAGMA application_id", &application);
    if (rc == SQLITE_OK) rc = number(s, "PRAGMA user_version", &format);
    if (rc != SQLITE_OK) return rk_sqlite_fail(s, rc, "open it as a rekap store", false, err);
    if (application != RK_SQLITE_APPLICATION)
        return rk_fail(err, RK_CORRUPT, "%s: is not a rekap store", s->path);
    if (format != RK_SQLITE_FORMAT)
        return rk_fail(err, RK_CORRUPT, "%s: has format %lld, this program knows format %d%s",
                       s->path, (long long)format, RK_SQLITE_FORMAT,
                       format == 1 ? ": it was made before logs were signed; make the election "
                                     "anew from its files (rekap init, import)"
                                   : "");
    rc = number(s,
                "SELECT group_concat(sql, ';') = '" T_BUNDLE ";" T_HEAD ";" T_META ";" T_TAIL
                ";" T_TILE "'"
                " FROM (SELECT sql FROM sqlite_schema ORDER BY name)",
                &same);
    if (rc == SQLITE_OK && same)
        rc = number(s,
                    "SELECT count(*) FROM meta WHERE key = 'format'"
                    " AND value = CAST('" TEXT_OF(RK_SQLITE_FORMAT) "' AS BLOB)",
                    &same);
    if (rc != SQLITE_OK) return rk_sqlite_fail(s, rc, "read its tables", false, err);
    return same ? RK_OK
                : rk_fail(err, RK_CORRUPT, "%s: its tables are not those of a rekap store",
                          s->path);
}

/* secure_delete would overwrite each tail page with zeros: that writes more, and the log hides
 * nothing. cell_size_check and trusted_schema guard against a file made to harm. */
static int configure(struct rk_sqlite *s) {
    (void)sqlite3_db_config(s->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    (void)sqlite3_db_config(s->db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
    (void)sqlite3_db_config(s->db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
    int rc = sqlite3_busy_timeout(s->db, BUSY_MS);
    if (rc == SQLITE_OK)
        rc = sqlite3_exec(s->db,
                          "PRAGMA synchronous=FULL;PRAGMA secure_delete=OFF;"
                          "PRAGMA trusted_schema=OFF;PRAGMA cell_size_check=ON;"
                          "PRAGMA locking_mode=NORMAL;PRAGMA mmap_size=" MMAP_BYTES ";"
                          "PRAGMA journal_size_limit=" JOURNAL_KEEP_BYTES,
                          NULL, NULL, NULL);
    return rc;
}

static int wal_mode(struct rk_sqlite *s) {
    sqlite3_stmt *st = NULL;
    int rc = sqlite3_prepare_v2(s->db, "PRAGMA journal_mode=WAL", -1, &st, NULL);
    if (rc == SQLITE_OK) rc = sqlite3_step(st);
    bool wal = rc == SQLITE_ROW && strcmp((const char *)sqlite3_column_text(st, 0), "wal") == 0;
    int end = sqlite3_finalize(st);
    return wal ? SQLITE_OK : end != SQLITE_OK ? end : SQLITE_CANTOPEN;
}

/* A writer begins with an empty write-ahead log. What an earlier process wrote there without a
 * flush that succeeded may live in memory only: SQLite recovers it, and batches appended behind
 * it would be lost with it at a power cut. So it is copied to the table file, flushed, and the
 * log cut to nothing, before anything is written. With other processes at work (BUSY) nothing
 * was recovered and there is nothing to mend. */
static rk_status ready_to_write(struct rk_sqlite *s, rk_err *err) {
    int keep = 1;
    (void)sqlite3_file_control(s->db, NULL, SQLITE_FCNTL_PERSIST_WAL, &keep);
    int rc = wal_mode(s);
    if (rc == SQLITE_OK)
        rc = sqlite3_wal_checkpoint_v2(s->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    if (rc != SQLITE_OK && (rc & 0xff) != SQLITE_BUSY)
        return rk_sqlite_fail(s, rc, "make ready to write", true, err);
    /* The write-ahead log's name must last as its content does. SQLite flushes the directory
     * too, but takes no notice when that fails. */
    RK_TRY(sync_dir_of(s->path, err));
    (void)sqlite3_wal_hook(s->db, rk_sqlite_wal_hook, s);
    s->writable = true;
    return RK_OK;
}

static rk_status open_checked(struct rk_sqlite *s, bool write, rk_err *err) {
    struct stat st;
    if (stat(s->path, &st) != 0) return errno_fail(s->path, "open", err);
    if (!S_ISREG(st.st_mode)) return rk_fail(err, RK_CORRUPT, "%s: is not a file", s->path);
    if (st.st_size == 0) return rk_fail(err, RK_CORRUPT, "%s: is empty", s->path);
    int flags = (write ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY) | SQLITE_OPEN_NOMUTEX |
                SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_EXRESCODE;
    int rc = sqlite3_open_v2(s->path, &s->db, flags, NULL);
    if (rc == SQLITE_OK) rc = configure(s);
    if (rc != SQLITE_OK) return rk_sqlite_fail(s, rc, "open", false, err);
    if (write && sqlite3_db_readonly(s->db, "main") != 0)
        return rk_fail(err, RK_IO, "%s: cannot be written", s->path);
    RK_TRY(check_format(s, err));
    return write ? ready_to_write(s, err) : RK_OK;
}

rk_status rk_store_sqlite_open(const char *path, enum rk_store_mode mode, rk_store **out,
                               rk_err *err) {
    RK_ASSERT(path && out);
    *out = NULL;
    if (!*path) return rk_fail(err, RK_BAD_INPUT, "the name of the store is empty");
    struct rk_sqlite *s = rk_alloc(sizeof *s);
    s->port.ops = &rk_sqlite_ops;
    s->wal_pages_max = WAL_PAGES_MAX;
    s->path = plain_name(path);
    rk_buf_init(&s->bundle, RK_BUNDLE_MAX);
    rk_status st = mode == RK_STORE_CREATE ? create(s->path, err) : RK_OK;
    if (st == RK_OK) st = open_checked(s, mode != RK_STORE_READ, err);
    if (st != RK_OK) {
        rk_sqlite_free(s);
        return st;
    }
    *out = &s->port;
    return RK_OK;
}

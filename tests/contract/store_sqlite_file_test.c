/* The SQLite store and its file: what is not ours, of another format, or damaged is refused. */
#include "scratch.h"
#include "store_contract.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/stat.h>

char scratch_dir[64];

static char path[128];

static rk_store *open_as(enum rk_store_mode mode) {
    rk_store *s = NULL;
    rk_err err = RK_ERR_INIT;
    if (rk_store_sqlite_open(path, mode, &s, &err) != RK_OK) fail_msg("%s", err.text);
    return s;
}

static void make(uint64_t n) {
    static int k;
    snprintf(path, sizeof path, "%s/log%d", scratch_dir, k++);
    rk_store *s = open_as(RK_STORE_CREATE);
    rk_err err = RK_ERR_INIT;
    assert_int_equal(rk_store_begin(s, &err), RK_OK);
    assert_int_equal(store_put(s, 0, n, &err), RK_OK);
    assert_int_equal(rk_store_commit(s, NULL, &err), RK_OK);
    rk_store_close(&s);
}

static void sql(const char *text) {
    sqlite3 *db;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    char *why = NULL;
    if (sqlite3_exec(db, text, NULL, NULL, &why) != SQLITE_OK) fail_msg("%s: %s", text, why);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static rk_status nothing(void *ctx, uint64_t first, const rk_slice *e, size_t n, rk_err *err) {
    (void)ctx, (void)first, (void)e, (void)n, (void)err;
    return RK_OK;
}

static void open_refused(rk_status want) {
    for (int mode = RK_STORE_READ; mode <= RK_STORE_WRITE; mode++) {
        rk_store *s = NULL;
        rk_err err = RK_ERR_INIT;
        assert_int_equal(rk_store_sqlite_open(path, (enum rk_store_mode)mode, &s, &err), want);
        assert_null(s);
        assert_non_null(strstr(err.text, path));
    }
}

static void foreign_files(void **state) {
    (void)state;
    snprintf(path, sizeof path, "%s/foreign", scratch_dir);
    static const rk_slice content[] = {
        {"", 0}, {"not a database at all", 21}, {"SQLite format 3\0", 16}};
    for (size_t i = 0; i < 3; i++) {
        FILE *f = fopen(path, "wb");
        assert_non_null(f);
        fwrite(content[i].ptr, 1, content[i].len, f);
        fclose(f);
        open_refused(RK_CORRUPT);
    }
    unlink(path);
    sql("CREATE TABLE bundle(id INTEGER PRIMARY KEY, data BLOB)");
    open_refused(RK_CORRUPT);
    snprintf(path, sizeof path, "%s", scratch_dir);
    open_refused(RK_CORRUPT);
    rk_store *s;
    assert_int_equal(rk_store_sqlite_open("", RK_STORE_READ, &s, NULL), RK_BAD_INPUT);
}

/* Names that SQLite would take for something else are files like any other. */
static void odd_names(void **state) {
    (void)state;
    static const char *const name[] = {":memory:", "file:x?mode=memory"};
    char old[256];
    assert_non_null(getcwd(old, sizeof old));
    assert_int_equal(chdir(scratch_dir), 0);
    for (int i = 0; i < 2; i++) {
        rk_store *s = NULL;
        struct stat st;
        assert_int_equal(rk_store_sqlite_open(name[i], RK_STORE_CREATE, &s, NULL), RK_OK);
        rk_store_close(&s);
        assert_int_equal(stat(name[i], &st), 0);
        assert_true(st.st_size > 0);
    }
    assert_int_equal(chdir(old), 0);
}

static void formats(void **state) {
    (void)state;
    static const char *const change[] = {
        "PRAGMA user_version=1",
        "PRAGMA user_version=3",
        "PRAGMA user_version=0",
        "PRAGMA application_id=7",
        "CREATE TABLE more(x)",
        "CREATE TRIGGER t AFTER INSERT ON tail BEGIN DELETE FROM bundle; END",
        "DROP TABLE tail",
        "DROP TABLE tail; CREATE VIEW tail AS SELECT id AS idx, data FROM bundle",
        "DELETE FROM meta",
        "UPDATE meta SET value = x'31'"};
    for (size_t i = 0; i < sizeof change / sizeof *change; i++) {
        make(600);
        sql(change[i]);
        open_refused(RK_CORRUPT);
    }
}

static void read_is(rk_status want) {
    rk_store *s = open_as(RK_STORE_READ);
    rk_err err = RK_ERR_INIT;
    assert_int_equal(rk_store_read(s, 0, UINT64_MAX, nothing, NULL, &err), want);
    if (want != RK_OK) assert_non_null(strstr(err.text, path));
    rk_store_close(&s);
}

static void tampered_rows(void **state) {
    (void)state;
    static const char *const change[] = {
        "DELETE FROM bundle WHERE id=0",
        "DELETE FROM bundle WHERE id=1",
        "UPDATE bundle SET id=7 WHERE id=1",
        "UPDATE bundle SET id=-1 WHERE id=0",
        "UPDATE bundle SET id=9223372036854775807 WHERE id=1",
        "UPDATE bundle SET data=x'' WHERE id=0",
        "UPDATE bundle SET data=CAST(substr(data,1,length(data)-1) AS BLOB) WHERE id=0",
        "UPDATE bundle SET data=CAST(data||x'00' AS BLOB) WHERE id=0",
        "UPDATE bundle SET data=CAST(data||x'000141' AS BLOB) WHERE id=1",
        "UPDATE bundle SET data=CAST(x'0000'||substr(data,3) AS BLOB) WHERE id=0",
        "UPDATE bundle SET data=CAST(x'ffff'||substr(data,3) AS BLOB) WHERE id=0",
        "DELETE FROM tail WHERE idx=512",
        "DELETE FROM tail WHERE idx=550",
        "UPDATE tail SET idx=idx+1000",
        "UPDATE tail SET data=x'' WHERE idx=513",
        "UPDATE tail SET data=zeroblob(65536) WHERE idx=513",
        "UPDATE tail SET idx=5000 WHERE idx=599"};
    for (size_t i = 0; i < sizeof change / sizeof *change; i++) {
        make(600);
        read_is(RK_OK);
        sql(change[i]);
        read_is(RK_CORRUPT);
    }
}

/* Every 512 bytes of the file overwritten in turn: an answer or RK_CORRUPT, never a crash; and
 * the file cut short at every page. Bytes inside entries are not the store's to check. */
static void tampered_bytes(void **state) {
    (void)state;
    make(600);
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    size_t n = (size_t)st.st_size, refused = 0, cut = 0, cuts = 0;
    char *whole = malloc(n), noise[64];
    assert_non_null(whole);
    memset(noise, 0xC3, sizeof noise);
    int fd = open(path, O_RDWR | O_CLOEXEC);
    assert_int_equal(pread(fd, whole, n, 0), n);
    for (size_t at = 0; at < 2 * n; at += at < n ? 512 : 4096) {
        assert_int_equal(pwrite(fd, whole, n, 0), n);
        if (at < n)
            assert_int_equal(pwrite(fd, noise, sizeof noise, (off_t)at), sizeof noise);
        else
            assert_int_equal(ftruncate(fd, (off_t)(at - n)), 0);
        rk_store *s = NULL;
        rk_err err = RK_ERR_INIT;
        rk_status got = rk_store_sqlite_open(path, RK_STORE_READ, &s, &err);
        if (got == RK_OK) got = rk_store_read(s, 0, UINT64_MAX, nothing, NULL, &err);
        assert_true(got == RK_OK || got == RK_CORRUPT);
        refused += got != RK_OK && at < n;
        cut += got != RK_OK && at >= n;
        cuts += at >= n;
        rk_store_close(&s);
    }
    close(fd);
    free(whole);
    print_message("%zu of %zu places overwritten were noticed\n", refused, n / 512);
    assert_true(refused > 20);
    assert_int_equal(cut, cuts);
}

/* The leftover write-ahead log of another store must not be played into a new one. */
static void leftovers(void **state) {
    (void)state;
    make(10);
    unlink(path);
    char wal[160];
    snprintf(wal, sizeof wal, "%s-wal", path);
    rk_store *s = NULL;
    int fd = open(wal, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    close(fd);
    assert_int_equal(rk_store_sqlite_open(path, RK_STORE_CREATE, &s, NULL), RK_CONFLICT);
    assert_null(s);
}

/* After a clean close the write-ahead log is empty: the one file is the whole store. */
static void one_file_after_close(void **state) {
    (void)state;
    make(600);
    char wal[160];
    struct stat st;
    snprintf(wal, sizeof wal, "%s-wal", path);
    assert_true(stat(wal, &st) != 0 || st.st_size == 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(foreign_files),
                                       cmocka_unit_test(odd_names),
                                       cmocka_unit_test(formats),
                                       cmocka_unit_test(tampered_rows),
                                       cmocka_unit_test(leftovers),
                                       cmocka_unit_test(tampered_bytes),
                                       cmocka_unit_test(one_file_after_close)};
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}

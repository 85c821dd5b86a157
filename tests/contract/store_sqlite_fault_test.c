/* The SQLite store on a disk that fails. A shim between SQLite and its files makes the k-th
 * write, truncation or flush fail, for every k that the work reaches; or cuts the power there:
 * from then on nothing works, and of what was written since the last flush of a file only some
 * sectors remain. */
#include "scratch.h"
#include "store/sqlite_inner.h"
#include "store_contract.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

char scratch_dir[64];

#define SECTOR 512
#define FILES 4
#define CUTS_PER_STEP 3

enum op { OP_WRITE, OP_TRUNCATE, OP_SYNC };
enum fault { FAULT_NONE, FAULT_EIO, FAULT_FULL, FAULT_POWER };

static struct {
    bool on;
    enum fault fault;
    uint64_t at;        /* the operation that fails, from 1 */
    uint64_t done;      /* operations so far */
    bool hit, hit_sync; /* the fault has happened; it was a flush */
    uint64_t after;     /* writes and flushes tried after it */
} disk;

/* What of each file has been flushed. */
static struct durable {
    char path[256];
    char *bytes;
    size_t n;
} durable[FILES];

struct shim_file {
    sqlite3_file base;
    struct durable *durable; /* NULL: a file that need not last */
    sqlite3_file *real;
};

static sqlite3_file *real(sqlite3_file *f) { return ((struct shim_file *)(void *)f)->real; }

/* True when this operation is to fail. */
static bool fails(enum op op) {
    if (!disk.on) return false;
    if (disk.hit) disk.after++;
    if (disk.hit && disk.fault == FAULT_POWER) return true;
    if (++disk.done != disk.at) return false;
    /* A full disk is told by writes. */
    if (op != OP_WRITE && disk.fault == FAULT_FULL) return false;
    disk.hit = true;
    disk.hit_sync = op == OP_SYNC;
    return true;
}

static int shim_write(sqlite3_file *f, const void *p, int n, sqlite3_int64 at) {
    if (fails(OP_WRITE)) {
        if (n > 24) (void)real(f)->pMethods->xWrite(real(f), p, n / 2, at); /* torn */
        return disk.fault == FAULT_FULL ? SQLITE_FULL : SQLITE_IOERR_WRITE;
    }
    return real(f)->pMethods->xWrite(real(f), p, n, at);
}

static int shim_truncate(sqlite3_file *f, sqlite3_int64 n) {
    if (fails(OP_TRUNCATE)) return SQLITE_IOERR_TRUNCATE;
    return real(f)->pMethods->xTruncate(real(f), n);
}

static void remember(struct durable *d) {
    FILE *f = d ? fopen(d->path, "rb") : NULL;
    struct stat s;
    if (!f || stat(d->path, &s) != 0) abort();
    free(d->bytes);
    d->n = (size_t)s.st_size;
    d->bytes = malloc(d->n + 1);
    if (!d->bytes || fread(d->bytes, 1, d->n, f) != d->n) abort();
    fclose(f);
}

static int shim_sync(sqlite3_file *f, int flags) {
    if (fails(OP_SYNC)) return SQLITE_IOERR_FSYNC;
    struct shim_file *x = (struct shim_file *)(void *)f;
    (void)flags;
    /* The power cut is simulated with `durable`, so the real flush can be spared. Closing the
     * file drops the process's locks on it: fine with the single handle of these tests. */
    if (x->durable) remember(x->durable);
    return SQLITE_OK;
}

#define PASS(ret, name, params, args)                                                          \
    static ret shim_##name params { return real(f)->pMethods->x##name args; }
PASS(int, Read, (sqlite3_file * f, void *p, int n, sqlite3_int64 at), (real(f), p, n, at))
PASS(int, FileSize, (sqlite3_file * f, sqlite3_int64 *n), (real(f), n))
PASS(int, Lock, (sqlite3_file * f, int k), (real(f), k))
PASS(int, Unlock, (sqlite3_file * f, int k), (real(f), k))
PASS(int, CheckReservedLock, (sqlite3_file * f, int *out), (real(f), out))
PASS(int, FileControl, (sqlite3_file * f, int op, void *arg), (real(f), op, arg))
PASS(int, SectorSize, (sqlite3_file * f), (real(f)))
PASS(int, DeviceCharacteristics, (sqlite3_file * f), (real(f)))
PASS(int, ShmMap, (sqlite3_file * f, int page, int size, int extend, void volatile **p),
     (real(f), page, size, extend, p))
PASS(int, ShmLock, (sqlite3_file * f, int offset, int n, int flags),
     (real(f), offset, n, flags))
static void shim_ShmBarrier(sqlite3_file *f) { real(f)->pMethods->xShmBarrier(real(f)); }
PASS(int, ShmUnmap, (sqlite3_file * f, int drop), (real(f), drop))

static int shim_close(sqlite3_file *f) {
    return real(f)->pMethods ? real(f)->pMethods->xClose(real(f)) : SQLITE_OK;
}

static const sqlite3_io_methods methods = {2,
                                           shim_close,
                                           shim_Read,
                                           shim_write,
                                           shim_truncate,
                                           shim_sync,
                                           shim_FileSize,
                                           shim_Lock,
                                           shim_Unlock,
                                           shim_CheckReservedLock,
                                           shim_FileControl,
                                           shim_SectorSize,
                                           shim_DeviceCharacteristics,
                                           shim_ShmMap,
                                           shim_ShmLock,
                                           shim_ShmBarrier,
                                           shim_ShmUnmap,
                                           NULL,
                                           NULL};

static sqlite3_vfs shim;

static struct durable *durable_of(const char *name) {
    for (int i = 0; i < FILES; i++) {
        if (!durable[i].path[0]) snprintf(durable[i].path, sizeof durable[i].path, "%s", name);
        if (strcmp(durable[i].path, name) == 0) return &durable[i];
    }
    abort();
}

static int shim_open(sqlite3_vfs *v, const char *name, sqlite3_file *f, int flags, int *out) {
    sqlite3_vfs *under = v->pAppData;
    struct shim_file *x = (struct shim_file *)(void *)f;
    memset(x, 0, sizeof *x);
    x->real = (sqlite3_file *)(void *)(x + 1);
    int rc = under->xOpen(under, name, x->real, flags, out);
    if (x->real->pMethods) x->base.pMethods = &methods;
    if (disk.on && name && flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL))
        x->durable = durable_of(name);
    return rc;
}

static char path[128];

static int setup(void **state) {
    sqlite3_vfs *under = sqlite3_vfs_find(NULL);
    shim = *under;
    shim.pNext = NULL;
    shim.zName = "failing";
    shim.szOsFile = (int)sizeof(struct shim_file) + under->szOsFile;
    shim.pAppData = under;
    shim.xOpen = shim_open;
    return sqlite3_vfs_register(&shim, 1) == SQLITE_OK ? scratch_make(state) : -1;
}

/* ---- the work ---- */
struct outcome {
    uint64_t acked; /* the size after the last commit that returned RK_OK */
    uint64_t tried; /* the size it would have after the one that failed; or acked */
};

static rk_status one_batch(rk_store *s, uint64_t from, uint64_t n, struct outcome *o,
                           rk_err *err) {
    RK_TRY(rk_store_begin(s, err));
    rk_status st = store_put(s, from, from + n, err);
    if (st != RK_OK) {
        rk_store_abort(s);
        return st;
    }
    o->tried = from + n;
    uint64_t size = 0;
    RK_TRY(rk_store_commit(s, &size, err));
    assert_int_equal(size, from + n);
    o->acked = o->tried = size;
    return RK_OK;
}

/* A failure that leaves the handle usable is tried again once. */
static bool batches(rk_store *s, struct outcome *o) {
    static const uint64_t batch[] = {1, 1, 250, 5, 300, 1, 1, 200, 11, 1, 900, 1};
    for (size_t i = 0; i < sizeof batch / sizeof *batch; i++) {
        rk_err err = RK_ERR_INIT;
        if (one_batch(s, o->acked, batch[i], o, &err) == RK_OK) continue;
        assert_int_equal(err.code, RK_IO);
        assert_true(disk.hit);
        bool stopped = ((struct rk_sqlite *)(void *)s)->stopped;
        if (disk.fault == FAULT_FULL) {
            assert_false(stopped);
            assert_non_null(strstr(err.text, "disk is full"));
            store_holds(s, o->acked);
            err = RK_ERR_INIT;
            if (one_batch(s, o->acked, batch[i], o, &err) != RK_OK) fail_msg("%s", err.text);
        } else {
            assert_true(stopped);
            assert_int_equal(rk_store_begin(s, NULL), RK_IO);
            assert_int_equal(rk_store_meta_set(s, RK_LIT("a"), RK_LIT("b"), NULL), RK_IO);
            return false;
        }
    }
    return true;
}

static rk_store *open_small(enum rk_store_mode mode, rk_err *err) {
    rk_store *s = NULL;
    if (rk_store_sqlite_open(path, mode, &s, err) == RK_OK)
        ((struct rk_sqlite *)(void *)s)->wal_pages_max = 20;
    return s;
}

/* A store with two parts of the log: one in the table file, one still in the write-ahead log,
 * as after a crash; then more batches. */
static void work(struct outcome *o) {
    for (int part = 0; part < 2; part++) {
        rk_err err = RK_ERR_INIT;
        rk_store *s = open_small(RK_STORE_WRITE, &err);
        if (!s) {
            assert_true(disk.hit);
            assert_int_equal(err.code, RK_IO);
            return;
        }
        bool good = batches(s, o);
        if (part == 0)
            (void)sqlite3_db_config(((struct rk_sqlite *)(void *)s)->db,
                                    SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
        rk_store_close(&s);
        if (!good) return;
    }
}

static void new_store(void) {
    static int n;
    rk_err err = RK_ERR_INIT;
    memset(&disk, 0, sizeof disk);
    snprintf(path, sizeof path, "%s/log%d", scratch_dir, n++);
    rk_store *s = open_small(RK_STORE_CREATE, &err);
    if (!s) fail_msg("%s", err.text);
    rk_store_close(&s);
    for (int i = 0; i < FILES; i++) {
        free(durable[i].bytes);
        durable[i] = (struct durable){0};
    }
    remember(durable_of(path));
    char wal[160];
    snprintf(wal, sizeof wal, "%s-wal", path);
    (void)durable_of(wal);
}

static void reopened(const struct outcome *o) {
    rk_err err = RK_ERR_INIT;
    uint64_t size = 0;
    disk.on = false;
    rk_store *s = open_small(RK_STORE_WRITE, &err);
    if (!s) fail_msg("after the fault at %llu: %s", (unsigned long long)disk.at, err.text);
    assert_int_equal(rk_store_size(s, &size, NULL), RK_OK);
    if (size != o->acked && size != o->tried)
        fail_msg("fault at %llu: %llu entries, %llu acknowledged, %llu tried",
                 (unsigned long long)disk.at, (unsigned long long)size,
                 (unsigned long long)o->acked, (unsigned long long)o->tried);
    store_holds(s, size);
    struct outcome more = {size, size};
    assert_int_equal(one_batch(s, size, 300, &more, &err), RK_OK);
    store_holds(s, size + 300);
    rk_store_close(&s);
    unlink(path);
}

static void each_operation(enum fault fault) {
    uint64_t k = 0;
    size_t syncs = 0;
    do {
        struct outcome o = {0, 0};
        new_store();
        disk.fault = fault;
        disk.at = ++k;
        disk.on = true;
        work(&o);
        if (disk.hit_sync) assert_int_equal(disk.after, 0); /* not one more write */
        syncs += disk.hit_sync;
        reopened(&o);
    } while (disk.done >= k);
    print_message("%llu operations failed in turn, %zu of them flushes\n",
                  (unsigned long long)k - 1, syncs);
    assert_true(k > 50);
    assert_true(fault == FAULT_FULL || syncs > 20);
}

static void io_error(void **state) {
    (void)state;
    each_operation(FAULT_EIO);
}
static void disk_full(void **state) {
    (void)state;
    each_operation(FAULT_FULL);
}

/* ---- power ---- */
static uint64_t rng;
static uint64_t draw(uint64_t n) {
    rng = rng * 6364136223846793005ull + 1442695040888963407ull;
    return (rng >> 33) % n;
}

/* The file after the cut: what was flushed, and of the rest each sector or not. odds 0: nothing
 * that was not flushed remains. */
static void after_cut(struct durable *d, uint64_t odds) {
    if (!d->path[0]) return;
    FILE *f = fopen(d->path, "rb");
    size_t n = d->n;
    char *now = NULL;
    if (f) {
        struct stat s;
        if (stat(d->path, &s) != 0) abort();
        size_t got = (size_t)s.st_size;
        now = calloc(1, (got > n ? got : n) + 1);
        if (!now || fread(now, 1, got, f) != got) abort();
        fclose(f);
        size_t end = odds && draw(2) ? got : n; /* the new length, or the old */
        for (size_t at = 0; at < end; at += SECTOR) {
            size_t k = end - at < SECTOR ? end - at : SECTOR;
            if (odds && draw(100) < odds) continue;
            for (size_t i = at; i < at + k; i++) now[i] = i < n ? d->bytes[i] : 0;
        }
        n = end;
    }
    f = fopen(d->path, "wb");
    if (!f || (n && fwrite(now ? now : d->bytes, 1, n, f) != n) || fclose(f) != 0) abort();
    free(now);
}

static void power_cut(void **state) {
    (void)state;
    static const uint64_t odds[CUTS_PER_STEP] = {0, 50, 90};
    rng = store_seed("power_cut");
    uint64_t k = 0, cuts = 0, last = 0;
    do {
        k++;
        for (int c = 0; c < CUTS_PER_STEP; c++) {
            struct outcome o = {0, 0};
            new_store();
            disk.fault = FAULT_POWER;
            disk.at = k;
            disk.on = true;
            work(&o);
            last = disk.done;
            disk.on = false;
            for (int i = 0; i < FILES; i++) after_cut(&durable[i], odds[c]);
            char shm[160];
            snprintf(shm, sizeof shm, "%s-shm", path);
            unlink(shm);
            reopened(&o);
            cuts++;
        }
    } while (last >= k);
    print_message("%llu power cuts\n", (unsigned long long)cuts);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(io_error), cmocka_unit_test(disk_full),
                                       cmocka_unit_test(power_cut)};
    return cmocka_run_group_tests(tests, setup, scratch_remove);
}

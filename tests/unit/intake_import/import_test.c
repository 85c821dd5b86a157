/* Importing a file of forms: all of it or nothing, what is unchanged makes no entry, and a
 * killed import leaves the whole file in the log or none of it. */
#include "intake/import.h"

#include "scratch.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#include "files/files.h"
#include "random.h"
#include "unit/core/small.h"

char scratch_dir[64];

#define TREE                                                                                   \
    "kode,induk,nama,tingkat,nomor_tps,dapil\n1,,A,1,,X\n11,1,B,2,,\n111,11,C,3,,\n1111,111,"  \
    "D,4,,\n1112,111,E,4,1-3,\n2,,F,1,,\n21,2,G,2,,\n211,21,H,3,,\n2111,211,I,4,,\n"
#define PPWP                                                                                   \
    "{\"format\":\"rekap-kontes-1\",\"kode\":\"ppwp\",\"nama\":\"N\",\"bentuk\":\"paslon\","   \
    "\"maks\":5000,\"medan\":[\"suara_sah\"],\"pilihan\":[{\"kode\":\"1\"},{\"kode\":\"2\"}]}"
#define DPD                                                                                    \
    "{\"format\":\"rekap-kontes-1\",\"kode\":\"pdpd\",\"nama\":\"N\",\"bentuk\":\"calon\","    \
    "\"medan\":[],\"dapil\":["                                                                 \
    "{\"kode\":\"X\",\"wilayah\":[\"11\"],\"pilihan\":[{\"kode\":\"a\"},{\"kode\":\"b\"}]}]}"

static const char *fresh(void) {
    static unsigned n;
    static char name[300];
    char last[20];
    rk_dir d;
    rk_err err = RK_ERR_INIT;
    snprintf(last, sizeof last, "e%u", n++);
    snprintf(name, sizeof name, "%s", scratch(last));
    MUST(rk_dir_init(name, RK_LIT("uji"), RK_LIT("Uji"), RK_LIT(""), &err), err);
    MUST(rk_dir_open(name, RK_STORE_WRITE, UINT64_MAX, &d, &err), err);
    MUST(rk_dir_declare(&d, RK_DOC_WILAYAH, RK_LIT(""), RK_LIT("w"), RK_LIT(""), RK_LIT(TREE),
                        &err),
         err);
    MUST(rk_dir_declare(&d, RK_DOC_KONTES, RK_LIT(""), RK_LIT("k"), RK_LIT(""), RK_LIT(PPWP),
                        &err),
         err);
    MUST(rk_dir_declare(&d, RK_DOC_KONTES, RK_LIT(""), RK_LIT("k"), RK_LIT(""), RK_LIT(DPD),
                        &err),
         err);
    rk_dir_close(&d);
    return name;
}

static rk_dir open_dir(const char *name) {
    rk_dir d;
    rk_err err = RK_ERR_INIT;
    MUST(rk_dir_open(name, RK_STORE_WRITE, UINT64_MAX, &d, &err), err);
    return d;
}

struct problems {
    rk_buf text;
    int n;
};

static void problem(void *ctx, const rk_problem *p) {
    struct problems *x = ctx;
    x->n++;
    rk_buf_printf(&x->text, "%zu:%zu %.*s|", p->line, p->column, RK_FMT(p->value));
}

static rk_status take(rk_dir *d, const char *contest, rk_slice csv, bool keep_going, bool dry,
                      struct problems *p, rk_import_report *r) {
    rk_err err = RK_ERR_INIT;
    rk_import_options o = {.contest = rk_slice_str(contest),
                           .keep_going = keep_going,
                           .dry_run = dry,
                           .fn = problem,
                           .ctx = p};
    *p = (struct problems){0};
    rk_buf_init(&p->text, 1 << 16);
    char *exact = rk_dup(csv.ptr, csv.len); /* exactly that long: over-reads are seen by ASan */
    rk_status s = rk_import(d, RK_LIT("a.csv"), (rk_slice){exact, csv.len}, &o, r, &err);
    rk_free(exact);
    if (s != RK_OK) assert_true(err.text[0]);
    return s;
}

static uint64_t size_of(const char *name) {
    rk_dir d = open_dir(name);
    uint64_t n = d.election->size;
    rk_dir_close(&d);
    return n;
}

/* One import into a fresh election; what is in the log afterwards is what memory had. */
static void imports(const char *contest, const char *csv, bool keep_going, rk_status want,
                    rk_import_report report, const char *problems) {
    const char *name = fresh();
    rk_dir d = open_dir(name);
    uint64_t before = d.election->size;
    struct problems p;
    rk_import_report r;
    rk_status s = take(&d, contest, rk_slice_str(csv), keep_going, false, &p, &r);
    if (s != want || !rk_slice_is(rk_buf_slice(&p.text), problems))
        fail_msg("%s\n%s '%.*s'", csv, rk_status_name(s), RK_FMT(rk_buf_slice(&p.text)));
    if (want == RK_OK) {
        assert_int_equal(r.rows, report.rows), assert_int_equal(r.added, report.added),
            assert_int_equal(r.corrected, report.corrected);
        assert_int_equal(r.unchanged, report.unchanged), assert_int_equal(r.bad, report.bad);
        assert_int_equal(r.first_entry == UINT64_MAX, report.added + report.corrected == 0);
    }
    uint64_t after = want == RK_OK && report.added ? before + 1 + report.added : before;
    rk_buf_free(&p.text);
    uint32_t total = d.election->tree->node[0].total, known = d.election->tree->node[0].known;
    rk_dir_close(&d);
    assert_int_equal(size_of(name), after);
    if (want != RK_OK) return;
    d = open_dir(
        name); /* memory after the import and a fold of the log agree about the stations */
    assert_int_equal(d.election->tree->node[0].total, total);
    assert_int_equal(d.election->tree->node[0].known, known);
    rk_dir_close(&d);
}

static void all_or_nothing(void **state) {
    (void)state;
    static const char one_bad[] =
        "tps,suara_1,suara_2\n1112001,5,6\n1112009,1,1\n1111001,7,8\n";
    imports("ppwp", one_bad, false, RK_BAD_INPUT, (rk_import_report){0}, "3:1 1112009|");
    imports("ppwp", one_bad, true, RK_OK, (rk_import_report){.rows = 2, .added = 2, .bad = 1},
            "3:1 1112009|");
    imports("ppwp", "tps,suara_1\n1112001,5\n", false, RK_OK,
            (rk_import_report){.rows = 1, .added = 1}, "");
    imports("ppwp", "tps,suara_1\n", false, RK_OK, (rk_import_report){0}, "");
    imports("zz", "tps,suara_1\n1112001,5\n", false, RK_NOT_FOUND, (rk_import_report){0}, "");
    imports("ppwp", "", false, RK_BAD_INPUT, (rk_import_report){0}, "");
    imports("ppwp", "tps,suara_9\n1112001,5\n", false, RK_BAD_INPUT, (rk_import_report){0}, "");
    imports("ppwp", "tps,suara_sah,suara_sah\n1112001,5,5\n", true, RK_BAD_INPUT,
            (rk_import_report){0}, "");
}

static void every_reject_has_its_place(void **state) {
    (void)state;
    imports("ppwp",
            "suara_2,tps,ts,suara_1,desa\n"
            "1,1112001,x,1,\n"                       /* 2: no time */
            "-1,1112002,2024-02-14 18:44:00,5001,\n" /* 3: two figures */
            "1,1112003,,,2111\n"                     /* 4: another desa */
            "1,,,,\n"                                /* 5: no station */
            "1,9,,,\n"                               /* 6: no region */
            "1,zz,,,1111\n1,zz,,,1111\n"             /* 8: twice */
            "1,1112001\n"                            /* 9: too few */
            "\"1\",1111009,\"a,b\",1,\n",            /* 10 */
            true, RK_OK, (rk_import_report){.rows = 1, .added = 1, .bad = 9 - 1},
            "2:3 x|3:1 -1|3:4 5001|4:2 1112003|5:2 |6:2 9|8:2 zz|9:0 |10:3 a,b|");
    imports("pdpd", "tps,suara_a,dapil\n1111001,1,X\n1111002,2,Y\n2111001,3,\n1112001,4,\n",
            true, RK_OK, (rk_import_report){.rows = 2, .added = 2, .bad = 2},
            "3:3 Y|4:1 2111001|");
}

/* A row that is refused for its figures leaves no station behind. */
static void refused_rows_add_no_station(void **state) {
    (void)state;
    imports("ppwp", "tps,suara_1,ts\n1111001,1,x\n1111002,2,\n", true, RK_OK,
            (rk_import_report){.rows = 1, .added = 1, .bad = 1}, "2:3 x|");
    imports("pdpd", "tps,suara_a,dapil\n1111001,1,Y\n2111001,1,\n", true, RK_OK,
            (rk_import_report){.bad = 2}, "2:3 Y|3:1 2111001|");
}

static void corrections(void **state) {
    (void)state;
    const char *name = fresh();
    rk_dir d = open_dir(name);
    struct problems p;
    rk_import_report r;
    uint64_t base = d.election->size;
    static const struct {
        const char *csv;
        uint64_t added, corrected, unchanged, entries;
    } t[] = {
        {"tps,suara_1,suara_2\n1112001,5,6\n1111007,1,2\n", 2, 0, 0, 3},
        {"tps,suara_1,suara_2\n1112001,5,6\n1111007,1,2\n", 0, 0, 2, 0},
        {"suara_2,suara_1,tps\n6,5,1112001\n2,,1111007\n", 0, 1, 1, 2}, /* blank is not zero */
        {"suara_2,suara_1,tps\n6,5,1112001\n2,0,1111007\n", 0, 1, 1, 2},
        {"suara_2,suara_1,tps,ts\n6,5,1112001,2024-02-14 18:44:00\n", 0, 1, 0, 2},
        {"suara_2,suara_1,tps,ts\n6,5,1112001,2024-02-14 18:44:00\n", 0, 0, 1, 0},
        {"tps,suara_1\n1112001,5\n1112002,9\n", 1, 1, 0, 3}};
    for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
        assert_int_equal(take(&d, "ppwp", rk_slice_str(t[i].csv), false, false, &p, &r), RK_OK);
        assert_int_equal(r.added, t[i].added), assert_int_equal(r.corrected, t[i].corrected),
            assert_int_equal(r.unchanged, t[i].unchanged);
        assert_int_equal(r.first_entry, t[i].entries ? base : UINT64_MAX);
        base += t[i].entries;
        assert_int_equal(d.election->size, base);
        rk_buf_free(&p.text);
    }
    assert_int_equal(rk_tally_sum(&d.election->tally[0], 0)[1], 14);
    assert_int_equal(take(&d, "ppwp", RK_LIT("tps,suara_1\n1112003,5\n"), false, true, &p, &r),
                     RK_OK); /* a dry run */
    assert_int_equal(r.added, 1);
    assert_int_equal(r.first_entry, UINT64_MAX);
    rk_buf_free(&p.text);
    rk_dir_close(&d);
    assert_int_equal(size_of(name), base);
}

/* ===== kill -9 ===== */

enum { ROWS = 5000 };

static void many_rows(rk_buf *b) {
    rk_buf_init(b, 1 << 20);
    rk_buf_lit(b, "tps,suara_1,suara_2,suara_sah\n");
    for (int i = 0; i < ROWS; i++)
        rk_buf_printf(b, "%s-%d,%d,%d,%d\n", i % 3 ? "1111" : "2111", i, i % 300, i % 7,
                      i % 300 + i % 7);
}

static void import_and_exit(const char *name, rk_slice csv) {
    rk_dir d = open_dir(name);
    struct problems p;
    rk_import_report r;
    rk_status s = take(&d, "ppwp", csv, false, false, &p, &r);
    _exit(s == RK_OK && r.added == ROWS ? 0 : 1);
}

static uint64_t now_us(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

/* Runs an import in a child and kills it after `after` microseconds (0: lets it end); returns
 * how long it ran. */
static uint64_t child(const char *name, rk_slice csv, uint64_t after) {
    uint64_t start = now_us();
    int status;
    fflush(NULL);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) import_and_exit(name, csv);
    if (after) {
        usleep((useconds_t)after);
        kill(pid, SIGKILL);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(after ? WIFSIGNALED(status) || WEXITSTATUS(status) == 0
                      : WIFEXITED(status) && WEXITSTATUS(status) == 0);
    return now_us() - start;
}

static void killed(void **state) {
    (void)state;
    rnd_start("kill -9 during import");
    rk_buf csv;
    many_rows(&csv);
    uint64_t whole = child(fresh(), rk_buf_slice(&csv), 0), in = 0;
    for (int i = 0; i < 40; i++) {
        const char *name = fresh();
        uint64_t before = size_of(name);
        child(name, rk_buf_slice(&csv), 1 + rnd64() % (whole + whole / 8));
        rk_dir d = open_dir(name); /* which folds what is there */
        bool there = d.election->size == before + 1 + ROWS;
        if (!there) assert_int_equal(d.election->size, before);
        assert_int_equal(d.election->tally[0].count[0].forms, there ? ROWS : 0);
        in += there;
        rk_dir_close(&d);
        child(name, rk_buf_slice(&csv), there ? 1 : 0); /* and it can be tried again */
    }
    print_message("%llu of 40 were whole\n", (unsigned long long)in);
    rk_buf_free(&csv);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(all_or_nothing),
                                       cmocka_unit_test(every_reject_has_its_place),
                                       cmocka_unit_test(refused_rows_add_no_station),
                                       cmocka_unit_test(corrections), cmocka_unit_test(killed)};
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}

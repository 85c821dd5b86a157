#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "core/ppid.h"
#include "files/files.h"

static rk_calendar calendar;

static int load(void **state) {
    (void)state;
    char path[4096];
    rk_file f;
    rk_err err = RK_ERR_INIT;
    snprintf(path, sizeof path, "%s/data/kalender/holidays-2024-2026.csv",
             getenv("REKAP_ROOT"));
    if (rk_file_read_raw(path, 1 << 20, &f, &err) != RK_OK) return -1;
    rk_status s = rk_calendar_add(&calendar, f.bytes, &err);
    rk_file_free(&f);
    return s == RK_OK ? 0 : -1;
}
static int unload(void **state) {
    (void)state;
    rk_calendar_free(&calendar);
    return 0;
}

static rk_day day(const char *s) {
    rk_day d;
    assert_true(rk_day_parse(rk_slice_str(s), &d));
    return d;
}

static void shipped_calendar(void **state) {
    (void)state;
    assert_int_equal(calendar.n, 81);
    for (int y = 2020; y < 2030; y++)
        assert_int_equal(rk_calendar_published(&calendar, y), y >= 2024 && y <= 2026);
    assert_false(rk_workday_is(&calendar, day("2024-02-14"))); /* polling day, a Wednesday */
    assert_false(rk_workday_is(&calendar, day("2024-11-27")));
    assert_false(rk_workday_is(&calendar, day("2024-04-08"))); /* joint leave */
    assert_true(rk_workday_is(&calendar, day("2024-02-15")));
}

/* Counted by hand on the calendar: weekends, single holidays, long Lebaran, the year's turn. */
static void table_of_dates(void **state) {
    (void)state;
    static const struct {
        const char *from;
        uint32_t n;
        const char *to;
        int missing;
    } t[] = {
        {"2024-01-02", 3, "2024-01-05", 0}, /* Tuesday to Friday */
        {"2024-01-03", 3, "2024-01-08", 0}, /* over a weekend */
        {"2024-01-05", 1, "2024-01-08", 0}, /* Friday */
        {"2024-01-06", 1, "2024-01-08", 0}, /* received on a Saturday */
        {"2024-01-07", 3, "2024-01-10", 0}, /* on a Sunday */
        {"2024-02-07", 1, "2024-02-12", 0}, /* Isra Mikraj, joint leave, weekend */
        {"2024-02-13", 3, "2024-02-19", 0}, /* polling day between */
        {"2024-02-13", 5, "2024-02-21", 0}, /* 3 + 2 */
        {"2024-03-08", 3, "2024-03-15", 0}, /* Nyepi and its leave: 13, 14, 15 */
        {"2024-03-28", 1, "2024-04-01", 0}, /* Good Friday, Easter Sunday */
        {"2024-04-03", 3, "2024-04-16", 0}, /* over Lebaran */
        {"2024-04-05", 3, "2024-04-18", 0},
        {"2024-04-05", 5, "2024-04-22", 0},
        {"2024-04-03", 10, "2024-04-25", 0}, /* general */
        {"2024-05-08", 1, "2024-05-13", 0},  /* Ascension, leave, weekend */
        {"2024-08-16", 1, "2024-08-19", 0},  /* 17 August on a Saturday */
        {"2024-11-26", 1, "2024-11-28", 0},  /* regional polling day */
        {"2024-12-24", 3, "2024-12-31", 0},  /* Christmas and its leave: 27, 30, 31 */
        {"2024-12-30", 3, "2025-01-03", 0},  /* the year's turn: 31, 2, 3 */
        {"2024-12-31", 1, "2025-01-02", 0},
        {"2025-01-24", 1, "2025-01-30", 0}, /* weekend, 27, 28, 29 */
        {"2025-03-27", 1, "2025-04-08", 0}, /* Nyepi and Lebaran in a row */
        {"2025-12-24", 3, "2025-12-31", 0},
        {"2025-12-30", 3, "2026-01-05", 0}, /* 31, 2, 5 */
        {"2026-03-17", 1, "2026-03-25", 0},
        {"2026-12-23", 1, "2026-12-28", 0},
        {"2026-12-30", 3, "2027-01-04", 2027}, /* 31, 1 (a Friday, not known to be free), 4 */
        {"2023-12-28", 3, "2024-01-03", 2023},
        {"2024-02-14", 0, "2024-02-14", 0},
    };
    for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
        int64_t missing;
        char got[RK_DAY_LEN + 1] = {0};
        rk_day_put(got, rk_workday_after(&calendar, day(t[i].from), t[i].n, &missing));
        if (strcmp(got, t[i].to) != 0 || missing != t[i].missing)
            fail_msg("%s + %u = %s, not %s; missing %d", t[i].from, t[i].n, got, t[i].to,
                     (int)missing);
        if (t[i].n)
            assert_int_equal(rk_workday_count(&calendar, day(t[i].from), day(t[i].to)), t[i].n);
    }
    printf("%zu dates\n", sizeof t / sizeof *t);
}

/* Beside counting day by day, for every day of four years. */
static void every_day(void **state) {
    (void)state;
    for (rk_day d = day("2023-12-01"); d < day("2027-02-01"); d++)
        for (uint32_t n = 1; n <= 17; n += 4) {
            rk_day to = rk_workday_after(&calendar, d, n, NULL);
            assert_true(rk_workday_is(&calendar, to));
            assert_int_equal(rk_workday_count(&calendar, d, to), n);
            assert_int_equal(rk_workday_count(&calendar, d, to - 1), n - 1);
        }
}

/* ===== beside a count of another make ===== */

static rk_file shipped; /* the calendar's bytes: asked with memmem, not with what is tested */

/* Is a date, written out, a day of the week off, or does a line of the file begin with it? */
static bool is_off(rk_day d) {
    static const rk_day a_monday = 19723; /* 2024-01-01 */
    char line[40];
    int64_t y, m, dd, k = ((int64_t)d - a_monday) % 7;
    if (k < 0) k += 7;
    if (k >= 5) return true;
    rk_day_date(d, &y, &m, &dd);
    snprintf(line, sizeof line, "\n%04d-%02d-%02d,", (int)y % 10000, (int)m % 100,
             (int)dd % 100);
    return memmem(shipped.bytes.ptr, shipped.bytes.len, line, RK_DAY_LEN + 2) != NULL;
}

static rk_day by_hand(rk_day from, uint32_t n) {
    while (n) n -= !is_off(++from);
    return from;
}

static rk_day due_of(rk_day received, const char *kind, bool extended) {
    char text[600], at[RK_DAY_LEN + 1] = {0};
    rk_ppid *p;
    rk_err err = RK_ERR_INIT;
    rk_day_put(at, received);
    int n =
        snprintf(text, sizeof text,
                 "{\"peristiwa\":\"terima\",\"no\":\"1\",\"tanggal\":\"%s\",\"alias\":\"a\","
                 "\"perihal\":\"x\",\"jenis\":\"%s\"}\n",
                 at, kind);
    if (extended)
        snprintf(text + n, sizeof text - (size_t)n,
                 "{\"peristiwa\":\"perpanjangan\",\"no\":\"1\",\"tanggal\":\"%s\",\"alasan\":"
                 "\"y\"}\n",
                 at);
    if (rk_ppid_parse(rk_slice_str(text), &calendar, received, &p, &err) != RK_OK)
        fail_msg("%s: %s", at, err.text);
    rk_day due = p->request[0].due;
    rk_ppid_free(&p);
    return due;
}

/* Every deadline of the law, for a request received on each of the days around every holiday,
 * weekend and turn of the year of the calendar: through the register, and by the count above.
 */
static void around_every_holiday(void **state) {
    (void)state;
    static const struct {
        const char *kind;
        bool extended;
        uint32_t days;
    } law[] = {
        {"pemilu", false, 3}, {"pemilu", true, 5}, {"umum", false, 10}, {"umum", true, 17}};
    static const uint32_t more[] = {1, 14, 30, 100};
    char path[4096];
    unsigned n = 0, around = 0;
    snprintf(path, sizeof path, "%s/data/kalender/holidays-2024-2026.csv",
             getenv("REKAP_ROOT"));
    assert_int_equal(rk_file_read_raw(path, 1 << 20, &shipped, NULL), RK_OK);
    for (rk_day d = day("2023-12-20"); d <= day("2027-01-10"); d++) {
        bool near = is_off(d - 1) || is_off(d) || is_off(d + 1);
        if (!near) continue;
        around++;
        for (size_t k = 0; k < sizeof law / sizeof *law; k++, n++)
            if (due_of(d, law[k].kind, law[k].extended) != by_hand(d, law[k].days))
                fail_msg("%d, %s", (int)d, law[k].kind);
        for (size_t k = 0; k < sizeof more / sizeof *more; k++, n++)
            assert_int_equal(rk_workday_after(&calendar, d, more[k], NULL),
                             by_hand(d, more[k]));
    }
    rk_file_free(&shipped);
    printf("%u deadlines of requests received on %u days around weekends and holidays\n", n,
           around);
    assert_true(around > 700);
}

/* A deadline that reaches into a year without a calendar says so, and only such a one. */
static void the_turn_of_the_year(void **state) {
    (void)state;
    static const struct {
        const char *from;
        uint32_t n;
        int missing;
    } t[] = {{"2026-12-28", 3, 0},     {"2026-12-29", 2, 0},  {"2026-12-29", 3, 2027},
             {"2026-12-31", 1, 2027},  {"2025-12-31", 10, 0}, {"2024-12-31", 17, 0},
             {"2023-12-29", 1, 2023},  {"2023-12-31", 1, 0},  {"2026-08-01", 100, 0},
             {"2026-08-20", 100, 2027}};
    for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
        int64_t missing = -1;
        (void)rk_workday_after(&calendar, day(t[i].from), t[i].n, &missing);
        if (missing != t[i].missing) fail_msg("%s + %u: %d", t[i].from, t[i].n, (int)missing);
    }
}

/* ===== the register ===== */

static rk_status read_at(const char *lines, const char *today, rk_ppid **p, rk_err *err) {
    return rk_ppid_parse(rk_slice_str(lines), &calendar, day(today), p, err);
}

#define RECEIVED(no, date, kind)                                                               \
    "{\"peristiwa\":\"terima\",\"no\":\"" no "\",\"tanggal\":\"" date                          \
    "\",\"alias\":\"pemohon-1\",\"perihal\":\"x\",\"jenis\":\"" kind "\"}\n"
#define EVENT(name, no, date, more)                                                            \
    "{\"peristiwa\":\"" name "\",\"no\":\"" no "\",\"tanggal\":\"" date "\"" more "}\n"

static void deadlines_of_a_request(void **state) {
    (void)state;
    static const struct {
        const char *lines, *today, *due;
        enum rk_ppid_state state;
        bool overdue, late;
    } t[] = {
        {RECEIVED("1", "2024-02-13", "pemilu"), "2024-02-19", "2024-02-19", RK_PPID_OPEN, false,
         false},
        {RECEIVED("1", "2024-02-13", "pemilu"), "2024-02-20", "2024-02-19", RK_PPID_OPEN, true,
         false},
        {RECEIVED("1", "2024-02-13", "umum"), "2024-02-20", "2024-02-28", RK_PPID_OPEN, false,
         false},
        {RECEIVED("1", "2024-02-13", "pemilu")
             EVENT("perpanjangan", "1", "2024-02-16", ",\"alasan\":\"y\""),
         "2024-02-20", "2024-02-21", RK_PPID_OPEN, false, false},
        {RECEIVED("1", "2024-02-13", "umum")
             EVENT("perpanjangan", "1", "2024-02-16", ",\"alasan\":\"y\""),
         "2024-02-20", "2024-03-08", RK_PPID_OPEN, false, false},
        {RECEIVED("1", "2024-02-13", "pemilu")
             EVENT("jawaban", "1", "2024-02-20", ",\"hasil\":\"diberikan\",\"tautan\":\"/a\""),
         "2024-03-20", "2024-02-19", RK_PPID_DONE, false, true},
        {RECEIVED("1", "2024-02-13", "pemilu")
             EVENT("jawaban", "1", "2024-02-19", ",\"hasil\":\"ditolak\",\"alasan\":\"z\"")
                 EVENT("keberatan", "1", "2024-04-04", ",\"alasan\":\"y\""),
         "2024-04-18", "2024-04-17", RK_PPID_OBJECTION, true, false},
        {RECEIVED("1", "2024-02-13", "pemilu")
             EVENT("keberatan", "1", "2024-02-20", ",\"alasan\":\"tidak dijawab\""),
         "2024-02-20", "2024-02-23", RK_PPID_OBJECTION, false, true},
        {RECEIVED("1", "2024-02-13", "pemilu")
             EVENT("sengketa", "1", "2024-02-26",
                   ",\"register\":\"9/KIP\",\"tahap\":\"pendaftaran\""),
         "2024-02-27", "2024-03-19", RK_PPID_DISPUTE, false, false},
    };
    for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
        rk_ppid *p;
        rk_err err = RK_ERR_INIT;
        char due[RK_DAY_LEN + 1] = {0};
        if (read_at(t[i].lines, t[i].today, &p, &err) != RK_OK)
            fail_msg("%zu: %s", i, err.text);
        const rk_ppid_request *q = &p->request[0];
        rk_day_put(due, q->due);
        if (strcmp(due, t[i].due) != 0) fail_msg("%zu: due %s, not %s", i, due, t[i].due);
        assert_int_equal(q->state, t[i].state);
        assert_int_equal(q->overdue, t[i].overdue);
        assert_int_equal(q->late, t[i].late);
        rk_ppid_free(&p);
    }
}

static void refused_with_the_line(void **state) {
    (void)state;
    static const struct {
        const char *lines, *says;
        size_t line;
    } bad[] = {
        {"x\n", "not JSON", 1},
        {EVENT("jawaban", "1", "2024-01-01", ",\"hasil\":\"diberikan\",\"tautan\":\"a\""),
         "not received", 1},
        {RECEIVED("1", "2024-02-13", "pemilu") "\n" RECEIVED("1", "2024-02-13", "pemilu"),
         "already", 3},
        {RECEIVED("1", "2024-02-13", "lain"), "pemilu or umum", 1},
        {RECEIVED("1", "2024-02-30", "umum"), "no date", 1},
        {RECEIVED("1", "2024-02-13", "umum")
             EVENT("jawaban", "1", "2024-02-14", ",\"hasil\":\"ditolak\""),
         "alasan", 2},
        {RECEIVED("1", "2024-02-13", "umum")
             EVENT("tanggapan", "1", "2024-02-14", ",\"hasil\":\"ditolak\",\"alasan\":\"a\""),
         "no objection", 2},
        {RECEIVED("1", "2024-02-13", "umum")
             EVENT("klasifikasi", "1", "2024-02-14", ",\"kelas\":\"dikecualikan\""),
         "consequence test", 2},
        {RECEIVED("1", "2024-02-13", "umum") EVENT("terbang", "1", "2024-02-14", ""),
         "peristiwa", 2},
        {RECEIVED("1", "2024-02-13", "umum")
             EVENT("keberatan", "1", "2024-02-14", ",\"nama\":\"B\""),
         "unknown key", 2},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        rk_ppid *p;
        rk_err err = RK_ERR_INIT;
        assert_int_equal(read_at(bad[i].lines, "2024-03-01", &p, &err), RK_BAD_INPUT);
        assert_null(p);
        if (!strstr(err.text, bad[i].says) || err.line != bad[i].line)
            fail_msg("%zu: line %zu: %s", i, err.line, err.text);
    }
}

/* What is written is read back. */
static void round_trip(void **state) {
    (void)state;
    rk_buf b;
    rk_ppid *p;
    rk_err err = RK_ERR_INIT;
    rk_buf_init(&b, 1 << 16);
    rk_ppid_entry e = {.event = RK_PPID_RECEIVED,
                       .no = RK_LIT("A/1"),
                       .at = RK_DAY_NONE,
                       .alias = RK_LIT("pemohon-1"),
                       .what = RK_LIT("\"kutip\" \\ dan é"),
                       .kind = RK_LIT("umum")};
    rk_ppid_put(&e, &b);
    assert_int_equal(rk_ppid_parse(rk_buf_slice(&b), &calendar, 0, &p, &err), RK_OK);
    assert_true(rk_slice_eq(p->request[0].what, e.what));
    assert_int_equal(p->request[0].due, RK_DAY_NONE);
    assert_false(p->request[0].overdue);
    rk_ppid_free(&p);
    rk_buf_free(&b);
}

static void calendars_refused(void **state) {
    (void)state;
    static const char *const bad[] = {"", "tanggal,nama\n2024-01-01,x\n",
                                      "date,name,kind\n2024-02-30,x,y\n",
                                      "date,name,kind\nbesok,x,y\n"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        rk_calendar c = {0};
        assert_int_equal(rk_calendar_add(&c, rk_slice_str(bad[i]), NULL), RK_BAD_INPUT);
        rk_calendar_free(&c);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shipped_calendar),
        cmocka_unit_test(table_of_dates),
        cmocka_unit_test(every_day),
        cmocka_unit_test(around_every_holiday),
        cmocka_unit_test(the_turn_of_the_year),
        cmocka_unit_test(deadlines_of_a_request),
        cmocka_unit_test(refused_with_the_line),
        cmocka_unit_test(round_trip),
        cmocka_unit_test(calendars_refused),
    };
    return cmocka_run_group_tests(tests, load, unload);
}

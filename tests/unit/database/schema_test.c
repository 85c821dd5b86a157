/* The definitions hold together: what they refer to is there, SQLite takes every statement, the
 * dictionary names every column; the writers take hostile texts unharmed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "database/export.h"
#include "files/files.h"
#include "scratch.h"

#include <sqlite3.h>

char scratch_dir[64];

static const rk_db_table *table_named(const rk_db_schema *s, rk_slice name) {
    for (uint32_t i = 0; i < s->n_table; i++)
        if (rk_slice_is(name, s->table[i].name)) return &s->table[i];
    return NULL;
}

static bool has_column(const rk_db_table *t, rk_slice name) {
    for (uint32_t i = 0; i < t->n_column; i++)
        if (rk_slice_is(name, t->column[i].name)) return true;
    return false;
}

static void columns_exist(const rk_db_table *t, const char *lists) {
    rk_slice rest = rk_slice_str(lists), list, c;
    while (rk_slice_cut(&rest, ';', &list))
        while (rk_slice_cut(&list, ',', &c))
            if (!has_column(t, c)) fail_msg("%s has no column %.*s", t->name, RK_FMT(c));
}

static void holds_together(const rk_db_schema *s) {
    for (uint32_t i = 0; i < s->n_table; i++) {
        const rk_db_table *t = &s->table[i];
        if (t->key) columns_exist(t, t->key);
        if (t->index) columns_exist(t, t->index);
        for (uint32_t k = 0; k < t->n_column; k++) {
            assert_true(t->column[k].id[0] && t->column[k].en[0]);
            if (!t->column[k].refers) continue;
            rk_slice to = rk_slice_str(t->column[k].refers), name;
            assert_true(rk_slice_cut(&to, '.', &name));
            const rk_db_table *other = table_named(s, name);
            if (!other || !has_column(other, to))
                fail_msg("%s.%s refers to %s", t->name, t->column[k].name, t->column[k].refers);
        }
    }
    rk_buf b;
    char *why = NULL;
    sqlite3 *db;
    rk_buf_init(&b, 1 << 20);
    for (uint32_t i = 0; i < s->n_table; i++) {
        rk_db_create(&s->table[i], RK_SQL_SQLITE, &b);
        rk_db_indexes(&s->table[i], RK_SQL_SQLITE, &b);
    }
    rk_db_views(s, RK_SQL_SQLITE, &b);
    for (uint32_t i = 0; i < s->n_view; i++)
        rk_buf_printf(&b, "SELECT * FROM %s;\n", s->view[i].name);
    rk_buf_byte(&b, 0);
    assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
    if (sqlite3_exec(db, b.ptr, NULL, NULL, &why) != SQLITE_OK) fail_msg("%s", why);
    sqlite3_close(db);
    rk_buf_clear(&b);
    rk_db_dictionary_csv(s, &b);
    for (uint32_t i = 0; i < s->n_table; i++)
        for (uint32_t k = 0; k < s->table[i].n_column; k++) {
            char row[200];
            int n = snprintf(row, sizeof row, "\n%s,%s,", s->table[i].name,
                             s->table[i].column[k].name);
            if (!memmem(b.ptr, b.len, row, (size_t)n)) fail_msg("no row%s", row);
        }
    rk_buf_free(&b);
}

static void archive(void **state) {
    (void)state;
    holds_together(&rk_db_archive_schema);
}

static void election(void **state) {
    (void)state;
    rk_election *e = rk_election_new();
    rk_db_schema *s = rk_db_election_schema(e);
    holds_together(s);
    rk_db_schema_free(&s);
    rk_election_free(&e);
}

static const rk_db_column TWO[] = {{"n", RK_DB_INT, NULL, "angka", "number", NULL},
                                   {"t", RK_DB_TEXT, NULL, "it's", "it's", NULL}};
static const rk_db_table ONE = {"uji", "Uji", "Test", TWO, 2, NULL, NULL};
static const rk_db_schema SMALL = {"uji", "Uji", "Test", &ONE, 1, NULL, 0};

static void written(enum rk_db_format f, const char *name, const char *inside,
                    const char *want) {
    rk_db *w;
    rk_err err = RK_ERR_INIT;
    assert_int_equal(rk_db_open(f, scratch(name), NULL, &SMALL, &w, &err), RK_OK);
    assert_int_equal(rk_db_table_begin(w, &ONE, &err), RK_OK);
    const rk_db_value rows[3][2] = {
        {{{"", 0}, -5, false}, {RK_LIT("a,\"b\"\\\tc\nd"), 0, false}},
        {{{"", 0}, 0, true}, {{"", 0}, 0, false}},
        {{{"", 0}, INT64_MIN, false}, {RK_LIT("=1"), 0, false}}};
    for (int i = 0; i < 3; i++) assert_int_equal(rk_db_row(w, rows[i], &err), RK_OK);
    assert_int_equal(rk_db_table_end(w, &err), RK_OK);
    assert_int_equal(rk_db_finish(&w, &err), RK_OK);
    rk_file file;
    assert_int_equal(rk_file_read(scratch(inside), 1 << 20, &file, &err), RK_OK);
    if (!memmem(file.bytes.ptr, file.bytes.len, want, strlen(want)))
        fail_msg("%s: %.*s", inside, RK_FMT(file.bytes));
    rk_file_free(&file);
    assert_int_equal(rk_db_open(f, scratch(name), NULL, &SMALL, &w, &err), RK_CONFLICT);
}

static void hostile(void **state) {
    (void)state;
    written(RK_DB_CSV, "csv", "csv/uji.csv",
            "n,t\n-5,\"a,\"\"b\"\"\\\tc\nd\"\n,\n-9223372036854775808,=1\n");
    written(RK_DB_POSTGRES, "pg.sql", "pg.sql",
            "FROM stdin;\n-5\ta,\"b\"\\\\\\tc\\nd\n\\N\t\\N\n-9223372036854775808\t=1\n\\.\n");
    rk_db *w; /* broken off: nothing is left */
    rk_err err = RK_ERR_INIT;
    assert_int_equal(rk_db_open(RK_DB_SQLITE, scratch("x.db"), NULL, &SMALL, &w, &err), RK_OK);
    rk_db_abort(&w);
    assert_int_equal(access(scratch("x.db"), F_OK), -1);
    assert_int_equal(access(scratch("x.db.baru"), F_OK), -1);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(archive), cmocka_unit_test(election),
                                       cmocka_unit_test(hostile)};
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}

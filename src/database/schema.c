#include "database/schema.h"

#include <stdio.h>

static const rk_db_column DICTIONARY[] = {
    {"tabel", RK_DB_TEXT, NULL, "Tabel atau tampilan (view)", "Table or view", NULL},
    {"kolom", RK_DB_TEXT, NULL, "Kolom; kosong: tabelnya sendiri",
     "Column; empty: the table itself", NULL},
    {"tipe", RK_DB_TEXT, NULL, "Tipe", "Type", NULL},
    {"satuan", RK_DB_TEXT, NULL, "Satuan", "Unit", NULL},
    {"keterangan_id", RK_DB_TEXT, NULL, "Arti, bahasa Indonesia", "Meaning, in Indonesian",
     NULL},
    {"keterangan_en", RK_DB_TEXT, NULL, "Arti, bahasa Inggris", "Meaning, in English", NULL},
};
const rk_db_table rk_db_dictionary_table = {"kamus",
                                            "Kamus data basis data ini",
                                            "The dictionary of this database",
                                            DICTIONARY,
                                            6,
                                            NULL,
                                            NULL};

static const char *type_name(enum rk_db_type t) { return t == RK_DB_INT ? "bigint" : "text"; }

/* A text in single quotes. */
static void literal(rk_buf *b, const char *s) {
    rk_buf_byte(b, '\'');
    for (; *s; s++) {
        if (*s == '\'') rk_buf_byte(b, '\'');
        rk_buf_byte(b, *s);
    }
    rk_buf_byte(b, '\'');
}

static void comment(rk_buf *b, const char *kind, const char *name, const char *column,
                    const char *id, const char *en) {
    char text[1200];
    (void)snprintf(text, sizeof text, "%s / %s", id, en);
    rk_buf_printf(b, column ? "COMMENT ON %s %s.%s IS " : "COMMENT ON %s %s IS ", kind, name,
                  column);
    literal(b, text);
    rk_buf_lit(b, ";\n");
}

void rk_db_create(const rk_db_table *t, enum rk_db_dialect d, rk_buf *b) {
    rk_buf_printf(b, "CREATE TABLE %s ( -- %s\n", t->name, t->id);
    for (uint32_t i = 0; i < t->n_column; i++) {
        const rk_db_column *c = &t->column[i];
        bool last = i + 1 == t->n_column;
        rk_buf_printf(b, "    %s %s%s -- %s%s%s%s\n", c->name,
                      d == RK_SQL_SQLITE && c->type == RK_DB_INT ? "INTEGER"
                                                                 : type_name(c->type),
                      last ? "" : ",", c->id, c->unit ? " [" : "", c->unit ? c->unit : "",
                      c->unit ? "]" : "");
    }
    rk_buf_lit(b, ");\n");
    if (d != RK_SQL_POSTGRES) return;
    comment(b, "TABLE", t->name, NULL, t->id, t->en);
    for (uint32_t i = 0; i < t->n_column; i++)
        comment(b, "COLUMN", t->name, t->column[i].name, t->column[i].id, t->column[i].en);
}

static void one_index(const rk_db_table *t, rk_slice columns, const char *kind, rk_buf *b) {
    rk_buf_printf(b, "CREATE %s %s_", kind, t->name);
    for (size_t i = 0; i < columns.len; i++)
        rk_buf_byte(b, columns.ptr[i] == ',' ? '_' : columns.ptr[i]);
    rk_buf_printf(b, "_idx ON %s (%.*s);\n", t->name, RK_FMT(columns));
}

void rk_db_indexes(const rk_db_table *t, enum rk_db_dialect d, rk_buf *b) {
    if (t->key && d == RK_SQL_POSTGRES)
        rk_buf_printf(b, "ALTER TABLE %s ADD PRIMARY KEY (%s);\n", t->name, t->key);
    else if (t->key)
        one_index(t, rk_slice_str(t->key), "UNIQUE INDEX", b);
    rk_slice rest = t->index ? rk_slice_str(t->index) : (rk_slice){NULL, 0}, columns;
    while (rk_slice_cut(&rest, ';', &columns)) one_index(t, columns, "INDEX", b);
}

void rk_db_views(const rk_db_schema *s, enum rk_db_dialect d, rk_buf *b) {
    for (uint32_t i = 0; i < s->n_view; i++) {
        const rk_db_view *v = &s->view[i];
        rk_buf_printf(b, "CREATE VIEW %s AS -- %s\n%s;\n", v->name, v->id, v->sql);
        if (d == RK_SQL_POSTGRES) comment(b, "VIEW", v->name, NULL, v->id, v->en);
    }
}

/* ===== dictionary ===== */

static rk_status table_rows(const rk_db_table *t, rk_db_dictionary_row *row, void *ctx,
                            rk_err *err) {
    rk_slice none = {"", 0};
    const rk_slice head[6] = {rk_slice_str(t->name), none,
                              RK_LIT("tabel"),       none,
                              rk_slice_str(t->id),   rk_slice_str(t->en)};
    RK_TRY(row(ctx, head, err));
    for (uint32_t i = 0; i < t->n_column; i++) {
        const rk_db_column *c = &t->column[i];
        const rk_slice cell[6] = {
            rk_slice_str(t->name), rk_slice_str(c->name), rk_slice_str(type_name(c->type)),
            rk_slice_str(c->unit), rk_slice_str(c->id),   rk_slice_str(c->en)};
        RK_TRY(row(ctx, cell, err));
    }
    return RK_OK;
}

rk_status rk_db_dictionary(const rk_db_schema *s, rk_db_dictionary_row *row, void *ctx,
                           rk_err *err) {
    rk_slice none = {"", 0};
    for (uint32_t i = 0; i < s->n_table; i++) RK_TRY(table_rows(&s->table[i], row, ctx, err));
    RK_TRY(table_rows(&rk_db_dictionary_table, row, ctx, err));
    for (uint32_t i = 0; i < s->n_view; i++) {
        const rk_db_view *v = &s->view[i];
        const rk_slice cell[6] = {rk_slice_str(v->name), none,
                                  RK_LIT("tampilan"),    none,
                                  rk_slice_str(v->id),   rk_slice_str(v->en)};
        RK_TRY(row(ctx, cell, err));
    }
    return RK_OK;
}

static rk_status csv_row(void *ctx, const rk_slice cell[6], rk_err *err) {
    (void)err;
    for (int i = 0; i < 6; i++) {
        if (i) rk_buf_byte(ctx, ',');
        rk_buf_csv(ctx, cell[i]);
    }
    rk_buf_byte(ctx, '\n');
    return RK_OK;
}

void rk_db_dictionary_csv(const rk_db_schema *s, rk_buf *b) {
    rk_buf_lit(b, "tabel,kolom,tipe,satuan,keterangan_id,keterangan_en\n");
    (void)rk_db_dictionary(s, csv_row, b, NULL);
}

static rk_status html_row(void *ctx, const rk_slice cell[6], rk_err *err) {
    rk_buf *b = ctx;
    (void)err;
    bool head = cell[1].len == 0;
    rk_buf_add(b, head ? RK_LIT("<tr class=\"t\">") : RK_LIT("<tr>"));
    for (int i = 0; i < 6; i++) {
        rk_buf_add(b, head && i == 0 ? RK_LIT("<th scope=\"row\">") : RK_LIT("<td>"));
        if (head || i) rk_buf_html(b, cell[i]);
        rk_buf_add(b, head && i == 0 ? RK_LIT("</th>") : RK_LIT("</td>"));
    }
    rk_buf_lit(b, "</tr>\n");
    return RK_OK;
}

void rk_db_dictionary_html(const rk_db_schema *s, rk_buf *b) {
    rk_buf_lit(b, "<!doctype html>\n<html lang=\"id\"><meta charset=\"utf-8\">\n<title>");
    rk_buf_html(b, rk_slice_str(s->id));
    rk_buf_lit(b, "</title>\n<style>body{font:16px/1.5 system-ui,sans-serif;margin:2rem}"
                  "table{border-collapse:collapse}td,th{border-bottom:1px solid #ccc;"
                  "padding:.2rem .6rem;text-align:left;vertical-align:top}"
                  ".t{background:#eef}</style>\n<h1>");
    rk_buf_html(b, rk_slice_str(s->id));
    rk_buf_lit(b, "</h1>\n<p lang=\"en\">");
    rk_buf_html(b, rk_slice_str(s->en));
    rk_buf_lit(b, "</p>\n<table>\n<tr><th>tabel</th><th>kolom</th><th>tipe</th><th>satuan</th>"
                  "<th>keterangan</th><th lang=\"en\">meaning</th></tr>\n");
    (void)rk_db_dictionary(s, html_row, b, NULL);
    rk_buf_lit(b, "</table>\n</html>\n");
}

/* ===== data package ===== */

static void package_table(const rk_db_table *t, const char *ending, rk_buf *b) {
    rk_buf_printf(b, "{\"name\":\"%s\",\"path\":\"%s.%s\",\"title\":", t->name, t->name,
                  ending);
    rk_buf_json(b, rk_slice_str(t->id));
    rk_buf_lit(b, ",\"description\":");
    rk_buf_json(b, rk_slice_str(t->en));
    rk_buf_lit(b, ",\"schema\":{\"missingValues\":[\"\"],\"fields\":[");
    for (uint32_t i = 0; i < t->n_column; i++) {
        const rk_db_column *c = &t->column[i];
        rk_buf_printf(b, "%s\n  {\"name\":\"%s\",\"type\":\"%s\",\"title\":", i ? "," : "",
                      c->name, c->type == RK_DB_INT ? "integer" : "string");
        rk_buf_json(b, rk_slice_str(c->id));
        rk_buf_lit(b, ",\"description\":");
        rk_buf_json(b, rk_slice_str(c->en));
        if (c->unit) {
            rk_buf_lit(b, ",\"unit\":");
            rk_buf_json(b, rk_slice_str(c->unit));
        }
        rk_buf_byte(b, '}');
    }
    rk_buf_byte(b, ']');
    const char *sep = "";
    if (t->key) {
        rk_buf_lit(b, ",\"primaryKey\":[");
        rk_slice rest = rk_slice_str(t->key), c;
        for (; rk_slice_cut(&rest, ',', &c); sep = ",") {
            rk_buf_printf(b, "%s", sep);
            rk_buf_json(b, c);
        }
        rk_buf_byte(b, ']');
    }
    rk_buf_lit(b, "}}");
}

void rk_db_datapackage(const rk_db_schema *s, const char *ending, rk_buf *b) {
    rk_buf_printf(b,
                  "{\"profile\":\"tabular-data-package\",\"name\":\"%s\",\"title\":", s->name);
    rk_buf_json(b, rk_slice_str(s->id));
    rk_buf_lit(b, ",\"description\":");
    rk_buf_json(b, rk_slice_str(s->en));
    rk_buf_lit(b, ",\"resources\":[\n");
    for (uint32_t i = 0; i < s->n_table; i++) {
        package_table(&s->table[i], ending, b);
        rk_buf_lit(b, ",\n");
    }
    package_table(&rk_db_dictionary_table, ending, b);
    rk_buf_lit(b, "\n]}\n");
}

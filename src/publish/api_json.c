/* The small pieces that the documents of API v1 are made of. */
#include "publish/api_inner.h"

#include "base/wib.h"

/* A comma is due unless something was just opened. */
static void comma(rk_buf *b) {
    if (b->len && b->ptr[b->len - 1] != '{' && b->ptr[b->len - 1] != '[') rk_buf_byte(b, ',');
}

void rk_js_item(rk_buf *b) { comma(b); }

void rk_js_key(rk_buf *b, const char *key) {
    comma(b);
    rk_buf_byte(b, '"');
    rk_buf_add(b, rk_slice_str(key));
    rk_buf_lit(b, "\":");
}

void rk_js_keyed(rk_buf *b, rk_slice key) {
    comma(b);
    rk_buf_json(b, key);
    rk_buf_byte(b, ':');
}

void rk_js_text(rk_buf *b, const char *key, rk_slice text) {
    rk_js_key(b, key);
    rk_buf_json(b, text);
}

void rk_js_num(rk_buf *b, const char *key, uint64_t v) {
    rk_js_key(b, key);
    rk_buf_num(b, v);
}

void rk_js_bool(rk_buf *b, const char *key, bool v) {
    rk_js_key(b, key);
    rk_buf_add(b, v ? RK_LIT("true") : RK_LIT("false"));
}

void rk_js_signed(rk_buf *b, int64_t v) {
    if (v < 0) rk_buf_byte(b, '-');
    rk_buf_num(b, v < 0 ? 0 - (uint64_t)v : (uint64_t)v);
}

void rk_js_cell(rk_buf *b, uint32_t cell) {
    if (cell == RK_ABSENT)
        rk_buf_lit(b, "null");
    else
        rk_buf_num(b, cell);
}

void rk_js_time(rk_buf *b, const char *key, uint32_t seconds) {
    char text[RK_WIB_LEN];
    rk_js_key(b, key);
    if (seconds == 0) {
        rk_buf_lit(b, "null");
        return;
    }
    rk_wib_put(text, seconds);
    rk_buf_json(b, (rk_slice){text, sizeof text});
}

void rk_js_region(rk_buf *b, const rk_tree *t, uint32_t node) {
    rk_js_item(b);
    rk_buf_byte(b, '{');
    rk_js_text(b, "kode", rk_tree_code(t, node));
    rk_js_text(b, "nama", t->node[node].name);
    rk_js_num(b, "tingkat", t->node[node].level);
}

void rk_js_ancestors(rk_buf *b, const rk_tree *t, uint32_t node, bool with_self) {
    uint32_t chain[RK_LEVELS];
    unsigned n = 0;
    uint32_t at = with_self ? node : t->node[node].parent;
    for (; at != RK_NONE && n < RK_LEVELS; at = t->node[at].parent) chain[n++] = at;
    rk_js_key(b, "leluhur");
    rk_buf_byte(b, '[');
    while (n--) {
        rk_js_region(b, t, chain[n]);
        rk_buf_byte(b, '}');
    }
    rk_buf_byte(b, ']');
}

void rk_js_choice(rk_buf *b, const rk_choice *c) {
    rk_js_item(b);
    rk_buf_byte(b, '{');
    rk_js_text(b, "kode", rk_code_slice(&c->code));
    rk_js_text(b, "id", rk_code_slice(&c->id));
    rk_js_num(b, "nomor", c->number);
    rk_js_text(b, "nama", c->name);
    rk_js_text(b, "warna", c->colour);
}

void rk_js_rule_name(rk_buf *b, const rk_rule *r) {
    rk_js_key(b, "nama");
    rk_buf_byte(b, '{');
    rk_js_text(b, "id", r->name_id);
    rk_js_text(b, "en", r->name_en);
    rk_buf_byte(b, '}');
}

void rk_js_path(rk_buf *b, const rk_tree *t, uint32_t node) {
    rk_buf path;
    rk_buf_init(&path, (RK_NAME_MAX + 2) * RK_LEVELS);
    for (uint32_t at = node; at != RK_NONE && at != 0; at = t->node[at].parent) {
        if (path.len) rk_buf_lit(&path, ", ");
        rk_buf_add(&path, t->node[at].name);
    }
    rk_buf_json(b, rk_buf_slice(&path));
    rk_buf_free(&path);
}

void rk_js_station_name(rk_buf *b, const rk_tree *t, uint32_t tps) {
    rk_buf name;
    rk_buf_init(&name, RK_NAME_MAX);
    rk_tree_tps_name(t, tps, &name);
    rk_js_text(b, "nama", rk_buf_slice(&name));
    rk_buf_free(&name);
}

static void expected(rk_buf *b, const rk_finding *f) {
    static const char *const sign[] = {[RK_EQ] = "\"= ", [RK_LE] = "\"<= ", [RK_GE] = "\">= "};
    rk_buf_add(b, rk_slice_str(sign[f->op]));
    rk_js_signed(b, f->expected);
    rk_buf_byte(b, '"');
}

void rk_api_error(rk_slice code, rk_slice message, rk_buf *out) {
    rk_buf_lit(out, "{\"galat\":{");
    rk_js_text(out, "kode", code);
    rk_js_text(out, "pesan", message);
    rk_buf_lit(out, "}}");
}

void rk_js_comparison(rk_buf *b, const rk_finding *f) {
    rk_js_text(b, "medan", f->field);
    rk_js_key(b, "harus");
    expected(b, f);
    rk_js_key(b, "tertulis");
    rk_js_signed(b, f->found);
}

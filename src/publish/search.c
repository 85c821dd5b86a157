/* The longest word is looked for in all names at once (memmem runs at memory speed), and only
 * the names it is found in are looked at closer. Nodes stand in order of level and code, so
 * three lists filled in node order are already the ranking. */
#include "publish/search.h"

#include "base/mem.h"
#include "publish/api_inner.h"

static char upper(char c) { return c >= 'a' && c <= 'z' ? (char)(c - 32) : c; }

void rk_search_make(rk_search *s, const rk_tree *tree) {
    size_t len = 0;
    for (uint32_t i = 0; i < tree->n; i++) len += tree->node[i].name.len + 1;
    *s = (rk_search){.tree = tree, .text = rk_alloc(len + 1), .len = len};
    s->at = rk_calloc(tree->n + 1u, sizeof *s->at);
    size_t p = 0;
    for (uint32_t i = 0; i < tree->n; i++) {
        s->at[i] = (uint32_t)p;
        for (size_t k = 0; k < tree->node[i].name.len; k++)
            s->text[p++] = upper(tree->node[i].name.ptr[k]);
        s->text[p++] = '\n';
    }
    s->at[tree->n] = (uint32_t)p;
}

void rk_search_free(rk_search *s) {
    rk_free(s->text);
    rk_free(s->at);
    *s = (rk_search){0};
}

struct query {
    char text[RK_NAME_MAX]; /* the words with one blank between them */
    rk_slice whole, word[RK_SEARCH_WORDS_MAX];
    unsigned n, longest;
};

static void split(struct query *q, rk_slice in) {
    size_t p = 0;
    rk_slice part;
    *q = (struct query){.n = 0};
    while (q->n < RK_SEARCH_WORDS_MAX && rk_slice_cut(&in, ' ', &part)) {
        if (part.len == 0 || p + part.len + 1 > sizeof q->text) continue;
        if (p) q->text[p++] = ' ';
        size_t from = p;
        for (size_t k = 0; k < part.len; k++) q->text[p++] = upper(part.ptr[k]);
        q->word[q->n] = (rk_slice){q->text + from, part.len};
        if (part.len > q->word[q->longest].len) q->longest = q->n;
        q->n++;
    }
    q->whole = (rk_slice){q->text, p};
}

static uint32_t node_at(const rk_search *s, size_t offset, uint32_t from) {
    uint32_t lo = from, hi = s->tree->n; /* at[lo] <= offset < at[hi] */
    while (hi - lo > 1) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (s->at[mid] <= offset)
            lo = mid;
        else
            hi = mid;
    }
    return lo;
}

/* 0 the name itself, 1 begins with it, 2 holds the words, 3 does not. */
static unsigned rank(const rk_search *s, const struct query *q, uint32_t node) {
    rk_slice name = {s->text + s->at[node], s->at[node + 1] - s->at[node] - 1};
    for (unsigned i = 0; i < q->n; i++)
        if (!memmem(name.ptr, name.len, q->word[i].ptr, q->word[i].len)) return 3;
    return rk_slice_eq(name, q->whole) ? 0 : rk_slice_starts(name, q->whole) ? 1 : 2;
}

uint32_t rk_search_find(const rk_search *s, rk_slice query, uint32_t *node, uint32_t max) {
    struct query q;
    uint32_t list[3][RK_SEARCH_MAX], n[3] = {0}, total = 0;
    if (max > RK_SEARCH_MAX) max = RK_SEARCH_MAX;
    split(&q, query);
    if (q.n == 0 || max == 0) return 0;
    rk_slice word = q.word[q.longest];
    uint32_t last = 0;
    for (size_t at = 0; at < s->len;) {
        const char *hit = memmem(s->text + at, s->len - at, word.ptr, word.len);
        if (!hit) break;
        last = node_at(s, (size_t)(hit - s->text), last);
        unsigned r = rank(s, &q, last);
        if (r < 3 && n[r] < max) list[r][n[r]++] = last;
        at = s->at[last + 1];
    }
    for (unsigned r = 0; r < 3; r++)
        for (uint32_t i = 0; i < n[r] && total < max; i++) node[total++] = list[r][i];
    return total;
}

static void station_hit(const rk_tree *t, uint32_t tps, rk_buf *out) {
    rk_js_item(out);
    rk_buf_byte(out, '{');
    rk_js_text(out, "kode", rk_code_slice(&t->tps_code[tps]));
    rk_js_station_name(out, t, tps);
    rk_js_num(out, "tingkat", RK_STATION);
    rk_js_key(out, "jalur");
    rk_js_path(out, t, t->tps[tps].desa);
    rk_buf_byte(out, '}');
}

static void region_hit(const rk_tree *t, uint32_t node, rk_buf *out) {
    rk_js_region(out, t, node);
    rk_js_key(out, "jalur");
    rk_js_path(out, t, node);
    rk_buf_byte(out, '}');
}

void rk_search_render(const rk_search *s, rk_slice query, uint32_t max, rk_buf *out) {
    const rk_tree *t = s->tree;
    uint32_t found[RK_SEARCH_MAX];
    rk_code code;
    rk_buf_byte(out, '{');
    rk_js_key(out, "hasil");
    rk_buf_byte(out, '[');
    uint32_t by_code = RK_NONE;
    if (max && rk_code_of(rk_slice_trim(query), &code)) {
        by_code = rk_tree_find(t, rk_code_slice(&code));
        uint32_t tps = rk_tree_find_tps(t, &code, rk_code_hash(&code));
        if (by_code != RK_NONE) region_hit(t, by_code, out), max--;
        if (tps != RK_NONE && max) station_hit(t, tps, out), max--;
    }
    uint32_t n = rk_search_find(s, query, found, max);
    for (uint32_t i = 0; i < n; i++)
        if (found[i] != by_code) region_hit(t, found[i], out);
    rk_buf_lit(out, "]}");
}

#include "verify/state.h"

#include "base/base64.h"
#include "core/line.h"

#include <stdio.h>
#include <stdlib.h>

static const char FIRST[] = "rekap-verify-state/v1";

/* ===== writing ===== */

static void put_hash(rk_buf *b, const char *word, const rk_sha256 *h) {
    rk_buf_printf(b, "%s ", word);
    rk_buf_base64(b, (rk_slice){(const char *)h->b, sizeof h->b});
    rk_buf_byte(b, '\n');
}

static void put_edge(rk_buf *b, const char *word, const rk_frontier *f) {
    for (unsigned k = 0; k < RK_FRONTIER_LEVELS; k++)
        if (f->size >> k & 1) put_hash(b, word, &f->node[k]);
}

void rk_state_put(const rk_verify_state *s, rk_buf *out) {
    size_t start = out->len;
    char hex[64];
    rk_buf_printf(out, "%s\norigin %.*s\nsize %llu\n", FIRST, RK_FMT(s->origin),
                  (unsigned long long)s->size);
    put_hash(out, "root", &s->root);
    put_hash(out, "tip", &s->tip);
    put_edge(out, "node", &s->edge);
    rk_buf_lit(out, "key ");
    if (s->has_key) rk_verifier_put(&s->key, out);
    rk_buf_byte(out, '\n');
    rk_buf_printf(out, "batch %llu %llu %llu\n", (unsigned long long)s->batch.index,
                  (unsigned long long)s->batch.left, (unsigned long long)s->batch.tree.size);
    put_hash(out, "covers", &s->batch.root);
    put_edge(out, "form", &s->batch.tree);
    rk_buf_byte(out, '\n');
    rk_buf_add(out, s->note);
    rk_sha256 sum = rk_sha256_of((rk_slice){out->ptr + start, out->len - start});
    rk_sha256_put(hex, &sum);
    rk_buf_lit(out, "sum ");
    rk_buf_add(out, (rk_slice){hex, sizeof hex});
    rk_buf_byte(out, '\n');
}

/* ===== reading ===== */

/* The value of the next line, which begins with `word` and a space. */
static bool value(rk_slice *rest, const char *word, rk_slice *out) {
    rk_slice line;
    return rk_line_next(rest, &line) && rk_line_after(line, word, out);
}

static bool hash(rk_slice *rest, const char *word, rk_sha256 *out) {
    rk_slice v;
    return value(rest, word, &v) && rk_line_hash(v, out);
}

static bool edge(rk_slice *rest, const char *word, uint64_t size, rk_frontier *out) {
    out->size = size;
    for (unsigned k = 0; k < RK_FRONTIER_LEVELS; k++)
        if ((size >> k & 1) && !hash(rest, word, &out->node[k])) return false;
    return true;
}

static bool number(rk_slice s, uint64_t *out) {
    return rk_line_number(s, RK_LOG_SIZE_MAX, out);
}

static bool batch(rk_slice *rest, rk_audit_batch *b) {
    rk_slice v, part[3];
    uint64_t covered;
    if (!value(rest, "batch", &v)) return false;
    for (int i = 0; i < 3; i++)
        if (!rk_slice_cut(&v, ' ', &part[i])) return false;
    return !v.ptr && number(part[0], &b->index) && number(part[1], &b->left) &&
           number(part[2], &covered) && hash(rest, "covers", &b->root) &&
           edge(rest, "form", covered, &b->tree);
}

static bool sum_right(rk_slice *text) {
    rk_sha256 want, is;
    if (text->len < 69) return false;
    rk_slice last = rk_slice_from(*text, text->len - 69);
    if (!rk_slice_starts(last, RK_LIT("sum ")) || last.ptr[68] != '\n' ||
        !rk_sha256_parse((rk_slice){last.ptr + 4, 64}, &want))
        return false;
    text->len -= 69;
    is = rk_sha256_of(*text);
    return rk_merkle_eq(&is, &want);
}

static bool parse(rk_slice text, rk_verify_state *s, rk_err *err) {
    rk_slice v, line;
    if (!rk_line_next(&text, &line) || !rk_slice_is(line, FIRST)) return false;
    if (!value(&text, "origin", &s->origin) || !rk_line_text(s->origin, false)) return false;
    if (!value(&text, "size", &v) || !number(v, &s->size)) return false;
    if (!hash(&text, "root", &s->root) || !hash(&text, "tip", &s->tip) ||
        !edge(&text, "node", s->size, &s->edge) || !value(&text, "key", &v))
        return false;
    s->has_key = v.len > 0;
    if (s->has_key && rk_verifier_parse(v, &s->key, err) != RK_OK) return false;
    if (!batch(&text, &s->batch) || !rk_line_next(&text, &line) || line.len) return false;
    s->note = text;
    rk_sha256 root = rk_frontier_root(&s->edge);
    return rk_merkle_eq(&root, &s->root) && s->note.len > 0;
}

rk_status rk_state_parse(rk_slice text, rk_verify_state *out, rk_err *err) {
    *out = (rk_verify_state){0};
    if (text.len <= RK_STATE_MAX && sum_right(&text) && parse(text, out, err)) return RK_OK;
    *out = (rk_verify_state){0};
    if (err) *err = RK_ERR_INIT;
    return rk_fail(err, RK_BAD_INPUT, "this is no state of rekap-verify, or it was changed");
}

bool rk_state_path(rk_slice origin, char *out, size_t room) {
    const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    char name[41], hex[64];
    size_t n = 0;
    rk_sha256 h = rk_sha256_of(origin);
    rk_sha256_put(hex, &h);
    for (size_t i = 0; i < origin.len && n < sizeof name - 1; i++) {
        char c = origin.ptr[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        name[n++] = plain ? c : '-';
    }
    name[n] = 0;
    int k = state && *state ? snprintf(out, room, "%s/rekap-verify/%s-%.8s", state, name, hex)
                            : snprintf(out, room, "%s/.local/state/rekap-verify/%s-%.8s",
                                       home ? home : "", name, hex);
    return k > 0 && (size_t)k < room && ((state && *state) || (home && *home));
}

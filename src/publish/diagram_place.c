/* dot gets n0, n1, ... with fixed sizes, and empty tables where labels will be written: no text
 * of the disclosure passes through another program. Its answer (-Tjson0) is read back strictly:
 * what does not parse is an error, not a picture with holes. */
#include "publish/diagram.h"

#include "base/mem.h"
#include "files/process.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

enum { COLUMN_MAX = 10, COLUMNS_MAX = 6 }; /* of nodes that hang on one node only */
enum { DOT_SECONDS = 60, DOT_BYTES_MAX = 64 << 20, FONT = 11, LINE = 14, LABEL_FONT = 9 };

/* Helvetica's widths (AFM), thousandths of the size, from space to tilde. */
static const uint16_t WIDTH[95] = {
    278,  278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278,
    556,  556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556,
    1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778,
    667,  778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556,
    333,  556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556,
    556,  556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584};

double rk_helvetica_width(rk_slice text, double size) {
    unsigned long sum = 0;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if ((c & 0xc0) == 0x80) continue;
        sum += c >= 32 && c < 127 ? WIDTH[c - 32] : 600;
    }
    return (double)sum * size / 1000;
}

/* Other sans-serif fonts are wider; the boxes leave room for them. */
static double label_width(const char *text, double size) {
    return rk_helvetica_width(rk_slice_str(text), size) * 1.15;
}

static void size_node(rk_graph_node *n) {
    n->w = 60;
    for (uint32_t i = 0; i < n->n_line; i++) {
        double w = label_width(n->line[i], FONT) + 16;
        if (w > n->w) n->w = w;
    }
    n->h = n->n_line * LINE + 10;
}

static void put_space(double w, double h, rk_buf *b) {
    rk_buf_printf(b,
                  "<<table border=\"0\" cellborder=\"0\" cellspacing=\"0\" cellpadding=\"0\" "
                  "fixedsize=\"true\" width=\"%d\" height=\"%d\"><tr><td></td></tr></table>>",
                  (int)(w + 1), (int)(h + 1));
}

static uint32_t other_end(const rk_graph_edge *e, uint32_t node) {
    return e->from == node ? e->to : e->from;
}

/* Ranks that each edge spans. Many nodes that hang on one alone would stand in one long column:
 * they are spread over several, as Graphviz's unflatten does. The result is freed. */
static uint8_t *spans(const rk_graph *g) {
    uint8_t *span = rk_calloc(g->n_edge + 1, sizeof *span);
    uint32_t *degree = rk_calloc(g->n_node + 1, sizeof *degree);
    uint32_t *leaves = rk_calloc(g->n_node + 1, sizeof *leaves);
    uint32_t *turn = rk_calloc(g->n_node + 1, sizeof *turn);
    for (uint32_t i = 0; i < g->n_edge; i++) degree[g->edge[i].from]++, degree[g->edge[i].to]++;
    for (uint32_t pass = 0; pass < 2; pass++)
        for (uint32_t i = 0; i < g->n_edge; i++) {
            const rk_graph_edge *e = &g->edge[i];
            span[i] = span[i] ? span[i] : 1;
            for (int end = 0; end < 2; end++) {
                uint32_t leaf = end ? e->to : e->from, hub = other_end(e, leaf);
                if (degree[leaf] != 1 || degree[hub] == 1) continue;
                if (pass == 0) leaves[hub]++;
                uint32_t columns = (leaves[hub] + COLUMN_MAX - 1) / COLUMN_MAX;
                if (columns > COLUMNS_MAX) columns = COLUMNS_MAX;
                if (pass == 1 && columns > 1) span[i] = (uint8_t)(1 + turn[hub]++ % columns);
            }
        }
    rk_free(degree);
    rk_free(leaves);
    rk_free(turn);
    return span;
}

static void put_dot(const rk_graph *g, rk_buf *b) {
    uint8_t *span = spans(g);
    rk_buf_lit(b, "digraph g {\nrankdir=LR; nodesep=0.16; ranksep=0.7; splines=true; "
                  "compound=true;\nnode [shape=box, fixedsize=true, label=\"\"];\n");
    for (uint32_t c = 0; c < g->n_cluster; c++) {
        rk_buf_printf(b, "subgraph cluster_%u { margin=12; labeljust=l; label=", c);
        put_space(label_width(g->cluster[c].label, FONT) * 1.2, LINE + 4, b); /* bold */
        rk_buf_lit(b, ";\n");
        for (uint32_t i = 0; i < g->n_node; i++)
            if (g->node[i].cluster == c) rk_buf_printf(b, "n%u;", i);
        rk_buf_lit(b, "}\n");
    }
    for (uint32_t i = 0; i < g->n_node; i++)
        rk_buf_printf(b, "n%u [width=%.3f, height=%.3f];\n", i, g->node[i].w / 72,
                      g->node[i].h / 72);
    for (uint32_t i = 0; i < g->n_edge; i++) {
        const rk_graph_edge *e = &g->edge[i];
        rk_buf_printf(b, "n%u -> n%u [id=\"e%u\"%s", e->from, e->to, i,
                      e->arrow ? "" : ", arrowhead=none");
        if (span[i] > 1) rk_buf_printf(b, ", minlen=%u", span[i]);
        if (e->label[0]) {
            rk_buf_lit(b, ", label=");
            put_space(label_width(e->label, LABEL_FONT) + 4, LABEL_FONT + 5, b);
        }
        rk_buf_lit(b, "];\n");
    }
    rk_buf_lit(b, "}\n");
    rk_free(span);
}

/* ===== the answer ===== */

static bool number(const char **p, double *out) {
    char *end;
    *out = strtod(*p, &end);
    if (end == *p || *out < -1e7 || *out > 1e7) return false;
    *p = end;
    return true;
}

static bool pair(const char **p, double *x, double *y) {
    if (!number(p, x) || **p != ',') return false;
    ++*p;
    return number(p, y);
}

static bool read_box(const char *s, double box[4]) {
    if (!s || !pair(&s, &box[0], &box[1]) || *s != ',') return false;
    s++;
    return pair(&s, &box[2], &box[3]);
}

/* "e,x,y x,y x,y ...": an optional tip, then 1 + 3k points. */
static bool read_curve(const rk_graph *g, const char *s, rk_graph_edge *e) {
    bool tip = false;
    uint32_t cap = 0;
    double x, y;
    while (*s) {
        bool at_tip = (*s == 'e' || *s == 's') && s[1] == ',';
        bool end = *s == 'e';
        if (at_tip) s += 2;
        if (!pair(&s, &x, &y)) return false;
        y = g->h - y;
        if (at_tip) {
            if (end) e->tip_x = x, e->tip_y = y, tip = true;
        } else {
            if (2 * e->n_point + 2 > cap) {
                cap = cap ? 2 * cap : 16;
                e->point = rk_realloc(e->point, cap, sizeof *e->point);
            }
            e->point[2 * e->n_point] = x;
            e->point[2 * e->n_point + 1] = y;
            e->n_point++;
        }
        while (*s == ' ') s++;
    }
    if (e->n_point % 3 != 1) return false;
    if (!tip) e->tip_x = e->point[2 * e->n_point - 2], e->tip_y = e->point[2 * e->n_point - 1];
    return true;
}

static bool index_of(json_t *o, const char *key, const char *prefix, uint32_t max,
                     uint32_t *out) {
    const char *s = json_string_value(json_object_get(o, key));
    size_t n = strlen(prefix);
    if (!s || strncmp(s, prefix, n) != 0 || s[n] < '0' || s[n] > '9') return false;
    unsigned long v = strtoul(s + n, NULL, 10);
    *out = (uint32_t)v;
    return v < max;
}

static bool read_object(rk_graph *g, json_t *o) {
    uint32_t i;
    double box[4];
    const char *pos = json_string_value(json_object_get(o, "pos"));
    if (index_of(o, "name", "cluster_", g->n_cluster, &i)) {
        rk_graph_cluster *c = &g->cluster[i];
        if (!read_box(json_string_value(json_object_get(o, "bb")), box))
            return true; /* empty */
        c->x0 = box[0], c->x1 = box[2], c->y0 = g->h - box[3], c->y1 = g->h - box[1];
        return c->placed = true;
    }
    if (!index_of(o, "name", "n", g->n_node, &i) || !pos) return false;
    if (!pair(&pos, &g->node[i].x, &g->node[i].y)) return false;
    g->node[i].y = g->h - g->node[i].y;
    return true;
}

static bool read_edge(rk_graph *g, json_t *o) {
    uint32_t i;
    const char *pos = json_string_value(json_object_get(o, "pos")),
               *lp = json_string_value(json_object_get(o, "lp"));
    if (!index_of(o, "id", "e", g->n_edge, &i) || !pos || g->edge[i].n_point) return false;
    rk_graph_edge *e = &g->edge[i];
    if (lp && pair(&lp, &e->label_x, &e->label_y)) e->label_y = g->h - e->label_y;
    return read_curve(g, pos, e);
}

static bool read_answer(rk_graph *g, json_t *o) {
    json_t *v;
    size_t i;
    double box[4];
    if (!read_box(json_string_value(json_object_get(o, "bb")), box)) return false;
    g->w = box[2], g->h = box[3];
    json_array_foreach(json_object_get(o, "objects"), i,
                       v) if (!read_object(g, v)) return false;
    json_array_foreach(json_object_get(o, "edges"), i, v) if (!read_edge(g, v)) return false;
    for (uint32_t k = 0; k < g->n_edge; k++)
        if (!g->edge[k].n_point) return false;
    return true;
}

rk_status rk_graph_place(rk_graph *g, rk_err *err) {
    static const char *const argv[] = {"dot", "-Tjson0", NULL};
    rk_buf in, out;
    if (g->n_node == 0) return RK_OK;
    for (uint32_t i = 0; i < g->n_node; i++) size_node(&g->node[i]);
    rk_buf_init(&in, DOT_BYTES_MAX);
    rk_buf_init(&out, DOT_BYTES_MAX);
    put_dot(g, &in);
    rk_status s = rk_process_run(argv, rk_buf_slice(&in), DOT_SECONDS, &out, err);
    if (s == RK_NOT_FOUND && err) {
        *err = RK_ERR_INIT;
        s = rk_fail(err, RK_NOT_FOUND,
                    "the diagrams need Graphviz: install the package graphviz (the program "
                    "dot), or leave them out with --tanpa-diagram");
    }
    if (s == RK_OK) {
        json_t *o = json_loadb(out.ptr, out.len, 0, NULL);
        if (!o || !read_answer(g, o))
            s = rk_fail(err, RK_IO, "what dot answered is no placed graph of %u nodes",
                        g->n_node);
        json_decref(o);
    }
    rk_buf_free(&in);
    rk_buf_free(&out);
    return s;
}

/* The SVG of a placed graph, written from its numbers and labels alone. */
#include "publish/diagram.h"

enum { FONT = 11, LINE = 14, PAD = 12, HEAD = 30 };

const char *rk_graph_colour(enum rk_infra_kind k) {
    static const char *const colour[RK_INFRA_KINDS] = {
        "#eeeeee", "#cfe3f7", "#dcecd2", "#fbe5c8", "#eeeeee", "#f5f5f5", "#efdcf0",
        "#f9d4d4", "#f9d4d4", "#e6e0d0", "#eeeeee", "#eeeeee", "#eeeeee"};
    return colour[k];
}

static void text(rk_buf *b, double x, double y, const char *attributes, const char *s) {
    rk_buf_printf(b, "<text x=\"%.1f\" y=\"%.1f\"%s>", x, y, attributes);
    rk_buf_html(b, rk_slice_str(s));
    rk_buf_lit(b, "</text>\n");
}

static void draw_cluster(const rk_graph_cluster *c, rk_buf *b) {
    if (!c->placed) return;
    rk_buf_printf(b,
                  "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" rx=\"6\" "
                  "fill=\"#fafafa\" stroke=\"#888\"/>\n",
                  c->x0, c->y0, c->x1 - c->x0, c->y1 - c->y0);
}

/* After the lines, and with an edge of its own: a line that passes behind a name does not cross
 * it out. */
static void name_cluster(const rk_graph_cluster *c, rk_buf *b) {
    if (c->placed)
        text(b, c->x0 + 8, c->y0 + 15,
             " font-weight=\"bold\" stroke=\"#fafafa\" stroke-width=\"4\" "
             "paint-order=\"stroke\"",
             c->label);
}

static void draw_edge(const rk_graph_edge *e, rk_buf *b) {
    rk_buf_printf(b, "<path d=\"M%.1f,%.1f", e->point[0], e->point[1]);
    for (uint32_t i = 1; i < e->n_point; i++)
        rk_buf_printf(b, "%s%.1f,%.1f", i % 3 == 1 ? "C" : " ", e->point[2 * i],
                      e->point[2 * i + 1]);
    rk_buf_printf(b, " L%.1f,%.1f\"%s%s/>\n", e->tip_x, e->tip_y,
                  e->dashed ? " stroke-dasharray=\"5,3\"" : "",
                  e->arrow ? " marker-end=\"url(#a)\"" : "");
}

static void draw_node(const rk_graph_node *n, rk_buf *b) {
    rk_buf_printf(b,
                  "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" rx=\"3\" "
                  "fill=\"%s\" stroke=\"#333\"%s/>\n",
                  n->x - n->w / 2, n->y - n->h / 2, n->w, n->h, rk_graph_colour(n->kind),
                  n->members > 1 ? " stroke-width=\"2.5\"" : "");
    for (uint32_t i = 0; i < n->n_line; i++)
        text(b, n->x, n->y - n->h / 2 + 5 + FONT + i * LINE,
             i + 1 == n->n_line && i ? " text-anchor=\"middle\" fill=\"#444\" "
                                       "font-style=\"italic\""
                                     : " text-anchor=\"middle\"",
             n->line[i]);
}

static void draw_watermark(const rk_graph *g, rk_slice mark, rk_buf *b) {
    for (int k = 0; 40.0 + 120 * k < g->h + 80; k++) {
        const double y = 40 + 120 * k;
        rk_buf_printf(b,
                      "<text x=\"20\" y=\"%.0f\" transform=\"rotate(-12 20 %.0f)\" "
                      "font-size=\"22\" fill=\"#c00\" fill-opacity=\"0.22\">",
                      y, y);
        rk_buf_html(b, mark);
        rk_buf_lit(b, "</text>\n");
    }
}

void rk_graph_svg(const rk_graph *g, rk_slice watermark, rk_buf *b) {
    double w = (g->w < 420 ? 420 : g->w) + 2 * PAD, h = g->h + 2 * PAD + HEAD;
    rk_buf_printf(b,
                  "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f %.0f\" "
                  "width=\"%.0f\" height=\"%.0f\" role=\"img\" font-family=\"Helvetica, Arial, "
                  "Liberation Sans, sans-serif\" font-size=\"%d\">\n<title>",
                  w, h, w, h, FONT);
    rk_buf_html(b, rk_slice_str(g->title));
    rk_buf_lit(b, "</title>\n<defs><marker id=\"a\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" "
                  "markerWidth=\"7\" markerHeight=\"7\" orient=\"auto\">"
                  "<path d=\"M0,0L8,4L0,8z\" fill=\"#333\"/></marker></defs>\n"
                  "<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n");
    text(b, PAD, 20, " font-size=\"14\" font-weight=\"bold\"", g->title);
    rk_buf_printf(b, "<g transform=\"translate(%d,%d)\">\n", PAD, PAD + HEAD);
    if (g->n_node == 0) text(b, 4, 12, "", "(kosong / nothing to draw)");
    for (uint32_t i = 0; i < g->n_cluster; i++) draw_cluster(&g->cluster[i], b);
    rk_buf_lit(b, "<g fill=\"none\" stroke=\"#333\">\n");
    for (uint32_t i = 0; i < g->n_edge; i++) draw_edge(&g->edge[i], b);
    rk_buf_lit(b, "</g>\n");
    for (uint32_t i = 0; i < g->n_cluster; i++) name_cluster(&g->cluster[i], b);
    for (uint32_t i = 0; i < g->n_node; i++) draw_node(&g->node[i], b);
    for (uint32_t i = 0; i < g->n_edge; i++)
        if (g->edge[i].label[0])
            text(b, g->edge[i].label_x, g->edge[i].label_y + 3,
                 " font-size=\"9\" text-anchor=\"middle\" stroke=\"#fff\" stroke-width=\"3\" "
                 "paint-order=\"stroke\" fill=\"#222\"",
                 g->edge[i].label);
    if (watermark.len) draw_watermark(g, watermark, b);
    rk_buf_lit(b, "</g>\n</svg>\n");
}

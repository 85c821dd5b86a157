/* libharu reports errors through a callback and then refuses to go on; the first code is kept
 * and asked for at the end. */
#include "publish/pdf.h"

#include "base/mem.h"

#include <hpdf.h>
#include <math.h>
#include <stdio.h>

enum { MARGIN = 50, BOTTOM = 50, SIDE_MAX = 14000 };
#define A4_W 595.0f
#define A4_H 842.0f

struct rk_pdf {
    HPDF_Doc doc;
    HPDF_Font plain, bold, oblique;
    HPDF_Page page;
    float y, width;
    unsigned pages;
    HPDF_STATUS error;
    char title[200], mark[200];
    rk_buf latin; /* scratch */
};

static void on_error(HPDF_STATUS code, HPDF_STATUS detail, void *user) {
    rk_pdf *p = user;
    (void)detail;
    if (!p->error) p->error = code;
}

/* ===== characters ===== */

static const uint16_t HIGH[32] = {
    0x20ac, 0,      0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017d, 0,      0,      0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
    0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0,      0x017e, 0x0178};

static char to_latin(uint32_t c) {
    if ((c >= 32 && c < 127) || (c >= 0xa0 && c <= 0xff)) return (char)c;
    for (unsigned i = 0; i < 32; i++)
        if (c && HIGH[i] == c) return (char)(128 + i);
    return c == '\t' || c == '\n' ? ' ' : '?';
}

static uint32_t next_char(rk_slice *s) {
    unsigned char c = (unsigned char)s->ptr[0];
    unsigned n = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
    uint32_t v = n == 1 ? c : c & (0xffu >> (n + 1));
    for (unsigned i = 1; i < n && i < s->len; i++)
        v = v << 6 | ((unsigned char)s->ptr[i] & 0x3f);
    *s = rk_slice_from(*s, n);
    return v;
}

/* NUL-terminated; valid until the next call. */
static const char *latin(rk_pdf *p, rk_slice s) {
    rk_buf_clear(&p->latin);
    while (s.len) rk_buf_byte(&p->latin, to_latin(next_char(&s)));
    rk_buf_byte(&p->latin, 0);
    RK_ASSERT(!p->latin.failed);
    return p->latin.ptr;
}

static void copy(char *out, size_t cap, const char *from) { snprintf(out, cap, "%s", from); }

/* ===== pages ===== */

static void text_at(rk_pdf *p, HPDF_Font font, float size, float x, float y, const char *s) {
    HPDF_Page_BeginText(p->page);
    HPDF_Page_SetFontAndSize(p->page, font, size);
    HPDF_Page_TextOut(p->page, x, y, s);
    HPDF_Page_EndText(p->page);
}

static void colour(rk_pdf *p, float r, float g, float b) {
    HPDF_Page_SetRGBFill(p->page, r, g, b);
}

static void watermark(rk_pdf *p, float w, float h) {
    float a = 0.5f, c = cosf(a), s = sinf(a);
    if (!p->mark[0]) return;
    HPDF_Page_GSave(p->page);
    colour(p, 0.93f, 0.78f, 0.78f);
    for (int k = 0; 60 + 240 * (float)k < h; k++) {
        const float y = 60 + 240 * (float)k;
        HPDF_Page_BeginText(p->page);
        HPDF_Page_SetFontAndSize(p->page, p->bold, w < 700 ? 20 : 30);
        HPDF_Page_SetTextMatrix(p->page, c, s, -s, c, 40, y);
        HPDF_Page_ShowText(p->page, p->mark);
        HPDF_Page_EndText(p->page);
    }
    HPDF_Page_GRestore(p->page);
}

static void new_page(rk_pdf *p, float w, float h) {
    char foot[260];
    p->page = HPDF_AddPage(p->doc);
    HPDF_Page_SetWidth(p->page, w);
    HPDF_Page_SetHeight(p->page, h);
    watermark(p, w, h);
    snprintf(foot, sizeof foot, "%s  -  %u", p->title, ++p->pages);
    colour(p, 0.35f, 0.35f, 0.35f);
    text_at(p, p->plain, 8, MARGIN, 28, foot);
    colour(p, 0, 0, 0);
    p->y = h - MARGIN;
    p->width = w - 2 * MARGIN;
}

static void room(rk_pdf *p, float h) {
    if (!p->page || p->y - h < BOTTOM) new_page(p, A4_W, A4_H);
}

rk_pdf *rk_pdf_new(rk_slice title, rk_slice author, rk_slice mark) {
    rk_pdf *p = rk_alloc(sizeof *p);
    rk_buf_init(&p->latin, 1 << 20);
    p->doc = HPDF_New(on_error, p);
    RK_ASSERT(p->doc != NULL);
    HPDF_SetCompressionMode(p->doc, HPDF_COMP_ALL);
    p->plain = HPDF_GetFont(p->doc, "Helvetica", "WinAnsiEncoding");
    p->bold = HPDF_GetFont(p->doc, "Helvetica-Bold", "WinAnsiEncoding");
    p->oblique = HPDF_GetFont(p->doc, "Helvetica-Oblique", "WinAnsiEncoding");
    copy(p->title, sizeof p->title, latin(p, title));
    copy(p->mark, sizeof p->mark, latin(p, mark));
    HPDF_SetInfoAttr(p->doc, HPDF_INFO_TITLE, p->title);
    HPDF_SetInfoAttr(p->doc, HPDF_INFO_AUTHOR, latin(p, author));
    return p;
}

/* ===== running text ===== */

/* How many bytes fit into `width`: up to a space, or as many as there is room for. */
static size_t fits(HPDF_Font font, float size, const char *s, size_t n, float width) {
    HPDF_REAL real;
    if (n > 2000) n = 2000;
    size_t k = HPDF_Font_MeasureText(font, (const HPDF_BYTE *)s, (HPDF_UINT)n, width, size, 0,
                                     0, HPDF_TRUE, &real);
    if (k == 0)
        k = HPDF_Font_MeasureText(font, (const HPDF_BYTE *)s, (HPDF_UINT)n, width, size, 0, 0,
                                  HPDF_FALSE, &real);
    return k ? k : 1;
}

static void flow(rk_pdf *p, HPDF_Font font, float size, float x, rk_slice text) {
    char line[2001];
    const char *s = latin(p, text);
    size_t n = p->latin.len - 1;
    while (n) {
        room(p, size * 1.35f);
        size_t k = fits(font, size, s, n, p->width - x);
        memcpy(line, s, k);
        line[k] = 0;
        text_at(p, font, size, MARGIN + x, p->y - size, line);
        p->y -= size * 1.35f;
        s += k, n -= k;
        while (n && *s == ' ') s++, n--;
    }
}

void rk_pdf_heading(rk_pdf *p, unsigned level, rk_slice text) {
    static const float size[] = {18, 18, 13, 10.5f};
    room(p, level < 3 ? 60 : 36);
    p->y -= level < 3 ? 12 : 5;
    flow(p, p->bold, size[level < 4 ? level : 3], 0, text);
    p->y -= 2;
}

void rk_pdf_text(rk_pdf *p, rk_slice text) {
    flow(p, p->plain, 9.5f, 0, text);
    p->y -= 4;
}

void rk_pdf_warning(rk_pdf *p, rk_slice text) {
    room(p, 30);
    colour(p, 0.75f, 0, 0);
    flow(p, p->bold, 9.5f, 0, text);
    colour(p, 0, 0, 0);
    p->y -= 4;
}

enum { LABEL_W = 150 };

void rk_pdf_pair(rk_pdf *p, rk_slice label, rk_slice value) {
    room(p, 13);
    char text[120];
    copy(text, sizeof text, latin(p, label));
    colour(p, 0.3f, 0.3f, 0.3f);
    text_at(p, p->plain, 9, MARGIN + 8, p->y - 9, text);
    colour(p, 0, 0, 0);
    flow(p, p->plain, 9, LABEL_W, value);
}

/* ===== diagrams ===== */

typedef struct canvas {
    rk_pdf *p;
    float scale, left, top;
} canvas;

static float cx(const canvas *c, double x) { return c->left + (float)x * c->scale; }
static float cy(const canvas *c, double y) { return c->top - (float)y * c->scale; }

static void label(const canvas *c, HPDF_Font font, float size, double x, double y, bool middle,
                  const char *text) {
    const char *s = latin(c->p, rk_slice_str(text));
    HPDF_TextWidth w =
        HPDF_Font_TextWidth(font, (const HPDF_BYTE *)s, (HPDF_UINT)c->p->latin.len - 1);
    float half = middle ? (float)w.width * size * c->scale / 2000 : 0;
    text_at(c->p, font, size * c->scale, cx(c, x) - half, cy(c, y), s);
}

static void box(const canvas *c, double x, double y, double w, double h, const char *fill) {
    unsigned r = 255, g = 255, b = 255;
    char hex[3] = {0};
    for (unsigned k = 0; k < 3; k++) {
        memcpy(hex, fill + 1 + 2 * k, 2);
        *(k == 0 ? &r : k == 1 ? &g : &b) = (unsigned)strtoul(hex, NULL, 16);
    }
    colour(c->p, (float)r / 255, (float)g / 255, (float)b / 255);
    HPDF_Page_Rectangle(c->p->page, cx(c, x), cy(c, y + h), (float)w * c->scale,
                        (float)h * c->scale);
    HPDF_Page_FillStroke(c->p->page);
    colour(c->p, 0, 0, 0);
}

static void arrow(const canvas *c, const rk_graph_edge *e) {
    double x = e->point[2 * e->n_point - 2], y = e->point[2 * e->n_point - 1];
    double dx = e->tip_x - x, dy = e->tip_y - y, d = sqrt(dx * dx + dy * dy);
    if (d < 0.1) return;
    dx /= d, dy /= d;
    HPDF_Page_MoveTo(c->p->page, cx(c, e->tip_x), cy(c, e->tip_y));
    HPDF_Page_LineTo(c->p->page, cx(c, e->tip_x - 8 * dx + 3 * dy),
                     cy(c, e->tip_y - 8 * dy - 3 * dx));
    HPDF_Page_LineTo(c->p->page, cx(c, e->tip_x - 8 * dx - 3 * dy),
                     cy(c, e->tip_y - 8 * dy + 3 * dx));
    HPDF_Page_Fill(c->p->page);
}

static void edge(const canvas *c, const rk_graph_edge *e) {
    static const HPDF_UINT16 dashes[] = {4, 3};
    HPDF_Page page = c->p->page;
    HPDF_Page_SetDash(page, e->dashed ? dashes : NULL, e->dashed ? 2 : 0, 0);
    HPDF_Page_MoveTo(page, cx(c, e->point[0]), cy(c, e->point[1]));
    for (uint32_t i = 1; i + 2 < e->n_point; i += 3)
        HPDF_Page_CurveTo(page, cx(c, e->point[2 * i]), cy(c, e->point[2 * i + 1]),
                          cx(c, e->point[2 * i + 2]), cy(c, e->point[2 * i + 3]),
                          cx(c, e->point[2 * i + 4]), cy(c, e->point[2 * i + 5]));
    HPDF_Page_LineTo(page, cx(c, e->tip_x), cy(c, e->tip_y));
    HPDF_Page_Stroke(page);
    HPDF_Page_SetDash(page, NULL, 0, 0);
    if (e->arrow) arrow(c, e);
}

static void node(const canvas *c, const rk_graph_node *n) {
    box(c, n->x - n->w / 2, n->y - n->h / 2, n->w, n->h, rk_graph_colour(n->kind));
    for (uint32_t i = 0; i < n->n_line; i++)
        label(c, i && i + 1 == n->n_line ? c->p->oblique : c->p->plain, 11, n->x,
              n->y - n->h / 2 + 16 + 14 * i, true, n->line[i]);
}

void rk_pdf_graph(rk_pdf *p, const rk_graph *g) {
    double big = g->w > g->h ? g->w : g->h;
    canvas c = {p, big > SIDE_MAX ? (float)(SIDE_MAX / big) : 1, 40, 0};
    float w = (float)g->w * c.scale + 80, h = (float)g->h * c.scale + 120;
    new_page(p, w < A4_W ? A4_W : w, h < 300 ? 300 : h);
    c.top = HPDF_Page_GetHeight(p->page) - 70;
    text_at(p, p->bold, 13, 40, HPDF_Page_GetHeight(p->page) - 40,
            latin(p, rk_slice_str(g->title)));
    HPDF_Page_SetLineWidth(p->page, 0.7f * c.scale);
    for (uint32_t i = 0; i < g->n_cluster; i++) {
        const rk_graph_cluster *k = &g->cluster[i];
        if (!k->placed) continue;
        box(&c, k->x0, k->y0, k->x1 - k->x0, k->y1 - k->y0, "#fafafa");
    }
    for (uint32_t i = 0; i < g->n_edge; i++) edge(&c, &g->edge[i]);
    for (uint32_t i = 0; i < g->n_cluster; i++) /* after the lines: not crossed out by them */
        if (g->cluster[i].placed)
            label(&c, p->bold, 11, g->cluster[i].x0 + 8, g->cluster[i].y0 + 15, false,
                  g->cluster[i].label);
    for (uint32_t i = 0; i < g->n_node; i++) node(&c, &g->node[i]);
    for (uint32_t i = 0; i < g->n_edge; i++)
        if (g->edge[i].label[0])
            label(&c, p->plain, 9, g->edge[i].label_x, g->edge[i].label_y + 3, true,
                  g->edge[i].label);
    p->page = NULL; /* what follows begins on a page of its own */
}

rk_status rk_pdf_finish(rk_pdf **pp, rk_buf *out, rk_err *err) {
    rk_pdf *p = *pp;
    if (!p->pages) new_page(p, A4_W, A4_H);
    if (!p->error) HPDF_SaveToStream(p->doc);
    HPDF_UINT32 n = p->error ? 0 : HPDF_GetStreamSize(p->doc);
    char *room = n ? rk_buf_room(out, n) : NULL;
    if (room && HPDF_ReadFromStream(p->doc, (HPDF_BYTE *)room, &n) == HPDF_OK)
        rk_buf_commit(out, room + n);
    HPDF_STATUS code = p->error;
    HPDF_Free(p->doc);
    rk_buf_free(&p->latin);
    rk_free(p);
    *pp = NULL;
    if (code) return rk_fail(err, RK_IO, "the PDF could not be made (libharu 0x%lx)", code);
    return out->failed ? rk_fail(err, RK_LIMIT, "the PDF is over its limit") : RK_OK;
}

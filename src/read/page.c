#include "read/page.h"

#include "base/mem.h"
#include "read/qr.h"

#include <math.h>
#include <stdlib.h>

/* Where a photo stops being readable. Set on synthetic photos (docs/reading.md says how). */
#define BOX_MM 19.0          /* a large box: a page with smaller ones needs more pixels */
#define PX_PER_MM_LEAST 1.0f /* such a box has 19 pixels then */
#define PAPER_LEAST 45.0f    /* grey of white paper */
#define CONTRAST_LEAST 0.35f /* 1 - ink / paper */
#define SHARPNESS_LEAST 0.15f
#define FRAMES_LEAST 0.6f /* part of the frames that must be found */
#define OFF_MM_MOST 12.0f
#define OFF_MM_PLAIN 3.0f /* beyond that a finer look comes first */
#define EDGE_PX 1.0

static const struct {
    const char *name, *indonesian, *english;
} WHY[RK_REFUSALS] = {
    [RK_PAGE_READ] = {"read", "terbaca", "read"},
    [RK_REFUSE_FILE] =
        {"file", "berkas bukan foto JPEG atau PNG yang utuh: kirim ulang foto asli",
         "the file is not a whole JPEG or PNG photo: send the original photo again"},
    [RK_REFUSE_CRASH] = {"crash",
                         "berkas menggagalkan pembacanya: ambil foto baru dengan kamera biasa",
                         "the file broke its reader: take a new photo with a plain camera"},
    [RK_REFUSE_TIME] = {"time",
                        "membaca foto terlalu lama: ambil foto baru, paling besar 64 MP",
                        "reading took too long: take a new photo of at most 64 megapixels"},
    [RK_REFUSE_SMALL] = {"small", "halaman terlalu kecil di foto: ambil ulang dari lebih dekat",
                         "the page is too small in the photo: take it again from nearer"},
    [RK_REFUSE_DARK] = {"dark",
                        "foto terlalu gelap atau pudar: ambil ulang dengan cahaya cukup",
                        "the photo is too dark or too pale: take it again in better light"},
    [RK_REFUSE_BLURRED] = {"blurred", "foto kabur: tahan kamera diam, fokus, lalu ambil ulang",
                           "the photo is blurred: hold the camera still, focus, take it again"},
    [RK_REFUSE_NO_TAG] = {"no-tag",
                          "tanda kotak hitam (AprilTag) tidak terlihat: foto seluruh halaman, "
                          "jangan tertutup",
                          "the page's tag (AprilTag) is not to be seen: photograph the whole "
                          "page, nothing lying on it"},
    [RK_REFUSE_OTHER_FORM] = {"other-form",
                              "ini halaman formulir lain: foto formulir yang diminta",
                              "this is a page of another form: photograph the form asked for"},
    [RK_REFUSE_CUT_OFF] =
        {"cut-off",
         "halaman terpotong atau tertutup: ambil ulang dengan keempat sudut "
         "terlihat",
         "the page is cut off or covered: take it again with all four corners "
         "in view"},
    [RK_REFUSE_UNEVEN] =
        {"uneven", "kertas terlipat atau terlalu melengkung: ratakan, lalu ambil ulang",
         "the paper is folded or bent too much: flatten it, then take it again"},
};

_Static_assert((int)RK_REFUSALS == (int)RK_READ_RESULTS,
               "each refusal has its code in entries");

const char *rk_refusal_name(enum rk_refusal r) { return rk_read_result_name(r); }
const char *rk_refusal_text(enum rk_refusal r, bool english) {
    if (r >= RK_REFUSALS) return "?";
    return english ? WHY[r].english : WHY[r].indonesian;
}

/* ===== finding ===== */

static uint32_t longer(const rk_grey *g) { return g->w > g->h ? g->w : g->h; }

/* Tags in a bitmap reduced by k; corners come back in pixels of g. */
static size_t tags_at(rk_tagger *t, const rk_grey *g, uint32_t k, rk_tag *tag) {
    if (k < 2) return rk_tagger_find(t, g, tag);
    rk_grey small = rk_grey_reduce(g, k);
    size_t n = rk_tagger_find(t, &small, tag);
    rk_free((void *)(uintptr_t)small.px);
    for (size_t i = 0; i < n; i++) {
        tag[i].side *= k;
        for (int c = 0; c < 4; c++) tag[i].corner[c].x *= k, tag[i].corner[c].y *= k;
    }
    return n;
}

/* How many tags of the page of which most are seen; *all: none of it is lacking. */
static uint32_t of_form(const rk_sheet *f, const rk_tag *tag, size_t n, bool *all) {
    uint32_t most = 0;
    *all = false;
    for (uint32_t k = 0; k < f->n_page; k++) {
        const rk_sheet_page *p = &f->page[k];
        uint32_t seen = 0;
        for (uint32_t i = p->first_tag; i < p->first_tag + p->n_tag; i++)
            for (size_t t = 0; t < n; t++)
                if (tag[t].id == f->tag[i].id) {
                    seen++;
                    break;
                }
        if (seen > most) most = seen, *all = false;
        if (seen == most && seen == p->n_tag) *all = true;
    }
    return most;
}

/* What can be said of a photo in which the page was not found. */
static enum rk_refusal why_lost(const rk_grey *g, enum rk_refusal otherwise) {
    uint32_t k = longer(g) / 400;
    rk_grey small = rk_grey_reduce(g, k ? k : 1);
    uint64_t sum = 0, steps = 0;
    const uint64_t n = (uint64_t)small.w * small.h;
    uint32_t top = 0;
    for (uint32_t y = 0; y < small.h; y++)
        for (uint32_t x = 0; x + 1 < small.w; x++) {
            const uint8_t *p = small.px + (size_t)y * small.w + x;
            int d = p[1] - p[0];
            sum += p[0], steps += (uint64_t)(d < 0 ? -d : d);
            top = p[0] > top ? p[0] : top;
        }
    rk_free((void *)(uintptr_t)small.px);
    if (longer(g) < 500) return RK_REFUSE_SMALL;
    if (n == 0) return otherwise;
    if (sum / n < 30 || top < 60) return RK_REFUSE_DARK;
    return otherwise == RK_REFUSE_NO_TAG && steps * 10 / n < 12 ? RK_REFUSE_BLURRED : otherwise;
}

static bool refuse(rk_page_reading *out, enum rk_refusal why) {
    out->refusal = why;
    return false;
}

static void take_pose(rk_page_reading *out, const rk_pose *pose) {
    out->page = pose->page;
    out->to_px = pose->to_px;
    out->anchors = pose->anchors, out->anchors_wanted = pose->wanted;
    out->off_mm = (float)pose->off_mm;
}

static uint32_t first_box(const rk_sheet *f, const rk_sheet_page *p) {
    return p->n_field ? f->field[p->first_field].first_box : 0;
}
static uint32_t box_count(const rk_sheet *f, const rk_sheet_page *p) {
    if (!p->n_field) return 0;
    const rk_sheet_field *last = &f->field[p->first_field + p->n_field - 1];
    return last->first_box + last->n_box - f->field[p->first_field].first_box;
}

/* A box outside the photo is known from the pose alone, before anything is cut. */
static bool boxes_in_view(const rk_sheet *f, const rk_page_reading *p, const rk_grey *g) {
    const rk_sheet_box *box = &f->box[first_box(f, &f->page[p->page])];
    for (uint32_t i = 0, n = box_count(f, &f->page[p->page]); i < n; i++)
        for (int c = 0; c < 4; c++) {
            rk_point at =
                rk_homography_map(&p->to_px, (rk_point){box[i].x + (c & 1) * box[i].w,
                                                        box[i].y + (c >> 1) * box[i].h});
            double slack = 3 * rk_homography_scale(&p->to_px, (rk_point){box[i].x, box[i].y});
            if (!(at.x > -slack && at.y > -slack && at.x < g->w + slack && at.y < g->h + slack))
                return false;
        }
    return true;
}

/* The page that these tags name, and how it lies. */
static bool locate(const rk_reader *r, const rk_grey *g, const rk_tag *tag, size_t n,
                   float off_mm_most, rk_page_reading *out) {
    rk_white white;
    rk_pose pose;
    rk_white_init(&white, g, longer(g) / 60 + 1);
    rk_status st = rk_locate(r->form, g, &white, tag, n, &pose, NULL);
    rk_white_free(&white);
    take_pose(out, &pose);
    return st == RK_OK && out->off_mm <= off_mm_most && boxes_in_view(r->form, out, g);
}

/* Small first: most photos give their tag away at 340 pixels, nearly all at 500, where looking
 * costs a tenth of what it does at 900. What a coarse tag led astray is looked for again. */
static const uint32_t LOOK[] = {340, 500, 900, 1600};
enum { LOOKS = sizeof LOOK / sizeof *LOOK };

static uint32_t reduction(const rk_grey *g, uint32_t look) {
    uint32_t k = (longer(g) + LOOK[look] / 2) / LOOK[look];
    return k < 1 ? 1 : k;
}

/* A page with a tag to each corner is laid out by all of them: while one is lacking, a finer
 * look comes first. The finest is dear, and only for pages of which nothing was seen. */
bool rk_page_find(const rk_reader *r, const rk_grey *g, rk_page_reading *out) {
    rk_tag now[RK_TAGS_SEEN_MAX], tag[RK_TAGS_SEEN_MAX];
    enum rk_refusal why = out->looks ? (enum rk_refusal)out->refusal : RK_REFUSE_NO_TAG;
    uint32_t own = 0;
    size_t n = 0;
    out->page = UINT32_MAX;
    out->refusal = RK_PAGE_READ;
    if (g->w < 64 || g->h < 64) return refuse(out, RK_REFUSE_SMALL);
    while (out->looks < LOOKS) {
        bool all = false;
        uint32_t i = out->looks++, left = LOOKS - out->looks, seen = 0;
        if (left == 0 && (own || why != RK_REFUSE_NO_TAG)) break;
        if (i == 0 || reduction(g, i) != reduction(g, i - 1)) {
            size_t m = tags_at(r->tagger, g, reduction(g, i), now);
            seen = of_form(r->form, now, m, &all);
            if (m && !seen && why == RK_REFUSE_NO_TAG) why = RK_REFUSE_OTHER_FORM;
            if (seen >= own) memcpy(tag, now, m * sizeof *tag), n = m, own = seen;
        }
        if (!own || (!all && left > 1)) continue;
        if (locate(r, g, tag, n, left > 1 ? OFF_MM_PLAIN : OFF_MM_MOST, out)) return true;
        if (why == RK_REFUSE_NO_TAG || why == RK_REFUSE_OTHER_FORM) why = RK_REFUSE_CUT_OFF;
    }
    return refuse(out, why_lost(g, why));
}

bool rk_page_may_lie_elsewhere(const rk_page_reading *out) {
    return out->looks + 1 < LOOKS &&
           (out->refusal == RK_REFUSE_CUT_OFF || out->refusal == RK_REFUSE_BLURRED ||
            out->refusal == RK_REFUSE_UNEVEN);
}

void rk_page_scale(rk_page_reading *p, double factor) {
    for (int i = 0; i < 6; i++) p->to_px.m[i] *= factor;
}

/* ===== judging and cutting ===== */

double rk_page_detail(const rk_sheet *f, uint32_t page) {
    const rk_sheet_page *p = &f->page[page];
    double least = BOX_MM;
    for (uint32_t i = first_box(f, p), end = i + box_count(f, p); i < end; i++)
        least = fmin(least, fmin(f->box[i].w, f->box[i].h));
    return BOX_MM / least;
}

static int by_value(const void *a, const void *b) {
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

/* Black of the page's first tag: a low percentile over its square. */
static float tag_black(const rk_sheet *f, const rk_page_reading *p, const rk_grey *g) {
    const rk_sheet_tag *t = &f->tag[f->page[p->page].first_tag];
    float v[400];
    for (int i = 0; i < 400; i++) {
        const int column = i % 20, row = i / 20;
        rk_point at =
            rk_homography_map(&p->to_px, (rk_point){t->x + (column + 0.5) * t->side / 20,
                                                    t->y + (row + 0.5) * t->side / 20});
        v[i] = rk_grey_at(g, at.x, at.y);
    }
    qsort(v, 400, sizeof *v, by_value);
    return v[60];
}

/* Darkness of the frames, in parts of what the tag's black has: a measure of blur in
 * millimetres, which is what reading a digit suffers from. */
static void measure(const rk_reader *r, const rk_grey *g, const rk_white *white,
                    rk_page_reading *out) {
    float frame[RK_PAGE_BOXES_MAX] = {0}, paper = 0;
    out->px_per_mm = 1e9f;
    const rk_sheet_box *box = &r->form->box[first_box(r->form, &r->form->page[out->page])];
    for (uint32_t i = 0; i < out->n_box; i++) {
        rk_point mid = {box[i].x + box[i].w / 2, box[i].y + box[i].h / 2},
                 px = rk_homography_map(&out->to_px, mid);
        out->px_per_mm = fminf(out->px_per_mm, (float)rk_homography_scale(&out->to_px, mid));
        paper += rk_white_at(white, px.x, px.y) / (float)out->n_box;
        frame[i] = out->box[i].quad.frame;
    }
    out->paper = paper;
    out->ink = tag_black(r->form, out, g);
    qsort(frame, out->n_box, sizeof *frame, by_value);
    float contrast = fmaxf(0.05f, 1 - out->ink / fmaxf(1, paper));
    out->sharpness = out->n_box ? frame[out->n_box / 2] / contrast : 1;
}

static bool judge(const rk_reader *r, rk_page_reading *out, const rk_grey *g) {
    for (uint32_t i = 0; i < out->n_box; i++) {
        const rk_box_reading *b = &out->box[i];
        if (!rk_quad_inside(&b->quad, g, EDGE_PX)) return refuse(out, RK_REFUSE_CUT_OFF);
        for (int d = 0; b->bubbles.state != RK_BUBBLES_NONE && d < 10; d++)
            if (b->bubbles.at[d][0] < 2 || b->bubbles.at[d][1] < 2 ||
                b->bubbles.at[d][0] > (float)g->w - 2 || b->bubbles.at[d][1] > (float)g->h - 2)
                return refuse(out, RK_REFUSE_CUT_OFF);
    }
    if (out->n_box &&
        out->px_per_mm < PX_PER_MM_LEAST * (float)rk_page_detail(r->form, out->page))
        return refuse(out, RK_REFUSE_SMALL);
    if (out->n_box && (out->paper < PAPER_LEAST || 1 - out->ink / out->paper < CONTRAST_LEAST))
        return refuse(out, RK_REFUSE_DARK);
    if (out->sharpness < SHARPNESS_LEAST) return refuse(out, RK_REFUSE_BLURRED);
    if ((float)out->frames < FRAMES_LEAST * (float)out->n_box)
        return refuse(out, RK_REFUSE_UNEVEN);
    return true;
}

/* A code that can be read must be of this contest and page; one that cannot be read is said by
 * has_id = false, and the caller falls back on the file's name. */
static bool read_id(const rk_reader *r, const rk_grey *g, rk_page_reading *out) {
    const rk_sheet_page *p = &r->form->page[out->page];
    out->has_id = rk_qr_read(p, &out->to_px, g, &out->id);
    return !out->has_id || (out->id.page == p->number &&
                            rk_slice_eq(rk_code_slice(&out->id.contest), r->form->contest));
}

static void read_boxes(const rk_reader *r, const rk_grey *g, const rk_white *white,
                       rk_page_reading *out) {
    rk_pose pose = {.page = out->page, .to_px = out->to_px};
    const rk_sheet_box *box = &r->form->box[first_box(r->form, &r->form->page[out->page])];
    rk_quad *quad = rk_calloc(out->n_box + 1, sizeof *quad);
    out->frames = rk_snap(r->form, &pose, g, white, quad);
    for (uint32_t i = 0; i < out->n_box; i++) {
        out->box[i].quad = quad[i];
        rk_cut(g, &quad[i], RK_DIGIT_SIDE, RK_DIGIT_FRAME_FIRST, out->grey[i]);
        rk_bubbles_read(&box[i], &pose, &quad[i], g, white, &out->box[i].bubbles);
    }
    rk_free(quad);
}

bool rk_page_cut(const rk_reader *r, const rk_grey *g, rk_page_reading *out) {
    rk_white white;
    out->n_box = box_count(r->form, &r->form->page[out->page]);
    RK_ASSERT(out->n_box <= RK_PAGE_BOXES_MAX);
    if (!boxes_in_view(r->form, out, g)) return refuse(out, RK_REFUSE_CUT_OFF);
    if (!read_id(r, g, out)) return refuse(out, RK_REFUSE_OTHER_FORM);
    rk_white_init(&white, g, longer(g) / 60 + 1);
    read_boxes(r, g, &white, out);
    measure(r, g, &white, out);
    rk_white_free(&white);
    return judge(r, out, g);
}

void rk_page_net(const rk_reader *r, rk_page_reading *out) {
    float(*posterior)[RK_DIGIT_CLASSES] = rk_calloc(out->n_box + 1, sizeof *posterior);
    if (out->n_box) rk_digit_net_run(r->net, out->grey[0], out->n_box, posterior);
    for (uint32_t i = 0; i < out->n_box; i++)
        memcpy(out->box[i].posterior, posterior[i], sizeof posterior[i]);
    rk_free(posterior);
}

rk_page_reading *rk_page_keep(const rk_page_reading *p) {
    uint32_t n = p->refusal == RK_PAGE_READ ? p->n_box : 0;
    return rk_dup(p, offsetof(rk_page_reading, box) + n * sizeof p->box[0]);
}

/* ===== the receiver's check ===== */

static bool box_ok(const rk_box_reading *b) {
    float sum = 0;
    for (uint32_t c = 0; c < RK_DIGIT_CLASSES; c++) {
        if (!(b->posterior[c] >= 0 && b->posterior[c] <= 1)) return false;
        sum += b->posterior[c];
    }
    if (!(sum > 0.99f && sum < 1.01f)) return false;
    for (int i = 0; i < 4; i++)
        if (!isfinite(b->quad.corner[i].x) || !isfinite(b->quad.corner[i].y)) return false;
    for (int d = 0; d < 10; d++)
        if (!isfinite(b->bubbles.fill[d]) || !isfinite(b->bubbles.at[d][0]) ||
            !isfinite(b->bubbles.at[d][1]))
            return false;
    return isfinite(b->quad.frame) && isfinite(b->quad.moved_mm) &&
           b->bubbles.state <= RK_BUBBLES_UNCLEAR && b->bubbles.digit <= 9;
}

static bool code_ok(const rk_code *c) {
    rk_code again;
    return rk_code_of(rk_code_slice(c), &again) && rk_code_eq(&again, c);
}

bool rk_page_reading_ok(const rk_sheet *form, const rk_page_reading *p) {
    if (p->refusal >= RK_REFUSALS || p->width > RK_PHOTO_SIDE_MAX ||
        p->height > RK_PHOTO_SIDE_MAX || (p->page >= form->n_page && p->page != UINT32_MAX))
        return false;
    const float finite[] = {p->px_per_mm, p->off_mm,  p->paper,  p->ink,   p->sharpness,
                            p->ms_decode, p->ms_find, p->ms_cut, p->ms_net};
    for (size_t i = 0; i < sizeof finite / sizeof *finite; i++)
        if (!isfinite(finite[i])) return false;
    if (p->refusal != RK_PAGE_READ) return true;
    if (p->page >= form->n_page || p->n_box != box_count(form, &form->page[p->page]))
        return false;
    for (int i = 0; i < 9; i++)
        if (!isfinite(p->to_px.m[i])) return false;
    if (p->has_id && !(code_ok(&p->id.election) && code_ok(&p->id.contest) &&
                       code_ok(&p->id.tps) && p->id.page == form->page[p->page].number))
        return false;
    for (uint32_t i = 0; i < p->n_box; i++)
        if (!box_ok(&p->box[i])) return false;
    return true;
}

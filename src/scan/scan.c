#include "scan/scan.h"

#include "base/mem.h"
#include "read/qr.h"
#include "scan/decode.h"
#include "scan/overlay.h"

#include <stdio.h>
#include <time.h>

/* A photo is first decoded so far as to leave this many pixels on its longer side; only when
 * the page then has too few pixels a millimetre is it decoded once more, whole. */
enum { ENOUGH_SIDE = 1900 };
#define FINE_PX_PER_MM 2.0

struct rk_scan {
    rk_reader reader;
    rk_sandbox *sandbox;
    rk_scanned *shared, *out;
};

static float since_ms(struct timespec *t) {
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    float ms =
        (float)(now.tv_sec - t->tv_sec) * 1e3f + (float)(now.tv_nsec - t->tv_nsec) / 1e6f;
    *t = now;
    return ms;
}

/* ===== inside ===== */

static void no_file(rk_scanned *out, const rk_err *err) {
    out->page.refusal = RK_REFUSE_FILE;
    snprintf(out->why, sizeof out->why, "%.180s", err->text);
}

static double middle_scale(const rk_sheet *f, const rk_page_reading *p) {
    const rk_sheet_page *page = &f->page[p->page];
    return rk_homography_scale(&p->to_px, (rk_point){page->w / 2, page->h / 2});
}

/* Coordinates in the result are those of the photo, whatever it was reduced to for reading. */
static void to_photo(rk_page_reading *p, double shrink) {
    rk_page_scale(p, shrink);
    p->px_per_mm *= (float)shrink;
    for (uint32_t i = 0; i < p->n_box; i++) {
        for (int c = 0; c < 4; c++)
            p->box[i].quad.corner[c].x *= shrink, p->box[i].quad.corner[c].y *= shrink;
        for (int d = 0; d < 10; d++)
            p->box[i].bubbles.at[d][0] *= (float)shrink,
                p->box[i].bubbles.at[d][1] *= (float)shrink;
    }
}

static bool decode(rk_slice photo, uint32_t enough, rk_photo *p, rk_scanned *out) {
    rk_err err = RK_ERR_INIT;
    if (rk_decode(photo, enough, p, &err) != RK_OK) {
        no_file(out, &err);
        return false;
    }
    out->page.width = p->width, out->page.height = p->height;
    return true;
}

static void free_photo(rk_photo *p) {
    rk_free((void *)(uintptr_t)p->grey.px);
    p->grey.px = NULL;
}

/* Decodes again at full size when the page is small in the photo. */
static bool sharpen(const rk_reader *r, rk_slice photo, rk_photo *p, rk_scanned *out) {
    double fine = FINE_PX_PER_MM * rk_page_detail(r->form, out->page.page);
    if (p->shrink <= 1 || middle_scale(r->form, &out->page) >= fine) return true;
    double factor = p->shrink;
    free_photo(p);
    if (!decode(photo, 0, p, out)) return false;
    rk_page_scale(&out->page, factor);
    return true;
}

void rk_scan_inside(const rk_reader *r, rk_slice photo, bool overlay, rk_scanned *out) {
    struct timespec t;
    rk_photo p = {0};
    rk_page_reading *page = &out->page;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    page->page = UINT32_MAX;
    page->refusal = RK_PAGE_READ;
    if (!decode(photo, ENOUGH_SIDE, &p, out)) return;
    page->ms_decode = since_ms(&t);
    bool ok = false;
    do {
        double shrink = p.shrink;
        ok = rk_page_find(r, &p.grey, page);
        page->ms_find += since_ms(&t);
        ok = ok && sharpen(r, photo, &p, out);
        page->ms_decode += since_ms(&t);
        if (ok) ok = rk_page_cut(r, &p.grey, page);
        page->ms_cut += since_ms(&t);
        if (p.shrink < shrink) break; /* the larger bitmap is not searched again */
    } while (!ok && rk_page_may_lie_elsewhere(page));
    if (ok) rk_page_net(r, page);
    page->ms_net = since_ms(&t);
    if (overlay && p.grey.px && page->page != UINT32_MAX)
        rk_overlay_draw(r->form, page, &p.grey, &out->overlay);
    to_photo(page, p.shrink);
    free_photo(&p);
}

/* ===== outside ===== */

struct job {
    const rk_scan *scan;
    rk_slice photo;
    bool overlay;
};

static void in_child(void *ctx) {
    const struct job *j = ctx;
    rk_scan_inside(&j->scan->reader, j->photo, j->overlay, j->scan->shared);
}

rk_status rk_scan_new(const rk_sheet *form, const rk_digit_net *net, rk_scan **out,
                      rk_err *err) {
    *out = NULL;
    if (!rk_qr_prepare()) /* now, since the child may open no file */
        return rk_fail(err, RK_IO, "the QR library (zbar) cannot read a code: reinstall it");
    rk_scan *s = rk_alloc(sizeof *s);
    if (rk_sandbox_new(&s->sandbox, err) != RK_OK) {
        rk_free(s);
        return RK_IO;
    }
    s->reader = (rk_reader){form, rk_tagger_new(form->family), net};
    s->shared = rk_shared_new(sizeof *s->shared);
    s->out = rk_map_new(sizeof *s->out);
    *out = s;
    return RK_OK;
}

void rk_scan_free(rk_scan **s) {
    if (!*s) return;
    rk_sandbox_free(&(*s)->sandbox);
    rk_tagger_free(&(*s)->reader.tagger);
    rk_shared_free((*s)->shared, sizeof *(*s)->shared);
    rk_map_free((*s)->out, sizeof *(*s)->out);
    rk_free(*s);
    *s = NULL;
}

static void refuse(rk_scanned *out, enum rk_refusal why, int signal) {
    memset(&out->page, 0, sizeof out->page);
    out->page.refusal = why;
    out->page.page = UINT32_MAX;
    out->overlay.w = out->overlay.h = 0;
    if (signal)
        snprintf(out->why, sizeof out->why, "the reader's process was ended by signal %d",
                 signal);
    else
        snprintf(out->why, sizeof out->why, "the reader's answer does not hang together");
}

/* Copies first, then looks: the child is gone by now, but the check must see what is used. */
static void take(rk_scan *s, bool overlay) {
    rk_scanned *o = s->out;
    memcpy(&o->page, &s->shared->page, sizeof o->page);
    memcpy(o->why, s->shared->why, sizeof o->why);
    o->why[sizeof o->why - 1] = '\0';
    o->overlay.w = s->shared->overlay.w, o->overlay.h = s->shared->overlay.h;
    if (!overlay) o->overlay.w = o->overlay.h = 0;
    if (!rk_page_reading_ok(s->reader.form, &o->page) || o->overlay.w > RK_OVERLAY_SIDE_MAX ||
        o->overlay.h > RK_OVERLAY_SIDE_MAX) {
        refuse(o, RK_REFUSE_CRASH, 0);
        return;
    }
    memcpy(o->overlay.rgb, s->shared->overlay.rgb, (size_t)o->overlay.w * o->overlay.h * 3);
}

rk_status rk_scan_photo(rk_scan *s, rk_slice photo, bool overlay, const rk_scanned **out,
                        rk_sandbox_report *report, rk_err *err) {
    const rk_sandbox_limits limits = {RK_SCAN_CPU_MS_MAX, RK_SCAN_WALL_MS_MAX,
                                      RK_SCAN_MEMORY_MAX};
    struct job job = {s, photo, overlay};
    rk_sandbox_report mine;
    if (!report) report = &mine;
    *out = s->out;
    /* Until the child says otherwise, it broke off. */
    memset(&s->shared->page, 0, offsetof(rk_page_reading, box));
    s->shared->page.refusal = RK_REFUSE_CRASH;
    s->shared->why[0] = '\0';
    s->shared->overlay.w = s->shared->overlay.h = 0;
    RK_TRY(rk_sandbox_run(s->sandbox, &limits, in_child, &job, report, err));
    if (report->end == RK_SANDBOX_DONE)
        take(s, overlay);
    else if (report->end == RK_SANDBOX_TIMED_OUT)
        refuse(s->out, RK_REFUSE_TIME, report->signal);
    else
        refuse(s->out, RK_REFUSE_CRASH, report->signal);
    return RK_OK;
}

/* Sirekap documents: one in the file, or one a line. */
#include "intake/import_internal.h"

#include "intake/sirekap.h"

static void problem(struct rk_importer *im, size_t line, rk_slice value, const char *reason) {
    im->report->bad++;
    if (im->o->fn)
        im->o->fn(im->o->ctx, &(rk_problem){.line = line, .value = value, .reason = reason});
}

static rk_status take(struct rk_importer *im, size_t line, rk_sirekap_doc *doc, rk_err *err) {
    uint32_t tps;
    rk_err text;
    const char *why = rk_importer_place(im, doc->form.tps, (rk_slice){0}, &tps, &text);
    if (!why && rk_importer_seen(im, tps))
        why = "duplicate TPS: the file has this station already";
    if (why) return problem(im, line, doc->form.tps, why), RK_OK;
    return rk_importer_take(im, tps, &doc->form, err);
}

static rk_status one(struct rk_importer *im, size_t line, rk_slice json, rk_err *err) {
    rk_sirekap_doc doc;
    rk_err why = RK_ERR_INIT;
    if (rk_sirekap_parse(im->c, im->dir->election, json, im->o->tps, &doc, &why) != RK_OK)
        return problem(im, line, (rk_slice){json.ptr, json.len < 80 ? json.len : 80}, why.text),
               RK_OK;
    rk_status s = take(im, line, &doc, err);
    rk_sirekap_doc_free(&doc);
    return s;
}

/* A document over several lines ends no line with '}' but the last. */
static bool one_a_line(rk_slice s) {
    rk_slice line;
    return rk_slice_cut(&s, '\n', &line) && rk_slice_ends(rk_slice_trim(line), RK_LIT("}"));
}

rk_status rk_import_json(struct rk_importer *im, rk_err *err) {
    rk_slice rest = im->bytes, line;
    if (rk_slice_starts(rest, RK_LIT("\xef\xbb\xbf"))) rest = rk_slice_from(rest, 3);
    if (!one_a_line(rest)) return one(im, 1, rest, err);
    for (size_t n = 1; rk_slice_cut(&rest, '\n', &line); n++) {
        if (rk_slice_ends(line, RK_LIT("\r"))) line.len--;
        if (rk_slice_trim(line).len == 0) continue;
        RK_TRY(one(im, n, line, err));
        if (im->o->progress)
            im->o->progress(im->o->ctx, im->bytes.len - rest.len, im->bytes.len);
    }
    return RK_OK;
}

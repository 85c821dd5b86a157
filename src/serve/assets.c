#include "serve/assets.h"

const rk_asset *rk_asset_find(rk_slice name) {
    for (const rk_asset *a = rk_assets; a->name; a++)
        if (rk_slice_is(name, a->name)) return a;
    return NULL;
}

const char *rk_asset_type(rk_slice name) {
    static const struct {
        const char *end, *type;
    } known[] = {
        {".html", "text/html; charset=utf-8"},
        {".js", "text/javascript; charset=utf-8"},
        {".css", "text/css; charset=utf-8"},
        {".svg", "image/svg+xml"},
        {".json", "application/json"},
        {".webmanifest", "application/manifest+json"},
        {".png", "image/png"},
        {".ico", "image/x-icon"},
        {".woff2", "font/woff2"},
        {".txt", "text/plain; charset=utf-8"},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (rk_slice_ends(name, rk_slice_str(known[i].end))) return known[i].type;
    return "application/octet-stream";
}

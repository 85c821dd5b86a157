/* The portal's files and the API's description, compiled in. */
#ifndef RK_SERVE_ASSETS_H
#define RK_SERVE_ASSETS_H

#include "base/slice.h"

typedef struct rk_asset {
    const char *name; /* "app.js" */
    rk_slice bytes;
} rk_asset;

/* Made by scripts/embed-files; ends with name NULL. */
extern const rk_asset rk_assets[];

const rk_asset *rk_asset_find(rk_slice name);
/* The media type by the name's ending. */
const char *rk_asset_type(rk_slice name);

#endif

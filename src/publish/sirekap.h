/* Sirekap's public tree, exactly: paths, fields, key order, quirks (docs/format/sirekap.md).
 * Renders one document from an election in memory; nothing is cached here. */
#ifndef RK_PUBLISH_SIREKAP_H
#define RK_PUBLISH_SIREKAP_H

#include "core/election.h"

typedef struct rk_document_info {
    uint32_t ts; /* latest change of what the document shows (Last-Modified) */
    bool is_json;
} rk_document_info;

/* Renders the document at `path` ("pemilu/hhcw/ppwp/31/3101.json", no leading slash) into out.
 * RK_NOT_FOUND when the tree has no such document. The election must be settled. */
rk_status rk_sirekap_render(rk_election *e, rk_slice path, rk_buf *out, rk_document_info *info,
                            rk_err *err);

typedef rk_status rk_path_fn(void *ctx, rk_slice path, rk_err *err);
/* Calls fn with the path of every document of the tree. */
rk_status rk_sirekap_paths(rk_election *e, rk_path_fn *fn, void *ctx, rk_err *err);
/* The same for the documents that show a contest's station: its own and those of its ancestors
 * (each may come more than once over several calls). */
rk_status rk_sirekap_paths_of(rk_election *e, uint32_t contest, uint32_t tps, rk_path_fn *fn,
                              void *ctx, rk_err *err);

#endif

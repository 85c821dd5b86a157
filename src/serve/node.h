/* The server's description of itself at /api/v1/simpul (docs/format/simpul.md): made at the
 * start, signed anew at most once a minute, when it is asked for. */
#ifndef RK_SERVE_NODE_H
#define RK_SERVE_NODE_H

#include "intake/describe.h"

typedef struct rk_serve_node_options {
    const char *id;           /* NULL: the key's name */
    const char *key;          /* NULL: keys/simpul.key of the first directory, if it is there */
    const char *certificates; /* PEM file of what the proxy in front presents; NULL: none */
    rk_self_build build;
    const char *const *option; /* normalised, for the fingerprint */
    uint32_t n_option;
} rk_serve_node_options;

/* RK_OK with s->node NULL when there is no key. */
rk_status rk_serve_node_open(rk_self_signed *s, const rk_serve_node_options *o,
                             const char *const *dir, uint32_t n_dir, rk_err *err);

#endif

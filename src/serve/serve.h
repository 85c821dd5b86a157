/* rekap serve: elections shown over HTTP until the process is asked to end (SIGTERM, SIGINT).
 */
#ifndef RK_SERVE_SERVE_H
#define RK_SERVE_SERVE_H

#include "serve/node.h"

typedef struct rk_serve_options {
    const char *const *dir; /* election directories; the first is also served without its id */
    uint32_t n_dir;
    const char *listen;         /* "127.0.0.1:8080"; port 0 picks a free one */
    const char *base_path;      /* NULL or "" = none */
    bool quiet;                 /* says nothing but the address */
    bool no_witness;            /* does not ask the witnesses of DIR/policy */
    rk_serve_node_options node; /* option, n_option: filled in here */
} rk_serve_options;

/* Prints "rekap: serving http://..." on standard output when it is ready. */
rk_status rk_serve_run(const rk_serve_options *o, rk_err *err);

#endif

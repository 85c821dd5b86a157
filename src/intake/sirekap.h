/* Sirekap TPS documents (JSON as served) into forms. Strict about what it understands, and
 * keeps what the published tree needs to give the document back field by field. */
#ifndef RK_INTAKE_SIREKAP_H
#define RK_INTAKE_SIREKAP_H

#include "core/election.h"

/* Room that a parsed document points into; free with rk_sirekap_doc_free. */
typedef struct rk_sirekap_doc {
    rk_form form; /* contest is not set */
    rk_code tps;
    uint32_t *cell;
    rk_buf images;
    void *json;
} rk_sirekap_doc;

/* Parses one document for a contest: either {"code":"...","raw":{...}} or a bare body with its
 * station code given in `tps` (from the file's name; a document that says its own station is
 * taken at its word). RK_BAD_INPUT says which key is wrong and what was expected; figures over
 * the contest's maximum, unknown keys and unknown choices are errors. */
rk_status rk_sirekap_parse(const rk_contest *c, const rk_election *e, rk_slice json,
                           rk_slice tps, rk_sirekap_doc *out, rk_err *err);
void rk_sirekap_doc_free(rk_sirekap_doc *d);

#endif

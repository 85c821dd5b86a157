/* What was read, as text: the fixed CSV (form,page,field,value,status), JSON with everything
 * (docs/format/baca.md), and lines for a person. Pure: into a sink. */
#ifndef RK_READ_REPORT_H
#define RK_READ_REPORT_H

#include "base/sha256.h"
#include "base/sink.h"
#include "read/join.h"

typedef struct rk_report {
    const rk_sheet *form;
    const rk_taken *photo;
    const rk_joined_list *list;
    rk_sha256 model; /* of the weights file */
    rk_slice reader; /* version of the program */
} rk_report;

rk_status rk_report_csv(const rk_report *r, const rk_sink *to, rk_err *err);
rk_status rk_report_json(const rk_report *r, const rk_sink *to, rk_err *err);
rk_status rk_report_text(const rk_report *r, const rk_sink *to, rk_err *err);

#endif

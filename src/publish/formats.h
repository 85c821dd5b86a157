/* The count in formats that others' tools read: NIST SP 1500-100 v2 (JSON) and OpenElections'
 * CSV columns. Streams to a sink: memory does not grow with the number of stations. Pure; the
 * election must be settled. What a figure nobody wrote looks like: it is left out, never 0.
 * docs/format/nist.md, docs/format/openelections.md. */
#ifndef RK_PUBLISH_FORMATS_H
#define RK_PUBLISH_FORMATS_H

#include "base/sink.h"
#include "core/election.h"

typedef struct rk_format_query {
    uint32_t contest;
    unsigned level;   /* down to this level: 0 nation .. 5 stations */
    rk_slice program; /* "rekap 0.1.0": VendorApplicationId */
} rk_format_query;

/* One ElectionReport. RK_BAD_INPUT when the election has no date: the format needs one. */
rk_status rk_format_nist(rk_election *e, const rk_format_query *q, const rk_sink *out,
                         rk_err *err);
/* One row a region of the level (or station) and choice. */
rk_status rk_format_openelections(rk_election *e, const rk_format_query *q, const rk_sink *out,
                                  rk_err *err);

#endif

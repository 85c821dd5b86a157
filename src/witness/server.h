/* HTTP for a witness (libmicrohttpd is known to server.c only). One thread decides, stores and
 * answers, one request after the other: check and store are one step. HTTP/1.1 without TLS: a
 * proxy in front does that. Paths: POST /add-checkpoint; GET / for people; GET
 * /api/v1/simpul: what this witness is, if it has a node key (docs/format/simpul.md). Limits:
 * RK_WITNESS_CONNECTIONS_MAX connections, RK_WITNESS_REQUEST_MAX bytes,
 * RK_WITNESS_SECONDS_MAX for one request, silence included. */
#ifndef RK_WITNESS_SERVER_H
#define RK_WITNESS_SERVER_H

#include "node/self.h"
#include "witness/book.h"

/* Serves until SIGTERM or SIGINT; says the address on standard output once it listens. */
rk_status rk_witness_serve(rk_book *b, const char *address, rk_self_signed *self, rk_err *err);
/* What GET / answers: the witness's key, then each log's keys and last cosigned checkpoint. */
void rk_witness_page(const rk_book *b, rk_buf *out);

#endif

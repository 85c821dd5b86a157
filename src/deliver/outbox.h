/* The delivery log on disk, DIR/kirim.jsonl, and what lies beside it: kirim-pribadi.log (what
 * libcurl and receivers said, with addresses: the owner's only), benih (32 random bytes from
 * which the waits are drawn), antrean/ (mails and lists that are being sent).
 *
 * A line is on disk when rk_outbox_append returns RK_OK; a flush that fails is not tried again,
 * and the outbox takes no further line. A last line that was cut off (power, kill) is moved to
 * kirim.jsonl.sisa at the next opening. One process at a time (RK_BUSY); any thread of it. */
#ifndef RK_DELIVER_OUTBOX_H
#define RK_DELIVER_OUTBOX_H

#include "core/deliverylog.h"

typedef struct rk_outbox rk_outbox;

rk_status rk_outbox_open(const char *dir, rk_outbox **out, rk_err *err);
void rk_outbox_close(rk_outbox **o);
rk_slice rk_outbox_seed(const rk_outbox *o);
/* RK_IO when a line could not be written before: nothing should be done that needs one. */
rk_status rk_outbox_ready(rk_outbox *o, rk_err *err);
rk_status rk_outbox_append(rk_outbox *o, const rk_delivery_line *l, rk_err *err);
/* To the private log; failing there stops nothing. */
void rk_outbox_whisper(rk_outbox *o, const rk_delivery_line *l, const char *text);

typedef void rk_outbox_fn(void *ctx, const rk_delivery_line *l);
/* Every line, oldest first. RK_OK without a log. RK_CORRUPT names a line that is none; without
 * an outbox open (`whole` false) a last line that is just being written is passed over. */
rk_status rk_outbox_replay(const char *dir, bool whole, rk_outbox_fn *fn, void *ctx,
                           rk_err *err);
/* DIR/NAME in out[PATH_MAX]. */
rk_status rk_outbox_path(const char *dir, const char *name, char *out, rk_err *err);

#endif

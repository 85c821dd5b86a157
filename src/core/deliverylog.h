/* The delivery log: what was brought where and how it went, one JSON object a line, appended
 * only, each line on disk before what follows from it is done. It is public by construction:
 * an alias, a release, file names, hashes, numbers, and causes from a closed list; there is no
 * field into which an address could get. Pure. Format: docs/format/kirim.md. */
#ifndef RK_CORE_DELIVERYLOG_H
#define RK_CORE_DELIVERYLOG_H

#include "base/buf.h"
#include "base/limits.h"
#include "base/sha256.h"
#include "core/residency.h"
#include "core/subscription.h"

enum rk_delivery_event {
    RK_DELIVERY_BEGAN,    /* mulai: files, bytes */
    RK_DELIVERY_FILE,     /* berkas: the receiver has said that it has it */
    RK_DELIVERY_DONE,     /* selesai */
    RK_DELIVERY_PUT_OFF,  /* tunda: an attempt failed; not before `next` again */
    RK_DELIVERY_GAVE_UP,  /* gagal: the attempts are used up */
    RK_DELIVERY_REPLACED, /* ganti: a newer release came before this one was brought */
    RK_DELIVERY_TRIAL,    /* uji */
    RK_DELIVERY_EVENTS
};

/* Why not. The first group may pass by itself and is tried again; the others need somebody. */
enum rk_delivery_cause {
    RK_CAUSE_NONE,
    RK_CAUSE_AWAY,    /* tak-terhubung: no connection */
    RK_CAUSE_TIMEOUT, /* waktu-habis */
    RK_CAUSE_CUT,     /* terputus */
    RK_CAUSE_FULL,    /* penuh: no room at the receiver */
    RK_CAUSE_BUSY,    /* sibuk: the receiver says to come again */
    RK_CAUSE_HOST,    /* kunci-host: another host key or certificate than is trusted */
    RK_CAUSE_LOGIN,   /* masuk-ditolak: key, user or password refused */
    RK_CAUSE_REFUSED, /* ditolak: the receiver does not take it */
    RK_CAUSE_RULE,    /* tata-tempat: the declaration of residency does not admit it */
    RK_CAUSE_SIZE,    /* terlalu-besar: over what was agreed */
    RK_CAUSE_LOCAL,   /* berkas-lokal: a file here is missing, damaged or not private */
    RK_CAUSES
};

typedef struct rk_delivery_line {
    enum rk_delivery_event event;
    enum rk_delivery_cause cause;
    enum rk_residency_rule rule; /* with RK_CAUSE_RULE */
    uint32_t time, next;         /* seconds since 1970; next 0 = none */
    enum rk_subject subject;
    rk_slice alias, no, release, file;
    uint32_t files, attempt;
    uint64_t bytes;
    rk_sha256 sha256;    /* of the file */
    struct json_t *json; /* owns the texts of a parsed line */
} rk_delivery_line;

const char *rk_delivery_event_name(enum rk_delivery_event e);
const char *rk_delivery_cause_name(enum rk_delivery_cause c); /* "" for none */
/* One sentence for people. */
const char *rk_delivery_cause_text(enum rk_delivery_cause c);
bool rk_delivery_cause_passes(enum rk_delivery_cause c);

/* Appends the line with its newline. */
void rk_delivery_line_put(const rk_delivery_line *l, rk_buf *out);
/* Of a line without its newline; freed with rk_delivery_line_free in any case. RK_BAD_INPUT,
 * RK_LIMIT. */
rk_status rk_delivery_line_parse(rk_slice line, rk_delivery_line *out, rk_err *err);
void rk_delivery_line_free(rk_delivery_line *l);

#endif

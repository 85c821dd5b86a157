/* Facts about the running process, for its description of itself (core/node.h): the hash of its
 * own executable, the libraries that are loaded, how long it has been running, certificates
 * from a file. Reads /proc and the libraries' files; knows no election. Limits: those of
 * core/node.h; RK_SELF_CERTS_BYTES_MAX bytes of certificates. Errors: RK_IO, RK_LIMIT,
 * RK_BAD_INPUT. */
#ifndef RK_NODE_SELF_H
#define RK_NODE_SELF_H

#include "core/node.h"

#define RK_SELF_CERTS_BYTES_MAX (1u << 20)

/* What was compiled into the executable (scripts/source-hash, scripts/sbom). */
typedef struct rk_self_build {
    const char *version;
    const char *source; /* SHA-256 of the source, 64 digits */
    rk_slice sbom;      /* the bill of materials; may be empty */
} rk_self_build;

/* build, source, sbom, version, libraries. Once for a process: it reads tens of megabytes. */
rk_status rk_self_program(rk_node *n, const rk_self_build *b, rk_err *err);
/* time, started, uptime: as of now. */
void rk_self_clock(rk_node *n);
/* A description that is signed anew at most once a minute: for servers. node == NULL: it says
 * nothing. The caller fills node and key; everything is freed by rk_self_signed_end. */
typedef struct rk_self_signed {
    rk_node *node;
    rk_signer key;
    rk_buf text;
    uint64_t minute;
} rk_self_signed;
/* Signs once and reads it back: what nobody could read is said at the start. */
rk_status rk_self_signed_begin(rk_self_signed *s, rk_err *err);
/* As of this minute; valid until the next call. RK_NOT_FOUND when there is no node. */
rk_status rk_self_signed_text(rk_self_signed *s, rk_slice *out, rk_err *err);
void rk_self_signed_end(rk_self_signed *s);
/* Adds the certificates of a PEM file that this node presents, or pins. */
rk_status rk_self_certificates(rk_node *n, const char *path, bool pinned, rk_err *err);

#endif

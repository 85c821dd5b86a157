/* The mail of a delivery: MIME, text in Indonesian and English, small files attached, all files
 * listed with their hashes. The same delivery gives the same bytes, and so the same Message-ID:
 * a mailbox that sees it twice can tell. Nothing of the outside reaches a header unencoded:
 * addresses are checked (rk_mailbox_ok), the subject is an encoded word, file names are reduced
 * to plain ASCII. Pure. Sources: RFC 5322, 2045 to 2047, 2183, 3834. */
#ifndef RK_CORE_MAIL_H
#define RK_CORE_MAIL_H

#include "core/destination.h"
#include "base/buf.h"
#include "base/sha256.h"

typedef struct rk_mail_file {
    rk_slice name; /* as in the release */
    uint64_t bytes;
    rk_sha256 sha256;
    rk_slice content; /* attached; ptr NULL = only listed */
} rk_mail_file;

typedef struct rk_mail {
    rk_slice from, to; /* rk_mailbox_ok */
    rk_slice alias, no, release, election;
    rk_slice public_url; /* for links; may be empty */
    rk_sha256 manifest;
    uint32_t time; /* of the release: stands as the mail's date */
    enum rk_tongue tongue;
    const rk_mail_file *file;
    uint32_t n;
    bool trial; /* only says that mail arrives */
} rk_mail;

/* The part of the Message-ID that tells deliveries apart, without brackets:
 * "HASH.RELEASE@DOMAIN". */
void rk_mail_id(const rk_mail *m, rk_buf *out);
/* Appends the whole message, lines ended by CR LF. */
void rk_mail_put(const rk_mail *m, rk_buf *out);

#endif

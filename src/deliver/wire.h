/* Inside src/deliver: what all adapters share of libcurl. Known to the adapters only. */
#ifndef RK_DELIVER_WIRE_H
#define RK_DELIVER_WIRE_H

#include "core/notekey.h"
#include "deliver/carrier.h"
#include "outbound/resolve.h"

#include <curl/curl.h>
#include <limits.h>

struct rk_carrier {
    const rk_carrier_ops *ops;
    const rk_destination *d;
    CURL *easy;
    rk_outbound_pass pass;
    struct curl_slist *known; /* declared addresses: the name is not looked up */
    bool no_socket;           /* the gate refused the address that the name led to */
    bool other_host;          /* SFTP: the host key is not the one that is known */
    rk_signer signer;         /* HTTP */
    rk_buf secret;            /* password or secret key; wiped */
    char key_path[PATH_MAX];
    char hosts_path[PATH_MAX]; /* whom to trust: known_hosts, or a certificate authority */
    int fd;                    /* the file that is being sent */
    rk_buf answer;
};

extern const rk_carrier_ops rk_carry_sftp, rk_carry_http, rk_carry_s3, rk_carry_smtp;

/* All options back to those that every transfer has: the gate, no proxy, no redirect, limits of
 * time, the file's bytes going out, a bounded answer coming in. `url` is copied. */
rk_status rk_wire_prepare(rk_carrier *c, const char *url, const char *protocols,
                          const rk_parcel *p, rk_err *err);
/* Performs. RK_OK: libcurl went through; *code = the protocol's answer. */
rk_status rk_wire_send(rk_carrier *c, long *code, rk_carry_why *why, rk_err *err);
/* Says no: fills *why and *err. */
rk_status rk_wire_no(rk_carry_why *why, rk_err *err, enum rk_delivery_cause cause,
                     const char *fmt, ...) __attribute__((format(printf, 4, 5)));
/* The same for HTTP, judged by the answer. */
rk_status rk_wire_http(rk_carrier *c, rk_carry_why *why, rk_err *err);

#endif

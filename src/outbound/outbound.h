/* The one gate for connections that leave this program. Whoever opens one (a witness's client,
 * delivery, a store on another machine) asks rk_outbound_allow with what it is for and what it
 * will carry, before any name is resolved, and opens the socket with rk_outbound_socket, which
 * looks at the address that the name really led to. What is not declared is refused, written to
 * standard error, counted, and shown (rk_outbound_refusals, /api/v1/metrik).
 *
 * With libcurl: set CURLOPT_OPENSOCKETFUNCTION to a function of three lines that calls
 * rk_outbound_socket(pass, a->family, a->socktype, a->protocol, &a->addr, a->addrlen) and
 * returns CURL_SOCKET_BAD for -1; follow no redirects (or ask anew for each); set CURLOPT_PROXY
 * to "".
 *
 * The gate is one for the process, so that nobody can forget to pass it on. Loopback is this
 * machine and always allowed; without a declaration nothing else is. Any thread. */
#ifndef RK_OUTBOUND_OUTBOUND_H
#define RK_OUTBOUND_OUTBOUND_H

#include "core/residency.h"

#include <sys/socket.h>

/* What a use was admitted for. By value; valid while the declaration and the use's label are.
 */
typedef struct rk_outbound_pass {
    bool given, loopback;
    const rk_target *target;     /* NULL for loopback */
    rk_slice label;              /* of the use */
    enum rk_residency_rule rule; /* why not, when not given */
} rk_outbound_pass;

typedef struct rk_refusal {
    enum rk_residency_rule rule;
    enum rk_target_kind kind;
    uint16_t port;
    bool non_public;
    char host[128]; /* cut when longer; printable ASCII without blanks */
    uint64_t times; /* how often in a row of the same */
    uint64_t
        last_time; /* seconds since 1970; 0 here: the gate has no clock (outbound/outflow) */
} rk_refusal;

/* Adds a declaration to go by; the gate owns it from now on (one that is there already is
 * freed). At most RK_SERVED_MAX (RK_LIMIT:
 * the declaration is freed). */
rk_status rk_outbound_declare(rk_residency *r, rk_err *err);
/* Forgets all declarations and counts: for tests. */
void rk_outbound_reset(void);
bool rk_outbound_declared(void);

/* RK_CONFLICT naming the rule when no declaration admits the use; *pass is then not given. */
rk_status rk_outbound_allow(const rk_use *use, rk_outbound_pass *pass, rk_err *err);
/* A socket for an address that the pass covers, close-on-exec; -1 with errno EACCES otherwise.
 * A target with declared addresses is reached at these only. */
int rk_outbound_socket(const rk_outbound_pass *pass, int family, int type, int protocol,
                       const struct sockaddr *to, socklen_t to_len);

/* How many uses were asked for and refused, and the last refusals, newest first; the same one
 * again is one, with a count. */
void rk_outbound_counts(uint64_t *asked, uint64_t *refused);
uint32_t rk_outbound_refusals(rk_refusal *out, uint32_t max);
bool rk_refusal_same(const rk_refusal *a, const rk_refusal *b);

/* "10.1.0.0/16" or "2001:db8::1" against an address; false when the prefix is malformed. */
bool rk_outbound_covers(rk_slice prefix, const struct sockaddr *a, socklen_t len);

#endif

/* What is declared against what can be observed: each target's addresses beside the country to
 * which a registry has delegated them, and the certificate it shows. Pure: who looks names up
 * and who connects is elsewhere (outbound/resolve, outbound/peer). A registry states where the
 * holder of an address is registered; that a machine stands there it cannot say.
 * Limits: RK_RESIDENT_ADDRESSES_MAX a target. Format: docs/format/residency.md. */
#ifndef RK_CORE_RESIDENT_H
#define RK_CORE_RESIDENT_H

#include "base/day.h"
#include "core/delegated.h"
#include "core/residency.h"

enum rk_resident {
    RK_RESIDENT_HOME,      /* declared in Indonesia, registered in Indonesia */
    RK_RESIDENT_ABROAD,    /* declared abroad, registered in that country */
    RK_RESIDENT_ELSEWHERE, /* registered in another country than declared */
    RK_RESIDENT_UNKNOWN,   /* not in the registries, private, or no address is known */
    RK_RESIDENT_LOCAL,     /* a directory, or this machine: no address to compare */
    RK_RESIDENT_KINDS
};
/* "id", "luar-negeri", "tempat-lain", "tidak-dikenal", "setempat". */
const char *rk_resident_name(enum rk_resident v);
/* "declared ID and registered ID", ... */
const char *rk_resident_text(enum rk_resident v, bool indonesian);

/* Where the addresses of a target come from. */
enum rk_resident_source {
    RK_ADDRESS_NONE,
    RK_ADDRESS_DECLARED, /* its "addresses", or a host that is an address */
    RK_ADDRESS_GIVEN,    /* a file of addresses */
    RK_ADDRESS_RESOLVED,
    RK_ADDRESS_SOURCES
};
const char *rk_resident_source_name(enum rk_resident_source s); /* "dinyatakan", ... */

typedef struct rk_resident_address {
    rk_ip_range range;
    enum rk_resident verdict;
    char cc[8];       /* registered there; two countries when the files disagree; else empty */
    const char *says; /* why it is unknown; NULL otherwise */
    bool undeclared;  /* the target has "addresses", and this is none of them */
} rk_resident_address;

/* The certificate a target showed. */
typedef struct rk_peer {
    bool asked, shown;
    char subject_country[8], issuer_country[8]; /* empty: none stated */
    char subject[200], issuer[200];             /* O, else CN */
    char names[400];                            /* DNS names, "a, b", cut when longer */
    char until[11];                             /* YYYY-MM-DD */
    bool trusted, name_fits; /* by the system's roots; for the declared host */
    char problem[160];       /* why none was shown */
} rk_peer;

typedef struct rk_resident_target {
    const rk_target *target; /* borrowed */
    enum rk_residency_rule rule;
    enum rk_resident verdict;
    enum rk_resident_source source;
    rk_resident_address address[RK_RESIDENT_ADDRESSES_MAX];
    uint32_t n, n_undeclared;
    bool cut;          /* there were more addresses than fit */
    char problem[200]; /* why the name has no address */
    rk_peer peer;
} rk_resident_target;

typedef struct rk_resident_report {
    const rk_residency *declared; /* borrowed */
    const rk_delegated *registry; /* borrowed */
    rk_sha256 declaration;        /* rk_node_residency_print: no address in it */
    char date[RK_DAY_LEN + 1];    /* WIB */
    rk_resident_target *target;   /* in the declaration's order */
    uint32_t n, count[RK_RESIDENT_KINDS], broken, undeclared;
} rk_resident_report;

rk_resident_report *rk_resident_report_new(const rk_residency *declared,
                                           const rk_delegated *registry);
void rk_resident_report_free(rk_resident_report **r);

/* Adds an address (or prefix) of a target; false when there is no room (t->cut is set). */
bool rk_resident_add(rk_resident_target *t, const rk_ip_range *range,
                     enum rk_resident_source source);
/* The addresses that the declaration itself states. */
void rk_resident_declared(rk_resident_target *t);
/* Every address, every target, the counts. */
void rk_resident_judge(rk_resident_report *r);
/* Something is registered elsewhere than declared, breaks a rule, or leads to an address that
 * is not declared. */
bool rk_resident_amiss(const rk_resident_report *r);

/* A file of addresses: one line "host,address" for each, '#' begins a remark. Adds those of the
 * report's targets (the host as the declaration writes it, without regard to case) and counts
 * the lines in *lines (NULL allowed). RK_BAD_INPUT with the line; RK_LIMIT. */
rk_status rk_resident_given(rk_resident_report *r, rk_slice bytes, uint32_t *lines,
                            rk_err *err);

#endif

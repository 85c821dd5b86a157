/* To whom the registries of the Internet's addresses have delegated them: their "delegated
 * extended" files, each one line a run of addresses with the country of its holder (APNIC, RIR
 * statistics exchange format; NRO, extended allocation and assignment reports). Pure; knows no
 * file. What a registry states is where the holder is registered, not where a machine stands.
 *
 *   2|apnic|20261128|131543|19830613|20261127|+1000              version line
 *   apnic|*|ipv4|*|53345|summary                                 summaries
 *   apnic|ID|ipv4|103.10.64.0|1024|20111014|allocated|A91A7381   records: asn, ipv4, ipv6
 *
 * The value of an ipv4 line is a number of addresses that need not be a power of two, that of
 * an ipv6 line the length of a prefix. Lines "available" and "reserved" delegate to nobody and
 * are counted only; so are autonomous systems. Limits: RK_DELEGATED_BYTES_MAX a file,
 * RK_DELEGATED_FILES_MAX files, RK_DELEGATED_RECORDS_MAX records of all. */
#ifndef RK_CORE_DELEGATED_H
#define RK_CORE_DELEGATED_H

#include "base/err.h"
#include "base/limits.h"
#include "base/sha256.h"
#include "core/ip.h"

typedef struct rk_delegation {
    rk_ip_range range;
    char cc[3]; /* ISO 3166, also "AP" and "EU" as registries write them */
} rk_delegation;

typedef struct rk_delegated_file {
    char registry[17];
    char serial[17];
    rk_sha256 sha256;
    uint32_t ipv4, ipv6, asn; /* lines of each type */
} rk_delegated_file;

typedef struct rk_delegated {
    rk_delegation *record; /* by first address once finished */
    rk_ip *last_so_far;    /* the greatest last address of records 0..i */
    uint32_t n, cap, n_file;
    rk_delegated_file file[RK_DELEGATED_FILES_MAX];
} rk_delegated;

/* Adds a file; *d begins zeroed. After an error what it holds is undefined but can be freed.
 * RK_BAD_INPUT with the line, RK_CORRUPT when there are fewer or more records than the file's
 * own summary says (it was cut short), RK_LIMIT. */
rk_status rk_delegated_add(rk_delegated *d, rk_slice bytes, rk_err *err);
/* Sorts; before the first question and after the last file. */
void rk_delegated_finish(rk_delegated *d);
void rk_delegated_free(rk_delegated *d);

enum rk_delegated_answer {
    RK_DELEGATED_TO,      /* all of it to holders in one country */
    RK_DELEGATED_NOBODY,  /* none or not all of it is in the files */
    RK_DELEGATED_DISAGREE /* to holders in several countries */
};
/* To which country the whole range is delegated; cc is empty unless RK_DELEGATED_TO (for
 * RK_DELEGATED_DISAGREE: two of them, "ID, SG"). */
enum rk_delegated_answer rk_delegated_ask(const rk_delegated *d, const rk_ip_range *range,
                                          char cc[8]);

#endif

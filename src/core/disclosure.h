/* What of an inventory may be shown, and nothing else: the sieve between core/infra.h and every
 * report. A disclosure owns copies of what passed; it holds no byte and no pointer of what did
 * not, so that no renderer, however it errs, can show it. Pure: today comes from the caller.
 *
 * Kept back from the public: values and records classed exempt (unless their exemption has
 * expired and says "open"); IP addresses and exact places in any case (register 002); open
 * texts in which the guard finds an address or place, or that contain a withheld value;
 * references to withheld records. The restricted view for auditors shows all with its class. */
#ifndef RK_CORE_DISCLOSURE_H
#define RK_CORE_DISCLOSURE_H

#include "core/infra.h"

enum rk_shown { RK_SHOWN_ABSENT, RK_SHOWN_OPEN, RK_SHOWN_WITHHELD };
enum rk_why {
    RK_WHY_NONE,
    RK_WHY_EXEMPT, /* by the exemption `exemption` */
    RK_WHY_ORDER,  /* an address or exact place: excluded by the ruling on register 002 */
    RK_WHY_GUARD,  /* classed open, kept back by the guard */
};

typedef struct rk_shown_value {
    enum rk_shown state;
    enum rk_why why;    /* of the class, in the restricted view too */
    uint32_t exemption; /* or RK_NONE */
    bool expired;       /* its exemption's last day has passed */
    rk_slice *item;     /* RK_SHOWN_OPEN: n texts; references: ids of shown records */
    uint32_t n, hidden; /* hidden: references to withheld records, left out of item */
} rk_shown_value;

typedef struct rk_shown_record {
    enum rk_infra_kind kind;
    bool withheld;      /* then only kind and exemption are known */
    uint32_t exemption; /* or RK_NONE */
    bool expired;
    rk_slice id;
    rk_shown_value value[RK_INFRA_FIELDS_MAX];
} rk_shown_record;

typedef struct rk_shown_exemption {
    rk_slice id, letter, test, decision;
    rk_day until;
    bool opens, expired;
    uint32_t values, records; /* how many it covers */
} rk_shown_exemption;

typedef struct rk_disclosure {
    rk_slice name, body, version, note;
    bool fictional, restricted;
    rk_slice alias; /* restricted: for whom */
    rk_day today;
    rk_shown_exemption *exemption;
    uint32_t n_exemption;
    rk_shown_record *record; /* in the inventory's order, withheld ones last of all */
    uint32_t n;
    uint32_t kind_shown[RK_INFRA_KINDS], kind_withheld[RK_INFRA_KINDS];
    uint32_t n_open, n_exempt, n_order, n_guard; /* values */
    struct rk_observed *observed;                /* NULL = nobody looked (core/observed.h) */
    char **warning; /* for the operator's terminal: names the place, never the value */
    uint32_t n_warning, cap_warning;
    char **text; /* owned copies */
    uint32_t n_text, cap_text;
} rk_disclosure;

/* alias.len > 0 = the restricted view for that reader. */
rk_disclosure *rk_disclosure_new(const rk_infra *i, rk_day today, rk_slice alias);
void rk_disclosure_free(rk_disclosure **d);
/* The shown record with this id, or RK_NONE. */
uint32_t rk_disclosure_find(const rk_disclosure *d, rk_slice id);
/* What a record is called: its name (or subject), else its id. */
rk_slice rk_disclosure_name(const rk_disclosure *d, uint32_t record);
/* A value as one line: names of references, items joined with "; ". Appends nothing when the
 * value is absent or withheld. */
void rk_disclosure_text(const rk_disclosure *d, uint32_t record, uint32_t field, rk_buf *out);
/* The values of the first field of this name, or an absent one. */
const rk_shown_value *rk_disclosure_value(const rk_disclosure *d, uint32_t record,
                                          const char *field);

/* ---- differences of two disclosures: made from what both show, so that nothing withheld can
 * be told from them ---- */
enum rk_change { RK_CHANGE_ADDED, RK_CHANGE_REMOVED, RK_CHANGE_CHANGED };
typedef struct rk_infra_change {
    enum rk_change what;
    enum rk_infra_kind kind;
    rk_slice id;
    const rk_infra_field *field; /* RK_CHANGE_CHANGED */
    rk_slice before, after;      /* texts; "(dikecualikan)" where a side is withheld */
} rk_infra_change;
typedef struct rk_infra_changes {
    rk_infra_change *change;
    uint32_t n, cap;
    rk_slice before, after; /* versions */
    char **text;
    uint32_t n_text, cap_text;
} rk_infra_changes;
/* Slices of both disclosures stay in use: free the changes first. */
void rk_disclosure_diff(const rk_disclosure *before, const rk_disclosure *after,
                        rk_infra_changes *out);
void rk_infra_changes_free(rk_infra_changes *c);

#endif

/* The inventory of infrastructure that a public body discloses (register 002/KIP-PSIP/II/2024):
 * sites, servers, cloud services, contracts, networks, protection, backups, operators, data and
 * flows. Every field has a class: open, or exempt with legal basis, consequence test and
 * expiry. Pure. The inventory holds secrets: nothing is ever rendered from it, only from what
 * the sieve lets through (core/disclosure.h). It owns its texts; slices point into it. Limits:
 * RK_INFRA_BYTES_MAX a file, RK_INFRA_FILES_MAX files, RK_INFRA_RECORDS_MAX records,
 * RK_INFRA_EXEMPTIONS_MAX exemptions, RK_INFRA_ITEMS_MAX items of a field. Format:
 * docs/format/infra.md, infra/schema.json. */
#ifndef RK_CORE_INFRA_H
#define RK_CORE_INFRA_H

#include "base/buf.h"
#include "base/code.h"
#include "base/day.h"
#include "base/limits.h"

enum rk_infra_kind {
    RK_INFRA_SITE,
    RK_INFRA_SERVER,
    RK_INFRA_VM,
    RK_INFRA_SERVICE,
    RK_INFRA_CONTRACT,
    RK_INFRA_NETWORK,
    RK_INFRA_CDN,
    RK_INFRA_DDOS,
    RK_INFRA_FIREWALL,
    RK_INFRA_BACKUP,
    RK_INFRA_OPERATOR,
    RK_INFRA_DATA,
    RK_INFRA_FLOW,
    RK_INFRA_KINDS
};

enum rk_infra_type {
    RK_INFRA_TEXT,
    RK_INFRA_WHOLE,
    RK_INFRA_DAY,
    RK_INFRA_URL,
    RK_INFRA_COUNTRY,
    RK_INFRA_REF,     /* ids of records: one or a list */
    RK_INFRA_ADDRESS, /* IP addresses: never public, however they are classed */
    RK_INFRA_PLACE,   /* where exactly: never public either */
};

#define RK_INFRA_FIELDS_MAX 20u
#define RK_INFRA_ANY RK_INFRA_KINDS /* a reference to a record of any kind */

typedef struct rk_infra_field {
    const char *name, *id, *en; /* key; label in Indonesian and English */
    enum rk_infra_type type;
    enum rk_infra_kind ref; /* RK_INFRA_REF: to which kind */
    bool needed;
} rk_infra_field;

typedef struct rk_infra_table {          /* what a kind of record is */
    const char *section, *id, *en, *one; /* JSON key; headings; singular in Indonesian */
    const rk_infra_field *field;
    uint32_t n;
} rk_infra_table;

const rk_infra_table *rk_infra_table_of(enum rk_infra_kind k);
/* The field's position in its kind, or RK_NONE. */
uint32_t rk_infra_field_of(enum rk_infra_kind k, const char *name);

typedef struct rk_infra_exemption {
    rk_slice id, letter, test, decision; /* letter of UU 14/2008 art. 17: "a" .. "j" */
    rk_day until;                        /* the last day on which it holds */
    bool opens;                          /* afterwards: true = disclosed, false = stays shut */
} rk_infra_exemption;

typedef struct rk_infra_value {
    rk_slice *item;     /* n texts; a number is one text of digits */
    uint32_t n;         /* 0 = not given */
    uint32_t exemption; /* index, or RK_NONE = open */
} rk_infra_value;

typedef struct rk_infra_record {
    enum rk_infra_kind kind;
    rk_slice id;
    uint32_t
        exemption; /* of the whole record: that it exists is not said by name; or RK_NONE */
    rk_infra_value value[RK_INFRA_FIELDS_MAX];
} rk_infra_record;

typedef struct rk_infra {
    struct json_t *json[RK_INFRA_FILES_MAX]; /* own the texts */
    uint32_t n_json;
    char **made; /* texts of numbers */
    uint32_t n_made, cap_made;
    rk_slice name, body, version, note; /* of the inventory; note: free text, may be empty */
    bool fictional, named;
    rk_infra_exemption *exemption;
    uint32_t n_exemption, cap_exemption;
    rk_infra_record *record;
    uint32_t n, cap;
} rk_infra;

rk_infra *rk_infra_new(void);
void rk_infra_free(rk_infra **i);
/* Adds a file. After an error the inventory can only be freed. */
rk_status rk_infra_add(rk_infra *i, rk_slice bytes, rk_err *err);
/* All files are in: references are looked up, exactly one file names the inventory. */
rk_status rk_infra_finish(const rk_infra *i, rk_err *err);
/* The record with this id, or RK_NONE. */
uint32_t rk_infra_find(const rk_infra *i, rk_slice id);

/* Why a text must not be published, though it is classed open: "an IP address", ... ; NULL when
 * nothing is found. Looks for IPv4 (also with spaces, [.], x for an octet), IPv6, MAC
 * addresses, coordinates, streets, RT/RW, buildings, floors, racks. Errs on the side of keeping
 * back. */
const char *rk_infra_guard(rk_slice text);

/* The published JSON schema, made from the tables. */
void rk_infra_schema(rk_buf *out);

#endif

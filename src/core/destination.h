/* Where deliveries go: the private file tujuan.json, alias by alias: protocol, address,
 * credentials (names of files, never secrets themselves), what and how much. The alias is
 * public, everything else stays with the operator: no error text of this module repeats a value
 * of the file. Pure; the file is read elsewhere. Slices point into the JSON that *out owns.
 * Limits: RK_DESTINATIONS_BYTES_MAX, RK_DESTINATIONS_MAX. Format: docs/format/kirim.md. */
#ifndef RK_CORE_DESTINATION_H
#define RK_CORE_DESTINATION_H

#include "base/err.h"
#include "base/limits.h"
#include "core/residency.h"

enum rk_carry {
    RK_CARRY_SFTP,
    RK_CARRY_PUT,     /* HTTP PUT of each file */
    RK_CARRY_WEBHOOK, /* HTTP POST of the list of files */
    RK_CARRY_S3,
    RK_CARRY_SMTP,
    RK_CARRIES
};

/* What of a release: bits. */
enum rk_part {
    RK_PART_STATIONS = 1,   /* tps */
    RK_PART_RECAP = 2,      /* rekap */
    RK_PART_FINDINGS = 4,   /* temuan */
    RK_PART_COMPARISON = 8, /* banding */
    RK_PART_CHANGES = 16,   /* perubahan */
    RK_PART_REGIONS = 32,   /* wilayah */
    RK_PART_PROOF = 64,     /* bukti: checkpoint, keys, policy, datapackage, manifest */
    RK_PART_LATEST = 128,   /* terbaru: only the small file that says what is newest */
    RK_PART_ALL = 256,      /* semua */
};

enum rk_packing { RK_PACKING_ZST, RK_PACKING_GZ, RK_PACKING_PLAIN };
enum rk_tongue { RK_TONGUE_BOTH, RK_TONGUE_ID, RK_TONGUE_EN };

/* "sftp://host:22/path", taken apart. */
typedef struct rk_address {
    rk_slice scheme, host, path; /* host without brackets; path "" or from '/' */
    uint16_t port;
    bool loopback;
} rk_address;

typedef struct rk_destination {
    rk_slice alias, target, no; /* no: only for this request; empty = any */
    enum rk_carry carry;
    rk_slice url;
    rk_address address;
    rk_slice user, password_file, key_file, known_hosts, sign_file;
    rk_slice from, to;       /* SMTP */
    rk_slice bucket, region; /* S3 */
    rk_slice ca_file;        /* a private certificate authority; empty = the system's */
    rk_slice contest[RK_CONTESTS_MAX];
    uint32_t n_contest; /* 0 = all */
    uint32_t parts;     /* 0 = what the subscription says */
    enum rk_packing packing;
    enum rk_tongue tongue;
    bool closed;         /* what goes there is not public (yet): rule S02 applies */
    uint32_t bytes_max;  /* of one delivery */
    uint32_t attach_max; /* of one mail's attachments */
    uint32_t seconds;    /* one file takes no longer */
    uint32_t silence;    /* seconds without a byte */
} rk_destination;

typedef struct rk_destinations {
    struct json_t *json;
    rk_slice public_url; /* where the releases can be fetched, for links; may be empty */
    uint32_t tries, wait, at_once;
    rk_destination d[RK_DESTINATIONS_MAX];
    uint32_t n;
} rk_destinations;

rk_status rk_destinations_parse(rk_slice bytes, rk_destinations **out, rk_err *err);
void rk_destinations_free(rk_destinations **d);
/* RK_NONE when there is none of this alias. */
uint32_t rk_destinations_find(const rk_destinations *d, rk_slice alias);

const char *rk_carry_name(enum rk_carry c); /* "sftp", "put", ... */
enum rk_target_kind rk_carry_kind(enum rk_carry c);
/* Strict: scheme://host[:port][/path], no user, query or fragment. */
bool rk_address_parse(rk_slice url, rk_address *out);
/* local@domain in the plain ASCII that needs no quoting anywhere. */
bool rk_mailbox_ok(rk_slice s);

#endif

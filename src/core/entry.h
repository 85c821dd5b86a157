/* What the log holds: one entry is one public fact, encoded canonically, version 1.
 * docs/format/entry.md is the byte-for-byte description. Decoders of a version stay for ever;
 * an unknown version or kind is RK_CORRUPT. Every entry has 1 to RK_ENTRY_MAX bytes. Codes
 * stand in entries as text, so that one entry can be read, hashed and proven on its own. No
 * personal name, no NIK, no address of anybody is ever part of an entry.
 *
 * Room is kept for what comes later without rewriting any entry: evidence by SHA-256,
 * generation (re-vote), layer (as written at the TPS / as decided at a plenary), actor key, and
 * attributes that old readers pass over. */
#ifndef RK_CORE_ENTRY_H
#define RK_CORE_ENTRY_H

#include "base/buf.h"
#include "base/code.h"
#include "base/sha256.h"

enum rk_entry_kind {
    RK_ENTRY_ELECTION = 1, /* the election's id, name and day; entry 0 */
    RK_ENTRY_DOCUMENT =
        2, /* a part of a declared file, verbatim: regions, a contest, official figures */
    RK_ENTRY_BATCH = 3, /* a file of forms follows: where it came from, its hash */
    RK_ENTRY_FORM = 4,  /* the figures of one form as received */
};

enum rk_document { RK_DOC_WILAYAH = 1, RK_DOC_KONTES = 2, RK_DOC_RESMI = 3 };
enum rk_layer {
    RK_LAYER_TPS = 0,
    RK_LAYER_PLENO = 1
}; /* as written at the TPS; as decided at a plenary */

/* Which vote the form is of; names as in Sirekap's `psu`. */
enum rk_psu {
    RK_PSU_NONE,
    RK_PSU_REGULER,
    RK_PSU_HITUNG_ULANG,
    RK_PSU_HITUNG_SUSULAN,
    RK_PSU_PUNGUT_ULANG,
    RK_PSU_PUNGUT_SUSULAN,
    RK_PSU_PUNGUT_LANJUTAN,
    RK_PSU_COUNT
};
/* "Reguler", "Pemungutan Suara Ulang", ...; empty for RK_PSU_NONE. */
rk_slice rk_psu_name(enum rk_psu p);

#define RK_NO_BATCH UINT64_MAX
#define RK_DOCUMENT_PART 60000u /* bytes of a document in one entry */

/* Who says it: a role ("operator", "ppk", "impor") and the first 8 bytes of the signing key's
 * hash (0 = not signed yet). Never a person's name. */
typedef struct rk_actor {
    rk_slice role;
    uint64_t key_id;
} rk_actor;

typedef struct rk_election_entry {
    uint32_t time;
    rk_actor actor;
    rk_slice id, name, date; /* id: letters, digits, '-'; date YYYY-MM-DD or empty */
} rk_election_entry;

typedef struct rk_document_entry {
    uint32_t time;
    rk_actor actor;
    enum rk_document type;
    rk_slice contest; /* RK_DOC_RESMI: the contest the figures are of */
    rk_slice label;   /* the file's name; RK_DOC_RESMI: the name of the series */
    rk_sha256 sha256; /* of the whole document */
    uint32_t part, parts;
    rk_slice bytes;
} rk_document_entry;

typedef struct rk_batch_entry {
    uint32_t time;
    rk_actor actor;
    rk_slice contest, source, reason;
    rk_sha256 sha256; /* of the file as read (after decompression) */
    uint64_t forms;   /* entries that follow and belong to it */
} rk_batch_entry;

/* Bits of rk_form.sirekap: what a Sirekap document said that the figures alone do not tell. */
enum {
    RK_SIREKAP = 1,
    RK_SIREKAP_MODE = 2,
    RK_SIREKAP_CHART = 4,
    RK_SIREKAP_ADM = 8,
    RK_SIREKAP_STATUS_VOTES = 16,
    RK_SIREKAP_STATUS_ADM = 32,
    RK_SIREKAP_IMAGES = 64
};

typedef struct rk_form {
    uint32_t time;   /* received; 0 inside a batch (the batch says) */
    uint64_t batch;  /* index of its batch entry, or RK_NO_BATCH */
    rk_actor actor;  /* role empty inside a batch */
    rk_slice reason; /* why, when it corrects; empty = none */
    rk_slice contest, tps;
    rk_slice desa;      /* empty = the region whose code is the longest prefix of tps */
    uint32_t ts;        /* time printed by the source, 0 = none */
    uint8_t generation; /* 0 first vote, 1 after a re-vote, ... */
    uint8_t psu;        /* enum rk_psu */
    uint8_t layer;      /* enum rk_layer */
    uint8_t sirekap;
    rk_slice images; /* photo addresses, each uint16 length + bytes (length 0 = missing page) */
    const uint32_t *cell; /* figures in the contest's column order, RK_ABSENT = blank */
    uint32_t n_cell;
} rk_form;

/* Encoders append one entry to out (check out->failed) and return RK_LIMIT when it would be
 * over RK_ENTRY_MAX, RK_BAD_INPUT when a text is over its limit. `index` = the entry's place in
 * the log. */
rk_status rk_entry_put_election(const rk_election_entry *e, rk_buf *out, rk_err *err);
rk_status rk_entry_put_document(const rk_document_entry *e, rk_buf *out, rk_err *err);
rk_status rk_entry_put_batch(const rk_batch_entry *e, rk_buf *out, rk_err *err);
rk_status rk_entry_put_form(const rk_form *f, uint64_t index, rk_buf *out, rk_err *err);

/* The kind of an entry; RK_CORRUPT when it has no known version and kind. */
rk_status rk_entry_kind_of(rk_slice entry, enum rk_entry_kind *kind, rk_err *err);
/* Decoders: slices of the result point into `entry`. Anything but exactly one well-formed,
 * canonical entry is RK_CORRUPT. */
rk_status rk_entry_get_election(rk_slice entry, rk_election_entry *out, rk_err *err);
rk_status rk_entry_get_document(rk_slice entry, rk_document_entry *out, rk_err *err);
rk_status rk_entry_get_batch(rk_slice entry, rk_batch_entry *out, rk_err *err);
/* cells = room for max_cells figures; the form must have at most that many. out->cell = cells.
 */
rk_status rk_entry_get_form(rk_slice entry, uint64_t index, uint32_t *cells, uint32_t max_cells,
                            rk_form *out, rk_err *err);

#endif

/* What the log holds: one entry is one public fact, encoded canonically. docs/format/entry.md
 * is the byte-for-byte description. Version 1 is unsigned; version 2 begins with who, when, why
 * and on what evidence, the same for every kind, and ends with a signature. Decoders of a
 * version stay for ever; an unknown version or kind is RK_CORRUPT. Every entry has 1 to
 * RK_ENTRY_MAX bytes. Codes stand in entries as text, so that one entry can be read, hashed and
 * proven on its own. No personal name, no NIK, no address of anybody is ever part of an entry.
 * Whether a key may sign what it signed is core/keyring.h.
 *
 * Room is kept for what comes later without rewriting any entry: generation (re-vote), layer
 * (as written at the TPS / as decided at a plenary), and attributes that old readers pass over.
 */
#ifndef RK_CORE_ENTRY_H
#define RK_CORE_ENTRY_H

#include "base/buf.h"
#include "base/code.h"
#include "base/ed25519.h"
#include "base/sha256.h"

enum rk_entry_kind {
    RK_ENTRY_ELECTION = 1, /* the election's id, name and day; entry 0 */
    RK_ENTRY_DOCUMENT =
        2, /* a part of a declared file, verbatim: regions, a contest, official figures */
    RK_ENTRY_BATCH = 3,       /* a file of forms follows: where it came from, its hash */
    RK_ENTRY_FORM = 4,        /* the figures of one form as received */
    RK_ENTRY_KEY = 5,         /* a signing key is added, replaced or revoked; version 2 only */
    RK_ENTRY_PUBLICATION = 6, /* what was published, by its manifest; version 2 only */
    RK_ENTRY_PHOTOS = 7,      /* photos of a form were received; version 2 (entry_photo.h) */
    RK_ENTRY_READING = 8,     /* what a program read of them; version 2 (entry_photo.h) */
};

enum rk_document { RK_DOC_WILAYAH = 1, RK_DOC_KONTES = 2, RK_DOC_RESMI = 3 };
enum rk_key_action { RK_KEY_ADD = 1, RK_KEY_REPLACE = 2, RK_KEY_REVOKE = 3 };
enum rk_key_use { RK_KEY_CHECKPOINTS = 1, RK_KEY_ENTRIES = 2 };
enum rk_publication {
    RK_PUBLISHED_RELEASE = 1,
    RK_PUBLISHED_DISCLOSURE = 2,
    RK_PUBLISHED_RESIDENCY = 3
};
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

/* Who says it: a role ("pengelola", "impor", "ppk") and the id of the key that signs
 * (rk_entry_key_id; 0 = not signed). Never a person's name. */
typedef struct rk_actor {
    rk_slice role;
    uint64_t key_id;
} rk_actor;

/* What every entry says: who, when, why, on what. In version 1 only some kinds have a reason,
 * and none has evidence. */
typedef struct rk_entry_head {
    uint8_t version; /* 1 or 2; encoders take 0 as 1 */
    uint32_t
        time; /* received, seconds since 1970 UTC; 0 in a form of a batch: the batch says */
    rk_actor actor;    /* role empty in a form of a batch */
    rk_slice reason;   /* empty = not given */
    rk_slice evidence; /* SHA-256 hashes, 32 bytes each */
} rk_entry_head;
#define RK_EVIDENCE_MAX 64u /* hashes of one entry */

typedef struct rk_election_entry {
    rk_entry_head head;
    rk_slice id, name, date; /* id: letters, digits, '-'; date YYYY-MM-DD or empty */
    rk_ed25519_public log_key, admin_key; /* version 2 */
} rk_election_entry;

typedef struct rk_document_entry {
    rk_entry_head head;
    enum rk_document type;
    rk_slice contest; /* RK_DOC_RESMI: the contest the figures are of */
    rk_slice label;   /* the file's name; RK_DOC_RESMI: the name of the series */
    rk_sha256 sha256; /* of the whole document */
    uint32_t part, parts;
    rk_slice bytes;
} rk_document_entry;

typedef struct rk_batch_entry {
    rk_entry_head head;
    rk_slice contest, source;
    rk_sha256 sha256; /* of the file as read (after decompression) */
    uint64_t forms;   /* entries that follow and belong to it */
    rk_sha256 root;   /* version 2: Merkle root over these */
} rk_batch_entry;

typedef struct rk_key_entry {
    rk_entry_head head;
    enum rk_key_action action;
    enum rk_key_use use;
    rk_slice role;         /* RK_KEY_ENTRIES: whom the key speaks for; else empty */
    rk_ed25519_public key; /* the new one; RK_KEY_REVOKE: the one that ends */
    uint64_t replaces;     /* RK_KEY_REPLACE: id of the one that ends; else 0 */
} rk_key_entry;

typedef struct rk_publication_entry {
    rk_entry_head head;
    enum rk_publication type;
    rk_slice name;
    uint64_t size;      /* entries of the log that it shows */
    rk_sha256 manifest; /* SHA-256 of its manifest */
} rk_publication_entry;

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
    rk_entry_head head;
    uint64_t batch; /* index of its batch entry (version 1 only), or RK_NO_BATCH */
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
    uint32_t reading1; /* 1 + number of the reading it repeats, 0 = it is no machine's;
                          version 2 */
} rk_form;

/* Encoders append one entry to out (check out->failed) and return RK_LIMIT when it would be
 * over RK_ENTRY_MAX, RK_BAD_INPUT when a text is over its limit. `index` = the entry's place in
 * the log. A version 2 entry is complete only with its signature: rk_entry_sign. */
rk_status rk_entry_put_election(const rk_election_entry *e, rk_buf *out, rk_err *err);
rk_status rk_entry_put_document(const rk_document_entry *e, rk_buf *out, rk_err *err);
rk_status rk_entry_put_batch(const rk_batch_entry *e, rk_buf *out, rk_err *err);
rk_status rk_entry_put_form(const rk_form *f, uint64_t index, rk_buf *out, rk_err *err);
rk_status rk_entry_put_key(const rk_key_entry *e, rk_buf *out, rk_err *err);
rk_status rk_entry_put_publication(const rk_publication_entry *e, rk_buf *out, rk_err *err);

/* ---- signatures ---- */
#define RK_ENTRY_SIGNATURE 64u
/* First eight bytes of the SHA-256 of the key, as a little-endian number. */
uint64_t rk_entry_key_id(const rk_ed25519_public *key);
/* Signs the version 2 entry that stands at out[start..] and appends the signature. origin: the
 * election's id, so that an entry cannot be carried into another log. */
void rk_entry_sign(rk_buf *out, size_t start, rk_slice origin, const rk_ed25519_secret *key);
/* The entry has version 2 and is signed by that key. */
bool rk_entry_signed_by(rk_slice entry, rk_slice origin, const rk_ed25519_public *key);

/* The kind of an entry; RK_CORRUPT when it has no known version and kind. */
rk_status rk_entry_kind_of(rk_slice entry, enum rk_entry_kind *kind, rk_err *err);
/* Who, when, why, on what: of a version 2 entry of any kind, without reading the rest. In
 * version 1 only the version and time are filled. */
rk_status rk_entry_get_head(rk_slice entry, rk_entry_head *out, rk_err *err);
/* Decoders: slices of the result point into `entry`. Anything but exactly one well-formed,
 * canonical entry is RK_CORRUPT. */
rk_status rk_entry_get_election(rk_slice entry, rk_election_entry *out, rk_err *err);
rk_status rk_entry_get_document(rk_slice entry, rk_document_entry *out, rk_err *err);
rk_status rk_entry_get_batch(rk_slice entry, rk_batch_entry *out, rk_err *err);
rk_status rk_entry_get_key(rk_slice entry, rk_key_entry *out, rk_err *err);
rk_status rk_entry_get_publication(rk_slice entry, rk_publication_entry *out, rk_err *err);
/* cells = room for max_cells figures; the form must have at most that many. out->cell = cells.
 */
rk_status rk_entry_get_form(rk_slice entry, uint64_t index, uint32_t *cells, uint32_t max_cells,
                            rk_form *out, rk_err *err);

#endif

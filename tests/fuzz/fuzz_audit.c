/* Any sequence of entries after a signed beginning, looked at by the verifier: told wrong or
 * not, the same one by one as in blocks; what is not told folds to sums that a rebuild gives
 * again; and as a bundle with its tile the tree is sound. Each entry is preceded by a byte (bit
 * 0: signed here with the importer's key, bit 1: by the first key) and two bytes of length. */
#include "core/audit.h"
#include "core/treecheck.h"

#include "base/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

#define TREE                                                                                   \
    "kode,induk,nama,tingkat,nomor_tps\n1,,A,1,\n11,1,B,2,\n111,11,C,3,\n1111,111,D,4,\n1112," \
    "111,E,4,1-3\n"
#define PPWP                                                                                   \
    "{\"format\":\"rekap-kontes-1\",\"nama\":\"N\",\"maks\":70000,\"medan\":[\"suara_sah\"],"  \
    "\"kode\":\"ppwp\",\"bentuk\":\"paslon\",\"pilihan\":[{\"kode\":\"1\"},{\"kode\":\"2\"}]}"

enum { MAX = 200 };

struct all {
    rk_buf bytes;
    size_t at[MAX], len[MAX], n;
    rk_ed25519_secret admin, importer;
    uint64_t admin_id, importer_id;
};

static rk_ed25519_public key_of(uint8_t seed, rk_ed25519_secret *secret, uint64_t *id) {
    rk_ed25519_seed s = {{seed}};
    rk_ed25519_public key;
    rk_ed25519_key(&s, secret, &key);
    *id = rk_entry_key_id(&key);
    return key;
}

static void add(struct all *a, rk_buf *b, const rk_ed25519_secret *key) {
    if (key && b->len >= 2 && b->ptr[0] == 2) rk_entry_sign(b, 0, RK_LIT("uji"), key);
    if (b->len == 0 || b->len > RK_ENTRY_MAX || a->n == MAX) return;
    a->at[a->n] = a->bytes.len;
    a->len[a->n++] = b->len;
    rk_buf_add(&a->bytes, rk_buf_slice(b));
    rk_buf_clear(b);
}

static void document(struct all *a, rk_buf *b, enum rk_document type, rk_slice bytes) {
    rk_document_entry x = {.head = {.version = 2, .actor = {RK_ROLE_ADMIN, a->admin_id}},
                           .type = type,
                           .sha256 = rk_sha256_of(bytes),
                           .parts = 1,
                           .bytes = bytes};
    RK_ASSERT(rk_entry_put_document(&x, b, NULL) == RK_OK);
    add(a, b, &a->admin);
}

static void beginning(struct all *a, rk_buf *b) {
    rk_entry_head h = {.version = 2};
    rk_ed25519_public admin = key_of(7, &a->admin, &a->admin_id),
                      importer = key_of(8, &a->importer, &a->importer_id);
    h.actor = (rk_actor){RK_ROLE_ADMIN, a->admin_id};
    rk_election_entry e = {
        .head = h, .id = RK_LIT("uji"), .log_key = {{1}}, .admin_key = admin};
    rk_key_entry k = {.head = h,
                      .action = RK_KEY_ADD,
                      .use = RK_KEY_ENTRIES,
                      .role = RK_LIT("impor"),
                      .key = importer};
    RK_ASSERT(rk_entry_put_election(&e, b, NULL) == RK_OK);
    add(a, b, &a->admin);
    RK_ASSERT(rk_entry_put_key(&k, b, NULL) == RK_OK);
    add(a, b, &a->admin);
    document(a, b, RK_DOC_WILAYAH, RK_LIT(TREE));
    document(a, b, RK_DOC_KONTES, RK_LIT(PPWP));
}

static void rest(struct all *a, rk_buf *b, rk_slice in) {
    while (in.len >= 3) {
        uint8_t how = (uint8_t)in.ptr[0];
        size_t len = (size_t)(uint8_t)in.ptr[1] | (size_t)(uint8_t)in.ptr[2] << 8;
        in = rk_slice_from(in, 3);
        if (len > in.len) len = in.len;
        rk_buf_clear(b);
        rk_buf_add(b, (rk_slice){in.ptr, len});
        in = rk_slice_from(in, len);
        add(a, b, how & 1 ? &a->importer : how & 2 ? &a->admin : NULL);
    }
}

static rk_status look(rk_audit *x, const rk_slice *e, const rk_sha256 *leaf, size_t n,
                      size_t step) {
    for (size_t i = 0; i < n; i += step)
        RK_TRY(rk_audit_add(x, e + i, leaf + i, n - i < step ? n - i : step));
    return RK_OK;
}

static void sums_hold(rk_audit *a) {
    rk_audit_settle(a);
    rk_election *e = a->e;
    for (uint32_t k = 0; k < e->n_contest; k++) {
        rk_tally *t = &e->tally[k];
        size_t bytes = (size_t)e->tree->n * t->contest->n_col * sizeof *t->sum;
        uint64_t *before = rk_dup(t->sum, bytes);
        rk_tally_rebuild(t, e->tree);
        RK_ASSERT(memcmp(before, t->sum, bytes) == 0);
        rk_free(before);
    }
}

struct files {
    rk_buf bundle, tile;
};
static rk_status get(void *ctx, rk_tile t, size_t max, rk_buf *out, rk_err *err) {
    struct files *f = ctx;
    (void)max, (void)err;
    rk_buf_add(out, rk_buf_slice(t.entries ? &f->bundle : &f->tile));
    return RK_OK;
}
static void no_fault(void *ctx, const rk_treefault *f) {
    (void)ctx, (void)f;
    RK_ASSERT(false);
}

static void as_bundle(const rk_slice *e, const rk_sha256 *leaf, size_t n) {
    struct files f;
    rk_log_files files = {get, NULL, &f};
    rk_frontier edge = {0};
    uint64_t first, faults, handed = 0;
    const rk_slice *entry;
    const rk_sha256 *hash;
    size_t k;
    rk_buf_init(&f.bundle, 1 << 26), rk_buf_init(&f.tile, 8192);
    for (size_t i = 0; i < n; i++) {
        rk_buf_byte(&f.bundle, (char)(e[i].len >> 8)),
            rk_buf_byte(&f.bundle, (char)(e[i].len & 255));
        rk_buf_add(&f.bundle, e[i]);
        rk_buf_add(&f.tile, (rk_slice){(const char *)leaf[i].b, 32});
        rk_frontier_append(&edge, &leaf[i]);
    }
    rk_sha256 root = rk_frontier_root(&edge);
    rk_treecheck *t = rk_treecheck_new(&files, n, &root, NULL, no_fault, NULL);
    while (rk_treecheck_next(t, UINT64_MAX, &first, &entry, &hash, &k, NULL) == RK_OK)
        handed += k;
    RK_ASSERT(handed == n && rk_treecheck_end(t, &faults, NULL) == RK_OK && faults == 0);
    rk_treecheck_free(&t);
    rk_buf_free(&f.bundle), rk_buf_free(&f.tile);
}

/* Without a count: whatever the full audit lets pass passes here too, with the same signatures
 * and keys; and what it finds wrong with a signature or a batch before anything else is found
 * here. What was checked another time is not checked again. */
static void without_count(const rk_audit *full, const rk_slice *e, const rk_sha256 *leaf,
                          size_t n) {
    rk_audit *k = rk_audit_new(NULL, NULL, true, NULL, NULL);
    k->keys_only = true;
    rk_status s = look(k, e, leaf, n, 1);
    if (!full->stopped) {
        RK_ASSERT(s == RK_OK && k->e->size == n && k->n_signed == full->n_signed &&
                  k->n_covered == full->n_covered && k->n_batch == full->n_batch);
        RK_ASSERT(k->e->keys.n == full->e->keys.n && rk_slice_eq(k->e->id, full->e->id));
        rk_audit *again = rk_audit_new(NULL, NULL, true, NULL, NULL);
        again->keys_only = true, again->trusted = n / 2;
        RK_ASSERT(look(again, e, leaf, n, RK_AUDIT_BLOCK) == RK_OK &&
                  again->n_signed <= k->n_signed && again->n_covered == k->n_covered);
        rk_audit_free(&again);
    } else if (full->fault.what != RK_AUDIT_ENTRY) {
        RK_ASSERT(s != RK_OK && k->fault.what == full->fault.what &&
                  k->fault.last == full->fault.last);
    }
    rk_audit_free(&k);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
    struct all a = {.n = 0};
    rk_buf b;
    rk_slice e[MAX];
    rk_sha256 leaf[MAX];
    if (n > 60000) return 0;
    rk_buf_init(&a.bytes, 1 << 26), rk_buf_init(&b, 2 * RK_ENTRY_MAX);
    beginning(&a, &b);
    rest(&a, &b, (rk_slice){(const char *)data, n});
    for (size_t i = 0; i < a.n; i++) {
        e[i] = (rk_slice){a.bytes.ptr + a.at[i], a.len[i]};
        leaf[i] = rk_merkle_leaf(e[i]);
    }
    rk_audit *x = rk_audit_new(NULL, NULL, true, NULL, NULL),
             *y = rk_audit_new(NULL, NULL, true, NULL, NULL);
    rk_status s = look(x, e, leaf, a.n, 1), t = look(y, e, leaf, a.n, RK_AUDIT_BLOCK);
    RK_ASSERT(s == t && (s == RK_OK || (x->stopped && x->fault.text[0])));
    if (s == RK_OK) {
        RK_ASSERT(x->e->size == a.n && x->n_signed == y->n_signed &&
                  x->n_covered == y->n_covered);
        sums_hold(x), sums_hold(y);
        RK_ASSERT(x->e->n_contest == y->e->n_contest);
    } else {
        RK_ASSERT(x->fault.last >= 4); /* the beginning is sound */
    }
    without_count(x, e, leaf, a.n);
    as_bundle(e, leaf, a.n);
    rk_audit_free(&x), rk_audit_free(&y);
    rk_buf_free(&a.bytes), rk_buf_free(&b);
    return 0;
}

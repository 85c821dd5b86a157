#include "writer_load.h"

#include "base/mem.h"
#include "core/proof.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char CONTEST[] =
    "{\"format\":\"rekap-kontes-1\",\"kode\":\"ppwp\",\"nama\":\"N\",\"bentuk\":\"paslon\","
    "\"medan\":[\"suara_sah\",\"suara_tidak_sah\",\"suara_total\"],"
    "\"pilihan\":[{\"kode\":\"1\"},{\"kode\":\"2\"},{\"kode\":\"3\"}]}";

_Noreturn void load_die(const char *what, const rk_err *err) {
    fprintf(stderr, "%s: %s\n", what, err && err->text[0] ? err->text : "failed");
    exit(1);
}

static void key_of(rk_ed25519_secret *secret, rk_ed25519_public *key) {
    rk_ed25519_seed seed;
    memset(seed.b, 77, sizeof seed.b);
    rk_ed25519_key(&seed, secret, key);
}

void load_make(const char *dir) {
    rk_err err = RK_ERR_INIT;
    rk_dir d;
    rk_ed25519_secret secret;
    rk_ed25519_public key;
    char tree[400];
    (void)snprintf(tree, sizeof tree,
                   "kode,induk,nama,tingkat,nomor_tps\n1,,A,1,\n11,1,B,2,\n111,11,C,3,\n"
                   "1111,111,D,4,1-%u\n",
                   LOAD_STATIONS);
    key_of(&secret, &key);
    rk_slice none = {0};
    if (rk_dir_init(dir, RK_LIT("uji"), RK_LIT("Uji"), none, &err) != RK_OK ||
        rk_dir_open(dir, RK_STORE_WRITE, UINT64_MAX, &d, &err) != RK_OK)
        load_die("init", &err);
    if (rk_dir_declare(&d, RK_DOC_WILAYAH, none, RK_LIT("w"), none, rk_slice_str(tree), &err) !=
            RK_OK ||
        rk_dir_declare(&d, RK_DOC_KONTES, none, RK_LIT("k"), none, RK_LIT(CONTEST), &err) !=
            RK_OK ||
        rk_dir_key_add(&d, RK_LIT("ppk"), &key, RK_LIT("uji"), &err) != RK_OK)
        load_die("declare", &err);
    rk_dir_close(&d);
}

void load_entry(uint32_t sender, uint32_t seq, rk_buf *out) {
    static _Thread_local rk_ed25519_secret secret;
    static _Thread_local rk_ed25519_public key;
    static _Thread_local bool made;
    if (!made) key_of(&secret, &key), made = true;
    char tps[24];
    uint64_t x = (sender * 1000003ull + seq) * 0x9E3779B97F4A7C15ull;
    uint32_t cell[6] = {
        (uint32_t)(x >> 40 & 255), sender, seq % 1000000, seq % 300, 5, seq % 9};
    int n = snprintf(tps, sizeof tps, "1111%03u", 1 + (uint32_t)((x >> 33) % LOAD_STATIONS));
    rk_form f = {.head = {.version = 2,
                          .time = 1707911040 + seq,
                          .actor = {RK_LIT("ppk"), rk_entry_key_id(&key)},
                          .reason = RK_LIT("uji")},
                 .batch = RK_NO_BATCH,
                 .contest = RK_LIT("ppwp"),
                 .tps = {tps, (size_t)n},
                 .cell = cell,
                 .n_cell = 6};
    rk_buf_clear(out);
    rk_err err = RK_ERR_INIT;
    if (rk_entry_put_form(&f, 0, out, &err) != RK_OK) load_die("entry", &err);
    rk_entry_sign(out, 0, RK_LIT("uji"), &secret);
}

/* The receipt proves what it says, by itself. */
static void check_receipt(const rk_receipt *r, load_ack *a) {
    rk_err err = RK_ERR_INIT;
    rk_proof p;
    rk_note note;
    rk_checkpoint c;
    if (rk_proof_parse(rk_buf_slice(&r->proof), &p, &err) != RK_OK ||
        rk_note_parse(p.checkpoint, &note, &err) != RK_OK ||
        rk_checkpoint_parse(note.text, &c, &err) != RK_OK || p.index != r->index ||
        rk_merkle_check_inclusion(&a->leaf, p.index, c.size, p.path.hash, p.path.n, &c.root,
                                  &err) != RK_OK)
        load_die("a receipt does not prove its entry", &err);
    a->index = r->index;
    a->size = c.size;
    a->root = c.root;
}

rk_status load_send(rk_writer *w, uint32_t sender, uint32_t seq, load_ack *a, rk_err *err) {
    rk_buf b;
    rk_receipt r = {0};
    rk_buf_init(&b, RK_ENTRY_MAX);
    rk_buf_init(&r.proof, RK_PROOF_MAX);
    load_entry(sender, seq, &b);
    *a = (load_ack){.sender = sender, .seq = seq, .leaf = rk_merkle_leaf(rk_buf_slice(&b))};
    rk_status s = rk_writer_submit(w, rk_buf_slice(&b), &r, err);
    if (s == RK_OK) check_receipt(&r, a);
    rk_buf_free(&b);
    rk_buf_free(&r.proof);
    return s;
}

/* ===== the parent's side ===== */

static uint64_t slot_of(const load_seen *s, const rk_sha256 *leaf) {
    uint64_t at;
    memcpy(&at, leaf->b, sizeof at);
    for (at &= s->mask; s->slot[at]; at = (at + 1) & s->mask)
        if (rk_merkle_eq(&s->leaf[s->slot[at] - 1], leaf)) break;
    return at;
}

static void room_for(load_seen *s, uint64_t n) {
    if (n <= s->cap) return;
    s->cap = s->cap ? s->cap * 2 : 4096;
    s->leaf = rk_realloc(s->leaf, s->cap, sizeof *s->leaf);
    s->root = rk_realloc(s->root, s->cap + 1, sizeof *s->root);
    rk_free(s->slot);
    s->mask = s->cap * 2 - 1;
    s->slot = rk_calloc(s->cap * 2, sizeof *s->slot);
    for (uint64_t i = 0; i < s->tree.size; i++) s->slot[slot_of(s, &s->leaf[i])] = i + 1;
}

static rk_status see(void *ctx, uint64_t first, const rk_slice *entry, size_t n, rk_err *err) {
    load_seen *s = ctx;
    (void)err;
    RK_ASSERT(first == s->tree.size);
    for (size_t i = 0; i < n; i++) {
        uint64_t index = s->tree.size;
        room_for(s, index + 1);
        s->leaf[index] = rk_merkle_leaf(entry[i]);
        uint64_t at = slot_of(s, &s->leaf[index]);
        if (s->slot[at])
            s->twice++;
        else
            s->slot[at] = index + 1;
        (void)rk_frontier_append(&s->tree, &s->leaf[index]);
        s->root[s->tree.size] = rk_frontier_root(&s->tree);
    }
    return RK_OK;
}

uint64_t load_read(load_seen *s, const char *dir) {
    char path[4096];
    rk_err err = RK_ERR_INIT;
    rk_store *store = NULL;
    rk_log_head h;
    if (rk_dir_store_path(dir, path, sizeof path, &err) != RK_OK ||
        rk_store_sqlite_open(path, RK_STORE_READ, &store, &err) != RK_OK ||
        rk_store_read(store, s->tree.size, UINT64_MAX, see, s, &err) != RK_OK ||
        rk_log_head_read(store, &h, &err) != RK_OK)
        load_die("the log cannot be read", &err);
    if (h.size != s->tree.size || !rk_merkle_eq(&h.root, &s->root[h.size]))
        load_die("the checkpoint is not that of the entries", NULL);
    rk_log_head_free(&h);
    rk_store_close(&store);
    return s->tree.size;
}

bool load_holds(const load_seen *s, const load_ack *a) {
    return a->index < a->size && a->size <= s->tree.size &&
           rk_merkle_eq(&s->leaf[a->index], &a->leaf) &&
           rk_merkle_eq(&s->root[a->size], &a->root);
}

/* kunci: which keys may sign what in a log, and how that changes. */
#include "cli/cli.h"
#include "files/files.h"
#include "intake/keys.h"

#include <stdio.h>
#include <stdlib.h>

struct request {
    const char *dir, *key, *role, *file, *id, *reason;
    bool json, leaked;
};

/* ===== list ===== */

static void put_public(const rk_signing_key *k, rk_slice name, rk_buf *out) {
    rk_verifier v;
    rk_err err = RK_ERR_INIT;
    if (rk_verifier_new(name, RK_KEY_ED25519, &k->key, &v, &err) == RK_OK)
        rk_verifier_put(&v, out);
}

static void list_one(const rk_election *e, const rk_signing_key *k, bool json, bool first) {
    rk_buf b;
    char until[32] = "";
    rk_slice role = rk_signing_key_role(k);
    bool log = k->use == RK_KEY_CHECKPOINTS;
    rk_buf_init(&b, 1024);
    put_public(k, log ? e->id : role, &b);
    if (k->until != UINT64_MAX)
        (void)snprintf(until, sizeof until, "%llu", (unsigned long long)k->until);
    if (json)
        printf("%s\n {\"id\":\"%016llx\",\"guna\":\"%s\",\"peran\":\"%.*s\",\"dari\":%llu,"
               "\"sampai\":%s,\"kunci\":\"%.*s\"}",
               first ? "" : ",", (unsigned long long)k->id, log ? "checkpoint" : "entri",
               RK_FMT(role), (unsigned long long)k->first, *until ? until : "null",
               RK_FMT(rk_buf_slice(&b)));
    else
        printf("%016llx  %-10s  %-14.*s  from %llu%s%s  %.*s\n", (unsigned long long)k->id,
               log ? "checkpoint" : "entries", RK_FMT(role), (unsigned long long)k->first,
               *until ? " to " : ", in force", until, RK_FMT(rk_buf_slice(&b)));
    rk_buf_free(&b);
}

static int list(const struct request *q) {
    rk_dir d;
    rk_err err = RK_ERR_INIT;
    if (rk_dir_open(q->dir, RK_STORE_READ, UINT64_MAX, &d, &err) != RK_OK)
        return cli_failed(NULL, &err);
    const rk_keyring *r = &d.election->keys;
    if (q->json) printf("[");
    for (uint32_t i = 0; i < r->n; i++) list_one(d.election, &r->key[i], q->json, i == 0);
    if (q->json) printf("\n]\n");
    if (!r->n && !q->json) printf("%s: this log is not signed\n", q->dir);
    rk_dir_close(&d);
    return CLI_OK;
}

/* ===== changes ===== */

/* A new key file, or the public half of one made elsewhere. */
static int make(const struct request *q) {
    rk_signer s;
    rk_err err = RK_ERR_INIT;
    rk_buf b;
    if (!q->role || !q->file)
        return cli_usage(&cli_kunci, "buat needs --peran ROLE and --berkas FILE");
    if (rk_key_ensure(q->file, rk_slice_str(q->role), &s, &err) != RK_OK)
        return cli_failed(NULL, &err);
    rk_buf_init(&b, 1024);
    rk_verifier_put(&s.verifier, &b);
    rk_signer_wipe(&s);
    printf("%.*s\n", RK_FMT(rk_buf_slice(&b)));
    rk_buf_free(&b);
    return CLI_OK;
}

static rk_status public_of(const char *text, rk_ed25519_public *out, rk_err *err) {
    rk_verifier v;
    RK_TRY(rk_verifier_parse(rk_slice_str(text), &v, err));
    if (v.type != RK_KEY_ED25519)
        return rk_fail(err, RK_BAD_INPUT,
                       "this is a witness's key, not one that signs entries");
    *out = v.key;
    return RK_OK;
}

static rk_status id_of(const struct request *q, uint64_t *id, rk_err *err) {
    char *end = NULL;
    *id = q->id ? strtoull(q->id, &end, 16) : 0;
    return q->id && strlen(q->id) == 16 && !*end
               ? RK_OK
               : rk_fail(err, RK_BAD_INPUT,
                         "say which key with --id, 16 hexadecimal digits as 'rekap kunci %s' "
                         "lists them",
                         q->dir);
}

static rk_status change(rk_dir *d, const struct request *q, const char *what, const char *text,
                        rk_err *err) {
    rk_ed25519_public key;
    uint64_t id = 0;
    rk_slice reason = rk_slice_str(q->reason);
    if (strcmp(what, "ganti-log") == 0)
        return rk_dir_log_key_replace(d, !q->leaked, reason, err);
    if (strcmp(what, "tambah") != 0) RK_TRY(id_of(q, &id, err));
    if (strcmp(what, "cabut") == 0) return rk_dir_key_revoke(d, id, reason, err);
    RK_TRY(public_of(text, &key, err));
    if (strcmp(what, "ganti") == 0) return rk_dir_key_replace(d, id, &key, reason, err);
    return rk_dir_key_add(d, rk_slice_str(q->role), &key, reason, err);
}

static int change_in(const struct request *q, const char *what, const char *text) {
    rk_dir d;
    rk_err err = RK_ERR_INIT;
    rk_status s = rk_dir_open(q->dir, RK_STORE_WRITE, UINT64_MAX, &d, &err);
    if (s != RK_OK) return cli_failed(NULL, &err);
    if (q->key) s = rk_dir_use_key(&d, q->key, &err);
    if (s == RK_OK) s = change(&d, q, what, text, &err);
    if (s == RK_OK)
        printf("%s: %s, entry %llu; the checkpoint now covers %llu entries\n", q->dir, what,
               (unsigned long long)(d.election->size - 1),
               (unsigned long long)d.election->size);
    rk_dir_close(&d);
    return s == RK_OK ? CLI_OK : cli_failed(NULL, &err);
}

static int run_kunci(int argc, char **argv) {
    struct request q = {.reason = "", .role = NULL};
    const cli_option o[] = {{"kunci", &q.key, NULL},     {"peran", &q.role, NULL},
                            {"berkas", &q.file, NULL},   {"id", &q.id, NULL},
                            {"alasan", &q.reason, NULL}, {"json", NULL, &q.json},
                            {"bocor", NULL, &q.leaked},  {0}};
    if (!cli_parse(&cli_kunci, &argc, argv, o)) return CLI_USAGE;
    if (argc == 1 && strcmp(argv[0], "buat") == 0) return make(&q);
    if (argc < 1 || argc > 3) return cli_usage(&cli_kunci, "give a directory and what to do");
    q.dir = argv[0];
    const char *what = argc > 1 ? argv[1] : "daftar", *text = argc > 2 ? argv[2] : NULL;
    if (strcmp(what, "daftar") == 0) return list(&q);
    bool adds = strcmp(what, "tambah") == 0, swaps = strcmp(what, "ganti") == 0;
    if (!adds && !swaps && strcmp(what, "cabut") != 0 && strcmp(what, "ganti-log") != 0)
        return cli_usage(&cli_kunci, "'%s' is none of daftar, tambah, ganti, cabut, ganti-log",
                         what);
    if ((adds || swaps) != (text != NULL))
        return cli_usage(&cli_kunci, "%s %s a public key (as 'rekap kunci buat' prints it)",
                         what, text ? "takes no" : "needs");
    if (adds && !q.role) return cli_usage(&cli_kunci, "tambah needs --peran ROLE");
    if (!*q.reason) return cli_usage(&cli_kunci, "say why with --alasan TEXT: it is public");
    return change_in(&q, what, text);
}

const cli_verb cli_kunci = {
    "kunci", "list, add, replace and revoke signing keys",
    "usage: rekap kunci DIR [daftar] [--json]\n"
    "       rekap kunci buat --peran ROLE --berkas FILE\n"
    "       rekap kunci DIR tambah PUBLICKEY --peran ROLE --alasan TEXT [--kunci FILE]\n"
    "       rekap kunci DIR ganti PUBLICKEY --id ID --alasan TEXT [--kunci FILE]\n"
    "       rekap kunci DIR cabut --id ID --alasan TEXT [--kunci FILE]\n"
    "       rekap kunci DIR ganti-log --alasan TEXT [--bocor] [--kunci FILE]\n\n"
    "Every entry of the log is signed by a key in a role; which keys there are stands in the\n"
    "log itself. daftar lists them; buat makes a key file and prints its public half; tambah\n"
    "lets a key sign in a role; ganti puts another key in its place; cabut ends it; ganti-log\n"
    "makes a new key for the log's checkpoints. What a key signed before it ended stays "
    "valid.\n"
    "Changes are entries and need a key of role pengelola.\n\n"
    "  --kunci FILE    the pengelola's key that signs (default DIR/keys/pengelola.key)\n"
    "  --peran ROLE    what the key speaks for: kpu, ppk, impor, ... never a person\n"
    "  --berkas FILE   where buat puts the secret key\n"
    "  --id ID         the key that ends, 16 hexadecimal digits\n"
    "  --alasan TEXT   why; it is public\n"
    "  --bocor         the old log key is in wrong hands: it does not sign the handover\n"
    "  --json          machine-readable list\n",
    run_kunci};

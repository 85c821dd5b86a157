/* node: what a running program says of itself; sbom: what it was made of. */
#include "cli/node.h"
#include "cli/build.h"
#include "files/files.h"
#include "intake/describe.h"
#include "intake/keys.h"

#include <stdio.h>

extern const char rk_build_source[], rk_sbom_json[];
extern const size_t rk_sbom_json_len;

rk_self_build cli_build(void) {
    return (rk_self_build){RK_VERSION, rk_build_source, {rk_sbom_json, rk_sbom_json_len}};
}

struct request {
    const char *id, *key, *role, *out, *certificates, *pins, *inventory;
    bool json;
};

/* ===== describe ===== */

static rk_status fill(rk_node *n, const struct request *q, const char *dir,
                      const rk_signer *key, rk_err *err) {
    rk_self_build build = cli_build();
    const char *const none[] = {"command=describe"};
    n->id = rk_node_keep(n, q->id ? rk_slice_str(q->id) : rk_verifier_name(&key->verifier));
    n->role = rk_slice_str(q->role);
    RK_TRY(rk_self_program(n, &build, err));
    if (dir) RK_TRY(rk_describe_dirs(n, &dir, 1, err));
    n->options = rk_node_options_print(none, 1);
    if (q->certificates) RK_TRY(rk_self_certificates(n, q->certificates, false, err));
    if (q->pins) RK_TRY(rk_self_certificates(n, q->pins, true, err));
    rk_self_clock(n);
    return RK_OK;
}

/* Signed, or the text alone; read back, so that nothing is written that nobody can read. */
static rk_status put(const rk_node *n, const struct request *q, const rk_signer *key,
                     rk_buf *out, rk_err *err) {
    rk_node *again = NULL;
    rk_note note;
    rk_status s;
    if (q->json || !q->key) {
        rk_node_put(n, out);
        s = rk_node_parse(rk_buf_slice(out), &again, err);
    } else {
        s = rk_node_sign(n, key, out, err);
        if (s == RK_OK) s = rk_node_open(rk_buf_slice(out), &note, &again, err);
    }
    rk_node_free(&again);
    return s;
}

static rk_status describe(const struct request *q, const char *dir, rk_buf *out, rk_err *err) {
    rk_signer key = {.verifier = {.name_len = 0}};
    if (q->key) RK_TRY(rk_key_read(q->key, &key, err));
    rk_node *n = rk_node_new();
    rk_status s = fill(n, q, dir, &key, err);
    if (s == RK_OK) s = put(n, q, &key, out, err);
    rk_node_free(&n);
    rk_signer_wipe(&key);
    return s;
}

static int run_describe(const struct request *q, const char *dir) {
    rk_buf b;
    rk_err err = RK_ERR_INIT;
    rk_sink out = cli_stdout();
    if (!q->id && !q->key)
        return cli_usage(&cli_node, "say which node with --id (or --key, whose name it has)");
    rk_buf_init(&b, RK_NOTE_MAX);
    rk_status s = describe(q, dir, &b, &err);
    if (s == RK_OK)
        s = q->out ? rk_file_write(q->out, rk_buf_slice(&b), false, &err)
                   : rk_sink_write(&out, rk_buf_slice(&b), &err);
    rk_buf_free(&b);
    if (s != RK_OK) return cli_failed(NULL, &err);
    if (!q->key) fprintf(stderr, "rekap node: not signed: give --key FILE\n");
    return CLI_OK;
}

static int run_node(int argc, char **argv) {
    struct request q = {.role = "writer"};
    const cli_option o[] = {{"id", &q.id, NULL},
                            {"key", &q.key, NULL},
                            {"role", &q.role, NULL},
                            {"output", &q.out, NULL},
                            {"sertifikat", &q.certificates, NULL},
                            {"pin", &q.pins, NULL},
                            {"inventory", &q.inventory, NULL},
                            {"json", NULL, &q.json},
                            {0}};
    if (!cli_parse(&cli_node, &argc, argv, o)) return CLI_USAGE;
    if (argc == 1 && strcmp(argv[0], "collect") == 0)
        return q.inventory && q.out ? cli_node_collect(q.inventory, q.out)
                                    : cli_usage(&cli_node, "collect needs --inventory DIR and "
                                                           "--output DIR");
    if (argc < 1 || argc > 2 || strcmp(argv[0], "describe") != 0)
        return cli_usage(&cli_node,
                         "say 'describe', and perhaps an election directory, or 'collect'");
    return run_describe(&q, argc == 2 ? argv[1] : NULL);
}

const cli_verb cli_node = {
    "node", "say what this program is, signed: build, configuration, stores",
    "usage: rekap node describe [DIR] [--id ID] [--key FILE] [--role ROLE] [--output FILE]\n"
    "                           [--sertifikat FILE] [--pin FILE] [--json]\n"
    "       rekap node collect --inventory DIR --output DIR\n\n"
    "Writes what this program is on this machine (docs/format/simpul.md): hashes of its own\n"
    "executable, of the source and the bill of materials it was built from, fingerprints of "
    "its\n"
    "configuration, the stores and targets that DIR makes it talk to, certificates, loaded\n"
    "libraries, since when. No addresses, hosts or paths. The disclosure report lays it\n"
    "beside the inventory; 'rekap serve' hands its own out at /api/v1/simpul.\n\n"
    "collect asks every node of an inventory that has a node_url and keeps what it says as\n"
    "ID.simpul, for 'rekap disclose --observed'. Hosts must be declared, as kind cdn, in the\n"
    "inventory's residency.json (or $REKAP_RESIDENCY). Exits with 3 when a node could not be "
    "asked;\n"
    "what it said before then stays, and grows old.\n\n"
    "  --id ID            the node's id in the inventory (default: the key's name)\n"
    "  --key FILE         sign with this key (rekap kunci buat --peran ID --berkas FILE)\n"
    "  --role ROLE        what it does: writer (default), intake, mirror, ...\n"
    "  --output FILE      write there, all or nothing (default: standard output); of collect: "
    "the\n"
    "                     directory\n"
    "  --inventory DIR    the inventory of infrastructure\n"
    "  --sertifikat FILE  PEM file of the certificates it presents (of the proxy in front)\n"
    "  --pin FILE         PEM file of the certificates it pins\n"
    "  --json             the description alone, without signature\n",
    run_node};

/* ===== sbom ===== */

static int run_sbom(int argc, char **argv) {
    const cli_option o[] = {{0}};
    rk_err err = RK_ERR_INIT;
    rk_sink out = cli_stdout();
    if (!cli_parse(&cli_sbom, &argc, argv, o)) return CLI_USAGE;
    if (argc) return cli_usage(&cli_sbom, "takes no file");
    return rk_sink_write(&out, cli_build().sbom, &err) == RK_OK ? CLI_OK
                                                                : cli_failed(NULL, &err);
}

const cli_verb cli_sbom = {
    "sbom", "print what this program is made of (SPDX)",
    "usage: rekap sbom\n\n"
    "Prints the software bill of materials that this executable was built with, as SPDX 2.3 "
    "JSON:\n"
    "libraries, their versions, Debian packages and licences, the compiler. Its SHA-256 stands "
    "in\n"
    "the node's description of itself (rekap node describe).\n",
    run_sbom};

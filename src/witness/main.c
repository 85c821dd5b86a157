/* rekap-witness: an independent eye on logs of elections. Verbs: init, log, serve, show. Exit
 * codes: 0 done, 1 refused or failed, 2 wrong usage. */
#include "witness/server.h"

#include "files/files.h"

#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

extern const char rk_build_source[]; /* made by scripts/source-hash */

enum { DONE = 0, FAILED = 1, USAGE = 2, KEY_FILE_MAX = 1024 };

static const char OVERVIEW[] =
    "usage: rekap-witness init DIR --name NAME\n"
    "       rekap-witness log DIR [--add KEY | --remove KEY]\n"
    "       rekap-witness serve DIR [--listen ADDR:PORT] [--simpul KEY]\n"
    "       rekap-witness show DIR\n\n"
    "A witness watches that the log of an election only grows. Whoever publishes the log "
    "sends\n"
    "each new checkpoint; the witness checks that it continues the one before, stores it, and\n"
    "only then cosigns it. With several witnesses in different hands nobody can be shown a\n"
    "history that others do not see. The protocol is c2sp.org/tlog-witness.\n\n"
    "  init   makes DIR with a new secret key and prints the verifier key, which the log's\n"
    "         publisher and everybody who checks put into their policy\n"
    "  log    lists the keys of the logs it watches; --add, --remove change them (while serve\n"
    "         is not running); get a log's key from its publisher in two independent ways\n"
    "  serve  answers POST /add-checkpoint; GET / shows what was cosigned last\n"
    "  show   prints the same from DIR\n\n"
    "  --name NAME          the witness's name, like a URL without scheme: bawaslu.example/w1\n"
    "  --add KEY            watch the log with this verifier key\n"
    "  --remove KEY         no longer trust this key\n"
    "  --listen ADDR:PORT   where to listen (default 127.0.0.1:8090; port 0 picks a free "
    "one)\n"
    "  --simpul FILE        sign with this key what this program is, at /api/v1/simpul\n"
    "                       (the command 'rekap kunci buat' makes one; its name is the node's "
    "id)\n\n"
    "First steps:\n"
    "  rekap-witness init saksi --name bawaslu.example/w1\n"
    "  rekap-witness log saksi --add "
    "pemilu2024+5bebc137+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c\n"
    "  rekap-witness serve saksi\n\n"
    "Never put back an older copy of DIR, and never run two copies: a witness that forgets "
    "can\n"
    "be made to cosign two histories. If DIR is lost, begin a new witness under a new name.\n";

static int failed(const rk_err *err) {
    (void)fprintf(stderr, "rekap-witness: %s\n", err->text);
    return FAILED;
}

static int usage(const char *what) {
    (void)fprintf(stderr, "rekap-witness: %s ('rekap-witness --help' explains)\n", what);
    return USAGE;
}

static int print(rk_buf *b) {
    bool ok = !b->failed && fwrite(b->ptr, 1, b->len, stdout) == b->len && fflush(stdout) == 0;
    rk_buf_free(b);
    return ok ? DONE : FAILED;
}

static int print_key(const char *dir, rk_err *err) {
    rk_book *b;
    rk_buf text;
    if (rk_book_open(dir, false, &b, err) != RK_OK) return failed(err);
    rk_buf_init(&text, 1024);
    rk_verifier_put(rk_book_key(b), &text);
    rk_buf_byte(&text, '\n');
    rk_book_free(&b);
    return print(&text);
}

static int run_init(const char *dir, const char *name, rk_err *err) {
    if (!name) return usage("init wants --name");
    if (rk_book_init(dir, rk_slice_str(name), err) != RK_OK) return failed(err);
    return print_key(dir, err);
}

static int list_logs(const rk_book *b) {
    rk_buf text;
    rk_buf_init(&text, 1u << 20);
    for (uint32_t i = 0; i < rk_book_logs(b); i++)
        for (uint32_t k = 0; k < rk_book_log(b, i)->n_key; k++) {
            rk_verifier_put(&rk_book_log(b, i)->key[k], &text);
            rk_buf_byte(&text, '\n');
        }
    return print(&text);
}

static int run_log(const char *dir, const char *add, const char *remove, rk_err *err) {
    rk_book *b;
    rk_status s = rk_book_open(dir, add || remove, &b, err);
    if (s == RK_OK && add) s = rk_book_add(b, rk_slice_str(add), err);
    if (s == RK_OK && remove) s = rk_book_remove(b, rk_slice_str(remove), err);
    int code = s != RK_OK ? failed(err) : add || remove ? DONE : list_logs(b);
    rk_book_free(&b);
    return code;
}

/* What this witness says of itself, signed by a key of its own: the cosigning key signs
 * checkpoints and nothing else. */
static rk_status describe(const char *dir, const char *key, rk_self_signed *self, rk_err *err) {
    static const char *const option[] = {"command=witness"};
    const rk_self_build build = {RK_VERSION, rk_build_source, {NULL, 0}};
    rk_buf b;
    char full[PATH_MAX];
    rk_buf_init(&b, KEY_FILE_MAX + 1);
    rk_status s = rk_file_read_private(key, KEY_FILE_MAX, &b, err);
    rk_slice text = rk_buf_slice(&b);
    if (rk_slice_ends(text, RK_LIT("\n"))) text.len--;
    if (s == RK_OK) s = rk_signer_parse(text, &self->key, err);
    if (b.len) rk_ed25519_wipe(b.ptr, b.len);
    rk_buf_free(&b);
    if (s != RK_OK) return s;
    rk_node *n = self->node = rk_node_new();
    n->id = rk_node_keep(n, rk_verifier_name(&self->key.verifier));
    n->role = RK_LIT("witness");
    n->options = rk_node_options_print(option, 1);
    rk_slice path = rk_slice_str(realpath(dir, full) ? full : dir);
    rk_node_store store = {.kind = RK_TARGET_STORE, .path = rk_node_path_print(path)};
    RK_TRY(rk_node_add_store(n, &store, err));
    RK_TRY(rk_self_program(n, &build, err));
    return rk_self_signed_begin(self, err);
}

static int run_serve(const char *dir, const char *listen, const char *key, rk_err *err) {
    rk_book *b;
    rk_self_signed self = {.node = NULL};
    rk_status s = rk_book_open(dir, true, &b, err);
    if (s == RK_OK && key) s = describe(dir, key, &self, err);
    if (s == RK_OK && rk_book_logs(b) == 0)
        (void)fprintf(stderr, "rekap-witness: %s watches no log yet: see log --add\n", dir);
    if (s == RK_OK) s = rk_witness_serve(b, listen ? listen : "127.0.0.1:8090", &self, err);
    rk_self_signed_end(&self);
    bool stopped = b && rk_book_stopped(b);
    rk_book_free(&b);
    return s == RK_OK ? stopped ? FAILED : DONE : failed(err);
}

static int run_show(const char *dir, rk_err *err) {
    rk_book *b;
    rk_buf page;
    if (rk_book_open(dir, false, &b, err) != RK_OK) return failed(err);
    rk_buf_init(&page, RK_WITNESS_LOGS_MAX * (RK_NOTE_MAX + (8u << 10)));
    rk_witness_page(b, &page);
    rk_book_free(&b);
    return print(&page);
}

struct options {
    const char *name, *add, *remove, *listen, *node;
};

/* false: said what is wrong. */
static bool parse(int argc, char **argv, struct options *o) {
    static const struct option known[] = {
        {"name", required_argument, NULL, 'n'},   {"add", required_argument, NULL, 'a'},
        {"remove", required_argument, NULL, 'r'}, {"listen", required_argument, NULL, 'l'},
        {"simpul", required_argument, NULL, 's'}, {0}};
    for (int c; (c = getopt_long(argc, argv, "", known, NULL)) != -1;) {
        if (c == 'n')
            o->name = optarg;
        else if (c == 'a')
            o->add = optarg;
        else if (c == 'r')
            o->remove = optarg;
        else if (c == 'l')
            o->listen = optarg;
        else if (c == 's')
            o->node = optarg;
        else
            return false;
    }
    return true;
}

static bool is(const char *a, const char *b) { return strcmp(a, b) == 0; }

/* An option that the verb has no use for is a mistake, not noise. */
static bool fits(const char *verb, const struct options *o) {
    return (!o->name || is(verb, "init")) && (!o->listen || is(verb, "serve")) &&
           (!o->node || is(verb, "serve")) && ((!o->add && !o->remove) || is(verb, "log")) &&
           !(o->add && o->remove);
}

static int run(const char *verb, const char *dir, const struct options *o) {
    rk_err err = RK_ERR_INIT;
    if (is(verb, "init")) return run_init(dir, o->name, &err);
    if (is(verb, "log")) return run_log(dir, o->add, o->remove, &err);
    if (is(verb, "serve")) return run_serve(dir, o->listen, o->node, &err);
    if (is(verb, "show")) return run_show(dir, &err);
    return usage("the commands are init, log, serve, show");
}

int main(int argc, char **argv) {
    struct options o = {0};
    for (int i = 1; i < argc; i++) {
        if (is(argv[i], "--help") || is(argv[i], "-h"))
            return fputs(OVERVIEW, stdout) < 0 ? FAILED : DONE;
        if (is(argv[i], "--version"))
            return printf("rekap-witness %s (source %s)\n", RK_VERSION, rk_build_source) < 0;
    }
    if (!parse(argc, argv, &o)) return usage("wrong option");
    if (argc - optind != 2) return usage("give a command and a directory");
    if (!fits(argv[optind], &o)) return usage("an option that this command does not take");
    return run(argv[optind], argv[optind + 1], &o);
}

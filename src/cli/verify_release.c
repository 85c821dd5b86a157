/* rekap verify-release: a release checked on a machine that knows nothing of who made it. The
 * checking itself is rekap-verify's (src/verify), which shares only base and core with the
 * program that made it; what is added here is the release's own entry in the log. */
#include "cli/cli.h"
#include "cli/line.h"
#include "cli/trust.h"
#include "base/mem.h"
#include "core/entry.h"
#include "core/manifest.h"
#include "core/note.h"
#include "core/tile.h"
#include "core/treecheck.h"
#include "files/files.h"
#include "store/bundle.h"
#include "verify/run.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

struct job {
    const char *log;
    bool json, quiet;
    uint64_t lines;
    char log_dir[PATH_MAX];
    cli_trust trust;
};

/* ===== lines ===== */

static void line(void *ctx, const rk_line *l) {
    struct job *j = ctx;
    if (j->json) {
        cli_line_json(l, j->lines++ == 0);
        return;
    }
    if (!j->quiet || (l->result != RK_CHECKED && l->result != RK_REMARK)) cli_line_plain(l);
}

/* ===== the release's entry ===== */

static bool entry_is(rk_slice entry, uint64_t size, const rk_sha256 *manifest) {
    enum rk_entry_kind kind;
    rk_publication_entry p;
    return rk_entry_kind_of(entry, &kind, NULL) == RK_OK && kind == RK_ENTRY_PUBLICATION &&
           rk_entry_get_publication(entry, &p, NULL) == RK_OK &&
           p.type == RK_PUBLISHED_RELEASE && p.size == size &&
           memcmp(&p.manifest, manifest, sizeof *manifest) == 0;
}

/* Searches the bundle's entries; *found = index + 1. */
static rk_status in_bundle(rk_source *log, rk_tile t, const rk_manifest_note *m,
                           uint64_t *found, rk_err *err) {
    char path[RK_TILE_PATH_MAX + 1];
    rk_buf b;
    rk_slice *entry = rk_calloc(RK_TILE_WIDTH, sizeof *entry);
    rk_buf_init(&b, RK_TILE_WIDTH * (RK_ENTRY_MAX + 2u));
    char *end = rk_tile_path_put(path, t);
    *end = 0;
    rk_slice name = {path, (size_t)(end - path)};
    rk_status s = rk_source_get(log, name, b.max, &b, err);
    if (s == RK_OK && !rk_bundle_cut(rk_buf_slice(&b), t.width, entry))
        s = rk_fail(err, RK_CORRUPT, "%s is no bundle of entries", path);
    for (size_t i = 0; s == RK_OK && i < t.width && !*found; i++)
        if (entry_is(entry[i], m->size, &m->index)) *found = t.index * RK_TILE_WIDTH + i + 1;
    rk_free(entry);
    rk_buf_free(&b);
    return s;
}

static rk_status log_size(rk_source *log, uint64_t *size, rk_err *err) {
    rk_buf b;
    rk_note note;
    rk_checkpoint cp;
    rk_buf_init(&b, RK_NOTE_MAX);
    rk_status s = rk_source_get(log, RK_LIT("checkpoint"), RK_NOTE_MAX, &b, err);
    if (s == RK_OK) s = rk_note_parse(rk_buf_slice(&b), &note, err);
    if (s == RK_OK) s = rk_checkpoint_parse(note.text, &cp, err);
    if (s == RK_OK) *size = cp.size;
    rk_buf_free(&b);
    return s;
}

static rk_status membership(rk_source *log, const rk_manifest_note *m, uint64_t *found,
                            rk_err *err) {
    uint64_t size = 0;
    *found = 0;
    RK_TRY(log_size(log, &size, err));
    for (uint64_t i = m->size / RK_TILE_WIDTH; i * RK_TILE_WIDTH < size && !*found; i++) {
        uint64_t left = size - i * RK_TILE_WIDTH;
        rk_tile t = {.entries = true,
                     .index = i,
                     .width = (uint16_t)(left < RK_TILE_WIDTH ? left : RK_TILE_WIDTH)};
        RK_TRY(in_bundle(log, t, m, found, err));
    }
    return RK_OK;
}

static void say_entry(rk_source *rel, rk_source *log, rk_report *r) {
    rk_buf b;
    rk_note note;
    rk_manifest_note m;
    rk_err err = RK_ERR_INIT;
    uint64_t found = 0;
    rk_buf_init(&b, RK_NOTE_MAX);
    rk_status s = rk_source_get(rel, RK_LIT("manifest/note"), RK_NOTE_MAX, &b, &err);
    if (s == RK_OK) s = rk_note_parse(rk_buf_slice(&b), &note, &err);
    if (s == RK_OK) s = rk_manifest_parse(note.text, &m, &err);
    if (s == RK_OK) s = membership(log, &m, &found, &err);
    if (s != RK_OK)
        rk_say(r, s == RK_IO ? RK_UNCHECKED : RK_WRONG, "release", "manifest/note",
               "take the release and the log again, or from a mirror", "%s", err.text);
    else if (!found)
        rk_say(r, RK_WRONG, "release", "manifest/note",
               "take the newest log; if it has none there either, this release was never "
               "announced: do not rely on it",
               "no entry of the log names this release of %llu entries",
               (unsigned long long)m.size);
    else
        rk_say(r, RK_CHECKED, "release", "manifest/note", NULL,
               "entry %llu of the log names this release of %llu entries",
               (unsigned long long)(found - 1), (unsigned long long)m.size);
    rk_buf_free(&b);
}

/* ===== the command ===== */

/* The log: as given, else log/ beside the release. */
static const char *find_log(struct job *j, const char *release) {
    if (j->log) return j->log;
    char real[PATH_MAX];
    bool remote = strstr(release, "://") != NULL;
    size_t n_name = strlen(release);
    if (remote && n_name < sizeof real) { /* OUT/rilis-SIZE: the log is OUT/log */
        while (n_name && release[n_name - 1] == '/') n_name--;
        memcpy(real, release, n_name);
        real[n_name] = 0;
    } else if (remote || !realpath(release, real)) {
        return NULL;
    }
    char *slash = strrchr(real, '/');
    if (slash) *slash = 0;
    int n = snprintf(j->log_dir, sizeof j->log_dir, "%s/log", real);
    if (n < 0 || n >= PATH_MAX) return NULL;
    if (remote) return j->log_dir;
    char note[PATH_MAX];
    n = snprintf(note, sizeof note, "%s/checkpoint", j->log_dir);
    return n > 0 && n < PATH_MAX && rk_file_there(note) ? j->log_dir : NULL;
}

static int check(struct job *j, const char *release, rk_err *err) {
    rk_source *source[2] = {NULL, NULL}, *again = NULL;
    size_t n = 0;
    rk_report r = {.line = line, .ctx = j};
    const char *log = find_log(j, release);
    rk_verify_options o = {.policy = j->trust.read,
                           .key = j->trust.key ? &j->trust.verifier : NULL,
                           .no_state = true,
                           .jobs = 2};
    rk_status s = log ? rk_source_open(log, &source[n++], err) : RK_OK;
    if (s == RK_OK) s = rk_source_open(release, &source[n++], err);
    if (s == RK_OK && log) s = rk_source_open(log, &again, err);
    int code = CLI_FAILED;
    if (s == RK_OK) {
        if (j->json) printf("{\"lines\":[");
        rk_verify(&o, source, n, &r);
        if (log) say_entry(source[1], again, &r);
        if (!log)
            rk_say(&r, RK_UNCHECKED, "release", release,
                   "name the log's directory or address with --log",
                   "no log is given: neither its entry nor the recount was checked");
        code = rk_report_code(&r);
        if (j->json) printf("\n],\"code\":%d}\n", code);
    }
    for (size_t i = 0; i < 2; i++) rk_source_close(&source[i]);
    rk_source_close(&again);
    return s == RK_OK ? code : cli_failed(NULL, err);
}

static int run_verify_release(int argc, char **argv) {
    struct job j = {0};
    rk_err err = RK_ERR_INIT;
    const cli_option o[] = {
        {"policy", &j.trust.policy, NULL}, {"key", &j.trust.key, NULL}, {"log", &j.log, NULL},
        {"json", NULL, &j.json},           {"quiet", NULL, &j.quiet},   {0}};
    if (!cli_parse(&cli_verify_release, &argc, argv, o)) return CLI_USAGE;
    if (argc != 1) return cli_usage(&cli_verify_release, "give one release");
    if (j.trust.policy && j.trust.key)
        return cli_usage(&cli_verify_release, "--policy and --key do not go together");
    if (cli_trust_read(&j.trust, &err) != RK_OK)
        return cli_failed(cli_trust_what(&j.trust), &err);
    int code = check(&j, argv[0], &err);
    cli_trust_free(&j.trust);
    return code;
}

const cli_verb cli_verify_release = {
    "verify-release", "check a release on any machine",
    "usage: rekap verify-release RELEASE [--log LOG] [--policy FILE | --key KEY] [--json] "
    "[--quiet]\n\n"
    "Checks a release (OUT/rilis-SIZE, OUT/terbaru, or its address) and the log beside it: "
    "the\n"
    "signatures of checkpoint and manifest, the hash of every file, every entry of the log, "
    "that "
    "an\n"
    "entry names this release; counts everything again and compares every figure of every "
    "CSV.\n\n"
    "  --log LOG      the log's directory or address (default: log/ beside the release)\n"
    "  --policy FILE  whom to believe: the log's key and the witnesses\n"
    "  --key KEY      the log's key, when there is no policy; without either the log's own "
    "word "
    "is\n"
    "                 taken, and said so\n"
    "  --json         one JSON document in place of lines\n"
    "  --quiet        only what is wrong or could not be checked\n\n"
    "Exit codes: 0 all right, 1 something is wrong, 3 something could not be checked.\n",
    run_verify_release};

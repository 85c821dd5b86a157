/* rekap release: the raw files of a count, once or every day. */
#include "publish/release.h"
#include "cli/cli.h"
#include "cli/daily.h"
#include "cli/logpart.h"
#include "core/entry.h"
#include "files/files.h"
#include "intake/cosigned.h"
#include "intake/guard.h"

#include <limits.h>
#include <stdio.h>
#include <unistd.h>

struct job {
    const char *dir, *out;
    bool plain, quiet, photos;
    rk_progress progress;
    rk_buf seen;
};

static void show(void *ctx, uint64_t files) {
    rk_progress_at(&((struct job *)ctx)->progress, files);
}

/* ===== what the log says of releases ===== */

struct since {
    const rk_sha256 *manifest;
    uint64_t size, found; /* found: index + 1 */
    uint64_t other;       /* entries that are no release's */
};

static rk_status look(void *ctx, uint64_t first, const rk_slice *entry, size_t n, rk_err *err) {
    struct since *s = ctx;
    (void)err;
    for (size_t i = 0; i < n; i++) {
        enum rk_entry_kind kind;
        rk_publication_entry p;
        if (rk_entry_kind_of(entry[i], &kind, NULL) != RK_OK || kind != RK_ENTRY_PUBLICATION ||
            rk_entry_get_publication(entry[i], &p, NULL) != RK_OK ||
            p.type != RK_PUBLISHED_RELEASE)
            s->other++;
        else if (p.size == s->size && memcmp(&p.manifest, s->manifest, 32) == 0)
            s->found = first + i + 1;
    }
    return RK_OK;
}

/* The release's own entry, made if a run was cut short before it; then what is said outside. */
static rk_status note(rk_dir *d, rk_release *r, uint64_t found, rk_err *err) {
    char name[RK_RELEASE_NAME_MAX];
    if (r->noted) return RK_OK; /* only the rest is lacking */
    rk_release_name(r->size, name);
    r->entry = found ? found - 1 : 0;
    if (!found)
        RK_TRY(rk_dir_published(d, RK_PUBLISHED_RELEASE, rk_slice_str(name),
                                RK_LIT("rilis data mentah"), r->size, &r->manifest, &r->entry,
                                err));
    r->time = rk_now();
    r->noted = true;
    return RK_OK;
}

static rk_status publish_log(rk_dir *d, struct job *j, rk_err *err) {
    cli_log_part x = {0};
    rk_status s = cli_log_part_open(d, &x, err);
    if (s == RK_OK) s = rk_release_log(d->election, j->out, &x.log, &j->seen, err);
    cli_log_part_free(&x);
    return s;
}

static rk_status announce(rk_dir *d, struct job *j, rk_release *r, uint64_t found,
                          rk_err *err) {
    RK_TRY(note(d, r, found, err));
    RK_TRY(publish_log(d, j, err));
    rk_release_of of = {d->election->id, d->election->name};
    return rk_release_announce(&of, j->out, r, err);
}

/* ===== one release ===== */

static rk_status cut(rk_dir *d, struct job *j, const cli_log_part *x, rk_err *err) {
    rk_release_report r = {0};
    rk_release rel;
    rk_release_options o = {.log = &x->log, .plain = j->plain, .progress = show, .ctx = j};
    rk_progress_start(&j->progress, "release", 0, j->quiet);
    RK_TRY(rk_release_cut(d->election, j->out, &o, &r, err));
    rk_progress_end(&j->progress, r.files);
    RK_TRY(rk_release_latest(j->out, UINT64_MAX, &rel, err));
    RK_TRY(announce(d, j, &rel, 0, err));
    printf("%s/rilis-%llu: %llu files, %llu of them those of the release before, %llu bytes "
           "written, %llu stations differ; entry %llu\n",
           j->out, (unsigned long long)rel.size, (unsigned long long)r.files,
           (unsigned long long)r.linked, (unsigned long long)r.bytes,
           (unsigned long long)r.changed, (unsigned long long)rel.entry);
    return RK_OK;
}

static rk_status release(rk_dir *d, struct job *j, const cli_log_part *x, rk_err *err) {
    rk_release last;
    if (rk_release_latest(j->out, UINT64_MAX, &last, NULL) != RK_OK) return cut(d, j, x, err);
    if (last.size > x->head.size)
        return rk_fail(err, RK_CONFLICT,
                       "%s has a release of %llu entries, the log has %llu: the store was "
                       "replaced by an older copy (docs/runbook/log.md)",
                       j->out, (unsigned long long)last.size, (unsigned long long)x->head.size);
    struct since s = {.manifest = &last.manifest, .size = last.size};
    RK_TRY(rk_store_read(d->store, last.size, x->head.size, look, &s, err));
    if (s.other) {
        if (!last.said) RK_TRY(announce(d, j, &last, s.found, err));
        return cut(d, j, x, err);
    }
    if (!last.said)
        RK_TRY(announce(d, j, &last, s.found, err));
    else
        RK_TRY(publish_log(d, j, err));
    printf("%s: nothing new in the log since rilis-%llu\n", j->out,
           (unsigned long long)last.size);
    return RK_OK;
}

static rk_status in_log(rk_dir *d, struct job *j, rk_err *err) {
    cli_log_part x = {0};
    rk_err why = RK_ERR_INIT;
    rk_status s = cli_log_part_open(d, &x, err);
    if (s == RK_OK && !x.has)
        s = rk_fail(err, RK_CONFLICT,
                    "%s: its log is not signed: make it anew with this version", j->dir);
    const char *text = s == RK_OK ? cli_log_part_signer(d, &x, &why) : NULL;
    if (text) s = rk_fail(err, RK_CONFLICT, "a release cannot be signed: %s", text);
    uint64_t from;
    if (s == RK_OK)
        s = rk_publish_log_check(&x.log, d->election->id, j->out, &from, &j->seen, err);
    if (s == RK_OK) {
        cli_log_part_quorum(d, &x);
        rk_election_settle(d->election);
        if (j->photos) s = cli_publish_photos(d, j->out, err);
    }
    if (s == RK_OK) s = release(d, j, &x, err);
    cli_log_part_free(&x);
    return s;
}

static rk_status once(struct job *j, rk_err *err) {
    rk_dir d;
    char lock[PATH_MAX];
    int fd;
    RK_TRY(rk_guard_start(j->dir, NULL, err));
    RK_TRY(rk_guard_out(NULL, j->out, false, err));
    RK_TRY(rk_dir_make(j->out, err));
    snprintf(lock, sizeof lock, "%s/.rilis.lock", j->out);
    RK_TRY(rk_lock_take(lock, &fd, err));
    rk_status s = rk_dir_open(j->dir, RK_STORE_WRITE, UINT64_MAX, &d, err);
    if (s == RK_OK) {
        rk_buf_init(&j->seen, RK_NOTE_MAX);
        s = in_log(&d, j, err);
        if (s == RK_CONFLICT && j->seen.len)
            (void)rk_seen_note(d.path, &d.election->keys, rk_buf_slice(&j->seen), NULL);
        rk_buf_free(&j->seen);
        rk_dir_close(&d);
    }
    (void)close(fd);
    return s;
}

static rk_status once_more(void *ctx, rk_err *err) { return once(ctx, err); }

static int run_release(int argc, char **argv) {
    struct job j = {0};
    const char *at = NULL;
    uint32_t clock = 0;
    rk_err err = RK_ERR_INIT;
    const cli_option o[] = {{"daily", &at, NULL},
                            {"tanpa-kompres", NULL, &j.plain},
                            {"foto", NULL, &j.photos},
                            {"quiet", NULL, &j.quiet},
                            {0}};
    if (!cli_parse(&cli_release, &argc, argv, o)) return CLI_USAGE;
    if (at && !cli_daily_clock(at, &clock))
        return cli_usage(&cli_release, "--daily is a time HH:MM, not '%s'", at);
    if (at) cli_daily_zone(&argc, argv);
    if (argc != 2)
        return cli_usage(&cli_release,
                         "give an election directory and a directory for releases "
                         "(the time of --daily is in Asia/Jakarta only)");
    j.dir = argv[0], j.out = argv[1];
    if (at) {
        char what[PATH_MAX + 20];
        snprintf(what, sizeof what, "%s: next release", j.out);
        cli_daily(clock, what, once_more, &j);
    }
    return once(&j, &err) == RK_OK ? CLI_OK : cli_failed(NULL, &err);
}

const cli_verb cli_release = {
    "release", "cut an immutable release of the raw files",
    "usage: rekap release DIR OUT [--daily HH:MM [Asia/Jakarta]] [--tanpa-kompres] "
    "[--foto] [--quiet]\n\n"
    "Writes OUT/rilis-SIZE/, the count as it stands at SIZE log entries: per contest every TPS "
    "with\n"
    "all figures as written, state, findings and entry (tps.csv), recaps of every level, "
    "findings,\n"
    "the comparison, what changed since the release before (perubahan.csv); regions, keys, "
    "the\n"
    "checkpoint, datapackage.json, and a signed manifest; .zst and .gz beside each table. "
    "Files "
    "that\n"
    "did not change are hard links to those of the release before. Then notes it in the log, "
    "and\n"
    "brings OUT/terbaru, OUT/terbaru.json (to poll), OUT/feed.xml, OUT/index.html and OUT/log/ "
    "up "
    "to\n"
    "date. Nothing new in the log: no release. A run cut short is simply done again.\n\n"
    "  --daily HH:MM    stay and do so every day at that time, WIB (deploy/ has systemd files "
    "for\n"
    "                   a timer in place of this)\n"
    "  --tanpa-kompres  no .zst and .gz\n"
    "  --foto           also the public copies of photos, OUT/foto/SHA-256.jpg, for all "
    "releases:\n"
    "                   hard links where that is possible\n"
    "  --quiet          no progress\n\n"
    "'rekap verify-release OUT/terbaru' checks one on any machine.\n",
    run_release};

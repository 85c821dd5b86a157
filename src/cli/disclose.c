#include "publish/disclose.h"

#include "base/num.h"
#include "cli/build.h"
#include "cli/cli.h"
#include "files/files.h"
#include "intake/collected.h"
#include "intake/guard.h"
#include "intake/inventory.h"

#include <stdio.h>
#include <sys/stat.h>

typedef struct options {
    const char *alias, *since, *today, *into;
    const char *observed, *keys, *age, *build, *version;
    bool restricted, diff, schema, without;
} options;

/* The date in WIB, where the law's days are counted. */
static rk_status day_of(const char *given, rk_day *out, rk_err *err) {
    *out = (rk_day)(((int64_t)rk_now() + 7 * 3600) / 86400);
    if (!given || rk_day_parse(rk_slice_str(given), out)) return RK_OK;
    return rk_fail(err, RK_BAD_INPUT, "--hari-ini %.40s is no date YYYY-MM-DD", given);
}

/* Descriptions are judged as of now, or of the end of the day that was given. */
static uint32_t moment(const options *o, rk_day today) {
    return o->today ? (uint32_t)((int64_t)(today + 1) * 86400 - 7 * 3600 - 1) : rk_now();
}

static rk_status observation_of(const options *o, rk_day today, rk_collected *c,
                                rk_observation *out, rk_err *err) {
    uint64_t hours = 24;
    RK_TRY(rk_collected_read(o->observed, c, err));
    const char *log = o->keys ? o->keys : o->into;
    if (log) RK_TRY(rk_collected_keys(c, log, err));
    if (o->age && !rk_num_parse(rk_slice_str(o->age), 24 * 366, &hours))
        return rk_fail(err, RK_BAD_INPUT, "--usia %.40s is no number of hours up to %u", o->age,
                       24 * 366);
    *out = (rk_observation){.name = c->name_slice,
                            .bytes = c->byte_slice,
                            .n = c->n,
                            .log_key = c->key,
                            .n_log_key = c->n_key,
                            .now = moment(o, today),
                            .max_age_s = (uint32_t)hours * 3600,
                            .build = rk_slice_str(o->build),
                            .version = rk_slice_str(o->version)};
    return RK_OK;
}

/* Reads, sieves, and lets go of the inventory: from here on there is nothing left to leak.
 * observe: lays what was collected beside it. */
static rk_status view_of(const char *dir, rk_day today, const options *o, bool observe,
                         rk_disclosure **out, rk_err *err) {
    rk_infra *i;
    rk_collected c = {.n = 0};
    rk_observation seen;
    RK_TRY(rk_inventory_read(dir, &i, err));
    *out = rk_disclosure_new(i, today, rk_slice_str(o->restricted ? o->alias : NULL));
    rk_status s = observe ? observation_of(o, today, &c, &seen, err) : RK_OK;
    if (observe && s == RK_OK) rk_disclosure_observe(*out, i, &seen);
    rk_collected_free(&c);
    rk_infra_free(&i);
    return s;
}

static void show_warnings(const rk_disclosure *d) {
    for (uint32_t i = 0; i < d->n_warning; i++)
        fprintf(stderr, "rekap disclose: WARNING: %s\n", d->warning[i]);
}

/* ===== differences ===== */

static void print_change(const rk_infra_change *x) {
    static const char sign[] = "+-~";
    printf("%c %s %.*s", sign[x->what], rk_infra_table_of(x->kind)->section, RK_FMT(x->id));
    if (x->field) printf(" %s", x->field->name);
    printf(": %.*s%s%.*s\n", RK_FMT(x->before), x->before.len && x->after.len ? " -> " : "",
           RK_FMT(x->after));
}

static int run_diff(char **argv, rk_day today) {
    rk_disclosure *a = NULL, *b = NULL;
    rk_infra_changes c;
    rk_err err = RK_ERR_INIT;
    const options none = {0};
    rk_status s = view_of(argv[0], today, &none, false, &a, &err);
    if (s == RK_OK) s = view_of(argv[1], today, &none, false, &b, &err);
    if (s == RK_OK) {
        rk_disclosure_diff(a, b, &c);
        printf("%.*s -> %.*s: %u\n", RK_FMT(c.before), RK_FMT(c.after), c.n);
        for (uint32_t i = 0; i < c.n; i++) print_change(&c.change[i]);
        rk_infra_changes_free(&c);
    }
    rk_disclosure_free(&a);
    rk_disclosure_free(&b);
    return s == RK_OK ? CLI_OK : cli_failed(NULL, &err);
}

/* ===== the report ===== */

/* The entry names SHA256SUMS, which names every file: changing one byte of a report that was
 * published is then seen by whoever holds the log. */
static rk_status note_in_log(const char *dir, const rk_disclosure *d, const rk_sha256 *sums,
                             rk_err *err) {
    rk_dir log;
    uint64_t index = 0;
    RK_TRY(rk_dir_open(dir, RK_STORE_WRITE, UINT64_MAX, &log, err));
    rk_status s = rk_dir_published(&log, RK_PUBLISHED_DISCLOSURE, d->version,
                                   RK_LIT("keterbukaan infrastruktur"), log.election->size,
                                   sums, &index, err);
    rk_dir_close(&log);
    if (s == RK_OK) printf("%s: entry %llu\n", dir, (unsigned long long)index);
    return s;
}

static rk_status write_report(const rk_disclosure *d, const rk_disclose_extra *extra,
                              const options *o, const char *out, rk_err *err) {
    rk_report r = {0};
    rk_sha256 hash;
    char hex[65] = {0};
    rk_status s = rk_disclose_render(d, extra, &r, err);
    if (s == RK_OK) {
        rk_report_sums(&r, &hash);
        rk_sha256_put(hex, &hash);
        if (d->restricted && mkdir(out, 0700) == 0) (void)chmod(out, 0700);
        s = rk_report_write(&r, out, err);
    }
    if (s == RK_OK)
        printf(
            "%s: %u files, SHA256SUMS %s\n%u values open, %u exempt, %u by ruling 002, %u kept "
            "back by the guard, %u warnings\n",
            out, r.n, hex, d->n_open, d->n_exempt, d->n_order, d->n_guard, d->n_warning);
    if (s == RK_OK && d->observed)
        printf("%u descriptions of nodes: %u findings\n", d->observed->files,
               d->observed->n_problem + d->observed->hidden_problems);
    if (s == RK_OK && o->into) s = note_in_log(o->into, d, &hash, err);
    rk_report_free(&r);
    return s;
}

static int run_report(char **argv, const options *o, rk_day today) {
    rk_disclosure *d = NULL, *before = NULL;
    rk_infra_changes c = {0};
    rk_err err = RK_ERR_INIT;
    rk_disclose_extra extra = {.without_diagrams = o->without, .sbom = cli_build().sbom};
    rk_status s = view_of(argv[0], today, o, o->observed != NULL, &d, &err);
    if (s == RK_OK && o->since) s = view_of(o->since, today, o, false, &before, &err);
    if (s == RK_OK) {
        show_warnings(d);
        if (before) {
            rk_disclosure_diff(before, d, &c);
            extra.changes = &c;
        }
        s = write_report(d, &extra, o, argv[1], &err);
    }
    rk_infra_changes_free(&c);
    rk_disclosure_free(&before);
    rk_disclosure_free(&d);
    return s == RK_OK ? CLI_OK : cli_failed(NULL, &err);
}

static int print_schema(void) {
    rk_buf b;
    rk_err err = RK_ERR_INIT;
    rk_sink out = cli_stdout();
    rk_buf_init(&b, 1 << 20);
    rk_infra_schema(&b);
    rk_status s = rk_sink_write(&out, rk_buf_slice(&b), &err);
    rk_buf_free(&b);
    return s == RK_OK ? CLI_OK : cli_failed(NULL, &err);
}

static int run_disclose(int argc, char **argv) {
    options o = {0};
    rk_day today;
    rk_err err = RK_ERR_INIT;
    const cli_option opt[] = {{"restricted", NULL, &o.restricted},
                              {"for", &o.alias, NULL},
                              {"since", &o.since, NULL},
                              {"diff", NULL, &o.diff},
                              {"hari-ini", &o.today, NULL},
                              {"into", &o.into, NULL},
                              {"tanpa-diagram", NULL, &o.without},
                              {"schema", NULL, &o.schema},
                              {"observed", &o.observed, NULL},
                              {"kunci-dari", &o.keys, NULL},
                              {"usia", &o.age, NULL},
                              {"build", &o.build, NULL},
                              {"versi", &o.version, NULL},
                              {0}};
    if (!cli_parse(&cli_disclose, &argc, argv, opt)) return CLI_USAGE;
    if (o.schema) return print_schema();
    if (argc != 2)
        return cli_usage(&cli_disclose, o.diff
                                            ? "give two inventories, the older one first"
                                            : "give an inventory and a directory to write to");
    if (o.restricted != (o.alias != NULL) || (o.alias && !*o.alias))
        return cli_usage(&cli_disclose, "--restricted and --for ALIAS go together: every page "
                                        "says for whom it was made");
    if (o.restricted && o.into)
        return cli_usage(&cli_disclose,
                         "--into notes public reports; a restricted one is none");
    if (!o.observed && (o.keys || o.age || o.build || o.version))
        return cli_usage(&cli_disclose,
                         "--kunci-dari, --usia, --build and --versi go with --observed");
    if (day_of(o.today, &today, &err) != RK_OK) return cli_failed(NULL, &err);
    /* before the report, not after it: a refused start leaves nothing */
    if (o.into && rk_guard_start(o.into, NULL, &err) != RK_OK) return cli_failed(NULL, &err);
    if (!o.diff && rk_guard_out(o.into ? NULL : argv[0], argv[1], o.restricted, &err) != RK_OK)
        return cli_failed(NULL, &err);
    return o.diff ? run_diff(argv, today) : run_report(argv, &o, today);
}

const cli_verb cli_disclose = {
    "disclose", "publish the inventory of infrastructure, less what is exempt",
    "usage: rekap disclose DIR OUT [--since OLD] [--into ELECTION] [--hari-ini DATE]\n"
    "                      [--restricted --for ALIAS] [--tanpa-diagram]\n"
    "                      [--observed PATH [--kunci-dari ELECTION] [--usia HOURS]\n"
    "                       [--build HASH] [--versi V]]\n"
    "       rekap disclose --diff OLD NEW\n"
    "       rekap disclose --schema\n\n"
    "Writes the public report of an inventory (infra/*.json, docs/format/infra.md) to OUT: "
    "HTML,\n"
    "PDF, diagrams (SVG), JSON and CSV, with SHA256SUMS. Exempt values, IP addresses and "
    "exact\n"
    "places are in none of them; each exemption stands there with legal basis, consequence "
    "test\n"
    "and expiry. What is classed open but looks like an address is kept back, with a "
    "warning.\n\n"
    "  --since OLD       also show what changed since that inventory\n"
    "  --into ELECTION   note the report's hash in that election's log (an entry "
    "'publication')\n"
    "  --diff            only print the differences (from what both versions show)\n"
    "  --restricted      the full report for an auditor, watermarked on every page\n"
    "  --for ALIAS       for whom the restricted report is made\n"
    "  --observed PATH   lay beside it what nodes say of themselves: a description or a "
    "directory\n"
    "                    of *.simpul (rekap node); undeclared, missing and differing are "
    "named\n"
    "  --kunci-dari ELECTION  also believe the keys of role simpul of this log (default: that "
    "of\n"
    "                    --into)\n"
    "  --usia HOURS      a description older than this is too old (default 24)\n"
    "  --build HASH      SHA-256 of the released executable, for nodes whose record has none\n"
    "  --versi V         the released version, likewise\n"
    "  --hari-ini DATE   the day at which exemptions expire (default: today, WIB)\n"
    "  --tanpa-diagram   without diagrams (they need Graphviz's dot)\n"
    "  --schema          print the JSON schema of an inventory\n",
    run_disclose};

/* The register is REG/register.jsonl; a new line is written only after the whole register with
 * it has been read back without an error. Who asks is kept in a directory of its own, one file
 * an alias that its owner alone can read; nothing of it is ever rendered. */
#include "publish/ppid.h"
#include "publish/standing.h"

#include "cli/cli.h"
#include "core/subscription.h"
#include "files/files.h"
#include "files/list.h"
#include "intake/guard.h"

#include <stdio.h>
#include <stdlib.h>

typedef struct options {
    const char *date, *today, *calendar, *people, *name, *contact, *alias, *what, *kind, *klass,
        *letter, *reason, *outcome, *link, *file, *step, *source, *standing, *releases, *days,
        *to, *every, *disclosure, *base;
} options;

typedef struct state {
    const char *reg;
    char path[4096];
    rk_calendar calendar;
    rk_day today, at;
} state;

#define GIVEN(s) rk_slice_str((s) ? (s) : "")

/* ===== reading and writing ===== */

static rk_status load_calendar(const char *paths, rk_calendar *c, rk_err *err) {
    rk_slice rest = rk_slice_str(paths), one;
    while (rest.len && rk_slice_cut(&rest, ',', &one)) {
        char path[4096];
        rk_file f;
        if (one.len == 0 || one.len >= sizeof path) continue;
        memcpy(path, one.ptr, one.len);
        path[one.len] = 0;
        RK_TRY(rk_file_read_raw(path, RK_CALENDAR_BYTES_MAX, &f, err));
        rk_status s = rk_calendar_add(c, f.bytes, err);
        rk_file_free(&f);
        RK_TRY(s);
    }
    return RK_OK;
}

static rk_status day_option(const char *given, const char *name, rk_day fallback, rk_day *out,
                            rk_err *err) {
    *out = fallback;
    if (!given || rk_day_parse(rk_slice_str(given), out)) return RK_OK;
    return rk_fail(err, RK_BAD_INPUT, "--%s %.40s is no date YYYY-MM-DD", name, given);
}

static rk_status prepare(state *st, const options *o, const char *reg, rk_err *err) {
    rk_day now = (rk_day)(((int64_t)rk_now() + 7 * 3600) / 86400); /* the day in WIB */
    *st = (state){.reg = reg};
    int n = snprintf(st->path, sizeof st->path, "%s/register.jsonl", reg ? reg : "");
    if (n < 0 || (size_t)n >= sizeof st->path)
        return rk_fail(err, RK_LIMIT, "the path '%.200s' is too long", reg);
    RK_TRY(day_option(o->today, "hari-ini", now, &st->today, err));
    RK_TRY(day_option(o->date, "tanggal", st->today, &st->at, err));
    if (!o->calendar)
        return rk_fail(
            err, RK_BAD_INPUT,
            "no calendar of holidays: --kalender FILE (data/kalender/*.csv), more with "
            "commas");
    return load_calendar(o->calendar, &st->calendar, err);
}

static rk_status read_register(const state *st, bool must, rk_buf *text, rk_err *err) {
    rk_file f;
    rk_err why = RK_ERR_INIT;
    rk_status s = rk_file_read_raw(st->path, RK_PPID_BYTES_MAX, &f, &why);
    if (s == RK_NOT_FOUND && !must) return RK_OK;
    if (s != RK_OK) return rk_fail(err, s, "%s", why.text);
    rk_buf_add(text, f.bytes);
    if (f.bytes.len && f.bytes.ptr[f.bytes.len - 1] != '\n') rk_buf_byte(text, '\n');
    rk_file_free(&f);
    return RK_OK;
}

/* Reads the register with the new line in it; only then is it kept. */
static rk_status append(const state *st, const rk_ppid_entry *e, rk_buf *text, rk_err *err) {
    rk_ppid *p = NULL;
    rk_ppid_put(e, text);
    RK_TRY(rk_ppid_parse(rk_buf_slice(text), &st->calendar, st->today, &p, err));
    rk_status s = rk_file_write(st->path, rk_buf_slice(text), true, err);
    uint32_t i = rk_ppid_find(p, e->no);
    if (s == RK_OK && i != RK_NONE) {
        const rk_ppid_request *q = &p->request[i];
        char due[RK_DAY_LEN + 1] = {0};
        rk_day_put(due, q->due);
        printf("%.*s: %s%s%s%s\n", RK_FMT(q->no), rk_ppid_state_text(q->state),
               due[0] ? ", tenggat / due " : "", due, q->overdue ? ", OVERDUE" : "");
        if (q->provisional)
            fprintf(
                stderr,
                "rekap ppid: WARNING: no calendar of %d is loaded: only weekends are counted "
                "there, the deadline is provisional\n",
                (int)q->provisional);
    }
    rk_ppid_free(&p);
    return s;
}

/* ===== who asks ===== */

static rk_status new_alias(const options *o, char alias[24], rk_err *err) {
    char path[4096], **names = NULL;
    uint32_t n = 0;
    rk_buf b;
    if (!o->name || !o->contact)
        return rk_fail(
            err, RK_BAD_INPUT,
            "who asks is kept privately: --pemohon-dir DIR --nama NAME --kontak TEXT, or "
            "--alias of one who is there");
    RK_TRY(rk_dir_make(o->people, err));
    RK_TRY(rk_dir_list(o->people, ".json", 1000000, &names, &n, err));
    rk_dir_list_free(&names, n);
    snprintf(alias, 24, "pemohon-%04u", n + 1);
    snprintf(path, sizeof path, "%s/%s.json", o->people, alias);
    rk_buf_init(&b, 1 << 16);
    rk_buf_lit(&b, "{\"nama\": ");
    rk_buf_json(&b, rk_slice_str(o->name));
    rk_buf_lit(&b, ", \"kontak\": ");
    rk_buf_json(&b, rk_slice_str(o->contact));
    rk_buf_lit(&b, "}\n");
    rk_status s = rk_file_create_private(path, rk_buf_slice(&b), err);
    rk_buf_free(&b);
    return s;
}

/* ===== standing answers ===== */

static rk_status standing_answer(const options *o, rk_standing_answer *out, rk_err *err) {
    rk_standing_sources from = {o->releases, o->disclosure, o->base ? o->base : ""};
    return rk_standing_find(&from, rk_slice_str(o->standing), out, err);
}

static rk_status answer_at_once(const state *st, const rk_standing_answer *found, rk_slice no,
                                rk_buf *text, rk_err *err) {
    rk_ppid_entry c = {
        .event = RK_PPID_CLASSED, .no = no, .at = st->at, .klass = RK_LIT("terbuka")};
    rk_ppid_put(&c, text);
    rk_ppid_entry a = {.event = RK_PPID_ANSWERED,
                       .no = no,
                       .at = st->at,
                       .outcome = RK_LIT("diberikan"),
                       .link = rk_slice_str(found->link),
                       .reason = rk_slice_str(found->reason)};
    return append(st, &a, text, err);
}

/* ===== the words ===== */

static rk_status receive(const state *st, const options *o, rk_slice no, rk_buf *text,
                         rk_err *err) {
    char alias[24] = {0};
    rk_standing_answer found;
    rk_ppid_entry e = {.event = RK_PPID_RECEIVED,
                       .no = no,
                       .at = st->at,
                       .what = GIVEN(o->what),
                       .kind = GIVEN(o->kind ? o->kind : "pemilu")};
    if (o->standing) RK_TRY(standing_answer(o, &found, err)); /* before anything is kept */
    if (!o->alias && !o->people)
        return rk_fail(err, RK_BAD_INPUT,
                       "say who asks: --pemohon-dir DIR --nama NAME --kontak TEXT, or --alias");
    if (!o->alias) RK_TRY(new_alias(o, alias, err));
    e.alias = o->alias ? rk_slice_str(o->alias) : rk_slice_str(alias);
    if (!o->standing) return append(st, &e, text, err);
    rk_ppid_put(&e, text);
    return answer_at_once(st, &found, no, text, err);
}

static rk_status event(const state *st, const options *o, enum rk_ppid_event k, rk_slice no,
                       rk_buf *text, rk_err *err) {
    rk_ppid_entry e = {.event = k,
                       .no = no,
                       .at = st->at,
                       .klass = GIVEN(o->klass),
                       .letter = GIVEN(o->letter),
                       .reason = GIVEN(o->reason),
                       .outcome = GIVEN(o->outcome),
                       .link = GIVEN(o->link),
                       .file = GIVEN(o->file),
                       .step = GIVEN(o->step),
                       .source = GIVEN(o->source)};
    return append(st, &e, text, err);
}

static rk_status publish(const state *st, const char *out, const rk_buf *text, rk_err *err) {
    rk_ppid *p;
    rk_report r = {0};
    rk_sha256 sums;
    rk_status s = rk_ppid_parse(rk_buf_slice(text), &st->calendar, st->today, &p, err);
    if (s != RK_OK) return s;
    rk_ppid_render(p, &st->calendar, st->today, &r);
    rk_report_sums(&r, &sums);
    s = rk_report_write(&r, out, err);
    uint32_t overdue = 0;
    for (uint32_t i = 0; i < p->n; i++) overdue += p->request[i].overdue;
    if (s == RK_OK)
        printf("%s: %u requests, %u events, %u overdue\n", out, p->n, p->n_entry, overdue);
    rk_report_free(&r);
    rk_ppid_free(&p);
    return s;
}

static rk_status deadline(const state *st, const options *o, rk_err *err) {
    char from[RK_DAY_LEN + 1] = {0}, to[RK_DAY_LEN + 1] = {0};
    int64_t missing;
    unsigned long n = o->days ? strtoul(o->days, NULL, 10) : 0;
    if (n == 0 || n > 1000)
        return rk_fail(err, RK_BAD_INPUT, "--hari says how many working days, 1 to 1000");
    rk_day d = rk_workday_after(&st->calendar, st->at, (uint32_t)n, &missing);
    rk_day_put(from, st->at);
    rk_day_put(to, d);
    printf("%s + %lu = %s", from, n, to);
    if (missing) printf(" (sementara: kalender %d belum dimuat / provisional)", (int)missing);
    printf("\n");
    return RK_OK;
}

/* A line that the delivery takes up (docs/format/langganan.md). */
static rk_status subscribe(const state *st, const options *o, rk_slice no, rk_err *err) {
    char path[4200], day[RK_DAY_LEN + 1] = {0};
    rk_file f;
    rk_buf b;
    if (!o->what || !o->to)
        return rk_fail(err, RK_BAD_INPUT,
                       "'langganan' needs --perihal hasil|dpt|infrastruktur and "
                       "--ke TARGET (an id of residency.json)");
    snprintf(path, sizeof path, "%s/langganan.jsonl", st->reg);
    rk_buf_init(&b, RK_PPID_BYTES_MAX);
    if (rk_file_read_raw(path, RK_PPID_BYTES_MAX, &f, NULL) == RK_OK) {
        rk_buf_add(&b, f.bytes);
        rk_file_free(&f);
    }
    rk_day_put(day, st->at);
    rk_buf_lit(&b, "{\"format\": \"rekap-langganan-1\", \"no\": ");
    rk_buf_json(&b, no);
    rk_buf_lit(&b, ", \"apa\": ");
    rk_buf_json(&b, rk_slice_str(o->what));
    rk_buf_lit(&b, ", \"ke\": ");
    rk_buf_json(&b, rk_slice_str(o->to));
    rk_buf_lit(&b, ", \"tiap\": ");
    rk_buf_json(&b, rk_slice_str(o->every ? o->every : "hari"));
    rk_buf_printf(&b, ", \"mulai\": \"%s\"}\n", day);
    rk_subscriptions subs; /* what delivery could not read is not written */
    rk_err why = RK_ERR_INIT;
    rk_status s = rk_subscriptions_parse(rk_buf_slice(&b), &subs, &why);
    if (s != RK_OK) (void)rk_fail(err, s, "%s:%zu: %.300s", path, why.line, why.text);
    if (s == RK_OK) s = rk_file_write(path, rk_buf_slice(&b), true, err);
    rk_subscriptions_free(&subs);
    rk_buf_free(&b);
    if (s == RK_OK) printf("%s: 1 line\n", path);
    return s;
}

/* ===== dispatch ===== */

static rk_status act(state *st, const options *o, int argc, char **argv, rk_buf *text,
                     rk_err *err) {
    rk_slice word = rk_slice_str(argv[0]), no = rk_slice_str(argc > 2 ? argv[2] : "");
    if (rk_slice_is(word, "tenggat")) return deadline(st, o, err);
    if (argc != 3)
        return rk_fail(err, RK_BAD_INPUT, "'%s' needs a register and %s", argv[0],
                       rk_slice_is(word, "terbit") ? "a directory to write to" : "a number");
    RK_TRY(read_register(st, !rk_slice_is(word, "terima"), text, err));
    if (rk_slice_is(word, "terbit")) {
        RK_TRY(rk_guard_out(st->reg, argv[2], false, err));
        return publish(st, argv[2], text, err);
    }
    if (rk_slice_is(word, "langganan")) return subscribe(st, o, no, err);
    if (rk_slice_is(word, "terima")) return receive(st, o, no, text, err);
    for (unsigned k = RK_PPID_CLASSED; k < RK_PPID_EVENTS; k++)
        if (rk_slice_is(word, rk_ppid_event_name((enum rk_ppid_event)k)))
            return event(st, o, (enum rk_ppid_event)k, no, text, err);
    return rk_fail(err, RK_BAD_INPUT, "'%s' is none of its words ('rekap ppid --help')",
                   argv[0]);
}

static int run_ppid(int argc, char **argv) {
    options o = {0};
    state st;
    rk_buf text;
    rk_err err = RK_ERR_INIT;
    const cli_option opt[] = {{"tanggal", &o.date, NULL},
                              {"hari-ini", &o.today, NULL},
                              {"kalender", &o.calendar, NULL},
                              {"pemohon-dir", &o.people, NULL},
                              {"nama", &o.name, NULL},
                              {"kontak", &o.contact, NULL},
                              {"alias", &o.alias, NULL},
                              {"perihal", &o.what, NULL},
                              {"jenis", &o.kind, NULL},
                              {"kelas", &o.klass, NULL},
                              {"huruf", &o.letter, NULL},
                              {"alasan", &o.reason, NULL},
                              {"hasil", &o.outcome, NULL},
                              {"tautan", &o.link, NULL},
                              {"register", &o.file, NULL},
                              {"tahap", &o.step, NULL},
                              {"sumber", &o.source, NULL},
                              {"tetap", &o.standing, NULL},
                              {"rilis", &o.releases, NULL},
                              {"ungkap", &o.disclosure, NULL},
                              {"dasar", &o.base, NULL},
                              {"hari", &o.days, NULL},
                              {"ke", &o.to, NULL},
                              {"tiap", &o.every, NULL},
                              {0}};
    if (!cli_parse(&cli_ppid, &argc, argv, opt)) return CLI_USAGE;
    if (argc < 1) return cli_usage(&cli_ppid, "give one of its words");
    rk_buf_init(&text, RK_PPID_BYTES_MAX);
    rk_status s = prepare(&st, &o, argc > 1 ? argv[1] : ".", &err);
    if (s == RK_OK) s = act(&st, &o, argc, argv, &text, &err);
    rk_calendar_free(&st.calendar);
    rk_buf_free(&text);
    return s == RK_OK ? CLI_OK : cli_failed(err.line ? st.path : NULL, &err);
}

const cli_verb cli_ppid = {
    "ppid", "keep and publish the register of requests for information",
    "usage: rekap ppid terima REG NO --perihal TEXT (--pemohon-dir DIR --nama NAME --kontak "
    "TEXT |\n"
    "                  --alias ALIAS) [--jenis pemilu|umum] [--tetap WHAT --rilis DIR]\n"
    "       rekap ppid klasifikasi REG NO --kelas terbuka|dikecualikan [--huruf A --alasan "
    "TEST]\n"
    "       rekap ppid perpanjangan REG NO --alasan TEXT\n"
    "       rekap ppid jawaban|tanggapan REG NO --hasil OUTCOME [--tautan LINK] [--alasan "
    "TEXT]\n"
    "       rekap ppid keberatan REG NO --alasan TEXT\n"
    "       rekap ppid sengketa REG NO --register NUMBER --tahap STEP [--hasil X] [--alasan "
    "TEXT]\n"
    "       rekap ppid langganan REG NO --perihal WHAT --ke TARGET [--tiap hari]\n"
    "       rekap ppid terbit REG OUT\n"
    "       rekap ppid tenggat --tanggal DATE --hari N\n\n"
    "Each needs --kalender FILE[,FILE]. REG/register.jsonl is the public register, only ever\n"
    "appended to; names and contacts go to --pemohon-dir alone, one private file an alias.\n"
    "Deadlines in working days: election 3 + 2, general 10 + 7 (docs/format/ppid.md).\n\n"
    "  --kalender FILE    holidays (data/kalender/*.csv)\n"
    "  --tanggal DATE     when it happened (default today, WIB)\n"
    "  --hari-ini DATE    the day against which deadlines are judged (default today)\n"
    "  --hasil OUTCOME    diberikan, sebagian, ditolak, 'tidak ada'\n"
    "  --tahap STEP       pendaftaran, sidang, mediasi, ajudikasi, putusan, eksekusi\n"
    "  --tetap WHAT       hasil, dpt or infrastruktur: answered at once with links to what is "
    "published\n"
    "  --rilis DIR        the releases ('rekap release')\n"
    "  --ungkap DIR       the disclosure ('rekap disclose')\n"
    "  --dasar URL        before /rilis/... and /terbuka/infrastruktur/... of the links "
    "(default: this "
    "site)\n"
    "  --sumber TEXT      where the fact is from\n",
    run_ppid};

/* One line is read, checked against what the request has been through, and moves it on. */
#include "core/ppid.h"

#include "base/mem.h"
#include "core/jsonin.h"

static const char PAGE[] = "docs/format/ppid.md";
static const char *const EVENT[RK_PPID_EVENTS] = {
    "terima", "klasifikasi", "perpanjangan", "jawaban", "keberatan", "tanggapan", "sengketa"};

typedef struct reader {
    rk_json_in in;
    rk_ppid *p;
    const rk_calendar *calendar;
    rk_day today;
    size_t line;
} reader;

#define BAD(r, ...) rk_fail_at((r)->in.err, RK_BAD_INPUT, (r)->line, 0, __VA_ARGS__)

const char *rk_ppid_event_name(enum rk_ppid_event e) { return EVENT[e]; }

const char *rk_ppid_state_text(enum rk_ppid_state s) {
    static const char *const text[] = {
        "menunggu jawaban / awaiting answer", "dijawab / answered",
        "menunggu tanggapan keberatan / objection pending",
        "sengketa di Komisi Informasi / before the Information Commission", "putusan / ruled"};
    return text[s];
}

uint32_t rk_ppid_days(bool election, enum rk_ppid_event from, bool extended) {
    switch (from) {
    case RK_PPID_RECEIVED:
        return (election ? 3u : 10u) + (extended ? (election ? 2u : 7u) : 0u);
    case RK_PPID_OBJECTED:
        return election ? 3 : 30;
    case RK_PPID_DISPUTED:
        return election ? 14 : 100;
    default:
        return 0;
    }
}

uint32_t rk_ppid_find(const rk_ppid *p, rk_slice no) {
    for (uint32_t i = 0; i < p->n; i++)
        if (rk_slice_eq(p->request[i].no, no)) return i;
    return RK_NONE;
}

/* ===== one line ===== */

static bool one_of(rk_slice s, const char *const *known) {
    for (; *known; known++)
        if (rk_slice_is(s, *known)) return true;
    return false;
}

static rk_status read_texts(reader *r, json_t *o, rk_ppid_entry *e) {
    const struct {
        const char *key;
        rk_slice *out;
    } t[] = {{"no", &e->no},         {"alias", &e->alias},   {"perihal", &e->what},
             {"jenis", &e->kind},    {"kelas", &e->klass},   {"huruf", &e->letter},
             {"alasan", &e->reason}, {"hasil", &e->outcome}, {"tautan", &e->link},
             {"register", &e->file}, {"tahap", &e->step},    {"sumber", &e->source}};
    for (size_t i = 0; i < sizeof t / sizeof *t; i++)
        RK_TRY(rk_json_in_text(&r->in, o, "event", t[i].key, i == 0, t[i].out));
    return rk_json_in_day(&r->in, o, "event", "tanggal", false, &e->at);
}

static rk_status check_texts(reader *r, const rk_ppid_entry *e) {
    static const char *const kind[] = {"pemilu", "umum", NULL},
                             *const klass[] = {"terbuka", "dikecualikan", NULL},
                             *const outcome[] = {"diberikan", "sebagian", "ditolak",
                                                 "tidak ada", NULL},
                             *const step[] = {"pendaftaran", "sidang",   "mediasi", "ajudikasi",
                                              "putusan",     "eksekusi", NULL};
    switch (e->event) {
    case RK_PPID_RECEIVED:
        if (e->alias.len == 0 || e->what.len == 0 || !one_of(e->kind, kind))
            return BAD(r, "'terima' needs alias, perihal and jenis (pemilu or umum)");
        break;
    case RK_PPID_CLASSED:
        if (!one_of(e->klass, klass))
            return BAD(r, "'klasifikasi' needs kelas: terbuka or dikecualikan");
        if (rk_slice_is(e->klass, "dikecualikan") && (e->letter.len != 1 || e->reason.len == 0))
            return BAD(r, "an exemption needs huruf (of UU 14/2008 art. 17) and alasan (the "
                          "consequence test)");
        break;
    case RK_PPID_ANSWERED:
    case RK_PPID_REPLIED:
        if (!one_of(e->outcome, outcome))
            return BAD(r, "'%s' needs hasil: diberikan, sebagian, ditolak or 'tidak ada'",
                       EVENT[e->event]);
        if (rk_slice_is(e->outcome, "diberikan") ? e->link.len == 0 : e->reason.len == 0)
            return BAD(r, "what is given needs tautan, what is refused needs alasan");
        break;
    case RK_PPID_EXTENDED:
    case RK_PPID_OBJECTED:
        if (e->reason.len == 0) return BAD(r, "'%s' needs alasan", EVENT[e->event]);
        break;
    case RK_PPID_DISPUTED:
        if (e->file.len == 0 || !one_of(e->step, step))
            return BAD(r, "'sengketa' needs register and tahap (pendaftaran, sidang, mediasi, "
                          "ajudikasi, putusan, eksekusi)");
        break;
    case RK_PPID_EVENTS:
        break;
    }
    return RK_OK;
}

/* ===== the fold ===== */

static void set_due(reader *r, rk_ppid_request *q, rk_day from, uint32_t days) {
    q->due = RK_DAY_NONE;
    q->provisional = 0;
    if (from != RK_DAY_NONE)
        q->due = rk_workday_after(r->calendar, from, days, &q->provisional);
}

static void settle(rk_ppid_request *q, rk_day at) {
    if (q->due != RK_DAY_NONE && at != RK_DAY_NONE && at > q->due) q->late = true;
}

static rk_status receive(reader *r, const rk_ppid_entry *e) {
    rk_ppid *p = r->p;
    if (rk_ppid_find(p, e->no) != RK_NONE)
        return BAD(r, "request \"%.*s\" was received already", RK_FMT(e->no));
    RK_PUSH_ROOM(p->request, p->n, p->cap);
    rk_ppid_request *q = &p->request[p->n++];
    *q = (rk_ppid_request){.no = e->no,
                           .alias = e->alias,
                           .what = e->what,
                           .election = rk_slice_is(e->kind, "pemilu"),
                           .received = e->at,
                           .answered = RK_DAY_NONE,
                           .first = p->n_entry};
    set_due(r, q, e->at, rk_ppid_days(q->election, RK_PPID_RECEIVED, false));
    return RK_OK;
}

static rk_status extend(reader *r, rk_ppid_request *q) {
    if (q->state != RK_PPID_OPEN || q->extended)
        return BAD(r, "an answer is put off once, before it is given");
    q->extended = true;
    set_due(r, q, q->received, rk_ppid_days(q->election, RK_PPID_RECEIVED, true));
    return RK_OK;
}

static rk_status answer(reader *r, rk_ppid_request *q, const rk_ppid_entry *e, bool reply) {
    if (reply ? q->state != RK_PPID_OBJECTION : q->state != RK_PPID_OPEN)
        return BAD(r, reply ? "there is no objection to reply to" : "it is answered already");
    settle(q, e->at);
    q->state = RK_PPID_DONE;
    q->answered = e->at;
    q->outcome = e->outcome;
    if (e->link.len) q->link = e->link;
    return RK_OK;
}

static rk_status object(reader *r, rk_ppid_request *q, const rk_ppid_entry *e) {
    bool may = q->state == RK_PPID_DONE ||
               (q->state == RK_PPID_OPEN && q->due != RK_DAY_NONE && e->at > q->due);
    if (!may) return BAD(r, "an objection follows an answer, or a deadline that has passed");
    if (q->state == RK_PPID_OPEN) q->late = true;
    q->state = RK_PPID_OBJECTION;
    set_due(r, q, e->at, rk_ppid_days(q->election, RK_PPID_OBJECTED, false));
    return RK_OK;
}

static rk_status dispute(reader *r, rk_ppid_request *q, const rk_ppid_entry *e) {
    if (q->file.len && !rk_slice_eq(q->file, e->file))
        return BAD(r, "the register's number was %.*s", RK_FMT(q->file));
    if (q->state != RK_PPID_DISPUTE && q->state != RK_PPID_RULED) {
        q->state = RK_PPID_DISPUTE;
        q->due = RK_DAY_NONE;
    }
    q->file = e->file;
    if (rk_slice_is(e->step, "pendaftaran"))
        set_due(r, q, e->at, rk_ppid_days(q->election, RK_PPID_DISPUTED, false));
    if (rk_slice_is(e->step, "putusan")) {
        settle(q, e->at);
        q->state = RK_PPID_RULED;
    }
    if (e->outcome.len) q->outcome = e->outcome;
    if (e->link.len) q->link = e->link;
    return RK_OK;
}

static rk_status apply(reader *r, const rk_ppid_entry *e, rk_ppid_request *q) {
    switch (e->event) {
    case RK_PPID_CLASSED:
        q->klass = e->klass;
        q->letter = e->letter;
        return RK_OK;
    case RK_PPID_EXTENDED:
        return extend(r, q);
    case RK_PPID_ANSWERED:
        return answer(r, q, e, false);
    case RK_PPID_REPLIED:
        return answer(r, q, e, true);
    case RK_PPID_OBJECTED:
        return object(r, q, e);
    case RK_PPID_DISPUTED:
        return dispute(r, q, e);
    default:
        return RK_OK;
    }
}

static rk_status event_of(reader *r, json_t *o, enum rk_ppid_event *out) {
    rk_slice name;
    RK_TRY(rk_json_in_text(&r->in, o, "event", "peristiwa", true, &name));
    for (unsigned k = 0; k < RK_PPID_EVENTS; k++)
        if (rk_slice_is(name, EVENT[k])) return *out = (enum rk_ppid_event)k, RK_OK;
    return BAD(r, "\"peristiwa\" is none of terima, klasifikasi, perpanjangan, jawaban, "
                  "keberatan, tanggapan, sengketa");
}

static rk_status read_line(reader *r, json_t *o) {
    static const char *const keys[] = {"peristiwa", "no",       "tanggal", "alias",  "perihal",
                                       "jenis",     "kelas",    "huruf",   "alasan", "hasil",
                                       "tautan",    "register", "tahap",   "sumber", NULL};
    rk_ppid *p = r->p;
    rk_ppid_entry e = {.at = RK_DAY_NONE};
    RK_TRY(rk_json_in_keys(&r->in, o, "the line", keys));
    RK_TRY(event_of(r, o, &e.event));
    RK_TRY(read_texts(r, o, &e));
    RK_TRY(check_texts(r, &e));
    if (p->n_entry == RK_PPID_EVENTS_MAX)
        return rk_fail_at(r->in.err, RK_LIMIT, r->line, 0, "more than %u events",
                          RK_PPID_EVENTS_MAX);
    if (e.event == RK_PPID_RECEIVED) RK_TRY(receive(r, &e));
    e.request = rk_ppid_find(p, e.no);
    if (e.request == RK_NONE)
        return BAD(r, "request \"%.*s\" was not received ('terima' comes first)", RK_FMT(e.no));
    RK_TRY(apply(r, &e, &p->request[e.request]));
    p->request[e.request].events++;
    RK_PUSH_ROOM(p->entry, p->n_entry, p->cap_entry);
    p->entry[p->n_entry++] = e;
    return RK_OK;
}

static rk_status read_lines(reader *r, rk_slice rest) {
    rk_slice line;
    while (rest.len && rk_slice_cut(&rest, '\n', &line)) {
        json_error_t je;
        r->line++;
        if (rk_slice_trim(line).len == 0) continue;
        json_t *o = json_loadb(line.ptr, line.len, JSON_REJECT_DUPLICATES, &je);
        if (!o) return BAD(r, "the line is not JSON: %.200s", je.text);
        RK_PUSH_ROOM(r->p->json, r->p->n_json, r->p->cap_json);
        r->p->json[r->p->n_json++] = o;
        rk_err why = RK_ERR_INIT, *err = r->in.err;
        r->in.err = &why;
        rk_status s = read_line(r, o);
        r->in.err = err;
        if (s != RK_OK) return rk_fail_at(err, s, r->line, 0, "%s", why.text);
    }
    return RK_OK;
}

static void judge(const rk_ppid *p, rk_day today) {
    for (uint32_t i = 0; i < p->n; i++) {
        rk_ppid_request *q = &p->request[i];
        bool waiting = q->state == RK_PPID_OPEN || q->state == RK_PPID_OBJECTION ||
                       q->state == RK_PPID_DISPUTE;
        q->overdue = waiting && q->due != RK_DAY_NONE && today > q->due;
    }
}

rk_status rk_ppid_parse(rk_slice lines, const rk_calendar *c, rk_day today, rk_ppid **out,
                        rk_err *err) {
    *out = NULL;
    if (lines.len > RK_PPID_BYTES_MAX)
        return rk_fail(err, RK_LIMIT, "a register has at most %u bytes", RK_PPID_BYTES_MAX);
    rk_ppid *p = rk_alloc(sizeof *p);
    reader r = {.in = {PAGE, err}, .p = p, .calendar = c, .today = today};
    rk_status s = read_lines(&r, lines);
    if (s == RK_OK)
        judge(p, today);
    else
        rk_ppid_free(&p);
    *out = p;
    return s;
}

void rk_ppid_free(rk_ppid **pp) {
    rk_ppid *p = *pp;
    if (!p) return;
    for (uint32_t i = 0; i < p->n_json; i++) json_decref(p->json[i]);
    rk_free(p->json);
    rk_free(p->entry);
    rk_free(p->request);
    rk_free(p);
    *pp = NULL;
}

void rk_ppid_put(const rk_ppid_entry *e, rk_buf *b) {
    const struct {
        const char *key;
        rk_slice text;
    } t[] = {{"alias", e->alias},   {"perihal", e->what}, {"jenis", e->kind},
             {"kelas", e->klass},   {"huruf", e->letter}, {"alasan", e->reason},
             {"hasil", e->outcome}, {"tautan", e->link},  {"register", e->file},
             {"tahap", e->step},    {"sumber", e->source}};
    char day[RK_DAY_LEN + 1] = {0};
    rk_day_put(day, e->at);
    rk_buf_printf(b, "{\"peristiwa\": \"%s\", \"no\": ", EVENT[e->event]);
    rk_buf_json(b, e->no);
    if (day[0]) rk_buf_printf(b, ", \"tanggal\": \"%s\"", day);
    for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
        if (t[i].text.len == 0) continue;
        rk_buf_printf(b, ", \"%s\": ", t[i].key);
        rk_buf_json(b, t[i].text);
    }
    rk_buf_lit(b, "}\n");
}

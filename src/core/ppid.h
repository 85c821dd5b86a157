/* Requests for information, as a public body's officer (PPID) must keep them: who (an alias;
 * the person is kept elsewhere), what, when; class with consequence test; answers, objections,
 * steps at the Information Commission; and the deadlines that follow. The register is a file of
 * JSON lines, one event a line, only ever appended to; this is its fold. Pure: today comes from
 * the caller. The register owns its texts.
 *
 * Working days from the day after (UU 14/2008; for election information Perki KI 1/2019):
 *                     election   general
 *   answer                3         10
 *   extension           + 2        + 7
 *   objection answered    3         30
 *   Commission           14        100
 * Limits: RK_PPID_BYTES_MAX, RK_PPID_EVENTS_MAX. Format: docs/format/ppid.md. */
#ifndef RK_CORE_PPID_H
#define RK_CORE_PPID_H

#include "base/buf.h"
#include "base/code.h"
#include "core/workday.h"

enum rk_ppid_event {
    RK_PPID_RECEIVED, /* terima */
    RK_PPID_CLASSED,  /* klasifikasi */
    RK_PPID_EXTENDED, /* perpanjangan */
    RK_PPID_ANSWERED, /* jawaban */
    RK_PPID_OBJECTED, /* keberatan */
    RK_PPID_REPLIED,  /* tanggapan */
    RK_PPID_DISPUTED, /* sengketa */
    RK_PPID_EVENTS
};

/* Which parts are filled depends on the event; texts may be empty. */
typedef struct rk_ppid_entry {
    enum rk_ppid_event event;
    rk_day at;        /* RK_DAY_NONE = not known */
    rk_slice no;      /* of the request */
    rk_slice alias;   /* terima */
    rk_slice what;    /* terima: the subject */
    rk_slice kind;    /* terima: "pemilu" or "umum" */
    rk_slice klass;   /* klasifikasi: "terbuka" or "dikecualikan" */
    rk_slice letter;  /* of UU 14/2008 art. 17 */
    rk_slice reason;  /* test, reason, note */
    rk_slice outcome; /* "diberikan", "sebagian", "ditolak", "tidak ada"; sengketa:
                         "dikabulkan", .. */
    rk_slice link;    /* where what was given lies */
    rk_slice file;    /* sengketa: the register's number */
    rk_slice step;    /* sengketa: pendaftaran, sidang, mediasi, ajudikasi, putusan, eksekusi */
    rk_slice source;  /* where the fact is from */
    uint32_t request;
} rk_ppid_entry;

enum rk_ppid_state {
    RK_PPID_OPEN,      /* an answer is due */
    RK_PPID_DONE,      /* answered */
    RK_PPID_OBJECTION, /* a reply to the objection is due */
    RK_PPID_DISPUTE,   /* before the Commission */
    RK_PPID_RULED,
};

typedef struct rk_ppid_request {
    rk_slice no, alias, what, klass, letter, outcome, link, file;
    bool election;
    bool extended;
    rk_day received, answered, due; /* due: of what is due now, or was; RK_DAY_NONE not known */
    int64_t provisional;            /* the deadline rests on weekends only from this year on */
    enum rk_ppid_state state;
    bool overdue; /* due is past and what is due is not there */
    bool late;    /* what was due came after its day */
    uint32_t first, events;
} rk_ppid_request;

typedef struct rk_ppid {
    struct json_t **json;
    uint32_t n_json, cap_json;
    rk_ppid_entry *entry;
    uint32_t n_entry, cap_entry;
    rk_ppid_request *request;
    uint32_t n, cap;
} rk_ppid;

/* Reads and folds. RK_BAD_INPUT with the line: no JSON, unknown key or event, an event of a
 * request that was not received, an order that cannot be (a reply without objection). */
rk_status rk_ppid_parse(rk_slice lines, const rk_calendar *c, rk_day today, rk_ppid **out,
                        rk_err *err);
void rk_ppid_free(rk_ppid **p);
uint32_t rk_ppid_find(const rk_ppid *p, rk_slice no);
/* Appends one line; empty texts are left out. The caller parses the result before it is kept.
 */
void rk_ppid_put(const rk_ppid_entry *e, rk_buf *out);
const char *rk_ppid_event_name(enum rk_ppid_event e);
const char *rk_ppid_state_text(enum rk_ppid_state s); /* "menunggu jawaban / awaiting answer" */
/* Days of each deadline. */
uint32_t rk_ppid_days(bool election, enum rk_ppid_event from, bool extended);

#endif

/* The pages of one form joined, its figures as written, and the gate: accept, refer or refuse.
 *
 * Values are what the ink says, box by box; no sum ever changes one. A set of fields that sums
 * (=) connect is accepted only as a whole: when all its pages were read, every sum of it holds,
 * no
 * <= that names one of its fields is broken, no bubble contradicts a digit, each field's own
 * confidence is above a floor, and the odds of a second reading that satisfies the sums as well
 * are below a bound. A field in no sum must pass a far stricter confidence. All else is
 * referred to people, doubtful boxes first. Pure. Owner: the caller frees. */
#ifndef RK_READ_VERDICT_H
#define RK_READ_VERDICT_H

#include "read/page.h"
#include "read/solve.h"

enum rk_status_of_field { RK_ACCEPT, RK_REFER, RK_REFUSE };
const char *rk_status_of_field_name(enum rk_status_of_field s);

/* What the bubbles of a field say beside its digits. */
enum rk_agreement {
    RK_BUBBLES_ABSENT = 0, /* the form prints none there */
    RK_BUBBLES_SILENT,     /* none is filled */
    RK_BUBBLES_AGREE,      /* each that is filled says the digit above it */
    RK_BUBBLES_PARTLY,     /* the same, but a digit other than a leading 0 has none */
    RK_BUBBLES_CONFLICT,   /* one says another digit, or is not clear */
};
const char *rk_agreement_name(enum rk_agreement a);

typedef struct rk_field_reading {
    rk_value value;     /* value.n == 0: its page was not read */
    float confidence;   /* that value.best[0] is what is written */
    uint32_t agreement; /* enum rk_agreement */
    uint32_t bubbles;   /* the number that the bubbles say, RK_VALUE_BLANK when not whole */
    uint32_t set;       /* fields joined by sums have the same number */
    bool in_sum;
    enum rk_status_of_field status;
} rk_field_reading;

typedef struct rk_doubt {
    uint32_t field, box; /* box = index in the field */
    float doubt;         /* probability that the box is not what was read, bubbles considered */
} rk_doubt;

/* How strict the gate is; bench-read walks along it. RK_GATE: a wrong accepted form weighs a
 * thousand times one that people must read, so odds of 1 in 1,000 are the most (docs/reading.md
 * says where each number is from). */
typedef struct rk_gate {
    float floor;    /* least confidence of a field in a sum */
    float alone;    /* least confidence of a field in no sum */
    float risk_max; /* most odds of another reading of a set that satisfies its sums too */
    float slip; /* how likely a writer makes just the slip that hides a misreading: one form in
                 * ten does not add up, in one of 25 figures, by one of some eight amounts */
    bool need_sums, need_bubbles; /* off only to measure what each is worth */
    float joint_cost; /* > 0: accept the joint decoding up to this cost (never the default) */
} rk_gate;
extern const rk_gate RK_GATE;

enum rk_reading_state {
    RK_FORM_ACCEPTED,
    RK_FORM_REFERRED,
    RK_FORM_INCONSISTENT, /* referred; and the ink is plain, but does not add up as written */
    RK_FORM_REFUSED,      /* no page could be read */
};
const char *rk_reading_state_name(enum rk_reading_state s);

typedef struct rk_form_reading {
    const rk_sheet *form;
    const rk_page_reading **page; /* by page index; NULL = not given, borrowed */
    rk_field_reading *field;      /* form->n_field */
    uint8_t *check;               /* enum rk_check_state by check */
    uint32_t n_set;
    rk_doubt *doubt; /* of referred fields, most doubtful first */
    uint32_t n_doubt;
    rk_solution *candidate; /* ways to satisfy broken sums: apart, for after the blind typing */
    uint32_t n_candidate;
    enum rk_reading_state state;
} rk_form_reading;

/* page[i] = the reading of form page i or NULL; they outlive the result. disputed[i] (NULL =
 * none is): two photos of that page say different things, or nobody can say whose it is, so
 * nothing on it is accepted. */
void rk_verdict(const rk_sheet *form, const rk_page_reading *const *page, const bool *disputed,
                const rk_gate *gate, rk_form_reading **out);
void rk_form_reading_free(rk_form_reading **r);

#endif

/* A contest is data: which figures its form has, which choices in which electoral district
 * (dapil), and which rules its forms are checked by. Parsed from a JSON file
 * (docs/format/kontes.md); a new contest needs no new C. Immutable after rk_contest_parse; owns
 * all it points to.
 *
 * A form of the contest is a row of n_col figures: first the n_field administrative fields in
 * the file's order, then n_slot choice cells. What slot j means may differ from dapil to dapil
 * (the third candidate of Aceh is not the third of Bali): a ballot lists the choices of one
 * dapil. */
#ifndef RK_CORE_CONTEST_H
#define RK_CORE_CONTEST_H

#include "core/region.h"

#define RK_ABSENT UINT32_MAX /* a cell with nothing written in it; never the same as zero */

enum rk_shape { RK_PASLON, RK_PARTAI, RK_CALON }; /* pairs; parties with candidates; persons */

typedef struct rk_choice {
    rk_code code;  /* as in the CSV column suara_<code>: "100025", party "1", candidate "1.3" */
    rk_code id;    /* the key in Sirekap documents; the code itself unless given */
    uint32_t slot; /* cell: column n_field + slot */
    uint32_t number; /* nomor urut */
    uint32_t
        party;   /* candidate of a party: position of the party in the ballot; else RK_NONE */
    uint32_t ts; /* Sirekap's ts, 0 = none */
    rk_slice name, full_name, colour; /* colour "#RRGGBB" or empty */
    bool aceh;                        /* a local party of Aceh (is_aceh) */
} rk_choice;

typedef struct rk_ballot {
    rk_choice *choice;
    uint32_t n;
} rk_ballot;

typedef struct rk_dapil {
    rk_code code;
    rk_slice name;
    rk_code *region; /* its regions by code; none = the regions whose dapil column names it */
    uint32_t n_region;
    uint32_t ballot;
    uint32_t seats; /* to be given out, 0 = the file does not say */
} rk_dapil;

/* One linear comparison of a rule: sum(left) op sum(right). Columns >= n_col are derived ones.
 */
typedef struct rk_term {
    int32_t factor;
    uint32_t column; /* RK_NONE = the constant 1 */
    bool optional;   /* a blank cell adds nothing instead of making the comparison impossible */
} rk_term;

enum rk_op { RK_EQ, RK_LE, RK_GE };

typedef struct rk_check {
    enum rk_op op;
    uint32_t first_left, n_left, first_right, n_right; /* in rk_contest.term */
    rk_slice text;                                     /* as written in the file */
} rk_check;

enum rk_scope { RK_EVERYWHERE, RK_AT_HOME, RK_ABROAD };

typedef struct rk_rule {
    rk_code id;
    char severity; /* E contradiction, W doubtful, I note */
    enum rk_scope scope;
    uint32_t first_check, n_check; /* in rk_contest.check */
    rk_slice name_id, name_en;
} rk_rule;

/* Columns that rules need beside those written: evaluated per form, see core/rule.h. */
enum rk_derived_kind { RK_SUM_CHOICES, RK_MAX_CHOICES, RK_MAX_ALL, RK_GROUP_J };

typedef struct rk_derived {
    enum rk_derived_kind kind;
    uint32_t j, l, p; /* RK_GROUP_J: the column of J, else L + P (RK_NONE = not on this form) */
    rk_slice name;
} rk_derived;

typedef struct rk_contest {
    rk_code code;
    rk_slice name;
    enum rk_shape shape;
    bool pilkada;       /* published under pilkada/ instead of pemilu/ */
    uint32_t max_value; /* a cell above it is refused */
    rk_slice *field;
    uint32_t n_field, n_slot, n_col;
    rk_ballot *ballot;
    uint32_t n_ballot;
    bool same_cells; /* a cell is the same choice on every ballot: they come from one common
                        list */
    rk_dapil *dapil;
    uint32_t n_dapil; /* 0 = one ballot for the whole nation */
    rk_code *abroad;  /* regions that lie abroad, with all below them */
    uint32_t n_abroad;
    rk_rule *rule;
    uint32_t n_rule;
    rk_check *check;
    uint32_t n_check;
    rk_term *term;
    uint32_t n_term;
    rk_derived *derived;
    uint32_t n_derived;
    uint32_t col_valid, col_invalid,
        col_total; /* suara_sah, suara_tidak_sah, suara_total or RK_NONE */
    struct rk_choice_ref {
        rk_code code;
        uint32_t ballot, slot;
    } * by_code; /* ordered by code, ballot */
    uint32_t n_by_code;
    void *json; /* owns the text that slices point to */
    void *standard;
    rk_slice *made; /* texts made by the compiler of rules */
    uint32_t n_made;
} rk_contest;

/* Parses a contest file. `standard` = bytes of the standard fields and rules
 * (contests/standar.json, see rk_standard_rules). RK_BAD_INPUT names the key and the remedy. */
rk_status rk_contest_parse(rk_slice json, rk_slice standard, rk_contest **out, rk_err *err);
/* A contest known only by its code (ppwp, pdpr, pdpd, pdprdp, pdprdk, pkwkp, pkwkk), whose
 * choices come from a CSV header: for rk_recount. columns = the numeric columns of that header
 * in order. */
rk_status rk_contest_from_header(rk_slice code, const rk_slice *columns, size_t n,
                                 rk_slice standard, rk_contest **out, rk_err *err);
void rk_contest_free(rk_contest **c);
/* contests/standar.json as it was compiled in. */
rk_slice rk_standard_rules(void);

/* The administrative column of that name, or RK_NONE. */
uint32_t rk_contest_field(const rk_contest *c, rk_slice name);
/* The column of choice `code` on a ballot, or RK_NONE. */
uint32_t rk_contest_choice(const rk_contest *c, uint32_t ballot, rk_slice code);
/* The choice in `slot` of a ballot, or NULL when that ballot has none there. */
const rk_choice *rk_contest_slot(const rk_contest *c, uint32_t ballot, uint32_t slot);
/* Writes the CSV name of a column ("pemilih_dpt_l", "suara_1.3") for a ballot. */
void rk_contest_column_name(const rk_contest *c, uint32_t ballot, uint32_t column, rk_buf *out);
/* For each node of the tree the ballot of its dapil, RK_NONE where the contest is not held (or,
 * above a dapil, where it is not one ballot). The caller frees the array (t->n elements).
 * RK_BAD_INPUT when a dapil names an unknown region. */
rk_status rk_contest_bind(const rk_contest *c, const rk_tree *t, uint32_t **ballot_of,
                          rk_err *err);
/* For each node whether it lies abroad; the caller frees the array. */
uint8_t *rk_contest_abroad(const rk_contest *c, const rk_tree *t);
/* The dapil code of a node: the contest's own district, else the tree's column; empty = none.
 */
rk_slice rk_contest_dapil(const rk_contest *c, const rk_tree *t, uint32_t node);

#endif

/* The archive of earlier elections in memory: elections, contests, region trees, series of
 * figures with their standing, the crosswalk of regions over time. The tables are described in
 * docs/format/arsip.md. Pure but for load.c, which reads the files of a directory. Read only
 * once loaded; a figure is as it was published, nothing is repaired and no two series are ever
 * added together.
 * Owner: rk_arsip_free; slices point into it. Limits: RK_ARSIP_* in base/limits.h. */
#ifndef RK_ARSIP_ARSIP_H
#define RK_ARSIP_ARSIP_H

#include "base/csv.h"
#include "base/intern.h"
#include "core/region.h"

/* What stands behind a series, weakest first (when two series differ, the stronger is named
 * second). */
enum rk_standing {
    RK_LISTED,  /* daftar: a list of voters or stations */
    RK_CROWD,   /* masyarakat: read by volunteers */
    RK_SYSTEM,  /* sistem: Situng, Sirekap, a scan service */
    RK_PRESS,   /* pers */
    RK_PLENARY, /* pleno: a plenary as the press reported it */
    RK_DECREE,  /* keputusan: a decree with its number */
    RK_STANDINGS
};
const char *rk_standing_name(enum rk_standing s);
bool rk_standing_parse(rk_slice s, enum rk_standing *out);

/* A region of a figure: a node of the election's tree, or a dapil (RK_DAPIL_BIT | number). */
#define RK_DAPIL_BIT 0x80000000u
static inline bool rk_is_dapil(uint32_t region) { return (region & RK_DAPIL_BIT) != 0; }

typedef struct rk_arsip_election {
    rk_slice code, name, date, kind;
    uint32_t tree;
} rk_arsip_election;

typedef struct rk_arsip_contest {
    uint32_t election;
    rk_slice code, name, shape;
    uint8_t scope; /* level down from which the choices are the same: 0 nation, 1 provinsi, 2 */
} rk_arsip_contest;

typedef struct rk_arsip_tree {
    rk_slice code, basis, column, file;
    rk_tree *tree;
    uint32_t *uncounted; /* per node: children that no complete sum waits for (X-, LN-) */
} rk_arsip_tree;

typedef struct rk_arsip_dapil {
    uint32_t election;
    rk_slice code, name; /* code as in figures: "dapil:1101" */
    uint32_t seats, source;
} rk_arsip_dapil;

typedef struct rk_arsip_member {
    uint32_t dapil;
    rk_slice code, name; /* code may be empty */
} rk_arsip_member;

typedef struct rk_arsip_series {
    uint32_t election, contest;
    enum rk_standing standing;
    rk_slice code, number, name, part, licence, ref, ref_level, ref_count, note;
    uint32_t first, n; /* its figures: figure[first .. first + n) once sorted */
} rk_arsip_series;

typedef struct rk_arsip_item {
    rk_slice code, unit, name_id, name_en;
    bool adds; /* adds up over regions */
} rk_arsip_item;

typedef struct rk_arsip_choice {
    uint32_t contest;
    uint32_t region; /* where its ballot is: 0 = everywhere */
    uint32_t code;   /* number of the text in rk_arsip.text */
    rk_slice number, name, party;
} rk_arsip_choice;

typedef struct rk_arsip_figure {
    uint32_t series, region;
    uint32_t choice; /* number of a text, 0 = none */
    uint32_t source, note;
    uint16_t item;
    uint16_t station; /* number of the station in the desa, 0 = the region itself */
    int64_t value;
} rk_arsip_figure;

typedef struct rk_arsip_birth { /* a row of the crosswalk */
    rk_slice level, child_code, child, parent_code, parent, date, law, source, note;
    bool rename;
} rk_arsip_birth;

typedef struct rk_arsip_codes { /* a row of the concordance, columns as in RK_CODES */
    rk_slice code[7];
} rk_arsip_codes;
enum {
    RK_KEMENDAGRI,
    RK_NAME,
    RK_KPU2024,
    RK_KPU2024_NAME,
    RK_KPU2019,
    RK_KPU2014,
    RK_BPS2020
};

typedef struct rk_arsip_expected {
    uint32_t contest;
    uint8_t level;
    uint32_t count; /* 0 = not known */
    rk_slice basis;
} rk_arsip_expected;

typedef struct rk_arsip {
    rk_intern text;
    uint32_t
        *part_of; /* per text: the party of a candidate "PKB.3", else RK_NONE; once sorted */
    rk_arsip_election *election;
    rk_arsip_contest *contest;
    rk_arsip_tree *tree;
    rk_arsip_dapil *dapil;
    rk_arsip_member *member;
    rk_arsip_series *series;
    rk_arsip_item *item;
    rk_arsip_choice *choice;
    rk_arsip_figure *figure; /* by series, region, station, item, choice once sorted */
    rk_arsip_birth *birth;
    rk_arsip_codes *codes;
    rk_arsip_expected *expected;
    rk_slice *source;
    uint32_t n_election, cap_election, n_contest, cap_contest, n_tree, cap_tree, n_dapil,
        cap_dapil, n_member, cap_member, n_series, cap_series, n_item, cap_item, n_choice,
        cap_choice, n_birth, cap_birth, n_codes, cap_codes, n_expected, cap_expected, n_source,
        cap_source, n_figure, cap_figure;
    bool sorted;
} rk_arsip;

rk_arsip *rk_arsip_new(void);
void rk_arsip_free(rk_arsip **a);

/* Reads the archive in `dir`: the tables, every angka-*.csv[.zst|.gz], then what was imported
 * (dir/impor/NAME/). figures = false leaves the figures out (list of series stays). The error
 * text begins with the file. */
rk_status rk_arsip_open(const char *dir, bool figures, rk_arsip **out, rk_err *err);

uint32_t rk_arsip_find_election(const rk_arsip *a, rk_slice code);
uint32_t rk_arsip_find_contest(const rk_arsip *a, uint32_t election, rk_slice code);
uint32_t rk_arsip_find_series(const rk_arsip *a, rk_slice code);
uint32_t rk_arsip_find_item(const rk_arsip *a, rk_slice code);
/* Region by its code in a figure ("0", "1101", "dapil:1101"); station "1674-003" also. */
rk_status rk_arsip_find_region(const rk_arsip *a, uint32_t election, rk_slice code,
                               uint32_t *region, uint16_t *station, rk_err *err);
/* Level 0..5 of a figure, 6 for a dapil. */
enum { RK_LEVEL_DAPIL = 6 };
unsigned rk_arsip_level(const rk_arsip *a, const rk_arsip_figure *f);
rk_tree *rk_arsip_tree_of(const rk_arsip *a, uint32_t election);
/* Code and name of a figure's region; the code of a station is written to out. */
void rk_arsip_put_region(const rk_arsip *a, uint32_t election, uint32_t region,
                         uint16_t station, rk_buf *out);
rk_slice rk_arsip_region_name(const rk_arsip *a, uint32_t election, uint32_t region);

/* ---- figures ---- */
/* Orders the figures and finds those given twice: RK_CONFLICT names the first. */
rk_status rk_arsip_sort(rk_arsip *a, rk_err *err);
/* A figure of the series itself; for a party without one the sum of its candidates. False when
 * there is none. */
bool rk_arsip_own(const rk_arsip *a, uint32_t series, uint32_t region, uint32_t item,
                  uint32_t choice, int64_t *value);
/* The sum over all regions below (all dapil, for the nation of a DPR series); false when one of
 * them has no figure. */
bool rk_arsip_below(const rk_arsip *a, uint32_t series, uint32_t region, uint32_t item,
                    uint32_t choice, int64_t *value);
/* The own figure, else the sum of those below. */
bool rk_arsip_whole(const rk_arsip *a, uint32_t series, uint32_t region, uint32_t item,
                    uint32_t choice, int64_t *value);
/* The figures of a series in one region, stations not among them. */
const rk_arsip_figure *rk_arsip_at(const rk_arsip *a, uint32_t series, uint32_t region,
                                   uint32_t *n);

#endif

/* What somebody's CSV means, said in a JSON file (docs/format/arsip-impor.md): which election,
 * contest, series and standing, which column is the region, which columns are figures; or that
 * the file is a by-name roll of which only counts are taken. Pure.
 * Owner: rk_spec_free; every slice points into the spec's own text.
 * Limits: RK_SPEC_MAX bytes, RK_SPEC_COLUMNS_MAX columns. */
#ifndef RK_ARSIP_SPEC_H
#define RK_ARSIP_SPEC_H

#include "arsip/arsip.h"

enum rk_region_by { RK_BY_TREE, RK_BY_KEMENDAGRI, RK_BY_NAME };

/* A column of the file, or the same text for every row (column empty). */
typedef struct rk_spec_cell {
    rk_slice column, fixed;
} rk_spec_cell;

typedef struct rk_spec_map { /* what a text in the file stands for */
    rk_slice from, to;
} rk_spec_map;

enum { RK_SPEC_MAPS = 64, RK_SPEC_EMPTY = 16, RK_AGE_BANDS = 16 };

typedef struct rk_spec_roll {
    bool given;
    rk_slice tps, desa, number; /* one column with the station, or two */
    rk_slice sex;
    rk_spec_map sex_map[RK_SPEC_MAPS];
    uint32_t n_sex;
    rk_slice age, born;                  /* years, or a date of birth */
    bool day_first;                      /* DD-MM-YYYY, else YYYY-MM-DD */
    uint32_t band[RK_AGE_BANDS], n_band; /* where each age band begins */
    rk_slice disability;
    rk_spec_map disability_map[RK_SPEC_MAPS]; /* to: empty = none */
    uint32_t n_disability;
} rk_spec_roll;

typedef struct rk_spec {
    void *json;
    uint32_t election, contest; /* numbers in the archive */
    enum rk_standing standing;
    rk_slice series, number, name, part, licence, source, note;
    char separator;
    char thousands; /* taken out of numbers, 0 = none */
    rk_slice empty[RK_SPEC_EMPTY];
    uint32_t n_empty;
    enum rk_region_by by;
    rk_spec_cell region;
    rk_slice province; /* by name: the column of the province */
    struct rk_spec_figure {
        rk_slice column; /* the number */
        rk_spec_cell item, choice;
    } * figure;
    uint32_t n_figure;
    rk_spec_roll roll;
} rk_spec;

/* RK_BAD_INPUT names the key and the remedy; RK_CONFLICT when the archive has the series. */
rk_status rk_spec_parse(const rk_arsip *a, rk_slice json, rk_spec **out, rk_err *err);
void rk_spec_free(rk_spec **s);
/* Rewrites a table with another separator as one with commas, every field quoted. */
rk_status rk_spec_commas(rk_slice in, char separator, rk_buf *out, rk_err *err);

#endif

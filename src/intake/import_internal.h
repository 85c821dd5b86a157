/* Inside of intake/import*.c: what the CSV and the JSON reader share. Not for other modules. */
#ifndef RK_INTAKE_IMPORT_INTERNAL_H
#define RK_INTAKE_IMPORT_INTERNAL_H

#include "intake/import.h"

struct rk_importer {
    rk_dir *dir;
    const rk_import_options *o;
    rk_import_report *report;
    uint32_t contest;
    const rk_contest *c;
    uint64_t base;  /* index the batch entry will have */
    rk_buf entries; /* the forms, each uint16 little-endian length + entry */
    uint64_t n_entries;
    rk_sha256 *leaf; /* their leaf hashes, for the batch's root and the log */
    uint64_t cap_leaf;
    uint8_t *seen; /* per station of the tree: already in this file */
    uint32_t cap_seen;
    rk_slice bytes;
};

/* Why a station cannot take a form, or NULL: then *desa is where it lies, and *tps its number,
 * or RK_NONE when it is not known yet. Changes nothing. The text lives in `text`. */
const char *rk_importer_find(struct rk_importer *im, rk_slice tps_code, rk_slice desa_code,
                             uint32_t *tps, uint32_t *desa, rk_err *text);
/* Adds a station that is not known yet, once nothing speaks against its form any more: a
 * refused row must not leave a station behind. */
const char *rk_importer_add(struct rk_importer *im, rk_slice tps_code, uint32_t desa,
                            uint32_t *tps, rk_err *text);
/* Both at once. Why a station cannot take a form, or NULL. On NULL *tps is its number (added to
 * the tree in memory when it was not known). The text lives in `text`. */
const char *rk_importer_place(struct rk_importer *im, rk_slice tps_code, rk_slice desa,
                              uint32_t *tps, rk_err *text);
/* Takes a good form: notes the station as seen, passes over what is in force already, encodes.
 */
rk_status rk_importer_take(struct rk_importer *im, uint32_t tps, rk_form *form, rk_err *err);
/* True when the file already had this station. */
bool rk_importer_seen(const struct rk_importer *im, uint32_t tps);

rk_status rk_import_csv(struct rk_importer *im, rk_err *err);
rk_status rk_import_json(struct rk_importer *im, rk_err *err);

#endif

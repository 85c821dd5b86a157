/* Inside of publish/api*.c: JSON by hand, in the order the contract states. An object or array
 * is opened and closed by its caller; a member writes the comma before itself where one is
 * needed, which the last byte written tells. */
#ifndef RK_PUBLISH_API_INNER_H
#define RK_PUBLISH_API_INNER_H

#include "publish/api.h"

void rk_js_key(rk_buf *b, const char *key); /* ,"key": */
void rk_js_item(rk_buf *b);                 /* the comma before an element of an array */
void rk_js_keyed(rk_buf *b, rk_slice key);  /* a key that comes from data */
void rk_js_text(rk_buf *b, const char *key, rk_slice text);
void rk_js_num(rk_buf *b, const char *key, uint64_t v);
void rk_js_bool(rk_buf *b, const char *key, bool v);
void rk_js_signed(rk_buf *b, int64_t v);
void rk_js_cell(rk_buf *b, uint32_t cell);                     /* null when absent */
void rk_js_time(rk_buf *b, const char *key, uint32_t seconds); /* null when 0 */

/* {"kode":..,"nama":..,"tingkat":..} of a region, without the closing brace. */
void rk_js_region(rk_buf *b, const rk_tree *t, uint32_t node);
/* "leluhur":[...]: the ancestors from the nation down; with_self adds the node itself. */
void rk_js_ancestors(rk_buf *b, const rk_tree *t, uint32_t node, bool with_self);
/* {"kode","id","nomor","nama","warna" of a choice, without the closing brace. */
void rk_js_choice(rk_buf *b, const rk_choice *c);
/* {"id":..,"en":..} */
void rk_js_rule_name(rk_buf *b, const rk_rule *r);
/* "DESA, KECAMATAN, KABUPATEN, PROVINSI" of a region (itself first), as a JSON string. */
void rk_js_path(rk_buf *b, const rk_tree *t, uint32_t node);
void rk_js_station_name(rk_buf *b, const rk_tree *t, uint32_t tps);
/* "medan":..,"harus":"= 230","tertulis":228: the comparison that failed. */
void rk_js_comparison(rk_buf *b, const rk_finding *f);

#endif

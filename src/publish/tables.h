/* The tables a count is handed out as, as CSV, JSON or for people: recaps, stations, findings,
 * the comparison with official figures. Reads an election, writes to a sink; pure otherwise. */
#ifndef RK_PUBLISH_TABLES_H
#define RK_PUBLISH_TABLES_H

#include "base/sink.h"
#include "core/election.h"

enum rk_format { RK_FORMAT_TABLE, RK_FORMAT_CSV, RK_FORMAT_JSON };
bool rk_format_parse(rk_slice s, enum rk_format *out);

typedef struct rk_recap_query {
    uint32_t contest; /* number of the contest */
    uint32_t node;    /* this region and what is below it */
    int level; /* only regions of this level; -1 = for CSV and JSON all, for a table the node
                  and its children */
} rk_recap_query;

/* CSV: tingkat,kode,nama,tps_jumlah,tps_diterima,tps_masuk,tps_periksa[,RK_RECAP_PHOTOS],
 * <columns>; the photos' columns only where the contest has any. Level 5 = stations. Settles
 * nothing: call rk_election_settle before. */
#define RK_RECAP_PHOTOS                                                                        \
    "tps_foto,tps_dibaca,tps_ditolak,tps_dirujuk,tps_sesuai,tps_tidak_sesuai,tps_beda"
rk_status rk_table_recap(rk_election *e, const rk_recap_query *q, enum rk_format f,
                         const rk_sink *out, rk_err *err);
/* Forms CSV of every station with a form, in tree order; importing it gives the same recaps.
 * Columns desa and ts appear only when a station needs them. */
rk_status rk_table_stations(rk_election *e, uint32_t contest, const rk_sink *out, rk_err *err);
/* CSV of every station that the contest has, also of those without a form: tps,desa,ts, the
 * columns RK_STATION_STATE, then all figures as written (docs/format/rilis.md). */
#define RK_STATION_STATE "status,periksa,generasi,psu,entri,temuan,foto,baca,banding"
rk_status rk_table_every_station(rk_election *e, uint32_t contest, const rk_sink *out,
                                 rk_err *err);
/* "belum" (NULL: no form yet), "masuk", "kosong" (a form without votes). */
rk_slice rk_station_status(const rk_form_state *f);
/* CSV: tps,aturan,berat,medan,harus,tertulis. node limits it to a region; rule to one rule
 * (empty = all). */
rk_status rk_table_findings(rk_election *e, uint32_t contest, uint32_t node, rk_slice rule,
                            enum rk_format f, const rk_sink *out, rk_err *err);
/* CSV: seri,kode,nama,kolom,resmi,hitung,selisih. */
rk_status rk_table_comparison(rk_election *e, uint32_t contest, enum rk_format f,
                              const rk_sink *out, rk_err *err);
/* The region tree as a CSV that rekap wilayah and rekap recount read. */
rk_status rk_table_regions(const rk_election *e, const rk_sink *out, rk_err *err);
/* Columns of a contest above its dapil: every ballot's codes once. Writes ",name" for each. */
void rk_table_columns(const rk_contest *c, rk_buf *out);

#endif

/* The archive of earlier elections as plain files, for any web server: what the Information
 * Commission ordered to be laid open (register 003). Files: index.html (what is there, what is
 * missing, every series), cakupan.csv/.json, seri.csv/.json, selisih.csv, seri/SERIES.csv (all
 * figures of a series; .csv.gz over 100,000), ikuti/CODE.html/.csv/.json (one kabupaten/kota of
 * today since 1999). The same archive gives the same bytes. */
#ifndef RK_PUBLISH_ARCHIVE_H
#define RK_PUBLISH_ARCHIVE_H

#include "arsip/show.h"
#include "publish/report.h"

/* known: the list of differences that is shipped with the archive. The archive must be sorted
 * (opened with its figures). Fills the report; the caller writes and frees it. */
rk_status rk_archive_report(const rk_arsip *a, const rk_diffs *known, rk_report *r,
                            rk_err *err);

#endif

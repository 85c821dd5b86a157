/* The public register of requests for information: index.html, permohonan.csv, peristiwa.csv,
 * permohonan.json, statistik.csv (per month). From the fold alone; who asked is an alias here
 * and nowhere more. */
#ifndef RK_PUBLISH_PPID_H
#define RK_PUBLISH_PPID_H

#include "core/ppid.h"
#include "publish/report.h"

void rk_ppid_render(const rk_ppid *p, const rk_calendar *c, rk_day today, rk_report *out);

#endif

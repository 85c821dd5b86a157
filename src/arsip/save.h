/* Writes an imported series as impor/NAME/ below the archive: complete or not there at all. */
#ifndef RK_ARSIP_SAVE_H
#define RK_ARSIP_SAVE_H

#include "arsip/arsip.h"

/* RK_CONFLICT when there is an import of that name; RK_IO. The archive must be sorted. */
rk_status rk_arsip_save(const rk_arsip *a, uint32_t series, const char *dir, rk_err *err);

#endif

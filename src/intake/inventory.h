/* An inventory of infrastructure from its directory: DIR/infra with its .json files when there
 * is such a directory (DIR is an election's), else those of DIR; schema.json and residency.json
 * are others'.
 */
#ifndef RK_INTAKE_INVENTORY_H
#define RK_INTAKE_INVENTORY_H

#include "core/infra.h"

/* Errors name the file, and what rk_infra_add returns. */
rk_status rk_inventory_read(const char *dir, rk_infra **out, rk_err *err);

#endif

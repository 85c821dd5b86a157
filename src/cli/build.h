/* What was compiled into this executable (scripts/source-hash, scripts/sbom). */
#ifndef RK_CLI_BUILD_H
#define RK_CLI_BUILD_H

#include "node/self.h"

rk_self_build cli_build(void);

#endif

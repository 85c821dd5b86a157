/* Inside `rekap node`. */
#ifndef RK_CLI_NODE_H
#define RK_CLI_NODE_H

#include "cli/cli.h"

/* Asks every node of the inventory that has a node_url and keeps what it says as
 * DIR/ID.simpul; what could not be had leaves the file of before. CLI_LEFT_OUT then. */
int cli_node_collect(const char *inventory, const char *dir);

#endif

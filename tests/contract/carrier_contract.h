/* What every carrier must do (deliver/carrier.h), as cmocka cases against a real server. */
#ifndef RK_TESTS_CARRIER_CONTRACT_H
#define RK_TESTS_CARRIER_CONTRACT_H

#include "deliver/carrier.h"
#include "receiver.h"

#include <jansson.h>

struct carrier_maker {
    const char *name; /* protocol, and the receiver's kind */
    const char *kind;
    /* The destination's members but alias, ke, protokol, for a server at `port`; wrong: with a
     * credential that is refused. */
    void (*members)(const receiver *r, unsigned port, bool wrong, json_t *o);
    /* How many files (mails) of this name there are at the receiver, whole: with these bytes.
     */
    unsigned (*holds)(const receiver *r, rk_slice name, rk_slice bytes);
    /* Anything at all under the name, or of these bytes' beginning, whole or not. */
    bool (*seen)(const receiver *r, rk_slice name, rk_slice bytes);
    bool mail;
};

/* Exit code of the program: 77 when the server cannot run here. */
int carrier_contract(const struct carrier_maker *m);

/* Whole files below DIR/got. */
unsigned carrier_holds_file(const char *root, rk_slice name, rk_slice bytes);
bool carrier_sees_file(const char *root, rk_slice name);

#endif

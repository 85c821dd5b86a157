/* What every place for blobs must do, as cmocka cases over a factory. */
#ifndef RK_TESTS_BLOB_CONTRACT_H
#define RK_TESTS_BLOB_CONTRACT_H

#include "blob/blob.h"

struct blob_maker {
    const char *name;
    void (*fresh)(void); /* chooses a new, empty place */
    rk_status (*open)(rk_blobs **out, rk_err *err);
    /* Changes the stored bytes of a blob behind the port's back: flips a bit, or cuts it. */
    void (*damage)(const rk_sha256 *hash, bool cut);
};

int blob_contract(const struct blob_maker *maker);

#endif

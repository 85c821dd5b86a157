/* The contract on the SQLite store. */
#include "scratch.h"
#include "store_contract.h"

char scratch_dir[64];

static char path[128];

static void fresh(void) {
    static int n;
    snprintf(path, sizeof path, "%s/log%d", scratch_dir, n++);
}

static rk_status open_store(enum rk_store_mode mode, rk_store **out, rk_err *err) {
    return rk_store_sqlite_open(path, mode, out, err);
}

int main(void) {
    const struct store_maker m = {"sqlite", fresh, open_store};
    return store_contract(&m);
}

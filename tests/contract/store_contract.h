/* What every store must do, as cmocka cases over a factory. Each implementation's test program
 * calls store_contract with its own; randomized cases print their seed, REKAP_SEED repeats it.
 */
#ifndef RK_TESTS_STORE_CONTRACT_H
#define RK_TESTS_STORE_CONTRACT_H

#include "store/store.h"

struct store_maker {
    const char *name;
    /* Chooses a new place, where no store is yet. */
    void (*fresh)(void);
    /* Opens the store in the place last chosen; may be called from several processes. */
    rk_status (*open)(enum rk_store_mode mode, rk_store **out, rk_err *err);
};

/* Number of cases that failed. */
int store_contract(const struct store_maker *maker);

/* The entry that tests put at `index`: its length and bytes follow from the index alone. */
rk_slice store_entry(uint64_t index);
/* Appends entries [from, to) to the open batch; stops at the first failure. */
rk_status store_put(rk_store *s, uint64_t from, uint64_t to, rk_err *err);
/* Asserts that the log holds exactly entries [0, n), read in every way. */
void store_holds(rk_store *s, uint64_t n);
uint64_t store_seed(const char *what);

#endif

#include "read/model.h"

#ifdef RK_NO_MODEL
rk_slice rk_digit_model(void) { return (rk_slice){0}; }
#else
extern const char rk_digit_model_bytes[];
extern const size_t rk_digit_model_bytes_len;

rk_slice rk_digit_model(void) {
    return (rk_slice){rk_digit_model_bytes, rk_digit_model_bytes_len};
}
#endif

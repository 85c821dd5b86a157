#include "read/model.h"

extern const char rk_digit_model_bytes[];
extern const size_t rk_digit_model_bytes_len;

rk_slice rk_digit_model(void) {
    return (rk_slice){rk_digit_model_bytes, rk_digit_model_bytes_len};
}

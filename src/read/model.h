/* The weights that the program ships (models/digit-3.bin, compiled in). */
#ifndef RK_READ_MODEL_H
#define RK_READ_MODEL_H

#include "base/slice.h"

rk_slice rk_digit_model(void);

#endif

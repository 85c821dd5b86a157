#include "blob/blob.h"
#include "store/store.h"
#include "../serve/http.h"

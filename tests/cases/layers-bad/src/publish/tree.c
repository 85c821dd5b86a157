#include "core/region.h"
#include "store/store.h"
#include "serve/http.h"

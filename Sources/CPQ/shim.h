#ifndef VALUESTORE_CPQ_SHIM_H
#define VALUESTORE_CPQ_SHIM_H

#include <libpq-fe.h>

#endif

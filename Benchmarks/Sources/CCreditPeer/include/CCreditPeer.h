#ifndef VALUESTORE_CCREDITPEER_H
#define VALUESTORE_CCREDITPEER_H

#include <stdint.h>

/// Does the libcrypto calls of `rounds` whole STORE CREDITs, both ends, and nothing else: contexts are fetched once,
/// and no byte is checked, moved or kept. Returns the seconds it took, or a negative number where libcrypto failed.
double credit_peer_run(uint64_t rounds);

#endif

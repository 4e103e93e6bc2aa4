#ifndef VALUESTORE_CCREDITPEER_H
#define VALUESTORE_CCREDITPEER_H

#include <stdint.h>

/// Makes the libcrypto calls of `rounds` whole STORE CREDITs, both ends, and nothing else: contexts are fetched once,
/// and no byte is checked, moved or kept. Returns the seconds it took, or a negative number where libcrypto failed.
///
/// With `is_frugal` it makes the calls that ours makes: a key that a use had last is not set up again, and random
/// numbers are drawn 512 bytes at a time. Without it, each step sets up its key and draws what it needs.
double credit_peer_run(uint64_t rounds, int is_frugal);

/// How often malloc was called in this program; 0 where that is unknown.
uint64_t credit_allocations(void);

#endif

#ifndef RECORDS_H
#define RECORDS_H

#include <stdint.h>

/// Writes the rows of `orders` orders, which are those that a record file has of them, with sqlite3: the intent, its
/// entry in the audit trail and what the ledger has of it in one commit, the outcome and the balance with theirs in
/// another. It decides nothing, reads nothing and hashes nothing. Each element has had one order before, which is not
/// timed.
///
/// - path: a record file without orders, which is open nowhere else.
/// - group: how many orders share the two commits.
/// Returns the seconds that it took; below zero if SQLite failed.
double records_peer_run(const char *path, uint32_t orders, uint32_t elements, uint32_t group);

/// The median time of a write of 4 KiB and its fdatasync, in seconds; below zero if that failed.
double records_peer_sync(const char *path, uint32_t count);

#endif

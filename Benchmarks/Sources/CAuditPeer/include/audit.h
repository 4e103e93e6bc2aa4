#ifndef AUDIT_H
#define AUDIT_H

#include <stdint.h>

/// Adds `count` entries on `elements` cards to the trail of a record file that has no entry and is open nowhere else.
///
/// - key: the audit key, 32 bytes.
/// Returns 0, or something else if SQLite failed.
int audit_peer_fill(const char *path, const uint8_t *key, int64_t count, uint32_t elements);

/// Steps through all entries, as they are stored, and reads each column. Returns the seconds; below zero if SQLite failed.
double audit_peer_read(const char *path, int64_t count);

/// Reads as `audit_peer_read`, and compares each entry's HMAC-SHA-256 with what libcrypto computes, on the same thread.
double audit_peer_verify(const char *path, const uint8_t *key, int64_t count);

#endif

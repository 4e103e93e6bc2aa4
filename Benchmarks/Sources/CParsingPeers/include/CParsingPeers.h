#ifndef CPARSINGPEERS_H
#define CPARSINGPEERS_H

#include <stddef.h>
#include <stdint.h>

/// Goes through all data objects on all levels by libcrypto's ASN1_get_object; the sum of tags' numbers and values'
/// lengths, or -1 where they are malformed. 00 between data objects is skipped.
int64_t peer_walk_tlv(const uint8_t *bytes, size_t count);

/// Builds the answer to SELECT by libcrypto's ASN1_put_object; returns its length.
size_t peer_build_tlv(uint8_t *room);

/// Whether OpenSC's library is installed.
int peer_has_opensc(void);

/// Parses a command by OpenSC's sc_bytes2apdu; 0 on success.
int peer_parse_command(const uint8_t *bytes, size_t count);

#endif

#include "CParsingPeers.h"
#include <openssl/asn1.h>
#include <string.h>

static int64_t walk(const unsigned char *place, long left, int depth) {
    int64_t sum = 0;
    while (left > 0) {
        if (*place == 0) {
            place++;
            left--;
            continue;
        }
        const unsigned char *start = place;
        long length;
        int tag, class;
        int form = ASN1_get_object(&place, &length, &tag, &class, left);
        if (form & 0x80 || form & 1) return -1;
        left -= place - start;
        sum += tag + length;
        if (form & V_ASN1_CONSTRUCTED) {
            if (depth == 0) return -1;
            int64_t inner = walk(place, length, depth - 1);
            if (inner < 0) return -1;
            sum += inner;
        }
        place += length;
        left -= length;
    }
    return sum;
}

int64_t peer_walk_tlv(const uint8_t *bytes, size_t count) { return walk(bytes, (long)count, 15); }

static void put(unsigned char **place, int tag, const void *value, int count) {
    ASN1_put_object(place, 0, count, tag, V_ASN1_CONTEXT_SPECIFIC);
    memcpy(*place, value, (size_t)count);
    *place += count;
}

size_t peer_build_tlv(uint8_t *room) {
    static const unsigned char name[] = {0xF0, 0x56, 0x53, 0x54, 0x4F, 0x52, 0x45};
    static const unsigned char identifier[] = {0, 0, 0, 1, 0x10, 0, 0, 1};
    static const unsigned char version[] = {1}, state[] = {1};
    static const unsigned char keys[] = {1, 1, 2, 1, 3, 1, 4, 1, 5, 1};
    int inner = ASN1_object_size(0, 8, 0) + ASN1_object_size(0, 1, 1) + ASN1_object_size(0, 1, 2)
        + ASN1_object_size(0, 10, 3);
    int outer = ASN1_object_size(0, 7, 4) + ASN1_object_size(1, inner, 5);
    unsigned char *place = room;
    ASN1_put_object(&place, 1, outer, 15, V_ASN1_APPLICATION);
    put(&place, 4, name, 7);
    ASN1_put_object(&place, 1, inner, 5, V_ASN1_CONTEXT_SPECIFIC);
    put(&place, 0, identifier, 8);
    put(&place, 1, version, 1);
    put(&place, 2, state, 1);
    put(&place, 3, keys, 10);
    return (size_t)(place - room);
}

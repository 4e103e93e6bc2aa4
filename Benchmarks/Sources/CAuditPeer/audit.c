#include "audit.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char *columns =
    "SELECT writer, number, time, shard, eid, sequence, form, kind, subject, content, hash FROM audit_event";

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static uint8_t *put(uint8_t *bytes, uint64_t value, int count) {
    while (count-- > 0) *bytes++ = (uint8_t)(value >> (8 * count));
    return bytes;
}

static EVP_MAC_CTX *hmac(const uint8_t *key) {
    EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    EVP_MAC_CTX *context = mac ? EVP_MAC_CTX_new(mac) : NULL;
    EVP_MAC_free(mac);
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, (char *)"SHA256", 0), OSSL_PARAM_construct_end()};
    if (context && EVP_MAC_init(context, key, 32, parameters) == 1) return context;
    EVP_MAC_CTX_free(context);
    return NULL;
}

/// Signs what an entry's hash covers: the hash before it and the entry.
static int sign(
    EVP_MAC_CTX *context, const uint8_t *before, int64_t number, uint32_t time, uint64_t eid, int64_t sequence,
    const uint8_t *content, uint32_t count, uint8_t *hash) {
    uint8_t head[65], *end = head + 32;
    size_t size;
    memcpy(head, before, 32);
    *end++ = 2;
    end = put(end, (uint64_t)number, 8);
    end = put(end, time, 4);
    end = put(end, eid, 8);
    end = put(end, (uint64_t)sequence, 8);
    end = put(end, count, 4);
    return EVP_MAC_init(context, NULL, 0, NULL) == 1 && EVP_MAC_update(context, head, sizeof head) == 1
        && EVP_MAC_update(context, content, count) == 1 && EVP_MAC_final(context, hash, &size, 32) == 1;
}

static int read_origin(sqlite3 *database, uint8_t *origin) {
    sqlite3_stmt *statement;
    int failed = 1;
    if (sqlite3_prepare_v2(database, "SELECT hash FROM audit_writer WHERE writer = 0", -1, &statement, NULL)) return 1;
    if (sqlite3_step(statement) == SQLITE_ROW && sqlite3_column_bytes(statement, 0) == 32) {
        memcpy(origin, sqlite3_column_blob(statement, 0), 32);
        failed = 0;
    }
    sqlite3_finalize(statement);
    return failed;
}

/// The encoding of a STORE CREDIT that is done; 43 bytes.
static void encode(uint8_t *content, uint64_t htxn) {
    uint8_t *end = put(content, 0x010101, 3);
    end = put(end, htxn, 8);
    end = put(end, 2, 1);
    end = put(end, 978, 2);
    end = put(end, 1000000, 8);
    end = put(end, 1000, 4);
    end = put(end, 0x00000100, 4);
    end = put(end, 1, 1);
    end = put(end, htxn * 1000000, 8);
    put(end, 1001, 4);
}

static int fill(sqlite3 *database, EVP_MAC_CTX *context, int64_t count, uint32_t elements) {
    sqlite3_stmt *statement;
    uint8_t hash[32], content[43];
    if (read_origin(database, hash)
        || sqlite3_prepare_v2(
            database,
            "INSERT INTO audit_event (writer, number, time, shard, eid, sequence, form, kind, subject, content, hash) "
            "VALUES (0, ?1, 1001, ?2, ?3, ?4, 2, 1, ?4, ?5, ?6)",
            -1, &statement, NULL))
        return 1;
    int failed = 0;
    for (int64_t number = 1; number <= count && !failed; number++) {
        uint32_t element = (uint32_t)((number - 1) % elements);
        int64_t sequence = (number - 1) / elements + 1;
        uint64_t eid = (uint64_t)1 << 32 | 0x10000000 | element;
        char text[24];
        snprintf(text, sizeof text, "00000001-10-%06X", element);
        encode(content, (uint64_t)sequence);
        failed = !sign(context, hash, number, 1001, eid, sequence, content, sizeof content, hash);
        sqlite3_bind_int64(statement, 1, number);
        sqlite3_bind_int64(statement, 2, (int64_t)((eid * 0x9E3779B97F4A7C15u) >> 56));
        sqlite3_bind_text(statement, 3, text, -1, SQLITE_STATIC);
        sqlite3_bind_int64(statement, 4, sequence);
        sqlite3_bind_blob(statement, 5, content, sizeof content, SQLITE_STATIC);
        sqlite3_bind_blob(statement, 6, hash, sizeof hash, SQLITE_STATIC);
        failed = failed || sqlite3_step(statement) != SQLITE_DONE;
        sqlite3_reset(statement);
    }
    sqlite3_finalize(statement);
    return failed;
}

int audit_peer_fill(const char *path, const uint8_t *key, int64_t count, uint32_t elements) {
    sqlite3 *database;
    EVP_MAC_CTX *context = hmac(key);
    int failed = !context || sqlite3_open(path, &database);
    if (failed) return 1;
    failed = sqlite3_exec(database, "PRAGMA synchronous = OFF; PRAGMA cache_size = -262144; BEGIN", NULL, NULL, NULL)
        || fill(database, context, count, elements) || sqlite3_exec(database, "COMMIT", NULL, NULL, NULL);
    EVP_MAC_CTX_free(context);
    sqlite3_close(database);
    return failed;
}

/// Eight bytes of an identifier's text, `00000001-10-000007`.
static uint64_t parse(const char *text) {
    uint64_t value = 0;
    for (; *text; text++) {
        if (*text != '-') value = value << 4 | (uint64_t)(*text <= '9' ? *text - '0' : *text - 'A' + 10);
    }
    return value;
}

static int64_t scan(sqlite3 *database, EVP_MAC_CTX *context) {
    sqlite3_stmt *statement;
    uint8_t before[32], expected[32];
    if (read_origin(database, before) || sqlite3_prepare_v2(database, columns, -1, &statement, NULL)) return -1;
    int64_t count = 0, sum = 0;
    while (sqlite3_step(statement) == SQLITE_ROW) {
        int64_t values[11];
        for (int column = 0; column < 9; column++) {
            if (column != 4) sum += values[column] = sqlite3_column_int64(statement, column);
        }
        const char *eid = (const char *)sqlite3_column_text(statement, 4);
        const uint8_t *content = sqlite3_column_blob(statement, 9), *hash = sqlite3_column_blob(statement, 10);
        uint32_t size = (uint32_t)sqlite3_column_bytes(statement, 9);
        sum += eid[0] + content[0] + hash[0];
        count++;
        if (!context) continue;
        if (values[1] != count
            || !sign(context, before, count, (uint32_t)values[2], parse(eid), values[5], content, size, expected)
            || memcmp(hash, expected, 32))
            break;
        memcpy(before, hash, 32);
    }
    sqlite3_finalize(statement);
    return sum == 0 ? -1 : count;
}

static double timed(const char *path, const uint8_t *key, int64_t count) {
    sqlite3 *database;
    EVP_MAC_CTX *context = key ? hmac(key) : NULL;
    if ((key && !context) || sqlite3_open(path, &database)) return -1;
    double start = now();
    int64_t found = scan(database, context);
    double seconds = now() - start;
    EVP_MAC_CTX_free(context);
    sqlite3_close(database);
    return found == count ? seconds : -1;
}

double audit_peer_read(const char *path, int64_t count) { return timed(path, NULL, count); }

double audit_peer_verify(const char *path, const uint8_t *key, int64_t count) { return timed(path, key, count); }

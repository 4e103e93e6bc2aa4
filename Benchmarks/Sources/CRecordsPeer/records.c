#include "records.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static int run(sqlite3 *database, const char *sql) { return sqlite3_exec(database, sql, NULL, NULL, NULL); }

static int step(sqlite3_stmt *statement) {
    int result = sqlite3_step(statement);
    sqlite3_reset(statement);
    return result == SQLITE_DONE ? SQLITE_OK : result;
}

struct writer {
    sqlite3 *database;
    sqlite3_stmt *intent, *outcome, *balance, *audit;
    int64_t number;
};

static int entry(struct writer *writer, const char *eid, int64_t sequence, int kind, int64_t subject) {
    uint8_t content[60], hash[32];
    memset(content, kind, sizeof content);
    memset(hash, (int)(writer->number & 0xFF), sizeof hash);
    sqlite3_bind_int64(writer->audit, 1, ++writer->number);
    sqlite3_bind_text(writer->audit, 2, eid, -1, SQLITE_STATIC);
    sqlite3_bind_int64(writer->audit, 3, sequence);
    sqlite3_bind_int(writer->audit, 4, kind);
    sqlite3_bind_int64(writer->audit, 5, subject);
    sqlite3_bind_blob(writer->audit, 6, content, sizeof content, SQLITE_STATIC);
    sqlite3_bind_blob(writer->audit, 7, hash, sizeof hash, SQLITE_STATIC);
    return step(writer->audit);
}

static int begin_order(struct writer *writer, const char *eid, int64_t htxn, int64_t *sequence) {
    sqlite3_bind_text(writer->intent, 1, eid, -1, SQLITE_STATIC);
    sqlite3_bind_int64(writer->intent, 2, htxn);
    int result = step(writer->intent);
    return result ? result : entry(writer, eid, ++*sequence, 1, htxn);
}

static int end_order(struct writer *writer, const char *eid, int64_t htxn, int64_t *sequence) {
    sqlite3_bind_text(writer->balance, 1, eid, -1, SQLITE_STATIC);
    sqlite3_bind_int64(writer->balance, 2, htxn);
    sqlite3_bind_text(writer->outcome, 1, eid, -1, SQLITE_STATIC);
    sqlite3_bind_int64(writer->outcome, 2, htxn);
    int result = step(writer->balance);
    if (!result) result = entry(writer, eid, ++*sequence, 2, 2);
    if (!result) result = step(writer->outcome);
    return result ? result : entry(writer, eid, ++*sequence, 1, htxn);
}

static int prepare(struct writer *writer, const char *path) {
    if (sqlite3_open(path, &writer->database)) return 1;
    sqlite3 *database = writer->database;
    return run(database, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON")
        || sqlite3_prepare_v2(
               database,
               "INSERT INTO credit_transaction (shard, eid, htxn, operation, service, currency, amount, time, state, "
               "settled) VALUES (1, ?1, ?2, 1, 2, 978, 1000000, 1000, 0, 1000)",
               -1, &writer->intent, NULL)
        || sqlite3_prepare_v2(
               database,
               "UPDATE credit_transaction SET state = 1, balance = 1000000, settled = 1001 WHERE shard = 1 AND eid = "
               "?1 AND htxn = ?2",
               -1, &writer->outcome, NULL)
        || sqlite3_prepare_v2(
               database,
               "INSERT INTO balance (shard, eid, service, amount, time) VALUES (1, ?1, 2, ?2, 1001) ON CONFLICT "
               "(shard, eid, service) DO UPDATE SET amount = excluded.amount, time = excluded.time",
               -1, &writer->balance, NULL)
        || sqlite3_prepare_v2(
               database,
               "INSERT INTO audit_event (writer, number, time, shard, eid, sequence, form, kind, subject, content, "
               "hash) VALUES (0, ?1, 1000, 1, ?2, ?3, 2, ?4, ?5, ?6, ?7)",
               -1, &writer->audit, NULL);
}

static void name(char *eid, uint32_t element) { snprintf(eid, 24, "00000001-10-%06X", element); }

static int write_all(struct writer *writer, uint32_t orders, uint32_t elements, uint32_t group, int64_t *sequences) {
    char eid[24];
    for (uint32_t first = 0; first < orders; first += group) {
        uint32_t last = first + group < orders ? first + group : orders;
        for (int isOutcome = 0; isOutcome < 2; isOutcome++) {
            if (run(writer->database, "BEGIN IMMEDIATE")) return 1;
            for (uint32_t order = first; order < last; order++) {
                uint32_t element = order % elements;
                int64_t htxn = order / elements + 1;
                name(eid, element);
                if ((isOutcome ? end_order : begin_order)(writer, eid, htxn, &sequences[element])) return 1;
            }
            if (run(writer->database, "COMMIT")) return 1;
        }
    }
    return 0;
}

double records_peer_run(const char *path, uint32_t orders, uint32_t elements, uint32_t group) {
    struct writer writer = {0};
    char sql[160], eid[24];
    if (prepare(&writer, path)) return -1;
    if (run(writer.database, "BEGIN")) return -1;
    for (uint32_t element = 0; element < elements; element++) {
        name(eid, element);
        snprintf(sql, sizeof sql, "INSERT INTO element (shard, eid) VALUES (1, '%s')", eid);
        if (run(writer.database, sql)) return -1;
    }
    if (run(writer.database, "COMMIT")) return -1;
    int64_t *sequences = calloc(elements, sizeof *sequences);
    if (!sequences) return -1;
    double start = now();
    int failed = write_all(&writer, orders, elements, group, sequences);
    double end = now();
    free(sequences);
    sqlite3_finalize(writer.intent);
    sqlite3_finalize(writer.outcome);
    sqlite3_finalize(writer.balance);
    sqlite3_finalize(writer.audit);
    sqlite3_close(writer.database);
    return failed ? -1 : end - start;
}

static int ascending(const void *left, const void *right) {
    double difference = *(const double *)left - *(const double *)right;
    return difference < 0 ? -1 : difference > 0;
}

double records_peer_sync(const char *path, uint32_t count) {
    static const char page[4096];
    double *times = calloc(count, sizeof *times);
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (!times || file < 0) return -1;
    for (uint32_t index = 0; index < count; index++) {
        double start = now();
        if (write(file, page, sizeof page) != sizeof page || fdatasync(file)) return -1;
        times[index] = now() - start;
    }
    close(file);
    qsort(times, count, sizeof *times, ascending);
    double median = times[count / 2];
    free(times);
    return median;
}

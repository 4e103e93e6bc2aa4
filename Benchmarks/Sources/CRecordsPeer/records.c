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
    sqlite3_stmt *intent, *outcome, *balance, *audit, *fact, *entry, *account, *element, *purse, *count;
    int64_t number, facts, transfers;
};

enum { MARK_SIZE = 16, HASH_SIZE = 32, ORDER_SIZE = 31, OPENED_SIZE = 92, SETTLED_SIZE = 12, POSTED_SIZE = 63 };
enum { BEGUN_SIZE = 35, BALANCE_SIZE = 12, DONE_SIZE = 43 };

/// What would be a mark or a hash under the audit key: as long, and different in each row.
static void bind_bytes(sqlite3_stmt *statement, int index, int64_t number, int size) {
    uint8_t bytes[160];
    memset(bytes, (int)(number & 0xFF), sizeof bytes);
    sqlite3_bind_blob(statement, index, bytes, size, SQLITE_TRANSIENT);
}

static int audit(struct writer *writer, const char *eid, int64_t sequence, int kind, int64_t subject, int size) {
    sqlite3_bind_int64(writer->audit, 1, ++writer->number);
    sqlite3_bind_text(writer->audit, 2, eid, -1, SQLITE_STATIC);
    sqlite3_bind_int64(writer->audit, 3, sequence);
    sqlite3_bind_int(writer->audit, 4, kind);
    sqlite3_bind_int64(writer->audit, 5, subject);
    bind_bytes(writer->audit, 6, kind, size);
    bind_bytes(writer->audit, 7, writer->number, HASH_SIZE);
    return step(writer->audit);
}

/// What the ledger has of an element: its accounts' names, and the transfer that is open.
struct books {
    char key[64], held[48], doubt[48];
};

static void open_books(struct books *books, const char *eid, const char *order, int64_t htxn) {
    snprintf(books->key, sizeof books->key, "%s %s %lld", eid, order, (long long)htxn);
    snprintf(books->held, sizeof books->held, "purses:%s:gas", eid);
    snprintf(books->doubt, sizeof books->doubt, "in doubt:%s:gas", eid);
}

static int entry(struct writer *writer, int position, const char *account, int64_t amount) {
    sqlite3_bind_int64(writer->entry, 1, writer->facts);
    sqlite3_bind_int(writer->entry, 2, position);
    sqlite3_bind_text(writer->entry, 3, account, -1, SQLITE_STATIC);
    sqlite3_bind_int64(writer->entry, 4, amount);
    return step(writer->entry);
}

/// A fact of the ledger with its entries. A transfer of 0 is none, and a step has entries.
static int fact(
    struct writer *writer, const struct books *books, const char *eid, int64_t htxn, int kind, int64_t transfer,
    int nth, int size, const char *from, const char *to) {
    sqlite3_stmt *statement = writer->fact;
    sqlite3_clear_bindings(statement);
    sqlite3_bind_int64(statement, 1, ++writer->facts);
    sqlite3_bind_text(statement, 2, books->key, -1, SQLITE_STATIC);
    sqlite3_bind_int(statement, 3, kind);
    if (transfer) {
        sqlite3_bind_int64(statement, 4, transfer);
        sqlite3_bind_int(statement, 5, nth);
    }
    if (nth == 2) sqlite3_bind_int64(statement, 6, transfer);
    if (nth == 1) {
        sqlite3_bind_int(statement, 7, 978);
        sqlite3_bind_int64(statement, 8, 1000000);
        sqlite3_bind_text(statement, 9, "seller", -1, SQLITE_STATIC);
        sqlite3_bind_text(statement, 10, books->held, -1, SQLITE_STATIC);
        sqlite3_bind_text(statement, 11, books->doubt, -1, SQLITE_STATIC);
        sqlite3_bind_text(statement, 12, eid, -1, SQLITE_STATIC);
        sqlite3_bind_int64(statement, 13, htxn);
    }
    bind_bytes(statement, 14, writer->facts, size);
    bind_bytes(statement, 15, writer->facts, MARK_SIZE);
    int result = step(statement);
    if (!result && from) result = entry(writer, 0, from, -1000000);
    return result || !to ? result : entry(writer, 1, to, 1000000);
}

static int account(
    struct writer *writer, const char *name, int kind, const char *party, int64_t balance, int64_t pending,
    int64_t version) {
    sqlite3_stmt *statement = writer->account;
    sqlite3_bind_text(statement, 1, name, -1, SQLITE_STATIC);
    sqlite3_bind_int(statement, 2, kind);
    if (party) sqlite3_bind_text(statement, 3, party, -1, SQLITE_STATIC);
    else sqlite3_bind_null(statement, 3);
    sqlite3_bind_int64(statement, 4, balance);
    sqlite3_bind_int64(statement, 5, pending);
    sqlite3_bind_int64(statement, 6, version);
    bind_bytes(statement, 7, version, MARK_SIZE);
    return step(statement);
}

static int element_row(struct writer *writer, const char *eid, int64_t open, int64_t htxn, int64_t version) {
    sqlite3_stmt *statement = writer->element;
    sqlite3_bind_text(statement, 1, eid, -1, SQLITE_STATIC);
    if (open) sqlite3_bind_int64(statement, 2, open);
    else sqlite3_bind_null(statement, 2);
    sqlite3_bind_int64(statement, 3, htxn);
    bind_bytes(statement, 4, version, open ? 44 : 36);
    sqlite3_bind_int64(statement, 5, version);
    bind_bytes(statement, 6, version, MARK_SIZE);
    return step(statement);
}

static int purse_row(struct writer *writer, const char *eid, const char *held, int64_t proven, int64_t version) {
    sqlite3_stmt *statement = writer->purse;
    sqlite3_bind_text(statement, 1, eid, -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 2, held, -1, SQLITE_STATIC);
    sqlite3_bind_int64(statement, 3, proven);
    sqlite3_bind_int64(statement, 4, version);
    bind_bytes(statement, 5, version, MARK_SIZE);
    return step(statement);
}

/// The rows that all orders of a commit share: the seller's account and the writer's count.
static int end_commit(struct writer *writer, int64_t version, int64_t pending) {
    int result = account(writer, "seller", 1, NULL, -writer->transfers * 1000000, pending, version);
    sqlite3_bind_int64(writer->count, 1, writer->facts);
    sqlite3_bind_int64(writer->count, 2, writer->transfers);
    sqlite3_bind_int64(writer->count, 3, version);
    bind_bytes(writer->count, 4, version, MARK_SIZE);
    return result ? result : step(writer->count);
}

static int begin_order(struct writer *writer, const char *eid, int64_t htxn, int64_t *sequence) {
    sqlite3_bind_text(writer->intent, 1, eid, -1, SQLITE_STATIC);
    sqlite3_bind_int64(writer->intent, 2, htxn);
    struct books books;
    open_books(&books, eid, "order", htxn);
    int64_t transfer = ++writer->transfers;
    return step(writer->intent) || audit(writer, eid, ++*sequence, 1, htxn, BEGUN_SIZE)
        || fact(writer, &books, eid, htxn, 1, 0, 0, ORDER_SIZE, NULL, NULL)
        || fact(writer, &books, eid, htxn, 2, transfer, 1, OPENED_SIZE, "seller", books.doubt)
        || account(writer, books.doubt, 5, eid, 1000000, 0, 2 * htxn - 1)
        || element_row(writer, eid, transfer, htxn, 2 * htxn - 1);
}

static int end_order(struct writer *writer, const char *eid, int64_t htxn, int64_t transfer, int64_t *sequence) {
    sqlite3_bind_text(writer->balance, 1, eid, -1, SQLITE_STATIC);
    sqlite3_bind_int64(writer->balance, 2, htxn * 1000000);
    sqlite3_bind_text(writer->outcome, 1, eid, -1, SQLITE_STATIC);
    sqlite3_bind_int64(writer->outcome, 2, htxn);
    struct books books;
    open_books(&books, eid, "outcome", transfer);
    return step(writer->balance) || audit(writer, eid, ++*sequence, 2, 2, BALANCE_SIZE) || step(writer->outcome)
        || audit(writer, eid, ++*sequence, 1, htxn, DONE_SIZE)
        || fact(writer, &books, eid, htxn, 1, 0, 0, SETTLED_SIZE, NULL, NULL)
        || fact(writer, &books, eid, htxn, 4, transfer, 2, POSTED_SIZE, books.doubt, books.held)
        || account(writer, books.doubt, 5, eid, 0, 0, 2 * htxn)
        || account(writer, books.held, 4, eid, htxn * 1000000, 0, htxn)
        || element_row(writer, eid, 0, htxn, 2 * htxn)
        || purse_row(writer, eid, books.held, htxn * 1000000, htxn + 1);
}

struct statement {
    sqlite3_stmt **place;
    const char *sql;
};

static int prepare(struct writer *writer, const char *path) {
    const struct statement statements[] = {
        {&writer->intent,
         "INSERT INTO credit_transaction (shard, eid, htxn, operation, service, currency, amount, time, state, settled) "
         "VALUES (1, ?1, ?2, 1, 2, 978, 1000000, 1000, 0, 1000)"},
        {&writer->outcome,
         "UPDATE credit_transaction SET state = 1, balance = 1000000, settled = 1001 WHERE shard = 1 AND eid = ?1 AND "
         "htxn = ?2"},
        {&writer->balance,
         "INSERT INTO balance (shard, eid, service, amount, time) VALUES (1, ?1, 2, ?2, 1001) ON CONFLICT (shard, eid, "
         "service) DO UPDATE SET amount = excluded.amount, time = excluded.time"},
        {&writer->audit,
         "INSERT INTO audit_event (writer, number, time, shard, eid, sequence, form, kind, subject, content, hash) "
         "VALUES (0, ?1, 1000, 1, ?2, ?3, 2, ?4, ?5, ?6, ?7)"},
        {&writer->fact,
         "INSERT INTO ledger_fact (shard, number, time, order_key, kind, transfer, step, receipt, currency, amount, "
         "source, target, doubt, element, htxn, content, mark) "
         "VALUES (1, ?1, 1000, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)"},
        {&writer->entry,
         "INSERT INTO ledger_entry (shard, fact, position, account, currency, amount) VALUES (1, ?1, ?2, ?3, 978, ?4)"},
        {&writer->account,
         "INSERT INTO ledger_balance (shard, account, currency, part, kind, party, balance, pending, version, mark) "
         "VALUES (1, ?1, 978, 0, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (shard, account, currency, part) DO UPDATE SET "
         "balance = excluded.balance, pending = excluded.pending, version = excluded.version, mark = excluded.mark"},
        {&writer->element,
         "INSERT INTO ledger_element (shard, eid, open_transfer, highest, content, version, mark) VALUES (1, ?1, ?2, "
         "?3, ?4, ?5, ?6) ON CONFLICT (shard, eid) DO UPDATE SET open_transfer = excluded.open_transfer, highest = "
         "excluded.highest, content = excluded.content, version = excluded.version, mark = excluded.mark"},
        {&writer->purse,
         "INSERT INTO ledger_purse (shard, eid, service, account, currency, most, proven, set_aside, version, mark) "
         "VALUES (1, ?1, 2, ?2, 978, 100000000, ?3, 0, ?4, ?5) ON CONFLICT (shard, eid, service) DO UPDATE SET proven "
         "= excluded.proven, version = excluded.version, mark = excluded.mark"},
        {&writer->count,
         "INSERT INTO ledger_count (shard, writer, facts, transfers, receipts, differences, version, mark) VALUES (0, "
         "0, ?1, ?2, ?2, 0, ?3, ?4) ON CONFLICT (shard, writer) DO UPDATE SET facts = excluded.facts, transfers = "
         "excluded.transfers, receipts = excluded.receipts, version = excluded.version, mark = excluded.mark"},
    };
    if (sqlite3_open(path, &writer->database)) return 1;
    const char *modes = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; "
                        "PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 8192";
    int result = run(writer->database, modes);
    for (size_t index = 0; !result && index < sizeof statements / sizeof *statements; index++)
        result = sqlite3_prepare_v2(writer->database, statements[index].sql, -1, statements[index].place, NULL);
    return result;
}

static void finish(struct writer *writer) {
    sqlite3_stmt *statement;
    while ((statement = sqlite3_next_stmt(writer->database, NULL))) sqlite3_finalize(statement);
    sqlite3_close(writer->database);
}

static void name(char *eid, uint32_t element) { snprintf(eid, 24, "00000001-10-%06X", element); }

/// Orders number `start` to `end - 1`, each element's one after another.
static int write_all(
    struct writer *writer, uint32_t start, uint32_t end, uint32_t elements, uint32_t group, int64_t *sequences) {
    char eid[24];
    int64_t version = 2 * start;
    for (uint32_t first = start; first < end; first += group) {
        uint32_t last = first + group < end ? first + group : end;
        for (int is_outcome = 0; is_outcome < 2; is_outcome++) {
            if (run(writer->database, "BEGIN IMMEDIATE")) return 1;
            for (uint32_t order = first; order < last; order++) {
                uint32_t element = order % elements;
                int64_t htxn = order / elements + 1;
                name(eid, element);
                if (is_outcome ? end_order(writer, eid, htxn, order + 1, &sequences[element])
                               : begin_order(writer, eid, htxn, &sequences[element]))
                    return 1;
            }
            if (end_commit(writer, ++version, is_outcome ? 0 : (last - first) * 1000000LL)) return 1;
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
    // Each element has had an order before.
    int failed = write_all(&writer, 0, elements, elements, 500, sequences);
    double start = now();
    failed = failed || write_all(&writer, elements, elements + orders, elements, group, sequences);
    double end = now();
    free(sequences);
    finish(&writer);
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

// The minimum that a program can do with many readers: a thread, a context and a loop of SCardTransmit for each, in one
// transaction. Prints the exchanges per second of all together.
//
// Connecting and disconnecting are done by one thread at a time, outside the time that is measured. libpcsclite (1.9.9)
// looks a card up by going through the lists of all contexts, and changes those lists in SCardConnect, SCardDisconnect and
// SCardReleaseContext under another lock: a thread that looks up while another disconnects reads memory that is freed.
//
//   readers COUNT READER...

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <winscard.h>

static long count;
static pthread_barrier_t together;
static pthread_mutex_t lists = PTHREAD_MUTEX_INITIALIZER;

static void check(LONG result, const char *call) {
    if (result == SCARD_S_SUCCESS) return;
    fprintf(stderr, "%s: %s\n", call, pcsc_stringify_error(result));
    // Skips the library's clean-up, which would run while other threads still use it.
    _exit(1);
}

static void *exchange(void *reader) {
    SCARDCONTEXT context;
    SCARDHANDLE card;
    DWORD protocol;
    pthread_mutex_lock(&lists);
    check(SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, &context), "SCardEstablishContext");
    check(SCardConnect(context, reader, SCARD_SHARE_SHARED, SCARD_PROTOCOL_T1, &card, &protocol), "SCardConnect");
    pthread_mutex_unlock(&lists);
    unsigned char command[30] = {0x80, 0x50, 0x01, 0x01, 24};
    memset(command + 5, 0xA5, 24);
    command[29] = 44;
    unsigned char answer[MAX_BUFFER_SIZE];
    pthread_barrier_wait(&together);
    check(SCardBeginTransaction(card), "SCardBeginTransaction");
    for (long round = 0; round < count; round++) {
        DWORD length = sizeof answer;
        check(SCardTransmit(card, SCARD_PCI_T1, command, sizeof command, NULL, answer, &length), "SCardTransmit");
        if (length != 46) _exit(1);
    }
    check(SCardEndTransaction(card, SCARD_LEAVE_CARD), "SCardEndTransaction");
    pthread_barrier_wait(&together);
    pthread_mutex_lock(&lists);
    check(SCardDisconnect(card, SCARD_LEAVE_CARD), "SCardDisconnect");
    SCardReleaseContext(context);
    pthread_mutex_unlock(&lists);
    return NULL;
}

int main(int argc, char **argv) {
    if (argc < 3 || (count = atol(argv[1])) < 1) return 64;
    int readers = argc - 2;
    pthread_t threads[readers];
    pthread_barrier_init(&together, NULL, readers + 1);
    for (int number = 0; number < readers; number++)
        if (pthread_create(&threads[number], NULL, exchange, argv[2 + number])) return 1;
    struct timespec start, end;
    pthread_barrier_wait(&together);
    clock_gettime(CLOCK_MONOTONIC, &start);
    pthread_barrier_wait(&together);
    clock_gettime(CLOCK_MONOTONIC, &end);
    for (int number = 0; number < readers; number++) pthread_join(threads[number], NULL);
    double seconds = end.tv_sec - start.tv_sec + (end.tv_nsec - start.tv_nsec) * 1e-9;
    printf("%.0f\n", readers * count / seconds);
    return 0;
}

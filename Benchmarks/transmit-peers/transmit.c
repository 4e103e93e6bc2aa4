// The minimum that a program can do: SCardTransmit in a loop, in one transaction. Prints the median nanoseconds of
// COUNT.
//
//   transmit READER COUNT

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <winscard.h>

static int compare(const void *a, const void *b) {
    long long x = *(const long long *)a, y = *(const long long *)b;
    return (x > y) - (x < y);
}

static void check(LONG result, const char *call) {
    if (result == SCARD_S_SUCCESS) return;
    fprintf(stderr, "%s: %s\n", call, pcsc_stringify_error(result));
    exit(1);
}

int main(int argc, char **argv) {
    if (argc != 3) return 64;
    long count = atol(argv[2]);
    if (count < 1) return 64;
    SCARDCONTEXT context;
    SCARDHANDLE card;
    DWORD protocol;
    check(SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, &context), "SCardEstablishContext");
    check(SCardConnect(context, argv[1], SCARD_SHARE_SHARED, SCARD_PROTOCOL_T1, &card, &protocol), "SCardConnect");
    check(SCardBeginTransaction(card), "SCardBeginTransaction");
    unsigned char command[30] = {0x80, 0x50, 0x01, 0x01, 24};
    memset(command + 5, 0xA5, 24);
    command[29] = 44;
    static unsigned char answer[MAX_BUFFER_SIZE_EXTENDED];
    long long *times = malloc(sizeof *times * count);
    if (times == NULL) return 1;
    for (long round = -count / 10; round < count; round++) {
        struct timespec start, end;
        DWORD length = sizeof answer;
        clock_gettime(CLOCK_MONOTONIC, &start);
        LONG result = SCardTransmit(card, SCARD_PCI_T1, command, sizeof command, NULL, answer, &length);
        clock_gettime(CLOCK_MONOTONIC, &end);
        check(result, "SCardTransmit");
        if (length != 46) return 1;
        if (round >= 0) times[round] = (end.tv_sec - start.tv_sec) * 1000000000LL + end.tv_nsec - start.tv_nsec;
    }
    check(SCardEndTransaction(card, SCARD_LEAVE_CARD), "SCardEndTransaction");
    check(SCardDisconnect(card, SCARD_LEAVE_CARD), "SCardDisconnect");
    SCardReleaseContext(context);
    qsort(times, count, sizeof *times, compare);
    printf("%lld\n", times[count / 2]);
    return 0;
}

#include "CCreditPeer.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <string.h>
#include <time.h>

enum { MASTER, DERIVATION, COMMANDS, ANSWERS, USES };

typedef struct {
    EVP_MAC_CTX *mac[USES];
    int is_keyed[USES];
    EVP_CIPHER_CTX *ctr;
    unsigned char drawn[512];
    size_t left;
    // Keys that stay the same are set up once, and random numbers drawn together.
    int is_frugal;
} Party;

static int party_open(Party *party, int is_frugal) {
    EVP_MAC *mac = EVP_MAC_fetch(NULL, "CMAC", NULL);
    EVP_CIPHER *ctr = EVP_CIPHER_fetch(NULL, "AES-128-CTR", NULL);
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_CIPHER, (char *)"AES-128-CBC", 0),
        OSSL_PARAM_construct_end(),
    };
    party->is_frugal = is_frugal;
    party->ctr = EVP_CIPHER_CTX_new();
    int good = mac != NULL && ctr != NULL && EVP_EncryptInit_ex2(party->ctr, ctr, NULL, NULL, NULL) == 1;
    for (int use = 0; good && use < USES; use++) {
        party->mac[use] = EVP_MAC_CTX_new(mac);
        good = party->mac[use] != NULL && EVP_MAC_CTX_set_params(party->mac[use], parameters) == 1;
    }
    EVP_MAC_free(mac);
    EVP_CIPHER_free(ctr);
    return good;
}

static void party_close(Party *party) {
    for (int use = 0; use < USES; use++) EVP_MAC_CTX_free(party->mac[use]);
    EVP_CIPHER_CTX_free(party->ctr);
}

static int draw(Party *party, unsigned char *r) {
    if (!party->is_frugal) return RAND_bytes(r, 16) == 1;
    if (party->left == 0) {
        if (RAND_bytes(party->drawn, sizeof party->drawn) != 1) return 0;
        party->left = sizeof party->drawn;
    }
    party->left -= 16;
    memcpy(r, party->drawn + party->left, 16);
    return 1;
}

/// One CMAC; `is_same`: the key is the one that this use had last.
static int cmac(
    Party *party, int use, const unsigned char *key, int is_same, const unsigned char *text, size_t count,
    unsigned char *tag
) {
    if (party->is_frugal && is_same && party->is_keyed[use]) key = NULL;
    party->is_keyed[use] = 1;
    return EVP_MAC_init(party->mac[use], key, key == NULL ? 0 : 16, NULL) == 1
        && EVP_MAC_update(party->mac[use], text, count) == 1 && EVP_MAC_final(party->mac[use], tag, NULL, 16) == 1;
}

static int ctr(Party *party, const unsigned char *key, const unsigned char *icb, unsigned char *text, int count) {
    int written = 0;
    return EVP_EncryptInit_ex2(party->ctr, NULL, key, icb, NULL) == 1
        && EVP_EncryptUpdate(party->ctr, text, &written, text, count) == 1;
}

/// The four session keys: one key set up, four messages of 74 bytes.
static int derive(
    Party *party, const unsigned char *key, int is_same, unsigned char *context, unsigned char *session
) {
    for (int i = 0; i < 4; i++) {
        context[3] = (unsigned char)(i + 1);
        if (!cmac(party, DERIVATION, i == 0 ? key : NULL, is_same, context, 74, session + 16 * i)) return 0;
    }
    return 1;
}

static int credit(Party *host, Party *card, const unsigned char *master) {
    unsigned char element_key[16], session[64], r1[16], r2[16], text[80] = {0}, tag[16], icb[16] = {3, 1};
    const unsigned char *mac_a = session + 16, *mac_e = session + 48;
    // Host: R1, and the element's key derived from the master key. Card, which holds its key: R2, session keys, S2.
    if (!draw(host, r1) || !draw(card, r2)) return 0;
    if (!cmac(host, MASTER, master, 1, text, 21, element_key)) return 0;
    if (!derive(card, element_key, 1, text, session) || !cmac(card, ANSWERS, mac_e, 0, text, 55, tag)) return 0;
    if (!derive(host, element_key, 0, text, session) || !cmac(host, ANSWERS, mac_e, 0, text, 55, tag)) return 0;
    // C3 of 23 bytes sealed, checked and opened; C4 of 26 bytes likewise.
    if (!ctr(host, session, icb, text, 23) || !cmac(host, COMMANDS, mac_a, 0, text, 42, tag)) return 0;
    if (!cmac(card, COMMANDS, mac_a, 0, text, 42, tag) || !ctr(card, session, icb, text, 23)) return 0;
    icb[0] = 4;
    if (!ctr(card, session + 32, icb, text, 26) || !cmac(card, ANSWERS, mac_e, 1, text, 45, tag)) return 0;
    return cmac(host, ANSWERS, mac_e, 1, text, 45, tag) && ctr(host, session + 32, icb, text, 26);
}

double credit_peer_run(uint64_t rounds, int is_frugal) {
    unsigned char master[16] = {1};
    Party host = {0}, card = {0};
    struct timespec start, end;
    int good = party_open(&host, is_frugal) && party_open(&card, is_frugal);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &start);
    for (uint64_t round = 0; good && round < rounds; round++) good = credit(&host, &card, master);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
    party_close(&host);
    party_close(&card);
    if (!good) return -1;
    return (double)(end.tv_sec - start.tv_sec) + (double)(end.tv_nsec - start.tv_nsec) * 1e-9;
}

static uint64_t allocations;

uint64_t credit_allocations(void) { return allocations; }

#ifdef __GLIBC__
extern void *__libc_malloc(size_t count);

/// Replaces the C library's, to count calls.
void *malloc(size_t count) {
    allocations++;
    return __libc_malloc(count);
}
#endif

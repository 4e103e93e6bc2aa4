#include "CCreditPeer.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <time.h>

typedef struct {
    EVP_MAC_CTX *mac;
    EVP_CIPHER_CTX *ctr;
} Party;

static int party_open(Party *party) {
    EVP_MAC *mac = EVP_MAC_fetch(NULL, "CMAC", NULL);
    EVP_CIPHER *ctr = EVP_CIPHER_fetch(NULL, "AES-128-CTR", NULL);
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_CIPHER, (char *)"AES-128-CBC", 0),
        OSSL_PARAM_construct_end(),
    };
    party->mac = mac == NULL ? NULL : EVP_MAC_CTX_new(mac);
    party->ctr = EVP_CIPHER_CTX_new();
    int good = party->mac != NULL && ctr != NULL && EVP_MAC_CTX_set_params(party->mac, parameters) == 1
        && EVP_EncryptInit_ex2(party->ctr, ctr, NULL, NULL, NULL) == 1;
    EVP_MAC_free(mac);
    EVP_CIPHER_free(ctr);
    return good;
}

static void party_close(Party *party) {
    EVP_MAC_CTX_free(party->mac);
    EVP_CIPHER_CTX_free(party->ctr);
}

static int cmac(Party *party, const unsigned char *key, const unsigned char *text, size_t count, unsigned char *tag) {
    return EVP_MAC_init(party->mac, key, key == NULL ? 0 : 16, NULL) == 1
        && EVP_MAC_update(party->mac, text, count) == 1 && EVP_MAC_final(party->mac, tag, NULL, 16) == 1;
}

static int ctr(Party *party, const unsigned char *key, const unsigned char *icb, unsigned char *text, int count) {
    int written = 0;
    return EVP_EncryptInit_ex2(party->ctr, NULL, key, icb, NULL) == 1
        && EVP_EncryptUpdate(party->ctr, text, &written, text, count) == 1;
}

/// The four session keys: one key set up, four messages of 74 bytes.
static int derive(Party *party, const unsigned char *key, unsigned char *context, unsigned char *session) {
    for (int i = 0; i < 4; i++) {
        context[3] = (unsigned char)(i + 1);
        if (!cmac(party, i == 0 ? key : NULL, context, 74, session + 16 * i)) return 0;
    }
    return 1;
}

static int credit(Party *host, Party *card, const unsigned char *master) {
    unsigned char element_key[16], session[64], r1[16], r2[16], text[80] = {0}, tag[16], icb[16] = {3, 1};
    // Host: R1, and the element's key of the master key. Card: R2, session keys, S2.
    if (RAND_bytes(r1, 16) != 1 || RAND_bytes(r2, 16) != 1) return 0;
    if (!cmac(host, master, text, 21, element_key)) return 0;
    if (!derive(card, element_key, text, session) || !cmac(card, session + 48, text, 55, tag)) return 0;
    if (!derive(host, element_key, text, session) || !cmac(host, session + 48, text, 55, tag)) return 0;
    // C3 of 23 bytes sealed, checked and opened; C4 of 26 bytes likewise.
    if (!ctr(host, session, icb, text, 23) || !cmac(host, session + 16, text, 42, tag)) return 0;
    if (!cmac(card, session + 16, text, 42, tag) || !ctr(card, session, icb, text, 23)) return 0;
    icb[0] = 4;
    if (!ctr(card, session + 32, icb, text, 26) || !cmac(card, session + 48, text, 45, tag)) return 0;
    return cmac(host, session + 48, text, 45, tag) && ctr(host, session + 32, icb, text, 26);
}

double credit_peer_run(uint64_t rounds) {
    unsigned char master[16] = {1};
    Party host = {0}, card = {0};
    struct timespec start, end;
    int good = party_open(&host) && party_open(&card);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &start);
    for (uint64_t round = 0; good && round < rounds; round++) good = credit(&host, &card, master);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
    party_close(&host);
    party_close(&card);
    if (!good) return -1;
    return (double)(end.tv_sec - start.tv_sec) + (double)(end.tv_nsec - start.tv_nsec) * 1e-9;
}

#ifndef VALUESTORE_COPENSSL_SHIM_H
#define VALUESTORE_COPENSSL_SHIM_H

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <sys/resource.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

// OSSL_PARAM keeps the pointers it is given, so its strings must outlive the call: literals do.

/// A CMAC context over AES-CBC for keys of `key_count` bytes (16, 24 or 32), with no key yet, or NULL.
static inline EVP_MAC_CTX *vs_cmac_context(int key_count) {
    const char *cipher = key_count == 16 ? "AES-128-CBC" : key_count == 24 ? "AES-192-CBC" : "AES-256-CBC";
    EVP_MAC *mac = EVP_MAC_fetch(NULL, "CMAC", NULL);
    if (mac == NULL) return NULL;
    EVP_MAC_CTX *context = EVP_MAC_CTX_new(mac);
    EVP_MAC_free(mac);
    if (context == NULL) return NULL;
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_CIPHER, (char *)cipher, 0),
        OSSL_PARAM_construct_end(),
    };
    if (EVP_MAC_CTX_set_params(context, parameters) != 1) {
        EVP_MAC_CTX_free(context);
        return NULL;
    }
    return context;
}

/// An HMAC context over SHA-256, with no key yet, or NULL.
static inline EVP_MAC_CTX *vs_hmac_sha256_context(void) {
    EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    if (mac == NULL) return NULL;
    EVP_MAC_CTX *context = EVP_MAC_CTX_new(mac);
    EVP_MAC_free(mac);
    if (context == NULL) return NULL;
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, (char *)"SHA256", 0),
        OSSL_PARAM_construct_end(),
    };
    if (EVP_MAC_CTX_set_params(context, parameters) != 1) {
        EVP_MAC_CTX_free(context);
        return NULL;
    }
    return context;
}

/// Forbids core dumps of this process, and reading its memory by other processes of its user. prctl is variadic, which
/// Swift cannot call. 0, or -1 with errno set.
static inline int vs_forbid_dumps(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_CORE, &limit) != 0) return -1;
    limit.rlim_cur = 0;
    if (setrlimit(RLIMIT_CORE, &limit) != 0) return -1;
#ifdef __linux__
    return prctl(PR_SET_DUMPABLE, 0L, 0L, 0L, 0L);
#else
    return 0;
#endif
}

/// Whether the memory of this process may be dumped.
static inline int vs_may_be_dumped(void) {
#ifdef __linux__
    return prctl(PR_GET_DUMPABLE, 0L, 0L, 0L, 0L) != 0;
#else
    struct rlimit limit;
    return getrlimit(RLIMIT_CORE, &limit) != 0 || limit.rlim_cur != 0;
#endif
}

#endif

#include <openssl/asn1.h>

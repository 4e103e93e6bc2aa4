#include "CParsingPeers.h"
#include <dlfcn.h>

// OpenSC installs no headers. Its APDU structure is only passed through, in a buffer larger than it needs.
typedef int establish_context(void **context, const char *application);
typedef int bytes_to_apdu(void *context, const uint8_t *bytes, size_t count, void *apdu);

static void *context;
static bytes_to_apdu *parse;

int peer_has_opensc(void) {
    if (parse) return 1;
    void *library = dlopen("libopensc.so.8", RTLD_NOW | RTLD_LOCAL);
    if (!library) return 0;
    establish_context *establish = (establish_context *)dlsym(library, "sc_establish_context");
    bytes_to_apdu *found = (bytes_to_apdu *)dlsym(library, "sc_bytes2apdu");
    if (!establish || !found || establish(&context, "benchmark") != 0) return 0;
    parse = found;
    return 1;
}

int peer_parse_command(const uint8_t *bytes, size_t count) {
    _Alignas(16) uint8_t apdu[1024];
    return parse(context, bytes, count, apdu);
}

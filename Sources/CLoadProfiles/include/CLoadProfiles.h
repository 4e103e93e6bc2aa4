#ifndef VALUESTORE_CLOADPROFILES_H
#define VALUESTORE_CLOADPROFILES_H

#include <stddef.h>

/// Profiles/household.csv as at compile time, without a terminating zero.
const unsigned char *vs_household_profile(void);
/// Its size in bytes.
size_t vs_household_profile_count(void);

#endif

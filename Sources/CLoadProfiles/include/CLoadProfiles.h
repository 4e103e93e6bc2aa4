#ifndef VALUESTORE_CLOADPROFILES_H
#define VALUESTORE_CLOADPROFILES_H

#include <stddef.h>

/// Profiles/household.csv as the compiler found it; there is no zero at its end.
const unsigned char *vs_household_profile(void);
/// Bytes of it.
size_t vs_household_profile_count(void);

#endif

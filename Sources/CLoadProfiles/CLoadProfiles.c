#include "CLoadProfiles.h"

// C23, which clang knows in every mode. The same bytes as an array of Swift take a minute and a half to compile.
static const unsigned char household[] = {
#embed "Profiles/household.csv"
};

const unsigned char *vs_household_profile(void) { return household; }

size_t vs_household_profile_count(void) { return sizeof household; }

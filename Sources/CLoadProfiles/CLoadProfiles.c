#include "CLoadProfiles.h"

// C23; clang accepts it in every mode. The same bytes as a Swift array take a minute and a half to compile.
static const unsigned char household[] = {
#embed "Profiles/household.csv"
};

const unsigned char *vs_household_profile(void) { return household; }

size_t vs_household_profile_count(void) { return sizeof household; }

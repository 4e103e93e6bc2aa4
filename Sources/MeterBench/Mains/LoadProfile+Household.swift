internal import CLoadProfiles

extension LoadProfile {
    /// The text of the household's year that ships with the program.
    ///
    /// It is synthetic: nothing in it was measured. Tools/profiles/household writes it, and its remarks say more.
    public static var householdText: [UInt8] {
        unsafe Array(UnsafeBufferPointer(start: vs_household_profile(), count: vs_household_profile_count()))
    }

    /// A year of a household that uses about 3,500 kWh, in quarters of an hour from midnight of 1 January, a Thursday.
    ///
    /// - Throws: `LoadProfileError` where the file was changed for the worse before the program was built.
    public static func household() throws(LoadProfileError) -> LoadProfile {
        try LoadProfile(parsing: householdText)
    }
}

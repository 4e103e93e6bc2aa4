internal import CLoadProfiles

extension LoadProfile {
    /// The text of the household's year included in the program.
    ///
    /// It is synthetic, not measured. Tools/profiles/household generates it and documents it in its comments.
    public static var householdText: [UInt8] {
        unsafe Array(UnsafeBufferPointer(start: vs_household_profile(), count: vs_household_profile_count()))
    }

    /// A year of a household that uses about 3,500 kWh, in quarters of an hour from midnight of 1 January, a Thursday.
    ///
    /// - Throws: `LoadProfileError` if the file was damaged before the program was built.
    public static func household() throws(LoadProfileError) -> LoadProfile {
        try LoadProfile(parsing: householdText)
    }
}

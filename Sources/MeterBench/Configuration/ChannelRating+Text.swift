public import Metrology

extension ChannelRating {
    /// Parses a rating: volts, amperes, and hertz if not 50: `220:40`, `110:20:60`.
    ///
    /// - Parameter text: 50 to 400 V, 1 to 200 A, 50 or 60 Hz.
    /// - Returns: nil if the text is not a rating.
    public init?(parsing text: some StringProtocol) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map { Double($0) }
        guard (2...3).contains(parts.count), let volts = parts[0], let amperes = parts[1],
            let hertz = parts.count == 3 ? parts[2] : 50, (50...400).contains(volts), (1...200).contains(amperes),
            hertz == 50 || hertz == 60
        else { return nil }
        self.init(nominalVoltage: volts, nominalCurrent: amperes, nominalFrequency: hertz)
    }
}

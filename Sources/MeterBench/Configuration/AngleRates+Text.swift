public import Meter

extension AngleRates.Band {
    /// Parses a band: degrees of lag, from and to, and the percentage of the rate: `30..90=120`.
    ///
    /// - Parameter text: negative degrees lead: `-90..-30=110`.
    /// - Returns: nil if the text is not a band.
    public init?(parsing text: some StringProtocol) {
        let parts = text.split(separator: "=", omittingEmptySubsequences: false)
        guard parts.count == 2, let percent = UInt16(parts[1]), let dots = parts[0].firstRange(of: ".."),
            let from = Int(parts[0][..<dots.lowerBound]), let to = Int(parts[0][dots.upperBound...])
        else { return nil }
        self.init(from: from, to: to, percent: percent)
    }
}

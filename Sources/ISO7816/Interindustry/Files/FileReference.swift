/// Which EF a command addresses: the current one, or another of the current DF, which becomes the current one.
public enum FileReference: Sendable, Hashable {
    /// The current EF.
    case current
    /// The EF with this short identifier, 1 to 30.
    case short(UInt8)

    /// The short identifier, 0 for the current EF.
    ///
    /// - Throws: `InterindustryError` with code `.outOfRange`.
    func identifier(_ command: String) throws(InterindustryError) -> UInt8 {
        switch self {
        case .current: return 0
        case .short(let short):
            guard (1...30).contains(short) else {
                throw InterindustryError(.outOfRange, "\(command) of short EF identifier \(short)")
            }
            return short
        }
    }
}

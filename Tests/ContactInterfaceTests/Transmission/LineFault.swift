import ContactInterface

/// What happens to one character in transit.
enum LineFault: Sendable, Equatable, CustomStringConvertible {
    case lost
    /// One level is wrong: parity detects it.
    case parity
    /// Levels are wrong but parity is right.
    case corrupted(UInt16)
    case doubled
    /// It, and what follows it, is late by this many clock periods.
    case delayed(Int)

    var description: String {
        switch self {
        case .lost: "lost"
        case .parity: "parity"
        case .corrupted(let mask): "corrupted by \(mask)"
        case .doubled: "doubled"
        case .delayed(let time): "late by \(time)"
        }
    }

    func apply(_ transit: LineTransit) -> [LineTransit] {
        var changed = transit
        switch self {
        case .lost: return []
        case .parity: changed.character.levels ^= 0x10
        case .corrupted(let mask): changed.character.levels ^= mask
        case .doubled:
            changed.edge = transit.end + transit.character.unit.periods(2)
            return [transit, changed]
        case .delayed(let time): changed.edge += time
        }
        return [changed]
    }

    /// Every character that each end sends in an exchange without faults.
    static func positions(_ characters: (reader: Int, card: Int)) -> [(LineSide, Int)] {
        (0..<characters.reader).map { (.reader, $0) } + (0..<characters.card).map { (.card, $0) }
    }
}

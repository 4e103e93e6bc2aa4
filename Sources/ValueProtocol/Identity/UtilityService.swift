/// What value is spent on; the numbers equal the meter kinds (protocol §1).
public struct UtilityService: RawRepresentable, Sendable, Hashable, Comparable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// The float of a master-key card.
    public static let float = UtilityService(rawValue: 0x00)
    public static let electricity = UtilityService(rawValue: 0x01)
    public static let gas = UtilityService(rawValue: 0x02)
    public static let water = UtilityService(rawValue: 0x03)
    public static let heat = UtilityService(rawValue: 0x04)

    /// The four services for which a subscriber card can have a purse.
    public static let all: [UtilityService] = [.electricity, .gas, .water, .heat]

    public static func < (a: UtilityService, b: UtilityService) -> Bool { a.rawValue < b.rawValue }
}

extension UtilityService: CustomStringConvertible {
    public var description: String {
        switch self {
        case .float: "float"
        case .electricity: "electricity"
        case .gas: "gas"
        case .water: "water"
        case .heat: "heat"
        default: "service \(hexadecimal(UInt64(rawValue), 2))"
        }
    }

    /// Parses a service's name in files and arguments, which stays whatever `description` is: `float`, `electricity`,
    /// `gas`, `water` or `heat`; nil for anything else.
    public init?(named name: String) {
        switch name {
        case "float": self = .float
        case "electricity": self = .electricity
        case "gas": self = .gas
        case "water": self = .water
        case "heat": self = .heat
        default: return nil
        }
    }
}

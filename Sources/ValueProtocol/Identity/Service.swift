/// What value is spent on; the same numbers as the kinds of the meters (protocol §1).
public struct Service: RawRepresentable, Sendable, Hashable, Comparable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// The float of a master-key card.
    public static let float = Service(rawValue: 0x00)
    public static let electricity = Service(rawValue: 0x01)
    public static let gas = Service(rawValue: 0x02)
    public static let water = Service(rawValue: 0x03)
    public static let heat = Service(rawValue: 0x04)

    /// The four that a subscriber card can have a purse of.
    public static let all: [Service] = [.electricity, .gas, .water, .heat]

    public static func < (a: Service, b: Service) -> Bool { a.rawValue < b.rawValue }
}

extension Service: CustomStringConvertible {
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

    /// Takes the name that `description` gives; nil for anything else.
    public init?(named name: String) {
        guard let service = ([.float] + Service.all).first(where: { $0.description == name }) else { return nil }
        self = service
    }
}

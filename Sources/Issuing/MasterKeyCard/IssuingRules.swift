public import ValueProtocol

/// What a master-key card may do: which blanks it may issue, and which operations it seals (protocol §8, SET RULES).
public struct IssuingRules: Sendable, Hashable, CustomStringConvertible {
    /// The EID of the first blank.
    public let first: PartyID
    /// Number of blanks, by increasing number.
    public let count: UInt16
    public let operations: Set<OperationCode>

    public init(first: PartyID, count: UInt16, operations: Set<OperationCode>) {
        self.first = first
        self.count = count
        self.operations = operations
    }

    /// What issuing, rotation and blocking need: PUT KEY, BIND, SET STATE, STATUS.
    public static let issuing: Set<OperationCode> = [.putKey, .bind, .setState, .status]

    /// `first EID ‖ count u16 ‖ operations u16`, bit op − 1.
    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(first)
        bytes.append(bigEndian: count)
        bytes.append(bigEndian: operations.reduce(UInt16(0)) { $0 | $1.ruleBit })
        return bytes
    }

    public var description: String {
        let names = operations.sorted { $0.rawValue < $1.rawValue }.map(\.description)
        return "\(count) blanks from \(first) on; \(names.joined(separator: ", "))"
    }
}

public import ValueProtocol

/// A master key that an authority holds: its name, and the check value by which people recognise it.
public struct KeyDescriptor: Sendable, Hashable, CustomStringConvertible {
    public let name: KeyName
    public let checkValue: KeyCheckValue

    public init(_ name: KeyName, _ checkValue: KeyCheckValue) {
        self.name = name
        self.checkValue = checkValue
    }

    /// `ADMIN 1 (015DB8)`
    public var description: String { "\(name) (\(checkValue))" }
}

extension [KeyDescriptor] {
    /// The newest version of `purpose`; nil if there is none.
    public func newest(_ purpose: Purpose) -> KeyDescriptor? {
        self.filter { $0.name.purpose == purpose }.max { $0.name < $1.name }
    }
}

/// Bytes of which some are never shown: they are gone from the value, only their places remain.
public struct MaskedBytes: Sendable, Hashable {
    /// The bytes, 00 where masked.
    public private(set) var bytes: [UInt8]
    /// Whether a byte is masked, place by place.
    private var isMasked: [Bool]

    /// Takes bytes, none masked.
    public init(_ bytes: some Collection<UInt8>) {
        self.bytes = Array(bytes)
        isMasked = Array(repeating: false, count: bytes.count)
    }

    /// How many bytes there are, masked ones included.
    public var count: Int { bytes.count }

    /// Forgets the bytes at `places`; places beyond the end are passed over.
    public mutating func mask(_ places: Range<Int>) {
        for place in places.clamped(to: 0..<bytes.count) {
            bytes[place] = 0
            isMasked[place] = true
        }
    }

    /// Whether any of the bytes at `places` is masked.
    public func hasMasked(in places: Range<Int>) -> Bool {
        isMasked[places.clamped(to: 0..<bytes.count)].contains(true)
    }

    /// Two digits a byte, `••` where it is masked.
    ///
    /// - Parameter places: which bytes; all where nil.
    public func hexadecimal(_ places: Range<Int>? = nil, separator: String = "") -> String {
        (places ?? 0..<count).clamped(to: 0..<count)
            .map { isMasked[$0] ? MaskedBytes.mask : bytes[$0].hexadecimalDigits }
            .joined(separator: separator)
    }

    /// What stands for a masked byte, and for a masked field.
    public static let mask = "••"
}

public import ValueProtocol

/// The part of the records that an element's rows are in, so that several servers can share them.
///
/// It is made from the element's identifier and never changes; it is stored in every row's key.
public struct Shard: RawRepresentable, Sendable, Hashable, Comparable, CustomStringConvertible {
    public static let count = 256
    /// 0 to 255.
    public let rawValue: UInt8

    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// The shard of an element: the highest byte of its identifier times 2⁶⁴/φ, which spreads numbers that follow one
    /// another (D. E. Knuth, The Art of Computer Programming, volume 3, 6.4).
    public init(of eid: PartyID) { rawValue = UInt8((eid.rawValue &* 0x9E37_79B9_7F4A_7C15) >> 56) }

    /// All of them.
    public static var all: Set<Shard> { Set((0..<count).map { Shard(rawValue: UInt8($0)) }) }

    public static func < (left: Shard, right: Shard) -> Bool { left.rawValue < right.rawValue }

    public var description: String { "\(rawValue)" }
}

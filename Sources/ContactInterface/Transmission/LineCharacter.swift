public import ISO7816

/// A character on the I/O line, from its start to its guard time (ISO/IEC 7816-3, 7.2).
public struct LineCharacter: Sendable, Hashable {
    /// The levels of moments 2 to 10, moment 2 in bit 0: 1 is high. Moment 1, the start, is always low.
    public var levels: UInt16
    /// The duration of each moment.
    public var unit: ElementaryTimeUnit

    public init(levels: UInt16, unit: ElementaryTimeUnit) {
        self.levels = levels & 0x1FF
        self.unit = unit
    }
}

extension AnswerToReset.Convention {
    private static let directLevels: [UInt16] = (0...255).map { byte in
        UInt16(byte) | UInt16(byte.nonzeroBitCount & 1) << 8
    }

    private static let inverseLevels: [UInt16] = directLevels.map { direct in
        var reversed: UInt16 = direct & 0x100
        for bit in 0..<8 where direct & 1 << UInt16(bit) != 0 { reversed |= 0x80 >> UInt16(bit) }
        return ~reversed & 0x1FF
    }

    private static let inverseBytes: [UInt8?] = {
        var bytes = [UInt8?](repeating: nil, count: 512)
        for byte in 0...255 { bytes[Int(inverseLevels[byte])] = UInt8(byte) }
        return bytes
    }()

    /// The levels of moments 2 to 10 for a byte, with even parity.
    public func levels(of byte: UInt8) -> UInt16 {
        self == .direct ? Self.directLevels[Int(byte)] : Self.inverseLevels[Int(byte)]
    }

    /// The byte encoded by the levels of moments 2 to 10; nil where the parity is wrong.
    public func byte(of levels: UInt16) -> UInt8? {
        switch self {
        case .direct: levels.nonzeroBitCount & 1 == 0 ? UInt8(truncatingIfNeeded: levels) : nil
        case .inverse: Self.inverseBytes[Int(levels & 0x1FF)]
        }
    }

    /// The convention given by the levels of an initial character TS; nil where they match neither (8.1).
    public init?(initialCharacter levels: UInt16) {
        switch levels {
        case AnswerToReset.Convention.direct.levels(of: 0x3B): self = .direct
        case AnswerToReset.Convention.inverse.levels(of: 0x3F): self = .inverse
        default: return nil
        }
    }
}

internal import ValueProtocol

/// What channels show beside their energy, one bit each: in this hour or the one before, or in one hour.
struct ChannelMarks: Equatable {
    /// Energy came from the load, although the installation gives none.
    var reversed: UInt8 = 0
    /// A converter was at its limit.
    var exceeded: UInt8 = 0

    /// Marks the channels that show what they did not before.
    mutating func update(_ marks: ChannelMarks) -> [(EventCode, UInt32)] {
        let new = ChannelMarks(reversed: marks.reversed & ~reversed, exceeded: marks.exceeded & ~exceeded)
        unite(marks)
        return Self.events(.reversalBegins, new.reversed) + Self.events(.rangeLeft, new.exceeded)
    }

    mutating func unite(_ marks: ChannelMarks) {
        reversed |= marks.reversed
        exceeded |= marks.exceeded
    }

    /// At the end of an hour, unmarks the channels that did not show it in the hour; so a load that comes and goes makes
    /// two events, and every hour between them is marked.
    mutating func endHour(of hour: inout ChannelMarks) -> [(EventCode, UInt32)] {
        defer { hour = ChannelMarks() }
        let over = ChannelMarks(reversed: reversed & ~hour.reversed, exceeded: exceeded & ~hour.exceeded)
        reversed &= hour.reversed
        exceeded &= hour.exceeded
        return Self.events(.reversalEnds, over.reversed) + Self.events(.rangeKept, over.exceeded)
    }

    private static func events(_ code: EventCode, _ channels: UInt8) -> [(EventCode, UInt32)] {
        (0..<8).filter { channels & 1 << UInt8($0) != 0 }.map { (code, UInt32($0 + 1)) }
    }

    var bytes: [UInt8] { [reversed, exceeded] }
}

extension ChannelMarks {
    @_lifetime(reader: copy reader)
    init(from reader: inout ByteReader) {
        self.init(reversed: reader.readByte(), exceeded: reader.readByte())
    }
}

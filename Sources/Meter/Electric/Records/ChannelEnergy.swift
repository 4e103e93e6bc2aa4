internal import Metrology
internal import ValueProtocol

/// What a channel has counted since manufacture.
struct ChannelEnergy: Equatable {
    /// From the line to the load.
    var imported = Energy.zero
    /// From the load to the line.
    var exported = Energy.zero

    /// Both as u128 of microjoules.
    func append(to bytes: inout [UInt8]) {
        bytes.append(bigEndian: UInt128(imported.microjoules))
        bytes.append(bigEndian: UInt128(exported.microjoules))
    }
}

extension ChannelEnergy {
    /// Nil if the record is damaged.
    @_lifetime(reader: copy reader)
    init?(from reader: inout ByteReader) {
        guard let imported = Int128(exactly: reader.read(UInt128.self)),
            let exported = Int128(exactly: reader.read(UInt128.self))
        else { return nil }
        self.init(imported: Energy(microjoules: imported), exported: Energy(microjoules: exported))
    }
}

extension [ChannelEnergy] {
    /// Whole Wh from the line, of all channels together.
    var wattHours: UInt64 { Self.wattHours(reduce(.zero) { $0 + $1.imported }) }

    /// Whole Wh to the line, of all channels together.
    var wattHoursGivenBack: UInt64 { Self.wattHours(reduce(.zero) { $0 + $1.exported }) }

    private static func wattHours(_ energy: Energy) -> UInt64 {
        UInt64(clamping: energy.microjoules / Energy.microjoulesPerWattHour)
    }
}

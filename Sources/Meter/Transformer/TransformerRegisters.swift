internal import ValueElement
internal import ValueProtocol

/// The counters of a local unit's meter, stored in one record with its element, so that both change in one write.
struct TransformerRegisters: EnergyMeterRegisters {
    /// One per phase.
    var channels: [ChannelEnergy]
    var open = OpenPeriods()
    var marks = ChannelMarks()
    var clockOffset: Int64 = 0
    var isTimeUnknown = false
    var events: UInt32 = 0
    /// What passes a transformer is sold by nobody.
    var spent: Amount { .zero }

    static let record = RecordName(0x0401)
    private static let version: UInt8 = 1

    init(phases: Int) { channels = Array(repeating: ChannelEnergy(), count: phases) }

    var change: RecordChange {
        var bytes: [UInt8] = [TransformerRegisters.version, UInt8(channels.count)]
        bytes.reserveCapacity(200 + 32 * channels.count)
        for channel in channels { channel.append(to: &bytes) }
        open.append(to: &bytes)
        bytes += marks.bytes
        bytes.append(bigEndian: UInt64(bitPattern: clockOffset))
        bytes.append(isTimeUnknown ? 1 : 0)
        bytes.append(bigEndian: events)
        return RecordChange(TransformerRegisters.record, bytes)
    }

    /// Nil if the record is missing or damaged.
    init?(_ bytes: [UInt8]?) {
        guard let bytes else { return nil }
        var reader = ByteReader(bytes.span)
        guard reader.readByte() == TransformerRegisters.version else { return nil }
        self.init(phases: Int(reader.readByte()))
        for index in channels.indices {
            guard let channel = ChannelEnergy(from: &reader) else { return nil }
            channels[index] = channel
        }
        open = OpenPeriods(from: &reader)
        marks = ChannelMarks(from: &reader)
        clockOffset = Int64(bitPattern: reader.read())
        isTimeUnknown = reader.readByte() == 1
        events = reader.read()
        guard reader.isFinished else { return nil }
    }
}

internal import Metrology
internal import ValueElement
internal import ValueProtocol

/// The counters of an electric meter, stored in one record with its element, so that both change in one write.
///
/// At every moment `drawn + repaid + debt + paid = spent + remaining + forfeited + deposited + added − remitted`, with debt
/// and its totals in the element: what left the purse, repaid debt, was lent, or was paid for energy given back, is spent,
/// in the current token, lost in a power cut, or back in the purse.
struct ElectricRegisters: EnergyMeterRegisters {
    /// From the line, for all channels together and for each.
    var channels: [ChannelEnergy]
    /// Micro-units of energy used.
    var spent = Amount.zero
    /// Use of less than a whole micro-unit, in parts of the prices of `ChargeTerms`.
    var remainder: UInt64 = 0
    /// Micro-units that left the purse with tokens; before version 7, to repay debt too.
    var drawn = Amount.zero
    /// Micro-units lost in power cuts with the current token.
    var forfeited = Amount.zero
    /// Of the current token.
    var remaining = Amount.zero
    /// Whether `remaining` was recorded when power was about to fail, and is exactly what was left.
    var isAtRest = true
    /// Of the last token.
    var tokenSerial: UInt32 = 0
    /// Used without having been paid for since the last write, which moves it to the element's debt.
    var lent = Amount.zero
    /// What of the element's repaid debt has been recorded as events.
    var repaidReported = Amount.zero
    /// What may be lent before the next write. A power cut turns it into debt although nothing was used for it, just as
    /// it loses the rest of a token.
    var creditInAdvance = Amount.zero
    /// Used as emergency credit since it was requested.
    var emergencyUsed = Amount.zero
    /// Whether the subscriber asked for emergency credit, and no value has come since.
    var hasAskedForEmergency = false
    /// What had come into the purse in all when emergency credit was asked for: more means that value has come.
    var receivedWhenAsked = Amount.zero
    var isOn = false
    /// Why it is on or off; nil in a record of an older version.
    var reason: SupplyReason? = .notIssued
    /// Seconds by which the meter's clock is ahead of its crystal's count.
    var clockOffset: Int64 = 0
    /// Whether the clock was lost and has not been set since.
    var isTimeUnknown = false
    var open = OpenPeriods()
    /// Number of events.
    var events: UInt32 = 0
    var watch = Watch()
    var switches = ChannelSwitches()
    /// What channels showed in this hour or the one before.
    var marks = ChannelMarks()
    var rates = RateRegisters()
    /// The local month, counted from January of year 0, and the microjoules used in it so far; 0 before the first.
    var month = 0
    var monthQuantity: UInt64 = 0
    /// Micro-units for energy given back.
    var paid = Amount.zero
    /// Energy given back that was worth less than a whole micro-unit, in parts of the prices of `ChargeTerms`.
    var paidRemainder: UInt64 = 0
    /// Of what was paid, moved to the purse.
    var deposited = Amount.zero
    /// Until when supply is cut because more was drawn than rules allow; 0 if it is not.
    var limitedUntil: UInt32 = 0

    static let record = RecordName(0x0301)
    private static let version: UInt8 = 8

    init(channels count: Int) {
        channels = Array(repeating: ChannelEnergy(), count: count)
    }

    var change: RecordChange {
        var bytes: [UInt8] = [ElectricRegisters.version, UInt8(channels.count)]
        bytes.reserveCapacity(128 + 32 * channels.count)
        for channel in channels { channel.append(to: &bytes) }
        for amount in [spent, drawn, forfeited, remaining, repaidReported, emergencyUsed] {
            bytes.append(bigEndian: amount.rawValue)
        }
        bytes.append(bigEndian: remainder)
        bytes.append((isAtRest ? 1 : 0) | (hasAskedForEmergency ? 2 : 0) | (isOn ? 4 : 0) | (isTimeUnknown ? 8 : 0))
        bytes.append(bigEndian: tokenSerial)
        bytes.append(bigEndian: UInt64(bitPattern: clockOffset))
        bytes.append(bigEndian: events)
        bytes.append(bigEndian: creditInAdvance.rawValue)
        bytes += watch.bytes
        bytes += switches.bytes
        open.append(to: &bytes)
        bytes.append(bigEndian: receivedWhenAsked.rawValue)
        bytes.append(reason?.rawValue ?? .max)
        bytes += marks.bytes
        rates.append(to: &bytes)
        bytes.append(bigEndian: UInt32(clamping: month))
        bytes.append(bigEndian: monthQuantity)
        bytes.append(bigEndian: paid.rawValue)
        bytes.append(bigEndian: paidRemainder)
        bytes.append(bigEndian: deposited.rawValue)
        bytes.append(bigEndian: limitedUntil)
        return RecordChange(ElectricRegisters.record, bytes)
    }

    mutating func moveDebt(to image: inout ElementImage) {
        image.debt.lend(lent)
        lent = .zero
    }

    /// Nil if the record is missing or damaged.
    init?(_ bytes: [UInt8]?) {
        guard let bytes else { return nil }
        var reader = ByteReader(bytes.span)
        // Version 1 had no channel switches, version 2 no `creditInAdvance`, version 3 energy of 64 bits; version 4 had
        // neither a reason nor `receivedWhenAsked`, and watched no channel's direction and range; version 5 had neither
        // quarter hours nor records of energy given back; version 6 had the debt that is the element's now;
        // version 7 charged by one rate, and told remainders in parts a hundred times smaller.
        let version = reader.readByte()
        guard (1...ElectricRegisters.version).contains(version) else { return nil }
        self.init(channels: Int(reader.readByte()))
        for index in channels.indices {
            guard let channel = ElectricRegisters.channel(from: &reader, version) else { return nil }
            channels[index] = channel
        }
        spent = Amount(rawValue: reader.read())
        drawn = Amount(rawValue: reader.read())
        forfeited = Amount(rawValue: reader.read())
        remaining = Amount(rawValue: reader.read())
        if version >= 7 {
            repaidReported = Amount(rawValue: reader.read())
        } else {
            lent = Amount(rawValue: reader.read())
        }
        emergencyUsed = Amount(rawValue: reader.read())
        remainder = reader.read()
        let flags = reader.readByte()
        isAtRest = flags & 1 != 0
        hasAskedForEmergency = flags & 2 != 0
        isOn = flags & 4 != 0
        isTimeUnknown = flags & 8 != 0
        tokenSerial = reader.read()
        clockOffset = Int64(bitPattern: reader.read())
        events = reader.read()
        if version >= 3 { creditInAdvance = Amount(rawValue: reader.read()) }
        watch = Watch(from: &reader)
        if version >= 2 { switches = ChannelSwitches(from: &reader) }
        open = version >= 6 ? OpenPeriods(from: &reader) : OpenPeriods(from: &reader, count: 4)
        if version >= 5 {
            receivedWhenAsked = Amount(rawValue: reader.read())
            reason = SupplyReason(rawValue: reader.readByte())
            marks = ChannelMarks(from: &reader)
        } else {
            reason = nil
            // What had come when it was asked for is not known: from now on.
            if hasAskedForEmergency { receivedWhenAsked = .all }
        }
        if version >= 8 {
            rates = RateRegisters(from: &reader)
            month = Int(reader.read(UInt32.self))
            monthQuantity = reader.read()
            paid = Amount(rawValue: reader.read())
            paidRemainder = reader.read()
            deposited = Amount(rawValue: reader.read())
            limitedUntil = reader.read()
        } else {
            remainder /= 100
        }
        guard reader.isFinished else { return nil }
    }

    @_lifetime(reader: copy reader)
    private static func channel(from reader: inout ByteReader, _ version: UInt8) -> ChannelEnergy? {
        guard version < 4 else { return ChannelEnergy(from: &reader) }
        return ChannelEnergy(
            imported: Energy(microjoules: reader.read(UInt64.self)),
            exported: Energy(microjoules: reader.read(UInt64.self)))
    }
}

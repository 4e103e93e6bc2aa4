internal import ValueElement
public import ValueProtocol

/// Why a channel of a meter has supply or not, in addition to the decision for all channels.
public enum ChannelState: Sendable, Hashable {
    case on
    /// The subscriber switched it off.
    case switchedOff
    /// It exceeded its limit, and is tried again at this time of the meter's clock.
    case overloaded(until: Timestamp)
}

/// Channels that are off although the meter has supply.
struct ChannelSwitches: Equatable {
    /// One bit per channel: the subscriber switched it off.
    var switchedOff: UInt8 = 0
    /// For each of the eight: when it is tried again; 0 if it did not exceed its limit.
    var overloadedUntil = [UInt32](repeating: 0, count: 8)

    func state(_ channel: Int) -> ChannelState {
        if switchedOff & 1 << UInt8(channel) != 0 { return .switchedOff }
        let until = overloadedUntil[channel]
        return until == 0 ? .on : .overloaded(until: Timestamp(rawValue: until))
    }

    var bytes: [UInt8] {
        var bytes = [switchedOff]
        for time in overloadedUntil { bytes.append(bigEndian: time) }
        return bytes
    }

    init() {}

    @_lifetime(reader: copy reader)
    init(from reader: inout ByteReader) {
        switchedOff = reader.readByte()
        for index in overloadedUntil.indices { overloadedUntil[index] = reader.read() }
    }
}

extension ElectricMeter {
    /// A channel's own state, in addition to the decision for all.
    ///
    /// - Parameter channel: from 0.
    public func state(ofChannel channel: Int) -> ChannelState { registers.switches.state(channel) }

    /// Whether a channel's relay should be closed.
    func shouldContinue(_ channel: Int) -> Bool { decision.isOn && registers.switches.state(channel) == .on }

    /// The subscriber switches a channel off or on. An overloaded channel is tried again when it is switched on.
    ///
    /// - Parameters:
    ///   - channel: from 0.
    ///   - isOn: the requested state.
    /// - Throws: `MeterError` `.memory`.
    public func setChannel(_ channel: Int, isOn: Bool) throws(MeterError) {
        precondition(channel < configuration.channels, "a channel of this meter")
        var next = registers
        let bit: UInt8 = 1 << UInt8(channel)
        if isOn {
            next.switches.switchedOff &= ~bit
            next.switches.overloadedUntil[channel] = 0
        } else {
            next.switches.switchedOff |= bit
        }
        guard next != registers else { return }
        try commit(next, events: [(isOn ? .channelOn : .channelOff, UInt32(channel + 1))])
        follow()
    }

    /// Sets the angle between voltage and current for the energy counted from now on.
    ///
    /// - Parameters:
    ///   - watts: active power of all channels together.
    ///   - vars: reactive power, positive where the current lags.
    public func measured(watts: Double, vars: Double) {
        terms.setAngle(percent: configuration.angleRates.percent(watts: watts, vars: vars))
    }

    /// Opens channels that exceed their limit for ``ElectricConfiguration/overloadPause`` seconds, and cuts supply where
    /// all of them together exceed that of the rules in force.
    ///
    /// - Parameter watts: present power of each channel.
    /// - Throws: `MeterError` `.memory`.
    public func limit(watts: [Double]) throws(MeterError) {
        try limitAll(watts: watts)
        guard !configuration.limits.isEmpty else { return }
        var next = registers
        var events: [(EventCode, UInt32)] = []
        for (index, limit) in configuration.limits.enumerated() where limit > 0 && index < watts.count {
            guard abs(watts[index]) > Double(limit), shouldContinue(index) else { continue }
            next.switches.overloadedUntil[index] = parts.clock.now.rawValue &+ ElectricConfiguration.overloadPause
            events.append((.channelOverloaded, UInt32(index + 1)))
        }
        guard !events.isEmpty else { return }
        try commit(next, events: events)
        follow()
    }

    /// Supply is cut until less than the rules allow has been drawn for a minute.
    private func limitAll(watts: [Double]) throws(MeterError) {
        guard let limit = (terms.credit ?? nil)?.limit, watts.reduce(0, { $0 + abs($1) }) > Double(limit),
            decision.isOn || registers.limitedUntil != 0
        else { return }
        var next = registers
        next.limitedUntil = parts.clock.now.rawValue &+ ElectricConfiguration.limitPause
        guard next.limitedUntil != registers.limitedUntil else { return }
        let wasLimited = registers.limitedUntil != 0
        if wasLimited {
            // Written when it ends: a power cut ends it too.
            registers = next
        } else {
            try commit(next)
            try decide(parts.clock.now)
        }
    }

    /// Retries channels whose pause is over, and supply that exceeded the rules' limit. Setting the clock back does not
    /// extend a pause.
    func endPauses(_ now: Timestamp) throws(MeterError) {
        var next = registers
        var events: [(EventCode, UInt32)] = []
        let until = next.limitedUntil
        if until != 0, now.rawValue >= until || until - now.rawValue > ElectricConfiguration.limitPause {
            next.limitedUntil = 0
        }
        for (index, until) in next.switches.overloadedUntil.enumerated() where until != 0 {
            let isOver = now.rawValue >= until || until - now.rawValue > ElectricConfiguration.overloadPause
            guard isOver else { continue }
            next.switches.overloadedUntil[index] = 0
            events.append((.channelOn, UInt32(index + 1)))
        }
        if next != registers { try commit(next, events: events) }
    }

    /// Sets the relays to the requested state of each channel.
    func follow() {
        for (index, relay) in parts.relays.enumerated() where relay.isClosed != shouldContinue(index) {
            if relay.isClosed { relay.open() } else { relay.close() }
        }
    }
}

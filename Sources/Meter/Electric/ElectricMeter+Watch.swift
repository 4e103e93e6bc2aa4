internal import Metrology
internal import ValueElement
internal import ValueProtocol

extension ElectricMeter {
    /// Reads the sensors and the relays' contacts, and records changes.
    ///
    /// - Throws: `MeterError` `.memory`.
    public func watch() throws(MeterError) {
        var next = registers
        var events = next.watch.update(parts.sensors.reading)
        for (index, relay) in parts.relays.enumerated() {
            let bit: UInt8 = 1 << UInt8(index)
            let isFaulty = relay.isClosed != shouldContinue(index)
            guard isFaulty != (next.watch.faultyRelays & bit != 0) else { continue }
            next.watch.faultyRelays ^= bit
            // Energy that flows through it has told already that it is welded, and flows on.
            if next.watch.flowingRelays & bit != 0, relay.isClosed || !isFaulty { continue }
            // A contact that stays closed is welded; one that stays open fails to switch.
            let fault: EventCode = relay.isClosed ? .relayWelded : .relayNotSwitching
            events.append((isFaulty ? fault : .relayWorks, UInt32(index + 1)))
        }
        guard next != registers else { return }
        try commit(next, events: events)
        try decide(parts.clock.now)
    }

    /// Load-switch check: energy through a relay that was told to open means that its contact is welded, whatever its
    /// contact sense reports.
    func checkFlow(_ imported: [Energy], excused: UInt8) throws(MeterError) {
        guard imported.indices.contains(where: { !shouldContinue($0) }) else { return }
        var next = registers
        var events: [(EventCode, UInt32)] = []
        for (index, energy) in imported.enumerated() where !shouldContinue(index) {
            let bit: UInt8 = 1 << UInt8(index)
            guard excused & bit == 0 else { continue }
            let wasFlowing = next.watch.flowingRelays & bit != 0
            // A pause in the load proves nothing while the contact sense still reports closed.
            let flows = energy > .zero || wasFlowing && parts.relays[index].isClosed
            guard flows != wasFlowing else { continue }
            next.watch.flowingRelays ^= bit
            // The contact sense has told already that it is welded, and tells when it works.
            if next.watch.faultyRelays & bit != 0, parts.relays[index].isClosed || !flows { continue }
            events.append((flows ? .relayWelded : .relayWorks, UInt32(index + 1)))
        }
        if next != registers { try commit(next, events: events) }
    }

    /// Energy from the load of a channel whose installation gives none is an event.
    func checkDirection(_ exported: [Energy]) throws(MeterError) {
        var marks = ChannelMarks()
        for (index, energy) in exported.enumerated() where energy > .zero && reversal(index) != .fedIn {
            marks.reversed |= 1 << UInt8(index)
        }
        try mark(marks)
    }

    /// The host blocked the meter and issues it again: it is sealed again.
    func sealAgain(before: LifeCycle) throws(MeterError) {
        guard before == .blocked, image?.state == .issued, registers.watch.isSealBroken else { return }
        var next = registers
        next.watch.isSealBroken = false
        try commit(next, events: [(.sealed, 0)])
        // A cover that is still open breaks the seal at once.
        try watch()
    }
}

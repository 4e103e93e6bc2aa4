package import PowerLine

/// A primary and a meter's station on a simulated line, and an element behind the station.
package struct HDLCRun {
    package var line: SimulatedLine
    package var primary: HDLCPrimary
    package var station: HDLCStation
    /// The element's answer to a command; nil if it gives none.
    package var element: ([UInt8]) -> [UInt8]?
    /// How long the element takes for it.
    package var processing = Duration.zero
    /// The commands that the element received, in order.
    package private(set) var commands: [[UInt8]] = []
    package private(set) var now = Duration.zero
    private var due: (time: Duration, device: HDLCDevice, command: HDLCSecondary.Command)?
    private let devices: [HDLCDevice]

    package init(
        _ line: SimulatedLine, _ primary: HDLCPrimary, _ station: HDLCStation, devices: [HDLCDevice] = [.element],
        element: @escaping ([UInt8]) -> [UInt8]? = { $0.reversed() + [0x90, 0x00] }
    ) {
        self.line = line
        self.primary = primary
        self.station = station
        self.element = element
        self.devices = devices
    }

    /// Cuts the meter's power and restores it.
    package mutating func restart(_ station: HDLCStation) {
        self.station = station
        due = nil
    }

    package mutating func connect() -> HDLCPrimary.Outcome? {
        primary.connect(at: now)
        return settle()
    }

    package mutating func disconnect() -> HDLCPrimary.Outcome? {
        primary.disconnect(at: now)
        return settle()
    }

    /// Sends a command and lets time pass until its outcome is known.
    package mutating func exchange(_ command: [UInt8]) -> HDLCPrimary.Outcome? {
        primary.exchange(command, at: now)
        return settle()
    }

    /// Lets time pass until nothing is on the line any more.
    package mutating func quiet() {
        while line.nextArrival != nil || due != nil || station.wake != nil {
            guard step(.seconds(3600)) else { return }
        }
    }

    /// Lets time pass until the primary has its outcome; nil if an hour was not enough.
    package mutating func settle() -> HDLCPrimary.Outcome? {
        let end = now + .seconds(3600)
        work()
        while primary.outcome == nil, now < end { guard step(end) else { return nil } }
        return primary.outcome
    }

    /// Lets time pass until a condition holds, or the primary has its outcome.
    package mutating func settle(until condition: (HDLCRun) -> Bool) {
        work()
        while !condition(self), primary.outcome == nil { guard step(now + .seconds(3600)) else { return } }
    }

    /// Goes on to the next thing that happens, at the latest to `end`; false if nothing will.
    private mutating func step(_ end: Duration) -> Bool {
        var next: Duration?
        for time in [primary.wake, station.wake, due?.time] {
            if let time { next = min(next ?? time, time) }
        }
        if let arrival = line.receive(by: max(now, next ?? end)) {
            now = max(now, arrival.time)
            if arrival.ends.contains(0) { primary.receive(arrival.bytes, at: now) }
            if arrival.ends.contains(1) { station.receive(arrival.bytes, at: now) }
        } else if let next {
            now = max(now, next)
        } else {
            return false
        }
        work()
        return true
    }

    /// Everything that is due now.
    private mutating func work() {
        station.advance(to: now)
        for device in devices where station.hasCommand {
            while let command = station[device]?.dequeueCommand() {
                commands.append(command.bytes)
                due = (now + processing, device, command)
            }
        }
        if let (time, device, command) = due, time <= now {
            due = nil
            station[device]?.answer(element(command.bytes), to: command, at: now)
        }
        line.send(station.dequeueOutput(), from: 1, at: now)
        primary.advance(to: now)
        line.send(primary.dequeueOutput(), from: 0, at: now)
    }
}

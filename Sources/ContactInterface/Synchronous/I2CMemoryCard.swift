/// An emulated I²C memory card (AT24Cxx), bit by bit as in its data sheet: C3 is SCL, C7 is SDA.
///
/// A write starts with the stop condition and takes 5 ms, during which the card acknowledges nothing. Power loss in
/// that time leaves the bytes being written erased.
public final class I2CMemoryCard: ContactCard {
    private enum Phase {
        case idle
        /// Receives a byte; the bits so far.
        case receiving(Role, UInt8, bits: Int)
        /// Received a byte and acknowledges it, or not, from one falling edge to the next.
        case acknowledging(Role, UInt8, isGood: Bool, isOnLine: Bool)
        /// Sends a byte; the index of the bit on the line, highest first.
        case giving(UInt8, bit: Int)
        /// Waits for the reader's acknowledgement.
        case awaiting(isAcknowledged: Bool?)
    }

    /// What a received byte is.
    private enum Role {
        case device
        case address(Int)
        case data
    }

    public let kind: I2CMemoryKind
    /// The bytes; erased ones are FF.
    public private(set) var memory: [UInt8]
    private var phase = Phase.idle
    private var counter = 0
    private var clockSeen = 0
    private var written: [Int: UInt8] = [:]
    /// The bytes being written, and the remaining nanoseconds.
    private var cycle: (bytes: [Int: UInt8], left: UInt64)?

    public init(_ kind: I2CMemoryKind, memory: [UInt8] = []) {
        precondition(memory.count <= kind.capacity, "\(kind) has \(kind.capacity) bytes")
        self.kind = kind
        self.memory = memory + Array(repeating: 0xFF, count: kind.capacity - memory.count)
    }

    public var pullsLow: Bool {
        switch phase {
        case .acknowledging(_, _, let isGood, let isOnLine): isGood && isOnLine
        case .giving(let byte, let bit): byte >> UInt8(7 - bit) & 1 == 0
        case .idle, .receiving, .awaiting: false
        }
    }

    public func wait(nanoseconds: UInt64, at levels: ContactLevels, until time: ContactTime) {
        clockRan(levels, until: time.clockPeriods)
        guard let cycle else { return }
        if nanoseconds < cycle.left {
            self.cycle = (cycle.bytes, cycle.left - nanoseconds)
        } else {
            for (address, byte) in cycle.bytes { memory[address] = byte }
            self.cycle = nil
        }
    }

    public func contactsChanged(from old: ContactLevels, to new: ContactLevels, at time: ContactTime) {
        clockRan(old, until: time.clockPeriods)
        guard new.isPowered else {
            for address in (cycle?.bytes ?? [:]).keys { memory[address] = 0xFF }
            (phase, cycle, written) = (.idle, nil, [:])
            return
        }
        if old.clk != new.clk {
            if new.clk == .high { clockRose(sda: new.io == .high) } else { clockFell() }
        } else if old.io != new.io, new.clk == .high {
            if new.io == .low { start() } else { stop() }
        }
    }

    /// A running clock, as for an asynchronous card, counts as pulses; those after the first 1,024 change nothing.
    private func clockRan(_ levels: ContactLevels, until periods: Int) {
        defer { clockSeen = periods }
        guard levels.isPowered, levels.clockFrequency != nil else { return }
        for _ in 0..<min(max(0, periods - clockSeen), 1_024) {
            clockRose(sda: levels.io == .high)
            clockFell()
        }
    }

    private func start() {
        written = [:]
        phase = .receiving(.device, 0, bits: 0)
    }

    /// A stop condition ends any operation; after a write it starts the write cycle.
    private func stop() {
        if !written.isEmpty { cycle = (written, 5_000_000) }
        written = [:]
        phase = .idle
    }

    private func clockRose(sda: Bool) {
        switch phase {
        case .receiving(let role, let byte, let bits):
            phase = .receiving(role, byte << 1 | (sda ? 1 : 0), bits: bits + 1)
        case .awaiting: phase = .awaiting(isAcknowledged: !sda)
        case .idle, .acknowledging, .giving: break
        }
    }

    private func clockFell() {
        switch phase {
        case .receiving(let role, let byte, 8):
            phase = .acknowledging(role, byte, isGood: isGood(role, byte), isOnLine: true)
        case .acknowledging(let role, let byte, let isGood, true):
            phase = isGood ? next(after: role, byte) : .idle
        case .giving(let byte, let bit):
            phase = bit < 7 ? .giving(byte, bit: bit + 1) : .awaiting(isAcknowledged: nil)
        case .awaiting(let isAcknowledged?):
            phase = isAcknowledged ? give() : .idle
        case .idle, .receiving, .acknowledging, .awaiting: break
        }
    }

    private func isGood(_ role: Role, _ byte: UInt8) -> Bool {
        guard case .device = role else { return true }
        return cycle == nil && byte & 0xF0 == 0xA0 && byte & 0x0E & ~kind.blockMask == 0
    }

    private func next(after role: Role, _ byte: UInt8) -> Phase {
        switch role {
        case .device:
            if kind.blockMask != 0 {
                let shift = 8 * kind.addressBytes
                counter = counter & (1 << shift - 1) | Int(byte & kind.blockMask) << (shift - 1)
            }
            return byte & 1 == 1 ? give() : .receiving(.address(kind.addressBytes - 1), 0, bits: 0)
        case .address(let left):
            let address = left > 0 ? counter & ~0xFFFF | Int(byte) << 8 : counter & ~0xFF | Int(byte)
            counter = address & (kind.capacity - 1)
            return .receiving(left > 0 ? .address(left - 1) : .data, 0, bits: 0)
        case .data:
            written[counter] = byte
            let page = counter & ~(kind.pageSize - 1)
            counter = page | (counter + 1) & (kind.pageSize - 1)
            return .receiving(.data, 0, bits: 0)
        }
    }

    /// The byte at the address counter, which then increments and wraps at the end.
    private func give() -> Phase {
        defer { counter = (counter + 1) & (kind.capacity - 1) }
        return .giving(memory[counter], bit: 0)
    }
}

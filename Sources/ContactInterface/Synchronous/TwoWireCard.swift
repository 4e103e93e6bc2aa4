public import CardCrypto
import ISO7816

/// An emulated SLE 4442 or SLE 5542, bit by bit as in its data sheet.
///
/// Synchronous: RST with a clock pulse outputs the first four bytes of memory as answer to reset (ISO/IEC 7816-10, type
/// 1), then commands of three bytes, each between a start and a stop condition, lowest bit first. Commands that write
/// keep I/O low until they got enough clock pulses; power loss or a break before that leaves the byte unchanged, or
/// erased.
public final class TwoWireCard: ContactCard {
    private enum Mode {
        case idle
        /// Receives a command: the bits so far, the first in bit 0, and their count; 26 means too many.
        case receiving(UInt32, Int)
        /// A command is complete and starts with the next falling edge of the clock.
        case starting(Action)
        /// Sends bits; the index of the one on I/O now.
        case outgoing([UInt8], Int)
        /// Processes: the pulses until the byte is erased, the pulses until the change is made, and the pulses so far.
        case processing(TwoWireMemory.Change, erase: Int, all: Int, pulses: Int)
    }

    private enum Action {
        case give([UInt8])
        case change(TwoWireMemory.Change)
    }

    private var memory: TwoWireMemory
    private var mode = Mode.idle
    private var isResetClocked = false
    private var clockSeen = 0

    /// A card as delivered to its issuer.
    ///
    /// - Parameters:
    ///   - main: up to 256 bytes of memory from address 0; the rest is FF. The first four are the answer to reset.
    ///   - code: three bytes.
    ///   - errorCounter: 7 for three tries.
    public init(main: [UInt8] = TwoWireCard.factoryBytes, code: Secret, errorCounter: UInt8 = 7) {
        let bytes = unsafe code.withBytes { unsafe Array($0) }
        memory = TwoWireMemory(main: main, code: bytes, errorCounter: errorCounter)
    }

    /// The answer to reset with which these cards are delivered, and nothing else.
    public static let factoryBytes: [UInt8] = [0xA2, 0x13, 0x10, 0x91]

    /// The memory content; for tests, and to save the card.
    public var main: [UInt8] { memory.main }
    /// Whether each of the first 32 bytes is protected.
    public var isProtected: [Bool] { memory.isProtected }
    /// Three bits.
    public var errorCounter: UInt8 { memory.errorCounter }

    public var pullsLow: Bool {
        switch mode {
        case .idle, .receiving, .starting: false
        case .outgoing(let bytes, let bit): bytes[bit / 8] >> UInt8(bit % 8) & 1 == 0
        case .processing: true
        }
    }

    public func contactsChanged(from old: ContactLevels, to new: ContactLevels, at time: ContactTime) {
        clockRan(old, until: time.clockPeriods)
        // 5 V only.
        guard new.supply == .a else {
            mode = .idle
            memory.losePower()
            return
        }
        if old.rst != new.rst {
            resetChanged(to: new.rst)
        } else if old.clk != new.clk {
            if new.clk == .high { clockRose(new) } else { clockFell(new) }
        } else if old.io != new.io, new.clk == .high {
            conditionSeen(isStart: new.io == .low)
        }
    }

    public func wait(nanoseconds: UInt64, at levels: ContactLevels, until time: ContactTime) {
        clockRan(levels, until: time.clockPeriods)
    }

    /// A running clock, as for an asynchronous card, counts as pulses; those after the first 1,024 change nothing.
    private func clockRan(_ levels: ContactLevels, until periods: Int) {
        defer { clockSeen = periods }
        guard levels.isPowered, levels.clockFrequency != nil else { return }
        for _ in 0..<min(max(0, periods - clockSeen), 1_024) {
            clockRose(levels)
            clockFell(levels)
            if case .idle = mode { return }
        }
    }

    /// RST high with the clock low aborts any operation; with a clock pulse it requests the answer to reset.
    private func resetChanged(to level: Level) {
        if level == .high {
            mode = .idle
            isResetClocked = false
        } else if isResetClocked {
            mode = .outgoing(Array(memory.main[..<4]), 0)
        }
    }

    private func clockRose(_ levels: ContactLevels) {
        if levels.rst == .high { isResetClocked = true }
        // More bits than a command has are not a command, so counting stops at 26.
        if case .receiving(let bits, let count) = mode, count < 26 {
            mode = .receiving(levels.io == .high ? bits | 1 << UInt32(count) : bits, count + 1)
        }
    }

    private func clockFell(_ levels: ContactLevels) {
        guard levels.rst == .low else { return }
        switch mode {
        case .idle, .receiving: break
        case .starting(.give(let bytes)): mode = .outgoing(bytes, 0)
        case .starting(.change(let change)):
            let (erase, all) = memory.pulses(for: change)
            mode = .processing(change, erase: erase, all: all, pulses: 0)
        case .outgoing(let bytes, let bit):
            mode = bit + 1 < bytes.count * 8 ? .outgoing(bytes, bit + 1) : .idle
        case .processing(let change, let erase, let all, let pulses):
            let pulses = pulses + 1
            mode = .processing(change, erase: erase, all: all, pulses: pulses)
            if pulses == all {
                memory.make(change)
                mode = .idle
            } else if pulses == erase {
                memory.erase(for: change)
            }
        }
    }

    private func conditionSeen(isStart: Bool) {
        switch mode {
        case .idle where isStart: mode = .receiving(0, 0)
        case .receiving(let bits, let count) where !isStart:
            // Three bytes and the clock pulse of the stop condition.
            mode = count == 25 ? .starting(action(bits)) : .idle
        default: break
        }
    }

    private func action(_ bits: UInt32) -> Action {
        func byte(_ index: UInt32) -> UInt8 { UInt8(truncatingIfNeeded: bits >> (8 * index)) }
        let (address, data) = (Int(byte(1)), byte(2))
        switch byte(0) {
        case 0x30:
            memory.interruptVerification()
            return .give(Array(memory.main[address...]))
        case 0x34:
            memory.interruptVerification()
            return .give(memory.protectionBytes)
        case 0x31:
            memory.interruptVerification()
            return .give(memory.securityBytes)
        case 0x38: return .change(memory.updateMain(address, data))
        case 0x3C: return .change(memory.protect(address, data))
        case 0x39: return .change(memory.updateSecurity(address & 3, data))
        case 0x33: return .change(.compare(address, data))
        default: return .change(.nothing)
        }
    }
}

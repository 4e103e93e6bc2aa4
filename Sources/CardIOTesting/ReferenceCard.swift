public import ISO7816
import Synchronization

/// A card with known answers, for checking carriers.
///
/// | command | answer |
/// |---|---|
/// | `80 10` P1 P2, data | the whole command, then `9000` |
/// | `80 11` P1 P2 | P1P2 bytes counting up from 00, then `9000` |
/// | `80 12` P1 P2 | the status word P1P2 |
/// | `80 14` | how many of this command were received since the reset, 4 bytes, then `9000` |
/// | `80 16` P1 P2, Le 05 | the 5 bytes 01 to 05, then `9000`; `6C05` for any other Le |
/// | `80 17` P1 P2 | `6103`, and on GET RESPONSE the 3 bytes 01 to 03, then `9000` |
/// | `80 44` | none: the card fails |
public final class ReferenceCard: IntegratedCircuitCard, Sendable {
    private struct State {
        var last: [UInt8] = []
        var counter: UInt32 = 0
        var resets = 0
        var commands = 0
    }

    private let state = Mutex(State())

    public init() {}

    /// T=1, direct convention, no historical bytes.
    public let answerToReset: [UInt8] = [0x3B, 0x80, 0x80, 0x01, 0x01]

    /// The last command received.
    public var lastCommand: [UInt8] { state.withLock { $0.last } }
    /// How many commands were received.
    public var commands: Int { state.withLock { $0.commands } }
    /// How often the card was reset.
    public var resets: Int { state.withLock { $0.resets } }

    public func reset() throws(CardError) {
        state.withLock { state in
            state.resets += 1
            state.counter = 0
        }
    }

    public func process(_ command: [UInt8]) throws(CardError) -> [UInt8] {
        let counter = state.withLock { state in
            state.last = command
            state.commands += 1
            if command.count >= 2, command[1] == 0x14 { state.counter += 1 }
            return state.counter
        }
        guard command.count >= 4 else { return [0x67, 0x00] }
        switch command[1] {
        case 0x10: return command + [0x90, 0x00]
        case 0x11:
            let count = Int(command[2]) << 8 | Int(command[3])
            return (0..<count).map { UInt8(truncatingIfNeeded: $0) } + [0x90, 0x00]
        case 0x12: return [command[2], command[3]]
        case 0x14: return (0..<4).map { UInt8(truncatingIfNeeded: counter >> (24 - 8 * $0)) } + [0x90, 0x00]
        case 0x16: return command.last == 0x05 ? [1, 2, 3, 4, 5, 0x90, 0x00] : [0x6C, 0x05]
        case 0x17: return [0x61, 0x03]
        case 0xC0: return [1, 2, 3, 0x90, 0x00]
        case 0x44: throw CardError(.cardUnresponsive, subject: "reference card")
        default: return [0x6D, 0x00]
        }
    }
}

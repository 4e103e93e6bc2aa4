public import ISO7816
import Synchronization

/// An emulated card with files as in ISO/IEC 7816-4: MF, DFs and EFs of every structure, PINs, logical channels,
/// command and response chaining.
///
/// It implements what the standard says about these commands and no more; a test passes a tree and inspects it
/// afterwards. Where the standard leaves a choice to the card: WRITE BINARY sets bits (logical or), WRITE RECORD writes
/// once, an erased byte is 00, and an EF is deselected where its DF is.
public final class FileSystemCard: IntegratedCircuitCard, Sendable {
    /// Optional capabilities of the card.
    public struct Abilities: Sendable, Hashable {
        /// The number of logical channels, 1 to 20.
        public var channels: Int
        /// Whether Lc and Le may be extended.
        public var supportsExtendedLengths: Bool
        /// Whether commands may be chained.
        public var supportsCommandChaining: Bool
        /// Maximum number of data bytes in one answer; GET RESPONSE fetches the rest.
        public var answerData: Int

        public init(
            channels: Int = 20, supportsExtendedLengths: Bool = true, supportsCommandChaining: Bool = true,
            answerData: Int = 65_536
        ) {
            self.channels = min(max(channels, 1), 20)
            self.supportsExtendedLengths = supportsExtendedLengths
            self.supportsCommandChaining = supportsCommandChaining
            self.answerData = answerData
        }
    }

    public let abilities: Abilities
    private let state: Mutex<FileSystem>

    /// - Parameters:
    ///   - root: the MF.
    ///   - pins: by number, P2 of VERIFY without bit 8.
    ///   - abilities: optional capabilities.
    public init(_ root: Directory, pins: [UInt8: CardPIN] = [:], abilities: Abilities = Abilities()) {
        self.abilities = abilities
        state = Mutex(FileSystem(root: root, pins: pins, abilities: abilities))
    }

    /// T=1, with the card capabilities in its historical bytes.
    public var answerToReset: [UInt8] {
        let third =
            (abilities.supportsCommandChaining ? 0x80 : 0) | (abilities.supportsExtendedLengths ? 0x40 : 0)
            | (abilities.channels > 1 ? 0x18 : 0) | min(abilities.channels, 8) - 1
        let bytes: [UInt8] = [0x85, 0x80, 0x01, 0x80, 0x73, 0xF6, 0x21, UInt8(third)]
        return [0x3B] + bytes + [bytes.reduce(0, ^)]
    }

    /// The current tree.
    public var root: Directory { state.withLock { $0.root } }
    /// The current PINs.
    public var pins: [UInt8: CardPIN] { state.withLock { $0.pins } }
    /// The open logical channels.
    public var openChannels: Set<UInt8> { state.withLock { Set($0.channels.keys) } }

    /// Closes all channels but 0, clears the verified PINs, and selects the MF.
    public func reset() throws(CardError) { state.withLock { $0.reset() } }

    public func process(_ command: [UInt8]) throws(CardError) -> [UInt8] {
        let parsed: CommandAPDU
        do throws(APDUError) {
            parsed = try CommandAPDU(command)
        } catch {
            return StatusWord.wrongLength.bytes
        }
        return state.withLock { $0.answer(parsed).bytes }
    }
}

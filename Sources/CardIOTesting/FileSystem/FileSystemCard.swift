public import ISO7816
import Synchronization

/// An emulated card with files after ISO/IEC 7816-4: MF, DFs and EFs of every structure, PINs, logical channels, command
/// and response chaining.
///
/// It does what the standard says of these commands and no more; a test hands it a tree and looks at the tree
/// afterwards. What the standard leaves to the card: WRITE BINARY sets bits (logical or), WRITE RECORD writes once, an
/// erased byte is 00, and an EF is deselected where its DF is.
public final class FileSystemCard: IntegratedCircuitCard, Sendable {
    /// What a card can do besides.
    public struct Abilities: Sendable, Hashable {
        /// How many logical channels there are, 1 to 20.
        public var channels: Int
        /// Whether Lc and Le may be of the extended form.
        public var takesExtendedLengths: Bool
        /// Whether commands may be chained.
        public var chainsCommands: Bool
        /// The most bytes of data that one answer brings; the rest waits for GET RESPONSE.
        public var answerData: Int

        public init(
            channels: Int = 20, takesExtendedLengths: Bool = true, chainsCommands: Bool = true, answerData: Int = 65_536
        ) {
            self.channels = min(max(channels, 1), 20)
            self.takesExtendedLengths = takesExtendedLengths
            self.chainsCommands = chainsCommands
            self.answerData = answerData
        }
    }

    public let abilities: Abilities
    private let state: Mutex<FileSystem>

    /// - Parameters:
    ///   - root: the MF.
    ///   - pins: by number, P2 of VERIFY with bit 8 taken off.
    ///   - abilities: what the card can do beyond.
    public init(_ root: Directory, pins: [UInt8: CardPIN] = [:], abilities: Abilities = Abilities()) {
        self.abilities = abilities
        state = Mutex(FileSystem(root: root, pins: pins, abilities: abilities))
    }

    /// T=1, with the card capabilities in its historical bytes.
    public var answerToReset: [UInt8] {
        let third =
            (abilities.chainsCommands ? 0x80 : 0) | (abilities.takesExtendedLengths ? 0x40 : 0)
            | (abilities.channels > 1 ? 0x18 : 0) | min(abilities.channels, 8) - 1
        let bytes: [UInt8] = [0x85, 0x80, 0x01, 0x80, 0x73, 0xF6, 0x21, UInt8(third)]
        return [0x3B] + bytes + [bytes.reduce(0, ^)]
    }

    /// The tree as it is now.
    public var root: Directory { state.withLock { $0.root } }
    /// The PINs as they are now.
    public var pins: [UInt8: CardPIN] { state.withLock { $0.pins } }
    /// The logical channels that are open.
    public var openChannels: Set<UInt8> { state.withLock { Set($0.channels.keys) } }

    /// Closes all channels but 0, forgets which PINs were given, and selects the MF.
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

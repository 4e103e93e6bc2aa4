/// The cryptography of secure messaging: keys, algorithms and send sequence counter, handed in by a protocol.
///
/// ``SecureMessaging`` builds and reads the data objects, pads, and calls these in the order in which messages go.
public protocol SecureMessagingCipher: AnyObject {
    /// The cipher's block, to which data and signed bytes are padded: 8 or 16.
    var blockCount: Int { get }
    /// Counts one message, command or answer, before anything else is done to it.
    func beginMessage()
    /// Encrypts whole blocks.
    func encrypt(_ blocks: [UInt8]) throws(CardError) -> [UInt8]
    /// Decrypts whole blocks.
    func decrypt(_ blocks: [UInt8]) throws(CardError) -> [UInt8]
    /// Signs whole blocks, together with the message's count where the protocol has one; 8 bytes mostly.
    func sign(_ blocks: [UInt8]) throws(CardError) -> [UInt8]
}

/// Padding of ISO/IEC 7816-4 (method 2 of ISO/IEC 9797-1): 80, and as many 00 as fill the block.
public enum BlockPadding {
    /// `bytes` filled up to whole blocks; one block more where they are whole already.
    public static func padded(_ bytes: [UInt8], to block: Int) -> [UInt8] {
        let filled = (bytes.count / block + 1) * block
        return bytes + [0x80] + [UInt8](repeating: 0, count: filled - bytes.count - 1)
    }

    /// `bytes` without padding; nil where there is none.
    ///
    /// Cards that fill up by more than a block are there, so that no more is demanded than an 80 behind which all is 00.
    public static func unpadded(_ bytes: [UInt8], block: Int) -> [UInt8]? {
        guard !bytes.isEmpty, bytes.count % block == 0, let last = bytes.lastIndex(where: { $0 != 0 }),
            bytes[last] == 0x80
        else { return nil }
        return [UInt8](bytes[..<last])
    }
}

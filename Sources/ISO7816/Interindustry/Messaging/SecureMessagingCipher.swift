/// The cryptography of secure messaging: keys, algorithms and send sequence counter, provided by a protocol.
///
/// ``SecureMessaging`` builds and parses the data objects, pads, and calls these in message order.
public protocol SecureMessagingCipher: AnyObject {
    /// The cipher's block size, to which data and signed bytes are padded: 8 or 16.
    var blockCount: Int { get }
    /// Counts one message, command or answer, before it is processed.
    func beginMessage()
    /// Encrypts whole blocks.
    func encrypt(_ blocks: [UInt8]) throws(CardError) -> [UInt8]
    /// Decrypts whole blocks.
    func decrypt(_ blocks: [UInt8]) throws(CardError) -> [UInt8]
    /// Signs whole blocks, together with the send sequence counter where the protocol has one; usually 8 bytes.
    func sign(_ blocks: [UInt8]) throws(CardError) -> [UInt8]
}

/// Padding of ISO/IEC 7816-4 (method 2 of ISO/IEC 9797-1): 80, then 00 up to the end of the block.
public enum BlockPadding {
    /// `bytes` padded to whole blocks; by a whole block where they already are.
    public static func padded(_ bytes: [UInt8], to block: Int) -> [UInt8] {
        let filled = (bytes.count / block + 1) * block
        return bytes + [0x80] + [UInt8](repeating: 0, count: filled - bytes.count - 1)
    }

    /// `bytes` without padding; nil where there is none.
    ///
    /// Some cards pad by more than a block, so only 80 followed by nothing but 00 is required.
    public static func unpadded(_ bytes: [UInt8], block: Int) -> [UInt8]? {
        guard !bytes.isEmpty, bytes.count % block == 0, let last = bytes.lastIndex(where: { $0 != 0 }),
            bytes[last] == 0x80
        else { return nil }
        return [UInt8](bytes[..<last])
    }
}

import CardCrypto
import ISO7816

/// The keys, counters and chaining values of one open channel.
protocol SecureChannelSession: AnyObject {
    var level: SecurityLevel { get set }
    /// The expected card cryptogram.
    func cardCryptogram() throws(GlobalPlatformError) -> [UInt8]
    /// The host cryptogram.
    func hostCryptogram() throws(GlobalPlatformError) -> [UInt8]
    /// Signs, and encrypts where the level requires it; `authenticates`: EXTERNAL AUTHENTICATE itself.
    func wrap(_ command: CommandAPDU, authenticates: Bool) throws(GlobalPlatformError) -> CommandAPDU
    /// Checks and decrypts where the level requires it.
    func unwrap(_ response: ResponseAPDU) throws(GlobalPlatformError) -> ResponseAPDU
    /// A key, encrypted for PUT KEY: whole blocks, with random padding.
    func encrypt(key: Secret) throws(GlobalPlatformError) -> [UInt8]

    // The card's side.

    /// Checks and decrypts a command; nil where it is invalid, after which the channel is closed.
    func open(_ command: CommandAPDU, authenticates: Bool) throws(GlobalPlatformError) -> CommandAPDU?
    /// Encrypts and signs an answer as the level requires.
    func protect(_ response: ResponseAPDU) throws(GlobalPlatformError) -> ResponseAPDU
    /// A key from PUT KEY, including its padding.
    func decrypt(key: [UInt8]) throws(GlobalPlatformError) -> [UInt8]
}

extension CommandAPDU {
    /// The class for signing: with secure messaging indicated, on the basic channel.
    var signedClass: UInt8 { ClassByte(cla).isFurther ? cla & 0x80 | 0x04 : cla & 0xFC | 0x04 }
    /// The class as transmitted: with secure messaging indicated, on its own channel.
    var wrappedClass: UInt8 { ClassByte(cla).isFurther ? cla | 0x20 : cla | 0x04 }

    /// The header and Lc for signing, for `count` bytes of data in total.
    func signedHeader(_ count: Int, isExtended: Bool) -> [UInt8] {
        let lc = isExtended ? [0, UInt8(count >> 8), UInt8(truncatingIfNeeded: count)] : [UInt8(count)]
        return [signedClass, ins, p1, p2] + lc
    }

    /// The command with other data, its class with secure messaging indicated.
    func wrapped(_ data: [UInt8]) throws(GlobalPlatformError) -> CommandAPDU {
        do throws(APDUError) {
            return try CommandAPDU(
                cla: wrappedClass, ins: ins, p1: p1, p2: p2, data: data, expectedLength: expectedLength,
                extended: form.isExtended)
        } catch {
            throw GlobalPlatformError(.outOfRange, "a command through the secure channel", cause: error)
        }
    }
}

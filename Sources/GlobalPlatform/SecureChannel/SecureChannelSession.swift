import CardCrypto
import ISO7816

/// The keys, counters and chaining values of one open channel.
protocol SecureChannelSession: AnyObject {
    var level: SecurityLevel { get set }
    /// The card's cryptogram as it should be.
    func cardCryptogram() throws(GlobalPlatformError) -> [UInt8]
    /// The host's.
    func hostCryptogram() throws(GlobalPlatformError) -> [UInt8]
    /// Signs, and encrypts where the level says so; `authenticates`: EXTERNAL AUTHENTICATE itself.
    func wrap(_ command: CommandAPDU, authenticates: Bool) throws(GlobalPlatformError) -> CommandAPDU
    /// Checks and decrypts where the level says so.
    func unwrap(_ response: ResponseAPDU) throws(GlobalPlatformError) -> ResponseAPDU
    /// A key, encrypted for PUT KEY: whole blocks, filled up at random.
    func encrypt(key: Secret) throws(GlobalPlatformError) -> [UInt8]

    // The card's side.

    /// Checks and decrypts a command; nil where it is not right, after which the channel is closed.
    func open(_ command: CommandAPDU, authenticates: Bool) throws(GlobalPlatformError) -> CommandAPDU?
    /// Encrypts and signs an answer as the level says.
    func protect(_ response: ResponseAPDU) throws(GlobalPlatformError) -> ResponseAPDU
    /// A key that came with PUT KEY, with what it was filled up with.
    func decrypt(key: [UInt8]) throws(GlobalPlatformError) -> [UInt8]
}

extension CommandAPDU {
    /// The class as it is signed: with the indication of secure messaging, on the basic channel.
    var signedClass: UInt8 { ClassByte(cla).isFurther ? cla & 0x80 | 0x04 : cla & 0xFC | 0x04 }
    /// The class as it travels: with the indication of secure messaging, on its own channel.
    var wrappedClass: UInt8 { ClassByte(cla).isFurther ? cla | 0x20 : cla | 0x04 }

    /// The header and Lc as they are signed, for data of `count` bytes in all.
    func signedHeader(_ count: Int, isExtended: Bool) -> [UInt8] {
        let lc = isExtended ? [0, UInt8(count >> 8), UInt8(truncatingIfNeeded: count)] : [UInt8(count)]
        return [signedClass, ins, p1, p2] + lc
    }

    /// The command with other data, its class with the indication of secure messaging.
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

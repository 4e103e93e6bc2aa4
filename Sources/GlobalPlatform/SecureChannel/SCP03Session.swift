import CardCrypto
import ISO7816

/// SCP03: AES, CMAC, every signature chained to the previous one (GlobalPlatform Amendment D 1.1.2).
///
/// Each side of a channel has one; the card's verifies what the host's creates.
final class SCP03Session: SecureChannelSession {
    var level: SecurityLevel = []
    private let encryption: Secret
    private let commandMAC: Secret
    private let answerMAC: Secret
    private let dataEncryption: Secret
    private let context: [UInt8]
    /// 8 or 16: the transmitted length of a signature.
    private let size: Int
    private var chaining = [UInt8](repeating: 0, count: 16)
    private var counter: UInt64 = 0

    /// - Parameters:
    ///   - keys: the card's own, AES.
    ///   - hostChallenge: 8 bytes for S8 mode, 16 for S16.
    ///   - cardChallenge: the same length.
    init(_ keys: KeySet, hostChallenge: [UInt8], cardChallenge: [UInt8]) throws(GlobalPlatformError) {
        context = hostChallenge + cardChallenge
        size = hostChallenge.count
        dataEncryption = keys.dataEncryption
        let count = keys.mac.count
        encryption = try Self.derived(keys.encryption, .encryption, context, count)
        commandMAC = try Self.derived(keys.mac, .commandMAC, context, count)
        answerMAC = try Self.derived(keys.mac, .answerMAC, context, count)
    }

    private static func derived(
        _ key: Secret, _ constant: KeyDerivation.Constant, _ context: [UInt8], _ count: Int
    ) throws(GlobalPlatformError) -> Secret {
        var bytes = try KeyDerivation.derive(key, constant, context: context, count: count)
        return Secret(taking: &bytes)
    }

    func cardCryptogram() throws(GlobalPlatformError) -> [UInt8] {
        try KeyDerivation.derive(commandMAC, .cardCryptogram, context: context, count: size)
    }

    func hostCryptogram() throws(GlobalPlatformError) -> [UInt8] {
        try KeyDerivation.derive(commandMAC, .hostCryptogram, context: context, count: size)
    }

    /// The initial vector of CBC: the counter as an encrypted block, whose first bit distinguishes answers from
    /// commands.
    private func initialVector(forAnswer: Bool) throws(CryptoError) -> [UInt8] {
        var block =
            [UInt8](repeating: 0, count: 8) + (0..<8).map { UInt8(truncatingIfNeeded: counter >> (56 - 8 * $0)) }
        if forAnswer { block[0] = 0x80 }
        return try BlockCipher.aes.encrypt(block, encryption)
    }

    func wrap(_ command: CommandAPDU, authenticates: Bool) throws(GlobalPlatformError) -> CommandAPDU {
        var data = [UInt8](command.data)
        if !authenticates {
            counter += 1
            if level.contains(.commandEncryption), !data.isEmpty {
                let padded = BlockPadding.padded(data, to: 16)
                data = try primitive(BlockCipher.aes.encrypt(padded, encryption, iv: initialVector(forAnswer: false)))
            }
        }
        let isExtended = command.form.isExtended || data.count + size > 255
        guard data.count + size <= 65_535 else { throw GlobalPlatformError(.outOfRange, "a command for SCP03") }
        let signed = command.signedHeader(data.count + size, isExtended: isExtended) + data
        chaining = try primitive(AESCMAC.sign(chaining + signed, commandMAC))
        return try command.wrapped(data + chaining.prefix(size))
    }

    func unwrap(_ response: ResponseAPDU) throws(GlobalPlatformError) -> ResponseAPDU {
        guard level.contains(.answerMAC), response.isSigned else {
            // An error is not signed, so it must consist only of its status word.
            guard !level.contains(.answerMAC) || response.data.isEmpty else {
                throw GlobalPlatformError(.notAuthentic, "an error with data that nobody signed")
            }
            return response
        }
        guard response.data.count >= size else {
            throw GlobalPlatformError(.notAuthentic, "an answer without signature")
        }
        let data = [UInt8](response.data.dropLast(size))
        guard try ConstantTime.areEqual(response.data.suffix(size), answerSignature(data, response.status)) else {
            throw GlobalPlatformError(.notAuthentic, "the signature of an answer")
        }
        guard level.contains(.answerEncryption), !data.isEmpty else {
            return ResponseAPDU(data: data, status: response.status)
        }
        guard data.count % 16 == 0,
            let plain = BlockPadding.unpadded(
                try primitive(BlockCipher.aes.decrypt(data, encryption, iv: initialVector(forAnswer: true))), block: 16)
        else { throw GlobalPlatformError(.notAuthentic, "the cryptogram of an answer") }
        return ResponseAPDU(data: plain, status: response.status)
    }

    private func answerSignature(_ data: [UInt8], _ status: StatusWord) throws(GlobalPlatformError) -> [UInt8] {
        [UInt8](try primitive(AESCMAC.sign(chaining + data + status.bytes, answerMAC)).prefix(size))
    }

    func encrypt(key: Secret) throws(GlobalPlatformError) -> [UInt8] {
        let fill = (16 - key.count % 16) % 16
        var plain: [UInt8] = []
        // An array that grows would leave the key in the memory that it frees.
        plain.reserveCapacity(key.count + fill)
        defer { Secret.wipe(&plain) }
        unsafe key.withBytes { unsafe plain.append(contentsOf: $0) }
        if fill > 0 { plain += try primitive(SystemRandomness.bytes(fill)) }
        return try primitive(BlockCipher.aes.encrypt(plain, dataEncryption))
    }
}

// The card's side.
extension SCP03Session {
    /// Checks and decrypts a command; nil where it is invalid, after which the channel is closed.
    func open(_ command: CommandAPDU, authenticates: Bool) throws(GlobalPlatformError) -> CommandAPDU? {
        guard command.data.count >= size else { return nil }
        var data = [UInt8](command.data.dropLast(size))
        let signed = command.signedHeader(command.data.count, isExtended: command.form.isExtended) + data
        let expected = try primitive(AESCMAC.sign(chaining + signed, commandMAC))
        guard ConstantTime.areEqual(expected.prefix(size), command.data.suffix(size)) else { return nil }
        chaining = expected
        if !authenticates {
            counter += 1
            if level.contains(.commandEncryption), !data.isEmpty {
                guard data.count % 16 == 0,
                    let plain = BlockPadding.unpadded(
                        try primitive(BlockCipher.aes.decrypt(data, encryption, iv: initialVector(forAnswer: false))),
                        block: 16)
                else { return nil }
                data = plain
            }
        }
        return command.opened(data)
    }

    /// A key from PUT KEY, including its padding.
    func decrypt(key: [UInt8]) throws(GlobalPlatformError) -> [UInt8] {
        try primitive(BlockCipher.aes.decrypt(key, dataEncryption))
    }

    /// Encrypts and signs an answer as the level requires.
    func protect(_ response: ResponseAPDU) throws(GlobalPlatformError) -> ResponseAPDU {
        guard level.contains(.answerMAC), response.isSigned else { return response }
        var data = [UInt8](response.data)
        if level.contains(.answerEncryption), !data.isEmpty {
            data = try primitive(
                BlockCipher.aes.encrypt(
                    BlockPadding.padded(data, to: 16), encryption, iv: initialVector(forAnswer: true)))
        }
        return try response.protected(data + answerSignature(data, response.status))
    }
}

extension ResponseAPDU {
    /// Whether the card signs it: success or warning.
    var isSigned: Bool { status == .success || status.sw1 == 0x62 || status.sw1 == 0x63 }

    /// The same answer with protected data.
    ///
    /// - Throws: `GlobalPlatformError` `.outOfRange` where an answer cannot hold them.
    func protected(_ data: [UInt8]) throws(GlobalPlatformError) -> ResponseAPDU {
        guard data.count <= 65_536 else { throw GlobalPlatformError(.outOfRange, "an answer of \(data.count) bytes") }
        return ResponseAPDU(data: data, status: status)
    }
}

extension CommandAPDU {
    /// The plain command; nil where it is not valid.
    func opened(_ data: [UInt8]) -> CommandAPDU? {
        do throws(APDUError) {
            return try CommandAPDU(
                cla: ClassByte(cla).isFurther ? cla & ~0x20 : cla & ~0x04, ins: ins, p1: p1, p2: p2, data: data,
                expectedLength: expectedLength)
        } catch {
            return nil
        }
    }
}
